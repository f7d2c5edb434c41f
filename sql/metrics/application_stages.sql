-- metrics.application_stages: one row per engagement applied for by as_of: how far its application has come by as_of, by the
-- standing of core.engagements. Each stage holds the one after it: completed is started, started is approved, also where the day of
-- approval was not sent. Of what nobody told anything (`not told`) an application is taken to wait.
select
    engagement_id,
    applied_on,
    standing in ('completed', 'agreed', 'stopped') as is_approved,
    standing = 'completed' or (standing = 'agreed' and started_on is not null) as is_started,
    standing = 'completed' as is_completed,
    standing = 'withdrawn' as is_withdrawn,
    standing = 'stopped' as is_stopped,
    standing in ('waiting', 'not told') as is_waiting
from core.engagements
where standing <> 'later'
