"""The command `explain`: the passport of a figure by hand, its records as a file, and that the file alone gives it again."""

import ast
import hashlib
import json
import subprocess
import sys
from decimal import Decimal

import duckdb
import pytest
from typer.testing import CliRunner

from assets import catalog
from assets.releases import explained, passport
from dashboards import tables
from pipelines.commands import app

QUARTER = (
    "'quarter' as period_type, 'FY2015Q2' as period, date '2015-01-01' as period_start, date '2015-03-31' as period_end"
)
# three count: R1 in time, R2 late, R3 never; R4 is a test, R5 went before it was due, R6 is of another city and the next quarter
REQUESTS = """select request_id, city_id, 'budget' as topic, channel, null::varchar as partner,
    due::timestamp - interval 3 day as submitted_at, due::timestamp as due_at, due::timestamp as due_calendar_at,
    answered::timestamp as first_response_at, withdrawn::timestamp as withdrawn_at, test as is_test, false as is_spam,
    true as is_canonical from (values
    ('=1+1', '4876000', 'phone', '2015-02-02 15:00:00', '2015-02-02 14:59:00', null, false),
    ('R2', '4876000', 'phone', '2015-02-03 15:00:00', '2015-02-03 15:00:01', null, false),
    ('R3', '4876000', '@web', '2015-02-04 15:00:00', null, null, false),
    ('R4', '4876000', 'phone', '2015-02-05 15:00:00', null, null, true),
    ('R5', '4876000', 'phone', '2015-02-06 15:00:00', null, '2015-02-05 15:00:00', false),
    ('R6', '1245000', 'phone', '2015-04-06 15:00:00', '2015-04-05 15:00:00', null, false))
    as t (request_id, city_id, channel, due, answered, withdrawn, test)"""
TABLES = {
    "requests": REQUESTS,
    "city_groups": "select '1' as city_id, '1' as size_quartile, '1' as poverty_quartile where false",
    "periods": """select 'quarter' as period_type, 'FY2015Q2' as period, timestamp '2015-01-01 05:00:00' as starts_at,
        timestamp '2015-04-01 04:00:00' as ends_at, timestamp '2015-04-01 04:00:00' as closes_at, 1 as ordinal""",
    "params": """select date '2015-04-30' as as_of, timestamp '2015-05-01 04:00:00' as as_of_at, date '2014-05-22' as launched_on,
        'America/New_York' as time_zone, 86400 as service_level_business_seconds, 259200 as service_level_calendar_seconds,
        45 as lag_days, 10 as min_denominator, '1' as calendar""",
    "metric_values": f"""select metric, version as metric_version, grain, city_id, null::varchar as topic,
        null::varchar as engagement_id, dimension, dimension_value, basis, {QUARTER}, value::double as value,
        usd::decimal(18, 2) as amount_usd, k::double as numerator, n::double as denominator, low::double as ci_low,
        high::double as ci_high, unit, state, 'final' as status, reason from (values
        ('on_time_pct', '1', 'network', null, null, null, null, 33.3, null, 1, 3, 6.1, 79.2, 'percent', 'value', null),
        ('on_time_pct', '1', 'city', '4876000', null, null, null, null, null, 2, 3, null, null, 'percent', 'withheld', 'few'),
        ('on_time_pct', '1', 'city', '1245000', null, null, null, null, null, 0, 0, null, null, 'percent', 'not_computable', '0'),
        ('on_time_pct', '1', 'network', null, 'channel', 'phone', null, 50, null, 1, 2, null, null, 'percent', 'value', null),
        ('on_time_pct', '1', 'network', null, 'channel', '@web', null, 0, null, 0, 1, null, null, 'percent', 'value', null),
        ('never_answered_pct', '0', 'network', null, null, null, null, 33.3, null, 1, 3, 6.1, 79.2, 'percent', 'value', null),
        ('gone_pct', '1', 'network', null, null, null, null, 10, null, 1, 10, null, null, 'percent', 'value', null),
        ('spent_usd', '1', 'network', null, null, null, null, null, -1234.5, null, null, null, null, 'usd', 'value', null),
        ('reach_pct', '2', 'network', null, 'service', 'desk', 'then', 10, null, 1, 10, null, null, 'percent', 'value', null),
        ('reach_pct', '2', 'network', null, 'service', 'desk', 'now', 5, null, 1, 20, null, null, 'percent', 'value', null),
        ('reach_pct', '2', 'network', null, 'service', 'peer', 'then', 20, null, 2, 10, null, null, 'percent', 'value', null))
        as t (metric, version, grain, city_id, dimension, dimension_value, basis, value, usd, k, n, low, high, unit, state,
        reason)""",
    "metrics": """select 'on_time_pct' as metric, '1' as version, 'Answered on time' as title, 'The share answered.' as definition,
        'percent' as unit, 'answered by then' as numerator, 'due' as denominator, 'wilson' as "interval", 1 as decimals,
        'requests, request_events' as feeds, 'sql/metrics/on_time.sql' as source, 'Waits for nobody.' as limits""",
    "cities": "select '4876000' as city_id, 'Waco city' as name, 'TX' as state",
}
FILE = {"source": "requests", "name": "requests/a.csv", "sha256": "ab" * 32}
FILE |= {"received": 1010, "accepted": 1007, "quarantined": 2, "repeats": 1}
MANIFEST = {
    "release": "2015-04-30-r1", "as_of": "2015-04-30", "known_on": "2015-05-02T12:00:00+00:00",
    "created_at": "2015-05-03T12:00:00+00:00", "code_version": "c0de", "catalog_version": "ca7a", "synthetic": False,
    "sources": [FILE, FILE | {"source": "ledger"}],
}  # fmt: skip


@pytest.fixture
def release(tmp_path):
    folder = tmp_path / "own" / "releases" / "2015-04-30-r1"
    folder.mkdir(parents=True)
    for name, sql in TABLES.items():
        duckdb.sql(f"copy ({sql}) to '{folder / name}.parquet' (format parquet)")
    (folder / "manifest.json").write_text(json.dumps(MANIFEST))
    (folder.parent / "CURRENT").write_text("2015-04-30-r1\n")
    return folder


def call(release, *arguments, period="FY2015Q2"):
    return CliRunner().invoke(
        app, ["explain", *map(str, arguments), "--period", period, "--home", str(release.parents[1])]
    )


def told(release, *arguments) -> dict:
    answer = call(release, *arguments, "--json")
    assert answer.exit_code == 0, answer.output
    (line,) = answer.stdout.splitlines()
    return json.loads(line)


def ran(line: str, folder) -> tuple:
    """What the printed line prints, run by a shell of its own."""
    assert line.startswith("python -c ") and "\n" not in line
    done = subprocess.run(
        [f"{sys.executable}{line.removeprefix('python')}"], shell=True, capture_output=True, text=True, cwd=folder
    )
    assert done.returncode == 0, done.stderr
    return ast.literal_eval(done.stdout)


def test_the_passport_by_hand(release):
    answer = call(release, "on_time_pct")
    assert answer.exit_code == 0, answer.output
    assert answer.stdout.splitlines() == [
        "Answered on time (on_time_pct, version 1)",
        "the whole network; FY2015Q2 (2015-01-01 to 2015-03-31)",
        "",
        "What it is        The share answered.",
        "",
        "Figure            33.3%, 1 of 3, 95% interval 6.1% to 79.2%, final",
        "Numerator         1: answered by then",
        "Denominator       3: due",
        "Interval          Wilson's interval of a proportion, from the two counts",
        "",
        "Records           3 records count",
        "Left out          a test: 1; withdrawn before it was due or answered: 1",
        "Worked out again  from these records: the same figure.",
        "",
        "Limits            Waits for nobody.",
        "",
        "Release           2015-04-30-r1, published 2015-05-03T12:00:00+00:00",
        "As of             2015-04-30, known on 2015-05-02T12:00:00+00:00",
        "Versions          code c0de, catalog ca7a",
        "SQL               sql/metrics/on_time.sql, sql/rows/on_time.sql",
        "",
        "1 file behind it: SHA-256, rows received = accepted + set aside + repeats, name",
        f"  {'ab' * 32}  1,010 = 1,007 + 2 + 1  requests/a.csv",
        "  nothing was received of request_events",
    ]


def test_the_same_as_one_object(release):
    found = told(release, "on_time_pct")
    assert (found["value"], found["numerator"], found["denominator"], found["state"]) == (33.3, 1, 3, "value")
    assert found["left_out"] == {"a test": 1, "withdrawn before it was due or answered": 1}
    assert found["recomputed"] == {"numerator": 1, "denominator": 3, "value": pytest.approx(100 / 3, abs=1e-12)}
    assert (found["records"], found["same"], found["why_not"]) == (3, True, None)
    assert found["files"] == [FILE] and found["feeds_without_a_file"] == ["request_events"]
    assert (found["code_version"], found["catalog_version"], found["synthetic"]) == ("c0de", "ca7a", False)
    assert told(release, "on_time_pct", "--value", "phone")["records"] == 2


def test_records_that_give_another_figure_are_said_to(release):
    said = call(release, "on_time_pct", "--city", "4876000")
    assert said.exit_code == 0
    assert "city 4876000 (Waco city, TX)" in said.stdout
    assert "Figure            2 of 3, withheld, final: few" in said.stdout
    assert "NOT THE SAME. They give numerator 1, denominator 3, value 33.333333." in " ".join(said.stdout.split())
    assert told(release, "on_time_pct", "--city", "4876000")["same"] is False


@pytest.mark.parametrize("name", ["rows.csv", "a b'$[1].csv", "rows.parquet"])
def test_the_file_alone_gives_the_figure_again(release, tmp_path, name):
    said = call(release, "on_time_pct", "--rows", tmp_path / name).stdout.splitlines()
    assert said[-2].startswith(f"Wrote 3 records to {tmp_path / name}.")
    assert ran(said[-1], tmp_path) == (1, 3, 100 / 3)
    assert told(release, "on_time_pct", "--rows", tmp_path / name)["command"] == said[-1]


def test_a_file_without_rows_is_read_too(release, tmp_path):
    said = call(release, "on_time_pct", "--city", "1245000", "--rows", tmp_path / "none.csv").stdout.splitlines()
    assert ran(said[-1], tmp_path) in [(None, None, None), (0, 0, None)]
    assert told(release, "on_time_pct", "--city", "1245000")["same"] is True


def test_no_cell_is_a_formula_and_what_is_made_up_says_so(release, tmp_path):
    (release / "manifest.json").write_text(json.dumps(MANIFEST | {"synthetic": True}))
    said = call(release, "on_time_pct", "--rows", tmp_path / "rows.csv")
    assert said.stdout.startswith("SYNTHETIC DATA")
    rows = duckdb.read_csv(str(tmp_path / "rows.csv"), all_varchar=True).to_arrow_table().to_pylist()
    assert [row["record_id"] for row in rows] == ["'=1+1", "R2", "R3"]
    assert [row["channel"] for row in rows] == ["phone", "phone", "'@web"]
    assert {row["data"] for row in rows} == {"synthetic"} and "left_out" not in rows[0]
    assert told(release, "on_time_pct")["synthetic"] is True
    call(release, "on_time_pct", "--rows", tmp_path / "rows.parquet")
    whole = duckdb.read_parquet(str(tmp_path / "rows.parquet")).to_arrow_table().to_pylist()
    assert [row["record_id"] for row in whole] == ["=1+1", "R2", "R3"] and whole[0]["data"] == "synthetic"
    assert passport.FORMULA == tables.FORMULA, "one rule for both"


def test_where_several_fit_the_choices_are_listed(release):
    said = call(release, "reach_pct", "--json")
    assert (said.exit_code, said.stdout) == (1, "")
    assert said.stderr.splitlines() == [
        "3 figures of reach_pct fit; choose one:",
        "  --by service --value desk --basis now",
        "  --by service --value desk --basis then",
        "  --by service --value peer --basis then",
    ]
    assert told(release, "reach_pct", "--value", "desk", "--basis", "then")["value"] == 10
    by = call(release, "on_time_pct", "--by", "channel")
    assert by.exit_code == 1 and "  --by channel --value phone" in by.stderr.splitlines()


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (["no_such_pct"], 1, ["no metric 'no_such_pct'", "on_time_pct"]),
        (["on_time_pct", "--city", "9999999"], 1, ["no figure for city 9999999", "there are: 1245000, 4876000"]),
        (["on_time_pct", "--period", "FY2001"], 1, ["no figure for period FY2001", "there are: FY2015Q2"]),
        (
            ["on_time_pct", "--by", "channel", "--value", "fax"],
            1,
            ["no figure for value fax", "there are: @web, phone"],
        ),
        (["on_time_pct", "--basis", "now"], 1, ["no figure for basis now", "there are: none"]),
        (["on_time_pct", "--release", "1999-01-01-r1"], 1, ["no release 1999-01-01-r1", "2015-04-30-r1"]),
        (["on_time_pct", "--rows", "{}/nowhere/a.csv"], 1, ["nowhere/a.csv cannot be written"]),
        (["on_time_pct", "--rows", "{}/own/releases/2015-04-30-r1/a.csv"], 1, ["nothing is ever added"]),
        (["gone_pct", "--rows", "{}/a.csv"], 1, ["a.csv was not written", "no longer knows the metric"]),
        (["on_time_pct", "--rows", "{}/a.xlsx"], 2, [".parquet"]),
        (["on_time_pct", "--basis", "soon"], 2, ["soon"]),
        ([], 2, []),
    ],
)
def test_refusals_say_why(release, tmp_path, arguments, code, words):
    given = [argument.format(tmp_path) for argument in arguments]
    said = CliRunner().invoke(app, ["explain", "--period", "FY2015Q2", *given, "--home", str(tmp_path / "own")])
    assert said.exit_code == code and "Traceback" not in said.output
    for word in words:
        assert word in said.stderr
    assert not list(tmp_path.rglob("a.*"))


def test_what_cannot_be_told_says_why(release, monkeypatch):
    said = " ".join(call(release, "never_answered_pct").stdout.split())
    assert "the figure was published with version 0 of the metric, and this program knows version 1." in said
    assert "$1,234.50" in call(release, "spent_usd").stdout and "-$" in call(release, "spent_usd").stdout
    (release / "city_groups.parquet").unlink()
    lacking = told(release, "on_time_pct")
    assert lacking["same"] is None and "the release lacks what sql/rows/on_time.sql reads" in lacking["why_not"]
    (release / "periods.parquet").unlink()
    assert "published before figures had passports" in told(release, "on_time_pct")["why_not"]
    entries = catalog.load()
    silent = entries.metrics["on_time_pct"].model_copy(update={"rows": "", "recompute": ""})
    without = entries.model_copy(update={"metrics": {"on_time_pct": silent}})
    monkeypatch.setattr(catalog, "load", lambda: without)
    said = call(release, "on_time_pct")
    assert said.exit_code == 0 and "the records behind this metric are not told yet." in said.stdout


FIGURE = {"numerator": None, "denominator": None, "value": None, "amount_usd": None, "state": "value"}


@pytest.mark.parametrize(
    ("figure", "again", "same"),
    [
        ({"numerator": 1.1, "denominator": 3.0, "value": 36.7}, (Decimal("1.10"), 3, 36.6666), True),
        ({"numerator": 1.0, "denominator": 3.0, "value": 33.3}, (1, 3, 33.3501), False),
        ({"value": 33.4}, (None, None, 33.35), True),  # the published one was rounded from it
        ({"numerator": 1.0, "denominator": 3.0, "value": 33.3}, (1, 4, 33.3), False),
        ({"numerator": 1.0, "denominator": 3.0, "state": "withheld"}, (1, 3, 33.3), True),
        ({"numerator": 0.0, "denominator": 0.0, "state": "not_computable"}, (None, None, None), True),
        ({"amount_usd": Decimal("-10.10")}, (None, None, Decimal("-10.1")), True),
        ({"amount_usd": Decimal("10.10")}, (None, None, Decimal("10.11")), False),
        ({"value": 5.0}, (None, None, None), False),
        ({"state": "not_reported"}, (None, None, None), None),
    ],
)
def test_agreement(figure, again, same):
    assert explained.agrees(FIGURE | figure, again, 1) is same


def test_a_figure_of_a_real_run(release_home, sample_landing, tmp_path):
    """Counts by a query of their own over the requests; files by the bytes that were landed."""
    folder = release_home / "releases" / (release_home / "releases" / "CURRENT").read_text().strip()
    due, answered = duckdb.sql(f"""
        select count(*), count(*) filter (first_response_at <= due_at) from '{folder}/requests.parquet'
        where is_canonical and not is_test and not is_spam and due_at >= '2015-07-01 04:00' and due_at < '2015-10-01 04:00'
            and (withdrawn_at is null or withdrawn_at > least(due_at, first_response_at))
    """).fetchall()[0]
    assert due > 10
    arguments = ["explain", "on_time_pct", "--period", "FY2015Q4", "--home", str(release_home)]
    answer = CliRunner().invoke(app, [*arguments, "--rows", str(tmp_path / "rows.csv"), "--json"])
    assert answer.exit_code == 0, answer.output
    found = json.loads(answer.stdout)
    assert (found["numerator"], found["denominator"], found["records"], found["same"]) == (answered, due, due, True)
    assert ran(found["command"], tmp_path) == (answered, due, 100.0 * answered / due)
    assert {each["source"] for each in found["files"]} == {"requests", "request_events"}
    for each in found["files"]:
        assert hashlib.sha256((sample_landing / each["name"]).read_bytes()).hexdigest() == each["sha256"]
        assert each["received"] == each["accepted"] + each["quarantined"] + each["repeats"]
