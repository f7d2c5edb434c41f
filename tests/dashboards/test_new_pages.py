"""Responsiveness, Engagements, Peers and library; what City, Topics and Overview gained."""

import duckdb
import pytest
from service_release import SERVICE
from small_release import write_release

from dashboards import alerts

PAGES = ("responsiveness", "engagements", "peers_library")
DEEPENED = (*PAGES, "overview", "topics")


def texts(page) -> str:
    kinds = (page.title, page.header, page.subheader, page.caption, page.markdown, page.info, page.warning)
    return "\n".join(element.value for kind in kinds for element in kind)


@pytest.fixture
def sample(release_home, monkeypatch):
    monkeypatch.setenv("CITIES311_HOME", str(release_home))
    return release_home / "releases" / (release_home / "releases" / "CURRENT").read_text().strip()


@pytest.fixture
def service(tmp_path, monkeypatch):
    write_release(tmp_path, "2015-03-31-r1", tables=SERVICE)
    monkeypatch.setenv("CITIES311_HOME", str(tmp_path))
    return tmp_path


@pytest.mark.parametrize("name", PAGES)
def test_each_page_opens_on_the_sample(name, sample, open_page):
    page = open_page(name)
    assert not page.exception
    assert len(page.header) == 1, "one finding sentence"
    assert [box.label for box in page.selectbox] == ["Period", "City", "Topic", "Release"]
    assert f"Release {sample.name}" in texts(page)
    assert "Synthetic data" in texts(page)


@pytest.mark.parametrize("name", (*PAGES, "topics"))
def test_filters_narrow_every_page_of_the_sample(name, sample, open_page):
    """A city and a topic, a fiscal year, and all of it to date: no page fails on any of them."""
    city, topic = duckdb.sql(f"""
        select city_id, topic from '{sample}/requests.parquet' where city_id is not null
        group by all order by count(*) desc, city_id, topic limit 1
    """).fetchall()[0]
    whole = open_page(name, period="to_date")
    narrow = open_page(name, city=city, topic=topic, period="FY2015")
    assert not whole.exception
    assert not narrow.exception
    assert [metric.value for metric in whole.metric] != [metric.value for metric in narrow.metric]


@pytest.mark.parametrize("name", PAGES)
def test_without_a_release_a_page_says_what_to_do(name, tmp_path, monkeypatch, open_page):
    monkeypatch.setenv("CITIES311_HOME", str(tmp_path))
    page = open_page(name)
    assert not page.exception
    assert "No release has been published yet." in texts(page)


@pytest.mark.parametrize("name", PAGES)
def test_an_older_release_without_the_tables_shows_empty_states(name, small_home, open_page):
    page = open_page(name)
    assert not page.exception
    assert page.info, "says what is missing, why, and what to do"
    assert not open_page(name, city="4876000").exception


@pytest.mark.parametrize("name", DEEPENED)
def test_empty_tables_are_told_apart_from_absent_ones(name, tmp_path, monkeypatch, open_page):
    empty = {table: f"select * from ({sql}) where false" for table, sql in SERVICE.items()}
    write_release(tmp_path, "2015-03-31-r1", tables=SERVICE | {t: empty[t] for t in empty if t != "metric_values"})
    monkeypatch.setenv("CITIES311_HOME", str(tmp_path))
    page = open_page(name)
    assert not page.exception
    if name == "overview":
        assert "Nothing needs a person now." in texts(page)
    if name == "peers_library":
        assert "Every eligible city has met another at an event." in texts(page)


def test_overview_names_what_needs_a_person(service, open_page):
    page = open_page()
    assert "**Needs a person now: 2 overdue requests, 1 late milestone.**" in texts(page)
    assert page.radio(key="alert_kind").options == ["2 overdue requests", "1 late milestone"]
    listed = next(table.value for table in page.dataframe if "sentence" in table.value.columns)
    assert list(listed["sentence"]) == ["Request R1 has no reply", "Request R2 has no reply"]


@pytest.mark.parametrize(
    ("alert", "page"),
    [
        (
            {"kind": "late_milestone", "engagement_id": "E1", "city_id": "4876000"},
            ("engagements", {"engagement": "E1"}),
        ),
        ({"kind": "overdue_request", "city_id": "4876000", "topic": "budget"}, ("city", {"city": "4876000"})),
        ({"kind": "on_time_drop", "topic": "budget"}, ("topics", {"topic": "budget"})),
        ({"kind": "on_time_drop"}, ("responsiveness", {})),
        ({"kind": "feed_missing"}, ("data_quality", {})),
    ],
)
def test_an_alert_leads_to_its_page(alert, page):
    name, query = page
    given = dict.fromkeys(("engagement_id", "city_id", "topic")) | alert
    assert alerts.target(given) == (f"pages/{name}.py", query)


def test_responsiveness_shows_interval_statement_equity_and_league(service, open_page):
    page = open_page("responsiveness")
    said = texts(page)
    assert page.header[0].value.startswith("In FY2015 Q2 (January–March 2015), 75% of the answers due came on time")
    assert "Three in four of those who answered, but others could change this." in said
    assert "between 40% and 90% would have been satisfied" in said
    assert "Waits for a first reply differ by city size more than chance would explain (log-rank p = .040)." in said
    groups = next(table.value for table in page.dataframe if {"group", "on_time_pct"} <= set(table.value.columns))
    assert list(groups["on_time_pct"]) == ["Withheld (6 of 8)", "75% (12 of 16)"]
    league = next(table.value for table in page.dataframe if "pooled" in table.value.columns)
    assert list(league["city_id"]) == ["4835000", "1245000"], "57 before 55; with fewer than ten a city has no place"
    few = next(
        table.value for table in page.dataframe if list(table.value.columns)[:3] == ["city", "counted", "city_id"]
    )
    assert few[["city", "counted"]].to_numpy().tolist() == [["0667000", "1 of 2"], ["Waco, TX", "6 of 8"]], "by name"
    assert "no city can be told from another" in said
    assert "2 cities have fewer than ten" in [box.label for box in page.expander]


def test_a_league_says_of_a_chosen_city_with_fewer_than_ten_that_it_has_no_place(service, open_page):
    page = open_page("responsiveness", city="4876000")
    assert "Waco, TX: 6 of 8, too few for a percentage or a place among the cities." in texts(page)


def test_a_league_of_small_cities_alone_ranks_none(tmp_path, monkeypatch, open_page):
    small = f"select * from ({SERVICE['city_leagues']}) where raw is null"
    write_release(tmp_path, "2015-03-31-r1", tables=SERVICE | {"city_leagues": small})
    monkeypatch.setenv("CITIES311_HOME", str(tmp_path))
    page = open_page("responsiveness")
    assert not page.exception
    assert "No city has ten or more to compare" in texts(page)
    assert not any("pooled" in table.value.columns for table in page.dataframe)
    assert "2 cities have fewer than ten" in [box.label for box in page.expander]


def lines_of(page, key: str) -> dict[str, dict[str, str]]:
    """The table of figures whose lines are named by `key`, by that name."""
    table = next(table.value for table in page.dataframe if {key, "said"} <= set(table.value.columns))
    return {row[key]: row for row in table.to_dict("records")}


def test_more_figures_have_count_and_state(service, open_page):
    found = lines_of(open_page("responsiveness"), "figure")
    assert len(found) == 10
    ratio, closed = found["Clearance ratio"], found["Closed unanswered percent"]
    assert (ratio["said"], ratio["counted"], ratio["state"]) == ("0.80", "16 over 20", "Reported")
    assert (closed["said"], closed["counted"], closed["state"]) == ("Withheld", "2 of 7", "Withheld: fewer than 10")
    assert found["Response hours p90"]["state"].startswith("None recorded")


def test_engagements_and_funding_tell_costs_and_what_was_on_time(service, open_page):
    found = lines_of(open_page("engagements"), "figure")
    assert found["Engagements on time percent"]["counted"] == "1 of 2"
    costs = next(
        table.value for table in open_page("funding").dataframe if {"figure", "said"} <= set(table.value.columns)
    )
    answers = [row for row in costs.to_dict("records") if row["figure"] == "Cost per answer dollars"]
    assert [(row["when"], row["said"], row["counted"]) for row in answers] == [
        ("FY2015 Q2", "None recorded", ""),
        ("Program to date", "$1,250", "$15,000 for 12"),
    ]
    assert answers[1]["span"] == "900 to 1,600"


def test_services_stand_beside_each_other(service, open_page):
    page = open_page("peers_library")
    table = next(table.value for table in page.dataframe if "use_rate_span" in table.value.columns)
    (peer,) = table.to_dict("records")
    assert (peer["service"], peer["reach_pct"], peer["use_rate"]) == (
        "Peer exchange",
        "Withheld (1 of 2)",
        "12.5 (1 over 8)",
    )
    assert peer["days_to_first_use"] == "Not computable: no city became eligible"
    assert lines_of(page, "figure")["Peer pairs"]["said"] == "1 pair"
    uses = lines_of(open_page("city", city="4876000"), "figure")
    assert uses["Desk"]["counted"] == "9 over 3"
    assert uses["Library"]["state"].startswith("None recorded")


def test_reach_says_where_cities_eligible_now_would_read_differently(service, open_page):
    told = "Reach would be read differently over the cities eligible now than over those eligible in the period"
    why = "of 311 cities eligible now 303 were not then."
    assert f"{told} (desk 87.5% then, 2.3% now): {why}" in texts(open_page())
    every = texts(open_page("peers_library"))
    assert f"(desk 87.5% then, 2.3% now; peer exchange withheld then, 0.3% now): {why}" in every
    assert "library" not in every.partition(told)[2].partition("\n")[0]


def test_topics_tell_what_was_closed_with_an_answer(service, open_page):
    page = open_page("topics")
    found = [t.value for t in page.dataframe if list(t.value.get("denominator", [])) == [12.0, 4.0]]
    assert [list(t["label"]) for t in found] == [["Budget", "Housing"]], "a withheld one last"
    assert found[0]["value"].isna().tolist() == [False, True]


def test_engagements_open_their_records(service, open_page):
    page = open_page("engagements", engagement="E1")
    said = texts(page)
    assert "1 milestone is late and none come due" in page.header[0].value
    assert "E1: Budget plan" in said
    assert "Waco, TX" in said
    standing = [table.value for table in page.dataframe if "standing" in table.value.columns]
    assert [list(table["standing"]) for table in standing] == [["Late"], ["Overdue"]]
    assert "1 of 1 engagement under way spent more than planned" in said


def test_partner_lateness_is_k_of_n(service, open_page):
    page = open_page("engagements")
    work = next(table.value for table in page.dataframe if "late_milestones" in table.value.columns)
    assert list(work["on_time"]) == ["6 of 8"]


def test_peers_name_the_cities_that_met_nobody(service, open_page):
    page = open_page("peers_library")
    assert "1 eligible city has never met another city at an event." in page.header[0].value
    assert "1 of 2 eligible cities came to a peer event" in page.header[0].value
    alone = next(table.value for table in page.dataframe if "population" in table.value.columns)
    assert list(alone["city_id"]) == ["0644000"]
    assert "Housing is asked about more than the library covers it, by 12 points" in texts(page)
    searches = next(table.value for table in page.dataframe if "records" in table.value.columns)
    assert list(searches["label"]) == ["Housing"]


def test_a_city_sees_whom_it_met_and_its_targets(service, open_page):
    page = open_page("city", city="4876000")
    said = texts(page)
    assert not page.exception
    assert "Waco, TX met 1 city at peer events, to date." in said
    assert "0 of 1 target met. 1 missed without a reason" in said
    outcome = next(table.value for table in page.dataframe if "wanted" in table.value.columns)
    assert list(outcome[["wanted", "reached", "said"]].iloc[0]) == ["90%", "70%", "Missed, reason needed"]
    curve = next(table.value for table in page.dataframe if "at_risk" in table.value.columns)
    assert list(dict.fromkeys(curve["group"])) == ["Waco, TX", "All cities"]


def test_topics_name_silent_cities_and_unknown_words(service, open_page):
    page = open_page("topics")
    said = texts(page)
    assert "1 city has asked less than cities of their kind" in said
    assert "Words for a topic that no list knows (1)" in [box.label for box in page.expander]
    silent = next(table.value for table in page.dataframe if "expected_low" in table.value.columns)
    assert list(silent["city"]) == ["Waco, TX"]
