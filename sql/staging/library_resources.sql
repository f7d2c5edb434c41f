-- One row per resource of the library: the latest version that any file gave. A topic may be written as its id or as its
-- title; one outside the taxonomy is unclassified.
with vocabulary as (
    select distinct word, topic from reference.topic_words
),

latest as (
    select *
    from raw.library_resources
    qualify row_number() over (
        partition by resource_id order by _known_at desc, _order desc, _file desc, _sha256 desc, _row desc
    ) = 1
)

select
    l.resource_id,
    l.title,
    coalesce(v.topic, 'unclassified') as topic,
    l.published_on,
    l.reviewed_on,
    l._known_at as known_at
from latest as l
left join vocabulary as v on v.word = regexp_replace(lower(trim(l.topic)), '[^a-z0-9]+', '_', 'g')
order by l.resource_id
