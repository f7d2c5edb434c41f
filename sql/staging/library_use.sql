-- One row per use of the library: the latest version that any file gave. topic is null where the file gives none (core
-- takes the resource's). The words of a search are personal and end here.
with vocabulary as (
    select distinct word, topic from reference.topic_words
),

latest as (
    select
        *,
        min(_known_at) over (partition by use_id) as first_known_at,
        min(used_at) over (partition by use_id) <> max(used_at) over (partition by use_id) as is_redated
    from raw.library_use
    qualify row_number() over (
        partition by use_id order by _known_at desc, _order desc, _file desc, _sha256 desc, _row desc
    ) = 1
)

select
    l.use_id,
    l.used_at,
    l.city as city_id,
    l.resource_id,
    case when l.topic is not null then coalesce(v.topic, 'unclassified') end as topic,
    l.action,
    l.results,
    l._known_at as known_at,
    l.first_known_at,
    l.is_redated
from latest as l
left join vocabulary as v on v.word = regexp_replace(lower(trim(l.topic)), '[^a-z0-9]+', '_', 'g')
order by l.use_id
