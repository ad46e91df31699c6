"""Files of rules, read strictly: one clear error with file, line, row and key, and no rule that is only half understood."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date
from enum import StrEnum
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Any, Final, TypeVar
from zoneinfo import ZoneInfo

from hushdesk.incident.duties._clock import workdays
from hushdesk.incident.duties._conditions import Always, Condition, parse
from hushdesk.incident.duties._document import Row, rows
from hushdesk.incident.duties._due import HOME
from hushdesk.incident.duties._facts import EVENTS
from hushdesk.incident.duties._rules import PREVIOUS, Anchor, Clock, Phase, Rule, Status, To, Unit
from hushdesk.incident.duties.errors import RulesError

_NEEDED: Final = frozenset(
    {
        "id",
        "law",
        "status",
        "applies_if",
        "recipient",
        "to",
        "about",
        "zone",
        "clock_start",
        "unit",
        "source",
        "checked_on",
        "verified",
    }
)
_CLOCK: Final = frozenset({"what", "clock_start", "period", "unit", "anchor", "no_later_than"})
_OTHERS: Final = frozenset(
    {
        "version_from",
        "version_to",
        "replaces",
        "threshold",
        "calendar",
        "phases",
        "content",
        "channel",
        "language",
        "remarks",
    }
)
KEYS: Final = _NEEDED | _CLOCK | _OTHERS
"""Every key that a rule may have."""
_FIRST: Final = "first notice"
_LONGEST: Final = 10_000
_Word = TypeVar("_Word", bound=StrEnum)


@cache
def builtin() -> tuple[Rule, ...]:
    """The rules that come with Hushdesk."""
    folder = resources.files("hushdesk.incident.duties").joinpath("data")
    found: list[Rule] = []
    for entry in sorted(folder.iterdir(), key=lambda entry: entry.name):
        if entry.name.endswith(".yaml"):
            found += _parse(entry.read_text("utf-8"), entry.name)
    _check(found)
    return tuple(found)


def load(paths: Iterable[Path] = ()) -> tuple[Rule, ...]:
    """The rules that come with Hushdesk, and those of one's own: contracts, insurers, other laws.

    Args:
        paths: YAML files.

    Raises:
        RulesError: A file cannot be read, or one of its rules is not as it must be.
    """
    found = list(builtin())
    for path in paths:
        try:
            text = path.read_text("utf-8")
        except (OSError, UnicodeDecodeError):
            raise RulesError(path.name, 0, "", "", "cannot be read as UTF-8 text") from None
        found += _parse(text, path.name)
    _check(found)
    return tuple(found)


def _parse(text: str, file: str) -> Iterator[Rule]:
    for row in rows(text, file):
        yield _rule(row)


def _rule(row: Row) -> Rule:
    values = row.values
    for key in values:
        if key not in KEYS:
            raise row.error(key, "is no key of a rule", f"Known are: {', '.join(sorted(KEYS))}.")
    for key in sorted(_NEEDED - set(values)):
        raise row.error(key, "is missing")
    ident = _text(row, "id")
    if not all(part.replace("_", "").isalnum() for part in ident.split(".")):
        raise row.error("id", "is letters, digits, underscores and dots")
    zone = _text(row, "zone")
    if zone != HOME:
        _zone(row, zone)
    calendar = _text(row, "calendar", "")
    try:
        workdays(calendar)
    except ValueError as error:
        raise row.error("calendar", str(error), "Write a country as US, or a part of it as US-CA.") from None
    about = _text(row, "about", "")
    if about:
        _condition(row, "about", {"fact": f"persons.{about}", "at_least": 1})
    version_from, version_to = _day(row, "version_from"), _day(row, "version_to")
    if version_from and version_to and version_to < version_from:
        raise row.error("version_to", "lies before version_from")
    checked = _day(row, "checked_on")
    if checked is None:
        raise row.error("checked_on", "is a day as 2026-11-26")
    verified = values["verified"]
    if not isinstance(verified, bool):
        raise row.error("verified", "is true or false")
    return Rule(
        ident=ident,
        law=_text(row, "law"),
        status=_word(row, "status", Status),
        applies_if=_condition(row, "applies_if", values["applies_if"]),
        threshold=_condition(row, "threshold", values["threshold"]) if "threshold" in values else Always(),
        recipient=_text(row, "recipient"),
        to=_word(row, "to", To),
        about=about,
        zone=zone,
        calendar=calendar,
        phases=tuple(_phases(row)),
        source=_text(row, "source"),
        checked_on=checked,
        verified=verified,
        version_from=version_from,
        version_to=version_to,
        replaces=_list(row, "replaces"),
        content=_list(row, "content"),
        channel=_text(row, "channel", ""),
        language=_text(row, "language", ""),
        remarks=_text(row, "remarks", ""),
        file=row.file,
    )


def _phases(row: Row) -> Iterator[Phase]:
    """The first step, which stands in the row itself, and those after it."""
    first = {key: row.values[key] for key in _CLOCK if key in row.values}
    yield _phase(row, "clock_start", {"what": _FIRST, **first}, first=True)
    further = row.values.get("phases", [])
    if not isinstance(further, list):
        raise row.error("phases", "is a list of steps")
    names = {first.get("what", _FIRST)}
    for value in further:
        phase = _phase(row, "phases", value, first=False)
        if phase.what in names:
            raise row.error("phases", "two steps have the same name")
        names.add(phase.what)
        yield phase


def _phase(row: Row, key: str, value: Any, *, first: bool) -> Phase:
    if not isinstance(value, dict) or not set(value) <= _CLOCK:
        raise row.error(key, f"a step has {', '.join(sorted(_CLOCK))}")
    what = value.get("what")
    if not isinstance(what, str) or not what.strip():
        raise row.error("what" if first else key, "a step has a name under what")
    later = value.get("no_later_than")
    if later is not None and (
        not isinstance(later, dict) or not set(later) <= _CLOCK - {"what", "no_later_than"}
    ):
        raise row.error("no_later_than", "is a clock with clock_start, period and unit")
    return Phase(
        what,
        _clock(row, key, value, first=first),
        None if later is None else _clock(row, "no_later_than", later, first=first),
    )


def _clock(row: Row, key: str, value: dict[str, Any], *, first: bool) -> Clock:
    start, period = value.get("clock_start"), value.get("period")
    if start not in EVENTS and (first or start != PREVIOUS):
        known = sorted(EVENTS) if first else [*sorted(EVENTS), PREVIOUS]
        raise row.error(key, "clock_start is no event that starts a clock", f"Known are: {', '.join(known)}.")
    try:
        unit = Unit(str(value.get("unit")))
    except ValueError:
        raise row.error(key, f"unit is one of {', '.join(Unit)}") from None
    try:
        anchor = Anchor(str(value.get("anchor", Anchor.EVENT)))
    except ValueError:
        raise row.error(key, f"anchor is one of {', '.join(Anchor)}") from None
    if anchor is Anchor.YEAR_END and unit in {Unit.HOURS, Unit.NONE}:
        raise row.error(key, "only days, working days and months run from the end of a year")
    if unit is Unit.NONE:
        if period is not None:
            raise row.error(key, "a clock without unit has no period")
        period = 0
    elif not isinstance(period, int) or isinstance(period, bool) or not 0 < period <= _LONGEST:
        raise row.error(key, "period is a whole number from 1 on")
    return Clock(str(start), period, unit, anchor)


def _condition(row: Row, key: str, value: Any) -> Condition:
    try:
        return parse(value)
    except ValueError as error:
        raise row.error(key, str(error)) from None


def _text(row: Row, key: str, default: str | None = None) -> str:
    value = row.values.get(key, default)
    if value is None and default is not None:
        value = default
    if not isinstance(value, str) or (default is None and not value.strip()):
        raise row.error(key, "is a text")
    return value


def _list(row: Row, key: str) -> tuple[str, ...]:
    value = row.values.get(key, [])
    if not isinstance(value, list) or not all(isinstance(part, str) for part in value):
        raise row.error(key, "is a list of texts")
    return tuple(value)


def _word(row: Row, key: str, words: type[_Word]) -> _Word:
    try:
        return words(str(row.values[key]))
    except ValueError:
        raise row.error(key, f"is one of {', '.join(words)}") from None


def _day(row: Row, key: str) -> date | None:
    value = row.values.get(key)
    if value is None:
        return None
    try:
        return date.fromisoformat(value)
    except (TypeError, ValueError):
        raise row.error(key, "is a day as 2026-11-26") from None


def _zone(row: Row, zone: str) -> None:
    try:
        ZoneInfo(zone)
    except (OSError, KeyError, ValueError):
        raise row.error("zone", "is no time zone", "Write one as Europe/Berlin, or home.") from None


def _check(found: list[Rule]) -> None:
    """What only all rules together show."""
    by_id: dict[str, list[Rule]] = {}
    for rule in found:
        for other in by_id.setdefault(rule.ident, []):
            apart = (other.version_to and rule.version_from and other.version_to < rule.version_from) or (
                rule.version_to and other.version_from and rule.version_to < other.version_from
            )
            if not apart:
                raise RulesError(rule.file, 0, rule.ident, "version_from", "two wordings hold at one time")
        by_id[rule.ident].append(rule)
    for rule in found:
        for old in rule.replaces:
            if old not in by_id:
                raise RulesError(rule.file, 0, rule.ident, "replaces", "names a rule that there is not")
