"""Views under stacked encodings: every span maps back to exactly what it came from, and masking leaves no reading."""

from __future__ import annotations

import base64
import html
import re
from urllib.parse import quote, unquote

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hushdesk.redact import find, redact
from hushdesk.redact._canonical import canonical
from hushdesk.redact._protect import shielded
from hushdesk.redact.detect._engine import engine
from hushdesk.redact.views import views

pytestmark = pytest.mark.usefixtures("no_names")


def percent(text: str) -> str:
    return "".join(f"%{b:02X}" for b in text.encode()) if text else ""


def quoted(text: str) -> str:
    return "".join(f"={b:02X}" for b in text.encode())


def entities(text: str) -> str:
    return "".join(f"&#{ord(c)};" for c in text)


def hex_entities(text: str) -> str:
    return "".join(f"&#x{ord(c):x};" for c in text)


def escapes(text: str) -> str:
    return "".join(f"\\u{ord(c):04x}" for c in text)


ENCODINGS = {
    "percent": (percent, unquote),
    "quoted": (quoted, lambda s: bytes.fromhex(s.replace("=", "")).decode()),
    "entities": (entities, html.unescape),
    "hex entities": (hex_entities, html.unescape),
    "escapes": (escapes, lambda s: re.sub(r"\\u([0-9a-f]{4})", lambda m: chr(int(m[1], 16)), s)),
}
SIGNS = st.text("@.-_ab7 é", min_size=1, max_size=4)
PLAIN = st.text(st.sampled_from("abc xyz. 7,-\n>é"), max_size=12)


def all_views(text: str):
    return views(shielded(text), lambda t: engine().scan(t).by_kind())


@st.composite
def stacked(draw):
    """Plain text with an encoded piece in it, encoded once or twice, and what it reads as."""
    piece = draw(SIGNS)
    names = draw(st.lists(st.sampled_from(sorted(ENCODINGS)), min_size=1, max_size=2))
    raw = piece
    for name in names:
        raw = ENCODINGS[name][0](raw)
    return raw, piece, names


def decoded(raw: str, names: list[str]) -> str:
    for name in reversed(names):
        raw = ENCODINGS[name][1](raw)
    return raw


@given(PLAIN, stacked(), PLAIN)
@settings(max_examples=200, deadline=None)
def test_a_span_of_a_view_is_what_its_origin_decodes_to(before: str, encoded, after: str) -> None:
    raw, piece, names = encoded
    text = f"{before} {raw} {after}"
    start = len(before) + 1
    for view in all_views(text):
        for begin in range(len(view.text)):
            low, high = view.origin(begin, begin + 1)
            assert 0 <= low <= high <= len(text)
            if high <= start or low >= start + len(raw):
                # Outside the encoded piece a character came from itself.
                assert (
                    text[low:high] == view.text[begin]
                    or view.text[begin] in text[low:high]
                    or high - low != 1
                )
        # The whole of the piece maps back to the whole of what encodes it.
        at = view.text.find(f" {piece} ")
        if at >= 0 and len(names) == 1 and view.text.count(piece) == 1:
            low, high = view.origin(at + 1, at + 1 + len(piece))
            assert text[low:high] == raw
            assert decoded(text[low:high], names) == piece


@given(st.text(st.sampled_from("ab@.c%4026=;&#x\\u é\n>"), max_size=60))
@settings(max_examples=200, deadline=None)
def test_origins_rise_and_stay_inside(text: str) -> None:
    for view in all_views(text):
        last = 0
        for begin in range(len(view.text)):
            low, high = view.origin(begin, begin + 1)
            assert last <= low <= high <= len(text)
            last = max(last, low)


ADDRESS = "olga.brandt@nordhafen.com"


def at_only(encode):
    return lambda a: a.replace("@", encode("@")).replace(".", encode("."))


LAYERS = {
    "percent": at_only(percent), "quoted": at_only(quoted), "entities": at_only(entities), "hex": at_only(hex_entities), "escapes": at_only(escapes),
    "twice": lambda a: a.replace("@", "%2540"), "percent in quoted": lambda a: a.replace("@", "=2540"), "entity in escapes": lambda a: a.replace("@", "\\u0026#64;"),
    "percent in entity": lambda a: a.replace("@", "&#37;40"), "hidden": "\u200b".join, "soft": "\u00ad".join, "wide": lambda a: "".join(chr(ord(c) + 0xFEE0) for c in a),
    "mime q": lambda a: f"=?utf-8?q?{a.replace('@', '=40')}?=", "mime b": lambda a: f"=?utf-8?B?{base64.b64encode(a.encode()).decode()}?=",
    "base64": lambda a: base64.b64encode(a.encode()).decode(), "url base64": lambda a: base64.urlsafe_b64encode(b"user:" + a.encode()).decode().rstrip("="),
    "base64 of percent": lambda a: base64.b64encode(a.replace("@", "%40").encode()).decode(), "percent of base64": lambda a: quote(base64.b64encode(a.encode()).decode(), safe=""),
    "defanged": lambda a: a.replace("@", "[at]").replace(".", "[.]"), "spelled": lambda a: a.replace("@", " at ").replace(".", " dot "), "soft break": lambda a: a[:9] + "=\n" + a[9:],
}  # fmt: skip
QUOTES = {"plain": lambda t: t, "quoted": lambda t: f"> {t}", "deep": lambda t: f">> > {t}", "link": lambda t: f'<a href="mailto:{t}">'}  # fmt: skip


# Nobody writes these in a link.
WRITTEN = [
    (layer, how)
    for layer in LAYERS
    for how in QUOTES
    if how != "link" or layer not in {"spelled", "soft break", "mime q", "mime b"}
]


@pytest.mark.parametrize(("layer", "how"), WRITTEN)
def test_an_address_under_layers_is_masked_and_no_view_reads_it(layer: str, how: str) -> None:
    raw = LAYERS[layer](ADDRESS)
    text = f"Hello,\n{QUOTES[how](raw)}\nbye"
    out = redact(text).text
    assert raw not in out
    assert redact(out).text == out
    for reading in [out, *(v.text for v in all_views(out))]:
        assert ADDRESS not in reading
        assert "brandt" not in reading


@given(st.lists(st.sampled_from([ADDRESS, "4111 1111 1111 1111", "+44 20 7946 0018", "198.51.100.77", "DE89370400440532013000", "ann 7 gmailcom", "ssn 123-45-6789", "password: Zw4-xK9!q", "born on 04.05.1961", " ", "\n> ", "%40", "=40", "&#64;", "a", "1", "at", "dot com", "\u200b", "ü", "。", "=\n", ", ", "[at]", "[EMAIL_1]", "[SECRET]"]), max_size=10).map(" ".join))  # fmt: skip
@settings(max_examples=200, deadline=None)
def test_redacting_again_changes_nothing_and_no_value_is_left(text: str) -> None:
    once = redact(text)
    assert redact(once.text).text == once.text
    assert find(once.text) == []
    readings = [once.text, *(v.text for v in all_views(once.text))]
    for finding in once.findings:
        value = canonical(finding.kind, text[finding.start : finding.end])
        if len(value) >= 8:
            assert all(value not in reading for reading in readings)
