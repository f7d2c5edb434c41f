"""Which engagements the performance report of a period tells as overruns, and what was planned and spent of each."""

import csv
import io
from pathlib import Path

import pytest
from doctored import report
from granted import A
from network import Network, copy

HEAD = "engagement_id,topic,starts_on,completed_on,planned_cost_usd\n"
ENGAGEMENTS = [
    "E1,budget,2014-05-26,2014-06-20,100.00",  # passes its plan in August only
    "E2,budget,2014-05-26,2014-06-10,0.00",  # planned to cost nothing
    "E3,budget,2014-05-26,2014-06-10,",  # nobody said what it was to cost
    "E4,budget,2014-05-26,2014-06-10,10.00",  # at its plan
    "E5,budget,2014-05-26,2014-06-10,10.00",  # an order of August is no spending
    "E6,budget,2014-05-26,,1.00",  # still under way
    "E7,budget,2014-05-26,2014-08-10,1.00",  # above its plan long before it ends
    "E8,budget,2014-05-26,2014-06-10,10.00",  # match counts too
]
ENTRIES = [
    ("E1", "2014-06-15", "expenditure", "90.00"),
    ("E1", "2014-08-15", "expenditure", "20.05"),
    ("E2", "2014-06-15", "expenditure", "5.00"),
    ("E3", "2014-06-15", "expenditure", "5.00"),
    ("E4", "2014-06-15", "expenditure", "10.00"),
    ("E5", "2014-06-15", "expenditure", "12.00"),
    ("E5", "2014-08-15", "obligation", "3.00"),
    ("E6", "2014-06-15", "expenditure", "9.00"),
    ("E7", "2014-06-15", "expenditure", "9.00"),
    ("E8", "2014-08-15", "match_in_kind", "11.00"),
]


@pytest.fixture(scope="module")
def teams(granted: Network, tmp_path_factory: pytest.TempPathFactory) -> Network:
    net = copy(granted, tmp_path_factory.mktemp("teams"))
    net.drop("engagements/engagements.csv", HEAD + "".join(f"{row}\n" for row in ENGAGEMENTS))
    rows = [f"e{n},{A},{day},{kind},{usd},engagement,{team}\n" for n, (team, day, kind, usd) in enumerate(ENTRIES)]
    net.drop("ledger/teams.csv", "entry_id,award_id,posted_on,kind,amount_usd,service,engagement_id\n" + "".join(rows))
    net.run()
    return net


@pytest.mark.parametrize(
    ("period", "expected"),
    [
        (
            "FY2014Q3",
            [
                ("E1", "100.00", "110.05", "10.05"),
                ("E2", "0.00", "5.00", "5.00"),
                ("E5", "10.00", "12.00", "2.00"),
                ("E8", "10.00", "11.00", "1.00"),
            ],
        ),
        (
            "FY2014Q4",
            [("E1", "100.00", "110.05", "10.05"), ("E7", "1.00", "9.00", "8.00"), ("E8", "10.00", "11.00", "1.00")],
        ),
        ("FY2015Q1", []),
    ],
)
def test_an_engagement_is_told_when_it_ends_and_when_more_is_spent_on_it(
    teams: Network, tmp_path: Path, period: str, expected: list[tuple[str, ...]]
) -> None:
    assert report(teams.home, tmp_path, "performance", period, "--draft").exit_code == 0
    rows: dict[str, dict[str, str]] = {}
    text = (tmp_path / f"performance-{period}.csv").read_text("utf-8-sig")
    for cell in csv.DictReader(io.StringIO(text, newline="")):
        if cell["table"] == "Overruns":
            rows.setdefault(cell["row"], {})[cell["column"]] = cell["value"]
    told = [row for row in rows.values() if row["name"].startswith("Engagement")]
    assert [(r["name"].split()[1].rstrip(","), r["planned"], r["actual"], r["above"]) for r in told] == expected
    refused = report(teams.home, tmp_path / "none", "performance", period)
    assert refused.exit_code == 1 and ("what cost more than planned, and why" in refused.stderr) == bool(expected)
