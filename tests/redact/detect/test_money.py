"""Cards and bank accounts: check digits, groups, cues."""

from __future__ import annotations

import random

import pytest

from hushdesk.redact import Kind, find
from hushdesk.redact.detect._bank import clabe, polish
from hushdesk.redact.detect._id_checks import valid
from hushdesk.redact.detect._numbers import luhn

pytestmark = pytest.mark.usefixtures("no_names")


def found(text: str, kind: Kind) -> list[str]:
    return [text[f.start : f.end] for f in find(text) if f.kind is kind]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("paid 01.02.2019 with 4111 1111 1111 1111 12/25", "4111 1111 1111 1111"),
        ("amounts 12 17 99 5500 0000 0000 0004", "5500 0000 0000 0004"),
        ("x 12 4111111111111111", "4111111111111111"),
        ("3782 822463 10005", "3782 822463 10005"),
        ("my credit card was lost\n4556456456899012\nthanks", "4556456456899012"),
        ("5391 8564 2198 7462", "5391 8564 2198 7462"),
        ("card ending in 4242", "4242"),
        ("credit card no 9938", "9938"),
        ("the last four digits of my visa are 1234", "1234"),
    ],
)
def test_cards(text: str, value: str) -> None:
    assert found(text, Kind.CARD) == [value]


@pytest.mark.parametrize(
    "text",
    [
        "trace 4556456456899012 done",
        "the error code ending in 1234",
        "last 4 builds failed 1234 times",
        "4111-1111-1111-1111-1",
        "the graphics card 3080 is hot",
        "timestamp 1575549296789123",
        "7391 8564 2198 7462 is on the label",
    ],
)
def test_no_cards(text: str) -> None:
    assert found(text, Kind.CARD) == []


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("Sort code: 12-34-56, account number 12345678", ["12-34-56", "12345678"]),
        ("routing number 011000015 and account number 1234567890", ["011000015", "1234567890"]),
        ("IFSC HDFC0001234", ["HDFC0001234"]),
        ("BIC: DEUTDEFF500", ["DEUTDEFF500"]),
        ("BSB 062-000", ["062-000"]),
        ("CLABE 032180000118359719", ["032180000118359719"]),
    ],
)
def test_accounts_after_their_name(text: str, values: list[str]) -> None:
    assert found(text, Kind.BANK) == values


def made(right, form: str) -> tuple[str, str]:
    """A value of ``form`` with right check digits, and one with a wrong last one."""
    rng = random.Random(form)
    while True:
        value = "".join(rng.choice("0123456789") if c == "#" else c for c in form)
        if right(value):
            last = str((int(value[-1]) + 1) % 10)
            return value, value[:-1] + last


@pytest.mark.parametrize(
    ("form", "right", "text"),
    [
        ("#" * 18, clabe, "transferencia a la cuenta {}"),
        ("## #### #### #### #### #### ####", polish, "przelew {}"),
        ("01-0902-006####-00", lambda v: valid(("nz.bankaccount",), v), "to {}"),
        ("8601.11.#####", lambda v: valid(("no.kontonr",), v), "til konto {}"),
        ("19-2000145###/0800", lambda v: valid(("cz.bankaccount",), v), "na účet {}"),
        ("1234 1234 ## ##########", lambda v: valid(("es.ccc",), v), "a {}"),
    ],
)
def test_accounts_with_check_digits(form: str, right, text: str) -> None:
    value, wrong = made(right, form)
    assert value in {text.format(value)[f.start : f.end] for f in find(text.format(value))}
    if text.count(" ") == 1 and not right(wrong):
        assert found(text.format(wrong), Kind.BANK) == []


def test_luhn() -> None:
    assert luhn("4111111111111111")
    assert not luhn("4111111111111112")
