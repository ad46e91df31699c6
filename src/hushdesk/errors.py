"""The root of the error tree.

Every error that Hushdesk raises on purpose derives from :class:`HushdeskError`. Errors are built
from named fields; none of these fields may ever hold a value from a case. A row number, a field
name or a rule name is fine; what stood in the field is not.
"""

from __future__ import annotations

from typing import ClassVar


class HushdeskError(Exception):
    """Something went wrong that a person can be told about in one line.

    Attributes:
        problem: What is wrong, without a value from a case.
        remedy: What the reader of the message can do about it; may be empty.
        exit_code: The exit code with which the command line ends.
    """

    exit_code: ClassVar[int] = 1

    def __init__(self, problem: str, *, remedy: str = "") -> None:
        self.problem = problem
        self.remedy = remedy
        super().__init__(f"{problem} {remedy}".strip())


class UsageError(HushdeskError):
    """The command or the request was asked in a way that cannot be carried out."""

    exit_code = 2


class TerminalError(HushdeskError):
    """Trying again will not help until something is changed."""


class TransientError(HushdeskError):
    """Trying again later may help."""

    exit_code = 75
