"""The guard's answers for people."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from rich.console import Console
from rich.markup import escape

from hushdesk.cli._output import counted

if TYPE_CHECKING:
    from hushdesk.guard import AddressSet, Change, Endpoint, Explanation, Exposure, Intent, Report
    from hushdesk.guard.check._plain import Tags
    from hushdesk.guard.reach import Part

_COLOUR = {"error": "red", "warning": "yellow", "note": "dim"}
_MOST_PARTS = 6


def _say(console: Console, text: str, *, indent: int = 0, style: str = "") -> None:
    console.print(" " * indent + escape(text), style=style or None, soft_wrap=True)


def _ports(protocol: str, ports: Sequence[int]) -> str:
    shown = ", ".join(map(str, ports[:8])) + (f" and {len(ports) - 8} more" if len(ports) > 8 else "")
    return f"{protocol} {shown}"


def _services(services: Sequence[tuple[str, int]]) -> str:
    by_protocol: dict[str, list[int]] = {}
    for protocol, port in services:
        by_protocol.setdefault(protocol, []).append(port)
    return "; ".join(_ports(protocol, ports) for protocol, ports in by_protocol.items())


def print_report(console: Console, report: Report, tags: Tags, *, everything: bool) -> None:
    """A check: exposures first, then what is not known, then what was looked at."""
    for exposure in report.exposures:
        _exposure(console, exposure, tags)
    for one in report.uncovered:
        _say(
            console, f"error: no intent covers {one.endpoint.name} ({one.endpoint.engine})", style="bold red"
        )
        _say(console, str(one.endpoint.place), indent=2, style="dim")
    for name in report.absent:
        _say(console, f"note: no input shows the store {name}: nothing was looked at for it", style="dim")
    estate, coverage = report.estate, report.estate.coverage
    for fault in estate.malformed:
        _say(console, f"malformed: {fault.place}: {fault.problem}. {fault.remedy}", style="yellow")
    if everything:
        for unknown in estate.unresolved:
            _say(console, f"unresolved: {unknown.place}: {unknown.expression}: {unknown.why}", style="dim")
        for left in coverage.not_looked_at:
            _say(console, f"not looked at: {left.place}: {left.what}: {left.why}", style="dim")
    read = ", ".join(f"{name} {counted(number)}" for name, number in coverage.read.items()) or "none"
    console.print()
    _say(
        console,
        f"{counted(report.checked)} endpoints in {counted(coverage.files)} files ({counted(coverage.opened)} opened); "
        f"documents read: {read}; files that nobody reads: {counted(len(coverage.unclaimed))}",
    )
    _say(
        console,
        f"unresolved {counted(len(estate.unresolved))}, not looked at {counted(len(coverage.not_looked_at))}, "
        f"malformed {counted(len(estate.malformed))}"
        + (
            ""
            if everything or not (estate.unresolved or coverage.not_looked_at)
            else " (list them with --all)"
        ),
    )
    errors = sum(exposure.level.value == "error" for exposure in report.exposures) + len(report.uncovered)
    warnings = sum(exposure.level.value == "warning" for exposure in report.exposures)
    verdict = (
        f"{errors} errors, {warnings} warnings" if errors or warnings else "nobody gets in beyond the intent"
    )
    _say(console, verdict, style="bold red" if errors else "bold yellow" if warnings else "bold green")


def _exposure(console: Console, exposure: Exposure, tags: Tags) -> None:
    from hushdesk.guard import describe
    from hushdesk.guard.check import said

    endpoint = exposure.endpoint
    named = f"{endpoint.name} ({endpoint.kind}{'' if endpoint.attached else ', attached to nothing here'})"
    colour = _COLOUR[exposure.level.value]
    verb = "can reach" if exposure.certain else "may reach"
    _say(
        console,
        f"{exposure.level.value}: {said(exposure, tags)} {verb} {named} on {_services(exposure.services)}",
        style=f"bold {colour}",
    )
    if len(exposure.stores) <= 6:
        _say(console, f"store: {', '.join(exposure.stores)}", indent=2)
    if exposure.certain and exposure.certain != exposure.sources:
        _say(console, f"perhaps also: {describe(exposure.sources - exposure.certain, tags)}", indent=2)
    posture = exposure.posture
    if posture:
        _say(console, f"authentication {posture.authentication.value}: {posture.why}", indent=2)
    _parts(console, exposure.parts, tags)


def _parts(console: Console, parts: Iterable[Part], tags: Tags) -> None:
    from hushdesk.guard import describe

    listed = list(parts)
    for part in listed[:_MOST_PARTS]:
        addresses = f" at {', '.join(part.path.addresses[:3])}" if part.path.addresses else ""
        _say(console, f"{describe(part.sources, tags)} through {part.path.name}{addresses}", indent=2)
        for decider in part.deciders:
            where = f"  [{decider.place}]" if decider.place.file else ""
            _say(console, f"{decider.stage.name}: {decider.name}{where}", indent=4, style="dim")
        for doubt in part.doubts[:3]:
            _say(console, f"unknown: {doubt}", indent=4, style="yellow")
    if len(listed) > _MOST_PARTS:
        _say(console, f"and {len(listed) - _MOST_PARTS} more ways (see --json)", indent=2, style="dim")


def print_reach(
    console: Console, endpoint: Endpoint, intent: Intent, wanted: Sequence[tuple[str, int]] | None, tags: Tags
) -> None:
    """Reach sets of one endpoint."""
    from hushdesk.guard import describe
    from hushdesk.guard.check import reach_groups

    _say(console, f"{endpoint.name} ({endpoint.kind})  [{endpoint.place}]", style="bold")
    for protocol, ports, found in reach_groups(endpoint, intent, wanted):
        said = describe(found.upper, tags)
        if not found.exact:
            said = f"at most {said}; for certain {describe(found.lower, tags)}"
        _say(console, f"{_ports(protocol, ports)}: {said}", indent=2)
        _parts(console, found.parts(), tags)


def print_changes(console: Console, found: Sequence[tuple[str, Change]], tags: Tags) -> None:
    """What a change did, the same for several ports said once."""
    from hushdesk.guard import describe

    groups: dict[tuple[str, str, AddressSet, AddressSet], list[Change]] = {}
    for name, change in found:
        groups.setdefault((name, change.protocol, change.added, change.removed), []).append(change)
    for (name, protocol, added, removed), same in groups.items():
        ports = _ports(protocol, [change.port for change in same])
        if added:
            _say(console, f"added: {describe(added, tags)} can now reach {name} on {ports}", style="bold red")
            for guilty in same[0].guilty:
                _say(
                    console,
                    f"{guilty.blame.value}: {describe(guilty.sources, tags)} through {guilty.path.name}",
                    indent=2,
                )
                if guilty.rule:
                    rule = guilty.rule
                    _say(console, f"{rule.stage.name}: {rule.name}  [{rule.place}]", indent=4, style="dim")
        if removed:
            _say(
                console,
                f"removed: {describe(removed, tags)} can no longer reach {name} on {ports}",
                style="green",
            )
    if not found:
        _say(console, "no reach set changed", style="bold green")


def print_explanation(console: Console, endpoint: Endpoint, explanation: Explanation) -> None:
    """One connection, stage by stage."""
    wanted = explanation.connection
    _say(
        console,
        f"{wanted.source} to {endpoint.name}, {wanted.protocol} {wanted.port}: {explanation.verdict.value}",
        style="bold green" if explanation.verdict.value == "closed" else "bold red",
    )
    if not explanation.ways:
        _say(console, "there is no way in from outside", indent=2)
    for way in explanation.ways:
        _say(
            console,
            f"through {way.path.name}: {way.verdict.value}" + (f" ({way.why})" if way.why else ""),
            indent=2,
        )
        for answer in way.answers:
            said = " or ".join(sorted(action.value for action in answer.actions))
            names = "; ".join(decider.name for decider in answer.deciders[-3:])
            place = answer.deciders[-1].place
            where = f"  [{place}]" if place.file else ""
            _say(console, f"{answer.stage.name}: {said} by {names}{where}", indent=4)
