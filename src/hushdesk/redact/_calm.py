"""No search for cycles of garbage while texts are read."""

from __future__ import annotations

import gc
import threading
from collections.abc import Iterator
from contextlib import contextmanager

_lock = threading.Lock()
_readers = 0
_was_on = False


@contextmanager
def calm() -> Iterator[None]:
    """Keep the cycle collector from running; it goes on when the last of those who asked for this is done.

    Reading makes many small objects and no cycles. The collector looks through all of them, and through the tables and expressions
    of the package, again and again: that took a third of the time. To be held for tenths of a second.
    """
    global _readers, _was_on
    with _lock:
        if _readers == 0:
            _was_on = gc.isenabled()
            gc.disable()
        _readers += 1
    try:
        yield
    finally:
        with _lock:
            _readers -= 1
            if _readers == 0 and _was_on:
                gc.enable()
