"""From rows of a table to a case, by a mapping."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from itertools import zip_longest

from hushdesk.cases import Case, Message, Person, PersonRole, Reason, Visibility
from hushdesk.readers._dates import (
    AMBIGUOUS_PROBLEM,
    AMBIGUOUS_REMEDY,
    BAD_PROBLEM,
    BAD_REMEDY,
    parse_time,
)
from hushdesk.readers._interface import Options
from hushdesk.readers._mail_headers import split_addresses
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
from hushdesk.readers._table_rows import Cells, TableRow, column_name
from hushdesk.readers._text import html_to_text, looks_like_html

_LIST = re.compile(r"\s*[,;|]\s*")
_ADDRESSES = re.compile(r"\s*[,;]\s*")
_GIVEN_ID = re.compile(r'="([^"]*)"$')  # how a spreadsheet is kept from reading an id as a number
_ROUNDED = re.compile(r"\d(?:[.,]\d+)?E\+?\d\d\d?$", re.IGNORECASE)
_LANGUAGE = re.compile(r"([A-Za-z]{2,3})(?:[-_].*)?$")
_NO_PERSON = Person(PersonRole.OTHER)


@dataclass(frozen=True, slots=True)
class Fault:
    """Why a row cannot become (part of) a case."""

    reason: Reason
    column: str
    problem: str
    remedy: str = ""


@dataclass(slots=True)
class Builder:
    """Builds cases by one mapping; knows what the columns of one file prove about their dates."""

    mapping: Mapping
    options: Options
    source: str
    orders: dict[str, bool | None] = field(default_factory=dict)
    """Time column to whether its own values prove that the day comes first."""
    zone_assumed: int = 0
    """Rows with a time that names no zone while nobody gave one."""
    _by_field: dict[str, list[str]] = field(default_factory=dict)
    _parts_of: dict[str, list[str]] = field(default_factory=dict)
    _known: dict[str, tuple[str, ...]] = field(default_factory=dict)
    _inner: str = ""

    def __post_init__(self) -> None:
        for column, fields in self.mapping.columns.items():
            for name in fields:
                self._by_field.setdefault(name, []).append(column_name(column))
            self._known[column_name(column)] = fields
            if "[]." in column:
                self._inner = column_name(column.rsplit("[].", 1)[0])

        for name in (*self._by_field, *self.mapping.constants):
            who, _, part = name.partition(".")
            if who in PERSONS and part not in self._parts_of.setdefault(who, []):
                self._parts_of[who].append(part)

    @property
    def time_columns(self) -> list[str]:
        """Columns that hold times in no declared form."""
        return [
            column
            for name in (*TIME_FIELDS, "message.at")
            for column in self._by_field.get(name, ())
            if self.mapping.formats.get(column, "auto") == "auto"
        ]

    @property
    def id_columns(self) -> tuple[str, ...]:
        """The columns that make the id."""
        return tuple(map(column_name, self.mapping.group_by)) or tuple(self._by_field.get("id", ()))

    def id_of(self, row: TableRow) -> str | Fault:
        """The id of the row's case."""
        parts = []
        for column in self.id_columns:
            value = " ".join(row.cells.get(column, ())).strip()
            given = _GIVEN_ID.match(value)
            value = (given[1] if given else value).strip()
            if not value:
                return Fault(Reason.MISSING_ID, column, "the row has no id", "Add it at the source.")
            if _ROUNDED.match(value):
                return Fault(
                    Reason.BAD_ROW,
                    column,
                    "a spreadsheet has rounded the id to a power of ten",
                    "Export again without opening the file in a spreadsheet, or format the column as text.",
                )
            parts.append(value)
        return "/".join(parts)

    def check(self, row: TableRow) -> Fault | None:
        """Say what about a row cannot be read, before it is grouped with others."""
        for name in (*TIME_FIELDS, "message.at"):
            _, fault = self._times(row.cells, name)
            if fault is not None:
                return fault
        for element in self._elements(row):
            _, fault = self._times(element, "message.at")
            if fault is not None:
                return fault
        return None

    def build(self, case_id: str, rows: Sequence[TableRow]) -> Case:
        """Build the case of one row, or of the rows of one group."""
        texts = {name: self._text(rows, name) for name in TEXT_FIELDS}
        short = {name: self._last(rows, name) for name in SHORT_FIELDS}
        times = {name: self._all_times(rows, name) for name in TIME_FIELDS}
        customer = self._person(rows, "customer")
        agent = self._person(rows, "agent")
        messages = [message for row in rows for message in self._messages(row, customer, agent)]
        if all(message.at for message in messages):
            messages.sort(key=_time_of)
        authors = [
            message.author for message in messages if message.author is not None and _named(message.author)
        ]
        customer = customer or next((one for one in authors if one.role is PersonRole.CUSTOMER), None)
        agent = agent or next((one for one in authors if one.role is PersonRole.AGENT), None)
        others = [*self._others(rows), *authors]
        if messages and texts["description"] == messages[0].text:
            texts["description"] = ""
        country, location = _country(short.pop("country"), short.pop("location"))
        language = _LANGUAGE.match(short.pop("language"))
        number = short.pop("number")
        return Case(
            source=self.source,
            source_id=case_id,
            number="" if number == case_id else number,
            opened_at=min(times["opened_at"], default=None),
            updated_at=max(times["updated_at"], default=None),
            closed_at=max(times["closed_at"], default=None),
            **texts,
            **short,
            notes=tuple(dict.fromkeys(_plain(note) for note in self._values(rows, "note"))),
            messages=tuple(messages),
            customer=customer,
            agent=agent,
            others=tuple(one for one in dict.fromkeys(others) if one not in (customer, agent)),
            location=location,
            country=country,
            language=language[1].lower() if language else "",
            tags=tuple(dict.fromkeys(self._split(rows, "tags"))),
            attachments=tuple(dict.fromkeys(map(_file_name, self._split(rows, "attachments")))),
            unmapped=tuple(self._unmapped(rows)),
        )

    def _values(self, rows: Sequence[TableRow], name: str) -> list[str]:
        """All values of a field, in the order of rows; its constant if there are none."""
        columns = self._by_field.get(name, ())
        found = [value.strip() for row in rows for column in columns for value in row.cells.get(column, ())]
        if not found and name in self.mapping.constants:
            found = [self.mapping.constants[name]]
        return found

    def _text(self, rows: Sequence[TableRow], name: str) -> str:
        values = list(dict.fromkeys(map(_plain, self._values(rows, name))))
        return values[0] if name == "subject" and values else "\n\n".join(values)

    def _last(self, rows: Sequence[TableRow], name: str) -> str:
        values = self._values(rows, name)
        return values[-1] if values else ""

    def _split(self, rows: Sequence[TableRow], name: str) -> Iterator[str]:
        for column in self._by_field.get(name, ()):
            separator = self.mapping.separators.get(column, self.mapping.separator)
            for row in rows:
                for value in row.cells.get(column, ()):
                    parts = value.split(separator) if separator else _LIST.split(value)
                    yield from (part.strip() for part in parts if part.strip())
        if name in self.mapping.constants and name not in self._by_field:
            yield from _LIST.split(self.mapping.constants[name])

    def _all_times(self, rows: Sequence[TableRow], name: str) -> list[datetime]:
        return [at for row in rows for at in self._times(row.cells, name, count=True)[0]]

    def _times(self, cells: Cells, name: str, *, count: bool = False) -> tuple[list[datetime], Fault | None]:
        found: list[datetime] = []
        zone = self.options.zone or self.mapping.zone
        for column in self._by_field.get(name, ()):
            for value in cells.get(column, ()):
                order = self.options.day_first
                if order is None:
                    order = self.mapping.day_first
                if order is None:
                    order = self.orders.get(column)
                parsed = parse_time(
                    value, zone=zone, day_first=order, form=self.mapping.formats.get(column, "auto")
                )
                if parsed.problem is Reason.AMBIGUOUS_DATE:
                    return found, Fault(parsed.problem, column, AMBIGUOUS_PROBLEM, AMBIGUOUS_REMEDY)
                if parsed.problem is not None:
                    return found, Fault(parsed.problem, column, BAD_PROBLEM, BAD_REMEDY)
                if parsed.at is not None:
                    found.append(parsed.at)
                    if count and not parsed.zoned and zone is None:
                        self.zone_assumed += 1
        return found, None

    def _elements(self, row: TableRow) -> list[Cells]:
        """The elements of the list of messages, their columns named as in the mapping."""
        prefix = f"{self._inner}[]."
        elements = row.inner.get(self._inner, []) if self._inner else []
        return [{prefix + key: values for key, values in element.items()} for element in elements]

    def _messages(self, row: TableRow, customer: Person | None, agent: Person | None) -> Iterator[Message]:
        if self._inner:
            for element in self._elements(row):
                yield from self._message(element, customer, agent)
        else:
            yield from self._message(row.cells, customer, agent)

    def _message(self, cells: Cells, customer: Person | None, agent: Person | None) -> Iterator[Message]:
        rows = [TableRow(0, cells)]
        text = "\n\n".join(map(_plain, self._values(rows, "message.text")))
        attachments = tuple(map(_file_name, self._split(rows, "message.attachments")))
        if not text and not attachments:
            return
        # A mapped column decides alone: where it is empty in a row, the row is internal.
        if columns := self._by_field.get("message.visibility"):
            given = [value.strip().lower() for column in columns for value in cells.get(column, ())]
            public = bool(given) and self.mapping.public.issuperset(given)
        else:
            public = self.mapping.constants.get("message.visibility") == "public"
        role = self.mapping.roles.get(self._last(rows, "message.role").lower(), "")
        author = self._person(rows, "author")
        if role:
            same = {"customer": customer, "agent": agent}.get(role)
            author = replace(author or same or _NO_PERSON, role=PersonRole(role))
        elif author is not None:
            known = next((one for one in (customer, agent) if one is not None and _same(one, author)), None)
            author = replace(author, role=known.role) if known else author
        times = self._times(cells, "message.at", count=True)[0]
        yield Message(
            text=text,
            visibility=Visibility.PUBLIC if public else Visibility.INTERNAL,
            at=times[0] if times else None,
            author=author,
            channel=self._last(rows, "message.channel"),
            source_id=self._last(rows, "message.id"),
            attachments=attachments,
        )

    def _person(self, rows: Sequence[TableRow], who: str) -> Person | None:
        role = {"customer": PersonRole.CUSTOMER, "agent": PersonRole.AGENT}.get(who, PersonRole.OTHER)
        parts = {
            part: values
            for part in self._parts_of.get(who, ())
            if (values := list(dict.fromkeys(self._values(rows, f"{who}.{part}"))))
        }
        if not parts:
            return None
        return _as_person(role, parts)

    def _others(self, rows: Sequence[TableRow]) -> Iterator[Person]:
        columns = {}
        for part in self._parts_of.get("other", ()):
            values = self._values(rows, f"other.{part}")
            if part == "email":
                values = [address for value in values for address in _ADDRESSES.split(value)]
            columns[part] = values
        for row in zip_longest(*columns.values(), fillvalue=""):
            parts = {part: [value] if value else [] for part, value in zip(columns, row, strict=True)}
            yield _as_person(PersonRole.OTHER, parts)

    def _unmapped(self, rows: Sequence[TableRow]) -> Iterator[tuple[str, str]]:
        seen: set[tuple[str, str]] = set()
        grouping = set(self.id_columns)
        for row in rows:
            found = list(row.cells.items())
            found += [
                (f"{path}[].{key}", values)
                for path, elements in row.inner.items()
                for element in elements
                for key, values in element.items()
            ]
            for column, values in found:
                fields = self._known.get(column, (UNMAPPED,))
                if (UNMAPPED in fields and column not in grouping) and IGNORE not in fields:
                    for value in values:
                        if (column, value) not in seen:
                            seen.add((column, value))
                            yield column, value


def _as_person(role: PersonRole, parts: dict[str, list[str]]) -> Person:
    names = list(parts.get("name", ()))
    ids = parts.get("id", [])
    emails = []
    for value in parts.get("email", ()):
        for name, address in split_addresses(value):
            if address:
                emails.append(address)
            if name and name not in names:
                names.append(name)
    other = [("PERSON", name) for name in names[1:]]
    other += [(kind, value) for part, kind in PERSON_KINDS.items() for value in parts.get(part, ())]
    return Person(
        role=role,
        source_id=ids[0] if ids else "",
        name=names[0] if names else "",
        emails=tuple(dict.fromkeys(emails)),
        phones=tuple(parts.get("phone", ())),
        usernames=(*parts.get("username", ()), *ids[1:]),
        addresses=tuple(parts.get("address", ())),
        ips=tuple(ip for value in parts.get("ip", ()) for ip in _ADDRESSES.split(value) if ip),
        other=tuple(other),
    )


def _same(one: Person, other: Person) -> bool:
    return bool(
        (one.source_id and one.source_id == other.source_id)
        or set(one.emails) & set(other.emails)
        or (one.name and one.name.casefold() == other.name.casefold())
        or set(one.usernames) & set(other.usernames)
    )


def _named(person: Person) -> bool:
    return replace(person, role=PersonRole.OTHER) != _NO_PERSON


def _time_of(message: Message) -> datetime:
    assert message.at is not None  # noqa: S101 - the caller looked
    return message.at


def _plain(text: str) -> str:
    return html_to_text(text) if looks_like_html(text) else text.replace("\r\n", "\n").strip()


def _file_name(text: str) -> str:
    """The name alone of what may be a path or a link, whose other parts are never kept."""
    return text.partition("?")[0].replace("\\", "/").rstrip("/").rsplit("/", 1)[-1]


def _country(country: str, location: str) -> tuple[str, str]:
    """A country code, or a country's name moved to the location, where it is coarsened like any place."""
    if len(country) == 2 and country.isascii() and country.isalpha():
        return country.upper(), location
    return "", ", ".join(filter(None, (location, country)))
