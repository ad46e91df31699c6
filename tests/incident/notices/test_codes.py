"""Check codes: what was issued is confirmed with its facts, and nothing else is."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hushdesk.incident import DAY
from hushdesk.incident.notices import MOST_LETTERS, CheckCodes, Doubt, Form, NoticeError, languages
from hushdesk.incident.notices._codes import _ALPHABET

KEY = b"\x01" * 32
DAY_OF = 18_300 * DAY


@given(
    letter=st.integers(1, MOST_LETTERS),
    day=st.integers(18_262, 18_262 + (1 << 14) - 1),
    time=st.integers(0, DAY - 1),
    language=st.sampled_from(languages()),
    form=st.sampled_from(Form),
    incident=st.text(min_size=1, max_size=20),
)
def test_a_code_says_what_its_letter_says(letter, day, time, language, form, incident):
    codes = CheckCodes(KEY)
    code = codes.code(incident, letter, dated=day * DAY + time, language=language, form=form)
    facts = codes.confirm(code, ["another", incident])
    assert (facts.letter, facts.day, facts.language, facts.form) == (letter, day * DAY, language, form)
    assert facts.incident == incident or incident == "another"


def test_codes_have_four_groups_that_can_be_read_aloud():
    code = CheckCodes(KEY).code("x", 1, dated=DAY_OF)
    groups = code.split("-")
    assert [len(group) for group in groups] == [5, 5, 5, 5]
    assert {*code} <= {*_ALPHABET, "-"}


def test_the_same_letter_has_the_same_code_and_every_other_one_another():
    codes = CheckCodes(KEY)
    assert codes.code("x", 7, dated=DAY_OF) == CheckCodes(KEY).code("x", 7, dated=DAY_OF + 5)
    many = {codes.code("x", n, dated=DAY_OF) for n in range(1, 2001)}
    assert len(many) == 2000
    # Neighbours have nothing in common that could be counted on.
    heads = {code[:4] for code in many}
    assert len(heads) > 1900


@given(st.integers(1, 10_000), st.integers(0, 19), st.sampled_from(_ALPHABET))
def test_one_wrong_character_is_a_slip_of_the_pen(letter, place, char):
    codes = CheckCodes(KEY)
    plain = codes.code("x", letter, dated=DAY_OF).replace("-", "")
    wrong = plain[:place] + char + plain[place + 1 :]
    expected = codes.confirm(plain, ["x"]) if wrong == plain else Doubt.MISTYPED
    assert codes.confirm(wrong, ["x"]) == expected


@given(st.integers(1, 10_000), st.integers(0, 19), st.integers(0, 19))
def test_two_characters_that_changed_places_are_one_too(letter, first, second):
    codes = CheckCodes(KEY)
    chars = [*codes.code("x", letter, dated=DAY_OF).replace("-", "")]
    before = [*chars]
    chars[first], chars[second] = chars[second], chars[first]
    if chars != before:
        assert codes.confirm("".join(chars), ["x"]) is Doubt.MISTYPED


def test_it_is_read_as_people_write_it():
    codes = CheckCodes(KEY)
    code = next(c for n in range(1, 500) if "0" in (c := codes.code("x", n, dated=DAY_OF)) and "1" in c)
    facts = codes.confirm(code, ["x"])
    for spelt in (
        code.lower(),
        code.replace("-", ""),
        code.replace("-", " \u2013 "),
        code.replace("0", "o").replace("1", "l"),
        f"  {code.replace('1', 'I')}.\n",
    ):
        assert codes.confirm(spelt, ["x"]) == facts


def test_what_is_not_ours_is_not_confirmed():
    codes = CheckCodes(KEY)
    code = codes.code("x", 9, dated=DAY_OF)
    assert codes.confirm(code, []) is Doubt.UNKNOWN
    assert codes.confirm(code, ["y"]) is Doubt.UNKNOWN
    assert CheckCodes(b"\x02" * 32).confirm(code, ["x"]) is Doubt.UNKNOWN
    for wrong in ("", "-", "ABC", "U" * 20, "é" * 20, "0" * 21, "0" * 1_000_000, "٠" * 20):
        assert codes.confirm(wrong, ["x"]) is Doubt.MISTYPED


def test_a_forger_who_knows_the_check_character_gets_nowhere():
    codes = CheckCodes(KEY)
    seen = set()
    for n in range(3_000):
        for char in _ALPHABET:
            found = codes.confirm(f"{n:019d}{char}", ["x"])
            if found is not Doubt.MISTYPED:
                seen.add(found)
                break
        else:
            pytest.fail("one check character must fit")
        if n > 60:
            break
    assert seen == {Doubt.UNKNOWN}


@pytest.mark.parametrize(
    ("letter", "dated"), [(0, DAY_OF), (MOST_LETTERS + 1, DAY_OF), (1, 0), (1, 99_999 * DAY)]
)
def test_what_does_not_fit_is_refused(letter, dated):
    with pytest.raises(NoticeError, match="out of range"):
        CheckCodes(KEY).code("x", letter, dated=dated)


def test_a_short_key_is_refused_and_no_key_is_shown():
    with pytest.raises(NoticeError, match="256"):
        CheckCodes(b"short")
    assert repr(CheckCodes(KEY)) == "CheckCodes(…)"
