"""Reading releases: typed, of the release asked for, and plain words where there is none."""

from datetime import date
from decimal import Decimal

import pytest
from small_release import TABLES, write_release

from dashboards import filters, queries


def test_without_a_release_the_reason_is_said(tmp_path, monkeypatch):
    monkeypatch.setenv("CITIES311_HOME", str(tmp_path))
    with pytest.raises(queries.NoRelease, match="No release has been published"):
        queries.current_id()
    (tmp_path / "releases").mkdir()
    (tmp_path / "releases" / "CURRENT").write_text("2015-03-31-r9\n")
    with pytest.raises(queries.NoRelease, match="2015-03-31-r9 is named but cannot be read"):
        queries.open_release(queries.current_id())


def test_conditions_select_nulls_lists_and_unknown_columns(small_home):
    release = queries.open_release(queries.current_id())
    assert queries.count(release, "metric_values", city_id=None) == 2
    assert queries.count(release, "metric_values", metric=["created", "on_time_pct"], grain="city") == 3
    assert queries.count(release, "metric_values", metric=[]) == 0
    assert queries.rows(release, "metric_values", no_such_column="x") == []
    assert queries.count(release, "no_such_table") is None
    assert queries.rows(release, "cities", "name desc")[0]["name"] == "Waco"


def test_missing_is_none_and_money_is_decimal(tmp_path, monkeypatch):
    ledger = (
        "select 'e1' as entry_id, 1234567890123456.78::decimal(18, 2) as amount_usd, null::decimal(18, 2) as other_usd"
    )
    write_release(tmp_path, "2015-03-31-r1", tables={"ledger": ledger})
    monkeypatch.setenv("CITIES311_HOME", str(tmp_path))
    (row,) = queries.rows(queries.open_release(queries.current_id()), "ledger")
    assert row == {"entry_id": "e1", "amount_usd": Decimal("1234567890123456.78"), "other_usd": None}


def test_releases_are_newest_first_by_number_not_by_text(tmp_path, monkeypatch):
    for release in ("2015-03-31-r2", "2015-03-31-r10", "2014-12-31-r3"):
        write_release(tmp_path, release, tables={})
    monkeypatch.setenv("CITIES311_HOME", str(tmp_path))
    assert queries.release_ids() == ["2015-03-31-r10", "2015-03-31-r2", "2014-12-31-r3"]


def test_default_period_is_the_last_complete_federal_quarter(tmp_path, monkeypatch):
    write_release(tmp_path, "2015-02-15-r1", as_of="2015-02-15", tables=TABLES)  # FY2015Q2 ends March 31: not complete
    monkeypatch.setenv("CITIES311_HOME", str(tmp_path))
    release = queries.open_release(queries.current_id())
    assert filters.default_period(queries.periods(release), release) == "FY2015Q1"


def test_a_curve_is_of_the_period_else_of_its_year_else_to_date(tmp_path, monkeypatch):
    periods = """select * from (values ('quarter', 'FY2015Q2', date '2015-01-01', date '2015-03-31'),
        ('fiscal_year', 'FY2014', date '2014-05-22', date '2014-09-30'),
        ('fiscal_year', 'FY2015', date '2014-10-01', date '2015-09-30'),
        ('to_date', 'to_date', date '2014-05-22', date '2015-03-31')) as t (period_type, period, period_start, period_end)"""
    keys = "null::varchar as dimension, 'first_reply' as cause, 8.0 as t"
    curves = f"""select 'wait' as metric, 'network' as grain, {keys}, * from (values ('fiscal_year', 'FY2014'),
        ('fiscal_year', 'FY2015'), ('to_date', 'to_date')) as t (period_type, period)
        union all select 'wait', 'city', {keys}, 'to_date', 'to_date'"""
    write_release(tmp_path, "2015-03-31-r1", tables={"metric_values": periods, "survival_curves": curves})
    monkeypatch.setenv("CITIES311_HOME", str(tmp_path))
    release = queries.open_release(queries.current_id())
    quarter, year = (
        next(p for p in queries.periods(release) if p["period"] == name) for name in ("FY2015Q2", "FY2014")
    )

    def found(period, **keys):
        rows, of = queries.curve(release, "wait", period, **keys)
        return [row["period"] for row in rows], of.get("period")

    assert found(quarter, grain="network") == (["FY2015"], "FY2015")
    assert found(year, grain="network") == (["FY2014"], "FY2014")
    assert found(quarter, grain="city") == (["to_date"], "to_date")
    assert found(quarter, grain="topic") == ([], None)


def test_a_tally_counts_within_the_period_most_first(tmp_path, monkeypatch):
    use = """select * from (values ('budget', date '2015-01-01', 0), ('housing', date '2015-03-31', 0),
        ('housing', date '2015-02-01', 0), ('housing', date '2015-04-01', 0), ('budget', date '2015-02-01', 3))
        as t (topic, used_on, results)"""
    write_release(tmp_path, "2015-03-31-r1", tables={"library_use": use})
    monkeypatch.setenv("CITIES311_HOME", str(tmp_path))
    release = queries.open_release(queries.current_id())
    period = {"period_start": date(2015, 1, 1), "period_end": date(2015, 3, 31)}
    counted = queries.tally(release, "library_use", "topic", "used_on", period, results=0)
    assert counted == [{"topic": "housing", "records": 2}, {"topic": "budget", "records": 1}]
    assert queries.tally(release, "library_use", "topic", "no_such_day", period) == []
    assert queries.tally(release, "no_such_table", "topic", "used_on", period) == []
    assert queries.tally(release, "library_use", "topic", "used_on", None) == []
