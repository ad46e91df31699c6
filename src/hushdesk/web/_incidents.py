"""The incidents of an open desk as the pages ask them: what is kept at once, what takes time in a thread of its own."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from typing import Any, Final, Protocol

from hushdesk.analytics import OpenDesk
from hushdesk.errors import HushdeskError
from hushdesk.incident import iso
from hushdesk.incident.answering import IncidentDesk, Seen, about, present

WAIT: Final = 5.0
"""So many seconds a page waits for evidence to be read; then it says that it is being read."""
MOST_SESSIONS: Final = 2_000
"""So many sessions of one address are shown; the page says how many there are."""


class IncidentPort(Protocol):
    """What the pages ask of incidents; :class:`hushdesk.incident.answering.IncidentDesk` answers."""

    def list(self) -> list[dict[str, Any]]:
        """All incidents, newest first."""

    def kept(self, ident: str) -> dict[str, Any] | None:
        """The answer that was worked out last."""

    def documents(self, ident: str) -> Sequence[dict[str, Any]]:
        """The notices written so far, the newest first."""

    def see(self, ident: str) -> Seen:
        """What the evidence says by itself."""

    def status(self, ident: str) -> dict[str, Any]:
        """Work out the whole answer, and keep it."""


@dataclass(frozen=True, slots=True)
class Work:
    """How working out an answer stands."""

    running: bool = False
    since: str = ""
    """When it was begun, ISO 8601."""
    problem: str = ""
    """Why the last try gave no answer; empty if it did."""


IDLE: Final = Work()


class Incidents:
    """Incidents for pages.

    Args:
        desk_of: Gives the incidents in the name of somebody, for the record.
        now: The present moment.
    """

    def __init__(self, desk_of: Callable[[str], IncidentPort], now: Callable[[], int] = present) -> None:
        self._desk_of, self._now = desk_of, now
        self._lock = threading.Lock()
        self._works: dict[str, Work] = {}
        self._turn = threading.Lock()
        self._seen: tuple[object, Future[Seen]] | None = None

    def every(self, who: str) -> list[dict[str, Any]]:
        """All incidents, newest first."""
        return self._desk_of(who).list()

    def kept(self, ident: str, who: str) -> dict[str, Any] | None:
        """The answer that was worked out last, its clocks set to now; none if there is none.

        Raises:
            UnknownIncidentError: There is no such incident.
        """
        return self._desk_of(who).kept(ident)

    def documents(self, ident: str, who: str) -> Sequence[dict[str, Any]]:
        """The notices written so far, the newest first."""
        return self._desk_of(who).documents(ident)

    def about(self, ident: str, address: str, who: str, wait: float = WAIT) -> dict[str, Any] | None:
        """The verdict on one address; none if the evidence is still being read after so many seconds.

        It is read once for all addresses that are asked for, until an answer is worked out or evidence is added, in a thread of
        its own.

        Raises:
            UnknownIncidentError: There is no such incident.
            IncidentError: It is no address.
        """
        desk = self._desk_of(who)
        kept = desk.kept(ident) or {}
        mark = (ident, kept.get("at"), kept.get("added_since"), str(kept.get("incident")))
        with self._lock:
            if self._seen is None or self._seen[0] != mark or _failed(self._seen[1]):
                self._seen = (mark, Future())
                threading.Thread(
                    target=_see, args=[desk, ident, self._seen[1]], name="evidence", daemon=True
                ).start()
            future = self._seen[1]
        try:
            seen = future.result(wait)
        except TimeoutError:
            return None
        return {**about(seen, address, MOST_SESSIONS), "until": iso(seen.until)}

    def work(self, ident: str) -> Work:
        """How working out an answer stands."""
        with self._lock:
            return self._works.get(ident, IDLE)

    def begin(self, ident: str, who: str) -> None:
        """Work out an answer anew in a thread of its own; once for all who ask meanwhile.

        Raises:
            UnknownIncidentError: There is no such incident.
        """
        self._desk_of(who).kept(ident)
        with self._lock:
            if self._works.get(ident, IDLE).running:
                return
            self._works[ident] = Work(running=True, since=iso(self._now() // 1_000_000 * 1_000_000))
        threading.Thread(target=self._run, args=[ident, who], name="incident", daemon=True).start()

    def _run(self, ident: str, who: str) -> None:
        problem = ""
        try:
            # One at a time: each reads all evidence, and all cases.
            with self._turn:
                self._desk_of(who).status(ident)
        except HushdeskError as error:
            problem = f"{error.problem} {error.remedy}".strip()
        except Exception as error:  # noqa: BLE001 - whatever it is, the page must not say for ever that it is under way
            problem = f"It ended with an unexpected {type(error).__name__}: a mistake in this program."
        with self._lock:
            self._works[ident] = Work(problem=problem)


def _see(desk: IncidentPort, ident: str, future: Future[Seen]) -> None:
    try:
        future.set_result(desk.see(ident))
    except Exception as error:  # noqa: BLE001 - whoever waits is told
        future.set_exception(error)


def _failed(future: Future[Seen]) -> bool:
    return future.done() and future.exception() is not None


def incidents_of(desk: OpenDesk) -> Incidents:
    """The incidents of an open desk."""
    return Incidents(lambda who: IncidentDesk(desk.desk, who))
