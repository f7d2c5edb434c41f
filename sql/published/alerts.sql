-- One row per thing that needs a person now: an overdue request, a fall of the on-time rate, a feed that did not arrive, a late
-- milestone, a city gone silent. sort_order 1 is the most urgent.
select
    kind,
    severity,
    city_id,
    topic,
    engagement_id,
    about,
    since_on,
    measure,
    sentence,
    sort_order
from metrics.alerts
order by kind, about, city_id, topic
