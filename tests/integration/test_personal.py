"""Names, addresses and telephone numbers in the wrong place reach no message, listing, log or release."""

from network import Network

PLANTED = ("Quux", "quux.example", "555-0175")


def test_nothing_personal_leaves_the_private_warehouse(fresh: Network) -> None:
    """A file without its header line, an address in `channel`, a telephone number in `status`, one as a column's name."""
    fresh.drop("requests/headless.csv", "17,4748000,2014-06-02,Zelda Quux,zelda@quux.example,901-555-0175\n")
    columns = "request_id,city,submitted_at,channel,status\n"
    shifted = "S1,4748000,2014-06-02,zelda@quux.example,open\nS2,4748000,2014-06-02,web,901-555-0175\n"
    fresh.drop("requests/shifted.csv", columns + shifted)
    fresh.drop(
        "requests/keys.jsonl",
        '{"request_id":"K1","city":"4748000","submitted_at":"2014-06-02","zelda@quux.example":1}\n',
    )
    commands = [fresh.run(), *(fresh.tell(command) for command in ("quarantine", "sources", "status"))]
    told = "".join(done.stdout + done.stderr for done in commands)
    assert "is the header line missing?" in told and "(personal, not shown)" in told
    assert not [word for word in PLANTED if word in told]
    private = fresh.home / "raw"
    for path in fresh.home.rglob("*"):
        if path.is_file() and (private not in path.parents or path.suffix == ".json"):
            content = path.read_bytes()
            assert not [word for word in PLANTED if word.encode() in content], path.name
