"""Errors of this layer."""

from __future__ import annotations

from typing import ClassVar

from hushdesk.errors import HushdeskError


class IncidentError(HushdeskError):
    """Something about an incident that cannot be done as asked."""

    exit_code: ClassVar[int] = 15


class UnknownIncidentError(IncidentError):
    """There is no such incident."""

    def __init__(self, ident: str, known: tuple[str, ...]) -> None:
        names = ", ".join(known[:5]) or "none yet"
        super().__init__(f"there is no incident {ident}.", remedy=f"Open are: {names}.")


class EvidenceError(IncidentError):
    """A file of evidence that nothing can be made of."""


class NotApprovedError(IncidentError):
    """A step that opens identities, without the second person's word."""
