"""``hushdesk incident notify``: telling the persons."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from hushdesk.cli._ask import password_of
from hushdesk.cli._output import desk_option, json_option, print_json, stdout

ident_argument = click.argument("ident", required=False, default="")


def call(desk_path: Path, action: str, **arguments: Any) -> Any:
    """An action of :class:`hushdesk.incident.answering.IncidentDesk`, here or in the process that serves the desk."""
    from hushdesk.cli._connect import connect

    with connect(desk_path, "incident") as commands:
        return commands.incident(action, arguments)


@click.group("notify")
def notify() -> None:
    """Tell the persons: plan, request, approve, send, print; reconcile, bounces, pause, resume, stop, resend.

    Identities are opened for sending and printing only, after a privacy officer has asked and a second one has agreed.
    """


def _notify(desk_path: Path, ident: str, step: str, *, as_json: bool, **arguments: Any) -> None:
    from hushdesk.cli._incident_text import print_letters

    found = call(desk_path, "notify", ident=ident, step=step, **arguments)
    if as_json:
        print_json(found)
    else:
        print_letters(stdout, found)


@notify.command("plan")
@ident_argument
@desk_option
@json_option
def plan_command(desk_path: Path, ident: str, *, as_json: bool) -> None:
    """Keep the list of those who get a letter, those to be warned first at the front."""
    _notify(desk_path, ident, "plan", as_json=as_json)


@notify.command("request")
@ident_argument
@desk_option
@click.option("--as", "account", required=True, help="Your account; a privacy officer's.")
@click.option("--reason", required=True, help="Why the identities must be opened.")
@click.option("--password-stdin", is_flag=True, help="Read the password from standard input.")
@json_option
def request_command(
    desk_path: Path, ident: str, account: str, reason: str, *, password_stdin: bool, as_json: bool
) -> None:
    """Ask to open the identities of the list."""
    _notify(
        desk_path,
        ident,
        "request",
        as_json=as_json,
        account=account,
        password=password_of(account, from_stdin=password_stdin),
        reason=reason,
    )


@notify.command("approve")
@ident_argument
@desk_option
@click.option(
    "--as", "account", required=True, help="Your account; another officer's than the one who asked."
)
@click.option("--password-stdin", is_flag=True, help="Read the password from standard input.")
@json_option
def approve_command(
    desk_path: Path, ident: str, account: str, *, password_stdin: bool, as_json: bool
) -> None:
    """Agree, as the second person."""
    _notify(
        desk_path,
        ident,
        "approve",
        as_json=as_json,
        account=account,
        password=password_of(account, from_stdin=password_stdin),
    )


@notify.command("send")
@ident_argument
@desk_option
@click.option("--host", required=True, help="The relay.")
@click.option("--port", type=click.IntRange(1, 65535), default=587, show_default=True)
@click.option(
    "--tls",
    type=click.Choice(["starttls", "tls", "none"]),
    default="starttls",
    show_default=True,
    help="none: to loopback only.",
)
@click.option("--sender", required=True, help="Address that letters come from.")
@click.option("--sender-name", default="")
@click.option("--return-path", default="", help="Address that bounces go to.")
@click.option(
    "--login",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    help="File with user and password, yours alone.",
)
@click.option("--connections", type=click.IntRange(1, 50), default=2, show_default=True)
@click.option(
    "--per-second", type=click.FloatRange(0), default=0.0, show_default=True, help="0: as fast as it goes."
)
@click.option(
    "--per-domain-minute", type=click.IntRange(0), default=0, show_default=True, help="0: any number."
)
@json_option
def send_command(
    desk_path: Path,
    ident: str,
    *,
    as_json: bool,
    login: Path | None,
    connections: int,
    per_second: float,
    per_domain_minute: int,
    **relay: Any,
) -> None:
    """Send what is due, each letter once; run it again after an interruption."""
    limits = {"connections": connections, "per_second": per_second, "per_domain_minute": per_domain_minute}
    if login:
        relay["login"] = str(login.absolute())
    _notify(desk_path, ident, "send", as_json=as_json, limits=limits, **relay)


@notify.command("print")
@ident_argument
@desk_option
@click.option(
    "--out",
    required=True,
    type=click.Path(path_type=Path, file_okay=False),
    help="Folder for print files; not in the desk.",
)
@click.option("--everybody", is_flag=True, help="Not only those whom no mail reaches.")
@json_option
def print_command(desk_path: Path, ident: str, out: Path, *, everybody: bool, as_json: bool) -> None:
    """Write print-ready PDF files, of those whom no mail reaches."""
    _notify(desk_path, ident, "print", as_json=as_json, out=str(out.absolute()), everybody=everybody)


@notify.command("reconcile")
@click.argument("ident")
@click.argument("record", type=click.Path(path_type=Path, exists=True))
@desk_option
@click.option("--vouched", is_flag=True, help="You say that this is the whole record of the right relay.")
@json_option
def reconcile_command(desk_path: Path, ident: str, record: Path, *, vouched: bool, as_json: bool) -> None:
    """Settle what is in doubt by the relay's own record: a mail log, or Message-IDs."""
    _notify(desk_path, ident, "reconcile", as_json=as_json, record=str(record.absolute()), vouched=vouched)


@notify.command("bounces")
@click.argument("ident")
@click.argument("path", type=click.Path(path_type=Path, exists=True))
@desk_option
@json_option
def bounces_command(desk_path: Path, ident: str, path: Path, *, as_json: bool) -> None:
    """Read returned messages (mbox, maildir, files), and go on with the next address or the second channel."""
    _notify(desk_path, ident, "bounces", as_json=as_json, path=str(path.absolute()))


def _button(name: str, help_text: str) -> None:
    @notify.command(name, help=help_text)
    @ident_argument
    @desk_option
    @json_option
    def command(desk_path: Path, ident: str, *, as_json: bool) -> None:
        _notify(desk_path, ident, name, as_json=as_json)


_button("pause", "Let the sender wait.")
_button("resume", "Let the sender go on, or be started again.")
_button("stop", "End the sender after the letters that are on the wire.")
_button("resend", "Send again what is in doubt, by your decision: somebody may get it twice.")
