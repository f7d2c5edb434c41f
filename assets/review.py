"""Names that no exact rule makes a place: what waits for a person to decide, with the nearest places as suggestions."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

import duckdb
from rapidfuzz import fuzz, process

from assets.catalog import Source
from assets.raw import places, set_aside
from assets.raw.casts import file, quote
from assets.raw.casts import name as column
from assets.raw.receipts import Receipts, places_of

ALLOCATIONS, AREAS = "hud_allocations", "bls_laus_area"  # names that are matched in staging, and not on receipt
CANDIDATES = 3
# States whose towns and townships are governments of their own (the twelve "strong" ones of the Census Bureau) and no
# places, and Puerto Rico, whose municipios are counties.
TOWN_STATES = frozenset(("CT", "MA", "ME", "MI", "MN", "NH", "NJ", "NY", "PA", "RI", "VT", "WI", "PR"))
TOWN = re.compile(r" (town|township|twp\.?|plantation|municipio)$", re.IGNORECASE)
KIND = re.compile(places.SUFFIX + "|" + TOWN.pattern, re.IGNORECASE)
# What staging says of a name, in one word.
WHY = {
    "unmatched": "unknown",
    "ambiguous": "ambiguous",
    "town": "town",
    "other_geography": "consolidated",
    "not_in_gazetteer": "not in the gazetteer",
}
WAITING = {
    ALLOCATIONS: """
        select name || ', ' || state as name, count(*) as rows, match_state from staging.hud_allocations
        where match_state in ('unmatched', 'ambiguous') group by all
    """,
    AREAS: """
        select p.name, count(d.series_id) as rows, p.match_state from staging.bls_laus_places as p
        left join raw.bls_laus_data as d on substring(d.series_id, 4, 15) = p.area_code
        where p.match_state in ('town', 'other_geography', 'not_in_gazetteer') and p.name is not null group by all
    """,
}


@dataclass(frozen=True)
class Name:
    """A name that waits. source: the raw table; found: as the file has it, 'Name, ST'; rows: how many rows have it; why:
    unknown, ambiguous, town, consolidated or not in the gazetteer; nearest: 'Name, ST = GEOID', suggested and never
    chosen."""

    source: str
    found: str
    state: str
    rows: int
    why: str
    nearest: list[str]


def waiting(
    connection: duckdb.DuckDBPyConnection, receipts: Receipts, sources: Iterable[Source], only: str = ""
) -> list[Name]:
    """Every name that waits, by source and name. only: a table, or the folder that its files land in.

    `connection` is on a warehouse that a run has filled. A cell that looks like an address or a telephone number is in
    the quarantine, and not shown here.
    """
    wanted = [s for s in sources if only in ("", s.source, s.landing_folder)]
    found = [(s.source, *row) for s in wanted for row in _of(connection, receipts, s)]
    known = _Known(connection)
    names = []
    for source, name, rows, told in found:
        nearest = known.nearest(name)
        names.append(Name(source, name, _state(name), rows, _why(name, told, nearest), nearest))
    return names


def tables(sources: Iterable[Source]) -> list[str]:
    """The raw tables that a decision can be limited to: those with names of cities."""
    return sorted(s.source for s in sources if s.source in WAITING or _cities(s))


def _cities(source: Source) -> list[str]:
    return [c for c, spec in source.columns.items() if spec.type == "city"]


def _of(connection: duckdb.DuckDBPyConnection, receipts: Receipts, source: Source) -> list[tuple[str, int, str]]:
    """Name, rows and what is told of it, of one source."""
    if source.source in WAITING:
        return connection.execute(f"{WAITING[source.source]} order by 1").fetchall()
    files = [receipts.typed(r) for r in receipts.standing() if r.table == source.source and r.status == "accepted"]
    cells = [
        f"select t.{column(c)} as text from read_parquet({file(typed)}) as t join read_parquet({file(places_of(typed))}) as p"
        f" on p.text = t.{column(c)} where p.geoid is null"
        for typed in files
        if places_of(typed).exists()
        for c in _cities(source)
    ]
    if not cells:
        return []
    connection.execute(f"create or replace temp table unmatched as {' union all '.join(cells)}")
    return connection.execute(f"""
        select n.text, n.rows, case when m.name is not null then 'ambiguous' else 'unmatched' end
        from (select text, count(*) as rows from unmatched group by text) as n
        join ({places.meanings("select distinct text from unmatched", source.source)}) as p on p.text = n.text
        left join (select distinct name from reference.place_names where geoid is null and how <> 'decided') as m
            on m.name = lower({places.SPELLED.format("n.text")})
        where p.geoid is null and p.how is distinct from 'decided' and {set_aside.shown("n.text")} <> {quote(set_aside.WITHHELD)}
        order by 1
    """).fetchall()


def _state(name: str) -> str:
    return name.rpartition(",")[2].strip() if "," in name else ""


def _why(name: str, told: str, nearest: list[str]) -> str:
    """An unknown name is a town's where it says so, or where only a designated place, which is no government, has it."""
    called = name.rpartition(",")[0]
    if told == "unmatched" and _state(name).upper() in TOWN_STATES:
        is_designated = nearest and nearest[0].lower().startswith(f"{called.lower()} cdp,")
        return "town" if TOWN.search(called) or is_designated else WHY[told]
    return WHY[told]


class _Known:
    """The places of the gazetteer by state, by its letters and by its name."""

    def __init__(self, connection: duckdb.DuckDBPyConnection) -> None:
        self.by_state: dict[str, dict[str, str]] = {}
        rows = connection.execute("select geoid, name, state, state_name, key from reference.places").fetchall()
        for geoid, name, state, state_name, key in rows:
            for called in (state.lower(), state_name.lower()):
                self.by_state.setdefault(called, {})[f"{name}, {state} = {geoid}"] = key

    def nearest(self, found: str) -> list[str]:
        """Of the state that is named, by their names without the legal word."""
        bare = KIND.sub("", found.rpartition(",")[0].strip()).lower()
        choices = self.by_state.get(_state(found).lower(), {})
        return [place for _, _, place in process.extract(bare, choices, scorer=fuzz.WRatio, limit=CANDIDATES)]
