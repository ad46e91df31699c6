"""``hushdesk certificate``."""

from __future__ import annotations

from pathlib import Path

import click

from hushdesk.cli._output import NotFoundError, desk_option, json_option, print_json, stdout
from hushdesk.cli._report import show_certificate


@click.command("certificate")
@click.argument("load_id", type=int, required=False)
@click.option(
    "--verify", is_flag=True, help="Make sure that this desk's key has signed them; exit with 12 if not."
)
@desk_option
@json_option
def certificate(load_id: int | None, desk_path: Path, *, verify: bool, as_json: bool) -> None:
    """Show what was found when a sample of each load was looked at once more, or of load LOAD_ID alone.

    The look is made by an ensemble of patterns, numbering plans, checksums and word lists that shares no code
    with the detectors. The bounds hold with 95 % confidence for what that ensemble can see.
    """
    from hushdesk.cli._connect import connect

    with connect(desk_path, "certificate") as desk:
        found = desk.certificates(verify=verify)
    if load_id is not None:
        found = [one for one in found if one["load_id"] == load_id]
        if not found:
            raise NotFoundError(
                f"load {load_id} has no certificate.", remedy="List them with: hushdesk certificate"
            )
    if as_json:
        print_json(found if load_id is None else found[0])
        return
    for one in found:
        signed = "the signature is this desk's" if verify else "signed; --verify makes sure"
        stdout.print(f"[bold]Load {one['load_id']}[/]  {one['at']}  ({signed})", soft_wrap=True)
        show_certificate(one)
        stdout.print(
            f"  ensemble {one['ensemble']}, redaction {one['redaction']}, policy {one['policy']}, sample drawn by"
            f" {'the keys' if one['seed'] == 'keys' else 'number ' + one['seed']},"
            f" {one['allowed']} values allowed and {one['denied']} denied by the officer",
            soft_wrap=True,
        )
    if not found:
        stdout.print(
            "There is no certificate yet: each load that stores something makes one.", soft_wrap=True
        )
