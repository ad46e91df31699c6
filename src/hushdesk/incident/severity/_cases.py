"""The 18 examples of EDPB 01/2021 as features, and which of them an incident is nearest to."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Final, NamedTuple

from hushdesk.incident._bound import Bound
from hushdesk.incident.severity._circumstances import Cause, Circumstances, Harm
from hushdesk.incident.severity._identification import readable
from hushdesk.incident.severity._tables import CATEGORIES, Category, kinds
from hushdesk.incident.severity._truth import Truth, some

_MANY: Final = 100
_NOT_SAID: Final = Bound.unknown("the number of persons was not given")
_WEIGHTS: Final = {
    "reader": 3.0,
    "protected": 3.0,
    "gravity": 1.0,
    "cause": 1.0,
    "harm": 2.0,
    "fraud": 1.5,
    "many": 1.5,
    "vulnerable": 1.5,
}
"""How much one differing feature weighs. Who read, and whether it could be understood, decide most verdicts of the guidelines;
gravity counts each step between the categories."""
_NOT_KNOWN: Final = 0.25
"""Part of the weight that a feature costs which is not known and might agree."""


class Verdict(NamedTuple):
    """Whom to tell."""

    regulator: bool
    persons: bool

    def __str__(self) -> str:
        """For people: ``regulator yes, persons no``."""
        return f"regulator {'yes' if self.regulator else 'no'}, persons {'yes' if self.persons else 'no'}"


@dataclass(frozen=True, slots=True)
class Case:
    """One example of the guidelines."""

    number: int
    title: str
    features: dict[str, str]
    """Words; yes and no for what is or is not."""
    verdict: Verdict
    verified: bool
    """Whether the verdict was read in its source; the others were written from memory."""
    source: str


class Nearest(NamedTuple):
    """The example that an incident is nearest to."""

    case: Case
    distance: str
    """What differs, in words; ``the same in every feature`` if nothing does."""
    verdict: Verdict

    def __str__(self) -> str:
        """For people."""
        checked = "" if self.case.verified else " (verdict unverified)"
        return f"EDPB 01/2021 case {self.case.number:02d} ({self.case.title}): {self.verdict}{checked}; {self.distance}"


@cache
def cases() -> tuple[Case, ...]:
    """All examples, by number."""
    text = resources.files("hushdesk.incident.severity").joinpath("data/edpb.toml").read_text("utf-8")
    return tuple(
        Case(
            row["number"],
            row["title"],
            {name: _word(row[name]) for name in _WEIGHTS},
            Verdict(row["regulator"], row["persons"]),
            row["verified"],
            row["source"],
        )
        for row in tomllib.loads(text)["case"]
    )


def nearest(circumstances: Circumstances, names: Iterable[str], persons: Bound = _NOT_SAID) -> Nearest:
    """The nearest example; among equals the one that tells more people.

    Args:
        circumstances: Under which it happened.
        names: Kinds of data, by their words.
        persons: How many persons there are.
    """
    mine = _features(circumstances, set(names), persons)

    def rank(case: Case) -> tuple[float, int, int]:
        far = sum(_cost(name, mine[name], case.features[name]) for name in _WEIGHTS)
        return far, -sum(case.verdict), case.number

    case = min(cases(), key=rank)
    differing = [
        f"{name} is {' or '.join(sorted(mine[name]))}, there {case.features[name]}"
        for name in _WEIGHTS
        if mine[name] != {case.features[name]}
    ]
    return Nearest(case, "; ".join(differing) or "the same in every feature", case.verdict)


def _word(value: str | bool) -> str:
    return value if isinstance(value, str) else "yes" if value else "no"


def _cost(name: str, mine: set[str], there: str) -> float:
    weight = _WEIGHTS[name]
    if there in mine:
        return 0.0 if len(mine) == 1 else weight * _NOT_KNOWN
    if name == "gravity":
        place = CATEGORIES.index(Category(there))
        return weight * min(abs(CATEGORIES.index(Category(value)) - place) for value in mine)
    return weight


def _yes_no(truth: Truth) -> set[str]:
    return {"yes", "no"} if truth is Truth.UNKNOWN else {str(truth)}


def _features(circumstances: Circumstances, names: set[str], persons: Bound) -> dict[str, set[str]]:
    """Each feature with all values that it may have."""
    rows = kinds()
    strange = not names or any(kind not in rows for kind in names)
    clear = readable(names, circumstances)
    fraud = some(clear[kind] for kind in names if kind in rows and rows[kind].fraud)
    at_most = persons.upper is not None and persons.upper <= _MANY
    return {
        "reader": _reader(circumstances),
        # What nobody has shown to be unintelligible is not.
        "protected": {"yes" if circumstances.encrypted is Truth.YES else "no"},
        "gravity": _gravity(circumstances, names),
        "cause": _or_any(circumstances.cause, Cause.UNKNOWN),
        "harm": _or_any(circumstances.availability, Harm.UNKNOWN),
        "fraud": _yes_no(Truth.UNKNOWN if strange and fraud is Truth.NO else fraud),
        "many": _yes_no(Truth.YES if persons.lower > _MANY else Truth.NO if at_most else Truth.UNKNOWN),
        "vulnerable": _yes_no(circumstances.vulnerable or Truth.NO),
    }


def _or_any(word: Cause | Harm, unknown: Cause | Harm) -> set[str]:
    """The word, or every other one if it says that it is not known."""
    return {str(value) for value in type(word) if value is not unknown} if word is unknown else {str(word)}


def _reader(circumstances: Circumstances) -> set[str]:
    strange, familiar = circumstances.read_by_unknown, circumstances.read_by_known
    if strange is Truth.YES:
        return {"unknown"}
    found = {"unknown"} if strange is Truth.UNKNOWN else set()
    if familiar is not Truth.NO:
        found |= {
            Truth.YES: {"trusted"},
            Truth.NO: {"known"},
            Truth.UNKNOWN: {"known", "trusted"},
        }[circumstances.trusted]
    if familiar is not Truth.YES:
        found |= {"nobody"}
    return found


def _gravity(circumstances: Circumstances, names: set[str]) -> set[str]:
    rows = kinds()
    certain: set[Category] = set()
    maybe = set(CATEGORIES) if not names or any(kind not in rows for kind in names) else set[Category]()
    for kind, clear in readable(names, circumstances).items():
        row = rows.get(kind)
        if row is None or clear is Truth.NO:
            continue
        opened = circumstances.secrets_open
        own = {row.category} if row.category else set(CATEGORIES) if opened is None else opened
        sure = clear is Truth.YES and (row.category is not None or opened is not None)
        (certain if sure else maybe).update(own)
        if row.unsearched and circumstances.text_searched is not Truth.YES:
            maybe.add(row.unsearched)
    least = max(map(CATEGORIES.index, certain), default=0)
    return {
        str(category)
        for place, category in enumerate(CATEGORIES)
        if place == least or (place > least and category in maybe)
    }
