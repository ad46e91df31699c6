"""Answers of an incident for people."""

from __future__ import annotations

from typing import Any, Final

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from hushdesk.cli._output import counted, size

_FEW: Final = 12
_STYLES: Final = {
    "read": "red",
    "authenticated": "red",
    "connected": "yellow",
    "unknown": "yellow",
    "turned away": "green",
    "no": "green",
}
_LEVELS: Final = {"low": "green", "medium": "yellow", "high": "red", "very high": "bold red"}


def _table(*columns: str) -> Table:
    return Table(*columns, box=None, pad_edge=False, header_style="bold")


def _bound(bound: dict[str, Any], unit: Any = counted) -> str:
    lower, upper = bound["lower"], bound["upper"]
    if upper is None:
        return f"{unit(lower)} or more" if lower else "unknown"
    return unit(lower) if lower == upper else f"{unit(lower)} to {unit(upper)}"


def _span(span: dict[str, Any]) -> str:
    return f"{span['from'] or 'before the evidence'} to {span['to'] or 'now'}"


def _hours(seconds: float) -> str:
    hours, rest = divmod(int(seconds), 3600)
    days, hours = divmod(hours, 24)
    return (
        f"{days} d {hours} h"
        if days
        else f"{hours} h {rest // 60} min"
        if hours
        else f"{rest // 60} min {rest % 60} s"
    )


def print_evidence(out: Console, found: dict[str, Any]) -> None:
    """What became of each record, by parser; then what was not read."""
    table = _table("log", "files", "records", "kept", "other", "repeated", "refused")
    for name, sums in sorted(found["by_parser"].items()):
        table.add_row(
            name,
            *(counted(sums[key]) for key in ("files", "records", "kept", "other", "duplicate", "refused")),
        )
    out.print(table)
    for file in found["troubled"][:_FEW]:
        for problem in file["problems"]:
            out.print(f"[yellow]not read[/] {escape(file['file'])}: {escape(problem)}", soft_wrap=True)
        for line in file["refused_lines"][:_FEW]:
            out.print(
                f"[yellow]refused[/] {escape(file['file'])}:{line['line']}: {escape(line['reason'])}",
                soft_wrap=True,
            )
    if "new" in found:
        out.print(f"{counted(found['new'])} files are new.")


def print_windows(out: Console, found: dict[str, Any]) -> None:
    """Since when, until when, by which rule, and what of it was seen."""
    out.print("[bold]What stood open[/]")
    for window in found["windows"]:
        what = (
            f"{window['protocol']} {window['port']}"
            if window["port"]
            else f"shared with {window['shared_with']}"
        )
        length = f" ({_hours(window['seconds'])})" if window["seconds"] is not None else ""
        out.print(
            f"  [red]{escape(what)}[/] of {escape(window['resource'].rsplit('/', 1)[-1])}  {_span(window)}{length}",
            soft_wrap=True,
        )
        if window["rule"]:
            out.print(f"    rule {escape(window['rule'])}", soft_wrap=True)
        for word, change in (("opened", window["opened_by"]), ("closed", window["closed_by"])):
            if change:
                who = change["actor"] or "an unnamed actor"
                out.print(
                    f"    {word} by {escape(who)}: {escape(change['operation'])}, {escape(change['place'])}",
                    soft_wrap=True,
                )
        for gap in window["unseen"][:_FEW]:
            out.print(f"    [yellow]not seen[/] {_span(gap)}: {escape(gap['why'])}", soft_wrap=True)
        if window["doubt"]:
            out.print(f"    [yellow]in doubt[/] {escape(window['doubt'])}", soft_wrap=True)
    if not found["windows"]:
        out.print("  nothing that the evidence shows")
    if found["elsewhere"]:
        out.print(
            f"  {counted(found['elsewhere'])} openings of other resources are not of this incident",
            soft_wrap=True,
        )
    for text in found["unresolved"][:_FEW]:
        out.print(f"  [yellow]unresolved[/] {escape(text)}", soft_wrap=True)


def print_visitors(out: Console, found: dict[str, Any], most: int) -> None:
    """Who came, the worst first."""
    visitors = found["visitors"]
    by = ", ".join(f"{counted(count)} {reading}" for reading, count in visitors["by_reading"].items()) or (
        "none that the evidence shows" if found["unknown"] or not found["windows"] else "nobody"
    )
    out.print(f"\n[bold]Who came[/]  {counted(visitors['total'])} outside addresses: {by}", soft_wrap=True)
    table = _table("  address", "what", "verdict", "days", "bytes taken", "cases taken")
    table.columns[0].no_wrap = True
    for row in visitors["rows"][:most]:
        kin = f"{row['kin']} ({row['kin_name']})" if row["kin_name"] else row["kin"]
        style = _STYLES[row["reading"]]
        table.add_row(
            f"  {row['address']}",
            escape(kin),
            f"[{style}]{row['reading']}[/]",
            f"{row['first'][:10]} to {row['last'][:10]}",
            _bound(row["sent"], size),
            _bound(row["rows"]),
        )
    if visitors["rows"]:
        out.print(table)
    if found["unknown"]:
        total = sum(span["seconds"] or 0 for span in found["unknown"])
        out.print(f"  [yellow]For {_hours(total)} nobody could have seen who came.[/]", soft_wrap=True)
    if found.get("unnamed"):
        out.print(
            f"  [yellow]{counted(found['unnamed'])} requests came from clients that the log does not name.[/]",
            soft_wrap=True,
        )
    if found["strays"]:
        out.print(
            f"  [yellow]{counted(found['strays'])} of their addresses got through when, by the rules, nothing stood open.[/]",
            soft_wrap=True,
        )


def print_persons(out: Console, found: dict[str, Any], most: int = 40) -> None:
    """Groups of persons, those to be warned first at the front."""
    out.print(
        f"[bold]Whose data[/]  {_bound(found)} persons"
        + (f" ({escape(found['why'])})" if found["why"] else ""),
        soft_wrap=True,
    )
    table = _table("  persons", "severity", "scam", "who")
    for group in found["groups"][:most]:
        severity = group["severity"]
        level = severity["level"]
        table.add_row(
            f"  {_bound(group['persons'])}",
            f"[{_LEVELS[level]}]{severity['lower']:.2f} to {severity['upper']:.2f}, {level}[/]",
            f"{group['scam']:.2f}",
            escape(group["name"]),
        )
    if found["groups"]:
        out.print(table)
    sweep = found["sweep"]
    if sweep is None:
        out.print("  [yellow]nobody looked for unredacted values[/]")
    else:
        missing = sum(sweep["not_looked_for"].values())
        out.print(
            f"  sweep: {counted(sweep['values'])} values looked for in {counted(sweep['cases'])} cases, {counted(missing)} not; {counted(sweep['persons'])} persons of whom one stands unredacted",
            soft_wrap=True,
        )
    if found["shredded"]:
        out.print(f"  {counted(found['shredded'])} persons were erased: nothing leads back to them")


def print_duties(out: Console, found: dict[str, Any], *, everything: bool) -> None:
    """What is due when."""
    out.print("\n[bold]Whom to tell, by when[/]")
    table = _table("  law", "to", "what", "applies", "left", "clock")
    wanted = [due for due in found["duties"] if everything or due["applies"] == "yes"]
    for due in wanted:
        label = "" if due["verified"] else " (unverified)"
        table.add_row(
            f"  {escape(due['law'])}{label}",
            escape(due["recipient"]),
            escape(due["what"]),
            due["applies"],
            escape(due["countdown"]),
            escape(due["clock"]),
        )
    if wanted:
        out.print(table)
    unknown = sum(due["applies"] == "unknown" for due in found["duties"])
    if unknown and not everything:
        out.print(
            f"  [yellow]{counted(unknown)} more may apply: facts are missing (--all shows which).[/]",
            soft_wrap=True,
        )


def print_answer(out: Console, found: dict[str, Any], *, everything: bool) -> None:
    """The whole answer on one screen."""
    told = found["incident"]
    out.print(
        f"[bold]{escape(told['title'])}[/] ({escape(told['ident'])}), aware since {told['aware_at']}, as of {found['at']}\n",
        soft_wrap=True,
    )
    print_windows(out, found)
    print_visitors(out, found, len(found["visitors"]["rows"]) if everything else _FEW)
    taken = found["taken"]
    out.print(
        f"\n[bold]What could be taken[/]  {_bound(taken['cases'])} of {counted(taken['reachable'])} cases"
        + (f": {escape(taken['why'])}" if taken["why"] else ""),
        soft_wrap=True,
    )
    out.print()
    print_persons(out, found["persons"], 40 if everything else _FEW)
    severity = found["severity"]
    if severity:
        out.print(
            f"\n[bold]How severe[/]  {severity['lower']:.2f} to {severity['upper']:.2f}: [{_LEVELS[severity['level']]}]{severity['level']}[/] (ENISA 2013, the upper end decides)",
            soft_wrap=True,
        )
    print_duties(out, found, everything=everything)
    if found["letters"]:
        out.print()
        print_letters(out, found["letters"])


def print_address(out: Console, found: dict[str, Any]) -> None:
    """The verdict on one address."""
    style = _STYLES[found["reading"]]
    out.print(f"{found['address']}: [{style}]{found['reading']}[/]")
    for span in found["unseen"][:_FEW]:
        out.print(f"  could have come unseen: {_span(span)}")
    for session in (found["visitor"] or {}).get("sessions", []):
        asked = f"  {', '.join(session['asked'])}" if session["asked"] else ""
        out.print(
            f"  {_span(session)}  {session['reading']}  {_bound(session['sent'], size)}{escape(asked)}",
            soft_wrap=True,
        )


def print_letters(out: Console, found: dict[str, Any]) -> None:
    """Where the letters stand."""
    progress = found.get("progress") or found
    for name in ("asked_by", "agreed_by"):
        if progress.get(name):
            out.print(f"{name.replace('_', ' ')} {escape(progress[name])}")
    if "counts" in progress:
        for state, count in progress["counts"].items():
            if count:
                style = "yellow" if state == "in doubt" else "default"
                out.print(f"  {counted(count):>12}  [{style}]{state}[/]")
        out.print(
            f"  ended: {progress['ended']}"
            + (f", {progress['per_second']} letters/s" if progress["taken"] else "")
        )
    elif "persons" in progress:
        out.print(f"{counted(progress['persons'])} persons get a letter")
    for path in found.get("files", []):
        out.print(f"  {path}", markup=False, soft_wrap=True)
    if "not_printable" in found:
        out.print(
            f"{counted(found['letters'])} letters printed, {counted(found['not_printable'])} cannot be printed"
        )
