"""Reading releases: typed, of the release asked for, and plain words where there is none."""

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
