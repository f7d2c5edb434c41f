"""Two states of one record: what became of it between them, and the states in between, one cause after the other.

The causes come in a fixed order. A record that is new is follow_up where its own date is after the last day the old figures
looked at, else late; an instant that was filled likewise, and what changes along with it; whatever else changed in a
record is corrected; what makes it stop to count, or takes it away, is removed_or_merged.
"""

from dataclasses import dataclass
from datetime import date, datetime

import duckdb

from assets.catalog import Changes, Table

CAUSES = ("follow_up", "late", "corrected", "removed_or_merged", "eligibility", "vintage", "definition_or_code")
FOLLOW_UP, LATE, CORRECTED, REMOVED = 1, 2, 3, 4
# what a table keeps of its versions, which says nothing of the record itself
KEPT = {
    "known_at",
    "first_known_at",
    "first_told_at",
    "edited_after_lock",
    "is_redated",
    "versions",
    "vanished_at",
    "is_conflicted",
    "conflict",
}
KEPT |= {"updated_at"}


@dataclass(frozen=True)
class Cut:
    """Where the old figures ended: their last day, and the instant of its end (UTC)."""

    day: date
    at: datetime


def compare(connection: duckdb.DuckDBPyConnection, spec: Table, types: dict[str, str], cut: Cut) -> int:
    """Makes diff.<table>: the records that are not the same in before.<table> and staging.<table>; returns how many.

    o_<column>, n_<column>: the record then and now; w_<column>: the place of the cause by which it changed, null where it
    did not; entry: of a record that is in one of them only, the cause by which it comes or goes.
    """
    name = spec.table.partition(".")[2]
    changes, (first, *_) = spec.changes or Changes(), spec.key
    on = " and ".join(f"o.{k} = n.{k}" for k in spec.key)
    both = ", ".join(f'o."{c}" as o_{c}, n."{c}" as n_{c}' for c in types)
    told = ", ".join(f'"{c}"' for c in types if c not in KEPT.union(spec.key)) or "1"
    filled = [
        f'case when o."{c}" is null and n."{c}" is not null then {_when(f"n.{c}", types[c], cut)} end'
        for c in changes.events
    ]
    along = f"coalesce(least({', '.join(filled)}, null), {CORRECTED})" if filled else str(CORRECTED)
    columns = ", ".join(
        f'case when o."{c}" is distinct from n."{c}" then {_world(c, types[c], changes, along, cut)} end as w_{c}'
        for c in types
        if c not in spec.key
    )
    dated = _dated(changes.dated, "n")
    entry = _when(dated, types.get(changes.dated, "date"), cut)
    if changes.ends:
        entry = f"case when n.{changes.ends} then {REMOVED} else {entry} end"
    # only keys and a number for all that a record says go through the join of everything (of two that differ it is the same once
    # in 1.8e19); what differs is then read whole
    keys = ", ".join(spec.key)
    connection.execute(f"""
        create or replace temp table moved as
        select {", ".join(f"coalesce(o.{k}, n.{k}) as {k}" for k in spec.key)}
        from (select {keys}, hash({told}) as told from before.{name}) as o
        full outer join (select {keys}, hash({told}) as told from staging.{name}) as n on {on}
        where o.told is distinct from n.told
    """)
    among = "select * from {0}.{1} as t where exists (select 1 from moved as m where {2})"
    same = " and ".join(f"m.{k} = t.{k}" for k in spec.key)
    connection.execute(f"""
        create or replace table diff.{name} as
        select {both}, {columns},
            case when o.{first} is null then {entry} when n.{first} is null then {REMOVED} end as entry
        from ({among.format("before", name, same)}) as o
        full outer join ({among.format("staging", name, same)}) as n on {on}
    """)
    connection.execute("drop table moved")
    (found,) = connection.execute(f"select count(*) from diff.{name}").fetchall()[0]
    return int(found)


def _when(value: str, kind: str, cut: Cut) -> str:
    """The place of follow_up for what is dated after the old figures' last day, else of late."""
    after = f"{value} > date '{cut.day}'" if kind == "date" else f"{value} >= timestamp '{cut.at}'"
    return f"case when {after} then {FOLLOW_UP} else {LATE} end" if value != "null" else str(LATE)


def _world(column: str, kind: str, changes: Changes, along: str, cut: Cut) -> str:
    if column in changes.leaves:
        return str(REMOVED)
    if column in changes.along or column in KEPT:
        return along
    if column in changes.events:
        return f"case when o.{column} is null then {_when(f'n.{column}', kind, cut)} else {CORRECTED} end"
    return str(CORRECTED)


def _dated(dated: str, side: str) -> str:
    if not dated:
        return "null"
    if "." not in dated:
        return f"{side}.{dated}"
    table, key, column = dated.split(".")
    return f"(select max(d.{column}) from staging.{table} as d where d.{key} = {side}.{key})"


def rewind(connection: duckdb.DuckDBPyConnection, spec: Table, types: dict[str, str], causes: int) -> None:
    """Puts the records that differ into staging.<table> as the first `causes` causes leave them."""
    name = spec.table.partition(".")[2]
    columns = ", ".join(
        f"coalesce(n_{c}, o_{c}) as {c}"
        if c in spec.key
        else f'case when o_{spec.key[0]} is null or w_{c} <= {causes} then n_{c} else o_{c} end as "{c}"'
        for c in types
    )
    first = spec.key[0]
    on = " and ".join(f"t.{k} = coalesce(d.n_{k}, d.o_{k})" for k in spec.key)
    connection.execute(f"delete from staging.{name} as t using diff.{name} as d where {on}")
    connection.execute(f"""
        insert into staging.{name} by name
        select {columns} from diff.{name}
        where case when o_{first} is null then entry <= {causes} when n_{first} is null then {causes} < entry else true end
    """)


def causes(connection: duckdb.DuckDBPyConnection, spec: Table, types: dict[str, str]) -> set[int]:
    """The causes by which records of diff.<table> changed, as their places in CAUSES counted from 1."""
    name = spec.table.partition(".")[2]
    told = [f"select entry as cause from diff.{name}"]
    told += [f"select w_{c} from diff.{name} where entry is null" for c in types if c not in KEPT.union(spec.key)]
    return {c for (c,) in connection.execute(" union ".join(told)).fetchall() if c is not None}


def changed(spec: Table, types: dict[str, str], until: date) -> str:
    """The records of diff.<table> with what became of them, as a select: cause (1 …), feed, record_id, columns (names),
    scope keys, first_on and last_on: the days that the record touches. until: the last day that the new figures look at."""
    name = spec.table.partition(".")[2]
    changes, first = spec.changes or Changes(), spec.key[0]
    record = " || ' · ' || ".join(f"coalesce(n_{k}, o_{k})" for k in spec.key)
    own = [c for c in (changes.dated, *changes.events, *changes.leaves) if types.get(c) in ("date", "timestamp")]
    days = [f"cast({side}_{c} as date)" for c in own for side in ("o", "n")]
    held = _held(changes.dated, spec, types)
    days += [held] if held else []
    ends = [
        c for c in (*changes.events, *changes.leaves) if types.get(c) in ("date", "timestamp") and "response" not in c
    ]
    stands = " and ".join(f"n_{c} is null" for c in ends) if name == "requests" and ends else "false"
    last = f"case when {stands} then date '{until}' else greatest({', '.join(days)}) + 7 end" if days else "null::date"
    keys = ", ".join(
        f"coalesce(n_{c}, o_{c}) as {c}" if c in types else f"null::varchar as {c}"
        for c in ("city_id", "topic", "engagement_id", "request_id")
    )
    keys += "".join(f", o_{c} as was_{c}" for c in ("city_id", "topic") if c in types and c not in spec.key)
    told = [c for c in types if c not in spec.key and c not in KEPT]
    parts = []
    for cause in range(FOLLOW_UP, REMOVED + 1):
        names = ", ".join(f"case when w_{c} = {cause} then '{c}' end" for c in told) or "null"
        any_of = " or ".join(f"w_{c} = {cause}" for c in told) or "false"
        parts.append(f"""
            select {cause} as cause, '{name}' as feed, {record} as record_id,
                case when o_{first} is null then 'new' when n_{first} is null then 'gone' else concat_ws(', ', {names}) end as what,
                {keys}, least({", ".join(days) or "null::date"}) as first_on, {last} as last_on, 1 as records
            from diff.{name} where case when entry is null then ({any_of}) else entry = {cause} end
        """)
    return " union all ".join(parts)


def seen(spec: Table, types: dict[str, str], old: date, new: date, apart: bool) -> str:
    """Records that are the same and of which longer follow-up alone sees more: dated after `old`, up to `new`."""
    name = spec.table.partition(".")[2]
    changes = spec.changes or Changes()
    days = [f"cast(t.{c} as date)" for c in (changes.dated, *changes.events) if types.get(c) in ("date", "timestamp")]
    if "." in changes.dated:
        days = [_dated(changes.dated, "t")]
    inside = " or ".join(f"({day} > date '{old}' and {day} <= date '{new}')" for day in days) or "false"
    keys = ", ".join(f"t.{c}" for c in ("city_id", "topic", "engagement_id", "request_id") if c in types)
    on = " and ".join(f"d.n_{k} = t.{k}" for k in spec.key)
    fresh = f"not exists (select 1 from diff.{name} as d where {on})" if apart else "true"
    record = " || ' · ' || ".join(f"t.{k}" for k in spec.key)
    return f"""
        select {FOLLOW_UP} as cause, '{name}' as feed, {record} as record_id, 'seen' as what,
            {keys + "," if keys else ""} least({", ".join(days) or "null::date"}) as first_on,
            greatest({", ".join(days) or "null::date"}) + 7 as last_on, 1 as records
        from staging.{name} as t where ({inside}) and {fresh}
    """


def _held(dated: str, spec: Table, types: dict[str, str]) -> str:
    """The day of a record that another one has."""
    if "." not in dated:
        return ""
    table, key, column = dated.split(".")
    return f"(select max(d.{column}) from staging.{table} as d where d.{key} = coalesce(n_{key}, o_{key}))"
