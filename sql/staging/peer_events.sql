-- One row per peer event: the latest version that any file gave. A topic may be written as its id, as its title or in the words of another taxonomy; one
-- outside the taxonomy is unclassified, and an event about no single topic has none.
with vocabulary as (
    select distinct word, topic from reference.topic_words
),

latest as (
    select *
    from raw.peer_events
    qualify row_number() over (
        partition by event_id order by _known_at desc, _order desc, _file desc, _sha256 desc, _row desc
    ) = 1
)

select
    l.event_id,
    l.title,
    case when l.topic is not null then coalesce(v.topic, 'unclassified') end as topic,
    l.held_on,
    l._known_at as known_at
from latest as l
left join vocabulary as v on v.word = regexp_replace(lower(trim(l.topic)), '[^a-z0-9]+', '_', 'g')
order by l.event_id
