"""Logs of Zeek as texts: TSV with its own headings, JSON with flat, nested or renamed names."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final

import polars as pl

from hushdesk.incident._evidence import Account
from hushdesk.incident.evidence._source import Source
from hushdesk.incident.evidence._web_json import read_object
from hushdesk.incident.evidence._web_lines import series

BLOCK: Final = 16 << 20
UNEVEN: Final = "not as many fields as its heading says, or cut off"
HEADLESS: Final = "no heading before it says what its fields are"
NO_JSON: Final = "not a JSON object, or cut off"

NAMES: Final[dict[str, tuple[str, ...]]] = {
    "ts": ("ts", "@timestamp", "timestamp", "time", "start_time", "event.start"),
    "uid": ("uid", "event.id", "session_id", "flow_id"),
    "orig_h": (
        "id.orig_h",
        "id_orig_h",
        "orig_h",
        "src_ip",
        "source.ip",
        "source.address",
        "src",
        "source_ip",
    ),
    "orig_p": ("id.orig_p", "id_orig_p", "orig_p", "src_port", "source.port", "source_port"),
    "resp_h": (
        "id.resp_h",
        "id_resp_h",
        "resp_h",
        "dst_ip",
        "dest_ip",
        "destination.ip",
        "dst",
        "destination_ip",
    ),
    "resp_p": (
        "id.resp_p",
        "id_resp_p",
        "resp_p",
        "dst_port",
        "dest_port",
        "destination.port",
        "destination_port",
    ),
    "proto": ("proto", "network.transport", "protocol", "transport"),
    "duration": ("duration", "event.duration"),
    "orig_bytes": ("orig_bytes", "zeek.connection.orig_bytes", "id.orig_bytes"),
    "resp_bytes": ("resp_bytes", "zeek.connection.resp_bytes", "id.resp_bytes"),
    "conn_state": ("conn_state", "zeek.connection.state"),
    "local_orig": ("local_orig", "zeek.connection.local_orig"),
    "local_resp": ("local_resp", "zeek.connection.local_resp"),
    "missed": ("missed_bytes", "zeek.connection.missed_bytes"),
    "history": ("history", "zeek.connection.history"),
    "orig_pkts": ("orig_pkts", "source.packets"),
    "orig_ip": ("orig_ip_bytes", "source.bytes"),
    "resp_pkts": ("resp_pkts", "destination.packets"),
    "resp_ip": ("resp_ip_bytes", "destination.bytes"),
    "ip_proto": ("ip_proto", "network.iana_number"),
    "sensor": ("_system_name", "@system", "_node", "_node_name", "node", "peer", "sensor", "observer.name"),
}
"""What we call a field of conn.log, and what it may be called there, the surest name first."""


@dataclass(slots=True)
class Heading:
    """The lines that begin with ``#``."""

    separator: str = "\t"
    unset: str = "-"
    empty: str = "(empty)"
    path: str = ""
    fields: list[str] = field(default_factory=list)
    types: list[str] = field(default_factory=list)

    def take(self, line: str) -> None:
        """One line of it."""
        if line.startswith("#separator"):
            said = line[len("#separator") :].strip(" ")
            self.separator = (
                re.sub(r"\\x([0-9A-Fa-f]{2})", lambda found: chr(int(found[1], 16)), said) or "\t"
            )
            return
        name, _, rest = line.partition(self.separator)
        if name == "#fields":
            self.fields, self.types = rest.split(self.separator), []
        elif name == "#types":
            self.types = rest.split(self.separator)
        elif name == "#unset_field":
            self.unset = rest
        elif name == "#empty_field":
            self.empty = rest
        elif name == "#path":
            self.path = rest

    def columns(self, names: dict[str, tuple[str, ...]]) -> dict[str, int]:
        """Where each of our fields stands."""
        lowered = [each.lower() for each in self.fields]
        found = {
            ours: place for ours, theirs in names.items() if (place := _place(lowered, theirs)) is not None
        }
        if "orig_h" in names and not {"orig_h", "resp_h"} <= found.keys():
            # Whatever they are called: the first address, with the port after it, is the originator's.
            places = [at for at, kind in enumerate(self.types) if kind == "addr"]
            if len(places) >= 2:
                for place, host, port in ((places[0], "orig_h", "orig_p"), (places[1], "resp_h", "resp_p")):
                    found.setdefault(host, place)
                    if self.types[place + 1 : place + 2] == ["port"]:
                        found.setdefault(port, place + 1)
        return found


def _place(fields: Sequence[str], names: tuple[str, ...]) -> int | None:
    return next((fields.index(name) for name in names if name in fields), None)


def heading_of(start: bytes) -> Heading | None:
    """The heading at the beginning of a file; ``None`` if there is none."""
    heading = Heading()
    for raw in start.split(b"\n")[:200]:
        line = raw.rstrip(b"\r").decode(errors="replace")
        if line.startswith("#"):
            heading.take(line)
            if heading.fields and heading.types:
                break
        elif line and heading.fields:
            break
        elif line and not _bare_heading(heading, line):
            return None
    return heading if heading.fields else None


def _bare_heading(heading: Heading, line: str) -> bool:
    """A heading that lost its ``#fields`` on the way through a tool."""
    fields = line.split(heading.separator)
    if "ts" in fields and any(name in fields for name in ("uid", "peer", "id.orig_h")):
        heading.fields = fields
        return True
    return False


def json_object(start: bytes) -> dict[str, object] | None:
    """The first object of a log in JSON."""
    line = start.lstrip().split(b"\n", 1)[0]
    return read_object(line.decode(errors="replace")) if line.startswith(b"{") else None


@dataclass(frozen=True, slots=True)
class Piece:
    """Some lines of a log."""

    frame: pl.DataFrame
    """Column ``line``, and each of the names asked for, as texts; null where unset."""
    refused: list[tuple[int, str]]
    hashes: pl.Series
    """One number for each row, equal for equal lines."""


def pieces(source: Source, account: Account, names: dict[str, tuple[str, ...]]) -> Iterator[Piece]:
    """A log's lines, with the wanted fields."""
    heading = Heading()
    json = False
    for first, block in source.blocks(account, BLOCK):
        lines = series(block)
        frame = pl.DataFrame({"text": lines}).with_row_index("row").filter(pl.col("text") != "")
        if not frame.height:
            continue
        json = json or (not heading.fields and frame["text"][0].lstrip("\0 ").startswith("{"))
        if json:
            yield _objects(frame, first, names)
            continue
        marks = frame.filter(pl.col("text").str.starts_with("#"))
        at = 0
        for row, text in marks.iter_rows():
            part = frame.filter((pl.col("row") >= at) & (pl.col("row") < row))
            if part.height:
                yield _table(part, first, heading, names)
            heading.take(text)
            at = row + 1
        part = frame.filter(pl.col("row") >= at) if at else frame
        whole = block if not at and part.height == len(lines) and b"\r" not in block else None
        if part.height and not heading.fields and _bare_heading(heading, part["text"][0]):
            part, whole = part.slice(1), None
        if part.height:
            yield _table(part, first, heading, names, whole)


_TYPES: Final = {
    **dict.fromkeys(("ts", "duration"), pl.Float64),
    **dict.fromkeys(
        ("orig_p", "resp_p", "orig_bytes", "resp_bytes", "missed", "orig_pkts", "orig_ip"), pl.Int64
    ),
    **dict.fromkeys(("resp_pkts", "resp_ip"), pl.Int64),
}


def _column(column: pl.Expr, heading: Heading, text: bool) -> pl.Expr:
    return column.replace(heading.empty, "") if text else column


def _read(data: bytes, heading: Heading, columns: dict[str, int], places: list[int]) -> pl.DataFrame:
    """The columns of lines that all have as many fields as the heading says."""
    said: list[type[pl.DataType]] = [pl.String] * len(heading.fields)
    if "resp_bytes" in columns:
        for name, at in columns.items():
            said[at] = _TYPES.get(name, pl.String)
    for types in (said, [pl.String] * len(heading.fields)):
        try:
            return pl.read_csv(
                data,
                separator=heading.separator,
                has_header=False,
                quote_char=None,
                infer_schema=False,
                columns=places,
                null_values=[heading.unset],
                schema_overrides=types,
            )
        except pl.exceptions.ComputeError:
            # A number that is none stands somewhere: as texts they are looked at one by one.
            continue
    return pl.DataFrame(schema={f"column_{at}": pl.String for at in places})


def _table(
    part: pl.DataFrame,
    first: int,
    heading: Heading,
    names: dict[str, tuple[str, ...]],
    block: bytes | None = None,
) -> Piece:
    if not heading.fields:
        return _none(part, first, names, HEADLESS)
    wide = len(heading.fields) - 1
    # Zero bytes before a line are what a crash or a rotation by copying leaves.
    even = part["text"].str.count_matches(heading.separator, literal=True) == wide
    even &= ~part["text"].str.contains("\0", literal=True)
    good = part.filter(even)
    refused = [(first + row, UNEVEN) for row in part.filter(~even)["row"]]
    columns = heading.columns(names)
    texts = good["text"]
    places = sorted(set(columns.values()))
    if good.height and places:
        # Copying lines together costs as much as reading them: a block without anything odd is read where it lies.
        data = block if block is not None and not refused else texts.str.join("\n")[0].encode()
        read = _read(data, heading, dict(columns.items()), places)
        by_place = dict(zip(places, read.columns, strict=True))
        empty = heading.empty.encode() in data
        frame = read.select(
            _column(
                pl.col(by_place[columns[name]]),
                heading,
                empty and read.schema[by_place[columns[name]]] == pl.String,
            ).alias(name)
            if name in columns
            else pl.lit(None, dtype=pl.String).alias(name)
            for name in names
        )
    else:
        frame = pl.DataFrame(schema=dict.fromkeys(names, pl.String))
        good = good.clear()
    frame = frame.with_columns((good["row"].cast(pl.Int64) + first).alias("line"))
    return Piece(frame, refused, good["text"].hash())


def _objects(part: pl.DataFrame, first: int, names: dict[str, tuple[str, ...]]) -> Piece:
    rows, refused, kept = [], [], []
    for row, text in part.iter_rows():
        found = None if "\0" in text else read_object(text)
        if found is None:
            refused.append((first + row, NO_JSON))
            continue
        kept.append(row)
        rows.append((first + row, *(_text(found, theirs) for theirs in names.values())))
    schema = {"line": pl.Int64, **dict.fromkeys(names, pl.String)}
    hashes = part.filter(pl.col("row").is_in(kept))["text"].hash()
    return Piece(pl.DataFrame(rows, schema=schema, orient="row"), refused, hashes)


def _text(found: dict[str, object], names: tuple[str, ...]) -> str | None:
    for name in names:
        value = found.get(name)
        if value is None:
            continue
        if isinstance(value, bool):
            return "T" if value else "F"
        if isinstance(value, float):
            return f"{value:.6f}" if abs(value) < 1e15 else None
        return str(value)
    return None


def _none(part: pl.DataFrame, first: int, names: dict[str, tuple[str, ...]], reason: str) -> Piece:
    frame = pl.DataFrame(schema={"line": pl.Int64, **dict.fromkeys(names, pl.String)})
    return Piece(frame, [(first + row, reason) for row in part["row"]], pl.Series(dtype=pl.UInt64))
