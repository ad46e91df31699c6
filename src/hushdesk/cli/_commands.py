"""What commands ask of a desk, as JSON values: in this process, or in the one that serves the desk."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any, Protocol

from hushdesk.analytics import OpenDesk
from hushdesk.desk import Progress

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
        "reports": commands.reports,
        "search": commands.search,
        "show": commands.show,
        "status": commands.status,
    }
    yield {"result": simple[name](**arguments)}
