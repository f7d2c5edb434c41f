"""What the pages show and hand out of a report, in a real browser: the figures of its data, the files of the command."""

import csv
import io
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import dagster as dg
import pytest
from served import CHROMIUM, FLAGS, served
from typer.testing import CliRunner

playwright = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="no Chromium on this machine")
PERIOD, CITY, WAIT = "FY2017Q4", "3410000", 60_000
FORMATS = ("pdf", "xlsx", "csv", "dictionary.csv")


@pytest.fixture(scope="module")
def page(release_home: Path) -> Iterator[Any]:
    with served(release_home) as address, playwright.sync_playwright() as p:
        browser = p.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        opened = browser.new_page(base_url=address, viewport={"width": 1400, "height": 1400})
        opened.set_default_timeout(WAIT)
        yield opened
        browser.close()


@pytest.fixture(scope="module")
def written(release_home: Path, tmp_path_factory) -> Path:
    """The reports as the command writes them."""
    from pipelines.commands import app

    out = tmp_path_factory.mktemp("written")
    for words in (("sf425",), ("performance",), ("budget",), ("city", "--city", CITY), ("bundle", "--draft")):
        asked = ["report", *words, "--period", PERIOD, "--out", str(out), "--home", str(release_home)]
        done = CliRunner().invoke(app, asked)
        assert done.exit_code == 0, done.output
    assert len(list(out.iterdir())) == 4 * 4 + 1
    return out


def drawn(page: Any, path: str) -> None:
    page.goto(path, wait_until="domcontentloaded")
    page.locator("h1").first.wait_for()
    page.get_by_text("Published").first.wait_for()
    page.locator("[data-testid=stApp][data-test-script-state=notRunning]").wait_for()
    assert page.locator("[data-testid=stException]").count() == 0


def download(page: Any, key: str) -> tuple[str, bytes]:
    """The name and the content of what a button gives."""
    for patience in (15_000, WAIT):  # a click while the page is drawn anew is lost
        try:
            with page.expect_download(timeout=patience) as waited:
                page.locator(f".st-key-{key} button").first.click()
            return waited.value.suggested_filename, Path(waited.value.path()).read_bytes()
        except playwright.TimeoutError:
            continue
    raise AssertionError(f"{key} gives no file")


def table_of(content: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"), newline="")))


def cells(written: Path, report: str) -> dict[tuple[str, int, str], str]:
    """What the CSV of a report holds: (table, row, column) -> value."""
    rows = table_of((written / f"{report}-{PERIOD}.csv").read_bytes())
    return {(r["table"], int(r["row"]), r["column"]): r["value"].removeprefix("'") for r in rows}


SHEETS = {  # download of page Funding -> report, table, columns of the page -> columns of the report
    "sf425_NRN-2013": (
        "sf425",
        "Line 10",
        {"line": "line", "name": "title", "identity": "how", "amount_usd": "amount_usd"},
    ),
    "sf425_indirect": (
        *("sf425", "Line 11"),
        {c: c for c in ("rate_id", "rate", "period_from", "period_to", "base", "amount_charged", "federal_share")},
    ),
    "budget": (
        "budget",
        "Budget",
        {c: c for c in ("budget_usd", "spent_quarter_usd", "spent_usd", "left_usd", "spent_pct")},
    ),
    "award_pace": (
        "budget",
        "Cash",
        {c: c for c in ("spent_quarter_usd", "received_usd", "spent_usd", "drawn_less_spent_usd")},
    ),
}


def test_page_funding_shows_the_figures_of_the_reports(page, written) -> None:
    drawn(page, f"/funding?period={PERIOD}")
    compared = seen = 0
    for name, (report, sheet, columns) in SHEETS.items():
        told = cells(written, report)
        if name == "budget":  # below its chart, unfolded
            page.locator("details", has=page.locator(f".st-key-download_{name}")).locator("summary").first.click()
        page.locator(f".st-key-download_{name} button").first.wait_for()
        called, content = download(page, f"download_{name}")
        rows = table_of(content)
        assert called == f"{name}.csv" and len(rows) >= (4 if sheet == "Line 11" else 6)
        of_report = [row for table, row, _ in told if table == sheet]
        last = max(of_report) - (sheet == "Line 11")  # less the totals
        assert len(rows) >= last
        for number, row in enumerate(rows[:last], start=1):
            for mine, theirs in columns.items():
                assert alike(row[mine].removeprefix("'"), told[sheet, number, theirs]), (name, number, mine)
                compared += 1
        # what the grid itself says, as an assistive program reads it
        for number, line in enumerate(spoken(page, name)[:last], start=1):
            for mine, theirs in columns.items():
                said = line[list(rows[0]).index(mine)]
                dated = mine.startswith("period_")  # written out on the page, as in the download of the grid above
                assert dated or alike(said, told[sheet, number, theirs]), (name, number, mine, said)
                seen += 1
    assert seen > 100
    assert compared >= 150


def spoken(page: Any, name: str) -> list[list[str]]:
    """The cells of the grid above a download, row by row."""
    button = f"//div[contains(@class, 'st-key-download_{name}')]"
    grid = page.locator(f"xpath={button}/preceding::div[@data-testid='stDataFrame'][1]")
    grid.scroll_into_view_if_needed()
    grid.locator("td[role=gridcell]").first.wait_for(state="attached")
    return grid.evaluate("e => [...e.querySelectorAll('tbody tr')].map(r => [...r.cells].map(c => c.textContent))")


def alike(mine: str, theirs: str) -> bool:
    try:
        return float(mine) == float(theirs)
    except ValueError:
        return mine == theirs


def test_the_rate_of_spending_in_the_page_is_that_of_the_report(page, written) -> None:
    drawn(page, f"/funding?period={PERIOD}")
    _, content = download(page, "download_award_pace")
    now, told = table_of(content)[0], cells(written, "budget")
    kept = (("burn_month_usd", "burn_usd", 1), ("projected_balance_usd", "balance_usd", 1))
    kept += (("projected_low_usd", "balance_usd", 2), ("projected_high_usd", "balance_usd", 3))
    for mine, theirs, row in kept:
        assert float(now[mine]) == float(told["Pace", row, theirs]), mine


def choose(page: Any, report: str) -> None:
    page.locator(".st-key-report_chosen input").first.click()
    page.get_by_role("option", name=report, exact=True).click()
    page.locator("[data-testid=stApp][data-test-script-state=notRunning]").wait_for()


@pytest.mark.parametrize(
    ("report", "stem", "where"),
    [
        ("SF-425 federal financial report", f"sf425-{PERIOD}", ""),
        ("Performance report", f"performance-{PERIOD}", ""),
        ("City reports", f"city-{CITY}-{PERIOD}", f"&city={CITY}"),
    ],
)
def test_the_buttons_give_the_files_of_the_command(page, written, report: str, stem: str, where: str) -> None:
    drawn(page, f"/reports?period={PERIOD}{where}")
    choose(page, report)
    for ending in FORMATS:
        name = f"{stem}.{ending}"
        called, content = download(page, button(name))
        assert called == name and content == (written / name).read_bytes(), name


def test_the_button_of_the_bundle_gives_the_zip_of_the_command(page, written) -> None:
    drawn(page, f"/reports?period={PERIOD}")
    choose(page, "Bundle for submission")
    name = f"submission-{PERIOD}.zip"
    page.get_by_role("button", name="Bundle for submission (zip), draft").wait_for()
    called, content = download(page, button(name))
    assert called == name and content == (written / name).read_bytes()


def button(name: str) -> str:
    """The class that Streamlit makes of the key of a button."""
    return "report_" + name.replace(".", "-")


def test_the_job_writes_the_files_of_the_command(release_home, written, monkeypatch, tmp_path) -> None:
    from pipelines import reports_job
    from pipelines.resources import Warehouse

    monkeypatch.setenv("DAGSTER_HOME", str(tmp_path))
    asked = {
        "period": PERIOD,
        "reports": ["sf425", "performance", "budget", "city", "bundle"],
        "cities": [CITY],
        "draft": True,
    }
    with dg.DagsterInstance.ephemeral() as instance:
        done = reports_job.build().execute_in_process(
            run_config={"ops": {"write_reports": {"config": asked}}},
            resources={"warehouse": Warehouse(home=str(release_home))},
            instance=instance,
        )
    assert done.success
    release = (release_home / "releases" / "CURRENT").read_text().strip()
    folder = release_home / "reports" / release / PERIOD
    assert sorted(os.listdir(folder)) == sorted(os.listdir(written))
    for path in folder.iterdir():
        assert path.read_bytes() == (written / path.name).read_bytes(), path.name
