"""Builds a case from a Zendesk ticket and what belongs to it: users, audits, comments, events."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from hushdesk.cases import Case, Message, Person, PersonRole, Reason, Visibility
from hushdesk.readers._fields import (
    FieldError,
    dict_of,
    dicts_of,
    distinct_people,
    first_of,
    flatten,
    in_order,
    is_blank,
    line_of,
    list_of,
    merged,
    prose_of,
    same_text,
    text_of,
    time_of,
    time_or_none,
    unmapped,
    visibility_of,
    with_role,
)
from hushdesk.readers._interface import Options
from hushdesk.readers._text import words

SOURCE = "zendesk"

_CLOSED = frozenset({"solved", "closed"})
_COMMENT_EVENTS = frozenset({"Comment", "VoiceComment", "FacebookComment", "Tweet", "LegacyVoiceComment"})
_MAPPED = words(
    "id url subject raw_subject description created_at updated_at status priority type tags via "
    "requester_id submitter_id assignee_id collaborator_ids follower_ids email_cc_ids recipient "
    "comments comment requester submitter assignee collaborators collaborator email_ccs followers "
    "attachments metadata solved_at closed_at product resolution channel language locale metric_set "
    "is_public audits result_type dates "
    # Ids of the help desk's own things; they say nothing of a person and are no text.
    "brand_id group_id ticket_form_id custom_status_id organization_id generated_timestamp "
    "custom_fields fields forum_topic_id problem_id sharing_agreement_ids followup_ids encoded_id "
    "due_at latest_comment_added_at assignee_updated_at requester_updated_at status_updated_at"
)
_USER_MAPPED = words(
    "id url name email phone alias role identities details external_id shared_phone_number photo "
    "created_at updated_at last_login_at time_zone iana_time_zone locale locale_id external_id "
    "organization_id default_group_id custom_role_id role_type ticket_restriction tags"
)

FindUser = Callable[[str], dict[str, Any] | None]


@dataclass(frozen=True, slots=True, repr=False)
class Sides:
    """What is known of a ticket beside its own row."""

    audits: list[dict[str, Any]]
    comments: list[dict[str, Any]]
    events: list[dict[str, Any]]


def comment_events(audit: dict[str, Any]) -> list[dict[str, Any]]:
    """The events of an audit, or child events of a ticket event, that hold what somebody wrote."""
    events = dicts_of(audit.get("events")) or dicts_of(audit.get("child_events"))
    return [event for event in events if (event.get("type") or event.get("event_type")) in _COMMENT_EVENTS]


def is_public(comment: dict[str, Any]) -> bool:
    """Whether customers could read a comment: only if the comment itself says so."""
    return comment.get("public") is True


class CaseBuilder:
    """Turns tickets into cases.

    Args:
        find_user: Looks up a user's row by id.
        options: Zone of times without one.
    """

    def __init__(self, find_user: FindUser, options: Options) -> None:
        self._find_user = find_user
        self._options = options

    def case(self, ticket: dict[str, Any], sides: Sides) -> Case:
        """Build the case of a ticket.

        Raises:
            FieldError: The ticket has no id, or a time that cannot be read.
        """
        source_id = line_of(ticket.get("id"))
        if not source_id:
            raise FieldError(Reason.MISSING_ID, "id", "the ticket has no id")
        customer, agent, messages = self._people_and_messages(ticket, sides)
        description = prose_of(ticket.get("description"))
        if any(same_text(description, message.text) for message in messages):
            description = ""
        opened_at = time_of(ticket, "created_at", self._options)
        if description and ticket.get("is_public") is False:
            # Nothing in the ticket is public, so neither is its first comment.
            messages = (Message(description, Visibility.INTERNAL, opened_at, customer), *messages)
            description = ""
        user = self._find_user(customer.source_id) if customer and customer.source_id else None
        via = dict_of(ticket.get("via"))
        status = line_of(ticket.get("status"))
        language = first_of(ticket, "language", "locale") or line_of((user or {}).get("locale"))
        left = unmapped(ticket, _MAPPED) + _custom_fields(ticket)
        if user:
            left += [(f"requester.{name}", text) for name, text in unmapped(user, _USER_MAPPED)]
        location = self._location(sides, ticket, customer)
        tail = location.rpartition(",")[2].strip()
        return Case(
            source=SOURCE,
            source_id=source_id,
            opened_at=opened_at,
            updated_at=time_of(ticket, "updated_at", self._options),
            closed_at=self._closed_at(ticket, status, sides),
            subject=prose_of(ticket.get("subject") or ticket.get("raw_subject")),
            description=description,
            resolution=prose_of(ticket.get("resolution")),
            messages=messages,
            customer=customer,
            agent=agent,
            others=self._others(ticket, messages, customer, agent),
            location=location,
            # "Cairns QLD 4870, AU": some accounts write the code of the country last.
            country=tail if len(tail) == 2 and tail.isascii() and tail.isalpha() and tail.isupper() else "",
            product=line_of(ticket.get("product")),
            channel=first_of(via, "channel") or line_of(ticket.get("channel")),
            language=language.replace("_", "-").split("-")[0].lower(),
            status=status,
            priority=line_of(ticket.get("priority")),
            category=line_of(ticket.get("type")),
            tags=tuple(line_of(tag) for tag in list_of(ticket.get("tags")) if line_of(tag)),
            attachments=_file_names(ticket),
            unmapped=tuple(left),
        )

    def orphan(self, ticket_id: str, sides: Sides) -> Case:
        """Build a case from what belongs to a ticket that is not among those read."""
        ticket: dict[str, Any] = {"id": ticket_id}
        times = []
        for audit in sides.audits:
            times.append(text_of(audit.get("created_at")))
            for event in dicts_of(audit.get("events")):
                name = text_of(event.get("field_name"))
                if event.get("type") in {"Create", "Change"} and name and name not in {"id", "comments"}:
                    # What belongs to a person's row does not belong here.
                    ticket[name] = event.get("value")
            ticket.setdefault("via", audit.get("via"))
        times += [text_of(comment.get("created_at")) for comment in sides.comments]
        known = sorted(time for time in times if time)
        ticket["created_at"], ticket["updated_at"] = (known[0], known[-1]) if known else (None, None)
        return self.case(ticket, sides)

    def person(self, user_id: object, role: PersonRole) -> Person | None:
        """The person with an id, as far as the users tell; None without an id."""
        key = line_of(user_id)
        if not key or key == "-1":
            return None
        user = self._find_user(key)
        return Person(role=role, source_id=key) if user is None else person_of(user, role)

    def _people_and_messages(
        self, ticket: dict[str, Any], sides: Sides
    ) -> tuple[Person | None, Person | None, tuple[Message, ...]]:
        customer = self.person(ticket.get("requester_id"), PersonRole.CUSTOMER)
        customer = _joined(customer, _from_value(ticket.get("requester"), PersonRole.CUSTOMER))
        origin = dict_of(dict_of(ticket.get("via")).get("source"))
        customer = _joined(customer, _from_value(origin.get("from"), PersonRole.CUSTOMER))
        agent = self.person(ticket.get("assignee_id"), PersonRole.AGENT)
        agent = _joined(agent, _from_value(ticket.get("assignee"), PersonRole.AGENT))
        if customer:
            # Where the opening of the case was sent from; a comment's own is added to its author.
            customer = _joined(customer, _origin_of(ticket, PersonRole.CUSTOMER))
        messages = self._messages(ticket, sides, customer, agent)
        for message in messages:
            author = message.author
            if author is customer or author is None or customer is None:
                continue
            if author.source_id and author.source_id == customer.source_id:
                customer = merged(customer, author)
        return customer, agent, messages

    def _messages(
        self, ticket: dict[str, Any], sides: Sides, customer: Person | None, agent: Person | None
    ) -> tuple[Message, ...]:
        """Every comment once, wherever it was found; if copies disagree on who may read it, nobody may."""
        found: dict[object, Message] = {}
        hidden = set()
        for comment, around in _all_comments(ticket, sides):
            message = self._message(comment, around, customer, agent)
            key = message.source_id or (message.at, message.text)
            if message.visibility is Visibility.INTERNAL:
                hidden.add(key)
            if not message.text and not message.attachments:
                continue
            held = found.get(key)
            if held is None:
                found[key] = message
            elif held.author and message.author and held.author != message.author:
                found[key] = replace(held, author=merged(held.author, message.author))
        for audit in sides.audits:
            for event in dicts_of(audit.get("events")):
                if event.get("type") == "CommentPrivacyChange" and event.get("public") is not True:
                    hidden.add(line_of(event.get("comment_id")))
        return in_order(
            replace(message, visibility=Visibility.INTERNAL) if key in hidden else message
            for key, message in found.items()
        )

    def _message(
        self, comment: dict[str, Any], around: dict[str, Any], customer: Person | None, agent: Person | None
    ) -> Message:
        public = is_public(comment)
        data = dict_of(comment.get("data"))
        text = (
            prose_of(comment.get("body"))
            or prose_of(comment.get("plain_body"))
            or prose_of(comment.get("html_body"))
            or prose_of(data.get("transcription_text"))
        )
        via = dict_of(comment.get("via")) or dict_of(around.get("via"))
        author_id = line_of(comment.get("author_id") or around.get("author_id") or around.get("updater_id"))
        author = self._author(author_id, public, customer, agent)
        role = author.role if author else PersonRole.OTHER
        author = _joined(author, _from_value(dict_of(via.get("source")).get("from"), role))
        for place in (comment, around) if around else (comment,):
            author = _joined(author, _origin_of(place, role))
        phones = tuple(line_of(data[key]) for key in ("from", "to") if line_of(data.get(key)))
        if phones:
            author = _joined(author, Person(role=role, phones=phones))
        return Message(
            text=text,
            visibility=visibility_of(public=public),
            at=time_or_none(comment.get("created_at") or around.get("created_at"), self._options),
            author=author,
            channel=first_of(via, "channel"),
            source_id=line_of(comment.get("id")),
            attachments=_file_names(comment),
        )

    def _author(
        self, author_id: str, public: bool, customer: Person | None, agent: Person | None
    ) -> Person | None:
        for known in (customer, agent):
            if known and author_id and known.source_id == author_id:
                return known
        user = self._find_user(author_id) if author_id else None
        if user is not None:
            role = PersonRole.CUSTOMER if user.get("role") == "end-user" else PersonRole.AGENT
            return person_of(user, role)
        # Only staff can write what customers cannot read.
        return self.person(author_id, PersonRole.OTHER if public else PersonRole.AGENT)

    def _others(
        self,
        ticket: dict[str, Any],
        messages: Iterable[Message],
        customer: Person | None,
        agent: Person | None,
    ) -> tuple[Person, ...]:
        people: list[Person | None] = []
        submitter = line_of(ticket.get("submitter_id"))
        if submitter not in {one.source_id for one in (customer, agent) if one}:
            people.append(self.person(submitter, PersonRole.OTHER))
        people.append(_from_value(ticket.get("submitter"), PersonRole.OTHER))
        for name in ("collaborator_ids", "follower_ids", "email_cc_ids"):
            people += [self.person(one, PersonRole.OTHER) for one in list_of(ticket.get(name))]
        for name in ("collaborators", "email_ccs", "followers"):
            people += [_from_value(one, PersonRole.OTHER) for one in list_of(ticket.get(name))]
        people.append(_from_value(ticket.get("collaborator"), PersonRole.OTHER))
        people.append(_from_value(ticket.get("recipient"), PersonRole.OTHER))
        for place in [ticket, *(comment for comment in dicts_of(ticket.get("comments")))]:
            to = dict_of(dict_of(dict_of(place.get("via")).get("source")).get("to"))
            people.append(_from_value(to, PersonRole.OTHER))
        return distinct_people(people, [customer, agent, *(message.author for message in messages)])

    def _closed_at(self, ticket: dict[str, Any], status: str, sides: Sides) -> datetime | None:
        if status not in _CLOSED:
            return None
        places = (ticket, dict_of(ticket.get("metric_set")), dict_of(ticket.get("dates")))
        for place in places:
            for name in ("solved_at", "closed_at"):
                at = time_or_none(place.get(name), self._options)
                if at:
                    return at
        times = [
            time_or_none(audit.get("created_at"), self._options)
            for audit in sides.audits
            for event in dicts_of(audit.get("events"))
            if event.get("field_name") == "status" and event.get("value") in _CLOSED
        ]
        return max((at for at in times if at), default=None)

    def _location(self, sides: Sides, ticket: dict[str, Any], customer: Person | None) -> str:
        """Town and country from which the customer wrote first, if that was noted."""
        if customer is None:
            return ""
        for comment, around in _all_comments(ticket, sides):
            author = line_of(comment.get("author_id") or around.get("author_id"))
            if author == customer.source_id:
                for place in (comment, around):
                    system = dict_of(dict_of(place.get("metadata")).get("system"))
                    if line_of(system.get("location")):
                        return line_of(system.get("location"))
        return line_of(dict_of(dict_of(ticket.get("metadata")).get("system")).get("location"))


def person_of(user: dict[str, Any], role: PersonRole) -> Person:
    """A person from a user's row."""
    emails = [line_of(user.get("email"))]
    phones = [line_of(user.get("phone"))]
    names = [line_of(user.get("alias"))]
    for identity in dicts_of(user.get("identities")):
        told = line_of(identity.get("value"))
        kind = identity.get("type")
        (emails if kind == "email" else phones if kind == "phone_number" else names).append(told)
    external = line_of(user.get("external_id"))
    return Person(
        role=role,
        source_id=line_of(user.get("id")),
        name=line_of(user.get("name")),
        emails=_filled(emails),
        phones=_filled(phones),
        usernames=_filled(names),
        # "Details, such as an address", says Zendesk of this field.
        addresses=_filled([text_of(user.get("details")).strip()]),
        other=(("ACCOUNT", external),) if external else (),
    )


def _from_value(value: object, role: PersonRole) -> Person | None:
    """A person as tickets name them in passing: an address, or an object with a name and an address."""
    if value is None:
        return None
    if isinstance(value, str):
        told = line_of(value)
        if not told:
            return None
        return Person(role=role, emails=(told,)) if "@" in told else Person(role=role, name=told)
    fields = dict_of(value)
    if not fields:
        return None
    address = first_of(fields, "address", "email", "user_email")
    phone = first_of(fields, "phone", "formatted_phone")
    if address and "@" not in address:
        phone, address = phone or address, ""
    person = Person(
        role=role,
        source_id=first_of(fields, "id", "user_id"),
        name=first_of(fields, "name", "user_name"),
        emails=_filled([address, *(line_of(one) for one in list_of(fields.get("original_recipients")))]),
        phones=_filled([phone]),
        usernames=_filled(
            [first_of(fields, "username", "screen_name"), first_of(fields, "facebook_id", "twitter_id")]
        ),
    )
    return None if is_blank(person) else person


def _origin_of(place: dict[str, Any], role: PersonRole) -> Person | None:
    """From where something was written, as ``metadata.system`` tells."""
    metadata = place.get("metadata")
    system = dict_of(metadata.get("system")) if isinstance(metadata, dict) else None
    if not system:
        return None
    other = []
    latitude, longitude = line_of(system.get("latitude")), line_of(system.get("longitude"))
    if latitude and longitude:
        other.append(("COORDINATES", f"{latitude}, {longitude}"))
    person = Person(
        role=role,
        ips=_filled([line_of(system.get("ip_address"))]),
        addresses=_filled([line_of(system.get("location"))]),
        other=tuple(other),
    )
    return None if is_blank(person) else person


def _joined(person: Person | None, more: Person | None) -> Person | None:
    if person is None or more is None:
        return person or more
    return with_role(merged(person, more), person.role)


def _filled(values: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(value for value in values if value))


def _file_names(place: dict[str, Any]) -> tuple[str, ...]:
    return _filled(line_of(one.get("file_name")) for one in dicts_of(place.get("attachments")))


def _custom_fields(ticket: dict[str, Any]) -> list[tuple[str, str]]:
    """The ticket's own fields under their ids; ``fields`` is the same list by another name."""
    held = [*dicts_of(ticket.get("custom_fields")), *dicts_of(ticket.get("fields"))]
    pairs = (
        pair for one in held for pair in flatten(f"custom_fields.{line_of(one.get('id'))}", one.get("value"))
    )
    named = (
        pair
        for name in ("custom_fields", "fields")
        for pair in flatten(name, ticket[name] if isinstance(ticket.get(name), dict) else None)
    )
    return list(dict.fromkeys((*pairs, *named)))


def _all_comments(ticket: dict[str, Any], sides: Sides) -> Iterable[tuple[dict[str, Any], dict[str, Any]]]:
    """Every copy of every comment with what stands around it (the audit that made it)."""
    for comment in [dict_of(ticket.get("comment")), *dicts_of(ticket.get("comments")), *sides.comments]:
        if comment:
            yield comment, {}
    for audit in (*dicts_of(ticket.get("audits")), *sides.audits, *sides.events):
        for event in comment_events(audit):
            yield event, audit
