"""The pages as a reader meets them: on the release of the sample, on a few rows by hand, and on nothing."""

import duckdb
import pytest
from small_release import TABLES, write_release

PAGES = ("overview", "city", "topics", "funding", "where_next", "data_quality")


def texts(page) -> str:
    kinds = (page.title, page.header, page.subheader, page.caption, page.markdown, page.info, page.warning)
    return "\n".join(element.value for kind in kinds for element in kind)


@pytest.fixture
def sample(release_home, monkeypatch):
    """The release of the sample, read apart from the code under test."""
    monkeypatch.setenv("CITIES311_HOME", str(release_home))
    current = (release_home / "releases" / "CURRENT").read_text().strip()
    return release_home / "releases" / current


@pytest.mark.parametrize("name", PAGES)
def test_each_page_opens_on_the_sample(name, sample, open_page):
    page = open_page(name)
    assert not page.exception
    assert len(page.header) == 1, "one finding sentence"
    assert [box.label for box in page.selectbox] == ["Period", "City", "Topic", "Release"]
    said = texts(page)
    assert "Synthetic data" in said
    assert f"Release {sample.name}" in said


def test_overview_shows_the_figures_of_the_release(sample, open_page):
    """k of N and the open requests stand on the page as they stand in the file."""
    values = f"'{sample}/metric_values.parquet'"
    period, k, n = duckdb.sql(f"""
        select period, numerator::int, denominator::int from {values} where metric = 'on_time_pct' and grain = 'network'
        and period_type = 'quarter' and dimension is null
        and period_end <= (select as_of::date from read_json('{sample}/manifest.json')) order by period_end desc limit 1
    """).fetchall()[0]
    still_open = duckdb.sql(f"""
        select value::int from {values} where metric = 'backlog_open' and grain = 'network' and period = '{period}'
    """).fetchall()[0][0]
    page = open_page()
    assert page.selectbox(key="filter_period").value == period
    assert f"{k:,} of {n:,}" in texts(page)
    assert any(metric.value.startswith(f"{still_open:,} ") for metric in page.metric)


def test_a_deep_link_opens_the_city_and_the_period(sample, open_page):
    city, name, state = duckdb.sql(f"""
        select city_id, c.name, c.state from '{sample}/requests.parquet' join '{sample}/cities.parquet' as c using (city_id)
        group by all order by count(*) desc, city_id limit 1
    """).fetchall()[0]
    page = open_page("city", city=city, period="FY2016Q4")
    assert not page.exception
    assert page.selectbox(key="filter_city").value == city
    assert "FY2016 Q4 (July–September 2016)" in page.header[0].value
    short = name.removesuffix(" city").removesuffix(" town")
    assert page.header[0].value.startswith(f"{short}, {state} sent the desk ")


def test_funding_shows_the_worksheet_to_the_cent(sample, open_page):
    found = duckdb.sql(f"""
        select line, amount_usd from '{sample}/sf425.parquet'
        where period_end = (select max(period_end) from '{sample}/metric_values.parquet'
            where period_type = 'quarter' and period_end <= (select as_of::date from read_json('{sample}/manifest.json')))
    """).fetchall()
    page = open_page("funding")
    worksheets = [table.value for table in page.dataframe if "identity" in table.value.columns]
    assert {(line, amount) for line, amount in found} == {
        (line, amount) for table in worksheets for line, amount in zip(table["line"], table["amount_usd"], strict=True)
    }


@pytest.mark.parametrize("name", PAGES)
def test_without_a_release_a_page_says_what_to_do(name, tmp_path, monkeypatch, open_page):
    monkeypatch.setenv("CITIES311_HOME", str(tmp_path))
    page = open_page(name)
    assert not page.exception
    assert "No release has been published yet." in texts(page)
    assert "make run" in texts(page)


@pytest.mark.parametrize("name", PAGES)
def test_a_damaged_release_shows_nothing_but_the_file_and_the_way_out(name, small_home, open_page):
    write_release(small_home, "2015-03-31-r2")
    path = small_home / "releases/2015-03-31-r2/metric_values.parquet"
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(bytes(content))
    page = open_page(name)
    assert not page.exception and not page.metric
    assert "Release 2015-03-31-r2 is not as it was published" in page.error[0].value
    assert "metric_values.parquet has SHA-256" in texts(page) and "(?release=2015-03-31-r1)" in texts(page)
    assert page.markdown and "metric_values.parquet" not in texts(open_page(name, release="2015-03-31-r1"))


@pytest.mark.parametrize("name", PAGES)
def test_a_release_that_lacks_tables_shows_empty_states(name, small_home, open_page):
    page = open_page(name)
    assert not page.exception
    assert "Synthetic data" not in texts(page)


def test_a_withheld_figure_is_k_of_n_with_its_reason(small_home, open_page):
    page = open_page("city", city="4876000")
    assert not page.exception
    shown = {metric.label: metric.value for metric in page.metric}
    assert shown["Answered on time"] == "6 of 8"
    assert "Withheld: fewer than 10" in texts(page)
    assert "75%" not in texts(page), "6 / 8 is not given as a percentage"


def test_what_was_not_reported_is_not_a_zero(small_home, open_page):
    page = open_page("city", city="1245000")
    assert page.header[0].value.startswith(
        "What Miami, FL asked the desk in FY2015 Q2 (January–March 2015) is not reported."
    )
    assert [metric.value for metric in page.metric if metric.label == "Created"] == ["—"]
    assert "requests was not received" in texts(page)


def test_a_change_that_spans_zero_is_no_clear_change(small_home, open_page):
    page = open_page()
    (answered,) = [metric for metric in page.metric if metric.label == "Answered on time"]
    assert (answered.value, answered.delta) == ("75%", "No clear change")
    assert "−12 to +40 points" in texts(page)


def test_an_address_that_names_nothing_says_so(small_home, open_page):
    page = open_page("city", city="9999999")
    assert not page.exception
    assert "does not have: 9999999" in texts(page)


def test_a_choice_goes_into_the_address_and_to_the_next_page(small_home, open_page):
    page = open_page("city")
    page.selectbox(key="filter_city").select("4876000").run()
    assert page.query_params["city"] == "4876000"
    page.query_params.clear()  # the links of the navigation carry no query
    page.switch_page("pages/topics.py").run()
    assert page.selectbox(key="filter_city").value == "4876000"
    assert page.query_params["city"] == "4876000"


def test_the_next_interaction_shows_a_newer_release(small_home, open_page):
    page = open_page()
    assert "Release 2015-03-31-r1" in texts(page)
    write_release(small_home, "2015-03-31-r2")
    page.run()
    assert "Release 2015-03-31-r2" in texts(page)
    assert page.selectbox(key="filter_release").options == ["2015-03-31-r2 (current)", "2015-03-31-r1"]
    page.selectbox(key="filter_release").select("2015-03-31-r1").run()
    assert "You are reading an earlier release, 2015-03-31-r1." in texts(page)


def test_no_candidate_is_not_told_as_everybody_served(tmp_path, monkeypatch, open_page):
    empty = "select null::varchar as city_id, null::varchar as eligible, null::boolean as served where false"
    write_release(tmp_path, "2015-03-31-r1", tables=TABLES | {"candidates": empty})
    monkeypatch.setenv("CITIES311_HOME", str(tmp_path))
    said = texts(open_page("where_next"))
    assert "Which cities are eligible is not known from this release." in said
    assert "served" not in said
