"""The one table: typed columns, words for what is missing, the same rows to download."""

import io
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any, NamedTuple

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv
import streamlit as st

from assets import format as fmt
from dashboards.passports import FORMULA as FORMULA
from dashboards.passports import plain_text as plain_text
from dashboards.queries import Rows

LINK = "How it is made"
MISSING = "not recorded"
PAGE = 1000
PASSPORT = "passport"  # a row's address of how its figure is made: shown as a link, and not downloaded


class Column(NamedTuple):
    """A column: key of the row, heading, kind (text, words, long, count, number, percent, hours, money, date, time)."""

    key: str
    label: str
    kind: str = "text"
    help: str | None = None


def _config(column: Column) -> Any:
    make = st.column_config
    common: dict[str, Any] = {"label": column.label, "help": column.help}
    numbers = {"count": "localized", "number": "localized", "percent": "%.1f%%", "hours": "%.1f", "money": "dollar"}
    if column.kind in numbers:
        return make.NumberColumn(**common, format=numbers[column.kind])
    if column.kind == "date":
        return make.DateColumn(**common, format="MMM D, YYYY")
    if column.kind == "time":
        return make.DatetimeColumn(**common, format="MMM D, YYYY, HH:mm")
    return make.TextColumn(**common, width="large" if column.kind == "long" else None)


def show(
    found: pa.Table | Rows,
    columns: Sequence[Column],
    name: str,
    alt: str,
    *,
    missing: str = MISSING,
    whole: bool = False,
    pick: bool = False,
) -> int | None:
    """Show the `columns` of `found` (a typed table or rows), at most PAGE rows on the page, all of them in the CSV.

    With `whole` every row shows without scrolling. With `pick` a reader can select a row: its position is returned.
    Rows that carry PASSPORT end with a link to it, before a last column of long text.
    """
    data = found if isinstance(found, pa.Table) else pa.Table.from_pylist(found) if found else pa.table({})
    present = [column for column in columns if column.key in data.column_names]
    links = data.column(PASSPORT) if PASSPORT in data.column_names else None
    data = data.select([column.key for column in present])
    shown = _words(data.slice(0, PAGE), present)
    config = {column.key: _config(column) for column in present}
    if links is not None and links.null_count < len(links):
        before = 1 if present and present[-1].kind == "long" else 0
        shown = shown.add_column(len(present) - before, PASSPORT, links.slice(0, PAGE))
        config[PASSPORT] = st.column_config.LinkColumn(LINK, display_text=LINK)
    event: Any = st.dataframe(
        shown,
        column_config=config,
        hide_index=True,
        placeholder=missing,
        height="content" if whole else "auto",
        alt=alt,
        key=f"table_{name}",
        on_select="rerun" if pick else "ignore",
        selection_mode="single-row",
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
    selected: list[int] = event["selection"]["rows"] if pick else []
    return selected[0] if selected else None


def naive(instant: str) -> datetime:
    """An instant as tables take it: UTC without a zone."""
    return datetime.fromisoformat(instant).astimezone(UTC).replace(tzinfo=None)


def _words(data: pa.Table, columns: Sequence[Column]) -> pa.Table:
    """Ids of the taxonomy as words and times in Eastern, for the page; the download keeps ids and UTC."""
    for place, column in enumerate(columns):
        if column.kind == "words" and pa.types.is_string(data.schema.field(place).type):
            spaced = pc.replace_substring(data.column(place), "_", " ")
            data = data.set_column(place, column.key, pc.utf8_capitalize(spaced))
        if column.kind == "time" and pa.types.is_timestamp(data.schema.field(place).type):
            utc = pc.assume_timezone(data.column(place), "UTC")
            local = pc.local_timestamp(pc.cast(utc, pa.timestamp("us", fmt.ZONE)))
            data = data.set_column(place, column.key, local)
    return data


def _csv(data: pa.Table) -> bytes:
    out = io.BytesIO()
    pyarrow.csv.write_csv(plain_text(data), out)
    return out.getvalue()
