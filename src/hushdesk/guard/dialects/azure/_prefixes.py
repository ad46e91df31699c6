"""Prefixes as address sets, fast: the published tags have 90,000, and large groups as many rules as they may."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache
from typing import Final

from hushdesk.guard._addresses import AddressSet

_V4: Final = re.compile(
    r"([0-9]{1,3})\.([0-9]{1,3})\.([0-9]{1,3})\.([0-9]{1,3})/([0-9]{1,2})", re.ASCII
).fullmatch


@lru_cache(maxsize=65536)
def prefix_set(text: str) -> AddressSet | None:
    """The addresses of a prefix, an address or a range; ``None`` if it is none of these."""
    try:
        return prefix_sets((text,))
    except ValueError:
        return None


def prefix_sets(texts: Iterable[str]) -> AddressSet:
    """The same as :meth:`AddressSet.parse`, several times as fast for IPv4.

    Raises:
        ValueError: A text is neither an address, nor a network, nor a range.
    """
    v4: list[tuple[int, int]] = []
    rest: list[str] = []
    for text in texts:
        match = _V4(text)
        if match is None:
            rest.append(text)
            continue
        one, two, three, four, width = map(int, match.groups())
        # A leading zero may be read as octal elsewhere: refused, as the library does.
        if max(one, two, three, four) > 255 or width > 32 or _zeros(match.groups()[:4]):
            rest.append(text)
            continue
        size = 1 << (32 - width)
        low = (one << 24 | two << 16 | three << 8 | four) & ~(size - 1)
        v4.append((low, low + size - 1))
    others = AddressSet.parse(*rest)
    return AddressSet(v4 + list(others.v4), others.v6)


def _zeros(parts: Iterable[str]) -> bool:
    return any(len(part) > 1 and part[0] == "0" for part in parts)
