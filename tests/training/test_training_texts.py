"""What the tagger is trained on is there and well formed: a list that cannot be found would teach nothing, and nobody would know."""

from __future__ import annotations

import re
import sys
from pathlib import Path

import pytest

TRAINING = Path(__file__).parents[2] / "training"
TEMPLATES = sorted((TRAINING / "templates").glob("*.txt"))


@pytest.fixture(scope="module")
def own_names():
    sys.path.insert(0, str(TRAINING))
    try:
        import own_names as module

        yield module
    finally:
        sys.path.remove(str(TRAINING))
        sys.modules.pop("own_names", None)


def test_every_list_that_is_asked_for_is_there(own_names):
    wanted = {*own_names.LATIN, *(code for codes in own_names.OF.values() for code in codes)}
    assert wanted <= set(own_names.codes())


def test_lists_hold_names(own_names):
    for code in own_names.codes():
        for names in own_names.own(code):
            assert len(names) >= 30, code
            assert all(len(name) < 40 and not re.search(r"[\[\]{}\d@:]", name) for name in names), code


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: path.stem)
def test_slots_of_templates_are_known(path):
    makers = "".join((TRAINING / name).read_text("utf-8") for name in ("generate.py", "values.py"))
    known = set(re.findall(r'"(\w+)"', makers))
    for number, line in enumerate(path.read_text("utf-8").splitlines(), 1):
        slots = re.findall(r"\{(\w+)\}", line)
        # A brace that is none of a slot is one of a line of JSON.
        assert len(re.findall(r"\{\w", line)) == len(slots), number
        assert known.issuperset(slots), number


def test_every_language_of_templates_has_lists():
    lists = (TRAINING / "lists.py").read_text("utf-8")
    languages = {
        re.sub("_(?:news|desk|wiki|text|press|thirds)$", "", path.stem)
        for path in TEMPLATES
        if not path.stem.startswith("en_")
    }
    assert languages
    assert [one for one in sorted(languages) if f'"{one}": (' not in lists] == []
