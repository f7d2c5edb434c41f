"""From what a file calls a city to its GEOID: a 7-digit code or an exact name within a state; anything else is not guessed.

`reference.places` has one row per place of the gazetteer; `reference.place_names` every spelling that means exactly one
place (or, with a null geoid, more than one).
"""

import os
from pathlib import Path

import duckdb
from rapidfuzz import fuzz, process

from assets.raw.casts import file, quote

STATES = Path(__file__).parents[2] / "data" / "reference" / "states.csv"
# Legal descriptions that the Census writes after a name, always in lower case: "Kansas City city", but "Carson City".
SUFFIX = (
    r" (city and borough|city|town|village|borough|CDP|municipality|township|plantation|urban county|corporation|"
    r"consolidated government|unified government|metropolitan government|metro government|metro township|"
    r"comunidad|zona urbana)( \(balance\))?$"
)

PLACES = f"""
    with states as (select * from read_csv({quote(str(STATES))}, all_varchar = true)),
    latest as (
        select *, row_number() over (partition by geoid order by vintage desc nulls last, _known_at desc, _sha256) as pick
        from raw.census_gazetteer
    )
    select
        g.geoid, g.name, s.usps as state, s.name as state_name, g.intptlat as latitude, g.intptlong as longitude,
        lower(strip_accents(regexp_replace(g.name, '{SUFFIX}', ''))) as key
    from latest as g join states as s on s.fips = left(g.geoid, 2)
    where g.pick = 1
    order by g.geoid
"""

NAMES = f"""
    with spellings as (
        select geoid, state, state_name, unnest([
            name, strip_accents(name), regexp_replace(name, '{SUFFIX}', ''), key, replace(name, ' (balance)', '')
        ]) as called
        from reference.places
    ),
    saints as (
        select * from spellings
        union all
        select geoid, state, state_name, replace(lower(called), 'st. ', 'saint ') from spellings where called ilike 'st. %'
        union all
        select geoid, state, state_name, replace(lower(called), 'saint ', 'st. ') from spellings where called ilike 'saint %'
        union all
        select geoid, state, state_name, replace(lower(called), 'st. ', 'st ') from spellings where called ilike 'st. %'
    ),
    whole as (
        select lower(called || ', ' || state) as name, geoid from saints
        union all
        select lower(called || ', ' || state_name) as name, geoid from saints
        union all
        select geoid as name, geoid from reference.places
    )
    select name, case when count(distinct geoid) = 1 then min(geoid) end as geoid from whole group by name order by name
"""


UNKNOWN = "a place that the gazetteer knows, as 'Name, ST' or GEOID"


# As it is compared: small letters, one space, and one after the comma.
SPELLED = r"regexp_replace(regexp_replace(lower(trim(s.text)), '\s+', ' ', 'g'), ' ?, ?', ', ')"


def build(connection: duckdb.DuckDBPyConnection) -> int:
    """(Re)makes reference.places and reference.place_names from raw.census_gazetteer; returns the number of places."""
    connection.execute("create schema if not exists reference")
    connection.execute(f"create or replace table reference.places as {PLACES}")
    connection.execute(f"create or replace table reference.place_names as {NAMES}")
    (count,) = connection.execute("select count(*) from reference.places").fetchall()[0]
    return int(count)


def resolve(connection: duckdb.DuckDBPyConnection, rows: Path, columns: list[str], dictionary: Path) -> None:
    """Writes the GEOID (or null) of every spelling in the city columns of a Parquet file: text, geoid."""
    spellings = " union ".join(f'select distinct "{c}" as text from read_parquet({file(rows)})' for c in columns)
    (known,) = connection.execute("select count(*) from reference.places").fetchall()[0]
    geoid = "n.geoid" if known else "case when regexp_full_match(s.text, '[0-9]{7}') then s.text end"
    part = dictionary.with_suffix(".places-part")
    connection.execute(f"""
        copy (
            select s.text, {geoid} as geoid
            from ({spellings}) as s left join reference.place_names as n on n.name = {SPELLED}
            where s.text is not null order by s.text
        ) to {quote(str(part))} (format parquet)
    """)
    os.replace(part, dictionary)


def hint(connection: duckdb.DuckDBPyConnection, found: str, limit: int = 3) -> str:
    """What a sender should write instead of `found`: the nearest places, never a choice made for them."""
    (known,) = connection.execute("select count(*) from reference.places").fetchall()[0]
    if not known:
        return "a 7-digit place GEOID (no census_gazetteer has arrived, so names cannot be looked up)"
    exact = connection.execute(
        "select name || ', ' || state || ' = ' || geoid from reference.places"
        " where lower(key || ', ' || state) = lower(?) or lower(key || ', ' || state_name) = lower(?) order by geoid",
        [found, found],
    ).fetchall()
    if exact:
        return "one place, but this name fits several; write the GEOID: " + " or ".join(row[0] for row in exact)
    if found.isdigit():
        near = connection.execute(
            "select name || ', ' || state || ' = ' || geoid from reference.places"
            " where right(geoid, 5) = ? or geoid = lpad(?, 7, '0') or starts_with(geoid, ?) order by geoid limit ?",
            [found, found, found, limit],
        ).fetchall()
        shape = f"a 7-digit place GEOID (2 of state, 5 of place); {len(found)} digits found"
        return shape + ("; perhaps " + " or ".join(row[0] for row in near) if near else "")
    state = found.rpartition(",")[2].strip()
    choices = connection.execute(
        "select geoid, key || ', ' || state, name || ', ' || state from reference.places"
        " where ? = '' or state = upper(?) or lower(state_name) = lower(?)",
        [state if "," in found else ""] * 3,
    ).fetchall()
    nearest = process.extract(found.lower(), [c[1].lower() for c in choices], scorer=fuzz.ratio, limit=limit)
    names = " or ".join(f"{choices[i][2]} = {choices[i][0]}" for _, _, i in nearest)
    return UNKNOWN + (f"; nearest: {names}" if names else "")
