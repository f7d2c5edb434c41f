"""Figures that move on the sample need a word in CHANGELOG under “Numbers that changed” (make numbers)."""

import json
from pathlib import Path

import sample_numbers as numbers


def test_figures_stand_as_they_were_or_the_changelog_says_why(release_home: Path) -> None:
    kept = json.loads(numbers.KEPT.read_text())
    releases = release_home / "releases"
    now = numbers.digests(releases / (releases / "CURRENT").read_text().strip() / "metric_values.parquet")
    names = numbers.moved(kept["metrics"], now)
    assert not names, f"{', '.join(names)} moved: say why in CHANGELOG, Numbers that changed, then `make numbers`"
    assert now.keys() == kept["metrics"].keys(), "a metric that is new: `make numbers`"


def test_a_moved_figure_is_seen_and_only_a_new_word_lets_it_pass() -> None:
    assert numbers.moved({"a": "1", "b": "2", "c": "3"}, {"a": "1", "b": "9", "d": "4"}) == ["b", "c"]
    log = "# Changelog\n### Numbers that changed\n- one\n\n### Fixed\n- other\n"
    assert numbers.section(log) == numbers.section(log.replace("- other", "- more"))
    assert numbers.section(log) != numbers.section(log.replace("- one", "- one\n- two"))
    assert numbers.section("# Changelog\n") == ""
