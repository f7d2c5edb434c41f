"""Every figure of every report is that of the release, looked up in its Parquet by other SQL than the reports are made with."""

import re
from datetime import date
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from report_expected_cities import EXPECTED, Lookup
from report_files import REPORTS, Files, city_of, made, release_of

IDS = ["-".join(filter(None, (report, period, city))) for report, period, city, _ in REPORTS]
FIGURES = ("cents", "count", "percent", "rate", "figure")
WRITTEN = re.compile(r"(−?)\$?([\d,]+(?:\.\d+)?)")


@cache
def looked(home: Path, period: str, city: str | None) -> Lookup:
    return Lookup(home / "releases" / release_of(home), period, city)


@pytest.mark.parametrize(("report", "period", "city", "draft"), REPORTS, ids=IDS)
def test_every_figure_is_that_of_the_release(release_home, report, period, city, draft) -> None:
    files = made(release_home)[report, period, city]
    at = looked(release_home, period, city_of(release_home, city))
    expected = {(table, row, column): said for table, row, column, said in EXPECTED[report](at, files)}
    checks = expected.pop(("Rules", 0, "found_usd"), None)
    if checks is not None:
        sides = ("found_usd", "expected_usd")
        rules = [
            tuple(amount(files.said("Rules", n, side)) for side in sides) for n in range(1, files.rows("Rules") + 1)
        ]
        assert sorted(map(str, rules)) == checks
    for place, said in expected.items():
        if place not in files.by_place:
            assert not files.rows(place[0]) and said in (None, ""), place
            continue
        assert equal(files.by_place[place], said), (place, files.by_place[place]["value"], said)
    figures = {p for p, c in files.by_place.items() if c["kind"] in FIGURES and c["type"] != "none" and p[0] != "Rules"}
    assert figures, "a report without a figure"
    assert not figures - expected.keys(), f"not looked up: {sorted(figures - expected.keys())[:5]}"
    # no row that the release does not have: what was looked up reaches to the last row of each table
    for table in {p[0] for p in figures}:
        assert files.rows(table) == max(row for name, row, _ in expected if name == table), table


def amount(text: str) -> Decimal | None:
    return Decimal(text) if text else None


def equal(cell: dict[str, str], said: Any) -> bool:
    """Whether a cell of the CSV holds just this, to the last digit published."""
    text = cell["value"].removeprefix("'") if cell["type"] in ("text", "none") else cell["value"]
    if said is None or said == "":
        return text == ""
    if isinstance(said, date):
        return cell["type"] == "date" and text == said.isoformat()
    if isinstance(said, str):
        return text == said or (cell["type"] == "number" and Decimal(text) == Decimal(said))
    if cell["type"] == "text":  # a figure with its unit in one text
        sign, digits = WRITTEN.match(text).groups()  # type: ignore[union-attr]
        return cell["column"].startswith(("output", "outcome")) and number(sign + digits) == Decimal(str(said))
    if isinstance(said, float):
        return cell["type"] == "number" and float(text) == said
    return cell["type"] == "number" and Decimal(text) == Decimal(said)


def number(text: str) -> Decimal:
    return Decimal(text.replace("−", "-").replace(",", ""))


@pytest.mark.parametrize(("report", "period", "city", "draft"), REPORTS, ids=IDS)
def test_parts_and_intervals_are_as_published(release_home, report, period, city, draft) -> None:
    files: Files = made(release_home)[report, period, city]
    at = looked(release_home, period, city_of(release_home, city))
    seen = 0
    for table, columns in files.columns.items():
        if "metric" not in columns or "counted" not in columns or table == "A Measures":
            continue
        for line in range(1, files.rows(table) + 1):
            told = {column: files.said(table, line, column) for column in columns}
            span = told.get("period") or ("to_date" if told.get("of") == "Program to date" else period)
            row = at.figure(told["metric"], span, at.city)
            parts, ends = told["counted"], told["interval"]
            k, n = row.get("numerator"), row.get("denominator")
            if parts and row.get("unit") != "usd":
                assert parts == f"{k:,.0f} of {n:,.0f}"
            share = row["state"] == "value" and row["unit"] == "percent" and n and not k % 1 and not n % 1
            assert parts or not share or abs(100 * k / n - row["value"]) > 0.6, "a share without its parts"
            both = [row.get(end) for end in ("ci_low", "ci_high")] if row["state"] == "value" else []
            assert [number(s + d) for s, d in WRITTEN.findall(ends)] == [
                Decimal(str(end)) for end in both if end is not None
            ]
            seen += 1
    assert seen or report in ("sf425", "budget", "expansion")
