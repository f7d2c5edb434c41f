"""What a ledger adds up to, reckoned in plain Python: Decimal, whole cents, and a loop. Nothing of sql/ is used."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

Row = dict[str, Any]
Lines = dict[str, Decimal | None]
CENT, ZERO = Decimal("0.01"), Decimal("0.00")
SERVICES = ("desk", "engagement", "peer", "library")
MATCH = ("match_cash", "match_in_kind")


def counted_on(row: Row, held: Iterable[Any]) -> date:
    """Day posted; what was first known after a lock goes past all that was locked by then."""
    return max([row["posted_on"], *(one.end + timedelta(1) for one in held if one.at < row["_known_at"])])


def total(rows: Iterable[Row], *kinds: str) -> Decimal:
    return sum((row["amount_usd"] for row in rows if row["kind"] in kinds), ZERO)


def required(rows: list[Row], award: Row) -> Decimal | None:
    """The award's own; else what the ledger states, where a statement stands that was not taken back."""
    if award.get("match_required_usd") is not None:
        return award["match_required_usd"]
    stated = [r for r in rows if r["kind"] == "match_required"]
    back = {r["reverses"] for r in stated if r.get("reverses")}
    standing = [r for r in stated if not r.get("reverses") and r["entry_id"] not in back]
    share = total(stated, "match_required")
    return share if standing or share else None


def lines(rows: list[Row], award: Row) -> Lines:
    """10a to 10o of the entries counted by the end of a quarter."""
    a, b = total(rows, "receipt"), total(rows, "disbursement")
    d, e, f = total(rows, "authorized"), total(rows, "expenditure"), total(rows, "obligation")
    i, j = required(rows, award), total(rows, *MATCH)
    earned, spent, use = total(rows, "program_income"), total(rows, "program_income_spent"), award.get("use")
    told = use is not None or spent == 0
    return {
        **{"10a": a, "10b": b, "10c": a - b, "10d": d, "10e": e, "10f": f, "10g": e + f, "10h": d - e - f},
        **{"10i": i, "10j": j, "10k": None if i is None else i - j, "10l": earned},
        "10m": (spent if use == "deduction" else ZERO) if told else None,
        "10n": (spent if use == "addition" else ZERO) if told else None,
        "10o": earned - spent if told else None,
    }


def service(row: Row) -> str:
    name = (row.get("service") or "").strip().lower()
    return name if name in SERVICES else "engagement" if row.get("engagement_id") else "shared"


def shares(rows: list[Row]) -> dict[tuple[str, str | None], tuple[Decimal, Decimal]]:
    """(direct, allocated) by service and engagement; half a cent goes away from zero, the rest to the largest."""
    direct: dict[tuple[str, str | None], int] = defaultdict(int)
    shared = 0
    spent = [row for row in rows if row["kind"] == "expenditure"]
    for row in spent:
        cents = int(row["amount_usd"] * 100)
        if (to := service(row)) == "shared":
            shared += cents
        else:
            direct[to, row.get("engagement_id")] += cents
    key = sum(cents for cents in direct.values() if cents > 0)
    parts = dict.fromkeys(direct, 0)
    if key:
        for name, cents in direct.items():
            if cents > 0:
                whole, left = divmod(abs(shared) * cents, key)
                parts[name] = (whole + (2 * left >= key)) * (1 if shared > 0 else -1)
        first = min(direct, key=lambda name: (-direct[name], name[0], name[1] is None, name[1] or ""))
        parts[first] += shared - sum(parts.values())
    elif spent:
        direct["unassigned", None], parts["unassigned", None] = 0, shared
    return {name: (direct[name] * CENT, parts[name] * CENT) for name in direct}


def indirect(rows: list[Row], rates: dict[str, Decimal]) -> dict[str, tuple[Decimal | None, ...]]:
    """Base, charged, federal share, expected and difference by rate; rates: those of the award."""
    found: dict[str, list[Decimal]] = {}
    for row in rows:
        kind, rate = row["kind"], row.get("rate_id")
        place = {"indirect_base": 0, "indirect_charged": 1}.get(kind, 2 if kind in MATCH and rate else None)
        if place is not None:
            found.setdefault(rate or "unassigned", [ZERO] * 3)[place] += row["amount_usd"]
    out = {}
    for rate, (base, charged, matched) in found.items():
        expected = (base * rates[rate]).quantize(CENT, ROUND_HALF_UP) if rate in rates else None
        difference = None if expected is None else charged - expected
        if base or charged or matched:
            out[rate] = (base, charged, charged - matched, expected, difference)
    return out
