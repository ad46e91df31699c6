"""``ports`` of a service, short and long, to what is published where."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from hushdesk.guard._addresses import ALL_V4, ALL_V6, EMPTY, EVERYWHERE, PRIVATE
from hushdesk.guard._intervals import TOP_PORT
from hushdesk.guard._policy import PortShift, Sources
from hushdesk.guard.dialects.compose._interpolate import UNKNOWN

_RANGE: Final = re.compile(r"(\d{1,5})(?:-(\d{1,5}))?")
_SHORT: Final = re.compile(
    r"(?:(?:(?P<host>\[[^\]]*\]|[^:]*):)?(?P<published>[^:]*):)?(?P<target>[^:/]+)(?:/(?P<protocol>\w+))?"
)


@dataclass(frozen=True, slots=True)
class Published:
    """One entry of ``ports``."""

    words: str
    """As people know it."""
    protocol: str
    target: tuple[int, int]
    """Ports of the container."""
    shifts: tuple[PortShift, ...]
    sources: Sources
    """Who gets to the address on which it is published."""
    address: str = ""
    doubt: str = ""


def published(entry: Any) -> Published:
    """Read one entry.

    Raises:
        ValueError: It is none. The message says why.
    """
    if isinstance(entry, Mapping):
        return _long(entry)
    if isinstance(entry, int | str) and not isinstance(entry, bool):
        return _short(str(entry).strip())
    raise ValueError("it is neither a text, nor a number, nor a mapping")


def _short(text: str) -> Published:
    shown = text.replace(UNKNOWN, "${…}")
    if text.strip(UNKNOWN) == "":
        return _anything(shown, "what is published is not known")
    match = _SHORT.fullmatch(text)
    if not match:
        raise ValueError("it is not [[address:]port:]port[/protocol]")
    return _made(
        shown, match["host"] or "", match["published"] or "", match["target"], match["protocol"] or "tcp"
    )


def _long(entry: Mapping[Any, Any]) -> Published:
    if entry.get("target") is None:
        raise ValueError("it has no target")
    host, outer = (str(entry.get(key) or "") for key in ("host_ip", "published"))
    target, protocol = str(entry["target"]), str(entry.get("protocol") or "tcp")
    shown = ":".join(filter(None, (host, outer, target))).replace(UNKNOWN, "${…}") + f"/{protocol}"
    return _made(shown, host, outer, target, protocol)


def _anything(shown: str, why: str) -> Published:
    return Published(
        f"ports: {shown}",
        "*",
        (0, TOP_PORT),
        (PortShift(0, TOP_PORT, 0),),
        Sources.exactly(EVERYWHERE),
        "",
        why,
    )


def _made(shown: str, host: str, outer: str, target: str, protocol: str) -> Published:
    if UNKNOWN in target or UNKNOWN in protocol:
        return _anything(shown, "which port of the container is published is not known")
    inner = _numbers(target)
    protocol = protocol.lower()
    if protocol not in {"tcp", "udp", "sctp"}:
        raise ValueError("the protocol is none of tcp, udp and sctp")
    sources = _sources(host)
    if not outer or UNKNOWN in outer:
        # On some port; which one makes no difference to who gets there.
        shifts: tuple[PortShift, ...] = (PortShift(inner[0], inner[1], inner[0]),)
    else:
        low, high = _numbers(outer)
        if high - low == inner[1] - inner[0]:
            shifts = (PortShift(low, high, inner[0]),)
        elif inner[0] == inner[1]:
            # Any free port of the range.
            shifts = tuple(PortShift(port, port, inner[0]) for port in range(low, min(high, low + 255) + 1))
        else:
            raise ValueError("the two ranges are not of the same length")
    address = "" if UNKNOWN in host else host.strip("[]")
    return Published(f"ports: {shown}", protocol, inner, shifts, sources, address)


def _numbers(text: str) -> tuple[int, int]:
    match = _RANGE.fullmatch(text.strip())
    if not match:
        raise ValueError("a port is no number")
    low, high = int(match[1]), int(match[2] or match[1])
    if low > high or high > TOP_PORT:
        raise ValueError("a port is out of range")
    return low, high


def _sources(host: str) -> Sources:
    """Who gets to an address of the machine.

    A private one is often translated to from a public one (every virtual machine of a cloud has it so), which the file does not
    show.
    """
    if not host:
        return Sources.exactly(EVERYWHERE, "every address of the machine")
    if UNKNOWN in host:
        return Sources.unknown("${…}", "on which address of the machine it is published is not known")
    text = host.strip("[]").partition("%")[0]
    if text.lower() == "localhost":
        return Sources.exactly(EMPTY, "localhost")
    try:
        address = ipaddress.ip_address(text)
    except ValueError:
        raise ValueError("the address is none") from None
    family = ALL_V4 if address.version == 4 else ALL_V6
    if address.is_loopback:
        return Sources.exactly(EMPTY, text)
    if address.is_unspecified:
        return Sources.exactly(family if address.version == 4 else EVERYWHERE, text)
    if address in PRIVATE:
        why = f"whether something outside passes on to the private address {text} is not known"
        return Sources(family, family & PRIVATE, text, why)
    return Sources.exactly(family, text)
