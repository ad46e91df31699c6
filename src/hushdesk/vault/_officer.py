"""The officer's key: opens the quarantine. The loading process never holds it."""

from __future__ import annotations

import base64
import json
import os
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from hushdesk.vault._base32 import random_groups, read_groups
from hushdesk.vault._files import read_private, write_private
from hushdesk.vault._provider import Scrypt
from hushdesk.vault._sealer import unseal
from hushdesk.vault.errors import KeysRefusedError

OFFICER_FILE: Final = "officer.key"
_FORMAT: Final = "hushdesk-officer-key/1"


@dataclass(frozen=True, slots=True)
class OfficerSecret:
    """What the privacy officer takes away when a desk is made. Show it once; nothing keeps it."""

    passphrase: str = field(repr=False)
    """150 bits in six readable groups; opens ``officer.key``."""
    public_key: bytes
    """For the desk: the quarantine is sealed to it."""


class OfficerKey:
    """The unlocked private key. Lives only as long as somebody reads the quarantine."""

    __slots__ = ("_private",)

    def __init__(self, private: X25519PrivateKey) -> None:
        self._private = private

    @property
    def public_key(self) -> bytes:
        """The public half, 32 bytes."""
        return self._private.public_key().public_bytes_raw()

    def unseal(self, blob: bytes, *, context: bytes = b"") -> bytes:
        """Open a blob of :class:`hushdesk.vault.Sealer`.

        Raises:
            VaultDamagedError: It does not open under this key.
        """
        return unseal(self._private, blob, context=context)

    def __reduce__(self) -> str:
        raise TypeError("the officer's key is not pickled")

    def __repr__(self) -> str:
        return "OfficerKey()"


def create_officer_key(folder: Path, scrypt: Scrypt | None = None) -> OfficerSecret:
    """Make a key pair; the private half goes to ``officer.key``, encrypted under a new passphrase."""
    scrypt = scrypt or Scrypt.fresh()
    private = X25519PrivateKey.generate()
    public = private.public_key().public_bytes_raw()
    passphrase = random_groups(6, 5)
    nonce = os.urandom(12)
    wrapped = AESGCM(scrypt.derive(read_groups(passphrase).encode())).encrypt(
        nonce, private.private_bytes_raw(), _FORMAT.encode() + public
    )
    document = {
        "format": _FORMAT,
        "public_key": base64.b64encode(public).decode(),
        "scrypt": scrypt.to_json(),
        "wrapped": base64.b64encode(nonce + wrapped).decode(),
    }
    write_private(folder / OFFICER_FILE, json.dumps(document, indent=1).encode() + b"\n")
    return OfficerSecret(passphrase, public)


def unlock_officer_key(path: Path, passphrase: str) -> OfficerKey:
    """Open ``officer.key``.

    Args:
        path: The file, or the keys folder that holds it.
        passphrase: As shown once; case, blanks and hyphens do not matter.

    Raises:
        KeysMissingError: The file is not there.
        KeysUnsafeError: Others can reach it.
        KeysRefusedError: Wrong passphrase, or the file was changed.
    """
    file = path / OFFICER_FILE if path.is_dir() else path
    raw = read_private(file, "officer's key")
    try:
        document = json.loads(raw)
        if document["format"] != _FORMAT:
            raise KeysRefusedError("officer's key")
        public = base64.b64decode(document["public_key"], validate=True)
        wrapped = base64.b64decode(document["wrapped"], validate=True)
        key = Scrypt.from_json(document["scrypt"]).derive(read_groups(passphrase).encode())
        private = AESGCM(key).decrypt(wrapped[:12], wrapped[12:], _FORMAT.encode() + public)
        return OfficerKey(X25519PrivateKey.from_private_bytes(private))
    except (InvalidTag, ValueError, KeyError, TypeError, AttributeError):
        raise KeysRefusedError("officer's key") from None
