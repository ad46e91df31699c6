"""Who is who in a case: from persons in fields to pseudonyms that stay the same over years."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

from hushdesk.cases import Case, Message, Person, PersonRole, Visibility
from hushdesk.redact import Kind, Known, canonical
from hushdesk.seal._erased import GONE, ErasedValues
from hushdesk.vault import Pseudonymiser, VaultEntry

MIN_SOURCE_ID = 6
"""A help desk's own id of a person is hunted in text from this length; shorter ones are ordinary numbers."""

MIN_PLACE = 4
"""A place in a field is hunted in text from this length; shorter ones are country codes and abbreviations."""


HINTS: tuple[tuple[Kind, re.Pattern[str]], ...] = tuple(
    (kind, re.compile(pattern, re.IGNORECASE))
    for kind, pattern in (
        (Kind.EMAIL, r"e-?mail|correo|courriel"),
        (Kind.PHONE, r"phone|mobile|\bfax\b|\btel\b|telefon|tel[eé]fono|handy|\bgsm\b"),
        (Kind.IP, r"\bip\b|ip.?addr"),
        (Kind.ADDRESS, r"address|street|adresse|stra(ss|ß)e|direcci[oó]n|indirizzo"),
        (Kind.BIRTH_DATE, r"birth|\bdob\b|geburt|naissance|nacimiento"),
        (Kind.USERNAME, r"user.?name|\blogin\b|\bhandle\b|benutzername"),
        (Kind.IBAN, r"\biban\b"),
        (Kind.CARD, r"credit.?card|card.?number"),
        (
            Kind.ACCOUNT,
            r"(contract|account|policy|customer|client|member|vertrags|kunden).?(no|num|nr|id)\b|contract",
        ),
        (
            Kind.PERSON,
            (
                r"^(?!.*\b(?:organi[sz]ation|company|department|firma|soci[eé]t[eé]|empresa)\b)(?:.*?)(?:(customer|contact|requester|reporter|caller|client|agent|full|first|last|sur|family|given).?name"
                r"|\b(reporter|requester|caller|contact|assignee|creator|ansprechpartner)\b|^name$|nachname|vorname)"
            ),
        ),
    )
)
"""What the name of an unmapped field says about its value. Missing one costs a hunt, not a leak by itself:
the value is not stored in any case, and its text goes through the detectors."""

MAX_HINTED = 200
"""Unmapped values longer than this are texts, not identifiers."""


def content_bytes(case: Case) -> bytes:
    """The case as bytes that are equal exactly if two versions of it are equal.

    For the keyed MAC that tells an unchanged case, and for the quarantine; never stored in the clear.
    """
    return json.dumps(
        [
            [
                case.source, case.source_id, case.number, _time(case.opened_at), _time(case.updated_at),
                _time(case.closed_at), case.subject, case.description, case.resolution, case.remarks,
                case.notes, case.location, case.country, case.product, case.channel, case.language,
                case.status, case.priority, case.category, case.tags, case.contract_number,
                case.attachments, case.unmapped,
            ],
            [_message(message) for message in case.messages],
            _person(case.customer),
            _person(case.agent),
            [_person(person) for person in case.others],
        ],
        ensure_ascii=False,
        separators=(",", ":"),
    ).encode("utf-8", "surrogatepass")  # fmt: skip


def _time(value: datetime | None) -> float | None:
    return None if value is None else value.timestamp()


def _person(person: Person | None) -> list[object] | None:
    if person is None:
        return None
    return [
        person.role, person.source_id, person.name, person.emails, person.phones, person.usernames,
        person.addresses, person.ips, person.other,
    ]  # fmt: skip


def _message(message: Message) -> list[object]:
    return [
        message.text, message.visibility, _time(message.at), _person(message.author), message.channel,
        message.source_id, message.attachments,
    ]  # fmt: skip


def case_of(data: bytes) -> Case:
    """The case of which :func:`content_bytes` made these bytes: what the quarantine holds is enough to seal it again.

    Raises:
        ValueError: They are no case; the message holds nothing of them.
    """
    try:
        head, messages, customer, agent, others = json.loads(data.decode("utf-8", "surrogatepass"))
        names = (
            "source", "source_id", "number", "opened_at", "updated_at", "closed_at", "subject", "description", "resolution",
            "remarks", "notes", "location", "country", "product", "channel", "language", "status", "priority", "category",
            "tags", "contract_number", "attachments", "unmapped",
        )  # fmt: skip
        values = dict(zip(names, head, strict=True))
        for name in ("opened_at", "updated_at", "closed_at"):
            values[name] = _moment(values[name])
        for name in ("notes", "tags", "attachments"):
            values[name] = tuple(values[name])
        values["unmapped"] = tuple((name, value) for name, value in values["unmapped"])
        return Case(
            **values,
            messages=tuple(map(_message_of, messages)),
            customer=_person_of(customer),
            agent=_person_of(agent),
            others=tuple(person for one in others if (person := _person_of(one)) is not None),
        )
    except (ValueError, TypeError, KeyError, OverflowError):
        raise ValueError("these bytes are no case") from None


def _moment(stamp: float | None) -> datetime | None:
    return None if stamp is None else datetime.fromtimestamp(stamp, UTC)


def _person_of(row: list[Any] | None) -> Person | None:
    if row is None:
        return None
    role, source_id, name, emails, phones, usernames, addresses, ips, other = row
    return Person(
        PersonRole(role),
        source_id,
        name,
        tuple(emails),
        tuple(phones),
        tuple(usernames),
        tuple(addresses),
        tuple(ips),
        tuple((kind, value) for kind, value in other),
    )


def _message_of(row: list[Any]) -> Message:
    text, visibility, at, author, channel, source_id, attachments = row
    return Message(
        text,
        Visibility(visibility),
        _moment(at),
        _person_of(author),
        channel,
        source_id,
        tuple(attachments),
    )


@lru_cache(1 << 12)
def hinted(name: str) -> Kind | None:
    """The kind that a field's name gives away, or None."""
    # "customerName" and "customer_name" are read alike.
    words = re.sub(r"[_.\-]+|(?<=[a-z])(?=[A-Z])", " ", name)
    return next((kind for kind, pattern in HINTS if pattern.search(words)), None)


class Cast:
    """The people of one case and their pseudonyms.

    A person is known by the strongest identifier that the fields give: e-mail address, then phone
    number, then the help desk's own id, then user name. The pseudonym is made from that one alone,
    so the same person carries the same pseudonym in every case of every year. Somebody known by name
    only is one person within this case and nowhere else.
    """

    def __init__(
        self, case: Case, case_id: str, pseudonyms: Pseudonymiser, erased: ErasedValues | None = None
    ) -> None:
        self._case = case
        self._erased = erased
        self._case_id = case_id
        self._pseudonyms = pseudonyms
        self._cache: dict[int, str] = {}
        self._older: dict[str, tuple[str, ...]] = {}
        self._people: list[tuple[Person, str]] = []
        self._order: dict[str, None] = {}
        for person in self._persons():
            token = self._identify(person)
            # Somebody with no pseudonym (an account number and nothing else) has values to be hunted all the same.
            self._people.append((person, token))
            if token and token != GONE:
                self._order[token] = None

    def _persons(self) -> Iterator[Person]:
        case = self._case
        for person in (case.customer, case.agent):
            if person is not None:
                yield person
        yield from case.others
        seen: set[int] = set()
        for message in case.messages:
            if message.author is not None and id(message.author) not in seen:
                seen.add(id(message.author))
                yield message.author

    def _identify(self, person: Person) -> str:
        # Readers share one Person object among the messages of a case: canonical phones are dear.
        token = self._cache.get(id(person))
        if token is None:
            token = self._cache[id(person)] = self._make(person)
        return token

    def _make(self, person: Person) -> str:
        if self._erased is not None and self._erased.gone(person, self._case.source, self._case.opened_at):
            return GONE
        for kind, values in ((Kind.EMAIL, person.emails), (Kind.PHONE, person.phones)):
            for value in values:
                form = canonical(kind, value)
                if form:
                    return self._named(f"{kind.value}:{form}")
        if person.source_id:
            return self._named(f"{self._case.source}:{person.source_id}")
        for value in person.usernames:
            form = canonical(Kind.USERNAME, value)
            if form:
                return self._named(f"{Kind.USERNAME.value}:{form}")
        form = canonical(Kind.PERSON, person.name)
        if form:
            return self._within_case(form)
        return ""

    def _named(self, identity: str) -> str:
        token = self._pseudonyms.token(Kind.PERSON, identity)
        if self._pseudonyms.older:
            self._older[token] = tuple(one.token(Kind.PERSON, identity) for one in self._pseudonyms.older)
        return token

    def _within_case(self, form: str) -> str:
        token = self._pseudonyms.case_token(Kind.PERSON, form, self._case_id)
        if self._pseudonyms.older:
            self._older[token] = tuple(
                one.case_token(Kind.PERSON, form, self._case_id) for one in self._pseudonyms.older
            )
        return token

    @property
    def people(self) -> list[str]:
        """Pseudonyms of everybody whom the fields name, in the order of the fields."""
        return list(self._order)

    def token_of(self, person: Person | None) -> str:
        """The pseudonym of one of the case's persons; empty for nobody and for the system itself."""
        if person is None or person.role is PersonRole.SYSTEM:
            return ""
        token = self._identify(person)
        return "" if token == GONE else token

    def known(self) -> list[Known]:
        """Every value that the fields give about these people and the case, to be hunted in its text.

        ``ref`` is the person's pseudonym, or empty for values of the case itself.
        """
        found: dict[tuple[Kind, str], Known] = {}

        def add(kind: Kind, value: str, ref: str) -> None:
            value = value.strip()
            if value:
                found.setdefault((kind, value), Known(kind, value, ref))

        for person, token in self._people:
            if person.role is PersonRole.SYSTEM:
                continue
            # A display name is often just the address again; the address then speaks for it.
            add(Kind.EMAIL if "@" in person.name else Kind.PERSON, person.name, token)
            for kind, values in (
                (Kind.EMAIL, person.emails),
                (Kind.PHONE, person.phones),
                (Kind.USERNAME, person.usernames),
                (Kind.ADDRESS, person.addresses),
                (Kind.IP, person.ips),
            ):
                for value in values:
                    add(kind, value, token)
            if len(person.source_id) >= MIN_SOURCE_ID:
                add(Kind.ACCOUNT, person.source_id, token)
            for word, value in person.other:
                add(Kind(word) if word in Kind.__members__ else Kind.ACCOUNT, value, token)
        customer = self.token_of(self._case.customer)
        add(Kind.ACCOUNT, self._case.contract_number, customer)
        if len(self._case.location) >= MIN_PLACE:
            add(Kind.PLACE, self._case.location, customer)
        for name, value in self._case.unmapped:
            if value and len(value) <= MAX_HINTED:
                hint = hinted(name)
                if hint is not None:
                    add(hint, value, self._owner(hint, value, customer))
        return list(found.values())

    def _owner(self, kind: Kind, value: str, customer: str) -> str:
        """Whose an unmapped value is: that of the person it names, if the fields name one so; else nobody's."""
        if kind is Kind.PERSON:
            return next((token for person, token in self._people if person.name == value), "")
        return customer if kind is Kind.ACCOUNT else ""

    def vault_entries(self, known: list[Known]) -> Iterator[VaultEntry]:
        """What the vault has to hold so that these pseudonyms lead back to their people."""
        language, country = self._case.language, self._case.country
        for item in known:
            if not item.ref or item.ref == GONE:
                continue
            kind = item.kind
            form = canonical(kind, item.value)
            older = self._older.get(item.ref, ())
            if kind is Kind.PERSON:
                yield VaultEntry(item.ref, item.ref, kind.value, item.value, language, country, older)
            elif form:
                token = self._pseudonyms.token(kind, form)
                yield VaultEntry(item.ref, token, kind.value, item.value, language, country, older)
