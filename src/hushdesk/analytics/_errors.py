"""What can be wrong with a query."""

from __future__ import annotations

from hushdesk.errors import UsageError


class QueryError(UsageError):
    """A query that cannot be carried out, with the place to look at.

    The message never repeats the query: it may hold what somebody pasted by mistake.

    Attributes:
        position: 0-based character of the query at which the problem begins.
        problem: What is wrong, in one clause.
        remedy: What to write instead.
    """

    def __init__(self, position: int, problem: str, remedy: str = "") -> None:
        self.position = position
        super().__init__(problem, remedy=remedy)

    def __str__(self) -> str:
        return f"At character {self.position + 1}: {self.problem} {self.remedy}".strip()
