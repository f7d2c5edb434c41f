"""Changes: what one release says otherwise than another did, by which causes, and the reasons given for it."""

from typing import Any

import streamlit as st

from assets import format as fmt
from dashboards import charts_compare, deciding, exhibit, frame, queries, tables, visits
from dashboards import sentences_changes as say
from dashboards.deciding import CAUSES, Refused
from dashboards.filters import Selection
from dashboards.queries import Rows
from dashboards.tables import Column

SUMMARY = [
    Column("cause", "Cause"),
    Column("figures", "Figures", "count", "Figures that changed by it; one may have changed by several causes"),
    Column(
        "material",
        "Final, materially",
        "count",
        "Final figures corrected by a point (percent), by 5%, or in their state; more time alone corrects none",
    ),
    Column("records", "Records", "count", "Records that changed, or that are looked at for longer"),
]
REASONS = [
    Column("cause", "Cause"),
    Column("reason", "Reason", "long"),
    Column("who", "Who", help="As declared: there is no sign-in"),
    Column("at", "When (Eastern)", "time"),
]
FIGURES = [
    Column("title", "Figure"),
    Column("scope", "Of"),
    Column("when", "Period"),
    Column("old", "Before"),
    Column("new", "Now"),
    Column("cause", "Cause"),
    Column("delta", "Change"),
    Column("records", "Records", "count", "Records that changed by the cause, in the figure's scope and period"),
    Column("material", "Material", help="A final figure that changed by a point (percent), by 5%, or in its state"),
]
RECORDS = [
    Column("cause", "Cause"),
    Column("feed", "Feed", "words"),
    Column("record_id", "Record"),
    Column("what", "What changed"),
    Column("city", "City"),
    Column("topic", "Topic", "words"),
    Column("first_on", "First day", "date"),
    Column("records", "Records", "count"),
]
STEPS = [Column("step", "Step"), Column("said", "Value or change")]


def older(new: str) -> str | None:
    """The release to compare with, in the address; at first the one that the chosen release restates."""
    told, ids = deciding.before(new), queries.release_ids()
    options = [each for each in ids[ids.index(new) :] if each != new]
    options = [told, *options] if told and told not in options else options
    if not options:
        return None
    seen = visits.since()
    standard = seen if seen in options else told or options[0]
    wanted = st.query_params.get("old", standard)
    if wanted not in options:
        st.warning(f"The address names a release that is not older than {new}: {wanted}.", icon=":material/link_off:")
        wanted = standard
    st.session_state["changes_old"] = wanted
    words = {told: f"{told} (restated by {new})"}
    words |= {seen: f"{seen} (your last visit)"} if seen in options else {}
    st.selectbox(
        f"What changed in {new} since",
        options,
        key="changes_old",
        format_func=lambda each: words.get(each, each),
        on_change=lambda: st.query_params.update(old=st.session_state["changes_old"]),
    )
    return wanted


def absent(view: Selection, old: str) -> None:
    """Nobody has worked the pair out: say so, and how it is done."""
    new = view.release.id
    frame.finding(f"What changed between {old} and {new} has not been worked out yet.")
    if not view.release.has("restatements"):
        st.markdown(
            f"Release {new} was published before changes were worked out with each release, so it does not say what it restates."
        )
    elif deciding.before(new) is None:
        st.markdown(f"Release {new} restates no figure of the one that was current before it.")
    st.markdown("This works it out and keeps it; then reload this page:")
    st.code(f"cities311 diff {old} {new}", language=None)


def summary(figures: Rows, records: Rows, given: dict[str, dict[str, Any]]) -> Rows:
    """A line for each cause in its order, with the reason given, or that one is needed."""
    lines = []
    for cause in CAUSES:
        changed = [row for row in figures if row["cause"] == cause]
        material = [row for row in changed if row["is_material"]]
        reason = given.get(cause)
        lines.append(
            {
                "id": cause,
                "cause": deciding.TITLES[cause],
                "figures": len(changed),
                "material": None if changed and changed[0]["is_material"] is None else len(material),
                "records": say.counted(cause, records),
                "reason": reason["why"]
                if reason
                else "Still needed"
                if material and cause in deciding.CORRECTIONS
                else "",
                "who": reason["who"] if reason else "",
                "at": tables.naive(reason["at"]) if reason else None,
            }
        )
    return lines


def give(old: str, new: str, lines: Rows) -> None:
    """The form to give the reason for a cause; the last one given stands."""
    present = [line["id"] for line in lines if line["figures"]]
    needed = [line["id"] for line in lines if line["reason"] == "Still needed"]
    title = "Give a reason" + (f" (still needed: {say.listed(needed)})" if needed else "")
    with st.expander(title, icon=":material/edit_note:"), st.form("changes_reason", enter_to_submit=False):
        first = present.index(needed[0]) if needed else 0
        cause = st.selectbox("Cause", present, index=first, format_func=deciding.TITLES.__getitem__)
        who = st.text_input("Who gives the reason", help="As declared: there is no sign-in. A role will do.")
        why = st.text_area("Why the figures changed")
        st.caption("It is kept for ever, with the time. A later reason for the same cause stands in its place.")
        sent = st.form_submit_button("Give the reason", key="changes_give")
    if sent and cause:
        try:
            deciding.give(old, new, cause, who, why)
        except Refused as error:
            st.error(str(error), icon=":material/block:")
            return
        st.rerun()


def taken_along(old: str, new: str, synthetic: bool) -> None:
    """The same as text, and as the workbook that HUD's next report is corrected by."""
    name = f"corrections-{old}-to-{new}{'-synthetic' if synthetic else ''}.xlsx"
    with st.expander("As text, and as a workbook for the next report", icon=":material/description:"):
        try:
            st.code(deciding.digest(old, new), language=None, wrap_lines=True)
        except Refused as error:
            st.error(str(error), icon=":material/gpp_bad:")
            return
        st.caption(
            "An approved report stays as it is: what was wrong is put right in the cumulative total of the next one. The workbook "
            "has each total as reported, what corrects it by cause, and as it is now."
        )
        st.download_button(
            "Download the corrections",
            lambda: deciding.workbook(old, new),
            file_name=name,
            mime="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
            key="download_corrections",
            on_click="ignore",
            icon=":material/download:",
        )


def chosen(view: Selection, figures: Rows) -> Rows:
    """The figures to show, material ones first: by metric, by the city of the page, only material ones or all."""
    names = queries.dictionary(view.release)
    titles = {row["metric"]: names.get(row["metric"], {}).get("title") or fmt.words(row["metric"]) for row in figures}
    cities = {row["city_id"]: fmt.city(row) for row in queries.rows(view.release, "cities")}
    is_any = any(row["is_material"] for row in figures)
    left, right = st.columns([2, 1], vertical_alignment="bottom")
    metrics = ["", *sorted(titles, key=lambda metric: titles[metric])]
    metric = left.selectbox("Metric", metrics, format_func=lambda m: titles[m] if m else "All metrics")
    only = right.toggle("Only final figures restated materially", value=is_any, disabled=not is_any)
    found = [
        row
        for row in figures
        if (not metric or row["metric"] == metric)
        and (view.city is None or row["city_id"] == view.city["city_id"])
        and (row["is_material"] or not only)
    ]
    lines = [
        row
        | {
            "material": {True: "Yes", False: "No"}.get(row["is_material"], "Not told"),
            "title": titles[row["metric"]],
            "scope": say.scope(row, cities),
            "when": fmt.period_short(row["period_type"], row["period"]),
            "old": say.side(row, "old"),
            "new": say.side(row, "new"),
            "cause_id": row["cause"],
            "cause": deciding.TITLES[row["cause"]],
            "delta": "" if row["delta"] is None else fmt.exact(row["delta"], row["unit"], sign=True),
            "by": row["delta"],
        }
        for row in found
    ]
    return sorted(lines, key=lambda row: (not row["is_material"], row["grain"] != "network"))


def walk(view: Selection, old: str, lines: Rows) -> None:
    """The page's one chart: one figure from its old value through the causes to the new one."""
    steps: dict[tuple[Any, ...], Rows] = {}
    for line in lines:
        if line["by"] is not None:
            steps.setdefault(say.figure_of(line), []).append(line)
    if not steps:
        frame.empty("No chart.", "None of these figures has a value in both releases; the table says what they were.")
        return
    options = sorted(steps, key=lambda key: (not steps[key][0]["is_material"], -len(steps[key])))[: tables.PAGE]
    words = {key: f"{rows[0]['title']}, {rows[0]['scope']}, {rows[0]['when']}" for key, rows in steps.items()}
    figure = st.selectbox("Figure", options, format_func=words.__getitem__)
    rows = sorted(steps[figure], key=lambda row: CAUSES.index(row["cause_id"]))
    told, new = rows[0], view.release.id
    before, after = f"{old} said", f"{new} says"
    drawn = [(row["cause"], row["delta"], row["by"]) for row in rows]
    twin = [{"step": label, "said": said} for label, said, _ in drawn]
    exhibit.show(
        charts_compare.bridge((before, told["old"], told["old_value"]), drawn, (after, told["new"], told["new_value"])),
        say.bridged(told["title"], told["scope"], told["when"], rows),
        "Each bar is what one cause did to the figure; together they are the whole change. The axis does not begin at zero.",
        source=frame.source(view.release, f"what changed between {old} and {new}"),
        alt=say.alternative(old, new, rows),
        rows=[{"step": before, "said": told["old"]}, *twin, {"step": after, "said": told["new"]}],
        columns=STEPS,
        name="bridge",
    )


def behind(view: Selection, records: Rows) -> None:
    """The records that changed: which, and what of them; never what stands in them."""
    cities = {row["city_id"]: fmt.city(row) for row in queries.rows(view.release, "cities")}
    found = [
        row
        | {
            "cause": deciding.TITLES[row["cause"]],
            "what": say.changed(row["what"]),
            "city": cities.get(row["city_id"], row["city_id"]) or "",
        }
        for row in sorted(records, key=lambda row: (CAUSES.index(row["cause"]), row["what"] == "seen"))
        if view.city is None or row["city_id"] == view.city["city_id"]
    ]
    st.subheader("The records that changed", anchor=False)
    if not found:
        frame.empty(
            "No record changed.", "The figures changed by something else, or none of the records is of this city."
        )
        return
    tables.show(found, RECORDS, "changed_records", "Records that changed, by cause", missing="")


def page(view: Selection) -> None:
    new = view.release.id
    top, choice = st.container(), st.container()
    with choice:
        old = older(new)
    with top:
        if old is None:
            frame.finding(f"There is no release before {new}, so nothing of it can have changed.")
            return
        found = deciding.bridge(old, new)
        if found is None:
            absent(view, old)
            return
        figures, records = found
        frame.finding(say.finding(figures, records, old, new))
    if not figures and not records:
        return
    try:
        lines = summary(figures, records, deciding.reasons(old, new))
    except Refused as error:
        st.error(
            f"The log of the reasons is not as it was written, so none is shown. {error}", icon=":material/gpp_bad:"
        )
        lines = summary(figures, records, {})
    tables.show(lines, SUMMARY, "causes", "Causes with the figures and records that changed", missing="", whole=True)
    present = [line["id"] for line in lines if line["figures"] or line["records"]]
    st.markdown("\n".join(f"- **{deciding.TITLES[cause]}**: {deciding.MEANINGS[cause]}" for cause in present))
    if told := [line for line in lines if line["reason"]]:
        tables.show(told, REASONS, "reasons", "The reason given for each cause", missing="", whole=True)
    give(old, new, lines)
    taken_along(old, new, view.release.synthetic)
    st.subheader("The figures that changed", anchor=False)
    shown = chosen(view, figures)
    if shown:
        walk(view, old, shown)
        tables.show(shown, FIGURES, "changed_figures", "Figures that changed, material ones first", missing="")
    else:
        frame.empty("No figure changed.", "None that fits the choice of city and metric; choose others.")
    behind(view, records)


view = frame.begin("changes", "Changes", uses=("city",))
page(view)
frame.end(view)
