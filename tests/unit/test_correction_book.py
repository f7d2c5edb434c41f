"""The workbook of corrections: what it says of a bridge made by hand, worked out by hand."""

import re
import zipfile
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from python_calamine import CalamineWorkbook

from assets.releases import bridge, correction_book, seal

OLD, NEW = "2015-03-31-r1", "2015-06-30-r1"
KEYS = dict.fromkeys(("city_id", "topic", "engagement_id", "dimension", "dimension_value", "basis", "reason"))
TO_DATE = KEYS | {
    "grain": "network",
    "period_type": "to_date",
    "period": "to_date",
    "old_state": "value",
    "new_state": "value",
}
TO_DATE |= {"old_release": OLD, "new_release": NEW, "old_status": "provisional", "new_status": "provisional"}
TO_DATE |= {"period_start": date(2014, 5, 1), "period_end": date(2015, 6, 30), "is_material": False}
QUARTER = TO_DATE | {"period_type": "quarter", "period": "FY2015Q2", "old_status": "final", "new_status": "final"}
# 30 asked by March: 2 came late, 1 was merged, 9 were asked since: 31 corrected, 40 now
ASKED = TO_DATE | {"metric": "created", "unit": "requests", "old_value": Decimal(30), "new_value": Decimal(40)}
# 1,000.10 spent by March: 0.20 came late, 100.00 was put right the other way, 50.05 since: 900.30, then 950.35
SPENT = TO_DATE | {
    "metric": "sf425_10e",
    "unit": "usd",
    "old_value": Decimal("1000.10"),
    "new_value": Decimal("950.35"),
}
SHARE = QUARTER | {
    "metric": "on_time_pct",
    "unit": "percent",
    "old_value": Decimal("75.0"),
    "new_value": Decimal("77.5"),
}
GONE = SHARE | {"topic": "=1+1", "grain": "topic", "new_value": None, "new_state": "withheld", "is_material": True}


def steps(figure: dict, **deltas: str | None) -> list[dict]:
    told = {cause: None if delta is None else Decimal(delta) for cause, delta in deltas.items()}
    return [figure | {"cause": cause, "delta": delta, "records": 1} for cause, delta in told.items()]


FIGURES = [
    *steps(SHARE, late="2.5"),
    *steps(GONE, corrected=None),
    *steps(SPENT, follow_up="50.05", late="0.20", corrected="-100.00"),
    *steps(ASKED, follow_up="9", late="2", removed_or_merged="-1"),
    *steps(
        SHARE | {k: TO_DATE[k] for k in ("period_type", "period", "old_status")}, late="2.5"
    ),  # a share adds up to no total
]
RECORD = {
    "old_release": OLD,
    "new_release": NEW,
    "cause": "late",
    "feed": "requests",
    "record_id": "@R1",
    "what": "new",
}
RECORDS = [
    RECORD
    | {"city_id": "4876000", "topic": "budget", "engagement_id": None, "first_on": date(2015, 2, 1), "records": 1}
]
GIVEN = {"late": {"why": "+a batch", "who": "program desk", "at": "2015-07-02T10:00:00+00:00"}}


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """HOME/releases with two releases that say only when they were made, and the bridge."""
    for release, made in ((OLD, "2015-04-02T12:00:00+00:00"), (NEW, "2015-07-02T12:00:00+00:00")):
        facts = {"release": release, "program": "Test", "as_of": release[:10], "known_on": made, "created_at": made}
        folder = tmp_path / "releases" / release
        folder.mkdir(parents=True)
        (folder / seal.MANIFEST).write_text(seal.sealed(facts | {"code_version": "c", "synthetic": True, "tables": []}))
    for (name, schema), rows in zip(bridge.tables().items(), (FIGURES, RECORDS), strict=True):
        pq.write_table(pa.Table.from_pylist(rows, schema=schema), tmp_path / f"{name}.parquet")
    return tmp_path


def written(home: Path) -> Path:
    path = home / "corrections.xlsx"
    path.write_bytes(correction_book.write(home / "releases", home, OLD, NEW, GIVEN))
    return path


def sheet(path: Path, name: str) -> list[list]:
    return CalamineWorkbook.from_path(path).get_sheet_by_name(name).to_python()


def test_a_total_is_what_was_reported_its_corrections_and_what_came_since(home: Path) -> None:
    title, head, *rows = sheet(written(home), "Cumulative")
    assert title[0].startswith("SYNTHETIC DATA") and OLD in head[4] and NEW in head[-1]
    by_measure = {row[1]: dict(zip(head[4:], row[4:], strict=True)) for row in rows}
    assert list(by_measure) == ["SF-425 line 10e: federal share of expenditures", "Requests asked"]
    for measure, numbers in (
        ("Requests asked", [30, 2, 0, -1, 0, 0, 0, 1, 31, 9, 40]),
        (
            "SF-425 line 10e: federal share of expenditures",
            [1000.10, 0.20, -100, 0, 0, 0, 0, -99.80, 900.30, 50.05, 950.35],
        ),
    ):
        assert list(by_measure[measure].values()) == pytest.approx(numbers)
    assert [row[0] for row in rows] == ["Funding", "Questions and answers"]


def test_sums_are_live_formulas_beside_their_values(home: Path) -> None:
    with zipfile.ZipFile(written(home)) as file:
        text = file.read("xl/worksheets/sheet2.xml").decode()
    formulas = re.findall(r'<c r="(\w+3)"[^>]*><f>([^<]+)</f><v>([^<]+)</v>', text)
    assert [(cell, formula) for cell, formula, _ in formulas] == [
        ("L3", "F3+G3+H3+I3+J3+K3"), ("M3", "E3+L3"), ("O3", "M3+N3"),
    ]  # fmt: skip
    assert [float(value) for _, _, value in formulas] == pytest.approx([-99.80, 900.30, 950.35])
    assert '<pageSetup paperSize="1"' in text and "SYNTHETIC DATA" in text and 'state="frozen"' in text


def test_a_final_figure_has_its_causes_its_states_and_the_reason(home: Path) -> None:
    _, head, *rows = sheet(written(home), "Final figures")
    told = [dict(zip(head, row, strict=True)) for row in rows]
    assert [(row["Of"], row[f"Reported ({OLD})"], row["Came late"], row[f"Now ({NEW})"], row["Material"]) for row in told] == [
        ("=1+1", 75, "", "withheld", "yes"), ("", 75, 2.5, 77.5, "no"),
    ]  # fmt: skip
    assert [row["Reason"] for row in told] == ["", "Came late: +a batch"]


def test_what_looks_like_a_formula_stays_text_and_the_same_is_the_same_to_the_byte(home: Path) -> None:
    path = written(home)
    first = path.read_bytes()
    _, _, record = sheet(path, "Records")
    assert record[2] == "@R1"
    with zipfile.ZipFile(path) as file:
        text = "".join(file.read(name).decode() for name in file.namelist() if "worksheets/sheet" in name)
    assert not re.search(r"<f>[^<]*(1\+1|R1|batch)", text)
    assert written(home).read_bytes() == first
    with zipfile.ZipFile(path) as file:
        made = re.search("<dcterms:created[^>]*>([^<]+)<", file.read("docProps/core.xml").decode())
    assert made and datetime.fromisoformat(made[1]) == datetime(2015, 7, 2, 12, tzinfo=UTC)


def test_about_names_both_releases_and_every_column(home: Path) -> None:
    path = written(home)
    lines = sheet(path, "About")
    assert [line[1] for line in lines if line[0] == "Release"] == [OLD, NEW]
    for name in ("Cumulative", "Final figures", "Causes", "Records"):
        assert [line[1] for line in lines if line[0] == name] == [title for title in sheet(path, name)[1] if title]
