"""Which letters may go now, opened one by one as they are due; what may not go yet is set aside, by place, never by address."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from email.headerregistry import Address as HeaderAddress
from typing import Final

from hushdesk.errors import HushdeskError
from hushdesk.incident._spans import SECOND
from hushdesk.incident.sending._letter import (
    Address,
    Letter,
    LetterOf,
    NoAddress,
    UnfitError,
    address,
    render,
)
from hushdesk.incident.sending._moves import Due, Intent
from hushdesk.incident.sending._outbox import Outbox
from hushdesk.incident.sending._pace import Pace
from hushdesk.incident.sending._relay import Relay
from hushdesk.incident.sending.errors import LetterError

_START: Final = (-(1 << 63), -1)
_MOST_ASIDE: Final = 50_000
_MOST_OPENED: Final = 500
"""Letters looked at before the buttons are looked at again."""
_LOOK_AGAIN: Final = 5.0
"""Seconds after which letters are looked for that others may have planned meanwhile."""


@dataclass(frozen=True, slots=True)
class Opened:
    """A letter that is ready to go once its intent is on disk."""

    intent: Intent
    to: Address = field(repr=False)
    data: bytes = field(repr=False)


@dataclass(slots=True)
class Taken:
    """What one look at the outbox gave."""

    opened: list[Opened] = field(default_factory=list)
    nowhere: list[tuple[Due, str]] = field(default_factory=list)
    """Letters without an address, each with the reason."""
    further: list[tuple[Due, int, str]] = field(default_factory=list)
    """Letters that go to the person's next address, with how many there are and the reason."""

    def __bool__(self) -> bool:
        return bool(self.opened or self.nowhere or self.further)


class Feed:
    """Opens letters that are due."""

    def __init__(
        self, outbox: Outbox, relay: Relay, letter_of: LetterOf, pace: Pace, now: Callable[[], int]
    ) -> None:
        self._outbox = outbox
        self._letter_of = letter_of
        self._pace = pace
        self._now = now
        self._domain = relay.domain
        self._sender = str(HeaderAddress(relay.sender_name, addr_spec=relay.sender))
        self._cursor = _START
        self._again = False
        self._looked = time.monotonic()
        self._aside: dict[str, deque[Due]] = {}
        self._aside_persons: set[int] = set()

    def look_again(self) -> None:
        """Something has become due that may lie before the place that was reached."""
        self._again = True

    def take(self, room: int) -> Taken:
        """Open at most ``room`` letters that may go now.

        Raises:
            LetterError: One could not be made.
        """
        taken = Taken()
        for looked, due in enumerate(self._candidates(room), 1):
            self._open(due, taken)
            if len(taken.opened) >= room or looked >= _MOST_OPENED:
                break
        return taken

    def until_due(self) -> float | None:
        """Seconds until the next letter may go, if now none may; None if none is left."""
        clock = time.monotonic()
        waits = [self._pace.until_domain(domain, clock) for domain in self._aside]
        now = self._now()
        later = self._outbox.next_due(after=now)
        if later is not None:
            waits.append((later - now) / SECOND)
        return min(waits, default=None)

    def _candidates(self, room: int) -> Iterator[Due]:
        for domain in list(self._aside):
            queue = self._aside[domain]
            while queue and self._pace.until_domain(domain, time.monotonic()) <= 0:
                due = queue.popleft()
                self._aside_persons.discard(due.person)
                yield due
            if not queue:
                del self._aside[domain]
        # Deferred ones that were set aside are still deferred; they must not hide others.
        for due in self._outbox.deferred(self._now(), room + len(self._aside_persons)):
            if due.person not in self._aside_persons:
                yield due
        if self._looked + _LOOK_AGAIN < time.monotonic():
            self._again = True
        while len(self._aside_persons) < _MOST_ASIDE:
            found = self._outbox.fresh(self._cursor, max(room, 100))
            for due in found:
                self._cursor = (due.rank, due.person)
                if due.person not in self._aside_persons:
                    yield due
            if not found:
                if not self._again:
                    return
                self._again, self._cursor, self._looked = False, _START, time.monotonic()

    def _open(self, due: Due, taken: Taken) -> None:
        letter = self._ask(due.person)
        if isinstance(letter, NoAddress):
            taken.nowhere.append((due, letter.reason))
            return
        if due.route >= len(letter.addresses):
            taken.nowhere.append((due, "no further address" if due.route else "no address"))
            return
        to = address(letter.addresses[due.route])
        if to is None:
            taken.further.append((due, len(letter.addresses), "not an address"))
            return
        if self._pace.until_domain(to.domain, time.monotonic()) > 0:
            self._aside.setdefault(to.domain, deque()).append(due)
            self._aside_persons.add(due.person)
            return
        token = self._outbox.ids.token(due.person, due.route)
        dated = due.dated if due.dated is not None else self._now()
        try:
            data = render(letter, to, self._sender, self._outbox.ids, token, self._domain, dated)
        except UnfitError as error:
            taken.nowhere.append((due, str(error)))
            return
        self._pace.promise(to.domain)
        taken.opened.append(Opened(Intent(due, len(letter.addresses), token, dated), to, data))

    def _ask(self, person: int) -> Letter | NoAddress:
        try:
            return self._letter_of(person)
        except HushdeskError:
            raise
        except Exception as error:  # noqa: BLE001
            # Its text and its frames may hold an address: only its kind leaves.
            kind = type(error).__name__
        raise LetterError(person, kind)
