"""The gold set: what it promises, and how much of it is found."""

from __future__ import annotations

import importlib
import importlib.util
import re
import sys
import unicodedata
from collections import Counter, defaultdict
from pathlib import Path

import pytest
from stdnum import iban, luhn

from hushdesk.redact import Kind, Policy, find


def _load():
    name = "hushdesk_redact_gold"
    if name not in sys.modules:
        spec = importlib.util.spec_from_file_location(name, Path(__file__).parent / "gold" / "_read.py")
        module = importlib.util.module_from_spec(spec)
        sys.modules[name] = module
        spec.loader.exec_module(module)
    return sys.modules[name]


gold = _load()
TEXTS = gold.read()
NEGATIVES = [t for t in TEXTS if t.category.startswith("negative:")]
DISGUISES = [t for t in TEXTS if t.category.startswith("disguise:")]
NOTES = [t for t in TEXTS if t.category == "note"]

SCRIPTS = {
    "LATIN", "CYRILLIC", "GREEK", "ARABIC", "HEBREW", "DEVANAGARI", "CJK", "HIRAGANA", "KATAKANA", "HANGUL", "THAI",
}  # fmt: skip
DISGUISE_NAMES = {
    "at-dot", "spaced", "broken", "hyphen-dot", "zero-width", "bidi", "look-alike", "full-width", "digits", "entities",
    "percent", "quoted-printable", "escapes", "base64", "mime", "defanged", "idn", "spelled", "between", "composed",
}  # fmt: skip


# What the set promises


def test_it_is_large_and_about_half_of_it_holds_nothing():
    assert len(TEXTS) >= 460
    assert 0.45 <= len(NEGATIVES) / len(TEXTS) <= 0.55


def test_each_text_is_there_once():
    for part in ("id", "text"):
        assert [v for v, n in Counter(getattr(t, part) for t in TEXTS).items() if n > 1] == []


def test_categories_are_the_three_and_agree_with_the_spans():
    assert len(NEGATIVES) + len(DISGUISES) + len(NOTES) == len(TEXTS)
    assert [t.id for t in NEGATIVES if t.spans] == []
    assert [t.id for t in DISGUISES + NOTES if not t.spans] == []
    assert {t.category.removeprefix("disguise:") for t in DISGUISES} == DISGUISE_NAMES


def test_languages_and_scripts_are_many_on_both_sides():
    for texts in (NOTES + DISGUISES, NEGATIVES):
        assert len({t.lang.partition("-")[0] for t in texts}) >= 18
        letters = {c for t in texts for c in t.text if c.isalpha()}
        assert {unicodedata.name(c).split()[0] for c in letters} >= SCRIPTS


def test_every_kind_is_there():
    # A place is personal only where a field of the case names it.
    assert {s.kind for t in TEXTS for s in t.spans} == set(Kind) - {Kind.PLACE}


def test_spans_are_tight():
    for text in TEXTS:
        for span in text.spans:
            value = text.value(span)
            assert value == value.strip(), text.id
            assert any(c.isalnum() for c in value), text.id


def _plain(value):
    """The value without blanks, signs and disguise of its figures."""
    figures = "".join(str(d) if (d := unicodedata.decimal(c, None)) is not None else c for c in value)
    return re.sub(r"[\W_]", "", unicodedata.normalize("NFKC", figures))


NUMBERS = [(t, s) for t in TEXTS for s in t.spans if s.scheme]


@pytest.mark.parametrize(("text", "span"), NUMBERS, ids=[f"{t.id}-{s.scheme}" for t, s in NUMBERS])
def test_numbers_keep_the_checksum_of_their_scheme(text, span):
    module = importlib.import_module(f"stdnum.{span.scheme}")
    assert module.is_valid(text.value(span)) or module.is_valid(_plain(text.value(span)))


def test_national_numbers_come_from_many_countries():
    countries = {s.scheme.partition(".")[0] for t, s in NUMBERS if s.kind is Kind.NATIONAL_ID}
    assert len(countries) >= 20


def test_cards_and_ibans_keep_their_checksums():
    checked = Counter()
    for text in TEXTS:
        for span in text.spans:
            plain = _plain(text.value(span))
            if span.kind is Kind.CARD and re.fullmatch(r"\d{13,19}", plain):
                assert luhn.is_valid(plain), text.id
                checked[span.kind] += 1
            if span.kind is Kind.IBAN and re.fullmatch(r"[A-Z]{2}\d\d[A-Z0-9]{11,30}", plain):
                assert iban.is_valid(plain), text.id
                checked[span.kind] += 1
    assert checked[Kind.CARD] >= 10
    assert checked[Kind.IBAN] >= 10


def test_documents_are_what_the_scorer_reads():
    documents = list(gold.documents())
    assert len(documents) == len(TEXTS)
    for document, text in zip(documents, TEXTS, strict=True):
        assert document.keys() == {"id", "text", "lang", "spans", "source", "category"}
        assert [(s["start"], s["end"]) for s in document["spans"]] == [(s.start, s.end) for s in text.spans]
    assert {s["label"] for d in documents for s in d["spans"]} <= {
        "PERSON", "EMAIL", "PHONE", "ADDRESS", "IP", "CREDIT_CARD", "IBAN", "ID", "SECRET", "USERNAME", "URL",
        "DATE_OF_BIRTH", "OTHER_PII",
    }  # fmt: skip


def test_marks_and_escapes_are_read():
    text, spans = gold.parse(r"a\\b [[EMAIL:x[@]y]]\n\[[EMAIL:z]] \{200B}[[NATIONAL_ID/us.ssn:1]]")
    assert text == "a\\b x[@]y\n[[EMAIL:z]] \u200b1"
    assert [(text[s.start : s.end], s.kind, s.scheme) for s in spans] == [
        ("x[@]y", Kind.EMAIL, ""),
        ("1", Kind.NATIONAL_ID, "us.ssn"),
    ]


@pytest.mark.parametrize(
    "marked", ["[[EMAIL:x", "[[EMAIL:]]", "[[EMAIL:a [[PHONE:1]]]]", "[[NONE:x]]", r"\q", "a\\"]
)
def test_a_wrong_mark_is_an_error(marked):
    with pytest.raises(ValueError):
        gold.parse(marked)


# How much of it is found


def _score():
    policy = Policy()
    spans, flagged = [], []
    for text in TEXTS:
        findings = [f for f in find(text.text) if policy.masks(f)]
        masked = {i for f in findings for i in range(f.start, f.end)}
        if not text.spans and findings:
            flagged.append((text, [(f.kind.value, text.text[f.start : f.end], f.detector) for f in findings]))
        for span in text.spans:
            letters = [i for i in range(span.start, span.end) if text.text[i].isalnum()]
            spans.append((text, span, sum(i in masked for i in letters) / len(letters)))
    return spans, flagged


def _share(parts, least):
    return sum(p >= least for p in parts) / len(parts)


def _report(spans, flagged):
    for name, texts in (("all", TEXTS), ("notes", NOTES), ("disguises", DISGUISES)):
        ids = {t.id for t in texts}
        parts = [p for t, _, p in spans if t.id in ids]
        yield f"{name}: {len(parts)} spans, masked whole {_share(parts, 1):.3f}, for 90 % {_share(parts, 0.9):.3f}"
    yield f"negatives flagged: {len(flagged)} of {len(NEGATIVES)}"
    groups = defaultdict(list)
    for text, span, part in spans:
        groups[f"note {span.kind.value}" if text.category == "note" else text.category].append(
            (text, span, part)
        )
    for group, members in sorted(groups.items()):
        yield f"{group}: {sum(p == 1 for _, _, p in members)} of {len(members)}"
        for text, span, part in members:
            if part < 1:
                yield f"  {text.id} {part:.2f} {span.kind.value} {text.value(span)!r}"
    for text, found in sorted(flagged, key=lambda f: f[0].category):
        yield f"{text.category} {text.id} {found}"


@pytest.fixture(scope="module")
def score():
    """Run the detectors once over all texts, and print what they miss."""
    spans, flagged = _score()
    print("\n".join(_report(spans, flagged)))  # noqa: T201 - the list is what a failure is for
    disguised = _share([p for t, _, p in spans if t.category.startswith("disguise:")], 1)
    return {"disguised": disguised, "flagged": len(flagged) / len(NEGATIVES)}


def test_disguises_are_masked_whole(score):
    assert score["disguised"] >= 0.90


def test_negatives_are_left_alone(score):
    assert score["flagged"] <= 0.05
