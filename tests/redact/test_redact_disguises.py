"""Every disguised spelling is found whole, in its language, and only it."""

from pathlib import Path

import pytest

from hushdesk.redact import find, leftovers, redact

CASES = Path(__file__).parent / "cases" / "disguised.tsv"


def load():
    for number, line in enumerate(CASES.read_text(encoding="utf-8").splitlines(), 1):
        if not line.startswith("#"):
            kind, lang, marked = line.split("\t", 2)
            yield pytest.param(kind, unescaped(marked), id=f"{number}-{lang}-{kind}")


def unescaped(marked):
    return marked.replace("\\n", "\n")


def spans(marked):
    text, out, start = "", [], 0
    for char in marked:
        if char == "⟦":
            start = len(text)
        elif char == "⟧":
            out.append((start, len(text)))
        else:
            text += char
    return text, [s for s in out if s[0] < s[1]]


pytestmark = pytest.mark.usefixtures("no_names")


@pytest.mark.parametrize(("kind", "marked"), list(load()))
def test_disguise_is_found_whole_and_nothing_beside_it(kind, marked):
    text, wanted = spans(marked)
    found = find(text)
    covered = {i for f in found for i in range(f.start, f.end) if text[i].isalnum()}
    gold = {i for start, end in wanted for i in range(start, end) if text[i].isalnum()}
    assert gold <= covered, [(text[f.start : f.end], f.kind) for f in found]
    others = {"USERNAME"} if "://" in text else set()
    beside = {
        i for f in found if f.kind not in others for i in range(f.start, f.end) if text[i].isalnum()
    } - gold
    assert not beside, [(text[f.start : f.end], f.kind) for f in found]
    assert kind in {
        f.kind.value for f in found if any(f.start < end and start < f.end for start, end in wanted)
    }


@pytest.mark.parametrize(("kind", "marked"), list(load()))
def test_redacted_text_is_quiet_and_stays_as_it_is(kind, marked):
    text, _ = spans(marked)
    once = redact(text).text
    assert redact(once).text == once
    assert leftovers(once) == []


def test_there_are_enough_spellings_in_enough_languages():
    rows = [
        line.split("\t")[:2] for line in CASES.read_text(encoding="utf-8").splitlines() if line[:1] != "#"
    ]
    assert len(rows) >= 120
    assert len({lang for _, lang in rows}) >= 12


@pytest.mark.parametrize("after", ["にもご返信ください", "吧。", "로 보내 주세요", "へ"])
def test_a_broken_address_ends_where_a_script_without_blanks_goes_on(no_names, after):
    text = f"ご連絡は ann.berg @example. org{after}"
    assert [text[f.start : f.end] for f in find(text)] == ["ann.berg @example. org"]
