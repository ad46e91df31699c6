"""Letters to persons by SMTP, each exactly once, even if the sender is killed; what nobody can know is shown as in doubt."""

from typing import TYPE_CHECKING

from hushdesk._late import late

if TYPE_CHECKING:
    from hushdesk.incident.sending._bounces import Returned, bounces
    from hushdesk.incident.sending._letter import Letter, LetterOf, NoAddress
    from hushdesk.incident.sending._outbox import Outbox, Recovered
    from hushdesk.incident.sending._pace import Limits
    from hushdesk.incident.sending._progress import Progress, progress
    from hushdesk.incident.sending._reconcile import Reconciled, reconcile
    from hushdesk.incident.sending._relay import Relay, Tls
    from hushdesk.incident.sending._send import send
    from hushdesk.incident.sending._states import Control, Ended, State, Step
    from hushdesk.incident.sending.errors import (
        BadRecordError,
        LetterError,
        OutboxError,
        PlainRelayError,
        RelayError,
        SendingBusyError,
        SendingError,
    )
else:
    __getattr__ = late(
        __name__,
        {
            "_bounces": "Returned bounces",
            "_letter": "Letter LetterOf NoAddress",
            "_outbox": "Outbox Recovered",
            "_pace": "Limits",
            "_progress": "Progress progress",
            "_reconcile": "Reconciled reconcile",
            "_relay": "Relay Tls",
            "_send": "send",
            "_states": "Control Ended State Step",
            "errors": "BadRecordError LetterError OutboxError PlainRelayError RelayError SendingBusyError SendingError",
        },
    )

__all__ = [
    "BadRecordError",
    "Control",
    "Ended",
    "Letter",
    "LetterError",
    "LetterOf",
    "Limits",
    "NoAddress",
    "Outbox",
    "OutboxError",
    "PlainRelayError",
    "Progress",
    "Reconciled",
    "Recovered",
    "Relay",
    "RelayError",
    "Returned",
    "SendingBusyError",
    "SendingError",
    "State",
    "Step",
    "Tls",
    "bounces",
    "progress",
    "reconcile",
    "send",
]
