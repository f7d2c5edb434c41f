"""Hand-made stories of restatement: what each cause did to a figure, by hand, against the bridge of two releases."""

from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import pytest
from network import HEADER, Network, copy, late, request
from restated import bridge, run, unbalanced

from assets.releases import changes
from pipelines import steps, versions

SEPTEMBER = date(2014, 9, 30)
DESK = {"dimension": "service", "dimension_value": "desk", "basis": "then"}
MERGED = HEADER.strip() + ",duplicate_of,merged_at\n"


@pytest.fixture(scope="module")
def first(base: Network, tmp_path_factory: pytest.TempPathFactory) -> Network:
    """A network with a release that this very process made, of which each story takes a copy."""
    net = copy(base, tmp_path_factory.mktemp("first"))
    run(net)
    return net


def before(net: Network) -> str | None:
    return changes.before(net.home / "releases" / str(net.current))


@pytest.fixture
def net(first: Network, tmp_path: Path) -> Network:
    return copy(first, tmp_path)


def merged(number: int, into: int) -> str:
    """A request that is now the duplicate of another."""
    row = request(number, updated_at="2014-08-20T10:00:00").strip()
    return f"{row},R{into:03d},2014-08-19T10:00:00\n"


def test_a_late_batch(net: Network) -> None:
    net.drop("requests/late.csv", late(30, 31, 32, 33, 34))  # asked July 14 to 18, delivered in October
    run(net)
    assert bridge(net, "created") == bridge(net, "created", "2014-07") == {"late": Decimal(5)}
    assert bridge(net, "created", "2014-06") == {}
    told = net.table(
        "restatements", "select old_value, new_value, records from t where metric = 'created' and grain = 'network'"
    )
    assert set(told) == {(Decimal(30), Decimal(35), 5), (Decimal(9), Decimal(14), 5)}
    records = net.table("restated_records", "select cause, feed, record_id, what from t order by all")
    assert records == [("late", "requests", f"R{n:03d}", "new") for n in range(30, 35)]
    assert unbalanced(net) == []


def test_more_time_and_what_it_brings_is_not_late(net: Network) -> None:
    net.drop("requests/late.csv", late(65, 66, 67, 68, 69))  # asked September 1 to 5
    run(net, SEPTEMBER)
    assert bridge(net, "created") == {"follow_up": Decimal(5)}
    assert bridge(net, "created", "2014-08") == {}
    # a month that had not begun is new, and restates nothing
    assert net.table("restatements", "select count(*) from t where period = '2014-09'") == [(0,)]
    assert unbalanced(net) == []


def test_a_release_restates_the_newest_that_looks_no_further_and_knew_no_more(net: Network) -> None:
    first = net.current
    net.drop("requests/late.csv", late(65))  # asked September 1
    autumn = run(net, SEPTEMBER)
    assert before(net) == first
    # an earlier day is no correction of a later one: it has only the first release to look back at
    july = run(net, date(2014, 7, 31))
    assert before(net) is None and net.table("restatements", "select count(*) from t") == [(0,)]
    assert bridge(net, "created", "2014-08") == {}
    run(net, date(2014, 8, 31))
    assert before(net) == first
    # what was known in September knew less than the release of all that is known
    run(net, SEPTEMBER, datetime(2014, 9, 10, tzinfo=UTC))
    assert before(net) == first and {autumn, july} < {p.name for p in (net.home / "releases").iterdir()}


def test_material_is_what_corrects_a_final_figure_by_a_twentieth(net: Network) -> None:
    asked = {"submitted_at": "2014-06-27T10:00:00", "first_response_at": "2014-06-30T10:00:00"}
    told = "select distinct period from t where metric = 'created' and grain = 'network' and is_material"
    net.drop("requests/late.csv", late(90, **asked, resolved_at="2014-06-30T15:00:00"))
    run(net)  # 22 of June in place of 21
    assert bridge(net, "created", "2014-06") == {"late": Decimal(1)} and net.table("restatements", told) == []
    net.drop("requests/late2.csv", late(91, 92, **asked, resolved_at="2014-06-30T15:00:00"))
    run(net)  # 24 in place of 22; to date is never final
    assert sorted(net.table("restatements", told)) == [("2014-06",), ("FY2014Q3",)]
    run(net, date(2015, 3, 31))  # by more time alone nothing is corrected
    told = "select count(*) > 0, string_agg(distinct cause), count(*) filter (where is_material) from t"
    assert net.table("restatements", told) == [(True, "follow_up", 0)]


def test_a_corrected_date(net: Network) -> None:
    moved = {"submitted_at": "2014-07-03T10:00:00", "first_response_at": "2014-07-07T10:00:00"}
    net.drop("requests/late.csv", late(3, **moved, resolved_at="2014-07-07T15:00:00", updated_at="2014-08-30T10:00:00"))
    run(net)
    assert bridge(net, "created", "2014-06") == {"corrected": Decimal(-1)}
    assert bridge(net, "created", "2014-07") == {"corrected": Decimal(1)}
    assert bridge(net, "created") == {}
    what = net.table("restated_records", "select cause, record_id, what from t")
    assert what == [("corrected", "R003", "submitted_at, first_response_at, resolved_at")]
    assert unbalanced(net) == []


def test_a_merged_duplicate(net: Network) -> None:
    net.drop("requests/late.csv", MERGED + merged(4, into=3))
    run(net)
    # 23 uses in 10 city-months, and now one less
    assert bridge(net, "use_rate", **DESK) == {"removed_or_merged": Decimal("-10")}
    assert net.table("restated_records", "select cause, record_id, what from t") == [
        ("removed_or_merged", "R004", "duplicate_of, merged_at")
    ]
    assert unbalanced(net) == []


def test_a_city_made_eligible_in_retrospect(net: Network) -> None:
    net.drop("eligibility/late.csv", "city,eligible_from,wave\n2938000,2014-05-22,1\n")
    run(net)
    # 23 uses (seven of the third city precede its July) in 4 + 4 + 2 city-months, then in 4 more: 230 and 164.2857
    told = net.table(
        "restatements",
        "select old_value, new_value from t where metric = 'use_rate' and grain = 'network' and period = 'to_date'"
        " and dimension_value = 'desk' and basis = 'then'",
    )
    assert told == [(Decimal("230.0"), Decimal("164.3"))]
    assert bridge(net, "use_rate", **DESK) == {"eligibility": Decimal("-65.7")}
    assert unbalanced(net) == []


def test_another_service_level_is_another_definition(net: Network) -> None:
    program = net.landing / "program.yml"
    program.write_text(program.read_text() + "service_level: {business_hours: 6}\n")
    run(net)
    # all were answered 8 business hours after asking (7 on a Friday), but for R024, asked on July 4: 1 of 30
    assert bridge(net, "on_time_pct") == {"definition_or_code": Decimal("-96.7")}
    assert net.table("restated_records", "select count(*) from t") == [(0,)]


def test_another_version_of_a_definition(net: Network, monkeypatch: pytest.MonkeyPatch) -> None:
    """As if a new version of the code counted each request twice: the old code is gone, so today's looks at the old records."""
    every = steps.every_model()
    backlog = every["metrics.backlog"]
    twice = replace(
        backlog, sql=backlog.sql.replace("when 'created' then b.created", "when 'created' then 2 * b.created")
    )
    assert twice != backlog
    monkeypatch.setattr(steps, "every_model", lambda: every | {"metrics.backlog": twice})
    monkeypatch.setattr(versions, "code", lambda: "of a later version")
    net.drop("requests/late.csv", late(30, 31))
    run(net)
    # 30 requests are told as 60 by the new code, then two more came late
    assert bridge(net, "created") == {"definition_or_code": Decimal(30), "late": Decimal(4)}
    assert bridge(net, "created", "2014-06") == {"definition_or_code": Decimal(21)}
    assert bridge(net, "resolved") == {"late": Decimal(2)}
    assert unbalanced(net) == []


def test_a_file_that_is_withdrawn(net: Network) -> None:
    net.drop("requests/late.csv", late(30, 31, 32, 33, 34))
    run(net)
    net.drop(
        "requests/corrections.yml", "withdrawn:\n  - file: late.csv\n    why: sent by mistake\n    who: program desk\n"
    )
    run(net)
    assert bridge(net, "created") == {"removed_or_merged": Decimal(-5)}
    assert net.table("restated_records", "select distinct cause, what from t") == [("removed_or_merged", "gone")]
    assert unbalanced(net) == []


POPULATION = "SUMLEV,STATE,COUNTY,PLACE,COUSUB,CONCIT,NAME,STNAME,POPESTIMATE2012,POPESTIMATE2013\n"


def people(anderson: int) -> str:
    """A vintage of the population of the three cities, in 2012 and 2013."""
    rows = (
        ("47", "48000", "Memphis", 650_000),
        ("18", "01468", "Anderson", anderson),
        ("20", "36000", "Kansas City", 150_000),
    )
    return POPULATION + "".join(
        f"162,{state},000,{place},00000,00000,{name} city,S,{n},{n}\n" for state, place, name, n in rows
    )


def test_a_newer_vintage_of_the_population(net: Network) -> None:
    net.drop("census_population/sub-est2013_all.csv", people(55_000))
    slow = {"first_response_at": "2014-06-24T10:00:00", "resolved_at": "2014-06-24T15:00:00"}
    net.drop("requests/late.csv", late(1, **slow, updated_at="2014-08-30T10:00:00"))
    run(net)
    net.drop("census_population/sub-est2014_all.csv", people(160_000))
    run(net)
    # Anderson (9 of 10 on time) was the smallest of three and now is the second; Kansas City (10 of 10) the other way round
    told = [bridge(net, "on_time_pct", dimension="size_quartile", dimension_value=q) for q in "123"]
    assert told == [{"vintage": Decimal("10.0")}, {"vintage": Decimal("-10.0")}, {}]
    assert bridge(net, "on_time_pct") == {}
    causes = net.table("restated_records", "select distinct cause, feed from t")
    assert causes == [("vintage", "census_population")]
    assert unbalanced(net) == []


def test_changes_that_cancel_out_are_told(net: Network) -> None:
    moved = {"submitted_at": "2014-06-27T10:00:00", "updated_at": "2014-08-30T10:00:00"}
    net.drop("requests/late.csv", late(25, **moved) + request(30))
    run(net)
    assert bridge(net, "created", "2014-07") == {"late": Decimal(1), "corrected": Decimal(-1)}
    query = "select distinct old_value = new_value from t where metric = 'created' and grain = 'network' and period = '2014-07'"
    told = net.table("restatements", query)
    assert told == [(True,)]
    assert unbalanced(net) == []


def test_what_changes_in_its_counts_alone_is_told_too(net: Network) -> None:
    """On time in July 2014 of Memphis: R018, R021, R024 and R027 were due and on time, shown as 4 of 4 with no percentage."""
    net.drop("requests/late.csv", late(30, 36))  # two more of Memphis in July, answered a day later
    run(net)
    query = """select old_state, new_state, old_numerator, old_denominator, new_numerator, new_denominator, cause, delta from t
        where metric = 'on_time_pct' and grain = 'city' and city_id = '4748000' and period = '2014-07' and dimension is null"""
    assert net.table("restatements", query) == [("withheld", "withheld", 4, 4, 6, 6, "late", None)]
    # 30 of 30 on time, then 32 of 32: the value stays
    query = query.replace(
        "= 'city' and city_id = '4748000' and period = '2014-07'", "= 'network' and period = 'to_date'"
    )
    assert net.table("restatements", query) == [("value", "value", 30, 30, 32, 32, "late", Decimal(0))]
    told = net.tell(
        "diff", changes.before(net.home / "releases" / str(net.current)) or "", "--metric", "on_time_pct", "--all"
    ).stdout
    assert "100 (30 of 30)" in told and "100 (32 of 32)" in told and "withheld (4 of 4)" in told
    assert unbalanced(net) == []


def test_a_change_of_state_has_both_states_and_no_delta(net: Network) -> None:
    net.drop("requests/late.csv", late(*range(31, 47, 2)))  # eight more on housing, July 15 to 31
    run(net)
    told = net.table(
        "restatements",
        "select old_state, new_state, cause, delta, old_value from t where metric = 'on_time_pct' and grain = 'topic'"
        " and topic = 'housing' and period = '2014-07' and dimension is null",
    )
    assert told == [("withheld", "value", "late", None, None)]


def test_all_at_once(net: Network) -> None:
    net.drop("requests/late.csv", late(30, 31, 65))  # two are late, one was asked in September
    moved = {"submitted_at": "2014-07-03T10:00:00", "updated_at": "2014-08-30T10:00:00"}
    moved |= {"first_response_at": "2014-07-07T10:00:00", "resolved_at": "2014-07-07T15:00:00"}
    net.drop("requests/late2.csv", late(3, **moved))
    net.drop("requests/late3.csv", MERGED + merged(4, into=5))
    net.drop("eligibility/late.csv", "city,eligible_from,wave\n2938000,2014-05-22,1\n")
    program = net.landing / "program.yml"
    program.write_text(program.read_text() + "service_level: {business_hours: 6}\n")
    run(net, SEPTEMBER)
    assert bridge(net, "created") == {"follow_up": Decimal(1), "late": Decimal(2)}
    assert bridge(net, "created", "2014-06") == {"corrected": Decimal(-1)}
    assert bridge(net, "created", "2014-07") == {"late": Decimal(2), "corrected": Decimal(1)}
    # 23 uses: one more in September and a month more (24 in 13 city-months: 184.6), two late (26: 200), one that its merging
    # takes away (25: 192.3), and another city of five months (25 in 18: 138.9)
    causes = bridge(net, "use_rate", **DESK)
    assert sum(causes.values()) == Decimal("138.9") - Decimal("230.0") and set(causes) > {"eligibility", "late"}
    assert "definition_or_code" in bridge(net, "on_time_pct")
    assert unbalanced(net) == []
