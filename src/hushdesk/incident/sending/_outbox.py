"""The outbox: where each person's letter stands, durably, without a word about who the person is."""

from __future__ import annotations

import fcntl
import hmac
import os
import re
import secrets
import sqlite3
import threading
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Self

from hushdesk.incident.sending import _journal, _moves
from hushdesk.incident.sending._ids import Ids
from hushdesk.incident.sending._states import Control, Outcome, Result, State, Step, quiet
from hushdesk.incident.sending.errors import OutboxError, SendingBusyError

_LANGUAGE: Final = re.compile(r"([A-Za-z]{2,3}([-_][A-Za-z0-9]{2,8}){0,3})?")
_KIND: Final = re.compile(r"[a-z0-9][a-z0-9-]{0,31}")
_VERSION: Final = "1"
MOST_TRIES: Final = 12
BATCH: Final = 5_000


@dataclass(frozen=True, slots=True)
class Recovered:
    """What became of letters that a killed sender had left with an intent and no outcome."""

    settled: int
    """The journal has the relay's answer."""
    unsent: int
    """The journal shows that the end of the letter never left."""
    in_doubt: int

    def __bool__(self) -> bool:
        return bool(self.settled or self.unsent or self.in_doubt)


def _tell(step: Step, event: str, persons: list[int]) -> None:
    """Tell of many persons in pieces: an entry of the record has its longest length."""
    for first in range(0, len(persons), BATCH):
        step(event, {"persons": persons[first : first + BATCH]})


class Outbox:
    """The letters of one notice of one incident: an SQLite file, and a small journal, in the incident's folder.

    It holds person numbers, languages, ranks, states, moments, reply codes and keyed hashes; never an address, a name, or what a
    relay answered in words.
    """

    def __init__(self, folder: Path, key: bytes, kind: str, incident: str | None) -> None:
        self._path = folder / f"sending-{kind}.sqlite3"
        self._journal_path = folder / f"sending-{kind}.journal"
        self._lock_path = folder / f"sending-{kind}.lock"
        self._guard = threading.RLock()
        os.close(os.open(self._path, os.O_CREAT | os.O_RDWR | os.O_CLOEXEC, 0o600))
        self._db = sqlite3.connect(self._path, isolation_level=None, check_same_thread=False, timeout=60)
        try:
            self._db.execute("PRAGMA journal_mode=WAL")
            self._db.execute("PRAGMA synchronous=FULL")
            self._prepare(key, kind, incident or folder.resolve().name)
            stored = self.meta("incident")
            if incident is not None and stored != incident:
                raise OutboxError("the outbox is of another incident.")
            self.kind = kind
            self.incident = stored
            self.ids = Ids(key, self.incident, kind)
        except sqlite3.DatabaseError:
            self._db.close()
            raise OutboxError("the outbox cannot be read.", remedy="It is no outbox, or damaged.") from None
        except BaseException:
            self._db.close()
            raise

    @classmethod
    def open(
        cls, folder: Path | str, key: bytes, *, kind: str = "letter", incident: str | None = None
    ) -> Outbox:
        """Open the outbox of a notice, and make it if there is none.

        Args:
            folder: The incident's folder.
            key: At least 16 secret bytes, the same each time: Message-IDs are made with it.
            kind: Which notice: ``letter``, ``letter-2``; small letters, digits, hyphens.
            incident: Id of the incident; the folder's name by default. It goes into the Message-IDs.

        Raises:
            OutboxError: Another key, another incident, or no outbox at all.
        """
        if len(key) < 16:
            raise OutboxError("the outbox's key is too short.", remedy="It has at least 16 bytes.")
        if not _KIND.fullmatch(kind):
            raise OutboxError("the kind of notice is no short word.", remedy="Use a-z, 0-9 and hyphens.")
        return cls(Path(folder), key, kind, incident)

    def _prepare(self, key: bytes, kind: str, incident: str) -> None:
        with self._guard:
            self._db.executescript(_moves.SCHEMA)
        check = hmac.digest(key, b"hushdesk outbox key\0" + kind.encode(), "sha256")[:8].hex()
        with self.transaction() as db:
            for name, value in (
                ("version", _VERSION),
                ("key", check),
                ("incident", incident),
                ("control", Control.GO),
            ):
                db.execute("INSERT OR IGNORE INTO meta VALUES (?, ?)", (name, value))
        if not hmac.compare_digest(self.meta("key"), check):
            raise OutboxError(
                "the key is not the one that the outbox was made with.",
                remedy="With another key every letter would get another Message-ID, and could go out twice.",
            )
        if self.meta("version") != _VERSION:
            raise OutboxError("the outbox was made by another version.")

    @property
    def path(self) -> Path:
        """Its file."""
        return self._path

    @contextmanager
    def transaction(self) -> Iterator[sqlite3.Connection]:
        """All or nothing, and on disk when it ends."""
        with self._guard:
            self._db.execute("BEGIN IMMEDIATE")
            try:
                yield self._db
            except BaseException:
                self._db.execute("ROLLBACK")
                raise
            self._db.execute("COMMIT")

    def select(self, sql: str, values: Iterable[Any] = ()) -> list[Any]:
        """Rows of a query."""
        with self._guard:
            return self._db.execute(sql, tuple(values)).fetchall()

    def meta(self, name: str) -> str:
        """A word about the outbox itself; empty if it has none."""
        rows = self.select("SELECT value FROM meta WHERE name = ?", (name,))
        return str(rows[0][0]) if rows else ""

    def set_meta(self, name: str, value: str) -> None:
        """Keep a word about the outbox itself."""
        with self.transaction() as db:
            db.execute("INSERT OR REPLACE INTO meta VALUES (?, ?)", (name, value))

    # What is to be sent

    def plan(self, persons: Iterable[tuple[int, str, int]], *, now: int, step: Step = quiet) -> int:
        """Add persons to be told.

        Args:
            persons: Number, language and rank (lowest first) of each. One that is planned already keeps its one letter; if nothing
                was tried yet, language and rank are taken over.
            now: The present moment.
            step: Is told how many are new.

        Returns:
            How many are new.

        Raises:
            OutboxError: A number is not one of 0 to 2^63 - 1, or a language is no tag; those before it are planned.
        """
        new = 0
        batch: list[tuple[int, str, int, int]] = []

        def write() -> int:
            with self.transaction() as db:
                before = db.execute("SELECT count(*) FROM letters").fetchone()[0]
                db.executemany(
                    "INSERT INTO letters (person, language, rank, state, changed) VALUES (?, ?, ?, 'planned', ?)"
                    " ON CONFLICT (person) DO UPDATE SET language = excluded.language, rank = excluded.rank"
                    " WHERE state = 'planned' AND seq IS NULL",
                    batch,
                )
                after = db.execute("SELECT count(*) FROM letters").fetchone()[0]
            batch.clear()
            return int(after - before)

        fault = ""
        for person, language, rank in persons:
            if isinstance(person, bool) or not isinstance(person, int) or not 0 <= person < 1 << 63:
                fault = "a person's number is not a whole number from 0 on."
            elif not _LANGUAGE.fullmatch(language):
                # What is no tag might be anything, an address included.
                fault = f"the language of person {person} is no language tag."
            if fault:
                break
            batch.append((person, language, rank, now))
            if len(batch) >= BATCH:
                new += write()
        new += write()
        step("sending:letters:planned", {"new": new})
        if fault:
            raise OutboxError(fault)
        return new

    def exclude(self, persons: Iterable[int], *, now: int, step: Step = quiet) -> int:
        """Leave persons out, by decision; only those whose letter was neither sent nor may have been. Returns how many."""
        with self.transaction() as db:
            done = [
                person
                for person in persons
                if db.execute(
                    "UPDATE letters SET state = 'excluded', changed = ?, not_before = NULL WHERE person = ?"
                    " AND state IN ('planned', 'refused', 'bounced', 'deferred', 'second channel')",
                    (now, person),
                ).rowcount
            ]
        _tell(step, "sending:letters:excluded", done)
        return len(done)

    def admit(self, persons: Iterable[int], *, now: int, step: Step = quiet) -> int:
        """Take persons in again that were left out. Returns how many."""
        out = set(self.persons(State.EXCLUDED))
        done = [person for person in persons if person in out] if out else []
        if not done:
            return 0
        with self.transaction() as db:
            db.executemany(
                "UPDATE letters SET state = 'planned', changed = ? WHERE person = ? AND state = 'excluded'",
                [(now, person) for person in done],
            )
        _tell(step, "sending:letters:admitted", done)
        return len(done)

    def unsent(self) -> Iterator[int]:
        """Persons whose letter can still be left out."""
        for state in (State.PLANNED, State.REFUSED, State.BOUNCED, State.DEFERRED, State.SECOND_CHANNEL):
            yield from self.persons(state)

    # The buttons

    @property
    def control(self) -> Control:
        """What the sender has been told."""
        return Control(self.meta("control"))

    def pause(self, *, step: Step = quiet) -> None:
        """Let the sender wait: no letter is begun until :meth:`resume`."""
        self._press(Control.PAUSE, step)

    def resume(self, *, step: Step = quiet) -> None:
        """Let the sender go on, or be started again."""
        self._press(Control.GO, step)

    def stop(self, *, step: Step = quiet) -> None:
        """End the sender after the letters that are on the wire; none starts until :meth:`resume`."""
        self._press(Control.STOP, step)

    def _press(self, control: Control, step: Step) -> None:
        self.set_meta("control", control)
        step("sending:control:pressed", {"control": str(control)})

    # One sender at a time

    @contextmanager
    def exclusive(self) -> Iterator[None]:
        """Be the only one that sends or reconciles; ends with the process.

        Raises:
            SendingBusyError: Another one is.
        """
        file = os.open(self._lock_path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                raise SendingBusyError from None
            yield
        finally:
            os.close(file)

    def new_journal(self) -> _journal.Journal:
        """The journal of a new run. Call :meth:`recover` first, and only inside :meth:`exclusive`."""
        nonce = secrets.token_bytes(16)
        journal = _journal.Journal(self._journal_path, nonce)
        with self.transaction() as db:
            for name, value in (("nonce", nonce.hex()), ("boot", _journal.boot())):
                db.execute("INSERT OR REPLACE INTO meta VALUES (?, ?)", (name, value))
        return journal

    def recover(self, *, now: int, backoff: int = 0, most_tries: int = MOST_TRIES) -> Recovered:
        """Settle what a killed sender left behind, as far as its journal tells; the rest is in doubt.

        Call it only inside :meth:`exclusive`. Repeated, it changes nothing.
        """
        left = self.select(
            "SELECT l.seq, l.person FROM letters l INDEXED BY unsettled"
            " WHERE state IN ('intent', 'in doubt') AND state = 'intent'"
        )
        if not left:
            return Recovered(0, 0, 0)
        nonce, boot = self.meta("nonce"), self.meta("boot")
        read = _journal.read(self._journal_path, bytes.fromhex(nonce))
        # A missing mark means something only if the kernel that was to keep it is still the same.
        trusted = read.whole and bool(boot) and boot == _journal.boot()
        counts: Counter[str] = Counter()
        with self.writing(now) as write:
            for seq, person in left:
                marks = read.marks.get(seq)
                if marks and marks.result is not None:
                    outcome = Outcome(seq, person, marks.result, marks.code)
                    counts["in_doubt" if marks.result is Result.IN_DOUBT else "settled"] += 1
                elif trusted and not (marks and marks.began):
                    outcome = Outcome(seq, person, Result.UNSENT)
                    counts["unsent"] += 1
                else:
                    outcome = Outcome(seq, person, Result.IN_DOUBT)
                    counts["in_doubt"] += 1
                write.settle(outcome, by="journal", most_tries=most_tries, backoff=backoff)
        return Recovered(counts["settled"], counts["unsent"], counts["in_doubt"])

    # What the sender does

    @contextmanager
    def writing(self, at: int) -> Iterator[_moves.Writer]:
        """Moves of letters, all or nothing, on disk when it ends."""
        with self.transaction() as db:
            yield _moves.Writer(db, at)

    def fresh(self, after: tuple[int, int], limit: int) -> list[_moves.Due]:
        """Letters due at once, in the order of rank and person, after a place in that order."""
        return [
            _moves.Due(*row)
            for row in self.select(
                "SELECT person, rank, route, tries, dated FROM letters INDEXED BY fresh"
                " WHERE state IN ('planned', 'refused', 'bounced') AND (rank, person) > (?, ?)"
                " ORDER BY rank, person LIMIT ?",
                (*after, limit),
            )
        ]

    def deferred(self, now: int, limit: int) -> list[_moves.Due]:
        """Deferred letters whose time has come, the longest waiting first."""
        return [
            _moves.Due(*row)
            for row in self.select(
                "SELECT person, rank, route, tries, dated FROM letters INDEXED BY later"
                " WHERE state = 'deferred' AND not_before <= ? ORDER BY not_before LIMIT ?",
                (now, limit),
            )
        ]

    def next_due(self, after: int = -1) -> int | None:
        """When the first deferred letter is due that is due after a moment; None if there is none."""
        found = self.select(
            "SELECT min(not_before) FROM letters WHERE state = 'deferred' AND not_before > ?", (after,)
        )[0][0]
        return None if found is None else int(found)

    def due_count(self) -> int:
        """Letters that are due at once, at whatever address."""
        sql = "SELECT count(*) FROM letters WHERE state IN ('planned', 'refused', 'bounced')"
        return int(self.select(sql)[0][0])

    # What came of it

    def counts(self) -> Mapping[State, int]:
        """How many letters stand where; every state is there."""
        found = dict.fromkeys(State, 0)
        found.update(
            {
                State(name): count
                for name, count in self.select("SELECT state, count(*) FROM letters GROUP BY state")
            }
        )
        return found

    def state_of(self, person: int) -> State | None:
        """Where a person's letter stands; None if none is planned."""
        rows = self.select("SELECT state FROM letters WHERE person = ?", (person,))
        return State(rows[0][0]) if rows else None

    def persons(self, state: State) -> Iterator[int]:
        """Persons whose letter stands at a state, by number; read in portions, so that it may be changed meanwhile."""
        last = -1
        while rows := self.select(
            "SELECT person FROM letters WHERE state = ? AND person > ? ORDER BY person LIMIT 1000",
            (state, last),
        ):
            for (last,) in rows:
                yield last

    def second_channel(self) -> Iterator[tuple[int, str]]:
        """Persons who must be told in another way, each with the reason in fixed words."""
        last = -1
        while rows := self.select(
            "SELECT person, reason FROM letters WHERE state = 'second channel' AND person > ? ORDER BY person LIMIT 1000",
            (last,),
        ):
            for last, reason in rows:
                yield last, reason

    def resend_in_doubt(self, persons: Iterable[int] | None = None, *, now: int, step: Step = quiet) -> int:
        """Send again what is in doubt, with the same Message-ID: it may arrive twice, and that stays written.

        Args:
            persons: Whose; None: all.
            now: The present moment.
            step: Is told who.

        Returns:
            How many are due again.
        """
        with self.exclusive():
            wanted = list(self.persons(State.IN_DOUBT)) if persons is None else list(persons)
            with self.transaction() as db:
                done = [
                    person
                    for person in wanted
                    if db.execute(
                        "UPDATE letters SET state = 'planned', again = again + 1, changed = ?"
                        " WHERE person = ? AND state = 'in doubt'",
                        (now, person),
                    ).rowcount
                ]
        step("sending:doubt:resent", {"persons": done})
        return len(done)

    # What a relay's record says

    def see(self, tokens: Iterable[bytes]) -> None:
        """Note which Message-IDs a record has; forgotten when the outbox is closed, or when another record is read."""
        with self._guard:
            self._db.execute("CREATE TEMP TABLE IF NOT EXISTS seen (token BLOB PRIMARY KEY) WITHOUT ROWID")
            # Not immediate: it touches nothing but the temporary table, and the buttons must work meanwhile.
            self._db.execute("BEGIN")
            try:
                self._db.execute("DELETE FROM seen")
                self._db.executemany("INSERT OR IGNORE INTO seen VALUES (?)", ((token,) for token in tokens))
            except BaseException:
                self._db.execute("ROLLBACK")
                raise
            self._db.execute("COMMIT")

    def seen_any(self) -> bool:
        """Whether the record has a letter of ours."""
        return bool(self.select("SELECT EXISTS (SELECT 1 FROM seen JOIN ids USING (token))")[0][0])

    def lacking(self) -> tuple[int, int]:
        """How many letters that the relay said it took the record lacks, and when the last of them was taken; -1 if none."""
        count, last = self.select(
            "SELECT count(*), max(a.ended) FROM ids i JOIN attempts a ON a.person = i.person AND a.route = i.route"
            " WHERE a.outcome = 'accepted' AND a.by IN ('reply', 'journal')"
            " AND NOT EXISTS (SELECT 1 FROM seen s WHERE s.token = i.token)"
        )[0]
        return int(count), -1 if last is None else int(last)

    def doubts(self) -> list[tuple[int, int, int, int, bool]]:
        """Letters in doubt: attempt, person, when it was intended, since when in doubt, and whether the record has it."""
        return [
            (seq, person, intended, doubted, bool(seen))
            for seq, person, intended, doubted, seen in self.select(
                "SELECT l.seq, l.person, a.at, l.changed, EXISTS (SELECT 1 FROM seen s WHERE s.token = i.token)"
                " FROM letters l JOIN attempts a ON a.seq = l.seq"
                " JOIN ids i ON i.person = l.person AND i.route = l.route WHERE l.state = 'in doubt'"
            )
        ]

    def close(self) -> None:
        """Close the file."""
        with self._guard:
            self._db.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()
