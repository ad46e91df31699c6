"""Letters on paper: PDF files of many letters each, in an order that a print shop can work with.

A print file holds names and addresses: it is readable for its owner only, and whoever ordered it has to remove it after printing.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Final

from hushdesk.incident.notices._errors import NoticeError
from hushdesk.incident.notices._fonts import Face
from hushdesk.incident.notices._letter import Block, Letter, Letters
from hushdesk.incident.notices._people import Concerned
from hushdesk.incident.notices._sheet import (
    BOTTOM,
    HEIGHT,
    LEFT,
    POINT,
    RIGHT,
    WIDTH,
    Line,
    Pages,
    blank_pdf,
    break_lines,
    broken,
    draw,
)

_SIZE: Final = 10.0
_SMALL: Final = 7.5
_STEP: Final = _SIZE * POINT * 1.32
_TEXT: Final = WIDTH - LEFT - RIGHT
# The address field of DIN 5008, form B, and of ISO 269 envelopes DL and C5 with a window: 85 mm wide from 20 mm, text from 62.7 mm.
_WINDOW_TOP: Final = 62.7
_WINDOW_STEP: Final = 4.6
_WINDOW_WIDTH: Final = 78.0
_FIRST_TOP: Final = 100.0
_NEXT_TOP: Final = 25.0
PER_FILE: Final = 500
"""Letters of one print file: about a megabyte, and so many are in memory at a time."""


@dataclass(frozen=True, slots=True)
class Sheet:
    """Where one letter lies in a print file."""

    letter: int
    first: int
    """Page, from 1."""
    pages: int


@dataclass(frozen=True, slots=True)
class Printed:
    """One print file."""

    path: Path
    language: str
    sheets: tuple[Sheet, ...]
    pages: int


@dataclass(frozen=True, slots=True)
class Skipped:
    """A letter that cannot be printed."""

    letter: int
    reason: str
    """``no postal address``, ``cannot be printed: ARABIC``."""


def print_order(people: Iterable[Concerned], letters: Letters) -> list[Concerned]:
    """By language (one print file holds one), then country (one postage), then number.

    Args:
        people: Persons to whom paper goes.
        letters: Knows in which language each letter is.
    """
    return sorted(people, key=lambda person: (letters.language(person), person.country, person.letter))


def print_files(
    letters: Iterable[Letter],
    folder: Path,
    face: Face,
    *,
    per_file: int = PER_FILE,
    duplex: bool = True,
    window_right: bool = False,
) -> Iterator[Printed | Skipped]:
    """Letters as print files, in the order given; a new file begins with another language or when one is full.

    Args:
        letters: A stream; never more than one file of them is held.
        folder: Existing and private; files are named ``letters-de-0001.pdf``.
        face: Typeface.
        per_file: Letters of one file.
        duplex: Each letter begins on a front side.
        window_right: The address stands on the right, as in France.

    Yields:
        Each letter that cannot be printed, when it is met, and each file, when it is complete.

    Raises:
        NoticeError: The face cannot print the texts of a language at all, or a file cannot be written.
    """
    batch: list[tuple[Letter, list[list[Line]]]] = []
    number = 0
    for letter in letters:
        reason = _why_not(letter, face)
        if reason:
            yield Skipped(letter.number, reason)
            continue
        if batch and (batch[0][0].language != letter.language or len(batch) >= per_file):
            number += 1
            yield _written(batch, folder, number, face, duplex=duplex)
            batch = []
        batch.append((letter, _pages(letter, face, window_right=window_right)))
    if batch:
        yield _written(batch, folder, number + 1, face, duplex=duplex)


def _why_not(letter: Letter, face: Face) -> str:
    if not letter.to.lines:
        return "no postal address"
    lacking = {
        script
        for text in (letter.to.name, *letter.to.lines, letter.dear, letter.reference, letter.footer)
        for script in face.lacking(text)
    }
    shared = (letter.subject, letter.date, letter.page, *letter.sender)
    lacking |= {script for text in shared for script in _lacking(face, text)}
    lacking |= {script for block in letter.blocks for script in _lacking_block(face, block)}
    return f"cannot be printed: {', '.join(sorted(lacking))}" if lacking else ""


@lru_cache(1 << 14)
def _lacking(face: Face, text: str) -> tuple[str, ...]:
    return face.lacking(text)


def _lacking_block(face: Face, block: Block) -> Iterator[str]:
    for text in (block.heading, *block.lines, *block.points, *block.tail):
        # A check code is plain ASCII, and not worth remembering.
        yield from face.lacking(text) if block.key == "check" else _lacking(face, text)


def _pages(letter: Letter, face: Face, *, window_right: bool) -> list[list[Line]]:
    """The lines of each page, without page numbers."""
    first: list[Line] = []
    x = 115.0 if window_right else LEFT
    back = broken(face, " · ".join(letter.sender), 1000.0, _SMALL)[0]
    size = _SMALL
    while face.width(back, size * POINT) > _WINDOW_WIDTH and size > 4:
        size -= 0.5
    first.append(Line(x, _WINDOW_TOP - 4, back, size))
    y = _WINDOW_TOP
    for text in filter(None, (letter.to.name, *letter.to.lines)):
        for line in break_lines(face, text, _WINDOW_WIDTH, _SIZE):
            y += _WINDOW_STEP
            first.append(Line(x, y, line, _SIZE))
    for place, text in enumerate(letter.sender):
        first.append(
            Line(LEFT, 20 + place * _STEP, broken(face, text, _TEXT, _SIZE)[0], _SIZE, bold=place == 0)
        )
    date = face.fit(letter.date)
    first.append(
        Line(WIDTH - RIGHT - face.width(date, _SIZE * POINT), max(_FIRST_TOP - 4, y + 6), date, _SIZE)
    )
    return _flowed(letter, face, first, max(_FIRST_TOP, y + 10))


def _flowed(letter: Letter, face: Face, page: list[Line], y: float) -> list[list[Line]]:
    pages = [page]
    end = HEIGHT - BOTTOM

    def put(
        lines: Sequence[str], indent: float = 0.0, *, bold: bool = False, gap: float = 0.0, keep: int = 1
    ) -> None:
        nonlocal y
        y += gap
        if y + _STEP * min(len(lines), keep) > end:
            pages.append([])
            y = _NEXT_TOP
        for line in lines:
            if y + _STEP > end:
                pages.append([])
                y = _NEXT_TOP
            y += _STEP
            pages[-1].append(Line(LEFT + indent, y, line, _SIZE, bold))

    put(broken(face, letter.subject, _TEXT, _SIZE, bold=True), bold=True)
    put(break_lines(face, letter.reference, _TEXT, _SIZE))
    put(break_lines(face, letter.dear, _TEXT, _SIZE), gap=_STEP)
    for block in letter.blocks:
        gap = _STEP * 0.75
        if block.heading:
            heading = broken(face, block.heading, _TEXT, _SIZE, bold=True)
            # The heading stays with the first two lines of what it heads.
            if y + gap + _STEP * (len(heading) + 2) > end:
                pages.append([])
                y = _NEXT_TOP
                gap = 0.0
            put(heading, bold=True, gap=gap)
            gap = 0.0
        for text in block.lines:
            own = block.key == "check"
            lines = break_lines(face, text, _TEXT, _SIZE) if own else broken(face, text, _TEXT, _SIZE)
            put(lines, gap=gap, bold=own)
            gap = 0.0
        for text in block.points:
            lines = broken(face, text, _TEXT - 5, _SIZE)
            # Kept together, so that the dot stands on the page of its first line.
            put(lines, 5.0, gap=gap, keep=len(lines))
            pages[-1].append(Line(LEFT + 1.0, pages[-1][-len(lines)].y, "•", _SIZE))
            gap = 0.0
        for text in block.tail:
            put(broken(face, text, _TEXT, _SIZE), gap=gap)
            gap = 0.0
    return pages


def _written(
    batch: list[tuple[Letter, list[list[Line]]]], folder: Path, number: int, face: Face, *, duplex: bool
) -> Printed:
    first = batch[0][0]
    made = blank_pdf(
        face, title=first.subject, author=first.sender[0], language=first.language, dated=first.dated
    )
    made.set_subject(first.incident)
    sheets = []
    for letter, pages in batch:
        start = made.pages_count + 1
        for place, lines in enumerate(pages, 1):
            made.add_page()
            draw(made, face, lines)
            _foot(made, face, letter, place, len(pages))
        if duplex and len(pages) % 2:
            made.add_page()
        sheets.append(Sheet(letter.number, start, len(pages)))
    path = folder / f"letters-{first.language}-{number:04d}.pdf"
    _private(path, bytes(made.output()))
    return Printed(path, first.language, tuple(sheets), made.pages_count)


def _foot(made: Pages, face: Face, letter: Letter, place: int, total: int) -> None:
    text = face.fit(letter.page.format(page=place, pages=total))
    x = WIDTH - RIGHT - face.width(text, 8 * POINT)
    draw(made, face, [Line(LEFT, HEIGHT - 13, face.fit(letter.footer), 8), Line(x, HEIGHT - 13, text, 8)])


def _private(path: Path, content: bytes) -> None:
    """Whole or not at all, and for the owner only."""
    part = path.with_name(f".{path.name}.part")
    try:
        with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        part.replace(path)
    except OSError as error:
        part.unlink(missing_ok=True)
        raise NoticeError(f"a print file cannot be written ({error.strerror}).") from None
