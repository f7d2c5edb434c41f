-- metrics.engagement_costs: one row per engagement: what was planned and, in the ledger up to as_of, spent on it: the
-- federal share, the match, and both (of an award that has not begun nothing, as in the SF-425); and, while it is open, how much of its planned time has passed.
-- Days count both ends. entries: ledger entries of these kinds; without any nobody has said what it cost.
with spent as (
    select
        engagement_id,
        count(*) as entries,
        sum(case when kind = 'expenditure' then amount_usd else 0 end) as federal_usd,
        sum(case when kind <> 'expenditure' then amount_usd else 0 end) as match_usd
    from core.ledger
    cross join reference.params as r
    where counted_on <= r.as_of and kind in ('expenditure', 'match_cash', 'match_in_kind') and engagement_id is not null
        and award_id in (select award_id from core.award_quarters)
    group by engagement_id
)

select
    e.engagement_id,
    e.title,
    e.topic,
    e.lead_partner,
    e.starts_on,
    e.ends_on,
    e.completed_on,
    e.completed_on is not null as is_completed,
    e.completed_on is null and e.started_on is not null as is_open,
    e.planned_cost_usd,
    coalesce(s.entries, 0) as entries,
    cast(coalesce(s.federal_usd, 0) as decimal(18, 2)) as federal_usd,
    cast(coalesce(s.match_usd, 0) as decimal(18, 2)) as match_usd,
    cast(coalesce(s.federal_usd, 0) + coalesce(s.match_usd, 0) as decimal(18, 2)) as actual_usd,
    case when e.completed_on is null then date_diff('day', e.started_on, p.as_of) + 1 end as elapsed_days,
    date_diff('day', e.starts_on, e.ends_on) + 1 as planned_days
from core.engagements as e
cross join reference.params as p
left join spent as s on e.engagement_id = s.engagement_id
