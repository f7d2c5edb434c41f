-- staging.vanished_records: one row per record of a program feed that its source no longer has.
-- Every file that told of it was followed by a file of the same name, or by a full export into the same folder
-- (mapping.yml, `full: true`), and none of these has an accepted row of it. The record stays, as it was last known.
with records as (
    select
        'attendance' as feed,
        concat_ws(' · ', cast(event_id as varchar), cast(city as varchar)) as record_id,
        _known_at, _gone_at
    from raw.attendance
    union all
    select 'award' as feed, award_id as record_id, _known_at, _gone_at from raw.award
    union all
    select
        'budget' as feed,
        concat_ws(' · ', cast(award_id as varchar), cast(category as varchar), cast(version as varchar)) as record_id,
        _known_at, _gone_at
    from raw.budget
    union all
    select
        'eligibility' as feed,
        concat_ws(' · ', cast(city as varchar), cast(eligible_from as varchar)) as record_id,
        _known_at, _gone_at
    from raw.eligibility
    union all
    select
        'engagement_cities' as feed,
        concat_ws(' · ', cast(engagement_id as varchar), cast(city as varchar)) as record_id,
        _known_at, _gone_at
    from raw.engagement_cities
    union all
    select 'engagements' as feed, engagement_id as record_id, _known_at, _gone_at from raw.engagements
    union all
    select 'indirect_rates' as feed, rate_id as record_id, _known_at, _gone_at from raw.indirect_rates
    union all
    select 'ledger' as feed, entry_id as record_id, _known_at, _gone_at from raw.ledger
    union all
    select 'library_resources' as feed, resource_id as record_id, _known_at, _gone_at from raw.library_resources
    union all
    select 'library_use' as feed, use_id as record_id, _known_at, _gone_at from raw.library_use
    union all
    select 'milestones' as feed, milestone_id as record_id, _known_at, _gone_at from raw.milestones
    union all
    select 'peer_events' as feed, event_id as record_id, _known_at, _gone_at from raw.peer_events
    union all
    select 'recommendations' as feed, recommendation_id as record_id, _known_at, _gone_at from raw.recommendations
    union all
    select 'request_events' as feed, event_id as record_id, _known_at, _gone_at from raw.request_events
    union all
    select 'requests' as feed, request_id as record_id, _known_at, _gone_at from raw.requests
    union all
    select 'surveys' as feed, request_id as record_id, _known_at, _gone_at from raw.surveys
    union all
    select
        'targets' as feed,
        concat_ws(' · ', cast(metric as varchar), cast(period as varchar), cast(city as varchar), cast(topic as varchar)) as record_id,
        _known_at, _gone_at
    from raw.targets
)

select g.feed, g.record_id, max(g._known_at) as last_known_at, max(g._gone_at) as vanished_at
from records as g
where
    g._gone_at is not null
    and not exists (
        select 1 from records as r where r.feed = g.feed and r.record_id = g.record_id and r._gone_at is null
    )
group by g.feed, g.record_id
order by g.feed, g.record_id
