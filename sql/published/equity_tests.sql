-- One row per breakdown × fiscal year or to_date: the log-rank test of waits for a first reply between quartiles of cities.
select
    dimension,
    period_type,
    period,
    chi_square,
    degrees,
    p_value,
    n_1,
    n_2,
    n_3,
    n_4,
    observed_1,
    observed_2,
    observed_3,
    observed_4,
    expected_1,
    expected_2,
    expected_3,
    expected_4,
    reason
from metrics.equity_tests
order by dimension, period_type, period
