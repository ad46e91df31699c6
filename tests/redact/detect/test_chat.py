"""What people write in a chat: names in small letters, answers of one number, two values behind one cue, corrections."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hushdesk.redact import Kind, find, find_all, find_batch
from hushdesk.redact.detect._plain import ENGLISH, is_name, is_plain

pytestmark = pytest.mark.usefixtures("no_names")


def found(text: str, kind: Kind | None = None) -> list[str]:
    return [text[f.start : f.end] for f in find(text) if kind in {None, f.kind}]


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("hello\nthis is robin\nmy line is dead", "robin"),
        ("hi\ni am prabu\nok", "prabu"),
        ("im riley and my line is dead", "riley"),
        ("hi its oscar vinterberg here my line is dead", "oscar vinterberg"),
        ("it's riley speaking", "riley"),
        ("my name viji and i wait", "viji"),
        ("my full name is arun and i wait", "arun"),
        ("name is rosy buela\nok", "rosy buela"),
        ("sure my name is eleni van houten", "eleni van houten"),
        ("hi mr charlie\ni wait", "charlie"),
        ("ask mrs patricia, she knows", "patricia"),
        ("herr matthias ist da", "matthias"),
        ("hallo ich bin katrin\nhilfe", "katrin"),
        ("je m'appelle gilles et j'attends", "gilles"),
        ("bonjour\nje suis sandrine\nmerci", "sandrine"),
        ("me llamo ignacio y espero", "ignacio"),
        ("hola soy lorena\ngracias", "lorena"),
        ("meu nome é juliana e espero", "juliana"),
        ("ciao sono martina\ngrazie", "martina"),
        ("mi chiamo davide e aspetto", "davide"),
        ("mijn naam is ruud en ik wacht", "ruud"),
        ("nazywam się agnieszka i czekam", "agnieszka"),
        ("hi\nramya ssn 4568\nok", "ramya"),
        ("hi\njohn and password is john 1234\nok", "john"),
    ],
)
def test_names_in_small_letters(text: str, name: str) -> None:
    assert name in found(text, Kind.PERSON)


@pytest.mark.parametrize(
    "text",
    [
        "i am happy\nthis is fine\nim done\nok",
        "its not working here and it is very late here",
        "it's broken here, its kubernetes cluster here",
        "i am sorry, this is ridiculous and im waiting",
        "i am using windows and this is urgent",
        "i am from there and i am late",
        "my name is spelled wrong\nmy name is not shown",
        "my name happens to be long",
        "thanks\nName change on our account",
        "the file name is report and the host name is martin\n",
        "city name is austin\ncompany name is suresh musicals and",
        "forgot password\nwifi password\nreset password",
        "it takes 10 ms max\n",
        "ich bin müde\nich bin neu hier\n",
        "je suis content\nje suis perdue\n",
        "soy cliente\nsono pronto\nik ben klaar\n",
        "sono considerate vere e proprie frazioni",
        "i like dr pepper\n",
    ],
)
def test_plain_words_are_nobody(text: str) -> None:
    assert found(text) == []


def test_words_said_of_oneself_are_plain_even_if_somebody_is_called_so() -> None:
    assert all(map(is_plain, ENGLISH))
    assert [w for w in ("good", "young", "urgent", "interested", "zufriedenstellend") if is_name(w)] == []
    assert all(map(is_name, ("robin", "sandrine", "ahmed")))


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("hi\ni lost my card\n5326\nyes", ["5326"]),
        ("my card please\n4417 and 8825\nthanks", ["4417", "8825"]),
        ("hi\nyes 80114477\nthanks", ["80114477"]),
        ("claim please\n614 gpv\nok", ["614 gpv"]),
        ("my claim\nkdf 771204583\nthank you", ["kdf 771204583"]),
        ("hi i wait for the seat\nkxl 600\nok", ["kxl 600"]),
        ("hi\nthe card\n985 e 12\nyes", ["985 e 12"]),
        ("ssn was 2234\nnot 5838\nok", ["2234", "5838"]),
        ("it should be 5552328891\nsorry", ["5552328891"]),
        ("sorry use this number 4235108552\nthanks", ["4235108552"]),
        ("i am from texas\ncorsicana 75110\nok", ["75110"]),
        ("wie lautet ihre nummer\n80514477\nja danke", ["80514477"]),
        ("quel est votre numéro\n40918837\nmerci", ["40918837"]),
        ("cuál es su cuenta\n40918837\ngracias", ["40918837"]),
        ("jaki jest numer\n40918837\ntak", ["40918837"]),
        ("send it please\n18 birch lane dayton oh 45402 1 9375550172\nthanks", ["1 9375550172"]),
        ("hi\n776767687 678 huff street\nok thanks", ["776767687"]),
        ("80031003", ["80031003"]),
    ],
)
def test_answers(text: str, values: list[str]) -> None:
    assert set(values) <= set(found(text))


@pytest.mark.parametrize(
    "text",
    [
        "hi\nhow many units do you need\n12500\nok",
        "what error do you see\n80070057\nyes",
        "which version\n19045\nthanks",
        "what is the order number\n77120934\nthanks",
        "hello\nin which year\n2017\nok",
        "hi\n24062018\n240618\n2018\nok",
        "please transfer\n5000\nok",
        "the amount 4515\nok",
        "hi\nwindows 2008\nserver 4515\nok",
        "hi\n50 pcs\n300 usd\nok",
        "hi\n300\n20\nok",
        "1014\n1015\n1016\n1017",
        "id\n4711\n4712\n4713\nname",
        "item 1014\nitem 1015\nitem 1016\nthanks",
        "1573981234 job started\n1573981235 job done\nok",
        "[12:00:01] INFO start\n4711\n[12:00:02] INFO stop",
        "size=10\n4711\nrate: 20/s",
        "wie viele stück\n2510\nja danke",
        "combien\n1510\nmerci",
        "4711",
    ],
)
def test_counts_dates_and_rows_are_no_answers(text: str) -> None:
    assert found(text) == []


def test_an_answer_is_judged_by_its_own_text_alone() -> None:
    talk, number = "hi\nyes please\nthank you", "4417\n4418"
    assert find_all([talk, number, talk]) == [[], [], []]
    assert find_batch([[talk], [number], [talk]]) == [[[]], [[]], [[]]]


@given(st.from_regex(r"[1-9]\d{6}[1-9]", fullmatch=True).filter(lambda d: "20" not in d[:2] + d[4:6]))
def test_a_long_number_alone_in_its_line_is_masked_in_a_chat(digits: str) -> None:
    text = f"hello\nyes this one\n{digits}\nthanks"
    assert found(text) == [digits]


@pytest.mark.parametrize(
    ("text", "value", "kind"),
    [
        ("ssn 4561 credit 4576", "4576", Kind.CARD),
        ("ssn no 2568 and credit no 8725", "8725", Kind.CARD),
        ("card 5512 and ssn 4471", "4471", Kind.NATIONAL_ID),
        ("karte 5512 und konto 44718", "44718", Kind.ACCOUNT),
        ("6293422 this is my card number", "6293422", Kind.CARD),
        ("4215 is my ssn", "4215", Kind.NATIONAL_ID),
        ("1234 is my password", "1234", Kind.SECRET),
        ("77140932 ist meine kundennummer", "77140932", Kind.ACCOUNT),
        ("77140932 est mon compte", "77140932", Kind.ACCOUNT),
        ("77140932 es mi cuenta", "77140932", Kind.ACCOUNT),
        ("77140932 é minha conta", "77140932", Kind.ACCOUNT),
        ("77140932 è il mio conto", "77140932", Kind.ACCOUNT),
        ("77140932 is mijn klantnummer", "77140932", Kind.ACCOUNT),
        ("77140932 to moje konto", "77140932", Kind.ACCOUNT),
        ("pavan as user name and pavan 123 as password", "pavan", Kind.USERNAME),
        ("pavan as user name and pavan 123 as password", "pavan 123", Kind.SECRET),
        ("wendel als benutzername", "wendel", Kind.USERNAME),
        ("bala and bala 123\nok", "bala 123", Kind.SECRET),
        ("name bravo password karthick\n", "karthick", Kind.SECRET),
        ("my password is bananaman\n", "bananaman", Kind.SECRET),
        ("la mia password è girasole\n", "girasole", Kind.SECRET),
        ("mein passwort ist sonnenblume\n", "sonnenblume", Kind.SECRET),
        ("transfer 100 from 9984 to 6657", "9984", Kind.ACCOUNT),
        ("transfer 100 from 9984 to 6657", "6657", Kind.ACCOUNT),
        ("zip code is 1943", "1943", Kind.ADDRESS),
        ("my zip is 6548959", "6548959", Kind.ADDRESS),
        ("638001 zip code", "638001", Kind.ADDRESS),
        ("meine postleitzahl ist 80331", "80331", Kind.ADDRESS),
        ("código postal 28012", "28012", Kind.ADDRESS),
    ],
)
def test_what_is_told_beside_something_else(text: str, value: str, kind: Kind) -> None:
    assert value in found(text, kind)


@pytest.mark.parametrize(
    "text",
    [
        "12345 is my order number",
        "20 is my lucky number",
        "transfer 5000 to my savings",
        "from 2014 to 2018 my account was fine",
        "the port moved from 8080 to 8443",
        "the model 1000 cc 2018",
        "use it as password, enter admin as username",
        "my password is incorrect\nmy password is expired\nmy password is rejected\n",
        "mein passwort ist abgelaufen\n",
        "windows and windows 10\n",
        "zip 20000 files\nthe zip file 12345 files",
        "unzip 12345.zip",
    ],
)
def test_what_looks_told_but_is_not(text: str) -> None:
    assert found(text) == []
