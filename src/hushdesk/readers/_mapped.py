"""Gives fields that a reader left unmapped the place that a mapping file names.

A help desk's own fields mean something only to those who made them. The same mapping file that
describes a table describes them: ``"custom_fields.360004" = "product"``, ``"Contract" = "contract_number"``.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from hushdesk.cases import Case, Message, Person, PersonRole
from hushdesk.readers._dates import parse_time
from hushdesk.readers._fields import distinct_people, is_blank, line_of, merged, prose_of
from hushdesk.readers._interface import Options
from hushdesk.readers._mapping import (
    IGNORE,
    PERSON_KINDS,
    PERSONS,
    SHORT_FIELDS,
    TEXT_FIELDS,
    TIME_FIELDS,
    UNMAPPED,
    Mapping,
)

_SLOTS = {"email": "emails", "phone": "phones", "username": "usernames", "address": "addresses", "ip": "ips"}
_ROLES = {"customer": PersonRole.CUSTOMER, "agent": PersonRole.AGENT}


def apply_mapping(case: Case, options: Options) -> Case:
    """Move the unmapped fields of a case that the mapping names to their places; the others stay.

    A value that does not fit its place, such as a time that cannot be read, stays unmapped.
    """
    mapping = options.mapping
    if mapping is None or not any(_targets(mapping, name) for name, _ in case.unmapped):
        return case
    left = []
    for name, text in case.unmapped:
        for target in _targets(mapping, name) or (UNMAPPED,):
            changed = _placed(case, target, text, mapping.formats.get(name, "auto"), mapping, options)
            if changed is None:
                left.append((name, text))
            else:
                case = changed
    return replace(case, unmapped=tuple(left))


def _targets(mapping: Mapping, name: str) -> tuple[str, ...]:
    """Where a field goes; Jira's own fields may be named as in its header or by their bare names."""
    return mapping.columns.get(name) or mapping.columns.get(f"Custom field ({name})") or ()


def _placed(case: Case, target: str, text: str, form: str, mapping: Mapping, options: Options) -> Case | None:
    """The case with one value in its place; None if it has none."""
    if target == IGNORE:
        return case
    if target in TEXT_FIELDS:
        held = getattr(case, target)
        return _with(case, target, f"{held}\n\n{prose_of(text)}" if held else prose_of(text))
    if target in TIME_FIELDS:
        zone = options.zone or mapping.zone
        day_first = options.day_first if options.day_first is not None else mapping.day_first
        at = parse_time(text, zone=zone, day_first=day_first, form=form).at
        return None if at is None else _with(case, target, at)
    if target in SHORT_FIELDS:
        value = line_of(text)
        if target == "country":
            value = value.upper()
            if len(value) != 2 or not value.isalpha():
                return None
        elif target == "language":
            value = value.replace("_", "-").split("-")[0].lower()
        return _with(case, target, value)
    if target == "note":
        return replace(case, notes=(*case.notes, prose_of(text)))
    if target in {"tags", "attachments"}:
        return _with(case, target, tuple(dict.fromkeys((*getattr(case, target), line_of(text)))))
    if target == "message.text":
        return replace(case, messages=(*case.messages, Message(prose_of(text))))
    who, _, part = target.partition(".")
    return _with_person(case, who, part, text) if who in PERSONS else None


def _with(case: Case, name: str, value: object) -> Case:
    changes: dict[str, Any] = {name: value}
    return replace(case, **changes)


def _with_person(case: Case, who: str, part: str, text: str) -> Case | None:
    role = _ROLES.get(who, PersonRole.OTHER)
    value = text.strip()
    person = Person(role=role)
    if part == "id":
        person = replace(person, source_id=line_of(value))
    elif part == "name":
        person = replace(person, name=line_of(value))
    elif part in _SLOTS:
        slots: dict[str, Any] = {_SLOTS[part]: (value,)}
        person = replace(person, **slots)
    elif part in PERSON_KINDS:
        person = replace(person, other=((PERSON_KINDS[part], value),))
    if is_blank(person):
        return None
    if who not in _ROLES:
        return replace(case, others=_others([*case.others, person]))
    held: Person | None = getattr(case, who)
    return _with(case, who, person if held is None else merged(held, person))


def _others(people: Iterable[Person]) -> tuple[Person, ...]:
    return distinct_people(people, ())
