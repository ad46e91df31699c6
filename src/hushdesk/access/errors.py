"""What can go wrong with accounts and permissions.

Tree::

    HushdeskError
    └── AccessError
        ├── AccountExists        the name is taken
        ├── AccountUnknown       nobody has that name or id
        ├── AccountsUnsafe       the database of accounts is open to others, damaged or too new
        ├── Forbidden            signed in, but without the permission
        ├── PasswordTooWeak      a new password breaks a rule
        ├── ScopeTooWide         an API token may not carry that permission
        └── SignInRefused        wrong, unknown, disabled or locked: on purpose never said which

None of them ever holds a password, a session id, a token, or the name somebody tried.
"""

from __future__ import annotations

from typing import ClassVar

from hushdesk.access._permissions import Permission
from hushdesk.errors import HushdeskError


class AccessError(HushdeskError):
    """Root of all errors of this package."""


class AccountExists(AccessError):  # noqa: N818
    """The name is taken."""

    def __init__(self) -> None:
        super().__init__("There is already an account of that name.", remedy="Choose another name.")


class AccountUnknown(AccessError):  # noqa: N818
    """Nobody has that name or id."""

    def __init__(self) -> None:
        super().__init__("There is no such account.", remedy="List the accounts to see their names.")


class AccountsUnsafe(AccessError):  # noqa: N818
    """The database of accounts cannot be trusted or understood."""

    def __init__(self, problem: str, remedy: str) -> None:
        super().__init__(problem, remedy=remedy)


class Forbidden(AccessError):  # noqa: N818
    """Signed in, but without the permission.

    Attributes:
        permission: The one that is missing.
    """

    exit_code: ClassVar[int] = 77

    def __init__(self, permission: Permission) -> None:
        self.permission = permission
        super().__init__(
            f"This needs the permission {permission.value}.",
            remedy="Ask an administrator of this desk for a role that has it.",
        )


class PasswordTooWeak(AccessError):  # noqa: N818
    """A new password breaks a rule."""

    def __init__(self, rule: str) -> None:
        super().__init__(f"The new password {rule}.", remedy="A few unrelated words make a good one.")


class ScopeTooWide(AccessError):  # noqa: N818
    """An API token may not carry that permission."""

    def __init__(self, permission: Permission) -> None:
        self.permission = permission
        super().__init__(
            f"An API token of this account may not carry {permission.value}.",
            remedy="Leave it out: the role does not have it, or it needs a person who signs in.",
        )


class SignInRefused(AccessError):  # noqa: N818
    """Wrong password, unknown name, disabled account, locked out: the answer is the same.

    Attributes:
        retry_after: Seconds until the next attempt on this name is looked at; 0 if at once.
    """

    exit_code: ClassVar[int] = 77

    def __init__(self, retry_after: int = 0) -> None:
        self.retry_after = retry_after
        wait = f"Wait {retry_after} seconds, then try again." if retry_after else "Try again."
        super().__init__("Name or password is wrong, or the account is locked.", remedy=wait)
