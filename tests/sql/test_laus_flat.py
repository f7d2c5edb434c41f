"""LAUS flat files: several footnotes in one cell, and what each says of a figure or of its absence."""

from datetime import datetime
from typing import Any

import pytest

from assets.raw import places

RECEIPT = {"_known_at": datetime(2024, 5, 1), "_file": "la", "_sha256": "a" * 64, "_order": 1, "_row": 2}
TEXTS = {
    "P": "Preliminary.",
    "R": "Data were subject to revision.",
    "N": "Not available.",
    "X": "Lapse in appropriations.",
}


@pytest.mark.parametrize(
    ("value", "codes", "reason", "note"),
    [
        (5.0, None, None, None),
        (5.0, "P", None, "Preliminary."),
        (5.0, "P,R", None, "Preliminary.; Data were subject to revision."),
        (5.0, "  P, R ", None, "Preliminary.; Data were subject to revision."),
        (5.0, "Q", None, "Q"),  # a code that no file explains
        (None, "N", "Not available.", None),
        (None, "X,P", "Lapse in appropriations.; Preliminary.", None),
        (None, None, "not_available", None),
    ],
)
def test_footnotes(bench: Any, value: float | None, codes: str | None, reason: str | None, note: str | None) -> None:
    bench.reference()
    bench.given("raw.census_gazetteer", [])
    places.build(bench.connection)
    bench.given("raw.bls_laus_area", [])
    bench.given("raw.bls_laus_footnote", [{"footnote_code": c, "footnote_text": t} | RECEIPT for c, t in TEXTS.items()])
    row = {"series_id": "LAUCT990000100000003", "year": 2024, "period": "M03", "value": value, "footnote_codes": codes}
    missing = {"value_missing": None if value is not None else "not_available"}
    bench.given("raw.bls_laus_data", [row | missing | RECEIPT])
    bench.run("staging.bls_laus_places", "staging.bls_laus_flat")
    (found,) = bench.rows("from staging.bls_laus_flat")
    assert (found["value"], found["reason"], found["note"]) == (value, reason, note)
