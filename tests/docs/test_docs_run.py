"""What the documentation says to type is typed, and what it says comes out is compared.

Blocks of one page share a folder and a ``HUSHDESK_HOME``, and run in their order: console blocks first,
then the Python blocks in one interpreter. In an expected line ``…`` stands for any text; a line that is
``…`` alone stands for any lines. The folder holds a copy of ``docs/examples``. A block under ``<!-- not run: reason -->`` is left out.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PAGES = sorted({ROOT / "README.md", *(ROOT / "docs").rglob("*.md")})
MOST_LEFT_OUT = 12
LONG = {
    "access.md",
    "operations.md",
    "data-engineers.md",
    "evaluation.md",
    "incident.md",
    "keys.md",
    "persons.md",
    "privacy-officers.md",
    "record.md",
    "reveal.md",
    "sign-in.md",
}
"""Pages of very many commands: `make test-slow` types them."""

_MARK = re.compile(r"<!-- not run: (.+?) -->")
_END = "@@hushdesk-docs@@"


@dataclass(frozen=True)
class Block:
    """One fenced block of a page."""

    page: Path
    line: int
    language: str
    text: str
    left_out: str
    """Why it is not run; empty if it is."""


@dataclass(frozen=True)
class Command:
    """One command of a console block and what should come out."""

    text: str
    expected: tuple[str, ...]


def blocks_of(page: Path) -> list[Block]:
    """All fenced blocks of a page."""
    blocks: list[Block] = []
    lines = page.read_text("utf-8").splitlines()
    number, mark = 0, ""
    while number < len(lines):
        line = lines[number]
        if found := _MARK.fullmatch(line.strip()):
            mark = found[1]
        elif line.startswith("```"):
            start = number + 1
            number = lines.index("```", start)
            blocks.append(Block(page, start, line[3:].strip(), "\n".join(lines[start:number]), mark))
            mark = ""
        elif line.strip():
            mark = ""
        number += 1
    return blocks


ALL = [block for page in PAGES for block in blocks_of(page)]


def runnable(page: Path, language: str) -> list[Block]:
    """The blocks of a page that are to be run."""
    return [b for b in ALL if b.page == page and b.language == language and not b.left_out]


def commands_of(block: Block) -> list[Command]:
    """The commands of a console block: ``$ `` begins one, a here-document belongs to it."""
    commands: list[Command] = []
    lines = block.text.splitlines()
    number = 0
    while number < len(lines):
        assert lines[number].startswith("$ "), f"{block.page.name}:{block.line + number}: no command here"
        text = [lines[number][2:]]
        number += 1
        heredoc = re.search(r"<<\s*'?(\w+)'?", text[0])
        while text[-1].endswith("\\") or (heredoc and text[-1] != heredoc[1]):
            text.append(lines[number])
            number += 1
        start = number
        while number < len(lines) and not lines[number].startswith("$ "):
            number += 1
        commands.append(Command("\n".join(text), tuple(lines[start:number])))
    return commands


def matches(expected: tuple[str, ...], got: list[str]) -> bool:
    """Whether output is as expected, ``…`` standing for anything."""
    pattern = []
    for line in expected:
        if line.strip() == "…":
            pattern.append(r"(?:[^\n]*\n)*?")
        else:
            parts = (re.escape(part) for part in line.rstrip().split("…"))
            pattern.append(r"[^\n]*".join(parts) + r"\n")
    return re.fullmatch("".join(pattern), "".join(f"{line.rstrip()}\n" for line in got)) is not None


def environment(folder: Path) -> dict[str, str]:
    """A user's environment, with a home of its own."""
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("HUSHDESK_", "COLUMNS", "PYTHON"))}
    home = folder.parent / "home"
    path = f"{Path(sys.executable).parent}:{os.environ.get('PATH', '')}"
    return kept | {
        "HOME": str(home),
        # Compiling the triggers anew for each command would take longer than all else.
        "XDG_CACHE_HOME": os.environ.get("XDG_CACHE_HOME") or str(Path.home() / ".cache"),
        "HUSHDESK_HOME": str(home / ".hushdesk"),
        "PATH": path,
        "LANG": "C.UTF-8",
    }


def run_console(block: Block, folder: Path) -> list[str]:
    """Type a block into a shell; returns what differed."""
    commands = commands_of(block)
    script = "".join(f'{c.text}\n__rc=$?; echo "{_END} $__rc"; (exit $__rc)\n' for c in commands)
    done = subprocess.run(
        ["bash", "-c", script], cwd=folder, env=environment(folder), text=True, check=False, timeout=120,
        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
    )  # fmt: skip
    pieces = re.split(rf"^{_END} (\d+)\n", done.stdout, flags=re.MULTILINE)
    problems = []
    for place, command in enumerate(commands):
        got = pieces[2 * place].splitlines() if 2 * place < len(pieces) else ["(it was never run)"]
        code = int(pieces[2 * place + 1]) if 2 * place + 1 < len(pieces) else -1
        asked = place + 1 < len(commands) and commands[place + 1].text == "echo $?"
        if code and not asked:
            problems.append(f"exit code {code} of: {command.text}\n" + "\n".join(got))
        elif not matches(command.expected, got):
            problems.append(
                "\n".join(["expected from: " + command.text, *command.expected, "--- but it was:", *got])
            )
    return problems


@pytest.mark.parametrize(
    "page",
    [pytest.param(page, marks=pytest.mark.slow) if page.name in LONG else page for page in PAGES],
    ids=lambda page: page.relative_to(ROOT).as_posix(),
)
def test_what_a_page_says_to_type_works(page: Path, tmp_path: Path) -> None:
    folder = tmp_path / "here"
    folder.mkdir()
    shutil.copytree(ROOT / "docs" / "examples", folder / "examples")
    problems = []
    for block in runnable(page, "console"):
        problems += [f"{page.name}:{block.line}: {each}" for each in run_console(block, folder)]
    assert not problems, "\n\n".join(problems)
    code = [block.text for block in runnable(page, "python")]
    if code:
        test = folder / "blocks.txt"
        test.write_text("\n\n".join(code) + "\n", "utf-8")
        done = subprocess.run(
            [sys.executable, "-m", "doctest", "-o", "ELLIPSIS", "-o", "NORMALIZE_WHITESPACE", test.name],
            cwd=folder, env=environment(folder), text=True, check=False, timeout=120, capture_output=True,
        )  # fmt: skip
        assert done.returncode == 0, done.stdout + done.stderr


def test_python_blocks_are_such_that_can_be_run() -> None:
    wrong = [
        f"{block.page.name}:{block.line}"
        for block in ALL
        if block.language == "python" and not block.left_out and ">>> " not in block.text
    ]
    assert not wrong


def test_few_blocks_are_left_out_and_each_says_why() -> None:
    left_out = [block for block in ALL if block.left_out]
    assert len(left_out) <= MOST_LEFT_OUT
    assert all(len(block.left_out.split()) >= 3 for block in left_out)
    assert not [f"{b.page.name}:{b.line}" for b in ALL if not b.language], "a fence without a language"


def test_a_wrong_page_would_be_noticed(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text("```console\n$ printf 'one\\ntwo\\n'\none\n$ false\n$ echo three\nt…e\n```\n", "utf-8")
    (tmp_path / "here").mkdir()
    [block] = blocks_of(page)
    problems = run_console(block, tmp_path / "here")
    assert [problem.split("\n")[0] for problem in problems] == [
        "expected from: printf 'one\\ntwo\\n'",
        "exit code 1 of: false",
    ]
