-- rows.library: the requests, and the searches that say what they found, behind unmet_pct; the topics asked about of
-- library_coverage_pct; the topics with their requests and resources of library_gap_pp (asked.figure).
select
    'requests' as feed, r.request_id as record_id,
    case
        when r.is_test then 'a test'
        when r.is_spam then 'spam'
        when not r.is_canonical then 'merged into another request, or its duplicate'
    end as left_out,
    r.city_id, r.topic, r.submitted_on as happened_on, r.disposition,
    case when r.disposition in ('no_answer', 'referred', 'out_of_scope') and r.ended_at is not null
        and r.ended_at is distinct from r.withdrawn_at then 1 else 0 end as numerator,
    1 as denominator, cast(null as bigint) as resources, cast(null as boolean) as is_asked
from published.requests as r
cross join asked.figure as f
where f.metric = 'unmet_pct' and r.submitted_on between f.period_start and f.period_end
    and (f.city_id is null or r.city_id = f.city_id) and (f.topic is null or r.topic = f.topic)
union all
select
    'library_use' as feed, u.use_id as record_id,
    case when u.action <> 'search' then 'not a search' when u.results is null then 'a search that does not say what it found' end
        as left_out,
    u.city_id, u.topic, u.used_on as happened_on, u.action as disposition, case when u.results = 0 then 1 else 0 end as numerator,
    1 as denominator, cast(null as bigint) as resources, cast(null as boolean) as is_asked
from published.library_use as u
cross join asked.figure as f
where f.metric = 'unmet_pct' and u.used_on between f.period_start and f.period_end
    and (f.city_id is null or u.city_id = f.city_id) and (f.topic is null or u.topic = f.topic)
union all
select
    'library_resources' as feed, t.topic as record_id,
    case when f.metric = 'library_coverage_pct' and t.topic = 'unclassified' then 'of no topic'
        when f.metric = 'library_coverage_pct' and not t.is_requested then 'nobody asked about it in the 12 months before' end
        as left_out,
    cast(null as varchar) as city_id, t.topic, t.closes_on as happened_on, cast(null as varchar) as disposition,
    case when f.metric = 'library_gap_pp' then t.requests when t.reviewed > 0 then 1 else 0 end as numerator,
    case when f.metric = 'library_gap_pp' then t.requests else 1 end as denominator,
    t.resources, coalesce(t.topic = f.topic, false) as is_asked
from published.library_topics as t
cross join asked.figure as f
where f.metric in ('library_coverage_pct', 'library_gap_pp') and t.period_type = f.period_type and t.period = f.period
order by feed, record_id
