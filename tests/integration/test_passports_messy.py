"""Records give every figure again where the world is untidy too: three awards, of which one says little and one starts later,
cities that come back after a gap, uses before the launch."""

import csv
import shutil
from datetime import date
from pathlib import Path

import pytest
from network import Network
from restated import run

from assets import catalog
from assets.releases import explained, passport, seal

AWARDS = """award_id,agency,number,recipient,start,end,regime,basis,frequency,match_required_usd,program_income_alternative
SILENT,HUD,SAMPLE-14-0001,Sample recipient,2014-11-03,2017-06-30,24cfr84,cash,quarterly,,
LATER,HUD,SAMPLE-15-0001,Sample recipient,2016-02-01,2018-06-30,2cfr200,accrual,annual,5000.00,deduction
"""
LEDGER = """entry_id,award_id,posted_on,kind,amount_usd,service,category
X1,SILENT,2014-10-20,authorized,900.10,,
X2,SILENT,2015-02-03,program_income,70.25,desk,
X3,SILENT,2015-08-03,program_income_spent,20.05,desk,
X4,SILENT,2015-08-04,match_cash,11.00,desk,
X5,LATER,2016-01-15,authorized,10000.00,,
X6,LATER,2016-03-15,expenditure,123.45,desk,personnel
X7,LATER,2016-05-15,program_income,30.00,peer,
X8,LATER,2016-05-16,program_income_spent,10.00,peer,
"""
FAMILIES = ("cost", "first_use", "peers", "reach", "sf425", "silent", "spending")
LAUNCH = "2014-09-09"


@pytest.fixture(scope="module")
def messy(sample_landing: Path, tmp_path_factory) -> Path:
    """The release of the sample with those changes; its folder."""
    folder = tmp_path_factory.mktemp("messy")
    net = Network(folder / "landing", folder / "home")
    shutil.copytree(sample_landing, net.landing)
    program = net.landing / "program.yml"
    program.write_text(program.read_text().replace("launched_on: 2014-05-22", f"launched_on: {LAUNCH}"))
    net.drop("award/more.csv", AWARDS)
    net.drop("ledger/more.csv", LEDGER)
    path = net.landing / "eligibility" / "eligibility.csv"
    with path.open() as file:
        header, *rows = csv.reader(file)
    gaps = [[city, "2016-08-11", "", wave, why] for city, _, _, wave, why in rows[:9]]
    left = [[city, first, "2015-10-03", wave, why] for city, first, _, wave, why in rows[:9]]
    with path.open("w", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows([header, *left, *rows[9:], *gaps])
    return net.home / "releases" / run(net, date(2017, 5, 17))


def test_every_figure_of_the_network_is_given_again(messy: Path) -> None:
    manifest = seal.manifest(messy)
    metrics = {name for name, entry in catalog.load().metrics.items() if entry.rows in FAMILIES}
    with passport.connect(messy) as connection:
        keys = connection.execute(
            f"""select {", ".join(passport.KEYS)} from published.metric_values where metric in (select unnest(?)) and
                (grain = 'network' and period_type in ('fiscal_year', 'to_date')
                or grain in ('network', 'topic') and period = 'FY2014Q4' or metric like 'sf425%' and period_type = 'quarter')""",
            [sorted(metrics)],
        ).fetchall()
        told = [explained.of(connection, manifest, dict(zip(passport.KEYS, key, strict=True))) for key in keys]
    assert len(told) > 700
    assert {t.figure["metric"] for t in told} == metrics
    assert [t.figure for t in told if t.same is False or (t.figure["state"] == "value" and t.same is None)] == []
    silent = [t for t in told if t.figure["metric"] in ("sf425_10k", "sf425_10m", "sf425_10n", "sf425_10o")]
    missing = [t for t in silent if t.figure["state"] == "not_reported"]
    assert len(missing) > 10
    # what is not reported is not made up from the records of the awards that do say
    assert all(t.counted == 0 and set(t.left_out) == {t.figure["reason"]} for t in missing)


def test_the_release_holds_uses_before_the_launch_in_the_quarter_of_the_launch(messy: Path) -> None:
    with passport.connect(messy) as connection:
        (early,) = connection.execute(
            """select count(*) from published.requests
               where is_canonical and city_id is not null and submitted_on between '2014-07-01' and '2014-08-31'"""
        ).fetchall()[0]
    assert early > 0
