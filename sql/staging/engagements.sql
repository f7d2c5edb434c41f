-- One row per engagement: the latest version that any file gave. A topic may be written as its id, as its title or in the words of another taxonomy; one
-- outside the taxonomy is unclassified.
with vocabulary as (
    select distinct word, topic from reference.topic_words
),

latest as (
    select *
    from raw.engagements
    qualify row_number() over (
        partition by engagement_id order by _known_at desc, _order desc, _file desc, _sha256 desc, _row desc
    ) = 1
)

select
    engagement_id,
    title,
    coalesce(v.topic, 'unclassified') as topic,
    intensity,
    status,
    applied_on,
    approved_on,
    starts_on,
    ends_on,
    completed_on,
    lead_partner,
    planned_cost_usd,
    _known_at as known_at
from latest as l
left join vocabulary as v on v.word = regexp_replace(lower(trim(l.topic)), '[^a-z0-9]+', '_', 'g')
order by engagement_id
