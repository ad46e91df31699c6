"""What commands ask of a desk, as JSON values: in this process, or in the one that serves the desk."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from dataclasses import asdict
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol, TypeAlias

from hushdesk.access import Actor, owner

if TYPE_CHECKING:
    from hushdesk.access import Door, WitnessedReview
    from hushdesk.analytics import OpenDesk
    from hushdesk.desk import OpenedEntry, Progress, ReviewEntry

Tell: TypeAlias = "Callable[[Progress], None]"


class Commands(Protocol):
    """The commands of a desk."""

    def load(self, inputs: list[Path], options: dict[str, Any], tell: Tell | None) -> dict[str, Any]:
        """Load exports; returns the report."""

    def reports(self) -> list[dict[str, Any]]:
        """Reports of all loads, newest first."""

    def search(self, query: str, options: dict[str, Any]) -> dict[str, Any]:
        """Search; returns the page."""

    def show(self, case: str) -> dict[str, Any] | None:
        """One case, or None."""

    def status(self) -> dict[str, Any]:
        """What the desk holds."""

    def certificates(self, *, verify: bool) -> list[dict[str, Any]]:
        """The certificates of all loads, newest first, each made sure of if that is wanted."""

    def quarantine(self, action: str, arguments: dict[str, Any]) -> Any:
        """What the officer does with the quarantine; see :func:`officer_call`."""

    def incident(self, action: str, arguments: dict[str, Any]) -> Any:
        """What is done with incidents; see :class:`hushdesk.incident.answering.IncidentDesk`."""

    def keys(self, action: str, arguments: dict[str, Any]) -> Any:
        """What is done with keys; see :class:`hushdesk.desk.KeyDesk`."""

    def backup(self, action: str, arguments: dict[str, Any]) -> Any:
        """``create``: back the desk up; see :func:`hushdesk.desk.backup.create_backup`."""

    def person(self, action: str, arguments: dict[str, Any]) -> Any:
        """What is done for a person who asks; see :func:`hushdesk.cli._person_call.person_call`."""

    def retention(self, action: str, arguments: dict[str, Any]) -> Any:
        """What is due under the rules of retention; see :func:`hushdesk.cli._person_call.retention_call`."""

    def reveal(self, action: str, arguments: dict[str, Any]) -> Any:
        """What officers do to open a pseudonym; see :func:`hushdesk.access.reveal.reveal_call`."""


class LocalCommands:
    """Carried out in this process, which owns the desk."""

    def __init__(self, desk: OpenDesk, who: Actor | None = None, door: Door | None = None) -> None:
        self._desk = desk
        self._who = who or owner()
        self._given = door

    @cached_property
    def _door(self) -> Door:
        # Late: most commands ask nothing about cases.
        from hushdesk.access import Door

        return self._given or Door(self._desk)

    def load(self, inputs: list[Path], options: dict[str, Any], tell: Tell | None) -> dict[str, Any]:
        """See :class:`Commands`."""
        from hushdesk.cli._load import zone_named
        from hushdesk.readers import Options

        mapping, mark = None, ""
        if options.get("mapping"):
            from hushdesk.readers import load_mapping

            path = Path(options["mapping"])
            mapping = load_mapping(path)
            mark = hashlib.sha256(path.read_bytes()).hexdigest()
        report = self._desk.load(
            *inputs,
            options=Options(
                mapping=mapping, zone=zone_named(options.get("zone")), day_first=options.get("day_first")
            ),
            reader=options.get("reader"),
            source=options.get("source") or "",
            workers=options.get("workers"),
            mark=mark,
            on_progress=tell,
            by=self._who.name,
        )
        return report.to_json()

    def reports(self) -> list[dict[str, Any]]:
        """See :class:`Commands`."""
        return [report.to_json() for report in self._desk.reports()]

    def search(self, query: str, options: dict[str, Any]) -> dict[str, Any]:
        """See :class:`Commands`."""
        from hushdesk.access import Question
        from hushdesk.analytics import DEFAULT_FACETS

        asked = {**options, "facets": tuple(options.get("facets", DEFAULT_FACETS))}
        return asdict(self._door.search(self._who, Question(query, **asked)))

    def show(self, case: str) -> dict[str, Any] | None:
        """See :class:`Commands`."""
        found = self._door.read(self._who, case)
        return None if found is None else asdict(found)

    def status(self) -> dict[str, Any]:
        """See :class:`Commands`."""
        return self._desk.status() | {"used_by": ""}

    def certificates(self, *, verify: bool) -> list[dict[str, Any]]:
        """See :class:`Commands`."""
        found = self._desk.desk.certificates()
        if verify:
            for one in found:
                self._desk.desk.certifier.verify(one)
        return [one.to_json() for one in found]

    def quarantine(self, action: str, arguments: dict[str, Any]) -> Any:
        """See :class:`Commands`."""
        from hushdesk.access import WitnessedReview

        review = WitnessedReview(self._desk.desk.review, self._door.witness, self._who)
        return officer_call(review, action, arguments)

    def incident(self, action: str, arguments: dict[str, Any]) -> Any:
        """See :class:`Commands`."""
        from hushdesk.access.witness import coming
        from hushdesk.incident.answering import IncidentDesk

        with coming(self._who):
            return IncidentDesk(self._desk.desk, self._who.name).call(action, arguments)

    def person(self, action: str, arguments: dict[str, Any]) -> Any:
        """See :class:`Commands`."""
        from hushdesk.cli._person_call import person_call

        return person_call(self._desk, action, arguments)

    def retention(self, action: str, arguments: dict[str, Any]) -> Any:
        """See :class:`Commands`."""
        from hushdesk.cli._person_call import retention_call

        return retention_call(self._desk, action, arguments)

    def reveal(self, action: str, arguments: dict[str, Any]) -> Any:
        """See :class:`Commands`. Whoever owns the folder is no officer by that: each proves themselves by password."""
        from hushdesk.access import open_accounts
        from hushdesk.access.reveal import open_reveals, reveal_call
        from hushdesk.access.witness import coming

        with (
            coming(self._who),
            open_accounts(self._desk.desk) as accounts,
            open_reveals(self._desk, accounts) as reveals,
        ):
            return reveal_call(reveals, accounts, action, arguments)

    def keys(self, action: str, arguments: dict[str, Any]) -> Any:
        """See :class:`Commands`."""
        from hushdesk.desk import KeyDesk

        return KeyDesk(self._desk.desk, self._who.name).call(action, arguments)

    def backup(self, action: str, arguments: dict[str, Any]) -> Any:
        """See :class:`Commands`."""
        from hushdesk.desk.backup import create_backup

        if action != "create":
            raise ValueError(action)
        vault = arguments.get("vault_root")
        made = create_backup(
            self._desk.desk,
            Path(arguments["root"]),
            vault_root=Path(vault) if vault else None,
            who=self._who.name,
        )
        return made.to_json()


OWNER = "owner"
"""Who decides on the command line: whoever may write the desk's files and knows the officer's passphrase."""


def officer_call(review: WitnessedReview, action: str, arguments: dict[str, Any]) -> Any:
    """One step of the officer's review.

    Args:
        review: The desk's quarantine.
        action: ``list``, ``show``, ``decide``, ``release`` or ``dismiss``.
        arguments: ``entry`` but for ``list``; ``passphrase`` or ``shares`` where something is opened; ``findings`` and
            ``personal`` for ``decide``.
    """
    if action == "list":
        return [_entry(entry) for entry in review.entries()]
    entry = int(arguments["entry"])
    if action == "dismiss":
        review.dismiss(entry, by=OWNER)
        return None
    shares = arguments.get("shares")
    key = review.unlock_with_shares(shares) if shares else review.unlock(arguments["passphrase"])
    if action == "show":
        return _opened(review.open(entry, key))
    if action == "decide":
        findings = arguments["findings"]
        if not findings:
            findings = [one.id for one in review.open(entry, key).findings if one.decision is None]
        return _opened(review.decide(entry, findings, key, personal=arguments["personal"], by=OWNER))
    if action == "release":
        released = review.release(entry, key, by=OWNER)
        return {"state": released.state.value, "reason": released.reason, "stays": released.stays}
    raise ValueError(action)


def _entry(entry: ReviewEntry) -> dict[str, Any]:
    return {
        "entry": entry.index,
        "load": entry.load_id,
        "reason": entry.reason,
        "at": entry.at.isoformat(),
        "size": entry.size,
        "is_case": entry.is_case,
        "state": entry.state.value,
        "decided": entry.decided,
        "open": entry.open,
    }


def _opened(opened: OpenedEntry) -> dict[str, Any]:
    return {
        **_entry(opened.entry),
        "place": opened.place,
        "sealed": opened.sealed,
        "undecided": opened.undecided,
        "releasable": opened.releasable,
        "findings": [
            {
                "id": one.id,
                "kind": one.kind,
                "value": one.value,
                "fields": list(one.fields),
                "why": one.why,
                "decision": one.decision.value if one.decision is not None else "",
            }
            for one in opened.findings
        ],
        "texts": [
            {
                "field": text.name,
                "pieces": [
                    {"text": piece.text, "finding": piece.finding, "kind": piece.kind}
                    for piece in text.pieces
                ],
            }
            for text in opened.texts
        ],
    }


def answer(commands: Commands, name: str, arguments: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Carry out a command for another process: progress as it comes, then the result.

    Yields:
        ``{"progress": {...}}`` any number of times, then ``{"result": ...}``.
    """
    if name == "load":
        import queue
        import threading

        events: queue.SimpleQueue[dict[str, Any]] = queue.SimpleQueue()

        def work() -> None:
            try:
                report = commands.load(
                    [Path(path) for path in arguments["inputs"]],
                    arguments["options"],
                    lambda progress: events.put({"progress": asdict(progress)}),
                )
                events.put({"result": report})
            except BaseException as error:  # noqa: BLE001 - it is raised again where it is waited for
                events.put({"error": error})

        threading.Thread(target=work, name="load", daemon=True).start()
        while True:
            event = events.get()
            if "error" in event:
                raise event["error"]
            yield event
            if "result" in event:
                return
    simple: dict[str, Callable[..., Any]] = {
        "backup": commands.backup,
        "certificates": commands.certificates,
        "incident": commands.incident,
        "keys": commands.keys,
        "person": commands.person,
        "quarantine": commands.quarantine,
        "reports": commands.reports,
        "retention": commands.retention,
        "reveal": commands.reveal,
        "search": commands.search,
        "show": commands.show,
        "status": commands.status,
    }
    yield {"result": simple[name](**arguments)}
