"""Writing landing files so that the same content is the same bytes."""

import csv
import gzip
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import xlsxwriter
import yaml

CREATED = datetime(2017, 10, 6, tzinfo=UTC)


def write_csv(path: Path, header: Sequence[str], rows: Iterable[Sequence[Any]], encoding: str = "utf-8") -> None:
    """A comma-separated file with one header line; None is an empty cell."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", encoding=encoding, newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(header)
        writer.writerows(rows)


def write_tabbed(path: Path, lines: Iterable[Sequence[str]], end: str = "\r\n") -> None:
    """A tab-separated file as BLS and the Census write it; the padding is the caller's."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", encoding="utf-8", newline="") as file:
        file.writelines("\t".join(line) + end for line in lines)


def write_mapping(folder: Path, files: Mapping[str, Mapping[str, str]]) -> None:
    """The folder's mapping.yml, saying of each pattern of names when the files were delivered."""
    folder.mkdir(parents=True, exist_ok=True)
    text = yaml.safe_dump({"files": {name: dict(facts) for name, facts in files.items()}}, sort_keys=False)
    (folder / "mapping.yml").write_text(text, encoding="utf-8")


def csv_lines(table: pa.Table) -> list[str]:
    """The rows of an all-string table as CSV lines, in order. Cells must hold no quote and no line end."""
    cells = []
    for column in table.columns:
        quoted = pc.binary_join_element_wise('"', column, '"', "")
        cells.append(pc.coalesce(pc.if_else(pc.match_substring(column, ","), quoted, column), ""))
    lines: list[str] = pc.binary_join_element_wise(*cells, ",").to_pylist()
    return lines


def write_parquet(path: Path, table: pa.Table) -> None:
    """One Parquet file."""
    path.parent.mkdir(parents=True, exist_ok=True)
    pq.write_table(table, path)


def write_gzipped(path: Path, text: str) -> None:
    """A gzipped text file, without the time of its making."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(gzip.compress(text.encode(), mtime=0))


def write_xlsx(path: Path, header: Sequence[str], rows: Iterable[Sequence[Any]], name: str = "Requests") -> None:
    """A workbook of one sheet. Datetimes (without zone) and dates become real Excel times; None stays empty."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with xlsxwriter.Workbook(str(path), {"default_date_format": "yyyy-mm-dd hh:mm:ss"}) as book:
        book.set_properties({"created": CREATED})
        sheet = book.add_worksheet(name)
        days = book.add_format({"num_format": "yyyy-mm-dd"})
        sheet.write_row(0, 0, header)
        for number, row in enumerate(rows, start=1):
            for column, value in enumerate(row):
                if isinstance(value, datetime):
                    sheet.write_datetime(number, column, value)
                elif isinstance(value, date):
                    sheet.write_datetime(number, column, value, days)
                elif isinstance(value, bool):
                    sheet.write_boolean(number, column, value)
                elif isinstance(value, int | float):
                    sheet.write_number(number, column, value)
                elif value is not None:
                    sheet.write_string(number, column, value)
