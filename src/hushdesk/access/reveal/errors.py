"""What can go wrong with opening a pseudonym.

Tree::

    AccessError
    └── RevealError
        ├── NoSuchReveal      no request has that id
        ├── RevealRefused     it may not be asked for, approved or opened now, or not by this account
        ├── RevealsChanged    the requests, or the record they rest on, were changed past Hushdesk
        └── TooManyReveals    the limit of the account or of the desk is reached

None of them ever holds an identity, a reason, or what somebody typed.
"""

from __future__ import annotations

from typing import ClassVar

from hushdesk.access.errors import AccessError


class RevealError(AccessError):
    """Root of the errors of opening pseudonyms."""

    exit_code: ClassVar[int] = 77


class NoSuchReveal(RevealError):  # noqa: N818
    """No request has that id."""

    exit_code: ClassVar[int] = 9

    def __init__(self) -> None:
        super().__init__("There is no such request.", remedy="List them with: hushdesk reveal list")


class RevealRefused(RevealError):  # noqa: N818
    """It may not be asked for, approved or opened now, or not by this account."""


class RevealsChanged(RevealError):  # noqa: N818
    """The requests, or the record they rest on, were changed past Hushdesk."""

    exit_code: ClassVar[int] = 1

    def __init__(self, what: str) -> None:
        super().__init__(
            f"{what} was changed by other means than Hushdesk's: nothing is opened on the strength of it.",
            remedy="Run: hushdesk record verify; find out who did it. Once reveal.sqlite is moved away it is made again from the record.",
        )


class TooManyReveals(RevealError):  # noqa: N818
    """The limit of the account or of the desk is reached.

    Attributes:
        retry_after: Seconds until the next request is taken.
    """

    exit_code: ClassVar[int] = 75

    def __init__(self, whose: str, retry_after: int) -> None:
        self.retry_after = retry_after
        minutes = max(1, -(-retry_after // 60))
        super().__init__(
            f"{whose} has asked to open as many pseudonyms as are allowed for now.",
            remedy=f"Ask again in {minutes:,} minute{'s' if minutes > 1 else ''}.",
        )
