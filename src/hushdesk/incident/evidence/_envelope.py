"""The envelope of syslog: RFC 3164 and 5424, the dialects of rsyslog, ChromeOS, macOS, and journald's JSON.

Other logs travel in it; :func:`unwrapped` hands their message on.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import tzinfo
from typing import Final

from hushdesk.incident._evidence import Account
from hushdesk.incident._spans import DAY, when
from hushdesk.incident.evidence._source import Source
from hushdesk.incident.evidence._stamps import MONTHS, Stamp, iso_stamp, stamp

NO_STAMP: Final = "no time of syslog at its start"
NO_DAY: Final = "its time is none"
_MONTH = "Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec"
_OLD = re.compile(
    rf"({_MONTH}) {{1,2}}(\d{{1,2}}) (?:(\d{{4}}) )?(\d\d):(\d\d):(\d\d)(?:\.(\d{{1,9}}))?"
    r"(?: (\d{4})(?= ))?(?::(?= )| |$)"
)
_NEW = re.compile(r"(\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(?:[.,]\d{1,9})?(?:Z|[+-]\d\d:?\d\d)?)(?:[ \t]+|$)")
_RFC5424 = re.compile(
    r"(\d{1,2}) (-|\d{4}-\d\d-\d\dT\S+) (\S{1,255}) (\S{1,48}) (\S{1,128}) (\S{1,32}) ?(.*)", re.DOTALL
)
_PRIORITY = re.compile(r"(?:\d{1,5} (?=<))?<(\d{1,3})>")
_TAG = r"([^\s:\[\]<>]{1,128}?(?:\([^\s()]{0,64}\))?)(?:\[([^\[\]\s]{0,32})\])?(?: <\w+>)?:(?: |$)(.*)"
_HOSTED = re.compile(r"(\S{1,255}) +" + _TAG, re.DOTALL)
_BARE = re.compile(_TAG, re.DOTALL)
_LEVEL = re.compile(r"(EMERG|ALERT|CRIT|ERR|ERROR|WARNING|WARN|NOTICE|INFO|DEBUG) +")
_NEXT = re.compile(rf"(?=<\d{{1,3}}>(?:1 \d{{4}}-|\d{{4}}-\d\d-\d\dT|(?:{_MONTH}) [ \d]\d ))")
_SD = re.compile(r'(?:-|(?:\[(?:[^\]"\\]|"(?:[^"\\]|\\.)*"|\\.)*\])+)(?: |$)')


@dataclass(frozen=True, slots=True)
class Envelope:
    """One message of syslog."""

    message: str
    tag: str = ""
    """Program that wrote it, without its number."""
    pid: str = ""
    host: str = ""
    time: Stamp | None = None
    """``None`` where the year is missing: :class:`Years` knows it."""
    day: tuple[int, int, int, int, int] | None = None
    """Month, day, hour, minute, second."""
    fraction: str = ""
    priority: int | None = None


def read_envelope(text: str, zone: tzinfo | None = None) -> Envelope | None:
    """The envelope of one line; ``None`` if it has none."""
    if text.startswith("{"):
        return _journal(text)
    priority = None
    if found := _PRIORITY.match(text):
        priority, text = int(found[1]), text[found.end() :]
        if modern := _RFC5424.fullmatch(text):
            return _modern(modern, priority, zone)
    if found := _NEW.match(text):
        time = iso_stamp(found[1], zone)
        if time is None:
            return None
        rest = text[found.end() :]
        if level := _LEVEL.match(rest):
            # ChromeOS writes a level in place of the host.
            tag, pid, message = _tagged(_BARE, rest[level.end() :])
            return Envelope(message, tag, pid, "", time, priority=priority)
        host, tag, pid, message = _hosted(rest)
        return Envelope(message, tag, pid, host, time, priority=priority)
    if found := _OLD.match(text):
        host, tag, pid, message = _hosted(text[found.end() :])
        day = (MONTHS[found[1].lower()], int(found[2]), int(found[4]), int(found[5]), int(found[6]))
        time = None
        if year := found[3] or found[8]:
            time = stamp((int(year), *day), found[7], zone, zoned=False)
            if time is None:
                return None
        return Envelope(message, tag, pid, host, time, None if time else day, found[7] or "", priority)
    return None


def _modern(found: re.Match[str], priority: int, zone: tzinfo | None) -> Envelope | None:
    _, said, host, app, pid, _, rest = found.groups()
    time = iso_stamp(said, zone)
    if time is None:
        return None
    data = _SD.match(rest)
    message = rest[data.end() :] if data else rest
    none = {"-": ""}
    return Envelope(
        message.lstrip("\ufeff").lstrip(),
        none.get(app, app),
        none.get(pid, pid),
        none.get(host, host),
        time,
        priority=priority,
    )


def _hosted(rest: str) -> tuple[str, str, str, str]:
    if found := _HOSTED.fullmatch(rest):
        return found[1], found[2], found[3] or "", found[4]
    if found := _BARE.fullmatch(rest):
        return "", found[1], found[2] or "", found[3]
    host, space, message = rest.partition(" ")
    return (host, "", "", message) if space and not host.startswith(("-", "[")) else ("", "", "", rest)


def _tagged(pattern: re.Pattern[str], rest: str) -> tuple[str, str, str]:
    found = pattern.fullmatch(rest)
    return (found[1], found[2] or "", found[3]) if found else ("", "", rest)


def _journal(text: str) -> Envelope | None:
    """A record of ``journalctl -o json``."""
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        return None
    if not isinstance(found, dict) or "MESSAGE" not in found:
        return None
    message = found["MESSAGE"]
    if isinstance(message, list):
        # Bytes that are no UTF-8 are written as numbers.
        message = bytes(each for each in message if isinstance(each, int) and 0 <= each < 256).decode(
            errors="replace"
        )
    at = str(found.get("_SOURCE_REALTIME_TIMESTAMP") or found.get("__REALTIME_TIMESTAMP") or "")
    if not isinstance(message, str) or not at.isascii() or not at.isdigit() or len(at) > 18:
        return None
    tag = found.get("SYSLOG_IDENTIFIER") or found.get("_COMM") or ""
    pid = found.get("_PID") or found.get("SYSLOG_PID") or ""
    return Envelope(message, str(tag), str(pid), str(found.get("_HOSTNAME") or ""), Stamp(int(at), 1))


def unwrapped(text: str) -> str | None:
    """The message in the envelope; ``None`` if there is none."""
    found = read_envelope(text)
    return found.message.strip() if found and found.message.strip() else None


def several(text: str) -> list[str]:
    """Messages with priorities that a relay wrote one after another without an end of line."""
    return [each for each in _NEXT.split(text) if each]


class Years:
    """Which year each line is of, where the log does not write it.

    The file's date says the year of its last line; from there back, a year ends where December is followed by January. If
    the file was last written to long after its last line, it was copied, and its date says only that the log is not later:
    then there are two readings, and neither proves that something did not happen.
    """

    def __init__(self, source: Source, zone: tzinfo | None) -> None:
        self._zone = zone
        self._month = 0
        self._past = 0
        self.needed = False
        self.doubtful = False
        last, years, leaps = self._look(source)
        self._base = 1970
        if last is None:
            return
        self.needed = True
        said = source.options.get("year", "")
        if said.isascii() and said.isdigit() and len(said) == 4 and said > "0000":
            self._base = int(said)
            return
        written = source.written
        year = when(written).year
        for _ in range(9):
            time = stamp((year, *last), None, self._zone, zoned=False)
            # A clock's zone may lie up to a day ahead of ours.
            fits = time is not None and time.at <= written + DAY
            if fits and all(_leap(year - years + leap) for leap in leaps):
                break
            year -= 1
        time = stamp((year, *last), None, self._zone, zoned=False)
        self.doubtful = time is None or not written - 2 * DAY <= time.at <= written + DAY
        self._base = year - years

    def _look(self, source: Source) -> tuple[tuple[int, int, int, int, int] | None, int, set[int]]:
        """Time of the last line, years from first to last, and in which of them there is a 29 February."""
        last, leaps = None, set()
        for _, line in source.lines(Account(), 1 << 16):
            found = _OLD.match(
                re.sub(_PRIORITY, "", line[:80].decode(errors="replace").lstrip("\0"), count=1)
            )
            if not found or found[3] or found[8]:
                continue
            last = (MONTHS[found[1].lower()], int(found[2]), int(found[4]), int(found[5]), int(found[6]))
            self._turn(last[0])
            if last[:2] == (2, 29):
                leaps.add(self._past)
        years, self._past, self._month = self._past, 0, 0
        return last, years, leaps

    def _turn(self, month: int) -> None:
        if self._month and month - self._month < -6:
            self._past += 1
        elif self._month and month - self._month > 6:
            # Lines about the turn of the year that are out of order.
            self._past -= 1
        self._month = month

    def readings(self, envelope: Envelope) -> list[Stamp]:
        """The time of a message: one, two if the year is doubtful, none if there is no such day. To be asked in order."""
        if envelope.time is not None:
            return [envelope.time]
        if envelope.day is None:
            return []
        self._turn(envelope.day[0])
        year = self._base + self._past
        times = [
            stamp((each, *envelope.day), envelope.fraction, self._zone, zoned=self._zone is not None)
            for each in ((year, year - 1) if self.doubtful else (year,))
            if 0 < each < 10000
        ]
        return [time for time in times if time is not None]


def _leap(year: int) -> bool:
    return year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)


TWO_YEARS: Final = "the log writes no year and the file's date does not tell it: this is one of two readings"


@dataclass(frozen=True, slots=True)
class Unread:
    """A line without envelope."""

    text: str
    reason: str


def messages(
    source: Source, account: Account, zone: tzinfo | None
) -> Iterator[tuple[int, Envelope | Unread | None]]:
    """Number and envelope of each message of a file; ``None`` stands for a line that goes on with the one before."""
    framed = False
    for number, line in source.lines(account):
        text = line.decode(errors="replace").lstrip("\0")
        framed |= text.startswith("<")
        if text[:1] in {" ", "\t"}:
            yield number, None
            continue
        for each in several(text) if framed else (text,):
            yield number, read_envelope(each, zone) or Unread(each, NO_STAMP)
