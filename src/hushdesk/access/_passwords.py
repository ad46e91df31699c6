"""Passwords: argon2id, a bound on how many are hashed at once, rules for new ones, generated ones."""

from __future__ import annotations

import secrets
import unicodedata
from threading import BoundedSemaphore
from typing import Final, Protocol

from argon2 import PasswordHasher, Type
from argon2.exceptions import InvalidHashError, VerificationError

from hushdesk.access._breached import BreachedPasswords
from hushdesk.access.errors import PasswordTooWeak

_ALPHABET: Final = "0123456789abcdefghjkmnpqrstvwxyz"
MIN_LENGTH: Final = 15
"""What NIST SP 800-63B-4 asks of a password that may be all there is; no rule about kinds of characters."""
MAX_BYTES: Final = 1024
_SERVICE: Final = "hushdesk"


class Hasher(Protocol):
    """One-way function for passwords."""

    def hash(self, password: str) -> str:
        """A salted hash that names its parameters."""

    def verify(self, hashed: str, password: str) -> bool:
        """True if ``password`` made ``hashed``; takes as long when it did not."""

    def outdated(self, hashed: str) -> bool:
        """True if ``hashed`` was made with other parameters than those of now."""


class Argon2Hasher:
    """argon2id. Costs about 50 ms and 46 MiB a password on one core of a small server.

    Args:
        time_cost: Passes.
        memory_cost: KiB.
        parallel: How many hashes may run at once; further ones wait. Without a bound, a burst of
            sign-ins could take all memory.
    """

    def __init__(self, *, time_cost: int = 2, memory_cost: int = 47_104, parallel: int = 4) -> None:
        self._argon2 = PasswordHasher(
            time_cost=time_cost,
            memory_cost=memory_cost,
            parallelism=1,
            hash_len=32,
            salt_len=16,
            type=Type.ID,
        )
        self._turn = BoundedSemaphore(parallel)

    def hash(self, password: str) -> str:
        """A salted hash that names its parameters."""
        with self._turn:
            return self._argon2.hash(prepare(password))

    def verify(self, hashed: str, password: str) -> bool:
        """True if ``password`` made ``hashed``; argon2 compares in constant time."""
        with self._turn:
            try:
                return self._argon2.verify(hashed, prepare(password))
            except (VerificationError, InvalidHashError):
                return False

    def outdated(self, hashed: str) -> bool:
        """True if ``hashed`` was made with other parameters than those of now."""
        try:
            return self._argon2.check_needs_rehash(hashed)
        except InvalidHashError:
            return True

    def __repr__(self) -> str:
        return "Argon2Hasher()"


def prepare(password: str) -> bytes:
    """One form for all ways to type the same password; long ones are cut, so that none costs more."""
    return unicodedata.normalize("NFKC", password[:MAX_BYTES]).encode("utf-8", "surrogatepass")[:MAX_BYTES]


def generate() -> str:
    """Twenty-five characters in five groups: 125 bits."""
    return "-".join("".join(secrets.choice(_ALPHABET) for _ in range(5)) for _ in range(5))


def check_new(password: str, *, name: str, breached: BreachedPasswords | None = None) -> None:
    """Judge a password that somebody chose.

    Raises:
        PasswordTooWeak: Too short, too long, too monotonous, made of the account's name, or known to thieves.
        BreachedListError: There is a list of those, and it cannot be read.
    """
    if len(password) < MIN_LENGTH:
        raise PasswordTooWeak(f"has fewer than {MIN_LENGTH} characters")
    if len(unicodedata.normalize("NFKC", password).encode("utf-8", "surrogatepass")) > MAX_BYTES:
        raise PasswordTooWeak(f"has more than {MAX_BYTES} bytes")
    if len(set(password.casefold())) < 5:
        raise PasswordTooWeak("repeats a few characters")
    rest = password.casefold().replace(name.casefold(), "").replace(_SERVICE, "")
    if len(rest) < MIN_LENGTH // 2:
        raise PasswordTooWeak("is little more than the account's name")
    if breached is not None and breached.holds(password):
        raise PasswordTooWeak("is on the list of passwords that were stolen elsewhere")
