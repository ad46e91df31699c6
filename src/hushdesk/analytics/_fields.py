"""The fields of the query language: what each is called, what it takes, where it is stored."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import Final


class Takes(StrEnum):
    """What stands after the colon."""

    VALUE = "a value"
    TAG = "a tag"
    NUMBER = "a case number"
    CASE = "a case id"
    PSEUDONYM = "a pseudonym"
    TIME = "a date or a range of dates"
    COUNT = "a number or a range of numbers"
    KIND = "a kind of personal data"
    STATE = "open or closed"


@dataclass(frozen=True, slots=True)
class Field:
    """One field of the query language."""

    name: str
    takes: Takes
    column: str
    """The column it looks into, as SQL."""
    example: str


def _field(name: str, takes: Takes, column: str, example: str) -> tuple[str, Field]:
    return name, Field(name, takes, column, example)


FIELDS: Final[Mapping[str, Field]] = MappingProxyType(
    dict(
        (
            _field("agent", Takes.PSEUDONYM, "agent", "agent:PERSON_…"),
            _field("case", Takes.CASE, "case_id", "case:3KX9QWERTY012345"),
            _field("category", Takes.VALUE, "category", 'category:"billing question"'),
            _field("channel", Takes.VALUE, "channel", "channel:email"),
            _field("closed", Takes.TIME, "closed_at", "closed:2013-05"),
            _field("contract", Takes.PSEUDONYM, "contract", "contract:ACCOUNT_…"),
            _field("country", Takes.VALUE, "country", "country:FR"),
            _field("customer", Takes.PSEUDONYM, "customer", "customer:PERSON_…"),
            _field("has", Takes.KIND, "kinds", "has:EMAIL"),
            _field("is", Takes.STATE, "closed_at", "is:open"),
            _field("kind", Takes.KIND, "kinds", "kind:PHONE"),
            _field("language", Takes.VALUE, "language", "language:ja"),
            _field("messages", Takes.COUNT, "messages", "messages:>=5"),
            _field("number", Takes.NUMBER, "number", "number:SR-1042"),
            _field("opened", Takes.TIME, "opened_at", "opened:2012..2014"),
            _field("priority", Takes.VALUE, "priority", "priority:high"),
            _field("product", Takes.VALUE, "product", "product:print*"),
            _field("source", Takes.VALUE, "source", "source:zendesk"),
            _field("status", Takes.VALUE, "status", "status:pending"),
            _field("tag", Takes.TAG, "tags", "tag:refund"),
            _field("token", Takes.PSEUDONYM, "tokens", "token:EMAIL_…"),
            _field("updated", Takes.TIME, "updated_at", "updated:>=2014-01-01"),
        )
    )
)
"""Every field by its name."""

FACETS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "source": "source",
        "product": "product",
        "channel": "channel",
        "language": "language",
        "status": "status",
        "priority": "priority",
        "category": "category",
        "country": "country",
        "kind": "kinds",
        "tag": "tags",
    }
)
"""What can be counted by value, filtered by value and limited by a scope: name -> column."""

DEFAULT_FACETS: Final = tuple(FACETS)
"""The facets of a search page, in their order."""
