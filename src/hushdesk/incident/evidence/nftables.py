"""What nftables and iptables log of packets, in syslog or in journald's JSON.

A logged packet is an attempt. Whether it was let in stands nowhere but in the prefix that the rule's author chose, so it is
unknown unless the user says what the prefixes mean; so is how much went, always.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from hushdesk.incident._evidence import Account, Piece, Sees, Wanted
from hushdesk.incident._parser import Head
from hushdesk.incident.evidence._envelope import read_envelope
from hushdesk.incident.evidence._packets import KERNEL, Packet, packet, put, verdicts_of
from hushdesk.incident.evidence._source import Source
from hushdesk.incident.evidence._syslog_read import Message, Walk

_REMEMBERED = 500_000
_FLAGS = {"connections": Sees.CONNECTIONS, "denials": Sees.DENIALS}


class Packets:
    """Takes the packets out of messages."""

    def __init__(self, walk: Walk, wanted: Wanted) -> None:
        self._walk, self._wanted = walk, wanted
        self._verdicts = verdicts_of(walk.source.options.get("verdicts", ""))
        self._seen: set[int] = set()

    def take(self, message: Message) -> str:
        """What becomes of one message."""
        envelope = message.envelope
        if envelope.tag not in KERNEL:
            return "other"
        found = packet(envelope.message)
        if not isinstance(found, Packet):
            return found or "other"
        if found.ident not in {"", "0"}:
            # A packet has its number once; two equal lines are one packet, written twice.
            mark = hash((envelope.message, message.times[0].at))
            if mark in self._seen:
                return "duplicate"
            if len(self._seen) >= _REMEMBERED:
                self._seen.clear()
            self._seen.add(mark)
        kept = put(
            self._walk.flows,
            found,
            message.times,
            message.line,
            self._wanted,
            self._verdicts,
            envelope.host or "nftables",
            message.doubt,
        )
        return "kept" if kept else "other"


class Nftables:
    """Kernel log lines of rules with ``log``: ``IN= OUT= SRC= DST= PROTO= SPT= DPT=``."""

    name = "nftables"
    title = "nftables or iptables log"
    options: Mapping[str, str] = {
        "verdicts": "what prefixes of rules mean: drop-in=denied, new=accepted",
        "sees": "what the rules log of all there is: connections, denials; without it their silence proves nothing",
        "covers": "what the firewall stands before, as the store is called in the incident",
        "zone": "zone of times that name none: +02:00, Europe/Paris",
        "year": "year of the first line, if the log writes none",
    }

    def claims(self, head: Head) -> int:
        """By the share of packets among the first lines."""
        hits = lines = 0
        for raw in head.start.split(b"\n")[:200]:
            text = raw.decode(errors="replace").strip()
            if not text:
                continue
            lines += 1
            envelope = read_envelope(text)
            hits += bool(envelope and envelope.tag in KERNEL and isinstance(packet(envelope.message), Packet))
        return 0 if not hits else 88 if hits * 2 >= lines else 40

    def read(self, source: Source, wanted: Wanted, account: Account) -> Iterator[Piece]:
        """Flows of one packet each, and the coverage that the user vouches for."""
        walk = Walk(source, account)
        yield from walk.each(Packets(walk, wanted).take)
        sees = Sees.NOTHING
        for each in source.options.get("sees", "").split(","):
            sees |= _FLAGS.get(each.strip(), Sees.NOTHING)
        why = "first to last line" if sees else "nobody said which packets the rules log"
        of = source.options.get("covers") or (min(walk.hosts) if len(walk.hosts) == 1 else source.plain_name)
        yield from walk.seen(self.name, of, sees, why)
