"""The tables for people."""

from __future__ import annotations

from collections.abc import Sequence

from battery import Score
from classes import CLASSES
from fixtures import Compared
from rich.console import Console
from rich.table import Table
from speed import GIVES, SIZES, TITLES


def _table(*columns: str) -> Table:
    table = Table(box=None, pad_edge=False, header_style="bold")
    table.add_column(columns[0], no_wrap=True)
    for column in columns[1:]:
        table.add_column(column, justify="right", no_wrap=True)
    return table


def show_battery(console: Console, scores: Sequence[Score]) -> None:
    """Found and false alarms of every tool."""
    console.print(
        "Battery: policies that are hard to judge (what is closed includes what only the approved reach)"
    )
    table = _table(
        "tool", "lists", "port", "found of exposed", "warned of unknown", "false alarms of closed", "CPU s"
    )
    for one in scores:
        if not one.reason:
            table.add_row(
                one.title,
                {"azure": "NSG", "aws": "SG"}[one.platform],
                str(one.port),
                f"{one.found} of {one.exposed}",
                f"{one.warned} of {one.unknown}",
                f"{one.false_alarms} of {one.closed}",
                "" if one.seconds is None else f"{one.seconds:.2f}",
                style="bold" if one.title == "guard" else None,
            )
    console.print(table)
    for one in scores:
        if one.reason:
            console.print(f"{one.title}: {one.reason}", markup=False)
    console.print(
        "At port 22 stand the cases whose rules name no port, moved there for checks that know no other. The time of a tool is that of all its rows."
    )


def show_fixtures(console: Console, found: Compared, *, every: bool) -> None:
    """Agreements and classes of disagreements."""
    tools = sorted({*found.agreed, *found.differ})
    console.print(
        f"Fixtures of the scanners: {found.files:,} files with a verdict about reach, {found.seconds:.1f} CPU-s"
    )
    table = _table("", *tools)
    table.add_row("agreed", *(str(found.agreed[tool]) for tool in tools))
    for name, says in CLASSES.items():
        counts = [found.differ[tool][name] for tool in tools]
        if any(counts) or name == "other":
            title = "unexplained" if name == "other" else f"{name}: {says}"
            table.add_row(
                title,
                *(str(count) if count else "-" for count in counts),
                style="bold" if name == "other" else None,
            )
    console.print(table)
    if found.unread:
        unread = ", ".join(f"{name} {count}" for name, count in sorted(found.unread.items()))
        console.print(f"Not compared, since no dialect reads them: {unread}", markup=False)
    if found.missing:
        console.print(f"Dialects that cannot be loaded: {', '.join(found.missing)}", markup=False)
    checks = _table("check", "agreed", "differ", "what it claims")
    checks.columns[-1].justify = "left"
    for check, counts in sorted(found.claims.items()):
        checks.add_row(check, str(counts["agreed"]), str(counts["differ"]), found.says[check])
    console.print(checks)
    for case in found.cases if every else [case for case in found.cases if case["class"] == "other"]:
        console.print(
            f"{case['class']}: {case['file']} {case['subject']} ({case['check']}): scanner {case['scanner']}, guard {case['guard']}",
            markup=False,
        )


def show_speed(console: Console, results: dict[str, dict[int, dict[str, float | str]]]) -> None:
    """Times, and how many times ours."""
    console.print(
        "Speed in CPU time: random rules, one port; the exact set (reach), and what one early rule added (diff)"
    )
    table = _table("tool", "gives", *(f"{what} {size:,}" for size in SIZES for what in ("reach", "diff")))
    for tool, sizes in results.items():
        cells = [
            _time(sizes.get(size, {}), results["hushdesk"].get(size, {}), what, tool)
            for size in SIZES
            for what in ("reach", "diff")
        ]
        table.add_row(TITLES[tool], GIVES[tool], *cells, style="bold" if tool == "hushdesk" else None)
    console.print(table)
    for tool, sizes in results.items():
        for size, told in sizes.items():
            if told.get("reason") or told.get("wrong"):
                why = told.get("reason") or "it disagrees with the others"
                console.print(f"{TITLES[tool]} at {size:,} rules: {why}", markup=False)


def _time(told: dict[str, float | str], ours: dict[str, float | str], what: str, tool: str) -> str:
    seconds, base = told.get(what), ours.get(what)
    if not isinstance(seconds, float):
        return "-"
    text = f"{seconds * 1000:,.1f} ms" if seconds < 1 else f"{seconds:,.1f} s"
    return (
        f"{text} (x{seconds / base:,.0f})"
        if tool not in ("hushdesk", "kept") and isinstance(base, float)
        else text
    )
