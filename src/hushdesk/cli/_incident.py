"""``hushdesk incident``: from logs to letters."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from hushdesk.cli._incident_notify import call, ident_argument, notify
from hushdesk.cli._output import desk_option, json_option, print_json, stdout
from hushdesk.errors import UsageError


def _absolute(paths: tuple[Path, ...]) -> list[str]:
    # The serving process may stand in another folder.
    return [str(path.absolute()) for path in paths]


@click.group("incident")
def incident() -> None:
    """Answer from evidence: since when, who came, what could be taken, whose data, how severe, whom to tell by when; and tell them.

    IDENT names the incident; without it the newest is meant. What no evidence covers is "unknown", never "no".
    """


@incident.command("open")
@click.argument("ident")
@desk_option
@click.option("--title", default="", help="For people.")
@click.option(
    "--aware",
    default="now",
    show_default=True,
    metavar="TIME",
    help="When it was known with reasonable certainty: clocks run from here.",
)
@click.option(
    "--intent",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    help="The guard's intent: the store, and who may reach it.",
)
@click.option("--store", default="", help="Its name in the intent.")
@click.option(
    "--address", "addresses", multiple=True, help="Under which the store is reached, or logs know it."
)
@click.option("--port", "ports", multiple=True, type=click.IntRange(1, 65535))
@click.option(
    "--own", multiple=True, metavar="NETWORK", help="Addresses of our own: their traffic is no visit."
)
@click.option(
    "--resource",
    "resources",
    multiple=True,
    metavar="PATTERN",
    help="Names under which rules and logs know the store and what watches it.",
)
@click.option("--account", "accounts", multiple=True, help="Cloud accounts of our own.")
@click.option(
    "--baseline",
    multiple=True,
    type=click.Path(path_type=Path, exists=True),
    help="The rules before the first change, as the guard reads them.",
)
@click.option(
    "--list",
    "lists",
    multiple=True,
    metavar="[KIND=]FILE",
    help="Ranges by which visitors are classed: cloud, Tor, scanners.",
)
@click.option(
    "--cases", "query", default="", metavar="QUERY", help="Which cases were in the store.  [default: all]"
)
@click.option(
    "--holds",
    type=click.Choice(["loaded", "all"]),
    default="loaded",
    show_default=True,
    help="all: the store that stood open is another one with the cases of this desk.",
)
@click.option("--known-from", default="", metavar="TIME", help="From when on the log of changes is complete.")
@click.option(
    "--controller", type=click.Path(path_type=Path, exists=True, dir_okay=False), help="TOML: who notifies."
)
@click.option(
    "--house", type=click.Path(path_type=Path, exists=True, dir_okay=False), help="TOML: which laws bind us."
)
@click.option(
    "--duties",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    help="YAML: duties of our own, such as contracts.",
)
@json_option
def open_command(desk_path: Path, ident: str, *, as_json: bool, **given: Any) -> None:
    """Begin an incident."""
    files = {name: given.pop(name) for name in ("intent", "controller", "house", "duties")}
    arguments = {name: list(value) if isinstance(value, tuple) else value for name, value in given.items()}
    arguments["baseline"] = _absolute(given["baseline"])
    arguments["lists"] = [_list(text) for text in given["lists"]]
    arguments |= {name: str(path.absolute()) if path else "" for name, path in files.items()}
    found = call(desk_path, "open", ident=ident, **arguments)
    if as_json:
        print_json(found)
    else:
        stdout.print(
            f"Opened {found['ident']}. Add evidence with: hushdesk incident add {found['ident']} FILES",
            soft_wrap=True,
        )


def _list(text: str) -> str:
    kind, equals, path = text.rpartition("=")
    return f"{kind}{equals}{Path(path).absolute()}"


@incident.command("add")
@click.argument("ident")
@click.argument("paths", nargs=-1, required=True, type=click.Path(path_type=Path, exists=True))
@desk_option
@click.option("--as", "parser", default="", metavar="PARSER", help="Read all as this kind of log.")
@click.option(
    "--option", "options", multiple=True, metavar="NAME=VALUE", help="What the parser is told: format, zone."
)
@click.option("--again", is_flag=True, help="Also read what was read before.")
@json_option
def add_command(
    desk_path: Path,
    ident: str,
    paths: tuple[Path, ...],
    parser: str,
    options: tuple[str, ...],
    *,
    again: bool,
    as_json: bool,
) -> None:
    """Read logs: files, folders, zip archives; packed ones too. The kind of each is recognised.

    Each record is kept, of no concern, a repetition, or refused with its line.
    """
    from hushdesk.cli._incident_text import print_evidence

    told: dict[str, str] = {}
    for option in options:
        name, equals, value = option.partition("=")
        if not equals:
            raise UsageError("--option wants NAME=VALUE.", remedy="Write --option zone=UTC.")
        told[name] = value
    found = call(
        desk_path, "add", ident=ident, paths=_absolute(paths), parser=parser, options=told, again=again
    )
    if as_json:
        print_json(found)
    else:
        print_evidence(stdout, found)


@incident.command("state")
@click.argument("ident")
@click.argument("what", type=click.Choice(["covered", "listening", "open"]))
@click.argument("span", metavar="FROM/TO")
@desk_option
@click.option("--log", default="", help="For covered: which kind of log.")
@click.option("--of", default="", help="For covered: what it watches.  [default: all that the store does]")
@click.option("--port", type=click.IntRange(1, 65535), help="For open.")
@click.option("--why", default="", help="On what you rest this.")
@json_option
def state_command(
    desk_path: Path,
    ident: str,
    what: str,
    span: str,
    log: str,
    of: str,
    port: int | None,
    why: str,
    *,
    as_json: bool,
) -> None:
    """Vouch for something that no log says; it stands in the record under your name.

    covered: nothing is missing of a log then. listening: the service listened then, and at no other time. open: it stood open then.
    """
    found = call(
        desk_path, "state", ident=ident, what=what, span=span, log=log, of=of, port=port or 0, why=why
    )
    if as_json:
        print_json(found)
    else:
        stdout.print("Noted, and in the record.")


@incident.command("set")
@click.argument("ident")
@click.argument("name")
@click.argument("value")
@desk_option
@json_option
def set_command(desk_path: Path, ident: str, name: str, value: str, *, as_json: bool) -> None:
    """Say when something was that starts a clock (aware, discovered, …), or how the circumstances are (integrity, vault_exposed, …)."""
    found = call(desk_path, "set", ident=ident, name=name, value=value)
    if as_json:
        print_json(found)
    else:
        stdout.print("Noted, and in the record.")


@incident.command("status")
@ident_argument
@desk_option
@click.option("--address", default="", help="What is known of this address.")
@click.option(
    "--no-sweep",
    is_flag=True,
    help="Do not look for unredacted values in the cases: quicker, and then nobody knows.",
)
@click.option("--all", "everything", is_flag=True, help="Every visitor, every duty.")
@json_option
def status_command(
    desk_path: Path, ident: str, address: str, *, no_sweep: bool, everything: bool, as_json: bool
) -> None:
    """Work out the whole answer."""
    from hushdesk.cli._incident_text import print_address, print_answer

    found = call(desk_path, "status", ident=ident, sweep=not no_sweep, address=address)
    if as_json:
        print_json(found)
    elif address:
        print_address(stdout, found)
    else:
        print_answer(stdout, found, everything=everything)


@incident.command("list")
@desk_option
@json_option
def list_command(desk_path: Path, *, as_json: bool) -> None:
    """List incidents, newest first."""
    found = call(desk_path, "list")
    if as_json:
        print_json(found)
    for one in [] if as_json else found:
        state = f"closed {one['closed_at']}" if one["closed_at"] else "open"
        stdout.print(
            f"{one['ident']}  {one['opened_at'][:16]}  {state}  {one['title']}", markup=False, soft_wrap=True
        )


@incident.command("persons")
@ident_argument
@desk_option
@json_option
def persons_command(desk_path: Path, ident: str, *, as_json: bool) -> None:
    """Groups of persons: how many, whose data of which kinds, how severe, whom to warn first. Opens no identity."""
    from hushdesk.cli._incident_text import print_persons

    found = call(desk_path, "persons", ident=ident)
    if as_json:
        print_json(found)
    else:
        print_persons(stdout, found)


@incident.command("report")
@ident_argument
@desk_option
@click.option(
    "--out",
    required=True,
    type=click.Path(path_type=Path, file_okay=False),
    help="Folder for notice and evidence bundle.",
)
@click.option("--language", default="", help="Of the notice.  [default: the controller's]")
@click.option(
    "--controller",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    help="TOML: who notifies; kept with the incident.",
)
@click.option("--reference", default="", help="The authority's own, from its answer to the first notice.")
@click.option("--final", is_flag=True, help="It is the last one.")
@click.option("--to-controller", is_flag=True, help="From a processor to its controller.")
@json_option
def report_command(
    desk_path: Path,
    ident: str,
    out: Path,
    language: str,
    controller: Path | None,
    reference: str,
    *,
    final: bool,
    to_controller: bool,
    as_json: bool,
) -> None:
    """Write the notice to the authority (text and PDF), what has changed since the last one, and the signed evidence bundle."""
    found = call(
        desk_path,
        "report",
        ident=ident,
        out=str(out.absolute()),
        language=language,
        controller=str(controller.absolute()) if controller else "",
        final=final,
        to_controller=to_controller,
        reference=reference,
    )
    if as_json:
        print_json(found)
        return
    stdout.print(f"Notice of phase {found['phase']}, {found['dated']}:", soft_wrap=True)
    for path in found["files"]:
        stdout.print(f"  {path}", markup=False, soft_wrap=True)
    for name in found["missing"]:
        stdout.print(f"  [yellow]missing[/] {name}", soft_wrap=True)
    stdout.print(f"To verify the bundle: python verify.py FOLDER --key {found['key']}", soft_wrap=True)


incident.add_command(notify)


@incident.command("close")
@click.argument("ident")
@desk_option
@click.option("--why", required=True, help="What was decided.")
@json_option
def close_command(desk_path: Path, ident: str, why: str, *, as_json: bool) -> None:
    """Close an incident: nothing more is added."""
    found = call(desk_path, "close", ident=ident, why=why)
    if as_json:
        print_json(found)
    else:
        stdout.print(f"Closed {found['ident']}.")
