"""Competing ends by scikit-survival: JSON [{hours, causes}] on standard input (cause 0 is censored), JSON out.

For each set: times, and for each cause from 1 the Aalen-Johansen cumulative incidence, with log-log 95% limits by Aalen's
variance and by that of Dinse and Larson, in the form in which lifelines and SAS have it. lifelines itself moves tied
times at random, so it is no oracle for ties.
"""

import json
import math
import sys
import warnings

import numpy as np
from sksurv.nonparametric import cumulative_incidence_competing_risks

warnings.filterwarnings("ignore", category=RuntimeWarning)


def _plain(values: np.ndarray) -> list[float | None]:
    return [float(v) if math.isfinite(v) else None for v in values]


answers = []
for one in json.load(sys.stdin):
    hours, causes = np.array(one["hours"], float), np.array(one["causes"], int)
    answer: dict[str, object] = {}
    for kind in ("Aalen", "Dinse_Approx"):
        times, incidence, limits = cumulative_incidence_competing_risks(
            causes, hours, conf_type="log-log", var_type=kind
        )
        answer["times"] = _plain(times)
        answer["incidence"] = [_plain(row) for row in incidence[1:]]
        answer[kind] = [[_plain(low), _plain(high)] for low, high in limits[1:]]
    answers.append(answer)
json.dump(answers, sys.stdout)
