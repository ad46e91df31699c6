"""``hushdesk account``: accounts of a desk."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import click
from rich.table import Table

from hushdesk.cli._account_token import token
from hushdesk.cli._output import desk_option, json_option, print_json, stdout
from hushdesk.cli._permissions import ROLES
from hushdesk.cli._witnessed import accounts_of
from hushdesk.errors import UsageError


@click.group("account")
def account() -> None:
    """Accounts: add, list, disable, change roles, passwords, second factors and API tokens.

    Works beside a desk that is being served. Who may write the desk's folder may do this.
    """


account.add_command(token)


@account.command("add")
@click.argument("name")
@click.option("--role", type=click.Choice(ROLES), default="analyst", show_default=True)
@desk_option
def add(name: str, role: str, desk_path: Path) -> None:
    """Add the account NAME and print its password once; it is changed at first sign-in."""
    from hushdesk.access import Role

    with accounts_of(desk_path) as accounts:
        password = accounts.create(name, Role(role))
    stdout.print(f"{name} ({role}), password, shown once: [bold]{password}[/]", soft_wrap=True)


@account.command("reset")
@click.argument("name")
@desk_option
def reset(name: str, desk_path: Path) -> None:
    """Make a new password for NAME, print it once, and end the account's sessions."""
    with accounts_of(desk_path) as accounts:
        password = accounts.reset_password(accounts.by_name(name).id)
    stdout.print(f"{name}, new password, shown once: [bold]{password}[/]", soft_wrap=True)


@account.command("password")
@click.argument("name")
@click.option(
    "--password-stdin",
    is_flag=True,
    help="Read from standard input, a line each: the old password, a code of the second factor if there is one, the new password.",
)
@desk_option
def password(name: str, desk_path: Path, *, password_stdin: bool) -> None:
    """Change the password of the account NAME, for its owner; ends its sessions and API tokens.

    Asks for the old password and, of an account that has a second factor, for a code. The password that was made for an account is
    replaced here or on the page.
    """
    from hushdesk.cli._account_factor import change_password

    change_password(name, desk_path, from_stdin=password_stdin)
    stdout.print(f"{name} has a new password, and no session any more.")


@account.command("disable")
@click.argument("name")
@desk_option
def disable(name: str, desk_path: Path) -> None:
    """Bar the account NAME, and end its sessions and API tokens.

    The last administrator cannot be barred.
    """
    with accounts_of(desk_path) as accounts:
        accounts.disable(accounts.by_name(name).id)
    stdout.print(f"{name} is disabled.")


@account.command("enable")
@click.argument("name")
@desk_option
def enable(name: str, desk_path: Path) -> None:
    """Let the disabled account NAME sign in again."""
    with accounts_of(desk_path) as accounts:
        accounts.enable(accounts.by_name(name).id)
    stdout.print(f"{name} is enabled.")


@account.command("role")
@click.argument("name")
@click.argument("role", type=click.Choice(ROLES))
@desk_option
def role(name: str, role: str, desk_path: Path) -> None:
    """Give the account NAME another ROLE, from its next request on."""
    from hushdesk.access import Role

    with accounts_of(desk_path) as accounts:
        accounts.set_role(accounts.by_name(name).id, Role(role))
    stdout.print(f"{name} is now {role}.")


@account.command("second-factor")
@click.argument("name")
@click.option("--set-up", is_flag=True, help="Set it up: for its owner, who gives the account's password.")
@click.option("--remove", is_flag=True, help="Remove it, for who has lost it; ends sessions and API tokens.")
@click.option(
    "--password-stdin",
    is_flag=True,
    help="With --set-up: read the password from standard input, and the app's code from its next line.",
)
@desk_option
@json_option
def second_factor(
    name: str, desk_path: Path, *, set_up: bool, remove: bool, password_stdin: bool, as_json: bool
) -> None:
    """Show whether the account NAME has a second factor, set it up, or remove it.

    It is set up by its owner alone, here or on the page: --set-up asks for the account's password, shows once what goes into an
    authenticator app, asks for the code that the app shows then, and prints recovery codes, once.
    """
    if set_up and remove:
        raise UsageError("--set-up or --remove, not both.")
    if password_stdin and not set_up:
        raise UsageError("--password-stdin goes with --set-up.")
    if set_up:
        from hushdesk.cli._account_factor import set_up_factor

        set_up_factor(name, desk_path, from_stdin=password_stdin, as_json=as_json)
        return
    with accounts_of(desk_path) as accounts:
        found = accounts.by_name(name)
        if remove:
            accounts.factors.take_away(found.id)
            found = accounts.by_name(name)
        state = accounts.factors.state(found.id)
        must = accounts.must_enrol(found)
    if as_json:
        told = {
            "name": found.name,
            "since": state.since,
            "recovery_left": state.recovery_left,
            "must_enrol": must,
        }
        print_json(told)
        return
    if remove:
        stdout.print(f"The second factor of {found.name} is removed.")
    elif state.since is not None:
        stdout.print(
            f"{found.name}: since {str(state.since)[:16]}, {state.recovery_left} recovery codes left.",
            soft_wrap=True,
        )
    else:
        stdout.print(f"{found.name}: none{', to be set up at the next sign-in' if must else ''}.")


@account.command("sign-out")
@click.argument("name")
@desk_option
def sign_out(name: str, desk_path: Path) -> None:
    """End all sessions of the account NAME."""
    with accounts_of(desk_path) as accounts:
        ended = accounts.end_sessions(accounts.by_name(name).id)
    stdout.print(f"{name}: {ended} session{'' if ended == 1 else 's'} ended.")


@account.command("list")
@desk_option
@json_option
def list_accounts(desk_path: Path, *, as_json: bool) -> None:
    """List the accounts with their roles."""
    with accounts_of(desk_path) as accounts:
        found = [
            {
                "name": one.name,
                "role": one.role.value,
                "disabled": one.disabled,
                "second_factor": one.second_factor,
                "with_provider": one.external,
                "signed_in_at": one.signed_in_at,
            }
            for one in accounts.all()
        ]
    if as_json:
        print_json(found)
        return
    table = Table(
        "name", "role", "second factor", "last sign-in", box=None, pad_edge=False, header_style="bold"
    )
    for one in found:
        role = f"{one['role']}, disabled" if one["disabled"] else str(one["role"])
        factor = "with the provider" if one["with_provider"] else "yes" if one["second_factor"] else "no"
        table.add_row(str(one["name"]), role, factor, str(one["signed_in_at"] or "never")[:16])
    stdout.print(table)


@account.command("history")
@click.option(
    "--most", type=click.IntRange(1, 10_000), default=50, show_default=True, help="At most so many."
)
@desk_option
@json_option
def history(desk_path: Path, most: int, *, as_json: bool) -> None:
    """Show what happened to the accounts, the newest first, and by whom."""
    from dataclasses import asdict

    with accounts_of(desk_path) as accounts:
        found = accounts.audit.newest(most)
    if as_json:
        print_json([asdict(one) for one in found])
        return
    table = Table("when", "what", "to", "by", box=None, pad_edge=False, header_style="bold")
    for one in found:
        table.add_row(str(one.at)[:16], one.event, one.account or "nobody of that name", one.by)
    stdout.print(table)


@account.command("rows")
@click.argument("name")
@click.option("--product", multiple=True, help="Only cases of this product; repeatable.")
@click.option("--country", multiple=True, help="Only cases of this country; repeatable.")
@click.option("--language", multiple=True, help="Only cases in this language; repeatable.")
@click.option("--since", type=click.DateTime(["%Y-%m-%d"]), help="Only cases opened on this day or later.")
@click.option("--until", type=click.DateTime(["%Y-%m-%d"]), help="Only cases opened before this day.")
@click.option("--all", "everything", is_flag=True, help="Take all limits away.")
@desk_option
def rows(
    name: str,
    product: tuple[str, ...],
    country: tuple[str, ...],
    language: tuple[str, ...],
    since: datetime | None,
    until: datetime | None,
    desk_path: Path,
    *,
    everything: bool,
) -> None:
    """Say which cases the account NAME may see; without an option, show it.

    What is said replaces what was said before, and holds from the account's next question.
    """
    from hushdesk.access import RowScope

    given = {"product": product, "country": country, "language": language}
    where = {field: values for field, values in given.items() if values}
    limited = bool(where or since or until)
    if everything and limited:
        raise UsageError("--all goes with no limit.")
    with accounts_of(desk_path) as accounts:
        one = accounts.by_name(name)
        if everything or limited:
            wanted = RowScope(where, since.date() if since else None, until.date() if until else None)
            accounts.set_rows(one.id, wanted)
            one = accounts.by_name(name)
    if one.rows.all:
        stdout.print(f"{one.name}: all cases")
        return
    parts = [f"{field} {' or '.join(values) or 'none'}" for field, values in sorted(one.rows.where.items())]
    parts += [f"opened on or after {one.rows.since}"] if one.rows.since else []
    parts += [f"opened before {one.rows.until}"] if one.rows.until else []
    stdout.print(f"{one.name}: {', '.join(parts)}", markup=False, soft_wrap=True)
