"""Half of a sign-in: the password was right, the second factor is still to come. In memory, for minutes."""

from __future__ import annotations

import hashlib
import secrets
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field
from threading import Lock
from typing import Final

from hushdesk.access._types import AccountId

LASTS: Final = 300.0
"""Seconds within which the code has to come."""
TRIES: Final = 5
"""Wrong codes after which the password is asked for again."""
_MOST: Final = 10_000


@dataclass(frozen=True, slots=True)
class SecondStep:
    """A password was right, and a code has to follow. ``secret`` goes into a cookie and opens nothing but that step."""

    secret: str = field(repr=False)


@dataclass(slots=True)
class _Held:
    account: AccountId
    until: float
    tries: int = 0


class PendingSignIns:
    """Who has given a password and owes a code; forgotten at restart, of bounded size.

    Args:
        clock: Seconds since 1970.
    """

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._lock = Lock()
        self._held: OrderedDict[bytes, _Held] = OrderedDict()

    def begin(self, account: AccountId) -> SecondStep:
        """Wait for the code of an account."""
        secret = secrets.token_urlsafe(32)
        with self._lock:
            self._purge()
            self._held[_digest(secret)] = _Held(account, self._clock() + LASTS)
            while len(self._held) > _MOST:
                self._held.popitem(last=False)
        return SecondStep(secret)

    def account(self, secret: str) -> AccountId | None:
        """Whose code is waited for; None if the time is up, or it was never begun."""
        with self._lock:
            self._purge()
            held = self._held.get(_digest(secret))
            return None if held is None else held.account

    def wrong(self, secret: str) -> None:
        """Count a wrong code."""
        with self._lock:
            held = self._held.get(_digest(secret))
            if held is not None:
                held.tries += 1
                if held.tries >= TRIES:
                    del self._held[_digest(secret)]

    def take(self, secret: str) -> AccountId | None:
        """End the wait with a right code: whose it was. Only one caller gets it."""
        with self._lock:
            held = self._held.pop(_digest(secret), None)
            return None if held is None else held.account

    def forget(self, account: AccountId) -> None:
        """End the waits of an account that was barred, or whose password was changed."""
        with self._lock:
            for name in [name for name, held in self._held.items() if held.account == account]:
                del self._held[name]

    def _purge(self) -> None:
        now = self._clock()
        for name in [name for name, held in self._held.items() if held.until <= now]:
            del self._held[name]

    def __repr__(self) -> str:
        return f"PendingSignIns(held={len(self._held)})"


def _digest(secret: str) -> bytes:
    return hashlib.sha256(b"step:" + secret.encode("utf-8", "replace")).digest()
