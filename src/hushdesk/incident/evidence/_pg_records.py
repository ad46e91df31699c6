"""PostgreSQL's logs as entries: csvlog with fields over several lines, jsonlog, and text behind a prefix."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator, Mapping
from typing import Any, Final, NamedTuple

from hushdesk.incident._evidence import Account
from hushdesk.incident.errors import EvidenceError
from hushdesk.incident.evidence._dblog import CUT_OFF, chunks, json_object
from hushdesk.incident.evidence._source import LONGEST_LINE, Source

NOT_CSV: Final = "not a record of a csvlog"
COLUMNS: Final = "a record of a csvlog has 22, 23, 24 or 26 columns"
NO_PREFIX: Final = "does not begin as log_line_prefix says"
BAD_QUOTES: Final = "a quoted field does not end as it should"
RECORD: Final = re.compile(rb'\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(?:\.\d{1,6})? [^,\s"]{1,40},')
_FIELD: Final = re.compile(r'(?:"([^"]*(?:""[^"]*)*)"|([^",]*))(?:,|\Z)')
_NOT_WITHIN: Final = re.compile(rb'[^"]*(?:""[^"]*)*"(?![",]|$)')
"""A line that cannot go on within quotes: what looks like a record there has its own quotes doubled."""
_COUNTS: Final = frozenset({22, 23, 24, 26})
_CSV_LIMIT: Final = 100_000
PREFIXES: Final = (
    "%m [%p] %q%u@%d ",
    "%m [%p-%l] %q%u@%d ",
    "%t [%p-%l] %q%u@%d ",
    "%t [%p] %q%u@%d ",
    "%m [%p] ",
    "%t:%r:%u@%d:[%p]:",
    "%m:%r:%u@%d:[%p]:",
    "%t [%p]: [%l-1] user=%u,db=%d,app=%a,client=%h ",
    "%m [%p] %q%u@%d %r ",
    "%m [%p] %q%u@%d %h ",
    "%t ",
    "%m ",
)
"""Tried in this order where the user names none; the one that fits most lines of the beginning is taken."""
SEVERITIES: Final = "DEBUG[1-5]?|INFO|NOTICE|WARNING|ERROR|LOG|FATAL|PANIC|DETAIL|HINT|CONTEXT|STATEMENT|QUERY|LOCATION|BACKTRACE"


class Entry(NamedTuple):
    """One entry, by the names of jsonlog. What a format does not have is empty."""

    line: int
    twin: bool
    time: str
    zone: str
    user: str
    database: str
    pid: str
    client: str
    """``192.0.2.1:42304``, IPv6 without brackets; ``[local]``."""
    session: str
    session_line: str
    tag: str
    session_start: str
    severity: str
    sqlstate: str
    message: str
    context: str
    query: str
    application: str


def csv_entries(source: Source, account: Account) -> Iterator[Entry]:
    """Entries of a csvlog; refuses what is none."""
    for chunk in chunks(_csv_records(source, account)):
        for number, record, twin in chunk:
            fields = _split(record.decode(errors="replace"))
            if fields is None or len(fields) not in _COUNTS:
                account.refuse(number, BAD_QUOTES if fields is None else COLUMNS)
                continue
            time, _, zone = fields[0].rpartition(" ")
            start = fields[8].rpartition(" ")[0]
            yield Entry(
                number, twin, time, zone, fields[1], fields[2], fields[3], fields[4], fields[5], fields[6], fields[7],
                start, fields[11], fields[12], fields[13], fields[18], fields[19],
                fields[22] if len(fields) > 22 else "",
            )  # fmt: skip


def _csv_records(source: Source, account: Account) -> Iterator[tuple[int, bytes]]:
    """Whole records: lines are put together while a quote is open.

    A record that was cut off within a quote swallows what follows, up to where the quotes stop to make sense. Then its first
    line alone is refused, and reading goes on with the next line on which a record begins.
    """
    held: list[tuple[int, bytes]] = []
    size, opened, lost = 0, 0, False
    again: list[tuple[int, bytes]] = []
    lines = source.lines(account)
    while True:
        item = again.pop() if again else next(lines, None)
        if item is None:
            if not held:
                return
        else:
            number, line = item
            if not held:
                begins = RECORD.match(line) is not None
                if lost and not begins:
                    # The rest of a record that was refused.
                    continue
                lost = False
                if not begins:
                    account.refuse(number, NOT_CSV)
                    continue
            held.append(item)
            size += len(line) + 1
            early = opened and RECORD.match(line) and _NOT_WITHIN.match(line)
            opened ^= line.count(b'"') & 1
            if not early and opened and size <= LONGEST_LINE:
                continue
            opened |= bool(early)
        record = b"\n".join(line for _, line in held)
        whole = not opened and (len(held) == 1 or _whole(record))
        if whole:
            yield held[0][0], record
        else:
            account.refuse(held[0][0], CUT_OFF if item is None else BAD_QUOTES)
            again.extend(reversed(held[1:]))
            lost = True
        held, size, opened = [], 0, 0


def _whole(record: bytes) -> bool:
    fields = _split(record.decode(errors="replace"))
    return fields is not None and len(fields) in _COUNTS


def _split(record: str) -> list[str] | None:
    """The fields; None if a quote stands where none may."""
    if len(record) < _CSV_LIMIT:
        try:
            found = list(csv.reader([record], strict=True))
        except csv.Error:
            return None
        return found[0] if len(found) == 1 else None
    # Longer fields than the csv module takes without its limit being raised for everybody in the process.
    fields, at = [], 0
    while True:
        match = _FIELD.match(record, at)
        if match is None:
            return None
        fields.append(match[2] if match[1] is None else match[1].replace('""', '"'))
        at = match.end()
        if at >= len(record) and record[-1:] != ",":
            return fields
        if at >= len(record):
            return [*fields, ""]


def json_entries(source: Source, account: Account) -> Iterator[Entry]:
    """Entries of a jsonlog; refuses what is none."""
    for chunk in chunks(source.lines(account)):
        for number, line, twin in chunk:
            content = json_object(line)
            if isinstance(content, str):
                account.refuse(number, content)
                continue
            time, _, zone = _text(content, "timestamp").rpartition(" ")
            host, port = _text(content, "remote_host"), _text(content, "remote_port")
            yield Entry(
                number, twin, time, zone, _text(content, "user"), _text(content, "dbname"), _text(content, "pid"),
                joined(host, port), _text(content, "session_id"), _text(content, "line_num"),
                _text(content, "ps"), _text(content, "session_start").rpartition(" ")[0],
                _text(content, "error_severity"), _text(content, "state_code"), _text(content, "message"),
                _text(content, "context"), _text(content, "statement"), _text(content, "application_name"),
            )  # fmt: skip


def joined(host: str, port: str = "") -> str:
    """A client as one text: IPv6 in brackets, so that its end is no port."""
    host = f"[{host}]" if ":" in host else host
    return f"{host}:{port}" if port else host


def _text(content: Mapping[str, Any], key: str) -> str:
    value = content.get(key)
    return value if isinstance(value, str) else str(value) if isinstance(value, int) else ""


_PARTS: Final[Mapping[str, str]] = {
    "m": r"(?P<time>\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{1,6}) (?P<zone>[A-Za-z0-9+:-]{1,10})",
    "t": r"(?P<time>\d{4}-\d\d-\d\d \d\d:\d\d:\d\d) (?P<zone>[A-Za-z0-9+:-]{1,10})",
    "n": r"(?P<epoch>\d{9,11}\.\d{3})",
    "s": r"(?:\d{4}-\d\d-\d\d \d\d:\d\d:\d\d [A-Za-z0-9+:-]{1,10})?",
    "p": r"(?P<pid>\d{1,10})",
    "u": r"(?P<user>.{0,80}?)",
    "d": r"(?P<database>.{0,80}?)",
    "a": r"(?P<application>.{0,80}?)",
    "h": r"(?P<host>\[local\]|[0-9A-Za-z:.%_-]{0,255}?)",
    "r": r"(?P<remote>\[local\]|[0-9A-Za-z:.%_-]{1,255}\(\d{1,5}\))?",
    "c": r"(?P<session>[0-9a-f]{1,16}\.[0-9a-f]{1,8})?",
    "l": r"(?P<number>\d{1,10})",
    "e": r"(?P<sqlstate>[0-9A-Z]{5})",
    "i": r"(?P<tag>.{0,40}?)",
    "q": "",
    "%": "%",
}


def prefix_pattern(prefix: str) -> re.Pattern[str]:
    """A pattern for lines behind a ``log_line_prefix``.

    Raises:
        EvidenceError: It has no time.
    """
    pattern, optional, names = "", 0, set()
    for match in re.finditer(r"%-?\d*([a-zA-Z%])|(.)", prefix, re.DOTALL):
        if match[1] is None:
            pattern += re.escape(match[2])
            continue
        part = _PARTS.get(match[1], r".{0,40}?")
        if match[1] == "q":
            pattern += "(?:"
            optional += 1
        name = re.search(r"\?P<(\w+)>", part)
        if name and name[1] in names:
            part = re.sub(r"\?P<\w+>", "?:", part)
        names |= {name[1]} if name else set()
        pattern += part
    if not names & {"time", "epoch"}:
        raise EvidenceError(
            "the option prefix has no time.",
            remedy="Write the server's log_line_prefix, as in prefix='%m [%p] '.",
        )
    return re.compile(
        f"{pattern}{')?' * optional}(?P<severity>{SEVERITIES}):  ?(?P<message>.*)", re.DOTALL
    )  # fmt: skip


def text_patterns(start: bytes, prefix: str = "") -> list[re.Pattern[str]]:
    """Patterns for a text log, the likeliest by its beginning first; none if none fits there."""
    if prefix:
        return [prefix_pattern(prefix)]
    lines = [line.decode(errors="replace") for line in start[: 1 << 15].splitlines()[:100]]
    patterns = [prefix_pattern(each) for each in PREFIXES]
    fits = [sum(pattern.match(line[:2000]) is not None for line in lines) for pattern in patterns]
    if not any(fits):
        return []
    # A prefix can be changed within a file: the others are tried where the first does not fit.
    return [patterns[at] for at in sorted(range(len(patterns)), key=lambda at: -fits[at])]


def text_entries(source: Source, account: Account, prefix: str = "") -> Iterator[Entry]:
    """Entries of a text log. Lines that begin with white space go on with the one before."""
    patterns = text_patterns(source.head()[0], prefix)
    for chunk in chunks(_text_records(source, account)):
        for number, record, twin in chunk:
            text = record.decode(errors="replace")
            match = next((fit for pattern in patterns if (fit := pattern.match(text))), None)
            if match is None:
                account.refuse(number, NO_PREFIX)
                continue
            found = {key: value or "" for key, value in match.groupdict().items()}
            remote = found.get("remote", "")
            host, _, port = remote.removesuffix(")").partition("(")
            host = joined(host, port) if remote else joined(found.get("host", ""))
            yield Entry(
                number, twin, found.get("time") or found.get("epoch", ""), found.get("zone", ""),
                found.get("user", ""), found.get("database", ""), found.get("pid", ""), host,
                found.get("session", ""), found.get("number", "") if "session" in found else "",
                found.get("tag", ""), "", found["severity"], found.get("sqlstate", ""), found["message"], "", "",
                found.get("application", ""),
            )  # fmt: skip


def _text_records(source: Source, account: Account) -> Iterator[tuple[int, bytes]]:
    held: list[bytes] = []
    start = size = 0
    for number, line in source.lines(account):
        # The server puts a tab before the further lines of a message, so that nobody can write a line that is not his.
        if held and line[:1] in {b"\t", b" "}:
            size += len(line) + 1
            if size <= LONGEST_LINE:
                held.append(line)
            continue
        if held:
            yield start, b"\n".join(held)
        held, start, size = [line], number, len(line)
    if held:
        yield start, b"\n".join(held)
