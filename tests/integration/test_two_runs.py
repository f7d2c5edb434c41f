"""Two runs at once on one home: one is refused and says why, the other completes as if alone."""

import fcntl
import os
import time

from conftest import late


def held(path) -> bool:
    """Whether some run holds the lock now."""
    if not path.exists():
        return False
    with path.open("a+") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
    return False


def test_the_second_is_refused_and_the_first_completes(ran):
    ran.drop("requests/late.csv", late(30, 31))
    first = ran.start()
    lock = ran.home / "warehouse" / "lock"
    while first.poll() is None and not held(lock):
        time.sleep(0.005)
    second = ran.start()
    said, told = second.communicate()
    out, error = first.communicate()
    assert first.returncode == 0, error
    assert "2014-08-31-r2" in out
    assert second.returncode == 1 and said == ""
    assert f"another run (process {first.pid}) is writing {ran.home}; wait for it to end" in told
    assert "Traceback" not in told
    assert sorted(os.listdir(ran.home / "releases")) == ["2014-08-31-r1", "2014-08-31-r2", "CURRENT"]


def test_of_two_started_together_exactly_one_publishes(ran):
    ran.drop("requests/late.csv", late(30, 31))
    runs = [ran.start(), ran.start()]
    told = [run.communicate()[1] for run in runs]
    codes = [run.returncode for run in runs]
    assert sorted(codes) == [0, 1], told
    loser = codes.index(1)
    assert "another run" in told[loser] and "wait for it to end" in told[loser]
    assert ran.current == "2014-08-31-r2"
    assert ran.table("requests", "select count(*) from t") == [(32,)]
