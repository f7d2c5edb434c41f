"""For every metric at three random keys: the records are exported, and the file alone gives the figure again, by a separate
script of the standard library and by the line that `explain` prints."""

import contextlib
import io
import json
import subprocess
import sys
from decimal import Decimal
from pathlib import Path

import pytest
import recompute_rows

from assets import catalog
from assets.releases import passport, publish

KEYS = ", ".join(passport.KEYS)


@pytest.fixture(scope="module")
def release(release_home: Path):
    releases = release_home / "releases"
    with passport.connect(releases / str(publish.current(releases))) as connection:
        connection.execute("select setseed(0.311)")
        yield connection


def drawn(release, metric: str) -> list[dict]:
    """Three keys at random, each of another grain or breakdown where there is one: of figures in which an error would show
    first (a value, with something above the line and something that is not), then of any."""
    rows = release.execute(
        f"""
        with chances as materialized (
            select
                {KEYS}, (state = 'value')::int + (numerator is null or numerator > 0)::int
                    + (denominator is null or numerator is null or numerator <> denominator)::int as telling,
                random() as chance
            from published.metric_values where metric = ?
        ), shuffled as (
            select *, row_number() over (partition by telling, grain, dimension, basis, period_type order by chance) as turn
            from chances
        ) select {KEYS} from shuffled where turn = 1 order by telling desc, chance limit 3
        """,
        [metric],
    ).fetchall()
    return [dict(zip(passport.KEYS, row, strict=True)) for row in rows]


@pytest.mark.parametrize("metric", sorted(catalog.load().metrics))
def test_the_file_alone_gives_the_figure_again(release, metric: str, tmp_path: Path) -> None:
    entries = catalog.load()
    entry = entries.metrics[metric]
    keys = drawn(release, metric)
    assert keys
    for turn, key in enumerate(keys):
        figure = passport.ask(release, key)
        passport.behind(release, entry)
        ours = passport.recomputed(release, entry, entries)
        path = tmp_path / f"{turn}.csv"
        passport.export(release, path, synthetic=True)
        printed = io.StringIO()
        with contextlib.redirect_stdout(printed):
            recompute_rows.main(str(path), entry.recompute)
        theirs = json.loads(printed.getvalue())
        method = entry.recompute.partition("(")[0]
        for name, mine, again in zip(("numerator", "denominator"), ours, theirs, strict=False):
            told = figure[name]
            if told is not None and again is not None:
                near = pytest.approx(told, rel=1e-9) if method == "shortfall" else told
                assert again == near, (key, name)
                assert float(mine) == near, (key, name)
        if figure["state"] == "value":
            check(figure, ours[2], theirs[2], entry.decimals, method)
        if turn == 0:
            line = passport.command(release, entry, entries, path).replace("python", sys.executable, 1)
            done = subprocess.run(line, shell=True, capture_output=True, text=True, check=True)
            assert done.stdout.strip() == str(tuple(ours)), line


def check(figure: dict, ours: object, theirs: object, decimals: int, method: str) -> None:
    assert ours is not None and theirs is not None, figure
    if figure["amount_usd"] is not None:
        assert Decimal(str(ours)) == figure["amount_usd"] == Decimal(str(theirs))
        return
    assert float(str(theirs)) == pytest.approx(float(str(ours)), rel=1e-12, abs=1e-12)
    # as published, by the half that is rounded off
    assert abs(float(str(theirs)) - figure["value"]) <= 0.5 * 10**-decimals + 1e-9, (figure, theirs, method)
