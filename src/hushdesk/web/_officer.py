"""The officer's unlocked key on the server: in memory, bound to one signed-in browser, gone after some minutes."""

from __future__ import annotations

import hashlib
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass

from hushdesk.vault import OfficerKey

IDLE = 600.0
"""Seconds without use after which the key is forgotten."""
LONGEST = 3_600.0
"""Seconds after which it is forgotten in any case."""


@dataclass(slots=True)
class _Held:
    key: OfficerKey
    unlocked: float
    used: float


class OfficerSessions:
    """Keys by signed-in browser. The passphrase is not among what is held.

    Args:
        clock: For tests.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._held: dict[bytes, _Held] = {}

    def put(self, session: str, key: OfficerKey) -> None:
        """Hold a key for a session."""
        now = self._clock()
        with self._lock:
            self._purge(now)
            self._held[_name(session)] = _Held(key, now, now)
        # Nobody may come by again to notice that the time is up.
        timer = threading.Timer(LONGEST + 1, self.purge)
        timer.daemon = True
        timer.start()

    def get(self, session: str) -> OfficerKey | None:
        """The key of a session, if its time is not up; counts as use."""
        now = self._clock()
        with self._lock:
            self._purge(now)
            held = self._held.get(_name(session))
            if held is None:
                return None
            held.used = now
            return held.key

    def unlocked(self, session: str) -> bool:
        """Whether a key is held for a session; does not count as use."""
        with self._lock:
            self._purge(self._clock())
            return _name(session) in self._held

    def forget(self, session: str) -> None:
        """Let a key go."""
        with self._lock:
            self._held.pop(_name(session), None)

    def purge(self) -> None:
        """Let every key go whose time is up."""
        with self._lock:
            self._purge(self._clock())

    def _purge(self, now: float) -> None:
        for name, held in list(self._held.items()):
            if now - held.used > IDLE or now - held.unlocked > LONGEST:
                del self._held[name]

    def __repr__(self) -> str:
        return f"OfficerSessions(held={len(self._held)})"


@dataclass(slots=True)
class _Entered:
    share: str
    at: float


class OfficerShares:
    """Shares that officers have entered, each under their own sign-in, until enough are together or the time is up.

    One account counts for one share, however many it enters: two shares are two persons.

    Args:
        clock: For tests.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._entered: dict[tuple[str, str], _Entered] = {}

    def add(self, split: str, account: str, share: str) -> list[str]:
        """Hold a share; returns those of the same split that are held, of different accounts."""
        now = self._clock()
        with self._lock:
            self._purge(now)
            self._entered[split, account] = _Entered(share, now)
            found = [entered.share for (of, _), entered in self._entered.items() if of == split]
        # Nobody may come by again to notice that the time is up.
        timer = threading.Timer(IDLE + 1, self.purge)
        timer.daemon = True
        timer.start()
        return found

    def forget(self, split: str) -> None:
        """Let the shares of a split go."""
        with self._lock:
            self._entered = {key: entered for key, entered in self._entered.items() if key[0] != split}

    def purge(self) -> None:
        """Let every share go whose time is up."""
        with self._lock:
            self._purge(self._clock())

    def _purge(self, now: float) -> None:
        self._entered = {key: entered for key, entered in self._entered.items() if now - entered.at <= IDLE}

    def __repr__(self) -> str:
        return f"OfficerShares(held={len(self._entered)})"


def _name(session: str) -> bytes:
    return hashlib.sha256(session.encode("utf-8", "replace")).digest()
