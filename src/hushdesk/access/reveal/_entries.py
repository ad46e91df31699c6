"""What the record says of requests. Each entry carries a MAC: a line put into the file by hand moves nothing."""

from __future__ import annotations

import hmac
import json
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any, Final

from hushdesk.access._events import AuditEvent
from hushdesk.access.reveal._rows import Row
from hushdesk.access.reveal._types import LIVE, NOBODY, Officer, State
from hushdesk.access.reveal.errors import RevealsChanged
from hushdesk.record import Entry, Record, RecordReader
from hushdesk.vault import Keyring

_HAVING: Final = b'"officer:reveal:'
_LEADS: Final[dict[str, tuple[frozenset[State], State]]] = {
    AuditEvent.OFFICER_REVEAL_REQUEST: (frozenset({State.DRAFTED}), State.WAITING),
    AuditEvent.OFFICER_REVEAL_APPROVE: (frozenset({State.DRAFTED, State.WAITING}), State.APPROVED),
    AuditEvent.OFFICER_REVEAL_REFUSE: (LIVE, State.REFUSED),
    AuditEvent.OFFICER_REVEAL_LAPSE: (LIVE, State.LAPSED),
    # Whatever the file says: what the record calls opened was opened.
    AuditEvent.OFFICER_REVEAL_OPEN: (frozenset(State) - {State.SPENT}, State.SPENT),
}
"""From which states an event leads to which."""


@dataclass(frozen=True, slots=True)
class Move:
    """One step of one request, as the record has it."""

    event: AuditEvent
    request: str
    case_id: str
    persons: tuple[int, ...]
    asked_by: Officer
    asked_at: float
    by: Officer
    """Whose step it is; nobody's if it lapsed."""
    at: float

    def after(self, row: Row) -> Row:
        """The request after this step; as it was, if the step does not lead on from there."""
        before, state = _LEADS[self.event]
        if row.state not in before:
            return row
        if state in {State.APPROVED, State.REFUSED}:
            row = replace(row, decided_by=self.by, decided_at=self.at)
        if state is State.SPENT:
            # To whom it belongs may have changed since it was asked for.
            row = replace(row, persons=tuple(sorted({*row.persons, *self.persons})))
        if state not in LIVE:
            row = replace(row, ended_at=self.at)
        return replace(row, state=state)

    def stub(self, number: int) -> Row:
        """A request of which the record alone knows: it is over, whatever it was."""
        row = Row(
            number=number,
            id=self.request,
            state=State.LAPSED,
            token="",
            case_id=self.case_id,
            persons=self.persons,
            reason="",
            asked_by=self.asked_by,
            asked_at=self.asked_at,
            ended_at=self.at,
            birth=0,
        )
        return self.after(row)


class Moves:
    """The record's entries about requests.

    Args:
        record: The desk's record.
        folder: Where it lies.
        keyring: The desk's keys.
    """

    def __init__(self, record: Record, folder: Path, keyring: Keyring) -> None:
        self._record = record
        self._reader = RecordReader(folder)
        self._key = keyring.derived("reveal entries")

    def write(self, event: AuditEvent, row: Row, by: Officer, at: float) -> Move:
        """Put a step into the record. When this returns, it is on disk under a signed head.

        Raises:
            RecordError: It could not be written.
        """
        move = Move(event, row.id, row.case_id, row.persons, row.asked_by, row.asked_at, by, at)
        detail = {
            "request": move.request,
            "case": move.case_id,
            "persons": list(move.persons),
            "asked_by": asdict(move.asked_by),
            "asked_at": move.asked_at,
            "by": asdict(by),
            "at": at,
        }
        seal = self._mac(event, detail)
        self._record.append(event.value, by.name if by.id else "desk", {**detail, "seal": seal})
        return move

    def since(self, offset: int, request: str = "") -> tuple[list[Move], int]:
        """Steps from a byte of the record on, and where to go on.

        Args:
            offset: Where to begin.
            request: Only steps of this one.

        Raises:
            RevealsChanged: The record is shorter than it was.
        """
        having = f'"request":"{request}"'.encode() if request else _HAVING
        try:
            entries, end = self._reader.since(offset, having)
        except ValueError:
            raise RevealsChanged("The record") from None
        return [move for entry in entries if (move := self._move(entry)) is not None], end

    def _move(self, entry: Entry) -> Move | None:
        detail: dict[str, Any] = dict(entry.detail)
        seal = str(detail.pop("seal", ""))
        # Letters after an incident have entries of the same names, which are none of ours.
        if entry.event not in _LEADS or not hmac.compare_digest(
            seal.encode("utf-8", "replace"), self._mac(entry.event, detail).encode()
        ):
            return None
        return Move(
            AuditEvent(entry.event),
            detail["request"],
            detail["case"],
            tuple(detail["persons"]),
            Officer(**detail["asked_by"]),
            detail["asked_at"],
            Officer(**detail["by"]) if detail["by"]["id"] else NOBODY,
            detail["at"],
        )

    def _mac(self, event: str, detail: dict[str, Any]) -> str:
        text = json.dumps([str(event), detail], sort_keys=True)
        return hmac.digest(self._key, text.encode(), "sha256").hex()
