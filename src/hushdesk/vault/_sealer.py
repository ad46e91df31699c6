"""Sealing to a public key: whoever writes cannot read it back.

Form: ``HDS1`` · 32 bytes ephemeral X25519 public key · ChaCha20-Poly1305 ciphertext. Key and nonce come
from HKDF-SHA256 over the shared secret, salted with both public keys; each blob has its own.
"""

from __future__ import annotations

from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from hushdesk.vault.errors import VaultDamagedError

_MAGIC: Final = b"HDS1"
OVERHEAD: Final = len(_MAGIC) + 32 + 16
"""Bytes by which a sealed blob is longer than what it holds."""


def _derive(shared: bytes, ephemeral: bytes, recipient: bytes) -> tuple[bytes, bytes]:
    out = HKDF(SHA256(), 44, salt=ephemeral + recipient, info=b"hushdesk seal v1").derive(shared)
    return out[:32], out[32:]


class Sealer:
    """Encrypts to a public key; holds nothing secret.

    Args:
        public_key: The recipient's X25519 public key, 32 bytes.
    """

    __slots__ = ("_public", "_recipient")

    def __init__(self, public_key: bytes) -> None:
        if len(public_key) != 32:
            raise ValueError("an X25519 public key has 32 bytes")
        self._recipient = public_key
        self._public = X25519PublicKey.from_public_bytes(public_key)

    def seal(self, data: bytes, *, context: bytes = b"") -> bytes:
        """Encrypt ``data``; ``context`` is not stored, but has to be given again to open it."""
        ephemeral = X25519PrivateKey.generate()
        public = ephemeral.public_key().public_bytes_raw()
        key, nonce = _derive(ephemeral.exchange(self._public), public, self._recipient)
        head = _MAGIC + public
        return head + ChaCha20Poly1305(key).encrypt(nonce, data, head + context)

    def __repr__(self) -> str:
        return "Sealer()"


def unseal(private_key: X25519PrivateKey, blob: bytes, *, context: bytes = b"") -> bytes:
    """Open what :meth:`Sealer.seal` made.

    Raises:
        VaultDamagedError: It was changed, cut, sealed to another key, or has another context.
    """
    head, body = blob[:36], blob[36:]
    if len(blob) < OVERHEAD or not head.startswith(_MAGIC):
        raise VaultDamagedError("sealed entry")
    try:
        shared = private_key.exchange(X25519PublicKey.from_public_bytes(head[4:]))
        key, nonce = _derive(shared, head[4:], private_key.public_key().public_bytes_raw())
        return ChaCha20Poly1305(key).decrypt(nonce, body, head + context)
    except (InvalidTag, ValueError):
        raise VaultDamagedError("sealed entry") from None
