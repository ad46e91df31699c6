"""ENISA's tables and what each kind of data is in them, read from the package's data files."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from importlib import resources
from typing import Any, Final


class Category(StrEnum):
    """ENISA's categories of data, from the least to the most."""

    SIMPLE = "simple"
    BEHAVIOURAL = "behavioural"
    FINANCIAL = "financial"
    SENSITIVE = "sensitive"


CATEGORIES: Final = tuple(Category)


@dataclass(frozen=True, slots=True)
class Factor:
    """One way in which circumstances change a basic score."""

    key: str
    by: int
    why: str


@dataclass(frozen=True, slots=True)
class Context:
    """One row of the table of context."""

    base: int
    row: str
    factors: tuple[Factor, ...]

    @property
    def steps(self) -> tuple[int, ...]:
        """By what it may be adjusted; that nothing changes it is a finding too."""
        return tuple(sorted({0, *(factor.by for factor in self.factors)}))


@dataclass(frozen=True, slots=True)
class KindRow:
    """What one kind of data is in the tables."""

    category: Category | None
    """``None`` for credentials, which have that of what they open."""
    lowest: int
    highest: int
    """Steps from the basic score between which it lies."""
    identifier: str
    row: str
    sealed: str
    """What sealing puts in its place: ``pseudonym``, ``removed``, or nothing."""
    fraud: bool
    caller: float
    unsearched: Category | None


def _table(name: str) -> dict[str, Any]:
    text = resources.files("hushdesk.incident.severity").joinpath("data", name).read_text("utf-8")
    return tomllib.loads(text)


@cache
def contexts() -> Mapping[Category, Context]:
    """The table of context."""
    return {
        Category(name): Context(
            row["base"], row["row"], tuple(Factor(f["key"], f["by"], f["why"]) for f in row["factor"])
        )
        for name, row in _table("enisa.toml")["category"].items()
    }


@cache
def identifiers() -> Mapping[str, str]:
    """The rows of the table of ease of identification, in words."""
    return dict(_table("enisa.toml")["identifier"])


@cache
def kinds() -> Mapping[str, KindRow]:
    """Kinds of data by their word."""
    return {
        name: KindRow(
            category=None if row["category"] == "opens" else Category(row["category"]),
            lowest=row.get("from", 0),
            highest=row.get("to", 0),
            identifier=row.get("identifier", ""),
            row=row["row"],
            sealed=row.get("sealed", ""),
            fraud=row.get("fraud", False),
            caller=row["caller"],
            unsearched=Category(row["unsearched"]) if "unsearched" in row else None,
        )
        for name, row in _table("kinds.toml").items()
    }
