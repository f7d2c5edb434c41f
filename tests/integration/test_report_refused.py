"""Every refusal of a report as its user meets it: by the command and on submission, in words that say what to do, with
nothing written; as a draft it is written and says the same."""

from pathlib import Path

import pytest
from doctored import copied, doctor, report, step

AWARD, QUARTER = "NRN-2013", "FY2017Q4"
IN_WORDS = "with the narratives."


def broken(rule: str, found: str = "null", against: str = "null") -> dict[str, str]:
    """The rule of the SF-425 does not hold, with what was found and what it is held against."""
    sets = f"* replace (case when {{of}} then false else holds end as holds, case when {{of}} then {found} else found_usd end"
    sets += f" as found_usd, case when {{of}} then {against} else expected_usd end as expected_usd)"
    return {"sf425_checks": f"select {sets} from t".format(of=f"rule = '{rule}' and period = '{QUARTER}'")}


def without(name: str, section: str) -> dict[str, str]:
    """Nobody wrote the text of a section."""
    said = f"report = '{name}' and period in ('{QUARTER}', '{QUARTER[:6]}') and section = '{section}'"
    return {"narratives": f"from t where not ({said})"}


def rule(said: str) -> str:
    return f"SF-425 of award {AWARD}, {QUARTER}: it does not hold that {said}"


def unsaid(section: str, said: str) -> str:
    return (
        f"The report does not say {said}: send a text for report performance, {QUARTER}, section {section}, {IN_WORDS}"
    )


CASES: dict[str, tuple[dict[str, str], str, str]] = {
    "10c": (
        broken("line_10c_ties", "235.48", "235.47"),
        "sf425",
        rule("10c is 10a less 10b ($235.48 against $235.47); this is a fault of the program: report it."),
    ),
    "10k": (
        broken("line_10k_ties", "534988.34", "534988.33"),
        "sf425",
        rule("10k is 10i less 10j ($534,988.34 against $534,988.33); this is a fault of the program: report it."),
    ),
    "allocations": (
        broken("allocations_sum_to_10e", "8033485.99", "8033485.98"),
        "sf425",
        rule(
            "what services and engagements cost adds up to 10e ($8,033,485.99 against $8,033,485.98); this is a fault of the"
            " program: report it."
        ),
    ),
    "cost identity": (
        {
            "cost_identity": "select * replace (case when period = 'FY2017Q4' then 0.01 else difference_usd end"
            " as difference_usd) from t"
        },
        "performance",
        f"Award {AWARD}: what services and engagements cost differs from line 10e ($8,033,485.98) by $0.01.",
    ),
    "boxes": (
        broken("boxes_stated"),
        "sf425",
        rule(
            "the award states agency, number, recipient, EIN and UEI; state agency, number, recipient, ein and uei in the award"
            " file."
        ),
    ),
    "cover": (
        broken("boxes_stated"),
        "performance",
        f"Award {AWARD}: the cover lacks what it asks for; state agency, number, recipient, ein and uei in the award file.",
    ),
    "indirect rates": (
        broken("indirect_rates_stated"),
        "sf425",
        rule(
            "every indirect rate is on record, with its type; send indirect_rates with each rate that the ledger names (a rate of"
            " 0 where no indirect cost is charged), one rate_id for each rate of an award and period."
        ),
    ),
    "recipient share": (
        broken("recipient_share_stated"),
        "sf425",
        rule(
            "the recipient share required (10i) is stated; state match_required_usd in the award file, as the award document has"
            " it (0 where it asks for none)."
        ),
    ),
    "cash on hand": (
        broken("cash_on_hand_explained", "235.48", "0"),
        "sf425",
        rule(
            "a remark explains the cash on hand (10c) ($235.48 against $0.00); send a text for report sf425, section cash_on_hand,"
            f" {IN_WORDS}"
        ),
    ),
    "final": (
        broken("final_without_obligations", "260914.23", "0"),
        "sf425",
        rule(
            "the final report has no unliquidated obligation (10f) ($260,914.23 against $0.00); liquidate or release what is left,"
            " with entries of kind obligation."
        ),
    ),
    "income": (
        broken("program_income_use_stated"),
        "sf425",
        rule(
            "the award says how program income is used; state program_income_alternative in the award file: deduction or addition."
        ),
    ),
    "provisional lines": (
        without("sf425", "provisional"),
        "sf425",
        f"SF-425, {QUARTER}: lines of it are provisional, for entries can still arrive, and the report does not say so; send a"
        f" text for report sf425, section provisional, {IN_WORDS}",
    ),
    "accomplishments": (
        without("performance", "accomplishments"),
        "performance",
        unsaid("accomplishments", "what was accomplished"),
    ),
    "developments": (
        without("performance", "developments"),
        "performance",
        unsaid("developments", "which developments were significant"),
    ),
    "overruns": (
        without("performance", "overruns"),
        "performance",
        unsaid("overruns", "what cost more than planned, and why"),
    ),
    "provisional figures": (
        without("performance", "provisional"),
        "performance",
        unsaid("provisional", "that figures of it are provisional"),
    ),
}


@pytest.fixture(scope="module")
def sample(release_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the sample's releases. Tests only read it."""
    return copied(release_home, tmp_path_factory.mktemp("refused"))


@pytest.fixture
def home(sample: Path, tmp_path: Path) -> Path:
    """A copy to change."""
    return copied(sample, tmp_path / "home")


def stored(home: Path) -> dict[str, bytes]:
    return {str(path.relative_to(home)): path.read_bytes() for path in sorted(home.rglob("*")) if path.is_file()}


@pytest.mark.parametrize("case", CASES)
def test_what_is_not_complete_is_refused_in_words(home: Path, tmp_path: Path, case: str) -> None:
    changes, name, said = CASES[case]
    doctor(home, changes)
    done = report(home, tmp_path / "out", name, QUARTER)
    assert done.exit_code == 1 and done.stdout == ""
    lines = f"{name} {QUARTER} is not complete, and nothing was written:\n  - {said}\nWith --draft it is written as a draft.\n"
    assert done.stderr == lines
    assert not (tmp_path / "out").exists()
    before = stored(home)
    done = step(home, "submit", name, QUARTER)
    assert (done.exit_code, done.stderr) == (1, f"{name} {QUARTER} is not complete: {said}\n")
    after = stored(home)
    assert {name: text for name, text in after.items() if not name.endswith("SUBMITTED")} == before, "nothing is kept"


def test_the_sample_itself_is_complete_and_without_its_texts_says_each(
    sample: Path, home: Path, tmp_path: Path
) -> None:
    for name in ("sf425", "performance"):
        assert report(sample, tmp_path / "out", name, QUARTER).exit_code == 0, "else the cases above show nothing"
    doctor(home, {"narratives": "from t limit 0"} | broken("line_10g_ties", "2", "1") | CASES["cost identity"][0])
    done = report(home, tmp_path / "none", "sf425", QUARTER)
    assert [line[:5] for line in done.stderr.splitlines()[1:-1]] == ["  - S", "  - S"]
    assert report(home, tmp_path / "none", "performance", QUARTER).stderr.count("\n  - ") == 5


def test_a_missed_target_without_a_reason(home: Path, tmp_path: Path) -> None:
    # as the sample has them: of a year that of eight cities; and the network's of another, as if nobody had said why
    unsaid = "metric = 'on_time_pct' and period = 'FY2017' and topic is null and city_id is null"
    doctor(home, {"target_results": f"select * replace (blocks_report or ({unsaid}) as blocks_report) from t"})
    for year, of, metric in (
        ("FY2017", "", "on_time_pct"),
        ("FY2015", ", Compton, CA", "created"),
    ):
        done = report(home, tmp_path / "out", "performance", year)
        assert done.exit_code == 1 and not (tmp_path / "out").exists()
        title = {"on_time_pct": "Answered on time", "created": "Requests asked"}[metric]
        first = f"  - The target of {title} ({metric}){of}, for {year} was missed without a reason: send reason_missed with the"
        first += " targets."
        lines = [line for line in done.stderr.splitlines() if "target" in line.split(":")[0]]
        assert lines[0] == first and len(lines) == (8 if of else 1)
        done = step(home, "submit", "performance", year)
        # of a year there is a report to look at, and none that an award by quarters submits
        said = f"no award has a performance report of {year}; those of the calendar are: "
        said += "FY2017Q1, FY2017Q2, FY2017Q3, FY2017Q4\n"
        assert (done.exit_code, done.stderr) == (1, said)
    # with a reason it is not held back for that
    doctor(home, {"target_results": "select * replace (false as blocks_report) from t"})
    assert "target" not in report(home, tmp_path / "out", "performance", "FY2017").stderr


def test_no_period_is_approved_before_the_one_before_it(home: Path) -> None:
    assert step(home, "submit", "sf425", QUARTER).exit_code == 0
    done = step(home, "approve", "sf425", QUARTER)
    assert (done.exit_code, done.stderr) == (
        1,
        "sf425 FY2017Q4 cannot be approved before FY2017Q3, the period before it, which is draft\n",
    )


R1 = "2017-09-30-r1"
HERE = f"release {R1}"
ENDED = "; the last quarters are: FY2016Q3, FY2016Q4, FY2017Q1, FY2017Q2, FY2017Q3, FY2017Q4"
THERE = "there are: sf425, performance, budget, program, city, expansion, bundle"
FIRST = f"`cities311 review submit sf425 {QUARTER}`"
LAST = "FY2016Q4, FY2017Q1, FY2017, FY2017Q2, FY2017Q3, FY2017Q4"
SLIPS = (
    "FY2017Q5",
    "FY2017Q",
    "FY2017 ",
    "fy2017q4",
    "FY17Q4",
    "../../x",
    "FY２０１７Q4",
    "2017-13",
    "2017-9",
    "9999-12",
    "to_date",
    "",
)


@pytest.mark.parametrize("period", SLIPS)
@pytest.mark.parametrize("name", ["sf425", "budget", "performance", "program", "city", "expansion", "bundle"])
def test_a_slip_in_the_period_is_no_other_period(sample: Path, tmp_path: Path, name: str, period: str) -> None:
    done = report(sample, tmp_path / "out", name, period)
    if name in ("sf425", "budget", "bundle"):
        expected = f"{period!r} is no period: write 2014-06, FY2014Q3 or FY2014\n"
    elif period == "to_date":
        expected = "to_date is not over by September 30, 2017, the as-of day of release 2017-09-30-r1\n"
    else:
        expected = f"release 2017-09-30-r1 knows no period {period!r}; the last are: {LAST}\n"
    assert (done.exit_code, done.stderr) == (1, expected) and not (tmp_path / "out").exists()
    if name not in ("budget", "program", "bundle"):
        assert step(sample, "submit", name, period).exit_code == 1


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("sf425", "FY2018Q1"), f"FY2018Q1 is not over by September 30, 2017, the as-of day of {HERE}"),
        (("bundle", QUARTER), f"sf425 {QUARTER} is draft: the bundle holds what is submitted; {FIRST}"),
        (("bundle", "FY2018Q1"), f"FY2018Q1 is not over by September 30, 2017, the as-of day of {HERE}"),
        (("bundle", "FY2013Q1"), f"{HERE} has no line of the SF-425 at the end of FY2013Q1{ENDED}"),
        (("bundle", "FY2014Q1"), f"{HERE} knows no period 'FY2014Q1'; the last are: {LAST}"),
        (("sf425", "FY2013Q1"), f"{HERE} has no line of the SF-425 at the end of FY2013Q1{ENDED}"),
        (("sf425", "2017-08"), f"{HERE} has no line of the SF-425 at the end of 2017-08{ENDED}"),
        (("performance", "FY2018Q1"), f"release 2017-09-30-r1 knows no period 'FY2018Q1'; the last are: {LAST}"),
        (("SF425", QUARTER), f"no report is called 'SF425'; {THERE}"),
        (("city", QUARTER, "--city", "9999999"), "release 2017-09-30-r1 has no city 9999999: name the 7-digit GEOID of one it has"),
        (("sf425", QUARTER, "--city", "4748000"), "cities are named for report city alone"),
        (("sf425", QUARTER, "--release", "2017-09-30-r1/"), "no release 2017-09-30-r1/; there are: 2017-09-30-r1"),
        (("sf425", QUARTER, "--release", f"../releases/{R1}"), f"no release ../releases/{R1}; there are: {R1}"),
        (("sf425", QUARTER, "--release", "2017-09-30-r9"), "no release 2017-09-30-r9; there are: 2017-09-30-r1"),
    ],
)  # fmt: skip
def test_what_there_is_not(sample: Path, tmp_path: Path, arguments: tuple[str, ...], said: str) -> None:
    done = report(sample, tmp_path / "out", *arguments)
    assert (done.exit_code, done.stdout, done.stderr) == (1, "", said + "\n")
    assert not (tmp_path / "out").exists()


def test_what_cannot_be_submitted(sample: Path) -> None:
    knows = f"{HERE} knows no period 'FY2018Q1'; the last are: 2017-05, 2017-06, 2017-07, {QUARTER}, 2017-08, 2017-09"
    for arguments, said in (
        (("sf425", "FY2018Q1"), knows),
        (("sf425", "to_date"), "to_date is not over by 2017-09-30, the as-of date of release 2017-09-30-r1"),
        (("budget", QUARTER), "no report is called 'budget'; there are: sf425, performance, city, expansion"),
        (("sf425", QUARTER, "--release", "r9"), "no release r9; there are: 2017-09-30-r1"),
    ):
        done = step(sample, "submit", *arguments)
        assert (done.exit_code, done.stderr) == (1, said + "\n")
    assert not (sample / "decisions").exists()
