"""American Community Survey: API answers, table-based summary files, American FactFinder and data.census.gov exports.

All become rows of one wide table: an estimate `<variable>e` and a margin of error `<variable>m` for each variable in use.
"""

import re
import sys

import duckdb

from assets.raw import delimited, tabular
from assets.raw.casts import name as column
from assets.raw.casts import quote
from assets.raw.reading import Landed, NotNeeded, Parsed, Unreadable

TABLE = "census_acs"
# Lines of detailed tables, and what their description must say where the file has one.
LINES = {
    "b01003_001": "total", "b14006_001": "total", "b14006_002": "below", "b14006_009": "below.*undergraduate",
    "b14006_010": "below.*professional", "b14006_019": "above.*undergraduate", "b14006_020": "above.*professional",
    "b17001_001": "total", "b17001_002": "below", "b19013_001": "median household income", "b19083_001": "gini",
    "b23025_003": "civilian labor force", "b23025_005": "unemployed", "b25002_001": "total", "b25002_002": "occupied",
    "b25002_003": "vacant",
}  # fmt: skip
# Lines of subject tables and profiles: their places move between years, so that a description, where there is one, decides.
LABELS = {
    "s1701_c03_001": "percent below poverty level - population for whom poverty status is determined",
    "s1901_c01_012": r"households - median income \(dollars\)",
    "s2301_c04_001": "unemployment rate - population 16 years and over",
    "dp03_income": r"income and benefits \(in \d{4} inflation-adjusted dollars\) - (total households - )?"
    r"median household income \(dollars\)",
    "dp03_poverty": "percent - percentage of families and people .* below the poverty level - all people",
    "dp03_unemployment": "percent - employment status - (civilian labor force - )?(percent unemployed|unemployment rate)",
    "dp04_vacancy": "percent - housing occupancy - (total housing units - )?vacant housing units",
}
USED = "B01003, B14006, B17001, B19013, B19083, B23025, B25002, S1701, S1901, S2301, DP03, DP04"
# B14006_009E, _009EA, _009M, _009MA (API); B14006_E009, _M009 (summary file); S2301_C04_001E; DP03_0009PE
CODE = re.compile(r"((?:[bc]\d{5}|s\d{4}|dp\d{2})[a-z]*)_(?:(c\d{2})_)?(?:([em])(\d{3})|(\d{3,4})p?([em])(a?))")
FACT_FINDER = re.compile(r"(?:hd(0[12])|hc\d{2})_(?:(est|moe)_)?vd?c?(\d{2,3})")
TABLE_NAME = re.compile(r"(?<![a-z0-9])(?:[bc]\d{5}[a-z]*|s\d{4}|dp\d{2})(?![a-z0-9])")
PUBLISHED = (  # names that publishers give: digit of the product and year, or year and digit
    re.compile(r"(?<![a-z0-9])acs(?:dt|st|dp|cp)(?P<product>[135])y(?P<year>20\d\d)(?!\d)"),
    re.compile(r"(?<![a-z0-9])acs_(?P<year>\d\d)_(?P<product>[135])yr(?![a-z0-9])"),
)
PRODUCT = re.compile(r"acs-?_?([135])(?!\d)|(?<!\d)([135])[-_ ]?(?:y|yr|year)s?(?![a-z])")
YEAR = re.compile(r"(?<!\d)20[0-3]\d(?!\d)")
BESIDE = re.compile(  # what comes along with a table
    r"metadata|table[-_](notes|title|shells)|readme|geos20\d\d[135]yr|[135]yr_geography|(?<!with)_ann\."
    r"|acs_\d\d_[135]yr_[a-z0-9]+\.txt(\.gz)?$"
)
IDS = ("geoid", "ucgid", "id")
NAMES = ("name", "geodisplaylabel", "geographicareaname", "geography")
LEVELS = {"place": ("1600000US", 5), "county": ("0500000US", 3)}  # with the digits of the code within its state


def read(landed: Landed, connection: duckdb.DuckDBPyConnection) -> Parsed:
    """Rows of any ACS file that has a variable in use, at whatever summary level.

    Facts: `year` (the last of the period), `product` (acs1, acs3, acs5), `vintage` ("2012 5-year"), `tables`, `variables`,
    and how many `other_columns` nothing uses. Raises NotNeeded for a table, level or document that no figure uses,
    Unreadable for anything else, or where neither the name nor mapping.yml says the year and the product.
    """
    name = landed.name.removeprefix(f"{landed.source}/").lower()
    start = tabular.head(landed.path)
    if start.removeprefix(b"\xef\xbb\xbf").lstrip()[:1] == b"<":
        raise Unreadable(
            "a web page in place of data, as the Census API gives without a valid key; expected its JSON answer; ask "
            "again with a key (cities311 fetch)"
        )
    if BESIDE.search(name):
        raise NotNeeded("a document, or annotations alone, that comes with an ACS table")
    parsed = tabular.read(landed, connection, TABLE) or delimited.read(
        landed, connection, TABLE, encodings=("utf-8", "latin-1")
    )
    headers = [header for header in parsed.rows.columns if header != "_row"]
    labels, described = _described(parsed, headers)
    cells = _cells(headers, labels, name)
    year, product = _period(name, landed.options)
    variables = sorted(figure[:-1] for figure in cells if figure.endswith("e"))
    if not variables:
        raise NotNeeded("margins of error or annotations without their estimates; ask for both in one file")
    used = set(cells.values())
    parsed.facts |= {
        "year": str(year),
        "product": f"acs{product}",
        "vintage": f"{year} {product}-year",
        "tables": ", ".join(sorted({variable.partition("_")[0].upper() for variable in variables})),
        "variables": " ".join(variables),
        "other_columns": str(sum(_is_figure(header, label) for header, label in labels.items() if header not in used)),
    }
    figures = [_figure(f"{variable}{kind}", cells) for variable in variables for kind in "em"]
    select = [
        *_geography(headers, labels),
        *filter(None, figures),
        *(["_row"] if "_row" in parsed.rows.columns else []),
    ]
    rows = parsed.rows.limit(sys.maxsize, offset=1) if described else parsed.rows
    return parsed.with_rows(rows.project(", ".join(select)), described)


def _fold(header: str) -> str:
    return "".join(c for c in header.lower() if c.isalnum())


def _described(parsed: Parsed, headers: list[str]) -> tuple[dict[str, str], int]:
    """The description of each column, empty where there is none, and how many rows (0 or 1) hold descriptions."""
    for cells in parsed.rows.limit(1).fetchall():
        first = {header: str(cell or "") for header, cell in zip(parsed.rows.columns, cells, strict=True)}
        if any(_fold(header) in IDS and first[header].lower() in ("id", "geography") for header in headers):
            return first, 1
    if any(";" in header or "!!" in header for header in headers):  # codes taken off, descriptions left
        return {header: header for header in headers}, 0
    return dict.fromkeys(headers, ""), 0


def _cells(headers: list[str], labels: dict[str, str], name: str) -> dict[str, str]:
    """The file's column for each variable in use: `<variable>e`, `m`, and `ea`, `ma` for their annotations.

    Raises NotNeeded where there is none, Unreadable where the columns cannot be told.
    """
    found: dict[str, str] = {}
    for header in headers:
        variable = _by_label(labels[header]) or _by_code(header, labels[header], name)
        if variable:
            found.setdefault(variable, header)
    if found:
        return found
    if _fold(headers[0]).startswith("label"):
        raise Unreadable(
            "the table as data.census.gov shows it, with one column for each geography; expected one row for each; choose "
            "ZIP there, and take the file …-Data.csv"
        )
    known = sorted({match[1].upper() for header in headers if (match := CODE.fullmatch(header.lower()))})
    known = known or sorted({table.upper() for table in TABLE_NAME.findall(name)})
    if not any(_is_figure(header, labels[header]) for header in headers):
        raise Unreadable(
            "no ACS column was recognized; expected an API answer (B14006_001E, B14006_001M …), a table-based summary file "
            "(GEO_ID|B14006_E001|…), or an American FactFinder or data.census.gov export with its rows of codes and "
            "descriptions (in data.census.gov choose ZIP, and take the file …-Data.csv)"
        )
    if not known:
        raise Unreadable(
            "its columns are numbered and its name does not say of which table; keep the publisher's name, such as "
            "ACS_12_5YR_B19013_with_ann.csv"
        )
    numbered = any(FACT_FINDER.fullmatch(header.lower()) for header in headers)
    if numbered and not any(labels.values()) and known[0] in ("S1701", "S1901", "S2301", "DP03", "DP04"):
        raise Unreadable(
            f"the columns of {known[0]} have no descriptions, and their numbers change from year to year; export it again "
            "with descriptive names, or take the detailed table (B17001, B19013, B23025, B25002)"
        )
    raise NotNeeded(f"columns of ACS table {', '.join(known)} that no figure uses; used are lines of {USED}")


def _by_label(label: str) -> str | None:
    """The variable of a subject table or profile that a description names."""
    parts = [part.strip(" :").removesuffix(" moe") for part in re.split(r";|!!| - ", label.lower())]
    annotation = "a" if parts[0].startswith("annotation of ") else ""
    parts[0] = parts[0].removeprefix("annotation of ")
    kinds = [part for part in parts if part in ("estimate", "percent estimate", "percent")]
    margins = [part for part in parts if part.endswith("margin of error")]
    percent = ["percent"] if [*kinds, *margins][:1] and [*kinds, *margins][0].startswith("percent") else []
    path = " - ".join([*percent, *(part for part in parts if part not in (*kinds, *margins))])
    found = next((variable for variable, pattern in LABELS.items() if re.fullmatch(pattern, path)), None)
    return f"{found}{'m' if margins else 'e'}{annotation}" if found and (kinds or margins) else None


def _by_code(header: str, label: str, name: str) -> str | None:
    """The variable of a detailed table that a column's code names; of a subject table too where nothing describes it."""
    code = header.lower().replace(".", "_")
    if match := CODE.fullmatch(code):
        table, part, kind, line, api_line, api_kind, annotation = match.groups()
        variable = "_".join(filter(None, (table, part, line or api_line)))
        kind = (kind or api_kind) + (annotation or "")
    elif (match := FACT_FINDER.fullmatch(code)) and match[1]:  # HD01_VD09 is line 009, HD02 its margin of error
        table = next(iter(TABLE_NAME.findall(name)), "")
        variable, kind = f"{table}_{match[3]:0>3}", "e" if match[1] == "01" else "m"
    else:
        return None
    if variable in LABELS and not label:
        return variable + kind
    if variable not in LINES:
        return None
    if label and not re.search(LINES[variable], label.lower()):
        raise Unreadable(
            f"column {header} is described as {label[:120]!r}; expected words such as {LINES[variable]!r} at this line of "
            f"{variable[:6].upper()}; ask for the publisher's own file"
        )
    return variable + kind


def _is_figure(header: str, label: str) -> bool:
    code = header.lower().replace(".", "_")
    described = "estimate" in label.lower() or "margin of error" in label.lower()
    return bool(CODE.fullmatch(code) or FACT_FINDER.fullmatch(code) or described)


def _figure(figure: str, cells: dict[str, str]) -> str | None:
    """SQL of one number as text: an annotation stands for the number where there is one."""
    if figure not in cells:
        return None
    number = column(cells[figure])
    if note := cells.get(f"{figure}a"):
        number = f"coalesce(nullif(trim({column(note)}), 'null'), {number})"
    return f"{number} as {figure}"


def _geography(headers: list[str], labels: dict[str, str]) -> list[str]:
    """SQL of geo_id and name. An API answer without GEO_ID has columns of codes; those of another level are not needed."""
    folded = {_fold(header): header for header in reversed(headers)}
    label = next((folded[known] for known in NAMES if known in folded), None)
    names = [f"{column(label)} as name"] if label else []
    for known in (*IDS, "geography"):  # data.census.gov describes its codes as "Geography", FactFinder its names
        if known in folded and folded[known] != label:
            return [f"{column(folded[known])} as geo_id", *names]
    codes = {header.lower(): header for header in headers if header != label and not _is_figure(header, labels[header])}
    for level, (start, digits) in LEVELS.items():
        if codes.keys() == {"state", level}:
            return [
                f"{quote(start)} || {_padded(codes['state'], 2)} || {_padded(codes[level], digits)} as geo_id",
                *names,
            ]
    if not codes:
        raise Unreadable("no column says which geography a row is of; expected GEO_ID, or state with place or county")
    raise NotNeeded(f"figures of {', '.join(codes)}; used are places and counties")


def _padded(header: str, digits: int) -> str:
    """SQL of a code whose leading zeros a spreadsheet may have taken."""
    return f"repeat('0', {digits} - length({column(header)})) || {column(header)}"


def _period(name: str, options: dict[str, object]) -> tuple[int, int]:
    """Last year and number of years: mapping.yml before the name. Raises Unreadable where they cannot be known."""
    match = next((m for pattern in PUBLISHED if (m := pattern.search(name))), None)
    years = [match["year"]] if match else sorted(set(YEAR.findall(name)))
    products = [match["product"]] if match else sorted({a or b for a, b in PRODUCT.findall(name)})
    if told := str(options.get("year") or ""):
        years = re.findall(r"^20\d\d$", told)
    if told := str(options.get("product") or ""):
        products = re.findall(r"^(?:acs)?([135])(?:[- ]?y(?:ea)?rs?)?$", told.lower())
    if len(years) == 2 and [str(int(years[1]) - int(years[0]) + 1)] == products:  # 2008-2012, five years
        years = years[1:]
    if len(years) != 1 or len(products) != 1:
        lacks = " and ".join(
            what for what, found in (("which year", years), ("1, 3 or 5 years", products)) if len(found) != 1
        )
        raise Unreadable(
            f"neither its name nor mapping.yml says of {lacks} it is; keep the publisher's name (acsdt5y2022-b19013.dat, "
            "ACS_12_5YR_B19013_with_ann.csv), put both into it (2012_acs5_places.json), or add to mapping.yml: "
            "files: {name: {year: 2012, product: acs5}}"
        )
    return 2000 + int(years[0][-2:]), int(products[0])
