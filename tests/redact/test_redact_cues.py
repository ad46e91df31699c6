"""Values that only their surroundings give away, as people write them in notes, logs and mail."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hushdesk.redact import Kind, Known, find, find_all, leftovers


def found(text: str, kind: Kind) -> list[str]:
    return [text[f.start : f.end] for f in find(text) if f.kind is kind]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("gave him pw Trellis_4471q over the phone", "Trellis_4471q"),
        ("ww Molenaar+2291K doorgegeven", "Molenaar+2291K"),
        ("Das neue Kennwort Halde-5512x geht nicht.", "Halde-5512x"),
        ("la contraseña provisional Molino*8123R no funciona", "Molino*8123R"),
        ("仮パスワードkey-Tq8WzP3nVx7RbK2mHd5Lと伝えた", "key-Tq8WzP3nVx7RbK2mHd5L"),
        ("The API key we use is acme_live_9fT3kQ7xWb2LmR5vZp8N", "acme_live_9fT3kQ7xWb2LmR5vZp8N"),
        ("see tok_8sKd92LmQx71ZrTbVn4W in the vault", "tok_8sKd92LmQx71ZrTbVn4W"),
        ("the password I was given is Orchard#771b today", "Orchard#771b"),
    ],
)
def test_secrets(text: str, value: str) -> None:
    assert found(text, Kind.SECRET) == [value]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("sshd[77]: session opened for user mthorne61 from 203.0.113.9", "mthorne61"),
        ("login rejected for okvist12 from 198.51.100.4", "okvist12"),
        ('203.0.113.9 - pdrake44 [09/Dec/2010:10:01:02 +0000] "GET / HTTP/1.1"', "pdrake44"),
        ("Konto gsteiner19 entsperrt", "gsteiner19"),
        ("ユーザー名はkmori55です", "kmori55"),
        ("账号ACME\\lchen31已解锁", "lchen31"),
        ("O meu usuário é tprado81.", "tprado81"),
        ("I log in as rquill27 every day", "rquill27"),
    ],
)
def test_user_names(text: str, value: str) -> None:
    assert value in [v.rpartition("\\")[2] for v in found(text, Kind.USERNAME)]


def test_a_user_name_made_of_a_known_name_needs_no_cue() -> None:
    text = "Please try again with jthornbury63, that one works."
    (row,) = find_all([text], known=[Known(Kind.PERSON, "Joan Thornbury")])
    assert "jthornbury63" in [text[f.start : f.end] for f in row]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("ID確認済、番号87865123", "87865123"),
        ("acct 18370.0892.5 again", "18370.0892.5"),
        ("numéro de client (6611-020694)", "6611-020694"),
        ("Ihre Kundennummer (6495.9745)", "6495.9745"),
        ("ověřeno, č. 3596457123; volat zítra", "3596457123"),
        ("both accounts are merged under 4040-432123", "4040-432123"),
        ("The account in question is C-88780123.", "C-88780123"),
        ("cust no 3162-454123", "3162-454123"),
    ],
)
def test_account_numbers(text: str, value: str) -> None:
    assert found(text, Kind.ACCOUNT) == [value]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("ověřeno: nar. 22.09.1991", "22.09.1991"),
        ("né(e) le 17 août 1965", "17 août 1965"),
        ("nato/a 25/12/1976", "25/12/1976"),
        ("Geburtsdatum zur Prüfung: 16.11.1988.", "16.11.1988"),
        ("생년월일은 1986. 8. 17. 입니다", "1986. 8. 17."),
        ("she gave 03/05/1951 on the phone", "03/05/1951"),
    ],
)
def test_birth_dates(text: str, value: str) -> None:
    assert found(text, Kind.BIRTH_DATE) == [value]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("pod pięć siedem dziewięć zero siedem dwa jeden sześć dwa", "pięć siedem dziewięć zero siedem dwa jeden sześć dwa"),
        ("Тел.: + семь четыре девять пять семь два ноль один шесть один четыре", "+ семь четыре девять пять семь два ноль один шесть один четыре"),
        ("請撥打080-1234-5671聯絡", "080-1234-5671"),
        ("Le llamo el martes al 93 463 22 51.", "93 463 22 51"),
        ("Segundo contacto: Ana Vila, 954 08 25 21.", "954 08 25 21"),
        ("I will call you on Friday at 617.413.881.2.", "617.413.881.2"),
    ],
)  # fmt: skip
def test_telephone_numbers(text: str, value: str) -> None:
    assert found(text, Kind.PHONE) == [value]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("from 2001[:]db8[:]2ef5[:]7a57[:][:]54e8 port 443", "2001[:]db8[:]2ef5[:]7a57[:][:]54e8"),
        ("リクエストは203.0.113.146から出ています", "203.0.113.146"),
        ("gesperrte IP war 198.51.100.77, frei", "198.51.100.77"),
        ("via 198.51.100 . 20.", "198.51.100 . 20"),
    ],
)
def test_addresses_of_machines(text: str, value: str) -> None:
    assert found(text, Kind.IP) == [value]


@pytest.mark.parametrize(
    "text",
    [
        "Orchid Server 8.8.6.134 stops with 0x80070005",
        "Installatie van Fernwald 4.8.0.111 stopt",
        "输入密码后页面只是刷新，没有任何提示。升级到7.0.6以后",
        "The part is 49-11491-D and the bug FRN-65225",
        "wrong password error 0x80004005 in KB221245",
        "On 2011-04-09 the build 37353 was installed",
        "user interface of Windows7 and Office2010",
    ],
)
def test_what_is_left_in_place(text: str) -> None:
    assert [text[f.start : f.end] for f in find(text)] == []


def test_a_known_number_at_the_start_of_a_text_stays_in_its_text() -> None:
    texts = ["How can I help?", "07 64 79 28 33 ne répond pas"]
    first, second = find_all(texts, known=[Known(Kind.PHONE, "+33764792833")])
    assert first == []
    assert [texts[1][f.start : f.end] for f in second] == ["07 64 79 28 33"]


@given(st.lists(st.sampled_from(["pw ", "Konto ", "IBAN ", "番号", "\ud800", "\x00", "\x01\n", "²³⁴", "٣٤٥", "1" * 40, "[:]", "@", " . ", "DE", "- a [09/Dec/2010", "né(e) le ", "zwei ", "\n\x01\n", "sıfır SIFIR "]), max_size=14).map("".join))  # fmt: skip
@settings(max_examples=150, deadline=None)
def test_no_text_is_too_odd(text: str) -> None:
    for row in find_all([text, text[::-1]]):
        assert all(0 <= f.start < f.end <= len(text) for f in row)
    leftovers(text)
