-- rows.match: the ledger entries, and the recipient share that an award states, behind one figure of match_pct, leverage_ratio or
-- leverage_committed_usd (asked.figure), above or below the line. An engagement's match is told against a third of its federal cost.
with told as (
    select
        f.metric, f.grain, f.engagement_id, least(f.period_end, f.as_of) as last_on,
        last_day(make_date(year(least(f.period_end, f.as_of)), 3 * quarter(least(f.period_end, f.as_of)), 1)) as closes_on
    from asked.figure as f
)

select
    'ledger' as feed,
    l.entry_id as record_id,
    case when t.metric = 'match_pct' and l.kind = 'match_required' and a.match_required_usd is not null
        then 'the award itself states the share required' end as left_out,
    l.posted_on, l.kind, l.engagement_id, l.amount_usd,
    case when l.kind in ('match_cash', 'match_in_kind', 'leverage_received') then l.amount_usd else 0 end as above,
    case when l.kind in ('expenditure', 'match_required') then l.amount_usd else 0 end as below,
    case when t.grain = 'engagement' then 3 else 1 end as divisor
from published.ledger as l
cross join told as t
left join published.award as a on a.award_id = l.award_id
where case
    when t.metric = 'match_pct' and t.grain = 'engagement'
        then l.engagement_id = t.engagement_id and l.kind in ('match_cash', 'match_in_kind', 'expenditure')
            and l.counted_on <= t.last_on and l.award_id in (select s.award_id from published.sf425 as s)
    when t.metric = 'match_pct'
        then l.kind in ('match_cash', 'match_in_kind', 'match_required') and l.counted_on <= t.closes_on and l.award_id in (
            select s.award_id from published.sf425 as s where s.period_end = t.closes_on
        )
    when t.metric = 'leverage_ratio' then l.kind = 'leverage_received' and l.counted_on <= t.last_on
        or l.kind = 'expenditure' and l.counted_on <= t.closes_on and l.award_id in (
            select s.award_id from published.sf425 as s where s.period_end = t.closes_on
        )
    else l.kind = 'leverage_committed' and l.counted_on <= t.last_on
end
union all
select
    'award' as feed,
    a.award_id as record_id,
    cast(null as varchar) as left_out,
    a.start as posted_on, 'match_required' as kind, cast(null as varchar) as engagement_id, a.match_required_usd as amount_usd,
    cast(0 as decimal(18, 2)) as above, a.match_required_usd as below, 1 as divisor
from published.award as a
cross join told as t
where t.metric = 'match_pct' and t.grain = 'network' and a.match_required_usd is not null and a.start <= t.closes_on
order by feed, record_id
