"""Every language says everything, with the same placeholders, and in no letter anything that can be clicked."""

import ast
import re
import tomllib
from importlib import resources

import pytest
from babel import Locale

import hushdesk.incident.notices as face
from hushdesk.incident.notices import NoticeError, languages, words
from hushdesk.incident.notices._catalogue import misfits, places, texts_of
from hushdesk.incident.notices._codes import _LANGUAGES
from hushdesk.incident.notices._consequences import _FOLLOWS, _HELPS, SENSITIVE
from hushdesk.incident.notices._safe import links
from hushdesk.redact import Kind

EVERY = languages()


def test_there_are_eight_languages_and_codes_know_all_of_them():
    assert {"de", "en", "es", "fr", "it", "nl", "pl", "pt"} <= {*EVERY}
    assert {*EVERY} <= {*_LANGUAGES}
    assert len(_LANGUAGES) <= 32


@pytest.mark.parametrize("language", EVERY)
def test_a_language_has_every_key_and_every_placeholder(language):
    file = resources.files("hushdesk.incident.notices") / "catalogues" / f"{language}.toml"
    found = {
        f"{table}.{key}": text
        for table, entries in tomllib.loads(file.read_text("utf-8")).items()
        for key, text in entries.items()
    }
    assert misfits(found, texts_of("en")) == []
    assert all(text.strip() == text and text for text in found.values())


def test_a_misfit_is_named():
    master = {"a.b": "{x} and {y}", "a.c": "plain"}
    assert misfits({"a.b": "{x}", "a.c": "plain"}, master) == ["a.b"]
    assert misfits({"a.b": "{y}{x}"}, master) == ["a.c"]
    assert misfits({**master, "a.d": ""}, master) == ["a.d"]


@pytest.mark.parametrize("language", [each for each in EVERY if each != "en"])
def test_a_language_is_not_the_english_one(language):
    own, english = texts_of(language), texts_of("en")
    prose = [key for key, text in english.items() if len(text.split()) - len(places(text)) > 3]
    assert len(prose) > 100
    assert [key for key in prose if own[key] == english[key]] == []


@pytest.mark.parametrize("language", EVERY)
def test_no_text_holds_what_a_mail_program_turns_into_a_link(language):
    assert [key for key, text in texts_of(language).items() if links(text)] == []


@pytest.mark.parametrize("table", ["kinds", "data"])
def test_every_kind_that_can_be_found_has_words(table):
    texts = texts_of("en")
    wanted = {*map(str, Kind), *SENSITIVE, "FREE_TEXT", "OTHER"}
    assert {key.split(".")[1] for key in texts if key.startswith(f"{table}.")} == wanted


def test_every_code_has_words_for_all_who_read_them():
    texts = texts_of("en")

    def keys(table):
        return {key.split(".")[1] for key in texts if key.startswith(f"{table}.")}

    assert keys("measures") == keys("planned")
    assert keys("consequences") == keys("likely") == {*_FOLLOWS}
    assert keys("advice") == {*_HELPS}


def test_no_text_is_unused():
    package = resources.files("hushdesk.incident.notices")
    source = "\n".join(f.read_text("utf-8") for f in package.iterdir() if f.name.endswith(".py"))
    whole = {
        node.value
        for node in ast.walk(ast.parse(source.replace("from __future__ import annotations", "")))
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }
    heads = {*re.findall(r"""f["']([a-z]+\.[a-z_]*)\{""", source), "kinds."}
    # These are followed by members of enums, kinds and codes, which the tests above compare one by one.
    listed = {"kinds.", "data.", "measures.", "planned.", "consequences.", "likely.", "advice."}
    listed |= {"notice.reading_", "notice.kin_"}
    unused = [
        key
        for key in texts_of("en")
        if key not in whole
        and not any(key.startswith(head) and (head in listed or key[len(head) :] in whole) for head in heads)
        and not re.fullmatch(r"letter\.why_(customer|agent|mentioned)", key)
    ]
    assert unused == []


def test_another_language_is_refused_with_those_that_there_are():
    with pytest.raises(NoticeError, match="de, en, es"):
        words("tlh")
    assert issubclass(face.ControllerError, NoticeError)


@pytest.mark.parametrize("language", EVERY)
def test_numbers_and_times_are_written_as_the_language_writes_them(language, make):
    speak = words(language, "Europe/Berlin")
    assert re.fullmatch(r"1\W?234\W567|1234567", speak.number(1_234_567).replace("\u202f", " "))
    time = speak.time(make.at("2019-12-31T23:30:09+00:00"))
    assert "2020" in time
    assert re.search(r"\b0?0:30:09", time), "in the zone of the controller"
    assert Locale.parse(language).months["format"]["wide"][1] in speak.day(
        make.at("2020-01-01T10:00:00+00:00")
    )
    assert speak.duration(3_661 * 1_000_000) == "1 h 1 min 1 s"
    assert speak.duration(0) == "0 s"
    assert speak.duration(7) == "< 1 s"
