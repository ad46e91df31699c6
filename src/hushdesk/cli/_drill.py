"""``hushdesk drill``: the rehearsal."""

from __future__ import annotations

import sys
from pathlib import Path

import click
from rich.markup import escape
from rich.table import Table

from hushdesk.cli._output import counted, json_option, print_json, stderr, stdout

EXIT_MISSED = 17


@click.command("drill")
@click.argument("folder", type=click.Path(path_type=Path), default=Path("drill"))
@click.option(
    "--cases",
    type=click.IntRange(1),
    default=20_000,
    show_default=True,
    help="In the store. Beyond 20,000 they are written as sealed rows.",
)
@click.option(
    "--through",
    type=click.IntRange(1),
    default=20_000,
    show_default=True,
    help="So many go the whole way from an export; the others are written as sealed rows.",
)
@click.option("--seed", type=int, default=7, show_default=True, help="Another seed, another December.")
@click.option("--fresh", is_flag=True, help="Remove what an earlier drill left in FOLDER.")
@json_option
def drill(folder: Path, cases: int, through: int, seed: int, *, fresh: bool, as_json: bool) -> None:
    """Plant December 2019 in a scratch desk, answer it without knowing the truth, and score the answer.

    FOLDER (default: ./drill) will hold exports, desk, logs, notice and truth.json. Exit codes: 0 full score; 17 something was missed.
    """
    from hushdesk.incident.drill import drill as run

    done = run(
        folder,
        cases=cases,
        through=through,
        seed=seed,
        fresh=fresh,
        say=lambda text: stderr.print(text, markup=False, soft_wrap=True),
    )
    if as_json:
        print_json(
            {
                "full": done.score.full,
                "points": [
                    {"name": one.name, "reached": one.reached, "said": one.said} for one in done.score.points
                ],
                "cases": done.cases,
                "persons": done.persons,
                "letters": done.letters,
                "languages": done.languages,
                "seconds": {name: round(seconds, 1) for name, seconds in done.timed.steps.items()},
                "answering_seconds": round(done.timed.answering, 1),
                "making_seconds": round(done.making, 1),
            }
        )
    else:
        table = Table("", "point", "the answer", box=None, pad_edge=False, header_style="bold")
        for point in done.score.points:
            table.add_row("[green]yes[/]" if point.reached else "[red]NO[/]", point.name, escape(point.said))
        stdout.print(table)
        reached = sum(point.reached for point in done.score.points)
        stdout.print(
            f"\nScore: {reached} of {len(done.score.points)}. {counted(done.cases)} cases, {counted(done.letters)} letters in {done.languages} languages.",
            soft_wrap=True,
        )
        for name, seconds in done.timed.steps.items():
            stdout.print(f"  {name:28} {seconds:>8.1f} s")
        stdout.print(
            f"  {'from the first log to letters':28} {done.timed.answering:>8.1f} s  (making the estate: {done.making:.0f} s)",
            soft_wrap=True,
        )
        stdout.print(f"Look around: hushdesk incident status --desk {done.folder}/desk", soft_wrap=True)
    if not done.score.full:
        sys.exit(EXIT_MISSED)
