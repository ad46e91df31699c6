"""Builds a case from a document of an index, by a mapping or by the names that fields usually have."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from hushdesk.cases import Case, Message, Person, PersonRole, Reason
from hushdesk.readers._fields import (
    FieldError,
    dict_of,
    dicts_of,
    first_of,
    flatten,
    in_order,
    is_blank,
    line_of,
    merged,
    prose_of,
    text_of,
    time_of,
    time_or_none,
    visibility_of,
)
from hushdesk.readers._interface import Options
from hushdesk.readers._mapping import IGNORE, PERSON_KINDS, UNMAPPED

SOURCE = "elasticsearch"

# Field of a case to the names it usually has, the likeliest first. Names are compared in lower case
# with nothing but letters and digits, so customer.email, customer_email and customerEmail are one.
_USUAL_NAMES = {
    "subject": "subject title summary headline shortdescription ticketsubject casesubject issue",
    "description": "description body text content message details detail problem question narrative "
    "complaintwhathappened casedescription ticketdescription problemdescription longdescription",
    "resolution": "resolution solution resolutionnotes resolutiontext casesolution answer closenotes",
    "remarks": "remarks remark agentremarks internalremarks internalcomment internalcomments",
    "note": "notes note internalnotes internalnote worknotes privatenotes privatenote agentnotes",
    "opened_at": "createdat created createdon creationdate createddate createdate createtime opened openedat "
    "opendate dateopened datecreated datereceived received receivedat date timestamp submittedat",
    "updated_at": "updatedat updated updatedon updateddate lastmodified lastmodifieddate modified modifiedat "
    "modifiedon lastupdated lastupdate",
    "closed_at": "closedat closed closedon closeddate closedate closetime resolvedat resolved resolutiondate "
    "solvedat dateclosed",
    "number": "number casenumber ticketnumber caseno ticketno complaintid reference referencenumber srnumber",
    "status": "status casestatus ticketstatus currentstatus companyresponse",
    "priority": "priority severity urgency",
    "product": "product productname producttitle",
    "channel": "channel submittedvia contactchannel origin via",
    "category": "category type issuetype casetype tickettype queue topic subproduct",
    "tags": "tags labels tag",
    "language": "language lang locale languagecode",
    "country": "country countrycode countryname customercountry",
    "location": "location city customerlocation place region",
    "contract_number": "contractnumber contract contractno contractid agreementnumber",
    "attachments": "attachments attachmentnames files",
    "customer.id": "customerid userid accountid requesterid contactid clientid",
    "customer.name": "customername customer name requester requestername contactname contact clientname username "
    "fullname customerfullname reporter",
    "customer.email": "customeremail email emailaddress mail requesteremail contactemail clientemail useremail "
    "customermail customeremailaddress from fromaddress",
    "customer.phone": "customerphone phone phonenumber telephone mobile contactphone customerphonenumber",
    "customer.username": "login userlogin customerlogin customerusername",
    "customer.address": "customeraddress address postaladdress streetaddress",
    "customer.ip": "ip ipaddress clientip customerip remoteip remoteaddr sourceip customeripaddress",
    "agent.id": "agentid assigneeid ownerid",
    "agent.name": "agentname agent assignee assigneename assignedto owner supportagent supportengineer engineer",
    "agent.email": "agentemail assigneeemail supportagentemail engineeremail agentemailaddress owneremail "
    "supportengineeremail",
}
_RANKS = {
    name: (target, rank) for target, names in _USUAL_NAMES.items() for rank, name in enumerate(names.split())
}
_CONVERSATIONS = frozenset(
    [
        "conversation",
        "conversations",
        "messages",
        "comments",
        "thread",
        "threads",
        "replies",
        "correspondence",
        "chat",
    ]
)
_IDS = ("id", "case_id", "caseid", "ticket_id", "ticketid", "complaint_id", "uuid", "guid", "number")
_JOINED = frozenset({"description", "resolution", "remarks", "note", "tags", "attachments", "location"})
_LETTERS = re.compile(r"[^a-z0-9]")
_PARTS = {"id": "source_id", "name": "name"}
_LISTS = {"email": "emails", "phone": "phones", "username": "usernames", "address": "addresses", "ip": "ips"}


@dataclass(slots=True, repr=False)
class _Gathered:
    """What the fields of one document were taken to be."""

    texts: dict[str, list[tuple[int, str, str]]] = field(default_factory=dict)
    """Field of a case to (rank, name, text) of those that may be it."""
    conversations: list[Any] = field(default_factory=list)
    left: list[tuple[str, str]] = field(default_factory=list)


def case_of(document: dict[str, Any], document_id: str, options: Options, assumed: Counter[str]) -> Case:
    """Build a case from a document.

    Args:
        document: What was indexed.
        document_id: Its id in the index; empty if it is not known.
        options: A mapping for fields with names of their own; zone and order of dates.
        assumed: Counts times without a zone.

    Raises:
        FieldError: There is no id, or a time that cannot be read.
    """
    found = _gather(document, options)
    source_id = document_id or _mapped_id(found) or first_of(document, *_IDS)
    if not source_id:
        raise FieldError(Reason.MISSING_ID, "_id", "the document has no id")
    one = {name: _pick(found, name) for name in list(found.texts)}
    customer = _person(one, "customer", PersonRole.CUSTOMER)
    agent = _person(one, "agent", PersonRole.AGENT)
    other = _person(one, "other", PersonRole.OTHER)
    messages = in_order(
        [
            *(
                message
                for held in found.conversations
                for message in _messages(held, customer, agent, options)
            ),
            *(Message(prose_of(text)) for text in one.get("message.text", ())),
        ]
    )
    number = _first(one, "number")
    country = _first(one, "country")
    if len(country) != 2 or not country.isalpha():
        found.left += [("country", country)] if country else []
        one.setdefault("location", []).extend([country] if country else [])
        country = ""
    return Case(
        source=SOURCE,
        source_id=source_id,
        number="" if number == source_id else number,
        opened_at=_time(one, "opened_at", options, assumed),
        updated_at=_time(one, "updated_at", options, assumed),
        closed_at=_time(one, "closed_at", options, assumed),
        subject=_first(one, "subject"),
        description=_prose(one, "description"),
        resolution=_prose(one, "resolution"),
        remarks=_prose(one, "remarks"),
        notes=tuple(filter(None, map(prose_of, one.get("note", ())))),
        messages=messages,
        customer=customer,
        agent=agent,
        others=(other,) if other else (),
        location=", ".join(one.get("location", ())),
        country=country.upper(),
        product=_first(one, "product"),
        channel=_first(one, "channel"),
        language=_first(one, "language").replace("_", "-").split("-")[0].lower(),
        status=_first(one, "status"),
        priority=_first(one, "priority"),
        category=_first(one, "category"),
        tags=tuple(dict.fromkeys(one.get("tags", ()))),
        contract_number=_first(one, "contract_number"),
        attachments=tuple(name for name in one.get("attachments", ()) if "://" not in name),
        unmapped=tuple(found.left),
    )


def _gather(document: dict[str, Any], options: Options) -> _Gathered:
    mapped = options.mapping.columns if options.mapping is not None else {}
    found = _Gathered()
    for name, value in document.items():
        if name.lower() in _CONVERSATIONS and name not in mapped and value:
            found.conversations.append(value)
            continue
        for path, text in flatten(name, value):
            given = mapped.get(path)
            usual = _RANKS.get(_LETTERS.sub("", path.lower().lstrip("@_")))
            if given is None and usual is not None:
                found.texts.setdefault(usual[0], []).append((usual[1], path, text))
            elif given is None or UNMAPPED in given:
                found.left.append((path, text))
            elif IGNORE not in given:
                for target in given:
                    # Ahead of whatever else is called like it.
                    found.texts.setdefault(target, []).append((-1, path, text))
    return found


def _mapped_id(found: _Gathered) -> str:
    return next((line_of(text) for _, _, text in found.texts.pop("id", ())), "")


def _pick(found: _Gathered, target: str) -> list[str]:
    """The texts of one field of the case: of the likeliest source, or of all where texts can be joined."""
    held = sorted(found.texts[target], key=lambda one: one[0])
    if target in _JOINED:
        return list(dict.fromkeys(text for _, _, text in held))
    best = held[0][1]
    found.left += [(path, text) for _, path, text in held if path != best]
    return [text for _, path, text in held if path == best]


def _first(one: dict[str, list[str]], name: str) -> str:
    return next((line_of(text) for text in one.get(name, ())), "")


def _prose(one: dict[str, list[str]], name: str) -> str:
    return "\n\n".join(filter(None, map(prose_of, one.get(name, ()))))


def _time(one: dict[str, list[str]], name: str, options: Options, assumed: Counter[str]) -> datetime | None:
    return time_of({name: _first(one, name)}, name, options, assumed)


def _person(one: dict[str, list[str]], who: str, role: PersonRole) -> Person | None:
    singles = {slot: _first(one, f"{who}.{part}") for part, slot in _PARTS.items()}
    lists = {slot: tuple(one.get(f"{who}.{part}", ())) for part, slot in _LISTS.items()}
    other = tuple(
        (kind, text) for part, kind in PERSON_KINDS.items() for text in one.get(f"{who}.{part}", ())
    )
    person = Person(role=role, **singles, **lists, other=other)  # type: ignore[arg-type]
    return None if is_blank(person) else person


def _messages(
    held: Any, customer: Person | None, agent: Person | None, options: Options
) -> Iterator[Message]:
    """A conversation as indexes hold it: a list of objects or texts, or one text."""
    if not isinstance(held, list):
        held = [held]
    for item in held:
        if isinstance(item, str):
            if item.strip():
                yield Message(prose_of(item))
            continue
        for one in dicts_of([item]):
            text = next((prose_of(one[name]) for name in _TEXT_NAMES if text_of(one.get(name)).strip()), "")
            if text:
                yield Message(
                    text=text,
                    visibility=visibility_of(public=_is_public(one)),
                    at=next(
                        (at for name in _TIME_NAMES if (at := time_or_none(one.get(name), options))), None
                    ),
                    author=_author(one, customer, agent),
                    channel=first_of(one, "channel", "via"),
                    source_id=first_of(one, "id", "_id", "comment_id", "message_id"),
                )


_TEXT_NAMES = (
    "body",
    "text",
    "message",
    "content",
    "comment",
    "plain_body",
    "html_body",
    "note",
    "description",
)
_TIME_NAMES = (
    "created_at",
    "createdAt",
    "created",
    "at",
    "date",
    "time",
    "timestamp",
    "@timestamp",
    "sent_at",
)
_AUTHOR_NAMES = (
    "author",
    "from",
    "sender",
    "user",
    "created_by",
    "author_name",
    "author_email",
    "from_email",
)
_HIDING = ("internal", "is_internal", "private", "is_private", "isInternal", "isPrivate")
_SHOWING = ("public", "is_public", "isPublic")


def _is_public(one: dict[str, Any]) -> bool:
    """Public only if a flag says so and none speaks against it."""
    if any(one.get(name) not in (None, False, "false") for name in _HIDING):
        return False
    if any(one.get(name) in (False, "false") for name in _SHOWING):
        return False
    told = line_of(one.get("visibility")).lower()
    if told and told != "public":
        return False
    shown = any(one.get(name) in (True, "true") for name in _SHOWING)
    return shown or told == "public" or any(one.get(name) in (False, "false") for name in _HIDING)


def _author(one: dict[str, Any], customer: Person | None, agent: Person | None) -> Person | None:
    person = Person(role=PersonRole.OTHER)
    for name in _AUTHOR_NAMES:
        value = one.get(name)
        fields = dict_of(value)
        told = line_of(value)
        part = Person(
            role=PersonRole.OTHER,
            source_id=first_of(fields, "id"),
            name=first_of(fields, "name", "full_name", "displayName") or ("" if "@" in told else told),
            emails=tuple(filter(None, (first_of(fields, "email", "address"), told if "@" in told else ""))),
        )
        person = merged(person, part)
    if is_blank(person):
        return None
    for known in (customer, agent):
        if known and (set(known.emails) & set(person.emails) or (known.name and known.name == person.name)):
            return known
    role = line_of(one.get("role") or one.get("author_role") or one.get("sender_type")).lower()
    roles = {"agent": PersonRole.AGENT, "customer": PersonRole.CUSTOMER, "end-user": PersonRole.CUSTOMER}
    return merged(Person(role=roles.get(role, PersonRole.OTHER)), person)
