"""What earlier SF-425s told the agency, held against how this release tells the same quarters."""

from collections.abc import Iterator
from datetime import date
from decimal import Decimal

from assets import format as fmt
from assets.documents import common, forms
from assets.documents.document import Column, Table
from assets.documents.facts import Facts, Row, ends
from assets.raw.casts import file
from assets.releases import reports
from assets.releases.reports import Standing

NAME = "sf425"
CHANGED = (
    Column("period", "Quarter", "a quarter whose report stands submitted, approved or locked", "period", 12),
    Column("award_id", "Award", "the award", width=16),
    Column("line", "Line", "line of the SF-425; of line 11 with its rate", width=12),
    Column("told_usd", "As told", "the line in the release that the report stands on", "cents", 18),
    Column("now_usd", "Now", "the line in this release", "cents", 18),
    Column("told_on", "Told on", "that release", width=18),
)
# the lines of a form, of lines 10 and 11 alike
LINES = """
    select award_id, line, amount_usd from read_parquet({form}) where period_end = $1
    union all select award_id, '11d ' || rate_id, base from read_parquet({rates}) where period_end = $1
    union all select award_id, '11e ' || rate_id, amount_charged from read_parquet({rates}) where period_end = $1
    union all select award_id, '11f ' || rate_id, federal_share from read_parquet({rates}) where period_end = $1"""
# what corrections that name an entry took off each line since a form was told
NAMED = """
    select case l.kind when 'receipt' then '10a' when 'disbursement' then '10b' when 'expenditure' then '10e'
            when 'match_cash' then '10j' when 'match_in_kind' then '10j' when 'program_income' then '10l'
            when 'program_income_spent' then case a.program_income_alternative when 'deduction' then '10m' else '10n' end
        end as line, sum(l.amount_usd) as amount_usd
    from {ledger} as l
    inner join {ledger} as o on l.reverses = o.entry_id
    left join {award} as a on l.award_id = a.award_id
    where l.award_id = $1 and l.amount_usd < 0 and l.counted_on <= $2
        and l.entry_id not in (select entry_id from read_parquet({told}) where counted_on <= $3)
    group by 1"""


def table(facts: Facts, period: str, end: date) -> Table:
    """Lines of quarters that reports told, which this release tells otherwise."""
    return Table(
        "Told otherwise", "Lines of earlier reports that this release tells otherwise", CHANGED, changed(facts, period, end),
        row_header="period", empty="None: every line of the reports before stands as it was told.",
    )  # fmt: skip


def changed(facts: Facts, period: str, end: date) -> list[Row]:
    """To the cent: what was told, and what is told now (None: no more)."""
    found = list[Row]()
    for name, now in _told(facts, period, end):
        folder = facts.home / "releases" / now.release
        was, this = (
            LINES.format(form=file(of / "sf425.parquet"), rates=file(of / "sf425_indirect.parquet"))
            for of in (folder, facts.folder)
        )
        sql = f"""
            select o.award_id, o.line, o.amount_usd as told_usd, n.amount_usd as now_usd from ({was}) as o
            left join ({this}) as n on o.award_id = n.award_id and o.line = n.line
            where o.amount_usd is distinct from n.amount_usd order by 1, 2"""
        found += [row | {"period": name, "told_on": now.release} for row in facts.query(sql, [ends(name)])]
    return found


def missing(facts: Facts, period: str, name: str, end: date, awards: list[str]) -> Iterator[str]:
    """What was told otherwise and nobody explains, and lines that fall below what was told: a sentence for each."""
    rows = [row for row in changed(facts, period, end) if row["award_id"] in awards]
    since, restated = common.restatement(facts, NAME, period)
    explained = bool(since and restated and not reports.silent(restated))
    for award in awards:
        mine = [row for row in rows if row["award_id"] == award]
        if mine and not explained and "restated" not in common.said(facts, NAME, name, award):
            first = mine[0]
            lines = ", ".join(dict.fromkeys(row["line"] for row in mine))
            yield (
                f"SF-425 of award {award}, {name}: lines of earlier reports are told otherwise now ({lines}; of"
                f" {first['period']}, {first['line']} was {_usd(first['told_usd'])} and is {_usd(first['now_usd'])}), and nothing"
                " says why: send a text for report sf425, section restated, with the narratives."
            )
        yield from _falls(facts, period, name, end, award)


def _falls(facts: Facts, period: str, name: str, end: date, award: str) -> Iterator[str]:
    """Cumulative lines below what the last form of the award told by more than corrections since then name."""
    now = {row["line"]: row["amount_usd"] for row in facts.rows("sf425", award_id=award, period_end=end)}
    for before, told in reversed(_told(facts, period, end)):
        folder = facts.home / "releases" / told.release
        form = f"from read_parquet({file(folder / 'sf425.parquet')}) where award_id = $1 and period_end = $2"
        was = {row["line"]: row["amount_usd"] for row in facts.query(form, [award, ends(before)])}
        if not was:
            continue
        sql = NAMED.format(
            ledger=facts.table("ledger"), award=facts.table("award"), told=file(folder / "ledger.parquet")
        )
        named = {row["line"]: row["amount_usd"] for row in facts.query(sql, [award, end, ends(before)])}
        for line in forms.CUMULATIVE:
            if now.get(line) is None or was.get(line) is None or now[line] >= was[line]:
                continue
            if now[line] - was[line] < named.get(line, 0):
                title, remedy = forms.RULES[f"line_{line}_falls_by_named_corrections_only"]
                yield (
                    f"SF-425 of award {award}, {name}: it does not hold that {title} ({_usd(now[line])}, and"
                    f" {_usd(was[line])} in the report of {before}); {remedy}."
                )
        return


def _told(facts: Facts, period: str, end: date) -> list[tuple[str, Standing]]:
    """The forms of earlier ends that stood when this one was submitted, or stand now, by time."""
    lines = reports.known(facts.home / "decisions", NAME, period, facts.release)
    found = [
        (of, now)
        for (report, of), now in reports.standing(lines).items()
        if report == NAME and of != period and now.is_told and ends(of) < end
        if (facts.home / "releases" / now.release / "sf425_indirect.parquet").exists()
    ]
    return sorted(found, key=lambda one: ends(one[0]))


def _usd(amount: Decimal | None) -> str:
    return "not reported" if amount is None else fmt.cents(amount)
