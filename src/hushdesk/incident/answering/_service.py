"""What people do with incidents, in plain values: the same for the command line, the socket and the page."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from enum import StrEnum
from ipaddress import ip_address
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from hushdesk.desk import Desk
from hushdesk.incident._answer import Reading
from hushdesk.incident._spans import EVER, MINUTE, moment, present
from hushdesk.incident.answering import _values as values
from hushdesk.incident.dossier import Dossier, Dossiers, Settings, Statement
from hushdesk.incident.duties import EVENTS, words_left
from hushdesk.incident.errors import IncidentError
from hushdesk.incident.severity import Cause, Harm, Nature, Truth, Volume
from hushdesk.vault import write_private

if TYPE_CHECKING:
    from hushdesk.incident.answering._analyse import Analysis, Seen
    from hushdesk.incident.answering._notify import Notify

_FRESH: Final = 10 * MINUTE
ANSWER: Final = "answer.json"
FACTS: Final[dict[str, type[StrEnum]]] = {
    "availability": Harm,
    "cause": Cause,
    "encrypted": Truth,
    "integrity": Harm,
    "malicious": Truth,
    "nature": Nature,
    "vault_exposed": Truth,
    "volume": Volume,
}
"""Circumstances that people may state, and the words for each."""
_SAID: Final = ("aware_at", "closed_at", "facts", "moments", "statements")


def read_moment(text: str) -> int:
    """A moment as people write it: ISO 8601, UTC where no zone is given; ``now``.

    Raises:
        IncidentError: It is none.
    """
    if text == "now":
        return present()
    try:
        read = datetime.fromisoformat(text)
    except ValueError:
        raise IncidentError("this is no time.", remedy="Write 2019-12-29T18:00Z.") from None
    return moment(read if read.tzinfo else read.replace(tzinfo=UTC))


def read_span(text: str) -> tuple[int, int]:
    """Two moments as people write them: ``FROM/TO``; either may be left out.

    Raises:
        IncidentError: They are none.
    """
    first, slash, last = text.partition("/")
    if not slash:
        raise IncidentError(
            "this is no span of time.", remedy="Write FROM/TO, as 2019-12-05T10:00Z/2019-12-31."
        )
    return read_moment(first) if first else -EVER, read_moment(last) if last else EVER


class IncidentDesk:
    """The incidents of an open desk.

    Args:
        desk: The desk.
        who: Who works, for the record.
        now: The present moment.
    """

    def __init__(self, desk: Desk, who: str, now: Callable[[], int] = present) -> None:
        self._desk, self._who, self._now = desk, who, now
        self._dossiers = Dossiers(desk.folder, self._steps)
        self._last: tuple[object, int, Analysis] | None = None

    def _steps(self, steps: Sequence[tuple[str, Mapping[str, Any]]]) -> None:
        self._desk.record.append_many([(event, self._who, detail) for event, detail in steps])

    def dossier(self, ident: str) -> Dossier:
        """One incident; the newest if no name is given.

        Raises:
            UnknownIncidentError: There is none.
        """
        names = self._dossiers.names()
        return self._dossiers.get(ident or (names[0] if names else ""))

    def call(self, action: str, arguments: Mapping[str, Any]) -> Any:
        """Carry out an action by name.

        Raises:
            IncidentError: There is no such action, or it cannot be done.
        """
        if action not in ACTIONS:
            raise IncidentError(
                "there is no such action.", remedy=f"There are: {', '.join(sorted(ACTIONS))}."
            )
        return getattr(self, action)(**arguments)

    # -- the dossier ----------------------------------------------------------------------------

    def open(
        self, ident: str, *, title: str = "", aware: str = "now", intent: str = "", **given: Any
    ) -> dict[str, Any]:
        """Begin an incident."""
        house, controller, duties = (given.pop(name, "") for name in ("house", "controller", "duties"))
        now = self._now()
        store = given.pop("store", "")
        scope: dict[str, Any] = {
            name: tuple(value) if isinstance(value, list) else value for name, value in given.items()
        }
        from hushdesk.incident.answering._analyse import CONTROLLER, HOUSE, RULES

        known_from = scope.pop("known_from", "")
        settings = Settings(
            ident=ident,
            title=title or ident,
            opened_at=now,
            opened_by=self._who,
            aware_at=read_moment(aware),
            store=store,
            known_from=read_moment(known_from) if known_from else None,
            **scope,
        )
        if intent:
            settings = _from_intent(settings, Path(intent))
        copies = {
            name: Path(path)
            for name, path in ((HOUSE, house), (CONTROLLER, controller), (RULES, duties))
            if path
        }
        for path in copies.values():
            if not path.is_file():
                raise IncidentError("a file is not there.", remedy=f"Check the path: {path}")
        dossier = self._dossiers.open(settings, Path(intent) if intent else None, copies)
        return values.settings_value(dossier.settings)

    def list(self) -> list[dict[str, Any]]:
        """All incidents, newest first."""
        return [values.settings_value(self._dossiers.get(name).settings) for name in self._dossiers.names()]

    def add(
        self,
        ident: str,
        paths: Sequence[str],
        *,
        parser: str = "",
        options: Mapping[str, str] | None = None,
        again: bool = False,
    ) -> dict[str, Any]:
        """Read evidence."""
        dossier = self.dossier(ident)
        found = dossier.add([Path(path) for path in paths], parser=parser, options=options, again=again)
        return {
            **values.evidence_value([kept for kept, _ in found]),
            "new": sum(new for _, new in found),
            "each": [values.file_value(kept) | {"new": new} for kept, new in found[: values.MOST_VISITORS]],
        }

    def state(self, ident: str, what: str, span: str, **more: Any) -> dict[str, Any]:
        """Vouch for something that no log says."""
        if what not in {"covered", "listening", "open"}:
            raise IncidentError(
                "nothing of this sort can be stated.", remedy="State covered, listening or open."
            )
        start, end = read_span(span)
        dossier = self.dossier(ident)
        dossier.state([Statement(what=what, start=start, end=end, by=self._who, at=self._now(), **more)])
        return values.settings_value(dossier.settings)

    def set(self, ident: str, name: str, value: str) -> dict[str, Any]:
        """Say when something was that starts a clock, or how the circumstances are."""
        dossier = self.dossier(ident)
        if name in EVENTS or "/" in name:
            dossier.set_moment(name, read_moment(value), self._who)
        elif name in FACTS:
            words = [word.value for word in FACTS[name]]
            if value not in words:
                raise IncidentError(
                    f"{name} is none of these words.", remedy=f"Choose one of: {', '.join(words)}."
                )
            dossier.set_fact(name, value, self._who)
        else:
            known = ", ".join(sorted((*EVENTS, *FACTS)))
            raise IncidentError("nothing of this name can be set.", remedy=f"Known are: {known}.")
        return values.settings_value(dossier.settings)

    def close(self, ident: str, why: str) -> dict[str, Any]:
        """Close an incident."""
        dossier = self.dossier(ident)
        dossier.close(self._now(), self._who, why)
        return values.settings_value(dossier.settings)

    # -- the answer -----------------------------------------------------------------------------

    def analyse(self, ident: str, *, sweep: bool = True) -> Analysis:
        """Work out the answer, and keep it."""
        # Late, as what is below: most of what is done with an incident works nothing out.
        from hushdesk.incident.answering._analyse import analyse

        dossier = self.dossier(ident)
        now = self._now()
        # The same question of the same evidence and store within minutes: the sweep alone reads every case.
        question = (ident, dossier.settings, dossier.shelf.idents(), self._desk.store.generation, sweep)
        if self._last is not None and self._last[0] == question and now - self._last[1] < _FRESH:
            return self._last[2]
        analysis = analyse(dossier, self._desk, now, sweep=sweep)
        self._last = (question, now, analysis)
        value = values.answer_value(dossier, analysis, now)
        # A page and a command may both work it out: whoever is last is kept, and whole.
        write_private(dossier.folder / ANSWER, json.dumps(value).encode())
        dossier.step(
            "incident:answer:work-out",
            windows=len(analysis.answer.exposures),
            visitors=analysis.seen.access.table.height,
            persons_lower=analysis.answer.persons.lower,
            persons_upper=analysis.answer.persons.upper,
        )
        return analysis

    def status(self, ident: str, *, sweep: bool = True, address: str = "") -> dict[str, Any]:
        """Work out the whole answer; with an address, what is known of it."""
        analysis = self.analyse(ident, sweep=sweep)
        dossier = self.dossier(ident)
        if address:
            return about(analysis.seen, address)
        return values.answer_value(dossier, analysis, self._now(), self._notify(dossier).progress())

    def kept(self, ident: str) -> dict[str, Any] | None:
        """The answer that was worked out last, its clocks set to now; none if there is none."""
        dossier = self.dossier(ident)
        path = dossier.folder / ANSWER
        if not path.exists():
            return None
        found: dict[str, Any] = json.loads(path.read_text("utf-8"))
        now = self._now()
        for due in found["duties"]:
            end = due["due"] and due["due"]["to"]
            if end and due.get("done") is None:
                left = read_moment(end) - now
                due["remaining_seconds"] = left / 1_000_000
                due["countdown"] = words_left(left)
        said = values.settings_value(dossier.settings)
        # What people have said since is in no figure yet.
        found["said_since"] = [name for name in _SAID if said[name] != found["incident"].get(name)]
        found["incident"] = said
        found["letters"] = self._notify(dossier).progress()
        found["added_since"] = len(dossier.shelf) - found["evidence"]["files"]
        return found

    def with_letters(self) -> Sequence[str]:
        """Names of the incidents that letters were planned for."""
        from hushdesk.incident.answering._list import LIST

        return [name for name in self._dossiers.names() if (self._dossiers.get(name).folder / LIST).exists()]

    def see(self, ident: str) -> Seen:
        """What the evidence says by itself; nothing is kept of it."""
        from hushdesk.incident.answering._analyse import see

        return see(self.dossier(ident), self._now())

    def documents(self, ident: str) -> Sequence[dict[str, Any]]:
        """The notices written so far, the newest first, as :meth:`Document.as_dict` says them."""
        folder = self.dossier(ident).folder / "documents"
        return [
            json.loads(path.read_text("utf-8")) for path in sorted(folder.glob("phase-*.json"), reverse=True)
        ]

    def persons(self, ident: str) -> dict[str, Any]:
        """Groups of persons, without identities."""
        return values.persons_value(self.analyse(ident))

    def report(self, ident: str, out: str, **how: Any) -> dict[str, Any]:
        """Write the notice to the authority and the evidence bundle."""
        from hushdesk.incident.answering._report import report

        analysis = self.analyse(ident)
        dossier = self.dossier(ident)
        now = self._now()
        answer = values.answer_value(dossier, analysis, now, self._notify(dossier).progress())
        return report(dossier, self._desk, analysis, answer, Path(out), now, **how)

    def notify(self, ident: str, step: str, **more: Any) -> dict[str, Any]:
        """A step of telling the persons."""
        dossier = self.dossier(ident)
        notify = self._notify(dossier)
        if step == "plan":
            return notify.plan(self.analyse(ident))
        return notify.call(step, more)

    def _notify(self, dossier: Dossier) -> Notify:
        from hushdesk.incident.answering._notify import Notify

        return Notify(dossier, self._desk, self._now)


ACTIONS: Final = frozenset(
    {"add", "close", "kept", "list", "notify", "open", "persons", "report", "set", "state", "status"}
)


def about(seen: Seen, address: str, most: int = values.MOST_SESSIONS) -> dict[str, Any]:
    """The verdict on one address, and at most so many of its sessions.

    Raises:
        IncidentError: It is no address.
    """
    try:
        # A scope means something on one machine only.
        address = str(ip_address(address.replace("%", "/")))
        reading, unseen = seen.access.reading(address)
    except ValueError:
        raise IncidentError("this is no address.", remedy="Write --address 198.51.100.7.") from None
    found = seen.access.visitor(address)
    return {
        "address": address,
        "reading": reading.value,
        "sure": reading is not Reading.UNKNOWN and not unseen,
        "unseen": values.spans_value(unseen),
        "visitor": None if found is None else values.visitor_value(found, sessions=True, most=most),
        "sessions": 0 if found is None else len(found.sessions),
    }


def _from_intent(settings: Settings, path: Path) -> Settings:
    """What the intent says of the store, where nothing else was said."""
    from dataclasses import replace

    from hushdesk.guard import read_intent

    intent = read_intent(path)
    store = (
        intent.named(settings.store)
        if settings.store
        else (intent.stores[0] if len(intent.stores) == 1 else None)
    )
    if store is None:
        names = ", ".join(one.name for one in intent.stores)
        raise IncidentError("the intent has no such store.", remedy=f"Name one with --store: {names}.")
    return replace(
        settings,
        store=store.name,
        addresses=settings.addresses or tuple(store.addresses.cidrs()),
        ports=settings.ports or store.ports,
        resources=settings.resources or store.resources,
    )
