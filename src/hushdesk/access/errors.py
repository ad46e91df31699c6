"""What can go wrong with accounts and permissions.

Tree::

    HushdeskError
    └── AccessError
        ├── AccountExists        the name is taken
        ├── AccountUnknown       nobody has that name or id
        ├── AccountsUnsafe       the database of accounts is open to others, damaged or too new
        ├── AdministrationError  something may not be done to that account, or not by this one
        ├── BreachedListError    the list of breached passwords cannot be used
        ├── Forbidden            signed in, but without the permission
        ├── PasswordTooWeak      a new password breaks a rule
        ├── ProviderError        a provider of identities cannot be asked, or its word is not accepted
        ├── ScopeTooWide         an API token may not carry that permission
        ├── SecondFactorError    a second factor cannot be set up, changed or checked
        ├── SecondFactorMissing  the role must have a second factor, and the account has none yet
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


class AdministrationError(AccessError):
    """Something may not be done to that account, or not by this one."""

    exit_code: ClassVar[int] = 77

    def __init__(self, problem: str, remedy: str = "") -> None:
        super().__init__(problem, remedy=remedy)


class BreachedListError(AccessError):
    """The list of breached passwords cannot be used, so no new password is taken."""

    def __init__(self, problem: str) -> None:
        super().__init__(
            f"The list of breached passwords {problem}.",
            remedy="Correct breached_passwords in [sign_in] of desk.toml: a list of SHA-1 ordered by hash, or of passwords.",
        )


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


class ProviderError(AccessError):
    """A provider of identities cannot be asked, or its word is not accepted.

    Attributes:
        reason: What was wrong, in fixed words; for whoever runs the desk.
        outage: True if it could not be asked at all, so that trying again may help.
    """

    exit_code: ClassVar[int] = 77

    def __init__(self, reason: str, *, outage: bool = False) -> None:
        self.reason = reason
        self.outage = outage
        super().__init__(
            f"The sign-in with the provider was refused: {reason}.", remedy="Begin the sign-in anew."
        )


class ScopeTooWide(AccessError):  # noqa: N818
    """An API token may not carry that permission."""

    def __init__(self, permission: Permission) -> None:
        self.permission = permission
        super().__init__(
            f"An API token of this account may not carry {permission.value}.",
            remedy="Leave it out: the role does not have it, or it needs a person who signs in.",
        )


class SecondFactorError(AccessError):
    """A second factor cannot be set up, changed or checked."""

    def __init__(self, problem: str, remedy: str = "Ask an administrator if this is unexpected.") -> None:
        super().__init__(f"The second factor {problem}.", remedy=remedy)


class SecondFactorMissing(AccessError):  # noqa: N818
    """The password is right, but the role must have a second factor, and the account has none yet: a password alone decides nothing."""

    exit_code: ClassVar[int] = 77

    def __init__(self) -> None:
        super().__init__(
            "This account’s role must have a second factor, and it has none yet.",
            remedy="Set one up when you sign in to the pages, or with: hushdesk account second-factor NAME --set-up",
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
