"""Errors of the record."""

from __future__ import annotations

from typing import ClassVar

from hushdesk.errors import HushdeskError


class RecordError(HushdeskError):
    """The record cannot be used as asked."""

    exit_code: ClassVar[int] = 16


class RecordDamagedError(RecordError):
    """What is signed is not what is there. Nothing is appended to such a record."""

    def __init__(self, what: str) -> None:
        super().__init__(
            f"the record is damaged: {what}.",
            remedy="Keep the folder as it is, and look with: hushdesk record verify",
        )


class ProofRefused(RecordError):  # noqa: N818 - the refusal is the point
    """A proof that does not prove what it should."""

    def __init__(self, what: str) -> None:
        super().__init__(f"the proof does not hold: {what}.")
