"""Zendesk: admin exports as JSON lines, and pages of the API.

Users, audits and comments may come before or after the tickets they belong to, in any file. They
are read first and kept in an encrypted spill; then the tickets stream by and take what is theirs.
What no ticket takes becomes a case of its own, so that no text is lost.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Generator, Iterator, Sequence
from typing import Any, ClassVar

from hushdesk.cases import Case, Locator, Reason, Refused, Supporting
from hushdesk.readers import _zendesk_rows as shapes
from hushdesk.readers._errors import CarrierError
from hushdesk.readers._fields import FieldError, dicts_of, line_of
from hushdesk.readers._interface import HEAD_BYTES, Options, Reader, Sniffed, Stream
from hushdesk.readers._jsonlines import ENVELOPE, Row, in_lines, rows
from hushdesk.readers._spill import RAM_LIMIT, Spill
from hushdesk.readers._zendesk_case import SOURCE, CaseBuilder, Sides, comment_events, is_public

_CACHED_USERS = 5_000
_SIDES = ("audit", "comment", "event")


class ZendeskReader(Reader):
    """Reads tickets with their users, audits and comments."""

    name: ClassVar[str] = SOURCE

    def sniff(self, head: bytes, name: str) -> Sniffed:
        """Know tickets, users, audits and comments by the fields that only Zendesk gives them."""
        del name
        return shapes.sniff(head)

    def read(
        self, streams: Sequence[tuple[str, Stream]], options: Options
    ) -> Iterator[Case | Refused | Supporting]:
        """Yield one case per ticket row; see :meth:`hushdesk.readers.Reader.read`."""
        with Spill(RAM_LIMIT // 2) as users, Spill(RAM_LIMIT // 2) as sides:
            yield from _Load(users, sides, options).run(streams)


class _Load:
    """One load: first what belongs to tickets, then the tickets, then what none of them took."""

    def __init__(self, users: Spill, sides: Spill, options: Options) -> None:
        self._users = users
        self._sides = sides
        self._cache: dict[str, dict[str, Any] | None] = {}
        self._builder = CaseBuilder(self._user, options)
        self._rows: Counter[str] = Counter()
        self._distinct: Counter[str] = Counter()

    def run(self, streams: Sequence[tuple[str, Stream]]) -> Iterator[Case | Refused | Supporting]:
        with_tickets = []
        for part, stream in streams:
            if part == "tickets" and _holds_lines(stream):
                # Nothing but tickets as far as was seen: one pass will do.
                with_tickets.append((stream, True))
                continue
            tickets = yield from self._collect(stream)
            if tickets:
                with_tickets.append((stream, False))
            yield from self._counts()
        for stream, first_time in with_tickets:
            yield from self._tickets(stream, first_time=first_time)
            yield from self._counts()
        yield from self._untaken()

    def _collect(self, stream: Stream) -> Generator[Refused, None, bool]:
        """Keep what is no ticket for later; returns whether the stream holds tickets too."""
        page = f"page:{stream.name}"
        loose = False
        tickets = False
        for row in rows(stream, shapes.ARRAYS):
            if isinstance(row, Refused):
                yield row
                continue
            for kind, value in _kinds(row):
                if kind == "ticket":
                    tickets = True
                elif kind:
                    loose = self._keep(kind, value, page) or loose
                elif row.path != ENVELOPE:
                    yield _unknown(row, stream)
            if row.path == ENVELOPE and loose:
                ticket = shapes.ticket_of_page(row.value)
                if ticket:
                    for kept in self._sides.take(page):
                        self._sides.add(f"ticket:{ticket}", _addressed(kept, ticket))
                    page += "+"
                loose = False
        return tickets

    def _tickets(self, stream: Stream, *, first_time: bool) -> Iterator[Case | Refused | Supporting]:
        for row in rows(stream, shapes.ARRAYS):
            if isinstance(row, Refused):
                if first_time:
                    yield row
                continue
            for kind, value in _kinds(row):
                if kind == "ticket":
                    yield from self._case(value, row, stream)
                elif first_time and kind:
                    self._keep(kind, value, f"page:{stream.name}")
                elif first_time and row.path != ENVELOPE:
                    yield _unknown(row, stream)

    def _case(
        self, ticket: dict[str, Any], row: Row, stream: Stream
    ) -> Iterator[Case | Refused | Supporting]:
        for comment in dicts_of(ticket.get("comments")):
            self._count_comment(comment)
        ticket_id = line_of(ticket.get("id"))
        sides = _sides(self._sides.take(f"ticket:{ticket_id}")) if ticket_id else _sides([])
        try:
            case = self._builder.case(ticket, sides)
        except FieldError as error:
            yield _refused(error, row, stream)
            return
        if case.status == "deleted" and not (
            case.subject or case.description or case.messages or case.resolution
        ):
            # A tombstone: Zendesk says that there was a ticket, and no more.
            self._count("tombstones", ticket_id)
            return
        yield case

    def _untaken(self) -> Iterator[Case | Refused | Supporting]:
        for values in self._sides.untaken():
            sides = _sides(values)
            first = next(iter((*sides.audits, *sides.comments, *sides.events)))
            ticket_id = line_of(first.get("ticket_id"))
            place = Locator("comments and audits without their ticket")
            try:
                if not ticket_id:
                    raise FieldError(
                        Reason.MISSING_ID, "ticket_id", "the rows do not say to which ticket they belong"
                    )
                yield self._builder.orphan(ticket_id, sides)
            except FieldError as error:
                for value in values:
                    yield Refused(
                        error.reason,
                        Locator(place.file, field=error.field),
                        error.problem,
                        "Export the tickets together with their comments.",
                        raw=value[1:],
                    )

    def _keep(self, kind: str, value: dict[str, Any], page: str) -> bool:
        """Put a row aside; True if it does not say to which ticket it belongs."""
        row_id = line_of(value.get("id"))
        self._count(f"{kind}s", row_id)
        raw = json.dumps(value, ensure_ascii=False).encode()
        if kind in {"user", "organization"}:
            self._users.add(f"{kind}:{row_id}", raw)
            self._cache.pop(row_id, None)
            return False
        if kind not in _SIDES:
            return False
        for comment in comment_events(value):
            self._count_comment(comment)
        ticket = line_of(value.get("ticket_id"))
        self._sides.add(f"ticket:{ticket}" if ticket else page, kind[0].encode() + raw)
        return not ticket

    def _count(self, kind: str, row_id: str) -> None:
        self._rows[kind] += 1
        if self._users.mark(f"{kind}:{row_id}"):
            self._distinct[kind] += 1

    def _count_comment(self, comment: dict[str, Any]) -> None:
        kind = "comments.public" if is_public(comment) else "comments.internal"
        self._count(kind, line_of(comment.get("id")) or f"#{self._rows[kind]}")

    def _counts(self) -> Iterator[Supporting]:
        for kind in sorted(self._rows):
            yield Supporting(kind, self._rows[kind], self._distinct[kind])
        self._rows.clear()
        self._distinct.clear()

    def _user(self, user_id: str) -> dict[str, Any] | None:
        if user_id not in self._cache:
            if len(self._cache) >= _CACHED_USERS:
                self._cache.clear()
            versions = [json.loads(raw) for raw in self._users.take(f"user:{user_id}")]
            self._cache[user_id] = _latest(versions)
        return self._cache[user_id]


def _holds_lines(stream: Stream) -> bool:
    try:
        with stream.open() as file:
            return in_lines(file.read(HEAD_BYTES), shapes.ARRAYS)
    except CarrierError:
        return True


def _kinds(row: Row) -> list[tuple[str, dict[str, Any]]]:
    """What a row holds: usually one thing, sometimes objects that hold single ones."""
    kind = "" if row.path == ENVELOPE else shapes.kind_of(row)
    inner = [] if kind else shapes.singles(row)
    return inner or [(kind, row.value)]


def _sides(values: list[bytes]) -> Sides:
    found: dict[str, list[dict[str, Any]]] = {kind[0]: [] for kind in _SIDES}
    for value in dict.fromkeys(values):
        found[value[:1].decode()].append(json.loads(value[1:]))
    return Sides(audits=found["a"], comments=found["c"], events=found["e"])


def _addressed(value: bytes, ticket: str) -> bytes:
    """The same row with the ticket it belongs to written into it."""
    row = json.loads(value[1:])
    row["ticket_id"] = ticket
    return value[:1] + json.dumps(row, ensure_ascii=False).encode()


def _latest(versions: list[dict[str, Any]]) -> dict[str, Any] | None:
    """The newest version of a user; what older ones alone say stays known as further identities."""
    if not versions:
        return None
    versions.sort(key=lambda version: line_of(version.get("updated_at")))
    newest = versions[-1]
    identities = dicts_of(newest.get("identities"))
    for version in versions[:-1]:
        for field, kind in (("email", "email"), ("phone", "phone_number"), ("name", "name")):
            told = version.get(field)
            if told and told != newest.get(field):
                identities.append({"type": kind, "value": told})
    return {**newest, "identities": identities}


def _unknown(row: Row, stream: Stream) -> Refused:
    return Refused(
        Reason.UNKNOWN_FORMAT,
        Locator(stream.name, row.number),
        "the row is no ticket, user, audit or comment",
        "Leave files with other things out.",
        raw=row.raw,
    )


def _refused(error: FieldError, row: Row, stream: Stream) -> Refused:
    return Refused(
        error.reason,
        Locator(stream.name, row.number, error.field),
        error.problem,
        "Correct the field at the source and export again.",
        raw=row.raw,
    )
