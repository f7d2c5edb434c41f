-- One row per milestone: the latest version that any file gave, but for baseline_due, which is that of the first version known:
-- a baseline is frozen. A later version with another one has re-planned the milestone: where it says no due day, that is it.
with versions as (
    select
        *,
        first_value(baseline_due) over (
            partition by milestone_id order by _known_at, _order, _file, _sha256, _row
        ) as first_due,
        row_number() over (
            partition by milestone_id order by _known_at desc, _order desc, _file desc, _sha256 desc, _row desc
        ) as recency
    from raw.milestones
)

select
    milestone_id,
    engagement_id,
    title,
    first_due as baseline_due,
    case when baseline_due <> first_due then coalesce(due, baseline_due) else due end as due,
    done_on,
    _known_at as known_at
from versions
where recency = 1
order by milestone_id
