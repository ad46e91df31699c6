"""Whose turn it is: few questions at a time, one account after the other, and a pace for each.

The engine uses both cores for one question; twenty at a time only make all of them late, and one account with a script
would make everybody wait. So a bounded number of requests is worked on, those that wait are taken in turn by account, and
an account's own queue is short. Waiting costs no thread: it happens before one is taken.
"""

from __future__ import annotations

import asyncio
import hashlib
import time
from collections import Counter, OrderedDict, deque
from collections.abc import Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from starlette.requests import Request
from starlette.types import ASGIApp, Receive, Scope, Send

from hushdesk.web._guard import LOCAL, Identity, credential
from hushdesk.web._plain import plain

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

_FREE: Final = ("/static/", "/health", "/.well-known/")
"""Answered from memory: counted for the pace, but without waiting."""
_EXPORTS: Final = (".csv", ".parquet", ".ndjson")
_MOST_KEYS: Final = 10_000

_ADDRESS: Final = "from "

_MANY = "You have too many requests under way. Wait for their answers."
_EXPORTING = "Another export is under way. Wait until it has ended."


@dataclass(frozen=True, slots=True)
class TurnLimits:
    """How much of the desk one account may use, and all of them."""

    at_once: int = 4
    """Requests worked on at a time."""
    per_account: int = 2
    """Of these for one account."""
    waiting: int = 12
    """Requests of one account that may wait."""
    patience: float = 20.0
    """Seconds for which a request waits at most."""
    exports: int = 2
    """Exports under way at a time."""
    exports_per_account: int = 1
    """Of these for one account."""
    pace: float = 10.0
    """Requests a second that an account may keep up."""
    burst: int = 100
    """How many it may send at once before the pace counts."""
    shared: int = 10
    """An address, which many may share who have not signed in yet, may send and wait so many times more."""


class RefusedTurn(Exception):  # noqa: N818 - an answer more than an error
    """A request may not be worked on now."""

    def __init__(self, status: int, text: str, retry: float) -> None:
        self.status, self.text, self.retry = status, text, retry
        super().__init__(text)


class Pace:
    """A bucket of tokens for each key, of bounded number."""

    def __init__(self, rate: float, burst: int, clock: Callable[[], float] = time.monotonic) -> None:
        self._rate, self._burst, self._clock = rate, burst, clock
        self._buckets: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def take(self, key: str) -> float:
        """Take one token; seconds to wait if there is none, else 0."""
        now = self._clock()
        tokens, at = self._buckets.pop(key, (float(self._burst), now))
        tokens = min(float(self._burst), tokens + (now - at) * self._rate)
        short = max(0.0, 1.0 - tokens)
        self._buckets[key] = (tokens if short else tokens - 1.0, now)
        while len(self._buckets) > _MOST_KEYS:
            self._buckets.popitem(last=False)
        return short / self._rate


class FairQueue:
    """So many at a time; those who wait are called round by round, one of each key a round. Belongs to one event loop."""

    def __init__(self, at_once: int, per_key: int, waiting: Callable[[str], int], full: RefusedTurn) -> None:
        self._at_once, self._per_key, self._waiting, self._full = at_once, per_key, waiting, full
        self._working: Counter[str] = Counter()
        self._queues: OrderedDict[str, deque[asyncio.Future[None]]] = OrderedDict()

    @property
    def working(self) -> int:
        """How many are being worked on."""
        return self._working.total()

    @asynccontextmanager
    async def turn(self, key: str, patience: float) -> AsyncIterator[None]:
        """Wait for a turn and hold it for the block.

        Raises:
            RefusedTurn: The key has too many waiting already, or it took too long.
        """
        await self._wait(key, patience)
        try:
            yield
        finally:
            self._working[key] -= 1
            if not self._working[key]:
                del self._working[key]
            self._call()

    async def _wait(self, key: str, patience: float) -> None:
        if key not in self._queues and self._has_room(key):
            self._working[key] += 1
            return
        queue = self._queues.setdefault(key, deque())
        if len(queue) >= self._waiting(key):
            if not queue:
                del self._queues[key]
            raise RefusedTurn(self._full.status, self._full.text, self._full.retry)
        called = asyncio.get_running_loop().create_future()
        queue.append(called)
        self._call()
        try:
            async with asyncio.timeout(patience):
                await called
        except BaseException as error:
            if called.done() and not called.cancelled():
                # Called and cut off in the same moment: the turn goes on to the next.
                self._working[key] -= 1
            elif called in queue:
                queue.remove(called)
            if not queue and self._queues.get(key) is queue:
                del self._queues[key]
            self._call()
            if isinstance(error, TimeoutError):
                raise RefusedTurn(503, "The desk is busy. Try again in a moment.", 5.0) from None
            raise

    def _has_room(self, key: str) -> bool:
        return self.working < self._at_once and self._working[key] < self._per_key

    def _call(self) -> None:
        """Give free places to those who wait: the key that was served longest ago first."""
        while self.working < self._at_once:
            key = next((each for each in self._queues if self._working[each] < self._per_key), None)
            if key is None:
                return
            queue = self._queues.pop(key)
            called = queue.popleft()
            if queue:
                self._queues[key] = queue
            if not called.done():
                self._working[key] += 1
                called.set_result(None)


class Turns:
    """ASGI middleware between the shield and the application.

    Args:
        app: The application.
        limits: How much everybody may have.
    """

    def __init__(self, app: ASGIApp, *, limits: TurnLimits) -> None:
        self._app, self._limits = app, limits
        self._pace = Pace(limits.pace, limits.burst)
        self._crowd = Pace(limits.pace * limits.shared, limits.burst * limits.shared)

        def waiting(key: str) -> int:
            return limits.waiting * (limits.shared if key.startswith(_ADDRESS) else 1)

        self._questions = FairQueue(limits.at_once, limits.per_account, waiting, RefusedTurn(429, _MANY, 2.0))
        self._exports = FairQueue(
            limits.exports, limits.exports_per_account, lambda _key: 0, RefusedTurn(429, _EXPORTING, 10.0)
        )
        self._accounts: OrderedDict[bytes, str] = OrderedDict()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one request when its turn has come."""
        if scope["type"] != "http" or scope.get(LOCAL):
            await self._app(scope, receive, send)
            return
        shown = _shown(scope)
        key = self._accounts.get(shown, "") if shown else ""
        # Whoever has shown nothing that is known counts by address, so that made-up cookies give no places of their own.
        key = key or f"{_ADDRESS}{scope['client'][0] if scope.get('client') else ''}"
        try:
            wait = (self._crowd if key.startswith(_ADDRESS) else self._pace).take(key)
            if wait:
                raise RefusedTurn(429, "You send more requests than a person can read. Slow down.", wait)
            await self._work(scope, receive, send, key)
        except RefusedTurn as refused:
            await plain(scope, send, refused.status, refused.text, refused.retry)
        else:
            self._learn(scope, shown)

    async def _work(self, scope: Scope, receive: Receive, send: Send, key: str) -> None:
        path: str = scope["path"]
        if path.startswith(_FREE):
            await self._app(scope, receive, send)
            return
        queue = self._exports if path.endswith(_EXPORTS) else self._questions
        async with queue.turn(key, self._limits.patience):
            await self._app(scope, receive, send)

    def _learn(self, scope: Scope, shown: bytes) -> None:
        """Remember which account it was that showed this cookie or token."""
        identity: Identity | None = scope.get("state", {}).get("identity")
        if not shown:
            return
        self._accounts.pop(shown, None)
        if identity is not None and identity.account is not None:
            self._accounts[shown] = f"account {identity.account.id}"
            while len(self._accounts) > _MOST_KEYS:
                self._accounts.popitem(last=False)


def _shown(scope: Scope) -> bytes:
    """A digest of the session or token that the request shows, and of nothing beside it; empty if there is none."""
    text, _ = credential(Request(scope))
    return hashlib.blake2b(text.encode("utf-8", "replace"), digest_size=16).digest() if text else b""
