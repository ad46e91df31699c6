"""Conditions of rules, evaluated with three values: a fact that is missing makes unknown, never no.

As they are written in a file of rules::

    all: [...]            every one of them
    any: [...]            one of them
    not: {...}            the contrary
    {fact: NAME, is: VALUE}                    true, false, or a word
    {fact: NAME, at_least: N}                  also above, at_most, below
    {fact: kinds, any_of: [KIND, ...]}
    always                                     every breach
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final, Protocol

from hushdesk.incident._answer import Level
from hushdesk.incident._bound import Bound
from hushdesk.incident.duties._facts import MOST_IN_A_STATE, TRUTHS, Facts, Value
from hushdesk.incident.severity import Truth, every, some

_ROLES: Final = frozenset({"controller", "processor"})
ORDERS: Final = ("at_least", "above", "at_most", "below")


@dataclass(frozen=True, slots=True)
class Found:
    """What a condition comes to, and why."""

    truth: Truth
    why: tuple[str, ...]
    """The facts that decide it: for yes those that hold, for no those that do not, for unknown those that are missing."""


class Condition(Protocol):
    """Something that holds, does not hold, or is not known."""

    def evaluate(self, facts: Facts) -> Found:
        """What it comes to."""

    def words(self) -> str:
        """As people read it."""

    def names(self) -> Iterable[str]:
        """Facts that it asks for."""


@dataclass(frozen=True, slots=True)
class Always:
    """Holds for every breach."""

    def evaluate(self, facts: Facts) -> Found:  # noqa: ARG002 - as the protocol has it
        """Yes."""
        return Found(Truth.YES, ())

    def words(self) -> str:
        """As people read it."""
        return "every breach"

    def names(self) -> Iterable[str]:
        """None."""
        return ()


@dataclass(frozen=True, slots=True)
class Not:
    """The contrary of a condition."""

    part: Condition

    def evaluate(self, facts: Facts) -> Found:
        """Unknown stays unknown."""
        found = self.part.evaluate(facts)
        return Found(~found.truth, found.why)

    def words(self) -> str:
        """As people read it."""
        return f"not ({self.part.words()})"

    def names(self) -> Iterable[str]:
        """Those of the part."""
        return self.part.names()


@dataclass(frozen=True, slots=True)
class Several:
    """All, or one, of several conditions."""

    parts: tuple[Condition, ...]
    all: bool

    def evaluate(self, facts: Facts) -> Found:
        """The reasons are those of the parts that decide."""
        found = [part.evaluate(facts) for part in self.parts]
        truth = (every if self.all else some)(part.truth for part in found)
        return Found(
            truth, tuple(dict.fromkeys(why for part in found if part.truth is truth for why in part.why))
        )

    def words(self) -> str:
        """As people read it."""
        return (" and " if self.all else " or ").join(
            f"({part.words()})" if isinstance(part, Several) else part.words() for part in self.parts
        )

    def names(self) -> Iterable[str]:
        """Those of all parts."""
        for part in self.parts:
            yield from part.names()


@dataclass(frozen=True, slots=True)
class Is:
    """A fact has a value."""

    fact: str
    value: Value

    def evaluate(self, facts: Facts) -> Found:
        """Compared with what is known."""
        shown = _shown(self.value)
        known: Value | None
        if self.fact == "role":
            known = facts.role or None
        elif self.fact == "level":
            known = str(facts.severity.level) if facts.severity else None
        elif self.fact in TRUTHS:
            truth: Truth = getattr(facts, self.fact)
            known = None if truth is Truth.UNKNOWN else truth is Truth.YES
        else:
            known = facts.declared.get(self.fact)
        if known is None:
            return Found(Truth.UNKNOWN, (f"{self.fact} is not known",))
        # True is 1 to Python; a number is no answer to a question of yes and no.
        same = known == self.value and isinstance(known, bool) == isinstance(self.value, bool)
        return Found(Truth.of(same), (f"{self.fact} is {shown if same else _shown(known)}",))

    def words(self) -> str:
        """As people read it."""
        return self.fact if self.value is True else f"{self.fact} is {_shown(self.value)}"

    def names(self) -> Iterable[str]:
        """The one."""
        return (self.fact,)


@dataclass(frozen=True, slots=True)
class Compare:
    """A number is large or small enough."""

    fact: str
    order: str
    """One of :data:`ORDERS`."""
    number: int

    def evaluate(self, facts: Facts) -> Found:
        """Compared with both ends of what is known."""
        bound = self._bound(facts)
        if bound is None:
            return Found(Truth.UNKNOWN, (f"{self.fact} is not known",))
        # Each order is "at least n" or its contrary.
        least = self.number + (self.order in {"above", "at_most"})
        truth = (
            Truth.YES
            if bound.lower >= least
            else Truth.NO
            if bound.upper is not None and bound.upper < least
            else Truth.UNKNOWN
        )
        if self.order in {"at_most", "below"}:
            truth = ~truth
        shown = f"{bound.lower:,}" if bound.exact else f"{bound.lower:,} to {_most(bound)}"
        why = f"{self.fact} {'is' if bound.exact else 'are'} {shown}"
        if truth is Truth.UNKNOWN:
            why += f", which leaves open whether {self._asked()}"
        return Found(truth, (why,))

    def _bound(self, facts: Facts) -> Bound | None:
        if self.fact == "persons" or self.fact.startswith("persons."):
            return facts.count(self.fact.partition(".")[2])
        value = facts.declared.get(self.fact)
        if isinstance(value, int) and not isinstance(value, bool):
            return Bound.exactly(value)
        return None

    def _asked(self) -> str:
        return f"{self.order.replace('_', ' ')} {self.number:,}"

    def words(self) -> str:
        """As people read it."""
        return f"{self.fact} {self._asked()}"

    def names(self) -> Iterable[str]:
        """The one."""
        return (self.fact,)


@dataclass(frozen=True, slots=True)
class AnyOf:
    """One of some kinds of data is among those exposed."""

    kinds: tuple[str, ...]

    def evaluate(self, facts: Facts) -> Found:
        """Free text that nobody has searched may hold any of them."""
        if facts.kinds is None:
            return Found(Truth.UNKNOWN, ("kinds of data are not known",))
        there = sorted(facts.kinds & set(self.kinds))
        if there:
            return Found(Truth.YES, (f"exposed kinds hold {', '.join(there)}",))
        if "FREE_TEXT" in facts.kinds and facts.text_searched is not Truth.YES:
            return Found(Truth.UNKNOWN, (f"free text was not searched for {', '.join(self.kinds)}",))
        return Found(Truth.NO, (f"exposed kinds hold none of {', '.join(self.kinds)}",))

    def words(self) -> str:
        """As people read it."""
        return f"kinds hold one of {', '.join(self.kinds)}"

    def names(self) -> Iterable[str]:
        """Kinds."""
        return ("kinds",)


def _shown(value: Value) -> str:
    return {True: "yes", False: "no"}[value] if isinstance(value, bool) else str(value)


def _most(bound: Bound) -> str:
    return "any number" if bound.upper is None else f"{bound.upper:,}"


def parse(value: object) -> Condition:
    """A condition from what a file holds.

    Raises:
        ValueError: It is none; the message says what is wrong, in words.
    """
    if value == "always":
        return Always()
    if not isinstance(value, dict) or not value:
        raise ValueError("a condition is a mapping with all, any, not or fact, or the word always")
    if len(value) == 1:
        ((word, inner),) = value.items()
        if word in {"all", "any"}:
            if not isinstance(inner, list) or not inner:
                raise ValueError(f"{word} wants a list with at least one condition")
            return Several(tuple(parse(part) for part in inner), all=word == "all")
        if word == "not":
            return Not(parse(inner))
    return _leaf(value)


def _leaf(value: dict[str, object]) -> Condition:
    fact = value.get("fact")
    others = [key for key in value if key != "fact"]
    if not isinstance(fact, str) or len(others) != 1:
        raise ValueError("a condition has fact and one of is, any_of, at_least, above, at_most, below")
    key, wanted = others[0], value[others[0]]
    if key == "is":
        return _is(fact, wanted)
    if key in ORDERS:
        if not _countable(fact):
            raise ValueError("only persons, persons.PLACE and declared.NAME are numbers")
        if not isinstance(wanted, int) or isinstance(wanted, bool) or wanted < 0:
            raise ValueError(f"{key} wants a whole number from 0 on")
        return Compare(fact, key, wanted)
    if key == "any_of":
        if fact != "kinds" or not isinstance(wanted, list) or not wanted:
            raise ValueError("any_of wants the fact kinds and a list of kinds")
        if not all(isinstance(kind, str) and kind.isupper() for kind in wanted):
            raise ValueError("kinds are words in capitals")
        return AnyOf(tuple(wanted))
    raise ValueError("a condition has fact and one of is, any_of, at_least, above, at_most, below")


def _is(fact: str, wanted: object) -> Condition:
    if fact == "role":
        if wanted not in _ROLES:
            raise ValueError("role is controller or processor")
    elif fact == "level":
        if wanted not in set(Level):
            raise ValueError(f"level is one of {', '.join(Level)}")
    elif fact in TRUTHS or fact.startswith("sector."):
        if not isinstance(wanted, bool):
            raise ValueError("this fact is true or false")
    elif not fact.startswith("declared.") or not fact.partition(".")[2]:
        names = ", ".join(sorted({*TRUTHS, "role", "level", "sector.NAME", "declared.NAME"}))
        raise ValueError(f"there is no such fact; those that may be compared with is are {names}")
    if not isinstance(wanted, bool | int | float | str):
        raise ValueError("is wants one value")  # noqa: TRY004 - what a file holds, not a type of ours
    return Is(fact, wanted)


def _countable(fact: str) -> bool:
    first, _, rest = fact.partition(".")
    if first == "declared":
        return bool(rest)
    if first != "persons":
        return False
    country, dash, part = rest.partition("-")
    code = len(country) == 2 and country.isalpha() and country.isupper()
    return fact == "persons" or rest in {"EEA", MOST_IN_A_STATE} or (code and bool(part) == bool(dash))
