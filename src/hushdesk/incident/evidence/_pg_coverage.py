"""When a PostgreSQL log would have shown a connection: runs of the server in which connections are seen to be logged."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

from hushdesk.guard import Place
from hushdesk.incident._evidence import Coverage, Gap, Sees
from hushdesk.incident._spans import Span, Spans
from hushdesk.incident.evidence._dblog import Recent, whole
from hushdesk.incident.evidence._pg_records import Entry

_LOGGED: Final = re.compile(r"(?:replication )?connection (?:received: host=|authorized: user=)")
_TELLING: Final = frozenset("scrpd")
"""First letters of the messages that tell something here."""
_ENDED: Final = re.compile(r"database system is shut down$")
_CHANGED: Final = re.compile(
    r'parameter "log_connections" (?:changed to "([^"]{0,80})"|removed from configuration file)'
)
_ON: Final = frozenset({"on", "true", "yes", "1", "t", "y", "all"})
_MOST_GAPS: Final = 1000
WHY: Final = (
    "connections are seen to be logged between the server's start or the first line, and the last line; a superuser can"
    " leave their own session out"
)
ASSERTED: Final = (
    "first to last line of each run of the server; that connections were logged is what the user says"
)
_LOST: Final = "the numbers of a session's lines jump: lines are missing"


@dataclass(slots=True)
class _Part:
    """A run of the server, or a part of it between two changes of the setting."""

    start: int | None = None
    end: int | None = None
    on: bool | None = None
    """As a change of the setting says; None where only the lines themselves can tell."""
    evidence: bool = False


@dataclass(slots=True)
class Runs:
    """Collects over one file."""

    of: str
    asserted: bool
    statements: bool
    _parts: list[_Part] = field(default_factory=lambda: [_Part()])
    _numbers: Recent[str, tuple[int, int]] = field(default_factory=lambda: Recent(50_000))
    _missing: dict[str, tuple[int, int, int, int]] = field(default_factory=dict)
    """By session: first and last number that is missing, and the span between the lines around them."""
    _many: bool = False

    def entry(self, entry: Entry, at: tuple[int, int]) -> None:
        """Look at one entry."""
        message, low, high = entry.message, *at
        part = self._parts[-1]
        if entry.session:
            self._number(entry, low, high)
        if entry.severity != "LOG" or message[:1] not in _TELLING:
            self._touch(part, low, high)
            return
        own = not entry.client and not entry.user
        if own and message.startswith("starting PostgreSQL "):
            self._parts.append(part := _Part())
        elif own and (changed := _CHANGED.match(message)):
            on = changed[1] is not None and _is_on(changed[1])
            if part.on is None and not part.evidence:
                part.on = not on
            self._touch(part, low, high)
            self._parts.append(part := _Part(on=on))
        elif _LOGGED.match(message):
            part.evidence = True
        self._touch(part, low, high)
        if own and _ENDED.match(message):
            self._parts.append(_Part())

    @staticmethod
    def _touch(part: _Part, low: int, high: int) -> None:
        # The inner ends of what a moment can be.
        part.start = high if part.start is None else min(part.start, high)
        part.end = low if part.end is None else max(part.end, low)

    def _number(self, entry: Entry, low: int, high: int) -> None:
        number = whole(entry.session_line)
        if number is None:
            return
        last = self._numbers[entry.session]
        if last is not None and number > last[0] + 1:
            if len(self._missing) < _MOST_GAPS:
                self._missing[entry.session] = (last[0] + 1, number - 1, last[1], high)
            else:
                self._many = True
        elif last is not None and number <= last[0] and entry.session in self._missing:
            first, end, since, until = self._missing[entry.session]
            # A line that came late closes the hole from one of its ends.
            if first == number:
                first += 1
            elif end == number:
                end -= 1
            if first > end:
                del self._missing[entry.session]
            else:
                self._missing[entry.session] = (first, end, since, until)
        if last is None or number > last[0]:
            self._numbers[entry.session] = (number, low)
        for _ in self._numbers.surplus():
            pass

    def pieces(self, place: Place, log: str) -> Iterator[Coverage | Gap]:
        """Coverage, and what is missing in it."""
        spans = Spans(
            Span(part.start, part.end + 1)
            for part in self._parts
            if part.start is not None
            and part.end is not None
            and (part.evidence or part.on or (self.asserted and part.on is None))
        )
        of = self.of or "*"
        sees = Sees.CONNECTIONS | Sees.DENIALS | (Sees.REQUESTS if self.statements else Sees.NOTHING)
        if spans:
            why = ASSERTED if self.asserted else WHY
            yield Coverage(log=log, of=of, spans=spans, sees=sees, why=why, place=place)
        else:
            every = Spans(
                Span(part.start, part.end + 1)
                for part in self._parts
                if part.start is not None and part.end is not None
            )
            if every:
                yield Coverage(
                    log=log,
                    of=of,
                    spans=every,
                    sees=Sees.NOTHING,
                    sampled=True,
                    why="nothing shows that connections were logged",
                    place=place,
                )
        if self._many and spans:
            yield Gap(log=log, of=of, spans=spans, why=_LOST, place=place)
        elif self._missing:
            lost = Spans(Span(since, until + 1) for _, _, since, until in self._missing.values())
            yield Gap(log=log, of=of, spans=lost, why=_LOST, place=place)


def _is_on(value: str) -> bool:
    words = {word.strip().lower() for word in value.split(",")}
    return bool(words & _ON) or {"receipt"} <= words
