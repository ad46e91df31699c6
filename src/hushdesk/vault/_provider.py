"""Key providers: who wraps the desk's data keys. Built in are a passphrase in a file or a variable, and AWS KMS.

A provider is a class found by the entry-point group ``hushdesk.key_providers``; its name there is the
``provider`` in ``keyring.json``. A cloud key service implements the same four methods.
"""

from __future__ import annotations

import base64
import os
import re
import secrets
from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass, field
from importlib import import_module
from importlib.metadata import entry_points
from pathlib import Path
from typing import ClassVar, Final, Self

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt as _Kdf

from hushdesk.vault._files import read_private, write_private
from hushdesk.vault.errors import KeysRefusedError, UnknownKeyError

ENTRY_POINTS: Final = "hushdesk.key_providers"
_MIN_PASSPHRASE: Final = 20
_OWN_FILE: Final = re.compile(r"passphrase(\.[0-9a-f]{12})?").fullmatch
"""Names of passphrase files that we make ourselves, and may destroy."""


@dataclass(frozen=True, slots=True)
class Scrypt:
    """Parameters of one derivation of a key from a passphrase."""

    salt: bytes = field(repr=False)
    n: int = 1 << 15
    r: int = 8
    p: int = 1

    @classmethod
    def fresh(cls) -> Self:
        """The present cost with a new salt."""
        return cls(os.urandom(16))

    def derive(self, passphrase: bytes) -> bytes:
        """256 bits; takes about a tenth of a second and 32 MB."""
        return _Kdf(salt=self.salt, length=32, n=self.n, r=self.r, p=self.p).derive(passphrase)

    def to_json(self) -> dict[str, str | int]:
        """For a key file."""
        return {"salt": base64.b64encode(self.salt).decode(), "n": self.n, "r": self.r, "p": self.p}

    @classmethod
    def from_json(cls, data: Mapping[str, object]) -> Self:
        """From a key file. Costs are bounded, so that a changed file cannot eat all memory.

        Raises:
            ValueError: A parameter is missing or out of bounds.
        """
        n, r, p, salt = data.get("n"), data.get("r"), data.get("p"), data.get("salt")
        if not (isinstance(n, int) and isinstance(r, int) and isinstance(p, int) and isinstance(salt, str)):
            raise ValueError("scrypt parameters are missing")  # noqa: TRY004
        if not (1 << 10 <= n <= 1 << 20 and n & (n - 1) == 0 and 1 <= r <= 16 and 1 <= p <= 4):
            raise ValueError("scrypt parameters are out of bounds")
        return cls(base64.b64decode(salt, validate=True), n, r, p)


class KeyProvider(ABC):
    """Wraps and unwraps data keys. ``context`` is bound to the wrapped key and must be given again."""

    name: ClassVar[str]
    """As in the entry point and in ``keyring.json``."""

    @classmethod
    @abstractmethod
    def create(cls, folder: Path, options: Mapping[str, str]) -> Self:
        """Set up whatever the provider needs for a new keyring in ``folder``."""

    @classmethod
    @abstractmethod
    def open(cls, folder: Path, settings: Mapping[str, object], options: Mapping[str, str]) -> Self:
        """Open for an existing keyring, from its ``settings`` as stored."""

    @abstractmethod
    def settings(self) -> dict[str, object]:
        """What ``keyring.json`` keeps about the provider; no secret."""

    @abstractmethod
    def wrap(self, key: bytes, context: bytes) -> bytes:
        """Encrypt a data key."""

    @abstractmethod
    def unwrap(self, wrapped: bytes, context: bytes) -> bytes:
        """Decrypt a data key.

        Raises:
            KeysRefusedError: Wrong passphrase, changed bytes, or another context.
        """

    def own_files(self) -> tuple[str, ...]:
        """Names of files in the keys folder that hold a secret of this provider, made by it: destroyed when it is left."""
        return ()

    def secret_file(self, folder: Path) -> Path | None:  # noqa: ARG002 - for those that have one
        """The file without which the keys in ``folder`` do not open; None if what opens them is elsewhere."""
        return None

    def __repr__(self) -> str:
        return f"{type(self).__name__}()"


class PassphraseProvider(KeyProvider):
    """Data keys under AES-256-GCM with a key from scrypt of a passphrase; where that lies is the subclass's matter."""

    def __init__(self, passphrase: bytes, scrypt: Scrypt) -> None:
        if len(passphrase) < _MIN_PASSPHRASE:
            raise KeysRefusedError("passphrase")
        self._scrypt = scrypt
        self._aead = AESGCM(scrypt.derive(passphrase))

    def wrap(self, key: bytes, context: bytes) -> bytes:
        """Encrypt a data key under the passphrase's key."""
        nonce = os.urandom(12)
        return nonce + self._aead.encrypt(nonce, key, context)

    def unwrap(self, wrapped: bytes, context: bytes) -> bytes:
        """Decrypt a data key."""
        try:
            return self._aead.decrypt(wrapped[:12], wrapped[12:], context)
        except (InvalidTag, ValueError):
            raise KeysRefusedError("keyring") from None


class PassphraseFileProvider(PassphraseProvider):
    """A random passphrase in a 0600 file.

    The file is ``passphrase`` in the keys folder, or wherever the option ``passphrase_file`` says, for
    example on a volume that is mounted only while the desk runs. A file already there is used as it is.
    """

    name = "passphrase-file"

    def __init__(self, passphrase: bytes, scrypt: Scrypt, file: str) -> None:
        super().__init__(passphrase, scrypt)
        self._file = file

    @classmethod
    def create(cls, folder: Path, options: Mapping[str, str]) -> Self:
        """Use the passphrase file named, or make one of 256 random bits; with the option ``fresh`` never the one in the folder."""
        named = options.get("passphrase_file", "")
        file = str(Path(named).absolute()) if named else ""
        if file and Path(file).parent == folder:
            file = Path(file).name
        if not named and options.get("fresh"):
            file = f"passphrase.{secrets.token_hex(6)}"
        path = folder / (file or "passphrase")
        if not path.exists():
            write_private(path, secrets.token_urlsafe(32).encode() + b"\n")
        return cls(_passphrase(path), Scrypt.fresh(), file)

    @classmethod
    def open(cls, folder: Path, settings: Mapping[str, object], options: Mapping[str, str]) -> Self:
        """Read the passphrase from where it was at creation, or from the option."""
        stored = settings.get("file")
        named = options.get("passphrase_file", "") or (stored if isinstance(stored, str) else "")
        # A name alone is one in the keys folder, wherever that has moved to.
        path = folder / (named or "passphrase")
        parameters = settings.get("scrypt")
        try:
            scrypt = Scrypt.from_json(parameters if isinstance(parameters, dict) else {})
        except ValueError:
            raise KeysRefusedError("keyring") from None
        return cls(_passphrase(path), scrypt, named)

    def settings(self) -> dict[str, object]:
        """Scrypt parameters, and where the passphrase lies if not beside the keyring."""
        return {"scrypt": self._scrypt.to_json(), "file": self._file}

    def secret_file(self, folder: Path) -> Path | None:
        """The passphrase file."""
        return folder / (self._file or "passphrase")

    def own_files(self) -> tuple[str, ...]:
        """The passphrase file, if it is one that was made here."""
        file = self._file or "passphrase"
        return (file,) if _OWN_FILE(file) else ()


def _passphrase(path: Path) -> bytes:
    passphrase = read_private(path, "passphrase file").strip()
    if len(passphrase) < _MIN_PASSPHRASE:
        raise KeysRefusedError("passphrase file")
    return passphrase


_BUILT_IN: Final[Mapping[str, str]] = {
    PassphraseFileProvider.name: "hushdesk.vault._provider:PassphraseFileProvider",
    "environment": "hushdesk.vault._provider_environment:EnvironmentProvider",
    "aws-kms": "hushdesk.vault._provider_aws:AwsKmsProvider",
}
"""Where those that come with the package are: found without its metadata, and loaded only when wanted."""


def own_passphrase_files(folder: Path) -> list[str]:
    """Passphrase files in a keys folder that carry names of our own."""
    return [path.name for path in folder.glob("passphrase*") if _OWN_FILE(path.name)]


def provider_class(name: str) -> type[KeyProvider]:
    """The provider of that name, built in or from a plugin.

    Raises:
        UnknownKeyError: Nobody offers it.
    """
    if name in _BUILT_IN:
        module, _, attribute = _BUILT_IN[name].partition(":")
        loaded = getattr(import_module(module), attribute)
    else:
        found = {point.name: point for point in entry_points(group=ENTRY_POINTS)}
        if name not in found:
            raise UnknownKeyError("key provider", ", ".join(sorted({*_BUILT_IN, *found})))
        loaded = found[name].load()
    if not (isinstance(loaded, type) and issubclass(loaded, KeyProvider)):
        raise UnknownKeyError("key provider", ", ".join(sorted(_BUILT_IN)))
    return loaded
