"""Carrying out an erasure, step by step; each step may be repeated, so that it is ended whoever begins it."""

from __future__ import annotations

import os
import secrets
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final, TypeVar

from hushdesk.desk._erased import ErasedFile
from hushdesk.desk.persons._find import Finder
from hushdesk.desk.persons._journal import Journal
from hushdesk.desk.persons._plan import Plan
from hushdesk.desk.persons._proof import ErasureProof, prove
from hushdesk.desk.persons._rows import emptied, without
from hushdesk.record import Record
from hushdesk.store import EmbeddedStore
from hushdesk.vault import Keyring, PeopleVault, PersonId, ShredProof

_CHUNK: Final = 500
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Rooms:
    """What an erasure touches."""

    folder: Path
    keyring: Keyring
    store: EmbeddedStore
    vault: PeopleVault
    erased: ErasedFile
    record: Record

    @property
    def finder(self) -> Finder:
        """Finds persons and cases."""
        return Finder(self.keyring, self.vault, self.store)

    @property
    def journal(self) -> Journal:
        """Of this desk."""
        return Journal(self.folder, self.keyring)


@dataclass(frozen=True, slots=True)
class Erasure:
    """What an erasure came to. Holds no value."""

    id: str
    persons: tuple[int, ...]
    """Numbers in the vault whose keys are destroyed."""
    emptied: int
    """Cases that stay as a count only."""
    removed: int
    """Cases that are gone altogether."""
    resealed: int
    """Cases that stay, without the person."""
    forgotten: int
    """Others whom no case names any more: their keys are destroyed too."""
    values: int
    """Values the vault had of the person."""
    shared: int
    """Of these, values that others have too: those stay theirs."""
    refused_from_now: int
    """Keyed hashes by which a later load is kept from bringing the person back."""
    quarantined: int
    """Entries of the quarantine that are not closed and may hold the person; the officer has to look."""
    resumed: bool
    """Whether it was begun by another process that did not end it."""
    proof: ErasureProof | None

    def to_json(self) -> dict[str, Any]:
        """As plain values."""
        return {
            **asdict(self),
            "proof": self.proof.to_json() if self.proof is not None else None,
            "also_in": ALSO_IN,
        }


ALSO_IN: Final = (
    "backups of desk and vault made before, until they expire",
    "the help desk that the exports came from",
    "copies that were exported before",
)
"""Where a person may still be that this desk cannot reach."""


def reached(step: str) -> None:
    """Told of each step when it is done; the tests of kills put something else in its place."""


def begin(rooms: Rooms, plan: Plan) -> Erasure:
    """Write the plan down, then carry it out."""
    rooms.journal.write(plan)
    reached("planned")
    return _carry(rooms, plan, resumed=False)


def resume(rooms: Rooms) -> Erasure | None:
    """End what a killed process has begun; None if there is nothing."""
    plan = rooms.journal.read()
    return None if plan is None else _carry(rooms, plan, resumed=True)


def _carry(rooms: Rooms, plan: Plan, *, resumed: bool) -> Erasure:
    rooms.erased.add((bytes.fromhex(mac) for mac in plan.macs), plan.at)
    reached("listed")
    for number, part in enumerate(_chunks(plan.reseal)):
        _reseal(rooms.store, part)
        reached(f"resealed {number}")
    for number, chunk in enumerate(_chunks(plan.empty)):
        _empty(rooms.store, dict(chunk))
        reached(f"emptied {number}")
    if plan.remove:
        rooms.store.delete(plan.remove)
    reached("removed")
    shredded = [_shred(rooms.vault, person) for person in plan.persons]
    reached("shredded")
    forgotten = _forget(rooms, plan)
    reached("forgotten")
    proof = None
    if plan.prove:
        remains = rooms.store.vanish()
        reached("vanished")
        gone = [*plan.tokens, *(case_id for case_id, _ in plan.empty), *plan.remove]
        proof = prove(rooms.folder, rooms.store, gone, remains, [one for one in shredded if one is not None])
    done = Erasure(
        plan.id,
        plan.persons,
        len(plan.empty),
        len(plan.remove),
        len(plan.reseal),
        forgotten,
        plan.values,
        plan.shared,
        len(plan.macs),
        plan.quarantined,
        resumed,
        proof,
    )
    reached("proven")
    rooms.record.append(
        plan.event,
        plan.who,
        {
            "erasure": plan.id,
            "persons": list(plan.persons),
            "emptied": done.emptied,
            "removed": done.removed,
            "resealed": done.resealed,
            "forgotten": done.forgotten,
            "shared": done.shared,
            "resumed": resumed,
            "proven": proof.proven if proof is not None else None,
            "proof": proof.digest if proof is not None else None,
        },
    )
    reached("recorded")
    rooms.journal.clear()
    return done


def _reseal(store: EmbeddedStore, part: Sequence[tuple[str, str, tuple[str, ...]]]) -> None:
    """Take pseudonyms out of cases that stay. Each keeps its content MAC, so a repeated load finds it unchanged.

    The store tells versions of a case apart by that MAC. So each goes through a version with a MAC of its own: at every moment
    there is the case as it was, or without the person.
    """
    from hushdesk.seal import to_record_batch

    wanted = {case_id: (bytes.fromhex(mac), leaving) for case_id, mac, leaving in part}
    rows = store.sealed(list(wanted)).to_pylist()
    first = []
    last = []
    for row in rows:
        mac, leaving = wanted[row["case_id"]]
        if row["content_mac"] == mac:
            if not set(leaving).intersection(row["tokens"]):
                continue
            first.append(without(row, leaving, os.urandom(16)))
        last.append(without(row, leaving, mac))
    for step, batch in (("aside", first), ("back", last)):
        if batch:
            store.replace(to_record_batch(batch), f"erase-{secrets.token_hex(8)}")
        reached(f"reseal {step}")


def _empty(store: EmbeddedStore, ids: dict[str, str]) -> None:
    """Put a count in the place of cases. The new rows come first: no chart ever misses one."""
    from hushdesk.seal import to_record_batch

    rows = store.sealed(list(ids)).to_pylist()
    there = store.macs(list(ids.values())).keys()
    fresh = [
        emptied(row, ids[row["case_id"]], os.urandom(16)) for row in rows if ids[row["case_id"]] not in there
    ]
    if fresh:
        store.insert(to_record_batch(fresh), f"empty-{secrets.token_hex(8)}")
    reached("empty added")
    store.delete(ids)


def _shred(vault: PeopleVault, person: int) -> ShredProof | None:
    try:
        return vault.shred(PersonId(person))
    except KeyError:
        return None


def _forget(rooms: Rooms, plan: Plan) -> int:
    """Shred whoever was in these cases and is in no other: without a case nobody may keep their identity."""
    persons = rooms.vault.persons_of(plan.lost) - {PersonId(person) for person in plan.persons}
    finder = rooms.finder
    forgotten = 0
    for part in _chunks(sorted(persons)):
        tokens = {person: {rooms.vault.token(person)} for person in part}
        for person, values in rooms.vault.values_of(part).items():
            tokens[person] |= {value.token for value in values}
        present = finder.present({token for each in tokens.values() for token in each})
        leaving = [person for person, each in tokens.items() if each.isdisjoint(present)]
        forgotten += rooms.vault.shred_many(leaving)
    return forgotten


def _chunks(items: Sequence[T]) -> Iterator[Sequence[T]]:
    for start in range(0, len(items), _CHUNK):
        yield items[start : start + _CHUNK]
