-- rows.spending: the ledger entries behind one figure of federal_spent_usd (asked.figure): those from before the first quarter of
-- their award are spent in it, and those of an award that has none are in no figure.
with begun as (
    select award_id, make_date(year(min(period_end)), month(min(period_end)) - 2, 1) as begins_on
    from published.sf425
    group by award_id
)

select
    'ledger' as feed,
    l.entry_id as record_id,
    cast(null as varchar) as left_out,
    l.posted_on, l.kind, l.service, l.category, l.partner, l.engagement_id, l.reverses, l.amount_usd
from published.ledger as l
inner join begun as b on b.award_id = l.award_id
cross join asked.figure as f
where l.kind = 'expenditure' and greatest(l.counted_on, b.begins_on) <= f.period_end
    and (greatest(l.counted_on, b.begins_on) >= f.period_start or f.period_type = 'to_date')
    and (f.engagement_id is null or l.engagement_id = f.engagement_id)
    and (f.dimension is null or f.dimension_value = coalesce(
        case f.dimension when 'service' then l.service when 'category' then l.category when 'partner' then l.partner end,
        'unassigned'
    ))
order by l.entry_id
