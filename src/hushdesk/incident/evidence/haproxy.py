"""HAProxy's logs: what was asked through it, or that a connection went through it, and how many bytes it sent back.

``bytes_read`` is what went to the client, headers included; with ``+`` before it (``option logasap``) the line was written
before the end, and the number is only a lower bound.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import tzinfo

from hushdesk.incident._evidence import Account, Piece, Sees, Wanted
from hushdesk.incident._parser import Head
from hushdesk.incident.evidence._envelope import Envelope, read_envelope
from hushdesk.incident.evidence._haproxy_lines import NO_TIME, Entry, accepted, entry, put
from hushdesk.incident.evidence._source import Source
from hushdesk.incident.evidence._stamps import Stamp, clf
from hushdesk.incident.evidence._syslog_read import Message, Walk


class Proxied:
    """Takes HAProxy's entries out of messages."""

    def __init__(self, walk: Walk, wanted: Wanted) -> None:
        self._walk, self._wanted = walk, wanted

    def take(self, message: Message) -> str:
        """What becomes of one message."""
        found = entry(message.envelope.message)
        if not isinstance(found, Entry):
            return found or "other"
        time = accepted(found, message.times[0], self._walk.zone)
        if time is None:
            return NO_TIME
        self._walk.unzoned |= not time.zoned and self._walk.zone is None
        return put(self._walk.requests, found, time, message.line, self._wanted)


class HaProxy:
    """httplog, httpslog and tcplog, with the prefix of syslog or without."""

    name = "haproxy"
    title = "HAProxy log"
    options: Mapping[str, str] = {
        "zone": "zone of times that name none: +02:00, Europe/Paris",
        "year": "year of the first line, if syslog's prefix writes none",
        "covers": "what stands behind the proxy, as the store is called in the incident; * if nothing gets in beside it",
    }

    def claims(self, head: Head) -> int:
        """By the first lines."""
        hits = lines = 0
        for raw in head.start.split(b"\n")[:100]:
            text = raw.decode(errors="replace").strip()
            if not text:
                continue
            lines += 1
            envelope = read_envelope(text)
            found = entry(envelope.message if envelope else text)
            hits += isinstance(found, Entry) and bool(found.state)
        return 0 if not hits else 92 if hits * 2 >= lines else 45

    def read(self, source: Source, wanted: Wanted, account: Account) -> Iterator[Piece]:
        """Requests, and one coverage."""
        walk = Walk(source, account)
        yield from walk.each(Proxied(walk, wanted).take, bare, _date)
        sees = Sees.CONNECTIONS | Sees.DENIALS | Sees.BYTES | Sees.REQUESTS
        yield from walk.seen(
            self.name, source.options.get("covers") or source.plain_name, sees, "first to last line"
        )


def bare(text: str, zone: tzinfo | None) -> Envelope | None:
    """An envelope for a line that came without one: its own date stands for the time."""
    found = entry(text)
    if not isinstance(found, Entry) or not found.date:
        return None
    time = clf(found.date, zone)
    return Envelope(text, time=time) if time else None


def _date(message: str, zone: tzinfo | None) -> Stamp | None:
    found = entry(message)
    return clf(found.date, zone) if isinstance(found, Entry) and found.date else None
