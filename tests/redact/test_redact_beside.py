"""What stands beside a mailbox, a name, a network, a word for the last digits of a card."""

from __future__ import annotations

import pytest

from hushdesk.redact import Finding, Kind
from hushdesk.redact._followers import followers
from hushdesk.redact.detect import structured


def beside(text, value, kind):
    start = text.index(value)
    found = followers(text, [Finding(start, start + len(value), kind, 0.9)])
    return {(f.kind, text[f.start : f.end]) for f in found}


MAIL = "shm@terralink.example"


@pytest.mark.parametrize("shown", ["Sun-hee Marsh", "Kwabena Osei", "Gunnar von Brandt", "Greta M."])
@pytest.mark.parametrize("form", ['"{}" <{}>', "{} <{}>", "{} [mailto:{}]", "{} ({})"])
def test_the_name_shown_before_a_mailbox(shown, form):
    text = f"To: {form.format(shown, MAIL)}"
    assert beside(text, MAIL, Kind.EMAIL) == {(Kind.PERSON, shown)}


@pytest.mark.parametrize(
    "shown", ["Support Team", "Billing Department", "Travel Desk", "Blue Harbor", "Greta", "the Marsh"]
)
def test_who_is_no_person_before_a_mailbox(shown):
    assert beside(f"To: {shown} <{MAIL}>", MAIL, Kind.EMAIL) == set()
    assert beside("To: Greta Marsh <info@terralink.example>", "info@terralink.example", Kind.EMAIL) == set()


@pytest.mark.parametrize(
    ("text", "number"), [("Joe, 555 0167", "555 0167"), ("Joe: 555-0167 (home)", "555-0167")]
)
def test_a_number_without_area_behind_a_name(text, number):
    assert beside(text, "Joe", Kind.PERSON) == {(Kind.PHONE, number)}


@pytest.mark.parametrize("text", ["Joe, 555 016", "Joe, 5550167", "Joe, 555 0167%"])
def test_other_numbers_behind_a_name(text):
    assert beside(text, "Joe", Kind.PERSON) == set()


def test_a_handle_with_hyphens_is_somebodys_own():
    def handles(text):
        return [text[f.start : f.end] for f in structured(text)[0] if f.kind is Kind.USERNAME]

    assert handles("my github is kat-vdovina") == ["kat-vdovina"]
    assert handles("the github is up-to-date") == []


@pytest.mark.parametrize(
    "lead", ["cartão final", "la carte qui finit par", "la carta che finisce con", "de kaart eindigend op"]
)
def test_the_last_digits_of_a_card_in_other_languages(lead):
    text = f"{lead} 8841"
    assert {f.kind for f in structured(text)[0] if text[f.start : f.end] == "8841"} == {Kind.CARD}


@pytest.mark.parametrize(
    "lead", ["o jogo final", "le code qui finit par", "la riga che finisce con", "de regel eindigend op"]
)
def test_the_last_digits_of_something_else(lead):
    assert structured(f"{lead} 8841")[0] == []
