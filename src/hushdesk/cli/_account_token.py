"""``hushdesk account token``: API tokens of a desk's accounts."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import click
from rich.table import Table

from hushdesk.cli._output import NotFoundError, desk_option, json_option, print_json, stdout
from hushdesk.errors import UsageError


@click.group("token")
def token() -> None:
    """API tokens, with which programs ask for the .json and .csv pages in an account's name."""


@token.command("create")
@click.argument("name")
@click.option("--label", required=True, help="What it is for.")
@click.option(
    "--scope", "scopes", multiple=True, required=True, help="A permission it carries; may be repeated."
)
@click.option("--days", type=click.IntRange(1, 366), default=30, show_default=True, help="When it expires.")
@desk_option
@json_option
def create(
    name: str, label: str, scopes: tuple[str, ...], days: int, desk_path: Path, *, as_json: bool
) -> None:
    """Make a token of the account NAME and print it once."""
    from hushdesk.access import Permission
    from hushdesk.cli._witnessed import accounts_of

    try:
        wanted = [Permission(scope) for scope in scopes]
    except ValueError:
        raise UsageError(
            "there is no such permission.", remedy="Known: " + ", ".join(sorted(Permission)) + "."
        ) from None
    with accounts_of(desk_path) as accounts:
        new = accounts.tokens.create(accounts.by_name(name), label, wanted, expires_in=timedelta(days=days))
    if as_json:
        print_json({"id": new.token.id, "token": new.secret, "expires_at": new.token.expires_at})
        return
    stdout.print(f"{name}, token {new.token.id}, shown once: [bold]{new.secret}[/]", soft_wrap=True)


@token.command("list")
@click.argument("name")
@desk_option
@json_option
def list_tokens(name: str, desk_path: Path, *, as_json: bool) -> None:
    """List the tokens of the account NAME, never the tokens themselves."""
    from hushdesk.cli._witnessed import accounts_of

    with accounts_of(desk_path) as accounts:
        found = accounts.tokens.list(accounts.by_name(name).id)
    now = datetime.now(UTC)
    rows = [
        {
            "id": one.id,
            "label": one.label,
            "scopes": sorted(one.scopes),
            "state": "revoked" if one.revoked else "expired" if one.expires_at <= now else "live",
            "expires_at": one.expires_at,
            "used_at": one.used_at,
        }
        for one in found
    ]
    if as_json:
        print_json(rows)
        return
    table = Table(
        "id", "for", "may", "state", "expires", "last used", box=None, pad_edge=False, header_style="bold"
    )
    for row, one in zip(rows, found, strict=True):
        used = str(one.used_at)[:16] if one.used_at else "never"
        table.add_row(
            str(one.id),
            one.label,
            ", ".join(sorted(one.scopes)),
            str(row["state"]),
            str(one.expires_at)[:16],
            used,
        )
    stdout.print(table)


@token.command("revoke")
@click.argument("name")
@click.argument("number", type=int)
@desk_option
def revoke(name: str, number: int, desk_path: Path) -> None:
    """Revoke the token NUMBER of the account NAME."""
    from hushdesk.cli._witnessed import accounts_of

    with accounts_of(desk_path) as accounts:
        if not accounts.tokens.revoke(accounts.by_name(name).id, number):
            raise NotFoundError("that account has no live token of this number.")
    stdout.print(f"Token {number} of {name} is revoked.")
