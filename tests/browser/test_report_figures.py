"""Each figure of the performance, city and program reports stands as on paper on its rendered page, its passport."""

import csv
import io
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from served import CHROMIUM, FLAGS, served
from typer.testing import CliRunner

playwright = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="no Chromium on this machine")
PERIOD, CITY = "FY2017Q4", "3410000"
ANY = "&dimension=service&value=any&basis=then"
PART = {"reach_pct": ANY, "use_rate": ANY.replace("any", "library"), "peer_connected_pct": "&basis=then"}
# report -> its tables with a metric in each row, and the column of the period's figure
TABLES = {
    "performance": {"A Measures": "actual", "B Indicators": "actual", "Unit costs": "value"},
    "program": {"Figures": "value", "Money": "value"},
    "city": {"Figures": "value"},
}


@pytest.fixture(scope="module")
def page(release_home: Path) -> Iterator[Any]:
    with served(release_home) as address, playwright.sync_playwright() as p:
        browser = p.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        opened = browser.new_page(base_url=address, viewport={"width": 1400, "height": 1400})
        opened.set_default_timeout(60_000)
        yield opened
        browser.close()


def figures(home: Path, folder: Path, report: str) -> list[dict[str, str]]:
    """The rows of a report's CSV that are figures of the period."""
    from pipelines.commands import app

    city = ["--city", CITY] if report == "city" else []
    asked = ["report", report, "--period", PERIOD, "--out", str(folder), "--home", str(home), *city]
    assert CliRunner().invoke(app, asked).exit_code == 0
    (path,) = [p for p in folder.glob("*.csv") if "dictionary" not in p.name]
    rows: dict[tuple[str, str], dict[str, str]] = {}
    for cell in csv.DictReader(io.StringIO(path.read_text("utf-8-sig"), newline="")):
        rows.setdefault((cell["table"], cell["row"]), {})[cell["column"]] = cell["value"]
    return [
        row | {"value": row[column]}
        for (table, _), row in rows.items()
        for name, column in TABLES[report].items()
        if table == name and row.get("of", "") != "Program to date"
    ]


def written(value: str, unit: str) -> str:
    """A figure as a page rounds it in a sentence."""
    if not re.fullmatch(r"-?[0-9.]+", value):
        return value.split(":")[0].lower()  # a state
    number = float(value)
    if unit.startswith("percent"):
        return f"{number:,.0f}%"
    if unit == "hours":
        return (
            f"{number / 8:,.1f}".removesuffix(".0") + " business" if number > 8 else f"{number:,.1f}".removesuffix(".0")
        )
    if unit == "usd":
        return f"${number / 1e6:.1f} million" if round(number) >= 1e6 else f"${number:,.0f}"
    return f"{number:,.1f}" if " per " in unit else f"{number:,.0f}"


@pytest.mark.parametrize("report", TABLES)
def test_each_figure_of_a_report_is_that_of_its_page(page, release_home: Path, tmp_path: Path, report: str) -> None:
    rows = figures(release_home, tmp_path, report)
    assert len(rows) >= 10
    compared = 0
    for row in rows:
        metric, unit = row["metric"], row.get("unit", "")
        city = f"&city={CITY}" if report == "city" else ""
        page.goto(
            f"/passport?metric={metric}&period={PERIOD}{PART.get(metric, '')}{city}", wait_until="domcontentloaded"
        )
        page.get_by_text(re.compile("records? behind it|[Ii]ts records")).first.wait_for()
        page.locator("[data-testid=stApp][data-test-script-state=notRunning]").wait_for()
        said = page.locator("[data-testid=stMain]").inner_text()
        sentence = next(line for line in said.splitlines() if " behind it " in line or "ts records" in line)
        assert written(row["value"], unit) in (sentence if row["value"][:1].isdigit() else sentence.lower()), (
            metric,
            sentence,
        )
        if counted := row.get("counted", ""):
            assert counted.split(" for ")[0] in said, (metric, counted)
        if unit == "percent" and row.get("ci_low"):
            interval = f"95% interval {float(row['ci_low']):,.0f} to {float(row['ci_high']):,.0f}%"
            assert interval in said, (metric, interval)
            compared += 1
        compared += 1
    assert compared >= len(rows)
