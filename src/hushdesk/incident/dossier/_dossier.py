"""The incidents of a desk: each a folder with what was said, what the evidence gave, and what was sent.

None of it holds an identity: the folder lies in the desk, and the desk is safe to lose.
"""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

from hushdesk.guard import Intent, read_intent
from hushdesk.incident._evidence import Account
from hushdesk.incident._spans import iso
from hushdesk.incident.dossier import _settings as settings_file
from hushdesk.incident.dossier._adding import added
from hushdesk.incident.dossier._settings import Settings, Statement, checked, stated
from hushdesk.incident.errors import IncidentError, UnknownIncidentError
from hushdesk.incident.evidence._source import Source, sources
from hushdesk.incident.gather import Gathered, Kept, Shelf
from hushdesk.vault import write_private

FOLDER: Final = "incidents"
_NAME: Final = re.compile(r"[a-z0-9][a-z0-9-]{0,62}")

Step = Callable[[Sequence[tuple[str, Mapping[str, Any]]]], None]
"""Told of steps with plain details, for the record: several at once where many are taken at once."""

_STEPS: Final = 256


class Dossier:
    """One incident on disk.

    Args:
        folder: Of the incident.
        step: Told of each step.
    """

    def __init__(self, folder: Path, step: Step) -> None:
        self.folder = folder
        self._step = step
        self.settings = settings_file.read(folder)
        self.shelf = Shelf(folder / "evidence")
        self._untold = folder / "evidence" / "untold.lines"

    @property
    def ident(self) -> str:
        """Its name."""
        return self.settings.ident

    def intent(self) -> Intent:
        """The intent that was given; without one, only private addresses are approved."""
        path = self.folder / "intent.toml"
        return read_intent(path) if path.exists() else Intent()

    def step(self, event: str, **detail: Any) -> None:
        """Tell the record of a step of this incident."""
        self.steps([(event, detail)])

    def steps(self, steps: Sequence[tuple[str, Mapping[str, Any]]]) -> None:
        """Tell the record of several steps at once."""
        self._tell_read()
        self._step([(event, {"incident": self.ident, **detail}) for event, detail in steps])

    def _will_tell(self, event: str, detail: Mapping[str, Any]) -> None:
        """Note a step that is told with others, before it is taken: killed in between, the next step tells it."""
        with self._untold.open("a", encoding="ascii") as file:
            file.write(json.dumps([event, {"incident": self.ident, **detail}]) + "\n")

    def _tell_read(self) -> None:
        """Tell the record what was noted."""
        if not self._untold.exists():
            return
        noted = []
        for line in self._untold.read_text("ascii").splitlines():
            try:
                event, detail = json.loads(line)
            except ValueError:
                # Cut off by a kill, so that the step was not taken.
                continue
            noted.append((event, detail))
        if noted:
            self._step(noted)
        self._untold.unlink()

    def _change(self, settings: Settings) -> None:
        settings_file.write(self.folder, settings)
        self.settings = settings

    def _must_be_open(self) -> None:
        if self.settings.closed_at is not None:
            raise IncidentError(f"the incident {self.ident} is closed.", remedy="Open another one.")

    # -- evidence -------------------------------------------------------------------------------

    def add(
        self,
        paths: Sequence[Path],
        *,
        parser: str = "",
        options: Mapping[str, str] | None = None,
        on_file: Callable[[Source, Account], None] | None = None,
        again: bool = False,
    ) -> list[tuple[Kept, bool]]:
        """Read files of evidence, and keep what they give.

        Args:
            paths: Files, folders, zip archives.
            parser: Forces a parser by name.
            options: What the parsers are told.
            on_file: Told of the progress.
            again: Also read what is kept already.

        Returns:
            What is kept of each file, and whether it is new.

        Raises:
            EvidenceError: There is no parser of that name.
            IncidentError: A path is not there, or the incident is closed; a file is to be read again that was read as one with
                others which are no longer there.
        """
        self._must_be_open()
        for path in paths:
            if not path.exists():
                raise IncidentError("a file of evidence is not there.", remedy=f"Check the path: {path}")
        noted = 0

        def will_keep(gathered: Gathered) -> None:
            nonlocal noted
            self._will_tell("incident:evidence:add", _told(gathered))
            noted += 1
            if noted % _STEPS == 0:
                self._tell_read()

        try:
            return added(
                self.shelf,
                list(sources(list(paths), options)),
                self.settings.scope().wanted(),
                parser=parser,
                on_file=on_file,
                will_keep=will_keep,
                again=again or bool(options),
            )
        finally:
            self._tell_read()

    def state(self, statements: Sequence[Statement]) -> None:
        """Keep what people vouch for.

        Raises:
            IncidentError: It cannot be meant.
        """
        self._must_be_open()
        settings = stated(self.settings, statements)
        # The record first: what is in force stands in it, whenever the process ends.
        for one in statements:
            self.step(
                "incident:statement:add",
                what=one.what,
                span=f"{iso(one.start)}/{iso(one.end)}",
                by=one.by,
                log=one.log,
                of=one.of,
            )
        self._change(settings)

    def set_moment(self, event: str, at: int, by: str) -> None:
        """Say when an event was that starts a clock."""
        self._must_be_open()
        self.step("incident:moment:set", moment=event, at=iso(at), by=by)
        if event == "aware":
            self._change(replace(self.settings, aware_at=at))
        else:
            self._change(replace(self.settings, moments={**self.settings.moments, event: at}))

    def set_fact(self, name: str, value: str, by: str) -> None:
        """Say how the circumstances are."""
        self._must_be_open()
        self.step("incident:fact:set", fact=name, value=value, by=by)
        self._change(replace(self.settings, facts={**self.settings.facts, name: value}))

    def close(self, at: int, by: str, why: str) -> None:
        """Close the incident: nothing more is added.

        Raises:
            IncidentError: It is closed already.
        """
        self._must_be_open()
        self.step("incident:incident:close", by=by)
        self._change(replace(self.settings, closed_at=at, closed_by=by, closing=why))


def _told(gathered: Gathered) -> dict[str, Any]:
    return {
        "file": Path(gathered.source.name.split("!", 1)[0]).name,
        "digest": gathered.digest,
        "parser": gathered.parser,
        "records": gathered.account.records,
        "refused": gathered.account.refused,
        "problems": list(gathered.problems),
    }


class Dossiers:
    """All incidents of a desk.

    Args:
        desk: The desk's folder.
        step: Told of each step.
    """

    def __init__(self, desk: Path, step: Step) -> None:
        self._folder = desk / FOLDER
        self._step = step

    def names(self) -> tuple[str, ...]:
        """Names of all, newest first."""
        found = [path for path in self._folder.glob("*") if (path / settings_file.FILE).exists()]
        by_time = sorted(
            found, key=lambda path: (settings_file.read(path).opened_at, path.name), reverse=True
        )
        return tuple(path.name for path in by_time)

    def get(self, ident: str) -> Dossier:
        """One incident.

        Raises:
            UnknownIncidentError: There is none of this name.
        """
        folder = self._folder / ident
        if not _NAME.fullmatch(ident) or not (folder / settings_file.FILE).exists():
            raise UnknownIncidentError(ident if _NAME.fullmatch(ident) else "of this name", self.names())
        return Dossier(folder, self._step)

    def open(
        self, settings: Settings, intent: Path | None = None, copies: Mapping[str, Path] | None = None
    ) -> Dossier:
        """Begin an incident.

        Args:
            settings: What is said of it.
            intent: Who may reach what; copied.
            copies: Other files by the name under which they are kept in its folder.

        Raises:
            IncidentError: The name is taken or none; something in the settings cannot be meant.
            IntentError: The intent cannot be read.
        """
        if not _NAME.fullmatch(settings.ident):
            raise IncidentError(
                "this is no name for an incident.", remedy="Use small letters, digits and hyphens."
            )
        folder = self._folder / settings.ident
        if (folder / settings_file.FILE).exists() or (folder / "evidence").exists():
            raise IncidentError(
                f"there is an incident {settings.ident} already.", remedy="Choose another name."
            )
        checked(settings)
        if intent is not None:
            read_intent(intent)
        # What a kill left without settings is no incident: it is begun anew.
        if folder.exists():
            shutil.rmtree(folder)
        # One after the other: made on the way, a parent would be open to others.
        self._folder.mkdir(mode=0o700, exist_ok=True)
        folder.mkdir(mode=0o700)
        for name, path in (copies or {}).items():
            write_private(folder / name, path.read_bytes())
        if intent is not None:
            write_private(folder / "intent.toml", intent.read_bytes())
        told = {
            "incident": settings.ident,
            "title": settings.title,
            "by": settings.opened_by,
            "aware": iso(settings.aware_at),
        }
        self._step([("incident:incident:open", told)])
        # Last of all: a folder with settings is a whole incident.
        settings_file.write(folder, settings)
        return Dossier(folder, self._step)
