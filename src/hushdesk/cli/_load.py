"""``hushdesk load`` and ``hushdesk loads``."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import tzinfo
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import click
from rich.progress import (
    BarColumn,
    Progress,
    SpinnerColumn,
    TaskProgressColumn,
    TextColumn,
    TimeRemainingColumn,
)

from hushdesk.cli._output import NotFoundError, counted, desk_option, json_option, print_json, stderr
from hushdesk.cli._report import LINES, show_report
from hushdesk.errors import UsageError

EXIT_STRICT = 8


def zone_named(name: str | None) -> tzinfo | None:
    """The time zone of that name.

    Raises:
        UsageError: There is none.
    """
    if name is None:
        return None
    try:
        return ZoneInfo(name)
    except (ValueError, OSError, KeyError):
        raise UsageError(
            "--zone is no known time zone.", remedy="Use a name such as Europe/Berlin or UTC."
        ) from None


@contextmanager
def progress_shown(*, quiet: bool) -> Iterator[Callable[[Any], None] | None]:
    """A bar on standard error with rate and time left, where somebody can see it."""
    if quiet or not sys.stderr.isatty():
        yield None
        return
    columns = (
        SpinnerColumn(),
        BarColumn(),
        TaskProgressColumn(),
        TextColumn("{task.fields[cases]} cases, {task.fields[rate]}/s, left"),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=stderr, transient=True) as bar:
        task = bar.add_task("load", total=None, cases="0", rate="0")

        def tell(progress: Any) -> None:
            rate = progress.cases / progress.seconds if progress.seconds else 0
            bar.update(
                task,
                total=progress.bytes_total or None,
                completed=min(progress.bytes_done, progress.bytes_total),
                cases=counted(progress.cases),
                rate=counted(round(rate)),
            )

        yield tell


@click.command("load")
@click.argument("inputs", nargs=-1, required=True, type=click.Path(path_type=Path))
@desk_option
@click.option(
    "--mapping", "mapping_path", type=click.Path(path_type=Path), help="Mapping file for tables (TOML)."
)
@click.option("--reader", help="Force a reader instead of recognising the content.")
@click.option(
    "--source", default="", help="Name of the source, to tell two instances of one help desk apart."
)
@click.option("--zone", "zone_name", help="Zone of times that carry none, for example Europe/Berlin.")
@click.option(
    "--day-first/--month-first", "day_first", default=None, help="Order of day and month where both fit."
)
@click.option("--workers", type=click.IntRange(0, 256), help="Sealing processes; 0 seals in this one.")
@click.option(
    "--strict", is_flag=True, help=f"Exit with {EXIT_STRICT} if anything was refused or quarantined."
)
@click.option("--quiet", is_flag=True, help="No progress.")
@json_option
def load(
    inputs: tuple[Path, ...],
    desk_path: Path,
    mapping_path: Path | None,
    reader: str | None,
    source: str,
    zone_name: str | None,
    workers: int | None,
    *,
    day_first: bool | None,
    strict: bool,
    quiet: bool,
    as_json: bool,
) -> None:
    """Load INPUTS (files or folders, also gzip and zip) into the desk.

    What each file is, is told by its content. Loading the same again changes nothing; an interrupted
    load goes on where it stopped.
    """
    from hushdesk.cli._connect import connect

    options = {
        "mapping": str(mapping_path.absolute()) if mapping_path else None,
        "reader": reader,
        "source": source,
        "zone": zone_name,
        "day_first": day_first,
        "workers": workers,
    }
    zone_named(zone_name)
    with connect(desk_path, "load") as desk, progress_shown(quiet=quiet or as_json) as tell:
        report = desk.load(list(inputs), options, tell)
    if as_json:
        print_json(report)
    else:
        show_report(report)
    if strict and (report["refused"] or report["quarantined"] or report["partial_files"]):
        raise click.exceptions.Exit(EXIT_STRICT)


@click.command("loads")
@click.argument("load_id", type=int, required=False)
@click.option("--all", "every", is_flag=True, help="Print every refused line that is kept.")
@desk_option
@json_option
def loads(load_id: int | None, desk_path: Path, *, every: bool, as_json: bool) -> None:
    """List loads, or show the report of load LOAD_ID."""
    from hushdesk.cli._connect import connect

    with connect(desk_path, "loads") as desk:
        reports = desk.reports()
    if load_id is not None:
        reports = [report for report in reports if report["id"] == load_id]
        if not reports:
            raise NotFoundError(f"there is no load {load_id}.", remedy="List them with: hushdesk loads")
    if as_json:
        print_json(reports if load_id is None else reports[0])
        return
    for report in reports:
        show_report(report, lines=10**9 if every else LINES if load_id is not None else 0)
