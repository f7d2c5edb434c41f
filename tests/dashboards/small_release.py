"""A release of a few rows written by hand, for the states that a page must tell apart."""

import hashlib
from pathlib import Path

import duckdb

from assets.releases import seal

METRIC_ROW = """
    metric, 1 as metric_version, grain, city_id, null::varchar as topic, null::varchar as engagement_id,
    null::varchar as dimension, null::varchar as dimension_value, null::varchar as basis, 'quarter' as period_type, period,
    period_start::date as period_start, period_end::date as period_end, value::double as value,
    null::decimal(18, 2) as amount_usd, k::double as numerator, n::double as denominator, low::double as ci_low,
    high::double as ci_high, unit, state, 'final' as status, reason, null::double as previous_value,
    change::double as change, change_low::double as change_low, change_high::double as change_high
"""
TABLES = {
    # 18 of 24 = 75 %, after 12 of 20 = 60 %; Waco had 6 of 8 due, fewer than ten; nobody sent the requests of Miami
    "metric_values": f"""
        select {METRIC_ROW} from (values
            ('on_time_pct', 'network', null, 'FY2015Q1', '2014-10-01', '2014-12-31', 60, 12, 20, 39, 78, 'percent',
             'value', null, null, null, null),
            ('on_time_pct', 'network', null, 'FY2015Q2', '2015-01-01', '2015-03-31', 75, 18, 24, 55, 88, 'percent',
             'value', null, 15, -12, 40),
            ('on_time_pct', 'city', '4876000', 'FY2015Q2', '2015-01-01', '2015-03-31', null, 6, 8, null, null, 'percent',
             'withheld', 'fewer than 10', null, null, null),
            ('created', 'city', '4876000', 'FY2015Q2', '2015-01-01', '2015-03-31', 9, 9, null, null, null, 'requests',
             'value', null, 2, null, null),
            ('created', 'city', '1245000', 'FY2015Q2', '2015-01-01', '2015-03-31', null, null, null, null, null,
             'requests', 'not_reported', 'requests was not received', null, null, null)
        ) as t (metric, grain, city_id, period, period_start, period_end, value, k, n, low, high, unit, state, reason,
                change, change_low, change_high)""",
    "metrics": """select 'on_time_pct' as metric, 1 as version, 'Answered on time' as title, 'Share answered.' as definition,
        'percent' as unit, 'up' as direction, 'answered by then' as numerator, 'due' as denominator, null as limits""",
    "cities": """select * from (values ('4876000', 'Waco', 'TX', 130000, '2'), ('1245000', 'Miami', 'FL', 430000, '1'))
        as t (city_id, name, state, population, wave)""",
}


def write_release(
    home: Path,
    release: str,
    *,
    as_of: str = "2015-03-31",
    tables: dict[str, str] | None = None,
    restates: str | None = None,
) -> Path:
    """Write a release of `tables` (name -> SQL) and point CURRENT to it."""
    directory = home / "releases" / release
    directory.mkdir(parents=True)
    for name, sql in (TABLES if tables is None else tables).items():
        duckdb.sql(f"copy ({sql}) to '{directory / name}.parquet' (format parquet)")
    manifest = {"release": release, "as_of": as_of, "created_at": "2015-04-02T12:00:00Z", "synthetic": False}
    manifest |= {"restates": restates}
    files = [
        {"name": path.stem, "sha256": hashlib.sha256(path.read_bytes()).hexdigest()}
        for path in sorted(directory.glob("*.parquet"))
    ]
    (directory / "manifest.json").write_text(seal.sealed(manifest | {"tables": files}))
    (home / "releases" / "CURRENT").write_text(release + "\n")
    return directory
