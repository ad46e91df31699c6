"""How a letter goes from one state to the next, inside a transaction that the caller has begun."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass
from typing import Final

from hushdesk.incident.sending._states import Outcome, Result, State

SCHEMA: Final = """
CREATE TABLE IF NOT EXISTS meta (name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID;
-- One row for each person. Nothing here says who a person is: the number is the incident's own.
CREATE TABLE IF NOT EXISTS letters (
    person INTEGER PRIMARY KEY,
    language TEXT NOT NULL,
    rank INTEGER NOT NULL,
    state TEXT NOT NULL,
    route INTEGER NOT NULL DEFAULT 0,   -- which of the person's addresses is tried, from 0
    routes INTEGER NOT NULL DEFAULT 0,  -- how many there were when last looked at
    tries INTEGER NOT NULL DEFAULT 0,   -- deferrals in a row at this address
    seq INTEGER,                        -- the last attempt
    not_before INTEGER,                 -- of a deferred one
    changed INTEGER NOT NULL,
    dated INTEGER,                      -- the letter's date; the same at each repetition
    code INTEGER NOT NULL DEFAULT 0,
    status TEXT NOT NULL DEFAULT '',
    reason TEXT NOT NULL DEFAULT '',
    again INTEGER NOT NULL DEFAULT 0    -- sent again though in doubt, by somebody's decision
) STRICT;
CREATE INDEX IF NOT EXISTS fresh ON letters (rank, person) WHERE state IN ('planned', 'refused', 'bounced');
CREATE INDEX IF NOT EXISTS later ON letters (not_before) WHERE state = 'deferred';
CREATE INDEX IF NOT EXISTS unsettled ON letters (person) WHERE state IN ('intent', 'in doubt');
CREATE TABLE IF NOT EXISTS attempts (
    seq INTEGER PRIMARY KEY,
    person INTEGER NOT NULL,
    route INTEGER NOT NULL,
    at INTEGER NOT NULL,
    ended INTEGER,
    outcome TEXT,
    by TEXT NOT NULL DEFAULT '',        -- who said so: reply, journal, record, decision, bounce
    code INTEGER NOT NULL DEFAULT 0,
    status TEXT NOT NULL DEFAULT ''
) STRICT;
CREATE TABLE IF NOT EXISTS ids (
    token BLOB PRIMARY KEY, person INTEGER NOT NULL, route INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS ids_person ON ids (person, route);
"""


@dataclass(frozen=True, slots=True)
class Due:
    """A letter that may be sent now."""

    person: int
    rank: int
    route: int
    tries: int
    dated: int | None


@dataclass(frozen=True, slots=True)
class Intent:
    """What is about to be sent."""

    due: Due
    routes: int
    token: bytes
    dated: int


class Writer:
    """Moves letters from state to state, inside one transaction."""

    def __init__(self, db: sqlite3.Connection, at: int) -> None:
        self._db = db
        self._at = at

    def tries(self, person: int) -> int:
        """Deferrals in a row at the person's address."""
        return int(self._db.execute("SELECT tries FROM letters WHERE person = ?", (person,)).fetchone()[0])

    def intend(self, intent: Intent) -> int | None:
        """Write down that a letter is about to be sent.

        Returns:
            The attempt's number; None if the letter is not due any more, as somebody has decided in between.
        """
        due = intent.due
        changed = self._db.execute(
            "UPDATE letters SET state = 'intent', routes = ?, changed = ?, dated = ?, reason = ''"
            " WHERE person = ? AND route = ? AND state IN ('planned', 'refused', 'bounced', 'deferred')",
            (intent.routes, self._at, intent.dated, due.person, due.route),
        ).rowcount
        if not changed:
            return None
        seq = self._db.execute(
            "INSERT INTO attempts (person, route, at) VALUES (?, ?, ?)", (due.person, due.route, self._at)
        ).lastrowid
        self._db.execute("UPDATE letters SET seq = ? WHERE person = ?", (seq, due.person))
        self._db.execute("INSERT OR IGNORE INTO ids VALUES (?, ?, ?)", (intent.token, due.person, due.route))
        return seq

    def settle(self, outcome: Outcome, *, by: str, most_tries: int, backoff: int = 0) -> State | None:
        """Write down what became of an attempt, and where the letter stands now.

        Args:
            outcome: Of an attempt whose letter still waits for it.
            by: Who said so.
            most_tries: So many deferrals in a row at one address are a refusal.
            backoff: Microseconds until a deferred one is due again.

        Returns:
            The new state; None if the letter does not wait for this attempt's outcome.
        """
        row = self._db.execute(
            "SELECT route, routes, tries FROM letters WHERE person = ? AND seq = ? AND state IN ('intent', 'in doubt')",
            (outcome.person, outcome.seq),
        ).fetchone()
        if row is None:
            return None
        route, routes, tries = row
        self._db.execute(
            "UPDATE attempts SET ended = ?, outcome = ?, by = ?, code = ?, status = ? WHERE seq = ?",
            (self._at, outcome.result, by, outcome.code, outcome.status, outcome.seq),
        )
        match outcome.result:
            case Result.ACCEPTED:
                state, tries = State.ACCEPTED, 0
            case Result.IN_DOUBT:
                state = State.IN_DOUBT
            case Result.UNSENT:
                state = State.PLANNED
            case Result.DEFERRED if tries + 1 < most_tries:
                state, tries = State.DEFERRED, tries + 1
            case Result.DEFERRED:
                return self._next_address(outcome, route, routes, State.REFUSED, "deferred too often")
            case Result.REFUSED:
                return self._next_address(outcome, route, routes, State.REFUSED, outcome.reason or "refused")
        self._db.execute(
            "UPDATE letters SET state = ?, changed = ?, tries = ?, not_before = ?, code = ?, status = ?, reason = ?"
            " WHERE person = ?",
            (
                state,
                self._at,
                tries,
                self._at + backoff if state is State.DEFERRED else None,
                outcome.code,
                outcome.status,
                outcome.reason,
                outcome.person,
            ),
        )
        return state

    def second_channel(self, due: Due, reason: str) -> bool:
        """There is no address to send to; False if somebody has decided otherwise in between."""
        return bool(
            self._db.execute(
                "UPDATE letters SET state = 'second channel', changed = ?, reason = ?, not_before = NULL"
                " WHERE person = ? AND route = ? AND state IN ('planned', 'refused', 'bounced', 'deferred')",
                (self._at, reason, due.person, due.route),
            ).rowcount
        )

    def further(self, due: Due, routes: int, reason: str) -> bool:
        """This address cannot be used: the next one is due; False if somebody has decided otherwise in between."""
        row = self._db.execute(
            "SELECT 1 FROM letters WHERE person = ? AND route = ?"
            " AND state IN ('planned', 'refused', 'bounced', 'deferred')",
            (due.person, due.route),
        ).fetchone()
        if row is None:
            return False
        nobody = Outcome(0, due.person, Result.REFUSED)
        self._next_address(nobody, due.route, routes, State.REFUSED, reason)
        return True

    def owner(self, token: bytes) -> int | None:
        """The person whose letter has a token; None if no letter has."""
        row = self._db.execute("SELECT person FROM ids WHERE token = ?", (token,)).fetchone()
        return None if row is None else int(row[0])

    def bounce(self, token: bytes, status: str) -> State | None:
        """A letter came back for good: the next address is due, or there is none.

        Returns:
            The new state. :attr:`State.INTENT` if its outcome is not written down yet, so that nothing was done; None if the token
            is of no letter, or that address was done with before.
        """
        row = self._db.execute(
            "SELECT l.person, l.route, l.routes, l.state, l.seq, i.route FROM ids i JOIN letters l USING (person)"
            " WHERE i.token = ?",
            (token,),
        ).fetchone()
        if row is None:
            return None
        person, route, routes, state, seq, of = row
        if route != of or state in {State.SECOND_CHANNEL, State.EXCLUDED}:
            return None
        if state == State.INTENT:
            return State.INTENT
        self._db.execute(
            "UPDATE attempts SET outcome = 'bounced', by = 'bounce', status = ?, ended = coalesce(ended, ?) WHERE seq = ?",
            (status, self._at, seq),
        )
        outcome = Outcome(seq, person, Result.REFUSED, 0, status)
        return self._next_address(outcome, route, routes, State.BOUNCED, "bounced")

    def _next_address(self, outcome: Outcome, route: int, routes: int, state: State, reason: str) -> State:
        found = state if route + 1 < routes else State.SECOND_CHANNEL
        self._db.execute(
            "UPDATE letters SET state = ?, changed = ?, route = ?, routes = ?, tries = 0, not_before = NULL, dated = NULL,"
            " code = ?, status = ?, reason = ? WHERE person = ?",
            (found, self._at, route + 1, routes, outcome.code, outcome.status, reason, outcome.person),
        )
        return found
