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

-- decimals, so that the order of adding does not show
select
    dimension, period_type, period,
    max(at_risk_1) as n_1, max(at_risk_2) as n_2, max(at_risk_3) as n_3, max(at_risk_4) as n_4,
    sum(replies_1) as observed_1, sum(replies_2) as observed_2,
    sum(replies_3) as observed_3, sum(replies_4) as observed_4,
    cast(sum(cast(at_risk_1 * rate as decimal(38, 18))) as double) as expected_1,
    cast(sum(cast(at_risk_2 * rate as decimal(38, 18))) as double) as expected_2,
    cast(sum(cast(at_risk_3 * rate as decimal(38, 18))) as double) as expected_3,
    cast(sum(cast(at_risk_4 * rate as decimal(38, 18))) as double) as expected_4,
    cast(sum(cast(spread * at_risk_1 * (at_risk - at_risk_1) as decimal(38, 18))) as double) as v_11,
    cast(sum(cast(spread * at_risk_2 * (at_risk - at_risk_2) as decimal(38, 18))) as double) as v_22,
    cast(sum(cast(spread * at_risk_3 * (at_risk - at_risk_3) as decimal(38, 18))) as double) as v_33,
    cast(sum(cast(spread * at_risk_4 * (at_risk - at_risk_4) as decimal(38, 18))) as double) as v_44,
    -cast(sum(cast(spread * at_risk_1 * at_risk_2 as decimal(38, 18))) as double) as v_12,
    -cast(sum(cast(spread * at_risk_1 * at_risk_3 as decimal(38, 18))) as double) as v_13,
    -cast(sum(cast(spread * at_risk_1 * at_risk_4 as decimal(38, 18))) as double) as v_14,
    -cast(sum(cast(spread * at_risk_2 * at_risk_3 as decimal(38, 18))) as double) as v_23,
    -cast(sum(cast(spread * at_risk_2 * at_risk_4 as decimal(38, 18))) as double) as v_24,
    -cast(sum(cast(spread * at_risk_3 * at_risk_4 as decimal(38, 18))) as double) as v_34
from weighed
group by dimension, period_type, period
having max(at_risk) > 0
