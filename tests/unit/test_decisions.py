"""The log of decisions: only ever longer, with who and why, and what stands at its end."""

import json
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

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
