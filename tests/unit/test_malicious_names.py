"""Odd names, links and pipes in landing, and declarations made to harm: none of them holds up the other files."""

import os

import pytest
from landing_desk import HEADER, Desk

GOOD = HEADER + "R1,4748000,2014-06-02,open,,\n"


@pytest.fixture
def desk(desk) -> Desk:
    desk.take()
    return desk


def test_odd_names_links_and_what_is_no_file(desk, tmp_path):
    folder = desk.landing / "requests"
    outside = tmp_path / "outside.csv"
    outside.write_text(GOOD.replace("R1", "R2"))
    desk.drop("requests/a.csv", GOOD)
    (folder / "linked.csv").symlink_to(outside)  # read like a file: who may link may copy
    (folder / "nowhere.csv").symlink_to(tmp_path / "none")
    (folder / "itself.csv").symlink_to(folder / "itself.csv")
    (folder / "again").symlink_to(folder, target_is_directory=True)
    (folder / "zero.csv").symlink_to("/dev/zero")
    os.mkfifo(folder / "pipe.csv")
    desk.drop("requests/folder.csv/b.csv", GOOD.replace("R1", "R3"))
    desk.drop("requests/[a]*?'\".csv", GOOD.replace("R1", "R4"))
    with open(os.fsencode(folder) + b"/\xff.csv", "wb") as odd:
        odd.write(GOOD.replace("R1", "R5").encode())
    got = desk.take()
    accepted = {n: r.accepted for n, r in got.items() if r.status == "accepted"}
    assert accepted == dict.fromkeys(
        ["requests/a.csv", "requests/linked.csv", "requests/folder.csv/b.csv", "requests/[a]*?'\".csv"], 1
    )
    assert "not UTF-8; rename" in got["requests/\\xff.csv"].message


@pytest.mark.parametrize(
    "text",
    [
        "columns: " + "[" * 100_000,
        "ignore: &a [*a]",
        "ignore:\n- &v0 [x, x]\n" + "".join(f"- &v{n} [{f'*v{n - 1}, ' * 10}]\n" for n in range(1, 12)),
        'columns: !!python/object/apply:os.system ["true"]',
        'files: {"../a.csv": {vintage: "1"}}',
        'files: {"/a.csv": {vintage: "1"}}',
        'files: {"..\\\\a.csv": {vintage: "1"}}',
    ],
    ids=["deep", "itself", "bomb", "code", "above", "absolute", "backslash"],
)
def test_a_mapping_made_to_harm_refuses_its_folder_at_once(desk, text):
    desk.drop("requests/a.csv", GOOD)
    desk.drop("requests/mapping.yml", text)
    got = desk.take()["requests/a.csv"]
    assert got.status == "refused" and got.message.startswith("mapping.yml") and len(got.message) < 2000
