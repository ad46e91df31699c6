"""Errors of sending. None of them ever holds an address, a name, or what a relay answered in words."""

from __future__ import annotations

from hushdesk.incident.errors import IncidentError


class SendingError(IncidentError):
    """Letters cannot be sent, or counted, as asked."""


class OutboxError(SendingError):
    """The outbox is not what it should be, or something was asked of it that it must not do."""


class SendingBusyError(SendingError):
    """Another process is sending from, or reconciling, this outbox."""

    def __init__(self) -> None:
        super().__init__(
            "this outbox is being sent from, or reconciled, by another process.",
            remedy="Stop it there first; one outbox has one sender.",
        )


class RelayError(SendingError):
    """The settings of the relay cannot be used."""


class PlainRelayError(RelayError):
    """Letters or a password would go to another machine without encryption; there is no switch that allows it."""

    def __init__(self) -> None:
        super().__init__(
            "the relay is not on this machine and would be spoken to without TLS.",
            remedy="Use STARTTLS or TLS; only a relay on a loopback address may be spoken to in the clear.",
        )


class LetterError(SendingError):
    """The letter of a person could not be made. The person is named by number, the reason by its kind only."""

    def __init__(self, person: int, kind: str) -> None:
        self.person = person
        super().__init__(
            f"the letter of person {person} could not be made: {kind}.",
            remedy="Nothing was sent to this person; the outbox is as it was.",
        )


class BadRecordError(SendingError):
    """A relay's record that nothing can be made of."""
