"""``hushdesk demo``: the whole way on generated cases, checked against the truth of what was planted."""

from __future__ import annotations

import json
import time
from collections import Counter, defaultdict
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import Any

import click
from rich.table import Table

from hushdesk.cli._load import progress_shown
from hushdesk.cli._output import counted, json_option, print_json, size, stdout
from hushdesk.cli._report import show_report
from hushdesk.cli._witnessed import accounts_of
from hushdesk.errors import HushdeskError

MARK = ".hushdesk-demo"
"""A folder with this file was made by the demo and may be removed by it."""

EXIT_LEAK = 10

NEVER = ("EMAIL", "PHONE", "CARD", "IBAN", "IP", "ACCOUNT")
"""Kinds of which not one planted value may be found."""

NAMES_PER_THOUSAND = 5

QUERIES = (
    "",
    "refund",
    "install* -license",
    '"error code"',
    "has:CARD language:de",
    "opened:2012..2014 channel:phone",
    "(crash OR hang) priority:high",
)


class _InTheWayError(HushdeskError):
    exit_code = 2


@dataclass(frozen=True, slots=True)
class LeakCount:
    """Planted values found anywhere in the desk, by kind, and what was looked at."""

    planted: dict[str, int]
    found: dict[str, int]
    disguised: dict[str, int]
    """Of the found: those planted in a disguise."""
    negatives: int
    negatives_kept: int
    looked_at: dict[str, int]

    @property
    def passed(self) -> bool:
        """Whether the floors are met."""
        names = self.planted.get("PERSON", 0)
        return not any(self.found.get(kind) for kind in NEVER) and self.found.get(
            "PERSON", 0
        ) * 1000 < NAMES_PER_THOUSAND * max(names, 1)


@click.command("demo")
@click.argument("folder", type=click.Path(path_type=Path), default=Path("demo"))
@click.option(
    "--cases", type=click.IntRange(1), default=20_000, show_default=True, help="How many cases to make."
)
@click.option("--seed", type=int, default=7, show_default=True, help="The same seed makes the same cases.")
@click.option("--fresh", is_flag=True, help="Remove what an earlier demo left in FOLDER.")
@click.option(
    "--serve/--no-serve", "serving", default=True, show_default=True, help="Serve the page at the end."
)
@click.option("--port", type=click.IntRange(0, 65535), default=8419, show_default=True)
@json_option
def demo(
    folder: Path, cases: int, seed: int, port: int, *, fresh: bool, serving: bool, as_json: bool
) -> None:
    """Make exports in three formats, load them, count what leaked, and serve the page.

    FOLDER (default: ./demo) will hold exports/, desk/, keys/ and vault/.
    """
    from hushdesk.access import Role
    from hushdesk.analytics import open_desk
    from hushdesk.demo import claim, iter_cases, write_exports
    from hushdesk.desk import Desk
    from hushdesk.readers import Options, load_mapping

    say = stdout.print
    if as_json:
        say = lambda *_a, **_k: None  # noqa: E731 - one word for silence
    claim(folder, MARK, "demo", _InTheWayError, article="the", fresh=fresh)
    started = time.monotonic()
    say(f"[bold]1[/] Making {counted(cases)} cases of 2005 to 2019 in {folder}/exports …")
    summary = write_exports(folder / "exports", iter_cases(cases, seed), seed)
    say(
        f"  {', '.join(f'{name} {counted(n)}' for name, n in summary.by_source.items())};"
        f" {len(summary.by_language)} languages; {counted(sum(summary.planted.values()))} personal values planted,"
        f" {counted(summary.disguised)} of them disguised  ({time.monotonic() - started:.1f} s)",
        soft_wrap=True,
    )
    mapping = folder / "exports" / "mapping.toml"
    mapping.write_text(files("hushdesk.demo").joinpath("data/mapping.toml").read_text("utf-8"), "utf-8")
    made = Desk.create(folder / "desk", keys=folder / "keys", vault=folder / "vault")
    with accounts_of(made.folder, new=True) as accounts:
        password = accounts.create("lead", Role.LEAD, must_change=False)
    say("\n[bold]2[/] Loading them …")
    searches: list[dict[str, Any]] = []
    with open_desk(made.folder, command="demo") as desk:
        with progress_shown(quiet=as_json) as tell:
            options = Options(mapping=load_mapping(mapping))
            report = desk.load(*summary.files, options=options, on_progress=tell).to_json()
        if not as_json:
            show_report(report, lines=5)
        say("\n[bold]3[/] Searching …")
        for query in QUERIES:
            page = desk.search(query, facets=(), histogram=False)
            searches.append({"query": query, "total": page.total, "took_ms": round(page.took_ms, 1)})
            found = f"{counted(page.total)} cases"
            say(
                f"  {query or '(everything)':36} {found:>14} {page.took_ms:>7.0f} ms",
                markup=False,
                soft_wrap=True,
            )
        say(
            "\n[bold]4[/] Looking for every planted value in each file of the desk and each row of each table …",
            soft_wrap=True,
        )
        leaks = count_leaks(desk, summary.truth, summary.negatives_file)
    if as_json:
        print_json(
            {
                "made": summary.as_dict(),
                "load": report,
                "searches": searches,
                "leaks": {
                    "planted": leaks.planted,
                    "found": leaks.found,
                    "disguised": leaks.disguised,
                    "negatives": leaks.negatives,
                    "negatives_kept": leaks.negatives_kept,
                    "passed": leaks.passed,
                },
                "seconds": round(time.monotonic() - started, 1),
            }
        )
    else:
        _show_leaks(leaks)
        say(f"\nDone in {time.monotonic() - started:.0f} s.")
    say(f"\n[bold]5[/] Sign in as [bold]lead[/] with password [bold]{password}[/]", soft_wrap=True)
    if serving and not as_json:
        from hushdesk.cli._serve import serve_desk

        serve_desk(made.folder, "127.0.0.1", port, other_port_if_taken=True)
    if not leaks.passed:
        raise click.exceptions.Exit(EXIT_LEAK)


def count_leaks(desk: Any, truth: Path, negatives: Path) -> LeakCount:
    """Look for all planted values in the desk's files and tables.

    Args:
        desk: An :class:`hushdesk.analytics.OpenDesk`.
        truth: The truth file: one JSON object a line with kind, value, canonical, disguise.
        negatives: Hard negatives: what should have survived.
    """
    from hushdesk.desk import sweep

    owners: dict[str, set[tuple[str, str, bool]]] = defaultdict(set)
    planted: Counter[str] = Counter()
    with truth.open(encoding="utf-8") as lines:
        for line in lines:
            item = json.loads(line)
            key = (item["kind"], item["value"], bool(item["disguise"]))
            if key not in owners[item["value"]]:
                planted[item["kind"]] += 1
            owners[item["value"]].add(key)
            # Whatever the disguise, the plain form must not be there either.
            if item["kind"] in NEVER:
                owners[item["canonical"]].add(key)
    harmless: set[str] = set()
    with negatives.open(encoding="utf-8") as lines:
        harmless.update(json.loads(line)["value"] for line in lines)
    harmless -= owners.keys()
    swept = sweep(desk.desk.folder, desk.desk.store, [*owners, *harmless])
    values = [*owners, *harmless]
    hits = {values[number] for number in swept.found}
    leaked = {key for value in hits & owners.keys() for key in owners[value]}
    return LeakCount(
        dict(planted),
        dict(Counter(kind for kind, _, _ in leaked)),
        dict(Counter(kind for kind, _, disguised in leaked if disguised)),
        len(harmless),
        len(hits & harmless),
        {
            "files": swept.files,
            "file_bytes": swept.file_bytes,
            "rows": swept.rows,
            "row_bytes": swept.row_bytes,
        },
    )


def _show_leaks(leaks: LeakCount) -> None:
    looked = leaks.looked_at
    stdout.print(
        f"  looked at {counted(looked['files'])} files ({size(looked['file_bytes'])}) and"
        f" {counted(looked['rows'])} rows ({size(looked['row_bytes'])})",
        soft_wrap=True,
    )
    table = Table(box=None, pad_edge=False, header_style="bold")
    for name, side in (("kind", "left"), ("planted", "right"), ("found", "right"), ("floor", "left")):
        table.add_column(name, justify=side)  # type: ignore[arg-type]
    for kind in sorted(leaks.planted):
        floor = "0" if kind in NEVER else f"under {NAMES_PER_THOUSAND} in 1,000" if kind == "PERSON" else ""
        table.add_row(kind, counted(leaks.planted[kind]), counted(leaks.found.get(kind, 0)), floor)
    stdout.print(table)
    kept = 100 * leaks.negatives_kept / leaks.negatives if leaks.negatives else 100.0
    stdout.print(
        f"  harmless look-alikes that survived (builds, hashes, orders …): {counted(leaks.negatives_kept)} of"
        f" {counted(leaks.negatives)} ({kept:.1f} %)",
        soft_wrap=True,
    )
    stdout.print("  [green]The floors are met.[/]" if leaks.passed else "  [red]The floors are missed.[/]")
