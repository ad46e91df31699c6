"""Things that are called like people, and people beside things."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, strategies

from hushdesk.redact import Finding, Kind, _wares
from hushdesk.redact._wares import without_wares


def kept(text, *names, detector="tagger"):
    found = [Finding(text.index(n), text.index(n) + len(n), Kind.PERSON, 0.8, detector) for n in names]
    return {text[f.start : f.end] for f in without_wares(text, found)}


THINGS = [
    ("can the Oscar pan go in the oven", "Oscar"),
    ("two boxes of the Charlotte plates", "Charlotte"),
    ("a Chelsea boots and your Victoria cookware", "Victoria"),
    ("tickets for the Othello performances", "Othello"),
    ("Und die Sofaserie Friedrich?", "Friedrich"),
    ("das Regal Kallmar", "Regal Kallmar"),
    ("die Module Ernst, Sonja und Wolf", "Sonja"),
    ("le modèle Clémentine", "Clémentine"),
    ("la lampe Margot", "Margot"),
    ("la lámpara Carmen", "Carmen"),
    ("la linea Costanza", "Costanza"),
    ("a linha Helena", "Helena"),
    ("Promocja na kubki Zofia", "Zofia"),
    ("серия Вера", "Вера"),
    ("Deniz serisi perdeler", "Deniz"),
    ("桜シリーズの在庫", "桜"),
    ("Pearl Milling Company", "Pearl Milling Company"),
    ("Ubezpieczenia Wisła", "Ubezpieczenia Wisła"),
    ("Is Dawn on sale this week?", "Dawn"),
    ("due on the 5th, May's and June's together on 7 July", "June"),
    ("Incoterms: FCA Hamilton", "FCA Hamilton"),
    ("die Lampe Margot", "Lampe Margot"),
    ("2 Lampe Margot", "Margot"),
    ("o modelo Ana", "Ana"),
    ("Brandt & Co", "Brandt & Co"),
    ("आशा क्रीम मिलेगी?", "आशा"),
]
PEOPLE = [
    ("please call Oscar about the pan", "Oscar"),
    ("Charlotte bought two plates", "Charlotte"),
    ("Oscar tickets were booked", "Oscar"),
    ("the Johnson family's pan", "Johnson"),
    ("table for Victoria Cook", "Victoria Cook"),
    ("ask the manager Ernst", "Ernst"),
    ("Herr Wolf hat die Module", "Wolf"),
    ("le contrat Margot", "Margot"),
    ("Clémentine a reçu le modèle", "Clémentine"),
    ("la señora Carmen", "Carmen"),
    ("Costanza chiede la linea", "Costanza"),
    ("pani Zofia kupiła kubki", "Zofia"),
    ("Вера купила крем", "Вера"),
    ("桜さん", "桜"),
    ("Dawn is on sale duty", "Dawn"),
    ("June called in May", "June"),
    ("due in July, June said", "June"),
    ("Fca. Hamilton", "Hamilton"),
    ("Lamp: ask Margot", "Margot"),
    ("Model 4, Ernst wants it", "Ernst"),
    ("vielen Dank, Lampe Margot", "Lampe Margot"),
    ("Anrufer: Lampe Margot", "Margot"),
    ("Linea Andersson ringde", "Linea Andersson"),
    ("Gama Silva ligou", "Silva"),
    ("la modelo Ana", "Ana"),
    ("uma modelo Ana", "Ana"),
    ("resti in linea Maria", "Maria"),
    ("aguarde na linha Maria", "Maria"),
    ("اسمي كريم محمد", "محمد"),
    ("Ayşe kremi aldı", "Ayşe"),
    ("Deniz koleksiyonu sordu", "Deniz"),
    ("नेहा क्रीम चाहती है", "नेहा"),
    ("the Oscar Pan account", "Oscar"),
    ("merge the Carmen tickets", "Carmen"),
    ("order 12 for June, 3 boxes", "June"),
    ("you may ask June if she may come", "June"),
    ("Cip Hamilton", "Cip Hamilton"),
    ("Bernadette Co", "Bernadette Co"),
]


@pytest.mark.parametrize(("text", "name"), THINGS)
def test_a_thing_is_nobody(text, name):
    assert kept(text, name) == set()
    # What another rule says of a name is not doubted.
    assert kept(text, name, detector="introduced") == {name}


@pytest.mark.parametrize(("text", "name"), PEOPLE)
def test_somebody_beside_a_thing_stays(text, name):
    assert kept(text, name) == {name}


def test_who_is_a_person_elsewhere_stays_one():
    text = "Hi, Oscar here. Is the Oscar pan back?"
    place = text.rindex("Oscar")
    found = [Finding(4, 9, Kind.PERSON, 0.8, "tagger"), Finding(place, place + 5, Kind.PERSON, 0.8, "tagger")]
    assert without_wares(text, found) == found
    assert without_wares(text, found[1:]) == []


@given(name=strategies.from_regex(_wares._FIRM.pattern))
def test_what_cannot_be_a_firm_is_none(name):
    """Names that the quick look passes over are none that the expression would have found."""
    assert _wares._may_be_firm(_wares._small(name)) or not _wares._FIRM.search(name)


def test_every_word_for_a_thing_is_seen_by_the_quick_look():
    shortest = re.sub(r"\(\?<!.*?\)+|\\w\+|\[[^\]]*\]\?|.\?", "", _wares._BEFORE_NAME).split("|")
    assert len(shortest) > 50
    assert [word for word in shortest if not _wares._MAYBE_LED.search(word.lower())] == []


@pytest.mark.parametrize(
    "name",
    [
        "EXW Trieste",
        "Stadtwerke Tim",
        "Anna Insurance",
        "Marek & Co",
        "Nora Ltd's",
        "Sigorta Ece",
        "Erna GmbH",
        "SİGORTA ECE",
        "Nora İNC",
    ],
)
def test_firms_are_seen_by_the_quick_look(name):
    assert _wares._may_be_firm(_wares._small(name))
    assert _wares._FIRM.search(name)
