-- rows.satisfaction: the surveys delivered in the period of one figure of satisfaction (asked.figure); those that nobody
-- answered are left out where the figure is of answers.
select
    'surveys' as feed,
    s.request_id as record_id,
    case
        when f.metric in ('satisfied_pct', 'satisfied_weighted_pct', 'satisfied_city_mean_pct') and s.answered = 0
            then 'not answered by the as-of date'
        when f.metric = 'satisfied_city_mean_pct' and s.city_id is null then 'not of a city'
    end as left_out,
    s.city_id, s.topic, s.delivered_at, s.answered_at, s.rating, s.weight_billionths,
    case
        when f.metric = 'survey_response_pct' then s.answered
        when f.metric = 'satisfied_high_pct' and s.answered = 0 then 1
        else s.satisfied
    end as numerator,
    1 as denominator
from published.surveys as s
cross join asked.figure as f
where s.delivered_on between f.period_start and f.period_end
    and (f.city_id is null or s.city_id = f.city_id) and (f.topic is null or s.topic = f.topic)
order by s.request_id
