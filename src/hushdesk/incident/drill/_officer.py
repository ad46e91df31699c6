"""An officer of a scratch desk, who has the password and the app."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, Self

import pyotp

if TYPE_CHECKING:
    from hushdesk.access import Accounts

_STEP: Final = 30
"""Seconds for which an app shows a code."""


@dataclass(slots=True)
class Officer:
    """One account that proves itself by password and code."""

    name: str
    password: str = field(repr=False)
    _app: pyotp.TOTP = field(repr=False)
    _last: int = 0
    """The step whose code was given last: no code counts twice, and no older one."""

    @classmethod
    def enrolled(cls, accounts: Accounts, name: str, password: str) -> Self:
        """Set up the second factor of an account that has none."""
        offered = accounts.enrol(name, password)
        officer = cls(name, password, pyotp.TOTP(offered.app.secret, interval=_STEP))
        accounts.factors.accept(offered, officer.code())
        return officer

    def code(self) -> str:
        """A code that was not given before: that of now, or, within the same step, the next one, which is accepted early."""
        self._last = max(int(time.time()) // _STEP, self._last + 1)
        return self._app.generate_otp(self._last)
