"""``hushdesk keys``: what keys there are, rotation, providers, the officer's shares; beside a desk that is served too."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import click
from rich.markup import escape
from rich.table import Table

from hushdesk.cli._output import counted, desk_option, json_option, print_json, stdout
from hushdesk.cli._secrets import officer_options, officer_secret
from hushdesk.errors import UsageError


def _call(desk_path: Path, action: str, **arguments: Any) -> dict[str, Any]:
    from hushdesk.cli._connect import connect

    with connect(desk_path, "keys") as commands:
        found: dict[str, Any] = commands.keys(action, arguments)
        return found


_UNCONFIRMED = (
    "When they are written down: hushdesk keys confirm. Until then what opened the key before opens it too."
)


@click.group("keys")
def keys() -> None:
    """Keys: show them, rotate them, move them to another provider, split the officer's key.

    All of it works while the desk is served and loads run. No command prints a key of the keyring.
    """


@keys.command("status")
@desk_option
@json_option
def status(desk_path: Path, *, as_json: bool) -> None:
    """Which versions of which keys there are, since when, and what is left to do."""
    found = _call(desk_path, "status")
    if as_json:
        print_json(found)
        return
    table = Table("key", "version", "made", "use", box=None, pad_edge=False, header_style="bold")
    for key in found["keys"]:
        persons = found["persons_wrapped"].get(str(key["version"])) if key["purpose"] == "wrap" else None
        use = "newest" if key["newest"] else "for what was made with it"
        table.add_row(
            key["purpose"],
            str(key["version"]),
            key["created"][:10],
            use if persons is None else f"{use}, wraps {counted(persons)} persons",
        )
    stdout.print(table)
    officer = found["officer"]
    ways = [f"{officer['passphrases']} passphrases" if officer["passphrases"] > 1 else "a passphrase"]
    if not officer["passphrases"]:
        ways.clear()
    ways += [
        f"{one['threshold']} of {one['shares']} shares (split {one['split']})" for one in officer["splits"]
    ]
    stdout.print(f"provider       {escape(found['provider'])}")
    stdout.print(f"officer's key  opens by {' or '.join(ways)}", soft_wrap=True)
    for link in found["signing_chain"]:
        held = "holds" if link["holds"] else "[red]does not hold[/]"
        stdout.print(f"signing chain  {link['previous']} → {link['version']} at {link['at'][:16]}, {held}")
    for each in found["todo"]:
        stdout.print(f"[yellow]to do[/]          {escape(each)}", soft_wrap=True)


@keys.command("rotate")
@click.argument("key", type=click.Choice(["domain", "signing", "wrap"]))
@desk_option
@json_option
def rotate(key: str, desk_path: Path, *, as_json: bool) -> None:
    """Make a new version of KEY and use it from now on.

    domain: pseudonyms of what is loaded from now on. signing: record, certificates, backups. wrap: the keys of persons; they are
    wrapped anew at once, and the old version is destroyed.
    """
    found = _call(desk_path, "rotate", purpose=key)
    if key == "wrap":
        found |= _call(desk_path, "rewrap")
    if as_json:
        print_json(found)
        return
    stdout.print(f"The {key} key has version {found['version']} from now on.")
    if key == "wrap":
        stdout.print(
            f"{counted(found['persons'])} persons were wrapped anew; old versions are destroyed.",
            soft_wrap=True,
        )
    if key == "domain" and found["loads_running"]:
        stdout.print("A load that runs goes on with the version with which it began.", soft_wrap=True)


@keys.command("rewrap")
@desk_option
@json_option
def rewrap(desk_path: Path, *, as_json: bool) -> None:
    """Wrap the keys of all persons with the newest wrap key, and destroy the old versions.

    `keys rotate wrap` does this by itself; after it was killed, this goes on.
    """
    found = _call(desk_path, "rewrap")
    if as_json:
        print_json(found)
    else:
        old = ", ".join(map(str, found["destroyed"])) or "none"
        stdout.print(
            f"{counted(found['persons'])} persons were wrapped anew; versions destroyed: {old}.",
            soft_wrap=True,
        )


@keys.command("retire")
@click.argument("version", type=click.IntRange(1))
@desk_option
@json_option
def retire(version: int, desk_path: Path, *, as_json: bool) -> None:
    """Destroy the private half of VERSION of the signing key.

    What it signed still verifies: its public half stays, signed by the key that followed.
    """
    found = _call(desk_path, "retire", purpose="signing", version=version)
    if as_json:
        print_json(found)
    else:
        stdout.print("It is destroyed." if found["destroyed"] else "It was destroyed before.")


@keys.command("split")
@click.option(
    "--shares", "count", type=click.IntRange(2, 10), default=3, show_default=True, help="How many are made."
)
@click.option(
    "--threshold",
    type=click.IntRange(2, 10),
    default=2,
    show_default=True,
    help="How many of them open the key.",
)
@desk_option
@officer_options
@json_option
def split(
    count: int,
    threshold: int,
    desk_path: Path,
    *,
    passphrase_stdin: bool,
    shares_stdin: bool,
    as_json: bool,
) -> None:
    """Split the officer's key into shares of which any --threshold open it; prints them once.

    Give each to another person. What opened the key before does so until `hushdesk keys confirm` has seen that the shares do.
    """
    passphrase, held = officer_secret(passphrase_stdin=passphrase_stdin, shares_stdin=shares_stdin)
    found = _call(
        desk_path,
        "split",
        passphrase=passphrase,
        held=held,
        shares=count,
        threshold=threshold,
    )
    if as_json:
        print_json(found)
        return
    stdout.print(
        f"Shown once, stored nowhere. Any {threshold} of these open the officer's key:", soft_wrap=True
    )
    for number, share in enumerate(found["shares"], 1):
        stdout.print(f"  share {number}  [bold]{share}[/]", soft_wrap=True)
    stdout.print(_UNCONFIRMED, soft_wrap=True)


@keys.command("join")
@desk_option
@officer_options
@json_option
def join(desk_path: Path, *, passphrase_stdin: bool, shares_stdin: bool, as_json: bool) -> None:
    """Give the officer's key a new passphrase, out of its shares or of the old passphrase; prints it once.

    What opened the key before does so until `hushdesk keys confirm` has seen that the new passphrase does.
    """
    passphrase, held = officer_secret(passphrase_stdin=passphrase_stdin, shares_stdin=shares_stdin)
    found = _call(desk_path, "join", passphrase=passphrase, held=held)
    if as_json:
        print_json(found)
        return
    stdout.print("Shown once, stored nowhere:")
    stdout.print(f"  officer's passphrase  [bold]{found['passphrase']}[/]", soft_wrap=True)
    stdout.print(_UNCONFIRMED, soft_wrap=True)


@keys.command("confirm")
@click.option("--keep-passphrase", is_flag=True, help="Leave passphrases too.")
@desk_option
@officer_options
@json_option
def confirm(
    desk_path: Path, *, keep_passphrase: bool, passphrase_stdin: bool, shares_stdin: bool, as_json: bool
) -> None:
    """Open the officer's key once with what `split` or `join` has printed, and destroy every other way to open it."""
    passphrase, held = officer_secret(passphrase_stdin=passphrase_stdin, shares_stdin=shares_stdin)
    found = _call(desk_path, "confirm", passphrase=passphrase, held=held, keep_passphrase=keep_passphrase)
    if as_json:
        print_json(found)
    else:
        stdout.print(f"It opens. Other ways that were closed: {found['closed']}.")


@keys.command("provider")
@click.argument("name")
@desk_option
@click.option("--key", default="", metavar="ARN", help="For aws-kms: the key, or an alias of it.")
@click.option("--endpoint", default="", metavar="URL", help="For aws-kms: a VPC endpoint.")
@click.option("--profile", default="", help="For aws-kms: a profile of the AWS configuration.")
@click.option(
    "--variable", default="", metavar="NAME", help="For environment.  [default: HUSHDESK_PASSPHRASE]"
)
@click.option(
    "--passphrase-file",
    type=click.Path(path_type=Path),
    help="For passphrase-file: where it lies.  [default: a new one in the keys folder]",
)
@click.option(
    "--option", "more", multiple=True, metavar="NAME=VALUE", help="What a provider from a plugin is told."
)
@json_option
def provider(
    name: str,
    desk_path: Path,
    *,
    key: str,
    endpoint: str,
    profile: str,
    variable: str,
    passphrase_file: Path | None,
    more: tuple[str, ...],
    as_json: bool,
) -> None:
    """Have the provider NAME wrap all keys from now on: passphrase-file, environment, aws-kms, or a plugin's.

    The same provider again gets a new secret. The keys as they were wrapped are destroyed; what opens backups made before is not ours to destroy.
    """
    options = {"key": key, "endpoint": endpoint, "profile": profile, "variable": variable}
    if passphrase_file is not None:
        options["passphrase_file"] = str(passphrase_file.absolute())
    for each in more:
        word, equals, value = each.partition("=")
        if not equals:
            raise UsageError("--option wants NAME=VALUE.", remedy="Write --option region=eu-central-1.")
        options[word] = value
    options = {word: value for word, value in options.items() if value}
    if name == "environment":
        from hushdesk.vault import DEFAULT_VARIABLE

        # The serving process was started without it; it gets the value over the owner-only socket.
        options["passphrase"] = os.environ.get(variable or DEFAULT_VARIABLE, "")
        if not options["passphrase"]:
            raise UsageError(
                f"the variable {variable or DEFAULT_VARIABLE} is not set.",
                remedy="Set it to a random passphrase of at least 20 characters, for this command and for the desk's next start.",
            )
    found = _call(desk_path, "provider", name=name, options=options)
    if as_json:
        print_json(found)
        return
    stdout.print(f"Keys are wrapped by {escape(found['to'])}; before by {escape(found['from'])}.")
    for file in found["destroyed"]:
        stdout.print(f"destroyed: {escape(file)} of the keys folder")
