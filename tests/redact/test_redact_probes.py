"""The quick test before a hunt never says no where a spelling of the value is about."""

from __future__ import annotations

import sys

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from hushdesk.redact import Kind
from hushdesk.redact._fold import _SAME_LENGTH, fold_in_place
from hushdesk.redact._hunt import Haystack, _again, _parts_again
from hushdesk.redact._needles import needles, probes

VALUES = st.one_of(
    st.text(max_size=30),
    st.sampled_from(["Jane Q. Doe", "jane.doe+x@mail.example.org", "+49 30 1234567", "Łukasz Żółć", "山田 太郎", "Ørsted-Weiß"]),
)  # fmt: skip


@given(st.sampled_from(list(Kind)), VALUES)
def test_every_needle_holds_a_probe_of_its_mode(kind: Kind, value: str) -> None:
    tests = dict(zip(("plain", "squeezed", "digits"), probes(kind, value), strict=True))
    for needle in needles(kind, value):
        assert any(probe in needle.text for probe in tests[needle.mode])


NAMES = st.lists(
    st.text("abnosABNO'’-. éİвБß山_ﬁ\u0301", min_size=1, max_size=9)
    | st.sampled_from(["Anna", "Banno", "O'Bann", "Ann-Bo", "Li", "Нина", "Оно", "J.", "Mr", "Åse", "Groß", "Meißner", "meissner", "e\u0301va", "eva"]),
    min_size=1, max_size=3,
).map(" ".join)  # fmt: skip


@example(["A'A"], "AAA A'A", " ")
@example(["meissner"], "Anna Meißner", " ")
@example(["meissner"], "Ju\u0308rgen Meißner", " ")
@example(["Eva"], "E\u0301va Weiß", " ")
@example(["Bo_"], "Bo_ ann·", " ")
@given(st.lists(NAMES, min_size=1, max_size=5), NAMES, st.sampled_from([" ", "", ".", "a ", " a"]))
def test_a_name_of_which_no_part_begins_again_is_nowhere_again(
    others: list[str], name: str, joint: str
) -> None:
    own = fold_in_place(name)
    for text in (
        joint.join([name, *others]),
        joint.join([*others, name, *others]),
        " ".join((name, *name, name)),
    ):
        haystack = Haystack(text)
        tests = probes(Kind.PERSON, name, repeated=True)
        if not _parts_again([haystack], name, own):
            assert not _again(haystack, tests, own)


def test_kinds_are_looked_up_like_their_names() -> None:
    assert all(hash(kind) == hash(str(kind)) == hash(kind.value) for kind in Kind)


@pytest.mark.parametrize("start", [0, 0xD700, 0xFF00, 0x1F000, sys.maxunicode - 999])
def test_long_and_short_texts_are_folded_alike(start: int) -> None:
    text = "é" + "".join(map(chr, range(start, start + 1000)))
    assert fold_in_place(text) == text.translate(_SAME_LENGTH)
    assert len(fold_in_place(text)) == len(text)
