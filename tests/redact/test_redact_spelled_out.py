"""Letters said one by one, told by the names beside them."""

from __future__ import annotations

import pytest

from hushdesk.redact import Finding, Kind
from hushdesk.redact._spelled_out import settled
from hushdesk.redact.detect import SPELLED_UNSURE

NAMES = ["Quorbin Vale", "Ida-Marie Holm", "Øystein", "Al"]


@pytest.mark.parametrize("letters", ["quorbin", "quo", "vale", "mar", "øys", "holm"])
def test_letters_that_begin_a_name_spell_it(letters):
    unsure = Finding(0, 9, Kind.PERSON, 0.1, SPELLED_UNSURE, letters)
    (found,) = settled([unsure], NAMES)
    assert (found.start, found.end, found.detector, found.kind) == (0, 9, "spelled", Kind.PERSON)


@pytest.mark.parametrize("letters", ["uor", "quorbins", "zzz", "aaa", "valet", "al"])
def test_other_letters_spell_nobody(letters):
    unsure = Finding(0, 9, Kind.PERSON, 0.1, SPELLED_UNSURE, letters)
    other = Finding(12, 15, Kind.PHONE, 0.9, "phone")
    assert settled([unsure, other], NAMES) == [other]
    assert settled([unsure], []) == []
