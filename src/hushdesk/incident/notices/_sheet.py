"""Text on A4 pages: lines broken by the width of the face, and laid out before anything is drawn."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Final

from fpdf import FPDF

from hushdesk.incident._spans import when
from hushdesk.incident.notices._errors import NoticeError
from hushdesk.incident.notices._fonts import Face

WIDTH: Final = 210.0
HEIGHT: Final = 297.0
LEFT: Final = 25.0
RIGHT: Final = 20.0
TOP: Final = 22.0
BOTTOM: Final = 25.0
POINT: Final = 25.4 / 72
"""Millimetres."""


@dataclass(frozen=True, slots=True)
class Line:
    """One line of text at its place; millimetres from the upper left, ``y`` is the baseline."""

    x: float
    y: float
    text: str
    size: float
    """Points."""
    bold: bool = False


@lru_cache(1 << 14)
def broken(face: Face, text: str, width: float, size: float, *, bold: bool = False) -> tuple[str, ...]:
    """One paragraph as lines that fit.

    Args:
        face: Typeface.
        text: The paragraph; what the face lacks must have been found out before.
        width: Millimetres.
        size: Points.
        bold: In the bold weight.
    """
    return break_lines(face, text, width, size, bold=bold)


def break_lines(face: Face, text: str, width: float, size: float, *, bold: bool = False) -> tuple[str, ...]:
    """As :func:`broken`, without keeping anything: for what belongs to one person."""
    most = width / (size * POINT)
    widths = face.widths[bold]
    blank = widths[" "]
    lines: list[str] = []
    line: list[str] = []
    used = 0.0
    for whole in face.fit(text).split(" "):
        word = whole
        long = sum(widths[char] for char in word)
        if line and used + blank + long > most:
            lines.append(" ".join(line))
            line, used = [], 0.0
        while long > most:
            # A word longer than a line is cut where the line ends.
            kept, cut = 0.0, 0
            while cut < len(word) and kept + widths[word[cut]] <= most:
                kept += widths[word[cut]]
                cut += 1
            cut = max(cut, 1)
            lines.append(word[:cut])
            word = word[cut:]
            long = sum(widths[char] for char in word)
        used += long + (blank if line else 0.0)
        line.append(word)
    lines.append(" ".join(line))
    return tuple(lines)


class Pages(FPDF):
    """A PDF of which most lines occur many times: each is encoded once.

    Encoding is two thirds of the work of :meth:`fpdf.FPDF.text`, of which this does no more than documents here need.
    """

    def __init__(self) -> None:
        super().__init__(format="A4", unit="mm")
        self._encoded: dict[tuple[str, str], str] = {}

    def put(self, x: float, y: float, text: str) -> None:
        """One line in the current font, its baseline starting at a place in millimetres."""
        font = self.current_font
        if font is None:
            raise NoticeError("a line was drawn before a font was set.")
        key = (font.fontkey, text)
        encoded = self._encoded.get(key)
        if encoded is None:
            encoded = self._encoded[key] = font.encode_text(self.normalize_text(text))
        if not self.current_font_is_set_on_page:
            self._out(self._set_font_for_page(font, self.font_size_pt))
        self._out(f"BT {x * self.k:.2f} {(self.h - y) * self.k:.2f} Td {encoded} ET")


def blank_pdf(face: Face, *, title: str, author: str, language: str, dated: int) -> Pages:
    """A PDF without pages: metadata, language and a date that is that of the document, so that the bytes repeat."""
    pdf = Pages()
    pdf.set_auto_page_break(auto=False)
    pdf.set_margins(LEFT, TOP, RIGHT)
    made: datetime = when(dated).replace(microsecond=0)
    pdf.set_creation_date(made)
    pdf.set_title(title)
    pdf.set_author(author)
    pdf.set_creator("Hushdesk")
    pdf.set_producer("Hushdesk")
    pdf.set_lang(language)
    face.register(pdf)
    return pdf


def draw(pdf: Pages, face: Face, lines: list[Line]) -> None:
    """Draw laid-out lines on the current page."""
    state: tuple[float, bool] | None = None
    family = face.family
    for line in lines:
        if state != (line.size, line.bold):
            state = (line.size, line.bold)
            pdf.set_font(family, "B" if line.bold else "", line.size)
        pdf.put(line.x, line.y, line.text)
