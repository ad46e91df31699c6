"""Errors of the guard. What is wrong in a *document* is never one of these: it is a value among the findings."""

from __future__ import annotations

from typing import ClassVar

from hushdesk.errors import HushdeskError, UsageError


class IntentError(UsageError):
    """The intent file cannot be used."""

    def __init__(self, file: str, where: str, problem: str, remedy: str) -> None:
        self.file = file
        self.where = where
        super().__init__(f"{file}: {where}: {problem}." if where else f"{file}: {problem}.", remedy=remedy)


class UnknownEndpointError(HushdeskError):
    """No endpoint or store of this name."""

    exit_code: ClassVar[int] = 9

    def __init__(self, name: str, known: tuple[str, ...]) -> None:
        self.name = name
        self.known = known
        shown = ", ".join(known[:8]) + (f" and {len(known) - 8} more" if len(known) > 8 else "")
        super().__init__(
            f"No store or endpoint is called {name!r}.",
            remedy=f"There are: {shown}." if known else "The input shows no endpoint at all.",
        )


class TagsError(UsageError):
    """The file of service tags cannot be used."""

    def __init__(self, file: str, problem: str) -> None:
        self.file = file
        super().__init__(f"{file}: {problem}.", remedy="Download it anew from the cloud's page of IP ranges.")


class StateError(HushdeskError):
    """What is kept of earlier looks cannot be read or written."""

    def __init__(self, where: str, problem: str, *, writing: bool = False) -> None:
        self.where = where
        super().__init__(
            f"What is kept of earlier looks cannot be {'written' if writing else 'used'}: {where}: {problem}.",
            remedy="Make room for it, so that changes can be shown."
            if writing
            else "Comparing begins anew with what is seen now.",
        )
