"""To whom letters go: what is known without an identity, and the identity itself, which shows in no ``repr``."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pyarrow as pa

from hushdesk.incident.notices._codes import Form
from hushdesk.incident.notices._safe import mailbox, unlinked


@dataclass(frozen=True, slots=True, kw_only=True)
class Concerned:
    """One person concerned, without identity: a row of ``PERSONS`` and the number of the letter."""

    letter: int
    """From 1, within the incident."""
    language: str = ""
    country: str = ""
    kinds: tuple[str, ...] = ()
    cases: int = 0
    first_case: int | None = None
    """Moment."""
    last_case: int | None = None
    certain: bool = False
    leftover: bool = False
    role: str = "customer"
    """``customer``, ``agent``, ``mentioned``."""

    @property
    def form(self) -> Form:
        """The wording."""
        if self.leftover:
            return Form.CERTAIN_LEFTOVER if self.certain else Form.LEFTOVER
        return Form.CERTAIN if self.certain else Form.POSSIBLE


_COLUMNS = ("language", "country", "kinds", "cases", "certain", "leftover", "role")


def concerned(rows: pa.Table | pa.RecordBatch, first: int = 1) -> Iterator[Concerned]:
    """The persons of rows with the schema ``PERSONS``, numbered in their order.

    Args:
        rows: Persons concerned.
        first: Number of the first letter.
    """
    columns: dict[str, list[Any]] = {name: rows[name].to_pylist() for name in _COLUMNS}
    times = [rows[name].cast(pa.int64()).to_pylist() for name in ("first_case", "last_case")]
    for number, values in enumerate(zip(*columns.values(), *times, strict=True), first):
        language, country, kinds, cases, certain, leftover, role, start, end = values
        yield Concerned(
            letter=number,
            language=language,
            country=country,
            kinds=tuple(kinds),
            cases=cases,
            first_case=start,
            last_case=end,
            certain=certain,
            leftover=leftover,
            role=role,
        )


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Recipient:
    """Who a letter goes to. Made from opened values for the moment of rendering: never stored, never logged.

    What the values hold is made harmless here: one line each, without control characters, bidi overrides and what begins like
    a link; an e-mail address that could not stand in a header becomes empty.
    """

    name: str = ""
    email: str = ""
    lines: tuple[str, ...] = ()
    """Postal address without the name."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "name", unlinked(self.name))
        object.__setattr__(self, "email", mailbox(self.email) if self.email else "")
        object.__setattr__(self, "lines", tuple(filter(None, (unlinked(line) for line in self.lines[:8]))))

    def __repr__(self) -> str:
        return "Recipient(…)"


NOBODY = Recipient()
"""A letter without name and address, to look at beforehand."""
