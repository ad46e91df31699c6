"""The load: reader → seal → vault → store, resumable at every point.

Batches are sealed side by side but committed in the order of the input. For each: intent in the ledger,
quarantine, vault, store, done. A process killed anywhere leaves whole batches and at most one intent,
which the next run repeats with the same token: the store ignores what it already has.
"""

from __future__ import annotations

import io
import json
import time
from collections import Counter, deque
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import islice
from pathlib import Path

import pyarrow as pa

from hushdesk.cases import Case, Locator, Reason, Refused, Supporting
from hushdesk.desk._certify import Certifier
from hushdesk.desk._gate import LoadGate
from hushdesk.desk._ledger import Ledger
from hushdesk.desk._plan import BATCH_CASES, Decision, Judge, Work, batches, erased_line, line_of, place_of
from hushdesk.desk._report import LoadReport
from hushdesk.desk._workers import Pending, Workers
from hushdesk.readers import Options, Plan, ReaderFailedError, read_plan
from hushdesk.seal import ErasedValues, SealedBatch, ValueLists, Verdict, content_bytes
from hushdesk.store import EmbeddedStore
from hushdesk.vault import PeopleVault, Pseudonymiser, Quarantine

ZONELESS = "times.zone_assumed"
"""The readers' word for times without a zone."""

AHEAD = 2
"""Batches that may be on their way while one is committed: they bound the memory of a load."""

_SEALED = (Decision.NEW, Decision.NEWER)


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a load is."""

    bytes_done: int
    bytes_total: int
    cases: int
    seconds: float
    resumed_at: int = 0
    """Items skipped because an earlier run had done them."""


@dataclass(frozen=True, slots=True)
class Rooms:
    """What a load writes to."""

    ledger: Ledger
    store: EmbeddedStore
    vault: PeopleVault
    quarantine: Quarantine
    pseudonyms: Pseudonymiser
    lists: ValueLists
    certifier: Certifier
    erased: ErasedValues
    """Who must not come back."""
    gate: LoadGate = field(default_factory=LoadGate)


@dataclass(slots=True)
class _Flight:
    work: Work
    pending: Pending | None
    repeats: bool = field(default=False)


def fingerprint(inputs: Sequence[Path], plan: Plan, options_text: str, pseudonyms: Pseudonymiser) -> str:
    """Keyed fingerprint of a load: names, sizes and times of change of its files, and options.

    An interrupted load is taken up only by one with the same fingerprint: what was skipped then must be
    what would be skipped now.
    """
    parts = [
        (reader.name, part, stream.name, stream.size)
        for reader, streams in plan.groups
        for part, stream in streams
    ]
    changed = [
        (str(path), about.st_size, about.st_mtime_ns)
        for top in inputs
        for path in (sorted(top.rglob("*")) if top.is_dir() else [top])
        for about in (path.lstat(),)
    ]
    text = json.dumps([parts, changed, options_text, len(plan.refused)])
    return pseudonyms.content_mac(text.encode("utf-8", "surrogatepass")).hex()


class Load:
    """One run of one load."""

    def __init__(
        self,
        rooms: Rooms,
        plan: Plan,
        options: Options,
        *,
        inputs: Sequence[Path],
        workers: int,
        source: str = "",
        mark: str = "",
        batch_cases: int = BATCH_CASES,
        on_progress: Callable[[Progress], None] | None = None,
    ) -> None:
        self._rooms = rooms
        self._plan = plan
        self._options = options
        self._workers_wanted = workers
        self._source = source
        self._batch_cases = batch_cases
        self._on_progress = on_progress
        self._judge = Judge()
        self._started = time.monotonic()
        self._cases = 0
        self._skipped = 0
        self.bytes_done = 0
        names = [place_of(path.name or str(path)) for path in inputs]
        self._seconds: float | None = None
        self.id, self.resumed = rooms.ledger.begin(fingerprint(inputs, plan, mark, rooms.pseudonyms), names)
        self._sample = rooms.certifier.sample(self.id)

    def run(self) -> LoadReport:
        """Load everything.

        Raises:
            SealingDied: A sealing process is gone; the load is marked interrupted and can be resumed.
            HushdeskError: The store or the vault failed; likewise.
        """
        state = "interrupted"
        workers = Workers(self._rooms.pseudonyms, self._workers_wanted, self._rooms.lists, self._rooms.erased)
        try:
            self._run(workers)
            # Looking at the sample says nothing of how quick the load was; a kill from here on is taken up again too.
            self._seconds = time.monotonic() - self._started
            self._rooms.certifier.certify(self._sample, workers)
            state = "finished"
        finally:
            workers.close()
            seconds = time.monotonic() - self._started if self._seconds is None else self._seconds
            self._rooms.ledger.finish(self.id, state, seconds, self._notes())
        report = self._rooms.ledger.report(self.id)
        if report is None:
            raise RuntimeError("the ledger lost a load")
        return report

    def _run(self, workers: Workers) -> None:
        done = self._rooms.ledger.batches(self.id)
        intent = done.pop() if done and not done[-1].done else None
        start = done[-1].items_end if done else 0
        items = self._items()
        self._skip(items, start)
        flights: deque[_Flight] = deque()
        for work in batches(
            items,
            self._rooms.pseudonyms,
            first_number=len(done),
            first_item=start,
            cut_at=intent.items_end if intent else None,
            source=self._source,
            batch_cases=self._batch_cases,
        ):
            repeats = intent is not None
            if intent is not None:
                self._judge.repeat(work, intent.decisions)
                intent = None
            else:
                stored = self._rooms.store.macs([case_id for _, case_id, _ in work.cases])
                self._judge.decide(work, stored)
            job = self._to_seal(work)
            flights.append(_Flight(work, workers.submit(job, self.id) if job else None, repeats))
            while len(flights) > AHEAD:
                self._land(flights.popleft())
        while flights:
            self._land(flights.popleft())

    def _items(self) -> Iterator[Case | Refused | Supporting]:
        yield from self._plan.refused
        for group in self._plan.groups:
            try:
                yield from read_plan(replace(self._plan, groups=[group], refused=[]), self._options)
            except ReaderFailedError as err:
                # A plugin's bug must not take the other sources with it.
                yield Refused(
                    Reason.NOT_READABLE,
                    Locator(f"{err.reader} input"),
                    f"the reader failed ({err.error_type} at {err.where}); the rest of its files was not read",
                    "Report this as a bug of the reader; other sources were loaded.",
                    whole_file=True,
                )

    def _skip(self, items: Iterator[Case | Refused | Supporting], count: int) -> None:
        for item in islice(items, count):
            if isinstance(item, Case):
                case = replace(item, source=self._source) if self._source else item
                case_id = self._rooms.pseudonyms.case_id(case.source, case.source_id)
                self._judge.saw(case_id)
                self._sample.skipped(case, case_id)
        self._sample.settle()
        self._skipped = count

    @staticmethod
    def _to_seal(work: Work) -> list[tuple[Case, str, bytes]]:
        # Of two versions of a case in one batch only the last is stored; the earlier one would be replaced at once.
        chosen: dict[str, tuple[Case, str, bytes]] = {}
        for entry, decision in zip(work.cases, work.decisions, strict=True):
            if decision in _SEALED:
                chosen.pop(entry[1], None)
                chosen[entry[1]] = entry
        return list(chosen.values())

    def _land(self, flight: _Flight) -> None:
        """Commit one batch."""
        sealed = flight.pending.result() if flight.pending is not None else []
        with self._rooms.gate.committing():
            self._commit(flight, sealed)
        self._cases += len(flight.work.cases)
        self._tell()

    def _commit(self, flight: _Flight, sealed: Sequence[SealedBatch]) -> None:
        work, rooms = flight.work, self._rooms
        held, erased = self._count(work, sealed)
        tally = work.tally
        for (case, case_id, _), position, decision in zip(
            work.cases, work.positions, work.decisions, strict=True
        ):
            if decision not in _SEALED:
                continue
            if case_id in erased:
                tally.refused += 1
                tally.reasons[Reason.ERASED.value] += 1
                work.refused.append(erased_line(case, position))
            elif case_id in held:
                tally.quarantined += 1
            else:
                tally.stored += 1
                tally.newer += decision == Decision.NEWER
        tally.unmapped = Counter({place_of(name): n for name, n in tally.unmapped.items()})
        if flight.repeats:
            # Sealed anew, perhaps by a later version that judges otherwise: what counts is what is stored now.
            rooms.ledger.recount(self.id, work.number, tally)
        else:
            lines = [line_of(item) for item in work.refused]
            rooms.ledger.intend(self.id, work.number, work.items_end, work.decisions, tally, lines)
        self._to_quarantine(work, held)
        if sealed:
            rooms.vault.put_many(entry for part in sealed for entry in part.entries)
            self._to_store(work, sealed, held)
        rooms.ledger.done(self.id, work.number)
        for case, case_id, mac in self._to_seal(work):
            if case_id not in held and case_id not in erased:
                self._sample.offer(case, case_id, mac)
        for _, case_id, mac in work.cases:
            known = self._judge.in_flight.get(case_id)
            if known is not None and known.mac == mac:
                del self._judge.in_flight[case_id]

    def _count(self, work: Work, sealed: Sequence[SealedBatch]) -> tuple[dict[str, str], set[str]]:
        """Count what sealing found; returns the cases held back, with the reason, and those that were erased."""
        held: dict[str, str] = {}
        erased: set[str] = set()
        doubts = (doubt for part in sealed for doubt in part.doubts)
        verdicts = [verdict for part in sealed for verdict in part.verdicts]
        for part in sealed:
            work.tally.kinds.update(part.kinds)
        for (_, case_id, _), verdict in zip(self._to_seal(work), verdicts, strict=True):
            if verdict is Verdict.SEALED:
                continue
            if verdict is Verdict.ERASED:
                erased.add(case_id)
                continue
            doubt = next(doubts)
            held[case_id] = doubt.reason
            if doubt.failure:
                work.tally.doubts[f"error {doubt.failure}"] += 1
            for kind in doubt.kinds:
                for name in doubt.fields:
                    work.tally.doubts[f"{kind} in {name}"] += 1
        return held, erased

    def _to_quarantine(self, work: Work, held: dict[str, str]) -> None:
        rooms = self._rooms
        wanted: dict[bytes, tuple[str, str, bytes]] = {}
        for case, case_id, _ in work.cases:
            if case_id in held:
                raw = content_bytes(case)
                wanted[rooms.pseudonyms.content_mac(raw)] = (f"case {case_id}", held[case_id], raw)
        for item in work.refused:
            if item.raw:
                line = line_of(item)
                wanted[rooms.pseudonyms.content_mac(item.raw)] = (line.place, line.reason, item.raw)
        if not wanted:
            return
        new = [mac for mac in wanted if not rooms.ledger.is_held(mac)]
        rooms.quarantine.put_many((str(self.id), *wanted[mac]) for mac in new)
        rooms.ledger.hold(new)

    def _to_store(self, work: Work, sealed: Sequence[SealedBatch], held: dict[str, str]) -> None:
        table = pa.concat_tables(pa.ipc.open_stream(io.BytesIO(part.table)).read_all() for part in sealed)
        if not table.num_rows and not held:
            return
        newer = {
            case_id
            for (_, case_id, _), decision in zip(work.cases, work.decisions, strict=True)
            if decision == Decision.NEWER
        }
        token = f"{self.id}-{work.number}"
        stale = newer & held.keys()
        if stale:
            # The newer version is doubtful: the older one must not be served as if it were current.
            self._rooms.store.delete(sorted(stale))
        if not newer:
            self._rooms.store.insert(table, token)
            return
        ids = table.column("case_id").to_pylist()
        fresh = pa.array([case_id not in newer for case_id in ids], pa.bool_())
        changed = pa.array([case_id in newer for case_id in ids], pa.bool_())
        self._rooms.store.insert(table.filter(fresh), token)
        self._rooms.store.replace(table.filter(changed), f"{token}-newer")

    def _tell(self) -> None:
        if self._on_progress is not None:
            self._on_progress(
                Progress(
                    self.bytes_done,
                    self._plan.total_bytes,
                    self._cases,
                    time.monotonic() - self._started,
                    self._skipped,
                )
            )

    def _notes(self) -> list[str]:
        report = self._rooms.ledger.report(self.id)
        zoneless = report.tally.rows[ZONELESS] if report is not None else 0
        notes = [
            f"the reader {broken.name} could not be loaded and took no part." for broken in self._plan.broken
        ]
        if zoneless:
            notes.append(f"{zoneless:,} times had no zone and were taken as UTC; --zone names another.")
        return notes
