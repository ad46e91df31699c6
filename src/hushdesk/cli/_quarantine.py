"""``hushdesk quarantine``: the officer's review on the command line."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click
from rich.markup import escape
from rich.table import Table

from hushdesk.cli._output import counted, desk_option, json_option, print_json, size, stdout
from hushdesk.cli._secrets import officer_options, officer_secret
from hushdesk.errors import UsageError

EXIT_STAYS = 11


@click.group("quarantine")
def quarantine() -> None:
    """Quarantine: list what was held back, open it, decide about findings, seal again.

    Listing needs no key. Opening needs the officer's passphrase, or shares of the officer's key, which are asked for and kept nowhere. What is
    confirmed is masked in every case from then on; what is rejected is left alone. Both are kept as keyed hashes.
    """


@quarantine.command("list")
@click.option("--all", "every", is_flag=True, help="Also entries that are closed.")
@desk_option
@json_option
def list_entries(desk_path: Path, *, every: bool, as_json: bool) -> None:
    """List the entries: load, reason, time, size, state; nothing of what is in them."""
    found = [entry for entry in _call(desk_path, "list") if every or entry["open"]]
    if as_json:
        print_json(found)
        return
    table = Table(
        "entry",
        "load",
        "what",
        "size",
        "at",
        "state",
        "reason",
        box=None,
        pad_edge=False,
        header_style="bold",
    )
    for entry in found:
        state = (
            f"{entry['state']}, {counted(entry['decided'])} decided" if entry["decided"] else entry["state"]
        )
        table.add_row(
            str(entry["entry"]),
            entry["load"],
            "case" if entry["is_case"] else "row",
            size(entry["size"]),
            entry["at"][:16],
            state,
            escape(entry["reason"]),
        )
    stdout.print(table)


@quarantine.command("show")
@click.argument("entry", type=click.IntRange(0))
@desk_option
@officer_options
@json_option
def show(entry: int, desk_path: Path, *, passphrase_stdin: bool, shares_stdin: bool, as_json: bool) -> None:
    """Open ENTRY: the sealed texts with the doubtful values in them, or a refused row as it came.

    This prints personal data. Do not send it where personal data must not be.
    """
    found = _call(
        desk_path,
        "show",
        entry=entry,
        **_secret(passphrase_stdin=passphrase_stdin, shares_stdin=shares_stdin),
    )
    _print(found, as_json=as_json)


@quarantine.command("decide")
@click.argument("entry", type=click.IntRange(0))
@click.argument("findings", nargs=-1)
@click.option(
    "--confirm/--reject",
    "personal",
    default=None,
    help="Confirm: personal, masked in every case from now on. Reject: harmless, left alone from now on.",
)
@desk_option
@officer_options
@json_option
def decide(
    entry: int,
    findings: tuple[str, ...],
    desk_path: Path,
    *,
    personal: bool | None,
    passphrase_stdin: bool,
    shares_stdin: bool,
    as_json: bool,
) -> None:
    """Decide about FINDINGS of ENTRY (ids as `show` prints them), or about all that are not decided."""
    if personal is None:
        raise UsageError(
            "it must be said what is decided.",
            remedy="Give --confirm (personal) or --reject (harmless).",
        )
    found = _call(
        desk_path,
        "decide",
        entry=entry,
        findings=list(findings),
        personal=personal,
        **_secret(passphrase_stdin=passphrase_stdin, shares_stdin=shares_stdin),
    )
    _print(found, as_json=as_json)


@quarantine.command("release")
@click.argument("entry", type=click.IntRange(0))
@desk_option
@officer_options
@json_option
def release(
    entry: int, desk_path: Path, *, passphrase_stdin: bool, shares_stdin: bool, as_json: bool
) -> None:
    """Seal the case of ENTRY again and store it, if nothing in it is doubtful any more; else exit with 11."""
    found = _call(
        desk_path,
        "release",
        entry=entry,
        **_secret(passphrase_stdin=passphrase_stdin, shares_stdin=shares_stdin),
    )
    if as_json:
        print_json(found)
    elif found["stays"]:
        stdout.print(f"Entry {entry} stays in quarantine: {escape(found['reason'])}", soft_wrap=True)
    elif found["state"] == "superseded":
        stdout.print(f"Entry {entry} is closed: the store has a version that is not older.", soft_wrap=True)
    else:
        stdout.print(f"Entry {entry} is sealed and stored.", soft_wrap=True)
    if found["stays"]:
        raise click.exceptions.Exit(EXIT_STAYS)


@quarantine.command("dismiss")
@click.argument("entry", type=click.IntRange(0))
@desk_option
def dismiss(entry: int, desk_path: Path) -> None:
    """Close ENTRY without storing anything: it was corrected at its source, or is not wanted."""
    _call(desk_path, "dismiss", entry=entry)
    stdout.print(f"Entry {entry} is closed.", soft_wrap=True)


def _secret(*, passphrase_stdin: bool, shares_stdin: bool) -> dict[str, Any]:
    passphrase, shares = officer_secret(passphrase_stdin=passphrase_stdin, shares_stdin=shares_stdin)
    return {"passphrase": passphrase, "shares": shares}


def _call(desk_path: Path, action: str, **arguments: Any) -> Any:
    from hushdesk.cli._connect import connect

    with connect(desk_path, "quarantine") as desk:
        return desk.quarantine(action, arguments)


def _print(found: dict[str, Any], *, as_json: bool) -> None:
    if as_json:
        print_json(found)
        return
    say = stdout.print
    say(f"[bold]Entry {found['entry']}[/] of load {found['load']}: {escape(found['reason'])}", soft_wrap=True)
    say(f"stood at: {escape(found['place'])}", soft_wrap=True)
    if not found["sealed"]:
        say("[yellow]shown as it came in, not sealed[/]")
    for text in found["texts"]:
        say(f"[dim]{text['field']}[/]")
        say(
            "".join(
                f"[reverse]{escape(piece['text'])}[/]" if piece["finding"] else escape(piece["text"])
                for piece in text["pieces"]
            ),
            soft_wrap=True,
        )
    if found["findings"]:
        table = Table(
            "finding", "kind", "decision", "value", "in", "why", box=None, pad_edge=False, header_style="bold"
        )
        words = {"": "open", "deny": "confirmed", "allow": "rejected"}
        for one in found["findings"]:
            table.add_row(
                one["id"],
                one["kind"],
                words[one["decision"]],
                escape(one["value"]),
                ", ".join(one["fields"]),
                one["why"],
            )
        say(table)
    if found["releasable"]:
        say(f"Everything is decided. Next: hushdesk quarantine release {found['entry']}", soft_wrap=True)
