"""Lines of access logs of web servers, taken apart into their fields as they are written."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from typing import Final

import numpy as np
import polars as pl
import pyarrow as pa

FIELDS: Final = (
    "addr",
    "user",
    "time",
    "request",
    "status",
    "bytes",
    "agent",
    "forwarded",
    "host",
    "peer_port",
    "took",
    "session",
)
"""Fields of one line as written; empty where the format has none."""
SCHEMA: Final = {"line": pl.Int64, **dict.fromkeys(FIELDS, pl.String)}

_Q = r'"((?:[^"\\]|\\.)*)"'
_TAIL = r"(?: (?:" + _Q.replace("((", "(?:(") + r'|[^\s"]+))*'
# What may hold spaces has an end: a hostile line must not be tried at each of its letters against the rest of it.
_FRONT = r"(\S+) (\S+) (.{0,256}?) \[([^\]]{1,64})\] "
_VHOST = r"(\S+) "
_BACK = r" (\d{3}|-|0) (\d+|-)"
_NAMED = r"(?: " + _Q + " " + _Q + r"(?: " + _Q + r")?)?"
_STRICT = tuple(re.compile(host + _FRONT + _Q + _BACK + _NAMED + _TAIL) for host in ("()", _VHOST))
# Some servers write quotes within a request as they come.
_LOOSE = tuple(
    re.compile(host + _FRONT + r'"(.*)"' + _BACK + r"(?: " + _Q + " " + _Q + r")?") for host in ("()", _VHOST)
)
_PLAIN_ADDRESS = re.compile(r"\d{1,3}(?:\.\d{1,3}){3}|[0-9A-Fa-f:]*:[0-9A-Fa-f:]*:[0-9A-Fa-f:.]*")
_END = re.compile(r'" \d{3} (?:\d+|-)(?= |\Z)')
_ADDRESSES = re.compile(r"[0-9A-Fa-f.:,\[\] ]+|-")

CUT: Final = "not in this format, or cut off"
QUOTES: Final = "quotes within, so that its fields cannot be told apart"


def series(block: bytes) -> pl.Series:
    """The lines of a block, without their ends; what is no UTF-8 in them is replaced."""
    try:
        block.decode()
    except UnicodeDecodeError:
        block = block.decode(errors="replace").encode()
    data = np.frombuffer(block, dtype=np.uint8)
    ends = np.flatnonzero(data == 10).astype(np.int64) + 1
    if not len(ends) or ends[-1] != len(data):
        ends = np.append(ends, len(data))
    offsets = np.concatenate(([0], ends)).astype(np.int64)
    array = pa.LargeStringArray.from_buffers(len(ends), pa.py_buffer(offsets), pa.py_buffer(block))
    found = pl.from_arrow(array)
    assert isinstance(found, pl.Series)  # noqa: S101 - an array of strings is a series
    return found.str.strip_chars_end("\r\n")


def usual(lines: pl.Series, first: int) -> tuple[pl.DataFrame, pl.Series]:
    """Fields of the lines that look as most do, and for each line whether it was one of these.

    That is the common and combined formats with nothing escaped in them. All others go through :func:`one`.
    """
    frame = pl.DataFrame({"text": lines}).with_row_index("row")
    parts = frame.lazy().select(
        "row",
        (
            pl.col("text").str.contains("\\", literal=True) | pl.col("text").str.contains("\0", literal=True)
        ).alias("escaped"),
        pl.col("text").str.splitn('"', 10).alias("part"),
    )
    parts = parts.unnest("part").with_columns(
        pl.col("field_0").str.count_matches(" ", literal=True).alias("spaces"),
        pl.col("field_0")
        .str.splitn(" ", 6)
        .struct.rename_fields(["a0", "a1", "a2", "a3", "a4", "a5"])
        .alias("front"),
        pl.col("field_2").str.splitn(" ", 4).struct.rename_fields(["b0", "b1", "b2", "b3"]).alias("back"),
    )
    split = parts.unnest("front", "back").collect()
    quoted = (
        (pl.col("field_4") == " ")
        & pl.col("field_5").is_not_null()
        & ((pl.col("field_6") == "") | ((pl.col("field_6") == " ") & (pl.col("field_8") == "")))
        & (pl.col("b3") == "")
    )
    good = (
        ~pl.col("escaped")
        & (pl.col("spaces") == 5)
        & (pl.col("a5") == "")
        & pl.col("a3").str.starts_with("[")
        & pl.col("a4").str.ends_with("]")
        & (pl.col("b0") == "")
        & (pl.col("b1").str.len_bytes() == 3)
        & pl.col("b1").str.contains(r"^\d{3}$")
        & pl.col("b2").str.contains(r"^(?:\d+|-)$")
        & ((pl.col("b3").is_null() & pl.col("field_3").is_null()) | quoted)
    ).fill_null(value=False)
    split = split.with_columns(good.alias("good"))
    mask = split["good"]
    nothing = pl.lit("")
    fields = split.filter("good").select(
        (pl.col("row").cast(pl.Int64) + first).alias("line"),
        addr="a0",
        user="a2",
        time=pl.concat_str(pl.col("a3").str.slice(1), pl.col("a4").str.strip_chars_end("]"), separator=" "),
        request="field_1",
        status="b1",
        bytes="b2",
        agent=pl.col("field_5").fill_null(""),
        forwarded=pl.col("field_7").fill_null(""),
        host=nothing,
        peer_port=nothing,
        took=nothing,
        session=nothing,
    )
    return fields, mask


def one(text: str) -> tuple[str, ...] | str:
    """The fields of one line in the common or combined format, with virtual host or without; or why it has none."""
    hosted = _hosted(text)
    found = _STRICT[hosted].fullmatch(text)
    if found:
        host, addr, _, user, time, request, status, size, _, named, forwarded = found.groups()
        forwarded = forwarded if forwarded and _ADDRESSES.fullmatch(forwarded) else ""
    else:
        ends = len(_END.findall(text))
        if ends > 1:
            return QUOTES
        found = _LOOSE[hosted].fullmatch(text) if ends else None
        if not found:
            return CUT
        host, addr, _, user, time, request, status, size, _, named = found.groups()
        forwarded = ""
    return (addr, user, time, request, status, size, named or "", forwarded, host or "", "", "", "")


def _hosted(text: str) -> bool:
    """Whether a virtual host stands before the client; a user's name, two fields on, may hold spaces."""
    words = text[:600].split("[", 1)[0].split(" ", 4)
    if len(words) < 5 or not words[3]:
        return False
    return _PLAIN_ADDRESS.fullmatch(words[1]) is not None or _PLAIN_ADDRESS.fullmatch(words[0]) is None


def frame_of(rows: Iterable[tuple[int, Sequence[str]]]) -> pl.DataFrame:
    """Fields gathered line by line, as a frame."""
    return pl.DataFrame([(line, *fields) for line, fields in rows], schema=SCHEMA, orient="row")


Takes = Callable[[str], "tuple[str, ...] | str"]
"""Takes one line apart: its :data:`FIELDS`, or in fixed words why it cannot."""
