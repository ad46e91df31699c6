"""What is not personal is left alone: precision is a feature."""

from pathlib import Path

import pytest

from hushdesk.redact import find, leftovers

LINES = [
    line.replace("\\n", "\n").replace("\\t", "\t")
    for line in (Path(__file__).parent / "cases" / "harmless.txt").read_text(encoding="utf-8").splitlines()
    if line and not line.startswith("# ")
]


pytestmark = pytest.mark.usefixtures("no_names")


@pytest.mark.parametrize("text", LINES)
def test_nothing_is_found(text):
    assert [(text[f.start : f.end], f.kind, f.detector) for f in find(text)] == []


@pytest.mark.parametrize("text", LINES)
def test_the_leak_check_stays_quiet(text):
    assert [(text[f.start : f.end], f.kind, f.detector) for f in leftovers(text)] == []


def test_there_are_enough_hard_negatives():
    assert len(LINES) >= 80
