"""The second look: it sees plain and disguised values, leaves harmless ones alone, and is made of parts of its own."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

import hushdesk.redact.leak as leak
from hushdesk.redact import Ensemble, Kind, Known
from hushdesk.redact.leak import count_kinds

ENSEMBLE = Ensemble()


def seen(text: str, **more: object) -> list[tuple[str, str]]:
    return [(f.kind.value, f.canonical) for f in ENSEMBLE.look([text], **more)[0]]


def kinds(text: str, **more: object) -> set[str]:
    return {kind for kind, _ in seen(text, **more)}


def test_it_shares_no_code_with_the_detectors():
    # What compiles and keeps expressions knows nothing of what they are for.
    allowed = {"hushdesk.redact._types", "hushdesk.redact._kept", "hushdesk._late"}
    for path in Path(leak.__file__).parent.glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            names = [node.module] if isinstance(node, ast.ImportFrom) else []
            names += [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            for name in names:
                assert (
                    not name.startswith("hushdesk")
                    or name in allowed
                    or name.startswith("hushdesk.redact.leak")
                ), (path.name, name)


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("write to jane.roe@acme-shop.example today", "EMAIL"),
        ("jane.roe [at] acme-shop [dot] example", "EMAIL"),
        ("jane roe at acme-shop dot com, or jane.roe at acme-shop dot com", "EMAIL"),
        ("j a n e @ a c m e . c o m", "EMAIL"),
        ("mail jane&#64;acme.com", "EMAIL"),
        ("mail jane%40acme.com", "EMAIL"),
        ("token amFuZS5yb2VAYWNtZS5jb20= in the log", "EMAIL"),
        ("hex 6a616e652e726f654061636d652e636f6d", "EMAIL"),
        ("moc.emca@eor.enaj read backwards", "EMAIL"),
        ("jаne@аcme.com", "EMAIL"),
        ("ja\u200bne@ac\u00adme.com", "EMAIL"),
        ("call +47 22 85 51 27", "PHONE"),
        ("Rückruf unter 030 2345 6789 bitte", "PHONE"),
        ("(415) 555-2671 is mine", "PHONE"),
        ("Tel. ０３－７０１０－６０７３", "PHONE"),
        ("pay NO93 8601 1117 947 please", "IBAN"),
        ("card 4111 1111 1111 1111", "CARD"),
        ("my CPF 529.982.247-25", "NATIONAL_ID"),
        ("PESEL 44051401359", "NATIONAL_ID"),
        ("from 203.0.113.77 again", "IP"),
        ("from 2001:db8:85a3::8a2e:370:7334 again", "IP"),
        ("password: Zqvilk8841", "SECRET"),
        ("key sk_live_51HzYx2eZvKYlo2CabcdEFGH", "SECRET"),
        ("born on 4 March 1971.", "BIRTH_DATE"),
        ("lives at 72 Saltbush Esplanade", "ADDRESS"),
        ("wohnt Hauptstraße 12", "ADDRESS"),
        ("see linkedin.com/in/jane-roe-77", "URL"),
        ("customer number 2785-583152", "ACCOUNT"),
        ("I log in as czouch28 and", "USERNAME"),
        ("Dear Tomasz, thank you", "PERSON"),
        ("Yesterday Ingrid Johansen wrote", "PERSON"),
        ("Frau Schneider rief an", "PERSON"),
        ("佐藤様、お世話に", "PERSON"),
    ],
)
def test_it_sees(text, kind):
    assert kind in kinds(text), text


@pytest.mark.parametrize(
    "text",
    [
        "Build 17763.914 and 10.0.19041.1288, firmware 4.2.1.77",
        "error 0x80070057 in KB4512508, GUID 3f2504e0-4f89-11d3-9a0c-0305e82c3301",
        "order 4500012345 of 2019-11-08 14:05, ticket 13479098",
        "I changed nothing@all. It reboots. We wait.",
        "EMAIL_3KX9QWERTY0123 wrote to PERSON_3KX9QWERTY0123 about [SECRET]",
        "The Windows Server in New York runs Microsoft Office Pro Plus",
        "Guten Tag, leider geht der Router nicht. Dear customer, dear support team,",
        "Leider wurde nichts geändert. Dobrý den Jaká je cena",
        "sha256 9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
        "version 2.0.1.50, subnet mask 255.255.255.0, localhost 127.0.0.1",
        "it takes 100 000 000 bytes and 1,234,567.89 euros; pages 12-14",
        "@media print { a:hover } user@host without a domain",
    ],
)
def test_it_leaves_alone(text):
    assert seen(text) == []


@pytest.mark.parametrize(
    ("known", "text"),
    [
        (Known(Kind.PERSON, "Gudrun Overbeck"), "OVERBECK, GUDRUN called"),
        (Known(Kind.PERSON, "Gudrun Overbeck"), "then Overbeck called"),
        (Known(Kind.PERSON, "Gudrun Överbeck"), "gudrun_overbeck.docx"),
        (Known(Kind.PERSON, "Gudrun Overbeck"), "gudrunoverbeck"),
        (Known(Kind.EMAIL, "g.overbeck77@acme.com"), "local part g.overbeck77 only"),
        (Known(Kind.EMAIL, "g.overbeck77@acme.com"), "g-overbeck77 - acme - com"),
        (Known(Kind.EMAIL, "g.overbeck77@acme.com"), "moc.emca@77kcebrevo.g"),
        (Known(Kind.PHONE, "+49 30 2345 6789"), "23456789 it was, or 030/23 45 67 89"),
        (Known(Kind.ACCOUNT, "C-39026933"), "c 39 026 933"),
        (Known(Kind.USERNAME, "goverb77"), "as goverb77 on it"),
        (Known(Kind.ADDRESS, "Müllerstraße 12"), "muellerstrasse 12"),
        (Known(Kind.PLACE, "Wuppertal"), "here in Wuppertal it rains"),
    ],
)
def test_known_values_are_hunted_in_many_foldings(known, text):
    assert known.value in [value for _, value in seen(text, known=[known])]


def test_a_value_counts_once_in_a_case_and_says_where_it_stands():
    text = "Mail jane.roe@acme.com, again jane.roe@acme.com and (jane.roe@acme.com)"
    found = ENSEMBLE.look([text, text])
    assert count_kinds(found) == {"EMAIL": 1}
    [one] = found[0]
    assert text[one.start : one.end] == "jane.roe@acme.com"
    assert "jane" not in repr(one)


def test_what_an_officer_found_harmless_is_left_out():
    assert seen("jane.roe@acme.com", harmless=lambda value: value.startswith("jane")) == []


def test_hostile_texts_cost_no_more_than_their_length():
    for text in (
        "@" * 20_000,
        "a@" * 10_000,
        "1 " * 10_000,
        "(" * 20_000,
        "&amp;" * 5_000,
        "%25" * 5_000,
        "A" * 50_000,
        "\ud800" * 100,
    ):
        ENSEMBLE.look([text])
