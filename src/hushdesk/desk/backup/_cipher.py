"""Encrypting streams in pieces, so that a piece that was changed, moved, repeated or cut off is found before it is used.

Form: ``HDB1`` · 16 bytes salt · pieces of 1 MiB under AES-256-GCM. The key is derived from the salt; the nonce of a piece is its
number and whether it is the last (the STREAM construction of Hoang, Reyhanitabar, Rogaway and Vizár, 2015).
"""

from __future__ import annotations

import os
from typing import IO, Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from hushdesk.desk.backup.errors import BackupRefused

_MAGIC: Final = b"HDB1"
_SALT: Final = 16
_PIECE: Final = 1 << 20
_TAG: Final = 16


def _cipher(key: bytes, salt: bytes, context: bytes) -> AESGCM:
    return AESGCM(HKDF(SHA256(), 32, salt=salt, info=b"hushdesk backup stream|" + context).derive(key))


def _nonce(number: int, *, last: bool) -> bytes:
    return number.to_bytes(11, "big") + bytes([last])


class EncryptingWriter:
    """A file to write into; nothing of it counts before :meth:`close`.

    Args:
        file: Open for writing bytes.
        key: 32 bytes.
        context: What the stream is; has to be given again.
    """

    def __init__(self, file: IO[bytes], key: bytes, context: bytes) -> None:
        salt = os.urandom(_SALT)
        self._file = file
        self._aead = _cipher(key, salt, context)
        self._waiting = bytearray()
        self._number = 0
        file.write(_MAGIC + salt)

    def write(self, data: bytes) -> int:
        """Encrypt and write."""
        self._waiting += data
        # One piece stays: only at the end is it known which is the last.
        while len(self._waiting) > _PIECE:
            self._put(bytes(self._waiting[:_PIECE]), last=False)
            del self._waiting[:_PIECE]
        return len(data)

    def close(self) -> None:
        """Write the last piece. Does not close the file."""
        self._put(bytes(self._waiting), last=True)

    def _put(self, piece: bytes, *, last: bool) -> None:
        self._file.write(self._aead.encrypt(_nonce(self._number, last=last), piece, None))
        self._number += 1


class DecryptingReader:
    """The inverse: gives no byte that was not checked.

    Raises:
        BackupRefused: It is no such stream, or was changed, or is under another key.
    """

    def __init__(self, file: IO[bytes], key: bytes, context: bytes) -> None:
        head = file.read(len(_MAGIC) + _SALT)
        if len(head) != len(_MAGIC) + _SALT or not head.startswith(_MAGIC):
            raise BackupRefused("an encrypted file cannot be read")
        self._file = file
        self._aead = _cipher(key, head[len(_MAGIC) :], context)
        self._ahead = file.read(_PIECE + _TAG)
        self._ready = bytearray()
        self._number = 0
        self._ended = False

    def read(self, size: int) -> bytes:
        """Up to ``size`` bytes; fewer only at the end."""
        while len(self._ready) < size and not self._ended:
            piece, self._ahead = self._ahead, self._file.read(_PIECE + _TAG)
            self._ended = not self._ahead
            try:
                self._ready += self._aead.decrypt(_nonce(self._number, last=self._ended), piece, None)
            except (InvalidTag, ValueError):
                raise BackupRefused(
                    "an encrypted file was changed or cut off, or is under other keys"
                ) from None
            self._number += 1
        out = bytes(self._ready[:size])
        del self._ready[:size]
        return out
