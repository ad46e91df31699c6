"""Jira's REST answers: issues with comments, in wiki markup (v2) or as document trees (v3)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from hushdesk.cases import Case, Locator, Message, Person, PersonRole, Reason, Refused
from hushdesk.readers._fields import (
    FieldError,
    dict_of,
    dicts_of,
    distinct_people,
    first_of,
    flatten,
    in_order,
    line_of,
    list_of,
    text_of,
    time_of,
    time_or_none,
    visibility_of,
)
from hushdesk.readers._interface import Options, Stream
from hushdesk.readers._jira_csv import SOURCE
from hushdesk.readers._jsonlines import ENVELOPE, rows
from hushdesk.readers._markup import adf_to_text, wiki_to_text
from hushdesk.readers._text import words

ARRAYS = ("issues",)

_MAPPED = words(
    "summary description environment comment worklog attachment labels issuetype project status "
    "priority resolution created updated resolutiondate reporter creator assignee components "
    # What follows says nothing of a person and is no text.
    "versions fixVersions issuelinks subtasks parent epic sprint closedSprints watches votes "
    "progress aggregateprogress timetracking workratio lastViewed duedate security timespent "
    "timeestimate timeoriginalestimate aggregatetimespent aggregatetimeestimate "
    "aggregatetimeoriginalestimate statuscategorychangedate statusCategory flagged rank"
)
_NO_VALUES = words("self avatarUrls iconUrl icon timeZone accountType active id")


def read_json(stream: Stream, options: Options) -> Iterator[Case | Refused]:
    """Yield one case per issue."""
    for row in rows(stream, ARRAYS):
        if isinstance(row, Refused):
            yield row
            continue
        if row.path == ENVELOPE:
            continue
        issue = row.value
        if isinstance(issue.get("issue"), dict) and "fields" not in issue:
            issue = issue["issue"]  # a webhook's body
        try:
            if not isinstance(issue.get("fields"), dict):
                raise FieldError(Reason.UNKNOWN_FORMAT, "fields", "the row is no issue: it has no fields")
            yield _case(issue, options)
        except FieldError as error:
            yield Refused(
                error.reason,
                Locator(stream.name, row.number, error.field),
                error.problem,
                "Correct the field at the source and export again.",
                raw=row.raw,
            )


def markup_of(value: object) -> str:
    """A text of either version of the API."""
    return adf_to_text(value) if isinstance(value, dict) else wiki_to_text(text_of(value))


def _case(issue: dict[str, Any], options: Options) -> Case:
    issue_id, key = line_of(issue.get("id")), line_of(issue.get("key"))
    if not (issue_id or key):
        raise FieldError(Reason.MISSING_ID, "id", "the issue has no id and no key")
    fields = dict_of(issue.get("fields"))
    customer = person_of(fields.get("reporter"), PersonRole.CUSTOMER)
    agent = person_of(fields.get("assignee"), PersonRole.AGENT)
    messages = in_order(
        [
            *_comments(_listed(fields.get("comment"), "comments"), customer, agent, options),
            *_work(_listed(fields.get("worklog"), "worklogs"), customer, agent, options),
        ]
    )
    others = [person_of(fields.get("creator"), PersonRole.OTHER)]
    left: list[tuple[str, str]] = []
    for name, value in fields.items():
        if name not in _MAPPED:
            people, rest = _custom(name, value)
            others += people
            left += rest
    description = [markup_of(fields.get("description")), markup_of(fields.get("environment"))]
    named = {_key(one) for one in (customer, agent, *(message.author for message in messages)) if one}
    return Case(
        source=SOURCE,
        source_id=issue_id or key,
        number=key if issue_id else "",
        opened_at=time_of(fields, "created", options),
        updated_at=time_of(fields, "updated", options),
        closed_at=time_of(fields, "resolutiondate", options),
        subject=line_of(fields.get("summary")),
        description="\n\n".join(part for part in description if part),
        resolution=_name(fields.get("resolution")),
        messages=messages,
        customer=customer,
        agent=agent,
        others=distinct_people((one for one in others if one and _key(one) not in named), ()),
        product=_name(fields.get("project")),
        status=_name(fields.get("status")),
        priority=_name(fields.get("priority")),
        category=_name(fields.get("issuetype"))
        or next((_name(one) for one in list_of(fields.get("components"))), ""),
        tags=tuple(filter(None, map(line_of, list_of(fields.get("labels"))))),
        attachments=tuple(
            filter(None, (line_of(one.get("filename")) for one in dicts_of(fields.get("attachment"))))
        ),
        unmapped=tuple(left),
    )


def is_public(comment: dict[str, Any]) -> bool:
    """Whether customers could read a comment: only if something says so and nothing speaks against it."""
    if comment.get("visibility") or comment.get("jsdPublic") is False:
        return False
    public = comment.get("jsdPublic") is True
    for held in dicts_of(comment.get("properties")):
        if held.get("key") == "sd.public.comment":
            internal = dict_of(held.get("value")).get("internal")
            if internal is not False and internal != "false":
                return False
            public = True
    return public


def _comments(
    comments: Iterable[dict[str, Any]], customer: Person | None, agent: Person | None, options: Options
) -> Iterator[Message]:
    for comment in comments:
        text = markup_of(comment.get("body"))
        if text:
            yield Message(
                text=text,
                visibility=visibility_of(public=is_public(comment)),
                at=time_or_none(comment.get("created"), options),
                author=_author(comment.get("author"), customer, agent),
                source_id=line_of(comment.get("id")),
            )


def _work(
    logs: Iterable[dict[str, Any]], customer: Person | None, agent: Person | None, options: Options
) -> Iterator[Message]:
    for log in logs:
        text = markup_of(log.get("comment"))
        if text:
            yield Message(
                text=text,
                at=time_or_none(log.get("started") or log.get("created"), options),
                author=_author(log.get("author"), customer, agent),
                source_id=line_of(log.get("id")),
            )


def _listed(value: object, name: str) -> list[dict[str, Any]]:
    """The rows of a field that is a page of them, or a plain list."""
    return dicts_of(value) or dicts_of(dict_of(value).get(name))


def _author(value: object, customer: Person | None, agent: Person | None) -> Person | None:
    person = person_of(value, PersonRole.OTHER)
    if person is None:
        return None
    for known in (customer, agent):
        if known and _key(known) == _key(person):
            return known
    return person


def _key(person: Person) -> tuple[object, ...]:
    return (person.source_id,) if person.source_id else (person.name, person.usernames, person.emails)


def person_of(value: object, role: PersonRole) -> Person | None:
    """A person from a user of the API; ``accountType`` tells customers of a service desk from staff."""
    user = dict_of(value)
    kind = user.get("accountType")
    if role is PersonRole.OTHER:
        role = {"customer": PersonRole.CUSTOMER, "app": PersonRole.SYSTEM}.get(str(kind), role)
    email = line_of(user.get("emailAddress"))
    logins = dict.fromkeys(filter(None, (line_of(user.get("name")), line_of(user.get("key")))))
    person = Person(
        role=role,
        source_id=line_of(user.get("accountId")) or next(iter(logins), ""),
        name=line_of(user.get("displayName")),
        emails=(email,) if email else (),
        usernames=tuple(login for login in logins if login != email),
    )
    return None if person == Person(role=role) else person


def _custom(name: str, value: object) -> tuple[list[Person], list[tuple[str, str]]]:
    """People and scalars in a field that nobody mapped."""
    people = []
    rest = []
    for one in value if isinstance(value, list) else [value]:
        if isinstance(one, dict) and ("accountId" in one or "emailAddress" in one):
            person = person_of(one, PersonRole.OTHER)
            people += [person] if person else []
        elif isinstance(one, dict) and one.get("type") == "doc":
            rest += [(name, text)] if (text := adf_to_text(one)) else []
        elif isinstance(one, dict):
            rest += [
                pair
                for key, item in one.items()
                if key not in _NO_VALUES
                for pair in flatten(f"{name}.{key}", item)
            ]
        else:
            rest += flatten(name, one)
    return people, rest


def _name(value: object) -> str:
    return first_of(dict_of(value), "name", "value") or line_of(value)
