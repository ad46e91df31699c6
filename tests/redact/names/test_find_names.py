"""Names and addresses in some twenty-five languages: what must be found, and what must not."""

from __future__ import annotations

import re
import time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hushdesk.redact import Kind
from hushdesk.redact.names import find_names

HERE = Path(__file__).parent


def positives():
    for line in (HERE / "found.txt").read_text(encoding="utf8").splitlines():
        language, marked, *word = line.split("\t")
        text, spans = "", []
        for part in re.split("(‹[^›]*›)", marked.replace("\\n", "\n").replace("\\t", "\t")):
            if part.startswith("‹"):
                spans.append((len(text), len(text) + len(part) - 2))
            text += part.strip("‹›")
        if word:
            at = text.index(word[0][1:-1])
            spans.append((at, at + len(word[0]) - 2))
        yield language, text, spans


def negatives():
    for line in (HERE / "nothing.txt").read_text(encoding="utf8").splitlines():
        yield re.sub(r"(?<=[,\wé])\\n(?=[A-ZА-Яف])", "\n", line)


def covered(text, spans, kind):
    cells = {i for f in find_names(text) if f.kind is kind for i in range(f.start, f.end)}
    return [all(i in cells for i in range(start, end) if text[i].isalnum()) for start, end in spans]


def test_tables_are_large_enough():
    languages = {language for language, _, _ in positives() if not language.startswith("A-")}
    assert len(list(positives())) >= 300
    assert len(languages) >= 20
    assert len(list(negatives())) >= 250


def test_recall_of_names():
    found = [
        (lang, text, ok)
        for lang, text, spans in positives()
        if not lang.startswith("A-")
        for ok in covered(text, spans, Kind.PERSON)
    ]
    missed = [(lang, text) for lang, text, ok in found if not ok]
    assert len(missed) <= 0.03 * len(found), missed


def test_recall_of_addresses():
    found = [
        (lang, text, ok)
        for lang, text, spans in positives()
        if lang.startswith("A-")
        for ok in covered(text, spans, Kind.ADDRESS)
    ]
    missed = [(lang, text) for lang, text, ok in found if not ok]
    assert len(missed) <= 0.03 * len(found), missed


def test_false_positives():
    texts = list(negatives())
    flagged = [(text, [(f.detector, f.why) for f in find_names(text)]) for text in texts if find_names(text)]
    assert len(flagged) <= 0.03 * len(texts), flagged


def test_no_extra_findings_beside_the_marked_ones():
    extra = []
    for language, text, spans in positives():
        gold = {i for start, end in spans for i in range(start, end)}
        extra += [(language, f.why) for f in find_names(text) if gold.isdisjoint(range(f.start, f.end))]
    assert len(extra) <= 6, extra


@settings(max_examples=200, deadline=None)
@given(
    st.lists(
        st.one_of(
            st.text(max_size=30),
            st.sampled_from(
                [
                    "Hi Marta,",
                    "Regards,",
                    "John Smith",
                    "山田様",
                    "김민수님",
                    "12 High Street",
                    "10969 Berlin",
                    "From: Ana",
                    "\r\n",
                    "\u2028",
                    "السيد محمد",
                    "\x00",
                ]
            ),
        ),
        max_size=8,
    )
)
def test_findings_are_sorted_apart_and_inside(parts):
    text = "\n".join(parts)
    findings = find_names(text)
    at = 0
    for finding in findings:
        assert at <= finding.start < finding.end <= len(text)
        assert 0 < finding.score <= 1
        assert finding.detector
        assert finding.why
        at = finding.end


def test_why_does_not_tell_the_value():
    for _, text, _ in positives():
        for finding in find_names(text):
            assert text[finding.start : finding.end].casefold() not in finding.why.casefold()


def test_the_same_line_means_more_after_a_sign_off():
    assert not find_names("It fails again\nOdalric")
    assert find_names("It fails again\nRegards,\nOdalric")


def test_a_caller_may_lower_the_bar():
    text = "The Kowalski parcel"
    assert len(find_names(text, least=0.2)) >= len(find_names(text))


@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r"])
def test_offsets_survive_line_ends(newline):
    text = newline.join(["Ticket 5", "Kind regards,", "", "Jane Roe", "Head of IT"])
    assert [text[f.start : f.end] for f in find_names(text)] == ["Jane Roe"]


def test_a_long_line_is_no_trap():
    text = "Aa " * 40_000 + "a-" * 40_000 + "1 " * 40_000
    begun = time.process_time()
    find_names(text)
    assert time.process_time() - begun < 8
