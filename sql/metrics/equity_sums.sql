-- metrics.equity_sums: one row per breakdown × fiscal year or to_date with a request of a city whose quartile is known:
-- what the log-rank test of the waits for a first reply is made of. observed: replies; expected: those there would be if
-- all quartiles waited alike; v: the (hypergeometric) covariances of observed - expected between quartiles.
with pooled as (
    select
        dimension, period_type, period,
        at_risk_1, at_risk_2, at_risk_3, at_risk_4, replies_1, replies_2, replies_3, replies_4,
        at_risk_1 + at_risk_2 + at_risk_3 + at_risk_4 as at_risk,
        replies_1 + replies_2 + replies_3 + replies_4 as replies
    from metrics.equity_waits
),

weighed as (
    select
        *,
        case when replies > 0 then replies / at_risk else 0 end as rate,
        case when replies > 0 and at_risk > 1
            then replies * (at_risk - replies) / (at_risk - 1) / at_risk / at_risk else 0 end as spread
    from pooled
)

select
    dimension, period_type, period,
    max(at_risk_1) as n_1, max(at_risk_2) as n_2, max(at_risk_3) as n_3, max(at_risk_4) as n_4,
    sum(replies_1) as observed_1, sum(replies_2) as observed_2,
    sum(replies_3) as observed_3, sum(replies_4) as observed_4,
    sum(at_risk_1 * rate) as expected_1, sum(at_risk_2 * rate) as expected_2,
    sum(at_risk_3 * rate) as expected_3, sum(at_risk_4 * rate) as expected_4,
    sum(spread * at_risk_1 * (at_risk - at_risk_1)) as v_11,
    sum(spread * at_risk_2 * (at_risk - at_risk_2)) as v_22,
    sum(spread * at_risk_3 * (at_risk - at_risk_3)) as v_33,
    sum(spread * at_risk_4 * (at_risk - at_risk_4)) as v_44,
    -sum(spread * at_risk_1 * at_risk_2) as v_12,
    -sum(spread * at_risk_1 * at_risk_3) as v_13,
    -sum(spread * at_risk_1 * at_risk_4) as v_14,
    -sum(spread * at_risk_2 * at_risk_3) as v_23,
    -sum(spread * at_risk_2 * at_risk_4) as v_24,
    -sum(spread * at_risk_3 * at_risk_4) as v_34
from weighed
group by dimension, period_type, period
having max(at_risk) > 0
