"""YAML beside data: aliases, equal keys and numbers without end are told."""

import pytest

from assets import declarations

BOMB = "a: &a [x, x]\n" + "".join(f"{b}: &{b} [*{a}, *{a}]\n" for a, b in zip("abcdefgh", "bcdefghi", strict=True))


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (BOMB, r"an alias \(\*name\) in line 2; write the value out"),
        ("columns: {a: b}\nzone: UTC\ncolumns: {c: d}\n", r"a key stands twice \(line 3\); keep one"),
        ("year: " + "9" * 5000, r"cannot be read \(ValueError\); write it in quotes"),
        ("x: " + "[" * 5000, "nesting|expected"),
        ("a: {{ b }}", "found unhashable key in line 1"),
        ("a: Jane Roe: jane@x.org 901-555-1234", r"^mapping values are not allowed here in line 1, column 12$"),
        ("a: [", "expected the node content|did not find"),
        ("a: !!python/object:os.system x", "could not determine a constructor"),
    ],
)
def test_what_is_not_taken_says_why(text, words):
    with pytest.raises(declarations.Invalid, match=words):
        declarations.read(text)


def test_a_day_stays_text_and_other_values_have_their_types():
    told = declarations.read("day: 2014-02-30\nfull: true\nyear: 2014\n")
    assert told == {"day": "2014-02-30", "full": True, "year": 2014}


def test_as_words_nothing_is_converted():
    assert declarations.read("as_of: 2014-09-30\nsynthetic: true\nn: 012\n", words=True) == {
        "as_of": "2014-09-30",
        "synthetic": "true",
        "n": "012",
    }
    assert declarations.read("") == {}
