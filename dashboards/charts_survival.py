"""Curves of time to an event: who still waits, how cases end, with the numbers at risk below the axis."""

from collections.abc import Mapping, Sequence

from streamlit.elements.lib.streamlit_plotly_theme import GRAY_90 as INK

from assets import format as fmt
from dashboards.charts import GRAY, PRIMARY, SERIES, Figure, layout
from dashboards.queries import Rows

HOURS = fmt.HOURS_PER_BUSINESS_DAY
DAYS = (0, 3, 5, 10, 15, 20)
ROUND_DAYS = (0, 5, 10, 15, 20)
LIMIT_DAYS = 3
BANDS = {PRIMARY: "rgba(35, 120, 195, 0.18)", GRAY: "rgba(113, 118, 122, 0.16)"}
LINE_PX = 17
PLOT_PX = 300
AXIS_PX = 52
SHARES = {"tickvals": [0, 0.25, 0.5, 0.75, 1], "ticktext": ["0%", "25%", "50%", "75%", "100%"], "range": [0, 1.04]}


def at_risk(rows: Rows, hours: float) -> int | None:
    """How many are still followed at `hours`: those at risk when the next event came; unknown past the last one."""
    later = [row["at_risk"] for row in rows if row["t"] > hours]
    return int(later[0]) if later else None


def shown_days(curves: Sequence[Rows], days: Sequence[int] = DAYS) -> list[int]:
    """Those of `days` that the axis shows: as far as anybody of any curve is followed."""
    last = max((row["t"] for rows in curves for row in rows), default=0.0)
    return [day for before, day in zip((0, *days), days, strict=False) if day == 0 or before * HOURS < last]


def _steps(
    figure: Figure, rows: Rows, color: str, start: float, end: float, name: str, band: bool, last: float | None = None
) -> float:
    """One curve as steps from the height `start` to `end` hours; returns its height there.

    `last`: how long anybody is followed, where that is longer than this curve has steps.
    """
    known = [row for row in rows if row["t"] <= end]
    x, y = [0.0, *(row["t"] for row in known)], [start, *(row["estimate"] for row in known)]
    follow = min(end, max(last or 0.0, rows[-1]["t"] if rows else 0.0))
    if follow > x[-1]:
        x, y = [*x, follow], [*y, y[-1]]
    if band:
        sides = [(row["t"], row["ci_low"], row["ci_high"]) for row in known if row["ci_low"] is not None]
        for side, fill in ((2, None), (1, "tonexty")):
            figure.add_scatter(
                x=[at[0] for at in sides],
                y=[at[side] for at in sides],
                mode="lines",
                line={"width": 0, "shape": "hv"},
                fill=fill,
                fillcolor=BANDS[color],
                hoverinfo="skip",
            )
    figure.add_scatter(
        x=x,
        y=y,
        mode="lines",
        line={"color": color, "width": 2.5, "shape": "hv"},
        text=[
            f"{name}<br>{fmt.percent(100 * share)} after {fmt.hours(hours)}" for hours, share in zip(x, y, strict=True)
        ],
        hovertemplate="%{text}<extra></extra>",
    )
    return float(y[-1])


def _below(figure: Figure, risk: Sequence[tuple[str, Rows]], days: Sequence[int]) -> None:
    """The axis in business days, and below it a line of numbers at risk for each group."""
    end = days[-1] * HOURS
    figure.update_xaxes(
        range=[0, end * 1.01],
        tickvals=[day * HOURS for day in days],
        ticktext=[str(day) for day in days],
        title={"text": "Business days since the question", "font": {"size": 13, "color": INK}, "standoff": 4},
        automargin=False,
        showgrid=False,
    )
    place = {"yref": "paper", "y": 0, "yanchor": "top", "showarrow": False, "font": {"size": 12}}
    line = 0
    for name, rows in risk:
        depth = AXIS_PX + LINE_PX * line
        figure.add_annotation(x=0, xref="paper", xanchor="left", yshift=-depth, text=f"<b>{name}</b>", **place)
        for day in sorted(set(days) & set(ROUND_DAYS)):
            count = at_risk(rows, day * HOURS)
            if count is not None:
                anchor = "left" if day == 0 else "right" if day == days[-1] else "center"
                figure.add_annotation(
                    x=day * HOURS, xanchor=anchor, yshift=-depth - LINE_PX, text=fmt.number(count), **place
                )
        line += 2
    bottom = AXIS_PX + LINE_PX * line + 4
    layout(figure, PLOT_PX + bottom)
    figure.update_xaxes(automargin=False)
    figure.update_layout(margin_b=bottom)
    figure.update_yaxes(**SHARES)


def waiting(curves: Sequence[tuple[str, Rows]], limit: str = "Due") -> Figure:
    """Who still waits for a first reply: the first curve in primary with its band, others gray; (name, rows) each.

    Times are business hours; the service level is marked with the word `limit`.
    """
    figure, days = Figure(), shown_days([rows for _, rows in curves])
    for place, (name, rows) in reversed(list(enumerate(curves))):
        _steps(figure, rows, GRAY if place else PRIMARY, 1.0, days[-1] * HOURS, name, True)
    if len(curves) > 1:
        _key(figure, [(GRAY if place else PRIMARY, name) for place, (name, _) in enumerate(curves)], 0.98)
    if LIMIT_DAYS in days:
        figure.add_vline(x=LIMIT_DAYS * HOURS, line={"color": GRAY, "width": 1, "dash": "dash"})
        figure.add_annotation(
            x=LIMIT_DAYS * HOURS, y=1, yref="paper", yanchor="bottom", text=limit, showarrow=False, font={"size": 12}
        )
    named = [(f"Still waiting: {name}" if len(curves) > 1 else "Still waiting", rows) for name, rows in curves]
    _below(figure, named, days)
    return figure


def _key(figure: Figure, names: Sequence[tuple[str, str]], top: float) -> None:
    """Names of the curves beside a stroke of their color, where no curve runs: at the right, from `top` down."""
    for place, (color, name) in enumerate(names):
        figure.add_annotation(
            x=1,
            y=top - 0.09 * place,
            xref="paper",
            yref="paper",
            xanchor="right",
            yanchor="top",
            text=f"<span style='color:{color}'>\N{BOX DRAWINGS HEAVY HORIZONTAL}</span> {name}",
            showarrow=False,
        )


def endings(rows: Rows, names: Mapping[str, str]) -> Figure:
    """How requests ended by then: the cumulative incidence of each cause of `names`, labeled at its end."""
    causes = {cause: [row for row in rows if row["cause"] == cause] for cause in names}
    causes = {cause: found for cause, found in causes.items() if found}
    figure, days = Figure(), shown_days(list(causes.values()), ROUND_DAYS)
    end = days[-1] * HOURS
    last = max((found[-1]["t"] for found in causes.values()), default=0.0)
    colors = (PRIMARY, *SERIES[1:])
    ends = []
    for place, (cause, found) in enumerate(causes.items()):
        ends.append(_steps(figure, found, colors[place], 0.0, end, names[cause], place == 0, last))
    _below(figure, [("Still open", _longest(list(causes.values())))], days)
    top = 0.62 if max(ends, default=0.0) > 0.64 else 0.98
    key = [(colors[place], f"{names[cause]} {fmt.percent(100 * ends[place])}") for place, cause in enumerate(causes)]
    _key(figure, key, top)
    figure.update_annotations(font_color=INK)
    return figure


def _longest(curves: Sequence[Rows]) -> Rows:
    """All causes have one risk set: the steps of all of them in order of time."""
    return sorted((row for rows in curves for row in rows), key=lambda row: (row["t"], -row["at_risk"]))
