"""CSV, JSON lines, JSON arrays and Parquet, by a mapping of columns to fields.

Without a mapping the suggester is asked; its guess is taken only where it is beyond doubt, and a
file that leaves doubt is refused whole, with the command that writes a mapping to edit.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from typing import ClassVar

from hushdesk.cases import Case, Locator, Reason, Refused, Supporting
from hushdesk.readers._dates import day_order
from hushdesk.readers._errors import CarrierError
from hushdesk.readers._interface import NOT_MINE, Confidence, Options, Reader, Sniffed, Stream
from hushdesk.readers._mapping import Mapping
from hushdesk.readers._open import refuse
from hushdesk.readers._spill import Spill
from hushdesk.readers._suggest import SAMPLE, looks_like_header, suggest_for
from hushdesk.readers._table_case import Builder, Fault
from hushdesk.readers._table_rows import Header, TableRow, column_name, head_of, part_of, table_rows

SUGGEST_COMMAND = "hushdesk mapping"
"""The command that writes a suggested mapping; named in the remedy of refused files."""

_PARTS = ("csv", "jsonl", "parquet")
_MAP_IT = "Write a mapping file for a person to check with `{command} {file}`, then load with --mapping."
_Rows = Iterator[Header | TableRow | Refused]


class TabularReader(Reader):
    """Reads any table whose columns are mapped to the fields of a case."""

    name: ClassVar[str] = "tabular"

    def sniff(self, head: bytes, name: str) -> Sniffed:
        """Know a table by its carrier alone; every reader that knows the product goes first."""
        del name
        part = part_of(head)
        if not part:
            return NOT_MINE
        return Sniffed(Confidence.LIKELY if part == "parquet" else Confidence.CARRIER, part)

    def read(
        self, streams: Sequence[tuple[str, Stream]], options: Options
    ) -> Iterator[Case | Refused | Supporting]:
        """Yield the cases of one table after the other; rows to be grouped come at the end."""
        with Spill() as spill, Spill() as groups:
            load = _Load(options, spill, groups)
            for part, stream in streams:
                try:
                    kind = part if part in _PARTS else part_of(head_of(stream))
                except CarrierError as error:
                    yield refuse(stream.name, error)
                    continue
                yield from load.table(kind or "csv", stream)
            yield from load.grouped()


_MOST_COLUMNS = 10_000
"""The widest real exports have some hundred."""


class _Load:
    """What one load remembers across its tables."""

    def __init__(self, options: Options, marks: Spill, groups: Spill) -> None:
        self._options = options
        mapping = options.mapping
        self._mapping = mapping if mapping is not None and (mapping.columns or mapping.group_by) else None
        self._marks = marks
        self._groups = groups
        self._builders: list[Builder] = []
        self._grouped_rows = 0

    def table(self, part: str, stream: Stream) -> Iterator[Case | Refused | Supporting]:
        """Yield the cases of one stream, or keep its rows for :meth:`grouped`."""
        header, sample, rows, refused = _begin(part, stream, self._mapping)
        yield from refused
        if not sample and (header is None or any(one.whole_file for one in refused)):
            if not refused:
                yield Refused(Reason.EMPTY, Locator(stream.name), "the table has no rows", whole_file=True)
            return
        widest = max((len(row.cells) for row in sample if isinstance(row, TableRow)), default=0)
        if max(widest, len(header.names) if header is not None else 0) > _MOST_COLUMNS:
            problem = f"the table has more than {_MOST_COLUMNS:,} columns"
            yield Refused(
                Reason.TOO_LARGE, Locator(stream.name), problem, "Export those that matter.", whole_file=True
            )
            return
        mapping = self._mapping
        if mapping is not None:
            problem = _misfit(mapping, header)
        else:
            suggestion = suggest_for(header, sample)
            mapping = suggestion.mapping
            problem = suggestion.problem
            if not problem and suggestion.group_by:
                problem = "several rows share one id, and only a mapping can say what they make together"
            elif not problem and not suggestion.certain:
                problem = (
                    suggestion.doubt
                    or "its columns do not say beyond doubt which holds the id and which a text"
                )
        if problem:
            # Only names from the mapping stand in the problem: those of the file may be data.
            remedy = _MAP_IT.format(command=SUGGEST_COMMAND, file=stream.name)
            yield Refused(Reason.NO_MAPPING, Locator(stream.name), problem, remedy, whole_file=True)
            return
        builder = Builder(mapping, self._options, mapping.source or part)
        builder.orders = {
            column: day_order(value for row in sample for value in _values(row, column))
            for column in builder.time_columns
        }
        self._builders.append(builder)
        place = len(self._builders) - 1
        for found in itertools.chain(sample, rows):
            if isinstance(found, TableRow):
                yield from self._row(found, builder, place, header, stream.name)
            elif isinstance(found, Refused):
                yield found
        if not mapping.group_by:
            yield from _assumed(builder)

    def _row(
        self, row: TableRow, builder: Builder, place: int, header: Header | None, name: str
    ) -> Iterator[Case | Refused]:
        if header is not None and not header.sure and _repeats_header(row, header):
            yield _refused(row, name, Fault(Reason.BAD_ROW, "", "the row repeats the header"))
            return
        case_id = builder.id_of(row)
        fault = case_id if isinstance(case_id, Fault) else builder.check(row)
        if isinstance(case_id, Fault) or fault is not None:
            yield _refused(row, name, fault or Fault(Reason.BAD_ROW, "", "the row has no id"))
            return
        if builder.mapping.group_by:
            self._grouped_rows += 1
            self._groups.add(f"{builder.source}\0{case_id}", place.to_bytes(4, "big") + row.packed())
            return
        case = builder.build(case_id, [row])
        # A later version of a case updates it; the same version, or one that cannot be told, does not.
        version = case.updated_at.isoformat() if case.updated_at else ""
        first = self._marks.mark(f"{builder.source}\0{case_id}")
        if not first and not (version and self._marks.mark(f"{builder.source}\0{case_id}\0{version}")):
            yield _refused(
                row,
                name,
                Fault(
                    Reason.DUPLICATE_ID,
                    builder.id_columns[0],
                    "an earlier row has the same id",
                    "Map a column to updated_at if later rows are newer versions, or use group_by if they belong together.",
                ),
            )
            return
        if first and version:
            self._marks.mark(f"{builder.source}\0{case_id}\0{version}")
        yield case

    def grouped(self) -> Iterator[Case | Supporting]:
        """Yield the cases made of several rows, in the order of their first rows."""
        cases = 0
        for packed in self._groups.untaken():
            builder = self._builders[int.from_bytes(packed[0][:4], "big")]
            rows = [TableRow.unpacked(data[4:]) for data in packed]
            case_id = builder.id_of(rows[0])
            assert isinstance(case_id, str)  # noqa: S101 - rows without an id were refused
            cases += 1
            yield builder.build(case_id, rows)
        if self._grouped_rows:
            yield Supporting("rows", self._grouped_rows, cases)
        for builder in self._builders:
            if builder.mapping.group_by:
                yield from _assumed(builder)


def _begin(
    part: str, stream: Stream, mapping: Mapping | None
) -> tuple[Header | None, list[TableRow], _Rows, list[Refused]]:
    """Read as many rows as are looked at before the first is believed."""
    rows: _Rows = table_rows(stream, part, mapping)
    header: Header | None = None
    sample: list[TableRow] = []
    refused: list[Refused] = []
    for found in rows:
        if isinstance(found, Header):
            header = found
        elif isinstance(found, Refused):
            refused.append(found)
        else:
            sample.append(found)
        if len(sample) + len(refused) >= SAMPLE:
            break
    return header, sample, rows, refused


def _misfit(mapping: Mapping, header: Header | None) -> str:
    """Say why a mapping does not fit a table; empty if it does."""
    if header is None:
        return ""
    names = set(header.names)
    wanted = [
        column_name(column)
        for column in (*mapping.columns, *mapping.group_by)
        if "[]." not in column and "." not in column
    ]
    missing = [column for column in dict.fromkeys(wanted) if column not in names]
    if not missing:
        return ""
    if not header.sure and not looks_like_header(header.names):
        return "the first row looks like data and not like column names; if it is, say header = false in the mapping"
    return f"the mapping names columns that are not in the header: {', '.join(missing)}"


def _values(row: TableRow, column: str) -> list[str]:
    path, inside, key = column.rpartition("[].")
    if not inside:
        return row.cells.get(column, [])
    return [value for element in row.inner.get(path, []) for value in element.get(key, [])]


def _repeats_header(row: TableRow, header: Header) -> bool:
    return (
        bool(row.cells)
        and all(value.strip() == name for name, values in row.cells.items() for value in values)
        and len(row.cells) >= len(set(header.names)) - 1
    )


def _refused(row: TableRow, name: str, fault: Fault) -> Refused:
    return Refused(
        fault.reason, Locator(name, row.number, fault.column), fault.problem, fault.remedy, raw=row.raw()
    )


def _assumed(builder: Builder) -> Iterator[Supporting]:
    if builder.zone_assumed:
        yield Supporting("times.zone_assumed", builder.zone_assumed, 0)
        builder.zone_assumed = 0
