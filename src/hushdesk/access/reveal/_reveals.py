"""Opening a pseudonym: asked for with a reason and a case, approved by a second officer, opened once, in time."""

from __future__ import annotations

import secrets
import sqlite3
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Final, Self

from hushdesk.access._accounts import Accounts
from hushdesk.access._events import AuditEvent
from hushdesk.access._permissions import Permission, require
from hushdesk.access._types import Account, AccountId
from hushdesk.access.errors import AccountUnknown
from hushdesk.access.reveal._entries import Moves
from hushdesk.access.reveal._limits import must_be_few
from hushdesk.access.reveal._rows import Row, Rows
from hushdesk.access.reveal._types import LIVE, NOBODY, CaseOf, Officer, Opened, Request, Shown, State
from hushdesk.access.reveal.errors import NoSuchReveal, RevealRefused, RevealsChanged
from hushdesk.desk import RevealSettings
from hushdesk.errors import UsageError
from hushdesk.record import Record
from hushdesk.vault import TOKEN_PATTERN, Keyring, PeopleVault, PersonId, Value

LEAST_REASON: Final = 15
"""Characters; a word is no reason."""
MOST_REASON: Final = 2_000
MOST_PERSONS: Final = 500
"""A pseudonym of more persons than that says nothing about one of them."""
MOST_LISTED: Final = 200
_FIRST: Final = {kind: place for place, kind in enumerate(("EMAIL", "PHONE", "USERNAME", "ACCOUNT"))}
"""By which kind a person without a name is known, the first that there is."""
_SKEW: Final = 60
"""So far may the clock be set back without a request lapsing by it."""
_READ_ON: Final = 1 << 16
"""After so many bytes of the record without a step of ours, the mark is moved."""


class Reveals:
    """The requests of a desk to open a pseudonym.

    Each step goes into the desk's record before it takes effect, and a step that stands there has been taken, wherever the process
    ended. All limits are counted from the file. Safe for threads; several of these may share a file.

    Args:
        path: The file of requests, in the desk's folder.
        keyring: The desk's keys: what they did not seal is not believed.
        vault: Leads from pseudonym to person.
        record: The desk's record.
        record_folder: Where it lies.
        accounts: Who asks and who approves.
        case_of: Finds a case as an account may see it.
        settings: Times and limits.
        clock: Seconds since 1970.
    """

    def __init__(
        self,
        path: Path,
        *,
        keyring: Keyring,
        vault: PeopleVault,
        record: Record,
        record_folder: Path,
        accounts: Accounts,
        case_of: CaseOf,
        settings: RevealSettings | None = None,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self.settings = settings or RevealSettings()
        """Times and limits."""
        self._rows = Rows(path, keyring)
        self._moves = Moves(record, record_folder, keyring)
        self._vault, self._accounts, self._case_of, self._clock = vault, accounts, case_of, clock

    # -- what officers do -----------------------------------------------------------------------

    def ask(self, asker: AccountId, *, token: str, case: str, reason: str) -> Request:
        """Ask to open a pseudonym.

        Args:
            asker: Whose account; it has shown who it is.
            token: The pseudonym.
            case: Id or number of a case that holds it.
            reason: Why. Kept encrypted; other officers and the person concerned read it.

        Raises:
            UsageError: It is no pseudonym, or the reason is too short or too long.
            Forbidden: The account may not ask.
            RevealRefused: The case does not hold the pseudonym, or it leads to nobody.
            TooManyReveals: The limit of the account or of the desk is reached.
        """
        account = self._officer(asker, Permission.VAULT_REVEAL)
        token, reason = token.strip(), " ".join(reason.split())
        if not TOKEN_PATTERN.fullmatch(token):
            # What was typed may be somebody's address: it is not repeated.
            raise UsageError(
                "This is no pseudonym.", remedy="Copy one from a case, such as EMAIL_ and 14 characters."
            )
        if not LEAST_REASON <= len(reason) <= MOST_REASON:
            raise UsageError(
                f"A reason has {LEAST_REASON} to {MOST_REASON:,} characters.",
                remedy="Say what the person is needed for.",
            )
        case_id = self._case_of(account, case.strip()[:MOST_REASON], token)
        if case_id is None:
            raise RevealRefused(
                "No case of that id or number that you may read holds this pseudonym.",
                remedy="Look for it with: hushdesk search",
            )
        persons = self._persons(token)
        if not persons:
            raise RevealRefused(
                "This pseudonym leads to nobody in the vault.",
                remedy="A name that merely stood in a text, a value that is kept nowhere, or a person who was erased.",
            )
        self.settle()
        with self._rows.write():
            total, end = self._catch_up()
            now = self._clock()
            must_be_few(self._rows.newest_first(total), account.id, now, self.settings)
            ident = secrets.token_hex(5)
            while self._rows.find(ident) is not None:
                ident = secrets.token_hex(5)
            row = Row(
                number=total + 1,
                id=ident,
                state=State.DRAFTED,
                token=token,
                case_id=case_id,
                persons=persons,
                reason=self._rows.seal_reason(ident, reason),
                asked_by=Officer.of(account),
                asked_at=now,
                birth=end,
            )
            self._rows.put(row)
            self._rows.set_mark(total + 1, end)
        # From here on it is in the file with its reason, so that the record never tells of a request that nobody has.
        with self._rows.write():
            row = self._go(AuditEvent.OFFICER_REVEAL_REQUEST, self._rows.get(ident), row.asked_by, now)
        return self._view(row)

    def approve(self, request: str, *, name: str, password: str) -> Request:
        """Approve what somebody else asked for.

        Args:
            request: Its id.
            name: The approver's account.
            password: Proves again who approves; wrong ones count towards the lock-out.

        Raises:
            SignInRefused: Name or password is wrong.
            Forbidden: The account may not approve.
            NoSuchReveal: There is no such request.
            RevealRefused: It does not wait for approval, its time is up, or it is the account's own.
            RevealsChanged: It was changed past Hushdesk.
        """
        account = self._proven(name, password, Permission.VAULT_APPROVE)
        self.settle()
        with self._rows.write():
            row, now = self._current(request), self._clock()
            self._must_be(row, State.WAITING, now)
            if row.asked_by.id == account.id:
                raise RevealRefused(
                    "Whoever asks cannot approve as well.", remedy="Another officer must approve."
                )
            account = self._officer(account.id, Permission.VAULT_APPROVE)
            self._must_still(row.asked_by, Permission.VAULT_REVEAL)
            row = self._go(AuditEvent.OFFICER_REVEAL_APPROVE, row, Officer.of(account), now)
        return self._view(row)

    def refuse(self, request: str, by: AccountId) -> Request:
        """Refuse what somebody else asked for, approved or not; or withdraw what one asked for oneself.

        Raises:
            Forbidden: The account may not approve, and did not ask.
            NoSuchReveal: There is no such request.
            RevealRefused: It has ended.
            RevealsChanged: It was changed past Hushdesk.
        """
        self.settle()
        with self._rows.write():
            row = self._current(request)
            own = row.asked_by.id == by
            account = self._officer(by, Permission.VAULT_REVEAL if own else Permission.VAULT_APPROVE)
            if row.state not in LIVE:
                raise RevealRefused(f"This request is {row.state.value}.")
            row = self._go(AuditEvent.OFFICER_REVEAL_REFUSE, row, Officer.of(account), self._clock())
        return self._view(row)

    def open(self, request: str, *, name: str, password: str) -> Opened:
        """Open the pseudonym of an approved request, once, for whoever asked.

        Args:
            request: Its id.
            name: The account that asked.
            password: Proves again who opens; wrong ones count towards the lock-out.

        Returns:
            The values. Show them and keep them nowhere.

        Raises:
            SignInRefused: Name or password is wrong.
            Forbidden: The account may not open pseudonyms any more.
            NoSuchReveal: There is no such request.
            RevealRefused: It is not approved, not any more, or somebody else's; or the case does not hold the pseudonym any more.
            RevealsChanged: It was changed past Hushdesk.
        """
        account = self._proven(name, password, Permission.VAULT_REVEAL)
        self.settle()
        # A question to the store: not while everybody waits.
        row = self._rows.get(request)
        if row.asked_by.id != account.id:
            raise RevealRefused("Only the account that asked can open it.", remedy="Ask for yourself.")
        holds = row.state is State.APPROVED and self._case_of(account, row.case_id, row.token) == row.case_id
        with self._rows.write():
            row, now = self._current(request), self._clock()
            self._must_be(row, State.APPROVED, now)
            if not holds:
                raise RevealRefused(
                    "The case does not hold this pseudonym any more, or you may not read it any more."
                )
            account = self._officer(account.id, Permission.VAULT_REVEAL)
            self._must_still(row.decided_by, Permission.VAULT_APPROVE)
            if row.decided_by.id in {0, account.id}:
                raise RevealsChanged("A request to reveal")
            # Whose it is now, for the files of those persons.
            now_of = replace(row, persons=self._persons(row.token))
            row = self._go(AuditEvent.OFFICER_REVEAL_OPEN, now_of, Officer.of(account), now)
        # Spent, and in the record. Only now anything is decrypted.
        found: dict[str, dict[str, None]] = {}
        persons = set()
        for value in self._values(row):
            persons.add(value.person)
            found.setdefault(value.kind, {})[value.value] = None
        values = tuple((kind, tuple(sorted(found[kind]))) for kind in sorted(found))
        return Opened(self._view(row), len(persons), values)

    # -- looking --------------------------------------------------------------------------------

    def requests(self, most: int = MOST_LISTED) -> list[Request]:
        """Requests, the newest first, without their reasons. What was changed past Hushdesk is listed as such."""
        self.settle()
        return [view for found in self._rows.raw(most=most) if (view := self._listed(found)) is not None]

    def get(self, request: str) -> Request:
        """One request.

        Raises:
            NoSuchReveal: There is none with that id.
            RevealsChanged: It was changed past Hushdesk.
        """
        self.settle()
        with self._rows.write():
            return self._view(self._current(request))

    def reason(self, request: str) -> str:
        """Why somebody asked: for officers who are to decide. Empty if it was erased.

        Raises:
            NoSuchReveal: There is no such request.
            RevealsChanged: It was changed past Hushdesk.
        """
        return self._rows.reason(self._rows.get(request))

    def reveals_of(self, person: PersonId) -> list[Shown]:
        """When, by whom and why this person's pseudonyms were opened, the first first: it belongs in the person's file.

        What the record calls opened counts, even if the process ended before anything was shown.

        Raises:
            RevealsChanged: The requests were changed past Hushdesk, so that the list may not be whole.
        """
        self.settle()
        with self._rows.write():
            total, _ = self._rows.mark()
            rows = [
                row
                for row in self._rows.newest_first(total)
                if row.state is State.SPENT and person in row.persons
            ]
        return [
            Shown(
                _moment(row.ended_at),
                row.asked_by,
                row.decided_by,
                self._rows.reason(row),
                row.case_id,
                row.token,
            )
            for row in reversed(rows)
        ]

    def erase_reasons_of(self, person: PersonId) -> int:
        """Erase the reasons of all requests about a person, who is being erased: staff write names into them.

        Returns:
            How many there were.

        Raises:
            RevealsChanged: The requests were changed past Hushdesk.
        """
        self.settle()
        with self._rows.write():
            total, _ = self._rows.mark()
            rows = [row for row in self._rows.newest_first(total) if row.reason and person in row.persons]
            for row in rows:
                self._rows.put(replace(row, reason=""))
        self._rows.forget_old_pages()
        return len(rows)

    def settle(self) -> None:
        """Take up what the record says, as after a crash, and let lapse what is overdue."""
        with self._rows.write():
            self._catch_up()
            now = self._clock()
            for state in (State.WAITING, State.APPROVED):
                for found in self._rows.raw(state):
                    try:
                        row = self._rows.read(found)
                    except RevealsChanged:
                        continue
                    if self._overdue(row, now):
                        self._go(AuditEvent.OFFICER_REVEAL_LAPSE, row, NOBODY, now)

    def close(self) -> None:
        """Let go of the file."""
        self._rows.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def __repr__(self) -> str:
        return "Reveals()"

    # -- inside; whatever writes is called within a transaction ------------------------------------

    def _officer(self, account: AccountId, permission: Permission) -> Account:
        found = self._accounts.get(account)
        require(found, permission)
        if found.must_change_password:
            # Whoever made the account knows it as well: two officers could be one person.
            raise RevealRefused(
                "This account still has the password that was made for it.",
                remedy="Sign in to the pages and choose another.",
            )
        return found

    def _proven(self, name: str, password: str, permission: Permission) -> Account:
        return self._officer(self._accounts.verify(name, password).id, permission)

    def _must_still(self, officer: Officer, permission: Permission) -> None:
        try:
            found = self._accounts.get(AccountId(officer.id))
        except AccountUnknown:
            found = None
        if found is None or not found.may(permission):
            raise RevealRefused(
                "The other officer’s account is disabled, or has another role now.", remedy="Ask again."
            )

    def _persons(self, token: str) -> tuple[int, ...]:
        persons = self._vault.persons(token)
        if len(persons) > MOST_PERSONS:
            raise RevealRefused(
                f"This pseudonym belongs to more than {MOST_PERSONS} persons: it tells of none of them."
            )
        return tuple(persons)

    def _values(self, row: Row) -> list[Value]:
        """What stands behind the pseudonym itself; of a person without a name, the least that says who it is."""
        found = self._vault.resolve(row.token)
        if found:
            return found
        for person in row.persons:
            kept = [value for value in self._vault.values(PersonId(person)) if value.token != row.token]
            if kept and self._vault.token(PersonId(person)) == row.token:
                kind = min(
                    (value.kind for value in kept), key=lambda kind: (_FIRST.get(kind, len(_FIRST)), kind)
                )
                found += [value for value in kept if value.kind == kind]
        return found

    def _catch_up(self) -> tuple[int, int]:
        """Take up steps that the record has and the file lacks; returns how many requests there are, and the record's end."""
        before, end = self._rows.mark()
        total = before
        moves, new_end = self._moves.since(end)
        changed = False
        for move in moves:
            try:
                row = self._rows.find(move.request)
            except RevealsChanged:
                continue
            if row is None:
                # The file is older than the record, or was lost.
                total += 1
                self._rows.put(move.stub(total))
                changed = True
            elif (after := move.after(row)) != row:
                self._rows.put(after)
                changed = True
        if changed or new_end - end > _READ_ON:
            self._rows.set_mark(total, new_end)
        return total, new_end

    def _current(self, request: str) -> Row:
        """A request as file and record together have it: an older copy of its row, put back by hand, brings nothing back."""
        row = self._rows.get(request)
        for move in self._moves.since(row.birth, row.id)[0]:
            row = move.after(row)
        if row.state is State.DRAFTED:
            raise NoSuchReveal
        return row

    def _go(self, event: AuditEvent, row: Row, by: Officer, at: float) -> Row:
        """Take a step: into the record, then into the file."""
        row = self._moves.write(event, row, by, at).after(row)
        self._rows.put(row)
        return row

    def _must_be(self, row: Row, state: State, now: float) -> None:
        if row.state is state and not self._overdue(row, now):
            return
        if row.state is state:
            raise RevealRefused("The time of this request is up.", remedy="Ask again.")
        what = {
            State.WAITING: "waits for a second officer",
            State.APPROVED: "is approved already",
            State.SPENT: "was opened already, and can be opened once only",
            State.REFUSED: "was refused or withdrawn",
            State.LAPSED: "has lapsed",
        }[row.state]
        raise RevealRefused(f"This request {what}.", remedy="" if row.state in LIVE else "Ask again.")

    def _span(self, row: Row) -> tuple[float, float] | None:
        """From when to when a step may follow."""
        if row.state in {State.DRAFTED, State.WAITING}:
            return row.asked_at, row.asked_at + 60 * self.settings.approve_minutes
        if row.state is State.APPROVED:
            return row.decided_at, row.decided_at + 60 * self.settings.open_minutes
        return None

    def _overdue(self, row: Row, now: float) -> bool:
        span = self._span(row)
        return span is not None and not span[0] - _SKEW <= now < span[1]

    def _listed(self, found: sqlite3.Row) -> Request | None:
        try:
            row = self._rows.read(found)
        except RevealsChanged:
            ident = str(found["id"])
            return Request(ident, State.CHANGED, "", "", 0, NOBODY, _moment(0), NOBODY, None, None, None)
        return None if row.state is State.DRAFTED else self._view(row)

    def _view(self, row: Row) -> Request:
        span = self._span(row)
        return Request(
            row.id,
            row.state,
            row.token,
            row.case_id,
            len(row.persons),
            row.asked_by,
            _moment(row.asked_at),
            row.decided_by,
            _moment(row.decided_at) if row.decided_at else None,
            _moment(span[1]) if span else None,
            _moment(row.ended_at) if row.ended_at else None,
        )


def _moment(seconds: float) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)
