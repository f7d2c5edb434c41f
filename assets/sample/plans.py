"""What was planned: the award's budget and indirect rates, and the program's targets. Figures are invented."""

import json
from pathlib import Path
from typing import Any

from assets.sample import files
from assets.sample.engagements import DELIVERED_ON
from assets.sample.ledger import AWARD, CATEGORIES, RATES
from assets.sample.world import World

# The award's 10,000,000 dollars by category, first as approved, then as amended.
BUDGET_USD = {"original": (46, 14, 24, 6, 3, 7), "amendment 1": (43, 13, 30, 5, 2, 7)}


SLOW = "councils voted later than planned, so that the milestones after the vote moved with them"
SHORT = {  # federal year -> why answers came late, where they did
    2016: "the desk was short of staff from May to July",
    2017: "two posts of the desk stayed open from January to July",
}


def write(directory: Path, world: World) -> dict[str, Any]:
    """Writes indirect_rates, budget and targets below `directory`, one bad row in each; returns what was planted."""
    bad = [_rates(directory / "indirect_rates"), _budget(directory / "budget")]
    count, wrong = _targets(directory / "targets", world)
    return {
        "bad_rows": [*bad, wrong],
        "budget_usd": dict.fromkeys(BUDGET_USD, "10000000.00"),
        "targets": count,
    }


def _delivered(folder: Path, name: str) -> None:
    files.write_mapping(folder, {name: {"delivered_on": DELIVERED_ON.isoformat()}})


def _rates(folder: Path) -> dict[str, Any]:
    """A JSON array: a provisional rate for each federal year and, later, the final one. Bad: a rate in percent."""
    rows: list[dict[str, Any]] = []
    for year, (provisional, final) in RATES.items():
        days = {"from": f"{year - 1}-10-01", "to": f"{year}-09-30"}
        for kind, rate in (("provisional", provisional), ("final", final)):
            if rate is not None:
                number = f"IR{year}{kind[0].upper()}"
                rows.append({"rate_id": number, "award_id": AWARD, "type": kind, "rate": rate} | days)
    rows.append(rows[0] | {"rate_id": "IR9999", "rate": 23.5})
    path = folder / "indirect-rates.json"
    folder.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(rows, indent=1) + "\n", encoding="utf-8")
    _delivered(folder, path.name)
    return {"file": f"indirect_rates/{path.name}", "row": len(rows), "column": "rate", "kind": "rate_in_percent"}


def _budget(folder: Path) -> dict[str, Any]:
    """A workbook whose amounts are numbers. Bad: a fraction of a cent."""
    rows: list[tuple[Any, ...]] = [
        (AWARD, category, version, share * 100_000.0)
        for version, shares in BUDGET_USD.items()
        for (category, _), share in zip(CATEGORIES, shares, strict=True)
    ]
    path = folder / "budget.xlsx"
    header = ("award_id", "category", "version", "amount_usd")
    files.write_xlsx(path, header, [*rows, (AWARD, "other", "amendment 2", 1250.005)], "Budget")
    _delivered(folder, path.name)
    return {"file": f"budget/{path.name}", "row": len(rows) + 2, "column": "amount_usd", "kind": "fraction_of_a_cent"}


def _targets(folder: Path, world: World) -> tuple[int, dict[str, Any]]:
    """Tab-separated: for the network each federal year, for two topics, for the first cities. Bad: an unknown period."""
    years = {2014: "2014-06-02", 2015: "2014-09-15", 2016: "2015-09-14", 2017: "2016-09-12", 2018: "2017-10-02"}
    header = ("metric", "period", "target", "city", "topic", "set_on", "set_by", "reason_missed")
    rows = []
    for year, day in years.items():
        late = SHORT.get(year, "")
        rows.append(("on_time_pct", f"FY{year}", f"{68 + 3 * (year - 2014)}", "", "", day, "hud", late))
        slow = SLOW if year in (2015, 2016, 2017) else ""
        rows.append(("milestones_on_time_pct", f"FY{year}", "80", "", "", day, "program", slow))
        rows += [("on_time_pct", f"FY{year}", "75", "", topic, day, "program", late) for topic in ("budget", "housing")]
    first = [city for city in world.cities if city.wave == 1]
    rows += [("created", "FY2015", "40", city.geoid, "", years[2015], "", "") for city in first]
    path = folder / "targets.tsv"
    wrong = ("on_time_pct", "2016Q1", "75", "", "", "2015-12-01", "program", "")
    files.write_tabbed(path, [header, *rows, wrong], end="\n")
    _delivered(folder, path.name)
    bad = {"file": f"targets/{path.name}", "row": len(rows) + 2, "column": "period", "kind": "unknown_period"}
    return len(rows), bad
