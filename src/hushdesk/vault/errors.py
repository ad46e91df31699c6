"""What can go wrong with keys, quarantine and the people vault.

Tree::

    HushdeskError
    └── VaultError
        ├── ExtraMissingError a key provider wants a package that is not installed
        ├── KeyInUseError     a version of a key on which something still depends is to be destroyed
        ├── KeyServiceError   a key service refused, or cannot be reached
        ├── KeysChangedError  another process changed the keyring meanwhile
        ├── KeysExistError    a keyring is already there
        ├── KeysMissingError  no keyring, passphrase or officer's key where it should be
        ├── KeysUnsafeError   somebody else could read or change the keys
        ├── KeysRefusedError  wrong passphrase, or the file was changed
        ├── SharesError       shares of the officer's key are not what they should be
        ├── SharesNeededError the officer's key opens by shares only
        ├── UnknownKeyError   a version or provider that this keyring does not have
        ├── VaultLockedError  asked for an identity without keys
        └── VaultDamagedError stored bytes do not open under the right key

None of them ever holds a value, a key, a passphrase or a pseudonym.
"""

from __future__ import annotations

from hushdesk.errors import TerminalError


class VaultError(TerminalError):
    """Root of all errors of this package."""


class ExtraMissingError(VaultError):
    """A key provider wants a package that is not installed; ``extra`` is the one that brings it."""

    exit_code = 2

    def __init__(self, provider: str, extra: str) -> None:
        self.extra = extra
        super().__init__(
            f"The key provider {provider} wants a package that is not installed.",
            remedy=f"Install hushdesk[{extra}].",
        )


class KeyInUseError(VaultError):
    """A version of a key is to be destroyed on which something still depends."""

    def __init__(self, purpose: str, version: int, why: str) -> None:
        super().__init__(f"Version {version} of the {purpose} key is still needed: {why}.")


class KeyServiceError(VaultError):
    """A key service refused, or cannot be reached; ``code`` is its own short word for why."""

    exit_code = 75

    def __init__(self, service: str, code: str) -> None:
        self.code = code
        super().__init__(
            f"{service} did not do what was asked ({code}).",
            remedy="Look at its permissions and at the way to it, then try again.",
        )


class KeysChangedError(VaultError):
    """The keyring on disk is no longer the one that was opened."""

    def __init__(self) -> None:
        super().__init__("Another process changed the keyring.", remedy="Open it again, then repeat.")


class KeysExistError(VaultError):
    """A keyring is already there; it is never overwritten."""

    def __init__(self, what: str = "keyring") -> None:
        super().__init__(
            f"There is already a {what} in this folder.",
            remedy="Open it, or choose another folder: overwriting it would orphan every pseudonym.",
        )


class KeysMissingError(VaultError):
    """A file that belongs to the keys is not there."""

    def __init__(self, what: str) -> None:
        super().__init__(f"The {what} is missing.", remedy="Restore it from its backup or name its folder.")


class KeysUnsafeError(VaultError):
    """A key file or folder is open to somebody else."""

    def __init__(self, what: str, mode: int, *, foreign_owner: bool = False) -> None:
        self.mode = mode
        if foreign_owner:
            super().__init__(
                f"The {what} belongs to another user.", remedy="Give it to the user that runs this."
            )
        else:
            super().__init__(
                f"The {what} can be reached by others (mode {mode:04o}).",
                remedy="Set 0700 on the folder and 0600 on its files, and ask who has read them.",
            )


class KeysRefusedError(VaultError):
    """Keys do not open: the passphrase is wrong or the file was changed."""

    def __init__(self, what: str) -> None:
        super().__init__(
            f"The {what} does not open.", remedy="The passphrase is wrong or the file was changed."
        )


class SharesError(VaultError):
    """Shares of the officer's key are too few, mistyped, of different splits, or do not fit the key."""

    def __init__(self, why: str) -> None:
        super().__init__(f"The shares do not open the key: {why}.", remedy="Type each as it is printed.")


class SharesNeededError(VaultError):
    """The officer's key has no passphrase any more: it opens by shares only."""

    def __init__(self, threshold: int) -> None:
        self.threshold = threshold
        super().__init__(
            "The officer's key has been split: no passphrase opens it.",
            remedy=f"Give {threshold} of its shares.",
        )


class UnknownKeyError(VaultError):
    """A key version or a key provider that is not known here."""

    def __init__(self, what: str, valid: str) -> None:
        super().__init__(f"There is no such {what}.", remedy=f"Known: {valid}.")


class VaultLockedError(VaultError):
    """An identity was asked for, but the vault was opened without keys."""

    def __init__(self) -> None:
        super().__init__("The vault was opened without keys.", remedy="Open it with the keyring.")


class VaultDamagedError(VaultError):
    """Stored bytes were changed, swapped or torn: they do not open under the right key."""

    def __init__(self, what: str) -> None:
        super().__init__(
            f"The {what} does not open under its key.", remedy="Restore the folder from its backup."
        )
