"""Formats of access logs as servers are told them: nginx ``log_format`` and Apache ``LogFormat``."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum
from typing import Final

from hushdesk.incident.evidence import _web_lines
from hushdesk.incident.evidence._web_lines import CUT, FIELDS, Takes


class Counts(Enum):
    """What the log's number of bytes means."""

    SENT = "sent"
    """What left: nginx ``$body_bytes_sent`` and ``$bytes_sent``, Apache ``%O``."""
    PLANNED = "planned"
    """The size of the answer, whether or not all of it left: Apache ``%b``."""
    UNPACKED = "unpacked"
    """The size of the answer after a compression was undone: Zeek."""
    EITHER = "either"
    """Nobody says which of the two."""


class Stamped(Enum):
    """Which moment of a request the log's time is."""

    END = "end"
    START = "start"


@dataclass(frozen=True, slots=True)
class Plan:
    """How one file is read."""

    takes: Takes
    counts: Counts
    stamped: Stamped | None
    unit: float = 1_000_000
    """Microseconds in one unit of the time a request took."""
    usual: bool = False
    """Whether most lines are in the common or combined format, which is read in bulk."""
    errors: bool = False
    """Whether this is an error log, which tells of some requests only."""


NAMED: Final = {
    "common": '%h %l %u %t "%r" %>s %b',
    "combined": '%h %l %u %t "%r" %>s %b "%{Referer}i" "%{User-Agent}i"',
    "vhost_common": '%v %h %l %u %t "%r" %>s %b',
    "vhost_combined": '%v:%p %h %l %u %t "%r" %>s %O "%{Referer}i" "%{User-Agent}i"',
    "combinedio": '%h %l %u %t "%r" %>s %b "%{Referer}i" "%{User-Agent}i" %I %O',
    "main": '$remote_addr - $remote_user [$time_local] "$request" $status $body_bytes_sent "$http_referer" '
    '"$http_user_agent" "$http_x_forwarded_for"',
    "jira": "%t %u %{thread}n %h %m %U%q %H %s %Dms %b %{Referer}i %{User-Agent}i",
}
"""Formats that have names."""

_CLF = r"(\d{1,2}/[A-Za-z]{3}/\d{4}:\d\d:\d\d:\d\d(?:[.,]\d+)?(?: [+-]\d{4})?)"
_NGINX: Final = {
    "remote_addr": "addr",
    "binary_remote_addr": "",
    "http_x_forwarded_for": "forwarded",
    "proxy_add_x_forwarded_for": "forwarded",
    "remote_user": "user",
    "time_local": "time",
    "time_iso8601": "time",
    "msec": "time",
    "request": "request",
    "request_method": "method",
    "request_uri": "uri",
    "uri": "uri",
    "document_uri": "uri",
    "status": "status",
    "body_bytes_sent": "bytes",
    "bytes_sent": "bytes",
    "http_user_agent": "agent",
    "host": "host",
    "http_host": "host",
    "server_name": "host",
    "remote_port": "peer_port",
    "request_time": "took",
    "connection": "session",
    "request_id": "session",
}
_NGINX_BETTER = {"time_iso8601": 1, "msec": 2, "bytes_sent": 1, "request_uri": 1, "host": 1, "request_id": 1}
_APACHE: Final = {
    "h": "addr",
    "a": "addr",
    "u": "user",
    "t": "time",
    "r": "request",
    "m": "method",
    "U": "uri",
    "q": "query",
    "s": "status",
    "b": "bytes",
    "B": "bytes",
    "O": "bytes",
    "S": "",
    "v": "host",
    "V": "host",
    "D": "took",
    "T": "took",
    "L": "session",
}
_STRFTIME = {
    **dict.fromkeys("dHMSmeIjWVUkl", r"[ \d]\d{0,2}"),
    "Y": r"\d{4}",
    "y": r"\d\d",
    "b": r"[A-Za-z]{3}",
    "B": r"[A-Za-z]+",
    "a": r"[A-Za-z]{3}",
    "T": r"\d\d:\d\d:\d\d",
    "R": r"\d\d:\d\d",
    "F": r"\d{4}-\d\d-\d\d",
    "D": r"\d\d/\d\d/\d\d",
    "z": r"[+-]\d{4}",
    "Z": r"[A-Za-z]+",
    "s": r"\d+",
    "p": r"[AP]M",
    "%": "%",
}
_DIRECTIVE = re.compile(r"%(?:!?\d{3}(?:,\d{3})*)?[<>]?(?:\{([^}]*)\})?(\^?[A-Za-z%]{1})")
_VARIABLE = re.compile(r"\$(?:\{(\w+)\}|(\w+))")
_QUOTED = re.compile(r"""'((?:[^'\\]|\\.)*)'|"((?:[^"\\]|\\.)*)\"""")
_JSON_ESCAPE = re.compile(r"\s*escape=(\w+)\s*")


@dataclass(slots=True)
class _Hole:
    """One variable in a format."""

    field: str
    """Of :data:`FIELDS`, ``method``, ``uri``, ``query``, or empty."""
    pattern: str = ""
    """What it looks like; empty: up to the literal that follows."""
    rank: int = 0
    """Of two that tell the same, the higher one is taken."""
    counts: Counts | None = None
    unit: float = 0
    stamped: Stamped | None = None
    glue: str = ""
    """Before it, where several make one time."""


def compiled(text: str) -> Plan | None:
    """The plan for a format in one of both languages; ``None`` if there is nothing in it that tells who asked when.

    ``text`` may also be the whole directive, or a name of :data:`NAMED`.
    """
    text = NAMED.get(text.strip(), text)
    text = _undirected(text)
    nginx = bool(_VARIABLE.search(text)) and not re.search(r"%[>{]?[a-zA-Z]", text)
    parts = list(_nginx(text) if nginx else _apache(text))
    holes = [part for part in parts if isinstance(part, _Hole)]
    if not {"addr", "time"} <= {hole.field for hole in holes}:
        return None
    pattern = re.compile(_pattern(parts), re.DOTALL)
    sizes = [hole for hole in holes if hole.field == "bytes"]
    best = max(sizes, key=lambda hole: hole.rank, default=None)
    took = next((hole for hole in holes if hole.field == "took"), None)
    stamped = next((hole.stamped for hole in holes if hole.stamped), None)
    return Plan(
        _taker(pattern, holes),
        (best.counts or Counts.EITHER) if best else Counts.EITHER,
        Stamped.END if nginx else stamped or Stamped.START,
        unit=took.unit if took and took.unit else 1_000_000,
    )


def _undirected(text: str) -> str:
    """Without ``log_format name``, ``LogFormat`` and quotes around it all."""
    text = text.strip()
    found = re.match(r"(?i)log_?format\b", text)
    if not found:
        return text
    body = text[found.end() :].rstrip(";")
    if body[:1].isspace() and text.lower().startswith("log_format"):
        pieces = ["".join(each) for each in _QUOTED.findall(body)]
        return "".join(pieces) or body.strip().partition(" ")[2]
    first = _QUOTED.search(body)
    if not first:
        return body.strip()
    return re.sub(r"\\(.)", r"\1", first[1] if first[1] is not None else first[2])


def _nginx(text: str) -> Iterator[str | _Hole]:
    at = 0
    for found in _VARIABLE.finditer(text):
        yield text[at : found.start()]
        at = found.end()
        name = found[1] or found[2]
        field = _NGINX.get(name, "")
        yield _Hole(
            field,
            _CLF if name == "time_local" else "",
            rank=_NGINX_BETTER.get(name, 0),
            counts=Counts.SENT if field == "bytes" else None,
            unit=1_000_000 if field == "took" else 0,
        )
    yield text[at:]


def _apache(text: str) -> Iterator[str | _Hole]:
    at = 0
    text = text.replace('\\"', '"').replace("\\t", "\t")
    for found in _DIRECTIVE.finditer(text):
        yield text[at : found.start()]
        at = found.end()
        inner, letter = found[1] or "", found[2]
        if letter == "%":
            yield "%"
        elif letter == "t":
            yield from _apache_time(inner)
        elif letter == "i":
            name = inner.lower()
            yield _Hole({"user-agent": "agent", "x-forwarded-for": "forwarded", "host": "host"}.get(name, ""))
        elif letter == "p":
            yield _Hole("peer_port" if inner == "remote" else "")
        elif letter == "T":
            yield _Hole("took", unit={"ms": 1000, "us": 1}.get(inner, 1_000_000))
        elif letter == "D":
            # In Apache microseconds; where "ms" follows it is Tomcat's, and milliseconds.
            yield _Hole("took", unit=1000 if text.startswith("ms", at) else 1)
        elif letter in "bBO":
            # %O counts what the network took; it wins over the planned size.
            yield _Hole(
                "bytes",
                r"(\d+|-)",
                rank=1 if letter == "O" else 0,
                counts=Counts.SENT if letter == "O" else Counts.PLANNED,
            )
        elif letter in {"h", "a"}:
            yield _Hole("addr", rank=0 if inner == "c" else 1)
        else:
            yield _Hole(_APACHE.get(letter, ""))
    yield text[at:]


def _apache_time(inner: str) -> Iterator[str | _Hole]:
    stamped = Stamped.END if inner.startswith("end:") else Stamped.START
    inner = inner.removeprefix("begin:").removeprefix("end:")
    if not inner:
        yield "["
        yield _Hole("time", _CLF, stamped=stamped)
        yield "]"
    elif inner in {"sec", "msec", "usec"}:
        yield _Hole("time", r"(\d+)", stamped=stamped)
    elif inner in {"msec_frac", "usec_frac"}:
        yield _Hole("time", r"(\d+)", stamped=stamped, glue=".")
    else:
        shape = re.sub(
            r"%(.)|([^%])",
            lambda found: _STRFTIME.get(found[1], r"\S+") if found[1] else re.escape(found[2]),
            inner,
        )
        yield _Hole("time", f"({shape})", stamped=stamped)


def _pattern(parts: list[str | _Hole]) -> str:
    joined: list[str | _Hole] = []
    for part in parts:
        if part == "":
            continue
        if isinstance(part, str) and joined and isinstance(joined[-1], str):
            joined[-1] += part
        else:
            joined.append(part)
    out = []
    for number, part in enumerate(joined):
        if isinstance(part, str):
            out.append(re.escape(part))
            continue
        before = joined[number - 1] if number else ""
        after = joined[number + 1] if number + 1 < len(joined) else ""
        if part.pattern:
            out.append(part.pattern)
        elif (
            isinstance(before, str)
            and before.endswith('"')
            and isinstance(after, str)
            and after.startswith('"')
        ):
            out.append(r'((?:[^"\\]|\\.)*)')
        elif isinstance(after, str) and after:
            # A user's name may hold spaces; up to the whole literal that follows, not its first character.
            loose = part.field in {"user", "request", "agent"}
            out.append(r"(.*?)" if loose else rf"([^{re.escape(after[0])}]*)")
        elif isinstance(after, _Hole):
            out.append(r"([^\s?]*)" if after.field == "query" else r"(\S*?)")
        else:
            out.append(r"(.*)")
    return "".join(out)


def _taker(pattern: re.Pattern[str], holes: list[_Hole]) -> Takes:
    order = {}
    for field in (*FIELDS, "method", "uri", "query"):
        places = [number for number, hole in enumerate(holes, 1) if hole.field == field]
        order[field] = sorted(places, key=lambda number: -holes[number - 1].rank)

    # Several fields without an end between them are tried in all their lengths, which takes too long for a long line.
    longest = 4096 if sum(hole.field in {"user", "request", "agent"} for hole in holes) > 1 else 1 << 24

    def takes(text: str) -> tuple[str, ...] | str:
        found = pattern.fullmatch(text) if len(text) <= longest or '"' in text else None
        if not found:
            return CUT
        said = {field: found[places[0]] or "" for field, places in order.items() if places}
        if len(order["time"]) > 1 and not any(holes[at - 1].rank for at in order["time"]):
            said["time"] = "".join(holes[at - 1].glue + found[at] for at in sorted(order["time"]))
        if not said.get("request") and said.get("method"):
            said["request"] = f"{said['method']} {said.get('uri', '')}{said.get('query', '')}"
        if said.get("host") == "-":
            said["host"] = ""
        return tuple(said.get(field, "") for field in FIELDS)

    return takes


USUAL: Final = Plan(_web_lines.one, Counts.EITHER, None, usual=True)
"""The common and combined formats, of nobody knows which server."""
