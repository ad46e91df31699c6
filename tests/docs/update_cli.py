"""Writes the help texts into docs/cli.md: ``python tests/docs/update_cli.py``.

What stands above the marker is written by hand and stays.
"""

from __future__ import annotations

from pathlib import Path

import click
from click.testing import CliRunner

from hushdesk.cli._main import COMMANDS, cli

PAGE = Path(__file__).resolve().parents[2] / "docs" / "cli.md"
MARKER = "<!-- below this line everything is written by tests/docs/update_cli.py -->\n"
WIDTH = 90


def help_of(*arguments: str) -> str:
    """What ``hushdesk … --help`` prints, at a fixed width."""
    result = CliRunner(env={"COLUMNS": str(WIDTH)}).invoke(
        cli, [*arguments, "--help"], prog_name="hushdesk", terminal_width=WIDTH, color=False
    )
    if result.exit_code:
        raise RuntimeError(result.output)
    return "\n".join(line.rstrip() for line in result.output.splitlines())


def generated() -> str:
    """The part of the page below the marker."""
    parts = [f"## hushdesk\n\n```text\n{help_of()}\n```\n"]
    for name in sorted(COMMANDS):
        parts.append(f"## hushdesk {name}\n\n```text\n{help_of(name)}\n```\n")
        parts += below(cli.get_command(click.Context(cli), name), name)
    return "\n" + "\n".join(parts)


def below(command: click.Command | None, *names: str) -> list[str]:
    """The commands of a group, and theirs."""
    parts: list[str] = []
    if isinstance(command, click.Group):
        for each, one in sorted(command.commands.items()):
            words = " ".join((*names, each))
            parts.append(f"### hushdesk {words}\n\n```text\n{help_of(*names, each)}\n```\n")
            parts += below(one, *names, each)
    return parts


def rewritten(page: str) -> str:
    """The page with its generated part as it should be."""
    head, marker, _ = page.partition(MARKER)
    if not marker:
        raise RuntimeError("docs/cli.md has lost its marker")
    return head + marker + generated()


if __name__ == "__main__":
    PAGE.write_text(rewritten(PAGE.read_text("utf-8")), "utf-8")
