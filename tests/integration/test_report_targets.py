"""Which targets the performance report of a period tells and judges: its own, those of the year that ends with it, and to date."""

import csv
import io
from pathlib import Path

import pytest
from doctored import copied, doctor, report
from granted import granted
from network import HEADER, Network, request

TARGETS = """metric,period,target,set_on
created,FY2014Q3,1000,2014-06-02
created,FY2014Q4,5,2014-06-02
on_time_pct,FY2014,80,2014-06-02
created,FY2015,1000,2014-06-02
created,to_date,1000,2014-06-02
answered_pct,to_date,90,2014-06-02
"""
ANSWERED = "2014-06-20T15:00:00"  # the first seven were asked by June 10, and wait for more than three business days
TITLES = {"created": "Requests asked", "on_time_pct": "Answered on time"}


@pytest.fixture(scope="module")
def aimed(tmp_path_factory: pytest.TempPathFactory) -> Network:
    """Thirty questions, 21 of them in June and 9 in July; seven of June were answered late."""
    net = granted(tmp_path_factory.mktemp("aimed"))
    late = dict.fromkeys(("first_response_at", "resolved_at", "updated_at"), ANSWERED)
    net.drop("requests/first.csv", HEADER + "".join(request(n, **(late if n < 7 else {})) for n in range(30)))
    net.drop("targets/targets.csv", TARGETS)
    net.run()
    return net


def cells(home: Path, folder: Path, period: str) -> dict[str, list[dict[str, str]]]:
    """The rows of each table of the performance report."""
    done = report(home, folder, "performance", period, "--draft")
    assert done.exit_code == 0, done.output
    rows: dict[str, dict[str, dict[str, str]]] = {}
    text = (folder / f"performance-{period}.csv").read_text("utf-8-sig")
    for cell in csv.DictReader(io.StringIO(text, newline="")):
        rows.setdefault(cell["table"], {}).setdefault(cell["row"], {})[cell["column"]] = cell["text"]
    return {table: list(found.values()) for table, found in rows.items()}


@pytest.mark.parametrize(
    ("period", "missed"),
    [
        ("FY2014Q3", [("created", "FY2014Q3"), ("created", "to_date")]),
        ("FY2014Q4", [("on_time_pct", "FY2014"), ("created", "to_date")]),
        ("2014-09", [("on_time_pct", "FY2014"), ("created", "to_date")]),
        ("FY2014", [("on_time_pct", "FY2014"), ("created", "to_date")]),
        ("FY2015Q1", [("created", "to_date")]),  # its year is not over
    ],
)
def test_a_miss_without_a_reason_stops_the_report_that_judges_it(
    aimed: Network, tmp_path: Path, period: str, missed: list[tuple[str, str]]
) -> None:
    done = report(aimed.home, tmp_path / "out", "performance", period)
    assert done.exit_code == 1 and not (tmp_path / "out").exists()
    said = [line for line in done.stderr.splitlines() if "was missed" in line]
    assert said == [
        f"  - The target of {TITLES[metric]} ({metric}), for {of} was missed without a reason: send reason_missed with the targets."
        for metric, of in missed
    ]


def test_with_a_reason_it_is_told(aimed: Network, tmp_path: Path) -> None:
    home = copied(aimed.home, tmp_path / "home")
    given = "case when not met then 'It began in May.' end as reason_missed, false as blocks_report"
    doctor(home, {"target_results": f"select * replace ({given}) from t"})
    assert "was missed" not in report(home, tmp_path / "none", "performance", "FY2014Q4").stderr
    found = cells(home, tmp_path, "FY2014Q4")
    kept = ("target_of", "title", "target", "actual", "met", "reason")
    assert [tuple(row[column] for column in kept) for row in found["Targets"]] == [
        ("FY2014 Q4", "Requests asked", "5 requests", "9 requests", "Yes", ""),
        ("FY2014", "Answered on time", "80%", "76.7%", "No", "It began in May."),  # 23 of 30
        ("To date", "Closed with an answer", "90%", "100%", "Yes", ""),
        ("To date", "Requests asked", "1,000 requests", "30 requests", "No", "It began in May."),
    ]


def test_the_verdict_of_a_year_says_the_figure_of_the_year(aimed: Network, tmp_path: Path) -> None:
    """Eighteen answers were due by June 30, those to the questions of June 25 and before; twelve after."""

    def told(period: str) -> list[tuple[str, ...]]:
        rows = {row["label"]: row for row in cells(aimed.home, tmp_path, period)["A Measures"]}
        return [tuple(rows[n][c] for c in ("target", "target_of", "actual", "met")) for n in ("A-01", "A-02", "A-03")]

    (_, none, _, unset), *others = told("FY2014Q4")
    assert (none, unset) == ("", "")
    to_date = ("90%", "To date", "100%", "Yes: 100% to date")
    assert others == [("80%", "FY2014", "100%", "No: 76.7% in FY2014"), to_date]
    assert told("FY2014Q3")[1:] == [("80%", "FY2014", "61.1%", "Judged with the year"), to_date]  # 11 of 18
    assert told("FY2014")[1:] == [("80%", "FY2014", "76.7%", "No"), to_date]  # 23 of 30


def test_of_a_half_the_targets_of_both_quarters_and_of_the_year_count_once(aimed: Network, tmp_path: Path) -> None:
    home = copied(aimed.home, tmp_path / "home")
    half = "case when period = 'FY2014Q4' then date '2014-04-01' else period_start end as period_start"
    doctor(home, {"report_calendar": f"select * replace ({half}) from t"})
    done = report(home, tmp_path / "none", "performance", "FY2014Q4")
    said = [line.split(", for ")[1].split()[0] for line in done.stderr.splitlines() if "was missed" in line]
    assert said == ["FY2014Q3", "FY2014", "to_date"]
    found = cells(home, tmp_path, "FY2014Q4")
    assert [row["target_of"] for row in found["Targets, FY2014Q3"]] == ["FY2014 Q3"]
    assert [row["target_of"] for row in found["Targets, FY2014Q4"]] == ["FY2014 Q4", "FY2014", "To date", "To date"]
