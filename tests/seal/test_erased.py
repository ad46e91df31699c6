"""The list of the erased: who is on it is told again, later matters are let in, and nobody can read it."""

from __future__ import annotations

import pickle
from datetime import UTC, datetime

import pytest

from hushdesk.cases import Case, Person, PersonRole
from hushdesk.redact import Kind, canonical
from hushdesk.seal import CASE, BatchSealer, ErasedValues, Verdict
from hushdesk.vault import Pseudonymiser

KEY = b"k" * 32
AT = datetime(2020, 1, 1, tzinfo=UTC)
BEFORE, AFTER = datetime(2019, 12, 31, tzinfo=UTC), datetime(2020, 1, 2, tzinfo=UTC)
MAIL = "ada.quillon@example.org"


@pytest.fixture
def erased() -> ErasedValues:
    values = ErasedValues(KEY)
    at = int(AT.timestamp() * 1000)
    values.add(
        [values.mac("EMAIL", MAIL), values.mac(CASE, "CASE000000000001"), values.mac("ACCOUNT", "csv:7")], at
    )
    return values


def person(role: PersonRole = PersonRole.CUSTOMER, **values: object) -> Person:
    return Person(role, **values)


def test_only_what_is_older_than_the_erasure_is_theirs(erased):
    assert erased.has("EMAIL", MAIL, BEFORE)
    assert erased.has("EMAIL", MAIL, None)
    assert not erased.has("EMAIL", MAIL, AFTER)
    assert not erased.has("PHONE", MAIL, BEFORE)
    assert not erased.has("EMAIL", "", BEFORE)
    assert not ErasedValues(b"x" * 32, erased.to_wire().entries).has("EMAIL", MAIL, BEFORE)


def test_any_one_value_tells_a_person(erased):
    assert erased.gone(person(emails=("x@example.org", "ADA.Quillon @example org")), "csv", BEFORE)
    assert erased.gone(person(name="ada.quillon@example.org"), "csv", BEFORE)
    assert erased.gone(person(source_id="7"), "csv", BEFORE)
    assert not erased.gone(person(source_id="7"), "jira", BEFORE)
    assert not erased.gone(person(PersonRole.SYSTEM, emails=(MAIL,)), "csv", BEFORE)
    assert not erased.gone(None, "csv", BEFORE)


def test_a_batch_refuses_the_case_and_masks_the_mention(erased):
    pseudonyms = Pseudonymiser(KEY)
    own = Case("csv", "1", opened_at=BEFORE, customer=person(emails=(MAIL,), name="Ada Quillon"))
    other = Case(
        "csv",
        "2",
        opened_at=BEFORE,
        description=f"Ask Ada Quillon, {MAIL}.",
        customer=person(emails=("bob@example.com",)),
        others=(person(PersonRole.OTHER, emails=(MAIL,), name="Ada Quillon"),),
    )
    emptied = Case("csv", "3", opened_at=BEFORE, subject="x")
    cases = [
        (own, "CASE000000000009", bytes(16)),
        (other, "CASE000000000002", bytes(16)),
        (emptied, "CASE000000000001", bytes(16)),
    ]
    sealed = BatchSealer(pseudonyms, erased=erased).seal(cases, 1)
    assert sealed.verdicts == (Verdict.ERASED, Verdict.SEALED, Verdict.ERASED)
    assert b"Ask [PERSON], [EMAIL]." in sealed.table
    token = pseudonyms.token("EMAIL", canonical(Kind.EMAIL, MAIL))
    assert token.encode() not in sealed.table
    assert MAIL not in {entry.value for entry in sealed.entries}
    assert BatchSealer(pseudonyms, erased=ErasedValues(KEY)).seal(cases, 1).verdicts == (Verdict.SEALED,) * 3


def test_nothing_shows_and_nothing_is_pickled_by_accident(erased):
    assert MAIL not in repr(erased) + repr(erased.to_wire())
    assert MAIL.encode() not in pickle.dumps(erased.to_wire())
    with pytest.raises(TypeError, match="to_wire"):
        pickle.dumps(erased)
    assert ErasedValues.from_wire(erased.to_wire()).has("EMAIL", MAIL, BEFORE)
