"""Fields of a record or a tuple of Azure's flow logs that is read by itself."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from functools import lru_cache
from typing import Final

from hushdesk.incident._spans import MINUTE, SECOND, moment
from hushdesk.incident.evidence._flow_columns import BEGIN, CONTINUE, END, UNKNOWN, Addresses
from hushdesk.incident.evidence._flow_tuples import COUNTED, LATEST, MOST, SIDES

__all__ = [
    "COUNTED",
    "LATEST",
    "MANY",
    "PART",
    "SIDES",
    "STATES",
    "TupleError",
    "counters",
    "ends",
    "time_of",
    "whole_number",
]

NO_TUPLE: Final = "not a flow tuple"
MANY: Final = "another number of fields than a flow tuple has"
NO_NUMBER: Final = "something else where a whole number is expected"
PART: Final = "counts that are there in part"
STATES: Final = {"B": BEGIN, "C": CONTINUE, "E": END}
_HOUR: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}")
_REST: Final = re.compile(r":([0-5][0-9]):([0-5][0-9])(?:\.([0-9]{1,6})[0-9]*)?Z")


class TupleError(Exception):
    """A tuple that cannot be read; the text is the reason."""


def time_of(text: object) -> int | None:
    """The moment of a record's time; seven decimals occur."""
    if not isinstance(text, str):
        return None
    begin, rest = _hour_at(text[:13]), _within(text[13:])
    return None if begin is None or rest is None else begin + rest


@lru_cache(maxsize=4096)
def _hour_at(text: str) -> int | None:
    if _HOUR.fullmatch(text) is None:
        return None
    try:
        return moment(datetime.fromisoformat(text).replace(tzinfo=UTC))
    except ValueError:
        return None


@lru_cache(maxsize=4096)
def _within(text: str) -> int | None:
    """What has gone by of an hour."""
    rest = _REST.fullmatch(text)
    if rest is None:
        return None
    minute, second, part = rest.groups("")
    return int(minute) * MINUTE + int(second) * SECOND + int(part.ljust(6, "0"))


def whole_number(text: str, most: int) -> int:
    """A number of a tuple.

    Raises:
        TupleError: It is none.
    """
    if not (text.isascii() and text.isdigit() and len(text) <= 16) or int(text) > most:
        raise TupleError(NO_NUMBER)
    return int(text)


def counters(texts: list[str]) -> dict[str, int]:
    """The four counts: all or none.

    Raises:
        TupleError: Some.
    """
    if not any(texts):
        return dict.fromkeys(COUNTED, UNKNOWN)
    if not all(texts):
        raise TupleError(PART)
    return dict(zip(COUNTED, (whole_number(text, MOST) for text in texts), strict=True))


def ends(fields: list[str], addresses: Addresses) -> dict[str, int]:
    """Both ends of a tuple: addresses, ports.

    Raises:
        TupleError: One of them is none.
    """
    try:
        source, target = addresses.number(fields[0]), addresses.number(fields[1])
    except ValueError:
        raise TupleError("an address that is none") from None
    return {
        "source": source,
        "target": target,
        "source_port": whole_number(fields[2], 65535),
        "target_port": whole_number(fields[3], 65535),
    }
