-- metrics.wait_piles: one row per pile (part of time × city × topic in which the desk was asked, core.request_waits): how many
-- were asked, replied to, and ended without a reply; resolved, and still open when as_of cut them off, within 5, 10 and 20
-- business days (40, 80, 160 hours; 40 days for the curves). city_id is null for callers without a city.
-- Every group that figures are made for is a set of whole piles.
select
    pile,
    part,
    city_id,
    topic,
    count(*) as asked,
    count(*) filter (where outcome = 'replied') as replies,
    count(*) filter (where outcome = 'ended_unanswered') as competing,
    count(*) filter (where cause = 'resolved' and open_hours <= 40) as resolved_5,
    count(*) filter (where cause = 'resolved' and open_hours <= 80) as resolved_10,
    count(*) filter (where cause = 'resolved' and open_hours <= 160) as resolved_20,
    count(*) filter (where cause = 'open' and open_hours < 40) as open_5,
    count(*) filter (where cause = 'open' and open_hours < 80) as open_10,
    count(*) filter (where cause = 'open' and open_hours < 160) as open_20,
    count(*) filter (where cause = 'open' and open_hours < 320) as open_40,
    max(open_hours) filter (where cause = 'open') as last_open,
    max(open_hours) filter (where cause <> 'open') as last_end
from core.request_waits
group by pile, part, city_id, topic
