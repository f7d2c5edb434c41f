"""The page Passport, and that every figure of every page leads to the passport of that very figure."""

import ast
import re
import subprocess
import sys
from urllib.parse import parse_qsl

import duckdb
import pytest
from small_release import TABLES, write_release
from typer.testing import CliRunner

from dashboards import figure, passports, tables
from dashboards import sentences_passport as say
from dashboards.more import _plain
from pipelines.commands import app

PAGES = ("overview", "city", "topics", "responsiveness", "engagements", "peers_library", "funding")
KEYS = ("metric", "city_id", "topic", "engagement_id", "dimension", "dimension_value", "basis", "period")


def texts(page) -> str:
    kinds = (page.title, page.header, page.subheader, page.caption, page.markdown, page.info, page.warning, page.code)
    return "\n".join(element.value for kind in kinds for element in kind)


@pytest.fixture
def sample(release_home, monkeypatch):
    monkeypatch.setenv("CITIES311_HOME", str(release_home))
    return release_home / "releases" / (release_home / "releases" / "CURRENT").read_text().strip()


def named(query: str) -> dict[str, str]:
    return dict(parse_qsl(query, strict_parsing=True))


def ways(page) -> tuple[list, list, list]:
    """The passports that the cards, the rows of tables and the lists of links of a page lead to."""
    cards = [named(link.proto.query_string) for link in page.page_link if link.value == f":small[:blue[{tables.LINK}]]"]
    columns = [table.value["passport"].dropna() for table in page.dataframe if "passport" in table.value.columns]
    listed = [address for each in page.markdown for address in re.findall(r"\]\(passport\?([^)]+)\)", each.value)]
    return (
        cards,
        [named(address.partition("?")[2]) for column in columns for address in column],
        list(map(named, listed)),
    )


def fitting(release, name: dict[str, str]) -> int:
    """How many figures of the release have exactly these keys."""
    wanted = {key: name.get(query) for query, key in passports.QUERY.items() if key != "release"}
    where = " and ".join(f"{key} is not distinct from ?" for key in KEYS)
    values = [wanted[key] for key in KEYS]
    sql = f"select count(*) from '{release}/metric_values.parquet' where {where}"
    return duckdb.execute(sql, values).fetchall()[0][0]


@pytest.mark.parametrize("name", PAGES)
def test_every_figure_leads_to_its_own_passport(name, sample, open_page):
    page = open_page(name, **({"city": "4748000"} if name == "city" else {}), period="FY2016")
    assert not page.exception
    cards, rows, listed = ways(page)
    shown = [metric for metric in page.metric if metric.value.strip() not in ("", "—")]
    assert len(cards) >= len(shown) > 0, "each card with a value"
    assert rows, "each table of figures"
    for each in cards + rows + listed:
        assert each["release"] == sample.name
        # a target may be of a figure that its release does not hold
        assert fitting(sample, each) == 1 or each in rows, each
    assert sum(fitting(sample, each) == 1 for each in rows) >= 0.9 * len(rows)


def test_a_passport_by_its_address(sample, open_page):
    period = "FY2015Q4"
    k, n = duckdb.sql(f"""
        select numerator::int, denominator::int from '{sample}/metric_values.parquet' where metric = 'on_time_pct'
        and grain = 'network' and dimension is null and period = '{period}'
    """).fetchall()[0]
    page = open_page("passport", metric="on_time_pct", period=period, release=sample.name)
    assert not page.exception
    said = texts(page)
    assert page.header[0].value.startswith("Answered on time, all cities, FY2015 Q4 (July–September 2015): ")
    assert page.header[0].value.endswith(f"The {n} records behind it give the same figure again.")
    assert f"Numerator: **{k}** " in said and f"Denominator: **{n}** " in said
    assert re.search(r"- \*\*\d+\*\* merged into another request", said)
    assert "sql/rows/on_time.sql" in said and "Synthetic data" in said and "Worked out again from these records" in said
    rows = next(table.value for table in page.dataframe if "due_at" in table.value.columns)
    assert len(rows) == n and set(rows["data"]) == {"synthetic"} and rows["numerator"].sum() == k
    files = next(table.value for table in page.dataframe if "sha256" in table.value.columns)
    assert (files["received"] == files["accepted"] + files["quarantined"] + files["repeats"]).all()
    assert {len(each) for each in files["sha256"]} == {64}
    assert not [link for link in page.page_link if tables.LINK in link.value], "it does not lead to itself"


def test_the_download_is_the_file_of_the_command_and_the_line_on_the_page_reads_it(sample, tmp_path, open_page):
    page = open_page("passport", metric="never_answered_pct", period="FY2016", city="4748000")
    (line,) = page.code
    row = {"metric": "never_answered_pct", "period": "FY2016", "city_id": "4748000"}
    path = tmp_path / f"{passports.stem(row)}.csv"
    asked = ["explain", "never_answered_pct", "--period", "FY2016", "--city", "4748000", "--rows", str(path)]
    assert CliRunner().invoke(app, [*asked, "--home", str(sample.parents[1])]).exit_code == 0
    keys = row | {"grain": "city", "period_type": "fiscal_year"}
    opened = passports.of(str(sample), {"synthetic": True}, dict.fromkeys(passports.KEYS) | keys)
    assert tables._csv(opened.rows) == path.read_bytes()
    done = subprocess.run(
        [f"{sys.executable}{line.value.removeprefix('python')}"],
        shell=True,
        capture_output=True,
        text=True,
        cwd=tmp_path,
    )
    assert ast.literal_eval(done.stdout)[:2] == (opened.told.again["numerator"], opened.told.again["denominator"])


def test_a_curve_is_shown_where_it_is_of_the_same_requests(sample, open_page):
    keys = "metric = 'response_hours_median' and period = 'to_date'"
    city = duckdb.sql(f"select any_value(city_id) from '{sample}/survival_curves.parquet' where {keys}").fetchall()[0][
        0
    ]

    def titles(**query: str) -> str:
        return "\n".join(each.value for each in open_page("passport", metric="response_hours_p90", **query).subheader)

    assert "had a first reply within" in titles(period="to_date")
    assert re.search(r"Half of the questions of .*, \w\w had a first reply", titles(period="to_date", city=city))
    assert "first reply" not in titles(period="FY2016Q4"), "no curve is published by quarter"
    ends = open_page("passport", metric="resolved_within_5d_pct", period="FY2016")
    assert any("of requests were resolved within 10 business days" in each.value for each in ends.subheader)


def test_without_a_figure_the_reader_chooses_one(sample, open_page):
    page = open_page("passport")
    assert page.header[0].value.startswith("Choose a figure to see how it is made")
    page.selectbox(key="passport_metric").select("on_time_pct").run()
    assert page.query_params["metric"] == "on_time_pct"
    assert page.header[0].value.startswith("Answered on time, all cities")
    assert "The same figure by its parts" in texts(page)
    (phone,) = [button for button in page.button if button.label == "Channel: Phone"]
    phone.click().run()
    assert page.query_params["value"] == "phone"
    assert page.header[0].value.startswith("Answered on time, all cities, channel: Phone, ")


def test_a_figure_that_is_told_by_its_parts(sample, open_page):
    page = open_page("passport", metric="reach_pct")
    assert page.header[0].value == "Eligible cities reached is told by its parts. Choose one of 10."
    chosen = open_page("passport", metric="reach_pct", dimension="service", value="desk", basis="then")
    assert "service: Desk, cities eligible in the period" in chosen.header[0].value
    narrowed = open_page("passport", metric="reach_pct", value="desk")
    assert [button.label for button in narrowed.button][:2] == [
        "Service: Desk, cities eligible now", "Service: Desk, cities eligible in the period",
    ]  # fmt: skip


def test_where_there_is_no_such_figure_others_are_offered(sample, open_page):
    page = open_page("passport", metric="sf425_10e", period="2016-01")
    assert (
        page.header[0].value
        == "SF-425 line 10e: federal share of expenditures has no figure for all cities in January 2016."
    )
    assert "For the same cities and topic it has figures of:" in texts(page) and page.button
    city = open_page("passport", metric="sf425_10e", city="4748000")
    assert "No such figure." in texts(city) and all(each.label.startswith("All cities") for each in city.button)
    wrong = open_page("passport", metric="no_such_pct")
    assert "names a metric that this release does not have: no_such_pct" in texts(wrong)


def test_a_link_says_all_a_figure_is_about_whatever_was_chosen_before(sample, open_page):
    page = open_page("city", city="4748000")
    page.query_params.clear()
    page.query_params["metric"] = "on_time_pct"
    page.switch_page("pages/passport.py").run()
    assert page.selectbox(key="filter_city").value == ""
    assert page.header[0].value.startswith("Answered on time, all cities")


def test_an_older_release_says_that_its_records_cannot_be_told(small_home, open_page):
    page = open_page("passport", metric="on_time_pct")
    assert not page.exception
    assert page.header[0].value == (
        "Answered on time, all cities, FY2015 Q2 (January–March 2015): 75%. Its records cannot be told."
    )
    assert "it was published before figures had passports" in texts(page)
    waco = open_page("passport", metric="on_time_pct", city="4876000").header[0].value
    assert waco.startswith("Answered on time, Waco, TX, FY2015 Q2 (January–March 2015): withheld, 6 of 8.")


def test_a_release_without_a_definition_still_opens(tmp_path, monkeypatch, open_page):
    write_release(tmp_path, "2015-03-31-r1", tables={"metric_values": TABLES["metric_values"]})
    monkeypatch.setenv("CITIES311_HOME", str(tmp_path))
    assert not open_page("passport").exception


def test_rows_that_are_no_figure_lead_nowhere():
    row = {"metric": "on_time_pct", "period": "FY2015Q2", "topic": None, "dimension_value": "A & B", "release": "r1"}
    assert passports.address(row) == "passport?metric=on_time_pct&value=A+%26+B&period=FY2015Q2&release=r1"
    assert passports.address(row | {"release": None}) is None
    assert passports.address(figure.absent("on_time_pct", {"period": "FY2015Q2"})) is None
    assert figure.made({}) == {"passport": None}
    assert passports.stem(row) == "on_time_pct-A_B-FY2015Q2"
    assert _plain("a [b](c) *d*") == r"a \[b\](c) \*d\*"


def test_parts_in_words():
    row = dict.fromkeys(("dimension", "dimension_value", "basis", "city_id", "topic", "engagement_id"))
    assert say.part(row) == "" and say.whose(row, {}) == "all cities"
    assert say.part(row | {"dimension": "size_quartile", "dimension_value": "1"}) == "Size: quartile 1"
    assert say.part(row | {"dimension": "partner", "dimension_value": "iCity"}) == "Partner: iCity"
    given = row | {"city_id": "4876000", "topic": "land_use", "basis": "now"}
    assert say.whose(given, {"4876000": "Waco, TX"}) == "Waco, TX, Land use, cities eligible now"
    assert [say.exact(value) for value in (3.0, 1234, 0.1 + 0.2, -2.5)] == ["3", "1,234", "0.3", "−2.5"]


def test_a_link_of_a_table_is_shown_before_long_text_and_not_downloaded(monkeypatch):
    drawn = {}
    monkeypatch.setattr(tables.st, "dataframe", lambda data, **given: drawn.update(shown=data.column_names, **given))
    monkeypatch.setattr(tables.st, "download_button", lambda label, data, **given: drawn.update(file=data()))
    columns = [tables.Column("label", "Label"), tables.Column("why", "Why", "long")]
    tables.show([{"label": "a", "why": "b", "passport": "passport?metric=x"}], columns, "demo", "Demo")
    assert drawn["shown"] == ["label", "passport", "why"] and drawn["column_config"]["passport"]["label"] == tables.LINK
    assert drawn["file"].decode().splitlines() == ['"label","why"', '"a","b"']
    tables.show([{"label": "a", "passport": "passport?metric=x"}], columns[:1], "demo", "Demo")
    assert drawn["shown"] == ["label", "passport"]
    tables.show([{"label": "a", "why": "b", "passport": None}], columns, "demo", "Demo")
    assert drawn["shown"] == ["label", "why"], "no column where no row is a figure"
