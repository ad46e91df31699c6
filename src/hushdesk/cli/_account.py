"""``hushdesk account``: accounts of a desk."""

from __future__ import annotations

from pathlib import Path

import click
from rich.table import Table

from hushdesk.cli._output import desk_option, json_option, print_json, stdout
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
    from hushdesk.access import Accounts, Role

    with Accounts(_file(desk_path)) as accounts:
        password = accounts.create(name, Role(role))
    stdout.print(f"{name} ({role}), password, shown once: [bold]{password}[/]", soft_wrap=True)


@account.command("reset")
@click.argument("name")
@desk_option
def reset(name: str, desk_path: Path) -> None:
    """Make a new password for NAME, print it once, and end the account's sessions."""
    from hushdesk.access import Accounts

    with Accounts(_file(desk_path)) as accounts:
        password = accounts.reset_password(accounts.by_name(name).id)
    stdout.print(f"{name}, new password, shown once: [bold]{password}[/]", soft_wrap=True)


@account.command("list")
@desk_option
@json_option
def list_accounts(desk_path: Path, *, as_json: bool) -> None:
    """List the accounts with their roles."""
    from hushdesk.access import Accounts

    with Accounts(_file(desk_path)) as accounts:
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


def _file(desk: Path) -> Path:
    path = desk / "accounts.sqlite"
    if not path.exists():
        raise UsageError(f"there is no desk at {desk}.", remedy=f"Make one with: hushdesk init {desk}")
    return path
