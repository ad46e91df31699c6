"""``hushdesk status``."""

from __future__ import annotations

from pathlib import Path

import click
from rich.table import Table

from hushdesk.cli._output import counted, desk_option, json_option, print_json, size, stdout
from hushdesk.cli._own_tls import own_tls
from hushdesk.cli._report import show_certificate


@click.command("status")
@desk_option
@json_option
def status(desk_path: Path, *, as_json: bool) -> None:
    """What the desk holds, and who is using it."""
    from hushdesk.cli._connect import connect

    with connect(desk_path, "status") as desk:
        found = desk.status()
    if as_json:
        print_json(found)
        return
    table = Table(box=None, pad_edge=False, show_header=False)
    table.add_row("desk", str(desk_path), f"made {found['created']}")
    table.add_row("used by", found["used_by"] or "nobody else")
    table.add_row("cases", counted(found["cases"]), f"{size(found['store_bytes'])} on disk")
    table.add_row("loads", counted(found["loads"]))
    table.add_row("people", counted(found["people"]), "in the vault")
    table.add_row("quarantine", counted(found["quarantined"]), "rows and cases, encrypted for the officer")
    if found["security_contact"]:
        table.add_row("weaknesses", found["security_contact"][0], "in security.txt")
    else:
        table.add_row(
            "weaknesses", "[yellow]nobody to tell[/]", "name a contact in desk.toml: \\[security] contact"
        )
    for words in own_tls(desk_path):
        table.add_row("tls", *words)
    stdout.print(table)
    show_certificate(found["certificate"])
