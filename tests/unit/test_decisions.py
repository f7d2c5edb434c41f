"""The log of decisions: only ever longer, with who and why, and what stands at its end."""

import json
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from assets import decisions
from assets.decisions import NOT_A_PLACE, PLACE, UNDO, PlaceName, Refused


def decide(folder: Path, name: str, decided: str = PLACE, geoid: str | None = "2965000", source: str = "") -> None:
    decisions.name_place(folder, name, decided, geoid, source, "A. Person", "as the county says")


def standing(folder: Path) -> list[tuple[str, str, str | None]]:
    return [(n.name, n.source, n.geoid) for n in decisions.place_names(folder)]


def test_nothing_decided(tmp_path: Path) -> None:
    assert decisions.place_names(tmp_path) == [] and decisions.history(tmp_path, "places") == []


def test_a_line_says_who_and_that_nobody_checked(tmp_path: Path) -> None:
    decide(tmp_path, "  ST  LOUIS, MO ")
    (line,) = [json.loads(text) for text in (tmp_path / "places.jsonl").read_text().splitlines()]
    assert (line["who"], line["who_is"], line["why"]) == ("A. Person", "declared, not signed in", "as the county says")
    assert (line["name"], line["geoid"], line["source"]) == ("ST LOUIS, MO", "2965000", "")
    assert line["at"].endswith("+00:00")


def test_the_last_line_on_a_name_and_source_stands(tmp_path: Path) -> None:
    decide(tmp_path, "ST LOUIS, MO")
    before = (tmp_path / "places.jsonl").read_bytes()
    decide(tmp_path, "St Louis, MO", geoid="2965001")  # the same name, without case
    decide(tmp_path, "ST LOUIS, MO", NOT_A_PLACE, None, source="hud_allocations")
    assert (tmp_path / "places.jsonl").read_bytes().startswith(before), "nothing is edited"
    assert standing(tmp_path) == [("St Louis, MO", "", "2965001"), ("ST LOUIS, MO", "hud_allocations", None)]
    decide(tmp_path, "ST LOUIS, MO", UNDO, None)
    assert standing(tmp_path) == [("ST LOUIS, MO", "hud_allocations", None)]
    assert len(decisions.history(tmp_path, "places")) == 4


@pytest.mark.parametrize(("who", "why", "name"), [("", "x", "A, MO"), ("x", " ", "A, MO"), ("x", "x", "  ")])
def test_who_why_and_the_name_are_required(tmp_path: Path, who: str, why: str, name: str) -> None:
    with pytest.raises(Refused):
        decisions.name_place(tmp_path, name, PLACE, "2965000", "", who, why)
    assert not (tmp_path / "places.jsonl").exists()


def test_only_what_was_decided_can_be_undone(tmp_path: Path) -> None:
    decide(tmp_path, "ST LOUIS, MO", source="hud_allocations")
    with pytest.raises(Refused, match="nothing is decided of 'ST LOUIS, MO' for all sources"):
        decide(tmp_path, "ST LOUIS, MO", UNDO, None)


def test_two_writers_leave_whole_lines(tmp_path: Path) -> None:
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda n: decide(tmp_path, f"City {n}, MO"), range(40)))
    assert len(standing(tmp_path)) == 40


def test_a_decision_for_one_source_is_nothing_to_another() -> None:
    names = [PlaceName("A, MO", "surveys", "1", "2026-01-01"), PlaceName("B, MO", "", "2", "2026-01-01")]
    assert "A, MO" not in decisions.text(names, {"requests"}) and "B, MO" in decisions.text(names, {"requests"})
    assert "A, MO" in decisions.text(names, {"surveys"}) and "A, MO" in decisions.text(names)


def test_one_edited_line_is_caught_wherever_it_stands(tmp_path: Path) -> None:
    for n in range(4):
        decide(tmp_path, f"City {n}, MO")
    path = tmp_path / "places.jsonl"
    whole = path.read_bytes()
    assert decisions.broken(tmp_path) == []
    for n in range(4):
        path.write_bytes(whole.replace(b"City %d" % n, b"City 9"))
        (told,) = decisions.broken(tmp_path)
        assert told.startswith(f"places.jsonl: line {n + 1}, or one above it, is not as it was written")
        with pytest.raises(Refused, match=f"line {n + 1}"):
            decide(tmp_path, "Another, MO")
    lines = whole.splitlines(keepends=True)
    for kept in ([0, 2, 3], [1, 2, 3], [0, 2, 1, 3], [0, 0, 1, 2, 3]):  # taken out, put elsewhere, written twice
        path.write_bytes(b"".join(lines[n] for n in kept))
        assert decisions.broken(tmp_path), kept
    path.write_bytes(whole + b'{"at": "2014-09-30", "who": "x"}\n')
    assert "line 5 was not written by this program" in decisions.broken(tmp_path)[0]


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=80)
@given(data=st.data())
def test_no_byte_of_a_log_can_change(tmp_path_factory: Any, data: Any) -> None:
    folder = tmp_path_factory.mktemp("decisions")
    for n in range(3):
        decide(folder, f"Cañón {n}, MO")
    path = folder / "places.jsonl"
    content = bytearray(path.read_bytes())
    at = data.draw(st.integers(0, len(content) - 1))
    content[at] ^= data.draw(st.integers(1, 255))
    path.write_bytes(bytes(content))
    assert len(decisions.broken(folder)) == 1


def test_lines_from_before_there_were_chains_stand_and_are_held_from_then_on(tmp_path: Path) -> None:
    path = tmp_path / "places.jsonl"
    path.write_text(
        '{"at": "2014-09-30", "who": "x", "why": "y", "decided": "place", "name": "A, MO", "source": "", "geoid": "1"}\n'
    )
    decide(tmp_path, "B, MO")
    assert decisions.broken(tmp_path) == [] and len(decisions.place_names(tmp_path)) == 2
    path.write_text(path.read_text().replace('"geoid": "1"', '"geoid": "2"'))
    assert decisions.broken(tmp_path)


def test_separators_of_lines_in_a_text_and_a_lost_end_of_line(tmp_path: Path) -> None:
    decisions.name_place(tmp_path, "A, MO", PLACE, "2965000", "", "one\u2028two", "pasted\x85text\rand more")
    decide(tmp_path, "B, MO")
    assert decisions.broken(tmp_path) == []
    assert [line["why"][:6] for line in decisions.history(tmp_path, "places")] == ["pasted", "as the"]
    path = tmp_path / "places.jsonl"
    path.write_bytes(path.read_bytes()[:-1])
    assert decisions.broken(tmp_path) == ["places.jsonl: its last line is not whole; restore the file from a copy"]
    with pytest.raises(Refused, match="not whole"):
        decide(tmp_path, "C, MO")
