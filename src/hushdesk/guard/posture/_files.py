"""Configuration files as the engines see them: their text or tree, their name, and the files that they include."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from functools import cached_property
from posixpath import basename, commonprefix, dirname, normpath
from posixpath import join as join_path
from typing import Any

from hushdesk.guard._dialect import Document, World
from hushdesk.guard._findings import Finding, Malformed, NotLookedAt, Unresolved
from hushdesk.guard._policy import Place
from hushdesk.guard.posture import _tree
from hushdesk.guard.posture._server import Server

MOST_INCLUDES = 500
"""More files than this in one server's configuration are a mistake or an attack."""


@dataclass(frozen=True)
class ConfigFile:
    """One configuration file."""

    document: Document

    @cached_property
    def path(self) -> str:
        """Its normalised path."""
        return normpath(self.document.file.replace("\\", "/"))

    @property
    def name(self) -> str:
        """Its last part, in small letters."""
        return basename(self.path).lower()

    @property
    def folder(self) -> str:
        """The folder that it lies in."""
        return dirname(self.path)

    @property
    def text(self) -> str:
        """Its text; empty if it came parsed."""
        return self.document.content if isinstance(self.document.content, str) else ""

    @property
    def is_tree(self) -> bool:
        """Whether it came parsed, as YAML or JSON."""
        return self.document.kind in {"yaml", "json"}

    def place(self, line: int = 0, pointer: str = "") -> Place:
        """Where something in it stands."""
        return Place(self.document.file, line, pointer)

    @cached_property
    def settings(self) -> _tree.Flat:
        """A YAML or JSON file as dotted keys, whether it came parsed or as text."""
        if self.is_tree:
            return _tree.from_content(self.document.content, self.document.line_of)
        return _tree.from_yaml(self.text)


@dataclass(frozen=True, slots=True)
class Setting:
    """One value with where it stands."""

    value: str
    place: Place


@dataclass(slots=True)
class Run:
    """What an engine works with: its files, what is known beside them, and where its remarks go."""

    files: Sequence[ConfigFile]
    world: World
    findings: list[Finding] = field(default_factory=list)
    _used: set[str] = field(default_factory=set)

    def version(self, engine: str) -> tuple[int, ...]:
        """The version that the user gave as parameter ``<engine>.version``; empty if none."""
        parts = str(self.world.parameters.get(f"{engine}.version", "")).split(".")
        return tuple(int(part) for part in parts if part.isdecimal())

    def in_circles(self, file: ConfigFile, above: Sequence[str], most: int = 10) -> bool:
        """Whether a file was included from within itself, or too deep; if so, that is said."""
        if file.path not in above and len(above) <= most:
            return False
        self.malformed(file.place(), "the files include each other", "take one of the include lines out")
        return True

    def malformed(self, place: Place, problem: str, remedy: str) -> None:
        """Remark: wrong input."""
        self.findings.append(Malformed(place, problem, remedy))

    def unresolved(self, place: Place, expression: str, why: str) -> None:
        """Remark: something had to be taken as unknown."""
        self.findings.append(Unresolved(place, expression, why))

    def skipped(self, place: Place, what: str, why: str) -> None:
        """Remark: not looked at."""
        self.findings.append(NotLookedAt(place, what, why))

    def add(self, server: Server) -> None:
        """A server that was read, with a remark on each address that is not known."""
        for listener in server.listeners:
            sources = listener.bound.sources
            if sources.upper != sources.lower:
                remark = Unresolved(listener.place, listener.bound.words, sources.why)
                if remark not in self.findings:
                    self.findings.append(remark)
        self.findings.append(server.endpoint())

    def use(self, file: ConfigFile) -> None:
        """Another file includes this one, so that it is no server of its own."""
        self._used.add(file.path)

    def included(self, file: ConfigFile) -> bool:
        """Whether another file includes this one."""
        return file.path in self._used

    def guarded(self, files: Iterable[ConfigFile], read: Callable[[ConfigFile], None]) -> None:
        """Reads one server after the other: an input that an engine did not think of must not hide the next."""
        for file in files:
            try:
                read(file)
            except (ArithmeticError, LookupError, RecursionError, TypeError, ValueError) as error:
                self.malformed(
                    file.place(),
                    f"it could not be read ({type(error).__name__})",
                    "correct the file; if the server itself takes it, report this as a defect",
                )

    def find(self, asking: ConfigFile, target: str) -> list[ConfigFile]:
        """The given files that a path or pattern of a configuration file means, in order of their names."""
        wanted = inside(asking, target)
        found = [file for file in self.files if file is not asking and _matches(file.path, wanted)]
        if not found and target.startswith("/"):
            # The tree of a machine may lie below any folder: compare ends, and take the nearest.
            tails = [file for file in self.files if file is not asking and _ends(file.path, normpath(target))]
            nearest = max((_shared(asking.path, file.path) for file in tails), default=0)
            found = [file for file in tails if _shared(asking.path, file.path) == nearest]
        return sorted(found, key=lambda one: one.path)

    def report_missing(self, asking: ConfigFile, line: int, target: str, *, many: bool) -> bool:
        """Says that an included file was not given. Returns whether that leaves settings unknown.

        A folder or pattern below the file's own folder would have been read with it: it is taken to be empty.
        """
        near = inside(asking, target)
        if many and (not target.startswith("/") or near.startswith(asking.folder + "/") or not asking.folder):
            self.skipped(
                asking.place(line),
                f"include {target}",
                "no file there was given that says who may connect; taken as none. Read its folder too",
            )
            return False
        self.unresolved(
            asking.place(line),
            f"include {target}",
            "the file was not given, and may change who can connect; read it together with this one",
        )
        return True


def inside(asking: ConfigFile, target: str) -> str:
    """A path as a configuration file writes it, as seen from where the file was found.

    An absolute path is moved along with the file: ``/etc/redis/local.conf`` in ``backup/redis/redis.conf`` is
    ``backup/redis/local.conf``.
    """
    if not target.startswith("/"):
        return normpath(join_path(asking.folder, target))
    wanted = normpath(target)
    own = asking.folder.strip("/").split("/")
    parts = wanted.strip("/").split("/")
    for count in range(len(parts) - 1, 0, -1):
        if own[-1] and parts[count - 1] == own[-1]:
            return normpath(join_path(asking.folder, *parts[count:]))
    return wanted


def _matches(path: str, wanted: str) -> bool:
    return dirname(path) == dirname(wanted) and fnmatchcase(basename(path), basename(wanted))


def _ends(path: str, wanted: str) -> bool:
    folder = "/" + dirname(path).lstrip("/")
    return folder.endswith(dirname(wanted)) and fnmatchcase(basename(path), basename(wanted))


def _shared(one: str, other: str) -> int:
    return len(commonprefix([one.split("/"), other.split("/")]))


def by_folder(files: Iterable[ConfigFile]) -> Mapping[str, list[ConfigFile]]:
    """The files of each folder, in order of their paths."""
    found: dict[str, list[ConfigFile]] = {}
    for file in sorted(files, key=lambda one: one.path):
        found.setdefault(file.folder, []).append(file)
    return found


def flat_settings(run: Run, file: ConfigFile) -> Mapping[str, Any]:
    """The dotted keys of a YAML or JSON file; a remark and nothing if it cannot be read."""
    flat = file.settings
    if flat.problem:
        run.malformed(file.place(flat.problem_line), flat.problem, "correct the file's YAML")
    return flat.values


def numbered(text: str) -> Iterator[tuple[int, str]]:
    """The lines of a text from 1, without white space at their ends."""
    for number, line in enumerate(text.splitlines(), 1):
        yield number, line.strip()
