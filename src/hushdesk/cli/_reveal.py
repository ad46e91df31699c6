"""``hushdesk reveal``: opening a pseudonym on the command line."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click
from rich.table import Table

from hushdesk.cli._ask import password_of
from hushdesk.cli._output import desk_option, json_option, print_json, stdout
from hushdesk.errors import UsageError

_F = TypeVar("_F", bound=Callable[..., Any])
_LIVE = ("waiting", "approved")


def _officer(function: _F) -> _F:
    """Options of those who prove themselves."""
    function = click.option(
        "--password-stdin", is_flag=True, help="Read the password from standard input, one line."
    )(function)
    return click.option("--as", "name", required=True, help="Your account; a privacy officer's.")(function)


def _call(desk_path: Path, action: str, **arguments: Any) -> Any:
    from hushdesk.cli._connect import connect

    with connect(desk_path, "reveal") as desk:
        return desk.reveal(action, arguments)


@click.group("reveal")
def reveal() -> None:
    """Open a pseudonym: one officer asks, another approves, the first opens it, once and in time.

    Each proves by password who they are. Every step is in the record before it takes effect. REQUEST is an id that `list` shows.
    """


@reveal.command("ask")
@click.argument("token", metavar="PSEUDONYM")
@click.option("--case", required=True, help="Id or number of a case that holds it and that you may read.")
@_officer
@click.option(
    "--reason-stdin", is_flag=True, help="Read the reason from standard input, the line before the password."
)
@desk_option
@json_option
def ask(
    token: str,
    case: str,
    name: str,
    desk_path: Path,
    *,
    reason_stdin: bool,
    password_stdin: bool,
    as_json: bool,
) -> None:
    """Ask to open PSEUDONYM. The reason is asked for: it may name people, and arguments can be read by others."""
    if reason_stdin:
        reason = sys.stdin.readline().strip()
    elif sys.stdin.isatty():
        reason = str(click.prompt("Why must this person be known", err=True))
    else:
        raise UsageError(
            "a reason is needed and nobody can be asked for it.", remedy="Give it with --reason-stdin."
        )
    password = password_of(name, from_stdin=password_stdin)
    found = _call(desk_path, "ask", name=name, password=password, token=token, case=case, reason=reason)
    _told(
        found,
        f"Asked: {found['request']}. Another officer approves until {_time(found['until'])}: hushdesk reveal approve {found['request']}",
        as_json=as_json,
    )


@reveal.command("list")
@click.option("--all", "every", is_flag=True, help="Also requests that have ended.")
@desk_option
@json_option
def list_requests(desk_path: Path, *, every: bool, as_json: bool) -> None:
    """List requests, the newest first, without their reasons: waiting, approved, spent, refused, lapsed."""
    found = [
        one for one in _call(desk_path, "list") if every or one["state"] not in {"spent", "refused", "lapsed"}
    ]
    if as_json:
        print_json(found)
        return
    table = Table(box=None, pad_edge=False, header_style="bold")
    for head in ("request", "state", "pseudonym", "case", "asked by", "at", "decided by", "until"):
        table.add_column(head, no_wrap=head in {"request", "pseudonym", "case"})
    for one in found:
        if one["state"] == "changed":
            table.add_row(one["request"], "changed: not by Hushdesk", *[""] * 6)
            continue
        names = (one["asked_by"], _time(one["asked_at"]), one["decided_by"], _time(one["until"]))
        table.add_row(one["request"], one["state"], one["token"], one["case"], *names)
    stdout.print(table)


@reveal.command("approve")
@click.argument("request")
@_officer
@click.option("--yes", is_flag=True, help="Approve without showing the reason and asking again.")
@desk_option
@json_option
def approve(
    request: str, name: str, desk_path: Path, *, yes: bool, password_stdin: bool, as_json: bool
) -> None:
    """Approve REQUEST as the second officer. Shows what is asked for and why, then asks."""
    if not yes and not sys.stdin.isatty():
        raise UsageError("an approval has to be confirmed and nobody can be asked.", remedy="Give --yes.")
    password = password_of(name, from_stdin=password_stdin)
    if not yes:
        asked = _call(desk_path, "look", name=name, password=password, request=request)
        said = f"{asked['asked_by']} asks to open {asked['token']} of case {asked['case']}. Why: {_plain(asked['reason'])}"
        click.echo(said, err=True)
        if not click.confirm("Approve", err=True):
            raise click.Abort
    found = _call(desk_path, "approve", name=name, password=password, request=request)
    _told(
        found,
        f"Approved. {found['asked_by']} may open it once until {_time(found['until'])}.",
        as_json=as_json,
    )


@reveal.command("refuse")
@click.argument("request")
@_officer
@desk_option
@json_option
def refuse(request: str, name: str, desk_path: Path, *, password_stdin: bool, as_json: bool) -> None:
    """Refuse REQUEST, approved or not; or withdraw it, if it is your own."""
    password = password_of(name, from_stdin=password_stdin)
    found = _call(desk_path, "refuse", name=name, password=password, request=request)
    _told(found, "Refused.", as_json=as_json)


@reveal.command("open")
@click.argument("request")
@_officer
@click.option("--pipe", is_flag=True, help="Print it although the output is no terminal.")
@desk_option
@json_option
def open_request(
    request: str, name: str, desk_path: Path, *, pipe: bool, password_stdin: bool, as_json: bool
) -> None:
    """Open REQUEST, which you asked for and another officer has approved. Once: have a look ready.

    At a terminal it is shown on a screen of its own and leaves no trace in the scrollback.
    """
    seen = sys.stdout.isatty()
    if not seen and not pipe:
        # Before it is spent.
        raise UsageError(
            "this would print an identity into a file or another program.",
            remedy="Use a terminal, or give --pipe.",
        )
    password = password_of(name, from_stdin=password_stdin)
    found = _call(desk_path, "open", name=name, password=password, request=request)
    if as_json:
        print_json(found)
    elif seen and sys.stdin.isatty():
        with stdout.screen():
            _show(found)
            click.pause("\nPress any key; then it is gone.", err=True)
    else:
        _show(found)


def _show(found: dict[str, Any]) -> None:
    say = stdout.print
    if not found["values"]:
        say("It leads to nobody any more: the person was erased.", soft_wrap=True)
    for kind, values in found["values"].items():
        for value in values:
            say(f"{kind}  {_plain(value)}", markup=False, soft_wrap=True)
    if found["persons"] > 1:
        say(f"It belongs to {found['persons']} persons.")


def _plain(text: str) -> str:
    """Without what a terminal would obey: it came out of somebody's mail."""
    return "".join(each if each.isprintable() else "\N{REPLACEMENT CHARACTER}" for each in text)


def _time(text: str | None) -> str:
    return f"{text[:16].replace('T', ' ')} UTC" if text else ""


def _told(found: dict[str, Any], said: str, *, as_json: bool) -> None:
    if as_json:
        print_json(found)
    else:
        stdout.print(said, markup=False, soft_wrap=True)
