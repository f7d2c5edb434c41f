"""The page Changes, and the line on every page that leads to it, on two releases made by hand."""

from decimal import Decimal
from pathlib import Path

import pytest
from small_release import write_release
from small_restated import NEW, OLD, RECORDS, RESTATEMENTS, made, published
from streamlit.testing.v1 import AppTest

from assets import decisions
from assets.releases import changes
from dashboards import queries
from dashboards import sentences_changes as say
from dashboards.charts_compare import bridge as drawn

APP = Path(__file__).parents[2] / "dashboards" / "app.py"


@pytest.fixture
def restated(small_home):
    published(small_home)
    return small_home


def texts(page) -> str:
    kinds = (page.title, page.header, page.subheader, page.caption, page.markdown, page.info, page.warning, page.error)
    return "\n".join(element.value for kind in kinds for element in kind)


def frames(page) -> dict:
    """Tables of the page by their first heading and width."""
    return {tuple(frame.value.columns): frame.value.to_dict("records") for frame in page.dataframe}


def with_column(page, *columns):
    (found,) = [rows for names, rows in frames(page).items() if set(columns) <= set(names)]
    return found


def test_it_answers_why_the_current_release_says_otherwise(restated, open_page):
    page = open_page("changes")
    assert not page.exception
    assert page.header[0].value == (
        f"3 final figures were restated materially between {OLD} and {NEW}, all of them at least in part because "
        "2 requests came late."
    )
    causes = with_column(page, "cause", "figures", "material")
    assert [(line["cause"], line["figures"], line["material"], line["records"]) for line in causes] == [
        ("More time has passed", 0, 0, 0), ("Came late", 4, 3, 2), ("Corrected", 0, 0, 0), ("Taken away or merged", 1, 1, 1),
        ("Eligibility", 0, 0, 0), ("Newer reference data", 0, 0, 0), ("Definition or code", 0, 0, 0),
    ]  # fmt: skip
    assert "Records that came after the earlier release, though they are dated before its last day." in texts(page)
    assert {line["reason"] for line in with_column(page, "reason", "who")} == {"Still needed"}
    shown = with_column(page, "old", "new", "delta")
    assert [(line["scope"], line["old"], line["new"], line["cause"], line["delta"]) for line in shown] == [
        ("All cities", "75%", "77.5%", "Taken away or merged", "\N{MINUS SIGN}1.5 points"),
        ("All cities", "75%", "77.5%", "Came late", "+4 points"),
        ("Waco, TX", "9 requests", "10 requests", "Came late", "+1 request"),
        ("Waco, TX", "Withheld", "70%", "Came late", ""),
    ]
    assert "Answered on time (All cities, FY2015 Q2) went from 75% to 77.5%" in texts(page)
    assert [(line["record_id"], line["what"]) for line in with_column(page, "record_id")] == [
        ("R1", "New"), ("R2", "New"), ("R3", "duplicate of, merged at"),
    ]  # fmt: skip


def test_filters_narrow_the_figures_and_the_records(restated, open_page):
    page = open_page("changes", city="4876000")
    assert {line["scope"] for line in with_column(page, "old", "new", "delta")} == {"Waco, TX"}
    assert [line["record_id"] for line in with_column(page, "record_id")] == ["R1"]
    (metric,) = [box for box in page.selectbox if box.label == "Metric"]
    page = metric.set_value("created").run()
    assert [line["old"] for line in with_column(page, "old", "new", "delta")] == ["9 requests"]
    page = open_page("changes").toggle[0].set_value(False).run()
    assert [line["material"] for line in with_column(page, "old", "new", "delta")] == ["Yes"] * 4 + ["No"]


def test_a_reason_is_given_as_a_reader_would(restated, open_page):
    page = open_page("changes")
    (send,) = [button for button in page.button if button.label == "Give the reason"]
    refused = send.click().run()
    assert "a decision needs who decides and why" in refused.error[0].value
    page.text_input[0].input("Program lead")
    page.text_area[0].input("a batch of the desk came late")
    page = next(button for button in page.button if button.label == "Give the reason").click().run()
    given = {line["cause"]: (line["reason"], line["who"]) for line in with_column(page, "reason", "who")}
    assert given == {
        "Came late": ("a batch of the desk came late", "Program lead"), "Taken away or merged": ("Still needed", ""),
    }  # fmt: skip
    assert changes.reasons(restated / "decisions", OLD, NEW)["late"]["who"] == "Program lead"
    log = restated / "decisions" / "restatements.jsonl"
    log.write_text(log.read_text().replace("Program lead", "Somebody else"))
    page = open_page("changes")
    assert "The log of the reasons is not as it was written" in page.error[0].value
    assert {line["reason"] for line in with_column(page, "reason", "who")} == {"Still needed"}
    assert len(decisions.history(restated / "decisions", changes.LOG)) == 1


def test_a_pair_nobody_worked_out_shows_the_command_and_no_figure(restated, open_page):
    write_release(restated, "2015-03-31-r3")
    page = open_page("changes", old=OLD)
    assert page.header[0].value == f"What changed between {OLD} and 2015-03-31-r3 has not been worked out yet."
    assert page.code[0].value == f"cities311 diff {OLD} 2015-03-31-r3"
    assert "published before changes were worked out" in texts(page) and not page.dataframe
    made(restated / "bridges" / f"{OLD}..2015-03-31-r3")
    page = open_page("changes", old=OLD)
    assert page.header[0].value.startswith("3 final figures were restated") and not page.exception
    assert [box.value for box in page.selectbox if box.label.startswith("What changed in")] == [OLD]


def test_releases_are_chosen_newest_first_and_by_the_address(restated, open_page):
    write_release(restated, "2015-03-31-r3")
    page = open_page("changes")
    (box,) = [box for box in page.selectbox if box.label.startswith("What changed in")]
    assert box.options == [NEW, OLD]
    page = box.set_value(OLD).run()
    assert page.query_params["old"] in (OLD, [OLD])
    page = open_page("changes", release=NEW, old="2015-03-31-r3")
    assert f"not older than {NEW}: 2015-03-31-r3" in texts(page)
    assert page.header[0].value.startswith("3 final figures")


def test_the_first_release_has_nothing_before_it(small_home, open_page):
    page = open_page("changes")
    assert page.header[0].value == f"There is no release before {OLD}, so nothing of it can have changed."
    assert not page.exception and not page.dataframe


def test_a_release_that_restates_nothing_says_so(small_home, open_page):
    published(small_home, figures=[], records=[], restates=None)
    page = open_page("changes")
    assert f"Release {NEW} restates no figure" in texts(page) and not page.exception


def test_a_bridge_from_before_material_was_told_apart_claims_nothing(small_home, open_page):
    published(small_home, lacks=("is_material",))
    page = open_page("changes")
    assert not page.exception
    assert page.header[0].value == (
        f"4 figures changed between {OLD} and {NEW}; {NEW} was published before final figures restated materially "
        "were told apart."
    )
    assert {line["material"] for line in with_column(page, "old", "new", "delta")} == {"Not told"}
    assert queries.restated(queries.open_release(NEW)) is None
    assert "Corrected since" not in texts(open_page("overview"))


def test_a_visit_is_told_what_changed_since_the_last_one(restated, open_page):
    def visited(name, last):
        page = AppTest.from_file(str(APP), default_timeout=60)
        page.session_state["visit_before"] = last
        page = page.run()
        return page if name == "overview" else page.switch_page(f"pages/{name}.py").run()

    line = f"Release {NEW} was published since your last visit, when {OLD} was current: 3 final figures were corrected materially"
    assert line in texts(visited("city", OLD)) and "Corrected since" not in texts(visited("city", OLD))
    for last in (NEW, "", "2010-01-01-r1"):
        page = visited("overview", last)
        assert "since your last visit" not in texts(page) and "Corrected since" in texts(page)
    write_release(restated, "2015-03-31-r3")
    page = visited("overview", OLD)
    assert f"when {OLD} was current; see [Changes](changes?old={OLD}&release=2015-03-31-r3)." in texts(page)
    page = visited("changes", OLD)
    assert page.code[0].value == f"cities311 diff {OLD} 2015-03-31-r3"


def test_the_digest_is_that_of_the_command(restated, open_page):
    changes.give(restated / "decisions", OLD, NEW, "late", "Program lead", "a batch of the desk came late")
    page = open_page("changes")
    assert page.code[0].value.splitlines() == [
        f"From {OLD} to {NEW}:",
        "  late: 4 figures, 2 records; 3 final figures restated materially: a batch of the desk came late",
        "  removed or merged: 1 figures, 1 records; 1 final figures restated materially (no reason given yet)",
        "",
        "Final figures restated materially:",
        "  on_time_pct, network, FY2015Q2: 75, now 77.5 (removed or merged -1.5, late +4)",
        "  created, 4876000, FY2015Q2: 9, now 10 (late +1)",
        "  on_time_pct, 4876000, FY2015Q2: withheld, now 70 (late)",
    ]


@pytest.mark.parametrize("name", ["overview", "city", "review"])
def test_every_page_says_that_final_figures_were_corrected(name, restated, open_page):
    line = f"Corrected since {OLD}: 3 final figures changed; see [Changes](changes?old={OLD}&release={NEW})."
    assert line in texts(open_page(name))
    assert "Corrected since" not in texts(open_page(name, release=OLD))
    assert "Corrected since" not in texts(open_page("changes"))


def test_the_bars_of_the_bridge_end_at_the_new_value():
    figure = drawn(("old", "75%", Decimal("75.0")), [("late", "+4", Decimal("4.0")), ("gone", "-1.5", Decimal("-1.5"))],
                   ("new", "77.5%", Decimal("77.5")))  # fmt: skip
    (bars,) = figure.select_traces({"type": "bar"})
    assert list(bars.base) == [75.0, 79.0] and list(bars.x) == [4.0, -1.5]
    (marks,) = figure.select_traces({"mode": "markers"})
    assert list(marks.x) == [75.0, 77.5]
    assert [note.text for note in figure.layout.annotations] == ["<b>75%</b>", "+4", "-1.5", "<b>77.5%</b>"]


def test_the_sentence_names_the_cause_of_most_and_hides_no_other():
    one = RESTATEMENTS[2]
    assert say.finding([one], RECORDS, OLD, NEW) == (
        f"1 final figure was restated materially between {OLD} and {NEW}, because 2 requests came late."
    )
    assert say.finding([], [], OLD, NEW) == f"No figure changed between {OLD} and {NEW}."
    assert say.finding(RESTATEMENTS[4:], RECORDS, OLD, NEW) == (
        f"No final figure was restated materially between {OLD} and {NEW}; 1 figure changed by less or was provisional."
    )
    others = [
        one | {"period": f"2015-0{n}", "cause": cause} for n, cause in enumerate(("late", "late", "corrected"), 1)
    ]
    assert "most of them because 2 requests came late." in say.finding(others, RECORDS, OLD, NEW)
    thirds = [one | {"period": f"2015-0{n}", "cause": cause} for n, cause in enumerate(say.CAUSES, 1)]
    assert ", 1 of them because more time has passed." in say.finding(thirds, RECORDS, OLD, NEW)
    mixed = [RECORDS[0], RECORDS[1] | {"feed": "library_use"}]
    assert say.because("late", mixed) == "2 records came late"
    assert say.because("late", mixed[1:]) == "1 record of library use came late"
    assert say.because("removed_or_merged", RECORDS) == "1 request was taken away or merged"
    assert set(changes.TITLES) == set(changes.MEANINGS) == set(say.RECORDS) == set(say.CAUSES) == set(changes.CAUSES)
