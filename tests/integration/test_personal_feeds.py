"""A name, an address, a telephone number and free text, planted wherever a sender can put them, in every program feed."""

import csv
import gzip
import io
import json
from pathlib import Path
from typing import Any

import duckdb
import pytest
import xlsxwriter
from network import ROOT, Network, network
from streamlit.testing.v1 import AppTest

from assets import catalog

MARKERS = ("Quux", "quux.example", "555-0175", "zzyzx")
NAME, ADDRESS, TELEPHONE, SENTENCE = "Zelda Quux", "zelda@quux.example", "901-555-0175", "it all went zzyzx in the end"
ALL = f"{NAME}, {ADDRESS}, {TELEPHONE}: {SENTENCE}"
CELL = {"text": "T1", "city": "4748000", "instant": "2014-06-02T10:00:00", "date": "2014-06-02", "integer": "3"}
CELL |= {"number": "0.5", "money": "1.00", "boolean": "false"}
FITS = {
    ("ledger", "reverses"): "",
    ("targets", "period"): "FY2014",
    ("targets", "topic"): "budget",
    ("narratives", "period"): "FY2014",
    ("eligibility", "eligible_to"): "",
}
FEEDS = {n: s for n, s in catalog.load().sources.items() if s.publisher == "the program"}
PAGES = ("overview", "funding", "data_quality")
Row = dict[str, str]


def rows(feed: str) -> list[Row]:
    """A row that fits with all markers in its personal columns; then one for each marker in each other column, where it
    does not fit: words in a published text column cannot be told from its content, and neither can a name of a place."""
    good = {
        column: ALL
        if spec.personal
        else FITS.get((feed, column), spec.values[0] if spec.values else CELL.get(spec.type))
        for column, spec in FEEDS[feed].columns.items()
    }
    found: list[Row] = [good]
    for column, spec in FEEDS[feed].columns.items():
        if not spec.personal:
            planted = {"text": [ADDRESS], "city": [ADDRESS, TELEPHONE]}
            found += [good | {column: cell} for cell in planted.get(spec.type, [NAME, ADDRESS, TELEPHONE, SENTENCE])]
    return [row | {ADDRESS: ALL, TELEPHONE: ALL} for row in found]  # and two columns whose names are somebody's


def comma(told: list[Row]) -> bytes:
    out = io.StringIO()
    writer = csv.DictWriter(out, told[0])
    writer.writeheader()
    writer.writerows(told)
    broken = f'"{ALL}","{ALL}"\n"{ALL}'  # a line that cannot be split, and a quote that is not closed
    return (out.getvalue() + broken).encode()


def lines(told: list[Row]) -> bytes:
    return gzip.compress("\n".join([*map(json.dumps, told), f'{{"{NAME}": "{ALL}"', json.dumps([ALL])]).encode())


def workbook(told: list[Row]) -> bytes:
    out = io.BytesIO()
    with xlsxwriter.Workbook(out) as book:
        sheet = book.add_worksheet()
        for n, cells in enumerate([list(told[0]), *(list(row.values()) for row in told)]):
            sheet.write_row(n, 0, cells)
    return out.getvalue()


@pytest.fixture(scope="module")
def planted(tmp_path_factory: pytest.TempPathFactory) -> tuple[Network, str]:
    """A network with all of it, run; and what the run said."""
    made = network(tmp_path_factory.mktemp("planted"))
    for n, feed in enumerate(FEEDS):
        name, write = [("a.csv", comma), ("a.jsonl.gz", lines), ("a.xlsx", workbook)][n % 3]
        made.drop(f"{feed}/planted {name}", write(rows(feed)))
    headless = f"{NAME},{ADDRESS},{TELEPHONE},{SENTENCE}\n"
    for feed in FEEDS:
        made.drop(f"{feed}/headless.csv", headless)
    done = made.run()
    return made, done.stdout + done.stderr


def listed(made: Network, command: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in made.tell(command, "--json").stdout.splitlines()]


def markers(text: str) -> list[str]:
    return [word for word in MARKERS if word in text]


def test_each_feed_had_a_row_that_fits_and_rows_that_do_not(planted: tuple[Network, str]) -> None:
    files = {f["file"].partition("/")[0]: f for f in listed(planted[0], "sources") if "/planted " in f["file"]}
    assert set(files) == set(FEEDS)
    for feed, told in files.items():
        assert told["status"] == "accepted" and told["accepted"] >= 1 and told["quarantined"] >= 2, (feed, told)


def test_no_listing_tells(planted: tuple[Network, str]) -> None:
    made, said = planted
    assert not markers(said)
    for command in (("quarantine",), ("quarantine", "--json"), ("sources", "--json"), ("status",)):
        told = made.tell(*command)
        assert told.returncode == 0 and not markers(told.stdout + told.stderr), command
    found = {a["found"] for a in listed(made, "quarantine")}
    assert "(personal, not shown)" in found


def test_no_release_tells(planted: tuple[Network, str]) -> None:
    """Every column of every Parquet file, decoded; and every other file as it is."""
    releases = planted[0].home / "releases"
    tables = sorted(releases.rglob("*.parquet"))
    assert {"ledger", "library_use", "requests", "quarantine", "sources", "checks"} <= {p.stem for p in tables}
    for path in tables:
        assert not markers(repr(duckdb.sql(f"from read_parquet('{path}')").fetchall())), path.name
    for path in releases.rglob("*"):
        assert path.suffix == ".parquet" or not path.is_file() or not markers(path.read_text()), path.name


def test_no_model_and_no_list_of_what_was_set_aside_tells(planted: tuple[Network, str]) -> None:
    home = planted[0].home
    with duckdb.connect(str(home / "warehouse" / "cities311.duckdb"), read_only=True) as connection:
        made = (
            "select table_schema, table_name from information_schema.tables where table_schema not in ('raw', 'main')"
        )
        tables = [f'{schema}."{table}"' for schema, table in connection.execute(made).fetchall()]
        assert "staging.library_use" in [t.replace('"', "") for t in tables]
        for table in tables:
            assert not markers(repr(connection.execute(f"from {table}").fetchall())), table
    for path in (home / "quarantine").rglob("*.parquet"):
        assert not markers(repr(duckdb.sql(f"from read_parquet('{path}')").fetchall())), path.name


def test_no_log_tells(planted: tuple[Network, str]) -> None:
    """Dagster's databases of runs and events, its logs of what steps printed, receipts: everything but the private files."""
    home = planted[0].home
    private = (home / "raw", home / "warehouse", home / "quarantine")
    logs = [p for p in home.rglob("*") if p.is_file() and (p.suffix == ".json" or not set(private) & set(p.parents))]
    assert any(p.suffix == ".db" and p.parent.name == "history" for p in logs)
    for path in logs:
        assert not markers(path.read_bytes().decode(errors="replace")), path.relative_to(home)


@pytest.mark.parametrize("name", PAGES)
def test_no_page_tells(planted: tuple[Network, str], monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    monkeypatch.setenv("CITIES311_HOME", str(planted[0].home))
    page = AppTest.from_file(str(ROOT / "dashboards" / "app.py"), default_timeout=60).run()
    page = page if name == "overview" else page.switch_page(f"pages/{name}.py").run()
    assert not page.exception and page.header
    frames = "".join(table.value.to_csv() for table in page.dataframe)
    assert not markers(repr(page) + frames)


def test_the_whole_is_searched_for_what_is_there(planted: tuple[Network, str]) -> None:
    """The markers did arrive: the private files hold them."""
    raw: list[Path] = sorted((planted[0].home / "raw").rglob("*.parquet"))
    held = "".join(repr(duckdb.sql(f"from read_parquet('{path}')").fetchall()) for path in raw)
    assert markers(held) == list(MARKERS)
