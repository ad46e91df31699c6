"""How many requests there may be, of one account and of the desk."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from hushdesk.access.reveal._rows import Row
from hushdesk.access.reveal.errors import TooManyReveals
from hushdesk.desk import RevealSettings

_HOUR: Final = 3_600
_DAY: Final = 86_400


def must_be_few(newest_first: Iterable[Row], account: int, now: float, limits: RevealSettings) -> None:
    """Make sure that one more may be asked for. Every request counts, whatever became of it.

    Args:
        newest_first: All requests; read as far back as a day.
        account: Who asks.
        now: Seconds since 1970.
        limits: What is allowed.

    Raises:
        TooManyReveals: A limit is reached.
        RevealsChanged: A request was changed past Hushdesk, so that they cannot be counted.
    """
    times: list[float] = []
    own: list[float] = []
    for row in newest_first:
        if row.asked_at < now - _DAY:
            break
        times.append(row.asked_at)
        if row.asked_by.id == account:
            own.append(row.asked_at)
    for whose, asked, most, window in (
        ("Your account", own, limits.account_hour, _HOUR),
        ("Your account", own, limits.account_day, _DAY),
        ("This desk", times, limits.desk_hour, _HOUR),
        ("This desk", times, limits.desk_day, _DAY),
    ):
        within = sorted((at for at in asked if at > now - window), reverse=True)
        if len(within) >= most:
            wait = within[most - 1] + window - now if most else window
            raise TooManyReveals(whose, max(1, round(wait)))
