"""Errors of notices. None of them repeats what a person's name or address is."""

from __future__ import annotations

from hushdesk.incident.errors import IncidentError


class NoticeError(IncidentError):
    """A notice or a letter that cannot be made as asked."""


class ControllerError(NoticeError):
    """The file with the controller's details says something that cannot be used."""

    def __init__(self, where: str, problem: str) -> None:
        self.where = where
        """The key of the file, ``contact.email``; never what stands there."""
        super().__init__(f"the controller's details: {where}: {problem}.")
