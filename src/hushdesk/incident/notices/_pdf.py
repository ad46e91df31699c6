"""Notices as PDF: A4, with bookmarks, page numbers, language and metadata; the same document gives the same bytes."""

from __future__ import annotations

from typing import Final

from hushdesk.incident.notices._document import Document
from hushdesk.incident.notices._errors import NoticeError
from hushdesk.incident.notices._fonts import Face, find_face
from hushdesk.incident.notices._sheet import (
    BOTTOM,
    HEIGHT,
    LEFT,
    POINT,
    RIGHT,
    TOP,
    WIDTH,
    Line,
    blank_pdf,
    break_lines,
    draw,
)

_SIZE: Final = 10.0
_SMALL: Final = 8.5
_HEADING: Final = 12.0
_TITLE: Final = 16.0
_LEAD: Final = 1.35
"""Line height over size."""
_COLUMN: Final = 50.0
"""Millimetres for labels, on the left of what they label."""


class _Layout:
    """Pages of lines, and the places of headings."""

    def __init__(self, face: Face) -> None:
        self.face = face
        self.pages: list[list[Line]] = [[]]
        self.marks: list[list[tuple[float, str]]] = [[]]
        self.rules: list[list[float]] = [[]]
        self.y = TOP

    def room(self, height: float) -> None:
        """Go to the next page unless so many millimetres are left."""
        if self.y + height > HEIGHT - BOTTOM:
            self.pages.append([])
            self.marks.append([])
            self.rules.append([])
            self.y = TOP

    def write(self, text: str, size: float, x: float, width: float, *, bold: bool = False) -> None:
        step = size * POINT * _LEAD
        for line in break_lines(self.face, text, width, size, bold=bold):
            self.room(step)
            self.y += step
            self.pages[-1].append(Line(x, self.y, line, size, bold))


def pdf(document: Document, face: Face | None = None) -> bytes:
    """A notice as PDF.

    Args:
        document: The notice.
        face: Typeface; without one :func:`find_face` looks for it.

    Raises:
        NoticeError: The face cannot print something of it; names the scripts.
    """
    face = face or find_face()
    texts = [document.title, *document.intro, document.author]
    texts += [text for section, item in document.each() for text in (section.title, item.label, *item.lines)]
    lacking = sorted({script for text in texts for script in face.lacking(text)})
    if lacking:
        raise NoticeError(
            f"the font {face.name} cannot print what the document holds in {', '.join(lacking)}.",
            remedy="Name a font that can, or install the package fontpkg-fira-sans.",
        )
    layout = _laid_out(document, face)
    made = blank_pdf(
        face, title=document.title, author=document.author, language=document.language, dated=document.dated
    )
    made.set_subject(document.incident)
    total = len(layout.pages)
    for number, lines in enumerate(layout.pages, 1):
        made.add_page()
        for y in layout.rules[number - 1]:
            made.set_line_width(0.2)
            made.line(LEFT, y, WIDTH - RIGHT, y)
        draw(made, face, lines)
        foot = face.fit(document.page.format(page=number, pages=total))
        x = WIDTH - RIGHT - face.width(foot, _SMALL * POINT)
        name = break_lines(face, f"{document.incident} · {document.author}", x - LEFT - 5, _SMALL)[0]
        y = HEIGHT - 14
        draw(made, face, [Line(LEFT, y, name, _SMALL), Line(x, y, foot, _SMALL)])
        for place, title in layout.marks[number - 1]:
            made.set_xy(LEFT, place)
            made.start_section(title, level=0)
    return bytes(made.output())


def _laid_out(document: Document, face: Face) -> _Layout:
    layout = _Layout(face)
    whole = WIDTH - LEFT - RIGHT
    layout.write(document.title, _TITLE, LEFT, whole, bold=True)
    layout.y += 2
    for text in document.intro:
        layout.write(text, _SIZE, LEFT, whole)
    for number, section in enumerate(document.sections, 1):
        title = f"{number}. {section.title}"
        # A heading never stands alone at the foot of a page.
        layout.room(28)
        layout.y += 5
        layout.marks[-1].append((layout.y, title))
        layout.write(title, _HEADING, LEFT, whole, bold=True)
        layout.y += 1.5
        layout.rules[-1].append(layout.y)
        layout.y += 0.5
        for item in section.items:
            if item.label == section.title:
                layout.y += 1
                for text in item.lines:
                    layout.write(text, _SIZE, LEFT, whole)
            else:
                _item(layout, item.label, item.lines, whole)
    return layout


def _item(layout: _Layout, label: str, lines: tuple[str, ...], whole: float) -> None:
    """Label on the left, what it says on the right."""
    step = _SIZE * POINT * _LEAD
    labels = break_lines(layout.face, label, _COLUMN - 4, _SIZE, bold=True)
    layout.room(step * len(labels) + 1)
    layout.y += 1
    page, top = len(layout.pages) - 1, layout.y
    for place, text in enumerate(labels, 1):
        layout.pages[-1].append(Line(LEFT, top + place * step, text, _SIZE, bold=True))
    for line in lines:
        layout.write(line, _SIZE, LEFT + _COLUMN, whole - _COLUMN)
    if len(layout.pages) - 1 == page:
        layout.y = max(layout.y, top + len(labels) * step)
