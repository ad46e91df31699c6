"""The guard's answers for people."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from rich.console import Console
from rich.markup import escape

from hushdesk.cli._output import counted

if TYPE_CHECKING:
    from hushdesk.guard import (
        AddressSet,
        Change,
        Endpoint,
        Explanation,
        Exposure,
        Intent,
        Malformed,
        Place,
        Report,
    )
    from hushdesk.guard.check._plain import Tags
    from hushdesk.guard.reach import Decider, Part

_COLOUR = {"error": "red", "warning": "yellow", "note": "dim"}
_MOST_PARTS = 6
_DOES = {"deny": "turned away", "next": "let through", "accept": "let through, past the rest"}


_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]")


def _say(console: Console, text: str, *, indent: int = 0, style: str = "") -> None:
    # Names come from files that strangers wrote: none of them may move the cursor, or begin a line of its own.
    shown = _CONTROL.sub(lambda found: f"\\u{ord(found[0]):04x}", text)
    console.print(" " * indent + escape(shown), style=style or None, soft_wrap=True)


def _rule(decider: Decider) -> str:
    """A list and its rule, the list named once, and the place."""
    stage = decider.stage.name
    where = f"  [{decider.place}]" if decider.place.file else ""
    return f"{stage}: {decider.name.removeprefix(f'{stage}: ')}{where}"


def _number(number: int, one: str) -> str:
    return f"{counted(number)} {one}{'' if number == 1 else 's'}"


def _ports(protocol: str, ports: Sequence[int]) -> str:
    shown = ", ".join(map(str, ports[:8])) + (f" and {len(ports) - 8} more" if len(ports) > 8 else "")
    return f"{protocol} {shown}"


def _services(services: Sequence[tuple[str, int]]) -> str:
    by_protocol: dict[str, list[int]] = {}
    for protocol, port in services:
        by_protocol.setdefault(protocol, []).append(port)
    return "; ".join(_ports(protocol, ports) for protocol, ports in by_protocol.items())


def print_report(
    console: Console, report: Report, tags: Tags, *, everything: bool, with_intent: bool = True
) -> None:
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
    print_malformed(console, estate.malformed)
    if everything:
        for unknown in estate.unresolved:
            # Some reasons begin with what they are the reason for.
            said = unknown.why.startswith(f"{unknown.expression} ")
            expression = "" if said else f"{unknown.expression}: "
            _say(console, f"unresolved: {_at(unknown.place)}{expression}{unknown.why}", style="dim")
        for left in coverage.not_looked_at:
            _say(console, f"not looked at: {_at(left.place)}{left.what}: {left.why}", style="dim")
        for file in coverage.unclaimed:
            _say(console, f"of no known language: {file}", style="dim")
    read = ", ".join(f"{name} {counted(number)}" for name, number in coverage.read.items()) or "none"
    console.print()
    _say(
        console,
        f"endpoints {counted(report.checked)}, files {counted(coverage.files)}, opened {counted(coverage.opened)}, "
        f"of no known language {counted(len(coverage.unclaimed))}; documents read: {read}",
    )
    _say(
        console,
        f"unresolved {counted(len(estate.unresolved))}, not looked at {counted(len(coverage.not_looked_at))}, "
        f"malformed {counted(len(estate.malformed))}"
        + (
            ""
            if everything or not (estate.unresolved or coverage.not_looked_at or coverage.unclaimed)
            else " (list them with --all)"
        ),
    )
    verdict, style = _verdict(report, approved="the intent" if with_intent else "private addresses")
    _say(console, verdict, style=style)


def print_malformed(console: Console, faults: Iterable[Malformed]) -> None:
    """What could not be read, a line each."""
    for fault in faults:
        _say(console, f"malformed: {_at(fault.place)}{fault.problem}. {fault.remedy}", style="yellow")


def _at(place: Place) -> str:
    """A place before what is said of it; nothing if there is none."""
    return f"{place}: " if place.file else ""


def _verdict(report: Report, *, approved: str) -> tuple[str, str]:
    """The last line and its style: green only if something was looked at and all of it could be read."""
    errors = sum(exposure.level.value == "error" for exposure in report.exposures) + len(report.uncovered)
    warnings = sum(exposure.level.value == "warning" for exposure in report.exposures)
    if errors or warnings:
        said = f"{_number(errors, 'error')}, {_number(warnings, 'warning')}"
        return said, "bold red" if errors else "bold yellow"
    missing = len(report.estate.malformed)
    if missing:
        return f"no verdict: {_number(missing, 'thing')} above could not be read", "bold yellow"
    if not report.checked:
        return "nothing to check: these files show no endpoint", "bold yellow"
    return f"nobody gets in beyond {approved}", "bold green"


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
        # What a port is used for by custom is a guess, and must not look like knowledge.
        known = endpoint.engine or (exposure.store and exposure.store.engine)
        _say(console, f"{'store' if known else 'usual port of'}: {', '.join(exposure.stores)}", indent=2)
    if exposure.certain and exposure.certain != exposure.sources:
        _say(console, f"perhaps also: {describe(exposure.sources - exposure.certain, tags)}", indent=2)
    posture = exposure.posture
    if posture:
        _say(console, f"authentication {posture.authentication.value}: {posture.why}", indent=2)
    _parts(console, exposure.parts, tags, endpoint.place)


def _parts(console: Console, parts: Iterable[Part], tags: Tags, otherwise: Place) -> None:
    from hushdesk.guard import describe

    listed = list(parts)
    for part in listed[:_MOST_PARTS]:
        addresses = f" at {', '.join(part.path.addresses[:3])}" if part.path.addresses else ""
        _say(console, f"{describe(part.sources, tags)} through {part.path.name}{addresses}", indent=2)
        for decider in part.deciders:
            _say(console, _rule(decider), indent=4, style="dim")
        if not any(decider.place.file for decider in part.deciders):
            place = part.path.place if part.path.place.file else otherwise
            left = "" if part.deciders else "no rule stands in the way  "
            _say(console, f"{left}[{place}]", indent=4, style="dim")
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
        _parts(console, found.parts(), tags, endpoint.place)


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
                    _say(console, _rule(guilty.rule), indent=4, style="dim")
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
            said = " or ".join(sorted(_DOES[action.value] for action in answer.actions))
            stage = answer.stage.name
            names = "; ".join(decider.name.removeprefix(f"{stage}: ") for decider in answer.deciders[-3:])
            place = answer.deciders[-1].place
            where = f"  [{place}]" if place.file else ""
            _say(console, f"{stage}: {said} by {names}{where}", indent=4)
