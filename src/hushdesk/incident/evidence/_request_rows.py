"""Rows of requests, gathered one by one by parsers that read line by line."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, Final

import pyarrow as pa

from hushdesk.incident._bound import Bound
from hushdesk.incident._evidence import FLOWS, REQUESTS, Wanted
from hushdesk.incident._spans import ALWAYS

BATCH: Final = 50_000
_LEAST, _MOST = -(1 << 61), 1 << 61
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ufeff\ud800-\udfff]")
_MAIL = re.compile(r"[^\s@<>()\[\]\"',;]+@[^\s@<>()\[\]\"',;]+")
MOST_COUNT: Final = (1 << 63) - 1


def clean(text: str, longest: int = 256) -> str:
    """Text from a log for people: nothing that steers a terminal or turns text around, and not too much of it."""
    text = text[: longest * 2]
    return (_CONTROL.sub("�", text) if not text.isprintable() else text)[:longest]


def agent(text: str) -> str:
    """What a client calls itself, without e-mail addresses."""
    if text == "-":
        return ""
    return clean(_MAIL.sub("{e-mail}", text) if "@" in text else text)


def count(text: str) -> int | None:
    """A number of bytes or rows; ``None`` if it is none, or one that cannot be."""
    if not text.isascii() or not text.isdigit() or len(text) > 19:
        return None
    number = int(text)
    return number if number <= MOST_COUNT else None


def wanted_time(wanted: Wanted, start: int, end: int) -> bool:
    """Whether something that lasted from one moment to before another is asked for."""
    if wanted.spans is ALWAYS:
        return True
    end = max(end, start + 1)
    return any(span.start < end and start < span.end for span in wanted.spans)


class _Gathered:
    _schema: pa.Schema

    def __init__(self) -> None:
        self._columns: dict[str, list[Any]] = {name: [] for name in self._schema.names}

    def __len__(self) -> int:
        return len(self._columns["line"])

    def full(self) -> Iterator[pa.RecordBatch]:
        """What was gathered, once it is enough for a batch."""
        if len(self) >= BATCH:
            yield from self.rest()

    def rest(self) -> Iterator[pa.RecordBatch]:
        """What was gathered since."""
        if len(self):
            columns, self._columns = self._columns, {name: [] for name in self._schema.names}
            yield pa.RecordBatch.from_pydict(columns, schema=self._schema)

    def _put(self, row: dict[str, Any]) -> None:
        for name, values in self._columns.items():
            values.append(row[name])


class Requests(_Gathered):
    """Rows of :data:`~hushdesk.incident.REQUESTS`."""

    _schema = REQUESTS

    def add(
        self,
        *,
        line: int,
        start: int,
        end: int,
        outside: str,
        act: str,
        sent: Bound,
        rows: Bound,
        outside_port: int | None = None,
        server: str = "",
        user: str = "",
        target: str = "",
        asked: str = "",
        status: int | None = None,
        session: str = "",
        agent: str = "",
    ) -> None:
        """One row; times in microseconds since 1970."""
        reasons = dict.fromkeys(filter(None, (sent.why, rows.why)))
        self._put(
            {
                "start": _within(start),
                "end": _within(max(end, start)),
                "outside": outside,
                "outside_port": outside_port
                if outside_port is not None and 0 <= outside_port < 65536
                else None,
                "server": clean(server),
                "act": act,
                "user": clean(user),
                "target": clean(target, 1024),
                "asked": asked,
                "status": status,
                "bytes_lower": sent.lower,
                "bytes_upper": sent.upper,
                "rows_lower": rows.lower,
                "rows_upper": rows.upper,
                "why": "; ".join(reasons),
                "session": clean(session),
                "agent": agent,
                "line": line,
            }
        )


class Flows(_Gathered):
    """Rows of :data:`~hushdesk.incident.FLOWS`."""

    _schema = FLOWS

    def add(
        self,
        *,
        line: int,
        start: int,
        end: int,
        outside: str,
        inside: str,
        port: int,
        protocol: str,
        verdict: str,
        sent: Bound,
        received: Bound,
        sent_packets: int | None = None,
        connections: int | None = 1,
        sampled: bool = False,
        seen_by: str = "",
    ) -> None:
        """One row; times in microseconds since 1970."""
        reasons = dict.fromkeys(filter(None, (sent.why, received.why)))
        self._put(
            {
                "start": _within(start),
                "end": _within(max(end, start)),
                "outside": outside,
                "inside": inside,
                "port": port,
                "protocol": protocol,
                "verdict": verdict,
                "sent_lower": sent.lower,
                "sent_upper": sent.upper,
                "received_lower": received.lower,
                "received_upper": received.upper,
                "sent_packets": sent_packets,
                "connections": connections,
                "records": 1,
                "sampled": sampled,
                "why": "; ".join(reasons),
                "seen_by": clean(seen_by),
                "line": line,
            }
        )


def _within(at: int) -> int:
    return min(max(at, _LEAST), _MOST)


def microseconds(text: str, unit: float) -> int | None:
    """A length of time written as a decimal number of units of so many microseconds."""
    try:
        found = float(text)
        return round(found * unit) if 0 <= found < 1e12 else None
    except ValueError:
        return None
