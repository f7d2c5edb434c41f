"""Review: where the report of each period stands, on which release, and the next step with it."""

from datetime import UTC, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

import streamlit as st

from assets import format as fmt
from dashboards import deciding, frame, sentences_review, tables
from dashboards.deciding import Refused, Standing
from dashboards.filters import Selection
from dashboards.tables import Column

COLUMNS = [
    Column("report", "Report"),
    Column("period", "Period"),
    Column("state", "State", "words"),
    Column("release", "Release", help="The release that the report stands on; it is kept for ever"),
    Column("at", "Since (Eastern)", "time"),
    Column("who", "Who", help="As declared: there is no sign-in"),
    Column("why", "Reason or comments", "long"),
    Column("embargo", "Embargo"),
]
STEPS = [Column("at", "When (Eastern)", "time"), Column("step", "Step", "words"), *COLUMNS[3:4], *COLUMNS[5:7]]
RESTATED = [
    Column("cause", "Cause"),
    Column(
        "figures", "Final figures restated", "count", "Those that moved by a point (percent), by 5%, or in their state"
    ),
    Column("records", "Records", "count", "Records that changed"),
    Column("why", "Reason", "long"),
    Column("who", "Who", help="As declared: there is no sign-in"),
]
WORDS = {"submit": "Submit", "return": "Return with comments", "approve": "Approve", "lock": "Lock"}


def row_of(each: Standing) -> dict[str, Any]:
    """A report for the table: where it stands by its last step."""
    last = each.steps[-1]
    until = datetime.fromisoformat(each.embargo_until).astimezone(ZoneInfo(fmt.ZONE)) if each.embargo_until else None
    return {
        "report": sentences_review.TITLES[each.report],
        "period": each.period,
        "state": each.state,
        "release": each.release,
        "at": tables.naive(last["at"]),
        "who": last["who"],
        "why": last["why"],
        "embargo": f"until {fmt.day(until)}, {until:%H:%M} Eastern"
        if until and each.embargoed(datetime.now(UTC))
        else "",
    }


def restates(report: str, now: Standing, release: str) -> None:
    """What the report restates of the last one of its kind, by cause and with the reasons: as it was submitted, or would be."""
    since, on = (now.since, now.release) if now.is_told else (None, release)
    since = deciding.last(report, now.period, on) if since is None else since
    if not since:
        return
    rows = deciding.restated(report, since, on, now.period)
    st.markdown(sentences_review.restates(rows, since, on))
    if rows:
        lines = [
            row
            | {
                "cause": deciding.TITLES[row["cause"]],
                "why": row["why"] or ("Still needed" if row["cause"] in deciding.CORRECTIONS else ""),
            }
            for row in rows
        ]
        tables.show(lines, RESTATED, "review_restated", "Causes of what the report restates", missing="", whole=True)


def step(view: Selection, found: dict[tuple[str, str], Standing]) -> None:
    """The report of the period chosen: its steps so far, and a form for those that may follow."""
    st.subheader("The report of a period", anchor=False)
    if view.period is None:
        frame.empty("No period.", "This release has no figure, so there is nothing to report on.")
        return
    report = st.selectbox(
        "Report", deciding.REPORTS, format_func=sentences_review.TITLES.__getitem__, key="review_report"
    )
    period = view.period["period"]
    now = found.get((report, period), Standing(report, period))
    st.markdown(sentences_review.stands(now, view.period))
    if now.steps:
        told = [{key: line.get(key, "") for key in ("step", "release", "who", "why")} for line in now.steps]
        rows = [line | {"at": tables.naive(one["at"])} for line, one in zip(told, now.steps, strict=True)]
        tables.show(
            rows, STEPS, "review_steps", "The steps taken with this report, oldest first", missing="", whole=True
        )
    restates(report, now, view.release.id)
    follows = [name for name, (states, _) in deciding.MOVES.items() if now.state in states]
    if not follows:
        st.caption("It is locked: no step is taken with it any more.")
        return
    with st.form("review_step", enter_to_submit=False):
        who = st.text_input("Who takes the step", help="As declared: there is no sign-in. A role will do.")
        why = st.text_area("Reason, or comments for whoever submitted it")
        day = clock = None
        if "submit" in follows:
            st.caption(f"It will stand on release {view.release.id}, which is then kept for ever.")
            left, right = st.columns(2)
            day = left.date_input("Embargo until (Eastern), if any", value=None)
            clock = right.time_input("At", value=time(10))
        taken = [name for name in follows if st.form_submit_button(WORDS[name], key=f"review_{name}")]
    if taken:
        until = datetime.combine(day, clock or time(), ZoneInfo(fmt.ZONE)) if day and taken[0] == "submit" else None
        release = view.release.id if taken[0] == "submit" else None
        try:
            deciding.take(taken[0], report, period, who, why, release, until)
        except Refused as error:
            st.error(str(error), icon=":material/block:")
            return
        st.rerun()


view = frame.begin("review", "Review", uses=("period",))
try:
    found = deciding.stands()
except Refused as error:
    frame.finding("The log of the review is not as it was written, so no step is taken.")
    st.error(str(error), icon=":material/gpp_bad:")
else:
    frame.finding(sentences_review.finding(list(found.values())))
    rows = [row_of(found[key]) for key in sorted(found)]
    if rows:
        tables.show(rows, COLUMNS, "review", "Reports with their state, release and last step", missing="", whole=True)
    step(view, found)
frame.end(view)
