"""Figures worked out anew as of a day and as known at an instant are those of the release that was published then."""

from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from network import HEADER, Network, network, request
from restated import run, unbalanced

from assets.raw.casts import file
from pipelines import knowledge, worlds
from pipelines.settings import Layout

FIRST = date(2014, 9, 5)  # when the thirty requests of the network are delivered
WORDS = {"topic": "operations", "submitted_at": "2014-07-09T10:00:00", "city": "1801468", "first_response_at": ""}


@st.composite
def deliveries(draw: st.DrawFn) -> list[tuple[date, date, str]]:
    """Five deliveries, oldest first, each with the day that figures are then asked for: new requests and changed old ones."""
    days = sorted(draw(st.sets(st.integers(1, 80), min_size=5, max_size=5)))
    told = []
    for turn, day in enumerate(days):
        rows = [request(n) for n in draw(st.sets(st.integers(30, 70), min_size=1, max_size=4))]
        for number in draw(st.sets(st.integers(0, 29), max_size=2)):
            what = draw(st.sampled_from(sorted(WORDS)))
            after = {"first_response_at": "2014-07-10T10:00:00"} if what == "submitted_at" else {}
            after |= {"resolved_at": "2014-07-10T15:00:00"} if what == "submitted_at" else {}
            rows.append(request(number, **{what: WORDS[what]}, **after, updated_at=f"2014-08-2{turn}T10:00:00"))
        as_of = date(2014, 8, 1) + timedelta(days=draw(st.integers(0, 60)))
        told.append((FIRST + timedelta(days=day), as_of, HEADER + "".join(rows)))
    return told


def tables(net: Network, as_of: date, known_on: datetime, release: str) -> list[tuple[str, int]]:
    """The published tables in which the world as known then differs from a release, with how many rows."""
    layout = Layout(net.home)
    known = knowledge.of(knowledge.Request(net.landing, layout, as_of, known_on), ledger := knowledge.receipts(layout))
    wanted = [p.stem for p in (layout.releases / release).glob("*.parquet")]
    models = [t for t in (f"published.{name}" for name in wanted) if t in worlds.ancestors([t])]
    assert len(models) > 30
    with worlds.scratch(layout) as connection:
        worlds.stand(connection, ledger, known, models)
        found = []
        for table in models:
            told = f"read_parquet({file(layout.releases / release / (table.partition('.')[2] + '.parquet'))})"
            (rows,) = connection.execute(
                f"select count(*) from ((from {table} except all from {told}) union all (from {told} except all from {table}))"
            ).fetchall()[0]
            found += [(table, rows)] if rows else []
    return found


@settings(
    max_examples=2, deadline=None, database=None, phases=[Phase.generate], suppress_health_check=list(HealthCheck)
)
@given(deliveries())
def test_what_was_known_then_makes_the_release_of_then(history: list[tuple[date, date, str]]) -> None:
    with TemporaryDirectory() as folder:
        net = network(Path(folder))
        mapping = net.landing / "requests" / "mapping.yml"
        listed = "".join(f"  'd{turn}.csv': {{delivered_on: {day}}}\n" for turn, (day, _, _) in enumerate(history))
        mapping.write_text(f"files:\n  'first.csv': {{delivered_on: {FIRST}}}\n{listed}")
        made = []
        for turn, (day, as_of, rows) in enumerate(history):
            net.drop(f"requests/d{turn}.csv", rows)
            known_on = datetime(day.year, day.month, day.day, 12, tzinfo=UTC)
            made.append((as_of, known_on, run(net, as_of, known_on)))
            assert turn == 0 or unbalanced(net) == []
        assert len({release for _, _, release in made}) == len(history)
        for as_of, known_on, release in made:
            assert tables(net, as_of, known_on, release) == [], (as_of, known_on, release)
