"""Audit events: what the record says was done, in a fixed grammar ``source:subject:action``."""

from __future__ import annotations

from collections.abc import Callable
from enum import StrEnum


class AuditEvent(StrEnum):
    """In alphabetical order. ``account`` is somebody about themselves, ``admin`` about others."""

    ACCOUNT_API_TOKEN_CREATE = "account:api-token:create"  # noqa: S105
    ACCOUNT_API_TOKEN_REVOKE = "account:api-token:revoke"  # noqa: S105
    ACCOUNT_IDENTITY_CREATE = "account:identity:create"
    ACCOUNT_PASSWORD_CHANGE = "account:password:change"  # noqa: S105
    ACCOUNT_RECOVERY_CODE_USE = "account:recovery-code:use"
    ACCOUNT_RECOVERY_CODES_CREATE = "account:recovery-codes:create"
    ACCOUNT_ROLE_CHANGE = "account:role:change"
    ACCOUNT_SECOND_FACTOR_ADD = "account:second-factor:add"
    ACCOUNT_SECOND_FACTOR_FAILURE = "account:second-factor:failure"
    ACCOUNT_SECOND_FACTOR_MISSING = "account:second-factor:missing"
    ACCOUNT_SECOND_FACTOR_REMOVE = "account:second-factor:remove"
    ACCOUNT_SESSION_CREATE = "account:session:create"
    ACCOUNT_SESSION_REVOKE = "account:session:revoke"
    ACCOUNT_SIGN_IN_FAILURE = "account:sign-in:failure"
    ACCOUNT_SIGN_IN_LOCKED = "account:sign-in:locked"
    ACCOUNT_SIGN_IN_SUCCESS = "account:sign-in:success"
    ADMIN_ACCOUNT_CREATE = "admin:account:create"
    ADMIN_ACCOUNT_DISABLE = "admin:account:disable"
    ADMIN_ACCOUNT_ENABLE = "admin:account:enable"
    ADMIN_PASSWORD_RESET = "admin:password:reset"  # noqa: S105
    ADMIN_ROLE_CHANGE = "admin:role:change"
    ADMIN_ROWS_CHANGE = "admin:rows:change"
    ADMIN_SECOND_FACTOR_REMOVE = "admin:second-factor:remove"
    ADMIN_SESSIONS_REVOKE = "admin:sessions:revoke"
    ANALYST_CASE_COUNT = "analyst:case:count"
    ANALYST_CASE_EXPORT = "analyst:case:export"
    ANALYST_CASE_READ = "analyst:case:read"
    ANALYST_CASE_SEARCH = "analyst:case:search"
    DESK_CERTIFICATE_ISSUE = "desk:certificate:issue"
    DESK_SETTINGS_CHANGE = "desk:settings:change"
    GUARD_REACH_CHANGE = "guard:reach:change"
    OFFICER_PERSON_ERASE = "officer:person:erase"
    OFFICER_PERSON_EXPORT = "officer:person:export"
    OFFICER_PERSON_FIND = "officer:person:find"
    OFFICER_QUARANTINE_DECIDE = "officer:quarantine:decide"
    OFFICER_QUARANTINE_DISMISS = "officer:quarantine:dismiss"
    OFFICER_QUARANTINE_LIST = "officer:quarantine:list"
    OFFICER_QUARANTINE_READ = "officer:quarantine:read"
    OFFICER_QUARANTINE_RELEASE = "officer:quarantine:release"
    OFFICER_QUARANTINE_UNLOCK = "officer:quarantine:unlock"
    OFFICER_RECORD_READ = "officer:record:read"
    OFFICER_REVEAL_APPROVE = "officer:reveal:approve"
    OFFICER_REVEAL_LAPSE = "officer:reveal:lapse"
    OFFICER_REVEAL_OPEN = "officer:reveal:open"
    OFFICER_REVEAL_REFUSE = "officer:reveal:refuse"
    OFFICER_REVEAL_REQUEST = "officer:reveal:request"
    OPERATOR_LOAD_FINISH = "operator:load:finish"
    OPERATOR_LOAD_START = "operator:load:start"
    OPERATOR_RETENTION_FINISH = "operator:retention:finish"
    OPERATOR_RETENTION_RUN = "operator:retention:run"


Listener = Callable[[AuditEvent, int | None], None]
"""Told of each event with the id of the account it is about; None if the name tried is nobody's."""


def ignore(event: AuditEvent, account: int | None) -> None:
    """The listener of those who keep no record."""
