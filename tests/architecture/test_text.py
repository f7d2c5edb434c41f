"""Files: small, American, and saying nothing of the machine they were written on."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
FOLDERS = ("assets", "pipelines", "dashboards", "sql", "docs", "tests")
TEXT = sorted(
    p
    for folder in FOLDERS
    for p in (ROOT / folder).rglob("*")
    if p.suffix in (".py", ".sql", ".yml", ".yaml", ".md", ".toml") and "__pycache__" not in p.parts
) + [ROOT / n for n in ("README.md", "CHANGELOG.md", "CONTRIBUTING.md", "Makefile", "pyproject.toml")]
SHOWN = [p for p in TEXT if "tests" not in p.relative_to(ROOT).parts]  # what a user may read
# A word in quotes is a publisher's own: Open311 servers write "cancelled".
BRITISH = re.compile(
    r"\b(colour\w*|behaviour\w*|programme[sd]?|centre[sd]?|organis\w+|recognis\w+|summaris\w+"
    r"|normalis\w+|categoris\w+|analysed?|neighbour\w*|labour\w*|favour\w*|honour\w*|licence\w*|catalogue\w*|(?<![\"`])cancelled"
    r"|modelling|modelled|labelled|travelled|judgement|fulfil|whilst|grey\w*|cheque|metres?|kilometres?|towards)\b",
    re.IGNORECASE,
)


@pytest.mark.parametrize("path", [p for p in TEXT if p.suffix == ".py"], ids=lambda p: p.relative_to(ROOT).as_posix())
def test_python_files_stay_below_300_lines(path):
    assert len(path.read_text(encoding="utf-8").splitlines()) < 300


def test_american_spelling():
    assert BRITISH.search("the colour of labour") and not BRITISH.search("the color of labor; analyses; program")
    found = [
        f"{p.relative_to(ROOT)}:{n}: {m[0]}"
        for p in SHOWN
        for n, line in enumerate(p.read_text(encoding="utf-8").splitlines(), 1)
        if (m := BRITISH.search(line))
    ]
    assert found == []


def test_no_file_names_the_place_where_it_was_written():
    place = str(ROOT)
    absolute = re.compile(r"(?<![\w.:/])/(home|Users|root|opt|mnt|srv)/\w+")
    for path in TEXT:
        text = path.read_text(encoding="utf-8")
        assert place not in text, path
        assert path == Path(__file__).resolve() or not absolute.search(text), path


def test_no_pinned_package_names_a_registry():
    lock = (ROOT / "requirements.lock").read_text(encoding="utf-8")
    assert "://" not in lock and "--index-url" not in lock
    assert lock.count("--hash=sha256:") > 100
