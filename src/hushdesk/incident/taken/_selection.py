"""Which cases stood in the store while it stood open."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final, Protocol, Self

from hushdesk.analytics import EVERYTHING, Condition, compile_query
from hushdesk.desk import LoadReport
from hushdesk.incident._answer import Exposure
from hushdesk.incident._spans import EVER, moment, when
from hushdesk.store import EmbeddedStore

_TARGET_PARTS: Final = re.compile(r"[/,\s]+")
_ANY: Final = frozenset({"*", "_all"})


class Loads(Protocol):
    """What is asked of a desk's ledger."""

    def loads(self) -> list[int]:
        """Ids of all loads."""

    def report(self, load_id: int) -> LoadReport | None:
        """What is known of one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Selection:
    """Cases of a store; by default all that it holds.

    A case that a later load has brought in a newer version was there in its older one, which the store no longer holds. Which
    ones these are nobody wrote down case by case; so every case of such a load that was opened before the end is selected
    (``revised``), and ``revised_most`` says how many of them it can be.
    """

    loads: tuple[int, ...] | None = None
    """Only cases that came with these loads; ``None``: with any."""
    revised: tuple[int, ...] = ()
    """Loads that began later and replaced cases that were there."""
    revised_most: int = 0
    """So many cases of ``revised`` were there, at most."""
    until: int = EVER
    """End of the last exposure."""
    sources: tuple[str, ...] = ()
    """Only cases of these sources; empty: of any."""
    query: str = ""
    """Only what this finds, in the query language."""
    names: tuple[str, ...] = ()
    """How logs name what holds the cases (index, table, collection, bucket); empty: whatever was asked of is them."""

    @classmethod
    def during(
        cls,
        ledger: Loads,
        exposures: Iterable[Exposure],
        *,
        sources: Sequence[str] = (),
        query: str = "",
        names: Sequence[str] = (),
    ) -> Self:
        """What stood in a desk's store while it stood open.

        Args:
            ledger: The desk's.
            exposures: All windows; without any moment of exposure nothing is selected.
            sources: Only cases of these.
            query: Only what this finds.
            names: How logs name what holds the cases.
        """
        until = max((span.end for one in exposures for span in one.exposed), default=None)
        loads, revised, most = [], [], 0
        for load_id in sorted(ledger.loads()) if until is not None else ():
            report = ledger.report(load_id)
            # A load without a readable beginning may have been there from the first day.
            if until is None or report is None or _began(report) < until:
                loads.append(load_id)
            elif report.tally.newer:
                revised.append(load_id)
                most += report.tally.newer
        return cls(
            loads=tuple(loads),
            revised=tuple(revised),
            revised_most=most,
            until=-EVER if until is None else until,
            sources=tuple(sources),
            query=query,
            names=tuple(names),
        )

    def where(self, store: EmbeddedStore) -> Condition:
        """The selection as a condition on the table of cases.

        Raises:
            QueryError: The query cannot be carried out.
        """
        tests: list[str] = []
        params: dict[str, Any] = {}
        if self.loads is not None:
            params["loads"] = list(self.loads)
            test = "load_id IN {loads:Array(UInt32)}"
            if self.revised:
                test = f"({test} OR {self._revised(params)})"
            tests.append(test)
        if self.sources:
            params["sources"] = list(self.sources)
            tests.append("has({sources:Array(String)}, source)")
        if self.query.strip():
            condition = compile_query(store, self.query, EVERYTHING)
            params.update(condition.params)
            tests.append(f"({condition.sql})")
        return Condition(" AND ".join(tests) or "true", params)

    def revised_where(self, params: dict[str, Any]) -> str:
        """The condition for cases of which only an older version was there; ``false`` if there are none."""
        return self._revised(params) if self.loads is not None and self.revised else "false"

    def _revised(self, params: dict[str, Any]) -> str:
        params["revised"] = list(self.revised)
        params["until"] = max(when(self.until), datetime(1900, 1, 1, tzinfo=UTC))
        params["undated"] = datetime(1970, 1, 1, tzinfo=UTC)
        opened = "(opened_at <= {until:DateTime64(3, 'UTC')} OR opened_at = {undated:DateTime64(3, 'UTC')})"
        return f"(load_id IN {{revised:Array(UInt32)}} AND {opened})"

    def about(self, targets: Iterable[str]) -> bool:
        """Whether something asked of these targets may have been asked of the cases."""
        parts = {part for target in targets for part in _TARGET_PARTS.split(target) if part}
        return (
            not self.names
            or not parts
            or bool(parts & _ANY)
            or any(_named(part, self.names) for part in parts)
        )


def _named(part: str, names: Sequence[str]) -> bool:
    if "*" in part:
        pattern = re.compile(".*".join(map(re.escape, part.split("*"))))
        return any(pattern.fullmatch(name) for name in names)
    # "public.cases" and "desk.cases" are the table "cases".
    return any(part == name or part.endswith(f".{name}") for name in names)


def _began(report: LoadReport) -> int:
    try:
        return moment(datetime.fromisoformat(report.started))
    except ValueError:
        return -EVER
