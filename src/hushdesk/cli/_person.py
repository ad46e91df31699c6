"""``hushdesk person``: what a person who asks has a right to."""

from __future__ import annotations

import base64
import sys
from pathlib import Path
from typing import Any

import click
from rich.table import Table

from hushdesk.cli._output import counted, desk_option, json_option, print_json, size, stdout
from hushdesk.errors import UsageError

EXIT_NOT_PROVEN = 19

_MOST = 50

_persons_option = click.option(
    "--person",
    "persons",
    multiple=True,
    type=click.IntRange(1),
    metavar="NUMBER",
    help="Who is meant, by the number that find shows; may be given several times.",
)
_cases_option = click.option(
    "--cases",
    type=click.Choice(["remove", "re-seal"]),
    help="What becomes of their own cases.  [default: as desk.toml says, else remove]",
)


@click.group("person")
def person() -> None:
    """Find a person by any identifier, give them their data, or erase them.

    Identifiers (e-mail addresses, phone, account and user names, pseudonyms; any spelling) are asked for, or read from standard
    input, one on each line. They are never arguments: whoever may list processes could read them. A name alone is no identifier.
    """


@person.command("find")
@desk_option
@json_option
def find(desk_path: Path, *, as_json: bool) -> None:
    """Whom the identifiers may mean, and in how many cases they are customer, agent or mentioned. Shows no identity.

    A name alone shows whom it fits, in any order of its words, declined or shortened; it looks through the whole vault.
    """
    found = _call(desk_path, "find", identifiers=_identifiers())
    if as_json:
        print_json(found)
        return
    table = Table(
        "person",
        "what",
        "customer",
        "agent",
        "mentioned",
        "years",
        "values",
        box=None,
        pad_edge=False,
        header_style="bold",
    )
    for one in found["candidates"]:
        what = "lone value" if one["alone"] else "person"
        if one["named"] is not None:
            what += ", name fits" if one["named"] else ", another name"
        elif found["by_name"]:
            what += ", similar name"
        table.add_row(
            str(one["person"]),
            what,
            *(counted(one[role]) for role in ("customer", "agent", "mentioned")),
            f"{one['first'][:4]}–{one['last'][:4]}" if one["first"] else "",
            ", ".join(f"{number} {kind}" for kind, number in one["kinds"]),
        )
    stdout.print(table)
    if found["by_name"]:
        stdout.print(
            "Found by a name alone: whoever is known by more is exported or erased only if one of these is given as well.",
            soft_wrap=True,
        )
    _say_quarantine(found["quarantined"])


@person.command("export")
@click.option(
    "-o",
    "--output",
    required=True,
    type=click.Path(path_type=Path, dir_okay=False),
    help="Zip file to write; must not exist, nor lie in the desk.",
)
@_persons_option
@click.option("--internal", is_flag=True, help="Give internal notes too: the officer decides.")
@click.option(
    "--language", default="", metavar="TAG", help="Of the page: de, en, fr.  [default: the person's]"
)
@desk_option
@json_option
def export(
    output: Path, persons: tuple[int, ...], language: str, desk_path: Path, *, internal: bool, as_json: bool
) -> None:
    """Write the file for a person who asks: their values and cases, everybody else's left as pseudonyms.

    It holds a page to read and the same as JSON. It is personal data in the clear: only its owner may read it.
    """
    from hushdesk.vault import write_private

    if output.exists():
        raise UsageError("the file exists already.", remedy="Name another one.")
    if output.resolve().is_relative_to(desk_path.resolve()):
        raise UsageError(
            "the file would lie in the desk, which must hold nobody in the clear.",
            remedy="Name another folder.",
        )
    found = _call(
        desk_path,
        "export",
        identifiers=_identifiers(),
        persons=list(persons),
        internal=internal,
        language=language,
    )
    data = base64.b64decode(found.pop("zip"))
    write_private(output.absolute(), data)
    if as_json:
        print_json({**found, "bytes": len(data)})
    else:
        notes = "with" if internal else "without"
        stdout.print(
            f"Wrote {counted(found['cases'])} cases {notes} internal notes, {size(len(data))}.",
            soft_wrap=True,
        )


@person.command("erase")
@_persons_option
@_cases_option
@click.option("--dry-run", is_flag=True, help="Say what would happen, and change nothing.")
@click.option("--yes", is_flag=True, help="Do not ask whether it is meant.")
@desk_option
@json_option
def erase(
    persons: tuple[int, ...], cases: str | None, desk_path: Path, *, dry_run: bool, yes: bool, as_json: bool
) -> None:
    """Erase a person: their key is destroyed, their cases are emptied or sealed anew, and the bytes are proven to be gone.

    Charts keep their counts. A later load does not bring the person back. Nothing undoes this. Exit with 19 if the proof fails.
    """
    if not yes and not dry_run and not sys.stdin.isatty():
        raise UsageError("nobody can be asked whether it is meant.", remedy="Give --yes, or --dry-run.")
    arguments = {"identifiers": _identifiers(), "persons": list(persons), "cases": cases or ""}
    if dry_run or not yes:
        plan = _call(desk_path, "preview", **arguments)
        if as_json and dry_run:
            print_json(plan)
        else:
            _say_plan(plan)
        if dry_run:
            return
        click.confirm("Erase? Nothing undoes this.", abort=True, err=True)
    done = _call(desk_path, "erase", **arguments)
    if as_json:
        print_json(done)
    else:
        _say_done(done)
    if not done["proof"]["proven"]:
        raise click.exceptions.Exit(EXIT_NOT_PROVEN)


def _identifiers() -> list[str]:
    """What the person is known by: asked for, or from standard input.

    Raises:
        UsageError: Nothing was given.
    """
    lines: list[str] = []
    if sys.stdin.isatty():
        while line := click.prompt(
            "Identifier (empty ends)", default="", show_default=False, hide_input=False, err=True
        ).strip():
            lines.append(line)
    else:
        lines = [line.strip() for line in sys.stdin.read(_MOST * 600).splitlines() if line.strip()]
    if not lines:
        raise UsageError(
            "no identifier was given.",
            remedy="Write them to standard input, one on each line, or run this in a terminal.",
        )
    return lines[:_MOST]


def _call(desk_path: Path, action: str, **arguments: Any) -> Any:
    from hushdesk.cli._connect import connect

    with connect(desk_path, "person") as desk:
        return desk.person(action, arguments)


def _numbers(persons: list[int]) -> str:
    return ", ".join(map(str, persons))


def _say_plan(plan: dict[str, Any]) -> None:
    stdout.print(
        f"Person {_numbers(plan['persons'])}: {counted(plan['values'])} values, {counted(plan['emptied'])} cases to be emptied, "
        f"{counted(plan['resealed'])} to be sealed anew.",
        soft_wrap=True,
    )
    if plan["shared"]:
        stdout.print(f"{counted(plan['shared'])} values are also others', and stay theirs.", soft_wrap=True)
    _say_quarantine(plan["quarantined"])


def _say_done(done: dict[str, Any]) -> None:
    say = stdout.print
    say(
        f"Erased person {_numbers(done['persons'])}: {counted(done['values'])} values; {counted(done['emptied'])} cases emptied, "
        f"{counted(done['resealed'])} sealed anew; {counted(done['forgotten'])} others forgotten with them.",
        soft_wrap=True,
    )
    proof = done["proof"]
    looked = (
        f"{counted(proof['values'])} pseudonyms and ids in {counted(proof['files'])} files ({size(proof['file_bytes'])}) "
        f"and {counted(proof['rows'])} rows"
    )
    if proof["proven"]:
        say(
            f"[green]Proven gone[/]: looked for {looked}. Proof {proof['digest'][:16]} is in the record.",
            soft_wrap=True,
        )
    else:
        where = ", ".join(proof["found"]) or "old parts of the store, or the vault"
        say(f"[red]Not proven[/]: looked for {looked}; left in {where}.", soft_wrap=True)
    if proof["kept"]:
        say(f"Kept on purpose, as evidence: {', '.join(proof['kept'])}.", soft_wrap=True)
    _say_quarantine(done["quarantined"])
    say(f"May still be in: {'; '.join(done['also_in'])}.", soft_wrap=True)


def _say_quarantine(entries: int) -> None:
    if entries:
        stdout.print(
            f"[yellow]{counted(entries)} entries of the quarantine are open[/]: only the officer can tell whether they hold "
            "this person. Decide them: hushdesk quarantine list",
            soft_wrap=True,
        )
