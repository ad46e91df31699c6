"""``hushdesk backup`` and ``hushdesk restore``."""

from __future__ import annotations

import getpass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from rich.markup import escape
from rich.table import Table

from hushdesk.cli._output import counted, desk_option, json_option, print_json, size, stdout
from hushdesk.cli._secrets import officer_options, officer_secret

if TYPE_CHECKING:
    from hushdesk.vault import OfficerKey


_ACCOUNTS = {
    "disabled_again": "Disabled again, as the record says",
    "still_enabled": "NOT disabled again, though the record says so, for nobody else could let others in",
    "to_look_at": "To look at, for password, second factor, role or rows were changed after the backup and are as before",
}


@click.group("backup")
def backup() -> None:
    """Back up a desk while it is in use; verify and list backups.

    The store's backup, and that of vault and keys, are two, in two places: each alone leads to nobody.
    """


@backup.command("create")
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False))
@desk_option
@click.option(
    "--vault",
    "vault_folder",
    type=click.Path(path_type=Path, file_okay=False),
    help="Back up vault and keys too, into this folder: another place, with other rights.",
)
@json_option
def create(folder: Path, desk_path: Path, vault_folder: Path | None, *, as_json: bool) -> None:
    """Make a backup in FOLDER, in a folder of its own. Searches and loads go on.

    What is not sealed anyway is encrypted under the desk's keys. The manifest is signed. A backup that was cut short never looks whole.
    """
    from hushdesk.cli._connect import connect

    arguments = {
        "root": str(folder.absolute()),
        "vault_root": str(vault_folder.absolute()) if vault_folder is not None else "",
    }
    with connect(desk_path, "backup") as commands:
        found = commands.backup("create", arguments)
    if as_json:
        print_json(found)
        return
    stdout.print(f"[bold]Store[/]  {escape(found['store'])}  {counted(found['cases'])} cases", soft_wrap=True)
    if found["vault"]:
        stdout.print(
            f"[bold]Vault[/]  {escape(found['vault'])}  {counted(found['persons'])} persons, and the keys",
            soft_wrap=True,
        )
    else:
        stdout.print(
            "[yellow]Vault and keys were not backed up: without the keys this backup opens nowhere.[/]",
            soft_wrap=True,
        )


@backup.command("list")
@click.argument("folders", nargs=-1, required=True, type=click.Path(path_type=Path, exists=True))
@json_option
def list_command(folders: tuple[Path, ...], *, as_json: bool) -> None:
    """List the whole backups in FOLDERS, newest first. Whether they are true says `backup verify`."""
    from hushdesk.desk.backup import list_backups

    found: list[dict[str, Any]] = [
        {
            "folder": str(folder),
            "content": manifest.content.value,
            "id": manifest.id,
            "desk_id": manifest.desk_id,
            "at": manifest.at,
            "bytes": sum(max(0, length) for length, _ in manifest.files.values()),
            **manifest.counts,
        }
        for folder, manifest in list_backups(folders)
    ]
    if as_json:
        print_json(found)
        return
    table = Table("made", "content", "holds", "size", "folder", box=None, pad_edge=False, header_style="bold")
    for one in found:
        holds = f"{counted(one['cases'])} cases" if "cases" in one else f"{counted(one['persons'])} persons"
        table.add_row(one["at"][:16], one["content"], holds, size(one["bytes"]), escape(one["folder"]))
    stdout.print(table)


@backup.command("verify")
@click.argument("folders", nargs=-1, required=True, type=click.Path(path_type=Path, exists=True))
@desk_option
@click.option(
    "--keys",
    "keys_folder",
    type=click.Path(path_type=Path, exists=True, file_okay=False),
    help="The keys' folder, if the desk is not there to name it.",
)
@json_option
def verify(folders: tuple[Path, ...], desk_path: Path, keys_folder: Path | None, *, as_json: bool) -> None:
    """Look at each byte of the backups FOLDERS: signed by this desk's keys, whole, unchanged, and they open.

    Ends with 20 if one is not what it claims to be.
    """
    from hushdesk.desk._settings import read
    from hushdesk.desk.backup import verify_backup
    from hushdesk.vault import Keyring

    keyring = Keyring.open(keys_folder or read(desk_path).keys)
    found = []
    for folder in folders:
        seen = verify_backup(folder, keyring)
        found.append(
            {
                "folder": str(folder),
                "content": seen.manifest.content.value,
                "id": seen.manifest.id,
                "at": seen.manifest.at,
                "files": seen.files,
                "bytes": seen.bytes,
                "opened": seen.opened,
                **seen.manifest.counts,
            }
        )
        if not as_json:
            stdout.print(
                f"[green]whole[/]: {escape(str(folder))}, {counted(seen.files)} files, {size(seen.bytes)}",
                soft_wrap=True,
            )
    if as_json:
        print_json(found)


@click.command("restore")
@click.argument("backup_folder", metavar="BACKUP", type=click.Path(path_type=Path, exists=True))
@click.argument("folder", type=click.Path(path_type=Path))
@click.option(
    "--vault-backup",
    type=click.Path(path_type=Path, exists=True, file_okay=False),
    help="The backup of vault and keys. Without it the living ones are used.",
)
@click.option(
    "--keys", type=click.Path(path_type=Path), help="Where the keys are, or with --vault-backup are to be."
)
@click.option("--vault", type=click.Path(path_type=Path), help="The same for the vault.")
@click.option(
    "--erased",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    help="erased.jsonl of the desk as it was last: who was erased after the backup does not come back.",
)
@click.option(
    "--record",
    type=click.Path(path_type=Path, exists=True, file_okay=False),
    help="The folder record of the desk as it was last: who was disabled after the backup is disabled again.",
)
@officer_options
@json_option
def restore(
    backup_folder: Path,
    folder: Path,
    vault_backup: Path | None,
    keys: Path | None,
    vault: Path | None,
    erased: Path | None,
    record: Path | None,
    *,
    passphrase_stdin: bool,
    shares_stdin: bool,
    as_json: bool,
) -> None:
    """Restore BACKUP into the new FOLDER, and make sure of it before it gets that name.

    Signature and hashes, counts, parts of the store, record and certificates are verified. Keys and vault restored from a backup
    want the officer's passphrase or shares, if their own passphrase lies in it.
    """
    from hushdesk.desk import home
    from hushdesk.desk.backup import Manifest, restore_backup
    from hushdesk.vault import unlock_officer_key, unlock_officer_key_with_shares

    def unlock(place: Path) -> OfficerKey:
        passphrase, shares = officer_secret(passphrase_stdin=passphrase_stdin, shares_stdin=shares_stdin)
        return (
            unlock_officer_key_with_shares(place, shares) if shares else unlock_officer_key(place, passphrase)
        )

    own = home() / Manifest.read(backup_folder).desk_id
    done = restore_backup(
        backup_folder,
        folder,
        keys=keys or own / "keys",
        vault=vault or own / "vault",
        vault_backup=vault_backup,
        unlock=unlock,
        erased=erased,
        record=record,
        who=f"cli:{getpass.getuser()}",
    )
    if as_json:
        print_json(done.to_json())
        return
    stdout.print(f"[bold]Desk[/]   {done.desk}  {counted(done.cases)} cases", soft_wrap=True)
    stdout.print(f"[bold]Keys[/]   {done.keys}", soft_wrap=True)
    stdout.print(f"[bold]Vault[/]  {done.vault}  {counted(done.persons)} persons", soft_wrap=True)
    stdout.print(
        f"Verified: store, record ({counted(done.entries)} entries), {counted(done.certificates)} certificates.",
        soft_wrap=True,
    )
    for name, count in done.again.items():
        if count and name not in done.accounts:
            stdout.print(f"Done again: {escape(name.replace('_', ' '))} {counted(count)}", soft_wrap=True)
    for name, accounts in done.accounts.items():
        if accounts:
            stdout.print(f"{_ACCOUNTS[name]}: {', '.join(accounts)}", markup=False, soft_wrap=True)
    if record is None and done.accounts:
        stdout.print(
            "Accounts are as in the backup: who was disabled since may sign in. Look: hushdesk account list",
            soft_wrap=True,
        )
