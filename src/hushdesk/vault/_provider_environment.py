"""The passphrase in an environment variable, for whoever starts the desk out of a secret store.

It is read once, taken out of this process's environment, and so never handed to a child. The weakness stays that whoever may
look into the process (its user, and root) can read the environment it was *started* with, and that it stood in the starter's too.
"""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Final, Self

from hushdesk.vault._provider import PassphraseProvider, Scrypt
from hushdesk.vault.errors import KeysMissingError, KeysRefusedError

DEFAULT_VARIABLE: Final = "HUSHDESK_PASSPHRASE"
_NAME: Final = re.compile(r"[A-Z][A-Z0-9_]{0,63}").fullmatch

_taken: dict[str, bytes] = {}
"""What was taken out of the environment: a process opens its keys more than once."""


class EnvironmentProvider(PassphraseProvider):
    """A passphrase of at least 20 bytes in an environment variable; option ``variable``."""

    name = "environment"

    def __init__(self, scrypt: Scrypt, variable: str) -> None:
        super().__init__(_take(variable), scrypt)
        self._variable = variable

    @classmethod
    def create(cls, folder: Path, options: Mapping[str, str]) -> Self:  # noqa: ARG003 - the interface's
        """Use the variable named, or ``HUSHDESK_PASSPHRASE``; its value may be handed over in the option ``passphrase``."""
        variable = options.get("variable") or DEFAULT_VARIABLE
        if options.get("passphrase"):
            # The serving process was started without the variable; whoever asks it to change read it for it.
            os.environ.pop(variable, None)
            _taken[variable] = options["passphrase"].strip().encode("utf-8", "surrogateescape")
        return cls(Scrypt.fresh(), variable)

    @classmethod
    def open(cls, folder: Path, settings: Mapping[str, object], options: Mapping[str, str]) -> Self:  # noqa: ARG003
        """Read the variable that was used at creation, or the one that the option names."""
        parameters, variable = settings.get("scrypt"), settings.get("variable")
        if not isinstance(variable, str):
            raise KeysRefusedError("keyring")
        try:
            scrypt = Scrypt.from_json(parameters if isinstance(parameters, dict) else {})
        except ValueError:
            raise KeysRefusedError("keyring") from None
        return cls(scrypt, options.get("variable") or variable)

    def settings(self) -> dict[str, object]:
        """Scrypt parameters and the variable's name."""
        return {"scrypt": self._scrypt.to_json(), "variable": self._variable}


def _take(variable: str) -> bytes:
    if not _NAME(variable):
        raise KeysRefusedError("name of the environment variable")
    # A new value wins: whoever sets it again means it.
    text = os.environ.pop(variable, "")
    if text:
        _taken[variable] = text.strip().encode("utf-8", "surrogateescape")
    if variable not in _taken:
        raise KeysMissingError(f"environment variable {variable}")
    return _taken[variable]
