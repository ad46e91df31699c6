"""Many equal events in a minute become one entry: whoever guesses passwords shall not fill the disk."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Hashable
from dataclasses import dataclass, field
from typing import Final

WINDOW: Final = 60.0
"""Seconds for which equal events are counted together after the first."""
MOST: Final = 60
"""So many different events are told apart in a window; all others are counted together."""

Write = Callable[[int], None]
"""Writes an entry that stands for so many events."""


@dataclass(slots=True)
class _Window:
    began: float
    write: Write
    more: int = field(default=0)


class Flood:
    """Lets the first of equal events through at once, and the others as a sum when their minute is over.

    A process that is killed loses the sums of its last minute, never the first of an event.

    Args:
        window: Seconds.
        clock: For tests.
        timer: Whether a thread writes the sums when their time has come; else the next event or :meth:`close` does.
    """

    def __init__(
        self, window: float = WINDOW, clock: Callable[[], float] = time.monotonic, *, timer: bool = True
    ) -> None:
        self._window, self._clock, self._wants_timer = window, clock, timer
        self._lock = threading.Lock()
        self._open: dict[Hashable, _Window] = {}
        self._timer: threading.Timer | None = None

    def event(self, key: Hashable, write: Write, others: Write, group: Hashable = None) -> None:
        """Something happened.

        Args:
            key: Events with equal keys are the same.
            write: Writes the entry for events with this key.
            others: Writes the entry for events that are too many to tell apart.
            group: Those with equal groups are then counted together; there must be few.
        """
        self.flush(over=True)
        with self._lock:
            if key not in self._open and len(self._open) >= MOST:
                key, write = ("others", group), others
            known = self._open.get(key)
            if known is not None:
                known.more += 1
                self._arm()
                return
            self._open[key] = _Window(self._clock(), write)
        write(1)

    def flush(self, *, over: bool = False) -> None:
        """Write the sums; only of those windows that are over, if that is wanted."""
        with self._lock:
            now = self._clock()
            done = [key for key, one in self._open.items() if not over or now - one.began >= self._window]
            sums = [self._open.pop(key) for key in done]
        for one in sums:
            if one.more:
                one.write(one.more)

    def _arm(self) -> None:
        if self._wants_timer and self._timer is None:
            self._timer = threading.Timer(self._window, self._ring)
            self._timer.daemon = True
            self._timer.start()

    def _ring(self) -> None:
        with self._lock:
            self._timer = None
        self.flush(over=True)
        with self._lock:
            if any(one.more for one in self._open.values()):
                self._arm()

    def close(self) -> None:
        """Write what is left."""
        with self._lock:
            if self._timer is not None:
                self._timer.cancel()
                self._timer = None
        self.flush()
