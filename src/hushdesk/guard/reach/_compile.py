"""A stage's rules as arrays, so that one question costs a few passes of numpy and no loop over rules."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from hushdesk.guard._addresses import Family
from hushdesk.guard._policy import Action, Rule, Stage
from hushdesk.guard._services import ANY

_ACTIONS: Final = {Action.DENY: 0, Action.NEXT: 1, Action.ACCEPT: 2}
DENY, NEXT, ACCEPT = 0, 1, 2


@dataclass(slots=True)
class Bounds:
    """The source intervals of a stage's rules in one family; several for one rule."""

    low: NDArray[Any]
    """Addresses; ``int64`` for IPv4, Python integers for IPv6."""
    high: NDArray[Any]
    rule: NDArray[np.int64]


@dataclass(slots=True)
class CompiledStage:
    """A stage, ready to be asked."""

    stage: Stage
    action: NDArray[np.int8]
    """One for each rule, and the default's at the end."""
    in_doubt: NDArray[np.bool_]
    source_ports: list[tuple[int, Any]]
    """Rules that name source ports, with these."""
    _service: NDArray[np.int64]
    """Columns: rule, first port, last port."""
    _protocol: NDArray[np.str_]
    _exact: bool
    """Whether every rule's sources are known exactly, as one object: then both bounds are one."""
    _bounds: dict[tuple[Family, bool], Bounds] = field(default_factory=dict)
    """By family, and whether from below (certain) or from above (possible)."""
    _partial: dict[Family, bool] = field(default_factory=dict)

    @classmethod
    def of(cls, stage: Stage) -> CompiledStage:
        """Compile a stage."""
        rows = [
            (index, low, high)
            for index, rule in enumerate(stage.rules)
            for _, numbers in rule.services.entries
            for low, high in numbers.pairs
        ]
        names = [
            name for rule in stage.rules for name, numbers in rule.services.entries for _ in numbers.pairs
        ]
        return cls(
            stage,
            np.array([*(_ACTIONS[rule.action] for rule in stage.rules), _ACTIONS[stage.default]], np.int8),
            np.array([bool(rule.doubt) for rule in stage.rules], np.bool_),
            [(i, rule.source_ports) for i, rule in enumerate(stage.rules) if rule.source_ports is not None],
            np.array(rows, np.int64).reshape(-1, 3),
            np.array(names or [""], np.str_)[: len(names)],
            all(rule.sources.lower is rule.sources.upper for rule in stage.rules),
        )

    def matching(self, protocol: str, port: int, source_port: int | None) -> NDArray[np.bool_]:
        """Which rules speak of this protocol and port, one truth value for each.

        Args:
            protocol: In small letters.
            port: The destination's.
            source_port: The client's; ``None`` leaves it open and takes every rule.
        """
        found = np.zeros(len(self.stage.rules), np.bool_)
        rows = self._service
        said = (
            (rows[:, 1] <= port)
            & (port <= rows[:, 2])
            & ((self._protocol == ANY) | (self._protocol == protocol))
        )
        found[rows[said, 0]] = True
        if source_port is not None:
            for index, numbers in self.source_ports:
                if source_port not in numbers:
                    found[index] = False
        return found

    def bounds(self, family: Family, *, certain: bool) -> Bounds:
        """All source intervals of one family."""
        if certain and self._exact:
            certain = False
        key = (family, certain)
        if key not in self._bounds:
            found = [
                (first, last, index)
                for index, rule in enumerate(self.stage.rules)
                for first, last in (rule.sources.lower if certain else rule.sources.upper).of(family).pairs
            ]
            low, high, rules = zip(*found, strict=True) if found else ((), (), ())
            kind = np.int64 if family == 4 else np.object_
            self._bounds[key] = Bounds(np.array(low, kind), np.array(high, kind), np.array(rules, np.int64))
        return self._bounds[key]

    def partial(self, family: Family) -> bool:
        """Whether some rule's sources are not the same from above and from below."""
        if self._exact:
            return False
        if family not in self._partial:
            above, below = self.bounds(family, certain=False), self.bounds(family, certain=True)
            self._partial[family] = not (
                np.array_equal(above.low, below.low)
                and np.array_equal(above.high, below.high)
                and np.array_equal(above.rule, below.rule)
            )
        return self._partial[family]

    def has(self, rule: Rule) -> bool:
        """Whether one of the rules does the same as another stage's, whatever it is called and wherever it stands."""
        family: Family = 4 if rule.sources.upper.v4 or not rule.sources.upper.v6 else 6
        pairs = rule.sources.upper.of(family).pairs
        if not pairs:
            return any(_does(other) == _does(rule) for other in self.stage.rules)
        bounds = self.bounds(family, certain=False)
        # Few rules begin and end where it does: only these are compared whole.
        at = (bounds.low == pairs[0][0]) & (bounds.high == pairs[0][1])
        return any(_does(self.stage.rules[index]) == _does(rule) for index in bounds.rule[at])


def _does(rule: Rule) -> tuple[object, ...]:
    return (
        rule.action,
        rule.sources.upper,
        rule.sources.lower,
        rule.services,
        rule.source_ports,
        bool(rule.doubt),
    )
