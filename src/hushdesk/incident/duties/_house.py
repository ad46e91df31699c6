"""What the house says about itself.

A small TOML file::

role = "controller"          # or "processor"
zone = "Europe/Berlin"       # of the house's own authority

[sectors]                    # true, or false; what is not there is not known
hipaa = false
listed_us = true

[declared]                   # what somebody has decided about this incident or the house
established_eu = true
material = false
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final
from zoneinfo import ZoneInfo

from hushdesk.incident.duties._conditions import Compare, Condition, Is, Not, Several
from hushdesk.incident.duties._facts import Value
from hushdesk.incident.duties._rules import Rule
from hushdesk.incident.duties.errors import RulesError

_TABLES: Final = {"sectors": "sector", "declared": "declared"}
_ROLES: Final = ("controller", "processor")


@dataclass(frozen=True, slots=True)
class House:
    """What is declared, for the fields of :class:`hushdesk.incident.duties.Facts`."""

    role: str = ""
    zone: str = ""
    declared: Mapping[str, Value] = field(default_factory=dict)


def asked(rules: Iterable[Rule]) -> dict[str, type]:
    """What rules ask a house to declare, by name, and of which type: ``sector.hipaa`` is a ``bool``."""
    names: dict[str, type] = {}
    for rule in rules:
        for leaf in (*_leaves(rule.applies_if), *_leaves(rule.threshold)):
            if isinstance(leaf, Compare) and leaf.fact.startswith("declared."):
                names[leaf.fact] = int
            elif isinstance(leaf, Is) and leaf.fact.startswith(("sector.", "declared.")):
                names.setdefault(leaf.fact, type(leaf.value))
    return dict(sorted(names.items()))


def read_house(path: Path, rules: Iterable[Rule]) -> House:
    """Read a declaration strictly.

    Args:
        path: The TOML file.
        rules: Those whose questions it may answer.

    Raises:
        RulesError: It cannot be read, or answers a question that no rule asks.
    """
    try:
        content = tomllib.loads(path.read_text("utf-8"))
    except (OSError, ValueError, RecursionError):
        raise RulesError(path.name, 0, "", "", "cannot be read as TOML") from None
    for key in content:
        if key not in {"role", "zone", *_TABLES}:
            raise RulesError(
                path.name, 0, "", key, "is not known", f"Known are: role, zone, {', '.join(_TABLES)}."
            )
    role, zone = content.get("role", ""), content.get("zone", "")
    if role not in {"", *_ROLES}:
        raise RulesError(path.name, 0, "", "role", f"is one of {', '.join(_ROLES)}")
    try:
        if zone != "":
            ZoneInfo(zone)
    except (OSError, KeyError, TypeError, ValueError):
        raise RulesError(path.name, 0, "", "zone", "is no time zone", "Write one as Europe/Berlin.") from None
    return House(role, zone, dict(_answers(path.name, content, asked(rules))))


def _answers(file: str, content: dict[str, Any], known: dict[str, type]) -> Iterator[tuple[str, Value]]:
    for table, prefix in _TABLES.items():
        answers = content.get(table, {})
        if not isinstance(answers, dict):
            raise RulesError(file, 0, "", table, "is a table of answers")
        for key, value in answers.items():
            wanted = known.get(f"{prefix}.{key}")
            if wanted is None:
                names = [name.partition(".")[2] for name in known if name.startswith(f"{prefix}.")]
                raise RulesError(
                    file, 0, "", f"{table}.{key}", "no rule asks for it", f"Known are: {', '.join(names)}."
                )
            # True is a number to Python; here it is none.
            kind: object = type(value)
            if kind is not wanted:
                word = {bool: "true or false", int: "a whole number"}.get(wanted, "a text")
                raise RulesError(file, 0, "", f"{table}.{key}", f"is {word}")
            yield f"{prefix}.{key}", value


def _leaves(condition: Condition) -> Iterator[Condition]:
    if isinstance(condition, Several):
        for part in condition.parts:
            yield from _leaves(part)
    elif isinstance(condition, Not):
        yield from _leaves(condition.part)
    else:
        yield condition
