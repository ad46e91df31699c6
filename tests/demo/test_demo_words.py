from __future__ import annotations

import re
from importlib import resources

import pytest

from hushdesk.demo import _composer, _people, _products
from hushdesk.demo._language import TOPICS, WEIGHTS, available, language, read_sections
from hushdesk.demo._places import countries

NAMES = ("given_f", "given_m", "family")
MAJOR = ("en", "de", "fr", "es")
SLOT = re.compile(r"\{(\w+)\}")
SECTIONS = (
    "titles",
    "hello",
    "hello_agent",
    "bye",
    "bye_agent",
    "context",
    "ask",
    "pii",
    "agent.ack",
    "agent.ask",
    "agent.step",
    "agent.promise",
    "reply",
    "thanks",
    "note",
    "remark",
    "resolution",
    "chat",
    "chat_agent",
    "phone_log",
    "on_wrote",
    "form",
    "sign",
    "words_at",
    "words_dot",
)


def patterns(code: str) -> list[str]:
    return [line for name, lines in language(code).sections.items() if name not in NAMES for line in lines]


def slots_known() -> set[str]:
    return {name.removeprefix("slot_") for name in dir(_composer.Composer) if name.startswith("slot_")} | {
        "who"
    }


def test_every_language_with_a_weight_has_its_file() -> None:
    assert available() == tuple(WEIGHTS)
    assert len(available()) >= 14


@pytest.mark.parametrize("code", WEIGHTS)
def test_a_language_is_complete(code: str) -> None:
    tongue = language(code)
    for section in SECTIONS:
        assert tongue.lines(section), section
    for topic in TOPICS:
        assert tongue.lines(f"subject.{topic}")
        assert tongue.lines(f"problem.{topic}")
    assert len(tongue.sections["weekdays"]) == 7
    assert len(tongue.sections["months"]) == 12
    assert len(tongue.sections["titles"]) == 2
    assert len(tongue.lines("form")) == 5
    assert len(tongue.lines("sign")) >= 3


@pytest.mark.parametrize("code", WEIGHTS)
def test_patterns_use_only_known_slots_and_are_many(code: str) -> None:
    found = patterns(code)
    assert {slot for line in found for slot in SLOT.findall(line)} <= slots_known()
    assert len(set(found)) >= (150 if code in MAJOR else 70)


def test_log_patterns_use_only_known_slots() -> None:
    lines = [line for section in read_sections("logs").values() for line in section]
    assert {slot for line in lines for slot in SLOT.findall(line)} <= slots_known()


def test_no_name_is_part_of_any_other_text() -> None:
    # A name that also occurs in the ordinary text would count as a leak wherever that text stands.
    ordinary = [line for code in WEIGHTS for line in patterns(code)]
    ordinary += [line for section in read_sections("logs").values() for line in section]
    for country in countries().values():
        ordinary += [*country.cities, *country.streets, *country.suffixes]
    ordinary += [*_products.PRODUCTS, *(row[2] for row in _products.OPERATING_SYSTEMS), *_products.CLASSES]
    ordinary += [stem.capitalize() for stem in (*_people._STEMS, *_people._TRADES)]
    text = "\n".join(ordinary)
    clashes = set()
    for code in WEIGHTS:
        for section in NAMES:
            for word in language(code).sections[section]:
                name = word.partition("|")[0]
                if _composer.countable(name) and name in text:
                    clashes.add((code, name))
    assert not clashes


@pytest.mark.parametrize("code", WEIGHTS)
def test_names_have_a_latin_form(code: str) -> None:
    for section in NAMES:
        for word in language(code).sections[section]:
            _name, bar, letters = word.partition("|")
            assert re.fullmatch(r"[a-z0-9]+", letters if bar else _people.latin(word)), word


def test_notes_need_no_data_file_besides_the_packaged_ones() -> None:
    folder = resources.files("hushdesk.demo").joinpath("data")
    names = {entry.name for entry in folder.iterdir()}
    assert names == {f"{code}.txt" for code in WEIGHTS} | {"logs.txt", "mapping.toml", "places.toml"}
