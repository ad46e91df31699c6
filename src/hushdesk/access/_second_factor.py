"""Second factors: codes of an authenticator app (RFC 6238), and recovery codes for when it is lost.

The secret of an app is encrypted, and recovery codes are kept as keyed digests, both under a key that lies with the
desk's keys: whoever copies the desk's folder can make or test no code.
"""

from __future__ import annotations

import base64
import hmac
import os
import secrets
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Final, NoReturn

import pyotp
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from hushdesk.access._database import Database
from hushdesk.access._events import AuditEvent, Listener
from hushdesk.access._lockout import Lockout
from hushdesk.access._sessions import Sessions
from hushdesk.access._tokens import Tokens
from hushdesk.access._types import Account, AccountId, NewSession
from hushdesk.access.errors import AdministrationError, SecondFactorError, SignInRefused

USE: Final = "second factors"
"""Word for ``Keyring.derived``: the key that :class:`SecondFactors` wants."""
STEP: Final = 30
DRIFT: Final = 1
"""Steps by which the clocks of an app and of the desk may differ."""
RECOVERY_CODES: Final = 10
_ALPHABET: Final = "0123456789abcdefghjkmnpqrstvwxyz"
_LOOK_ALIKES: Final = str.maketrans("oil", "011")
_SECRET_LENGTH: Final = 32
_ISSUER: Final = "Hushdesk"
_ALREADY: Final = "is set up already"


@dataclass(frozen=True, slots=True)
class Enrolment:
    """What goes into an authenticator app. Shown to its owner, and nowhere else."""

    secret: str = field(repr=False)
    """160 bits in base 32."""
    uri: str = field(repr=False)
    """The same as ``otpauth://`` address, for a QR code."""


@dataclass(frozen=True, slots=True)
class OwnEnrolment:
    """A second factor that is offered outside the pages, to who has given the account's password."""

    account: Account
    app: Enrolment = field(repr=False)
    """For the authenticator app."""
    offer: str = field(repr=False)
    """What the app's secret hangs on, in place of a session; of this offer alone."""
    password_at: float
    """Since when the account has the password that was given; seconds since 1970."""


@dataclass(frozen=True, slots=True)
class FactorState:
    """What an account has by way of a second factor."""

    since: datetime | None
    """When it was confirmed; None if there is none."""
    recovery_left: int
    """Recovery codes that were not used yet."""


class SecondFactors:
    """Second factors of all accounts.

    Args:
        database: The database of accounts.
        clock: Seconds since 1970.
        on_event: Told of every audit event.
        lockout: Wrong codes count together with wrong passwords.
        sessions: Those of an account end, or get new ids, when its factor changes.
        tokens: Those of an account end when somebody else takes its factor away.
        key: 32 bytes from the keyring; without it nothing can be set up or checked.
    """

    def __init__(
        self,
        database: Database,
        *,
        clock: Callable[[], float],
        on_event: Listener,
        lockout: Lockout,
        sessions: Sessions,
        tokens: Tokens,
        key: bytes | None,
    ) -> None:
        if key is not None and len(key) < 32:
            raise ValueError("a key has at least 32 bytes")
        self._db = database
        self._clock = clock
        self._tell = on_event
        self._lockout = lockout
        self._sessions = sessions
        self._tokens = tokens
        self._aead = None if key is None else AESGCM(hmac.digest(key, b"totp", "sha256"))
        self._digest_key = None if key is None else hmac.digest(key, b"recovery", "sha256")
        self._offer_key = None if key is None else hmac.digest(key, b"enrolment", "sha256")
        # What an account without a factor is checked against, so that it costs the same.
        self._nobodys = pyotp.random_base32(_SECRET_LENGTH)

    @property
    def available(self) -> bool:
        """Whether there is a key."""
        return self._aead is not None

    def state(self, account: AccountId) -> FactorState:
        """What an account has."""
        row = self._db.one("SELECT confirmed_at FROM totp WHERE account = ?", account)
        left = self._db.one(
            "SELECT count(*) AS n FROM recovery_code WHERE account = ? AND used_at IS NULL", account
        )
        since = None if row is None else row["confirmed_at"]
        return FactorState(
            None if since is None else datetime.fromtimestamp(since, UTC),
            0 if left is None else int(left["n"]),
        )

    def begin(self, account: Account, *, session: str) -> Enrolment:
        """A secret for an app; it counts for nothing until a first code confirms it, and until then nothing is written.

        Args:
            account: Whose.
            session: Secret of the session that asks. The secret hangs on it: the same however often it is asked for, another
                one in another session.

        Raises:
            SecondFactorError: There is one already, or no key to keep it under.
        """
        if self.state(account.id).since is not None:
            raise SecondFactorError(_ALREADY)
        secret = self._offered(account.id, session)
        return Enrolment(secret, pyotp.TOTP(secret).provisioning_uri(name=account.name, issuer_name=_ISSUER))

    def offer(self, account: Account) -> OwnEnrolment:
        """As :meth:`begin`, for who has given a password and has no session. Nothing is written.

        Args:
            account: Whose; its password has just been checked.

        Raises:
            SecondFactorError: There is one already, no key to keep it under, or the password was made by somebody else.
        """
        row = self._db.one("SELECT password_at, must_change FROM account WHERE id = ?", account.id)
        if row is None or row["must_change"]:
            # Whoever made the account knows its password: the app that is set up with it could be theirs.
            raise SecondFactorError(
                "waits for a password of your own", "Sign in to the pages and choose one; set it up then."
            )
        offer = secrets.token_urlsafe(32)
        return OwnEnrolment(account, self.begin(account, session=offer), offer, row["password_at"])

    def confirm(self, account: Account, code: str, *, session: str) -> tuple[list[str], NewSession]:
        """Make the enrolment count, by a first code of the app; ends the account's other sessions.

        Args:
            account: Whose.
            code: Of the app.
            session: Secret of the session that asks; it goes on under a new id.

        Returns:
            Recovery codes, to be shown once, for nothing keeps them; and the session.

        Raises:
            SecondFactorError: There is one already, or no key to keep it under.
            SignInRefused: The code is wrong, the account is locked out, or its session is over.
        """
        secret, step = self._first(account, code, session)
        with self._db.write():
            codes = self._add(account.id, secret, step)
            renewed = self._renew(account.id, session, "password+totp")
        self._lockout.clear(account.name)
        return codes, renewed

    def accept(self, enrolment: OwnEnrolment, code: str) -> list[str]:
        """Make an :meth:`offer` count, by a first code of the app; ends all sessions of the account.

        Args:
            enrolment: What was offered.
            code: Of the app.

        Returns:
            Recovery codes, to be shown once, for nothing keeps them.

        Raises:
            SecondFactorError: There is one already, or no key to keep it under.
            SignInRefused: The code is wrong, or the account is locked out, disabled, or has another password meanwhile.
        """
        account = enrolment.account
        secret, step = self._first(account, code, enrolment.offer)
        with self._db.write():
            sql = (
                "SELECT 1 FROM account WHERE id = ? AND NOT disabled AND NOT must_change AND password_at = ?"
            )
            if self._db.one(sql, account.id, enrolment.password_at) is None:
                raise SignInRefused
            codes = self._add(account.id, secret, step)
            self._sessions.revoke_all(account.id)
        self._lockout.clear(account.name)
        return codes

    def _first(self, account: Account, code: str, offer: str) -> tuple[str, int]:
        """The secret that was offered, and the step of a first code that fits it; one attempt, counted."""
        if self.state(account.id).since is not None:
            raise SecondFactorError(_ALREADY)
        secret = self._offered(account.id, offer)
        self._take(account)
        step = self._step(secret, _normal(code), 0)
        if step is None:
            self._refuse(account)
        return secret, step

    def _add(self, account: AccountId, secret: str, step: int) -> list[str]:
        """Write a factor down, within a transaction. Whoever comes second, from another session, changes nothing."""
        now, sealed = self._clock(), self._seal(account, secret)
        sql = (
            "INSERT INTO totp (account, sealed, created_at, confirmed_at, last_step) VALUES (?, ?, ?, ?, ?)"
            " ON CONFLICT (account) DO NOTHING"
        )
        if self._db.execute(sql, account, sealed, now, now, step) < 1:
            raise SecondFactorError(_ALREADY)
        codes = self._new_codes(account)
        self._tell(AuditEvent.ACCOUNT_SECOND_FACTOR_ADD, account)
        return codes

    def use(self, account: Account, code: str) -> str:
        """Check a code of the app, or a recovery code; each is good for one use.

        Returns:
            ``totp`` or ``recovery``.

        Raises:
            SecondFactorError: There is no key.
            SignInRefused: The code is wrong or was used, or the account is locked out.
        """
        row = self._db.one(
            "SELECT sealed, last_step FROM totp WHERE account = ? AND confirmed_at IS NOT NULL", account.id
        )
        # The same for an account that has none: to open, to compute, to look up, to refuse.
        sealed = self._seal(account.id, self._nobodys) if row is None else row["sealed"]
        secret = self._open(account.id, sealed)
        self._take(account)
        given = _normal(code)
        step = self._step(secret, given, 0 if row is None else row["last_step"])
        how = ""
        with self._db.write():
            # Whoever comes second with the same code changes no row.
            sql = "UPDATE totp SET last_step = ? WHERE account = ? AND confirmed_at IS NOT NULL AND last_step < ? AND sealed = ?"
            fresh = self._db.execute(sql, step or 0, account.id, step or 0, sealed)
            sql = "UPDATE recovery_code SET used_at = ? WHERE account = ? AND digest = ? AND used_at IS NULL"
            spent = self._db.execute(sql, self._clock(), account.id, self._digest(account.id, given))
            if row is not None and step is not None and fresh:
                how = "totp"
            elif row is not None and spent:
                how = "recovery"
                self._tell(AuditEvent.ACCOUNT_RECOVERY_CODE_USE, account.id)
        if not how:
            self._refuse(account)
        self._lockout.clear(account.name)
        return how

    def give_up(self, account: Account, code: str, *, session: str) -> NewSession:
        """Remove one's own factor, by a code of it; ends the account's other sessions.

        Args:
            account: Whose.
            code: Of the app, or a recovery code.
            session: Secret of the session that asks; it goes on under a new id.

        Raises:
            SecondFactorError: There is no key.
            SignInRefused: The code is wrong or was used, the account is locked out, or its session is over.
        """
        self.use(account, code)
        with self._db.write():
            self._remove(account.id)
            self._tell(AuditEvent.ACCOUNT_SECOND_FACTOR_REMOVE, account.id)
            return self._renew(account.id, session, "password")

    def take_away(self, account: AccountId) -> None:
        """Remove somebody's factor, for who has lost it; ends their sessions and tokens.

        Raises:
            AdministrationError: There is none.
        """
        with self._db.write():
            if self.state(account).since is None:
                raise AdministrationError("This account has no second factor.")
            self._remove(account)
            self._sessions.revoke_all(account)
            self._tokens.revoke_all(account)
            self._tell(AuditEvent.ADMIN_SECOND_FACTOR_REMOVE, account)

    def new_codes(self, account: Account) -> list[str]:
        """Ten new recovery codes instead of the old ones, to be shown once.

        Raises:
            SecondFactorError: There is no second factor, or no key.
        """
        with self._db.write():
            if self.state(account.id).since is None:
                raise SecondFactorError("is not set up")
            codes = self._new_codes(account.id)
            self._tell(AuditEvent.ACCOUNT_RECOVERY_CODES_CREATE, account.id)
        return codes

    def _remove(self, account: AccountId) -> None:
        self._db.execute("DELETE FROM totp WHERE account = ?", account)
        self._db.execute("DELETE FROM recovery_code WHERE account = ?", account)

    def _renew(self, account: AccountId, session: str, method: str) -> NewSession:
        renewed = self._sessions.renew(session, method=method)
        if renewed is None:
            raise SignInRefused
        self._sessions.revoke_all(account, keep=renewed.secret)
        return renewed

    def _take(self, account: Account) -> None:
        wait = self._lockout.take(account.name)
        if wait:
            self._tell(AuditEvent.ACCOUNT_SIGN_IN_LOCKED, account.id)
            raise SignInRefused(wait)

    def _refuse(self, account: Account) -> NoReturn:
        self._tell(AuditEvent.ACCOUNT_SECOND_FACTOR_FAILURE, account.id)
        raise SignInRefused(self._lockout.wait(account.name))

    def _step(self, secret: str, given: str, last: int) -> int | None:
        """The time step whose code was given, if it is newer than the last one used. All are computed, always."""
        now, totp, found = int(self._clock()) // STEP, pyotp.TOTP(secret, interval=STEP), None
        for step in range(now - DRIFT, now + DRIFT + 1):
            right = hmac.compare_digest(totp.generate_otp(step).encode(), given.encode("utf-8", "replace"))
            if right and step > last:
                found = step
        return found

    def _offered(self, account: AccountId, session: str) -> str:
        """The secret that this session is offered: 160 bits that neither its cookie nor the desk's keys give away alone."""
        if self._offer_key is None:
            raise SecondFactorError("cannot be set up or checked without the desk's keys")
        bound = _bind(account) + session.encode("utf-8", "replace")
        return base64.b32encode(hmac.digest(self._offer_key, bound, "sha256")[:20]).decode()

    def _new_codes(self, account: AccountId) -> list[str]:
        codes = [
            "-".join("".join(secrets.choice(_ALPHABET) for _ in range(4)) for _ in range(3))
            for _ in range(RECOVERY_CODES)
        ]
        self._db.execute("DELETE FROM recovery_code WHERE account = ?", account)
        for code in codes:
            sql = "INSERT INTO recovery_code (account, digest) VALUES (?, ?)"
            self._db.execute(sql, account, self._digest(account, _normal(code)))
        return codes

    def _seal(self, account: AccountId, secret: str) -> bytes:
        if self._aead is None:
            raise SecondFactorError("cannot be set up or checked without the desk's keys")
        nonce = os.urandom(12)
        return nonce + self._aead.encrypt(nonce, secret.encode(), _bind(account))

    def _open(self, account: AccountId, sealed: bytes) -> str:
        if self._aead is None:
            raise SecondFactorError("cannot be set up or checked without the desk's keys")
        try:
            return self._aead.decrypt(sealed[:12], sealed[12:], _bind(account)).decode()
        except (InvalidTag, ValueError):
            raise SecondFactorError("does not open under the desk's keys") from None

    def _digest(self, account: AccountId, code: str) -> bytes:
        if self._digest_key is None:
            raise SecondFactorError("cannot be set up or checked without the desk's keys")
        return hmac.digest(self._digest_key, _bind(account) + code.encode("utf-8", "replace"), "sha256")

    def __repr__(self) -> str:
        return "SecondFactors()"


def _normal(code: str) -> str:
    """One form for all ways to type a code: without gaps, in small letters, without look-alikes."""
    folded = unicodedata.normalize("NFKC", code[:64]).casefold()
    return "".join(char for char in folded if char.isalnum()).translate(_LOOK_ALIKES)


def _bind(account: AccountId) -> bytes:
    return b"hushdesk second factor" + account.to_bytes(8, "big")
