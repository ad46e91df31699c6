"""Which cases an account may see at all: by product, country, language and time of opening."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time
from typing import Any, Final

from hushdesk.analytics import Scope
from hushdesk.errors import UsageError

LIMITED_BY: Final = ("product", "country", "language")
"""The fields by whose values a row scope may be limited."""
_MOST_VALUES: Final = 200


@dataclass(frozen=True, slots=True)
class RowScope:
    """Part of the compiled SQL of each question that the account asks; never a filter afterwards.

    Raises:
        UsageError: A field cannot limit it, or its times are the wrong way round.
    """

    where: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Only cases with one of these values, by field of :data:`LIMITED_BY`; an empty tuple lets nothing through."""
    since: date | None = None
    """Only cases opened on this day or later, UTC; one without a known time is out then."""
    until: date | None = None
    """Only cases opened before this day, UTC."""

    def __post_init__(self) -> None:
        for name, values in self.where.items():
            if name not in LIMITED_BY:
                raise UsageError(
                    "An account cannot be limited by this field.",
                    remedy=f"It can by {', '.join(LIMITED_BY)}.",
                )
            if len(values) > _MOST_VALUES:
                raise UsageError(f"An account is limited to at most {_MOST_VALUES} values of a field.")
        if self.since is not None and self.until is not None and self.since >= self.until:
            raise UsageError("The first day an account may see must come before the last.")

    @property
    def all(self) -> bool:
        """True if nothing is kept from the account."""
        return not self.where and self.since is None and self.until is None

    def scope(self, *, internal: bool) -> Scope:
        """As the questions to a store take it.

        Args:
            internal: Whether internal texts may be searched and read.
        """
        return Scope(internal, dict(self.where), _midnight(self.since), _midnight(self.until))

    def to_text(self) -> str:
        """As it is kept in the database of accounts: JSON."""
        return json.dumps(
            {
                "where": {name: list(values) for name, values in sorted(self.where.items())},
                "since": self.since.isoformat() if self.since else None,
                "until": self.until.isoformat() if self.until else None,
            },
            sort_keys=True,
        )

    @classmethod
    def from_text(cls, text: str) -> RowScope:
        """The inverse of :meth:`to_text`; what cannot be read lets nothing through."""
        try:
            values: dict[str, Any] = json.loads(text)
            return cls(
                {str(name): tuple(map(str, listed)) for name, listed in values["where"].items()},
                date.fromisoformat(values["since"]) if values["since"] else None,
                date.fromisoformat(values["until"]) if values["until"] else None,
            )
        except (ValueError, KeyError, TypeError, AttributeError, UsageError):
            return NOTHING


ALL: Final = RowScope()
"""Keeps nothing back."""

NOTHING: Final = RowScope({"product": ()})
"""Lets no case through."""


def _midnight(day: date | None) -> datetime | None:
    return None if day is None else datetime.combine(day, time(), UTC)
