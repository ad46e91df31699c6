"""Reading labelled texts: what is accepted, what is refused, and that a refusal quotes nothing."""

from __future__ import annotations

import gzip
import json

import pytest

from hushdesk.redact import Kind
from hushdesk.redact.evaluate import (
    ROWS,
    Corpus,
    LabelledDataError,
    Labels,
    UnknownLabelError,
    equal_shares,
)
from hushdesk.redact.evaluate._labels import _NAMES, plain

SECRET = "Wilhelmina"


def line(text="Ada wrote", label="PERSON", **more):
    return json.dumps({"text": text, "spans": [{"start": 0, "end": 3, "label": label}], **more})


def write(path, *lines):
    path.write_text("\n".join(lines) + "\n", "utf-8")
    return path


def test_files_plain_and_compressed_and_folders(tmp_path):
    write(tmp_path / "one.jsonl", line(), "", line("Ada again"))
    (tmp_path / "deep").mkdir()
    (tmp_path / "deep" / "two.jsonl.gz").write_bytes(gzip.compress(line("Ada third").encode()))
    (tmp_path / "note.txt").write_text("not data")
    corpus = Corpus([tmp_path])
    assert len(corpus) == 3
    assert corpus.counts == {"one": 2, "two": 1}
    assert [one.text for one in corpus] == ["Ada third", "Ada wrote", "Ada again"]
    assert [one.line for one in corpus] == [1, 1, 3]
    assert "Ada" not in repr(list(corpus))
    assert len(Corpus([tmp_path / "one.jsonl", tmp_path / "one.jsonl"])) == 2


BAD = [
    (f'{{"text": "{SECRET}", ', "no JSON", ""),
    (json.dumps([SECRET]), "no text", "text"),
    (json.dumps({"text": 5, "spans": []}), "no text", "text"),
    (json.dumps({"text": SECRET}), "no list of spans", "spans"),
    (json.dumps({"text": SECRET, "spans": [SECRET]}), "no object", "spans[0]"),
    (
        json.dumps({"text": SECRET, "spans": [{"start": "0", "end": 2, "label": "PERSON"}]}),
        "whole",
        "spans[0]",
    ),
    (
        json.dumps({"text": SECRET, "spans": [{"start": True, "end": 2, "label": "PERSON"}]}),
        "whole",
        "spans[0]",
    ),
    (
        json.dumps({"text": SECRET, "spans": [{"start": 2, "end": 2, "label": "PERSON"}]}),
        "outside",
        "spans[0]",
    ),
    (
        json.dumps({"text": SECRET, "spans": [{"start": 0, "end": 99, "label": "PERSON"}]}),
        "outside",
        "spans[0]",
    ),
    (json.dumps({"text": SECRET, "spans": [{"start": 0, "end": 2}]}), "no label", "spans[0].label"),
    (line(label=f"{SECRET} {SECRET}"), "unknown label: (no word)", "spans[0].label"),
    (line(source=f"{SECRET}@example.com"), "no name", "source"),
    (line(lang=[SECRET]), "no name", "lang"),
    ("[" * 100_000, "no JSON", ""),
]


@pytest.mark.parametrize(("bad", "said", "field"), BAD)
def test_a_bad_line_is_refused_with_its_place_and_nothing_of_it(tmp_path, bad, said, field):
    path = write(tmp_path / "data.jsonl", line(), bad)
    with pytest.raises(LabelledDataError) as caught:
        Corpus([path])
    error = caught.value
    assert said in error.problem
    assert (error.file, error.line, error.field) == (str(path), 2, field)
    assert f"{path}, line 2" in error.problem
    assert SECRET not in str(error) + repr(error)
    assert error.__cause__ is None


def test_bad_files(tmp_path):
    whole = gzip.compress(line().encode() * 50)
    (tmp_path / "cut.jsonl.gz").write_bytes(whole[:-20])
    (tmp_path / "latin.jsonl").write_bytes(line("José").encode("latin-1") + b"\xe9")
    (tmp_path / "empty.jsonl").write_text("\n")
    (tmp_path / "folder").mkdir()
    for name, said in [
        ("cut.jsonl.gz", "cut off"),
        ("latin.jsonl", "UTF-8"),
        ("empty.jsonl", "no text to score"),
        ("folder", "no labelled texts"),
        ("nowhere.jsonl", "no such file"),
    ]:
        with pytest.raises(LabelledDataError) as caught:
            Corpus([tmp_path / name])
        assert said in caught.value.problem
        assert name in caught.value.problem


def test_unknown_labels_are_all_named_at_once_and_can_be_explained(tmp_path):
    path = write(
        tmp_path / "data.jsonl", line(), line(label="WIZARD-ID"), line(label="SPELL"), line(label="SPELL")
    )
    with pytest.raises(UnknownLabelError) as caught:
        Corpus([path])
    assert caught.value.labels == ("WIZARD-ID", "SPELL")
    assert caught.value.line == 2
    assert "--label WIZARD-ID=ACCOUNT" in caught.value.remedy
    corpus = Corpus([path], labels={"wizard id": "ACCOUNT", "SPELL": "OTHER"})
    assert {span.row for one in corpus for span in one.spans} == {"PERSON", "ACCOUNT", "OTHER"}
    with pytest.raises(ValueError, match="row"):
        Labels({"X": "SORCERY"})


def test_labels_of_vendors_are_known():
    labels = Labels()
    for foreign, row in {
        "EMAIL_ADDRESS": "EMAIL",
        "US_SSN": "NATIONAL_ID",
        "B-PER": None,
        "PER": "PERSON",
        "CREDIT_DEBIT_NUMBER": "CARD",
        "USSocialSecurityNumber": "NATIONAL_ID",
        "InternationalBankingAccountNumber": "IBAN",
        "GIVENNAME": "PERSON",
        "LOCATION_ADDRESS_STREET": "ADDRESS",
        "date-of-birth": "BIRTH_DATE",
        "private_email": "EMAIL",
        "phone-number": "PHONE",
        "NOMBRE_SUJETO_ASISTENCIA": "PERSON",
        "GPE": "PLACE",
    }.items():
        assert labels.row(foreign) == row, foreign
    assert all(labels.row(kind.value) == kind.value for kind in Kind)
    assert all(labels.row(row) == row for row in ROWS)


def test_no_label_of_the_table_means_two_things():
    seen = {}
    for row, names in _NAMES.items():
        for name in names.split():
            assert seen.setdefault(plain(name), row) == row, name


def test_sources_say_which_labels_are_complete(tmp_path):
    path = write(tmp_path / "data.jsonl", line(source="a"), line(source="b"))
    assert Corpus([path]).complete["a"] == set(ROWS)
    assert "complete for: a, b" in Corpus([path]).notes[0]
    (tmp_path / "sources.json").write_text(json.dumps({"a": {"labels_exhaustive": ["PER", "phone number"]}}))
    corpus = Corpus([path])
    assert corpus.complete == {"a": {"PERSON", "PHONE"}, "b": set(ROWS)}
    assert "complete for: b" in corpus.notes[0]
    other = tmp_path / "other.json"
    other.write_text(json.dumps({"a": {"labels_exhaustive": []}, "b": {"labels_exhaustive": ["ID"]}}))
    corpus = Corpus([path], sources=other)
    assert (corpus.complete, corpus.notes) == ({"a": set(), "b": {"ID"}}, [])


@pytest.mark.parametrize(
    "content", ["{", "[]", '{"a": 5}', '{"a": {}}', '{"a": {"labels_exhaustive": [5]}}', None]
)
def test_bad_sources_are_refused(tmp_path, content):
    path = write(tmp_path / "data.jsonl", line(source="a"))
    sources = tmp_path / "s.json"
    if content is not None:
        sources.write_text(content)
    with pytest.raises(LabelledDataError) as caught:
        Corpus([path], sources=sources)
    assert caught.value.file == str(sources)


def test_an_unknown_label_among_the_complete_ones(tmp_path):
    path = write(tmp_path / "data.jsonl", line(source="a"))
    sources = write(tmp_path / "sources.json", '{"a": {"labels_exhaustive": ["SPELL"]}, "z": 5}')
    with pytest.raises(UnknownLabelError) as caught:
        Corpus([path])
    assert (caught.value.labels, caught.value.file) == (("SPELL",), str(sources))
    assert Corpus([path], labels={"spell": "OTHER"}).complete["a"] == {"OTHER"}


def test_languages(tmp_path):
    path = write(
        tmp_path / "d.jsonl", line(lang="en"), line(lang="en-GB"), line(lang="fr"), line(), line(lang="eng")
    )
    assert [one.lang for one in Corpus([path], languages=["EN"])] == ["en", "en-GB"]
    assert [one.lang for one in Corpus([path], languages=["fr", "und"])] == ["fr", "und"]
    with pytest.raises(LabelledDataError, match="ja"):
        Corpus([path], languages=["ja"])


def test_a_sample_is_always_the_same_and_takes_of_each_source(tmp_path):
    path = write(
        tmp_path / "d.jsonl",
        *(line(f"Ada {n}", source="large") for n in range(200)),
        *(line(f"Bob {n}", source="small") for n in range(3)),
    )
    first = [one.text for one in Corpus([path], sample=10)]
    assert first == [one.text for one in Corpus([path], sample=10)]
    assert len(first) == len(Corpus([path], sample=10)) == 10
    assert sum(text.startswith("Bob") for text in first) == 3
    more = [one.text for one in Corpus([path], sample=20)]
    assert set(first) < set(more)
    # What is added elsewhere does not change which texts of the others come first.
    turned = write(tmp_path / "e.jsonl", *reversed(path.read_text().splitlines()))
    assert sorted(one.text for one in Corpus([turned], sample=10)) == sorted(first)
    assert len(Corpus([path], sample=10_000)) == 203


def test_shares():
    assert equal_shares({"a": 100, "b": 100, "c": 5}, 65) == {"a": 30, "b": 30, "c": 5}
    assert equal_shares({"a": 2}, 9) == {"a": 2}
    assert sum(equal_shares({"a": 5, "b": 5, "c": 5}, 7).values()) == 7
