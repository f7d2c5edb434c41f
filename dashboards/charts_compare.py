"""Charts that compare: heat maps, bars on both sides of zero, leagues of cities, spending beside time."""

from collections.abc import Sequence
from itertools import accumulate, pairwise
from typing import Any

from streamlit.elements.lib.streamlit_plotly_theme import GRAY_90 as INK

from assets import format as fmt
from dashboards.charts import GRAY, PERCENT_ACROSS, PRIMARY, ROW_PX, Figure, layout
from dashboards.queries import Rows

# From nothing to primary at 60 percent over the page, so that ink on a cell holds 4.5:1 in both modes.
SHADES = [[0, "rgba(35, 120, 195, 0.04)"], [1, "rgba(35, 120, 195, 0.6)"]]
NARROW = 18


def heat(
    across: Sequence[str],
    down: Sequence[str],
    values: Sequence[Sequence[Any]],
    words: Sequence[Sequence[str]],
    said: Sequence[Sequence[str]],
    *,
    slanted: bool = False,
) -> Figure:
    """A cell for each of `down` (first on top) and `across`, stronger for more; a cell without a value is left open.

    `words` stand in the cells where there is room for them, `said` on hover. Slanted labels: every one of `across`.
    """
    figure = Figure()
    figure.add_heatmap(
        x=list(across),
        y=list(down),
        z=[list(row) for row in values],
        zmin=0,
        colorscale=SHADES,
        showscale=False,
        xgap=2,
        ygap=2,
        text=[list(row) for row in words],
        texttemplate="%{text}" if len(across) <= NARROW else None,
        customdata=[list(row) for row in said],
        hovertemplate="%{y}, %{x}<br>%{customdata}<extra></extra>",
        hoverongaps=True,
        textfont={"size": 11, "color": INK},
    )
    layout(figure, (150 if slanted else 60) + 26 * max(len(down), 1))
    figure.update_yaxes(type="category", categoryorder="array", categoryarray=list(down)[::-1], showgrid=False)
    step = 1 if slanted else -(-len(across) // 6)
    figure.update_xaxes(
        type="category",
        categoryorder="array",
        categoryarray=list(across),
        tickvals=list(across)[::-step][::-1] if step else [],
        tickangle=45 if slanted else 0,
        showgrid=False,
    )
    return figure


def sides(
    labels: Sequence[str], values: Sequence[float], words: Sequence[str], left: str, right: str, highlight: str | None
) -> Figure:
    """Bars to both sides of zero, first on top; `left` and `right` say what each side means."""
    figure = Figure()
    figure.add_bar(
        x=list(values),
        y=list(labels),
        orientation="h",
        marker={"color": [PRIMARY if highlight in (None, label) else GRAY for label in labels]},
        text=list(words),
        textposition="outside",
        cliponaxis=False,
        hovertemplate="%{y}<br>%{text}<extra></extra>",
    )
    layout(figure, 64 + ROW_PX * max(len(labels), 1))
    reach = max((abs(value) for value in values), default=1.0) or 1.0
    figure.update_yaxes(type="category", categoryorder="array", categoryarray=list(labels)[::-1])
    figure.update_xaxes(range=[-1.45 * reach, 1.45 * reach], showticklabels=False, showgrid=False)
    figure.add_vline(x=0, line={"color": GRAY, "width": 1})
    for anchor, text in (("right", left), ("left", right)):
        shift = -6 if anchor == "right" else 6
        figure.add_annotation(
            x=0, y=1, yref="paper", yanchor="bottom", xanchor=anchor, xshift=shift, text=text, showarrow=False
        )
    figure.update_layout(margin_t=32)
    figure.update_annotations(font={"color": INK, "size": 12})
    return figure


def league(rows: Rows, labels: Sequence[str], highlight: str | None = None) -> Figure:
    """Cities in the order given: a dot with its interval for the pooled value, an open diamond for the raw one."""
    colors = [PRIMARY if highlight in (None, label) else GRAY for label in labels]
    figure = Figure()
    for row, label, color in zip(rows, labels, colors, strict=True):
        if row["pooled_low"] is not None and row["pooled_high"] is not None:
            figure.add_scatter(
                x=[row["pooled_low"], row["pooled_high"]],
                y=[label] * 2,
                mode="lines",
                line={"color": color, "width": 3},
                opacity=0.55,
                hoverinfo="skip",
            )
    hover = [_league_hover(row) for row in rows]
    for key, symbol, size in (("raw", "diamond-open", 9), ("pooled", "circle", 11)):
        figure.add_scatter(
            x=[row[key] for row in rows],
            y=list(labels),
            mode="markers",
            marker={"color": GRAY if key == "raw" else colors, "size": size, "symbol": symbol, "line": {"width": 1.5}},
            text=hover,
            hovertemplate="%{y}<br>%{text}<extra></extra>",
        )
    for row, label in zip(rows, labels, strict=True):
        figure.add_annotation(
            x=1.01,
            xref="paper",
            y=label,
            text=f"{fmt.k_of_n(row)}  {fmt.percent(row['raw']) if row['raw'] is not None else ''}".rstrip(),
            showarrow=False,
            xanchor="left",
            font={"size": 12},
        )
    layout(figure, 80 + 26 * max(len(rows), 1))
    figure.update_layout(margin={"r": 110})
    figure.update_yaxes(categoryorder="array", categoryarray=list(labels)[::-1], type="category", showgrid=True)
    figure.update_xaxes(range=[-1, 102], side="top", **PERCENT_ACROSS)
    return figure


def _league_hover(row: Any) -> str:
    pooled = (
        f"Pooled {fmt.percent(row['pooled'], 1)}, {fmt.percent(row['pooled_low'])} to {fmt.percent(row['pooled_high'])}"
    )
    raw = fmt.percent(row["raw"], 1) if row["raw"] is not None else "withheld, fewer than 10"
    return f"{pooled}<br>{fmt.k_of_n(row)}, as counted: {raw}"


def beside(labels: Sequence[str], spent: Sequence[float | None], elapsed: Sequence[float | None]) -> Figure:
    """Two marks a row on one scale of percent: budget spent (filled) and time elapsed (open), joined by a line."""
    figure = Figure()
    for label, one, other in zip(labels, spent, elapsed, strict=True):
        if one is not None and other is not None:
            figure.add_scatter(
                x=[one, other],
                y=[label] * 2,
                mode="lines",
                line={"color": GRAY, "width": 2},
                opacity=0.6,
                hoverinfo="skip",
            )
    marks: tuple[tuple[str, Sequence[float | None], str, str], ...] = (
        ("Time elapsed", elapsed, "circle-open", GRAY),
        ("Budget spent", spent, "circle", PRIMARY),
    )
    for name, values, symbol, color in marks:
        figure.add_scatter(
            x=list(values),
            y=list(labels),
            mode="markers",
            marker={"symbol": symbol, "size": 11, "color": color, "line": {"width": 2}},
            text=[f"{name}: {fmt.percent(value)}" for value in values],
            hovertemplate="%{y}<br>%{text}<extra></extra>",
        )
    layout(figure, 80 + ROW_PX * max(len(labels), 1))
    top = max([100.0, *(value for value in (*spent, *elapsed) if value is not None)])
    figure.update_yaxes(categoryorder="array", categoryarray=list(labels)[::-1], type="category", showgrid=True)
    ticks = list(range(0, int(top) + 1, 50 if top <= 200 else 100 if top <= 400 else 500))
    words = [f"{tick}%" for tick in ticks]
    figure.update_xaxes(range=[-0.1 * top, 1.15 * top], side="top", tickvals=ticks, ticktext=words, tickangle=0)
    figure.add_vline(x=100, line={"color": GRAY, "width": 1, "dash": "dash"})
    return figure


def bridge(first: tuple[str, str, Any], steps: Sequence[tuple[str, str, Any]], last: tuple[str, str, Any]) -> Figure:
    """From an old value through what changed it to the new one, first on top; each is (label, words, number).

    What a release says is a mark, since its distance from zero is not the matter; each step is a bar from where the one
    before it ended.
    """
    ends = list(accumulate((float(value) for _, _, value in steps), initial=float(first[2])))
    labels = [label for label, _, _ in (first, *steps, last)]
    low, high = min(ends), max(ends)
    room = (high - low) / 8 or 1.0
    figure = Figure()
    for place, end in enumerate(ends):
        figure.add_scatter(
            x=[end, end],
            y=[labels[place], labels[place + 1]],
            mode="lines",
            line={"color": GRAY, "width": 1, "dash": "dot"},
            hoverinfo="skip",
        )
    figure.add_bar(
        x=[end - start for start, end in pairwise(ends)],
        base=ends[:-1],
        y=labels[1:-1],
        orientation="h",
        marker={"color": PRIMARY},
        customdata=[words for _, words, _ in steps],
        hovertemplate="%{y}<br>%{customdata}<extra></extra>",
    )
    figure.add_scatter(
        x=[ends[0], ends[-1]],
        y=[labels[0], labels[-1]],
        mode="markers",
        marker={"color": GRAY, "size": 13, "symbol": "diamond"},
        customdata=[first[1], last[1]],
        hovertemplate="%{y}<br>%{customdata}<extra></extra>",
    )
    right = [ends[0], *(max(pair) for pair in pairwise(ends)), ends[-1]]
    for (label, words, _), x in zip((first, *steps, last), right, strict=True):
        bold = f"<b>{words}</b>" if label in (labels[0], labels[-1]) else words
        figure.add_annotation(x=x, y=label, text=bold, showarrow=False, xanchor="left", xshift=12)
    layout(figure, 60 + 40 * len(labels))
    figure.update_yaxes(type="category", categoryorder="array", categoryarray=labels[::-1], showgrid=False)
    figure.update_xaxes(range=[low - room, high + 6 * room], showticklabels=False, showgrid=False)
    return figure
