"""Fields of parsed JSON, taken without trust in their types. Shared by the readers of JSON exports."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator
from dataclasses import replace
from datetime import datetime
from typing import Any

from hushdesk.cases import Message, Person, PersonRole, Reason, Supporting, Visibility
from hushdesk.readers._dates import parse_time
from hushdesk.readers._interface import Options
from hushdesk.readers._text import html_to_text, looks_like_html

_MAX_LEVELS = 50


class FieldError(Exception):
    """A field of a row makes the whole row unusable. Holds the field's name, never its value."""

    def __init__(self, reason: Reason, field: str, problem: str) -> None:
        self.reason = reason
        self.field = field
        self.problem = problem
        super().__init__(f"{field}: {problem}")


def text_of(value: object) -> str:
    """Text of a scalar; empty for nothing and for containers."""
    if isinstance(value, str):
        return value
    if value is None or isinstance(value, dict | list):
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    return str(value)


def line_of(value: object) -> str:
    """Text of a scalar in one trimmed line."""
    if value is None:
        return ""
    if type(value) is int:
        return str(value)
    return " ".join((value if isinstance(value, str) else text_of(value)).split())


def prose_of(value: object) -> str:
    """A longer text, as plain text."""
    text = text_of(value).replace("\r\n", "\n")
    return html_to_text(text) if looks_like_html(text) else text.strip()


def dict_of(value: object) -> dict[str, Any]:
    """The value if it is an object, else an empty one."""
    return value if isinstance(value, dict) else {}


def list_of(value: object) -> list[Any]:
    """The value if it is an array, an object's values, else an empty list."""
    return value if isinstance(value, list) else []


def dicts_of(value: object) -> list[dict[str, Any]]:
    """The objects of an array."""
    return [item for item in list_of(value) if isinstance(item, dict)]


def first_of(fields: dict[str, Any], *names: str) -> str:
    """The first of several fields that holds text, in one line."""
    for name in names:
        text = line_of(fields.get(name))
        if text:
            return text
    return ""


def flatten(name: str, value: object, levels: int = _MAX_LEVELS) -> list[tuple[str, str]]:
    """List every scalar within a value as (dotted name, text); empty ones and booleans are left out."""
    found: list[tuple[str, str]] = []
    _flatten(name, value, levels, found)
    return found


def _flatten(name: str, value: object, levels: int, found: list[tuple[str, str]]) -> None:
    if value is None or isinstance(value, bool):
        return
    if isinstance(value, dict):
        if levels:
            for key, item in value.items():
                _flatten(f"{name}.{key}" if name else str(key), item, levels - 1, found)
    elif isinstance(value, list):
        if levels:
            for item in value:
                _flatten(name, item, levels - 1, found)
    else:
        text = text_of(value).strip()
        if text:
            found.append((name, text))


def unmapped(fields: dict[str, Any], known: Collection[str]) -> list[tuple[str, str]]:
    """Every scalar of the fields that nobody mapped: personal until somebody says otherwise."""
    return [pair for key, value in fields.items() if key not in known for pair in flatten(key, value)]


ASSUMED = "times.zone_assumed"
"""Kind under which :class:`hushdesk.cases.Supporting` counts times taken as UTC for want of a zone."""


def time_of(
    fields: dict[str, Any], name: str, options: Options, assumed: Counter[str] | None = None
) -> datetime | None:
    """Time in a field that a case cannot do without; ``assumed`` counts those without a zone.

    Raises:
        FieldError: The field is filled and cannot be read.
    """
    parsed = parse_time(fields.get(name), zone=options.zone, day_first=options.day_first)
    if parsed.problem is not None:
        problem = (
            "fits two readings" if parsed.problem is Reason.AMBIGUOUS_DATE else "is no time that can be read"
        )
        raise FieldError(parsed.problem, name, f"the field {problem}")
    if assumed is not None and parsed.at and not parsed.zoned and options.zone is None:
        assumed[ASSUMED] += 1
    return parsed.at


def assumed_zones(assumed: Counter[str]) -> Iterator[Supporting]:
    """Say how many times were taken as UTC, if any."""
    if assumed[ASSUMED]:
        yield Supporting(ASSUMED, assumed[ASSUMED], 0)


def time_or_none(value: object, options: Options) -> datetime | None:
    """Time of something that is worth keeping without one."""
    return parse_time(value, zone=options.zone, day_first=options.day_first).at


def merged(first: Person, second: Person) -> Person:
    """One person of two descriptions of the same one; the first one's id, name and role go first."""
    other = list(second.other)
    if second.name and first.name and second.name != first.name:
        other.append(("PERSON", second.name))
    return replace(
        first,
        source_id=first.source_id or second.source_id,
        name=first.name or second.name,
        emails=_union(first.emails, second.emails),
        phones=_union(first.phones, second.phones),
        usernames=_union(first.usernames, second.usernames),
        addresses=_union(first.addresses, second.addresses),
        ips=_union(first.ips, second.ips),
        other=tuple(dict.fromkeys((*first.other, *other))),
    )


def is_blank(person: Person) -> bool:
    """Say whether nothing at all is known of a person."""
    return not (
        person.source_id
        or person.name
        or person.emails
        or person.phones
        or person.usernames
        or person.addresses
        or person.ips
        or person.other
    )


def _union(first: Iterable[str], second: Iterable[str]) -> tuple[str, ...]:
    if not second:
        return tuple(dict.fromkeys(first))
    return tuple(dict.fromkeys((*first, *second)))


def distinct_people(people: Iterable[Person | None], known: Iterable[Person | None]) -> tuple[Person, ...]:
    """People among the first that the second do not hold, each once."""
    held = {person for person in known if person is not None}
    return tuple(dict.fromkeys(one for one in people if one and one not in held and not is_blank(one)))


def same_text(first: str, second: str) -> bool:
    """Say whether two texts differ in nothing but white space."""
    return first == second or first.split() == second.split()


def in_order(messages: Iterable[Message]) -> tuple[Message, ...]:
    """Messages in the order of time; those without one stay behind the one they followed."""
    messages = list(messages)
    last: datetime | None = None
    keys = []
    for message in messages:
        last = message.at or last
        keys.append((last is not None, last.timestamp() if last else 0.0))
    # A stable sort: what has no time of its own stays where it stood.
    return tuple(messages[place] for place in sorted(range(len(keys)), key=keys.__getitem__))


def visibility_of(*, public: bool) -> Visibility:
    """Public only if something says so."""
    return Visibility.PUBLIC if public else Visibility.INTERNAL


def with_role(person: Person, role: PersonRole) -> Person:
    """The same person in another role."""
    return person if person.role is role else replace(person, role=role)
