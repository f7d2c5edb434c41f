"""The restatement bridge: each figure that changed between two releases, and what each cause did to it.

The figures are worked out after each cause in turn (`snap`); what two neighbors differ by is a step (`step`). The deltas are
decimals on published precision, and those of a figure that is a value in both releases sum to the difference exactly:
where it is none in between, the step that brings it back carries the whole way. A figure that changes its state has
a row for each cause with both states and no delta.
"""

from datetime import date
from functools import cache

import duckdb
import pyarrow as pa

from assets.raw.casts import quote
from assets.releases.passport import KEYS
from assets.releases.versions import CAUSES, FOLLOW_UP

TOLD = "cast(coalesce(amount_usd, value) as decimal(28, 6))"
ABSENT = "not_published"
POINTS, SHARE = 1, 0.05  # a percentage is restated materially by a point, anything else by a twentieth of what was told
TEXTS = (
    *KEYS,
    *(f"{side}_{what}" for what in ("release", "state", "status") for side in ("old", "new")),
    *("unit", "cause", "reason"),
)
COUNTS = tuple(f"{side}_{what}" for what in ("numerator", "denominator") for side in ("old", "new"))
RECORD = ("old_release", "new_release", "cause", "feed", "record_id", "what", "city_id", "topic", "engagement_id")
# where only counts are shown ("k of N") these are what was told
MOVED = f"abs(n.{{0}} - o.{{0}}) >= greatest({SHARE} * o.{{0}}, 1e-6)"
ROLL = "coalesce(p.{0}, n.{0}) as {0}"


@cache
def tables() -> dict[str, pa.Schema]:
    """The two tables that a bridge makes, with their columns."""
    return {
        "restatements": pa.schema(
            dict.fromkeys(TEXTS, pa.string())
            | dict.fromkeys(("period_start", "period_end"), pa.date32())
            | dict.fromkeys(("old_value", "new_value", "delta"), pa.decimal128(28, 6))
            | dict.fromkeys(COUNTS, pa.float64())
            | {"is_material": pa.bool_(), "records": pa.int64()}
        ),
        "restated_records": pa.schema(
            dict.fromkeys(RECORD, pa.string())
            | dict.fromkeys(("first_on", "last_on"), pa.date32())
            | {"records": pa.int64()}
        ),
    }


def nothing() -> dict[str, pa.Table]:
    """Both without a row: of a release that has none before it."""
    return {table: schema.empty_table() for table, schema in tables().items()}


def prepare(connection: duckdb.DuckDBPyConnection) -> None:
    for schema in ("before", "diff", "bridge"):
        connection.execute(f"drop schema if exists {schema} cascade")
        connection.execute(f"create schema {schema}")
    connection.execute(f"""
        create table bridge.steps as
        select 0 as cause, 0 as turn, {", ".join(f"null::varchar as {k}" for k in KEYS)}, null::decimal(28, 6) as was,
            null::varchar as was_state, null::decimal(28, 6) as now, null::varchar as now_state where false
    """)
    connection.execute("""
        create table bridge.changes (
            cause integer, feed varchar, record_id varchar, what varchar, city_id varchar, topic varchar, engagement_id varchar,
            request_id varchar, was_city_id varchar,
            was_topic varchar, first_on date, last_on date, records bigint
        )
    """)


def snap(connection: duckdb.DuckDBPyConnection, name: str, source: str) -> None:
    """Keeps the figures of `source` (a table, or a file of a release) as bridge.<name>."""
    connection.execute(f"""
        create or replace table bridge.{name} as
        select {", ".join(KEYS)}, {TOLD} as told, state, status, unit, numerator, denominator from {source}
    """)


def step(connection: duckdb.DuckDBPyConnection, cause: int, turn: int, was: str, now: str) -> None:
    """Adds the figures by which bridge.<was> and bridge.<now> differ; turn: its place in the order of steps."""
    on = " and ".join(f"p.{k} is not distinct from n.{k}" for k in KEYS)
    keys = ", ".join(ROLL.format(k) for k in KEYS)
    connection.execute(f"""
        insert into bridge.steps
        select {cause}, {turn}, {keys}, p.told, coalesce(p.state, '{ABSENT}'), n.told, coalesce(n.state, '{ABSENT}')
        from bridge.{was} as p full outer join bridge.{now} as n on {on}
        where p.told is distinct from n.told or p.state is distinct from n.state
            or p.numerator is distinct from n.numerator or p.denominator is distinct from n.denominator
    """)


def gather(connection: duckdb.DuckDBPyConnection, select: str) -> None:
    connection.execute(f"insert into bridge.changes by name {select}")


def settle(connection: duckdb.DuckDBPyConnection, old: str, new: str, old_as_of: date) -> None:
    """Makes bridge.restatements and bridge.restated_records of the steps and the records that changed.

    A figure of a period that began after the old release's last day is new, not restated. Material is a figure that was final
    and is otherwise by POINTS or SHARE (of a withheld one its "k of N" by SHARE) through causes other than follow-up, by which
    nobody was wrong.
    """
    names = " ".join(f"when {place} then '{cause}'" for place, cause in enumerate(CAUSES, 1))
    keys = ", ".join(KEYS)
    same = " and ".join(f"{{0}}.{k} is not distinct from s.{k}" for k in KEYS)
    connection.execute(f"""
        create or replace table bridge.walks as
        select *, last_value(was ignore nulls) over (
            partition by {keys} order by turn rows between unbounded preceding and current row
        ) as carried
        from bridge.steps
    """)
    _count(connection)
    connection.execute(f"""
        create or replace table bridge.restatements as
        with folded as (
            select {keys}, cause, sum(case when now is not null and carried is not null then now - carried end) as delta
            from bridge.walks group by all
        ), judged as (
            select *, bool_or(cause > {FOLLOW_UP}) over figure as is_corrected,
                sum(case when cause > {FOLLOW_UP} then delta end) over figure as corrected
            from folded window figure as (partition by {keys})
        )
        select
            s.{", s.".join(KEYS)}, p.period_start, p.period_end, {quote(old)} as old_release, {quote(new)} as new_release,
            o.told as old_value, n.told as new_value, coalesce(o.state, '{ABSENT}') as old_state,
            coalesce(n.state, '{ABSENT}') as new_state, o.status as old_status, n.status as new_status,
            coalesce(n.unit, o.unit) as unit,
            o.numerator as old_numerator, n.numerator as new_numerator, o.denominator as old_denominator,
            n.denominator as new_denominator,
            coalesce(o.status = 'final' and s.is_corrected and (o.state <> coalesce(n.state, '')
                or case when o.told is not null then abs(s.corrected) >=
                    case when n.unit = 'percent' then {POINTS} else greatest({SHARE} * abs(o.told), 1e-6) end
                    else {MOVED.format("numerator")} or {MOVED.format("denominator")} end
            ), false) as is_material,
            case s.cause {names} end as cause,
            case when o.state = 'value' and n.state = 'value' then cast(s.delta as decimal(28, 6)) end as delta,
            cast(coalesce(r.records, 0) as bigint) as records,
            null::varchar as reason
        from judged as s
        left join bridge.old as o on {same.format("o")}
        left join bridge.new as n on {same.format("n")}
        inner join bridge.periods as p on p.period_type = s.period_type and p.period = s.period
        left join bridge.counts as r on r.cause = s.cause and {same.format("r")}
        where (coalesce(o.state, '') <> coalesce(n.state, '') or s.delta is not null
                or o.numerator is distinct from n.numerator or o.denominator is distinct from n.denominator)
            and (o.state is not null or p.period_start <= date '{old_as_of}')
        order by s.{", s.".join(KEYS)}, s.cause
    """)
    connection.execute(f"""
        create or replace table bridge.restated_records as
        select {quote(old)} as old_release, {quote(new)} as new_release, case c.cause {names} end as cause, c.feed, c.record_id,
            c.what, c.city_id, c.topic, c.engagement_id, c.first_on, c.last_on, c.records
        from bridge.changes as c
        order by c.cause, c.feed, c.record_id
    """)


def place(connection: duckdb.DuckDBPyConnection, old_values: str, new_values: str) -> None:
    """How many records changed for each cause, by feed, scope and period; while staging holds them as they are now.

    A record counts in the periods whose days it touches; one of an engagement in each of its cities.
    """
    connection.execute(f"""
        create or replace table bridge.periods as
        select period_type, period, min(period_start) as period_start, max(period_end) as period_end from (
            select distinct period_type, period, period_start, period_end from {old_values}
            union all
            select distinct period_type, period, period_start, period_end from {new_values}
        ) group by all
    """)
    connection.execute("""
        create or replace table bridge.placed as
        with scoped as (
            select cause, feed, record_id, records, first_on, last_on, engagement_id, request_id, city_id, topic from bridge.changes
            union
            select cause, feed, record_id, records, first_on, last_on, engagement_id, request_id,
                coalesce(was_city_id, city_id), coalesce(was_topic, topic)
            from bridge.changes
        )
        select distinct c.cause, c.feed, c.record_id, c.records, c.first_on, c.last_on,
            coalesce(c.engagement_id, '') as engagement_id,
            coalesce(c.city_id, r.city_id, e.city_id) as city_id, coalesce(c.topic, r.topic, g.topic) as topic
        from scoped as c
        left join staging.requests as r on r.request_id = c.request_id and c.feed <> 'requests'
        left join staging.engagements as g on g.engagement_id = c.engagement_id and c.feed <> 'engagements'
        left join staging.engagement_cities as e on e.engagement_id = c.engagement_id and c.city_id is null
    """)
    connection.execute("""
        create or replace table bridge.scopes as
        select grain, city_id, topic, engagement_id, cause, period_type, period, feed, sum(records) as records from (
            select distinct
                g.grain,
                case when g.grain in ('city', 'city_topic') then c.city_id end as city_id,
                case when g.grain in ('topic', 'city_topic') then c.topic end as topic,
                case when g.grain = 'engagement' then c.engagement_id end as engagement_id,
                c.cause, p.period_type, p.period, c.feed, c.record_id, c.records
            from bridge.placed as c
            inner join bridge.periods as p on coalesce(c.first_on <= p.period_end and c.last_on >= p.period_start, true)
                or p.period_type = 'to_date'
            cross join (values ('network'), ('city'), ('topic'), ('city_topic'), ('engagement')) as g (grain)
        ) group by all
    """)


def _count(connection: duckdb.DuckDBPyConnection) -> None:
    """bridge.counts: for each figure of a step the records of its feeds that changed for the cause, in its scope and period."""
    connection.execute(f"""
        create or replace table bridge.counts as
        select s.{", s.".join(KEYS)}, s.cause, sum(r.records) as records
        from (select distinct {", ".join(KEYS)}, cause from bridge.steps) as s
        inner join reference.metrics as m on m.metric = s.metric
        inner join bridge.scopes as r
            on r.cause = s.cause and r.grain = s.grain and r.period_type = s.period_type and r.period = s.period
            and r.city_id is not distinct from s.city_id and r.topic is not distinct from s.topic
            and r.engagement_id is not distinct from s.engagement_id
            and (s.cause > {CAUSES.index("removed_or_merged") + 1} or contains(', ' || m.feeds || ',', ', ' || r.feed || ','))
        group by all
    """)
