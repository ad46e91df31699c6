"""What a certificate says, and what it never holds."""

from __future__ import annotations

import json
from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hushdesk.cases import SEALED_SCHEMA, Case, Message, Person, PersonRole, Visibility
from hushdesk.redact import Action, Kind, Known, Policy
from hushdesk.seal import (
    Certificate,
    Listed,
    Looker,
    Sampled,
    ValueLists,
    case_of,
    content_bytes,
    make_certificate,
)
from hushdesk.seal import _certificate as module


def certificate(**more: object) -> Certificate:
    values = {
        "desk_id": "00", "load_id": 3, "at": "2019-12-05T00:00:00+00:00", "population": 3, "seed": "keys",
        "lists": ValueLists(b"k" * 32), "seconds": 0.12345,
    }  # fmt: skip
    return make_certificate([Counter(), Counter({"PERSON": 2, "EMAIL": 1})], **{**values, **more})


def test_it_counts_bounds_and_names_its_methods():
    made = certificate()
    assert (made.sampled, made.population, made.leaking, made.values, made.complete) == (2, 3, 1, 3, False)
    assert made.found == {"EMAIL": 1, "PERSON": 2}
    assert 500 < made.cases_bound <= 1000
    assert "Clopper-Pearson" in made.cases_method
    assert "Garwood" in made.values_method
    assert certificate(population=2).complete
    assert Certificate.from_json(json.loads(json.dumps(made.to_json()))) == made


def test_any_change_changes_what_is_signed():
    made = certificate()
    seen = {made.to_bytes()}
    for name in Certificate.__slots__:
        values = made.to_json()
        values[name] = {"PERSON": 9} if name == "found" else f"{values[name]}1"
        seen.add(Certificate.from_json(values).to_bytes())
    assert len(seen) == len(Certificate.__slots__) + 1


def test_versions_change_with_redaction_and_policy(monkeypatch, tmp_path):
    for name in ("a.py", "b.txt"):
        (tmp_path / name).write_text("one")
    (tmp_path / "__pycache__").mkdir()
    monkeypatch.setattr(module, "files", lambda _: tmp_path)
    module.redaction_version.cache_clear()
    try:
        first = module.redaction_version()
        module.redaction_version.cache_clear()
        (tmp_path / "__pycache__" / "a.pyc").write_text("x")
        assert module.redaction_version() == first
        module.redaction_version.cache_clear()
        (tmp_path / "b.txt").write_text("two")
        assert module.redaction_version() != first
    finally:
        module.redaction_version.cache_clear()
    assert module.policy_digest(None) == module.policy_digest(Policy())
    assert module.policy_digest(Policy(order_numbers=True)) != module.policy_digest(None)
    assert module.policy_digest(Policy(device_numbers=False)) != module.policy_digest(None)
    assert module.policy_digest(Policy(actions={Kind.PLACE: Action.KEEP})) != module.policy_digest(None)


def test_every_text_column_of_a_sealed_case_is_looked_at():
    texts = {
        f.name for f in SEALED_SCHEMA if str(f.type) in {"string", "large_string"} or "list" in str(f.type)
    }
    # Identifiers, pseudonyms, codes and times: nothing that was ever a text.
    rest = {
        "case_id", "source", "messages.visibility", "messages.at", "messages.role", "messages.author", "customer", "agent",
        "people", "tokens", "kinds", "country", "language", "contract",
    }  # fmt: skip
    assert {name for name in texts if name not in rest} == set(module.TEXT_FIELDS)


def test_what_cannot_be_looked_at_counts_as_a_leak(monkeypatch):
    looker = Looker()
    monkeypatch.setattr(looker._ensemble, "look", lambda *_, **__: 1 / 0)
    assert looker.look([Sampled(("text",), ())]) == [Counter({"UNCHECKED": 1})]


def test_a_look_finds_what_fields_named_and_spares_what_is_allowed():
    known = (Known(Kind.PERSON, "Gudrun Overbeck"),)
    sample = [Sampled(("Overbeck called.",), known), Sampled(("All fine.",), known)]
    assert [dict(counts) for counts in Looker().look(sample)] == [{"PERSON": 1}, {}]
    lists = ValueLists(b"k" * 32)
    lists.add(lists.entry(Listed.ALLOW, Kind.PERSON, "Gudrun Overbeck"))
    assert Looker(lists).look(sample) == [Counter(), Counter()]
    assert "Overbeck" not in repr(sample)


# -- what lies in quarantine can be sealed again ------------------------------------------------------

_TEXT = st.text(max_size=20)
_TIMES = st.none() | st.datetimes(timezones=st.just(UTC)).filter(lambda at: 1960 < at.year < 2100)
_LISTS = st.lists(_TEXT, max_size=3).map(tuple)
_PERSONS = st.builds(
    Person, st.sampled_from(PersonRole), _TEXT, _TEXT, _LISTS, _LISTS, _LISTS, _LISTS, _LISTS,
    st.lists(st.tuples(_TEXT, _TEXT), max_size=2).map(tuple),
)  # fmt: skip
_MESSAGES = st.builds(
    Message, _TEXT, st.sampled_from(Visibility), _TIMES, st.none() | _PERSONS, _TEXT, _TEXT, _LISTS
)
_CASES = st.builds(
    Case, source=st.text(min_size=1, max_size=5), source_id=st.text(min_size=1, max_size=5), opened_at=_TIMES, updated_at=_TIMES,
    subject=_TEXT, description=_TEXT, notes=_LISTS, tags=_LISTS, customer=st.none() | _PERSONS,
    others=st.lists(_PERSONS, max_size=2).map(tuple), messages=st.lists(_MESSAGES, max_size=3).map(tuple),
    unmapped=st.lists(st.tuples(_TEXT, _TEXT), max_size=2).map(tuple),
)  # fmt: skip


@given(_CASES)
def test_a_case_comes_back_whole_from_its_bytes(case):
    again = case_of(content_bytes(case))
    assert again == case
    assert content_bytes(again) == content_bytes(case)


def test_lone_surrogates_and_zones_come_back():
    zoned = datetime(2019, 3, 4, 5, 6, 7, 890123, tzinfo=UTC).astimezone(datetime.now().astimezone().tzinfo)
    case = Case("mail", "1", description="a\ud800b", opened_at=zoned + timedelta(microseconds=1))
    assert case_of(content_bytes(case)) == case


@pytest.mark.parametrize(
    "data", [b"", b"x", b"[]", b"[1,2,3,4,5]", b'{"a":1}', b"\xff", b"null", b"[[],[],null,null,[]]"]
)
def test_other_bytes_are_no_case_and_are_not_repeated(data):
    with pytest.raises(ValueError, match="these bytes are no case"):
        case_of(data)
