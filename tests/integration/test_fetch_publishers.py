# ruff: noqa: F401, F811 -- fixtures are imported
"""`cities311 fetch` by source: the addresses, the keys that nobody may see, and what is said where one is missing."""

import json
import logging
import zipfile
from datetime import date
from io import BytesIO
from pathlib import Path

import pytest
from publisher import Publisher, polite, server
from typer.testing import CliRunner

from assets.fetch.files import Fetched, Notes, download
from assets.fetch.http import Refused
from assets.fetch.publishers import SOURCES, Choice, mirrored
from assets.fetch.states import REGIONS, STATES
from pipelines.commands import app

KEY = "s3cretK3y"
TODAY = date(2026, 9, 15)


def call(server: Publisher, tmp_path: Path, *arguments: str, **environment: str):
    places = ["--landing", str(tmp_path / "landing"), "--home", str(tmp_path / "home"), "--base-url", server.url]
    unset = {"CITIES311_CONTACT": "", "CENSUS_API_KEY": "", "BEA_API_KEY": ""}
    return CliRunner().invoke(app, ["fetch", *arguments, *places], env=unset | environment)


def test_bls_names_the_contact_to_set(server, tmp_path):
    told = call(server, tmp_path, "bls_laus")
    assert told.exit_code == 1 and "set CITIES311_CONTACT to an e-mail address" in told.stderr and not server.asked
    server.answers["/pub/time.series/la/la.area"] = lambda handler, _: handler.send(
        403, b"<html>Access Denied</html>", Content_Type="text/html"
    )
    told = call(server, tmp_path, "bls_laus", CITIES311_CONTACT="desk@example.org")
    assert told.exit_code == 1 and "403" in told.stderr and "CITIES311_CONTACT" in told.stderr
    assert [a.headers["User-Agent"] for a in server.asked] == ["cities311/0.1 (desk@example.org)"]


def test_a_missing_key_says_where_to_get_one_and_what_needs_none(server, tmp_path):
    told = call(server, tmp_path, "census_acs", "--year", "2012")
    assert told.exit_code == 1 and not server.asked
    assert "CENSUS_API_KEY" in told.stderr and "census_acs_tables" in told.stderr
    told = call(server, tmp_path, "census_acs_tables", "--year", "2012")
    assert told.exit_code == 1 and "begin with 2020" in told.stderr
    assert call(server, tmp_path, "bea_county_api").exit_code == 1


@pytest.mark.parametrize("header", [{"X_DataWebAPI_KeyError": "1"}, {}])
def test_the_redirect_about_keys_is_understood(server, tmp_path, header):
    path = "/data/2012/acs/acs5"
    server.answers[path] = lambda handler, _: handler.send(302, Location="/data/missing_key.html", **header)
    told = call(server, tmp_path, "census_acs", "--year", "2012", "--state", "TX", CENSUS_API_KEY=KEY)
    assert told.exit_code == 1 and "the key given is not valid" in told.stderr and "census_acs_tables" in told.stderr
    assert server.paths() == [path] and server.asked[0].query["key"] == KEY
    assert server.asked[0].query["get"] == "group(B01003)" and server.asked[0].query["in"] == "state:48"


def test_the_key_is_nowhere_to_be_seen(server, polite, tmp_path, caplog):
    """Not in a message, a log, a note, a file's name, nor in the answer of a service that repeats it."""
    caplog.set_level(logging.DEBUG)
    echo = json.dumps({"BEAAPI": {"Request": {"ParameterValue": KEY.upper()}, "Results": {"Data": []}}}).encode()
    server.answers["/api/data"] = lambda handler, _: handler.send(200, echo)
    server.answers["/data/2012/acs/acs5"] = lambda handler, before: (
        handler.send(200, b'[["NAME"]]') if before % 2 else handler.send(400, f"bad key={KEY}".encode())
    )
    choice = Choice(TODAY, 2012, "TX", census_key=KEY, bea_key=KEY)
    messages = [repr(choice)]
    for source in ("bea_county_api", "census_acs"):
        for wanted in SOURCES[source].files(choice, polite):
            messages.append(repr(wanted))
            for _ in range(2):
                try:
                    messages.append(
                        repr(download(polite, mirrored(wanted, server.url), tmp_path, Notes(tmp_path / "notes")))
                    )
                except Refused as error:
                    messages.append(str(error))
    told = call(server, tmp_path, "census_acs", "--year", "2012", CENSUS_API_KEY=KEY)
    messages += [told.output, told.stderr, caplog.text]
    assert "bad key=…" in " ".join(messages) and {a.query.get("key", a.query.get("UserID")) for a in server.asked} == {
        KEY
    }
    files = [p for p in tmp_path.rglob("*") if p.is_file()]
    assert len(files) > 20
    for text in [*messages, *map(str, files), *(p.read_text() for p in files)]:
        assert KEY.lower() not in text.lower()
    assert "(key)" in (tmp_path / "CAGDP2-1-TX-2012.json").read_text()


def test_an_error_that_bea_tells_with_200_is_not_taken_for_data(server, polite, tmp_path):
    error = {"APIErrorCode": "3", "APIErrorDescription": f"The UserID {KEY} does not exist."}
    server.answers["/api/data"] = lambda handler, _: handler.send(
        200, json.dumps({"BEAAPI": {"Results": {"Error": error}}}).encode()
    )
    wanted = next(SOURCES["bea_county_api"].files(Choice(TODAY, bea_key=KEY), polite))
    with pytest.raises(Refused, match=r"The UserID … does not exist\..*BEA_API_KEY"):
        download(polite, mirrored(wanted, server.url), tmp_path / "landing", Notes(tmp_path / "home"))
    assert not any(p.is_file() for p in (tmp_path / "landing").rglob("*"))


def test_used_wrongly_is_2(server, tmp_path):
    for arguments in (
        ["laus"],
        ["census_saipe", "--state", "ZZ"],
        ["census_saipe", "--year", "12"],
        ["open311"],
        ["open311", "bls_laus", "--url", "http://127.0.0.1"],
        ["open311", "--url", "http://127.0.0.1", "--since", "soon"],
        ["open311", "--url", "http://127.0.0.1", "--since", "2014-03-01", "--until", "2014-03-01"],
    ):
        assert call(server, tmp_path, *arguments).exit_code == 2, arguments


def test_a_file_that_the_publisher_has_not_is_told_and_the_others_come(server, tmp_path):
    server.file("/programs-surveys/popest/datasets/2010-2019/counties/totals/co-est2019-alldata.csv", b"SUMLEV,STATE\n")
    told = call(server, tmp_path, "census_population", "--year", "2019", "--json")
    assert told.exit_code == 1 and "sub-est2019_all.csv: 404" in told.stderr and "--year" in told.stderr
    assert json.loads(told.stdout)["file"] == "census_population/co-est2019-alldata.csv"
    told = call(server, tmp_path, "census_saipe", "--url", f"{server.url}/programs-surveys/popest/datasets/2010-2019/")
    assert told.exit_code == 1 and "name of a file" in told.stderr


def test_the_gazetteer_is_taken_out_of_its_zip(server, polite, tmp_path):
    packed = BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("2024_Gaz_place_national.txt", "USPS\tGEOID\n")
    folder = "/geo/docs/maps-data/data/gazetteer/2024_Gazetteer/"
    server.file(f"{folder}2024_Gaz_place_national.zip", packed.getvalue())
    (wanted,) = SOURCES["census_gazetteer"].files(Choice(TODAY, 2024), polite)
    for state in ("new", "unchanged"):
        fetched = download(polite, mirrored(wanted, server.url), tmp_path / "landing", Notes(tmp_path / "home"))
        assert fetched == Fetched("/2024_Gaz_place_national.txt", state, 11)
    (file,) = (tmp_path / "landing").iterdir()
    assert file.read_bytes() == b"USPS\tGEOID\n"


def test_hud_is_read_off_its_page(server, polite):
    page = b"""<a href="/budget/fy13"><b>2013</b></a> <a href='/sites/cdbg.xlsx'>CDBG only</a>
        <a href="/sites/FY2014%20All.xlsx">All <i>Grants</i> - Excel</a>"""
    server.answers["/program_offices/comm_planning/budget/fy14"] = lambda handler, _: handler.send(
        200, page, Content_Type="text/html"
    )
    (wanted,) = SOURCES["hud_allocations"].files(Choice(TODAY, 2014, mirror=server.url), polite)
    assert (wanted.url, wanted.name, wanted.expects) == (
        "https://www.hud.gov/sites/FY2014%20All.xlsx", "FY2014 All.xlsx", "workbook",
    )  # fmt: skip
    server.answers["/program_offices/comm_planning/budget/fy14"] = lambda handler, _: handler.send(200, b"<p>moved</p>")
    with pytest.raises(Refused, match="links to no workbook"):
        list(SOURCES["hud_allocations"].files(Choice(TODAY, 2014, mirror=server.url), polite))


@pytest.mark.parametrize(
    ("source", "year", "state", "urls"),
    [
        ("bls_laus", None, None, ["https://download.bls.gov/pub/time.series/la/la.data.65.City"]),
        ("bls_laus", None, "AL", ["https://download.bls.gov/pub/time.series/la/la.data.7.Alabama"]),
        ("bls_laus", None, "PR", ["https://download.bls.gov/pub/time.series/la/la.data.46.PuertoRico"]),
        ("bls_laus", None, "VA", ["https://download.bls.gov/pub/time.series/la/la.data.54.Virginia"]),
        ("bls_laus", None, "WY", ["https://download.bls.gov/pub/time.series/la/la.data.59.Wyoming"]),
        ("bls_laus", 2013, None, ["https://download.bls.gov/pub/time.series/la/la.data.0.CurrentU10-14"]),
        ("bls_laus_county", 2005, None, ["https://www.bls.gov/lau/laucnty05.xlsx"]),
        ("census_population", 2005, None, ["2000-2010/intercensal/cities/sub-est00int.csv"]),
        ("census_population", 2016, "CA", ["2010-2016/cities/totals/sub-est2016_6.csv"]),
        ("census_population", 2020, "NY", ["2010-2020/cities/SUB-EST2020_36.csv"]),
        ("census_population", 2021, None, ["2020-2021/cities/totals/sub-est2021_all.csv"]),
        ("census_population", None, None, ["2020-2025/cities/totals/sub-est2025.csv", "co-est2025-alldata.csv"]),
        ("census_gazetteer", 2010, None, ["gazetteer/Gaz_places_national.zip"]),
        ("census_acs_tables", 2020, None, ["summary_file/2020/prototype/5YRData/acsdt5y2020-b14006.dat"]),
        ("census_acs_tables", None, None, ["summary_file/2024/table-based-SF/data/5YRData/acsdt5y2024-b14006.dat"]),
        ("census_saipe", 2019, None, ["saipe/datasets/2019/2019-state-and-county/est19all.xls"]),
        ("census_permits", 2024, "TX", ["https://www2.census.gov/econ/bps/Place/South%20Region/so2024a.txt"]),
        ("place_county", None, "WA", ["codes2020/place_by_cou/st53_wa_place_by_county2020.txt"]),
        ("bea_county", None, None, ["https://apps.bea.gov/regional/zip/CAGDP9.zip"]),
    ],
)  # fmt: skip
def test_addresses_are_those_that_others_use(polite, source, year, state, urls):
    """Each expected address stands in public code or pages (docs/fetch.md says where)."""
    choice = Choice(TODAY, year, state, "desk@example.org", KEY, KEY)
    made = [wanted.url for wanted in SOURCES[source].files(choice, polite)]
    for url in urls:
        assert any(m.endswith(url) for m in made), made


def test_every_source_has_a_plain_name_for_each_file_and_every_state_a_region(polite):
    for name, source in SOURCES.items():
        if name == "hud_allocations":
            continue
        for state in (None, "MA", "DC"):
            wanted = list(source.files(Choice(TODAY, 2022, state, "desk@example.org", KEY, KEY), polite))
            assert wanted and len({w.name for w in wanted}) == len(wanted)
    regions = " ".join(states for _, states in REGIONS.values()).split()
    assert sorted(regions) == sorted(set(STATES) - {"PR"}) and len(STATES) == 52
