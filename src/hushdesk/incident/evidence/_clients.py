"""Who was at the other end: addresses as logs write them, and clients behind proxies that are trusted."""

from __future__ import annotations

import ipaddress
import re
from functools import lru_cache
from typing import Final

from hushdesk.guard import EMPTY, AddressSet

_HOST: Final = re.compile(r"(?=.{1,253}\Z)[A-Za-z0-9_](?:[A-Za-z0-9_-]{0,62})(?:\.[A-Za-z0-9_-]{1,63})*\.?")
_PORT: Final = re.compile(r"(.*):(\d{1,5})")


@lru_cache(maxsize=1 << 16)
def address(text: str) -> str | None:
    """The text form of an address: IPv6 compressed, IPv4 in IPv6 as IPv4, without zone, brackets and port.

    ``None`` if it is none.
    """
    try:
        known = ipaddress.ip_address(text)
    except ValueError:
        return _odd(text)
    return _written(known)


def _written(known: ipaddress.IPv4Address | ipaddress.IPv6Address) -> str:
    if isinstance(known, ipaddress.IPv6Address):
        if known.ipv4_mapped:
            return str(known.ipv4_mapped)
        if known.scope_id is not None:
            return str(ipaddress.IPv6Address(int(known)))
    return str(known)


def _odd(text: str) -> str | None:
    text = text.strip().strip('"')
    if text.startswith("["):
        text = text[1:].partition("]")[0]
    elif text.count(":") == 1:
        text = text.partition(":")[0]
    try:
        return _written(ipaddress.ip_address(text))
    except ValueError:
        return None


@lru_cache(maxsize=1 << 16)
def client(text: str) -> str | None:
    """An address or, where the server looked names up, the client's host name in small letters.

    Empty if the log names nobody (``-``, a local socket); ``None`` if it is neither.
    """
    found = address(text)
    if found is not None:
        return found
    if text in {"", "-", "unix:", "UNKNOWN", "unknown", "_"}:
        return ""
    return text.lower().rstrip(".") if _HOST.fullmatch(text) else None


def with_port(text: str) -> tuple[str | None, int | None]:
    """Address and port of ``192.0.2.1:443``, ``[2001:db8::1]:443``, ``2001:db8::1:443`` (as HAProxy writes)."""
    found = _PORT.fullmatch(text)
    if not found or int(found[2]) > 65535:
        return client(text), None
    host = found[1]
    return client(host[1:-1] if host.startswith("[") and host.endswith("]") else host), int(found[2])


def trusted(text: str) -> AddressSet:
    """What the option ``trusted-proxies`` says; what is none of addresses and networks in it is left out."""
    found = EMPTY
    for each in re.split(r"[,\s]+", text.strip()):
        try:
            found |= AddressSet.parse(each)
        except ValueError:
            continue
    return found


def behind(peer: str, forwarded: str, proxies: AddressSet) -> str:
    """The client of a request that came by way of proxies.

    Args:
        peer: Who connected.
        forwarded: ``X-Forwarded-For`` as logged. It is believed only as far as trusted proxies wrote it.
        proxies: Who is trusted.

    Returns:
        The nearest address that is no trusted proxy; empty if a trusted one does not say for whom it asked.
    """
    if not proxies or not _within(peer, proxies):
        return peer
    for each in reversed(forwarded.split(",")):
        found = address(each.strip())
        if found is None:
            return ""
        if not _within(found, proxies):
            return found
    return ""


def _within(text: str, proxies: AddressSet) -> bool:
    try:
        return text in proxies
    except ValueError:
        return False
