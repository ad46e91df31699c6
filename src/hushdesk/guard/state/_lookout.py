"""Looks at the inputs whenever somebody asks and something has changed, without keeping those who ask waiting."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from hushdesk.errors import HushdeskError
from hushdesk.guard._dialect import Dialect, World
from hushdesk.guard._intent import Intent, read_intent
from hushdesk.guard.check import Report, check, survey
from hushdesk.guard.errors import StateError
from hushdesk.guard.load import files
from hushdesk.guard.state._board import Board, board
from hushdesk.guard.state._file import Kept, StateFile
from hushdesk.guard.state._history import EndpointChange, advance, compare


@dataclass(frozen=True, slots=True)
class Watched:
    """What is looked at."""

    inputs: tuple[Path, ...]
    intent: Path | None = None
    service_tags: Path | None = None


@dataclass(frozen=True, slots=True)
class Problem:
    """Something that keeps a look from being whole."""

    problem: str
    remedy: str = ""


@dataclass(frozen=True, slots=True)
class LastChange:
    """The last time that somebody else could reach something."""

    seen: datetime
    """When the state after it was seen first."""
    before: datetime
    """When the state before it was seen first."""
    endpoints: tuple[EndpointChange, ...]


@dataclass(frozen=True, slots=True)
class Look:
    """Everything that one look at the inputs gave."""

    at: datetime
    seconds: float
    inputs: tuple[Path, ...]
    report: Report
    intent: Intent
    world: World
    board: Board
    since: datetime | None
    """Since when nobody else can reach anything; ``None`` if nothing is remembered."""
    change: LastChange | None
    missed: tuple[str, ...] = ()
    """Files that can no longer be read: until they can, no change is told of."""
    problems: tuple[Problem, ...] = ()


@dataclass(frozen=True, slots=True)
class Sight:
    """What can be shown at once."""

    look: Look | None
    """``None`` if the first look is still under way, or failed."""
    checked: datetime | None
    """When the inputs were last found to be as in ``look``."""
    running: bool
    """Whether a newer look is under way."""
    failed: str = ""
    """The kind of error that ended the last look: a mistake in this program. ``look`` is then an older one."""


class Lookout:
    """Keeps the last look, and the states that differ.

    Args:
        watched: What is looked at.
        folder: Where states are kept.
        using: Dialects, instead of all that are installed.
        now: For tests.
        on_change: Told once of each change of who can reach something, before it is remembered.
    """

    def __init__(
        self,
        watched: Watched,
        folder: Path,
        *,
        using: Sequence[Dialect] | None = None,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
        on_change: Callable[[LastChange], None] | None = None,
    ) -> None:
        self.watched = watched
        self._file = StateFile(folder)
        self._using = using
        self._now = now
        self._on_change = on_change
        self._lock = threading.Lock()
        self._done: threading.Event | None = None
        self._sight = Sight(None, None, running=False)
        self._mark: object = None
        self._kept: Kept | None = None

    def look(self, wait: float | None = None) -> Sight:
        """What the inputs show.

        The work is done by a thread of its own, once for all who ask meanwhile.

        Args:
            wait: For so many seconds at most; ``None`` until it is done.
        """
        with self._lock:
            if self._done is None:
                self._done = threading.Event()
                threading.Thread(target=self._run, args=[self._done], name="lookout", daemon=True).start()
            done = self._done
        done.wait(wait)
        with self._lock:
            sight = self._sight
            return Sight(sight.look, sight.checked, self._done is not None, sight.failed)

    def _run(self, done: threading.Event) -> None:
        try:
            at, mark = self._now(), self._fingerprint()
            look = self._sight.look
            if look is None or mark != self._mark:
                look = self._look(at)
            sight = Sight(look, at, running=False)
            self._mark = mark
        except Exception as error:  # noqa: BLE001 - whatever it is, those who wait get an answer
            sight = Sight(self._sight.look, self._sight.checked, running=False, failed=type(error).__name__)
        with self._lock:
            self._sight, self._done = sight, None
        done.set()

    def _fingerprint(self) -> object:
        """Changes whenever a file that matters does."""
        extra = [path for path in (self.watched.intent, self.watched.service_tags) if path]
        return tuple((str(path), _stamp(path)) for path in (*files(self.watched.inputs), *extra))

    def _look(self, at: datetime) -> Look:
        begun = time.perf_counter()
        problems: list[Problem] = []
        intent: Intent = _or_problem(problems, lambda: _intent(self.watched.intent), Intent())
        world: World = _or_problem(problems, lambda: _world(self.watched.service_tags), World())
        estate = survey(self.watched.inputs, world, using=self._using)
        report = check(estate, intent)
        if self._kept is None:
            self._kept = _or_problem(problems, self._file.read, Kept())
        broken = {fault.place.file for fault in estate.malformed}
        kept, missed = advance(self._kept, estate.endpoints, broken, at, intent)
        if kept is not self._kept:
            if self._on_change and kept.now and kept.before and kept.before is not self._kept.before:
                found = compare(kept.before.endpoints, kept.now.endpoints, intent)
                self._on_change(LastChange(kept.now.at, kept.before.at, found))
            self._kept = kept
            try:
                self._file.write(kept)
            except StateError as error:
                problems.append(Problem(error.problem, error.remedy))
        change = None
        if kept.now and kept.before:
            # What is shown is what is there now, so that rules are named by where they stand today.
            after = kept.now.endpoints if missed else estate.endpoints
            change = LastChange(kept.now.at, kept.before.at, compare(kept.before.endpoints, after, intent))
        return Look(
            at,
            time.perf_counter() - begun,
            self.watched.inputs,
            report,
            intent,
            world,
            board(report, intent),
            kept.now.at if kept.now else None,
            change,
            missed,
            tuple(problems),
        )


def _or_problem(problems: list[Problem], get: Callable[[], Any], otherwise: Any) -> Any:
    try:
        return get()
    except HushdeskError as error:
        problems.append(Problem(error.problem, error.remedy))
        return otherwise


def _intent(path: Path | None) -> Intent:
    return read_intent(path) if path else Intent()


def _world(service_tags: Path | None) -> World:
    if service_tags is None:
        return World()
    from hushdesk.guard.dialects.azure import load_service_tags

    return World(tags=load_service_tags(service_tags))


def _stamp(path: Path) -> tuple[int, ...]:
    try:
        found = path.stat()
    except OSError as error:
        return (error.errno or -1,)
    return (found.st_size, found.st_mtime_ns, found.st_ctime_ns, found.st_ino)
