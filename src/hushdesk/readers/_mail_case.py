"""From the mails of one thread to a case: who is who, and what the customer could see."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from hashlib import sha256

from hushdesk.cases import Case, Message, Person, PersonRole, Visibility
from hushdesk.readers._mail_headers import ticket_number
from hushdesk.readers._mail_parse import Mail
from hushdesk.readers._mail_threads import FREE_MAIL, domain_of, is_support

MAX_MESSAGES = 2_000
"""Longer threads (a machine that answers itself) are continued in a further case."""
MAX_CHARS = 32 * 1024 * 1024


@dataclass(frozen=True, slots=True, repr=False)
class Kept:
    """A mail as it waited for its thread."""

    mail: Mail
    draft: bool = False
    """Never sent, so that no customer saw it."""


def build_cases(source: str, root: str, mails: Iterable[Kept], support: frozenset[str]) -> Iterator[Case]:
    """Build the case of one thread, or several if it is too long for one.

    Args:
        source: Name of the reader.
        root: The thread's stable id.
        mails: Its mails in the order of time.
        support: Domains and addresses of the help desk; empty if they are not known.
    """
    part: list[Kept] = []
    chars = number = 0
    for kept in mails:
        if part and (len(part) >= MAX_MESSAGES or chars + len(kept.mail.text) > MAX_CHARS):
            number += 1
            yield _case(source, root, number, part, support)
            part, chars = [], 0
        part.append(kept)
        chars += len(kept.mail.text)
    if part:
        yield _case(source, root, number + 1, part, support)


def _case(source: str, root: str, number: int, mails: list[Kept], support: frozenset[str]) -> Case:
    people = _People(support)
    for kept in mails:
        people.meet(kept.mail)
    customer = _customer(mails, support)
    visible = _Circle(customer, support)
    messages = []
    agents: Counter[str] = Counter()
    for kept in mails:
        mail = kept.mail
        shown = visible.sees(mail) and not kept.draft
        author = _key(mail.author)
        if author and people.role(author, customer) is PersonRole.AGENT and not mail.automatic:
            agents[author] += 1
        messages.append(
            Message(
                text=mail.text,
                visibility=Visibility.PUBLIC if shown else Visibility.INTERNAL,
                at=mail.at,
                author=people.person(author, customer, automatic=mail.automatic) if author else None,
                channel="email",
                source_id=sha256(mail.message_id.encode("utf-8", "replace")).hexdigest()[:20],
                attachments=tuple(mail.attachments),
            )
        )
    agent = agents.most_common(1)[0][0] if agents else ""
    times = [kept.mail.at for kept in mails if kept.mail.at is not None]
    sealed = Counter(kind for kept in mails for kind in kept.mail.sealed)
    return Case(
        source=source,
        source_id=root if number == 1 else f"{root}-{number}",
        number=next(filter(None, (ticket_number(kept.mail.subject) for kept in mails)), ""),
        opened_at=min(times, default=None),
        updated_at=max(times, default=None),
        subject=mails[0].mail.subject,
        remarks=" ".join(
            f"{count} part{'s' if count > 1 else ''} sealed by {kind} could not be read."
            for kind, count in sealed.items()
        ),
        messages=tuple(messages),
        customer=people.person(customer, customer) if customer else None,
        agent=people.person(agent, customer) if agent else None,
        others=tuple(people.person(key, customer) for key in people.keys() if key not in (customer, agent)),  # noqa: SIM118
        channel="email",
    )


def _key(person: tuple[str, str]) -> str:
    """Whom a name and an address mean: the address, or the name if there is none."""
    return person[1] or person[0]


def _customer(mails: list[Kept], support: frozenset[str]) -> str:
    authors = [_key(kept.mail.author) for kept in mails if _key(kept.mail.author) and not kept.mail.automatic]
    for author in authors:
        if not is_support(author, support):
            return author
    # The help desk wrote first and nobody answered: it wrote to the customer.
    recipients = [_key(person) for person in mails[0].mail.recipients if _key(person)]
    return next((key for key in recipients if not is_support(key, support)), "")


class _Circle:
    """Who is on the customer's side of a thread, as far as the mails read so far show."""

    def __init__(self, customer: str, support: frozenset[str]) -> None:
        self._support = support
        self._known = {customer} if customer else set()
        domain = domain_of(customer) if "@" in customer else ""
        self._domain = "" if domain in FREE_MAIL else domain

    def sees(self, mail: Mail) -> bool:
        """Say whether somebody of the customer's side wrote or received a mail to or from the help desk."""
        if not self._support or not mail.author[1]:
            return False
        everybody = [mail.author[1], *(address for _, address in (*mail.recipients, *mail.copied) if address)]
        outside = [address for address in everybody if not is_support(address, self._support)]
        if len(outside) == len(everybody) or not any(self._inside(address) for address in outside):
            return False
        self._known.update(outside)
        return True

    def _inside(self, address: str) -> bool:
        return address in self._known or (bool(self._domain) and domain_of(address) == self._domain)


@dataclass(slots=True)
class _Contact:
    names: dict[str, None] = field(default_factory=dict)
    ips: dict[str, None] = field(default_factory=dict)


class _People:
    """Everybody whom the header fields of a thread name."""

    def __init__(self, support: frozenset[str]) -> None:
        self._support = support
        self._contacts: dict[str, _Contact] = {}

    def meet(self, mail: Mail) -> None:
        """Take in the people of one mail."""
        for person in (mail.author, *mail.aliases, *mail.recipients, *mail.copied, *mail.mentioned):
            key = _key(person)
            if key:
                contact = self._contacts.setdefault(key, _Contact())
                if person[0] and person[0].lower() != person[1]:
                    contact.names[person[0]] = None
        if author := _key(mail.author):
            self._contacts[author].ips.update(dict.fromkeys(mail.ips))

    def keys(self) -> list[str]:
        """Everybody, in the order of appearance."""
        return list(self._contacts)

    def role(self, key: str, customer: str) -> PersonRole:
        """The part somebody plays."""
        if key == customer:
            return PersonRole.CUSTOMER
        return PersonRole.AGENT if is_support(key, self._support) else PersonRole.OTHER

    def person(self, key: str, customer: str, *, automatic: bool = False) -> Person:
        """Somebody as a person of the case."""
        contact = self._contacts.get(key) or _Contact()
        names = list(contact.names)
        role = PersonRole.SYSTEM if automatic else self.role(key, customer)
        return Person(
            role=role,
            name=names[0] if names else "" if "@" in key else key,
            emails=(key,) if "@" in key else (),
            ips=tuple(contact.ips),
            other=tuple(("PERSON", name) for name in names[1:]),
        )
