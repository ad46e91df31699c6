"""Coarsening: what identifies only in combination is kept no finer than analysts need it."""

from __future__ import annotations

import re
from datetime import UTC, datetime

from hushdesk.cases import Case, PersonRole, Visibility

_COUNTRY = re.compile(r"[A-Za-z]{2}\Z")
_LANGUAGE = re.compile(r"([A-Za-z]{2,3})(?:[-_][A-Za-z0-9]{2,8})*\Z")

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
"""Stands for "no time known" in the sealed case."""


def country(case: Case) -> str:
    """ISO 3166-1 alpha-2 of the customer; nothing finer than a country is kept. Empty if unknown."""
    if _COUNTRY.match(case.country):
        return case.country.upper()
    if _COUNTRY.match(case.location):
        return case.location.upper()
    return ""


def language(case: Case) -> str:
    """Primary language tag; regional variants are dropped. Empty if it is not a language tag at all."""
    match = _LANGUAGE.match(case.language)
    return match[1].lower() if match else ""


def opened_at(case: Case) -> datetime:
    """When the case was opened; else the earliest time known in it; else :data:`EPOCH`."""
    if case.opened_at is not None:
        return _within(case.opened_at)
    times = [message.at for message in case.messages if message.at is not None]
    times += [time for time in (case.updated_at, case.closed_at) if time is not None]
    return _within(min(times)) if times else EPOCH


def first_reply_at(case: Case, opened: datetime) -> datetime | None:
    """Time of the first public message of an agent after the opening, if there is one."""
    for message in case.messages:
        if (
            message.at is not None
            and message.visibility is Visibility.PUBLIC
            and message.author is not None
            and message.author.role is PersonRole.AGENT
            and message.at >= opened
        ):
            return _within(message.at)
    return None


_FIRST = datetime(1900, 1, 1, tzinfo=UTC)
_LAST = datetime(2299, 12, 31, tzinfo=UTC)


def _within(time: datetime) -> datetime:
    """Clamp to what every store's millisecond time can hold."""
    return min(max(time, _FIRST), _LAST)


def clamp(time: datetime | None) -> datetime | None:
    """The time within the range that a store can hold; None stays None."""
    return None if time is None else _within(time)
