"""``hushdesk mapping``: what the columns of a table seem to mean, as a file to be checked."""

from __future__ import annotations

import sys
from pathlib import Path

import click
from rich.markup import escape
from rich.table import Table

from hushdesk.cli._output import stderr
from hushdesk.errors import HushdeskError


class _UnreadableError(HushdeskError):
    exit_code = 5


@click.command("mapping")
@click.argument("file", type=click.Path(path_type=Path, exists=True))
@click.option("-o", "--output", type=click.Path(path_type=Path), help="Write the mapping there.")
@click.option("--yes", is_flag=True, help="Do not ask.")
def mapping(file: Path, output: Path | None, *, yes: bool) -> None:
    """Suggest a mapping for the table in FILE (CSV, JSON lines, Parquet), show the guess, and ask.

    The guess goes by header words and by the shapes of values; no value is shown.
    """
    from hushdesk.readers import plan, suggest

    streams = [stream for _, streams in plan([file], None, "tabular").groups for _, stream in streams]
    if len(streams) != 1:
        raise _UnreadableError(
            "this is not one table.", remedy="Name a single CSV, JSON lines or Parquet file."
        )
    found = suggest(streams[0])
    if found.problem:
        raise _UnreadableError(found.problem, remedy="Name a table of cases with a header.")
    table = Table(box=None, pad_edge=False, header_style="bold")
    for name in ("column", "means", "sure", "because", "values look like"):
        table.add_column(name)
    for guess in found.columns:
        table.add_row(
            escape(guess.column), guess.field or "[dim]not stored[/]", f"{guess.confidence:.0%}",
            escape(guess.reason), escape(guess.shape),
        )  # fmt: skip
    stderr.print(table)
    if found.doubt:
        stderr.print(f"[yellow]{escape(found.doubt)}[/]")
    text = found.to_toml()
    if output is None:
        sys.stdout.write(text)
        return
    if not yes:
        click.confirm(f"Write this to {output}?", default=True, abort=True, err=True)
    output.write_text(text, "utf-8")
    stderr.print(f"Check {output}, then: hushdesk load --mapping {output} {file}", soft_wrap=True)
