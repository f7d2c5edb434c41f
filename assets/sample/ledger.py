"""The award and its ledger, in whole cents: months of cost, the cash drawn for them, promises to partners, the cities'
share. Cumulative federal spending plus open obligations never exceeds what was authorized."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import numpy as np

from assets.sample import files
from assets.sample.engagements import DELIVERED_ON, Engagement
from assets.sample.topics import PARTNERS
from assets.sample.world import AS_OF, World, generator

AWARD = "NRN-2013"
START, END, LAST_POSTED = date(2013, 12, 1), date(2018, 3, 31), date(2017, 10, 5)
AUTHORIZED = ((date(2013, 12, 2), 400_000_000), (date(2014, 10, 15), 350_000_000), (date(2015, 11, 16), 250_000_000))
MATCH_REQUIRED = 230_000_000
# Monthly cost in dollars of what is not an engagement, and the month it starts.
SERVICES = {"desk": (21_000, 5), "peer": (9_000, 8), "library": (8_000, 5), "program": (24_000, 0)}
CATEGORIES = (
    ("personnel", 0.46),
    ("fringe", 0.14),
    ("contractual", 0.24),
    ("travel", 0.06),
    ("supplies", 0.03),
    ("other", 0.07),
)
# Of each federal year the provisional rate on the salaries of the program's own staff, and the final one, once it is agreed.
RATES = {2014: (0.235, 0.2312), 2015: (0.235, 0.2407), 2016: (0.24, 0.2388), 2017: (0.24, None), 2018: (0.2425, None)}


@dataclass(frozen=True)
class Entry:
    """One row of ledger.csv; cents are signed."""

    posted_on: date
    kind: str
    cents: int
    incurred_on: date | None = None
    engagement_id: str = ""
    service: str = ""
    category: str = ""
    partner: str = ""
    rate_id: str = ""
    memo: str = ""
    reverses: "Entry | None" = field(default=None, compare=False)


def simulate(world: World, engagements: list[Engagement]) -> list[Entry]:
    """Every entry, ordered by posting."""
    rng = generator(world.seed, "ledger")
    costs = [*_program_costs(rng)]
    shared: list[Entry] = []
    for engagement in engagements:
        if engagement.approved_on is not None:
            spent, promised = _engagement_costs(engagement, rng)
            costs += spent
            shared += promised
    costs = [entry for entry in costs if entry.posted_on <= LAST_POSTED]
    corrections = [entry for cost in _picked(costs, rng) for entry in _correction(cost, rng)]
    income = [
        Entry(date(2015 + i // 3, 3 + 3 * (i % 3), 15), kind, cents, service="peer", memo="Event fees")
        for i in range(6)
        for kind, cents in (("program_income", 120_000 + 7_513 * i), ("program_income_spent", 100_000 + 6_007 * i))
    ]
    indirect = [*_indirect(costs)]
    granted = [Entry(day, "authorized", cents, memo="Funding action") for day, cents in AUTHORIZED]
    entries = granted + costs + corrections + shared + income + indirect + [*_cash(costs + corrections, rng)]
    entries = [entry for entry in entries if entry.posted_on <= LAST_POSTED]
    return sorted(entries, key=lambda e: (e.posted_on, e.kind, e.engagement_id, e.service, e.category, e.cents, e.memo))


def months(first: date, last: date) -> Iterator[date]:
    """The first day of each month from first's to last's."""
    day = first.replace(day=1)
    while day <= last:
        yield day
        day = (day + timedelta(days=32)).replace(day=1)


def _program_costs(rng: np.random.Generator) -> Iterator[Entry]:
    for number, month in enumerate(months(START, LAST_POSTED)):
        for service, (dollars, first) in SERVICES.items():
            if number < first:
                continue
            partner = PARTNERS[int(rng.integers(len(PARTNERS)))]
            for category, share in CATEGORIES:
                cents = int(dollars * 100 * share * rng.uniform(0.8, 1.2))
                about = Entry(month, "expenditure", 0, service=service, category=category, partner=partner)
                yield _cost(about, month, cents, rng)


def _cost(about: Entry, month: date, cents: int, rng: np.random.Generator) -> Entry:
    """`about` with a month's cost, posted in the following one."""
    incurred = month + timedelta(days=27)
    posted = incurred + timedelta(days=int(rng.integers(5, 24)))
    return replace(about, posted_on=posted, cents=cents, incurred_on=incurred)


def _engagement_costs(engagement: Engagement, rng: np.random.Generator) -> tuple[list[Entry], list[Entry]]:
    """Federal costs; and obligations with their liquidation and the city's share (a quarter of the whole)."""
    planned = list(months(engagement.starts_on, engagement.completed_on or engagement.ends_on))
    stalled = engagement.completed_on is None and engagement.ends_on <= AS_OF
    working = planned[: len(planned) // 2] if stalled else planned
    late = engagement.completed_on is not None and engagement.completed_on > engagement.ends_on
    actual = engagement.planned_cost_usd * 100 * rng.uniform(0.9, 1.18 if late else 1.04)
    signed = engagement.approved_on or engagement.starts_on
    about = Entry(signed, "expenditure", 0, engagement_id=engagement.engagement_id, service="engagement")
    spent, shared, contractual = [], [], 0
    for month in working:
        for category, share in (("personnel", 0.4), ("contractual", 0.5), ("travel", 0.1)):
            cents = int(actual * 0.75 * share / len(planned) * rng.uniform(0.85, 1.15))
            cost = _cost(replace(about, category=category, partner=engagement.lead_partner), month, cents, rng)
            spent.append(cost)
            if category == "contractual" and cost.posted_on <= LAST_POSTED:
                contractual += cents
                shared.append(replace(cost, kind="obligation", cents=-cents, memo="Liquidated"))
        kind = "match_cash" if rng.random() < 0.7 else "match_in_kind"
        given = int(actual * 0.25 / len(planned) * rng.uniform(0.8, 1.1))
        shared.append(_cost(replace(about, kind=kind, category="match"), month, given, rng))
    reserve = max(contractual, int(actual * 0.375 * rng.uniform(1.05, 1.2)))
    shared.append(replace(about, kind="obligation", cents=reserve, memo="Agreement signed"))
    if engagement.completed_on is not None:
        close = engagement.completed_on + timedelta(days=60)
        shared.append(
            replace(about, posted_on=close, kind="obligation", cents=contractual - reserve, memo="Balance released")
        )
    return spent, shared


def _picked(costs: list[Entry], rng: np.random.Generator) -> list[Entry]:
    old = [cost for cost in costs if cost.posted_on < date(2017, 5, 1)]
    return [old[i] for i in sorted(rng.choice(len(old), 25, replace=False).tolist())]


def _correction(cost: Entry, rng: np.random.Generator) -> Iterator[Entry]:
    """The opposite sign, naming what it reverses; most are booked again where they belong, for a little less."""
    day = cost.posted_on + timedelta(days=int(rng.integers(20, 120)))
    yield replace(cost, posted_on=day, cents=-cost.cents, memo="Reversal", reverses=cost)
    if rng.random() < 0.7:
        yield replace(cost, posted_on=day, cents=cost.cents * 97 // 100, memo="Booked again", category="other")


def _indirect(costs: list[Entry]) -> Iterator[Entry]:
    """What line 11 tells of the salaries of the program's own staff: the base, and the provisional rate on all of it so far, to the
    cent. The charge is in category other of line 10e."""
    base: dict[str, int] = {}
    charged: dict[str, int] = {}
    salaries = [cost for cost in costs if (cost.service, cost.category) == ("program", "personnel")]
    for cost in sorted(salaries, key=lambda cost: cost.posted_on):
        year = cost.posted_on.year + (cost.posted_on.month >= 10)
        about = replace(cost, category="", partner="", rate_id=f"IR{year}P")
        base[about.rate_id] = base.get(about.rate_id, 0) + cost.cents
        due = base[about.rate_id] * round(RATES[year][0] * 1000)
        cents = (due + 500) // 1000 - charged.get(about.rate_id, 0)  # half a cent goes up, as on the form
        charged[about.rate_id] = charged.get(about.rate_id, 0) + cents
        yield replace(about, kind="indirect_base")
        yield replace(about, kind="indirect_charged", cents=cents)


def _cash(costs: list[Entry], rng: np.random.Generator) -> Iterator[Entry]:
    """Each month pays what was posted in the one before; cash is drawn days earlier, in whole thousands of dollars."""
    drawn = paid = 0
    for month in months(START, LAST_POSTED):
        before = (month - timedelta(days=1)).replace(day=1)
        due = sum(cost.cents for cost in costs if cost.posted_on.replace(day=1) == before)
        if due <= 0:
            continue
        paid += due
        draw = -(-(paid - drawn) // 100_000) * 100_000
        if draw > 0:
            drawn += draw
            yield Entry(month + timedelta(days=2), "receipt", draw, memo="Drawdown")
        yield Entry(month + timedelta(days=int(rng.integers(5, 15))), "disbursement", due, memo="Monthly payment")


def write(directory: Path, entries: list[Entry]) -> dict[str, Any]:
    """Writes award and ledger below `directory`; the last ledger row is bad. Returns totals in dollars per kind."""
    numbers = {id(entry): f"L{number:06d}" for number, entry in enumerate(entries, start=1)}
    rows = [
        (
            numbers[id(e)], AWARD, e.posted_on, e.incurred_on, e.kind, dollars(e.cents), e.engagement_id, e.service,
            e.category, e.partner, e.memo, numbers[id(e.reverses)] if e.reverses else None, e.rate_id,
        )
        for e in entries
    ]  # fmt: skip
    header = ["entry_id", "award_id", "posted_on", "incurred_on", "kind", "amount_usd", "engagement_id", "service"]
    header += ["category", "partner", "memo", "reverses", "rate_id"]
    bad = (
        "L999999",
        AWARD,
        "2017-09-29",
        None,
        "expenditure",
        "1250.005",
        "",
        "desk",
        "other",
        PARTNERS[0],
        "",
        None,
        "",
    )
    delivered = {"delivered_on": DELIVERED_ON.isoformat()}
    files.write_csv(directory / "ledger" / "ledger.csv", header, [*rows, bad])
    files.write_mapping(directory / "ledger", {"ledger.csv": delivered})
    award = {
        "award_id": AWARD, "agency": "HUD", "number": "SAMPLE-13-0311", "recipient": "Sample recipient",
        "ein": "00-0000000", "uei": "SAMPLE000000",
        "address": "1 Sample Street, Washington, DC 20001", "account_number": "SAMPLE-ACCOUNT",
        "start": START, "end": END, "regime": "24cfr84", "basis": "accrual",
        "frequency": "quarterly", "match_required_usd": dollars(MATCH_REQUIRED), "program_income_alternative": "addition",
    }  # fmt: skip
    files.write_csv(directory / "award" / "award.csv", list(award), [list(award.values())])
    files.write_mapping(directory / "award", {"award.csv": delivered})
    totals = {
        kind: dollars(sum(e.cents for e in entries if e.kind == kind)) for kind in sorted({e.kind for e in entries})
    }
    row = {"file": "ledger/ledger.csv", "row": len(rows) + 2, "column": "amount_usd", "kind": "fraction_of_a_cent"}
    reversals = [numbers[id(e)] for e in entries if e.reverses]
    return {"bad_rows": [row], "entries": len(rows), "totals_usd": totals, "reversals": reversals}


def dollars(cents: int) -> str:
    """Cents as dollars with two decimals."""
    sign = "-" if cents < 0 else ""
    return f"{sign}{abs(cents) // 100}.{abs(cents) % 100:02d}"
