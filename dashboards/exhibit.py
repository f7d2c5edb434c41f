"""The exhibit: a chart with all that it owes its reader."""

from collections.abc import Sequence

import streamlit as st

from dashboards import tables
from dashboards.charts import Figure
from dashboards.queries import Rows

CONFIG = {"displayModeBar": False, "displaylogo": False}


def show(
    figure: Figure,
    title: str,
    unit: str,
    *,
    source: str,
    alt: str,
    rows: Rows,
    columns: Sequence[tables.Column],
    name: str,
) -> None:
    """A chart with all it needs: a title that states, the unit, alternative text, its source and its table twin."""
    st.subheader(title, anchor=False)
    st.caption(unit)
    st.plotly_chart(figure, config=CONFIG, alt=alt, key=f"chart_{name}")
    st.caption(source)
    with st.expander("The same as a table", icon=":material/table:"):
        tables.show(rows, columns, name, alt=f"{title}. {unit}.")
