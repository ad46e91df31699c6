"""Accounts of those for whom a provider of identities vouches: bound to issuer and subject, and to nothing else."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable
from typing import Final

from hushdesk.access._database import Database
from hushdesk.access._events import AuditEvent, Listener
from hushdesk.access._permissions import Role
from hushdesk.access._rows import ACCOUNT_COLUMNS, account_of
from hushdesk.access._types import Account

_LONGEST_NAME: Final = 50
_ODD: Final = re.compile(r"[^a-z0-9._@+-]+")
_ENDS: Final = "._@+-"
RESERVED: Final = frozenset({"desk", "nobody", "owner", "unknown"})
"""What the record calls those who are no account: an account of that name would hide among them."""


class Identities:
    """Which account belongs to whom a provider knows.

    Args:
        database: The database of accounts.
        clock: Seconds since 1970.
        on_event: Told of every audit event.
        nobodys: A hash of a password that nobody knows; such accounts have it, so that a guess at their password costs
            what any other costs.
    """

    def __init__(
        self, database: Database, *, clock: Callable[[], float], on_event: Listener, nobodys: str
    ) -> None:
        self._db = database
        self._clock = clock
        self._tell = on_event
        self._nobodys = nobodys

    def account(self, issuer: str, subject: str, *, name: str, role: Role) -> Account:
        """The account of a subject, with the role of now; made if there is none.

        Args:
            issuer: The provider.
            subject: Its word for somebody.
            name: What to call a new account. A name that is taken is never taken over.
            role: What the account may do from now on.
        """
        digest = hashlib.sha256(f"{len(issuer)}:{issuer}{subject}".encode("utf-8", "surrogatepass")).digest()
        with self._db.write():
            sql = "SELECT account FROM external_identity WHERE digest = ?"
            row = self._db.one(sql, digest)
            if row is None:
                now = self._clock()
                new = self._db.insert(
                    "INSERT INTO account (name, role, password, created_at, password_at, must_change)"
                    " VALUES (?, ?, ?, ?, ?, 0)",
                    self._free_name(name, digest),
                    role.value,
                    self._nobodys,
                    now,
                    now,
                )
                self._db.execute("INSERT INTO external_identity VALUES (?, ?, ?)", digest, new, now)
                self._tell(AuditEvent.ACCOUNT_IDENTITY_CREATE, new)
            else:
                new = row["account"]
                changed = self._db.execute(
                    "UPDATE account SET role = ? WHERE id = ? AND role <> ?", role.value, new, role.value
                )
                if changed:
                    self._tell(AuditEvent.ACCOUNT_ROLE_CHANGE, new)
            found = self._db.one(f"SELECT {ACCOUNT_COLUMNS} FROM account a WHERE a.id = ?", new)  # noqa: S608
            if found is None:
                raise LookupError("the account is gone")
            return account_of(found)

    def _free_name(self, wanted: str, digest: bytes) -> str:
        """The name wanted, in the form of names; with a mark of the subject if somebody has it."""
        name = _ODD.sub("-", wanted.casefold())[:_LONGEST_NAME].strip(_ENDS)
        mark = digest.hex()[:8]
        for candidate in (name, f"{name}-{mark}".strip(_ENDS), f"{digest.hex()[:32]}"):
            if (
                candidate
                and candidate not in RESERVED
                and self._db.one("SELECT 1 FROM account WHERE name = ?", candidate) is None
            ):
                return candidate
        raise LookupError("no free name")
