"""How fast, and how fast to one domain. Domains live in memory only."""

from __future__ import annotations

from collections import Counter, deque
from dataclasses import dataclass
from typing import Final

_MINUTE: Final = 60.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """How many, how fast, how long."""

    connections: int = 2
    """To the relay at the same time."""
    per_second: float = 0.0
    """Letters; 0 is as fast as it goes."""
    per_domain_minute: int = 0
    """Letters to one recipient's domain in any 60 seconds; 0 is any number. A sender that was killed does not remember the
    last minute."""
    batch: int = 50
    """Intents that are on disk and have no outcome yet, at most; their outcomes and the next intents are one flush to disk."""
    per_connection: int = 200
    """Letters on one connection before a new one."""
    failures: int = 5
    """So many failures of the relay in a row (no connection, dropped, 421, in doubt) end the run."""
    refusals: int = 25
    """So many final refusals in a row, none taken in between, end the run."""
    tries: int = 12
    """So many deferrals in a row at one address are a refusal."""
    backoff_seconds: float = 60.0
    """Before a deferred letter is tried again; doubled each time, with jitter."""
    most_backoff_seconds: float = 4 * 3600.0
    pause_seconds: float = 1.0
    """Before the relay is spoken to again after a failure; doubled each time, with jitter, up to a minute."""
    patience_seconds: float = 900.0
    """How long a run waits for letters that are not due yet, deferred or over a domain's cap, before it ends as waiting."""


class Pace:
    """Says when the next letter may go. All times are seconds of one clock that never goes back."""

    def __init__(self, limits: Limits) -> None:
        self._gap = 1 / limits.per_second if limits.per_second > 0 else 0.0
        self._next = 0.0
        self._cap = limits.per_domain_minute
        self._sent: dict[str, deque[float]] = {}
        self._promised: Counter[str] = Counter()

    def until_next(self, now: float) -> float:
        """Seconds until a letter may go at all."""
        return max(0.0, self._next - now)

    def until_domain(self, domain: str, now: float) -> float:
        """Seconds until one more letter to the domain may be promised; a promise that is not kept yet counts as sent."""
        if not self._cap:
            return 0.0
        times = self._times(domain, now)
        over = len(times) + self._promised[domain] - self._cap
        if over < 0:
            return 0.0
        # Of those promised nobody knows when they go: a minute from now is never too early.
        return times[over] + _MINUTE - now if over < len(times) else _MINUTE

    def promise(self, domain: str) -> None:
        """A letter to the domain is going to go."""
        if self._cap:
            self._promised[domain] += 1

    def withdraw(self, domain: str) -> None:
        """A promised letter does not go."""
        if self._cap:
            self._drop(domain)

    def gone(self, domain: str, now: float) -> None:
        """A promised letter goes now."""
        self._next = max(self._next, now) + self._gap
        if self._cap:
            self._drop(domain)
            self._times(domain, now).append(now)

    def _drop(self, domain: str) -> None:
        self._promised[domain] -= 1
        if self._promised[domain] <= 0:
            del self._promised[domain]

    def _times(self, domain: str, now: float) -> deque[float]:
        if domain not in self._sent and len(self._sent) > 10_000:
            # Most domains have one person. Those without a letter in the last minute need not be remembered.
            self._sent = {
                name: times for name, times in self._sent.items() if times and times[-1] > now - _MINUTE
            }
        times = self._sent.setdefault(domain, deque())
        while times and times[0] <= now - _MINUTE:
            times.popleft()
        return times
