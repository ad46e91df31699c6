"""Requests as they lie in ``reveal.sqlite``: under a MAC of the keyring, reasons encrypted, read in full or not at all."""

from __future__ import annotations

import base64
import hmac
import json
import os
import sqlite3
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from hushdesk.access._database import Database
from hushdesk.access.reveal._types import NOBODY, Officer, State
from hushdesk.access.reveal.errors import NoSuchReveal, RevealsChanged
from hushdesk.vault import Keyring

FILE: Final = "reveal.sqlite"
_PADDED: Final = 256
"""Reasons are filled up to a multiple of so many bytes: their length says nothing."""
_NONCE: Final = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """What is known of one request."""

    number: int
    """From 1, without gaps."""
    id: str
    state: State
    token: str
    case_id: str
    persons: tuple[int, ...]
    """The vault's numbers of those whose pseudonym it is."""
    reason: str
    """Encrypted, base 64; empty if it was erased or is lost."""
    asked_by: Officer
    asked_at: float
    decided_by: Officer = NOBODY
    decided_at: float = 0.0
    ended_at: float = 0.0
    birth: int
    """Where the record ended when it was written down: all that became of it stands after that."""


class Rows:
    """The requests of a desk. Whoever writes into the file without the desk's keys is found out.

    Args:
        path: The file; made 0600 if missing.
        keyring: The desk's keys.
    """

    def __init__(self, path: Path, keyring: Keyring) -> None:
        self._db = Database(path, package="hushdesk.access.reveal", what="file of reveals")
        self._desk_id = keyring.desk_id
        self._key = keyring.derived("reveal rows")
        self._reasons = AESGCM(keyring.derived("reveal reasons"))
        self.write = self._db.write
        """A transaction: all of it or nothing; one at a time over all processes."""
        self.close = self._db.close

    def mark(self) -> tuple[int, int]:
        """How many requests there are, and up to which byte the record has been read.

        Raises:
            RevealsChanged: Rows, or the mark itself, were taken away or put in.
        """
        row = self._db.one("SELECT total, record_end, seal FROM mark")
        there = self._db.one("SELECT count(*) AS n, coalesce(max(number), 0) AS last FROM request")
        total, end = (row["total"], row["record_end"]) if row else (0, 0)
        sealed = row is None or hmac.compare_digest(row["seal"], self._mac(f"mark|{total}|{end}"))
        if not sealed or there is None or there["n"] != total or there["last"] != total:
            raise RevealsChanged("The file of reveals")
        return total, end

    def set_mark(self, total: int, end: int) -> None:
        """Remember both numbers of :meth:`mark`."""
        seal = self._mac(f"mark|{total}|{end}")
        self._db.execute("INSERT OR REPLACE INTO mark VALUES (1, ?, ?, ?)", total, end, seal)

    def put(self, row: Row) -> None:
        """Write a request, new or changed."""
        facts = json.dumps(asdict(row), sort_keys=True, ensure_ascii=True)
        self._db.execute(
            "INSERT OR REPLACE INTO request VALUES (?, ?, ?, ?, ?)",
            row.number,
            row.id,
            row.state.value,
            facts,
            self._mac(facts),
        )

    def find(self, ident: str) -> Row | None:
        """The request with this id.

        Raises:
            RevealsChanged: It was changed past Hushdesk.
        """
        found = self._db.one("SELECT * FROM request WHERE id = ?", ident)
        return None if found is None else self.read(found)

    def get(self, ident: str) -> Row:
        """The request with this id, once anybody may know of it.

        Raises:
            NoSuchReveal: There is none.
            RevealsChanged: It was changed past Hushdesk.
        """
        row = self.find(ident)
        if row is None:
            raise NoSuchReveal
        return row

    def read(self, found: sqlite3.Row) -> Row:
        """A request from what lies in the file.

        Raises:
            RevealsChanged: It was changed past Hushdesk.
        """
        facts: str = found["facts"]
        if hmac.compare_digest(found["seal"], self._mac(facts)):
            row = _row(json.loads(facts))
            if (row.number, row.id, row.state) == (found["number"], found["id"], found["state"]):
                return row
        raise RevealsChanged("A request to reveal")

    def raw(self, state: State | None = None, most: int = -1) -> list[sqlite3.Row]:
        """Requests as they lie in the file, the newest first; to be given to :meth:`read`."""
        if state is None:
            return self._db.all("SELECT * FROM request ORDER BY number DESC LIMIT ?", most)
        return self._db.all("SELECT * FROM request WHERE state = ? ORDER BY number DESC", state.value)

    def newest_first(self, total: int) -> Iterator[Row]:
        """All requests from the last to the first, each checked, none left out.

        Raises:
            RevealsChanged: One was changed past Hushdesk, or is missing.
        """
        for number in range(total, 0, -1):
            found = self._db.one("SELECT * FROM request WHERE number = ?", number)
            if found is None:
                raise RevealsChanged("The file of reveals")
            yield self.read(found)

    def seal_reason(self, ident: str, reason: str) -> str:
        """A reason as it may lie in the file."""
        plain = reason.encode("utf-8", "replace")
        plain += b"\0" * (-len(plain) % _PADDED)
        nonce = os.urandom(_NONCE)
        return base64.b64encode(nonce + self._reasons.encrypt(nonce, plain, self._bind(ident))).decode()

    def reason(self, row: Row) -> str:
        """The reason of a request; empty if it is not known any more.

        Raises:
            RevealsChanged: It is not the one that was given.
        """
        if not row.reason:
            return ""
        try:
            sealed = base64.b64decode(row.reason)
            plain = self._reasons.decrypt(sealed[:_NONCE], sealed[_NONCE:], self._bind(row.id))
        except (InvalidTag, ValueError):
            raise RevealsChanged("A request to reveal") from None
        return plain.rstrip(b"\0").decode()

    def forget_old_pages(self) -> None:
        """Let nothing that was overwritten lie on in the file's log."""
        self._db.all("PRAGMA wal_checkpoint(TRUNCATE)")

    def _mac(self, text: str) -> bytes:
        return hmac.digest(self._key, f"{self._desk_id}|{text}".encode(), "sha256")

    def _bind(self, ident: str) -> bytes:
        return f"{self._desk_id}|{ident}".encode()


def _row(facts: dict[str, Any]) -> Row:
    facts["state"] = State(facts["state"])
    facts["persons"] = tuple(facts["persons"])
    for name in ("asked_by", "decided_by"):
        facts[name] = Officer(**facts[name])
    return Row(**facts)
