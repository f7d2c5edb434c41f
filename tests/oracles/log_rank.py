"""The log-rank test by lifelines: JSON [{hours, groups, events}] on standard input, [chi-square, p] per set out."""

import json
import sys

from lifelines.statistics import multivariate_logrank_test

answers = []
for one in json.load(sys.stdin):
    tested = multivariate_logrank_test(one["hours"], one["groups"], one["events"])
    answers.append([float(tested.test_statistic), float(tested.p_value), int(tested.degrees_of_freedom)])
json.dump(answers, sys.stdout)
