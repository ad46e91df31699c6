"""Who may do what: accounts, roles, permissions, sign-in, sessions, API tokens."""

from __future__ import annotations

from hushdesk.access._accounts import Accounts
from hushdesk.access._actor import Actor, owner
from hushdesk.access._door import Door, scope_of
from hushdesk.access._events import AuditEvent, Listener
from hushdesk.access._passwords import Argon2Hasher, Hasher
from hushdesk.access._permissions import SESSION_ONLY, Holder, Permission, Role, require
from hushdesk.access._question import Question
from hushdesk.access._row_scope import LIMITED_BY, RowScope
from hushdesk.access._sessions import Sessions
from hushdesk.access._tokens import Tokens
from hushdesk.access._types import Account, AccountId, ApiToken, NewApiToken, NewSession, Session
from hushdesk.access.errors import (
    AccessError,
    AccountExists,
    AccountsUnsafe,
    AccountUnknown,
    Forbidden,
    PasswordTooWeak,
    ScopeTooWide,
    SignInRefused,
)
from hushdesk.access.witness import RecordBook, Seal, Witness, WitnessedReview, origin, witnessed_accounts

__all__ = [
    "LIMITED_BY",
    "SESSION_ONLY",
    "AccessError",
    "Account",
    "AccountExists",
    "AccountId",
    "AccountUnknown",
    "Accounts",
    "AccountsUnsafe",
    "Actor",
    "ApiToken",
    "Argon2Hasher",
    "AuditEvent",
    "Door",
    "Forbidden",
    "Hasher",
    "Holder",
    "Listener",
    "NewApiToken",
    "NewSession",
    "PasswordTooWeak",
    "Permission",
    "Question",
    "RecordBook",
    "Role",
    "RowScope",
    "ScopeTooWide",
    "Seal",
    "Session",
    "Sessions",
    "SignInRefused",
    "Tokens",
    "Witness",
    "WitnessedReview",
    "origin",
    "owner",
    "require",
    "scope_of",
    "witnessed_accounts",
]
