"""Wrapping the keys of persons, and checking signatures."""

from __future__ import annotations

import hmac
from collections.abc import Callable, Mapping

from cryptography.exceptions import InvalidSignature, InvalidTag
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from hushdesk.vault.errors import VaultDamagedError


class PersonKeyWrapper:
    """Wraps the keys of persons: AES-256-GCM, bound to vault, person and version of the wrap key."""

    __slots__ = ("_aeads", "_renew", "_tag_key", "_vault_id", "version")

    def __init__(
        self,
        keys: Mapping[int, bytes],
        vault_id: bytes,
        tag_key: bytes,
        renew: Callable[[], Mapping[int, bytes]] | None = None,
    ) -> None:
        self._tag_key = tag_key
        self._renew = renew
        self._aeads = {version: AESGCM(key) for version, key in keys.items()}
        self._vault_id = vault_id
        self.version = max(keys)
        """The version with which new keys are wrapped."""

    def wrap(self, person: int, key: bytes, nonce: bytes) -> bytes:
        """The wrapped key, without its nonce: 48 bytes."""
        return self._aeads[self.version].encrypt(nonce, key, self._bind(person, self.version))

    def unwrap(self, person: int, version: int, nonce: bytes, wrapped: bytes) -> bytes:
        """The key of a person.

        Raises:
            VaultDamagedError: Changed, or the key of another person or vault.
        """
        if version not in self._aeads and self._renew is not None:
            # Another process has rotated the wrap key since this one opened the keyring.
            self._aeads = {known: AESGCM(key) for known, key in self._renew().items()}
        try:
            return self._aeads[version].decrypt(nonce, wrapped, self._bind(person, version))
        except (InvalidTag, KeyError, ValueError):
            raise VaultDamagedError("key of a person") from None

    def tag(self, person: int, value: str) -> bytes:
        """Three bytes that tell a person's values apart, and tell nothing without the keyring."""
        message = person.to_bytes(8, "big") + value.encode("utf-8", "surrogatepass")
        return hmac.digest(self._tag_key, message, "sha256")[:3]

    def _bind(self, person: int, version: int) -> bytes:
        return (
            b"hushdesk person key" + self._vault_id + person.to_bytes(8, "big") + version.to_bytes(4, "big")
        )

    def __repr__(self) -> str:
        return f"PersonKeyWrapper(version={self.version})"


def verify_signature(public_key: bytes, message: bytes, signature: bytes) -> bool:
    """True if ``signature`` is that of the owner of ``public_key``. Needs no keyring."""
    try:
        Ed25519PublicKey.from_public_bytes(public_key).verify(signature, message)
    except (InvalidSignature, ValueError):
        return False
    return True
