"""``hushdesk record``: who did what, and the proof that nothing was changed."""

from __future__ import annotations

import json
import sys
from collections import deque
from pathlib import Path

import click
from rich.markup import escape
from rich.table import Table

from hushdesk.cli._output import counted, desk_option, json_option, print_json, stdout
from hushdesk.errors import UsageError

EXIT_DAMAGED = 16


@click.group("record")
def record() -> None:
    """Show and verify the record: each step in a Merkle tree (RFC 6962) whose heads are signed (Ed25519)."""


@record.command("verify")
@desk_option
@click.option(
    "--head",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    help="A head kept elsewhere: the record must begin with what it signs.",
)
@json_option
def verify_command(desk_path: Path, head: Path | None, *, as_json: bool) -> None:
    """Look at each entry, each hash and each signed head.

    Exit codes: 0 nothing was changed, dropped or reordered; 16 something was, and it is named.
    """
    from hushdesk.desk import RECORD_FOLDER
    from hushdesk.desk._settings import read
    from hushdesk.record import Head, verify
    from hushdesk.vault import Keyring

    settings = read(desk_path)
    earlier = None
    if head is not None:
        try:
            earlier = Head.from_json(json.loads(head.read_text("utf-8")))
        except ValueError:
            raise UsageError(
                "--head wants a head as `record head` prints it.", remedy="Give that file."
            ) from None
    keys = Keyring.open(settings.keys).signing_public_keys()
    found = verify(desk_path / RECORD_FOLDER, keys, settings.desk_id, earlier)
    if as_json:
        print_json(
            {
                "whole": found.whole,
                "entries": found.entries,
                "heads": found.heads,
                "unsigned": found.unsigned,
                "newest": found.newest.to_json() if found.newest else None,
                "faults": [{"entry": fault.entry, "what": fault.what} for fault in found.faults],
            }
        )
    else:
        for fault in found.faults:
            where = "" if fault.entry is None else f"entry {counted(fault.entry)}: "
            stdout.print(f"[red]FAULT[/] {escape(where + fault.what)}", soft_wrap=True)
        verdict = "[green]whole[/]" if found.whole else "[red]damaged[/]"
        stdout.print(f"{verdict}: {counted(found.entries)} entries, {counted(found.heads)} signed heads hold")
    if not found.whole:
        sys.exit(EXIT_DAMAGED)


@record.command("head")
@desk_option
def head_command(desk_path: Path) -> None:
    """Print the newest signed head as JSON: kept elsewhere, it proves later that nothing before it was changed."""
    from hushdesk.cli._output import NotFoundError
    from hushdesk.desk import RECORD_FOLDER
    from hushdesk.record import RecordReader

    found = RecordReader(desk_path / RECORD_FOLDER).head()
    if found is None:
        raise NotFoundError("the record is empty.", remedy="Nothing has been done yet.")
    print_json(found.to_json())


@record.command("show")
@desk_option
@click.option(
    "--last", type=click.IntRange(1), default=50, show_default=True, help="So many entries, the newest."
)
@click.option("--event", default="", help="Only events that begin so: officer:, incident:evidence:.")
@click.option("--who", default="", help="Only what this account did.")
@json_option
def show_command(desk_path: Path, last: int, event: str, who: str, *, as_json: bool) -> None:
    """Show entries, oldest first."""
    from hushdesk.desk import RECORD_FOLDER
    from hushdesk.record import RecordReader

    wanted = (
        entry
        for entry in RecordReader(desk_path / RECORD_FOLDER).entries()
        if entry.event.startswith(event) and who in {"", entry.who}
    )
    entries = deque(wanted, last)
    if as_json:
        print_json(
            [
                {"n": e.number, "at": e.at, "event": e.event, "who": e.who, "detail": dict(e.detail)}
                for e in entries
            ]
        )
        return
    table = Table("entry", "at", "event", "who", "detail", box=None, pad_edge=False, header_style="bold")
    for entry in entries:
        detail = " ".join(f"{name}={value}" for name, value in entry.detail.items())
        table.add_row(str(entry.number), entry.at[:19], entry.event, escape(entry.who), escape(detail))
    stdout.print(table)
