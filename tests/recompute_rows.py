"""A figure from the exported records behind it, by the standard library alone: python recompute_rows.py FILE.csv METHOD.

METHOD is what the catalog calls it, such as share or survival_quantile(0.5). Prints numerator, denominator and value as JSON.
"""

import csv
import json
import sys
from collections import Counter, defaultdict
from decimal import Decimal
from fractions import Fraction

Row = dict[str, str]


def numbers(rows: list[Row], column: str) -> list[Fraction]:
    return [Fraction(row[column]) for row in rows if row[column] != ""]


def total(rows: list[Row], column: str) -> Fraction:
    return sum(numbers(rows, column), Fraction(0))


def over(above: Fraction, below: Fraction, times: int = 1) -> float | None:
    return float(times * above / below) if below else None


def share(rows, argument):
    above, below = total(rows, "numerator"), total(rows, "denominator")
    return above, below, over(above, below, 100)


def ratio(rows, argument):
    above, below = total(rows, "numerator"), total(rows, "denominator")
    return above, below, over(above, below)


def count(rows, argument):
    return total(rows, "numerator"), None, total(rows, "numerator")


def money(rows, argument):
    return None, None, str(sum((Decimal(row["amount_usd"]) for row in rows), Decimal("0.00")))


def quantile(rows, argument):
    days = sorted(float(row["days"]) for row in rows if row["days"])
    place = float(argument) * (len(days) - 1)
    below = int(place)
    after = days[min(below + 1, len(days) - 1)] if days else 0
    return len(rows), None, days[below] + (after - days[below]) * (place - below) if days else None


def steps(rows):
    """At each time: how many were at risk, had the event, ended in whatever way that is not a cut."""
    times: dict[float, Counter] = defaultdict(Counter)
    for row in rows:
        times[float(row["hours"])][row["outcome"]] += 1
    left = len(rows)
    for time in sorted(times):
        ended = times[time]
        yield time, left, ended["event"], ended["event"] + ended["competing"]
        left -= sum(ended.values())


def survival_quantile(rows, argument):
    waiting, found = 1.0, None
    for time, at_risk, events, _ in steps(rows):
        waiting *= 1 - events / at_risk
        if events and found is None and waiting <= 1 - float(argument) + 1e-12:
            found = time
    return sum(row["outcome"] == "event" for row in rows), len(rows), found


def returned(rows, argument):
    waiting = 1.0
    for time, at_risk, events, _ in steps(rows):
        if time <= float(argument):
            waiting *= 1 - events / at_risk
    seen = sum(row["outcome"] == "event" and float(row["hours"]) <= float(argument) for row in rows)
    return seen, len(rows), 100 * (1 - waiting)


def incidence(rows, argument):
    waiting, found = 1.0, 0.0
    for time, at_risk, events, ended in steps(rows):
        if time <= float(argument):
            found += waiting * events / at_risk
        waiting *= 1 - ended / at_risk
    seen = sum(row["outcome"] == "event" and float(row["hours"]) <= float(argument) for row in rows)
    return seen, len(rows), 100 * found


def weighted(rows, argument):
    weights = [(int(row["weight_billionths"]), int(row["numerator"])) for row in rows]
    answers, satisfied = sum(w for w, _ in weights), sum(w * k for w, k in weights)
    few = len(rows) < int(argument)
    return (
        sum(k for _, k in weights) if few else satisfied / 1e9,
        len(rows) if few else answers / 1e9,
        over(Fraction(satisfied), Fraction(answers), 100),
    )


def city_mean(rows, argument):
    cities: dict[str, list[int]] = defaultdict(list)
    for row in rows:
        cities[row["city_id"]].append(int(row["numerator"]))
    shares = sum(round(1e9 * sum(k) / len(k)) for k in cities.values())
    return shares / 1e9, len(cities), 100 * (shares / 1e9) / len(cities) if cities else None


def shortfall(rows, argument):
    return total(rows, "numerator"), total(rows, "denominator"), total(rows, "silent")


def foremost(rows, argument):
    uses = sorted(numbers(rows, "numerator"), reverse=True)
    above, below = sum(uses[: int(argument)], Fraction(0)), sum(uses, Fraction(0))
    return above, below, over(above, below, 100)


def gap(rows, argument):
    asked = [row for row in rows if row["is_asked"] == "true"]
    above, below = total(asked, "numerator"), total(rows, "denominator")
    first, second = over(above, below, 100), over(total(asked, "resources"), total(rows, "resources"), 100)
    return above, below, None if first is None or second is None else first - second


def money_ratio(rows, argument):
    divisor = int(rows[0]["divisor"]) if rows else 1
    above, below = float(total(rows, "above")), float(total(rows, "below")) / divisor
    return above, below, int(argument) * above / below if below else None


def variance(rows, argument):
    above, below = total(rows, "above"), total(rows, "below")
    return above, below, over(above - below, below, 100)


def unit_cost(rows, argument):
    above, below = total(rows, "amount_usd"), total(rows, "outcomes")
    return above, below, over(above, below)


METHODS = {
    "share": share, "per_hundred": share, "ratio": ratio, "count": count, "total": money, "quantile": quantile,
    "survival_quantile": survival_quantile, "returned": returned, "incidence": incidence, "weighted": weighted,
    "city_mean": city_mean, "shortfall": shortfall, "foremost": foremost, "gap": gap, "money_ratio": money_ratio,
    "variance": variance, "unit_cost": unit_cost,
}  # fmt: skip


def main(path: str, method: str) -> None:
    with open(path, newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    name, _, argument = method.partition("(")
    told = METHODS[name](rows, argument.rstrip(")"))
    print(json.dumps([float(x) if isinstance(x, Fraction | int) else x for x in told]))


if __name__ == "__main__":
    main(*sys.argv[1:])
