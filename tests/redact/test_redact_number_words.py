"""Words for numbers are cut out of a text as one expression of all of them would."""

from __future__ import annotations

import pytest

from hushdesk.redact.views._cardinals import _parts


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("Twenty-one, 34", [("w", "twenty"), ("sign", "-"), ("w", "one"), ("d", "34")]),
        ("дев'ять п’ять", [("w", "дев'ять"), ("w", "п’ять")]),
        # A sign behind a word makes it another one.
        ("one's two", [("other", "one"), ("sign", "'"), ("other", "s"), ("w", "two")]),
        ("plus four", [("p", "plus"), ("w", "four")]),
        ("plusfour", [("p", "plus"), ("w", "four")]),
        ("+4", [("p", "+"), ("d", "4")]),
        ("ten dot one", [("w", "ten"), ("dot", "dot"), ("w", "one")]),
        ("dot_x", [("other", "dot"), ("sign", "_"), ("other", "x")]),
        ("fourth", [("other", "fourth")]),
    ],
)
def test_parts(text, parts):
    found = [(sort, part) for sort, part, _, _ in _parts(text, 0, len(text))]
    # A hyphen between two words is a gap like a blank.
    assert found == [pair for pair in parts if pair != ("sign", "-")]


def test_parts_keep_to_their_window():
    text = "seven eighty nine"
    assert [text[start:end] for _, _, start, end in _parts(text, 6, 12)] == ["eighty"]
    assert [sort for sort, *_ in _parts(text, 6, 10)] == ["other"]
