"""Print files: every letter whole, its own, and in an order; what cannot be printed is said by number."""

import io
import re
import stat
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pypdf import PdfReader

from hushdesk.incident.notices import (
    CORE,
    Concerned,
    NoticeError,
    Printed,
    Recipient,
    Skipped,
    find_face,
    print_files,
    print_order,
)
from hushdesk.incident.notices._print import _WINDOW_TOP, _pages
from hushdesk.incident.notices._sheet import HEIGHT, LEFT, RIGHT, WIDTH

HOME = ("ul. Długa 5", "00-238 Warszawa", "POLSKA")


@pytest.fixture(scope="module")
def face():
    found = find_face()
    if found is CORE:
        pytest.skip("there is no TrueType font for printing here")
    return found


def a_person(number, **changes):
    facts = {"language": "en", "country": "DE", "kinds": ("EMAIL", "FREE_TEXT", "IBAN"), "cases": 2}
    return Concerned(letter=number, **(facts | changes))


def squeezed(text):
    return re.sub(r"\s+", "", text)


def pages_of(path):
    return [squeezed(page.extract_text()) for page in PdfReader(io.BytesIO(path.read_bytes())).pages]


def test_every_letter_is_whole_and_on_its_own_sheets(letters, face, tmp_path):
    people = [
        a_person(n, language=("de", "en", "pl")[n % 3], kinds=("EMAIL",) * (n % 2) + ("SECRET",))
        for n in range(1, 8)
    ]
    ordered = print_order(people, letters)
    assert [person.letter for person in ordered] == [3, 6, 1, 4, 7, 2, 5]
    made = [
        letters.letter(person, Recipient(name=f"Łucja Nr{person.letter}x", lines=HOME)) for person in ordered
    ]
    found = list(print_files(made, tmp_path, face, per_file=2))
    assert [file.path.name for file in found] == [
        "letters-de-0001.pdf",
        "letters-en-0002.pdf",
        "letters-en-0003.pdf",
        "letters-pl-0004.pdf",
    ]
    by_number = {letter.number: letter for letter in made}
    for file in found:
        pages = pages_of(file.path)
        assert len(pages) == file.pages
        for sheet in file.sheets:
            letter = by_number[sheet.letter]
            assert sheet.first % 2 == 1, "on a front side"
            text = "".join(pages[sheet.first - 1 : sheet.first - 1 + sheet.pages])
            assert squeezed(f"ŁucjaNr{sheet.letter}x") in text
            assert squeezed(letter.code) in text
            for line in HOME:
                assert squeezed(line) in text
            for block in letter.blocks:
                for part in (block.heading, *block.lines, *block.points, *block.tail):
                    for word in part.split():
                        assert squeezed(face.fit(word)) in text
            others = {n for n in by_number if n != sheet.letter}
            assert not any(f"Nr{n}x" in text for n in others), "nobody reads another's name"
            for place in range(sheet.pages):
                foot = letter.page.format(page=place + 1, pages=sheet.pages)
                assert squeezed(foot) in pages[sheet.first - 1 + place]
                assert squeezed(letter.footer) in pages[sheet.first - 1 + place]
    assert sorted(sheet.letter for file in found for sheet in file.sheets) == list(range(1, 8))


def test_files_are_their_owners_and_whole(letters, face, tmp_path):
    made = [letters.letter(a_person(1), Recipient(name="Ana", lines=HOME))]
    (file,) = print_files(made, tmp_path, face)
    assert stat.S_IMODE(file.path.stat().st_mode) == 0o600
    assert [path.name for path in tmp_path.iterdir()] == [file.path.name]
    info = PdfReader(file.path)
    assert info.trailer["/Root"]["/Lang"] == "en"
    assert "Ana" not in str(info.metadata)
    first = file.path.read_bytes()
    (again,) = print_files(made, tmp_path, face)
    assert again.path.read_bytes() == first
    with pytest.raises(NoticeError, match="cannot be written"):
        list(print_files(made, tmp_path / "absent", face))


def test_what_cannot_be_printed_is_said_by_number_and_script(letters, face, tmp_path):
    made = [
        letters.letter(a_person(1), Recipient(name="Ana")),
        letters.letter(a_person(2), Recipient(name="محمد", lines=HOME)),
        letters.letter(a_person(3), Recipient(name="Ana", lines=("נמל", "1"))),
        letters.letter(a_person(4), Recipient(name="Ana", lines=HOME)),
    ]
    found = list(print_files(made, tmp_path, face))
    assert found[:3] == [
        Skipped(1, "no postal address"),
        Skipped(2, "cannot be printed: ARABIC"),
        Skipped(3, "cannot be printed: HEBREW"),
    ]
    assert isinstance(found[3], Printed)
    assert [sheet.letter for sheet in found[3].sheets] == [4]


def test_without_a_font_file_western_names_are_printed_and_others_counted(letters, tmp_path):
    made = [
        letters.letter(a_person(1), Recipient(name="Zoë Müller", lines=("Straße 1", "10115 Berlin"))),
        letters.letter(a_person(2), Recipient(name="Łucja", lines=("Street 1",))),
        letters.letter(a_person(3, language="pl"), Recipient(name="Ana", lines=("Street 1",))),
    ]
    skipped, polish, file = print_files(made, tmp_path, CORE)
    assert (skipped, polish) == (
        Skipped(2, "cannot be printed: LATIN"),
        Skipped(3, "cannot be printed: LATIN"),
    )
    assert "ZoëMüller" in pages_of(file.path)[0]


def test_one_side_only_needs_no_empty_pages(letters, face, tmp_path):
    made = [letters.letter(a_person(n), Recipient(name="Ana", lines=HOME)) for n in (1, 2)]
    (file,) = print_files(made, tmp_path, face, duplex=False)
    assert file.sheets[1].first == file.sheets[0].pages + 1
    assert file.pages == sum(sheet.pages for sheet in file.sheets)


@settings(max_examples=40)
@given(
    name=st.text(st.characters(max_codepoint=0x24F), max_size=120),
    lines=st.lists(st.text(st.characters(max_codepoint=0x24F), max_size=120), min_size=1, max_size=8),
    right=st.booleans(),
)
def test_address_and_text_stay_apart_and_on_the_page(letters, face, name, lines, right):
    to = Recipient(name=name, lines=tuple(lines))
    letter = letters.letter(a_person(1), to)
    pages = _pages(letter, face, window_right=right) if not face.lacking("".join((name, *lines))) else []
    for number, page in enumerate(pages):
        for line in page:
            assert line.x >= LEFT
            assert 10 < line.y < HEIGHT - 20
            assert (
                line.x + face.width(line.text, line.size * 25.4 / 72, bold=line.bold) <= WIDTH - RIGHT + 0.01
            )
        subject = [line for line in page if line.bold and line.y > _WINDOW_TOP]
        if number == 0 and to.lines:
            address = [line for line in page if line.size == 10 and _WINDOW_TOP < line.y < subject[0].y]
            assert address
            rows = sorted({line.y for line in page})
            assert all(b - a > 2.5 for a, b in pairwise(rows)), "no line on another"
