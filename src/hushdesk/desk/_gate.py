"""Loads and releases keep out of each other's way: a load decides about a case some time before it stores it."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from hushdesk.desk._errors import ErasureError, ReviewError


class LoadGate:
    """Any number of loads, or one release, or one erasure."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._loads = 0
        self._committing = threading.Lock()

    @property
    def loads(self) -> int:
        """How many loads run."""
        return self._loads

    @contextmanager
    def committing(self) -> Iterator[None]:
        """While a batch, or a released case, goes into ledger, quarantine, vault and store: all of it, or none so far."""
        with self._committing:
            yield

    @contextmanager
    def still(self) -> Iterator[None]:
        """While nothing is half way in, for a copy that fits together; loads wait."""
        with self._committing:
            yield

    @contextmanager
    def loading(self) -> Iterator[None]:
        """While a load runs; waits for a release to end."""
        with self._lock:
            self._loads += 1
        try:
            yield
        finally:
            with self._lock:
                self._loads -= 1

    @contextmanager
    def releasing(self) -> Iterator[None]:
        """While a case goes from quarantine into the store.

        Raises:
            ReviewError: A load is running.
        """
        with self._lock:
            if self._loads:
                raise ReviewError(
                    "a load is running, and may be about to store the same case.",
                    remedy="Seal it again when the load has ended.",
                )
            with self._committing:
                yield

    @contextmanager
    def erasing(self) -> Iterator[None]:
        """While cases or persons leave; a load that begins meanwhile waits.

        Raises:
            ErasureError: A load is running.
        """
        with self._lock:
            if self._loads:
                raise ErasureError(
                    "a load is running, and may be about to store what is to leave.",
                    remedy="Wait until it has ended, and do this again.",
                )
            with self._committing:
                yield
