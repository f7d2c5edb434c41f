-- staging.requests: one row per request_id, the latest version known.
-- Latest by updated_at, then by when it was known, then by file and row; a version without updated_at is the oldest.
-- is_conflicted: another version with the same clocks says something else, so that only its place in the files decides;
-- conflict names the files and rows.
-- first_known_at, first_told_at: when a file first had it, and when it says that it was first told (its earliest update, no
-- later than that file). is_redated: its versions do not agree when it was submitted.
-- vanished_at: when a later export of the whole no longer had the record; it stays, as it was last known.
-- Personal columns end here.
with vocabulary as (
    -- a topic may be written as its id, as its title, or in the words of another taxonomy
    select distinct word, topic from reference.topic_words
),

versions as (
    select
        request_id, city, caller_type, submitted_at, topic, status, first_response_at, resolved_at, reopened_at,
        withdrawn_at, merged_at, duplicate_of, disposition, replies, channel, priority, is_test, partner, assigned_to,
        subject, question, contact_name, contact_email, updated_at, _known_at, _order, _file, _sha256, _row,
        count(*) over (partition by request_id) as versions,
        count(_gone_at) over (partition by request_id) as versions_gone,
        max(_gone_at) over (partition by request_id) as last_gone_at,
        min(_known_at) over (partition by request_id) as first_known_at,
        min(least(updated_at, _known_at)) over (partition by request_id) as first_told_at,
        min(submitted_at) over (partition by request_id) <> max(submitted_at) over (partition by request_id) as is_redated,
        row_number() over (
            partition by request_id
            order by updated_at desc nulls last, _known_at desc nulls last, _order desc nulls last, _file desc, _sha256 desc, _row desc
        ) as recency
    from raw.requests
),

told as (
    select
        request_id, updated_at, _known_at, concat(_file, ' row ', _row) as place,
        concat_ws(
            '|', coalesce(city, ''), coalesce(caller_type, ''), cast(submitted_at as varchar), coalesce(topic, ''),
            coalesce(status, ''), coalesce(cast(first_response_at as varchar), ''),
            coalesce(cast(resolved_at as varchar), ''), coalesce(cast(reopened_at as varchar), ''),
            coalesce(cast(withdrawn_at as varchar), ''), coalesce(cast(merged_at as varchar), ''),
            coalesce(duplicate_of, ''), coalesce(disposition, ''), coalesce(cast(replies as varchar), ''),
            coalesce(channel, ''), coalesce(priority, ''), coalesce(cast(is_test as varchar), ''),
            coalesce(partner, ''), coalesce(assigned_to, ''), coalesce(subject, ''), coalesce(question, ''),
            coalesce(contact_name, ''), coalesce(contact_email, '')
        ) as content
    from versions
    where versions > 1
),

conflicts as (
    select request_id, updated_at, _known_at, concat(min(place), ' and ', max(place)) as places
    from told
    group by request_id, updated_at, _known_at
    having min(content) <> max(content)
)

select
    v.request_id,
    -- a county or region is no city, whatever its address
    case when coalesce(v.caller_type, 'city') = 'city' then v.city end as city_id,
    coalesce(v.caller_type, case when v.city is null then 'other' else 'city' end) as caller_type,
    coalesce(w.topic, 'unclassified') as topic,
    coalesce(v.status, case
        when v.reopened_at is null and coalesce(v.resolved_at, v.withdrawn_at, v.merged_at) is not null then 'closed'
        else 'open'
    end) as status,
    v.disposition,
    v.replies,
    v.channel,
    v.priority,
    v.partner,
    coalesce(v.is_test, false) as is_test,
    coalesce(v.disposition = 'spam', false) as is_spam,
    v.duplicate_of,
    v.submitted_at,
    v.first_response_at,
    v.resolved_at,
    v.reopened_at,
    v.withdrawn_at,
    v.merged_at,
    v.updated_at,
    v._known_at as known_at,
    v.first_known_at,
    v.first_told_at,
    coalesce(v.is_redated, false) as is_redated,
    v.versions,
    case when v.versions_gone = v.versions then v.last_gone_at end as vanished_at,
    c.request_id is not null as is_conflicted,
    c.places as conflict
from versions as v
left join vocabulary as w on w.word = regexp_replace(lower(trim(v.topic)), '[^a-z0-9]+', '_', 'g')
left join conflicts as c
    on c.request_id = v.request_id
    and c.updated_at is not distinct from v.updated_at
    and c._known_at is not distinct from v._known_at
where v.recency = 1
