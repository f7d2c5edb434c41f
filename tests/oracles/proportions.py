"""Intervals by statsmodels: JSON {"shares": [[k, n, k before, n before]], "rates": [[events, exposure]]} on standard input.

shares: Wilson limits of k/n, and Newcombe's limits of the change; rates: exact (Garwood) limits of events/exposure.
"""

import json
import sys

from statsmodels.stats.proportion import confint_proportions_2indep, proportion_confint
from statsmodels.stats.rates import confint_poisson

given = json.load(sys.stdin)
answer = {
    "wilson": [list(proportion_confint(k, n, 0.05, "wilson")) for k, n, *_ in given["shares"]],
    "newcombe": [
        list(confint_proportions_2indep(k, n, before, of, compare="diff", method="newcomb", alpha=0.05))
        for k, n, before, of in given["shares"]
    ],
    "garwood": [list(confint_poisson(k, e, method="exact-c", alpha=0.05)) for k, e in given["rates"]],
}
json.dump(answer, sys.stdout)
