"""The tagger reads texts one by one or together, with a full or an empty memory, and says the same."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hushdesk.redact import Kind
from hushdesk.redact.tagger import LearnedTagger, _model, _tag, learned
from hushdesk.redact.tagger._brands import is_brand
from hushdesk.redact.tagger._features import FEATURES, ROWS, rows
from hushdesk.redact.tagger._judge import judged
from hushdesk.redact.tagger._model import model
from hushdesk.redact.tagger._tokens import FIRST, JOINED, NEW_LINE, SPACED, tokens

TEXTS = [
    "My name is Quorbin Thistlewaite and I live at 14 Larkspur Close, Penwortham PR1 9QT.",
    "The build failed at step 4 with error 0x80070057.",
    "田中太郎様、お問い合わせありがとうございます。",
    "Меня зовут Ирина Петрова, модем не работает",
    "",
    "hi its jonas quist here my account number is 88120447",
    "Dear Mr Abernathy,\nyour parcel is late.\nRegards\nImogen Vasquez-Roe",
]
ANY = st.lists(
    st.one_of(
        st.text(max_size=40),
        st.sampled_from([*TEXTS, "\r\n", "\u2028", "\x00", "\x01", "\U0001f600", "12 12 12"]),
    ),
    max_size=6,
)


def cut(text):
    return tokens(text, model().classes, model().folds)


@given(st.text(max_size=200))
@settings(max_examples=200)
def test_tokens_are_all_that_is_no_blank_in_order(text):
    found = cut(text)
    spans = list(zip(found.start.tolist(), found.end.tolist(), strict=True))
    assert all(a[1] <= b[0] for a, b in pairwise(spans))
    assert all(start < end for start, end in spans)
    inside = {i for start, end in spans for i in range(start, end)}
    assert all(
        text[i].isspace() or ord(text[i]) in {0x85, 0x2028, 0x2029} for i in set(range(len(text))) - inside
    )


def test_what_a_token_is_does_not_depend_on_where_it_stands():
    alone, inside = cut("Thistlewaite"), cut("spoke to Thistlewaite, twice: Thistlewaite")
    types = [t for t, s, e in zip(inside.type, inside.start, inside.end, strict=True) if e - s == 12]
    assert types == [alone.type[0]] * 2


def test_gaps_say_what_stands_before():
    assert cut("Ann, hello\nBob").gap.tolist() == [FIRST, JOINED, SPACED, NEW_LINE]


def test_numbers_are_told_by_length_and_first_digits():
    one, other, longer = (cut(n).type[0] for n in ("48213377", "58213377", "482133771"))
    assert one != other
    assert one != longer
    years = [cut(n).type[0] for n in ("1984", "1999", "2019")]
    assert years[0] == years[1] != years[2]


@given(st.text(max_size=120))
@settings(max_examples=100)
def test_rows_lie_in_the_table(text):
    found = cut(text)
    at = rows(found, np.arange(found.start.size))
    assert at.shape == (found.start.size, FEATURES)
    assert not at.size or (at.min() >= 0 and at.max() < ROWS)


@given(ANY)
@settings(max_examples=150)
def test_findings_are_sorted_apart_and_inside(texts):
    for text, findings in zip(texts, learned().tag(texts), strict=True):
        assert all(0 <= f.start < f.end <= len(text) and 0 < f.score <= 1.0001 for f in findings)
        assert all(a.end <= b.start for a, b in pairwise(findings))


def spans(texts, tagger=None):
    tagger = tagger or LearnedTagger(model(), remember=0)
    return [[(f.start, f.end, f.kind) for f in found] for found in tagger.tag(texts)]


def test_a_text_is_read_alike_alone_and_among_others():
    assert spans(TEXTS * 3) == [spans([text])[0] for text in TEXTS] * 3


def test_texts_met_before_are_not_looked_at_again(monkeypatch):
    tagger = LearnedTagger(model(), remember=len(TEXTS) + 1)
    want = spans(TEXTS)
    assert spans([*TEXTS, *TEXTS, ""], tagger) == [*want, *want, []]
    with monkeypatch.context() as forgetful:
        forgetful.setattr(tagger, "_looked_at", lambda units: [[[] for _ in unit] for unit in units])
        assert spans(TEXTS, tagger) == want
        # Neither a text that is new nor a long one is taken for one of them.
        long = TEXTS[0] + " ." * _tag._LONG
        assert spans(["My name is Anna Virtanen.", long], tagger) == [[], []]
    assert spans([long], tagger) == spans([long])
    for _ in range(3):
        found = tagger.tag(TEXTS)
        # What a caller does to its list is not done to the next one's.
        for one in found:
            one.clear()
    assert spans(TEXTS, tagger) == want
    assert not any(text in repr(vars(tagger)) for text in TEXTS if text)


def test_what_is_remembered_changes_nothing(monkeypatch):
    before = spans(TEXTS)
    monkeypatch.setattr(_model, "_KEPT", 3)
    assert [spans([text])[0] for text in TEXTS] == before
    assert spans(TEXTS) == before


def test_a_long_text_is_read_in_pieces():
    filler = "The service restarted and nothing was lost. " * 900
    text = filler + "My name is Quorbin Thistlewaite. " + filler
    assert len(text) > 2 * _tag.BATCH
    found = [text[f.start : f.end] for f in learned().tag([text])[0]]
    assert "Quorbin Thistlewaite" in found


def test_names_in_several_scripts():
    found = [
        {text[s:e] for s, e, kind in row if kind is Kind.PERSON}
        for text, row in zip(TEXTS, spans(TEXTS), strict=True)
    ]
    assert found[0] == {"Quorbin Thistlewaite"}
    assert found[2] == {"田中太郎"}
    assert found[3] == {"Ирина Петрова"}
    assert found[5] == {"jonas quist"}
    assert found[6] == {"Abernathy", "Imogen Vasquez-Roe"}


@pytest.mark.parametrize(
    ("text", "value", "kind", "score", "want"),
    [
        ("call Ann", "Ann", Kind.PERSON, 0.9, "Ann"),
        ("call Ann", "Ann", Kind.PERSON, 0.3, None),
        ("The heather is out", "heather", Kind.PERSON, 0.85, None),
        ("the heather is out", "heather", Kind.PERSON, 0.85, "heather"),
        ("id 3f2504e0-4f89-11d3-9a0c", "4f89", Kind.ACCOUNT, 0.9, None),
        ("member AB12345 called", "12345", Kind.ACCOUNT, 0.9, "AB12345"),
        ("path /var/log/4471", "4471", Kind.ACCOUNT, 0.9, None),
        ("signed J. R.", "J. R", Kind.PERSON, 0.9, None),
        ("signed J. Roe Jr.", "J. Roe Jr", Kind.PERSON, 0.9, "J. Roe Jr."),
        ("see Ann.", "Ann.", Kind.PERSON, 0.9, "Ann"),
        ("pay 7 500 000 now", "7 500 000", Kind.PHONE, 0.9, None),
        ("pay K15 now", "K15", Kind.ACCOUNT, 0.9, None),
        ("member K4000157", "K4000157", Kind.ACCOUNT, 0.9, "K4000157"),
    ],
)
def test_what_is_believed(text, value, kind, score, want):
    start = text.index(value)
    spans = judged(text, start, start + len(value), kind, score, capitals=not text.islower())
    assert [text[first:last] for first, last in spans] == ([want] if want else [])


@pytest.mark.parametrize(
    ("text", "value", "brand"),
    [
        ("a Hugo Boss shirt", "Hugo Boss", True),
        ("a Hugo Boss shirt", "Hugo", True),
        ("Ben & Jerry's ice", "Ben", True),
        ("Mr Hugo Boss called", "Hugo Boss", False),
        ("Hugo Bossa called", "Hugo Bossa", False),
        ("Hugo called", "Hugo", False),
    ],
)
def test_brands_are_known_as_a_whole(text, value, brand):
    start = text.index(value)
    assert is_brand(text, start, start + len(value)) is brand


TALK = [
    "hello",
    "could i have your name please",
    "quorbin",
    "thistlewaite",
    "and the account number?",
    "80114477",
]


def test_messages_that_go_on_are_read_together_and_answered_apart():
    tagger = LearnedTagger(model())
    going = [False] + [True] * (len(TALK) - 1)
    together = tagger.tag(TALK, goes_on=going)
    assert [text for text, found in zip(TALK, together, strict=True) if found][:2] == TALK[2:4]
    for text, found in zip(TALK, together, strict=True):
        assert all(0 <= f.start < f.end <= len(text) for f in found)
    # Kept apart from what is said of the same texts alone.
    assert tagger.tag(TALK, goes_on=going) == together
    assert tagger.tag(TALK) == [tagger.tag([text])[0] for text in TALK]
    # Around it other texts change nothing, nor does a long one before.
    long = "The service restarted and nothing was lost. " * 1000
    around = tagger.tag([long, *TALK, "", "x"], goes_on=[False, *going, False, False])
    assert around[1:-2] == together


def test_a_long_conversation_is_read_in_parts():
    texts = ["could i have your name please", "quorbin thistlewaite"] * 400
    found = LearnedTagger(model()).tag(texts, goes_on=[False] + [True] * (len(texts) - 1))
    assert sum(map(bool, found[1::2])) > 390
    assert not any(found[::2])


def test_a_text_with_the_sign_of_a_break_is_no_conversation_of_two():
    tagger = LearnedTagger(model())
    alone = tagger.tag(["Anna Berg\x00Ida Holm"])
    two = tagger.tag(["Anna Berg", "Ida Holm"], goes_on=[False, True])
    assert len(alone) == 1
    assert len(two) == 2
    assert tagger.tag(["Anna Berg\x00Ida Holm"]) == alone


def test_a_conversation_that_begins_with_nothing_is_not_read_with_the_one_before():
    begun = ["", "quorbin thistlewaite"]

    def found(texts, goes_on):
        told = LearnedTagger(model()).tag(texts, goes_on=goes_on)
        return [[(f.start, f.end, f.kind) for f in one] for one in told]

    alone = found(begun, [False, True])
    assert found([TALK[1], *begun], [False, False, True]) == [[], *alone]
