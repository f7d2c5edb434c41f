"""The catalog: files that hold to the schema, and what an error in one says."""

import shutil
from pathlib import Path

import pytest
import yaml

from assets import catalog
from assets.catalog import CatalogError, Source, Table


@pytest.fixture
def folder(tmp_path) -> Path:
    """A catalog of one source, one table, one metric and one topic."""
    write(tmp_path, "sources/demo.yml", SOURCE)
    write(tmp_path, "tables/core.demo.yml", {"table": "core.demo", "grain": "one row per id", "key": ["id"]})
    write(tmp_path, "metrics/demo.yml", [METRIC])
    write(tmp_path, "topics.yml", {"topics": [{"topic": "budget", "title": "Budget"}]})
    write(tmp_path, "recompute.yml", {"share": "select 1 from rows"})
    write(tmp_path, "due.yml", DUE)
    return tmp_path


DUE = yaml.safe_load((catalog.HERE / "due.yml").read_text(encoding="utf-8"))
SOURCE = {
    "source": "demo",
    "title": "Demo",
    "publisher": "nobody",
    "key": ["id"],
    "columns": {"id": {"type": "text"}, "n": {"type": "integer"}},
}
METRIC = {
    "metric": "demo_pct",
    "version": 1,
    "title": "Demo",
    "definition": "x",
    "unit": "percent",
    "direction": "up",
    "numerator": "a",
    "denominator": "b",
    "interval": "wilson",
    "decimals": 1,
    "feeds": ["demo"],
    "rows": "demo",
    "recompute": "share",
    "source": "demo",
}


def write(folder: Path, name: str, content: object) -> None:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(content if isinstance(content, str) else yaml.safe_dump(content), encoding="utf-8")


def test_a_whole_catalog(folder):
    found = catalog.load(folder)
    assert (list(found.sources), list(found.tables), list(found.metrics)) == (["demo"], ["core.demo"], ["demo_pct"])
    assert [t.topic for t in found.topics] == ["budget"]
    assert found.sources["demo"].landing_folder == "demo"


@pytest.mark.parametrize(
    ("name", "content", "told"),
    [
        ("sources/demo.yml", {**SOURCE, "licence": "x"}, ["demo.yml", "licence"]),
        ("sources/demo.yml", {**SOURCE, "key": ["nr"]}, ["demo.yml", "'nr' is not a column"]),
        (
            "sources/demo.yml",
            {**SOURCE, "columns": {"id": {"type": "string"}}},
            ["demo.yml", "columns.id.type", "'text'"],
        ),
        ("sources/demo.yml", {**SOURCE, "columns": {"id": {"type": "enum"}}}, ["columns.id", "values"]),
        (
            "sources/demo.yml",
            {**SOURCE, "columns": {"id": {"type": "text", "values": ["a"]}}},
            ["columns.id", "type is enum"],
        ),
        (
            "sources/demo.yml",
            {**SOURCE, "rules": [{"column": "m", "test": "true", "expected": "x"}]},
            ["'m' is not a column"],
        ),
        ("sources/demo.yml", "source: [", ["demo.yml: not YAML"]),
        ("tables/core.demo.yml", {"table": "core.demo", "key": ["id"]}, ["core.demo.yml", "grain"]),
        (
            "tables/core.demo.yml",
            {"table": "core.demo", "grain": "x", "key": ["id"], "checks": [{"name": "a", "test": "b", "severity": "stop"}]},
            ["checks.0.severity", "'fail' or 'warn'"],
        ),
        ("metrics/demo.yml", [{**METRIC, "direction": "sideways"}], ["demo.yml", "direction"]),
        ("metrics/demo.yml", [{**METRIC, "interval": "normal"}], ["demo.yml", "interval"]),
        ("metrics/demo.yml", [METRIC, METRIC], ["demo_pct"]),  # the second would silently replace the first
        ("due.yml", [*DUE[:2], DUE[2] | {"days": 0}, *DUE[3:]], ["due.yml, row 3", "days"]),
        ("due.yml", [*DUE[:2], DUE[2] | {"days": "90"}, *DUE[3:]], ["due.yml, row 3", "days"]),
        ("due.yml", [DUE[0] | {"frequency": "monthly"}, *DUE[1:]], ["due.yml, row 1", "frequency", "'semi_annual'"]),
        ("due.yml", [*DUE[:-1], DUE[-1] | {"source": ""}], ["due.yml, row 16", "source"]),
        ("due.yml", [DUE[0] | {"regimen": "x"}, *DUE[1:]], ["due.yml, row 1", "regimen"]),
        ("due.yml", [*DUE, DUE[0] | {"days": 45}], ["due.yml, row 17", "24cfr84 sf425 quarterly is declared twice"]),
        ("due.yml", DUE[:-1], ["due.yml", "2cfr200 performance final"]),  # else nobody would be warned of it
        ("due.yml", {"due": DUE}, ["due.yml", "a list of rows"]),
    ],
)  # fmt: skip
def test_an_error_names_the_file_and_the_field(folder, tmp_path_factory, name, content, told):
    copy = tmp_path_factory.mktemp("catalog") / "c"  # load() keeps what it has read of a folder
    shutil.copytree(folder, copy)
    write(copy, name, content)
    with pytest.raises(CatalogError) as error:
        catalog.load(copy)
    for words in told:
        assert words in str(error.value)


def test_two_files_of_one_name_are_refused(folder):
    write(folder, "sources/other.yml", {**SOURCE, "title": "Another with the same name"})
    with pytest.raises(CatalogError, match="demo"):
        catalog.load(folder)


def test_spans_stand_for_a_column_each():
    source = Source.model_validate(
        {
            **SOURCE,
            "columns": {"id": {"type": "text"}, "pop_{2009..2011}": {"type": "integer", "aliases": ["P{2009..2011}"]}},
        }
    )
    assert list(source.columns) == ["id", "pop_2009", "pop_2010", "pop_2011"]
    assert source.columns["pop_2010"].aliases == ["P2010"]


def test_raw_columns_carry_the_reason_of_a_missing_value():
    source = Source.model_validate(
        {**SOURCE, "columns": {"id": {"type": "text"}, "rate": {"type": "number", "missing": {"N.A.": "suppressed"}}}}
    )
    assert source.raw_columns() == {"id": "varchar", "rate": "double", "rate_missing": "varchar"}


def test_a_column_may_stand_bare():
    table = Table.model_validate({"table": "core.t", "grain": "x", "key": ["id"], "columns": {"id": None}})
    assert table.columns["id"].severity == "fail" and not table.columns["id"].not_null


def test_the_projects_own_catalog_loads_and_personal_columns_are_those_of_the_contract():
    found = catalog.load()
    personal = {(s.source, c) for s in found.sources.values() for c, spec in s.columns.items() if spec.personal}
    assert personal == {
        *(("requests", c) for c in ("assigned_to", "subject", "question", "contact_name", "contact_email")),
        ("surveys", "comment"),
        ("ledger", "memo"),
        ("library_use", "query"),
    }


def test_an_unknown_folder_is_an_empty_catalog_or_an_error_that_names_it(tmp_path):
    with pytest.raises((CatalogError, FileNotFoundError)):
        catalog.load(tmp_path / "nowhere")


def test_days_until_a_report_is_due():
    """24 CFR 84.51 and 84.52; 2 CFR 200.328, 200.329 and 200.344 (the final report)."""
    told = {(d.regime, d.frequency): set[int]() for d in catalog.load().due}
    for row in catalog.load().due:
        told[row.regime, row.frequency].add(row.days)
        assert "CFR" in row.source
    assert told == {
        **{
            ("24cfr84", f): {days}
            for f, days in (("quarterly", 30), ("semi_annual", 30), ("annual", 90), ("final", 90))
        },
        **{
            ("2cfr200", f): {days}
            for f, days in (("quarterly", 30), ("semi_annual", 30), ("annual", 90), ("final", 120))
        },
    }
