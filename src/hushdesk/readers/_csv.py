"""CSV row by row, strictly: a broken row is refused alone and the rows after it survive.

The standard library's parser reads a stray quote as the beginning of a cell that swallows the rows
after it without a word. Here every row must have the cells of the header; where a quote runs
through several lines and the result does not fit, its first line is refused and reading starts
again on the next one. Lines are decoded one by one, so files of mixed encodings keep their text.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace

from hushdesk.cases import Locator, Reason, Refused
from hushdesk.readers._errors import CarrierError
from hushdesk.readers._interface import HEAD_BYTES, Stream
from hushdesk.readers._lines import MAX_LINE, RAW_KEPT, State, bounded_lines
from hushdesk.readers._open import refuse
from hushdesk.readers._text import decode_head, decode_strict, utf8_stream

DELIMITERS = (",", ";", "\t", "|")
_SNIFFED_ROWS = 60
_GOOD_SHARE = 0.5
"""Share of the sniffed rows that must fit the header: broken rows are the very thing to expect."""


@dataclass(frozen=True, slots=True)
class Dialect:
    """How a table of text is written."""

    delimiter: str
    backslash: bool = False
    r"""Whether a quote within quotes is written ``\"`` rather than ``""``."""


@dataclass(frozen=True, slots=True, repr=False)
class _Bad:
    """A row that cannot be read."""

    number: int
    reason: Reason
    problem: str
    remedy: str
    raw: str


@dataclass(slots=True, repr=False)
class _Line:
    text: str
    reason: Reason | None = None
    """Why the line as such is unusable, if it is."""


def sniff_dialect(head: bytes) -> Dialect | None:
    """Guess the dialect from a stream's first bytes; None if they do not look like a table.

    The candidate whose rows agree best with their header wins; between equals the one with more
    columns.
    """
    text = decode_head(head)
    hinted = _hinted(text.split("\n", 1)[0])
    lines = text.splitlines(keepends=True)
    if len(head) >= HEAD_BYTES and len(lines) > 1:
        lines.pop()
    best: tuple[float, int] = (0.0, 0)
    winner = None
    for delimiter in [hinted] if hinted else DELIMITERS:
        if delimiter not in text:
            continue
        for backslash in (False, True) if '\\"' in text else (False,):
            dialect = Dialect(delimiter, backslash)
            share, width = _fit(lines, dialect, cut=len(head) >= HEAD_BYTES)
            if width > 1 and share >= _GOOD_SHARE and (share, width) > best:
                best, winner = (share, width), dialect
    return winner


def _fit(lines: list[str], dialect: Dialect, *, cut: bool) -> tuple[float, int]:
    good = bad = width = 0
    for row in _scan((_Line(line) for line in lines), dialect):
        if isinstance(row, _Bad):
            if not (cut and row.reason is Reason.TRUNCATED):
                bad += 1
        elif not width:
            width = len(row[1])
        else:
            good += 1
        if good + bad >= _SNIFFED_ROWS:
            break
    if not good and not bad:
        # A header alone: believable only if it has several cells.
        return (1.0 if width > 2 else 0.0), width
    return good / (good + bad), width


def rows(
    stream: Stream, dialect: Dialect | None = None, *, limit: int = MAX_LINE
) -> Iterator[tuple[int, list[str]] | Refused]:
    """Yield the rows of a table, the header first, as (row number, cells); every row has its width.

    The header is row 1. Empty lines are passed over. UTF-8, UTF-16, UTF-32 and cp1252 are
    understood; a row that cannot be read is yielded as :class:`hushdesk.cases.Refused`, and if the
    data breaks off, one more such value says so at the end.
    """
    name = stream.name
    cut: _Bad | None = None
    try:
        with stream.open() as file:
            if dialect is None:
                with stream.open() as again:
                    dialect = sniff_dialect(again.read(HEAD_BYTES))
                if dialect is None:
                    yield Refused(
                        Reason.UNKNOWN_FORMAT,
                        Locator(name),
                        "this does not look like a table: its rows have no common number of cells",
                        "Export it as CSV with a header.",
                        whole_file=True,
                    )
                    return
            lines = (_decoded(data, state) for data, state in bounded_lines(utf8_stream(file), limit))
            for row in _scan(lines, dialect, limit):
                if isinstance(row, _Bad) and row.reason is Reason.TRUNCATED:
                    cut = row  # the last one; if the carrier broke off, its error says more
                elif isinstance(row, _Bad):
                    yield _refused(row, name)
                else:
                    yield row
        if cut is not None:
            yield _refused(cut, name)
    except CarrierError as error:
        raw = _refused(cut, name).raw if cut is not None else b""
        yield replace(refuse(name, error), raw=raw)


def _refused(bad: _Bad, name: str) -> Refused:
    as_bytes = bad.reason in {Reason.TOO_LARGE, Reason.BAD_ENCODING}
    raw = bad.raw[:RAW_KEPT].encode("latin-1" if as_bytes else "utf-8", "replace")
    return Refused(bad.reason, Locator(name, bad.number), bad.problem, bad.remedy, raw=raw)


def _decoded(data: bytes, state: State) -> _Line:
    if state is State.TOO_LARGE:
        return _Line(data.decode("latin-1"), Reason.TOO_LARGE)
    text = decode_strict(data)
    if state is State.CUT:
        return _Line(text or "", Reason.TRUNCATED)
    if text is None:
        return _Line(data.decode("latin-1"), Reason.BAD_ENCODING)
    return _Line(text)


def _hinted(line: str) -> str:
    """Read the delimiter from Excel's own hint, ``sep=;`` on the first line."""
    line = line.strip("\r\n\ufeff")
    return line[4] if len(line) == 5 and line.lower().startswith("sep=") else ""


class _StrayError(Exception):
    """A quote stands where none may stand."""


class _Cells:
    """Takes one row apart, line by line."""

    def __init__(self, dialect: Dialect) -> None:
        self._delimiter = dialect.delimiter
        self._backslash = dialect.backslash
        self.cells: list[str] = []
        self._open: list[str] | None = None
        self.loose = False
        """Whether a quote stood in the middle of a cell that is not quoted."""

    def feed(self, line: str) -> bool:
        """Take in one line; True if the row is complete."""
        at = 0
        if self._open is not None:
            if '"' not in line:
                self._open.append(line)
                return False
        else:
            body = line.rstrip("\r\n")
            if '"' not in body:
                self.cells.extend(body.split(self._delimiter))
                return True
        while True:
            if self._open is None and not line.startswith('"', at):
                end = line.find(self._delimiter, at)
                if end == at:
                    self.cells.append("")
                    at += 1
                    continue
                if end < 0:
                    self._plain(line[at:].rstrip("\r\n"))
                    return True
                self._plain(line[at:end])
                at = end + 1
                continue
            if self._open is None:
                self._open = []
                at += 1
            closed = self._quoted(line, at)
            if closed < 0:
                return False
            self.cells.append("".join(self._open))
            self._open = None
            if line.startswith(self._delimiter, closed):
                at = closed + 1
            elif line[closed:].strip("\r\n"):
                raise _StrayError
            else:
                return True

    def _plain(self, cell: str) -> None:
        self.loose = self.loose or '"' in cell
        self.cells.append(cell)

    def _quoted(self, line: str, at: int) -> int:
        """Collect a quoted cell from ``at``; returns where it was closed, -1 if it goes on."""
        assert self._open is not None  # noqa: S101 - the caller opened it
        while True:
            end = line.find('"', at)
            if end < 0:
                self._open.append(line[at:])
                return -1
            if self._backslash and line[at:end].endswith("\\"):
                slashes = end - at - len(line[at:end].rstrip("\\"))
                if slashes % 2:
                    self._open.append(line[at : end - 1] + '"')
                    at = end + 1
                    continue
            self._open.append(line[at:end])
            if not line.startswith('""', end):
                return end + 1
            self._open.append('"')
            at = end + 2


_STRAY = ("a quote stands where none may stand", 'Write a quote within a cell twice ("").')
_WIDTH = (
    "the row has not as many cells as the header",
    "Quote cells that hold the delimiter or line breaks.",
)
_REASONS = {
    Reason.TOO_LARGE: ("the row is longer than the limit", "Look at the file: a quote may be missing."),
    Reason.BAD_ENCODING: ("the row is neither UTF-8 nor cp1252", "Export it as UTF-8."),
    Reason.TRUNCATED: ("the data ends within the row", "Copy the file again from its source."),
}


_EMPTY_STARTS = ("", "\r", "\n", "\0")


def _scan(
    source: Iterable[_Line], dialect: Dialect, limit: int = MAX_LINE
) -> Iterator[tuple[int, list[str]] | _Bad]:
    ahead: deque[_Line] = deque()
    lines = iter(source)
    number = width = 0
    stray: _Bad | None = None  # held back: what follows it may be the rest of the same row

    def following() -> _Line | None:
        return ahead.popleft() if ahead else next(lines, None)

    while (line := following()) is not None:
        if line.text[:1] in _EMPTY_STARTS and not line.text.strip("\r\n\0"):
            continue
        if not number and _hinted(line.text):
            continue
        row, read = _row(line, following, dialect, limit)
        misfit = isinstance(row, _Cells) and bool(width) and len(_trimmed(row.cells, width)) != width
        if isinstance(row, _Cells) and not misfit:
            if stray is not None:
                yield stray
                stray = None
            number += 1
            width = width or len(row.cells)
            yield number, _trimmed(row.cells, width)
            continue
        reason = row if isinstance(row, Reason) else Reason.BAD_ROW
        if len(read) > 1 and (row is None or reason is Reason.TRUNCATED or _alone(read[1], dialect, width)):
            # The quote swallowed rows: give all but the first line back.
            ahead.extendleft(reversed(read[1:]))
            read = read[:1]
            reason = Reason.BAD_ROW if reason is Reason.TRUNCATED else reason
            row = None
        raw = "".join(one.text for one in read)
        if stray is not None and misfit and len(stray.raw) < RAW_KEPT:
            stray = replace(stray, raw=stray.raw + raw)
            continue
        if stray is not None:
            yield stray
            stray = None
        number += 1
        problem, remedy = _REASONS.get(reason) or (_STRAY if row is None or row.loose else _WIDTH)  # type: ignore[union-attr]
        bad = _Bad(number, reason, problem, remedy, raw)
        if row is None:
            stray = bad
        else:
            yield bad
    if stray is not None:
        yield stray


def _row(
    first: _Line, following: Callable[[], _Line | None], dialect: Dialect, limit: int
) -> tuple[_Cells | Reason | None, list[_Line]]:
    """Read one row; returns its cells, or why it is unusable (None for a stray quote), and its lines."""
    cells = _Cells(dialect)
    read = [first]
    size = len(first.text)
    bad: Reason | None = None
    line: _Line | None = first
    while True:
        if line is None or line.reason is Reason.TRUNCATED:
            return Reason.TRUNCATED, read
        if line.reason is Reason.TOO_LARGE or size > limit:
            return Reason.TOO_LARGE, read
        bad = bad or line.reason
        try:
            if cells.feed(line.text):
                return bad or cells, read
        except _StrayError:
            return None, read
        line = following()
        if line is not None:
            read.append(line)
            size += len(line.text)


def _alone(line: _Line, dialect: Dialect, width: int) -> bool:
    """Say whether a line is a whole row by itself."""
    cells = _Cells(dialect)
    try:
        return line.reason is None and cells.feed(line.text) and len(_trimmed(cells.cells, width)) == width
    except _StrayError:
        return False


def _trimmed(cells: list[str], width: int) -> list[str]:
    if len(cells) > width and not any(cells[width:]):
        return cells[:width]
    return cells
