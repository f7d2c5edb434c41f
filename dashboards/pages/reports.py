"""Reports: what is due, what is submitted, what a report still lacks, and its files."""

import streamlit as st

from assets import format as fmt
from dashboards import deciding, frame, reporting, sentences_reports, sentences_review, tables
from dashboards.filters import Selection
from dashboards.reporting import Refused
from dashboards.tables import Column

CALENDAR = [
    Column("titled", "Period"),
    Column("report", "Report"),
    Column("due_on", "Due", "date"),
    Column("said", "State"),
    Column(
        "days_left",
        "Days left",
        "count",
        "Until it is due, or that were left when it was submitted; below zero it is late",
    ),
    Column("days", "Days after the period", "count", "By the rules of the award: 24 CFR 84 or 2 CFR 200"),
    Column("award_id", "Award"),
]
AHEAD = 4  # periods that are not over yet


def calendar(view: Selection) -> None:
    """What is due, by when, and how it stands."""
    rows = reporting.calendar(view.release)
    frame.finding(sentences_reports.finding(rows))
    ahead = [row for row in rows if row["state"] == reporting.NOT_OVER][:AHEAD]
    shown = [row for row in rows if row["state"] != reporting.NOT_OVER][::-1]
    lines = [
        row | {"report": reporting.TITLES[row["report"]], "said": fmt.words(row["state"])}
        for row in [*ahead[::-1], *shown]
    ]
    st.subheader("What is due", anchor=False)
    if view.release.synthetic:
        st.caption(f"Looked at on {fmt.day(view.release.as_of)}, the as-of day: the data is made up.")
    if lines:
        tables.show(
            lines, CALENDAR, "report_calendar", "Reports with the day they are due and how they stand", missing=""
        )
    else:
        frame.empty("No report is due.", "Send an award that states its regime and how often it reports.")


def files(view: Selection) -> None:
    """A report of the period chosen: how it stands, what it lacks, and its files."""
    st.subheader("The report of a period", anchor=False)
    if view.period is None or view.period["period_type"] == "to_date":
        frame.empty("Choose a period.", "A report is of a month, a quarter or a fiscal year.")
        return
    period, release = view.period["period"], view.release.id
    report = st.selectbox("Report", [*reporting.REPORTS, reporting.BUNDLE], format_func=named, key="report_chosen")
    if report in deciding.REPORTS:
        now = deciding.stands().get((report, period), deciding.Standing(report, period))
        st.markdown(sentences_review.stands(now, view.period) + " Steps are taken on the page [Review](review).")
    city = view.city["city_id"] if view.city and report == reporting.CITY else None
    if report == reporting.CITY and city is None:
        frame.empty("Choose a city in the filters.", "`cities311 report city` writes the report of every city at once.")
        return
    missing = [] if report == reporting.BUNDLE else reporting.missing(release, report, period)
    if report == reporting.BUNDLE:
        st.markdown(
            "One zip with the SF-425, the performance report and the budget, their data, the manifest of the release and what is"
            " restated. It holds what is submitted; before that it can be had as a draft."
        )
    else:
        st.markdown(sentences_reports.lacks(missing))
        st.markdown("\n".join(f"- {text}" for text in missing))
    draft = bool(missing) or (report == reporting.BUNDLE and not submitted(period, release))
    places = st.columns(len(reporting.FORMATS))
    for place, (name, title) in zip(places, reporting.names(report, period, city).items(), strict=False):
        place.download_button(
            f"{title}, draft" if draft else title,
            reporting.file(release, report, period, city, name, draft),
            file_name=name,
            key=f"report_{name}",
            on_click="ignore",
        )


def submitted(period: str, release: str) -> bool:
    """Whether what the bundle holds stands submitted on this release."""
    found = deciding.stands()
    standing = [found.get((report, period)) for report in ("sf425", "performance")]
    return all(now is not None and now.release == release and now.is_told for now in standing)


def named(report: str) -> str:
    return reporting.TITLES.get(report, "Bundle for submission")


view = frame.begin("reports", "Reports", uses=("period", "city"))
try:
    calendar(view)
    files(view)
except Refused as error:
    st.error(str(error), icon=":material/block:")
frame.end(view)
