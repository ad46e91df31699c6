"""Syslog files in which several programs write: logins over SSH and its elders, packets, HAProxy's entries.

A file of syslog is read once and each message by whoever knows it: the rows of packets are flows, all others are requests.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from hushdesk.incident._bound import Bound
from hushdesk.incident._evidence import Account, Piece, Sees, Wanted
from hushdesk.incident._parser import Head
from hushdesk.incident.evidence._envelope import read_envelope
from hushdesk.incident.evidence._logins import login
from hushdesk.incident.evidence._packets import KERNEL
from hushdesk.incident.evidence._request_rows import wanted_time
from hushdesk.incident.evidence._source import Source
from hushdesk.incident.evidence._syslog_read import Message, Walk
from hushdesk.incident.evidence.haproxy import Proxied
from hushdesk.incident.evidence.nftables import Nftables, Packets

_NO_BYTES = "syslog counts no bytes"
_NO_ROWS = "syslog does not tell what was read"


class Syslog:
    """RFC 3164 and 5424, rsyslog's dialects, ChromeOS, journald's JSON."""

    name = "syslog"
    title = "Syslog (logins over SSH, packets, HAProxy)"
    options: Mapping[str, str] = {
        **{name: Nftables.options[name] for name in ("verdicts", "zone", "year")},
        "covers": "whose logins it tells of, as the store is called in the incident",
    }

    def claims(self, head: Head) -> int:
        """By the share of envelopes among the first lines; parsers of one program's lines are surer of theirs."""
        hits = lines = 0
        for raw in head.start.split(b"\n")[:100]:
            text = raw.decode(errors="replace").rstrip()
            if not text or text[0] in " \t":
                continue
            lines += 1
            hits += read_envelope(text) is not None
        return 0 if not hits else 70 if hits * 2 >= lines else 30

    def read(self, source: Source, wanted: Wanted, account: Account) -> Iterator[Piece]:
        """Requests and flows, and the coverage of logins."""
        walk = Walk(source, account)
        packets, proxied = Packets(walk, wanted), Proxied(walk, wanted)

        def take(message: Message) -> str:
            tag = message.envelope.tag
            if tag == "haproxy":
                return proxied.take(message)
            if tag in KERNEL and "IN=" in message.envelope.message:
                return packets.take(message)
            return _login(walk, message, wanted)

        yield from walk.each(take)
        host = min(walk.hosts) if len(walk.hosts) == 1 else source.plain_name
        of = source.options.get("covers") or f"logins at {host}"
        yield from walk.seen(self.name, of, Sees.REQUESTS | Sees.DENIALS, "first to last line")


def _login(walk: Walk, message: Message, wanted: Wanted) -> str:
    envelope = message.envelope
    found = login(envelope.tag, envelope.message)
    if found is None:
        return "other"
    turned_away = found.act in {"denied", "failed"}
    kept = False
    for time in message.times:
        end = time.at + time.step
        if not wanted_time(wanted, time.at, end):
            continue
        kept = True
        walk.requests.add(
            line=message.line,
            start=time.at,
            end=end,
            outside=found.host,
            outside_port=found.port,
            server=envelope.host,
            act=found.act,
            user=found.user,
            target=envelope.tag.partition("(")[0],
            asked=found.asked + (f" repeated={found.times}" if found.times > 1 else ""),
            sent=Bound.unknown("; ".join(filter(None, (_NO_BYTES, message.doubt)))),
            rows=Bound(0, 0) if turned_away or found.act == "ended" else Bound.unknown(_NO_ROWS),
            session=envelope.pid,
        )
    return "kept" if kept else "other"
