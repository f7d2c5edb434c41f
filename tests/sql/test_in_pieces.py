"""Records that come bit by bit, on a warehouse made again piece by piece, come to what making all of it at once gives."""

from datetime import datetime, timedelta

from bench import Bench
from hypothesis import HealthCheck, Phase, example, given, settings
from hypothesis import strategies as st

from assets import catalog, models
from assets.raw import places

CITIES = ("4748000", "1801468", None)
TARGETS = (
    *("metrics.on_time", "metrics.response_time", "metrics.resolution", "metrics.survival_curves", "metrics.backlog"),
    *("metrics.backlog_rates", "metrics.closing", "metrics.reach_cells", "metrics.repeat_use"),
)
START = datetime(2014, 5, 20, 13)
HOUR = timedelta(hours=1)


def upstream(every: dict[str, models.Model]) -> dict[str, models.Model]:
    """TARGETS and all that they follow from, in their order."""
    wanted = set(TARGETS)
    for table, model in reversed(every.items()):
        if table in wanted:
            wanted |= model.reads
    return {table: model for table, model in every.items() if table in wanted}


ENTRIES = catalog.load()
PIECES = {t: spec.pieces for t, spec in ENTRIES.tables.items() if spec.pieces}
ALL = models.load(ENTRIES.sources)
MODELS = upstream(ALL)
instants = st.integers(0, 24 * 110)
requests = st.fixed_dictionaries(
    {
        "number": st.integers(1, 12),  # some come again, in another version
        "city": st.sampled_from(CITIES),
        "topic": st.sampled_from(("budget", "housing")),
        "asked": instants,
        "answered": st.none() | st.integers(1, 300),
        "resolved": st.none() | st.integers(1, 900),
        "withdrawn": st.none() | st.integers(1, 200),
    }
)


def raw(row: dict, order: int) -> dict:
    asked = START + HOUR * row["asked"]
    after = {name: asked + HOUR * row[name] if row[name] else None for name in ("answered", "resolved", "withdrawn")}
    return {
        "request_id": f"R{row['number']}", "city": row["city"], "caller_type": "city" if row["city"] else "county",
        "submitted_at": asked, "topic": row["topic"], "status": "closed" if after["resolved"] else "open",
        "first_response_at": after["answered"], "resolved_at": after["resolved"], "withdrawn_at": after["withdrawn"],
        "_order": order, "_row": order, "_known_at": START + timedelta(days=400), "_file": "r.csv", "_sha256": "0" * 64,
    }  # fmt: skip


def build(bench: Bench, rows: list[dict], as_of: str) -> dict[str, models.Made]:
    """Makes what changed on this warehouse of these raw requests, as a run does."""
    for source in ENTRIES.sources:
        bench.given(f"raw.{source}", (raw(row, n) for n, row in enumerate(rows, 1)) if source == "requests" else ())
    bench.reference(as_of=as_of)
    places.build(bench.connection)
    inputs = {f"raw.{source}": "" for source in ENTRIES.sources} | {f"reference.{t}": as_of for t in models.REFERENCE}
    return models.build(bench.connection, MODELS, inputs | {"raw.requests": str(rows)}, pieces=PIECES)


ONE = {"number": 1, "city": CITIES[0], "topic": "budget", "asked": 30, "answered": 3, "resolved": 9, "withdrawn": None}
UNANSWERED = {"answered": None, "resolved": None}


@settings(
    deadline=None, max_examples=5, phases=(Phase.explicit, Phase.generate), suppress_health_check=[HealthCheck.too_slow]
)
@given(
    st.lists(requests, min_size=1, max_size=9),
    st.lists(requests, max_size=4),
    st.sampled_from(("2014-09-05", "2014-09-08", "2014-10-01")),
)
@example([ONE | UNANSWERED], [ONE | {"number": 2, "asked": 2400}], "2014-09-08")
@example([ONE | UNANSWERED | {"asked": 494}], [ONE | UNANSWERED | {"asked": 0}], "2014-09-05")
def test_bit_by_bit_is_all_at_once(first, later, moved):
    step, whole = Bench(), Bench()
    try:
        build(step, first, "2014-09-05")
        build(step, first + later, "2014-09-05")
        build(step, first + later, moved)
        build(whole, first + later, moved)
        for table in MODELS:
            mine, theirs = (b.connection.execute(f"from {table} order by all").fetchall() for b in (step, whole))
            assert mine == theirs, table
    finally:
        step.connection.close()
        whole.connection.close()


def test_a_day_of_records_makes_its_month_again_and_no_other():
    """A trace left in every piece is still in those that did not change."""
    bench = Bench()
    try:
        rows = [ONE, ONE | {"number": 2, "asked": 24 * 45}, ONE | {"number": 3, "asked": 24 * 75}]
        build(bench, rows, "2014-09-05")
        bench.connection.execute("update metrics.wait_piles set asked = asked + 100")
        bench.connection.execute("update metrics.response_steps set hours = hours + 1000")
        build(bench, [*rows, ONE | {"number": 4, "asked": 24 * 76}], "2014-09-05")
        asked = "select part, sum(asked) as asked from metrics.wait_piles group by part order by part"
        assert {row["part"]: row["asked"] for row in bench.rows(asked)} == {
            "2014-05": 101, "2014-07": 101, "2014-08": 2,
        }  # fmt: skip
        traced = """select p.period, max(s.hours) >= 1000 as is_traced from metrics.response_steps as s
            inner join metrics.wait_counts as p on p.cell = s.cell
            group by p.period order by p.period"""
        assert {row["period"]: row["is_traced"] for row in bench.rows(traced)} == {
            "2014-05": True, "2014-07": True, "2014-08": False, "FY2014": False, "FY2014Q3": True, "FY2014Q4": False,
            "to_date": False,
        }  # fmt: skip
    finally:
        bench.connection.close()


def test_open_requests_of_old_months_stay_the_same_rows_while_time_goes_on():
    """As_of moves by a day: a request that nobody answered waits longer than any reply took, and is told no differently."""
    bench = Bench()
    try:
        never = ONE | UNANSWERED | {"number": 2, "asked": 60}
        build(bench, [ONE, never], "2015-06-04")
        made = build(bench, [ONE, never], "2015-06-05")
        assert made["core.request_waits"].made and not made["metrics.wait_piles"].made
        assert not made["metrics.response_steps"].made and not made["metrics.resolution_steps"].made
        assert bench.value("select max(hours) from core.request_waits") == 400
    finally:
        bench.connection.close()


def test_a_figure_that_changed_makes_its_period_again_and_the_change_of_the_next():
    """Of months June to September, July's numerator changes: August is told with another change, June and September stand."""
    step, whole = Bench(), Bench()
    names = ("core.period_pairs", "metrics.rate_limits", "metrics.metric_values")
    chosen = {table: model for table, model in ALL.items() if table in names}

    def tell(bench: Bench, july: int) -> None:
        figure = {"metric": "on_time_pct", "grain": "network", "period_type": "month", "denominator": 40}
        months = {"2014-06": 20, "2014-07": july, "2014-08": 30, "2014-09": 33}
        bench.given("metrics.figures", [figure | {"period": p, "numerator": n} for p, n in months.items()])
        bench.given("metrics.metric_lags", [{"metric": "on_time_pct", "lag_days": 45}])
        inputs = {f"reference.{t}": "" for t in models.REFERENCE}
        inputs |= {"metrics.figures": str(july), "metrics.metric_lags": ""}
        models.build(bench.connection, chosen, inputs, pieces=PIECES)

    try:
        for bench in (step, whole):
            bench.reference(as_of="2014-09-30")
        tell(step, 10)
        step.connection.execute("update metrics.metric_values set unit = 'trace'")
        tell(step, 20)
        tell(whole, 20)
        query = "select period, value, change, unit from metrics.metric_values order by period"
        told = {row["period"]: (row["value"], row["change"], row["unit"]) for row in step.rows(query)}
        assert told == {
            "2014-06": (50, None, "trace"),
            "2014-07": (50, 0, "percent"),
            "2014-08": (75, 25, "percent"),
            "2014-09": (82.5, 7.5, "trace"),
        }
        step.connection.execute("update metrics.metric_values set unit = 'percent'")
        assert step.rows("from metrics.metric_values order by period") == whole.rows(
            "from metrics.metric_values order by period"
        )
    finally:
        step.connection.close()
        whole.connection.close()
