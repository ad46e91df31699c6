"""Tokens as the vault's database holds them: number of the kind, then 70 bits."""

from __future__ import annotations

import sqlite3

from hushdesk.vault._base32 import pack70, unpack70

_MAX_KIND = 64


class Codec:
    """Packs and unpacks tokens; knows the vault's numbers of kinds."""

    def __init__(self, database: sqlite3.Connection) -> None:
        self._db = database
        self._numbers: dict[str, int] = {}
        self._names: dict[int, str] = {}
        self.reload()

    def reload(self) -> None:
        """Read the numbers again, after a rollback or when another process may have added some."""
        rows = self._db.execute("SELECT id, name FROM kind").fetchall()
        self._numbers = {name: number for number, name in rows}
        self._names = dict(rows)

    def number(self, kind: str) -> bytes:
        """The one-byte number of a kind, inside a transaction: numbers a kind that is new.

        Raises:
            ValueError: It does not look like a kind; the message does not repeat it.
        """
        number = self._numbers.get(kind)
        if number is None:
            if len(kind) > _MAX_KIND or not kind.isascii() or not kind.replace("_", "").isupper():
                raise ValueError("a kind is a word in upper case")
            self._db.execute("INSERT INTO kind (name) VALUES (?) ON CONFLICT DO NOTHING", [kind])
            self.reload()
            number = self._numbers[kind]
        return number.to_bytes(1, "big")

    def pack(self, token: str) -> bytes:
        """For writing, inside a transaction.

        Raises:
            ValueError: It is no pseudonym; the message does not repeat it.
        """
        kind, _, code = token.rpartition("_")
        if len(code) != 14:
            raise ValueError("a token of the people vault is a kind, _ and 14 characters of base 32")
        packed = pack70(code)
        return self.number(kind) + packed

    def find(self, token: str) -> bytes | None:
        """For reading: None if the vault cannot hold it."""
        kind, _, code = token.rpartition("_")
        if kind not in self._numbers:
            self.reload()
        number = self._numbers.get(kind)
        if number is None or len(code) != 14:
            return None
        try:
            return number.to_bytes(1, "big") + pack70(code)
        except ValueError:
            return None

    def kind(self, packed: bytes) -> str:
        """The kind whose number comes first in a packed token or a tag."""
        if packed[0] not in self._names:
            self.reload()
        return self._names[packed[0]]

    def unpack(self, packed: bytes) -> str:
        """The token as written in text."""
        return f"{self.kind(packed)}_{unpack70(packed[1:])}"
