"""A Document as a PDF that can be archived (PDF/A-2a) and read aloud (PDF/UA-1), the same to the byte wherever it is made."""

import functools
import importlib.resources
import importlib.util
import json
import re
import shutil
import tempfile
import threading
import unicodedata
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import typst

from assets.documents.document import Document
from assets.documents.layout import Plain, told

STANDARDS: list["typst.PDFStandard"] = ["ua-1", "a-2a"]
# Source Sans has Latin, Greek and Cyrillic; the others come with typst and have what else is shown, U+FFFD among it
FONTS = ("Source Sans Pro", "DejaVu Sans Mono", "Libertinus Serif", "New Computer Modern")
FACES = ("Regular", "Semibold", "Bold")
PROBE = b"""#set text(font: json(bytes(sys.inputs.fonts)), fallback: false)
#for weight in (400, 600, 700) { text(weight: weight, json(bytes(sys.inputs.text))) }"""
UNKNOWN = "\N{REPLACEMENT CHARACTER}"
# what no font shows and PDF/A forbids: controls other than tab and line feed, lone surrogates, letters of private meaning
FORBIDDEN = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\ue000-\uf8ff\U000f0000-\U0010ffff]")
# typst keeps what it worked out for the last ten compilations, half a gigabyte for 2,000 rows: after a large one it is made to
# forget by as many empty ones
LARGE, REMEMBERED = 1_000_000, 11
_one_at_a_time = threading.Lock()  # a compiler of typst refuses a second thread


def write(document: Document) -> bytes:
    """The PDF of `document`. A letter that no font has stands as U+FFFD."""
    content = _clean(told(document), FORBIDDEN)
    with _one_at_a_time:
        try:
            return _compiled(content)
        except typst.TypstError:
            letters = sorted({c for c in json.dumps(content, ensure_ascii=False) if not c.isascii()})
            content = _clean(content, _any_of(_lacking(letters)))
        try:
            return _compiled(content)
        except typst.TypstError:  # a letter and an accent that no font has both of
            return _compiled(_clean(content, _any_of(filter(unicodedata.combining, letters))))


def _compiled(content: Plain) -> bytes:
    source = importlib.resources.files("assets.documents").joinpath("template.typ").read_bytes()
    made = _pdf(source, STANDARDS, document=content | {"fonts": FONTS})
    if len(made) > LARGE:
        for _ in range(REMEMBERED):
            _pdf(b"", [])
    return made


def _pdf(source: bytes, standards: list["typst.PDFStandard"], **inputs: Any) -> bytes:
    given = {name: json.dumps(value, ensure_ascii=False) for name, value in inputs.items()}
    # nothing may come from the clock: the date of a file is its document's own, which the template sets
    made = _compiler().compile(source, format="pdf", sys_inputs=given, pdf_standards=standards, timestamp=0)
    if not isinstance(made, bytes):
        raise TypeError("typst gave several files for one PDF")
    return made


@functools.cache
def _compiler() -> typst.Compiler:
    """A compiler with our fonts, read from a folder of their own: the package has each twice (.otf and .ttf), and which of them
    typst takes hangs on the order of files on a disk."""
    spec = importlib.util.find_spec("font_source_sans_pro")
    if spec is None or not spec.submodule_search_locations:
        raise ModuleNotFoundError("font-source-sans-pro is not installed")
    with tempfile.TemporaryDirectory() as folder:
        for face in FACES:
            shutil.copy(Path(spec.submodule_search_locations[0], "files", f"SourceSansPro-{face}.ttf"), folder)
        compiler = typst.Compiler(font_paths=typst.Fonts(include_system_fonts=False, font_paths=[folder]))
        # fonts are read when they are first needed, which has to be before the folder goes
        compiler.compile(PROBE, format="pdf", sys_inputs={"text": '"A"', "fonts": json.dumps(FONTS)}, timestamp=0)
    return compiler


def _lacking(letters: list[str]) -> list[str]:
    """Those of `letters` that no font has, in one weight or another, found by halving: typst alone knows its fonts."""
    try:
        _pdf(PROBE, ["a-2a"], text=" ".join(letters), fonts=FONTS)
    except typst.TypstError:
        half = len(letters) // 2
        return _lacking(letters[:half]) + _lacking(letters[half:]) if half else letters
    return []


def _any_of(letters: Iterable[str]) -> re.Pattern[str]:
    return re.compile("|".join(map(re.escape, letters)) or r"(?!)")


def _clean(value: Any, unknown: re.Pattern[str]) -> Any:
    """`value` with U+FFFD for what is unknown, in every text of it."""
    match value:
        case str():
            return unknown.sub(UNKNOWN, value.replace("\t", " "))  # paper has no tab stops
        case dict():
            return {key: _clean(part, unknown) for key, part in value.items()}
        case list() | tuple():
            return [_clean(part, unknown) for part in value]
    return value
