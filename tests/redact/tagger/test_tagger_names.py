"""Where names begin and end, which words with a capital name no person, and what capitals say in a text."""

import numpy as np
import pytest

from hushdesk.redact import Kind
from hushdesk.redact.tagger._ambiguous import is_ordinary
from hushdesk.redact.tagger._gazetteer import is_listed
from hushdesk.redact.tagger._model import BREAK, model
from hushdesk.redact.tagger._names import is_careless, people, runs_on
from hushdesk.redact.tagger._style import telling, unusual
from hushdesk.redact.tagger._things import is_noun, is_thing
from hushdesk.redact.tagger._tokens import tokens


@pytest.mark.parametrize(
    ("text", "taken", "want"),
    [
        ("by Dr. Ada Norrby today", "Dr. Ada Norrby", ["Ada Norrby"]),
        ("mit Bürgermeister Jens Hollmann", "Bürgermeister Jens Hollmann", ["Jens Hollmann"]),
        ("Queen Ursula came", "Queen Ursula", ["Queen Ursula"]),
        ("just General", "General", ["General"]),
        ("Norrby's modem", "Norrby's", ["Norrby"]),
        ("Norrby’s modem", "Norrby’s", ["Norrby"]),
        ("saw Kallio, Brenner and me", "Kallio, Brenner", ["Kallio", "Brenner"]),
        ("saw Brenner, J. there", "Brenner, J", ["Brenner, J"]),
        ("saw Brenner. Brenner left", "Brenner. Brenner", ["Brenner", "Brenner"]),
        ("see J. Brenner", "J. Brenner", ["J. Brenner"]),
        ("Each wrote O. W. Brenner up", "W. Brenner", ["O. W. Brenner"]),
        ("Pope Urban VIII wrote", "Urban", ["Urban VIII"]),
        ("Urban I wrote", "Urban", ["Urban I"]),
        ("Urban Is not", "Urban", ["Urban"]),
        ("Both saw Anna-Lena", "Anna", ["Anna-Lena"]),
        ("Katerina Chom’jak said", "Katerina Chom", ["Katerina Chom’jak"]),
        ("Each day Brenner laughed", "Brenner laughed", ["Brenner"]),
        ("Then konsul Brenner saw Kallio", "konsul Brenner saw Kallio", ["Brenner", "Kallio"]),
        ("then konsul Brenner saw it", "konsul Brenner", ["konsul Brenner"]),
        ("Ask Travis scott", "Travis scott", ["Travis scott"]),
        ("The van den Berg case", "van den Berg", ["van den Berg"]),
        ("Ludwig von Brennau", "Ludwig von", ["Ludwig von Brennau"]),
        ("Louise de La Brenne", "Louise de", ["Louise de La Brenne"]),
        ("俳優のギグ・ヤングは", "ギグ", ["ギグ・ヤング"]),
        ("ask ann brenner", "ann brenner", ["ann brenner"]),
    ],
)
def test_names_end_where_names_end(text, taken, want):
    start = text.index(taken)
    found = list(people(text, start, start + len(taken), capitals=not text.islower()))
    assert [text[first:last] for first, last in found] == want


@pytest.mark.parametrize(
    ("gap", "kind", "want"),
    [
        (" ", Kind.PERSON, True),
        (" ", Kind.ADDRESS, True),
        (" von ", Kind.PERSON, True),
        (" de la ", Kind.PERSON, True),
        (" al-", Kind.PERSON, True),
        (" Kallio ", Kind.PERSON, True),
        (" and ", Kind.PERSON, False),
        (", ", Kind.PERSON, False),
        (" von ", Kind.ADDRESS, False),
        ("\n", Kind.PERSON, False),
        ("", Kind.PERSON, False),
    ],
)
def test_what_may_stand_between_two_parts_of_a_name(gap, kind, want):
    assert runs_on(f"Ada{gap}Norrby", 3, 3 + len(gap), kind) is want


@pytest.mark.parametrize(
    ("text", "word", "want"),
    [
        ("ich habe das Raumfahrtgelände nicht gesehen", "Raumfahrtgelände", True),
        ("sie wird im Sommer nicht kommen und", "Sommer", True),
        ("und ich habe sein erstes Widget nicht", "Widget", True),
        ("er ist nicht da, Rückabwicklung auf Wunsch", "Rückabwicklung", True),
        ("und ich habe den Müller nicht erreicht", "Müller", False),
        ("und ich habe Kowalczyk nicht erreicht", "Kowalczyk", False),
        ("called the Kowalczyk twins on Monday", "Kowalczyk", False),
        ("im sommer und das nicht mit", "sommer", False),
    ],
)
def test_german_nouns_are_told_by_what_stands_before_them(text, word, want):
    start = text.index(word)
    assert is_noun(text, start, start + len(word)) is want


@pytest.mark.parametrize(
    ("text", "word", "want"),
    [
        ("the Kipp valve is stuck", "Kipp", True),
        ("two Zoltan nodes are down", "Zoltan", True),
        ("Sauer-Modus aktiv", "Sauer", True),
        ("Sauer-Modus aktiv", "Sauer-Modus", True),
        ("Sauer-Hollmann rief an", "Sauer-Hollmann", False),
        ("Kipp called about a valve", "Kipp", False),
    ],
)
def test_a_word_before_a_thing_is_no_person(text, word, want):
    start = text.index(word)
    assert is_thing(text, start, start + len(word)) is want


@pytest.mark.parametrize(
    ("text", "word", "score", "want"),
    [
        ("luce rossa e schermata viola", "viola", 0.9, True),
        ("luce rossa e schermata viola", "viola", 0.98, False),
        ("ciao, sono viola e non ho linea", "viola", 0.9, False),
        ("my name is viola and it fails", "viola", 0.9, False),
        ("hi\nviola\n4471", "viola", 0.9, False),
        ("hi\nviola 4471", "viola", 0.9, False),
        ("Luce Viola", "Viola", 0.9, False),
        ("told mgmt about it", "mgmt", 0.99, True),
        ("hi\nbrtk\nok", "brtk", 0.99, False),
        ("المؤشر ثابت منذ أمس", "ثابت", 0.9, True),
        ("العميل ثابت اتصل", "ثابت", 0.9, False),
        ("האור ירוק, גל חום", "גל", 0.9, True),
        ("לקוח גל התקשר", "גל", 0.9, False),
    ],
)
def test_a_word_that_is_also_a_name_needs_a_sign(text, word, score, want):
    start = text.index(word)
    assert is_ordinary(text, start, start + len(word), score) is want


def test_names_are_listed_in_all_their_parts():
    assert is_listed("Müller")
    assert is_listed("Anna-Lena")
    assert is_listed("Иванов")
    assert not is_listed("Raumfahrtgelände")
    assert not is_listed("Anna-Raumfahrtgelände")
    assert not is_listed("--")


def _marked(*texts):
    net = model()
    joined = BREAK.join(texts)
    found = tokens(joined, net.classes, net.folds)
    breaks = found.folded[found.start] == 0
    mask = unusual(found, breaks, telling(net.classes, net.folds))
    assert mask.shape == found.start.shape
    return [joined[found.start[i] : found.end[i]] for i in np.flatnonzero(mask)]


@pytest.mark.parametrize(
    ("texts", "want"),
    [
        (["ona rekla da je Ljubo Travnik došao"], ["Ljubo", "Travnik"]),
        (["ona rekla, Ljubo Travnik Mali došao"], ["Ljubo", "Travnik", "Mali"]),
        (["ona rekla da je Ljubo došao"], []),
        (["Ljubo Travnik je došao"], []),
        (["je došao Ljubo\nTravnik"], []),
        (["i said that Ljubo Travnik was here and left"], []),
        (["ich habe Ljubo Travnik nicht gesehen"], []),
        (["Ona Rekla da Je Ljubo Travnik Došao Mali"], []),
        (["ich habe Ljubo Travnik nicht gesehen", "ona rekla da je Ljubo Travnik"], ["Ljubo", "Travnik"]),
        (["ona rekla da", "Ljubo Travnik"], []),
        ([""], []),
    ],
)
def test_two_capitals_in_the_midst_of_a_sentence_are_a_name(texts, want):
    assert _marked(*texts) == want


@pytest.mark.parametrize(
    "text",
    [
        "can you help",
        "Yes. no",
        "Done!\tgood",
        "Line\nnext",
        'Said: "\n"and',
        "Well?\n  - it",
        "Да. нет",
        "(small",
    ],
)
def test_who_begins_small_is_careless(text):
    assert is_careless(text)


@pytest.mark.parametrize(
    "text", ["", "Can you help", "V.2 is out. It", "Done.\nNext", "É.B said", "3. Then", "\n", "1.5 mm"]
)
def test_who_begins_with_capitals_is_not(text):
    assert not is_careless(text)
