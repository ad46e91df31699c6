"""What ``desk.toml`` says of erasure, retention, holds, and of the text that a person is given."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any, Final

from hushdesk.desk._sections import Section, one_of, refused

_AFTER = re.compile(r"([1-9][0-9]{0,4})([dmy])")
MOST_TEXT = 20_000


class CasePolicy(StrEnum):
    """What becomes of the cases whose customer is erased."""

    REMOVE = "remove"
    """They are emptied: no text, no person, no number, no id, no time of day."""
    RESEAL = "re-seal"
    """They stay, with neutral marks where the person stood."""


class RetentionAction(StrEnum):
    """What becomes of cases whose time is up."""

    EMPTY = "empty"
    """They stay as a count: day, product, channel, country and the like."""
    REMOVE = "remove"
    """They leave the store altogether."""


@dataclass(frozen=True, slots=True)
class ErasureSettings:
    """How persons are erased."""

    cases: CasePolicy = CasePolicy.REMOVE


@dataclass(frozen=True, slots=True)
class RetentionRule:
    """One rule: which cases go after how long."""

    product: str
    """As it is stored; ``*`` is any that no other rule names."""
    source: str
    """As it is stored; ``*`` is any."""
    after: str
    """``90d``, ``18m``, ``3y``: since the case was last touched."""
    action: RetentionAction

    @property
    def months(self) -> int:
        """Whole months of :attr:`after`; 0 if it counts days."""
        number, unit = int(self.after[:-1]), self.after[-1]
        return {"y": 12, "m": 1, "d": 0}[unit] * number

    @property
    def days(self) -> int:
        """Days of :attr:`after`; 0 if it counts months or years."""
        return int(self.after[:-1]) if self.after.endswith("d") else 0


@dataclass(frozen=True, slots=True)
class HoldSettings:
    """Cases that must stay, whatever a rule or a person asks for."""

    query: str
    """In the query language."""
    why: str
    """For people; shown where something is held."""


@dataclass(frozen=True, slots=True)
class DisclosureSettings:
    """What a person who asks is told besides their data (GDPR art. 15 (1))."""

    controller: str = ""
    purposes: str = ""
    recipients: str = ""
    retention: str = ""
    rights: str = ""
    origin: str = ""


USUAL_ERASURE: Final = ErasureSettings()
NOTHING_SAID: Final = DisclosureSettings()


_ERASURE: Final = Section(
    "erasure", {"cases": one_of(*CasePolicy)}, 'cases is "remove" or "re-seal"; nothing else is known.'
)
_DISCLOSURE: Final = Section(
    "disclosure",
    dict.fromkeys(
        DisclosureSettings.__slots__, lambda value: isinstance(value, str) and len(value) <= MOST_TEXT
    ),
    f"It has the texts {', '.join(DisclosureSettings.__slots__)}.",
)


def erasure(values: object, path: Path) -> ErasureSettings:
    """The section ``[erasure]``."""
    return ErasureSettings(CasePolicy(_ERASURE.read(values, path).get("cases", CasePolicy.REMOVE)))


def retention(values: object, path: Path) -> tuple[RetentionRule, ...]:
    """The sections ``[[retention]]``."""
    rules: list[RetentionRule] = []
    for value in _tables(values, path, "[[retention]]"):
        rule = _rule(value)
        if rule is None or any((rule.product, rule.source) == (one.product, one.source) for one in rules):
            raise refused(
                path,
                "[[retention]]",
                'Each has product ("*" is any), after ("90d", "18m", "3y"), action ("remove" or "empty") and, if wanted, '
                "source; no two are for the same product and source.",
            )
        rules.append(rule)
    return tuple(rules)


def _rule(value: dict[str, Any]) -> RetentionRule | None:
    if not {"product", "after"} <= value.keys() <= {"product", "source", "after", "action"}:
        return None
    product, source, after = value["product"], value.get("source", "*"), value["after"]
    action = value.get("action", RetentionAction.REMOVE.value)
    texts = all(isinstance(each, str) for each in (product, source, after))
    if not texts or not source or not _AFTER.fullmatch(after) or action not in list(RetentionAction):
        return None
    return RetentionRule(product, source, after, RetentionAction(action))


def holds(values: object, path: Path) -> tuple[HoldSettings, ...]:
    """The sections ``[[hold]]``."""
    found = []
    for value in _tables(values, path, "[[hold]]"):
        query, why = value.get("query"), value.get("why")
        # An empty query would hold everything: that must be said, not slipped in.
        if value.keys() != {"query", "why"} or not _text(query) or not _text(why):
            raise refused(path, "[[hold]]", "Each has query (as in a search) and why.")
        found.append(HoldSettings(str(query), str(why)))
    return tuple(found)


def disclosure(values: object, path: Path) -> DisclosureSettings:
    """The section ``[disclosure]``."""
    return DisclosureSettings(**_DISCLOSURE.read(values, path))


def _text(value: object) -> bool:
    return isinstance(value, str) and bool(value.strip())


def _tables(values: object, path: Path, section: str) -> list[dict[str, Any]]:
    if isinstance(values, list) and all(isinstance(value, dict) for value in values):
        return values
    raise refused(path, section, "Write it with two brackets, once for each.")
