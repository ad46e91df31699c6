"""Notices as PDF, read back by another library."""

import io
import re
from dataclasses import replace

import pytest
from pypdf import PdfReader

from hushdesk.incident import Reading
from hushdesk.incident.notices import (
    CORE,
    NoticeError,
    find_face,
    languages,
    notice,
    pdf,
    plain,
    public_notice,
)
from hushdesk.incident.notices._sheet import BOTTOM, HEIGHT, LEFT, POINT, RIGHT, WIDTH, break_lines


@pytest.fixture(scope="module")
def face():
    found = find_face()
    if found is CORE:
        pytest.skip("there is no TrueType font for printing here")
    return found


def squeezed(text):
    return re.sub(r"\s+", "", text)


def read(data):
    return PdfReader(io.BytesIO(data))


def text_of(reader):
    return squeezed("".join(page.extract_text() for page in reader.pages))


@pytest.mark.parametrize("language", languages())
def test_every_statement_is_in_the_pdf(answer, controller, make, face, language):
    document = notice(answer, controller, make.filing(language=language))
    reader = read(pdf(document, face))
    text = text_of(reader)
    for section, item in document.each():
        for part in (section.title, *item.lines):
            # Lines that end at the foot of a page have the page number after them.
            for word in part.split():
                assert squeezed(face.fit(word)) in text
    info = reader.metadata
    assert info.title == document.title
    assert info.author == "Beispiel AG"
    assert info.creation_date.isoformat() == "2020-01-02T10:00:00+00:00"
    assert reader.trailer["/Root"]["/Lang"] == language
    titles = [f"{n}. {section.title}" for n, section in enumerate(document.sections, 1)]
    assert [mark.title for mark in reader.outline] == titles
    starts = [reader.get_destination_page_number(mark) for mark in reader.outline]
    assert starts[0] == 0
    assert starts == sorted(starts)
    for number, page in enumerate(reader.pages, 1):
        foot = document.page.format(page=number, pages=len(reader.pages))
        assert squeezed(foot) in squeezed(page.extract_text())


def test_the_same_document_gives_the_same_bytes(answer, controller, make, face):
    document = notice(answer, controller, make.filing())
    assert pdf(document, face) == pdf(document, face)
    other = replace(document, dated=document.dated + 1_000_000)
    assert pdf(other, face) != pdf(document, face)


def test_no_text_leaves_the_page(answer, controller, make, face):
    long = "W" * 400
    visitors = tuple(make.visitor(f"203.0.113.{n}", Reading.READ) for n in range(40))
    filing = make.filing(recipient=f"{long} {long}", record_head=long)
    document = notice(replace(answer, visitors=visitors), controller, filing)
    reader = read(pdf(document, face))
    assert len(reader.pages) > 2
    places = []

    def visit(text, _cm, tm, _font, size):
        if text.strip():
            places.append((tm[4], tm[5], text, size))

    for page in reader.pages:
        page.extract_text(visitor_text=visit)
    assert places
    low, high = 10 / POINT, HEIGHT / POINT
    assert min(x for x, *_ in places) >= LEFT / POINT - 0.1
    assert all(low < y < high for _, y, *_ in places)
    most = WIDTH - LEFT - RIGHT
    for line in break_lines(face, f"{long} {long} iii", most, 10):
        assert face.width(line, 10 * POINT) <= most + 1e-6
    assert "".join(break_lines(face, f"{long} iii", most, 10)).replace(" ", "") == f"{long}iii"
    assert BOTTOM > 14, "the page number has its own room"


def test_what_the_face_lacks_is_said_and_not_left_out(answer, controller, make):
    polish = notice(answer, controller, make.filing(language="pl"))
    with pytest.raises(NoticeError, match=r"Helvetica cannot print .* LATIN.*\. .*fontpkg-fira-sans"):
        pdf(polish, CORE)
    chinese = notice(answer, controller, make.filing(recipient="監督機関"))
    with pytest.raises(NoticeError, match="CJK") as caught:
        pdf(chinese, CORE)
    assert "監" not in str(caught.value)


@pytest.mark.parametrize("language", ["de", "en", "es", "fr", "it", "nl", "pt"])
def test_western_languages_need_no_font_file(answer, controller, make, language):
    text = text_of(read(pdf(notice(answer, controller, make.filing(language=language)), CORE)))
    for number in ("9876", "14203", "12001"):
        assert number in re.sub(r"[.,\s\xa0’]", "", text)


def test_scripts_that_need_shaping_are_never_printed_letter_by_letter(face):
    assert face.lacking("Łukasz Ångström, Ελένη, Владимир") == ()
    for text, script in (("محمد", "ARABIC"), ("אסתר", "HEBREW"), ("मोहन", "DEVANAGARI"), ("สมชาย", "THAI")):
        assert face.lacking(f"Ana {text}") == (script,)
    assert CORE.lacking("Zoë “x” – €") == ()
    assert CORE.lacking("Łukasz") == ("LATIN",)


def test_a_named_font_that_is_none_is_refused(tmp_path):
    bad = tmp_path / "bad.ttf"
    bad.write_bytes(b"nothing")
    with pytest.raises(NoticeError, match="TrueType"):
        find_face(bad)
    with pytest.raises(NoticeError, match="TrueType"):
        find_face(tmp_path / "absent.ttf")


def test_a_named_font_is_taken(face):
    assert find_face(face.regular, face.bold) == face


@pytest.mark.parametrize("language", languages())
def test_the_public_notice_says_who_what_and_how_to_ask(answer, controller, make, face, language):
    cases = (make.at("2012-03-01T00:00:00+00:00"), make.at("2019-11-11T00:00:00+00:00"))
    document = public_notice(
        answer, controller, incident=make.incident, dated=make.filing().dated, language=language, cases=cases
    )
    text = squeezed(plain(document)) if language != "pl" else text_of(read(pdf(document, face)))
    assert "9876" in re.sub(r"[.,\s\u202f\xa0’]", "", text)
    for part in ("2012", "2019", "privacy@example.com", "+49305550100"):
        assert part in text
    assert "203.0.113" not in text
    assert "http" not in text.lower()


def test_the_public_notice_knows_no_number_where_nobody_counted(controller, make):
    empty = type(make.answer())()
    document = public_notice(empty, controller, incident="x", dated=make.filing().dated, language="en")
    assert document.item("public.number").lines == ("unknown",)
    assert document.item("public.data").lines == ("unknown",)
