"""Which files of a folder are read, and as what."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Final

from hushdesk.guard._dialect import Document
from hushdesk.guard._findings import Malformed, NotLookedAt
from hushdesk.guard._policy import Place
from hushdesk.guard.load import _json, _yaml
from hushdesk.guard.load._json import LineOf
from hushdesk.guard.load._problem import Unparsed

MOST_BYTES: Final = 64 * 2**20
"""A larger file is refused. The largest real inputs, whole accounts in one answer, have some ten."""

_SKIPPED_FOLDERS: Final = frozenset(
    {".git", ".hg", ".svn", ".terraform", ".venv", "node_modules", "__pycache__"}
)
_JSON: Final = frozenset({".json", ".tfstate", ".template", ".sarif"})
_YAML: Final = frozenset({".yaml", ".yml"})
_HCL: Final = frozenset({".tf", ".tfvars", ".hcl"})
_OTHER: Final = frozenset(
    {".md", ".rst", ".html", ".css", ".js", ".ts", ".py", ".ps1", ".psm1", ".go", ".java", ".rb", ".csv", ".lock",
     ".png", ".jpg", ".jpeg", ".gif", ".svg", ".ico", ".pdf", ".zip", ".gz", ".tgz", ".xz", ".bz2", ".jar", ".exe", ".dll", ".so"}
)  # fmt: skip
"""Of no network language; not opened."""


_BLOCK: Final = re.compile(r'^([a-z_]+(?:\s+"[^"]*"){0,2})\s*\{')
"""How a block of HCL begins; those inside another block are indented."""
_BRACKET: Final = re.compile(r'"(?:[^"\\\n]++|\\.)*+"?|(?:#|//)[^\n]*+|[][(){}]')
_DEEPEST: Final = 300
"""Brackets within brackets; modules have some ten."""


@dataclass(slots=True)
class Loaded:
    """Everything that was found under the paths."""

    documents: list[Document] = field(default_factory=list)
    findings: list[Malformed | NotLookedAt] = field(default_factory=list)
    binary: list[str] = field(default_factory=list)
    """Files that hold no text, and whose names promise none."""
    files: int = 0
    """Regular files met."""
    opened: int = 0


def load(paths: Iterable[Path], *, most_bytes: int = MOST_BYTES) -> Loaded:
    """Read files, and every file under folders.

    A file that cannot be read or parsed is one finding, and the rest goes on.

    Args:
        paths: As the user named them.
        most_bytes: A larger file is refused.
    """
    found = Loaded()
    for path in paths:
        for file in _files(path, found):
            found.files += 1
            if file.suffix.lower() in _OTHER:
                continue
            found.opened += 1
            _read(file, found, most_bytes)
    return found


def files(paths: Iterable[Path]) -> Iterator[Path]:
    """Every file that :func:`load` would look at, without opening one."""
    for path in paths:
        yield from _files(path, Loaded())


def _files(path: Path, found: Loaded) -> Iterator[Path]:
    if not path.is_dir():
        yield path
        return

    def unlisted(error: OSError) -> None:
        problem = f"cannot be listed: {error.strerror or 'input error'}"
        found.findings.append(Malformed(Place(str(error.filename)), problem, "Check its permissions."))

    for folder, inner, names in os.walk(path, onerror=unlisted):
        for name in sorted(set(inner) & _SKIPPED_FOLDERS):
            found.findings.append(
                NotLookedAt(
                    Place(str(Path(folder, name))), "a folder", "folders of this name hold copies or tools"
                )
            )
        inner[:] = sorted(set(inner) - _SKIPPED_FOLDERS)
        for name in sorted(names):
            file = Path(folder, name)
            if file.is_symlink() and file.exists() and file.resolve().is_relative_to(path.resolve()):
                continue  # met under its own name
            yield file


def _read(file: Path, found: Loaded, most_bytes: int) -> None:
    place = Place(str(file))
    try:
        if not file.is_file():
            problem = "a link to nothing" if file.is_symlink() and not file.exists() else "no regular file"
            found.findings.append(Malformed(place, problem, "Mend it, or leave it out."))
            return
        size = file.stat().st_size
        if size > most_bytes:
            problem = f"larger than {most_bytes // 2**20} MB ({size // 2**20} MB)"
            found.findings.append(Malformed(place, problem, "Split it, or raise --largest-file."))
            return
        text = _text(file.read_bytes())
    except OSError as error:
        found.findings.append(
            Malformed(place, f"cannot be read: {error.strerror or 'input error'}", "Check its permissions.")
        )
        return
    if text is None:
        if file.suffix.lower() in _JSON | _YAML | _HCL:
            found.findings.append(Malformed(place, "no text, though its name says so", "Save it as UTF-8."))
        else:
            found.binary.append(str(file))
        return
    try:
        found.documents += _documents(file, text, found)
    except Unparsed as error:
        found.findings.append(Malformed(Place(str(file), error.line), error.problem, error.remedy))


def _text(data: bytes) -> str | None:
    """The text of a file; ``None`` if it holds none."""
    for mark, encoding in ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16")):
        if data.startswith(mark):
            return data.decode(encoding, "replace")
    if b"\0" in data[:65536]:
        return None
    # Latin-1 never fails, and a stray byte in a comment must not hide a rule.
    try:
        return data.decode()
    except UnicodeDecodeError:
        return data.decode("latin-1")


def _documents(file: Path, text: str, found: Loaded) -> Iterator[Document]:
    name, suffix = str(file), file.suffix.lower()
    if suffix in _HCL:
        yield from _hcl(name, text)
    elif suffix in _JSON or (suffix not in _YAML and text.lstrip()[:1] in {"{", "["}):
        if suffix in {".template", ""} and not text.lstrip().startswith(("{", "[")):
            yield from _yaml_documents(name, text)
            return
        if not text.strip():
            return
        try:
            content, twice = _json.parse(text)
        except Unparsed:
            if suffix in _JSON:
                raise
            yield Document(name, "text", text)
            return
        if twice:
            found.findings.append(
                Malformed(
                    Place(name),
                    f"{len(twice)} keys occur twice in one object",
                    "Remove one of each; the last counts.",
                )
            )
        yield Document(name, "json", content, 0, _json.lines_of(text))
    elif suffix in _YAML:
        yield from _yaml_documents(name, text)
    else:
        yield Document(name, "text", text, 0)


def _yaml_documents(name: str, text: str) -> Iterator[Document]:
    empty = True
    for index, (content, line_of) in enumerate(_yaml.parse(text)):
        if content is not None:
            empty = False
            yield Document(name, "yaml", content, index, line_of)
    if empty:
        # Nothing but comments: for the configuration of a store that says that every default holds.
        yield Document(name, "yaml", {})


def _too_deep(text: str) -> bool:
    depth = 0
    for token in _BRACKET.finditer(text):
        depth += {"{": 1, "[": 1, "(": 1, "}": -1, "]": -1, ")": -1}.get(token[0], 0)
        if depth > _DEEPEST:
            return True
    return False


def _hcl(name: str, text: str) -> Iterator[Document]:
    if _too_deep(text):
        # Before it is parsed, which takes long.
        raise Unparsed("HCL nested too deeply", remedy="Leave the file out: no module is like this.")
    # Imported late: its grammar takes a tenth of a second.
    import hcl2

    try:
        content = hcl2.loads(text)
    except RecursionError:
        raise Unparsed(
            "HCL nested too deeply", remedy="Leave the file out: no module is like this."
        ) from None
    except Exception as error:  # noqa: BLE001 - the parser's own errors have no common root but Exception
        line = getattr(error, "line", 0)
        raise Unparsed("no valid HCL", line if isinstance(line, int) and line > 0 else 0) from None
    yield Document(name, "hcl", content, 0, _hcl_lines(text))


def _hcl_lines(text: str) -> LineOf:
    """Lines of blocks by type and labels, and of the first argument of that name in a block: the parser keeps none."""

    @cache
    def blocks() -> dict[tuple[str, ...], tuple[int, list[str]]]:
        lines = text.splitlines()
        starts = [
            (number, tuple(re.findall(r'[\w-]+|"[^"]*"', found[1])))
            for number, line in enumerate(lines)
            if (found := _BLOCK.match(line))
        ]
        ends = [*(number for number, _ in starts[1:]), len(lines)][: len(starts)]
        return {
            tuple(word.strip('"') for word in words): (number + 1, lines[number:end])
            for (number, words), end in zip(starts, ends, strict=True)
        }

    def line_of(path: tuple[str | int, ...]) -> int:
        words = tuple(str(step).strip('"') for step in path if not isinstance(step, int))
        for length in (3, 2, 1):
            block = blocks().get(words[:length])
            if block and len(words) >= length:
                for offset, line in enumerate(block[1]):
                    if words[length:] and re.match(rf'\s*"?{re.escape(words[length])}"?\s*[={{]', line):
                        return block[0] + offset
                return block[0]
        return 0

    return line_of
