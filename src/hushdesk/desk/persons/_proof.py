"""The proof that the bytes are gone: every file of the desk searched, every row of the store read back."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final

from hushdesk.desk._ledger import now
from hushdesk.desk._record import RECORD_FOLDER
from hushdesk.desk._sweep import ValueFinder
from hushdesk.store import EmbeddedStore, Remains
from hushdesk.vault import ShredProof

KEPT_IN: Final = (RECORD_FOLDER, "incidents", "reveal.sqlite", "reveal.sqlite-wal")
"""What is kept as it is, record, dossiers and requests to open pseudonyms: it is what is shown to an authority (GDPR art. 17 (3) (b) and (e))."""

_ROWS: Final = "store, read back"


@dataclass(frozen=True, slots=True)
class Shredded:
    """That the key of one person is destroyed."""

    person: int
    slot_digest: str
    """SHA-256 of the destroyed slot: a backup can be searched for it."""
    bytes_searched: int
    key_found: int
    """Files of the vault in which the key was found afterwards."""
    remnants: int
    """Sealed values found in freed places: unreadable for ever."""

    @classmethod
    def of(cls, proof: ShredProof) -> Shredded:
        """From what the vault says."""
        return cls(int(proof.person), proof.slot_digest, proof.bytes_scanned, proof.key_found, proof.remnants)


@dataclass(frozen=True, slots=True)
class ErasureProof:
    """What was looked at after an erasure, and what was found. Holds no value."""

    at: str
    values: int
    """Pseudonyms and case ids looked for."""
    files: int
    file_bytes: int
    rows: int
    """Rows of all tables of the store, read back through the engine and searched."""
    row_bytes: int
    found: tuple[str, ...]
    """Where something was found that should be gone; empty, or the erasure is not proven."""
    kept: tuple[str, ...]
    """Where something was found that is kept on purpose: the record and the dossiers of incidents."""
    parts: int
    """Parts of the store on disk: each was rewritten without what was erased, or never held it."""
    old_parts: int
    """Replaced parts that are still on disk; 0, or the erasure is not proven."""
    mutations: int
    """Deletions the engine has not finished; 0, or the erasure is not proven."""
    shredded: tuple[Shredded, ...]

    @property
    def proven(self) -> bool:
        """Whether nothing was found."""
        gone = not self.found and not self.old_parts and not self.mutations
        return gone and not any(one.key_found for one in self.shredded)

    @property
    def digest(self) -> str:
        """SHA-256 of the proof as it is written down; the record holds it."""
        text = json.dumps(asdict(self), sort_keys=True, separators=(",", ":"))
        return hashlib.sha256(text.encode()).hexdigest()

    def to_json(self) -> dict[str, Any]:
        """As plain values."""
        return {**asdict(self), "proven": self.proven, "digest": self.digest}


def prove(
    folder: Path,
    store: EmbeddedStore,
    values: Iterable[str],
    remains: Remains,
    shredded: Sequence[ShredProof],
) -> ErasureProof:
    """Look for ``values`` in every file below ``folder`` and in every row of every table of the store."""
    wanted = sorted(set(values))
    files = file_bytes = 0
    found: set[str] = set()
    kept: set[str] = set()
    finder = ValueFinder(wanted)
    for path in sorted(folder.rglob("*")):
        if not path.is_file() or path.is_symlink():
            continue
        finder.found.clear()
        try:
            file_bytes += finder.look_through(path)
        except FileNotFoundError:
            # Merged away while we look; its rows are read below.
            continue
        files += 1
        if finder.found:
            place = path.relative_to(folder).parts[0]
            (kept if place in KEPT_IN else found).add(place)
    finder.found.clear()
    rows, row_bytes = finder.look_through_rows(store)
    if finder.found:
        found.add(_ROWS)
    return ErasureProof(
        at=now(),
        values=len(wanted),
        files=files,
        file_bytes=file_bytes,
        rows=rows,
        row_bytes=row_bytes,
        found=tuple(sorted(found)),
        kept=tuple(sorted(kept)),
        parts=remains.parts,
        old_parts=remains.old_parts,
        mutations=remains.mutations,
        shredded=tuple(Shredded.of(one) for one in shredded),
    )
