"""The one table: typed columns, words for what is missing, the same rows to download."""

import io
from collections.abc import Sequence
from typing import Any, NamedTuple

import pyarrow as pa
import pyarrow.csv
import streamlit as st

from dashboards import format as fmt
from dashboards.queries import Rows

MISSING = "not recorded"
PAGE = 1000


class Column(NamedTuple):
    """A column of a table: key of the row, heading, kind (text, count, percent, hours, number, money, date, time)."""

    key: str
    label: str
    kind: str = "text"
    help: str | None = None


def _config(column: Column) -> Any:
    make = st.column_config
    common: dict[str, Any] = {"label": column.label, "help": column.help}
    match column.kind:
        case "count":
            return make.NumberColumn(**common, format="localized")
        case "percent":
            return make.NumberColumn(**common, format="%.1f%%")
        case "hours" | "number":
            return make.NumberColumn(**common, format="%.1f")
        case "money":
            return make.NumberColumn(**common, format="dollar")
        case "date":
            return make.DateColumn(**common, format="MMM D, YYYY")
        case "time":
            return make.DatetimeColumn(**common, format="MMM D, YYYY, HH:mm")
    return make.TextColumn(**common)


def show(
    found: pa.Table | Rows,
    columns: Sequence[Column],
    name: str,
    alt: str,
    missing: str = MISSING,
    height: int | None = None,
) -> None:
    """Show the `columns` of `found` (a typed table or rows), at most PAGE rows on the page, all of them in the CSV."""
    data = found if isinstance(found, pa.Table) else pa.Table.from_pylist(found) if found else pa.table({})
    present = [column for column in columns if column.key in data.column_names]
    data = data.select([column.key for column in present])
    st.dataframe(
        data.slice(0, PAGE),
        column_config={column.key: _config(column) for column in present},
        hide_index=True,
        placeholder=missing,
        height=height or "auto",
        alt=alt,
        key=f"table_{name}",
    )
    if data.num_rows > PAGE:
        st.caption(f"The first {fmt.number(PAGE)} of {fmt.number(data.num_rows)} rows; the download has all of them.")
    st.download_button(
        "Download as CSV",
        lambda: _csv(data),
        file_name=f"{name}.csv",
        mime="text/csv",
        key=f"download_{name}",
        on_click="ignore",
        icon=":material/download:",
    )


def _csv(data: pa.Table) -> bytes:
    out = io.BytesIO()
    pyarrow.csv.write_csv(data, out)
    return out.getvalue()
