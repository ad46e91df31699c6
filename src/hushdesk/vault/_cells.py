"""How keys sit in slots and values in cells; both are bound to vault, person and place."""

from __future__ import annotations

import os

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from hushdesk.vault._wrapper import PersonKeyWrapper
from hushdesk.vault.errors import VaultDamagedError


def open_slot(wrapper: PersonKeyWrapper, person: int, slot: bytes) -> AESGCM:
    """The cipher of a person, from their slot.

    Raises:
        VaultDamagedError: The slot was changed, or is another person's.
    """
    return AESGCM(unwrap_slot(wrapper, person, slot))


def unwrap_slot(wrapper: PersonKeyWrapper, person: int, slot: bytes) -> bytes:
    """The bare key in a slot, for wrapping it anew."""
    return wrapper.unwrap(person, int.from_bytes(slot[:4], "big"), slot[4:16], slot[16:])


def make_slot(wrapper: PersonKeyWrapper, person: int, key: bytes) -> bytes:
    """A slot for a key."""
    nonce = os.urandom(12)
    return wrapper.version.to_bytes(4, "big") + nonce + wrapper.wrap(person, key, nonce)


def seal_value(cipher: AESGCM, bind: bytes, value: str) -> bytes:
    """A cell for a value; ``bind`` is that of :func:`binding`."""
    nonce = os.urandom(12)
    return nonce + cipher.encrypt(nonce, value.encode("utf-8", "surrogatepass"), bind)


def open_value(cipher: AESGCM, bind: bytes, sealed: bytes) -> str:
    """The value in a cell.

    Raises:
        VaultDamagedError: It was changed, or belongs to another person, token, kind or vault.
    """
    try:
        return cipher.decrypt(sealed[:12], sealed[12:], bind).decode("utf-8", "surrogatepass")
    except (InvalidTag, ValueError):
        raise VaultDamagedError("value of a person") from None


def binding(vault_id: bytes, person: int, token: bytes, tag: bytes, kind: str) -> bytes:
    """What a cell is bound to."""
    return vault_id + person.to_bytes(8, "big") + token + tag + kind.encode()
