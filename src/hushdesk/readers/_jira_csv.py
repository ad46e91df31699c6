"""Jira's CSV export: columns that repeat, comments as ``date;author;body``, wiki markup."""

from __future__ import annotations

import io
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from hushdesk.cases import Case, Locator, Message, Person, PersonRole, Reason, Refused, Supporting, Visibility
from hushdesk.readers._csv import rows, sniff_dialect
from hushdesk.readers._dates import parse_time
from hushdesk.readers._fields import FieldError, assumed_zones, distinct_people, in_order, time_of
from hushdesk.readers._interface import NOT_MINE, Confidence, Options, Sniffed, Stream
from hushdesk.readers._markup import wiki_to_text
from hushdesk.readers._text import words

SOURCE = "jira"

_IDS = frozenset({"issue id", "issue key"})
_USUAL = words("summary|issue type|status|reporter|resolution|created|resolved|assignee|priority", "|")
_PEOPLE = {"watchers", "participants", "request participants", "voters"}
_MAPPED = words(
    "summary|issue id|issue key|status|priority|resolution|created|updated|resolved|description|"
    "environment|comment|attachment|labels|issue type|project name|log work|assignee|assignee id|"
    "reporter|reporter id|creator|creator id|component/s|components|"
    # What follows says nothing of a person and is no text.
    "affects version/s|affects versions|fix version/s|fix versions|parent id|project key|"
    "project type|project url|votes|last viewed|due date|original estimate|security level|"
    "remaining estimate|time spent|work ratio|sprint|status category|status category changed|"
    "σ original estimate|σ remaining estimate|σ time spent|σ progress|progress|parent|"
    "issue link type|outward issue link|inward issue link|watchers id|project id|σ work ratio|"
    "watcher count|sub-tasks|linked issues",
    "|",
)


def sniff_csv(head: bytes) -> Sniffed:
    """Know the export by the column names that Jira gives."""
    dialect = sniff_dialect(head)
    if dialect is None:
        return NOT_MINE
    first = next(rows(_whole(head), dialect), None)
    if not isinstance(first, tuple):
        return NOT_MINE
    names = {name.strip().lower() for name in first[1]}
    if not names & _IDS:
        return NOT_MINE
    usual = len(names & _USUAL)
    if usual >= 3:
        return Sniffed(Confidence.CERTAIN, "issues.csv")
    return Sniffed(Confidence.LIKELY, "issues.csv") if usual else NOT_MINE


def _whole(head: bytes) -> Stream:
    return Stream("head", lambda: io.BytesIO(head))


def read_csv(stream: Stream, options: Options) -> Iterator[Case | Refused | Supporting]:
    """Yield one case per row of an export."""
    columns: _Columns | None = None
    for row in rows(stream):
        if isinstance(row, Refused):
            yield row
        elif columns is None:
            columns = _Columns(row[1])
            if not columns.where.keys() & _IDS:
                yield Refused(
                    Reason.NO_MAPPING,
                    Locator(stream.name, row[0]),
                    "the table has no column called Issue id or Issue key",
                    "Export it from Jira in English, or read it as a table with a mapping file.",
                    whole_file=True,
                )
                return
        else:
            number, cells = row
            try:
                yield _Issue(columns, cells, options).case()
            except FieldError as error:
                yield Refused(
                    error.reason,
                    Locator(stream.name, number, error.field),
                    error.problem,
                    "Correct the field, or say how dates are written (--day-first, --month-first)."
                    if error.reason is Reason.AMBIGUOUS_DATE
                    else "Correct the field and load again.",
                    raw="\x1f".join(cells).encode(),
                )
    if columns is not None:
        yield from assumed_zones(columns.assumed)


class _Columns:
    """Which columns have which name; Jira repeats a name for every further value."""

    def __init__(self, header: Sequence[str]) -> None:
        self.names = [name.strip() for name in header]
        self.where: dict[str, list[int]] = {}
        self.assumed: Counter[str] = Counter()
        """Times without a zone."""
        for place, name in enumerate(self.names):
            self.where.setdefault(name.lower(), []).append(place)


@dataclass(frozen=True, slots=True, repr=False)
class _Issue:
    columns: _Columns
    cells: list[str]
    options: Options

    def all(self, *names: str) -> list[str]:
        """Filled cells of the columns with these names."""
        places = (place for name in names for place in self.columns.where.get(name, ()))
        return [cell for place in places if (cell := self.cells[place].strip())]

    def one(self, *names: str) -> str:
        """The first filled cell of the columns with these names."""
        return next(iter(self.all(*names)), "")

    def time(self, name: str) -> datetime | None:
        return time_of({name: self.one(name.lower())}, name, self.options, self.columns.assumed)

    def case(self) -> Case:
        """Build the case.

        Raises:
            FieldError: The row has no id, or a time that cannot be read.
        """
        issue_id, key = self.one("issue id"), self.one("issue key")
        if not (issue_id or key):
            raise FieldError(Reason.MISSING_ID, "Issue id", "the row has no issue id and no key")
        customer = who(self.one("reporter"), PersonRole.CUSTOMER, self.one("reporter id"))
        agent = who(self.one("assignee"), PersonRole.AGENT, self.one("assignee id"))
        messages = in_order(
            [
                *(self._comment(cell, customer, agent) for cell in self.all("comment")),
                *(self._work(cell, customer, agent) for cell in self.all("log work")),
            ]
        )
        others = [who(self.one("creator"), PersonRole.OTHER, self.one("creator id"))]
        others += [who(cell, PersonRole.OTHER) for cell in self.all(*_PEOPLE)]
        environment = wiki_to_text(self.one("environment"))
        description = wiki_to_text(self.one("description"))
        return Case(
            source=SOURCE,
            source_id=issue_id or key,
            number=key if issue_id else "",
            opened_at=self.time("Created"),
            updated_at=self.time("Updated"),
            closed_at=self.time("Resolved"),
            subject=self.one("summary"),
            description="\n\n".join(part for part in (description, environment) if part),
            resolution=self.one("resolution"),
            messages=messages,
            customer=customer,
            agent=agent,
            others=_distinct(others, [customer, agent, *(message.author for message in messages)]),
            product=self.one("project name"),
            status=self.one("status"),
            priority=self.one("priority"),
            category=self.one("issue type") or self.one("component/s", "components"),
            tags=tuple(dict.fromkeys(self.all("labels"))),
            attachments=tuple(dict.fromkeys(filter(None, map(_file_name, self.all("attachment"))))),
            unmapped=tuple(self._unmapped()),
        )

    def _unmapped(self) -> Iterator[tuple[str, str]]:
        for name, cell in zip(self.columns.names, self.cells, strict=True):
            lower = name.lower()
            if cell.strip() and lower not in _MAPPED and lower not in _PEOPLE:
                if lower.startswith("custom field (") and name.endswith(")"):
                    yield name[14:-1], cell.strip()
                elif not lower.startswith(("inward issue link", "outward issue link")):
                    yield name, cell.strip()

    def _comment(self, cell: str, customer: Person | None, agent: Person | None) -> Message:
        """Take ``date;author;body`` apart. The export does not say who may read it: internal."""
        when, author, body = (*cell.split(";", 2), "", "")[:3]
        parsed = parse_time(when, zone=self.options.zone, day_first=self.options.day_first)
        if parsed.problem is Reason.BAD_DATE or cell.count(";") < 2 or "\n" in author:
            return Message(wiki_to_text(cell), Visibility.INTERNAL)
        return Message(
            wiki_to_text(body), Visibility.INTERNAL, parsed.at, _known(author.strip(), customer, agent)
        )

    def _work(self, cell: str, customer: Person | None, agent: Person | None) -> Message:
        """Take ``comment;date;author;seconds`` apart."""
        body, when, author, _ = (*cell.rsplit(";", 3), "", "", "")[:4]
        parsed = parse_time(when, zone=self.options.zone, day_first=self.options.day_first)
        if cell.count(";") < 3 or parsed.problem is Reason.BAD_DATE:
            return Message(wiki_to_text(cell), Visibility.INTERNAL)
        return Message(
            wiki_to_text(body), Visibility.INTERNAL, parsed.at, _known(author.strip(), customer, agent)
        )


def who(told: str, role: PersonRole, source_id: str = "") -> Person | None:
    """A person from one cell, which holds an address, a display name or a log-in name."""
    if not told and not source_id:
        return None
    if "@" in told:
        return Person(role=role, source_id=source_id, emails=(told,))
    if " " in told or not told:
        return Person(role=role, source_id=source_id, name=told)
    return Person(role=role, source_id=source_id, usernames=(told,))


def _known(told: str, customer: Person | None, agent: Person | None) -> Person | None:
    for person in (customer, agent):
        if person and told and told in {person.name, person.source_id, *person.usernames, *person.emails}:
            return person
    return who(told, PersonRole.OTHER)


def _distinct(people: list[Person | None], known: list[Person | None]) -> tuple[Person, ...]:
    """Others whose names nobody among the known bears already."""
    held = {(one.name, one.usernames, one.emails) for one in known if one}
    fresh = [one for one in people if one and (one.name, one.usernames, one.emails) not in held]
    return distinct_people(fresh, known)


def _file_name(cell: str) -> str:
    """The file's name in ``date;author;name;link``; without these, the cell without any link."""
    parts = cell.split(";")
    if len(parts) >= 4:
        return ";".join(parts[2:-1]).strip()
    return "" if "://" in cell else cell
