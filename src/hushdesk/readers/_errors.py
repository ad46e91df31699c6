"""Errors of the readers. None of them ever holds a value from an input."""

from __future__ import annotations

from hushdesk.cases import Reason
from hushdesk.errors import HushdeskError, TerminalError, UsageError


class ReaderError(TerminalError):
    """Something about an input or a reader went wrong."""


class CarrierError(ReaderError):
    """The bytes of one input cannot be read (further): cut off, damaged, encrypted, not permitted.

    Raised by what :attr:`hushdesk.readers.Stream.open` returns, when the call is made or while
    reading; everything readable before the fault has been handed out by then.

    Attributes:
        reason: Why, in the words of the load report.
        problem: One clause in plain words.
        remedy: What to do about it.
    """

    def __init__(self, reason: Reason, problem: str, *, remedy: str = "") -> None:
        self.reason = reason
        super().__init__(problem, remedy=remedy)


class NoSuchReaderError(UsageError):
    """A reader was asked for by a name that none has.

    Attributes:
        available: The names that exist.
    """

    def __init__(self, name: str, available: list[str]) -> None:
        self.available = available
        super().__init__(
            f"There is no reader called {name!r}.", remedy=f"Choose from: {', '.join(available)}."
        )


class ReaderFailedError(HushdeskError):
    """A reader raised something it should not have: a fault in its code, told without its message.

    The message of the original error may quote the input, so only its type and place are kept.

    Attributes:
        reader: Name of the reader.
        error_type: Name of the exception's class.
        where: Module and line that raised it.
    """

    exit_code = 70

    def __init__(self, reader: str, error_type: str, where: str) -> None:
        self.reader = reader
        self.error_type = error_type
        self.where = where
        super().__init__(
            f"The reader {reader!r} failed with {error_type} at {where}.",
            remedy="This is a fault in the reader; report it with these words, they hold nothing of the input.",
        )
