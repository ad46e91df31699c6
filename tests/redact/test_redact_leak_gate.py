"""The gate before the loose patterns promises only what holds: whatever a pattern matches, it lets through."""

from __future__ import annotations

import re
import sys

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hushdesk.redact.leak import _gate, _loose, _readings

PATTERNS = {
    "PLUS": _loose._PLUS,
    "CUED": _loose._CUED,
    "NANP": _loose._NANP,
    "LONG": _loose._LONG,
    "IBAN": _loose._IBAN,
    "V4": _loose._V4,
    "V6": _loose._V6,
    "KEY": _loose._KEY,
    "BLOB": _loose._BLOB,
    "SINGLES": _readings._SINGLES,
    "AT": _readings._AT,
    "DOT": _readings._DOT,
    "WORDS": _readings._WORDS,
    "BASE64": _readings._BASE64,
}
EVERY = "".join(map(chr, [*range(0xD800), *range(0xE000, sys.maxunicode + 1)]))


@pytest.mark.parametrize("name", PATTERNS)
@settings(max_examples=30, deadline=None)
@given(data=st.data())
def test_what_a_pattern_matches_passes_the_gate(name: str, data: st.DataObject) -> None:
    # Digits, blanks and letters of all scripts are generated, as the pattern takes them.
    text = data.draw(st.from_regex(PATTERNS[name]))
    assert _gate.gate(text) & getattr(_gate, name)


def test_every_foreign_digit_opens_the_patterns_of_numbers() -> None:
    for digit in re.findall(r"\d", EVERY):
        if not digit.isascii():
            assert _gate.gate(f"x{digit}") & _gate.DIGITS
            assert _gate.gate(f"x{digit}") & _gate.CUED


def test_white_space_is_what_patterns_take_for_it() -> None:
    for blank in re.findall(r"\s", EVERY):
        assert _gate.gate(f"max{blank}at{blank}example{blank}dot{blank}com") & _gate.WORDS, hex(ord(blank))


def test_words_pass_in_every_case_that_patterns_know() -> None:
    words = f"{_gate.CUES} {_gate.AT_WORDS} {_gate.DOT_WORDS} {_gate.SPOKEN_AT} {_gate.SPOKEN_DOT}"
    for letter in set(words) - {" "}:
        like = set(re.findall(f"(?i){letter}", EVERY))
        known = set(_gate._FOREIGN.get(letter, letter.lower() + letter.upper()))
        assert like <= known, hex(ord(letter))


def test_marks_and_look_alikes_are_seen() -> None:
    for code in _gate.MARKS:
        assert _gate.gate(f"a{chr(code)}b") & _gate.WIDTHLESS
    for twin in _gate.TWINS:
        assert _gate.gate(f"a{twin}b") & _gate.LOOK_ALIKE


def test_nothing_is_promised_of_lone_surrogates() -> None:
    assert _gate.gate("\ud800") == _gate.ALL


def test_an_ordinary_text_opens_nothing() -> None:
    assert (
        _gate.gate("The report hangs since the update of last week, see the log of 2024-05-12 10:15:23.") == 0
    )
