"""Replacing: placeholders count values, text around them is untouched, nothing is redacted twice."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hushdesk.redact import (
    Finding,
    Kind,
    Known,
    find,
    find_all,
    find_batch,
    fold,
    leftovers,
    redact,
    replace,
)

PIECES = st.sampled_from(
    [
        "olga@nordhafen.com", "call +44 20 7946 0018", "4111 1111 1111 1111", "203.0.113.77", "password: Tr0ub4dor&3",
        "tel:", "account", "12345678", "[EMAIL_1]", "EMAIL_3KX9ABCD0123EF", "Olga Brandt", "\n", "@", ".com", "дом", "电话",
        "DE89370400440532013000", "SSN 219-09-9999", "https://x.example/?token=9f8e7d6c5b4a&user=olga", "C:\\Users\\olga\\x",
    ]
)  # fmt: skip


def test_values_are_numbered_by_kind_and_secrets_are_not():
    done = redact("a@x.example b@x.example A@X.EXAMPLE 203.0.113.77 password: Tr0ub4dor&3")
    assert done.text == "[EMAIL_1] [EMAIL_2] [EMAIL_1] [IP_1] password: [SECRET]"
    assert [f.kind for f in done.findings] == [Kind.EMAIL, Kind.EMAIL, Kind.EMAIL, Kind.IP, Kind.SECRET]


def test_offsets_are_code_points_of_the_text_as_given():
    text = "😀 ünï 𝒳 olga@nordhafen.com 😀"
    (found,) = find(text)
    assert text[found.start : found.end] == "olga@nordhafen.com"


def test_pseudonyms_and_placeholders_are_never_findings():
    text = "EMAIL_3KX9ABCD0123EF called 4111 [PHONE_1], account NATIONAL_ID_00000000000000; user name: USERNAME_0123456789ABCD"
    assert find(text) == []
    known = [Known(Kind.PERSON, "Abcd Username"), Known(Kind.ACCOUNT, "00000000000")]
    assert find(text, known=known) == []


@given(st.lists(PIECES, max_size=6).map(" ".join))
@settings(max_examples=250, deadline=None)
def test_redacting_twice_changes_nothing_more(text):
    once = redact(text)
    assert redact(once.text).text == once.text
    assert leftovers(once.text) == []


@pytest.mark.parametrize("times", [3, 62, 80])
def test_of_a_text_that_never_comes_to_rest_nothing_stays_from_there_on(times):
    """Each date is seen only when the one before is masked; found by fuzzing, where the sixty-first stayed."""
    once = redact("born 4.5.61" * times).text
    assert "4.5.61" not in once
    assert redact(once).text == once


@given(st.text(max_size=60), st.data())
def test_replace_touches_only_the_findings(text, data):
    cuts = sorted(data.draw(st.lists(st.integers(0, len(text)), max_size=6, unique=True)))
    found = [Finding(a, b, Kind.PERSON, 1.0) for a, b in zip(cuts[::2], cuts[1::2], strict=False)]
    out = replace(text, found[::-1], lambda f: f"\ue000{f.start}\ue001")
    for f in found:
        out = out.replace(f"\ue000{f.start}\ue001", text[f.start : f.end], 1)
    assert out == text


@given(st.text())
def test_fold_is_stable(text):
    assert fold(fold(text)) == fold(text)


def test_fold():
    assert fold("ÉLODIE Straße ﬁ Ａ") == "elodie strasse fi a"


def test_contexts_that_are_read_together_give_what_each_gives_alone():
    contexts = [
        ["Rollback after failed update - 1440279277", "Please call +49 30 901820. Regards"],
        [],
        ["", "mail: t . wilk @ example . net", ""],
        ["Rollback after failed update - 1440279277", "it is urgent"],
        ["Пишите на ｉｎｆｏ.petrov@пример.рф", "caf\u00e9 n\u00b07"],
    ]
    together = find_batch(contexts * 3)
    assert together == [find_all(texts) if texts else [] for texts in contexts] * 3
