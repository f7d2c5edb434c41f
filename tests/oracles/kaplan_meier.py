"""Waiting times by lifelines: JSON [{hours, events}] on standard input, one answer per set on standard output.

survival: [t, S, low, high] at each distinct time (log-log 95% limits); quantiles: for 0.5 and 0.1, the first time by which
S and its limits have fallen to it (Brookmeyer and Crowley), null where never. Where S is 0 lifelines says that its limits
are 0 as well; R's survfit says that there are none, and so do we: such a step is left out of the quantiles' limits.
"""

import json
import math
import sys

from lifelines import KaplanMeierFitter
from lifelines.utils import qth_survival_times

LEVELS = (0.5, 0.1)


def _finite(value: float) -> float | None:
    return float(value) if math.isfinite(value) else None


answers = []
for one in json.load(sys.stdin):
    fitted = KaplanMeierFitter(alpha=0.05).fit(one["hours"], one["events"])
    limits = fitted.confidence_interval_survival_function_
    table = fitted.survival_function_.join(limits)
    quantiles = []
    for level in LEVELS:
        low, high = qth_survival_times(level, limits[fitted.survival_function_.iloc[:, 0] > 0]).iloc[0]
        quantiles.append([_finite(fitted.percentile(level)), _finite(low), _finite(high)])
    rows = [[float(t), *map(_finite, row)] for t, row in zip(table.index, table.to_numpy(), strict=True)]
    answers.append(
        {"survival": rows[1:] if rows[0][0] == 0 and 0 not in one["hours"] else rows, "quantiles": quantiles}
    )
json.dump(answers, sys.stdout)
