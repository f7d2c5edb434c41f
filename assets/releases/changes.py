"""What changed between two releases, as it is read: the bridge of a pair, what of it needs a reason, and the reasons given.

A release carries the bridge from the one before it. That of any other pair is worked out once (`cities311 diff`) and kept in
HOME/bridges/<old>..<new>/: releases never change, so neither does it.
"""

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

import duckdb

from assets import decisions
from assets.decisions import Refused
from assets.raw.casts import file, name
from assets.releases import seal
from assets.releases.passport import KEYS
from assets.releases.versions import CAUSES as CAUSES

LOG = "restatements"
CORRECTIONS = CAUSES[1:]  # by follow-up nobody was wrong: it needs no reason
GRAINS = ("network", "topic", "city", "engagement", "city_topic")
SPANS = ("to_date", "fiscal_year", "quarter", "month")
LISTED = 20  # figures in a digest
TITLES = {
    "follow_up": "More time has passed",
    "late": "Came late",
    "corrected": "Corrected",
    "removed_or_merged": "Taken away or merged",
    "eligibility": "Eligibility",
    "vintage": "Newer reference data",
    "definition_or_code": "Definition or code",
}
MEANINGS = {
    "follow_up": "Nobody was wrong: the later release looks at more days, so requests were answered since and work went on.",
    "late": "Records that came after the earlier release, though they are dated before its last day.",
    "corrected": "Records that the earlier release had too, and that a file has since changed.",
    "removed_or_merged": "Records that a file no longer has, or that were found to repeat another one.",
    "eligibility": "The list of cities that may use the program was changed.",
    "vintage": "A table from outside, such as the population of cities, came in a newer edition.",
    "definition_or_code": "How the figure is worked out was changed: its definition, a setting of the program, or the code.",
}
# a bridge made before figures were told apart by it has no such column: which of them are material is not known
LATER = "(select null::boolean as is_material where false) union all by name"


def folder(home: Path, old: str, new: str) -> Path | None:
    """Where the bridge from one release to another lies; None where it was not worked out yet."""
    release = home / "releases" / new
    if before(release) == old:
        return release
    kept = home / "bridges" / f"{old}..{new}"
    return kept if all((kept / f"{table}.parquet").exists() for table in (LOG, "restated_records")) else None


def before(release: Path) -> str | None:
    """The release that this one restates; None for the first one, and where a release does not say."""
    restates = seal.manifest(release).get("restates")
    return str(restates) if restates else None


def summary(bridge: Path) -> list[dict[str, Any]]:
    """By cause, in the order of the bridge: figures, material (figures of a final state, materially restated), records."""
    query = f"""
        with figures as (
            select cause, count(*) as figures, count(*) filter (where is_material) as material
            from (from {LATER} from read_parquet({file(bridge / "restatements.parquet")})) group by cause
        ), records as (
            select cause, sum(records) as records from read_parquet({file(bridge / "restated_records.parquet")}) group by cause
        )
        select coalesce(f.cause, r.cause) as cause, coalesce(figures, 0) as figures, coalesce(material, 0) as material,
            cast(coalesce(records, 0) as bigint) as records
        from figures as f full outer join records as r on r.cause = f.cause
        order by case coalesce(f.cause, r.cause) {" ".join(f"when '{c}' then {n}" for n, c in enumerate(CAUSES))} end
    """
    with duckdb.connect() as connection:
        return list(connection.sql(query).to_arrow_table().to_pylist())


def material(bridge: Path) -> int:
    """How many final figures were restated materially."""
    source = f"(from {LATER} from read_parquet({file(bridge / f'{LOG}.parquet')}))"
    figures = f"select distinct {', '.join(KEYS)} from {source}"
    with duckdb.connect() as connection:
        found = connection.execute(f"select count(*) from ({figures} where is_material)").fetchall()
    return int(found[0][0])


def rows(bridge: Path, table: str = "restatements", **keys: Any) -> list[dict[str, Any]]:
    """The rows of a bridge with these keys, a value or None each, ordered as they lie; is_material None: not known."""
    where = " and ".join(f"{name(k)} is not distinct from ?" for k in keys) or "true"
    source = f"from read_parquet({file(bridge / f'{table}.parquet')})"
    if table == LOG:
        source = f"from (from {LATER} {source})"
    with duckdb.connect() as connection:
        found = connection.sql(f"{source} where {where}", params=list(keys.values()))
        return list(found.to_arrow_table().to_pylist())


def summarized(bridge: Path, old: str, new: str, given: Mapping[str, Mapping[str, Any]]) -> list[str]:
    """What changed by each cause, a line each; given: of reasons()."""
    lines = [f"From {old} to {new}:"]
    for row in summary(bridge):
        told = f"  {row['cause'].replace('_', ' ')}: {row['figures']:,} figures, {row['records']:,} records"
        if row["material"]:
            told += f"; {row['material']:,} final figures restated materially"
            none = " (no reason given yet)" if row["cause"] in CORRECTIONS else ""
            told += f": {given[row['cause']]['why']}" if row["cause"] in given else none
        lines.append(told)
    return lines if len(lines) > 1 else [f"From {old} to {new} no figure changed."]


def digest(bridge: Path, old: str, new: str, given: Mapping[str, Mapping[str, Any]]) -> list[str]:
    """What changed, as text: by cause, then the final figures that were restated materially, the whole before its parts."""
    lines = summarized(bridge, old, new, given)
    if len(lines) == 1:
        return lines
    found: dict[tuple[Any, ...], list[dict[str, Any]]] = {}
    for row in rows(bridge, is_material=True):
        found.setdefault(tuple(row[key] for key in KEYS), []).append(row)
    if not found:
        untold = rows(bridge, is_material=None)
        said = (
            "Which of them are material was not told apart then."
            if untold
            else "No final figure was restated materially."
        )
        return [*lines, "", said]
    listed = sorted(found.values(), key=lambda steps: place(steps[0]))
    told = [_told(steps) for steps in listed[:LISTED]]
    more = [f"… and {len(listed) - LISTED:,} more."] if len(listed) > LISTED else []
    return [*lines, "", "Final figures restated materially:", *told, *more]


def _told(steps: list[dict[str, Any]]) -> str:
    """One figure: what it was, what it is, and what each cause did to it."""
    first = steps[0]
    causes = ", ".join(f"{step['cause'].replace('_', ' ')} {delta(step)}".strip() for step in steps)
    of = f"  {first['metric']}, {scope(first)}, {first['period'].replace('_', ' ')}"
    return f"{of}: {side(first, 'old')}, now {side(first, 'new')} ({causes})"


def place(row: Mapping[str, Any]) -> tuple[int, bool, int]:
    """Where a figure stands in a list: the whole before its parts, long periods before short ones."""
    return GRAINS.index(row["grain"]), row["dimension"] is not None, SPANS.index(row["period_type"])


def scope(row: Mapping[str, Any]) -> str:
    """Of whom or what a figure is."""
    of = ("city_id", "topic", "engagement_id", "dimension_value", "basis")
    return ", ".join(str(row[key]) for key in of if row[key]) or str(row["grain"])


def side(row: Mapping[str, Any], which: str) -> str:
    """What the old or the new release says of a figure: its value without the zeros at its end, or its state."""
    value = row[f"{which}_value"]
    said = str(row[f"{which}_state"]).replace("_", " ") if value is None else _short(f"{value:f}")
    return said + k_of_n(row, which)


def k_of_n(row: Mapping[str, Any], which: str) -> str:
    """The counts of a figure, " (3 of 7)", where its value does not tell what changed in it; else empty."""
    above, below = row.get(f"{which}_numerator"), row.get(f"{which}_denominator")
    if above is None or below is None or row["old_value"] != row["new_value"]:
        return ""
    return f" ({above:,.10g} of {below:,.10g})"


def delta(row: Mapping[str, Any]) -> str:
    """What one cause did to a figure; empty where there is no value on both sides."""
    return "" if row["delta"] is None else _short(f"{row['delta']:+f}")


def _short(decimal: str) -> str:
    return decimal.rstrip("0").rstrip(".")


def reasons(home_decisions: Path, old: str, new: str, until: datetime | None = None) -> dict[str, dict[str, Any]]:
    """The reason that stands for each cause of the changes from one release to another: the last one given, or given until then.

    Raises Refused where the log is not as it was written.
    """
    lines = decisions.verified(home_decisions, LOG)
    known = [n for n in lines if until is None or datetime.fromisoformat(n["at"]) <= until]
    return {n["cause"]: n for n in known if (n["old_release"], n["new_release"]) == (old, new)}


def give(home_decisions: Path, old: str, new: str, cause: str, who: str, why: str) -> dict[str, Any]:
    """Records why the figures changed by a cause. Raises Refused for a cause there is not, or where nobody says why."""
    if cause not in CAUSES:
        raise Refused(f"no cause is called {cause!r}; there are: {', '.join(CAUSES)}")
    return decisions.record(home_decisions, LOG, who, why, old_release=old, new_release=new, cause=cause)
