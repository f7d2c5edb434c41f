"""Whether the SF-425 of a period can be made: of which quarter and awards it is, and what it lacks."""

from datetime import date

from assets import format as fmt
from assets.decisions import Refused
from assets.documents import common, forms, sf425_told
from assets.documents.facts import Facts, ends
from assets.raw.casts import file, quote
from assets.releases import reportable, reports

NAME = "sf425"


def quarter(facts: Facts, period: str) -> tuple[str, date]:
    """The federal quarter whose end the form of a period states. Raises Refused where it is not over, or has no line."""
    end = ends(period)
    if end > facts.as_of:
        raise Refused(f"{period} is not over by {fmt.day(facts.as_of)}, the as-of day of release {facts.release}")
    found = facts.rows("sf425", "award_id", period_end=end)
    if not found:
        told = f"select distinct period from {{}} where period_end <= date '{facts.as_of}' order by 1"
        over = facts.query(told.format(facts.table("sf425"))) if facts.has("sf425") else []
        names = ", ".join(row["period"] for row in over[-6:]) or "none: send the award and the ledger"
        raise Refused(
            f"release {facts.release} has no line of the SF-425 at the end of {period}; the last quarters are: {names}"
        )
    return found[0]["period"], end


def quarters(facts: Facts, period: str) -> list[str]:
    """The federal quarters that the form of a period is of: of an award that reports by halves or years each of them."""
    return reportable.quarters(facts.folder, NAME, period) or [quarter(facts, period)[0]]


def awards(facts: Facts, report: str, period: str, end: date) -> list[str]:
    """The awards that a report of a period is of: begun by its end, and their final report was not of an earlier one, unless that
    is so of all. The final report of a half or of a year may be of an award that ended before its last quarter."""
    quarter = f"date_trunc('quarter', date '{end}')"
    lines = facts.rows("sf425", "award_id", f"date_trunc('quarter', period_end) = {quarter}")
    coming = {row["award_id"] for row in facts.rows("award", where=f"\"start\" > date '{end}'")}
    begun = [award for award in dict.fromkeys(row["award_id"] for row in lines) if award not in coming]
    ended = {row["award_id"] for row in facts.rows("award", where=f'"end" < {quarter}')}
    ended -= {r["award_id"] for r in facts.rows("report_calendar", where="is_final", report=report, period=period)}
    return [award for award in begun if award not in ended] or begun


def said(facts: Facts, quarter: str, award: str) -> dict[str, str]:
    """The texts for the form at the end of a quarter: of its year, where that ends with it, and of the quarter itself."""
    year = common.said(facts, NAME, quarter[:6], award) if quarter.endswith("Q4") else {}
    return year | common.said(facts, NAME, quarter, award)


def set_aside(facts: Facts) -> list[str]:
    """What the form says of rows of the ledger that are in no line: none, or a sentence. Of a file that came again its last."""
    last = {row["name"]: row for row in facts.rows("sources", "name, received_at, known_at", source="ledger")}
    rows = [row for row in last.values() if row["quarantined"]]
    if not rows:
        return []
    count = sum(row["quarantined"] for row in rows)
    names = ", ".join(f"{row['name']} ({fmt.number(row['quarantined'])})" for row in rows)
    are = "row of the ledger does" if count == 1 else "rows of the ledger do"
    return [f"{fmt.number(count)} {are} not fit and {'is' if count == 1 else 'are'} in no line until mended: {names}."]


def missing(facts: Facts, period: str) -> list[str]:
    """What keeps the form of a period from being made: a sentence for each, with what to do."""
    name, end = quarter(facts, period)
    told, of = list[str](), awards(facts, NAME, period, end)
    inside = ", ".join(quote(one) for one in quarters(facts, period))
    broken = (
        f"blocks and not holds and (period_end = date '{end}' or (contains(rule, '_falls_') and period in ({inside})))"
    )
    for row in facts.rows("sf425_checks", "award_id, period_end, rule", broken):
        if row["award_id"] not in of:
            continue
        title, remedy = forms.RULES[row["rule"]]
        sides = ""
        if row["found_usd"] is not None:
            sides = f" ({fmt.cents(row['found_usd'])}"
            sides += f" against {fmt.cents(row['expected_usd'])})" if row["expected_usd"] is not None else ")"
        told.append(
            f"SF-425 of award {row['award_id']}, {row['period']}: it does not hold"
            f" that {title[0].lower()}{title[1:]}{sides}; {remedy}."
        )
    provisional = facts.rows("metric_values", where="starts_with(metric, 'sf425_')", period=name, grain="network")
    silent = [award for award in of if "provisional" not in said(facts, name, award)]
    if common.is_provisional(provisional) and silent:
        told.append(
            f"SF-425, {name}: lines of it are provisional, for entries can still arrive, and the report does not say so; send a"
            " text for report sf425, section provisional, with the narratives."
        )
    told += [one for one in sf425_told.missing(facts, period, name, end, of) if one not in told]
    return told + _other_basis(facts, period) + common.unexplained(facts, NAME, period)


def _other_basis(facts: Facts, period: str) -> list[str]:
    """The awards whose basis of accounting is not that of an earlier report that stands: the award fixes it."""
    told = dict[str, str]()
    lines = reports.known(facts.home / "decisions", NAME, period, facts.release)
    for (report, before), now in sorted(reports.standing(lines).items()):
        kept = facts.home / "releases" / now.release / "award.parquet"
        if report != NAME or before == period or not now.is_told or not kept.exists():
            continue
        sql = f"select n.award_id, o.basis as was, n.basis from read_parquet({file(kept)}) as o"
        sql += f" join {facts.table('award')} as n using (award_id) where o.basis <> n.basis order by 1"
        for row in facts.query(sql):
            told[row["award_id"]] = (
                f"The basis of award {row['award_id']} is {row['basis']}, and was {row['was']} in the report of {before}: the award"
                " fixes it for all of its reports; put the award file right."
            )
    return list(told.values())
