-- core.vanished_records: one row per record of a program feed that its source no longer has; the record stays.
select feed, record_id, last_known_at, vanished_at
from staging.vanished_records
order by feed, record_id
