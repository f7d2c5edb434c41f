-- staging.open311_services: one row per jurisdiction and service code, as the list known last gives it.
-- A list without a jurisdiction is one of the server '(none declared)': its codes are the same only within that.
with named as (
    select *, coalesce(jurisdiction, '(none declared)') as server
    from raw.open311_services
    where _gone_at is null
)

select
    server as jurisdiction,
    service_code,
    service_name,
    metadata,
    type,
    keywords,
    "group" as service_group,
    _known_at as known_at
from named
qualify row_number() over (
    partition by server, service_code
    order by _known_at desc, _order desc, _file desc, _sha256 desc, _row desc
) = 1
order by jurisdiction, service_code
