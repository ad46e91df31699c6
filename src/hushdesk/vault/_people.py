"""The people vault: pseudonym → person → values, each person under a key of their own."""

from __future__ import annotations

import os
import secrets
import sqlite3
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby
from operator import itemgetter
from pathlib import Path
from threading import RLock
from typing import Final, Self

import pyarrow as pa

from hushdesk.vault._cells import binding, make_slot, open_slot, open_value, unwrap_slot
from hushdesk.vault._codec import Codec
from hushdesk.vault._files import check_private, private_folder, sync_folder, touch_private
from hushdesk.vault._keyring import Keyring
from hushdesk.vault._people_schema import ALIASES, ALIVE, SCHEMA, SCHEMA_VERSION, connect
from hushdesk.vault._people_types import PersonId, PersonProfile, ShredProof, Stored, Value, VaultEntry
from hushdesk.vault._people_write import CHUNK, Writer, chunks, marks
from hushdesk.vault._profiles import read_profiles
from hushdesk.vault._shred import finish_shredding, shred, shred_many
from hushdesk.vault._slots import EMPTY, SLOT, Slots
from hushdesk.vault._wrapper import PersonKeyWrapper
from hushdesk.vault.errors import KeysExistError, KeysMissingError, VaultDamagedError, VaultLockedError

DATABASE_FILE: Final = "people.db"
SLOTS_FILE: Final = "people.keys"


class PeopleVault:
    """Maps pseudonyms to persons. Open it with a keyring to write or to see identities, without to count.

    One connection, guarded by a lock: safe to share between threads. Several processes may read
    while one writes; writers wait for each other.
    """

    def __init__(self, folder: Path, keyring: Keyring | None) -> None:
        self.folder = folder
        """Where the vault lies."""
        self._lock = RLock()
        self._db = connect(folder / DATABASE_FILE)
        row = self._db.execute("SELECT value FROM meta WHERE name = 'vault_id'").fetchone()
        if row is None:
            raise VaultDamagedError("people vault")
        self._id: bytes = row[0]
        self._codec = Codec(self._db)
        self._slots = Slots(folder / SLOTS_FILE)
        self._wrapper = keyring.wrapper(self._id) if keyring is not None else None
        finish_shredding(self._db, self._slots)

    @classmethod
    def create(cls, folder: Path | str, keyring: Keyring) -> Self:
        """Make an empty vault.

        Raises:
            KeysExistError: There is one already.
            KeysUnsafeError: Others can reach the folder.
        """
        folder = Path(folder).absolute()
        private_folder(folder)
        path = folder / DATABASE_FILE
        if path.exists():
            raise KeysExistError("people vault")
        # Made under another name first: a vault that is there is whole.
        fresh = path.with_name(f".{DATABASE_FILE}.{secrets.token_hex(6)}.tmp")
        touch_private(fresh)
        database = sqlite3.connect(fresh, isolation_level=None)
        try:
            database.executescript(SCHEMA + ALIASES)
            database.execute("INSERT INTO meta VALUES ('vault_id', ?)", [os.urandom(16)])
            database.execute(f"PRAGMA user_version = {SCHEMA_VERSION}")
        finally:
            database.close()
        touch_private(folder / SLOTS_FILE)
        fresh.replace(path)
        sync_folder(folder)
        return cls(folder, keyring)

    @classmethod
    def open(cls, folder: Path | str, keyring: Keyring | None = None) -> Self:
        """Open a vault; without a keyring it only counts.

        Raises:
            KeysMissingError: There is none.
            KeysUnsafeError: Others can reach the folder or its files.
        """
        folder = Path(folder).absolute()
        if not (folder / DATABASE_FILE).is_file():
            raise KeysMissingError("people vault")
        check_private(folder, "vault folder")
        check_private(folder / DATABASE_FILE, "people vault")
        check_private(folder / SLOTS_FILE, "file of wrapped keys")
        return cls(folder, keyring)

    # --- writing -----------------------------------------------------------------------------

    def put_many(self, entries: Iterable[VaultEntry]) -> Stored:
        """Add values in one transaction. What is known already changes nothing.

        An entry joins the person of its ``person_token``, who is made when first named. A token
        may stand for several values of a person (spellings of a name). The last language and country that are not empty win.
        Durable when this returns; whole or not at all if the process is killed.

        Raises:
            VaultLockedError: Opened without keys.
            ValueError: A token is no pseudonym, or a kind no kind.
        """
        self._keys()
        batch = list(entries)
        with self._lock:
            # Asked for here, under the lock: after a rotation nothing more is wrapped with the old key.
            return Writer(self._db, self._slots, self._codec, self._keys(), self._id).put(batch)

    def shred(self, person: PersonId) -> ShredProof:
        """Destroy a person's key and entries; nothing can open their values again.

        Needs no keys. An interrupted shredding is finished when the vault is next opened. Backups
        of the file of wrapped keys are the caller's to let expire.

        Raises:
            KeyError: There is no such person.
        """
        with self._lock:
            return shred(self._db, self._slots, self.folder, person)

    def shred_many(self, persons: Sequence[PersonId]) -> int:
        """Destroy the keys and entries of many persons, without a search for each; else as :meth:`shred`.

        Returns:
            How many were alive.
        """
        with self._lock:
            return shred_many(self._db, self._slots, persons) if persons else 0

    def rewrap(self) -> int:
        """Wrap the keys of all persons with the newest wrap key; values are not touched.

        Returns:
            How many keys were wrapped anew.
        """
        wrapper, done = self._keys(), 0
        last = int(self._one("SELECT coalesce(max(id), 0) FROM person"))
        for first in range(1, last + 1, CHUNK):
            # Piece by piece, so that reading and writing go on meanwhile.
            with self._lock:
                # The write lock keeps shredding in another process from being undone by this.
                self._db.execute("BEGIN IMMEDIATE")
                try:
                    raw = self._slots.read_many(first, min(CHUNK, last + 1 - first))
                    slots = [raw[i : i + SLOT] for i in range(0, len(raw), SLOT)]
                    stale = 0
                    for offset, slot in enumerate(slots):
                        if slot == EMPTY or int.from_bytes(slot[:4], "big") == wrapper.version:
                            continue
                        person = first + offset
                        slots[offset] = make_slot(wrapper, person, unwrap_slot(wrapper, person, slot))
                        stale += 1
                    if stale:
                        self._slots.write(first, slots)
                    done += stale
                finally:
                    self._db.execute("COMMIT")
        return done

    def shred_keyless(self) -> int:
        """Shred whoever has entries and no key: after a restore, those who were shredded while the copy was made."""
        with self._lock:
            gone: list[int] = []
            last = int(self._one("SELECT coalesce(max(id), 0) FROM person"))
            alive = f"SELECT id FROM person WHERE state = {ALIVE} AND id BETWEEN ? AND ?"  # noqa: S608
            for first in range(1, last + 1, CHUNK):
                raw = self._slots.read_many(first, CHUNK)
                for (person,) in self._db.execute(alive, [first, first + CHUNK - 1]).fetchall():
                    at = (person - first) * SLOT
                    if raw[at : at + SLOT] == EMPTY:
                        gone.append(person)
            for person in gone:
                shred(self._db, self._slots, self.folder, PersonId(person))
        return len(gone)

    def wrap_versions(self) -> dict[int, int]:
        """How many keys of persons are wrapped by each version of the wrap key; needs no keys."""
        counts: Counter[int] = Counter()
        last = int(self._one("SELECT coalesce(max(id), 0) FROM person"))
        for first in range(1, last + 1, CHUNK):
            raw = self._slots.read_many(first, min(CHUNK, last + 1 - first))
            counts.update(
                int.from_bytes(raw[i : i + 4], "big")
                for i in range(0, len(raw), SLOT)
                if raw[i : i + SLOT] != EMPTY
            )
        return dict(sorted(counts.items()))

    def adopt(self, keyring: Keyring) -> None:
        """Use the keys as they are now in the keyring, after a rotation.

        Raises:
            VaultLockedError: Opened without keys.
        """
        self._keys()
        with self._lock:
            self._wrapper = keyring.wrapper(self._id)

    # --- without identities ------------------------------------------------------------------

    def count(self) -> int:
        """How many persons there are."""
        return int(self._one("SELECT count(*) FROM person WHERE state = ?", ALIVE))

    def count_entries(self) -> int:
        """How many values there are."""
        return int(self._one("SELECT count(*) FROM entry"))

    def count_shredded(self) -> int:
        """How many persons have been shredded."""
        return int(self._one("SELECT count(*) FROM person WHERE state <> ?", ALIVE))

    def languages(self, tokens: Iterable[str] | None = None) -> dict[str, int]:
        """Persons by language, most first; of those that hold one of ``tokens`` if given."""
        return self._tally("language", tokens)

    def countries(self, tokens: Iterable[str] | None = None) -> dict[str, int]:
        """Persons by country of residence, most first; of those that hold one of ``tokens`` if given."""
        return self._tally("country", tokens)

    def person(self, token: str) -> PersonId | None:
        """The person known under ``token`` (its person token), or the only one who holds it as a value."""
        packed = self._codec.find(token)
        if packed is None:
            return None
        with self._lock:
            row = self._db.execute(
                "SELECT id FROM person WHERE token = ?1 UNION ALL SELECT person FROM alias WHERE token = ?1",
                [packed],
            ).fetchone()
        if row is not None:
            return PersonId(row[0])
        held = self.persons(token)
        return held[0] if len(held) == 1 else None

    def persons(self, token: str) -> tuple[PersonId, ...]:
        """All persons to whom ``token`` belongs: a shared mailbox has several."""
        found = self._holders([token])
        return tuple(PersonId(p) for p in sorted(found))

    def persons_of(self, tokens: Iterable[str]) -> set[PersonId]:
        """All persons to whom any of ``tokens`` belongs, in bulk."""
        return {PersonId(p) for p in self._holders(tokens)}

    def token(self, person: PersonId) -> str:
        """The pseudonym under which a person is known.

        Raises:
            KeyError: There is no such person, or they were shredded.
        """
        with self._lock:
            row = self._db.execute(
                "SELECT token FROM person WHERE id = ? AND state = ?", [person, ALIVE]
            ).fetchone()
        if row is None:
            raise KeyError("no such person")
        return self._codec.unpack(row[0])

    def profile(self, person: PersonId) -> PersonProfile:
        """Language, country and kinds of a person.

        Raises:
            KeyError: There is no such person, or they were shredded.
        """
        with self._lock:
            row = self._db.execute(
                "SELECT language, country FROM person WHERE id = ? AND state = ?", [person, ALIVE]
            ).fetchone()
            if row is None:
                raise KeyError("no such person")
            tags = self._db.execute("SELECT tag FROM entry WHERE person = ?", [person]).fetchall()
        return PersonProfile(person, row[0], row[1], tuple(sorted(self._codec.kind(t) for (t,) in tags)))

    def kinds(self) -> dict[str, int]:
        """The vault's number of each kind that it has seen, as packed tokens begin with it."""
        with self._lock:
            return dict(self._db.execute("SELECT name, id FROM kind").fetchall())

    def profiles(self, persons: int = 1 << 14) -> Iterator[pa.RecordBatch]:
        """Everybody, in the order of their numbers, without opening an identity and without keys.

        For questions about very many persons: columns are read as a whole, some 200,000 persons a second. Who has been
        shredded is left out; :meth:`count_shredded` counts them.

        Args:
            persons: Numbers of persons a batch spans; each batch is read at one moment of the vault.

        Yields:
            Batches of the schema :data:`PROFILES`.
        """
        last = int(self._one("SELECT coalesce(max(id), 0) FROM person"))
        for first in range(1, last + 1, persons):
            with self._lock:
                batch = read_profiles(self._db, first, min(last, first + persons - 1))
            yield batch

    # --- identities --------------------------------------------------------------------------

    def resolve(self, token: str) -> list[Value]:
        """The values behind ``token``, of each person who has it; empty if unknown or shredded.

        Raises:
            VaultLockedError: Opened without keys.
            VaultDamagedError: Stored bytes were changed or swapped.
        """
        return list(self.resolve_many([token]))

    def resolve_many(self, tokens: Iterable[str]) -> Iterator[Value]:
        """The values behind many tokens, in no particular order; unknown ones are left out."""
        wrapper = self._keys()
        packed = sorted({p for t in tokens if (p := self._codec.find(t)) is not None})
        for chunk in chunks(packed):
            yield from self._open_rows(wrapper, f"p.token IN ({marks(chunk)}) AND e.token = x''", chunk)
            yield from self._open_rows(wrapper, f"e.token IN ({marks(chunk)}) AND e.token <> x''", chunk)
            # What goes by a person's first pseudonym goes by their later ones too.
            yield from self._open_rows(
                wrapper,
                f"e.token = x'' AND e.person IN (SELECT person FROM alias WHERE token IN ({marks(chunk)}))",  # noqa: S608
                chunk,
            )

    def values(self, person: PersonId) -> list[Value]:
        """All values of a person; empty if unknown or shredded."""
        return list(self._open_rows(self._keys(), "e.person = ?", [person]))

    def values_of(self, persons: Sequence[PersonId]) -> dict[PersonId, list[Value]]:
        """All values of many persons at once; unknown and shredded ones are left out."""
        wrapper = self._keys()
        found: dict[PersonId, list[Value]] = {}
        for chunk in chunks(persons):
            for value in self._open_rows(wrapper, f"e.person IN ({marks(chunk)})", chunk):
                found.setdefault(value.person, []).append(value)
        return found

    def iter_values(self) -> Iterator[Value]:
        """Every value of every person, person by person, for the sweep. Bounded memory."""
        wrapper = self._keys()
        last = int(self._one("SELECT coalesce(max(id), 0) FROM person"))
        for first in range(1, last + 1, CHUNK):
            yield from self._open_rows(wrapper, "e.person BETWEEN ? AND ?", [first, first + CHUNK - 1])

    def iter_plain(self) -> Iterator[tuple[PersonId, str, str]]:
        """Person, kind and value of everything, as :meth:`iter_values` in a third of the time, for sweeps of whole vaults."""
        wrapper = self._keys()
        last = int(self._one("SELECT coalesce(max(id), 0) FROM person"))
        for first in range(1, last + 1, CHUNK):
            with self._lock:
                rows = self._db.execute(
                    "SELECT e.person, coalesce(nullif(e.token, x''), p.token), e.tag, e.sealed FROM entry e"  # noqa: S608
                    f" JOIN person p ON p.id = e.person WHERE p.state = {ALIVE} AND e.person BETWEEN ? AND ? ORDER BY e.person",
                    [first, first + CHUNK - 1],
                ).fetchall()
                slots = self._slots.read_many(first, CHUNK)
            for person, entries in groupby(rows, itemgetter(0)):
                slot = slots[(person - first) * SLOT : (person - first + 1) * SLOT]
                if slot == EMPTY:
                    continue
                cipher = open_slot(wrapper, person, slot)
                for _, token, tag, sealed in entries:
                    kind = self._codec.kind(tag)
                    yield (
                        person,
                        kind,
                        open_value(cipher, binding(self._id, person, token, tag, kind), sealed),
                    )

    # --- inside ------------------------------------------------------------------------------

    def _keys(self) -> PersonKeyWrapper:
        if self._wrapper is None:
            raise VaultLockedError
        return self._wrapper

    def _one(self, sql: str, *parameters: int) -> int:
        with self._lock:
            value: int = self._db.execute(sql, parameters).fetchone()[0]
            return value

    def _tally(self, column: str, tokens: Iterable[str] | None) -> dict[str, int]:
        counts: Counter[str] = Counter()
        if tokens is None:
            sql = f"SELECT {column}, count(*) FROM person WHERE state = {ALIVE} GROUP BY 1"  # noqa: S608
            with self._lock:
                counts.update(dict(self._db.execute(sql).fetchall()))
        else:
            for chunk in chunks(sorted(self._holders(tokens))):
                sql = f"SELECT {column} FROM person WHERE state = {ALIVE} AND id IN ({marks(chunk)})"  # noqa: S608
                with self._lock:
                    counts.update(value for (value,) in self._db.execute(sql, chunk))
        return dict(counts.most_common())

    def _holders(self, tokens: Iterable[str]) -> set[int]:
        packed = sorted({p for t in tokens if (p := self._codec.find(t)) is not None})
        found: set[int] = set()
        for chunk in chunks(packed):
            places = marks(chunk)
            with self._lock:
                for select in (
                    "SELECT id FROM person WHERE",
                    "SELECT person FROM entry WHERE token <> x'' AND",
                    "SELECT person FROM alias WHERE",
                ):
                    found.update(p for (p,) in self._db.execute(f"{select} token IN ({places})", chunk))
        return found

    def _open_rows(
        self, wrapper: PersonKeyWrapper, where: str, parameters: Sequence[bytes | int]
    ) -> Iterator[Value]:
        sql = (
            "SELECT e.person, coalesce(nullif(e.token, x''), p.token), e.tag, e.sealed, p.language, p.country FROM entry e"  # noqa: S608
            f" JOIN person p ON p.id = e.person WHERE p.state = {ALIVE} AND {where} ORDER BY e.person"
        )
        with self._lock:
            rows = self._db.execute(sql, parameters).fetchall()
        current, cipher = 0, None
        for person, token, tag, sealed, language, country in rows:
            if person != current:
                slot = self._slots.read(person)
                # Shredded between the query and now: the key is what counts.
                cipher = None if slot == EMPTY else open_slot(wrapper, person, slot)
                current = person
            if cipher is not None:
                kind = self._codec.kind(tag)
                value = open_value(cipher, binding(self._id, person, token, tag, kind), sealed)
                yield Value(PersonId(person), self._codec.unpack(token), kind, value, language, country)

    def close(self) -> None:
        """Let go of all files."""
        with self._lock:
            self._db.close()
            self._slots.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def __repr__(self) -> str:
        return f"PeopleVault(locked={self._wrapper is None})"
