"""What commands ask of a desk, as JSON values: in this process, or in the one that serves the desk."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any, Protocol

from hushdesk.analytics import OpenDesk
from hushdesk.desk import OpenedEntry, Progress, Review, ReviewEntry

Tell = Callable[[Progress], None]


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


class LocalCommands:
    """Carried out in this process, which owns the desk."""

    def __init__(self, desk: OpenDesk) -> None:
        self._desk = desk

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
        )
        return report.to_json()

    def reports(self) -> list[dict[str, Any]]:
        """See :class:`Commands`."""
        return [report.to_json() for report in self._desk.reports()]

    def search(self, query: str, options: dict[str, Any]) -> dict[str, Any]:
        """See :class:`Commands`."""
        return asdict(self._desk.search(query, **options))

    def show(self, case: str) -> dict[str, Any] | None:
        """See :class:`Commands`."""
        found = self._desk.read(case)
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
        return officer_call(self._desk.desk.review, action, arguments)

    def incident(self, action: str, arguments: dict[str, Any]) -> Any:
        """See :class:`Commands`."""
        import getpass

        from hushdesk.incident.answering import IncidentDesk

        return IncidentDesk(self._desk.desk, f"cli:{getpass.getuser()}").call(action, arguments)

    def keys(self, action: str, arguments: dict[str, Any]) -> Any:
        """See :class:`Commands`."""
        import getpass

        from hushdesk.desk import KeyDesk

        return KeyDesk(self._desk.desk, f"cli:{getpass.getuser()}").call(action, arguments)

    def backup(self, action: str, arguments: dict[str, Any]) -> Any:
        """See :class:`Commands`."""
        import getpass

        from hushdesk.desk.backup import create_backup

        if action != "create":
            raise ValueError(action)
        vault = arguments.get("vault_root")
        made = create_backup(
            self._desk.desk,
            Path(arguments["root"]),
            vault_root=Path(vault) if vault else None,
            who=f"cli:{getpass.getuser()}",
        )
        return made.to_json()


OWNER = "owner"
"""Who decides on the command line: whoever may write the desk's files and knows the officer's passphrase."""


def officer_call(review: Review, action: str, arguments: dict[str, Any]) -> Any:
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
        "quarantine": commands.quarantine,
        "reports": commands.reports,
        "search": commands.search,
        "show": commands.show,
        "status": commands.status,
    }
    yield {"result": simple[name](**arguments)}
