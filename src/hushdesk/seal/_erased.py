"""Who was erased, as keyed hashes: a load tells them again by them, and nobody can read them off.

What is kept of a value is a MAC of its kind and canonical form under a key that no other part of the house uses, so it
outlives a rotation of the pseudonyms' keys. With it goes the moment of the erasure: what happened later is another story.
"""

from __future__ import annotations

import hmac
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from functools import lru_cache
from typing import Final, NamedTuple

from hushdesk.cases import Case, Person, PersonRole
from hushdesk.redact import Kind, canonical

CASE: Final = "case"
"""In the place of a kind: the id of an erased case."""
GONE: Final = "erased"
"""Stands for an erased person where a pseudonym would stand for another one; never stored."""

_CACHE: Final = 1 << 16


class ErasedWire(NamedTuple):
    """The list as plain data, for a pipe to an own worker process, never for disk."""

    key: bytes
    entries: dict[bytes, int]

    def __repr__(self) -> str:
        return f"ErasedWire(entries={len(self.entries)})"


class ErasedValues:
    """Values of persons who were erased, and ids of their cases.

    Args:
        key: 32 bytes, for this use alone.
        entries: MAC to the moment of erasure, milliseconds since the epoch.
    """

    def __init__(self, key: bytes, entries: Mapping[bytes, int] | None = None) -> None:
        self._key = key
        self._entries = dict(entries or {})
        self._mac = lru_cache(_CACHE)(self.mac)

    def mac(self, kind: str, form: str) -> bytes:
        """Sixteen bytes that stand for a value: its kind and its canonical form."""
        data = f"{kind}|{form}".encode("utf-8", "surrogatepass")
        return hmac.digest(self._key, data, "sha256")[:16]

    def add(self, macs: Iterable[bytes], at: int) -> None:
        """Remember values; of two moments the later one counts."""
        for mac in macs:
            self._entries[mac] = max(at, self._entries.get(mac, 0))

    def __bool__(self) -> bool:
        """Whether anybody was erased."""
        return bool(self._entries)

    def __len__(self) -> int:
        return len(self._entries)

    def has(self, kind: str, form: str, since: datetime | None) -> bool:
        """Whether a value is that of somebody erased.

        Args:
            kind: Its kind.
            form: Its canonical form.
            since: When the case was opened. What was opened after the erasure is a new matter of a person who has
                come back; a case without a time counts as older.
        """
        if not self._entries or not form:
            return False
        at = self._entries.get(self._mac(kind, form))
        return at is not None and (since is None or since.timestamp() * 1000 < at)

    def gone(self, person: Person | None, source: str, since: datetime | None) -> bool:
        """Whether one of a case's persons was erased: any one value of theirs says so."""
        if person is None or person.role is PersonRole.SYSTEM or not self._entries:
            return False
        return any(self.has(kind.value, form, since) for kind, form in forms_of(person, source))

    def refuses(self, case: Case, case_id: str) -> bool:
        """Whether a case must not be stored: it was erased, or its customer was."""
        if not self._entries:
            return False
        since = case.opened_at
        return self.has(CASE, case_id, since) or self.gone(case.customer, case.source, since)

    def to_wire(self) -> ErasedWire:
        """Key and entries, to be sent through a pipe to a worker process of one's own."""
        return ErasedWire(self._key, self._entries)

    @classmethod
    def from_wire(cls, wire: ErasedWire) -> ErasedValues:
        """The twin of :meth:`to_wire`, in the worker."""
        return cls(*wire)

    def __reduce__(self) -> str:
        raise TypeError("erased values are not pickled by accident: use to_wire() and from_wire()")

    def __repr__(self) -> str:
        return f"ErasedValues(entries={len(self._entries)})"


def forms_of(person: Person, source: str) -> Iterator[tuple[Kind, str]]:
    """The canonical values by which one of a case's persons can be told."""
    for kind, values in (
        (Kind.EMAIL, person.emails),
        (Kind.PHONE, person.phones),
        (Kind.USERNAME, person.usernames),
    ):
        for value in values:
            yield kind, canonical(kind, value)
    if "@" in person.name:
        yield Kind.EMAIL, canonical(Kind.EMAIL, person.name)
    if person.source_id:
        # Within its source an id is unique, however short; elsewhere it says nothing.
        yield Kind.ACCOUNT, f"{source}:{person.source_id}"
