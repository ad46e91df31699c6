"""What parsers of logs that travel in syslog do alike: go through the messages, keep the account, know how far one sees."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import tzinfo

from hushdesk.incident._evidence import Account, Piece, Sees
from hushdesk.incident.evidence._envelope import NO_DAY, TWO_YEARS, Envelope, Unread, Years, messages
from hushdesk.incident.evidence._packets import LOST
from hushdesk.incident.evidence._request_rows import Flows, Requests
from hushdesk.incident.evidence._source import Source
from hushdesk.incident.evidence._stamps import Stamp, zone_of
from hushdesk.incident.evidence._track import Track

UNZONED = (
    "the log names no zone and none was given: its times were read as UTC, so its silence proves nothing"
)


@dataclass(frozen=True, slots=True)
class Message:
    """One message with its time."""

    line: int
    envelope: Envelope
    times: list[Stamp]
    """Its readings."""
    doubt: str
    """Why there are two."""


@dataclass(slots=True)
class Walk:
    """Goes through one file."""

    source: Source
    account: Account
    track: Track = field(default_factory=Track)
    flows: Flows = field(default_factory=Flows)
    requests: Requests = field(default_factory=Requests)
    hosts: set[str] = field(default_factory=set)
    unzoned: bool = False
    doubtful: bool = False

    @property
    def zone(self) -> tzinfo | None:
        """Of times that name none."""
        return zone_of(self.source.options.get("zone", ""))

    def each(
        self,
        take: Callable[[Message], str],
        bare: Callable[[str, tzinfo | None], Envelope | None] | None = None,
        dated: Callable[[str, tzinfo | None], Stamp | None] | None = None,
    ) -> Iterator[Piece]:
        """All messages, handed to ``take``.

        Args:
            take: Makes rows of one and says ``kept``, ``other``, ``duplicate``, or in other words why it is refused.
            bare: Makes an envelope for a line that has none, if it can.
            dated: Finds the time within a message whose envelope writes no year, if it stands there.
        """
        years: Years | None = None
        for line, found in messages(self.source, self.account, self.zone):
            if found is None:
                self._count("other", line)
                continue
            envelope = (bare(found.text, self.zone) if bare else None) if isinstance(found, Unread) else found
            if envelope is None:
                self._count(found.reason if isinstance(found, Unread) else NO_DAY, line)
                continue
            inner = dated(envelope.message, self.zone) if dated and envelope.time is None else None
            if inner is None and envelope.time is None and years is None:
                years = Years(self.source, self.zone)
                self.doubtful = years.doubtful
            times = (
                [inner] if inner else years.readings(envelope) if years else [envelope.time or Stamp(0, 1)]
            )
            if not times:
                self._count(NO_DAY, line)
                continue
            self.unzoned |= not times[0].zoned and self.zone is None
            if envelope.host and len(self.hosts) < 1000:
                self.hosts.add(envelope.host)
            said = envelope.message
            if ("uppress" in said or "lost" in said or "drop" in said) and LOST.search(said):
                self.track.blind()
            became = take(Message(line, envelope, times, TWO_YEARS if len(times) > 1 else ""))
            self._count(became, line)
            if became in {"kept", "other", "duplicate"}:
                self.track.see(times[0].at, times[0].at + times[0].step)
            yield from self.flows.full()
            yield from self.requests.full()
        yield from self.flows.rest()
        yield from self.requests.rest()

    def _count(self, said: str, line: int) -> None:
        if said not in {"kept", "other", "duplicate"}:
            self.account.refuse(line, said)
            self.track.blind()
            return
        self.account.records += 1
        setattr(self.account, said, getattr(self.account, said) + 1)

    def seen(self, name: str, of: str, sees: Sees, why: str) -> Iterator[Piece]:
        """How far the file saw; a doubtful year or zone proves that nothing happened at no time at all."""
        if self.doubtful:
            sees, why = Sees.NOTHING, TWO_YEARS
        elif self.unzoned:
            sees, why = Sees.NOTHING, UNZONED
        yield from self.track.pieces(name, of, sees, why)
