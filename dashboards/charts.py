"""All Plotly: one layout for every chart and the few forms that the pages use."""

from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise
from typing import Any

import plotly.graph_objects as go
from plotly.graph_objects import Figure as Figure
from streamlit.elements.lib.streamlit_plotly_theme import GRAY_90 as INK

from assets import format as fmt
from dashboards.queries import Rows

# Marks keep 3:1 on the page color of both modes, so a chart stays right when the reader switches. Text is INK, which
# the browser replaces with the strong text color of the mode: the theme's default for charts is below 4.5:1 on white.
PRIMARY, GRAY = "#2378c3", "#71767a"
SERIES = ("#0072b2", "#d55e00", "#009e73", "#cc79a7")
BAND = "rgba(35, 120, 195, 0.18)"
ROW_PX = 30
SHORT_LABEL = 14
MAX_TICKS = 6
MANY = 16
PERCENT_TICKS = {"tickvals": [0, 25, 50, 75, 100], "ticktext": ["0%", "25%", "50%", "75%", "100%"]}
# Across a narrow screen only three labels stand without turning.
PERCENT_ACROSS = PERCENT_TICKS | {"ticktext": ["0%", "", "50%", "", "100%"], "tickangle": 0}


def layout(figure: go.Figure, height: int) -> go.Figure:
    """The one look: no legend, no frame, quiet grid, room for direct labels."""
    figure.update_layout(
        height=height,
        margin={"l": 8, "r": 8, "t": 24, "b": 8},
        showlegend=False,
        bargap=0.35,
        hoverlabel={"align": "left"},
        font={"size": 14, "color": INK},
        dragmode=False,
    )
    tick = {"size": 13, "color": INK}
    figure.update_xaxes(automargin=True, fixedrange=True, ticks="", zeroline=False, tickfont=tick)
    figure.update_yaxes(automargin=True, fixedrange=True, ticks="", zeroline=False, tickfont=tick)
    figure.update_annotations(font_color=INK)
    figure.update_traces(textfont_color=INK, selector={"type": "bar"})
    return figure


def trend(rows: Rows, unit: str, chosen: str | None = None, events: Sequence[tuple[str, str]] = ()) -> go.Figure:
    """Values over time with their intervals; provisional parts dashed, missing ones a hatched gap with a word.

    `rows` are metric rows in order of time; the `chosen` period is labeled; `events` are (period, label) on the axis.
    """
    names = [_tick(row) for row in rows]
    figure = go.Figure()
    for run in _runs(row["state"] == "value" and row.get("ci_low") is not None for row in rows):
        edge = [names[i] for i in run]
        low, high = [rows[i]["ci_low"] for i in run], [rows[i]["ci_high"] for i in run]
        figure.add_scatter(
            x=edge + edge[::-1],
            y=high + low[::-1],
            mode="lines",
            fill="toself",
            fillcolor=BAND,
            line={"width": 0},
            hoverinfo="skip",
        )
    values = [row["value"] if row["state"] == "value" else None for row in rows]
    dashed = [row.get("status") == "provisional" for row in rows]
    for before, after in pairwise(range(len(rows))):
        if values[before] is not None and values[after] is not None:
            style = {"color": PRIMARY, "width": 2.5, "dash": "dot" if dashed[after] else "solid"}
            pair = [names[before], names[after]], [values[before], values[after]]
            figure.add_scatter(x=pair[0], y=pair[1], mode="lines", line=style, hoverinfo="skip")
    figure.add_scatter(
        x=names,
        y=values,
        mode="markers",
        marker={"color": PRIMARY, "size": 8, "symbol": ["circle-open" if d else "circle" for d in dashed]},
        text=[_hover(row) for row in rows],
        hovertemplate="%{x}<br>%{text}<extra></extra>",
    )
    for name, row in zip(names, rows, strict=True):
        if row["period"] == chosen and row["state"] == "value":
            figure.add_annotation(x=name, y=row["value"], text=f"<b>{fmt.value(row)}</b>", showarrow=False, yshift=18)
    _gaps(figure, rows, names)
    _events(figure, rows, names, events)
    layout(figure, 360)
    figure.update_layout(margin_t=72 if events else 24)
    _axis(figure, names)
    figure.update_yaxes(rangemode="tozero")
    if unit == "percent":
        figure.update_layout(yaxis={"range": [0, 105], **PERCENT_TICKS})
    return figure


def _tick(row: Mapping[str, Any]) -> str:
    if row["period_type"] == "month":
        return fmt.month_short(row["period"])
    return fmt.period_short(row["period_type"], row["period"]).replace(" ", "<br>")


def _runs(wanted: Iterable[bool]) -> list[list[int]]:
    """Positions of the unbroken runs of what is wanted."""
    runs: list[list[int]] = []
    for i, here in enumerate(wanted):
        if here and runs and runs[-1][-1] == i - 1:
            runs[-1].append(i)
        elif here:
            runs.append([i])
    return runs


def _axis(figure: go.Figure, names: list[str]) -> None:
    """Time from left to right; as many labels as a narrow screen can carry, the last one always."""
    step = -(-len(names) // MAX_TICKS)
    figure.update_xaxes(
        type="category", categoryorder="array", categoryarray=names, tickvals=names[::-step][::-1], tickangle=0
    )


def _gaps(figure: go.Figure, rows: Rows, names: list[str]) -> None:
    """Hatch what has no value. Each gap says what it is; where periods are many, each run of gaps does."""
    runs = _runs(row["state"] != "value" for row in rows)
    missing = [i for run in runs for i in run]
    if not missing:
        return
    figure.add_bar(
        x=[names[i] for i in missing],
        y=[1] * len(missing),
        yaxis="y2",
        width=0.9,
        marker={"color": "rgba(0,0,0,0)", "pattern": {"shape": "/", "fgcolor": GRAY, "size": 8, "solidity": 0.12}},
        hovertext=[_hover(rows[i]) for i in missing],
        hovertemplate="%{x}<br>%{hovertext}<extra></extra>",
    )
    for i in missing if len(rows) <= MANY else [run[len(run) // 2] for run in runs]:
        counted = fmt.k_of_n(rows[i]) if rows[i]["state"] == "withheld" and len(rows) <= MANY else ""
        figure.add_annotation(
            x=names[i], y=0.5, yref="y2", text=counted or fmt.value(rows[i]), textangle=-90, showarrow=False
        )
    figure.update_layout(yaxis2={"overlaying": "y", "range": [0, 1], "visible": False})


def _events(figure: go.Figure, rows: Rows, names: list[str], events: Sequence[tuple[str, str]]) -> None:
    where = {row["period"]: name for row, name in zip(rows, names, strict=True)}
    for place, (period, label) in enumerate(events):
        if period in where:
            figure.add_vline(x=names.index(where[period]), line={"color": GRAY, "width": 1, "dash": "dash"})
            figure.add_annotation(
                x=where[period],
                y=(1.01, 1.07, 1.13, 1.19)[place % 4],
                yref="paper",
                text=label,
                showarrow=False,
                xanchor="left",
                font={"size": 12},
            )


def _hover(row: Mapping[str, Any]) -> str:
    open_ended = "Provisional" if row.get("status") == "provisional" else ""
    parts = [fmt.value(row), fmt.k_of_n(row), fmt.interval(row), open_ended]
    return "<br>".join(part for part in parts if part)


def dots(rows: Rows, labels: Sequence[str], highlight: str | None = None) -> go.Figure:
    """One dot with its interval per row, first row on top; a row without a value says its state in its place."""
    known = [i for i, row in enumerate(rows) if row["state"] == "value"]
    colors = [PRIMARY if highlight in (None, labels[i]) else GRAY for i in known]
    figure = go.Figure()
    for i, color in zip(known, colors, strict=True):
        row = rows[i]
        if row.get("ci_low") is not None and row.get("ci_high") is not None:
            figure.add_scatter(
                x=[row["ci_low"], row["ci_high"]],
                y=[labels[i]] * 2,
                mode="lines",
                line={"color": color, "width": 3},
                opacity=0.55,
                hoverinfo="skip",
            )
    figure.add_scatter(
        x=[rows[i]["value"] for i in known],
        y=[labels[i] for i in known],
        mode="markers",
        marker={"color": colors, "size": 11},
        text=[_hover(rows[i]) for i in known],
        hovertemplate="%{y}<br>%{text}<extra></extra>",
    )
    for i, row in enumerate(rows):
        said = f"{fmt.k_of_n(row)}  {fmt.percent(row['value'])}" if i in known else _state(row)
        figure.add_annotation(
            x=1.01 if i in known else 0.01,
            xref="paper",
            y=labels[i],
            text=said,
            showarrow=False,
            xanchor="left",
            font={"size": 12},
        )
    layout(figure, 80 + ROW_PX * max(len(rows), 1))
    figure.update_layout(margin={"r": 110})
    figure.update_yaxes(categoryorder="array", categoryarray=list(labels)[::-1], type="category", showgrid=True)
    figure.update_xaxes(range=[0, 102], side="top", **PERCENT_ACROSS)
    return figure


def _state(row: Mapping[str, Any]) -> str:
    counted = fmt.k_of_n(row)
    return f"{counted} · {fmt.state(row)}" if counted else fmt.state(row)


def bars(
    labels: Sequence[str],
    values: Sequence[Any],
    words: Sequence[str],
    *,
    highlight: str | None = None,
    limit: tuple[float, str] | None = None,
) -> go.Figure:
    """Horizontal bars from zero, first on top, each labeled with its own words; `limit` is a line with its label."""
    colors = [PRIMARY if highlight in (None, label) else GRAY for label in labels]
    figure = go.Figure(
        go.Bar(
            x=[None if value is None else float(value) for value in values],
            y=list(labels),
            orientation="h",
            marker={"color": colors},
            text=list(words),
            textposition="outside",
            cliponaxis=False,
            hovertemplate="%{y}<br>%{text}<extra></extra>",
        )
    )
    layout(figure, 40 + ROW_PX * max(len(labels), 1))
    room = 0.9 if max(map(len, words), default=0) <= SHORT_LABEL else 0.7
    figure.update_yaxes(categoryorder="array", categoryarray=list(labels)[::-1], type="category")
    figure.update_xaxes(rangemode="tozero", showticklabels=False, showgrid=False, domain=[0, room])
    if limit is not None:
        figure.add_vline(x=limit[0], line={"color": SERIES[1], "width": 2})
        figure.add_annotation(x=limit[0], y=1, yref="paper", yanchor="bottom", text=limit[1], showarrow=False)
        figure.update_annotations(font_color=INK)
    return figure


def columns(rows: Rows, chosen: str | None = None) -> go.Figure:
    """Counts over time as columns from zero, the `chosen` period in primary; missing ones a hatched gap with a word."""
    names = [_tick(row) for row in rows]
    colors = [PRIMARY if row["period"] == chosen else GRAY for row in rows]
    figure = go.Figure(
        go.Bar(
            x=names,
            y=[row["value"] if row["state"] == "value" else None for row in rows],
            marker={"color": colors},
            text=[fmt.number(row["value"]) if row["state"] == "value" else "" for row in rows],
            textposition="outside",
            cliponaxis=False,
            hovertext=[_hover(row) for row in rows],
            hovertemplate="%{x}<br>%{hovertext}<extra></extra>",
        )
    )
    _gaps(figure, rows, names)
    layout(figure, 320)
    _axis(figure, names)
    figure.update_yaxes(rangemode="tozero")
    return figure


def presence(rows: Rows, feeds: Sequence[str]) -> go.Figure:
    """Feed by month: a filled square where records came, an open cross where none was reported."""
    figure = go.Figure()
    for reported, symbol, color in ((True, "square", PRIMARY), (False, "x-thin", SERIES[1])):
        part = [row for row in rows if (row["state"] == "reported") is reported]
        figure.add_scatter(
            x=[row["month"] for row in part],
            y=[row["feed"] for row in part],
            mode="markers",
            marker={"symbol": symbol, "size": 11, "color": color, "line": {"color": color, "width": 2}},
            text=[row["said"] for row in part],
            hovertemplate="%{y}, %{x}<br>%{text}<extra></extra>",
        )
    layout(figure, 70 + 34 * max(len(feeds), 1))
    figure.update_xaxes(type="category", categoryorder="category ascending", showgrid=False, nticks=12)
    figure.update_yaxes(type="category", categoryorder="array", categoryarray=list(feeds)[::-1])
    return figure
