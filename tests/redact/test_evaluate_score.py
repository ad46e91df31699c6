"""Scoring, checked against figures counted by hand."""

from __future__ import annotations

import json

import pytest

from hushdesk.redact import Finding, Kind
from hushdesk.redact.evaluate import Corpus, Score, _run, evaluate
from hushdesk.redact.evaluate._score import joined_parts, places

#       0         1         2         3         4
#       0123456789012345678901234567890123456789012345
TEXT = "Ada King wrote to ada@ex.org, call 030 1234 now"
PERSON, EMAIL, PHONE = (0, 8), (18, 28), (35, 43)


def corpus(tmp_path, *documents, sources=None, **options):
    path = tmp_path / "data.jsonl"
    lines = []
    for number, (text, *spans) in enumerate(documents):
        lines.append(
            json.dumps(
                {
                    "id": f"d{number}",
                    "text": text,
                    "lang": "en",
                    "source": "hand",
                    "spans": [{"start": s, "end": e, "label": label} for s, e, label in spans],
                }
            )
        )
    path.write_text("\n".join(lines) + "\n", "utf-8")
    if sources is not None:
        (tmp_path / "sources.json").write_text(json.dumps({"hand": {"labels_exhaustive": sources}}))
    return Corpus([path], **options)


def scored(found, data, **options):
    score = Score(data, **options)
    for document, findings in zip(data, found, strict=True):
        score.add(document, findings)
    return score


GOLD = (TEXT, (*PERSON, "PERSON"), (*EMAIL, "EMAIL"), (*PHONE, "PHONE"))


def test_everything_right_is_one(tmp_path):
    score = scored([[(*PERSON, "PERSON"), (*EMAIL, "EMAIL"), (*PHONE, "PHONE")]], corpus(tmp_path, GOLD))
    assert set(score.rows) == {"PERSON", "EMAIL", "PHONE"}
    for row in score.rows.values():
        assert (row.exact.f1, row.chars.f1, row.cover.any_recall, row.cover.full) == (1, 1, 1, 1)
    assert (score.total.mask_f1, score.total.leaks, score.total.leaking) == (1, 0, 0)


def test_what_is_covered_under_a_wrong_kind_does_not_leak_but_counts_against_both_kinds(tmp_path):
    score = scored([[(*PERSON, "EMAIL")]], corpus(tmp_path, GOLD))
    person, email = score.rows["PERSON"], score.rows["EMAIL"]
    assert (person.cover.any_recall, person.cover.full, person.exact.recall) == (1, 1, 0)
    # Seven letters under the wrong kind; eight of the address ("ada", "ex", "org") missed.
    assert (email.exact.right, email.exact.wrong, email.exact.missed) == (0, 1, 1)
    assert (email.chars.right, email.chars.wrong, email.chars.missed) == (0, 7, 8)
    assert score.total.mask_precision == 1
    assert (score.total.chars, score.total.hit) == (7 + 8 + 7, 7)
    assert (score.total.leaks, score.total.leaking) == (2, 1)


def test_a_part_is_a_leak_and_only_letters_and_digits_count(tmp_path):
    # "King wrote": four letters right, five wrong, the blanks nothing.
    score = scored([[(4, 14, "PERSON")]], corpus(tmp_path, GOLD))
    row = score.rows["PERSON"]
    assert (row.chars.right, row.chars.wrong, row.chars.missed) == (4, 5, 3)
    assert (row.cover.hit, row.cover.chars, row.cover.whole) == (4, 7, 0)
    assert (score.total.right, score.total.masked) == (4, 9)
    without_dots = scored([[(18, 21, "EMAIL"), (22, 24, "EMAIL"), (25, 28, "EMAIL")]], corpus(tmp_path, GOLD))
    assert without_dots.rows["EMAIL"].cover.full == 1
    assert without_dots.rows["EMAIL"].exact.right == 0


def test_parts_of_a_name_are_one_and_parts_of_an_address_too(tmp_path):
    assert joined_parts(TEXT, [(0, 3, "PERSON"), (4, 8, "PERSON")]) == {(0, 8, "PERSON")}
    assert joined_parts(TEXT, [(0, 3, "EMAIL"), (4, 8, "EMAIL")]) == {(0, 3, "EMAIL"), (4, 8, "EMAIL")}
    street = "12 Elm Row, Leeds"
    assert joined_parts(street, [(0, 10, "ADDRESS"), (12, 17, "ADDRESS")]) == {(0, 17, "ADDRESS")}
    assert len(joined_parts(street, [(0, 10, "PERSON"), (12, 17, "PERSON")])) == 2
    assert len(joined_parts("Ann    Bo", [(0, 3, "PERSON"), (7, 9, "PERSON")])) == 2
    score = scored([[(0, 3, "FIRST_NAME"), (4, 8, "surname")]], corpus(tmp_path, GOLD))
    assert score.rows["PERSON"].exact.f1 == 1


def test_precision_is_counted_only_where_the_labels_are_complete(tmp_path):
    found = [[(*EMAIL, "EMAIL"), (9, 14, "PERSON"), (44, 47, "PHONE")]]
    strict = scored(found, corpus(tmp_path, (TEXT, (*EMAIL, "EMAIL"))))
    assert strict.total.mask_precision == 8 / (8 + 5 + 3)
    assert strict.rows["PERSON"].exact.precision == 0
    lenient = scored(found, corpus(tmp_path, (TEXT, (*EMAIL, "EMAIL")), sources=["EMAIL", "PERSON"]))
    assert lenient.total.mask_precision == 8 / (8 + 5)
    assert "PHONE" not in lenient.rows


def test_what_is_nobodys_is_no_leak_and_no_mistake(tmp_path):
    data = corpus(tmp_path, (TEXT, (*PERSON, "ORGANIZATION"), (*EMAIL, "EMAIL")))
    score = scored([[(*PERSON, "PERSON")]], data)
    assert (score.total.mask_precision, score.total.entities, score.total.leaks) == (1, 1, 1)
    assert score.rows["ORG"].cover.full == 1


def test_numbers_of_which_nobody_said_the_sort_are_one_row(tmp_path):
    text = "policy AB-1234567 and account 998877"
    apart = corpus(tmp_path, (text, (7, 17, "POLICY_NUMBER"), (30, 36, "SSN")))
    score = scored([[(7, 17, "ACCOUNT"), (30, 36, "BANK")]], apart)
    assert score.rows["ACCOUNT"].exact.f1 == 1
    assert (score.rows["NATIONAL_ID"].exact.recall, score.rows["BANK"].exact.precision) == (0, 0)
    together = corpus(tmp_path, (text, (7, 17, "POLICY_NUMBER"), (30, 36, "ID")))
    score = scored([[(7, 17, "ACCOUNT"), (30, 36, "BANK")]], together)
    assert {name: row.exact.f1 for name, row in score.rows.items()} == {"ID": 1}


def test_only_some_kinds(tmp_path):
    score = scored([[(*EMAIL, "EMAIL"), (9, 14, "PERSON")]], corpus(tmp_path, GOLD), kinds=["EMAIL"])
    assert set(score.rows) == {"EMAIL"}
    assert (score.total.entities, score.total.any_recall, score.total.mask_precision) == (1, 1, 1)


def test_labels_of_nobody_cover_and_are_told(tmp_path):
    score = scored([[(*PERSON, "WIZARDRY")]], corpus(tmp_path, GOLD))
    assert score.rows["PERSON"].cover.full == 1
    assert (score.total.masked, score.unknown) == (0, {"WIZARDRY"})


def test_mistakes_have_a_place_and_no_text(tmp_path):
    score = scored([[(4, 8, "PERSON"), (9, 14, "PERSON")]], corpus(tmp_path, GOLD), mistakes=10)
    found = [(one.start, one.end, one.row, one.problem) for one in score.mistakes]
    assert found == [
        (0, 8, "PERSON", "partly masked"),
        (9, 14, "PERSON", "masked in vain"),
        (18, 28, "EMAIL", "leaked"),
        (35, 43, "PHONE", "leaked"),
    ]
    assert not any(word in repr(score.mistakes) for word in ("Ada", "King", "ada@", "1234", "wrote"))
    fewer = scored([[(4, 8, "PERSON"), (9, 14, "PERSON")]], corpus(tmp_path, GOLD), mistakes=2)
    assert len(fewer.mistakes) == 2
    assert set(fewer.mistakes) <= set(score.mistakes)


@pytest.mark.parametrize("text", ["", "...", "日本語の田中さん", "a" * 70_000 + " Ada", "\ud83d x"])
def test_any_text_can_be_scored(tmp_path, text):
    span = [(max(0, len(text) - 3), len(text), "PERSON")] if text else []
    data = corpus(tmp_path, (text, *span))
    score = scored([span], data)
    assert score.total.leaks == 0
    assert score.total.documents == 1


def test_places_are_bits():
    assert places([(0, 2, None), (1, 3, "X"), (5, 6, None), (4, 4, None)]) == 0b100111


def test_our_own_redaction_is_run_over_each_text_by_itself(tmp_path, no_names):
    second = "again 030 1234"
    data = corpus(tmp_path, (TEXT, (*EMAIL, "EMAIL")), (second, (6, 14, "PHONE")))
    done = evaluate(data, mistakes=5)
    assert done.rows["EMAIL"].exact.recall == 1
    assert done.total.documents == done.speed.documents == 2
    assert done.speed.bytes == len(TEXT) + len(second)
    assert done.speed.cpu_seconds > 0
    assert done.speed.peak_memory > 10_000_000
    told = done.to_json()
    assert told["total"]["leaks_per_1000_documents"] == done.total.leaks * 500
    assert not any(word in json.dumps(told) for word in ("ada@", "1234", "wrote"))


def test_the_batch_function_is_used_where_there_is_one(tmp_path, monkeypatch):
    calls = []

    def find_batch(contexts):
        calls.append(len(contexts))
        return [[[Finding(*PERSON, Kind.PERSON, 1.0)]] for _ in contexts]

    monkeypatch.setattr(_run, "find_batch", find_batch)
    told = []
    done = evaluate(corpus(tmp_path, *[GOLD] * 70), on_progress=told.append)
    assert calls == [64, 64, 6]  # the first one is the warm-up
    assert told == [64, 70]
    assert done.rows["PERSON"].exact.f1 == 1
    assert done.total.leaks == 140
