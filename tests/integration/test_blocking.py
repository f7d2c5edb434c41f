"""A check that must hold and does not: the last good release stays, and the message leads to the rows."""

import pyarrow.parquet as pq
from network import request, requests

LAUS = "series_id\tyear\tperiod\tvalue\tfootnote_codes\nLAUCT4748000000000{}\t2013\tM13\t{}\t\n"


def test_a_blocking_check_leaves_current_and_names_the_rows(ran):
    """An unemployment rate of 150 percent fits its column in the file (any number) and no percentage."""
    first = ran.tables()
    ran.drop("bls_laus/mapping.yml", "files: {'*': {vintage: '2014-03-01'}}")
    ran.drop("bls_laus/la.data.1.csv", LAUS.format("03", "150"))
    ran.drop("requests/more.csv", requests(30))
    done = ran.run(code=1)
    for words in (
        "a blocking check failed; the last good release stays up",
        "staging.bls_laus_flat: rate_is_a_percent failed on 1 rows",
        "geo_id 4748000",
        "indicator unemployment_rate",
    ):
        assert words in done.stderr
    assert "Traceback" not in done.stderr
    assert ran.current == "2014-08-31-r1"
    assert ran.tables() == first
    assert [p.name for p in (ran.home / "releases").iterdir() if p.is_dir()] == ["2014-08-31-r1"]

    ran.drop("bls_laus/la.data.2.csv", LAUS.format("03", "15.0"))  # the sender's corrected file, of the same release
    ran.run()
    assert ran.current == "2014-08-31-r2"
    assert ran.table("requests", "select count(*) from t") == [(31,)]
    rates = ran.table("indicator_values", "select value from t where indicator = 'unemployment_rate'")
    assert rates == [(15.0,)]


def test_a_row_that_goes_missing_between_stages_blocks(ran):
    """A typed file that lost a row after it was received: the receipt says 30, the file has 29."""
    (typed,) = (ran.home / "raw" / "requests").glob("*.parquet")
    table = pq.read_table(typed)
    pq.write_table(table.slice(0, 29), typed)
    ran.drop("requests/more.csv", requests(30) + request(31))
    done = ran.run(code=1)
    assert "raw.requests: nothing_lost failed on 1 rows: requests/first.csv" in done.stderr
    assert ran.current == "2014-08-31-r1"
