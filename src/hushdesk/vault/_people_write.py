"""One batch into the people vault: crypto in bulk, keys before entries, all or nothing."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator, Sequence
from typing import Final, TypeVar

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from hushdesk.vault._cells import binding, make_slot, open_slot, seal_value
from hushdesk.vault._codec import Codec
from hushdesk.vault._people_schema import ALIVE
from hushdesk.vault._people_types import Stored, VaultEntry
from hushdesk.vault._slots import EMPTY, Slots
from hushdesk.vault._wrapper import PersonKeyWrapper
from hushdesk.vault.errors import VaultDamagedError

T = TypeVar("T")

CHUNK: Final = 4096


def chunks(items: Sequence[T]) -> Iterator[Sequence[T]]:
    """Pieces small enough for the parameters of one statement."""
    for start in range(0, len(items), CHUNK):
        yield items[start : start + CHUNK]


def marks(items: Sequence[object]) -> str:
    """As many placeholders as items."""
    return ",".join("?" * len(items))


class Writer:
    """Puts batches in. The caller holds the vault's lock."""

    def __init__(
        self,
        database: sqlite3.Connection,
        slots: Slots,
        codec: Codec,
        wrapper: PersonKeyWrapper,
        vault_id: bytes,
    ) -> None:
        self._db = database
        self._slots = slots
        self._codec = codec
        self._wrapper = wrapper
        self._vault_id = vault_id

    def put(self, batch: Sequence[VaultEntry]) -> Stored:
        """Put a batch in, in one transaction."""
        self._db.execute("BEGIN IMMEDIATE")
        try:
            stored = self._put(batch)
            self._db.execute("COMMIT")
        except BaseException:
            self._db.execute("ROLLBACK")
            self._codec.reload()
            raise
        return stored

    def _put(self, batch: Sequence[VaultEntry]) -> Stored:
        pack = self._codec.pack
        wanted: dict[bytes, tuple[str, str]] = {}
        older: dict[bytes, dict[bytes, None]] = {}
        cells: dict[tuple[bytes, bytes, str, str], None] = {}
        for entry in batch:
            holder = pack(entry.person_token)
            token = holder if entry.token == entry.person_token else pack(entry.token)
            language, country = wanted.get(holder, ("", ""))
            wanted[holder] = (entry.language or language, entry.country or country)
            cells[holder, token, entry.kind, entry.value] = None
            if entry.older:
                older.setdefault(holder, {}).update(dict.fromkeys(map(pack, entry.older)))
        known = self._known(sorted(wanted))
        aliased = self._aliased([h for h in wanted if h not in known], older)
        known |= aliased
        ciphers = self._add_persons([h for h in wanted if h not in known], wanted, known)
        added = len(ciphers)
        self._update_persons(wanted, known, ciphers)
        present = self._present(sorted({known[h] for h in wanted} - ciphers.keys()))
        rows = []
        for holder, token, kind, value in cells:
            person = known[holder]
            tag = self._codec.number(kind) + self._wrapper.tag(person, value)
            # An empty place stands for the person's first pseudonym, which an alias is not.
            place = b"" if token == holder and holder not in aliased else token
            if (person, place, tag) in present:
                continue
            present.add((person, place, tag))
            cipher = ciphers.get(person)
            if cipher is None:
                cipher = ciphers[person] = self._cipher(person)
            bind = binding(self._vault_id, person, token, tag, kind)
            rows.append((person, place, tag, seal_value(cipher, bind, value)))
        rows.sort()
        self._db.executemany("INSERT INTO entry VALUES (?, ?, ?, ?)", rows)
        return Stored(added, len(rows))

    def _known(self, tokens: Sequence[bytes]) -> dict[bytes, int]:
        known: dict[bytes, int] = {}
        for chunk in chunks(tokens):
            sql = f"SELECT token, id FROM person WHERE token IN ({marks(chunk)}) AND state = {ALIVE}"  # noqa: S608
            known.update(self._db.execute(sql, chunk).fetchall())
        return known

    def _aliased(self, holders: Sequence[bytes], older: dict[bytes, dict[bytes, None]]) -> dict[bytes, int]:
        """Those of the holders who are known under another version of the domain key; such links are kept."""
        found: dict[bytes, int] = {}
        for chunk in chunks(holders):
            sql = f"SELECT token, person FROM alias WHERE token IN ({marks(chunk)})"  # noqa: S608
            found.update(self._db.execute(sql, chunk).fetchall())
        fresh = {h: older[h] for h in holders if h not in found and h in older}
        before = sorted({token for tokens in fresh.values() for token in tokens})
        if not before:
            return found
        known = self._known(before)
        for chunk in chunks(before):
            sql = f"SELECT token, person FROM alias WHERE token IN ({marks(chunk)})"  # noqa: S608
            known.update(self._db.execute(sql, chunk).fetchall())
        for holder, tokens in fresh.items():
            person = next((known[token] for token in tokens if token in known), None)
            if person is not None:
                found[holder] = person
                self._db.execute("INSERT INTO alias VALUES (?, ?)", [holder, person])
        return found

    def _present(self, persons: Sequence[int]) -> set[tuple[int, bytes, bytes]]:
        present: set[tuple[int, bytes, bytes]] = set()
        for chunk in chunks(persons):
            sql = f"SELECT person, token, tag FROM entry WHERE person IN ({marks(chunk)})"  # noqa: S608
            present.update(self._db.execute(sql, chunk).fetchall())
        return present

    def _add_persons(
        self, holders: Sequence[bytes], wanted: dict[bytes, tuple[str, str]], known: dict[bytes, int]
    ) -> dict[int, AESGCM]:
        if not holders:
            return {}
        first = self._db.execute("SELECT coalesce(max(id), 0) + 1 FROM person").fetchone()[0]
        ciphers: dict[int, AESGCM] = {}
        slots: list[bytes] = []
        for person, holder in enumerate(holders, first):
            key = os.urandom(32)
            slots.append(make_slot(self._wrapper, person, key))
            ciphers[person] = AESGCM(key)
            known[holder] = person
        # Keys are durable before any entry that needs them; slots beyond the last person are
        # left-overs of a killed process and are written over.
        self._slots.write(first, slots)
        self._db.executemany(
            f"INSERT INTO person VALUES (?, ?, ?, ?, {ALIVE})",  # noqa: S608
            ((known[h], h, *wanted[h]) for h in holders),
        )
        return ciphers

    def _update_persons(
        self, wanted: dict[bytes, tuple[str, str]], known: dict[bytes, int], new: dict[int, AESGCM]
    ) -> None:
        changes = [
            (language, country, known[h], language, country)
            for h, (language, country) in wanted.items()
            if (language or country) and known[h] not in new
        ]
        self._db.executemany(
            "UPDATE person SET language = coalesce(nullif(?1, ''), language),"
            " country = coalesce(nullif(?2, ''), country)"
            " WHERE id = ?3 AND (language <> coalesce(nullif(?4, ''), language)"
            " OR country <> coalesce(nullif(?5, ''), country))",
            changes,
        )

    def _cipher(self, person: int) -> AESGCM:
        slot = self._slots.read(person)
        if slot == EMPTY:
            raise VaultDamagedError("key of a person")
        return open_slot(self._wrapper, person, slot)
