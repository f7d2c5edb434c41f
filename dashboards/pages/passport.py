"""Passport: how one figure is made, named by the address or chosen here: its records, what is left out, its files."""

from typing import Any

import pyarrow as pa
import streamlit as st

from assets import format as fmt
from dashboards import figure, frame, passports, queries, sections, sentences_passport, tables
from dashboards.filters import Selection
from dashboards.passports import Passport
from dashboards.tables import Column

PARTS = {"dimension": "dimension", "value": "dimension_value", "basis": "basis"}  # in the address -> key
KINDS = {"quarter": "Quarter", "fiscal_year": "Fiscal year", "month": "Month", "to_date": "Program to date"}
FILES = [
    Column("name", "File"),
    Column("received", "Rows received", "count"),
    Column("accepted", "Accepted", "count"),
    Column("quarantined", "Set aside", "count"),
    Column("repeats", "Exact repeats", "count"),
    Column("sha256", "SHA-256", "long"),
]
CURVES = {  # the curve that a figure is read from
    "response_hours_median": "response_hours_median",
    "response_hours_p90": "response_hours_median",
    "resolved_within_5d_pct": "resolved_within_10d_pct",
    "resolved_within_10d_pct": "resolved_within_10d_pct",
    "resolved_within_20d_pct": "resolved_within_10d_pct",
}


def choose(known: dict[str, dict[str, Any]]) -> str | None:
    """The metric that the address names, or that the reader chooses."""

    def title(metric: str) -> str:
        return str(known[metric].get("title") or fmt.words(metric))

    def write() -> None:
        for name in (*PARTS, "engagement"):
            st.query_params.pop(name, None)
        st.query_params["metric"] = st.session_state["passport_metric"]

    named = st.query_params.get("metric")
    if named is not None and named not in known:
        st.warning(f"The address names a metric that this release does not have: {named}.", icon=":material/link_off:")
        named = None
    st.session_state["passport_metric"] = named
    options = sorted(known, key=title)
    words = {metric: f"{title(metric)} ({metric})" for metric in options}
    st.selectbox(
        "Figure",
        options,
        key="passport_metric",
        format_func=words.__getitem__,
        on_change=write,
        placeholder="Choose a figure",
        help="Of the period, the city and the topic in the filters at the left.",
    )
    return named


def fitting(view: Selection, metric: str) -> tuple[queries.Rows, queries.Rows]:
    """The figures that fit the filters and the address: those asked for, and every part of them."""
    if view.period is None:
        return [], []
    engagement = st.query_params.get("engagement")
    keys = {"grain": "engagement", "city_id": None, "topic": None} if engagement else view.keys
    of = {key: view.period[key] for key in ("period_type", "period")} | keys | {"engagement_id": engagement}
    every = queries.rows(view.release, "metric_values", "dimension, dimension_value, basis", metric=metric, **of)
    every = [row | {"release": view.release.id} for row in every]
    asked = {key: st.query_params.get(name) for name, key in PARTS.items()}
    fit = [row for row in every if all(row[key] == value for key, value in asked.items() if value is not None)]
    return [row for row in fit if row["dimension"] is None] or fit, every


def links(rows: queries.Rows, words: Any) -> None:
    """A way to the passport of each of these figures. A link to the page at hand would leave the address as it is."""
    with st.container(horizontal=True, gap="small"):
        for row in rows:
            named = passports.query(row)
            st.button(words(row), key=passports.address(row), on_click=st.query_params.from_dict, args=(named,))


def nowhere(view: Selection, metric: str, title: str) -> None:
    """No figure fits: the same metric of other periods and of all cities, to go on from."""
    when = fmt.period_long(view.period) if view.period else "this release"
    whom = f"engagement {st.query_params['engagement']}" if "engagement" in st.query_params else view.scope
    frame.finding(f"{title} has no figure for {whom or 'all cities'} in {when}.")
    same = queries.rows(view.release, "metric_values", "period_start", metric=metric, **view.keys)
    last = {row["period_type"]: row | {"release": view.release.id} for row in same}
    if last:
        st.markdown("For the same cities and topic it has figures of:")
        links([last[kind] for kind in KINDS if kind in last], fmt.period_long)
        return
    every = queries.figures(view.release, metric, "network", dimension=None)
    last = {row["period_type"]: row for row in every}
    frame.empty("No such figure.", "Choose another city, topic or period, or a figure of all cities.")
    links([last[kind] for kind in KINDS if kind in last], lambda row: f"All cities, {fmt.period_long(row)}")


def counted(told: Passport) -> None:
    """What stands above and below the line, what is left out and why, and how sure the figure is."""
    row, meta = told.figure, told.metric
    if row["numerator"] is not None:
        st.markdown(f"Numerator: {sentences_passport.of(row['numerator'], meta.get('numerator'))}")
    if row["denominator"] is not None:
        st.markdown(f"Denominator: {sentences_passport.of(row['denominator'], meta.get('denominator'))}")
    st.markdown(sentences_passport.again(told))
    if told.left_out:
        st.markdown("Left out of its scope:")
        st.markdown("\n".join(f"- **{fmt.number(count)}** {reason}" for reason, count in told.left_out.items()))
    elif told.counted is not None:
        st.markdown("No record of its scope is left out.")
    if told.interval:
        st.caption(f"Interval: {told.interval}.")


def columns(found: pa.Table) -> list[Column]:
    """Columns for records of whatever kind, by their types."""
    kinds = (
        (pa.types.is_timestamp, "time"),
        (pa.types.is_date, "date"),
        (pa.types.is_decimal, "money"),
        (pa.types.is_integer, "count"),
        (pa.types.is_floating, "number"),
    )
    of = {field.name: next((kind for fits, kind in kinds if fits(field.type)), "text") for field in found.schema}
    shown = {"left_out": "Why it is left out", "record_id": "Record", "data": "Data"}
    return [
        Column(name, shown.get(name, fmt.words(name)) + (" (Eastern)" if kind == "time" else ""), kind)
        for name, kind in of.items()
    ]


def records(opened: passports.Opened, name: str) -> None:
    """The records that count, to download; those left out; and the line that works the figure out again."""
    told = opened.told
    if opened.rows is None or opened.out is None:
        frame.empty("No records.", sentences_passport.again(told))
        return
    st.subheader(f"The records that count: {fmt.number(told.counted)}", anchor=False)
    tables.show(opened.rows, columns(opened.rows), name, "The records that count", missing=fmt.NONE)
    if opened.line:
        st.markdown(f"This line works the figure out again from the downloaded file, `{name}.csv`, alone:")
        st.code(opened.line, language=None, wrap_lines=True)
    if opened.out.num_rows:
        with st.expander(f"The records left out: {fmt.number(opened.out.num_rows)}", icon=":material/filter_alt_off:"):
            first = sorted(columns(opened.out), key=lambda column: column.key != "left_out")
            tables.show(
                opened.out, first, f"{name}-left_out", "The records left out, with the reason", missing=fmt.NONE
            )


def curve(view: Selection, row: dict[str, Any]) -> None:
    """The curve that the figure is read from, where the release has that of the very same requests."""
    of = {
        key: row[key] for key in ("grain", "city_id", "topic", "dimension", "dimension_value", "period_type", "period")
    }
    metric = CURVES.get(row["metric"])
    if metric is None or row["dimension"] or not queries.count(view.release, "survival_curves", metric=metric, **of):
        return
    if metric == "response_hours_median":
        sections.first_reply(view, "passport_curve", city_id=row["city_id"], topic=row["topic"])
    else:
        sections.endings(view, "passport_curve")


def files(told: Passport) -> None:
    """The files of the metric's feeds, with their hashes and what became of their rows."""
    st.subheader("The files behind it", anchor=False)
    st.caption("Every file of the feeds of this metric: rows received = accepted + set aside + exact repeats.")
    if told.files:
        tables.show(told.files, FILES, "passport_files", "Files with their SHA-256", missing="")
    for feed in told.absent:
        st.caption(f"Nothing was received of {feed}.")


def versions(told: Passport) -> None:
    """Which definition, code and catalog made the figure, when, and as of when."""
    facts = told.facts
    st.subheader("Versions", anchor=False)
    lines = [
        f"Metric `{told.figure['metric']}`, version {told.figure.get('metric_version') or 'not recorded'}",
        f"Release {facts['release']}, as of {facts['as_of']}, known on {facts['known_on'] or 'not recorded'}",
        f"Code `{facts['code_version'] or 'not recorded'}`, catalog `{facts['catalog_version'] or 'not recorded'}`",
        f"SQL: {', '.join(f'`{path}`' for path in told.sql) or 'not recorded'}",
    ]
    st.markdown("\n".join(f"- {line}" for line in lines))


def page(view: Selection, row: dict[str, Any], cities: dict[str, str]) -> None:
    """The passport of one figure."""
    opened = passports.of(view.release.path, view.release.manifest, row)
    told = opened.told
    frame.finding(sentences_passport.finding(told, sentences_passport.whose(row, cities)))
    st.markdown(told.metric.get("definition") or "This release does not tell what the metric means.")
    left, right = st.columns([2, 3], gap="medium")
    with left:
        figure.draw(figure.Figure(row, told.metric), link=False)
    with right:
        counted(told)
    if told.metric.get("limits"):
        st.markdown(f"**Limits.** {told.metric['limits']}")
    records(opened, passports.stem(row))
    curve(view, row)
    files(told)
    versions(told)


view = frame.begin("passport", "Passport", uses=("period", "city", "topic"))
known = queries.dictionary(view.release)
metric = choose(known)
if metric is None:
    frame.finding(
        "Choose a figure to see how it is made: what is counted, what is left out, its records and its files."
    )
    st.caption("On the other pages each figure has a link that leads here.")
else:
    fit, every = fitting(view, metric)
    title = str(known[metric].get("title") or fmt.words(metric))
    names = {city["city_id"]: fmt.city(city) for city in queries.rows(view.release, "cities")}
    if len(fit) == 1:
        page(view, fit[0], names)
    elif fit:
        frame.finding(f"{title} is told by its parts. Choose one of {fmt.number(len(fit))}.")
        links(fit, sentences_passport.part)
    else:
        nowhere(view, metric, title)
    others = [row for row in every if row not in fit]
    if others:
        st.subheader("The same figure by its parts", anchor=False)
        links(others, lambda row: sentences_passport.part(row) or "The whole")
frame.end(view)
