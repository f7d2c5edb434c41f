"""Two runs at once on one home: one is refused and says why, the other completes as if alone."""

from network import late


def test_of_two_runs_at_once_exactly_one_publishes(ran):
    ran.drop("requests/late.csv", late(30, 31))
    runs = [ran.start(), ran.start()]
    told = [run.communicate() for run in runs]
    codes = [run.returncode for run in runs]
    assert sorted(codes) == [0, 1], told
    winner, loser = codes.index(0), codes.index(1)
    out, error = told[loser]
    assert f"another run (process {runs[winner].pid}) is writing {ran.home}; wait for it to end" in error
    assert out == "" and "Traceback" not in error
    assert "2014-08-31-r2" in told[winner][0]
    assert ran.current == "2014-08-31-r2"
    assert sorted(p.name for p in (ran.home / "releases").iterdir()) == ["2014-08-31-r1", "2014-08-31-r2", "CURRENT"]
    assert ran.table("requests", "select count(*) from t") == [(32,)]
