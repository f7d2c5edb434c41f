-- metrics.metric_values: one row per metric × grain × keys × period: every published figure, from metrics.figures.
-- Makes what the families leave open: the percentage and Wilson 95% interval of a proportion of records, the withholding
-- below min_denominator, provisional while it is not due, not reached or its metrics.metric_lags has not passed, else final, the published
-- decimals, and the change since the period before with its interval (method of variance estimates recovery; of Wilson limits
-- this is Newcombe's). The change is that of the published figures, to the digit.
with known as (
    select
        f.*,
        m.version, m.unit, m.interval as interval_kind, m.per, m.interval <> 'none' and m.unit = 'percent' as is_share,
        cast(power(10, m.decimals) as double) as scale,
        p.period_start, p.period_end, p.ordinal,
        a.min_denominator,
        case when f.period_type = 'to_date' or f.state in ('not_due', 'not_reached')
            or p.period_end + cast(coalesce(w.lag_days, a.lag_days) as integer) > a.as_of
            then 'provisional' else 'final' end as status,
        3.8414588206941236 as zz  -- 1.959963984540054 squared
    from metrics.figures as f
    left join reference.metrics as m on m.metric = f.metric
    left join reference.periods as p on p.period_type = f.period_type and p.period = f.period
    left join metrics.metric_lags as w on w.metric = f.metric
    cross join reference.params as a
),

judged as (
    select
        *,
        case
            when state <> 'value' then state
            when is_share and coalesce(denominator, 0) = 0 then 'not_computable'
            when is_share and denominator < min_denominator then 'withheld'
            when interval_kind = 'poisson' and coalesce(denominator, 0) = 0 then 'not_computable'
            when value is null and amount_usd is null and interval_kind not in ('wilson', 'poisson') then 'not_computable'
            else 'value'
        end as shown_state,
        interval_kind = 'wilson' and denominator > 0 as is_wilson,
        interval_kind = 'poisson' and denominator > 0 as is_rate
    from known
),

worked as (
    select
        j.*,
        case when is_wilson then 100 * numerator / denominator when is_rate then per * numerator / denominator
            else value end as exact,
        case when is_wilson then 100 * greatest(0, (
            numerator + zz / 2 - sqrt(zz * (numerator * (1 - numerator / denominator) + zz / 4))
        ) / (denominator + zz)) when is_rate then per * l.mean_low / denominator else ci_low end as low,
        case when is_wilson then 100 * least(1, (
            numerator + zz / 2 + sqrt(zz * (numerator * (1 - numerator / denominator) + zz / 4))
        ) / (denominator + zz)) when is_rate then per * l.mean_high / denominator else ci_high end as high
    from judged as j
    left join metrics.rate_limits as l on l.period = j.period and l.events = case when is_rate then cast(numerator as bigint) end
),

-- to twelve decimals first: what a sum lost in its last bit must not decide how a half is rounded
told as (
    select
        *,
        case when shown_state = 'value' then round(exact * 1e12) / 1e12 end as told,
        case when shown_state = 'value' then round(low * 1e12) / 1e12 end as told_low,
        case when shown_state = 'value' then round(high * 1e12) / 1e12 end as told_high
    from worked
),

-- adding 0.0 turns minus zero into zero
published as (
    select *, round(told * scale) / scale + 0.0 as shown
    from told
),

compared as (
    select
        *,
        coalesce(lag(ordinal) over earlier = ordinal - 1, false) as follows,
        lag(told) over earlier as was,
        lag(shown) over earlier as was_shown,
        lag(told_low) over earlier as was_low,
        lag(told_high) over earlier as was_high
    from published
    window earlier as (
        partition by metric, grain, city_id, topic, engagement_id, dimension, dimension_value, basis, period_type
        order by ordinal
    )
)

select
    metric, version as metric_version, grain, city_id, topic, engagement_id, dimension, dimension_value, basis,
    period_type, period, period_start, period_end,
    shown as value,
    amount_usd, numerator, denominator,
    round(told_low * scale) / scale + 0.0 as ci_low,
    round(told_high * scale) / scale + 0.0 as ci_high,
    unit, shown_state as state, status,
    case
        when shown_state = 'withheld' then coalesce(reason, 'fewer than ' || min_denominator)
        when shown_state = 'not_computable' then coalesce(reason, 'nothing to divide by')
        else reason
    end as reason,
    case when follows and shown is not null then was_shown end as previous_value,
    case when follows then round((shown - was_shown) * scale) / scale + 0.0 end as change,
    case when follows then round((
        told - was - sqrt(power(told - told_low, 2) + power(was_high - was, 2))
    ) * scale) / scale + 0.0 end as change_low,
    case when follows then round((
        told - was + sqrt(power(told_high - told, 2) + power(was - was_low, 2))
    ) * scale) / scale + 0.0 end as change_high
from compared
