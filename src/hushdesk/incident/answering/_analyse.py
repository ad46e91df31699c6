"""From a dossier to the answer: each part of it from evidence, nothing opened, nothing guessed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Final

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from hushdesk.desk import Desk
from hushdesk.guard import EVERYWHERE, AddressSet
from hushdesk.incident._answer import Answer, Due, Group, Kinship, Opening, Severity, Visitor, Window
from hushdesk.incident._bound import Bound
from hushdesk.incident._evidence import Change, Coverage, Gap, Sees
from hushdesk.incident._scope import Scope
from hushdesk.incident._spans import HOUR, iso, when
from hushdesk.incident.access import Access, access
from hushdesk.incident.access import Kindred as Classify
from hushdesk.incident.dossier import Dossier
from hushdesk.incident.duties import Facts, House, Rule, counted, duties, load, read_house
from hushdesk.incident.kin import Kindred, KinList
from hushdesk.incident.persons import (
    Leftovers,
    PersonGroup,
    concerned,
    grouped,
    leftovers,
    scam_risk,
    with_leftovers,
)
from hushdesk.incident.severity import (
    Cause,
    Circumstances,
    Decision,
    Harm,
    Nature,
    Truth,
    Volume,
    decide,
    nearest,
    readers,
    scam,
    score,
)
from hushdesk.incident.taken import Selection, taken
from hushdesk.incident.window import Own, Replayed, windows

DETAILED: Final = 2_000
"""For so many visitors, the worst, each session is told."""

LAST_CHANGE: Final = (
    "the last record of a change is of {last}: what was opened between it and {until} is in no evidence"
)
STRAYS: Final = "somebody got through when, by the rules, nothing stood open"
NO_WINDOW: Final = "no evidence shows an opening of this store, and nobody has stated one: that does not say that it was closed"

CONTROLLER: Final = "controller.toml"
"""Who notifies, in the incident's folder."""
HOUSE: Final = "house.toml"
"""What the house says about itself, in the incident's folder."""
RULES: Final = "duties.yaml"
"""Duties of its own: contracts, insurers."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """What evidence alone says: since when, who came. Needs neither store nor vault."""

    windows: tuple[Window, ...]
    elsewhere: int
    """Openings of other resources than the incident's."""
    unresolved: tuple[str, ...]
    access: Access
    visitors: tuple[Visitor, ...]
    """The worst, with their sessions."""
    until: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Analysis:
    """The whole answer, with what it was made from."""

    seen: Seen
    answer: Answer
    persons: pa.Table | None = None
    """Rows of the schema PERSONS, those to be warned first at the front."""
    swept: Leftovers | None = None
    decisions: tuple[Decision, ...] = ()
    """For each group of the answer, in its order."""
    shredded: int = 0
    """Persons whom nothing leads back to any more."""
    notes: tuple[str, ...] = field(default=())


def see(dossier: Dossier, now: int) -> Seen:
    """What the evidence of a dossier says.

    Args:
        dossier: The incident.
        now: The present moment: the end of what is still open, unless the incident is closed.
    """
    settings, scope = dossier.settings, dossier.settings.scope()
    until = settings.closed_at or now
    changes: list[Change] = []
    coverage: list[Coverage] = []
    gaps: list[Gap] = []
    for kept in dossier.shelf:
        changes += kept.changes
        coverage += kept.coverage
        gaps += kept.gaps
    able: dict[str, Sees] = {}
    for each in coverage:
        able[each.log] = able.get(each.log, Sees.NOTHING) | each.sees
    coverage += settings.coverage(able)
    own = Own(frozenset(settings.accounts), scope.own)
    replayed: Replayed = windows(
        changes,
        intent=dossier.intent(),
        baseline=[Path(path) for path in settings.baseline],
        own=own,
        known_from=settings.known_from,
        until=until,
    )
    coverage += [one for one in replayed.coverage if isinstance(one, Coverage)]
    gaps += [one for one in replayed.coverage if isinstance(one, Gap)]
    mine = [window for window in replayed.windows if _ours(window, scope)]
    unresolved = list(replayed.unresolved)
    if not mine and not settings.stated_windows():
        unresolved.append(NO_WINDOW)
    told = [one.spans.spans[-1].end for one in coverage if Sees.CHANGES in one.sees and one.spans]
    if told and until - max(told) > HOUR:
        unresolved.append(LAST_CHANGE.format(last=iso(max(told)), until=iso(until)))
    found = access(
        [*_at_our_ports(mine, scope), *settings.stated_windows()],
        dossier.shelf.flows(),
        dossier.shelf.requests(),
        coverage,
        gaps,
        scope,
        until=until,
        listening=settings.listening(),
        kindred=_kindred(dossier),
    )
    return Seen(
        windows=tuple(exposure.window for exposure in found.exposures),
        elsewhere=len(replayed.windows) - len(mine),
        unresolved=tuple(unresolved),
        access=found,
        visitors=found.visitors(DETAILED, with_sessions=True),
        until=until,
    )


def _ours(window: Window, scope: Scope) -> bool:
    """Whether a window is of the incident's store, by any of its names, its addresses and its ports."""
    if scope.resources and not any(scope.named(name) for name in (window.resource, *window.names)):
        mine = bool(scope.store) and window.store == scope.store
        if not mine and not any(_address(name) & scope.addresses for name in window.names):
            return False
    if not window.port or not scope.ports:
        return True
    low, high = window.ports or (window.port, window.port)
    return any(low <= port <= high for port in scope.ports)


def _address(name: str) -> AddressSet:
    try:
        return AddressSet.parse(name)
    except ValueError:
        return AddressSet()


def _at_our_ports(windows: Sequence[Window], scope: Scope) -> Iterator[Window]:
    """Windows at the store's own ports: a rule for many ports is told at those alone on which stores listen as a rule."""
    known = [window for window in windows if not (window.port and scope.ports) or window.port in scope.ports]
    yield from known
    for window in windows:
        low, high = window.ports or (window.port, window.port)
        for port in sorted(scope.ports) if window.port and window.port not in scope.ports else ():
            if low <= port <= high and not any(
                (one.resource, one.protocol, one.port) == (window.resource, window.protocol, port)
                and one.span.start <= window.span.start
                and window.span.end <= one.span.end
                and (window.sources or EVERYWHERE) <= (one.sources or EVERYWHERE)
                for one in known
            ):
                known.append(replace(window, port=port))
                yield known[-1]


def _kindred(dossier: Dossier) -> Classify:
    settings = dossier.settings
    kindred = Kindred.load(
        [KinList.parse(text) for text in settings.lists], own=AddressSet.parse(*settings.own)
    )

    def classify(addresses: Sequence[str]) -> Iterable[Kinship]:
        found = kindred.classes(addresses)
        return (found[at] for at in range(len(found)))

    return classify


def analyse(dossier: Dossier, desk: Desk, now: int, *, sweep: bool = True) -> Analysis:
    """The whole answer.

    Args:
        dossier: The incident.
        desk: Whose store stood open; its vault is asked for languages and countries, and for values only by the sweep.
        now: The present moment.
        sweep: Look for unredacted values in the cases. Without it nobody knows whether there are any.

    Raises:
        QueryError: The dossier's query of cases cannot be carried out.
        RulesError: A file of duties or of the house cannot be used.
    """
    seen = see(dossier, now)
    exposures = seen.access.exposures
    # All of them: whoever adds up or counts must not stop at those whose sessions are told.
    visitors = (*seen.visitors, *seen.access.beyond(DETAILED))
    if dossier.settings.holds == "all":
        selection = Selection(query=dossier.settings.query)
    else:
        selection = Selection.during(desk.ledger, exposures, query=dossier.settings.query)
    took = taken(
        desk.store,
        desk.ledger,
        exposures,
        visitors,
        selection=selection,
        unbounded=STRAYS if seen.access.strays else "",
    )
    certain = took.reachable > 0 and took.cases.lower >= took.reachable
    persons = concerned(desk.store, desk.vault, selection, certain)
    swept = leftovers(desk.store, desk.vault, selection) if sweep and persons.num_rows else None
    if swept is not None:
        persons = with_leftovers(persons, swept, desk.vault)
    made, numbers = grouped(persons)
    number = sum((group.persons for group in made), Bound(0, 0))
    circumstances = _circumstances(seen, visitors, dossier.settings.facts, swept=swept is not None)
    scored = [_scored(group, circumstances, swept, number) for group in made]
    groups = [group for group, _ in scored]
    decisions = tuple(decision for _, decision in scored)
    risks = scam_risk(persons, when(now))
    order = _order(persons, numbers, groups, risks)
    worst = max((group.severity for group in groups), key=lambda one: (one.upper, one.lower), default=None)
    rules, house = _rules(dossier)
    facts = _facts(dossier, groups, persons, worst, decisions, circumstances, house)
    dues: tuple[Due, ...] = tuple(duties(facts, now, rules))
    answer = Answer(
        exposures=exposures,
        visitors=visitors,
        unknown=seen.access.unknown,
        taken=took,
        groups=tuple(groups),
        persons=number,
        severity=worst,
        dues=dues,
    )
    return Analysis(
        seen=seen,
        answer=answer,
        persons=persons.take(order),
        swept=swept,
        decisions=decisions,
        shredded=desk.vault.count_shredded(),
    )


def _circumstances(
    seen: Seen, visitors: Sequence[Visitor], given: Mapping[str, str], *, swept: bool
) -> Circumstances:
    """For all groups; what nobody has stated stays unknown, which only raises the upper end."""
    unknown, known, words = readers(visitors, seen.access.unknown)
    network = bool(seen.windows) and all(window.opening is Opening.NETWORK for window in seen.windows)
    wrote = bool(seen.access.table.height) and int(seen.access.table["wrote"].sum()) > 0
    return Circumstances(
        read_by_unknown=unknown,
        read_by_known=known,
        readers=words,
        integrity=Harm(given.get("integrity", Harm.LASTING if wrote else Harm.UNKNOWN)),
        availability=Harm(given.get("availability", Harm.UNKNOWN)),
        # A rule that lets too many in is a wrong setting, whoever used it later.
        malicious=Truth(given.get("malicious", Truth.NO if network else Truth.UNKNOWN)),
        cause=Cause(given.get("cause", Cause.MISTAKE if network else Cause.UNKNOWN)),
        vault_exposed=Truth(given.get("vault_exposed", Truth.UNKNOWN)),
        encrypted=Truth(given.get("encrypted", Truth.NO)),
        volume=Volume(given.get("volume", Volume.NOT_STATED)),
        nature=Nature(given.get("nature", Nature.NOT_STATED)),
        leftovers=frozenset() if swept else None,
    )


def _scored(
    group: PersonGroup, circumstances: Circumstances, swept: Leftovers | None, persons: Bound
) -> tuple[Group, Decision]:
    mine = circumstances
    if swept is not None and group.leftover:
        mine = replace(circumstances, leftovers=frozenset(swept.found.column("kind").to_pylist()))
    severity = score(group.kinds, mine, persons)
    example = nearest(mine, group.kinds, group.persons)
    return group.scored(severity, scam=scam(group.kinds, mine), nearest=str(example)), decide(
        severity, example
    )


def _order(
    persons: pa.Table, numbers: NDArray[np.int64], groups: Sequence[Group], risks: NDArray[np.float64]
) -> NDArray[np.int64]:
    """Unredacted leftovers first, then the more severe, then those of whom a caller could know the most."""
    severe = (
        np.array([group.severity.upper for group in groups] or [0.0])[numbers]
        if len(numbers)
        else np.zeros(0)
    )
    leftover = np.asarray(persons.column("leftover").to_pylist(), dtype=bool)
    return np.lexsort((-risks, -severe, ~leftover))


def _rules(dossier: Dossier) -> tuple[tuple[Rule, ...], House]:
    own = dossier.folder / RULES
    rules = (*load(), *load([own])) if own.exists() else load()
    path = dossier.folder / HOUSE
    return rules, read_house(path, rules) if path.exists() else House()


def _facts(
    dossier: Dossier,
    groups: Sequence[Group],
    persons: pa.Table,
    worst: Severity | None,
    decisions: Sequence[Decision],
    circumstances: Circumstances,
    house: House,
) -> Facts:
    exposed = counted(persons)
    settings = dossier.settings

    def told(wanted: Sequence[bool]) -> Truth:
        return Truth.of(any(wanted) if wanted else None)

    return Facts(
        events={**settings.moments, "aware": settings.aware_at},
        persons=exposed.persons,
        places=exposed.places,
        elsewhere=exposed.elsewhere,
        role=house.role,
        severity=worst,
        risk=told([decision.verdict.regulator for decision in decisions]),
        high_risk=told([decision.verdict.persons for decision in decisions]),
        encrypted=circumstances.encrypted,
        intrusion=circumstances.read_by_unknown,
        malicious=circumstances.malicious,
        kinds=frozenset(kind for group in groups for kind in group.kinds),
        declared=house.declared,
        home_zone=house.zone,
    )
