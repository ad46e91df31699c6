"""How commands speak: rich tables for people, ``--json`` for programs, errors in one line on standard error."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click
from rich.console import Console

from hushdesk.errors import HushdeskError

EXIT_NOT_FOUND = 9


class NotFoundError(HushdeskError):
    """What was asked for by name is not there."""

    exit_code = EXIT_NOT_FOUND


_F = TypeVar("_F", bound=Callable[..., Any])

stdout = Console(highlight=False, soft_wrap=False)
stderr = Console(stderr=True, highlight=False)


def fail(problem: str, remedy: str = "") -> None:
    """Say in one line what is wrong and what to do."""
    sys.stderr.write(f"hushdesk: {problem} {remedy}".rstrip() + "\n")


def print_json(value: Any) -> None:
    """One JSON value on standard output."""
    sys.stdout.write(json.dumps(value, ensure_ascii=False, default=str) + "\n")


def desk_option(function: _F) -> _F:
    """The option that names the desk."""
    return click.option(
        "-d",
        "--desk",
        "desk_path",
        type=click.Path(path_type=Path),
        default=Path("desk"),
        envvar="HUSHDESK_DESK",
        show_default=True,
        show_envvar=True,
        help="The desk's folder.",
    )(function)


def json_option(function: _F) -> _F:
    """The option that asks for JSON."""
    return click.option("--json", "as_json", is_flag=True, help="Print JSON for programs.")(function)


def counted(number: int) -> str:
    """A count for people: 12,345."""
    return f"{number:,}"


def size(number: float) -> str:
    """Bytes for people."""
    for unit in ("B", "kB", "MB", "GB", "TB"):
        if number < 1000 or unit == "TB":
            return f"{number:.0f} {unit}" if unit == "B" else f"{number:.1f} {unit}"
        number /= 1000
    raise AssertionError
