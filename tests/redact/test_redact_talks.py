"""Whole conversations and mails of the gold set: what the set promises, and how much of it is found.

``pytest -s`` prints shares by kind, each value missed and each false finding.
"""

from __future__ import annotations

import importlib.util
import sys
from collections import Counter, defaultdict
from pathlib import Path

import pytest

from hushdesk.redact import Kind, Policy, find_batch


def _load():
    name = "hushdesk_redact_gold"
    if name not in sys.modules:
        spec = importlib.util.spec_from_file_location(name, Path(__file__).parent / "gold" / "_read.py")
        module = importlib.util.module_from_spec(spec)
        sys.modules[name] = module
        spec.loader.exec_module(module)
    return sys.modules[name]


gold = _load()
ALL = gold.talks()
TALKS = [t for t in ALL if t.category.endswith("talk")]
MAILS = [t for t in ALL if t.category.endswith("mail")]
EMPTY = [t for t in ALL if t.category.startswith("negative:")]


# What the set promises


def test_it_is_large_and_a_third_of_it_holds_nothing():
    assert len(TALKS) >= 60
    assert len(MAILS) >= 55
    assert 0.3 <= len(EMPTY) / len(ALL) <= 0.45


def test_each_is_there_once():
    assert [v for v, n in Counter(t.id for t in ALL).items() if n > 1] == []
    assert [v for v, n in Counter(t.texts for t in ALL).items() if n > 1] == []


def test_categories_agree_with_the_spans():
    assert {t.category for t in ALL} == {"talk", "mail", "negative:talk", "negative:mail"}
    assert [t.id for t in EMPTY if any(t.spans)] == []
    assert [t.id for t in ALL if not t.category.startswith("negative:") and not any(t.spans)] == []


def test_conversations_have_several_messages_in_many_languages():
    assert {len(t.texts) for t in MAILS} == {1}
    assert all(4 <= len(t.texts) <= 14 for t in TALKS)
    languages = Counter(t.lang for t in TALKS)
    assert min(languages.values()) >= 2
    assert len(languages) >= 16


def test_spans_are_tight():
    for talk in ALL:
        for place, spans in enumerate(talk.spans):
            for span in spans:
                value = talk.value(place, span)
                assert value == value.strip(), talk.id
                assert any(c.isalnum() for c in value), talk.id


def test_most_kinds_are_there():
    kinds = {s.kind for t in ALL for spans in t.spans for s in spans if s.sure}
    assert set(Kind) - kinds <= {Kind.PLACE, Kind.MAC, Kind.DEVICE, Kind.COORDINATES, Kind.URL}


# How much of it is found


def _score():
    policy = Policy()
    talks = [slice(0, len(t.texts)) if t in TALKS else None for t in ALL]
    values, wrong = [], []
    for talk, found in zip(ALL, find_batch([t.texts for t in ALL], talks=talks), strict=True):
        for place, findings in enumerate(found):
            text, spans = talk.texts[place], talk.spans[place]
            kept = [f for f in findings if policy.masks(f)]
            masked = {i for f in kept for i in range(f.start, f.end)}
            for span in spans:
                if span.sure:
                    letters = [i for i in range(span.start, span.end) if text[i].isalnum()]
                    values.append((talk, place, span, sum(i in masked for i in letters) / len(letters)))
            wrong += [
                (talk, place, f) for f in kept if not any(s.start < f.end and f.start < s.end for s in spans)
            ]
    return values, wrong


def _report(values, wrong):
    for name, part in (("all", ALL), ("talks", TALKS), ("mails", MAILS)):
        ids = {t.id for t in part}
        shares = [p for t, _, _, p in values if t.id in ids]
        empty = {t.id for t in EMPTY} & ids
        flagged = {t.id for t, _, _ in wrong} & empty
        false = sum(t.id in ids for t, _, _ in wrong)
        whole = sum(p == 1 for p in shares)
        yield (
            f"{name}: {whole} of {len(shares)} values masked whole ({whole / len(shares):.3f}), "
            f"{false} false findings, {len(flagged)} of {len(empty)} texts with nothing flagged"
        )
    groups = defaultdict(list)
    for talk, place, span, part in values:
        groups[span.kind].append((talk, place, span, part))
    false = Counter(f.kind for _, _, f in wrong)
    for kind in sorted(groups | false):
        members = groups[kind]
        yield f"{kind.value:12} {sum(p == 1 for *_, p in members):4} of {len(members):4} {false[kind]:4} false"
    for talk, place, span, part in values:
        if part < 1:
            yield f"missed {talk.id}.{place} {part:.2f} {span.kind.value} {talk.value(place, span)!r}"
    for talk, place, f in wrong:
        yield f"false {talk.id}.{place} {f.kind.value} {talk.texts[place][f.start : f.end]!r} {f.detector}"


@pytest.fixture(scope="module")
def score():
    """Run the detectors once over all, and print what they miss."""
    values, wrong = _score()
    print("\n".join(_report(values, wrong)))  # noqa: T201 - the list is what a failure is for
    return {
        "whole": sum(p == 1 for *_, p in values) / len(values),
        "flagged": len({t.id for t, _, _ in wrong} & {t.id for t in EMPTY}) / len(EMPTY),
        "false": len(wrong) / (len(wrong) + len(values)),
        "by_rules": [(t.id, f.detector) for t, _, f in wrong if t in EMPTY and f.detector != "tagger"],
    }


def test_values_are_masked_whole(score):
    assert score["whole"] >= 0.93


def test_what_holds_nothing_is_left_alone(score):
    assert score["flagged"] <= 0.2
    # Rules flag none of it; the rest is the tagger's.
    assert score["by_rules"] == []


def test_few_findings_are_false(score):
    assert score["false"] <= 0.06
