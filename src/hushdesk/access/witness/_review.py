"""The quarantine, as somebody works through it: each step is in the record before its answer is shown."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from hushdesk.access._actor import Actor
from hushdesk.access._events import AuditEvent
from hushdesk.access._permissions import Permission, require
from hushdesk.access.witness._witness import Witness
from hushdesk.desk import OpenedEntry, Released, Review, ReviewEntry
from hushdesk.vault import KeysRefusedError, OfficerDoors, OfficerKey, SharesError


class WitnessedReview:
    """Answers as :class:`hushdesk.desk.Review` does, for one who may.

    Args:
        review: The desk's quarantine.
        witness: Writes down what is done.
        who: Who does it.
    """

    def __init__(self, review: Review, witness: Witness, who: Actor) -> None:
        self._review, self._witness, self._who = review, witness, who

    def unlock(self, passphrase: str) -> OfficerKey:
        """The officer's key; a passphrase that is refused is written down too.

        Raises:
            Forbidden: They may not decide.
            KeysRefusedError: The passphrase is wrong.
        """
        require(self._who, Permission.QUARANTINE_DECIDE)
        try:
            key = self._review.unlock(passphrase)
        except KeysRefusedError:
            self._witness.note(AuditEvent.OFFICER_QUARANTINE_UNLOCK, self._who, state="refused")
            raise
        self._witness.note(AuditEvent.OFFICER_QUARANTINE_UNLOCK, self._who, state="granted")
        return key

    def doors(self) -> OfficerDoors:
        """The ways to the officer's key; see :meth:`hushdesk.desk.Review.doors`."""
        require(self._who, Permission.QUARANTINE_READ)
        return self._review.doors()

    def unlock_with_shares(self, shares: Sequence[str]) -> OfficerKey:
        """The officer's key by shares; shares that do not fit are written down too.

        Raises:
            Forbidden: They may not decide.
            SharesError: The shares do not fit together.
        """
        require(self._who, Permission.QUARANTINE_DECIDE)
        try:
            key = self._review.unlock_with_shares(shares)
        except SharesError:
            self._witness.note(
                AuditEvent.OFFICER_QUARANTINE_UNLOCK, self._who, state="refused", shares=len(shares)
            )
            raise
        self._witness.note(
            AuditEvent.OFFICER_QUARANTINE_UNLOCK, self._who, state="granted", shares=len(shares)
        )
        return key

    def entries(self) -> list[ReviewEntry]:
        """All entries, newest first, without what is in them.

        Raises:
            Forbidden: They may not see the list.
        """
        require(self._who, Permission.QUARANTINE_READ)
        found = self._review.entries()
        self._witness.note(AuditEvent.OFFICER_QUARANTINE_LIST, self._who, rows=len(found))
        return found

    def open(self, index: int, key: OfficerKey) -> OpenedEntry:
        """Open one entry; see :meth:`hushdesk.desk.Review.open`."""
        require(self._who, Permission.QUARANTINE_DECIDE)
        opened = self._review.open(index, key)
        self._witness.note(
            AuditEvent.OFFICER_QUARANTINE_READ, self._who, entry=index, load=opened.entry.load_id
        )
        return opened

    def decide(
        self, index: int, findings: Iterable[str], key: OfficerKey, *, personal: bool, by: str
    ) -> OpenedEntry:
        """Confirm or reject findings; see :meth:`hushdesk.desk.Review.decide`."""
        require(self._who, Permission.QUARANTINE_DECIDE)
        wanted = list(dict.fromkeys(findings))
        opened = self._review.decide(index, wanted, key, personal=personal, by=by)
        self._witness.note(
            AuditEvent.OFFICER_QUARANTINE_DECIDE,
            self._who,
            entry=index,
            findings=len(wanted),
            decision="confirmed" if personal else "rejected",
            undecided=opened.undecided,
        )
        return opened

    def release(self, index: int, key: OfficerKey, *, by: str) -> Released:
        """Seal the case again; see :meth:`hushdesk.desk.Review.release`."""
        require(self._who, Permission.QUARANTINE_DECIDE)
        released = self._review.release(index, key, by=by)
        self._witness.note(
            AuditEvent.OFFICER_QUARANTINE_RELEASE, self._who, entry=index, state=released.state.value
        )
        return released

    def dismiss(self, index: int, *, by: str) -> None:
        """Close an entry without storing anything; see :meth:`hushdesk.desk.Review.dismiss`."""
        require(self._who, Permission.QUARANTINE_DECIDE)
        self._review.dismiss(index, by=by)
        self._witness.note(AuditEvent.OFFICER_QUARANTINE_DISMISS, self._who, entry=index)

    def __repr__(self) -> str:
        return "WitnessedReview()"
