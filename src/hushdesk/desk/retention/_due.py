"""Which cases are due under the rules of ``desk.toml``, counted first and then carried out in resumable steps.

Each step is an erasure with a journal of its own: a killed run has done whole steps, the next opening of the desk ends the one
that was begun, and running it again goes on with the rest.
"""

from __future__ import annotations

import calendar
import secrets
import time
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, Final

from hushdesk.desk import _settings
from hushdesk.desk._errors import ErasureError
from hushdesk.desk._policies import HoldSettings, RetentionAction, RetentionRule
from hushdesk.desk.persons import MARK, Held, Plan, begin, new_id, resume, rooms_of

if TYPE_CHECKING:
    from hushdesk.desk._desk import Desk

STEP: Final = 5_000
"""Cases of one step."""
EVENT: Final = "operator:retention:run"
FINISHED: Final = "operator:retention:finish"

# A case is as old as the last thing that is known to have happened to it.
_TOUCHED: Final = "greatest(opened_at, ifNull(updated_at, opened_at), ifNull(closed_at, opened_at))"
_DATED: Final = "opened_at != toDateTime64(0, 3, 'UTC')"
_EMPTY: Final = "(startsWith(subject, {mark:String}) AND empty(people) AND empty(description))"


@dataclass(frozen=True, slots=True)
class DueRow:
    """Due cases of one product, source and year of opening."""

    product: str
    source: str
    year: int
    cases: int
    held: int
    """Of these: on hold, so they stay."""


@dataclass(frozen=True, slots=True)
class Due:
    """What one rule takes."""

    product: str
    source: str
    after: str
    action: str
    before: str
    """Cases last touched before this day are due."""
    rows: tuple[DueRow, ...]

    @property
    def cases(self) -> int:
        """How many cases go."""
        return sum(row.cases - row.held for row in self.rows)


@dataclass(frozen=True, slots=True)
class RetentionPlan:
    """A dry run."""

    at: str
    rules: tuple[Due, ...]
    undated: int
    """Cases without any time: nobody can say that their time is up, so no rule takes them."""
    unruled: int
    """Cases that no rule is for."""

    @property
    def cases(self) -> int:
        """How many cases go."""
        return sum(rule.cases for rule in self.rules)

    def to_json(self) -> dict[str, Any]:
        """As plain values."""
        return {
            **asdict(self),
            "cases": self.cases,
            "held": sum(row.held for rule in self.rules for row in rule.rows),
        }


@dataclass(frozen=True, slots=True)
class RetentionDone:
    """What a run came to."""

    removed: int
    emptied: int
    forgotten: int
    """Persons whom no case names any more: their keys are destroyed."""
    held: int
    steps: int
    old_parts: int
    """Replaced parts still on disk at the end; 0, or their bytes follow later."""

    def to_json(self) -> dict[str, Any]:
        """As plain values."""
        return asdict(self)


@dataclass(frozen=True, slots=True)
class _Condition:
    sql: str
    params: dict[str, Any]


class Retention:
    """Retention at one open desk.

    Args:
        desk: The desk.
        who: Who works, for the record.
        held: Gives the cases of a hold. Without it a desk that has holds removes nothing.
        now: The present moment.
    """

    def __init__(
        self, desk: Desk, who: str, *, held: Held | None = None, now: datetime | None = None
    ) -> None:
        self._desk = desk
        self._who = who
        self._held = held
        self._now = now or datetime.now(UTC)

    def plan(self) -> RetentionPlan:
        """Count what is due; nothing is changed.

        Raises:
            ErasureError: The desk has holds, and here nobody can tell what they hold.
        """
        settings = _settings.read(self._desk.folder)
        held = self._on_hold(settings.holds)
        rules = settings.retention
        due = []
        for rule in rules:
            condition = self._condition(rule, rules)
            rows = self._desk.store.query(
                "SELECT toString(product) AS product, toString(source) AS source, toUInt32(toYear(opened_at)) AS year, "  # noqa: S608
                f"count() AS cases, countIf(case_id IN {{held:Array(String)}}) AS held FROM cases WHERE {condition.sql} "
                "GROUP BY product, source, year ORDER BY product, source, year",
                {**condition.params, "held": held},
                {"max_execution_time": 0},
            ).to_pylist()
            due.append(
                Due(
                    rule.product,
                    rule.source,
                    rule.after,
                    rule.action.value,
                    cutoff(self._now, rule).date().isoformat(),
                    tuple(DueRow(**row) for row in rows),
                )
            )
        return RetentionPlan(
            self._now.isoformat(timespec="seconds"),
            tuple(due),
            self._count(f"NOT ({_DATED})", {}),
            self._unruled(rules),
        )

    def run(self) -> RetentionDone:
        """Let go what is due.

        Raises:
            ErasureError: A load is running, or holds cannot be told.
        """
        desk = self._desk
        removed = emptied = forgotten = steps = 0
        with desk.gate.erasing():
            rooms = rooms_of(desk)
            resume(rooms)
            settings = _settings.read(desk.folder)
            held = self._on_hold(settings.holds)
            for rule in settings.retention:
                condition = self._condition(rule, settings.retention)
                while ids := self._next(condition, held):
                    step = begin(rooms, self._step(rule, ids))
                    removed, emptied = removed + step.removed, emptied + step.emptied
                    forgotten, steps = forgotten + step.forgotten, steps + 1
            left = desk.store.vanish() if steps else None
            done = RetentionDone(
                removed, emptied, forgotten, len(held), steps, left.old_parts if left is not None else 0
            )
            desk.record.append(FINISHED, self._who, done.to_json())
        return done

    def _on_hold(self, holds: Sequence[HoldSettings]) -> list[str]:
        if holds and self._held is None:
            raise ErasureError(
                "the desk has holds, and here nobody can tell what they hold.",
                remedy="Use the command line.",
            )
        held = self._held
        return sorted({case_id for hold in holds if held is not None for case_id in held(hold)})

    def _condition(self, rule: RetentionRule, rules: Sequence[RetentionRule]) -> _Condition:
        """Which cases a rule takes: those that no closer rule is for, and that are old enough."""
        tests: list[str] = [_DATED, f"{_TOUCHED} < {{before:DateTime64(3, 'UTC')}}"]
        params: dict[str, Any] = {"before": cutoff(self._now, rule)}
        tests += _matches(rule, params, "r")
        for number, other in enumerate(rules):
            if _rank(other) > _rank(rule):
                tests.append("NOT (" + " AND ".join(_matches(other, params, f"o{number}_") or ["true"]) + ")")
        if rule.action is RetentionAction.EMPTY:
            tests.append(f"NOT {_EMPTY}")
            params["mark"] = MARK
        return _Condition(" AND ".join(tests), params)

    def _unruled(self, rules: Sequence[RetentionRule]) -> int:
        params: dict[str, Any] = {}
        tests = [
            "NOT (" + " AND ".join(_matches(rule, params, f"u{number}_") or ["true"]) + ")"
            for number, rule in enumerate(rules)
        ]
        return self._count(" AND ".join([_DATED, *tests]), params)

    def _count(self, sql: str, params: dict[str, Any]) -> int:
        rows = self._desk.store.query(f"SELECT count() FROM cases WHERE {sql}", params)  # noqa: S608
        return int(rows.column(0)[0].as_py())

    def _next(self, condition: _Condition, held: Sequence[str]) -> list[tuple[str, list[str]]]:
        rows = self._desk.store.query(
            f"SELECT case_id, tokens FROM cases WHERE {condition.sql} AND case_id NOT IN {{held:Array(String)}} "  # noqa: S608
            f"ORDER BY opened_at, case_id LIMIT {STEP}",
            {**condition.params, "held": list(held)},
            {"max_execution_time": 0},
        ).to_pylist()
        return [(row["case_id"], row["tokens"]) for row in rows]

    def _step(self, rule: RetentionRule, cases: Sequence[tuple[str, list[str]]]) -> Plan:
        ids = [case_id for case_id, _ in cases]
        empties = rule.action is RetentionAction.EMPTY
        return Plan(
            id=secrets.token_hex(8),
            event=EVENT,
            who=self._who,
            at=time.time_ns() // 1_000_000,
            empty=tuple((case_id, new_id()) for case_id in ids) if empties else (),
            remove=() if empties else tuple(ids),
            lost=tuple(sorted({token for _, tokens in cases for token in tokens})),
            prove=False,
        )


def cutoff(now: datetime, rule: RetentionRule) -> datetime:
    """The moment before which a case must have been touched last to be due; at the beginning of a day, UTC."""
    day = now.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    if not rule.months:
        return day - timedelta(days=rule.days)
    whole = day.year * 12 + day.month - 1 - rule.months
    year, month = max(whole // 12, 1900), whole % 12 + 1
    # The 29th of February, three years ago, was the 28th.
    return day.replace(year=year, month=month, day=min(day.day, calendar.monthrange(year, month)[1]))


def _rank(rule: RetentionRule) -> int:
    """How close a rule is to a case: product before source, either before neither."""
    return 2 * (rule.product != "*") + (rule.source != "*")


def _matches(rule: RetentionRule, params: dict[str, Any], prefix: str) -> list[str]:
    return list(_tests(rule, params, prefix))


def _tests(rule: RetentionRule, params: dict[str, Any], prefix: str) -> Iterator[str]:
    for name, value in (("product", rule.product), ("source", rule.source)):
        if value != "*":
            params[f"{prefix}{name}"] = value
            yield f"{name} = {{{prefix}{name}:String}}"
