"""``hushdesk account``: accounts of a desk."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import click
from rich.table import Table

from hushdesk.cli._output import desk_option, json_option, print_json, stdout
from hushdesk.cli._permissions import acting
from hushdesk.cli._witnessed import accounts_file, accounts_of
from hushdesk.errors import UsageError

ROLES = ("admin", "analyst", "lead", "operator", "privacy-officer", "viewer")


@click.group("account")
def account() -> None:
    """Accounts: add one, list them, make a new password for one.

    Works beside a desk that is being served. Who may write the desk's folder may do this.
    """


@account.command("add")
@click.argument("name")
@click.option("--role", type=click.Choice(ROLES), default="analyst", show_default=True)
@desk_option
def add(name: str, role: str, desk_path: Path) -> None:
    """Add the account NAME and print its password once; it is changed at first sign-in."""
    from hushdesk.access import Role

    accounts_file(desk_path)
    with accounts_of(desk_path, role=acting.get()) as accounts:
        password = accounts.create(name, Role(role))
    stdout.print(f"{name} ({role}), password, shown once: [bold]{password}[/]", soft_wrap=True)


@account.command("reset")
@click.argument("name")
@desk_option
def reset(name: str, desk_path: Path) -> None:
    """Make a new password for NAME, print it once, and end the account's sessions."""
    accounts_file(desk_path)
    with accounts_of(desk_path, role=acting.get()) as accounts:
        password = accounts.reset_password(accounts.by_name(name).id)
    stdout.print(f"{name}, new password, shown once: [bold]{password}[/]", soft_wrap=True)


@account.command("list")
@desk_option
@json_option
def list_accounts(desk_path: Path, *, as_json: bool) -> None:
    """List the accounts with their roles."""
    from hushdesk.access import Accounts

    with Accounts(accounts_file(desk_path)) as accounts:
        found = [
            {
                "name": one.name,
                "role": one.role.value,
                "disabled": one.disabled,
                "signed_in_at": one.signed_in_at,
            }
            for one in accounts.all()
        ]
    if as_json:
        print_json(found)
        return
    table = Table("name", "role", "last sign-in", box=None, pad_edge=False, header_style="bold")
    for one in found:
        role = f"{one['role']}, disabled" if one["disabled"] else str(one["role"])
        table.add_row(str(one["name"]), role, str(one["signed_in_at"] or "never")[:16])
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
    accounts_file(desk_path)
    with accounts_of(desk_path, role=acting.get()) as accounts:
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
