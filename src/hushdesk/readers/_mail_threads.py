"""Which mails belong together, and who the help desk is.

Only numbers are kept for each mail, so a mailbox of a million mails fits in memory. Mails are joined
by ``Message-ID``, ``In-Reply-To`` and ``References``; by their subject only where an answer lost its
references and its people say that it is one.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from hashlib import blake2b, sha256

from hushdesk.readers._mail_headers import is_reply_subject, plain_subject
from hushdesk.readers._mail_parse import Mail

_SUBJECT_DAYS = 60
_SAME_TEXT = 200
_HUB_SHARE = 0.2
_HUB_MAILS = 20
_LEAST_THREADS = 3
_SUPPORT_SHARE = 0.5
_FREE_MAIL = (
    "gmail.com googlemail.com outlook.com hotmail.com live.com msn.com yahoo.com ymail.com aol.com icloud.com me.com"
    " mac.com gmx.de gmx.net gmx.at gmx.ch web.de t-online.de freenet.de orange.fr wanadoo.fr free.fr laposte.net"
    " libero.it mail.ru yandex.ru yandex.com qq.com 163.com 126.com naver.com daum.net proton.me protonmail.com"
    " mail.com zoho.com fastmail.com hotmail.fr hotmail.co.uk yahoo.co.uk yahoo.fr yahoo.co.jp"
)
FREE_MAIL = frozenset(_FREE_MAIL.split())
"""Where anybody may have an address: never taken for a help desk's own domain, nor for a company."""


@dataclass(slots=True)
class _Entry:
    """What is remembered of one mail; all ids and addresses as 64-bit hashes."""

    at: float | None
    tie: int
    root: bytes
    author: int
    author_domain: str
    recipient_domains: tuple[str, ...]
    people: frozenset[int]
    subject: int
    linked: bool
    reply: bool


@dataclass(frozen=True, slots=True)
class Thread:
    """One conversation."""

    root: str
    """Stable id: a hash of the id of the mail that began it, whether that one is here or not."""
    members: tuple[int, ...]
    """Numbers of its mails in the order of time."""


def domain_of(address: str) -> str:
    """The part of an address after the ``@``."""
    return address.rpartition("@")[2]


class Threads:
    """Collects mails, then tells the threads."""

    def __init__(self) -> None:
        self._entries: list[_Entry] = []
        self._nodes: list[int] = []
        self._parent: list[int] = []
        self._node_of: dict[int, int] = {}
        self._seen: dict[int, int] = {}
        self._domains: dict[str, str] = {}

    def add(self, mail: Mail) -> int | None:
        """Take in a mail; returns its number, or None if it repeats one seen before."""
        text = "".join(mail.text[: 4 * _SAME_TEXT].split())[:_SAME_TEXT]
        same = _number(f"{mail.message_id}\0{text}")
        node = self._node(mail.message_id)
        for parent in mail.parents:
            self._join(node, self._node(parent))
        root = sha256(
            (mail.parents[0] if mail.parents else mail.message_id).encode("utf-8", "replace")
        ).digest()[:10]
        if same in self._seen:
            entry = self._entries[self._seen[same]]
            if mail.parents and not entry.linked:
                # One copy lost its references on the way; the other one tells where it belongs.
                entry.linked, entry.root = True, root
            return None
        self._seen[same] = len(self._entries)
        people = [mail.author[1], *(address for _, address in (*mail.recipients, *mail.copied))]
        subject = plain_subject(mail.subject)
        self._entries.append(
            _Entry(
                at=mail.at.timestamp() if mail.at else None,
                tie=same,
                root=root,
                author=_number(mail.author[1]),
                author_domain=self._domain(mail.author[1]),
                recipient_domains=tuple(
                    dict.fromkeys(self._domain(address) for _, address in mail.recipients if address)
                ),
                people=frozenset(_number(address) for address in people if address),
                subject=_number(subject) if subject else 0,
                linked=bool(mail.parents),
                reply=is_reply_subject(mail.subject),
            )
        )
        self._nodes.append(node)
        return len(self._entries) - 1

    def finish(self, given: frozenset[str]) -> tuple[list[Thread], frozenset[str]]:
        """Tell the threads, by their first mail in the input, and the help desk's domains.

        Args:
            given: The help desk's domains and addresses as the user gave them; found out if empty.
        """
        support = given or self._support(self._groups())
        self._join_by_subject(support)
        threads = []
        for members in self._groups():
            ordered = sorted(members, key=self._order)
            threads.append(Thread(self._entries[ordered[0]].root.hex(), tuple(ordered)))
        return threads, support

    def _order(self, index: int) -> tuple[float, int]:
        entry = self._entries[index]
        return (float("inf") if entry.at is None else entry.at, entry.tie)

    def _groups(self) -> list[list[int]]:
        groups: dict[int, list[int]] = {}
        for index, node in enumerate(self._nodes):
            groups.setdefault(self._find(node), []).append(index)
        return list(groups.values())

    # The nodes are ids, of mails that are here and of mails that are only referred to.

    def _node(self, message_id: str) -> int:
        number = _number(message_id)
        node = self._node_of.get(number)
        if node is None:
            node = self._node_of[number] = len(self._parent)
            self._parent.append(node)
        return node

    def _find(self, node: int) -> int:
        while self._parent[node] != node:
            self._parent[node] = self._parent[self._parent[node]]
            node = self._parent[node]
        return node

    def _join(self, one: int, other: int) -> None:
        one, other = self._find(one), self._find(other)
        if one != other:
            # The lower number stays, so that the outcome does not depend on the order of joining.
            self._parent[max(one, other)] = min(one, other)

    def _domain(self, address: str) -> str:
        domain = domain_of(address)
        return self._domains.setdefault(domain, domain)

    def _support(self, groups: list[list[int]]) -> frozenset[str]:
        """Find the domains that threads are sent to and answers come from; empty if nothing is certain."""
        asked: Counter[str] = Counter()
        answered: Counter[str] = Counter()
        began: Counter[str] = Counter()
        threads = conversations = 0
        for members in groups:
            ordered = sorted(members, key=self._order)
            first = self._entries[ordered[0]]
            if not first.recipient_domains or not first.author_domain:
                continue
            threads += 1
            began[first.author_domain] += 1
            asked.update({domain for domain in first.recipient_domains if domain != first.author_domain})
            others = {self._entries[index].author_domain for index in ordered[1:]} - {first.author_domain, ""}
            if others:
                conversations += 1
                answered.update(others)
        if conversations < _LEAST_THREADS:
            return frozenset()
        return frozenset(
            domain
            for domain in asked
            if domain not in FREE_MAIL
            and asked[domain] >= _SUPPORT_SHARE * (threads - began[domain])
            and answered[domain] >= _SUPPORT_SHARE * conversations
            and began[domain] < _SUPPORT_SHARE * threads
        )

    def _join_by_subject(self, support: frozenset[str]) -> None:
        hubs = self._hubs(support)
        alike: dict[int, list[int]] = {}
        for index, entry in enumerate(self._entries):
            if entry.subject and entry.at is not None:
                alike.setdefault(entry.subject, []).append(index)
        for indexes in alike.values():
            if len(indexes) < 2 or all(self._entries[index].linked for index in indexes):
                continue
            indexes.sort(key=self._order)
            for place, index in enumerate(indexes):
                earlier = self._answered(index, indexes[:place], hubs)
                if earlier is not None:
                    self._join(self._nodes[index], self._nodes[earlier])

    def _answered(self, index: int, earlier: list[int], hubs: frozenset[int]) -> int | None:
        """Find the latest earlier mail that this one, by subject and people, is an answer to."""
        entry = self._entries[index]
        if not entry.reply or entry.linked:
            # A linked answer names its parent; a subject without "Re:" begins something new.
            return None
        people = entry.people - hubs
        for other in reversed(earlier[-200:]):
            candidate = self._entries[other]
            assert entry.at is not None  # noqa: S101 - only dated mails are compared
            assert candidate.at is not None  # noqa: S101
            if entry.at - candidate.at > _SUBJECT_DAYS * 86_400:
                return None
            if people & candidate.people:
                return other
        return None

    def _hubs(self, support: frozenset[str]) -> frozenset[int]:
        """Addresses that take part in so much that sharing them says nothing: the help desk, a list."""
        count: Counter[int] = Counter()
        desk: set[int] = set()
        for entry in self._entries:
            count.update(entry.people)
            if is_support(entry.author_domain, support):
                desk.add(entry.author)
        least = max(_HUB_MAILS, _HUB_SHARE * len(self._entries))
        return frozenset({person for person, mails in count.items() if mails >= least} | desk)


def is_support(address: str, support: frozenset[str]) -> bool:
    """Say whether an address, or a domain, belongs to the help desk."""
    if address in support:
        return True
    domain = domain_of(address)
    while domain:
        if domain in support:
            return True
        domain = domain.partition(".")[2]
    return False


def _number(text: str) -> int:
    return int.from_bytes(blake2b(text.encode("utf-8", "replace"), digest_size=8).digest(), "big")
