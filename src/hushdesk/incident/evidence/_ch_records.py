"""Exports of ClickHouse's ``system.query_log`` as records: JSONEachRow, TSV and CSV with names, Parquet."""

from __future__ import annotations

import csv
import io
import ipaddress
import re
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any, Final

import pyarrow as pa
import pyarrow.parquet as pq

from hushdesk.incident._evidence import Account
from hushdesk.incident.evidence._dblog import chunks, json_objects
from hushdesk.incident.evidence._source import BROKEN, LONGEST_LINE, Source

COLUMNS: Final = (
    "type", "event_time", "event_time_microseconds", "query_start_time", "query_start_time_microseconds", "read_rows",
    "written_rows", "result_rows", "query", "query_kind", "tables", "columns", "exception_code", "is_initial_query",
    "user", "query_id", "initial_query_id", "initial_user", "address", "initial_address", "port", "initial_port", "interface",
    "http_user_agent", "client_name", "forwarded_for", "used_aggregate_functions", "used_table_functions", "hostname",
    "is_internal",
)  # fmt: skip
LISTS: Final = frozenset({"tables", "columns", "used_aggregate_functions", "used_table_functions"})
WRONG_WIDTH: Final = "another number of columns than the heading has"
NO_HEADING: Final = "the heading has no columns type and query_id or event_time"
BAD_QUOTES: Final = "a quoted field does not end as it should"
NOT_PARQUET: Final = "the Parquet file cannot be read"
TOO_LARGE: Final = "a packed Parquet file of more than 256 MB: unpack it first"
_MOST_PACKED: Final = 256 << 20
_CSV_LIMIT: Final = 100_000
_ESCAPES: Final = {
    "b": "\b",
    "f": "\f",
    "r": "\r",
    "n": "\n",
    "t": "\t",
    "0": "\0",
    "'": "'",
    "\\": "\\",
    "a": "\a",
    "v": "\v",
}
_ITEM: Final = re.compile(r"'((?:[^'\\]|\\.)*)'", re.DOTALL)

Record = tuple[int, Mapping[str, Any], bool]
"""Number, values by column, and whether it is a twin of an earlier one."""


def from_json(source: Source, account: Account) -> Iterator[Record]:
    """One object on each line."""
    for chunk in json_objects(source, account):
        yield from chunk


def from_tsv(source: Source, account: Account) -> Iterator[Record]:
    """Tab-separated with a heading; a second heading with types is left out."""
    names: list[str] = []
    keep: list[tuple[int, str]] = []
    for chunk in chunks(source.lines(account)):
        for number, line, twin in chunk:
            text = line.decode(errors="replace")
            fields = text.split("\t")
            if not names:
                names = [_unescaped(field) for field in fields]
                keep = [(at, name) for at, name in enumerate(names) if name in COLUMNS]
                if not _known(names):
                    account.refuse(number, NO_HEADING)
                    return
                continue
            if len(fields) != len(names):
                account.refuse(number, WRONG_WIDTH)
            elif not _types(fields, names):
                yield number, {name: _unescaped(fields[at]) for at, name in keep}, twin


def from_csv(source: Source, account: Account) -> Iterator[Record]:
    """Comma-separated with a heading; fields may go over several lines."""
    names: list[str] = []
    for chunk in chunks(_csv_records(source, account)):
        for number, record, twin in chunk:
            text = record.decode(errors="replace")
            fields = _split(text)
            if fields is None:
                account.refuse(number, BAD_QUOTES)
                continue
            if not names:
                names = fields
                if not _known(names):
                    account.refuse(number, NO_HEADING)
                    return
                continue
            if len(fields) != len(names):
                account.refuse(number, WRONG_WIDTH)
            elif not _types(fields, names):
                yield (
                    number,
                    {name: field for name, field in zip(names, fields, strict=True) if name in COLUMNS},
                    twin,
                )


def _csv_records(source: Source, account: Account) -> Iterator[tuple[int, bytes]]:
    """Lines put together while a quote is open. If the quotes make no sense, the first line is refused alone."""
    held: list[tuple[int, bytes]] = []
    again: list[tuple[int, bytes]] = []
    size = opened = 0
    lines = source.lines(account)
    while True:
        item = again.pop() if again else next(lines, None)
        if item is None and not held:
            return
        if item is not None:
            held.append(item)
            size += len(item[1]) + 1
            opened ^= item[1].count(b'"') & 1
            if opened and size <= LONGEST_LINE:
                continue
        record = b"\n".join(line for _, line in held)
        if not opened and (len(held) == 1 or _split(record.decode(errors="replace")) is not None):
            yield held[0][0], record
        else:
            account.refuse(held[0][0], BAD_QUOTES)
            again.extend(reversed(held[1:]))
        held, size, opened = [], 0, 0


def _split(record: str) -> list[str] | None:
    if any(len(part) >= _CSV_LIMIT for part in record.split('"')):
        return _split_long(record)
    try:
        found = list(csv.reader([record], strict=True))
    except csv.Error:
        return None
    return found[0] if len(found) == 1 else None


_FIELD: Final = re.compile(r'(?:"([^"]*(?:""[^"]*)*)"|([^",]*))(?:,|\Z)')


def _split_long(record: str) -> list[str] | None:
    # The csv module's limit holds for the whole process: it is left as it is.
    fields, at = [], 0
    while at < len(record):
        match = _FIELD.match(record, at)
        if match is None:
            return None
        fields.append(match[2] if match[1] is None else match[1].replace('""', '"'))
        at = match.end()
    return [*fields, ""] if record.endswith(",") else fields


def from_parquet(source: Source, account: Account) -> Iterator[Record]:
    """Parquet; records are numbered from 1."""
    try:
        if source.member or source.plain_name != source.path.name:
            with source.open() as packed:
                data = packed.read(_MOST_PACKED + 1)
            if len(data) > _MOST_PACKED:
                account.refuse(1, TOO_LARGE)
                return
            file = pq.ParquetFile(io.BytesIO(data))
        else:
            file = pq.ParquetFile(source.path)
        names = [name for name in file.schema_arrow.names if name in COLUMNS]
        if not _known(names):
            account.refuse(1, NO_HEADING)
            return
    except (*BROKEN, pa.ArrowException, ValueError):
        account.refuse(1, NOT_PARQUET)
        return
    number = 0
    try:
        for batch in file.iter_batches(8192, columns=names):
            lists = {name: _plain(batch.column(name)) for name in names}
            for at in range(batch.num_rows):
                number += 1
                yield number, {name: column[at] for name, column in lists.items()}, False
    except (*BROKEN, pa.ArrowException, ValueError):
        account.refuse(number + 1, NOT_PARQUET)


def _plain(column: Any) -> list[Any]:
    if pa.types.is_timestamp(column.type):
        unit = {"s": 1_000_000, "ms": 1_000, "us": 1}.get(column.type.unit)
        numbers = column.cast(pa.int64()).to_pylist()
        if unit is None:
            return [value if value is None else Moment(value // 1_000) for value in numbers]
        return [value if value is None else Moment(value * unit) for value in numbers]
    return [_value(value) for value in column.to_pylist()]


class Moment(int):
    """Microseconds since 1970: exact, unlike the texts of the other formats."""

    __slots__ = ()


def _value(value: Any) -> Any:
    if isinstance(value, bytes):
        # IPv6 addresses come as 16 bytes; all other texts may come as bytes.
        if len(value) == 16 and (value[:10] == bytes(10) or not value.isascii()):
            return str(ipaddress.IPv6Address(value))
        return value.decode(errors="replace")
    if isinstance(value, list):
        return [_value(each) for each in value]
    if isinstance(value, datetime):
        return value.isoformat()
    return value


def _known(names: list[str]) -> bool:
    return "type" in names and ("event_time" in names or "event_time_microseconds" in names)


def _types(fields: list[str], names: list[str]) -> bool:
    """Whether this is the second heading of ``…WithNamesAndTypes``."""
    return fields[names.index("type")].startswith(("Enum8(", "LowCardinality(", "String"))


def _unescaped(text: str) -> str:
    if "\\" not in text:
        return text
    return re.sub(r"\\(.)", lambda match: _ESCAPES.get(match[1], match[0]), text, flags=re.DOTALL)


def items(value: object) -> list[str] | None:
    """An array: a list, or its text ``['a','b']``. None if there is none."""
    if isinstance(value, list):
        return [each for each in value if isinstance(each, str)]
    if isinstance(value, str) and value.startswith("["):
        return [_unescaped(each) for each in _ITEM.findall(value[:100_000])]
    return None
