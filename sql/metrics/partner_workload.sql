-- metrics.partner_workload: one row per partner, named as the one that answers requests of the desk, as the lead of an
-- engagement, or both; `none named` for what names no partner. As it stands on as_of.
-- overdue_requests: open, without a reply and past due. on_time of due_requests: the requests of on_time_pct, to date.
-- open_engagements: started and not completed; overdue_engagements: of these, past their planned last day.
-- late_milestones, milestones_ahead: from metrics.milestones_ahead.
-- Null where the feed was never received.
with asked as (
    select
        r.partner, r.ended_at, r.first_response_at, r.due_at, p.as_of_at,
        r.is_canonical and r.due_on >= date_trunc('month', p.launched_on) and r.due_at < p.as_of_at
        and not coalesce(r.withdrawn_at <= least(r.due_at, r.first_response_at), false) as is_due
    from core.requests as r
    cross join reference.params as p
    where not r.is_test and not r.is_spam
),

folded as (
    select
        partner,
        count(*) as requests,
        count(*) filter (where ended_at is null) as open_requests,
        count(*) filter (where ended_at is null and first_response_at is null and due_at < as_of_at) as overdue_requests,
        count(*) filter (where is_due) as due_requests,
        count(*) filter (where is_due and first_response_at <= due_at) as on_time_requests
    from asked
    group by partner
),

desk as (
    select
        coalesce(partner, 'none named') as partner,
        cast(sum(requests) as bigint) as requests,
        cast(sum(open_requests) as bigint) as open_requests,
        cast(sum(overdue_requests) as bigint) as overdue_requests,
        cast(sum(due_requests) as bigint) as due_requests,
        cast(sum(on_time_requests) as bigint) as on_time_requests
    from folded
    group by coalesce(partner, 'none named')
),

leads as (
    select
        coalesce(e.lead_partner, 'none named') as partner,
        count(*) as engagements,
        count(case when e.completed_on is null and e.started_on is not null then 1 end) as open_engagements,
        count(
            case when e.completed_on is null and e.started_on is not null and e.ends_on <= p.as_of then 1 end
        ) as overdue_engagements
    from core.engagements as e
    cross join reference.params as p
    where e.standing <> 'later'
    group by coalesce(e.lead_partner, 'none named')
),

steps as (
    select
        coalesce(lead_partner, 'none named') as partner,
        count(case when standing = 'late' then 1 end) as late_milestones,
        count(case when standing = 'ahead' then 1 end) as milestones_ahead
    from metrics.milestones_ahead
    group by coalesce(lead_partner, 'none named')
),

arrived as (
    select
        case when (select count(*) from core.requests) > 0 then 0 end as no_requests,
        case when (select count(*) from core.engagements) > 0 then 0 end as no_engagements,
        case when (select count(*) from core.milestones) > 0 then 0 end as no_milestones
),

partners as (
    select partner from desk
    union
    select partner from leads
    union
    select partner from steps
)

select
    n.partner,
    coalesce(d.requests, a.no_requests) as requests,
    coalesce(d.open_requests, a.no_requests) as open_requests,
    coalesce(d.overdue_requests, a.no_requests) as overdue_requests,
    coalesce(d.on_time_requests, a.no_requests) as on_time_requests,
    coalesce(d.due_requests, a.no_requests) as due_requests,
    coalesce(l.engagements, a.no_engagements) as engagements,
    coalesce(l.open_engagements, a.no_engagements) as open_engagements,
    coalesce(l.overdue_engagements, a.no_engagements) as overdue_engagements,
    coalesce(s.late_milestones, a.no_milestones) as late_milestones,
    coalesce(s.milestones_ahead, a.no_milestones) as milestones_ahead
from partners as n
cross join arrived as a
left join desk as d on n.partner = d.partner
left join leads as l on n.partner = l.partner
left join steps as s on n.partner = s.partner
order by n.partner
