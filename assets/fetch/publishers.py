"""What each source's files are: addresses and names, as their publishers have them (docs/fetch.md says how each was checked)."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import date
from html.parser import HTMLParser
from urllib.parse import quote, unquote, urljoin, urlsplit

from assets.fetch.http import Polite, Refused, Wanted
from assets.fetch.states import REGIONS, STATES

BLS = "https://download.bls.gov/pub/time.series/la/"
WWW2 = "https://www2.census.gov/"
POPULATION = WWW2 + "programs-surveys/popest/datasets/"
SUMMARY_FILES = WWW2 + "programs-surveys/acs/summary_file/"
ACS_TABLES = ("B01003", "B14006", "B17001", "B19013", "B19083", "B23025", "B25002")
BEA_TABLES = {"CAGDP2": (1,), "CAGDP9": (1,), "CAINC1": (1, 3)}  # the lines that indicators are made of
CENSUS_KEY = (
    "set CENSUS_API_KEY to a key (free at https://api.census.gov/data/key_signup.html); without one, fetch the summary "
    "files, which need none: `cities311 fetch census_acs_tables --year Y` (from 2020 on)"
)
BEA_KEY = "set BEA_API_KEY to a key (free at https://apps.bea.gov/API/signup/), or fetch the ZIP files: `bea_county`"
CONTACT = (
    "BLS answers only who says how to be reached: set CITIES311_CONTACT to an e-mail address; it is sent as User-Agent"
)


@dataclass(frozen=True)
class Choice:
    """What was asked for: a year and a state (two letters) where given, the day, and what publishers ask of a caller.

    mirror: the address of a server that keeps the publishers' paths, in place of theirs.
    """

    today: date
    year: int | None = None
    state: str | None = None
    contact: str = ""
    census_key: str = field(default="", repr=False)
    bea_key: str = field(default="", repr=False)
    mirror: str = ""

    @property
    def fips(self) -> str:
        return STATES[self.state][0] if self.state else ""

    def newest(self, after: int, month: int) -> int:
        """The year asked for, else the last one whose file is out: year Y's comes `after` years later in `month`."""
        if self.year:
            return self.year
        return self.today.year - after - (self.today.month < month)


@dataclass(frozen=True)
class Source:
    """folder: below landing, which is how the file's reader is known; files: what is to be fetched."""

    folder: str
    title: str
    files: Callable[[Choice, Polite], Iterator[Wanted]]


def bls_laus(choice: Choice, polite: Polite) -> Iterator[Wanted]:
    """The value file of the state, of the years, or of all cities; and the files that say what its codes mean."""
    _contact(choice)
    if choice.state:
        place = list(STATES).index(choice.state) + 7
        after_virgin_islands = choice.state in ("WA", "WV", "WI", "WY")  # number 55 is theirs, and empty
        value = f"la.data.{place + after_virgin_islands}.{STATES[choice.state][1].replace(' ', '')}"
    elif choice.year:
        first = choice.year - choice.year % 5
        value = f"la.data.0.CurrentU{first % 100:02d}-{(first + 4) % 100:02d}"
    else:
        value = "la.data.65.City"
    for name in ("la.area", "la.series", "la.footnote", value):
        yield Wanted(BLS + name, name=name, advice=CONTACT, ranges=False)


def bls_laus_county(choice: Choice, polite: Polite) -> Iterator[Wanted]:
    _contact(choice)
    name = f"laucnty{choice.newest(1, 5) % 100:02d}.xlsx"
    yield Wanted(f"https://www.bls.gov/lau/{name}", name=name, expects="workbook", advice=CONTACT)


def census_population(choice: Choice, polite: Polite) -> Iterator[Wanted]:
    """Sub-county and county totals of one vintage; 2010 and before are the estimates between the two censuses."""
    year = choice.newest(1, 6)
    part = f"_{int(choice.fips)}" if choice.state else "_all"
    if year <= 2010:
        cities, counties = (
            "2000-2010/intercensal/cities/sub-est00int.csv",
            "2000-2010/intercensal/county/co-est00int-tot.csv",
        )
    elif year < 2020:
        cities = f"2010-{year}/cities/totals/sub-est{year}{part}.csv"
        counties = f"2010-{year}/counties/totals/co-est{year}-alldata.csv"
    elif year == 2020:
        part = f"_{choice.fips}" if choice.state else "_ALL"
        cities, counties = f"2010-2020/cities/SUB-EST2020{part}.csv", "2010-2020/counties/totals/co-est2020-alldata.csv"
    else:
        part = "" if year > 2021 and not choice.state else part
        cities = f"2020-{year}/cities/totals/sub-est{year}{part}.csv"
        counties = f"2020-{year}/counties/totals/co-est{year}-alldata.csv"
    for path in (cities, counties):
        yield Wanted(POPULATION + path, name=path.rpartition("/")[2])


def census_gazetteer(choice: Choice, polite: Polite) -> Iterator[Wanted]:
    """The places of the nation: a ZIP whose one text file is kept."""
    year = choice.newest(0, 11)
    folder = WWW2 + "geo/docs/maps-data/data/gazetteer/"
    name = f"{year}_Gaz_place_national" if year > 2010 else "Gaz_places_national"
    url = f"{folder}{year}_Gazetteer/{name}.zip" if year > 2010 else f"{folder}{name}.zip"
    yield Wanted(url, name=f"{name}.txt", expects="zip", member=".txt")


def census_acs(choice: Choice, polite: Polite) -> Iterator[Wanted]:
    """The API's 5-year tables, places and counties; named like the summary files, since its answers do not tell their year."""
    if not choice.census_key:
        raise Refused(f"the Census Bureau's API needs a key; {CENSUS_KEY}")
    year = choice.newest(2, 1)
    for table in ACS_TABLES:
        for level in ("place", "county"):
            url = f"https://api.census.gov/data/{year}/acs/acs5?get=group({table})&for={level}:*&in=state:{choice.fips or '*'}"
            name = f"acsdt5y{year}-{table.lower()}-{level}{f'-{choice.fips}' if choice.state else ''}.json"
            yield Wanted(url, name=name, expects="json", secret={"key": choice.census_key}, advice=CENSUS_KEY)


def census_acs_tables(choice: Choice, polite: Polite) -> Iterator[Wanted]:
    """The table-based summary files: one file a table, all places in it; no key."""
    year = choice.newest(2, 1)
    if year < 2020:
        raise Refused(
            f"the table-based summary files begin with 2020, {year} has none; use `census_acs` (with a key), or an export "
            "of data.census.gov put into landing by hand"
        )
    folder = f"{year}/table-based-SF/data/5YRData/" if year > 2020 else "2020/prototype/5YRData/"
    for table in ACS_TABLES:
        name = f"acsdt5y{year}-{table.lower()}.dat"
        yield Wanted(SUMMARY_FILES + folder + name, name=name)


def census_saipe(choice: Choice, polite: Polite) -> Iterator[Wanted]:
    year = choice.newest(2, 1)
    name = f"est{year % 100:02d}all.xls"
    url = f"{WWW2}programs-surveys/saipe/datasets/{year}/{year}-state-and-county/{name}"
    yield Wanted(url, name=name, expects="workbook")


def census_permits(choice: Choice, polite: Polite) -> Iterator[Wanted]:
    """The annual place files of the four regions, or of the state's."""
    year = choice.newest(1, 6)
    for region, (letters, states) in REGIONS.items():
        if not choice.state or choice.state in states.split():
            name = f"{letters}{year}a.txt"
            yield Wanted(WWW2 + quote(f"econ/bps/Place/{region} Region/{name}"), name=name)


def place_county(choice: Choice, polite: Polite) -> Iterator[Wanted]:
    name = "national_place_by_county2020.txt"
    folder = WWW2 + "geo/docs/reference/codes2020/"
    if choice.state:
        name = f"st{choice.fips}_{choice.state.lower()}_place_by_county2020.txt"
        folder += "place_by_cou/"
    yield Wanted(folder + name, name=name)


def bea_county(choice: Choice, polite: Polite) -> Iterator[Wanted]:
    """The ZIP of each table, every year in it."""
    for table in BEA_TABLES:
        yield Wanted(f"https://apps.bea.gov/regional/zip/{table}.zip", name=f"{table}.zip", expects="zip")


def bea_county_api(choice: Choice, polite: Polite) -> Iterator[Wanted]:
    if not choice.bea_key:
        raise Refused(f"BEA's API needs a key; {BEA_KEY}")
    counties = choice.state or "COUNTY"
    for table, lines in BEA_TABLES.items():
        for line in lines:
            url = (
                "https://apps.bea.gov/api/data?method=GetData&datasetname=Regional&ResultFormat=JSON"
                f"&TableName={table}&LineCode={line}&GeoFips={counties}&Year={choice.year or 'ALL'}"
            )
            name = f"{table}-{line}-{counties}-{choice.year or 'ALL'}.json"
            yield Wanted(url, name=name, expects="json", secret={"UserID": choice.bea_key}, advice=BEA_KEY)


def hud_allocations(choice: Choice, polite: Polite) -> Iterator[Wanted]:
    """The workbooks that the page of a fiscal year links to: all grants, not the one of each program."""
    page = f"https://www.hud.gov/program_offices/comm_planning/budget/fy{choice.newest(0, 10) % 100:02d}"
    links = Links()
    answer = polite.read(mirrored(Wanted(page, expects="page"), choice.mirror))
    links.feed(answer.decode("utf-8", "replace"))
    books = {urljoin(page, href): text for href, text in links.found if href.lower().endswith((".xls", ".xlsx"))}
    chosen = [url for url, text in books.items() if "all grant" in text.lower()] or list(books)
    if not chosen:
        raise Refused(f"{page} links to no workbook; find the one of all grants and give its address with --url")
    for url in chosen:
        yield from given(url)


def given(url: str) -> Iterator[Wanted]:
    """The file at any address, under its own name."""
    name = unquote(urlsplit(url).path.rpartition("/")[2])
    ending = name.lower().rpartition(".")[2]
    kinds = {"json": "json", "xml": "xml", "zip": "zip", "xls": "workbook", "xlsx": "workbook"}
    yield Wanted(url, name=name, expects=kinds.get(ending, "text"))


def mirrored(wanted: Wanted, base: str) -> Wanted:
    """The same file at a mirror, where there is one."""
    if not base:
        return wanted
    there, mirror = urlsplit(wanted.url), urlsplit(base.rstrip("/"))
    return replace(
        wanted, url=there._replace(scheme=mirror.scheme, netloc=mirror.netloc, path=mirror.path + there.path).geturl()
    )


class Links(HTMLParser):
    """The links of a page, each with its text."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[tuple[str, str]] = []
        self._href = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "a":
            self._href = dict(attrs).get("href") or ""
            self.found.append((self._href, ""))

    def handle_data(self, data: str) -> None:
        if self._href:
            self.found[-1] = (self._href, f"{self.found[-1][1]} {data.strip()}".strip())

    def handle_endtag(self, tag: str) -> None:
        if tag == "a":
            self._href = ""


def _contact(choice: Choice) -> None:
    if "@" not in choice.contact:
        raise Refused(CONTACT)


SOURCES = {
    "bls_laus": Source("bls_laus", "BLS LAUS flat files", bls_laus),
    "bls_laus_county": Source("bls_laus", "BLS LAUS counties, annual averages", bls_laus_county),
    "census_population": Source("census_population", "Census population estimates", census_population),
    "census_gazetteer": Source("census_gazetteer", "Census gazetteer of places", census_gazetteer),
    "census_acs": Source("census_acs", "Census ACS 5-year, API (needs a key)", census_acs),
    "census_acs_tables": Source("census_acs", "Census ACS 5-year, summary files", census_acs_tables),
    "census_saipe": Source("census_saipe", "Census SAIPE, counties", census_saipe),
    "census_permits": Source("census_permits", "Census building permits, places", census_permits),
    "place_county": Source("place_county", "Census places by county", place_county),
    "bea_county": Source("bea_county", "BEA counties, ZIP files", bea_county),
    "bea_county_api": Source("bea_county", "BEA counties, API (needs a key)", bea_county_api),
    "hud_allocations": Source("hud_allocations", "HUD CPD formula allocations", hud_allocations),
}
