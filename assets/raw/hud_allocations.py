"""HUD formula allocations by grantee (CDBG, ESG, HOME, HOPWA): the grantee-areas export and the yearly workbooks."""

import re

import duckdb

from assets.raw import delimited, tabular
from assets.raw.casts import name as quoted
from assets.raw.reading import Landed, Parsed, Unreadable

PROGRAM_YEAR = re.compile(  # CDBG18, FY2018 HOME, ESG Allocation 2018; not CDBG-CV, which is another program
    r"(?:fy)?[ _]*(20\d\d|\d\d)?[ _]*(cdbg|esg|home|hopwa|tot|total)[ _]*(?:amt|amount|allocation|grant)?[ _]*"
    r"(?:fy)?[ _]*(20\d\d|\d\d)?",
    re.IGNORECASE,
)
AMOUNT = re.compile(r"(cdbg|esg|home|hopwa|tot|total|amount|allocation)", re.IGNORECASE)
POSTAL = {"stusab", "stusps", "sta", "st"}


def read(landed: Landed, connection: duckdb.DuckDBPyConnection) -> Parsed:
    """Rows of `hud_allocations`, from delimited text or a workbook; the catalog's aliases resolve the headers.

    A workbook that puts the fiscal year into its headers (CDBG18, ESG18) gives the column `year`; dollar signs are
    dropped from amounts. Raises Unreadable where the headers carry several years.
    """
    parsed = tabular.read(landed, connection, "hud_allocations") or delimited.read(
        landed, connection, "hud_allocations", encodings=("utf-8", "latin-1")
    )
    names = [name for name in parsed.rows.columns if name != "_row"]
    matches = {name: match for name in names if (match := PROGRAM_YEAR.fullmatch(name.strip()))}
    dated = {name: match for name, match in matches.items() if match[1] or match[3]}
    years = sorted({2000 + int(match[1] or match[3]) % 100 for match in dated.values()})
    if len(years) > 1:
        raise Unreadable(f"the header has amounts of {years[0]} and {years[-1]}; expected one fiscal year in a file")
    columns = [_column(name, f"{dated[name][2]}_amt" if name in dated else name) for name in names]
    lower = {name.lower(): name for name in names}
    if years and "year" not in lower:
        columns.append(f"'{years[0]}' as year")
    if "state" in lower and not POSTAL & set(lower):  # a lone state column holds the letters, not the FIPS code
        state = quoted(lower["state"])
        columns.append(f"case when not regexp_full_match({state}, '[0-9]+') then {state} end as stusab")
        columns[names.index(lower["state"])] = (
            f"case when regexp_full_match({state}, '[0-9]+') then {state} end as state"
        )
    if "_row" in parsed.rows.columns:
        columns.append("_row")
    parsed.rows = parsed.rows.project(", ".join(columns))
    return parsed


def _column(theirs: str, ours: str) -> str:
    value = quoted(theirs)
    if AMOUNT.search(theirs):
        value = f"trim(replace({value}, '$', ''))"
    return f"{value} as {quoted(ours)}"
