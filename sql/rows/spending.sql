-- rows.spending: the ledger entries behind one figure of federal_spent_usd (asked.figure).
select
    'ledger' as feed,
    l.entry_id as record_id,
    cast(null as varchar) as left_out,
    l.posted_on, l.kind, l.service, l.category, l.partner, l.engagement_id, l.reverses, l.amount_usd
from published.ledger as l
cross join asked.figure as f
where l.kind = 'expenditure' and l.counted_on <= f.period_end and (l.counted_on >= f.period_start or f.period_type = 'to_date')
    and (f.engagement_id is null or l.engagement_id = f.engagement_id)
    and (f.dimension is null or f.dimension_value = coalesce(
        case f.dimension when 'service' then l.service when 'category' then l.category when 'partner' then l.partner end,
        'unassigned'
    ))
order by l.entry_id
