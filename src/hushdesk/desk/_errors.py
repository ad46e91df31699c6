"""Errors of desks and loads."""

from __future__ import annotations

from hushdesk.errors import TerminalError, TransientError


class DeskError(TerminalError):
    """A desk cannot be made or opened."""

    exit_code = 3


class DeskBusy(TransientError):  # noqa: N818 - a state, not a fault
    """Another process owns the desk.

    Attributes:
        pid: The owner's process id, or None if it cannot be told.
        command: What the owner is doing, in one word.
        socket: Path of the owner's Unix socket if it serves, else empty.
    """

    exit_code = 4

    def __init__(self, pid: int | None, command: str, socket: str) -> None:
        self.pid = pid
        self.command = command
        self.socket = socket
        super().__init__(
            f"the desk is in use by process {pid or 'unknown'} ({command or 'unknown'}).",
            remedy="Wait for it to end, or stop it, and try again.",
        )


class LoadError(TerminalError):
    """A load cannot begin or go on."""

    exit_code = 5


class SealingDied(TransientError):  # noqa: N818 - what happened, in the past tense
    """A sealing process ended by itself; what was acknowledged is kept and the load can be resumed."""

    exit_code = 6

    def __init__(self) -> None:
        super().__init__(
            "a sealing process ended unexpectedly (killed, or out of memory).",
            remedy="Run the same load again: it resumes where it stopped. Fewer --workers need less memory.",
        )


class CertificateRefused(TerminalError):  # noqa: N818 - what happened, in the past tense
    """A certificate is not what it claims to be."""

    exit_code = 12

    def __init__(self, why: str) -> None:
        super().__init__(
            f"the certificate is refused: {why}.",
            remedy="Do not rely on it. Look at the ledger's backups, and ask who could write to the desk.",
        )


class ReviewError(TerminalError):
    """An entry of the quarantine cannot be decided or released as asked."""

    exit_code = 11


class NoSuchEntry(ReviewError):  # noqa: N818 - a state, not a fault
    """There is no such entry in the quarantine, or no such finding in the entry."""

    exit_code = 9

    def __init__(self, what: str = "entry") -> None:
        super().__init__(f"there is no such {what}.", remedy="List them anew: hushdesk quarantine list")


class ErasureError(TerminalError):
    """Somebody cannot be found, exported or erased as asked, or cases cannot leave as asked."""

    exit_code = 18


class NameAlone(ErasureError):  # noqa: N818 - a state, not a fault
    """Only a name was given, and too many have it, it was not said who is meant, or more is known of them."""

    def __init__(self, *, known_by_more: bool = False) -> None:
        more = "Give an e-mail address, phone, account or user name as well, one on each line; or find by more of the name, and say by number who is meant."
        if known_by_more:
            more = "The vault knows more than a name of whom you chose: ask the person for one of these, and give it as well. What there is find shows, by kind."
        super().__init__(
            "a name alone is no identifier: many may have it, and their data is not to be shown or erased for another's.",
            remedy=more,
        )


class PseudonymAlone(ErasureError):  # noqa: N818 - a state, not a fault
    """Only a pseudonym was given, and a person's file would open it."""

    exit_code = 77

    def __init__(self) -> None:
        super().__init__(
            "a pseudonym alone does not open a person's file: that needs a second officer.",
            remedy="Give an identifier that the person has told you, one on each line; or ask to open it: hushdesk reveal ask",
        )


class NobodyFound(ErasureError):  # noqa: N818 - a state, not a fault
    """Nobody in the vault has these identifiers."""

    exit_code = 9

    def __init__(self) -> None:
        super().__init__(
            "nobody in the vault has these identifiers.",
            remedy="Ask the person for the others they have used: addresses, numbers, customer and contract numbers.",
        )


class SeveralPersons(ErasureError):  # noqa: N818 - a state, not a fault
    """The identifiers belong to several persons, and it was not said which are meant.

    Attributes:
        persons: Their numbers in the vault.
    """

    def __init__(self, persons: tuple[int, ...]) -> None:
        self.persons = persons
        super().__init__(
            f"the identifiers belong to {len(persons)} persons: {', '.join(map(str, persons))}.",
            remedy="Say which are meant by their numbers; find shows what tells them apart.",
        )


class OnHold(ErasureError):  # noqa: N818 - a state, not a fault
    """Cases of the person must stay for now."""

    def __init__(self, cases: int, why: str) -> None:
        super().__init__(
            f"{cases:,} of the cases are on hold: {why}.",
            remedy="Tell the person so (GDPR art. 17 (3)), or end the hold in desk.toml.",
        )
