"""Rows of CSV, JSON and Parquet in one shape: column name to values, all of them text."""

from __future__ import annotations

import io
import itertools
import json
import unicodedata
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time
from functools import partial
from typing import IO, Any

import pyarrow as pa
import pyarrow.parquet as pq

from hushdesk.cases import Locator, Reason, Refused
from hushdesk.readers import _csv, _jsonlines
from hushdesk.readers._errors import CarrierError
from hushdesk.readers._interface import HEAD_BYTES, Stream
from hushdesk.readers._mapping import Mapping
from hushdesk.readers._open import refuse
from hushdesk.readers._text import _Transcoded, clean, decode_head

MAX_PARQUET = 256 * 1024 * 1024
"""A Parquet file within an archive must be held in memory, since it is read from its end."""
_RAW_KEPT = 64 * 1024
_BATCH = 500
_NULLS = frozenset(("NULL", "\\N", "NaN", "nan", "<NA>", "NaT"))

Cells = dict[str, list[str]]
"""Values by column; a column that is empty in a row is left out, a repeated one has several values."""


@dataclass(frozen=True, slots=True, repr=False)
class TableRow:
    """One row of any table."""

    number: int
    """1-based: for CSV the header is row 1."""
    cells: Cells
    inner: dict[str, list[Cells]] = field(default_factory=dict)
    """Elements of lists of objects, by the path of the list."""

    def packed(self) -> bytes:
        """As bytes, for quarantine and for the temporary place."""
        return json.dumps([self.number, self.cells, self.inner], ensure_ascii=False).encode(
            "utf-8", "replace"
        )

    @classmethod
    def unpacked(cls, data: bytes) -> TableRow:
        """The row that was packed."""
        number, cells, inner = json.loads(data)
        return cls(number, cells, inner)

    def raw(self) -> bytes:
        """What goes to quarantine when the row is refused."""
        return self.packed()[:_RAW_KEPT]


@dataclass(frozen=True, slots=True, repr=False)
class Header:
    """The column names of a table, which come before its rows. Only CSV and Parquet have any."""

    names: tuple[str, ...]
    sure: bool = True
    """False for the first row of a CSV file, which may just as well hold data."""


def part_of(head: bytes) -> str:
    """Tell which table a stream's first bytes begin: ``parquet``, ``jsonl``, ``csv``, or none of them."""
    if head.startswith(b"PAR1"):
        return "parquet"
    text = decode_head(head).lstrip("\ufeff \t\r\n")
    if text.startswith("{") and text[1:].lstrip()[:1] in ('"', "}"):
        return "jsonl"
    if text.startswith("[") and text[1:].lstrip()[:1] in ("{", "]"):
        return "jsonl"
    if not text or text[0] in "<{[%" or "\0" in text:
        return ""
    return "csv" if _csv.sniff_dialect(head) is not None else ""


def table_rows(stream: Stream, part: str, mapping: Mapping | None) -> Iterator[Header | TableRow | Refused]:
    """Yield the header, if the carrier has one, and the rows of a stream."""
    if part == "parquet":
        yield from _parquet(stream)
    elif part == "jsonl":
        yield from _json(stream, mapping)
    else:
        yield from _table(stream, mapping)


def column_name(name: str) -> str:
    """A column name as it is compared: without space around it, composed."""
    return unicodedata.normalize("NFC", name).strip().strip("\ufeff")


def _table(stream: Stream, mapping: Mapping | None) -> Iterator[Header | TableRow | Refused]:
    dialect = None
    if mapping is not None and mapping.encoding:
        stream = replace(stream, open=partial(_transcoded, stream.open, mapping.encoding))
    if mapping is not None and mapping.delimiter:
        dialect = _csv.Dialect(mapping.delimiter)
    names: list[str] | None = None
    for row in _csv.rows(stream, dialect):
        if isinstance(row, Refused):
            yield row
            continue
        number, values = row
        if names is None:
            if mapping is not None and not mapping.header:
                names = [str(place) for place in range(1, len(values) + 1)]
                yield Header(tuple(names))
            else:
                names = [column_name(value) or f"column {place}" for place, value in enumerate(values, 1)]
                yield Header(tuple(names), sure=False)
                continue
        cells: Cells = {}
        for name, value in zip(names, values, strict=False):
            if value and value not in _NULLS and not value.isspace():
                cells.setdefault(name, []).append(clean(value))
        yield TableRow(number, cells)


def _transcoded(opener: Callable[[], IO[bytes]], encoding: str) -> IO[bytes]:
    return _Transcoded(opener(), encoding)  # type: ignore[return-value]


def _json(stream: Stream, mapping: Mapping | None) -> Iterator[TableRow | Refused]:
    arrays = (mapping.rows,) if mapping is not None and mapping.rows else ()
    wanted = arrays[0] if arrays else ""
    for row in _jsonlines.rows(stream, arrays):
        if isinstance(row, Refused):
            yield row
        elif row.path == wanted:
            yield _flat(row.number, row.value)
        elif row.path != _jsonlines.ENVELOPE:
            yield Refused(
                Reason.BAD_ROW,
                Locator(stream.name, row.number),
                "the object does not stand in the list that the mapping names",
                "Check the key rows of the mapping file.",
                row.raw[:_RAW_KEPT],
            )


def _parquet(stream: Stream) -> Iterator[Header | TableRow | Refused]:
    number = 0
    try:
        with stream.open() as source:
            file = _seekable(source, stream.name)
            if isinstance(file, Refused):
                yield file
                return
            with pq.ParquetFile(file) as table:
                yield Header(tuple(column_name(name) for name in table.schema_arrow.names))
                for batch in table.iter_batches(batch_size=_BATCH):
                    for value in batch.to_pylist():
                        number += 1
                        yield _flat(number, value)
    except CarrierError as error:
        yield refuse(stream.name, error)
    except (pa.ArrowException, ValueError, OverflowError, OSError, NotImplementedError):
        yield Refused(
            Reason.BAD_ROW,
            Locator(stream.name, number + 1 if number else None),
            "the Parquet data is damaged, encrypted or of an unknown kind",
            "Write it again.",
            whole_file=True,
        )


def _seekable(source: IO[bytes], name: str) -> IO[bytes] | Refused:
    if source.seekable():
        return source
    kept = io.BytesIO()
    while block := source.read(1024 * 1024):
        kept.write(block)
        if kept.tell() > MAX_PARQUET:
            return Refused(
                Reason.TOO_LARGE,
                Locator(name),
                f"a Parquet file within an archive may have {MAX_PARQUET // (1024 * 1024)} MB",
                "Unpack the archive first.",
                whole_file=True,
            )
    kept.seek(0)
    return kept


def _flat(number: int, value: dict[str, Any]) -> TableRow:
    cells: Cells = {}
    inner: dict[str, list[Cells]] = {}
    _flatten(value, "", cells, inner)
    return TableRow(number, cells, inner)


def _flatten(value: dict[str, Any], prefix: str, cells: Cells, inner: dict[str, list[Cells]] | None) -> None:
    for key, item in value.items():
        name = prefix + column_name(str(key))
        items = item if isinstance(item, list) else [item]
        for one in itertools.chain.from_iterable(one if isinstance(one, list) else [one] for one in items):
            if isinstance(one, dict):
                if not isinstance(item, list):
                    _flatten(one, f"{name}.", cells, inner)
                elif inner is None:
                    _flatten(one, f"{name}[].", cells, None)
                else:
                    element: Cells = {}
                    _flatten(one, "", element, None)
                    inner.setdefault(name, []).append(element)
                continue
            text = _scalar(one)
            if text:
                cells.setdefault(name, []).append(text)


def _scalar(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        if value != value:  # noqa: PLR0124 - not a number
            return ""
        return str(int(value)) if value.is_integer() and abs(value) < 2**53 else f"{value:.17G}"
    if isinstance(value, datetime | date | time):
        return value.isoformat()
    if isinstance(value, bytes):
        return value.decode("utf-8", "replace")
    if isinstance(value, list):
        return clean(json.dumps(value, ensure_ascii=False, default=str))
    text = clean(str(value))
    return "" if text in _NULLS or text.isspace() else text


def head_of(stream: Stream) -> bytes:
    """The first bytes of a stream.

    Raises:
        CarrierError: They cannot be read.
    """
    with stream.open() as source:
        return source.read(HEAD_BYTES)
