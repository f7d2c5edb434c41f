-- One row per milestone: the latest version that any file gave.
select
    milestone_id,
    engagement_id,
    title,
    baseline_due,
    due,
    done_on,
    _known_at as known_at
from raw.milestones
qualify row_number() over (partition by milestone_id order by _known_at desc, _order desc, _file desc, _sha256 desc, _row desc) = 1
order by milestone_id
