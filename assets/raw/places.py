"""From what a file calls a city to its GEOID: a 7-digit code, an exact name within a state, a listed alias or a decision;
anything else is not guessed.

`reference.places` has one row per place of the gazetteer. `reference.place_names` has every spelling that means exactly
one place (or, with a null geoid, more than one, or none by decision): `preference` says which of several rows counts
first (0 decided for one source, 1 decided for all, 2 listed, 3 the official name letter by letter, 4 a name without
case, 5 without spaces, hyphens and periods), `how` says it in a word. `reference.place_aliases` has the codes of
data/reference/consolidated_places.csv, `reference.county_systems` the two systems of counties of Connecticut.
"""

import hashlib
import os
from collections.abc import Sequence
from pathlib import Path

import duckdb
from rapidfuzz import fuzz, process

from assets.decisions import PlaceName
from assets.raw.casts import file, quote

REFERENCE = Path(__file__).parents[2] / "data" / "reference"
STATES, ALIASES = REFERENCE / "states.csv", REFERENCE / "consolidated_places.csv"
COUNTY_SYSTEMS = REFERENCE / "connecticut_counties.csv"
TABLES = ("places", "place_names", "place_aliases", "county_systems")
# Legal descriptions that the Census writes after a name, always in lower case: "Kansas City city", but "Carson City".
SUFFIX = (
    r" (city and borough|city|town|village|borough|CDP|municipality|township|plantation|urban county|corporation|"
    r"consolidated government|unified government|metropolitan government|metro government|metro township|"
    r"comunidad|zona urbana)( \(balance\))?$"
)
SHORT = (("saint", "st"), ("fort", "ft"), ("mount", "mt"), ("heights", "hts"))  # as lists in capitals cut words

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

# As it is compared: one space, and one after the comma. Squeezed, only letters, digits and the comma are left.
SPELLED = r"regexp_replace(regexp_replace(trim({}), '\s+', ' ', 'g'), ' ?, ?', ', ')"
SQUEEZED = "regexp_replace(lower(strip_accents({})), '[^a-z0-9,]', '', 'g')"


def _words(text: str, long: bool) -> str:
    """SQL of `text` with every word of SHORT written in one way."""
    for word, short in SHORT:
        found, written = (rf"\b{short}\b\.?", word) if long else (rf"\b{word}\b", short)
        text = f"regexp_replace({text}, '{found}', '{written}', 'g')"
    return text


CUT = r"\b(" + "|".join(word for pair in SHORT for word in pair) + r")\b"

NAMES = f"""
    with stripped as (
        select geoid, state, state_name, name, key, regexp_replace(name, '{SUFFIX}', '') as bare from reference.places
    ),
    spellings as (
        select geoid, state, state_name, unnest([
            name, strip_accents(name), bare, key, replace(name, ' (balance)', ''),
            nullif(regexp_replace(bare, ' [(].*[)]$', ''), bare),
            nullif(regexp_extract(bare, ' [(](.*)[)]$', 1), '')
        ]) as called
        from stripped
    ),
    cut as (
        select geoid, state, state_name, lower(called) as called from spellings
        where regexp_matches(lower(called), '{CUT}')
    ),
    variants as (
        select geoid, state, state_name, lower(called) as called from spellings
        where called is not null and called <> 'balance'
        union
        select geoid, state, state_name, unnest([
            {_words("called", long=True)}, {_words("called", long=False)},
            replace({_words("called", long=True)}, 'saint ', 'st. ')
        ]) from cut
    ),
    listed as (
        select lower(a.alias) as name, a.geoid, a.note from reference.place_aliases as a
        join reference.places as p on p.geoid = a.geoid
        union
        select lower(replace(a.alias, ', ' || p.state, ', ' || p.state_name)), a.geoid, a.note
        from reference.place_aliases as a join reference.places as p on p.geoid = a.geoid
    ),
    claims as (
        select lower(d.name) as name, d.geoid, nullif(d.source, '') as source,
            case when d.source = '' then 1 else 0 end as preference, 'decided' as how, 'a decision of ' || d.decided_on as note
        from decided as d
        union all
        select name, geoid, null, 2, 'listed', note from listed
        union all
        select {SQUEEZED.format("name")}, geoid, null, 2, 'listed', note from listed where contains(name, ',')
        union all
        select geoid, geoid, null, 4, 'code', null from reference.places
        union all
        select name || ', ' || unnest([state, state_name]), geoid, null, 3, 'name', null from reference.places
        union all
        select called || ', ' || lower(unnest([state, state_name])), geoid, null, 4, 'name', null from variants
        union all
        select {SQUEEZED.format("called || ', ' || unnest([state, state_name])")}, geoid, null, 5, 'name', null
        from variants
    )
    select name, case when count(distinct geoid) = 1 then min(geoid) end as geoid, source, preference, how, min(note) as note
    from claims group by name, source, preference, how order by name, preference, source
"""

UNKNOWN = "a place that the gazetteer knows, as 'Name, ST' or GEOID"


def build(
    connection: duckdb.DuckDBPyConnection, decided: Sequence[PlaceName] = (), gazetteer: str | None = None
) -> int:
    """(Re)makes the tables of TABLES from raw.census_gazetteer, the lists and what was decided; returns how many places.

    gazetteer: a fingerprint of raw.census_gazetteer. Tables made of the same, the same lists and decisions stand as they are.
    """
    connection.execute("create schema if not exists reference")
    connection.execute("create table if not exists reference.places_made_of (fingerprint varchar)")
    wanted = hashlib.sha256(f"{gazetteer} {list(decided)} {version()}".encode()).hexdigest()
    if gazetteer is None or connection.execute("from reference.places_made_of").fetchall() != [(wanted,)]:
        connection.execute("delete from reference.places_made_of")  # what is half made is made again
        _make(connection, decided)
        if gazetteer is not None:
            connection.execute("insert into reference.places_made_of values (?)", [wanted])
    (count,) = connection.execute("select count(*) from reference.places").fetchall()[0]
    return int(count)


def _make(connection: duckdb.DuckDBPyConnection, decided: Sequence[PlaceName]) -> None:
    connection.execute(f"create or replace table reference.places as {PLACES}")
    for table, path in (("place_aliases", ALIASES), ("county_systems", COUNTY_SYSTEMS)):
        connection.execute(
            f"create or replace table reference.{table} as from read_csv({quote(str(path))}, all_varchar = true)"
        )
    connection.execute(
        "create or replace temp table decided (name varchar, source varchar, geoid varchar, decided_on varchar)"
    )
    if decided:
        rows = [[d.name, d.source, d.geoid, d.on] for d in decided]
        connection.executemany("insert into decided values (?, ?, ?, ?)", rows)
    connection.execute(f"create or replace table reference.place_names as {NAMES}")
    connection.execute("drop table decided")


def version() -> str:
    """Of all that makes the tables of TABLES, apart from the gazetteer and what was decided."""
    files = (Path(__file__), STATES, ALIASES, COUNTY_SYSTEMS)
    return hashlib.sha256(b"".join(path.read_bytes() for path in files)).hexdigest()


def meanings(spellings: str, source: str = "") -> str:
    """SQL of (text, geoid, how) for each text of the relation `spellings`, by the row of reference.place_names that
    counts first for that source; geoid and how are null where no row has the name."""
    spelled = SPELLED.format("text")
    return f"""
        select text, geoid, how from (
            select s.text, n.geoid, n.how, row_number() over (partition by s.text order by n.preference nulls last) as pick
            from (
                select text, unnest([{spelled}, lower({spelled}), {SQUEEZED.format("text")}]) as called
                from ({spellings}) where text is not null
            ) as s
            left join reference.place_names as n
                on n.name = s.called and coalesce(n.source, {quote(source)}) = {quote(source)}
        ) where pick = 1
    """


def resolve(
    connection: duckdb.DuckDBPyConnection, rows: Path, columns: list[str], dictionary: Path, source: str = ""
) -> None:
    """Writes the GEOID (or null) of every spelling in the city columns of a Parquet file of `source`: text, geoid."""
    spellings = " union ".join(f'select distinct "{c}" as text from read_parquet({file(rows)})' for c in columns)
    (known,) = connection.execute("select count(*) from reference.places").fetchall()[0]
    geoid = "geoid" if known else "case when regexp_full_match(text, '[0-9]{7}') then text end"
    part = dictionary.with_suffix(".places-part")
    connection.execute(f"""
        copy (select text, {geoid} as geoid from ({meanings(spellings, source)}) order by text)
        to {quote(str(part))} (format parquet)
    """)
    os.replace(part, dictionary)


def candidates(connection: duckdb.DuckDBPyConnection, found: str, limit: int = 3) -> tuple[list[str], bool]:
    """The places that `found` may mean, as 'Name, ST = GEOID': those it names exactly (True), else the nearest (False).

    Suggested, never chosen.
    """
    exact = connection.execute(
        "select name || ', ' || state || ' = ' || geoid from reference.places"
        " where lower(key || ', ' || state) = lower($1) or lower(key || ', ' || state_name) = lower($1) order by geoid",
        [found],
    ).fetchall()
    if exact:
        return [row[0] for row in exact], True
    if found.isdigit():
        near = connection.execute(
            "select name || ', ' || state || ' = ' || geoid from reference.places"
            " where right(geoid, 5) = $1 or geoid = lpad($1, 7, '0') or starts_with(geoid, $1) order by geoid limit $2",
            [found, limit],
        ).fetchall()
        return [row[0] for row in near], False
    state = found.rpartition(",")[2].strip() if "," in found else ""
    choices = connection.execute(
        "select geoid, key || ', ' || state, name || ', ' || state from reference.places"
        " where $1 = '' or state = upper($1) or lower(state_name) = lower($1)",
        [state],
    ).fetchall()
    nearest = process.extract(found.lower(), [c[1].lower() for c in choices], scorer=fuzz.ratio, limit=limit)
    return [f"{choices[i][2]} = {choices[i][0]}" for _, _, i in nearest], False


def hint(connection: duckdb.DuckDBPyConnection, found: str) -> str:
    """What a sender should write instead of `found`: the nearest places, never a choice made for them."""
    (known,) = connection.execute("select count(*) from reference.places").fetchall()[0]
    if not known:
        return "a 7-digit place GEOID (no census_gazetteer has arrived, so names cannot be looked up)"
    near, exact = candidates(connection, found)
    names = " or ".join(near)
    if exact:
        return f"one place, but this name fits several; write the GEOID: {names}"
    if found.isdigit():
        shape = f"a 7-digit place GEOID (2 of state, 5 of place); {len(found)} digits found"
        return shape + (f"; perhaps {names}" if names else "")
    return UNKNOWN + (f"; nearest: {names}" if names else "")
