"""Tables whose header alone says what their columns hold: pasted sheets, CSV, output of databases, rows of SQL; and lists of labels with a value each."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final, NamedTuple

from hushdesk.redact._lazy import lazily
from hushdesk.redact._types import Finding, Kind
from hushdesk.redact.detect._columns import (
    ACCOUNTS,
    ADDRESSES,
    BIRTHS,
    IDS,
    NAMES,
    PASSWORDS,
    PHONES,
    PINS,
    PLATES,
    ROLES,
    TOKENS,
    USERS,
    Meant,
    asked,
    meaning,
    valued,
)
from hushdesk.redact.detect._cues import hyperscan_word, in_bytes
from hushdesk.redact.detect._interface import Detector
from hushdesk.redact.detect._user_frames import is_uncommon

_CELL = lazily(
    r"[ ]*(?:\"(?P<q>(?:[^\"\n\x01]|\"\")*)\"|'(?P<s>[^'\n\x01]*)'|`(?P<b>[^`\n\x01]*)`|(?P<v>[^\n\x01]*?))[ ]*"
)
_DIGIT, _LETTER = lazily(r"\d"), lazily(r"[^\W\d_]")
_SIGNS: Final = ("|", "│", "\t", ";", ",")
_MOST_CELLS: Final = 60
_LONG_NAME: Final = 40
_FIRST: Final = 8
_EMPTY: Final = 40
"""After so many rows that hold nothing, at the beginning and later, the table is taken to have ended: else each line of a list that looks like
a header would look down all others."""
_WORDS_OF_NAME: Final = 4
_PAIR: Final = 2


class _Cell(NamedTuple):
    """What stands between two separators, without blanks and quotes."""

    start: int
    text: str


def _line(text: str, at: int) -> tuple[int, int]:
    """Where the line that ``at`` stands in begins and ends."""
    begin = max(text.rfind("\n", 0, at), text.rfind("\x01", 0, at)) + 1
    return begin, _ends(text, at)


def _ends(text: str, at: int) -> int:
    end = text.find("\n", at)
    end = len(text) if end < 0 else end
    stop = text.find("\x01", at, end)
    end = end if stop < 0 else stop
    return end - 1 if end > at and text[end - 1] == "\r" else end


def _cells(text: str, begin: int, end: int, sign: str) -> list[_Cell]:
    """Cut a line into cells; a sign between quotes divides nothing."""
    while begin < end and text[begin] in "> ":
        begin += 1
    while begin < end and text[end - 1] == " ":
        end -= 1
    if sign in "|│":
        begin += text.startswith(sign, begin)
        end -= end > begin and text[end - 1] == sign
    out: list[_Cell] = []
    at = begin
    while at <= end and len(out) <= _MOST_CELLS:
        stop = text.find(sign, at, end)
        stop = end if stop < 0 else stop
        if text[at : at + 2].lstrip()[:1] == '"' and text.count('"', at, stop) % 2:
            # A sign between quotes: the cell ends after the next ones.
            quote = text.find('"', stop, end)
            after = text.find(sign, quote, end) if quote >= 0 else -1
            stop = end if after < 0 else after
        match = _CELL.fullmatch(text, at, stop)
        group = next((g for g in "qsb" if match[g] is not None), "v") if match else "v"
        out.append(_Cell(match.start(group), match[group]) if match else _Cell(at, ""))
        at = stop + 1
    return out


def _header(text: str, begin: int, end: int) -> tuple[str, list[_Cell]] | None:
    """Return the sign that divides a line that may name columns, and its cells."""
    sign = next((sign for sign in _SIGNS if text.find(sign, begin, end) >= 0), None)
    if sign is None or (sign == "," and text.find(", ", begin, end) >= 0):
        # "name, phone, and address" is a sentence.
        return None
    cells = _cells(text, begin, end, sign)
    while cells and not cells[-1].text:
        cells.pop()
    if not _PAIR <= len(cells) <= _MOST_CELLS or any(
        len(cell.text) > _LONG_NAME
        or (_DIGIT.search(cell.text) and not _LETTER.search(cell.text))
        or cell.text[-1:] in {"!", "?"}
        or cell.text.count(" ") >= _WORDS_OF_NAME
        for cell in cells
    ):
        return None
    return sign, cells


def check_header(text: str, end: int) -> Iterator[Finding]:
    """Look down the columns of a table in whose header a name for personal values ends at ``end``; or at the value beside it in a list of labels."""
    begin, stop = _line(text, end - 1)
    found = _header(text, begin, stop)
    if found is None:
        return
    sign, cells = found
    columns = asked([cell.text for cell in cells])
    if columns:
        yield from _rows(text, stop, sign, columns)
    elif len(cells) == _PAIR and sign != ",":
        yield from _labelled(cells)


def _labelled(cells: Sequence[_Cell]) -> Iterator[Finding]:
    """Look at a label and its value."""
    label, value = cells
    meant = meaning(label.text)
    if meant is None or meant.beside is not None or meant.kind is Kind.EMAIL:
        return
    if meant.kind is Kind.USERNAME and value.text.isalpha() and not is_uncommon(value.text.lower()):
        # "login | works"
        return
    finding = valued(meant, value.start, value.text)
    if finding is not None:
        yield finding


def _rows(text: str, at: int, sign: str, columns: Sequence[tuple[int, Meant]]) -> Iterator[Finding]:
    least = max(column for column, _ in columns) + 1
    empty, left = 0, _FIRST
    while empty < left:
        at += text.startswith("\r", at)
        if not text.startswith("\n", at):
            return
        begin, at = at + 1, _ends(text, at + 1)
        if begin >= at:
            return
        empty += 1
        if _RULE.fullmatch(text, begin, at):
            continue
        cells = _cells(text, begin, at, sign)
        if len(cells) < least:
            if empty > 1:
                # Lines of text end it; one broken row does not.
                return
            continue
        for column, meant in columns:
            value = cells[column].text
            finding = valued(meant, cells[column].start, value)
            if finding is None:
                continue
            if meaning(value) is not None:
                # Another header, or a list of names of columns.
                return
            empty, left = 0, _EMPTY
            yield finding


_RULE = lazily(r"[>\s]{0,8}(?:[|+\-=:─│├┼┤\s]{3,400}|-{2,}[ \w]{0,30}-{2,}|#.{0,80})")
_INSERT = lazily(r"(?is)\((?P<c>[^()\x01]{3,800})\)\s{0,8}values?\s{0,4}\Z")
_TUPLE = lazily(r"\s{0,8},?\s{0,8}\(")
_TUPLES: Final = 2000
_QUOTED = lazily(
    r"\s{0,4}(?:[A-Z]?'(?P<s>(?:[^'\x01\\]|''|\\.){0,400})'|\"(?P<q>[^\"\x01]{0,400})\"|\w{1,30}\([^()\x01]{0,60}\)|(?P<v>[^,()'\"\x01]{0,200}))\s{0,4}(?P<e>[,)])"
)
_PLACE_HELD = lazily(r"[$#%:@?{<].*|.*[}>]")


def check_insert(text: str, end: int) -> Iterator[Finding]:
    """Look into the rows of an ``INSERT`` whose word ``VALUES`` and bracket end at ``end``."""
    match = _INSERT.search(text, max(0, end - 840), end - 1)
    if match is None:
        return
    names = [name.strip(' `"[]\n\r\t') for name in match["c"].split(",")]
    meant = {i: m for i, name in enumerate(names) if (m := meaning(name)) is not None and m.beside is None}
    at = end
    for _ in range(_TUPLES if meant else 0):
        for column in range(len(names)):
            cell = _QUOTED.match(text, at)
            if cell is None:
                return
            at = cell.end()
            group = next((g for g in "sq" if cell[g] is not None), "v")
            value = (cell[group] or "").rstrip()
            if (
                column in meant
                and (group != "v" or value.isdigit())
                and not _PLACE_HELD.fullmatch(value)
                and (finding := valued(meant[column], cell.start(group), value)) is not None
            ):
                yield finding
            if (cell["e"] == ")") is not (column == len(names) - 1):
                return
        following = _TUPLE.match(text, at)
        if following is None:
            return
        at = following.end()


def _triggers() -> Iterator[str]:
    """Names of columns behind a sign that divides cells or a line's end, and before one."""
    for names in (
        NAMES,
        ROLES,
        USERS,
        PASSWORDS + PINS + TOKENS,
        ADDRESSES,
        BIRTHS,
        ACCOUNTS,
        PHONES,
        IDS,
        PLATES,
    ):
        for part in (names[::3], names[1::3], names[2::3]):
            some = "|".join(in_bytes(hyperscan_word(name)).replace("_", r"[ _\-]") for name in part)
            yield rf"(?:^|[\n\x01>#|;,\t]|\xe2\x94\x82) *[\"'`*\[]*(?:{some})[ ]?[123]?[\"'`*\]:]* *(?:[|;,\t\r\n(]|\xe2\x94\x82)"


DETECTORS = (
    Detector("column", tuple(_triggers()), check_header, refractory=400),
    Detector("insert", (r"\)\s{0,8}values?\s{0,4}\(",), check_insert),
)
