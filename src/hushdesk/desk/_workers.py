"""Sealing in worker processes, or in this one when there is little to do.

Workers are spawned, never forked: the engine must not be inherited. Keys reach them through the pipe
that starts them, so they stand in no argument list and no environment.
"""

from __future__ import annotations

import gc
import os
import threading
from collections import Counter, deque
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from multiprocessing import connection, get_context, parent_process
from typing import Protocol

from hushdesk.cases import Case
from hushdesk.desk._errors import SealingDied
from hushdesk.seal import (
    BatchSealer,
    ErasedValues,
    ErasedWire,
    Looker,
    Sampled,
    SealedBatch,
    ValueLists,
    ValuesWire,
)
from hushdesk.vault import Pseudonymiser, PseudonymKeys

Job = Sequence[tuple[Case, str, bytes]]
"""Cases with their id and content MAC."""

JOB_CASES = 250
"""A batch is sealed in pieces of this many cases, so that all workers end at about the same time."""

_sealer: BatchSealer | None = None
_looker: Looker | None = None


def _start(wire: PseudonymKeys, values: ValuesWire, erased: ErasedWire) -> None:
    global _sealer, _looker
    threading.Thread(target=_end_with_parent, name="end-with-parent", daemon=True).start()
    lists = ValueLists.from_wire(values)
    _sealer = BatchSealer(Pseudonymiser.from_wire(wire), lists=lists, erased=ErasedValues.from_wire(erased))
    _looker = Looker(lists)
    # What is loaded by now stays: looking through it again and again cost a tenth of sealing.
    gc.freeze()
    gc.set_threshold(20_000, 50, 100)


def _end_with_parent() -> None:
    """End this process when the loading one is gone, however it went.

    A worker waits on a pipe whose writing end it holds itself, so a killed parent is no end of file to it:
    it would wait for ever, with the desk's keys in its memory.
    """
    parent = parent_process()
    if parent is not None:
        connection.wait([parent.sentinel])
        os._exit(1)


def _seal(job: Job, load_id: int) -> SealedBatch:
    if _sealer is None:
        raise RuntimeError("worker was not started")
    return _sealer.seal(job, load_id)


def _look(sample: Sequence[Sampled]) -> list[Counter[str]]:
    if _looker is None:
        raise RuntimeError("worker was not started")
    return _looker.look(sample)


class Pending(Protocol):
    """A batch being sealed."""

    def result(self) -> list[SealedBatch]:
        """Wait for it; the parts in order.

        Raises:
            SealingDied: The process that sealed it is gone.
        """


class _InPool:
    def __init__(self, futures: list[Future[SealedBatch]]) -> None:
        self._futures = futures

    def result(self) -> list[SealedBatch]:
        try:
            return [future.result() for future in self._futures]
        except BrokenProcessPool:
            raise SealingDied from None


class _Here:
    def __init__(self, sealed: SealedBatch) -> None:
        self._sealed = sealed

    def result(self) -> list[SealedBatch]:
        return [self._sealed]


class Workers:
    """A pool of sealing processes; with ``count`` 0 the sealing is done in this process."""

    def __init__(
        self, pseudonyms: Pseudonymiser, count: int, lists: ValueLists, erased: ErasedValues
    ) -> None:
        self.count = count
        self._lists = lists
        self._here: BatchSealer | None = None
        self._pool: ProcessPoolExecutor | None = None
        if count > 0:
            self._pool = ProcessPoolExecutor(
                count,
                mp_context=get_context("spawn"),
                initializer=_start,
                initargs=(pseudonyms.to_wire(), lists.to_wire(), erased.to_wire()),
            )
        else:
            self._here = BatchSealer(pseudonyms, lists=lists, erased=erased)

    def submit(self, job: Job, load_id: int) -> Pending:
        """Begin to seal ``job``."""
        if self._here is not None:
            return _Here(self._here.seal(job, load_id))
        if self._pool is None:
            raise RuntimeError("workers are closed")
        try:
            return _InPool(
                [
                    self._pool.submit(_seal, job[start : start + JOB_CASES], load_id)
                    for start in range(0, len(job), JOB_CASES)
                ]
            )
        except BrokenProcessPool:
            raise SealingDied from None

    def look(self, jobs: Iterator[Sequence[Sampled]]) -> Iterator[list[Counter[str]]]:
        """Have samples looked at for a certificate, in order.

        Raises:
            SealingDied: A process is gone.
        """
        if self._pool is None:
            looker = Looker(self._lists)
            yield from map(looker.look, jobs)
            return
        ahead: deque[Future[list[Counter[str]]]] = deque()
        try:
            for job in jobs:
                ahead.append(self._pool.submit(_look, job))
                if len(ahead) > 2 * self.count:
                    yield ahead.popleft().result()
            while ahead:
                yield ahead.popleft().result()
        except BrokenProcessPool:
            raise SealingDied from None

    def close(self) -> None:
        """End the processes, whatever they are doing."""
        if self._pool is not None:
            self._pool.shutdown(wait=True, cancel_futures=True)
            self._pool = None
