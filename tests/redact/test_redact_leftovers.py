"""The leak check sees what detectors might miss, and nothing in what is sealed."""

import ast
from pathlib import Path

import pytest

import hushdesk.redact.leak
from hushdesk.redact import Kind, Known, leftovers

SEALED = (
    "EMAIL_3KX9ABCD0123EF wrote to PERSON_0123456789ABCD from IP_ZYXWVTSRQPNMKJ about ACCOUNT_00000000000001, call "
    "PHONE_9999999999999Z or see [EMAIL_1], [NATIONAL_ID_2] and [SECRET]; NATIONAL_ID_4111111111111A too"
)


def test_sealed_text_is_quiet():
    assert leftovers(SEALED) == []


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("x olga@nordhafen.com x", Kind.EMAIL),
        ("x olga @ nordhafen . com x", Kind.EMAIL),
        ("x olga@nordhafen-com x", Kind.EMAIL),
        ("x olga@nordhafen com x", Kind.EMAIL),
        ("x olga (at) nordhafen (dot) com x", Kind.EMAIL),
        ("x olga at nordhafen dot com x", Kind.EMAIL),
        ("x o l g a @ n o r d . c o m x", Kind.EMAIL),
        ("x olga%40nordhafen.com x", Kind.EMAIL),
        ("x olga&#64;nordhafen.com x", Kind.EMAIL),
        ("x olga＠nordhafen．com x", Kind.EMAIL),
        ("x ol\u200bga@nord\u200bhafen.com x", Kind.EMAIL),
        ("x b2xnYUBub3JkaGFmZW4uY29t x", Kind.EMAIL),
        ("x +44 20 7946 0018 x", Kind.PHONE),
        ("tel 020 7946 0018", Kind.PHONE),
        ("x (212) 736-5000 x", Kind.PHONE),
        ("x 4111 1111 1111 1111 x", Kind.CARD),
        ("x ٤١١١ ١١١١ ١١١١ ١١١١ x", Kind.CARD),
        ("x DE89 3704 0044 0532 0130 00 x", Kind.IBAN),
        ("x 203.0.113.77 x", Kind.IP),
        ("x 2001:db8:85a3::8a2e:370:7334 x", Kind.IP),
        ("x AKIAIOSFODNN7EXAMPLE x", Kind.SECRET),
        ("x kJ8sT2mQ9vXzR4wLpN7bYc3HdF6gAe1U5oKi x", Kind.SECRET),
    ],
)
def test_what_slipped_through_is_seen(text, kind):
    assert kind in {f.kind for f in leftovers(text)}


@pytest.mark.parametrize(
    ("known", "text"),
    [
        (Known(Kind.PERSON, "Olga Brandt", "r"), "as olga  brandt said"),
        (Known(Kind.EMAIL, "olga.brandt@nordhafen.com", "r"), "o-l-g-a brandt nordhafen com"),
        (Known(Kind.PHONE, "+49 30 901820", "r"), "dial 49 30-90-18-20"),
        (Known(Kind.ACCOUNT, "KD-558-1127", "r"), "kd 5581127"),
        (Known(Kind.USERNAME, "obrandt", "r"), "as OBRANDT said"),
    ],
)
def test_a_known_value_that_is_still_there_is_seen(known, text):
    assert [f.ref for f in leftovers(text, known=[known])] == ["r"]
    assert leftovers(SEALED, known=[known]) == []


def test_the_check_shares_no_code_with_the_detectors():
    # What compiles and keeps expressions knows nothing of what they are for.
    allowed = {"hushdesk.redact._types", "hushdesk.redact.leak", "hushdesk.redact._kept", "hushdesk._late"}
    for path in Path(hushdesk.redact.leak.__file__).parent.glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("hushdesk"):
                assert any((node.module or "").startswith(name) for name in allowed), (path.name, node.module)
