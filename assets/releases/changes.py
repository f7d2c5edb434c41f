"""What changed between two releases, as it is read: the bridge of a pair, what of it needs a reason, and the reasons given.

A release carries the bridge from the one before it. That of any other pair is worked out once (`cities311 diff`) and kept in
HOME/bridges/<old>..<new>/: releases never change, so neither does it.
"""

from pathlib import Path
from typing import Any

import duckdb

from assets import decisions
from assets.decisions import Refused
from assets.raw.casts import file, name
from assets.releases import seal
from assets.releases.versions import CAUSES

LOG = "restatements"
# a bridge made before figures were told apart by it has no such column: which of them are material is not known
LATER = "(select null::boolean as is_material where false) union all by name"


def folder(home: Path, old: str, new: str) -> Path | None:
    """Where the bridge from one release to another lies; None where it was not worked out yet."""
    release = home / "releases" / new
    if before(release) == old:
        return release
    kept = home / "bridges" / f"{old}..{new}"
    return kept if (kept / "restatements.parquet").exists() else None


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


def rows(bridge: Path, table: str = "restatements", **keys: Any) -> list[dict[str, Any]]:
    """The rows of a bridge with these keys, a value or None each, ordered as they lie; is_material None: not known."""
    where = " and ".join(f"{name(k)} is not distinct from ?" for k in keys) or "true"
    source = f"from read_parquet({file(bridge / f'{table}.parquet')})"
    if table == LOG:
        source = f"from (from {LATER} {source})"
    with duckdb.connect() as connection:
        found = connection.sql(f"{source} where {where}", params=list(keys.values()))
        return list(found.to_arrow_table().to_pylist())


def reasons(home_decisions: Path, old: str, new: str) -> dict[str, dict[str, Any]]:
    """The reason that stands for each cause of the changes from one release to another: the last one given."""
    lines = decisions.history(home_decisions, LOG)
    return {n["cause"]: n for n in lines if (n["old_release"], n["new_release"]) == (old, new)}


def give(home_decisions: Path, old: str, new: str, cause: str, who: str, why: str) -> dict[str, Any]:
    """Records why the figures changed by a cause. Raises Refused for a cause there is not, or where nobody says why."""
    if cause not in CAUSES:
        raise Refused(f"no cause is called {cause!r}; there are: {', '.join(CAUSES)}")
    return decisions.record(home_decisions, LOG, who, why, old_release=old, new_release=new, cause=cause)
