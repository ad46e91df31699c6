"""Answers to a question that was asked in a message before, as rules tell them without the tagger."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hushdesk.redact import Kind
from hushdesk.redact._asked import asked, asks
from hushdesk.redact._asked_words import _OF_KIND, BESIDE, WORDS


def answers(*messages):
    return [(i, f.kind, messages[i][f.start : f.end]) for i, f in asked(messages)]


ANSWERED = [
    ("And your member number?", "3318840", Kind.ACCOUNT, "3318840"),
    ("Please enter your customer ID.", "LB20771 thanks", Kind.ACCOUNT, "LB20771"),
    ("What's your employee number?", "it's E40772", Kind.ACCOUNT, "E40772"),
    ("Can I have the policy number?", "no its W2209 77 1904 now", Kind.ACCOUNT, "W2209 77 1904"),
    ("May I have the last four digits of the card?", "4420", Kind.CARD, "4420"),
    ("What is your PIN?", "7750", Kind.SECRET, "7750"),
    ("What is your memorable word?", "haystack", Kind.SECRET, "haystack"),
    ("What was the name of your first pet?", "Biscuit", Kind.SECRET, "Biscuit"),
    ("Your date of birth, please?", "1/2/88", Kind.BIRTH_DATE, "1/2/88"),
    ("When were you born?", "22nd of August, 1958", Kind.BIRTH_DATE, "22nd of August, 1958"),
    ("The licence number?", "DELAH 002144 C99XX", Kind.NATIONAL_ID, "DELAH 002144 C99XX"),
    ("And the registration of the car?", "7KLM482", Kind.PLATE, "7KLM482"),
    ("A contact number?", "555-0128", Kind.PHONE, "555-0128"),
    ("What's your username?", "kestrel", Kind.USERNAME, "kestrel"),
    ("First line of the address?", "12 Cobbler's Yard", Kind.ADDRESS, "12 Cobbler's Yard"),
    ("What name is the order under?", "quillon", Kind.PERSON, "quillon"),
    ("Your name?", "Mia Rossi", Kind.PERSON, "Mia Rossi"),
    ("Your name?", "yes, Hai Nguyen", Kind.PERSON, "Hai Nguyen"),
    ("Your name?", "Mi Nguyen", Kind.PERSON, "Mi Nguyen"),
    ("Your full name please", "Will Young", Kind.PERSON, "Will Young"),
    ("Your name?", "Ben", Kind.PERSON, "Ben"),
    ("and your name?", "ben", Kind.PERSON, "ben"),
    ("Wie lautet Ihre Kundennummer?", "4471 9023", Kind.ACCOUNT, "4471 9023"),
    ("Geburtsdatum bitte noch.", "7.5.91", Kind.BIRTH_DATE, "7.5.91"),
    ("Quel est votre numéro de contrat ?", "c'est le VAL-30077-12", Kind.ACCOUNT, "VAL-30077-12"),
    ("¿A nombre de quién? ¿Apellidos?", "Quiblón", Kind.PERSON, "Quiblón"),
    ("Qual è il suo nome utente?", "gaspare.lo", Kind.USERNAME, "gaspare.lo"),
    ("Diga-me a nova morada.", "4050-449 Porto", Kind.ADDRESS, "4050-449 Porto"),
    ("En uw geboortedatum?", "11 maart 1967", Kind.BIRTH_DATE, "11 maart 1967"),
    ("Jaki jest Pana login?", "zbyszko_77", Kind.USERNAME, "zbyszko_77"),
    ("Серия и номер паспорта?", "4509 118833", Kind.NATIONAL_ID, "4509 118833"),
    ("За якою адресою?", "вул. Садова, 22, кв. 5", Kind.ADDRESS, "вул. Садова, 22, кв. 5"),
    ("Aracınızın plakası?", "35 KZ 4471", Kind.PLATE, "35 KZ 4471"),
    ("आपका मोबाइल नंबर?", "98765 00134", Kind.PHONE, "98765 00134"),
    ("お客様番号は?", "77104-2281です", Kind.ACCOUNT, "77104-2281"),
    ("¿Su NIE, por favor?", "Y4471902", Kind.NATIONAL_ID, "Y4471902"),
    ("身份证号码?", "11010119900307761X", Kind.NATIONAL_ID, "11010119900307761X"),
    ("생년월일 부탁드립니다.", "880914", Kind.BIRTH_DATE, "880914"),
    ("رقم الوثيقة؟", "NK-440917", Kind.ACCOUNT, "NK-440917"),
]


@pytest.mark.parametrize(("question", "answer", "kind", "value"), ANSWERED, ids=[a[1] for a in ANSWERED])
def test_a_bare_answer_is_what_was_asked_for(question, answer, kind, value):
    assert answers(question, answer) == [(1, kind, value)]
    assert answers(answer) == []


NOTHING = [
    ("Could you give me your account number?", "i don't have one"),
    ("Can I ask for your name then?", "I'd rather not say"),
    ("Could I have your name?", "sure thing"),
    ("What's the account number?", "I have called 3 times since 2019"),
    ("Your customer number?", "I paid $212 on the 4th"),
    ("Your customer number?", "call me at 10:30"),
    ("What's your order number?", "7718-220"),
    ("May I have the ticket number or case id?", "55120983"),
    ("What does the display say?", "E-17"),
    ("Which version do you run?", "10.0.19045.3803"),
    ("How much would you like to send?", "2500"),
    ("What size do you need?", "Medium"),
    ("Which company name is it?", "Bluefin"),
    ("What is the error code?", "80070057"),
    ("What's your promo code?", "SUMMER24"),
    ("Do you have the card?", "yes, for 12 years"),
    ("Thanks for your address.", "order 4471 12"),
    ("Wie lautet die Bestellnummer?", "20017781"),
    ("Quelle est la référence de la commande ?", "20017781"),
    ("¿Cuál es el número de pedido?", "20017781"),
    ("Номер заказа?", "55-10923"),
    ("W czym mogę pomóc?", "8842100"),
    ("Dlaczego to nie działa?", "8842100"),
    ("Kaç tane istiyorsunuz?", "3500"),
    ("何個ご希望ですか?", "3500"),
    ("您要几件?", "3500"),
    ("몇 개 드릴까요?", "3500"),
    ("कितने चाहिए?", "3500"),
    ("كم تريد؟", "3500"),
    ("What is your PIN?", "forgot"),
    ("Your name?", "agent please"),
    ("Your name?", "Will Do"),
    ("Your name?", "Sim"),
    ("Your address?", "it did not arrive after 3 weeks and I want the money back"),
    ("Your address?", "hello"),
]


@pytest.mark.parametrize(("question", "answer"), NOTHING, ids=[n[1] for n in NOTHING])
def test_what_answers_something_else_is_left(question, answer):
    assert answers(question, answer) == []


def test_an_answer_in_parts_and_one_corrected():
    parts = answers("May I take your account number?", "Yes, it's 8800", "4127", "0931")
    assert [value for _, _, value in parts] == ["8800", "4127", "0931"]
    taken_back = answers("The PIN?", "7750", "That doesn't match, I'm afraid.", "try 0577")
    assert [(i, value) for i, _, value in taken_back] == [(1, "7750"), (3, "0577")]
    town = answers("What is the address?", "27 Tannery Row", "Exeter", "Done.")
    assert [value for _, _, value in town] == ["27 Tannery Row", "Exeter"]


def test_all_at_once():
    question = "Please confirm your name, date of birth and the last four digits of the card."
    assert answers(question, "03/11/1979 4420") == [
        (1, Kind.BIRTH_DATE, "03/11/1979"),
        (1, Kind.CARD, "4420"),
    ]
    assert [value for _, _, value in answers(question, "Thurlow Quade", "14-02-2004")] == [
        "Thurlow Quade",
        "14-02-2004",
    ]


def test_another_question_closes_the_one_before():
    assert answers("Your account number?", "3318840", "And how much?", "5500") == [
        (1, Kind.ACCOUNT, "3318840")
    ]
    assert asks("Great, how much is it?") == set()
    assert asks("I see. One moment.") is None


def test_what_is_said_behind_an_answer_is_no_second_one():
    assert answers("Surname?", "Quiblon", "Feito")[1:] == []
    assert [value for *_, value in answers("Surname?", "Quiblon", "no sorry Quiblor")] == [
        "Quiblon",
        "Quiblor",
    ]


def test_a_question_far_above_and_one_in_a_long_message_are_not_answered_late():
    assert answers("Your account number?", *["let me look"] * 8, "3318840") == []
    assert answers("Your account number?", "well " * 40 + "3318840") == []


@pytest.mark.parametrize("blanks", ["\xa0\xa0", "\u3000", "\u2003 \u2003", "\x85\x85"])
def test_a_message_of_blanks_is_no_answer(blanks):
    assert answers("Your name?", blanks) == []
    assert answers("What is the address?", "27 Tannery Row", blanks) == [
        (1, Kind.ADDRESS, "27 Tannery Row"),
    ]


PIECES = [
    "Your name?",
    "PIN?",
    "address?",
    "27 Row",
    "\xa0",
    "\u3000",
    "Mia",
    "12/2/88",
    "kx",
    "4471 90",
    "です",
    "\n",
    "-",
    "²",
]


@given(st.lists(st.lists(st.sampled_from(PIECES), max_size=4).map(" ".join), max_size=6))
def test_whatever_is_said_after_a_question_is_read(messages):
    for i, finding in asked(messages):
        assert messages[i][finding.start : finding.end].strip()


@given(st.lists(st.text(max_size=60), max_size=8))
def test_spans_lie_in_their_messages(messages):
    for i, finding in asked(messages):
        assert 0 <= finding.start < finding.end <= len(messages[i])
        assert not messages[i][finding.start : finding.end].isspace()


def test_a_word_asks_for_one_thing():
    told = [word for cues in _OF_KIND.values() for word in cues.split()]
    assert len(told) == len(set(told)) == len(WORDS)
    assert WORDS.keys().isdisjoint(BESIDE)
