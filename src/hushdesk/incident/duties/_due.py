"""What is due: every rule against the facts, with its clocks."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from datetime import date
from typing import Final

from hushdesk.incident._answer import Due
from hushdesk.incident._spans import DAY, EVER, HOUR, MINUTE, Span, iso, when
from hushdesk.incident.duties._clock import EARLIEST, end, zone_of
from hushdesk.incident.duties._facts import Facts
from hushdesk.incident.duties._rules import PREVIOUS, Anchor, Clock, Phase, Rule, Status, Unit
from hushdesk.incident.severity import Truth, every

_RANK: Final = {Truth.YES: 0, Truth.UNKNOWN: 1, Truth.NO: 2}
_UNITS: Final = {
    Unit.HOURS: "hour",
    Unit.DAYS: "calendar day",
    Unit.WORKDAYS: "working day",
    Unit.MONTHS: "month",
}
HOME: Final = "home"


def duties(facts: Facts, now: int, rules: Iterable[Rule], switched: Collection[str] = ()) -> list[Due]:
    """What every rule says now, the most pressing first and what was done last.

    A duty that applies, or that nobody can rule out, has its clock; one that does not apply says why. Nothing is left out but
    wordings that were over when the house became aware and have a successor.

    Args:
        facts: As they stand.
        now: The moment.
        rules: From :func:`hushdesk.incident.duties.load`.
        switched: Ids of proposed rules to be taken as in force; those that they replace then do not apply.
    """
    known = tuple(rules)
    replaced = {
        old: rule.ident
        for rule in known
        if rule.status is Status.PROPOSED and rule.ident in switched
        for old in rule.replaces
    }
    at = facts.events.get("aware", now)
    days = [(rule, _day(rule, facts, at)) for rule in known]
    current = {rule.ident for rule, day in days if not rule.over_on(day)}
    found = []
    for rule, day in days:
        if rule.over_on(day) and rule.ident in current:
            continue
        truth, why = _applies(rule, day, facts, switched, replaced)
        before = ""
        for phase in rule.phases:
            found.append(_due(rule, phase, before, truth, why, facts))
            before = phase.what
    return sorted(found, key=_pressing)


def remaining(due: Due, now: int) -> int | None:
    """Microseconds left until it must be done, negative if that has passed.

    ``None`` if it was done, has no end, or none is known.
    """
    return None if due.due is None or due.done is not None else due.due.end - now


def countdown(due: Due, now: int) -> str:
    """What is left, for people.

    ``2 d 3 h 5 min``, ``overdue by 4 h 0 min``, ``done 2026-11-28T17:00:00Z``, or the clock's words if nothing can be counted.
    """
    if due.done is not None:
        return f"done {iso(due.done)}{', late' if due.late else ''}"
    left = remaining(due, now)
    if left is None:
        return due.clock
    return words_left(left)


def words_left(left: int) -> str:
    """So many microseconds for people: ``2 d 3 h 5 min``, ``overdue by 4 h 0 min``."""
    days, rest = divmod(abs(left), DAY)
    hours, rest = divmod(rest, HOUR)
    words = f"{f'{days} d ' if days else ''}{f'{hours} h ' if days or hours else ''}{rest // MINUTE} min"
    return f"overdue by {words}" if left < 0 else words


def done(rule: str, what: str) -> str:
    """The name in :attr:`Facts.events` under which the moment of a finished step is kept."""
    return f"{rule}/{what}"


def _pressing(due: Due) -> tuple[bool, int, int, str]:
    over = due.done is not None
    return over, _RANK[Truth(due.applies)], due.due.end if due.due else EVER, due.duty


def _zone(rule: Rule, facts: Facts) -> str:
    return (facts.home_zone or EARLIEST) if rule.zone == HOME else rule.zone


def _day(rule: Rule, facts: Facts, at: int) -> date:
    """The day that it is for the recipient, by which versions change."""
    zone = facts.home_zone or "UTC" if rule.zone == HOME else rule.zone
    return when(at).astimezone(zone_of(zone)).date()


def _applies(
    rule: Rule, day: date, facts: Facts, switched: Collection[str], replaced: dict[str, str]
) -> tuple[Truth, str]:
    """Whether a rule applies, and why."""
    if rule.ident in replaced:
        return Truth.NO, f"replaced by {replaced[rule.ident]}, which was switched on"
    if rule.status is Status.PROPOSED and rule.ident not in switched:
        return Truth.NO, "proposed only, and not switched on"
    if rule.over_on(day):
        return Truth.NO, f"this wording ended on {rule.version_to}"
    if not rule.holds_on(day):
        return Truth.NO, f"takes effect on {rule.version_from}"
    parts = (rule.applies_if.evaluate(facts), rule.threshold.evaluate(facts))
    truth = every(part.truth for part in parts)
    why = "; ".join(dict.fromkeys(why for part in parts if part.truth is truth for why in part.why))
    if rule.status is Status.FUTURE and rule.version_from is None and truth is not Truth.NO:
        return Truth.UNKNOWN, f"the day on which it takes effect is not recorded; {why}"
    return truth, why or rule.applies_if.words()


def _due(rule: Rule, phase: Phase, before: str, truth: Truth, why: str, facts: Facts) -> Due:
    """One step of a rule with its clock."""
    clocks = [clock for clock in (phase.clock, phase.no_later_than) if clock is not None]
    ends: list[Span] = []
    missing = []
    for clock in clocks:
        name = done(rule.ident, before) if clock.start == PREVIOUS else clock.start
        start = facts.events.get(name)
        if start is None:
            missing.append(_since(clock, before))
        elif (last := end(clock, start, _zone(rule, facts), rule.calendar)) is not None:
            ends.append(Span(start, last))
    text = _words(phase, before)
    if missing:
        text += f"; not known: when {' and when '.join(missing)}"
    by_days = any(clock.unit in {Unit.DAYS, Unit.WORKDAYS, Unit.MONTHS} for clock in clocks)
    if by_days and rule.zone == HOME and not facts.home_zone:
        text += "; the zone of the house is not declared, so days end where they end first"
    return Due(
        duty=rule.ident,
        law=rule.law,
        recipient=rule.recipient,
        what=phase.what,
        applies=str(truth),
        why=why,
        due=min(ends, key=lambda span: span.end) if ends and truth is not Truth.NO else None,
        clock=text,
        verified=rule.verified,
        source=rule.source,
        version=rule.version,
        # At most; 0 where nothing says how many.
        persons=facts.count(rule.about).upper or 0,
        done=facts.events.get(done(rule.ident, phase.what)),
    )


def clock_words(rule: Rule) -> Iterator[tuple[Phase, str]]:
    """Every step of a rule with its clock in words."""
    before = ""
    for phase in rule.phases:
        yield phase, _words(phase, before)
        before = phase.what


def _words(phase: Phase, before: str) -> str:
    clocks = filter(None, (phase.clock, phase.no_later_than))
    return ", and no later than ".join(_period(clock, _since(clock, before)) for clock in clocks)


def _since(clock: Clock, before: str) -> str:
    return f"{before} was sent" if clock.start == PREVIOUS else clock.start.replace("_", " ")


def _period(clock: Clock, since: str) -> str:
    if clock.unit is Unit.NONE:
        return f"without undue delay since {since}"
    unit = _UNITS[clock.unit] + ("s" if clock.period != 1 else "")
    where = f"the end of the year in which {since}" if clock.anchor is Anchor.YEAR_END else since
    return f"{clock.period} {unit} since {where}"
