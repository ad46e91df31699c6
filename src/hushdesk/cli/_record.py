"""``hushdesk record``: who did what, and the proof that nothing was changed."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, is_dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from rich.markup import escape
from rich.table import Table

from hushdesk.cli._output import NotFoundError, counted, desk_option, json_option, print_json, stdout
from hushdesk.errors import UsageError

if TYPE_CHECKING:
    from hushdesk.access import Actor, RecordBook

EXIT_DAMAGED = 16


@click.group("record")
def record() -> None:
    """Show and verify the record: each step in a Merkle tree (RFC 6962) whose heads are signed (Ed25519)."""


@record.command("verify")
@desk_option
@click.option(
    "--head",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    help="A head kept elsewhere: the record must begin with what it signs.",
)
@json_option
def verify_command(desk_path: Path, head: Path | None, *, as_json: bool) -> None:
    """Look at each entry, each hash and each signed head.

    Exit codes: 0 nothing was changed, dropped or reordered; 16 something was, and it is named.
    """
    from hushdesk.desk import RECORD_FOLDER
    from hushdesk.desk._settings import read
    from hushdesk.record import Head, verify
    from hushdesk.vault import Keyring

    settings = read(desk_path)
    earlier = None
    if head is not None:
        try:
            earlier = Head.from_json(json.loads(head.read_text("utf-8")))
        except ValueError:
            raise UsageError(
                "--head wants a head as `record head` prints it.", remedy="Give that file."
            ) from None
    keys = Keyring.open(settings.keys).signing_public_keys()
    found = verify(desk_path / RECORD_FOLDER, keys, settings.desk_id, earlier)
    if as_json:
        print_json(
            {
                "whole": found.whole,
                "entries": found.entries,
                "heads": found.heads,
                "unsigned": found.unsigned,
                "newest": found.newest.to_json() if found.newest else None,
                "faults": [{"entry": fault.entry, "what": fault.what} for fault in found.faults],
            }
        )
    else:
        for fault in found.faults:
            where = "" if fault.entry is None else f"entry {counted(fault.entry)}: "
            stdout.print(f"[red]FAULT[/] {escape(where + fault.what)}", soft_wrap=True)
        verdict = "[green]whole[/]" if found.whole else "[red]damaged[/]"
        stdout.print(f"{verdict}: {counted(found.entries)} entries, {counted(found.heads)} signed heads hold")
    if not found.whole:
        sys.exit(EXIT_DAMAGED)


@record.command("head")
@desk_option
def head_command(desk_path: Path) -> None:
    """Print the newest signed head as JSON: kept elsewhere, it proves later that nothing before it was changed."""
    from hushdesk.desk import RECORD_FOLDER
    from hushdesk.record import RecordReader

    found = RecordReader(desk_path / RECORD_FOLDER).head()
    if found is None:
        raise NotFoundError("the record is empty.", remedy="Nothing has been done yet.")
    print_json(found.to_json())


@record.command("show")
@desk_option
@click.option(
    "--last",
    type=click.IntRange(1, 10_000),
    default=50,
    show_default=True,
    help="So many entries, the newest.",
)
@click.option("--event", default="", help="Only events that begin so: officer:, incident:evidence:.")
@click.option(
    "--account", "--who", "account", default="", help="Only what this account did, or what was done about it."
)
@click.option("--case", default="", help="Who saw this case: entries that name it, and exports.")
@click.option("--exports", is_flag=True, help="How many rows left the house.")
@click.option("--rebuild", is_flag=True, help="Make the index anew from the proven entries first.")
@json_option
def show_command(
    desk_path: Path,
    last: int,
    event: str,
    account: str,
    case: str,
    *,
    exports: bool,
    rebuild: bool,
    as_json: bool,
) -> None:
    """Show entries, oldest first, what was typed opened again; each is proven by the newest signed head.

    Looking is itself written into the record. Exit code 16 if the record is not what was signed; nothing is shown then.
    """
    if sum(map(bool, (case, exports, event or account))) > 1:
        raise UsageError("--case and --exports go with no other filter.")
    with _book(desk_path) as (book, who):
        if rebuild:
            book.rebuild()
        if exports:
            state, rows, left = book.exports(who)
            told: dict[str, Any] = {"exports": [asdict(row) for row in rows[:last]], "left": left}
        elif case:
            state, found, taken = book.case(who, case, most=last)
            told = {"entries": found[::-1], "exports": taken}
        else:
            state, found = book.entries(who, account=account, event=event, most=last)
            told = {"entries": found[::-1]}
    if not state.whole:
        from hushdesk.record.errors import RecordError

        raise RecordError(state.problem, remedy="Look with: hushdesk record verify")
    if as_json:
        plain = _plain(told)
        print_json(plain if case or exports else plain["entries"])
        return
    _tell(told)
    head = f"head of {state.head.at[:19]}" if state.head else "no head yet"
    stdout.print(f"whole: {counted(state.entries)} entries, {head}", style="dim")


@record.command("index")
@desk_option
def index_command(desk_path: Path) -> None:
    """Make the index of the record anew, from entries that are proven one by one."""
    with _book(desk_path) as (book, _):
        book.rebuild()
    stdout.print("The index is made anew.")


@record.command("prove")
@click.argument("entry", type=click.IntRange(0), required=False)
@desk_option
@click.option(
    "--since", type=click.IntRange(1), help="Prove that the record begins with its first SINCE entries."
)
def prove_command(entry: int | None, desk_path: Path, since: int | None) -> None:
    """Print a proof as JSON: that ENTRY stands in the record, or that it has only grown since an earlier head.

    Whoever has the public key checks it without Hushdesk, with alone_proof.py. A proof of an entry holds the entry, and no other.
    """
    from hushdesk.desk import RECORD_FOLDER
    from hushdesk.record import RecordReader

    if (entry is None) == (since is None):
        raise UsageError(
            "one thing is proven at a time.", remedy="Give the number of an entry, or --since SIZE."
        )
    reader = RecordReader(desk_path / RECORD_FOLDER)
    head = reader.head()
    if head is None:
        raise NotFoundError("the record is empty.", remedy="Nothing has been done yet.")
    proof: dict[str, Any] = {"format": "hushdesk record proof/1", "head": head.to_json()}
    try:
        if entry is not None:
            path = reader.prove_entry(entry, head.size)
            proof |= {"proves": "entry", "number": entry, "entry": reader.line(entry).decode("ascii")}
        else:
            path = reader.prove_growth(since or 0, head.size)
            proof |= {"proves": "growth", "since": since}
    except ValueError:
        raise NotFoundError(
            "there are no so many entries.", remedy=f"There are {counted(head.size)}."
        ) from None
    print_json({**proof, "path": [step.hex() for step in path]})


@contextmanager
def _book(desk_path: Path) -> Iterator[tuple[RecordBook, Actor]]:
    """The record of a desk, beside whoever owns it."""
    from hushdesk.access import RecordBook, owner
    from hushdesk.cli._permissions import acting, role_of
    from hushdesk.cli._witnessed import witness_of
    from hushdesk.desk._settings import read
    from hushdesk.record import ProvenLog, RecordIndex
    from hushdesk.vault import Keyring

    settings = read(desk_path)
    keyring = Keyring.open(settings.keys)
    with witness_of(desk_path) as witness:
        log = ProvenLog(witness.record.folder, keyring.signing_public_keys, settings.desk_id)
        with RecordIndex(log) as index, RecordBook(log, index, witness) as book:
            yield book, owner(role_of(acting.get()))


def _plain(value: Any) -> Any:
    """As JSON has it."""
    from hushdesk.access.witness import ShownEntry

    if isinstance(value, ShownEntry):
        shown = {"n": value.number, "at": value.at, "event": value.event, "who": value.who}
        return _plain({**shown, "detail": value.detail, "words": value.words})
    if is_dataclass(value) and not isinstance(value, type):
        return _plain(asdict(value))
    if isinstance(value, dict):
        return {name: _plain(each) for name, each in value.items()}
    if isinstance(value, list):
        return [_plain(each) for each in value]
    return value.isoformat().replace("+00:00", "Z") if isinstance(value, datetime) else value


def _tell(told: dict[str, Any]) -> None:
    for one in told.get("exports", ()):
        if isinstance(one, dict):
            _tell_export(one, "")
        else:
            _tell_export(asdict(one.export), "left the house" if one.certain else f"may have left: {one.why}")
    for group, rows in told.get("left", {}).items():
        for row in rows:
            besides = f", and up to {counted(row.unknown)} more" if row.unknown else ""
            line = (
                f"{group} {row.name}: {counted(row.cases)} cases in {counted(row.exports)} exports{besides}"
            )
            stdout.print(line, markup=False, soft_wrap=True)
    if not told.get("entries"):
        return
    table = Table("entry", "at", "event", "who", "detail", box=None, pad_edge=False, header_style="bold")
    for entry in told["entries"]:
        parts = [f"{name}={value}" for name, value in (entry.words or {}).items() if value]
        parts += ["(words that do not open)"] if entry.unread else []
        parts += [
            f"{name}={value}" for name, value in entry.detail.items() if name not in {"question", "source"}
        ]
        at = f"{entry.at:%Y-%m-%dT%H:%M:%S}"
        table.add_row(str(entry.number), at, entry.event, escape(entry.who), escape(" ".join(parts)))
    stdout.print(table)


def _tell_export(row: dict[str, Any], verdict: str) -> None:
    cases = (
        f"up to {counted(row['hits'])} cases" if row["cases"] is None else f"{counted(row['cases'])} cases"
    )
    line = f"export {row['number']}  {row['at']:%Y-%m-%dT%H:%M:%S}  {row['who']}  {row['state']}, {cases}"
    stdout.print(f"{line}  {verdict}".rstrip(), markup=False, soft_wrap=True)
