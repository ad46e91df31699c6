"""Packets as the Linux kernel logs them for nftables and iptables."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from hushdesk.incident._bound import Bound
from hushdesk.incident._evidence import Wanted
from hushdesk.incident.evidence._clients import address
from hushdesk.incident.evidence._request_rows import Flows, count
from hushdesk.incident.evidence._stamps import Stamp

_PACKET = re.compile(r"(?:\A|[\s:\]])IN=(\S*) (?:OUT=(\S*))?(?=\s|$)(.*)", re.DOTALL)
_PAIR = re.compile(r"([A-Z]+\d?)=(\S*)")
_INNER = re.compile(r"\[.*?(?:\]|$)", re.DOTALL)
_UPTIME = re.compile(r"\A\[ *\d+\.\d+\] ?")
_NO_BYTES: Final = "the firewall logs single packets, not how much went"
_IANA = {
    "icmp": "1",
    "icmpv6": "58",
    "sctp": "132",
    "igmp": "2",
    "gre": "47",
    "esp": "50",
    "ah": "51",
    "udplite": "136",
}
KERNEL: Final = frozenset({"", "kernel", "ulogd", "nft", "iptables"})
"""Who writes such lines."""
LOST: Final = re.compile(
    r"(?i)callbacks suppressed|messages? (?:suppressed|dropped|lost)|suppressed \d+ messages|"
    r"lost \d+ messages|begin to drop messages|messages lost due to rate.limiting|printk messages dropped"
)
"""A log's word that it lost some of what it was to write."""


@dataclass(frozen=True, slots=True)
class Packet:
    """One packet that a rule logged."""

    prefix: str
    """What the rule writes before it."""
    came_in: bool
    went_out: bool
    source: str
    target: str
    source_port: int
    target_port: int
    protocol: str
    length: int | None
    begins: bool
    """Whether it begins a connection, as far as one can tell from it."""
    ident: str
    """Number of the packet; empty or ``0`` if it has none."""


def packet(message: str) -> Packet | str | None:
    """The packet of a message; ``None`` if it is about none; or, in fixed words, what is wrong with it."""
    found = _PACKET.search(message)
    if not found or "SRC=" not in found[3]:
        return None
    rest = _INNER.sub("", found[3])
    said = dict(_PAIR.findall(rest))
    source, target = address(said.get("SRC", "")), address(said.get("DST", ""))
    if source is None or target is None:
        return "one of its ends is no address"
    flags = set(rest.split())
    name = said.get("PROTO", "").lower()
    protocol = name if name in {"tcp", "udp"} else name if name.isdigit() else _IANA.get(name, "unknown")
    ports = [count(said.get(each, "0") or "0") for each in ("SPT", "DPT")]
    if any(port is None or port > 65535 for port in ports):
        return "one of its ports is none"
    return Packet(
        prefix=_UPTIME.sub("", message[: found.start()]).strip(),
        came_in=bool(found[1]),
        went_out=bool(found[2]),
        source=source,
        target=target,
        source_port=ports[0] or 0,
        target_port=ports[1] or 0,
        protocol=protocol,
        length=count(said.get("LEN", "")),
        begins=protocol != "tcp" or ("SYN" in flags and "ACK" not in flags),
        ident=said.get("ID", ""),
    )


def verdicts_of(text: str) -> dict[str, str]:
    """What the option ``verdicts`` says: ``drop-in=denied, new=accepted``."""
    found = {}
    for each in text.split(","):
        prefix, equals, verdict = each.rpartition("=")
        if equals and verdict.strip() in {"accepted", "denied"}:
            found[prefix.strip()] = verdict.strip()
    return found


def put(
    flows: Flows,
    seen: Packet,
    times: list[Stamp],
    line: int,
    wanted: Wanted,
    verdicts: Mapping[str, str],
    by: str,
    doubt: str,
) -> bool:
    """A row for a packet in each reading of its time, if it is wanted."""
    served = _fits(seen.target, seen.target_port, wanted)
    asking = _fits(seen.source, seen.source_port, wanted)
    if not wanted.inside and not wanted.ports:
        served = seen.came_in or not seen.went_out
        asking = not served
    if not served and not asking:
        return False
    outside = seen.source if served else seen.target
    if wanted.own and outside in wanted.own:
        return False
    verdict = verdicts.get(seen.prefix, verdicts.get(seen.prefix.rstrip(" :"), "unknown"))
    unknown = Bound.unknown("; ".join(filter(None, (_NO_BYTES, doubt))))
    nothing = Bound(0, 0)
    length = Bound(0, seen.length, unknown.why) if seen.length else unknown
    denied = verdict == "denied"
    kept = False
    for time in times:
        if not any(span.start < time.at + time.step and time.at < span.end for span in wanted.spans):
            continue
        kept = True
        flows.add(
            line=line,
            start=time.at,
            end=time.at + time.step,
            outside=outside,
            inside=seen.target if served else seen.source,
            port=seen.target_port if served else seen.source_port,
            protocol=seen.protocol,
            verdict=verdict,
            # A packet that was dropped brought nothing back.
            sent=(nothing if served else length) if denied else unknown,
            received=(length if served else nothing) if denied else unknown,
            connections=1 if seen.begins else None,
            seen_by=by,
        )
    return kept


def _fits(host: str, port: int, wanted: Wanted) -> bool:
    return (not wanted.inside or host in wanted.inside) and (not wanted.ports or port in wanted.ports)
