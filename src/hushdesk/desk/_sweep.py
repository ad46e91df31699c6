"""Looking for given values in everything a desk holds: each byte of each file, each row of each table.

This is what a finder of the folder would do with ``grep -rF``, and more: the store compresses its
columns, so the rows are read out as well.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import hyperscan

from hushdesk.store import EmbeddedStore

_PIECE = 8 << 20


@dataclass(frozen=True, slots=True)
class Swept:
    """What a sweep looked at and found."""

    values: int
    """Distinct values looked for."""
    files: int
    file_bytes: int
    rows: int
    row_bytes: int
    found: frozenset[int]
    """Indices of the values that were found somewhere."""


class ValueFinder:
    """Finds which of many literal values occur in bytes, as ``grep -F`` would."""

    def __init__(self, values: Iterable[str]) -> None:
        self.values = [value.encode("utf-8", "surrogatepass") for value in values]
        self._longest = max(map(len, self.values), default=0)
        self.found: set[int] = set()
        self._database = hyperscan.Database(mode=hyperscan.HS_MODE_BLOCK)
        if self.values:
            self._database.compile(
                expressions=self.values,
                ids=list(range(len(self.values))),
                elements=len(self.values),
                flags=[hyperscan.HS_FLAG_SINGLEMATCH] * len(self.values),
                literal=True,
            )

    def look(self, data: bytes) -> None:
        """Look through one piece of data."""
        if self.values and data:
            self._database.scan(data, match_event_handler=self._on_match)

    def look_through(self, path: Path) -> int:
        """Look through a file; returns its size. Values across the cut of two pieces are found too."""
        size = 0
        tail = b""
        with path.open("rb") as file:
            while piece := file.read(_PIECE):
                size += len(piece)
                self.look(tail + piece)
                tail = (tail + piece)[-self._longest :]
        return size

    def look_through_rows(self, store: EmbeddedStore) -> tuple[int, int]:
        """Look through every row of every table, read back through the engine; returns rows and bytes."""
        rows = size = 0
        for table in store.tables():
            for batch in store.iter_rows(table):
                rows += batch.num_rows
                for column in batch.columns:
                    text = "\n".join(_strings(column.to_pylist())).encode("utf-8", "surrogatepass")
                    self.look(text)
                    size += len(text)
        return rows, size

    def _on_match(self, number: int, _start: int, _end: int, _flags: int, _context: object) -> None:
        self.found.add(number)


def sweep(folder: Path, store: EmbeddedStore, values: Iterable[str]) -> Swept:
    """Look for ``values`` in every file below ``folder`` and in every row of every table of ``store``."""
    finder = ValueFinder(values)
    files = file_bytes = 0
    for path in sorted(folder.rglob("*")):
        if path.is_file() and not path.is_symlink():
            try:
                file_bytes += finder.look_through(path)
            except FileNotFoundError:
                # The engine merges parts away while we look; their rows are read below.
                continue
            files += 1
    rows, row_bytes = finder.look_through_rows(store)
    return Swept(len(finder.values), files, file_bytes, rows, row_bytes, frozenset(finder.found))


def _strings(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, bytes):
        yield value.decode("latin-1")
    elif isinstance(value, Mapping):
        for item in value.values():
            yield from _strings(item)
    elif isinstance(value, list | tuple):
        for item in value:
            yield from _strings(item)
    elif value is not None:
        yield str(value)
