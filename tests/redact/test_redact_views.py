"""Views: every span of a view maps back to exactly the raw characters that it came from."""

import base64
from itertools import pairwise
from urllib.parse import quote

from hypothesis import given, settings
from hypothesis import strategies as st

from hushdesk.redact import find
from hushdesk.redact._protect import shielded
from hushdesk.redact.detect import structured
from hushdesk.redact.detect._engine import engine
from hushdesk.redact.views import Edit, View, views

CHARS = st.text(st.characters(exclude_characters="\x01\x02\x1a", exclude_categories=("Cs",)), max_size=40)


@st.composite
def edited(draw, text):
    cuts = sorted(draw(st.lists(st.integers(0, len(text)), max_size=8, unique=True)))
    return [Edit(a, b, draw(st.text("xyz", max_size=3))) for a, b in zip(cuts[::2], cuts[1::2], strict=False)]


def by_hand(text, edits, spans):
    """The same edits character by character: (character, first raw offset, end raw offset)."""
    out, last = [], 0
    for edit in edits:
        out += [(text[i], *spans[i]) for i in range(last, edit.start)]
        if edit.start < edit.end:
            whole = (spans[edit.start][0], spans[edit.end - 1][1])
        else:
            whole = (spans[edit.start][0],) * 2 if edit.start < len(spans) else (spans[-1][1],) * 2
        out += [(c, *whole) for c in edit.text]
        last = edit.end
    out += [(text[i], *spans[i]) for i in range(last, len(text))]
    return out


@given(st.data())
def test_spans_map_back_through_two_generations_of_edits(data):
    raw = data.draw(st.text("abc", min_size=1, max_size=20))
    first = data.draw(edited(raw))
    one = View(raw).edited(first)
    want = by_hand(raw, sorted(first, key=lambda e: e.start), [(i, i + 1) for i in range(len(raw))])
    assert one.text == "".join(c for c, _, _ in want)
    second = data.draw(edited(one.text)) if one.text else []
    two = one.edited(second)
    if one.text:
        want = by_hand(one.text, sorted(second, key=lambda e: e.start), [w[1:] for w in want])
    assert two.text == "".join(c for c, _, _ in want)
    for start in range(len(two.text)):
        for end in range(start + 1, len(two.text) + 1):
            assert two.origin(start, end) == (want[start][1], want[end - 1][2])


def test_overlapping_edits_keep_the_first():
    view = View("abcdef").edited([Edit(1, 4, "X"), Edit(2, 3, "Y"), Edit(4, 5, "")])
    assert view.text == "aXf"
    assert view.origin(1, 2) == (1, 4)
    assert view.origin(2, 3) == (5, 6)


def test_no_edit_is_the_view_itself():
    view = View("abc")
    assert view.edited([]) is view


def test_plain_text_has_no_other_view():
    text = "The service on node 7 restarted at 12:30, see the attached log file for details."
    assert views(text, lambda t: engine().scan(t).by_kind()) == []


@given(CHARS, CHARS, st.sampled_from(["percent", "double", "entity", "wide", "base64", "hidden"]))
@settings(max_examples=150, deadline=None)
def test_an_encoded_address_is_masked_exactly(before, after, how):
    address = "olga.brandt@nordhafen.com"
    spelled = {
        "percent": address.replace("@", "%40"),
        "double": address.replace("@", "%2540"),
        "entity": address.replace("@", "&#64;").replace(".", "&#x2e;"),
        "wide": "".join(chr(ord(c) + 0xFEE0) for c in address),
        "base64": base64.b64encode(address.encode()).decode(),
        "hidden": "\u200b".join(address),
    }[how]
    text = f"{before} \n{spelled}\n {after}"
    start = len(before) + 2
    found = structured(shielded(text))[0]
    covered = {i for f in found for i in range(f.start, f.end)}
    assert set(range(start, start + len(spelled))) <= covered


@given(st.text(st.sampled_from("ab@.com dot at [].,()=40%2E&#64;\u200b\uff200123456789+-:/\n> аое点")))
@settings(max_examples=300, deadline=None)
def test_findings_are_sorted_and_apart_whatever_comes(text):
    found = find(text)
    assert all(0 <= f.start < f.end <= len(text) for f in found)
    assert all(a.end <= b.start for a, b in pairwise(found))


@given(st.text(max_size=200))
@settings(max_examples=200, deadline=None)
def test_any_text_is_read(text):
    structured(shielded(text + quote(text, errors="replace")))
