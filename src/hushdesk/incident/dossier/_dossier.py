"""The incidents of a desk: each a folder with what was said, what the evidence gave, and what was sent.

None of it holds an identity: the folder lies in the desk, and the desk is safe to lose.
"""

from __future__ import annotations

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
from hushdesk.incident.gather import Kept, Shelf

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
        self._step([(event, {"incident": self.ident, **detail}) for event, detail in steps])

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
        waiting: list[tuple[str, Mapping[str, Any]]] = []

        def tell(kept: Kept) -> None:
            waiting.append(("incident:evidence:add", _told(kept)))
            if len(waiting) >= _STEPS:
                self.steps(waiting)
                waiting.clear()

        found = added(
            self.shelf,
            list(sources(list(paths), options)),
            self.settings.scope().wanted(),
            parser=parser,
            on_file=on_file,
            on_kept=tell,
            again=again,
        )
        if waiting:
            self.steps(waiting)
        return found

    def state(self, statements: Sequence[Statement]) -> None:
        """Keep what people vouch for.

        Raises:
            IncidentError: It cannot be meant.
        """
        self._must_be_open()
        self._change(stated(self.settings, statements))
        for one in statements:
            self.step(
                "incident:statement:add",
                what=one.what,
                span=f"{iso(one.start)}/{iso(one.end)}",
                by=one.by,
                log=one.log,
                of=one.of,
            )

    def set_moment(self, event: str, at: int, by: str) -> None:
        """Say when an event was that starts a clock."""
        self._must_be_open()
        if event == "aware":
            self._change(replace(self.settings, aware_at=at))
        else:
            self._change(replace(self.settings, moments={**self.settings.moments, event: at}))
        self.step("incident:moment:set", moment=event, at=iso(at), by=by)

    def set_fact(self, name: str, value: str, by: str) -> None:
        """Say how the circumstances are."""
        self._must_be_open()
        self._change(replace(self.settings, facts={**self.settings.facts, name: value}))
        self.step("incident:fact:set", fact=name, value=value, by=by)

    def close(self, at: int, by: str, why: str) -> None:
        """Close the incident: nothing more is added.

        Raises:
            IncidentError: It is closed already.
        """
        self._must_be_open()
        self._change(replace(self.settings, closed_at=at, closed_by=by, closing=why))
        self.step("incident:incident:close", by=by)


def _told(kept: Kept) -> dict[str, Any]:
    return {
        "file": Path(kept.name.split("!", 1)[0]).name,
        "digest": kept.digest,
        "parser": kept.parser,
        "records": kept.account.records,
        "refused": kept.account.refused,
        "problems": list(kept.problems),
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

    def open(self, settings: Settings, intent: Path | None = None) -> Dossier:
        """Begin an incident.

        Raises:
            IncidentError: The name is taken or none; something in the settings cannot be meant.
            IntentError: The intent cannot be read.
        """
        if not _NAME.fullmatch(settings.ident):
            raise IncidentError(
                "this is no name for an incident.", remedy="Use small letters, digits and hyphens."
            )
        folder = self._folder / settings.ident
        if folder.exists():
            raise IncidentError(
                f"there is an incident {settings.ident} already.", remedy="Choose another name."
            )
        checked(settings)
        if intent is not None:
            read_intent(intent)
        folder.mkdir(parents=True, mode=0o700)
        if intent is not None:
            shutil.copyfile(intent, folder / "intent.toml")
        # Last of all: a folder with settings is a whole incident.
        settings_file.write(folder, settings)
        dossier = Dossier(folder, self._step)
        dossier.step(
            "incident:incident:open",
            title=settings.title,
            by=settings.opened_by,
            aware=iso(settings.aware_at),
        )
        return dossier
