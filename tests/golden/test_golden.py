"""The whole of sql/ on small inputs: figures worked out by hand, every check of the catalog, and no input at all."""

from pathlib import Path
from typing import Any

import pytest
import yaml
from bench import Bench

from assets import catalog, models
from assets.checks import check_table
from assets.raw import places

KEYS = ("metric", "grain", "city_id", "topic", "engagement_id", "dimension", "dimension_value", "basis", "period")
CASES = sorted(Path(__file__).parent.glob("*.yml"))


def build(bench: Bench, case: dict[str, Any]) -> None:
    """Every model over the raw rows of a case; a source that the case leaves out never arrived."""
    bench.reference(as_of=str(case["as_of"]), launched_on=str(case["launched_on"]))
    sources = list(catalog.load().sources)
    for source in sources:
        receipt = {"_known_at": "2014-08-05", "_file": f"{source}/{source}.csv", "_sha256": "0" * 64}
        rows = case.get(f"raw.{source}", [])
        bench.given(f"raw.{source}", [{**receipt, "_row": n, **row} for n, row in enumerate(rows, 2)])
    places.build(bench.connection)
    bench.run(*models.load(sources))


def failures(bench: Bench) -> list[str]:
    """Every blocking check that does not pass. A table is allowed to be empty: these inputs are small."""
    outcomes = [one for table in catalog.load().tables.values() for one in check_table(bench.connection, table)]
    assert len(outcomes) > 100
    return [
        f"{one.table} {one.name}: {one.detail}"
        for one in outcomes
        if not one.passed and one.severity == "fail" and one.name != "row_count"
    ]


@pytest.mark.parametrize("path", CASES, ids=lambda path: path.stem)
def test_figures_worked_out_by_hand(bench, path):
    case = yaml.safe_load(path.read_text())
    build(bench, case)
    wrong = []
    for expected in case["figures"]:
        keys = (
            dict.fromkeys(k for k in KEYS if k != "dimension")
            | {"grain": "network"}
            | {k: str(v) for k, v in expected.items() if k in KEYS}
        )
        where = " and ".join(f"{key} is not distinct from ${key}" for key in keys)
        cursor = bench.connection.execute(f"select * from metrics.metric_values where {where}", keys)
        names = [column[0] for column in cursor.description]
        found = [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
        assert len(found) == 1, f"{expected}: {len(found)} rows"
        # a figure that the case does not give a value is said to have none
        wanted = {"value": None, "denominator": None, **{k: v for k, v in expected.items() if k not in keys}}
        got = {key: found[0][key] for key in wanted}
        if got != wanted:
            wrong.append((expected, got))
    assert wrong == []
    assert failures(bench) == []


def test_nothing_received_builds_and_reports_nothing(bench):
    build(bench, {"as_of": "2014-07-31", "launched_on": "2014-05-22"})
    assert failures(bench) == []
    states = {row["state"] for row in bench.rows("select distinct state from metrics.metric_values")}
    assert states == {"not_reported"}
    assert bench.value("select count(value) + count(amount_usd) + count(numerator) from metrics.metric_values") == 0
    assert bench.value("select count(*) from metrics.metric_values where reason is null") == 0
