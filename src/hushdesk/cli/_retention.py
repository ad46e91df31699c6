"""``hushdesk retention``: what has been kept for long enough."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import click
from rich.markup import escape
from rich.table import Table

from hushdesk.cli._output import counted, desk_option, json_option, print_json, stdout
from hushdesk.errors import UsageError


@click.group("retention")
def retention() -> None:
    """Let cases go whose time is up, by the rules of desk.toml: per product and source, after so many days, months or years.

    What is on hold stays. Persons whom no case names any more are forgotten with their last case.
    """


@retention.command("plan")
@desk_option
@json_option
def plan(desk_path: Path, *, as_json: bool) -> None:
    """Count what is due, by product and year of opening. Changes nothing."""
    found = _call(desk_path, "plan")
    if as_json:
        print_json(found)
        return
    table = Table(
        "rule", "action", "before", "product", "source", "year", "cases", "on hold",
        box=None, pad_edge=False, header_style="bold",
    )  # fmt: skip
    for rule in found["rules"]:
        name = f"{rule['product']} / {rule['source']}, {rule['after']}"
        for row in rule["rows"]:
            table.add_row(
                escape(name),
                rule["action"],
                rule["before"],
                escape(row["product"]),
                escape(row["source"]),
                str(row["year"]),
                counted(row["cases"]),
                counted(row["held"]),
            )
    stdout.print(table)
    _say(found)


@retention.command("run")
@click.option("--yes", is_flag=True, help="Do not ask whether it is meant.")
@desk_option
@json_option
def run(desk_path: Path, *, yes: bool, as_json: bool) -> None:
    """Let go what is due. Killed, it goes on where it was when it is run again. Nothing undoes it."""
    if not yes:
        if not sys.stdin.isatty():
            raise UsageError(
                "nobody can be asked whether it is meant.", remedy="Look at the plan, then give --yes."
            )
        _say(_call(desk_path, "plan"))
        click.confirm("Let them go? Nothing undoes this.", abort=True, err=True)
    done = _call(desk_path, "run")
    if as_json:
        print_json(done)
        return
    stdout.print(
        f"Removed {counted(done['removed'])} cases, emptied {counted(done['emptied'])}; forgot {counted(done['forgotten'])} persons; "
        f"{counted(done['held'])} cases are on hold.",
        soft_wrap=True,
    )
    if done["old_parts"]:
        stdout.print("[yellow]Their bytes leave the disk within minutes.[/]")


def _say(found: dict[str, Any]) -> None:
    stdout.print(
        f"{counted(found['cases'])} cases are due, {counted(found['held'])} more are on hold. "
        f"No rule is for {counted(found['unruled'])}; {counted(found['undated'])} have no date.",
        soft_wrap=True,
    )


def _call(desk_path: Path, action: str) -> Any:
    from hushdesk.cli._connect import connect

    with connect(desk_path, "retention") as desk:
        return desk.retention(action, {})
