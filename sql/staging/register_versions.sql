-- staging.register_versions: one row per version of a record of the feeds that are registers (and the ledger): the day it is
-- dated, and when that was known. turn: its place among the versions of the record, from the first known.
-- What was done on a milestone is told apart, as records of the kind 'done' with the day on which it was.
with told as (
    select 'attendance' as feed, 'dated' as kind, a.event_id || ' ' || a.city as record_id, e.held_on as day,
        a._known_at, a._order, a._file, a._sha256, a._row
    from raw.attendance as a left join staging.peer_events as e on e.event_id = a.event_id
    union all
    select 'award', 'dated', award_id, "start", _known_at, _order, _file, _sha256, _row from raw.award
    union all
    select 'eligibility', 'dated', city || ' ' || cast(eligible_from as varchar), eligible_from,
        _known_at, _order, _file, _sha256, _row
    from raw.eligibility
    union all
    select 'engagement_cities', 'dated', c.engagement_id || ' ' || c.city, e.starts_on,
        c._known_at, c._order, c._file, c._sha256, c._row
    from raw.engagement_cities as c left join staging.engagements as e on e.engagement_id = c.engagement_id
    union all
    select 'engagements', 'dated', engagement_id, starts_on, _known_at, _order, _file, _sha256, _row from raw.engagements
    union all
    select 'indirect_rates', 'dated', rate_id, "from", _known_at, _order, _file, _sha256, _row from raw.indirect_rates
    union all
    select 'ledger', 'dated', entry_id, posted_on, _known_at, _order, _file, _sha256, _row from raw.ledger
    union all
    select 'library_resources', 'dated', resource_id, published_on, _known_at, _order, _file, _sha256, _row
    from raw.library_resources
    union all
    select 'milestones', 'dated', milestone_id, baseline_due, _known_at, _order, _file, _sha256, _row from raw.milestones
    union all
    select 'milestones', 'done', milestone_id, done_on, _known_at, _order, _file, _sha256, _row
    from raw.milestones
    where done_on is not null
    union all
    select 'peer_events', 'dated', event_id, held_on, _known_at, _order, _file, _sha256, _row from raw.peer_events
    union all
    select 'recommendations', 'dated', recommendation_id, made_on, _known_at, _order, _file, _sha256, _row
    from raw.recommendations
    union all
    select 'targets', 'dated', concat_ws(' ', metric, period, coalesce(city, ''), coalesce(topic, '')), set_on,
        _known_at, _order, _file, _sha256, _row
    from raw.targets
)

select
    feed, kind, record_id, day,
    _known_at as known_at,
    row_number() over (
        partition by feed, kind, record_id order by _known_at, _order nulls first, _file, _sha256, _row
    ) as turn
from told
order by feed, kind, record_id, turn
