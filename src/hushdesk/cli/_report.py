"""The load report in a terminal."""

from __future__ import annotations

from typing import Any

from rich.markup import escape
from rich.table import Table

from hushdesk.cli._output import counted, stdout

LINES = 20


def show_report(report: dict[str, Any], *, lines: int = LINES) -> None:
    """Print one load report (as :meth:`hushdesk.desk.LoadReport.to_json` gives it)."""
    say = stdout.print
    rate = report["cases_per_second"]
    speed = f", {rate:,.0f} cases/s" if rate else ""
    again = f", resumed {report['resumed']}×" if report["resumed"] else ""
    say(
        f"[bold]Load {report['id']}[/] {report['state']}: {', '.join(map(escape, report['inputs']))}"
        f"  ({report['seconds']:.1f} s{speed}{again})",
        soft_wrap=True,
    )
    table = Table(box=None, pad_edge=False, show_header=False)
    table.add_column()
    table.add_column(justify="right")
    table.add_column()
    sources = ", ".join(f"{name} {counted(n)}" for name, n in report["sources"].items())
    table.add_row("rows in", counted(report["cases"]), escape(sources))
    table.add_row(
        "= stored",
        counted(report["stored"]),
        f"{counted(report['newer'])} of them newer versions" if report["newer"] else "",
    )
    table.add_row("+ unchanged", counted(report["unchanged"]))
    table.add_row("+ refused", counted(report["refused"]), _tally(report["reasons"]))
    table.add_row("+ quarantined", counted(report["quarantined"]), _tally(report["doubts"], 4))
    if not report["balanced"]:
        table.add_row("[red]unbalanced[/]", "", "please report this as a bug")
    if report["partial_files"]:
        table.add_row(
            "  files not read whole", counted(report["partial_files"]), "their unread rows are not counted"
        )
    for kind, rows in sorted(report["rows"].items()):
        if kind.startswith("times."):
            continue
        table.add_row(f"  {kind}", counted(rows), f"{counted(report['distinct'].get(kind, 0))} distinct")
    say(table)
    if report["kinds"]:
        say(f"replaced: {_tally(report['kinds'], 30)}", soft_wrap=True)
    if report["released"]:
        say(f"{counted(report['released'])} of the stored were released from quarantine since")
    show_certificate(report["certificate"])
    if report["unmapped"]:
        names = sorted(report["unmapped"], key=lambda name: -report["unmapped"][name])
        more = f" and {len(names) - 12} more" if len(names) > 12 else ""
        say(
            f"not stored, since no mapping says what they are: {escape(', '.join(names[:12]))}{more}",
            soft_wrap=True,
        )
    for row in report["refused_rows"][:lines]:
        say(
            f"  [yellow]refused[/] {escape(row['place'])}: {escape(row['problem'])}. {escape(row['remedy'])}",
            soft_wrap=True,
        )
    hidden = sum(report["reasons"].values()) - min(lines, len(report["refused_rows"]))
    if hidden > 0:
        say(f"  … and {counted(hidden)} more: hushdesk loads {report['id']} --all")
    for note in report["notes"]:
        say(f"note: {escape(note)}", soft_wrap=True)


def show_certificate(certificate: dict[str, Any] | None) -> None:
    """Print in two lines what the look at a sample found."""
    if certificate is None:
        return
    sampled, population = certificate["sampled"], certificate["population"]
    looked = "all" if certificate["complete"] else "a sample of"
    found = f": {_tally(certificate['found'], 30)}" if certificate["found"] else ""
    stdout.print(
        f"certificate: looked once more at {looked} {counted(sampled)} of {counted(population)} cases;"
        f" {counted(certificate['leaking'])} hold what looks personal{found}",
        soft_wrap=True,
    )
    stdout.print(
        f"  with {certificate['confidence']:.0%} confidence at most {certificate['cases_bound']:,.1f} leaking cases in 1,000"
        f" and {certificate['values_bound']:,.1f} leaked values per 1,000 cases",
        soft_wrap=True,
    )


def _tally(counts: dict[str, int], most: int = 6) -> str:
    ordered = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    text = ", ".join(f"{escape(name)} {counted(n)}" for name, n in ordered[:most])
    return text + (" …" if len(ordered) > most else "")
