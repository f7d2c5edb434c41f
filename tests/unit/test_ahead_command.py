"""The commands `ahead` and `show`: what is ahead of a lead, and figures by breakdown and engagement, from a release by hand."""

import json

import duckdb
import pytest
from typer.testing import CliRunner

from pipelines.commands import app

KEYS = """null::varchar as city_id, null::varchar as topic, null::varchar as basis, 'to_date' as period,
    null::decimal(18, 2) as amount_usd, null::double as ci_low, null::double as ci_high, 'percent' as unit,
    'final' as status, null::varchar as reason"""
TABLES = {
    # M1 is late: it is counted with its partner, and not among what comes due
    "milestones_ahead": """select *, 'Finance partner' as lead_partner, 'Waco, TX' as city_names, 'E1' as engagement_id,
        'Budget plan' as engagement_title from (values
        ('M1', 'Draft', 'late', date '2015-03-01', date '2015-04-05'),
        ('M3', 'Final', 'ahead', date '2015-04-20', date '2015-04-20'),
        ('M2', 'Review', 'ahead', date '2015-04-10', date '2015-04-12'))
        as t (milestone_id, title, standing, baseline_due, due)""",
    "partner_workload": """select * from (values
        ('Economy partner', 1, 0, 0, 0, null, null, null, null),
        ('Finance partner', 1, 0, 1, 2, 1234, 1, 6, 8))
        as t (partner, open_engagements, overdue_engagements, late_milestones, milestones_ahead, open_requests,
            overdue_requests, on_time_requests, due_requests)""",
    "application_funnel": """select * from (values
        ('not stated', null::date, 1, 0, 0, 0, 0, 1, 0), ('FY2014Q4', date '2014-07-01', 3, 2, 2, 0, 1, 0, 0))
        as t (cohort, period_start, applied, approved, started, completed, withdrawn, waiting, stopped)""",
    "metric_values": f"""select metric, grain, engagement_id, dimension, dimension_value, value::double as value,
        k::double as numerator, n::double as denominator, state, {KEYS} from (values
        ('on_time_pct', 'network', null, null, null, 75, 18, 24, 'value'),
        ('on_time_pct', 'network', null, 'size_quartile', '1', null, 6, 8, 'withheld'),
        ('on_time_pct', 'network', null, 'size_quartile', '2', 75, 12, 16, 'value'),
        ('on_time_pct', 'network', null, 'poverty_quartile', '1', 75, 18, 24, 'value'),
        ('budget_spent_pct', 'network', null, null, null, 90, 90, 100, 'value'),
        ('budget_spent_pct', 'engagement', 'E1', null, null, 120, 120, 100, 'value'),
        ('budget_spent_pct', 'engagement', 'E2', null, null, 60, 60, 100, 'value'))
        as t (metric, grain, engagement_id, dimension, dimension_value, value, k, n, state)""",
}


@pytest.fixture
def release(tmp_path):
    folder = tmp_path / "releases" / "2015-03-31-r1"
    folder.mkdir(parents=True)
    for name, sql in TABLES.items():
        duckdb.sql(f"copy ({sql}) to '{folder / name}.parquet' (format parquet)")
    (folder / "manifest.json").write_text("{}")
    (tmp_path / "releases" / "CURRENT").write_text("2015-03-31-r1\n")
    return tmp_path


def call(release, *arguments):
    return CliRunner().invoke(app, [*arguments, "--home", str(release)])


def lines(release, *arguments):
    answer = call(release, *arguments, "--json")
    assert answer.exit_code == 0, answer.output
    return [json.loads(line) for line in answer.stdout.splitlines()]


def test_ahead_tells_what_comes_due_who_has_it_and_how_far_applications_came(release):
    answer = call(release, "ahead")
    assert answer.exit_code == 0
    told = [" ".join(line.split()) for line in answer.stdout.splitlines()]
    assert told == [
        "Milestones due in the 30 days after the as-of date",
        "Due Baseline Milestone Lead partner Cities Engagement Id",
        "2015-04-12 2015-04-10 Review Finance partner Waco, TX Budget plan E1",
        "2015-04-20 2015-04-20 Final Finance partner Waco, TX Budget plan E1",
        "",
        "Workload and lateness by partner",
        "Partner Engagements under way Past their end Late milestones Due in 30 days Open requests Overdue requests"
        " Answered on time",
        "Finance partner 1 0 1 2 1,234 1 6 of 8",
        "Economy partner 1 0 0 0 not recorded not recorded not recorded",
        "",
        "Applications by quarter, and how far they have come",
        "Applied in Applied Approved Started Completed Withdrawn Waiting Stopped",
        "FY2014Q4 3 2 2 0 1 0 0",
        "not stated 1 0 0 0 0 1 0",
    ]


def test_ahead_answers_programs(release):
    rows = lines(release, "ahead")
    assert [row["kind"] for row in rows] == ["milestone"] * 2 + ["partner"] * 2 + ["applications"] * 2
    assert {row["release"] for row in rows} == {"2015-03-31-r1"}
    assert (rows[0]["milestone_id"], rows[0]["due"]) == ("M2", "2015-04-12")
    assert (rows[2]["on_time_requests"], rows[2]["due_requests"], rows[3]["due_requests"]) == (6, 8, None)


@pytest.mark.parametrize("command", ["ahead", "alerts"])
def test_what_was_made_up_is_labeled(release, command):
    folder = release / "releases" / "2015-03-31-r1"
    columns = "kind, severity, city_id, topic, engagement_id, about, since_on, measure, sentence, sort_order"
    nulls = ", ".join(f"null::varchar as {column}" for column in columns.split(", "))
    duckdb.sql(f"copy (select {nulls} where false) to '{folder / 'alerts.parquet'}' (format parquet)")
    assert "SYNTHETIC" not in call(release, command).stdout
    (folder / "manifest.json").write_text('{"synthetic": true}')
    assert call(release, command).stdout.startswith("SYNTHETIC DATA")
    assert "SYNTHETIC" not in call(release, command, "--json").stdout


def test_ahead_says_what_is_empty_and_refuses_with_a_reason(release, tmp_path):
    folder = release / "releases" / "2015-03-31-r1"
    for name in ("milestones_ahead", "partner_workload", "application_funnel"):
        duckdb.sql(f"copy (select * from ({TABLES[name]}) where false) to '{folder / name}.parquet' (format parquet)")
    told = call(release, "ahead").stdout
    assert "no milestone is due" in told and "no application is on record" in told
    unknown = call(release, "ahead", "--release", "2001-01-01-r1")
    assert unknown.exit_code == 1 and "there are: 2015-03-31-r1" in unknown.stderr
    (folder / "partner_workload.parquet").unlink()
    before = call(release, "ahead")
    assert before.exit_code == 1 and "partner_workload" in before.stderr and "cities311 run" in before.stderr
    nothing = call(tmp_path / "nowhere", "ahead")
    assert nothing.exit_code == 1 and "no release yet" in nothing.stderr


def test_show_gives_a_breakdown_beside_a_whole_and_an_engagement(release):
    assert [row["value"] for row in lines(release, "show", "on_time_pct")] == [75.0], "the whole, as before"
    quartiles = lines(release, "show", "on_time_pct", "--by", "size_quartile")
    assert [(row["dimension_value"], row["numerator"], row["state"]) for row in quartiles] == [
        ("1", 6.0, "withheld"),
        ("2", 12.0, "value"),
    ]
    assert quartiles[0]["value"] is None
    (one,) = lines(release, "show", "budget_spent_pct", "--engagement", "E1")
    assert (one["engagement_id"], one["value"], one["grain"]) == ("E1", 120.0, "engagement")
    (network,) = lines(release, "show", "budget_spent_pct")
    assert network["value"] == 90.0


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["on_time_pct", "--by", "weather"], ["breakdown weather", "there are: poverty_quartile, size_quartile"]),
        (["budget_spent_pct", "--by", "service"], ["breakdown service", "there are: none"]),
        (["budget_spent_pct", "--engagement", "E9"], ["engagement E9", "there are: E1, E2"]),
        (["on_time_pct", "--period", "FY2015"], ["period FY2015", "there are: to_date"]),
        (["on_time_pct", "--topic", "parks"], ["topic parks", "there are: none"]),
    ],
)
def test_show_refuses_a_name_that_is_not_there_and_says_which_are(release, arguments, words):
    told = call(release, "show", *arguments)
    assert told.exit_code == 1
    for word in words:
        assert word in told.stderr
