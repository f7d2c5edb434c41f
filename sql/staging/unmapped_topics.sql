-- staging.unmapped_topics: one row per feed × word for a topic that no taxonomy knows (reference.topic_words): in how many
-- records it stands, of the latest version known of each. A record so written is unclassified.
-- A word that may be somebody's name or number is not shown: longer than 60 characters, or with a digit or @ in it.
with said as (
    select 'requests' as feed, request_id as record, topic, _known_at, _order, _file, _sha256, _row, updated_at
    from raw.requests
    union all
    select
        'engagements' as feed, engagement_id as record, topic, _known_at, _order, _file, _sha256, _row,
        cast(null as timestamp) as updated_at
    from raw.engagements
    union all
    select
        'peer_events' as feed, event_id as record, topic, _known_at, _order, _file, _sha256, _row,
        cast(null as timestamp) as updated_at
    from raw.peer_events
    union all
    select
        'library_resources' as feed, resource_id as record, topic, _known_at, _order, _file, _sha256, _row,
        cast(null as timestamp) as updated_at
    from raw.library_resources
    union all
    select
        'library_use' as feed, use_id as record, topic, _known_at, _order, _file, _sha256, _row,
        cast(null as timestamp) as updated_at
    from raw.library_use
),

spellings as (
    select topic, regexp_replace(lower(trim(topic)), '[^a-z0-9]+', '_', 'g') as word
    from (select distinct topic from said where topic is not null) as distinct_topics
),

unknown as (
    select s.topic
    from spellings as s
    left join (select distinct word from reference.topic_words) as w on w.word = s.word
    where w.word is null
),

-- every version of the few records that ever had such a word
concerned as (
    select s.feed, s.record, s.topic, s._known_at, s._order, s._file, s._sha256, s._row, s.updated_at
    from said as s
    inner join (
        select distinct i.feed, i.record from said as i inner join unknown as u on u.topic = i.topic
    ) as c on c.feed = s.feed and c.record = s.record
),

latest as (
    select feed, topic
    from concerned
    qualify row_number() over (
        partition by feed, record
        order by updated_at desc nulls last, _known_at desc nulls last, _order desc nulls last, _file desc, _sha256 desc, _row desc
    ) = 1
),

shown as (
    select
        l.feed,
        case when length(trim(l.topic)) > 60 or regexp_matches(l.topic, '[0-9@]') then '(not shown)'
            else trim(l.topic) end as word
    from latest as l
    inner join unknown as u on u.topic = l.topic
)

select feed, word, count(*) as records
from shown
group by feed, word
order by feed, word
