"""Words for people: what an event of the record was, what a permission allows, how somebody signed in."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from hushdesk.access import AuditEvent, Permission

EVENTS: Final[Mapping[str, str]] = {
    AuditEvent.ACCOUNT_API_TOKEN_CREATE: "API token made",
    AuditEvent.ACCOUNT_API_TOKEN_REVOKE: "API tokens revoked",
    AuditEvent.ACCOUNT_IDENTITY_CREATE: "First sign-in with the provider",
    AuditEvent.ACCOUNT_PASSWORD_CHANGE: "Password changed",
    AuditEvent.ACCOUNT_RECOVERY_CODE_USE: "Recovery code used",
    AuditEvent.ACCOUNT_RECOVERY_CODES_CREATE: "Recovery codes made anew",
    AuditEvent.ACCOUNT_ROLE_CHANGE: "Role changed by the provider",
    AuditEvent.ACCOUNT_SECOND_FACTOR_ADD: "Second factor set up",
    AuditEvent.ACCOUNT_SECOND_FACTOR_FAILURE: "Wrong code of the second factor",
    AuditEvent.ACCOUNT_SECOND_FACTOR_MISSING: "Refused for want of a second factor",
    AuditEvent.ACCOUNT_SECOND_FACTOR_REMOVE: "Second factor removed",
    AuditEvent.ACCOUNT_SESSION_CREATE: "Session begun",
    AuditEvent.ACCOUNT_SESSION_REVOKE: "Session ended",
    AuditEvent.ACCOUNT_SIGN_IN_FAILURE: "Wrong name or password",
    AuditEvent.ACCOUNT_SIGN_IN_LOCKED: "Turned away while locked out",
    AuditEvent.ACCOUNT_SIGN_IN_SUCCESS: "Signed in",
    AuditEvent.ADMIN_ACCOUNT_CREATE: "Account made",
    AuditEvent.ADMIN_ACCOUNT_DISABLE: "Account disabled",
    AuditEvent.ADMIN_ACCOUNT_ENABLE: "Account enabled",
    AuditEvent.ADMIN_PASSWORD_RESET: "New password made",
    AuditEvent.ADMIN_ROLE_CHANGE: "Role changed",
    AuditEvent.ADMIN_ROWS_CHANGE: "Visible cases changed",
    AuditEvent.ADMIN_SECOND_FACTOR_REMOVE: "Second factor taken away",
    AuditEvent.ADMIN_SESSIONS_REVOKE: "Signed out everywhere",
    AuditEvent.ANALYST_CASE_COUNT: "Cases counted",
    AuditEvent.ANALYST_CASE_EXPORT: "Cases exported",
    AuditEvent.ANALYST_CASE_READ: "Case opened",
    AuditEvent.ANALYST_CASE_SEARCH: "Cases searched",
    AuditEvent.DESK_CERTIFICATE_ISSUE: "Certificate signed",
    AuditEvent.DESK_SETTINGS_CHANGE: "Settings changed",
    AuditEvent.GUARD_REACH_CHANGE: "Reach of a store changed",
    AuditEvent.OFFICER_PERSON_ERASE: "Person erased",
    AuditEvent.OFFICER_PERSON_EXPORT: "Person’s file made",
    AuditEvent.OFFICER_PERSON_FIND: "Person looked for",
    AuditEvent.OFFICER_QUARANTINE_DECIDE: "Quarantine: finding decided",
    AuditEvent.OFFICER_QUARANTINE_DISMISS: "Quarantine: entry dismissed",
    AuditEvent.OFFICER_QUARANTINE_LIST: "Quarantine listed",
    AuditEvent.OFFICER_QUARANTINE_READ: "Quarantine: entry opened",
    AuditEvent.OFFICER_QUARANTINE_RELEASE: "Quarantine: entry released",
    AuditEvent.OFFICER_QUARANTINE_UNLOCK: "Quarantine unlocked",
    AuditEvent.OFFICER_RECORD_READ: "Record read",
    AuditEvent.OFFICER_REVEAL_APPROVE: "Reveal approved",
    AuditEvent.OFFICER_REVEAL_LAPSE: "Reveal lapsed",
    AuditEvent.OFFICER_REVEAL_OPEN: "Pseudonym opened",
    AuditEvent.OFFICER_REVEAL_REFUSE: "Reveal refused or withdrawn",
    AuditEvent.OFFICER_REVEAL_REQUEST: "Reveal asked for",
    AuditEvent.OPERATOR_LOAD_FINISH: "Load finished",
    AuditEvent.OPERATOR_LOAD_START: "Load started",
    AuditEvent.OPERATOR_RETENTION_FINISH: "Retention finished",
    AuditEvent.OPERATOR_RETENTION_RUN: "Retention run",
}
"""Of each event; others, of later or foreign parts of the house, are shown by their code."""

PERMISSIONS: Final[Mapping[str, str]] = {
    Permission.ACCOUNTS_MANAGE: "make, disable and re-role accounts",
    Permission.CASES_COUNT: "counts, facets and charts; no case",
    Permission.CASES_EXPORT: "take sealed cases out as a file",
    Permission.CASES_READ: "open a sealed case, without internal notes",
    Permission.CASES_READ_INTERNAL: "see internal notes and messages",
    Permission.CASES_SEARCH: "see the rows that a search finds",
    Permission.DESK_CONFIGURE: "change settings, rotate keys, run retention",
    Permission.DESK_LOAD: "load exports",
    Permission.DESK_STATUS: "counts and health of the desk; no case",
    Permission.GUARD_MANAGE: "change what the guard watches and approves",
    Permission.GUARD_READ: "see stores and who can reach them",
    Permission.INCIDENT_MANAGE: "open an incident, add evidence, send notices",
    Permission.INCIDENT_READ: "see an incident and its figures",
    Permission.LOADS_READ: "read load reports and certificates",
    Permission.PERSONS_ERASE: "erase a person",
    Permission.PERSONS_EXPORT: "answer a person who asks for their data",
    Permission.QUARANTINE_DECIDE: "open and decide entries of the quarantine",
    Permission.QUARANTINE_READ: "list the quarantine, without what is in it",
    Permission.RECORD_READ: "see who did what",
    Permission.TOKENS_CREATE: "make API tokens for oneself",
    Permission.VAULT_APPROVE: "approve the reveal that somebody else asked for",
    Permission.VAULT_REVEAL: "ask to open a pseudonym",
}
"""What each permission allows."""

_METHODS: Final[Mapping[str, str]] = {
    "password": "password",
    "password+totp": "password and app",
    "password+recovery": "password and recovery code",
    "provider": "the provider",
}


def event_words(event: str) -> str:
    """What happened; the code itself if it is none of those known here."""
    return EVENTS.get(event, event)


def permission_words(permission: str) -> str:
    """What a permission allows."""
    return PERMISSIONS.get(permission, permission)


def method_words(method: str) -> str:
    """How somebody signed in."""
    return _METHODS.get(method, method)
