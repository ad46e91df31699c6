"""Sealing in batches: a pure function from cases to an Arrow batch, for a process pool or a cluster."""

from __future__ import annotations

import traceback
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import PurePath
from typing import Any

import pyarrow as pa

from hushdesk.cases import SEALED_SCHEMA, Case
from hushdesk.redact import Known, Policy
from hushdesk.seal._erased import ErasedValues
from hushdesk.seal._seal import Doubtful, Sealed, Sealer
from hushdesk.seal._values import ValueLists
from hushdesk.vault import Pseudonymiser, VaultEntry


class Verdict(StrEnum):
    """What became of one case of a batch."""

    DOUBTFUL = "doubtful"
    ERASED = "erased"
    """The case, or its customer, was erased: it is refused, and nothing of it is kept anywhere."""
    FAILED = "failed"
    """Sealing met an error of ours; the case goes to quarantine rather than past the detectors."""
    SEALED = "sealed"


@dataclass(frozen=True, slots=True)
class SealedBatch:
    """What sealing a batch gave. Holds nothing personal but the vault's entries."""

    table: bytes
    """The sealed cases as an Arrow IPC stream, in order; doubtful ones are left out."""
    verdicts: tuple[Verdict, ...]
    """One for each case that went in."""
    doubts: tuple[Doubtful, ...]
    """One for each doubtful or failed case, in order."""
    entries: tuple[VaultEntry, ...] = field(repr=False)
    kinds: Counter[str]


class BatchSealer:
    """Seals batches of cases; one per worker process."""

    def __init__(
        self,
        pseudonyms: Pseudonymiser,
        policy: Policy | None = None,
        lists: ValueLists | None = None,
        erased: ErasedValues | None = None,
    ) -> None:
        self._erased = erased or None
        self._sealer = Sealer(pseudonyms, policy, lists, self._erased)

    def seal(
        self, cases: Sequence[tuple[Case, str, bytes]], load_id: int, extra: Sequence[Known] = ()
    ) -> SealedBatch:
        """Seal ``cases``, given with their id and content MAC; ``extra`` values are hunted in all of them."""
        rows: list[dict[str, Any]] = []
        verdicts: list[Verdict] = []
        doubts: list[Doubtful] = []
        entries: dict[tuple[str, str, str], VaultEntry] = {}
        kinds: Counter[str] = Counter()
        refused = self._refused(cases)
        wanted = [(case, case_id) for case, case_id, _ in cases if case_id not in refused]
        sealing = iter(self._sealed(wanted, extra) if wanted else ())
        for _, case_id, mac in cases:
            if case_id in refused:
                verdicts.append(Verdict.ERASED)
                continue
            sealed = next(sealing)
            if isinstance(sealed, Doubtful):
                doubts.append(sealed)
                verdicts.append(Verdict.FAILED if sealed.failure else Verdict.DOUBTFUL)
                continue
            sealed.row["content_mac"] = mac
            sealed.row["load_id"] = load_id
            rows.append(sealed.row)
            verdicts.append(Verdict.SEALED)
            kinds.update(sealed.kinds)
            for entry in sealed.entries:
                entries.setdefault((entry.person_token, entry.token, entry.value), entry)
        sink = pa.BufferOutputStream()
        with pa.ipc.new_stream(sink, SEALED_SCHEMA) as writer:
            writer.write_batch(to_record_batch(rows))
        return SealedBatch(
            sink.getvalue().to_pybytes(), tuple(verdicts), tuple(doubts), tuple(entries.values()), kinds
        )

    def _refused(self, cases: Sequence[tuple[Case, str, bytes]]) -> set[str]:
        """Ids of the cases that must not come back."""
        erased = self._erased
        if erased is None:
            return set()
        return {case_id for case, case_id, _ in cases if erased.refuses(case, case_id)}

    def _sealed(self, cases: Sequence[tuple[Case, str]], extra: Sequence[Known]) -> list[Sealed | Doubtful]:
        """Seal all at once; if a detector fails on one of them, one by one, so that only that one is lost."""
        try:
            return self._sealer.seal_many(cases, extra)
        except Exception as err:  # noqa: BLE001 - a detector's bug must neither stop a load nor let a case by
            if len(cases) == 1:
                # The message may quote the text: only the type and the place of our code are told.
                return [Doubtful((), (), failure=_place(err))]
        return [sealed for case in cases for sealed in self._sealed([case], extra)]


def _place(err: BaseException) -> str:
    last = traceback.extract_tb(err.__traceback__)[-1:]
    where = "".join(f"{PurePath(frame.filename).name}:{frame.lineno}" for frame in last)
    return f"{type(err).__name__} at {where}"


def to_record_batch(rows: Sequence[dict[str, Any]]) -> pa.RecordBatch:
    """Rows of the sealed schema as one Arrow batch. Lone surrogates are replaced: Arrow holds UTF-8 only."""
    columns = []
    for column in SEALED_SCHEMA:
        values = [row[column.name] for row in rows]
        try:
            columns.append(pa.array(values, type=column.type))
        except UnicodeEncodeError:
            columns.append(pa.array(_encodable(values), type=column.type))
    return pa.RecordBatch.from_arrays(columns, schema=SEALED_SCHEMA)


def _encodable(value: Any) -> Any:
    if isinstance(value, str):
        return value.encode("utf-8", "replace").decode("utf-8")
    if isinstance(value, list):
        return [_encodable(item) for item in value]
    return value
