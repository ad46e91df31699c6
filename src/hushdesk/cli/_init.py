"""``hushdesk init``: an empty desk, its keys, its first account."""

from __future__ import annotations

from pathlib import Path

import click

from hushdesk.cli._output import json_option, print_json, stdout
from hushdesk.cli._witnessed import accounts_of


@click.command("init")
@click.argument("folder", type=click.Path(path_type=Path), default=Path("desk"))
@click.option("--keys", type=click.Path(path_type=Path), help="Folder for the keys; never inside the desk.")
@click.option("--vault", type=click.Path(path_type=Path), help="Folder for the vault; never inside the desk.")
@click.option("--account", default="lead", show_default=True, help="Name of the first account.")
@json_option
def init(folder: Path, keys: Path | None, vault: Path | None, account: str, *, as_json: bool) -> None:
    """Make an empty desk in FOLDER (default: ./desk).

    Prints the first account's password and the officer's passphrase once; neither is stored.
    """
    from hushdesk.access import Role
    from hushdesk.desk import Desk

    made = Desk.create(folder, keys=keys, vault=vault)
    with accounts_of(folder, new=True) as accounts:
        password = accounts.create(account, Role.LEAD, must_change=False)
    if as_json:
        print_json(
            {
                "desk": str(made.folder),
                "keys": str(made.keys),
                "vault": str(made.vault),
                "account": account,
                "password": password,
                "officer_passphrase": made.officer_passphrase,
            }
        )
        return
    say = stdout.print
    say(f"[bold]Desk[/]    {made.folder}   sealed cases: safe to lose", soft_wrap=True)
    say(f"[bold]Keys[/]    {made.keys}   keep apart from the desk, back up apart", soft_wrap=True)
    say(f"[bold]Vault[/]   {made.vault}   leads back to people; keep apart too", soft_wrap=True)
    say()
    say("Shown once, stored nowhere:")
    say(f"  account [bold]{account}[/], password          [bold]{password}[/]", soft_wrap=True)
    say(f"  officer's passphrase (quarantine)  [bold]{made.officer_passphrase}[/]", soft_wrap=True)
    say()
    say(
        f"Next: hushdesk load --desk {made.folder} EXPORT…   then   hushdesk serve --desk {made.folder}",
        soft_wrap=True,
    )
