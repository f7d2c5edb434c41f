-- rows.engagement_money: the engagements behind one figure of what they cost and how long they take (asked.figure): above and below
-- are what was spent and planned, or the days that passed and were planned.
select
    'engagements' as feed,
    e.engagement_id as record_id,
    case
        when coalesce(e.planned_cost_usd, 0) <= 0 and (f.metric <> 'time_elapsed_pct' or f.grain = 'network')
            then 'no planned cost'
        when f.metric = 'engagement_budget_variance_pct' and e.entries = 0 then 'no entry in the ledger names it'
        when e.planned_days is null and (f.metric = 'time_elapsed_pct' or f.metric = 'budget_spent_pct' and f.grain = 'network')
            then 'no planned last day'
    end as left_out,
    e.topic, e.starts_on, e.completed_on, e.entries,
    case when f.metric = 'time_elapsed_pct' then cast(e.elapsed_days as decimal(18, 2)) else e.actual_usd end as above,
    case when f.metric = 'time_elapsed_pct' then cast(e.planned_days as decimal(18, 2)) else e.planned_cost_usd end as below,
    1 as divisor
from published.engagement_costs as e
cross join asked.figure as f
inner join published.engagement_scopes as s
    on s.engagement_id = e.engagement_id and s.grain = f.grain and s.city_id is not distinct from f.city_id
    and s.topic is not distinct from f.topic and s.shown_id is not distinct from f.engagement_id
where case when f.metric = 'engagement_budget_variance_pct'
    then e.is_completed and (f.period_type = 'to_date' or e.completed_on between f.period_start and f.period_end)
    else e.is_open end
order by e.engagement_id
