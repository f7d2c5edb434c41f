-- One row per engagement. Days after as_of are null, since they are not yet seen; ends_on is a plan and stays.
-- starts_on is sent with the application and is a plan too. started_on is the day that work really began: starts_on, once it
-- has come by as_of, of an application that was approved. standing says how far that has come by as_of:
--   completed  it has an actual last day, whatever else is said
--   stopped    approved, and by the status declined, withdrawn or canceled since
--   withdrawn  the same, never approved
--   agreed     approved: by its day, or, where no day was sent, by a status beyond that of an application
--   waiting    applied for and not approved
--   later      applied for after as_of, so that it is not yet seen
--   not told   neither a status nor a day of approval was sent: starts_on is believed
-- The status is a free text, and only the latest is known: of what was stopped nobody knows the day, so that it has no start.
with served as (
    select engagement_id, count(*) as cities
    from staging.engagement_cities
    group by engagement_id
),

words as (
    select *, lower(trim(coalesce(status, ''))) as word
    from staging.engagements
),

judged as (
    select
        e.*,
        p.as_of,
        case
            when e.completed_on <= p.as_of then 'completed'
            when e.applied_on > p.as_of and coalesce(e.approved_on > p.as_of, true) then 'later'
            when e.word like 'withdr%' or e.word like 'declin%' or e.word like 'cancel%' or e.word like 'reject%'
                or e.word like 'terminat%' or e.word in ('denied', 'not approved', 'not selected', 'unapproved')
                then case when e.approved_on <= p.as_of then 'stopped' else 'withdrawn' end
            when e.approved_on <= p.as_of then 'agreed'
            when e.approved_on > p.as_of or e.word like 'applied%' or e.word like 'submitted%' or e.word like 'received%'
                or e.word like 'pending%' or e.word like 'wait%' or e.word in (
                    'application', 'application received', 'application submitted', 'awaiting approval', 'awaiting decision',
                    'new', 'draft', 'requested', 'proposed', 'planned', 'not started', 'under review', 'in review'
                ) then 'waiting'
            when e.word = '' then 'not told'
            else 'agreed'
        end as standing
    from words as e
    cross join reference.params as p
)

select
    e.engagement_id,
    e.title,
    e.topic,
    e.intensity,
    e.status,
    case when e.applied_on <= e.as_of then e.applied_on end as applied_on,
    case when e.approved_on <= e.as_of then e.approved_on end as approved_on,
    e.starts_on,
    e.ends_on,
    case when e.completed_on <= e.as_of then e.completed_on end as completed_on,
    e.lead_partner,
    e.planned_cost_usd,
    coalesce(s.cities, 0) as cities,
    e.known_at,
    e.standing,
    case when e.standing in ('completed', 'agreed', 'not told') and e.starts_on <= e.as_of then e.starts_on end as started_on
from judged as e
left join served as s on e.engagement_id = s.engagement_id
order by e.engagement_id
