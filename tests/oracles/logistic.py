"""The model of answering by scikit-learn: JSON {"features": [[...]], "answered": [...], "ridge": r} on standard input.

Minimizes the logistic loss + r/2 · |coefficients|², the intercept free (C = 1/r). Prints intercept, coefficients, p.
"""

import json
import sys

import numpy as np
from sklearn.linear_model import LogisticRegression

given = json.load(sys.stdin)
features, answered = np.array(given["features"], float), np.array(given["answered"], int)
model = LogisticRegression(C=1 / given["ridge"], solver="newton-cholesky", tol=1e-12, max_iter=1000)
model.fit(features, answered)
answer = {
    "intercept": float(model.intercept_[0]),
    "coefficients": model.coef_[0].tolist(),
    "probability": model.predict_proba(features)[:, 1].tolist(),
}
json.dump(answer, sys.stdout)
