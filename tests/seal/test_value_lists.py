"""Lists of decided values: they find what they were given and can be read by nobody."""

from __future__ import annotations

import pickle

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hushdesk.cases import Case
from hushdesk.redact import Finding, Kind
from hushdesk.seal import Doubtful, Listed, Sealed, Sealer, ValueLists, ValueTooShort
from hushdesk.seal import _values as values_module
from hushdesk.vault import Pseudonymiser

KEY = b"k" * 32
PSEUDONYMS = Pseudonymiser(b"p" * 32, 1)


def lists(*values: tuple[Listed, Kind, str]) -> ValueLists:
    made = ValueLists(KEY)
    for listed, kind, value in values:
        made.add(made.entry(listed, kind, value))
    return made


def denied(value: str, kind: Kind = Kind.PERSON) -> ValueLists:
    return lists((Listed.DENY, kind, value))


def places(made: ValueLists, text: str) -> list[str]:
    return [text[found.start : found.end] for found in made.personal(text)]


@pytest.mark.parametrize(
    ("value", "text", "found"),
    [
        ("Quillon", "We asked Quillon, and QUILLON said no. Quillons did not.", ["Quillon", "QUILLON"]),
        ("Ada Quillon", "ada-quillon or Ada  Quillon, not Ada B. Quillon", ["ada-quillon", "Ada  Quillon"]),
        ("Müller-Özdemir", "muller ozdemir wrote", ["muller ozdemir"]),
        ("margit@nord.example", "To margit@nord.example; margit nord example", ["margit@nord.example", "margit nord example"]),
        ("王小明", "昨天王小明来电", ["王小明"]),
        ("+47 22 85 51 27", "Ring +4722855127 or 47-2285-5127, not 4722855128", ["4722855127", "47-2285-5127"]),
        ("4111 1111 1111 1111", "card 4111-1111-1111-1111.", ["4111-1111-1111-1111"]),
    ],
)  # fmt: skip
def test_a_denied_value_is_found_in_its_spellings_and_nowhere_else(value, text, found):
    assert places(denied(value), text) == found


_VALUES = st.text(st.characters(categories=("L", "N"), max_codepoint=0x24F), min_size=3, max_size=12)


@given(st.lists(_VALUES, min_size=1, max_size=4), st.text(" .,\n", max_size=3), st.text(" .,\n", max_size=3))
def test_whatever_is_denied_is_found_between_other_words(words, before, after):
    value = " ".join(words)
    try:
        made = denied(value)
    except ValueTooShort:
        return
    text = f"xq{before} {value} {after}qx"
    assert any(value in found or found in value for found in places(made, text))
    assert made.decided(value) is Listed.DENY
    assert made.decided(value + "x1") is None


@pytest.mark.parametrize("value", ["", "a", "--", "ab", "x " * 13])
def test_what_would_be_found_everywhere_cannot_be_listed(value):
    with pytest.raises(ValueTooShort):
        denied(value)


def test_the_last_word_about_a_value_counts():
    made = lists((Listed.DENY, Kind.PERSON, "Quillon"), (Listed.ALLOW, Kind.PERSON, "quillon"))
    assert made.allowed("QUILLON")
    assert places(made, "Quillon") == []
    assert (made.count(Listed.ALLOW), made.count(Listed.DENY)) == (1, 0)
    made.add(made.entry(Listed.DENY, Kind.PERSON, "Quillon"))
    assert places(made, "Quillon") == ["Quillon"]


def test_only_guesses_of_detectors_are_overruled():
    made = lists((Listed.ALLOW, Kind.PERSON, "Quillon"))

    def harmless(**more):
        return made.harmless(Finding(0, 7, more.pop("kind", Kind.PERSON), 0.9, **more), "Quillon")

    assert harmless(detector="name")
    assert harmless(detector="repeated")
    assert not harmless(detector="known")
    assert not harmless(detector="name", ref="PERSON_1")
    assert not harmless(detector="key", kind=Kind.SECRET)
    assert not harmless(detector="deny-list")
    assert not ValueLists(KEY).harmless(Finding(0, 7, Kind.PERSON, 0.9, "name"), "Quillon")


def test_hashes_hang_on_the_key_and_hold_nothing():
    entry = denied("Quillon").entry(Listed.DENY, Kind.PERSON, "Ada Quillon")
    other = ValueLists(b"o" * 32).entry(Listed.DENY, Kind.PERSON, "Ada Quillon")
    assert entry.mac != other.mac
    assert entry.head != other.head
    assert entry.mac != PSEUDONYMS.content_mac(b"adaquillon")
    made = denied("Quillon")
    assert "uillon" not in repr(made) + repr(entry) + repr(made.to_wire()).replace("ValueLists", "")
    assert KEY.decode() not in repr(made.to_wire())
    with pytest.raises(TypeError):
        pickle.dumps(made)
    assert places(ValueLists.from_wire(made.to_wire()), "Quillon") == ["Quillon"]


def test_words_that_begin_no_denied_value_are_hashed_once(monkeypatch):
    made = denied("Quillon")
    hashed = []
    real = values_module.hmac.digest
    monkeypatch.setattr(values_module.hmac, "digest", lambda *a: hashed.append(1) or real(*a))
    for _ in range(50):
        list(made.personal("the router is broken since the update " * 20))
    assert len(hashed) == 6
    hashed.clear()
    assert list(ValueLists(KEY).personal("Quillon")) == []
    assert not ValueLists(KEY).decided("Quillon")
    assert hashed == []


def test_what_is_remembered_of_texts_is_bounded(monkeypatch):
    monkeypatch.setattr(values_module, "_MOST_CACHED", 100)
    made = denied("Quillon")
    list(made.personal(" ".join(f"word{n}" for n in range(1000))))
    assert len(made._cache) <= 100
    assert places(made, "Quillon") == ["Quillon"]


# -- in sealing -------------------------------------------------------------------------------------


def seal(text: str, made: ValueLists | None = None, **more: object) -> Sealed | Doubtful:
    return Sealer(PSEUDONYMS, lists=made).seal(Case("csv", "1", description=text, **more), "CASE")


def test_a_denied_value_is_masked_in_every_field_and_disguise():
    text = "the spreadsheet is back. s p r e a d s h e e t again"
    assert "spreadsheet" in seal(text).row["description"]
    sealed = seal(text, denied("Spreadsheet"), subject="About SPREADSHEET", tags=("spreadsheet",))
    assert isinstance(sealed, Sealed)
    for name in ("description", "subject", "tags"):
        assert "PERSON_" in str(sealed.row[name]), name
        assert "preadsheet" not in str(sealed.row[name]).lower()
        assert "s p r e" not in str(sealed.row[name])


def test_an_allowed_value_stays_unless_a_field_names_it_or_it_is_a_secret():
    from hushdesk.cases import Person, PersonRole

    text = "Regards, Gudrun Overbeck. My password: Zqvilk!8841"
    assert "Gudrun" not in seal(text).row["description"]
    made = lists((Listed.ALLOW, Kind.PERSON, "Gudrun Overbeck"), (Listed.ALLOW, Kind.SECRET, "Zqvilk!8841"))
    sealed = seal(text, made)
    assert "Gudrun Overbeck" in sealed.row["description"]
    assert "Zqvilk" not in sealed.row["description"]
    who = Person(PersonRole.CUSTOMER, name="Gudrun Overbeck", emails=("g@example.com",))
    assert "Gudrun" not in seal(text, made, customer=who).row["description"]


DOUBTFUL = "I changed nothing@all. It reboots."


def test_an_allowed_value_sends_no_case_to_quarantine():
    assert isinstance(seal(DOUBTFUL), Doubtful)
    [doubt] = Sealer(PSEUDONYMS).review(Case("csv", "1", description=DOUBTFUL), "CASE").doubts
    assert doubt.value == "nothing@all. It"
    assert "nothing" not in repr(doubt)
    sealed = seal(DOUBTFUL, lists((Listed.ALLOW, Kind.EMAIL, doubt.value)))
    assert isinstance(sealed, Sealed)
    assert sealed.row["description"] == DOUBTFUL
    assert isinstance(seal(DOUBTFUL, lists((Listed.ALLOW, Kind.EMAIL, "another"))), Doubtful)
