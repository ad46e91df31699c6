"""Slows down guessing: failed tries per key within a sliding window."""

from __future__ import annotations

import threading
import time
from collections import OrderedDict, deque
from collections.abc import Callable, Iterable

_MOST_KEYS = 10_000


class RateLimit:
    """Counts failures by key; thread-safe, of bounded size, forgotten at restart.

    Args:
        window: Seconds for which a failure counts.
        clock: For tests.
    """

    def __init__(self, window: float, clock: Callable[[], float] = time.monotonic) -> None:
        self._window = window
        self._clock = clock
        self._lock = threading.Lock()
        self._failures: OrderedDict[str, deque[float]] = OrderedDict()

    def wait(self, limits: Iterable[tuple[str, int]]) -> float:
        """Seconds until another try is allowed for all of the (key, most failures); 0 if now."""
        now = self._clock()
        with self._lock:
            return max((self._wait(key, most, now) for key, most in limits), default=0.0)

    def fail(self, keys: Iterable[str]) -> None:
        """Note a failed try under each key."""
        now = self._clock()
        with self._lock:
            for key in keys:
                self._failures.setdefault(key, deque(maxlen=1_000)).append(now)
                self._failures.move_to_end(key)
            while len(self._failures) > _MOST_KEYS:
                self._failures.popitem(last=False)

    def clear(self, key: str) -> None:
        """Forget the failures of one key, after a success."""
        with self._lock:
            self._failures.pop(key, None)

    def _wait(self, key: str, most: int, now: float) -> float:
        times = self._failures.get(key)
        if times is None:
            return 0.0
        while times and times[0] <= now - self._window:
            times.popleft()
        return times[-most] + self._window - now if len(times) >= most else 0.0
