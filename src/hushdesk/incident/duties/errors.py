"""Errors of the rules of duties."""

from __future__ import annotations

from hushdesk.incident.errors import IncidentError


class RulesError(IncidentError):
    """A file of rules, or of what is declared, that is not as it must be."""

    def __init__(self, file: str, line: int, row: str, key: str, problem: str, remedy: str = "") -> None:
        where = f"{file}, line {line}" if line else file
        if row:
            where += f", row {row}"
        if key:
            where += f", key {key}"
        super().__init__(f"{where}: {problem}.", remedy=remedy)
