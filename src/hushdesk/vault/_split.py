"""Splitting a secret into shares of which any ``k`` give it back and fewer tell nothing: Shamir, over GF(256).

Each byte of the secret, and of a check value that goes with it, is the value at 0 of a random polynomial of degree ``k - 1``; a
share is the values at one other place. Printed, a share is Crockford's base 32 in groups of five, with a checksum of its own: a
mistyped share, one of another split, and a forged one are told apart before anything is opened. A. Shamir, "How to share a secret",
CACM 22 (1979); the field is that of AES (FIPS 197, section 4.2).

Bytes of a printed share: format (1) · k (1) · place (1) · split (4) · values · first 4 of SHA-256 over all before.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

from hushdesk.vault._base32 import ALPHABET, read_groups
from hushdesk.vault.errors import SharesError

MOST: Final = 10
"""Shares of one secret, at most."""
_FORMAT: Final = 1
_HEAD: Final = 7
_SUM: Final = 4
_CHECK: Final = 8
_GROUP: Final = 5


@dataclass(frozen=True, slots=True)
class Share:
    """One share of a secret."""

    threshold: int
    """So many give the secret back."""
    place: int
    """Where the polynomials were taken, from 1."""
    split: bytes
    """Four random bytes that all shares of one split have in common; tell nothing of the secret."""
    values: bytes = field(repr=False)
    """One for each byte of the secret and of its check value."""

    def text(self) -> str:
        """As it is printed, in groups of five characters."""
        body = bytes((_FORMAT, self.threshold, self.place)) + self.split + self.values
        data = body + hashlib.sha256(body).digest()[:_SUM]
        number, digits = int.from_bytes(data, "big"), -(-len(data) * 8 // 5)
        text = "".join(ALPHABET[number >> 5 * at & 31] for at in range(digits - 1, -1, -1))
        return "-".join(text[at : at + _GROUP] for at in range(0, digits, _GROUP))

    @classmethod
    def read(cls, text: str) -> Share:
        """A share as somebody typed it: case, blanks, O, I and L do not matter.

        Raises:
            SharesError: It was mistyped, or is no share; the message does not repeat it.
        """
        typed = read_groups(text.strip())
        if not typed or len(typed) > 2_000 or any(one not in ALPHABET for one in typed):
            raise SharesError("one of them is no share")
        number = 0
        for one in typed:
            number = number << 5 | ALPHABET.index(one)
        size = len(typed) * 5 // 8
        if number >> 8 * size:
            raise SharesError("one of them is mistyped")
        data = number.to_bytes(size, "big")
        body, kept = data[:-_SUM], data[-_SUM:]
        if len(body) <= _HEAD + _CHECK or not hmac.compare_digest(hashlib.sha256(body).digest()[:_SUM], kept):
            raise SharesError("one of them is mistyped")
        if body[0] != _FORMAT or not 2 <= body[1] <= MOST or not 1 <= body[2] <= MOST:
            raise SharesError("one of them is of another version")
        return cls(body[1], body[2], body[3:_HEAD], body[_HEAD:])


def share_threshold(text: str) -> int:
    """How many shares are needed, by one of them as somebody typed it.

    Raises:
        SharesError: It is no share.
    """
    return Share.read(text).threshold


def split(secret: bytes, shares: int = 3, threshold: int = 2) -> tuple[Share, ...]:
    """Split a secret.

    Args:
        secret: At least one byte; random, for the check value could be searched for otherwise.
        shares: How many are made, 2 to 10.
        threshold: How many give it back, 2 to ``shares``.

    Raises:
        ValueError: The numbers are out of bounds.
    """
    if not secret or not 2 <= threshold <= shares <= MOST:
        raise ValueError("from 2 to 10 shares, of which 2 or more give the secret back")
    name = secrets.token_bytes(4)
    data = secret + _check(secret, name)
    # The highest coefficient may be zero: excluding that would tell something.
    rows = [data, *(secrets.token_bytes(len(data)) for _ in range(threshold - 1))]
    return tuple(Share(threshold, place, name, _evaluate(rows, place)) for place in range(1, shares + 1))


def join(shares: Sequence[Share]) -> bytes:
    """The secret of which these are shares.

    Raises:
        SharesError: They are too few, of different splits, one twice, or one is not what was made.
    """
    if not shares:
        raise SharesError("none was given")
    first = shares[0]
    if any(
        (one.split, one.threshold, len(one.values)) != (first.split, first.threshold, len(first.values))
        for one in shares
    ):
        raise SharesError("they are of different splits")
    chosen = {one.place: one for one in shares}
    if any(chosen[one.place] != one for one in shares):
        raise SharesError("two of them are for the same place, and differ")
    if len(chosen) < first.threshold:
        raise SharesError(f"{first.threshold} different ones are needed")
    places = list(chosen)
    data = bytearray(len(first.values))
    for place in places:
        weight = 1
        for other in places:
            if other != place:
                # In this field plus and minus are the same: 0 - other = other.
                weight = _times(weight, _times(other, _inverse(place ^ other)))
        for at, value in enumerate(chosen[place].values):
            data[at] ^= _times(weight, value)
    secret, check = bytes(data[:-_CHECK]), bytes(data[-_CHECK:])
    if not hmac.compare_digest(check, _check(secret, first.split)):
        raise SharesError("one of them is not what was made")
    return secret


def _check(secret: bytes, name: bytes) -> bytes:
    return hmac.digest(secret, b"hushdesk share check" + name, "sha256")[:_CHECK]


def _evaluate(rows: Sequence[bytes], place: int) -> bytes:
    out = bytearray(len(rows[0]))
    for row in reversed(rows):
        for at, value in enumerate(row):
            out[at] = _times(out[at], place) ^ value
    return bytes(out)


def _times(a: int, b: int) -> int:
    """Product in the field. No table and no branch: which steps are taken does not hang on the numbers."""
    product = 0
    for _ in range(8):
        product ^= -(b & 1) & a
        a = (a << 1 ^ -(a >> 7) & 0x11B) & 0xFF
        b >>= 1
    return product


def _inverse(a: int) -> int:
    """The 254th power, which is the inverse of all but 0."""
    out = 1
    for _ in range(254):
        out = _times(out, a)
    return out
