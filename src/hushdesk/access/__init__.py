"""Who may do what: accounts, roles, permissions, sign-in, sessions, API tokens."""

from typing import TYPE_CHECKING

from hushdesk._late import late

if TYPE_CHECKING:
    from hushdesk.access._accounts import Accounts
    from hushdesk.access._actor import Actor, owner
    from hushdesk.access._administration import Administration
    from hushdesk.access._asked import TooManyNarrow
    from hushdesk.access._audit import Audit, Happened, acting_as
    from hushdesk.access._door import Door
    from hushdesk.access._events import AuditEvent, Listener
    from hushdesk.access._oidc import OidcClient, Vouched
    from hushdesk.access._open import open_accounts
    from hushdesk.access._passwords import Argon2Hasher, Hasher
    from hushdesk.access._pending import SecondStep
    from hushdesk.access._permissions import SESSION_ONLY, Holder, Permission, Role, require
    from hushdesk.access._question import Question
    from hushdesk.access._restored import after_restore
    from hushdesk.access._row_scope import LIMITED_BY, RowScope
    from hushdesk.access._second_factor import USE as SECOND_FACTORS
    from hushdesk.access._second_factor import Enrolment, FactorState, OwnEnrolment, SecondFactors
    from hushdesk.access._sessions import Sessions
    from hushdesk.access._tokens import Tokens
    from hushdesk.access._types import (
        Account,
        AccountId,
        ApiToken,
        NewApiToken,
        NewSession,
        SeenSession,
        Session,
    )
    from hushdesk.access.errors import (
        AccessError,
        AccountExists,
        AccountsUnsafe,
        AccountUnknown,
        AdministrationError,
        BreachedListError,
        Forbidden,
        PasswordTooWeak,
        ProviderError,
        ScopeTooWide,
        SecondFactorError,
        SecondFactorMissing,
        SignInRefused,
    )
    from hushdesk.access.witness import RecordBook, Seal, Witness, WitnessedReview, origin, witnessed_accounts
else:
    __getattr__ = late(
        __name__,
        {
            "_accounts": "Accounts",
            "_actor": "Actor owner",
            "_administration": "Administration",
            "_asked": "TooManyNarrow",
            "_audit": "Audit Happened acting_as",
            "_door": "Door",
            "_events": "AuditEvent Listener",
            "_oidc": "OidcClient Vouched",
            "_open": "open_accounts",
            "_passwords": "Argon2Hasher Hasher",
            "_pending": "SecondStep",
            "_permissions": "SESSION_ONLY Holder Permission Role require",
            "_question": "Question",
            "_restored": "after_restore",
            "_row_scope": "LIMITED_BY RowScope",
            "_second_factor": "SECOND_FACTORS=USE Enrolment FactorState OwnEnrolment SecondFactors",
            "_sessions": "Sessions",
            "_tokens": "Tokens",
            "_types": "Account AccountId ApiToken NewApiToken NewSession SeenSession Session",
            "errors": "AccessError AccountExists AccountsUnsafe AccountUnknown AdministrationError BreachedListError Forbidden PasswordTooWeak ProviderError ScopeTooWide SecondFactorError SecondFactorMissing SignInRefused",
            "witness": "RecordBook Seal Witness WitnessedReview origin witnessed_accounts",
        },
    )

__all__ = [
    "LIMITED_BY",
    "SECOND_FACTORS",
    "SESSION_ONLY",
    "AccessError",
    "Account",
    "AccountExists",
    "AccountId",
    "AccountUnknown",
    "Accounts",
    "AccountsUnsafe",
    "Actor",
    "Administration",
    "AdministrationError",
    "ApiToken",
    "Argon2Hasher",
    "Audit",
    "AuditEvent",
    "BreachedListError",
    "Door",
    "Enrolment",
    "FactorState",
    "Forbidden",
    "Happened",
    "Hasher",
    "Holder",
    "Listener",
    "NewApiToken",
    "NewSession",
    "OidcClient",
    "OwnEnrolment",
    "PasswordTooWeak",
    "Permission",
    "ProviderError",
    "Question",
    "RecordBook",
    "Role",
    "RowScope",
    "ScopeTooWide",
    "Seal",
    "SecondFactorError",
    "SecondFactorMissing",
    "SecondFactors",
    "SecondStep",
    "SeenSession",
    "Session",
    "Sessions",
    "SignInRefused",
    "Tokens",
    "TooManyNarrow",
    "Vouched",
    "Witness",
    "WitnessedReview",
    "acting_as",
    "after_restore",
    "open_accounts",
    "origin",
    "owner",
    "require",
    "witnessed_accounts",
]
