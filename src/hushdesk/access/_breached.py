"""A list of passwords that thieves know, searched where it lies: never sent anywhere, never read whole."""

from __future__ import annotations

import hashlib
import mmap
import re
import unicodedata
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from hushdesk.access.errors import BreachedListError

_HASH_LINE: Final = re.compile(rb"([0-9A-Fa-f]{40})(?::\d{1,12})?\r?\Z")
_LONGEST_LINE: Final = 8_192


class BreachedPasswords:
    """A list of SHA-1 digests ordered by digest (as "Have I Been Pwned" offers it), or of passwords, one a line.

    Args:
        path: The file. Of which kind it is shows its first line.

    Raises:
        BreachedListError: It cannot be read, or is empty.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        try:
            with path.open("rb") as file:
                first = file.readline(_LONGEST_LINE).rstrip(b"\n")
        except OSError:
            raise BreachedListError("cannot be read") from None
        if not first:
            raise BreachedListError("is empty")
        self._hashed = _HASH_LINE.fullmatch(first) is not None

    def holds(self, password: str) -> bool:
        """Whether the password is on the list, as it was typed or in Unicode's normal form.

        Raises:
            BreachedListError: The list cannot be read, or is not in order; then nobody knows.
        """
        forms = {password, unicodedata.normalize("NFKC", password)}
        try:
            with self._path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data:
                look = _has_digest if self._hashed else _has_line
                return any(look(data, form.encode("utf-8", "surrogatepass")) for form in forms)
        except (OSError, ValueError):
            raise BreachedListError("cannot be read") from None

    def __repr__(self) -> str:
        return "BreachedPasswords()"


def _has_digest(data: mmap.mmap, password: bytes) -> bool:
    """Binary search by place in the file: some thirty reads in a list of a thousand million."""
    wanted = hashlib.sha1(password, usedforsecurity=False).hexdigest().upper().encode()
    low, high = 0, len(data)
    least, most = b"", b"\x7f"
    while low < high:
        start = data.rfind(b"\n", low, (low + high) // 2) + 1
        start = max(start, low)
        end = data.find(b"\n", start, start + _LONGEST_LINE)
        end = len(data) if end < 0 else end
        line = _HASH_LINE.fullmatch(data[start:end])
        if line is None:
            raise BreachedListError("has a line that is no SHA-1 digest")
        found = line[1].upper()
        if not least <= found <= most:
            raise BreachedListError("is not ordered by hash")
        if found == wanted:
            return True
        if found < wanted:
            low, least = end + 1, found
        else:
            high, most = start, found
    return False


def _has_line(data: mmap.mmap, password: bytes) -> bool:
    """Without an order there is only looking through; the system's own search does that at some GB a second."""
    return bool(password) and any(
        (at == 0 or data[at - 1 : at] == b"\n") and data[at + len(password) : at + len(password) + 1] in ends
        for at in _places(data, password)
        for ends in ((b"", b"\n", b"\r"),)
    )


def _places(data: mmap.mmap, password: bytes) -> Iterator[int]:
    at = data.find(password)
    while at >= 0:
        yield at
        at = data.find(password, at + 1)
