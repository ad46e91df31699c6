"""December 2019 as a plan: when the rule was changed and by whom, who came, what each took, what no log saw.

Everything hangs on a seed: another seed is another December, with other moments, addresses and amounts. Addresses are drawn at
random: whoever holds one of them has nothing to do with it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from ipaddress import IPv4Address
from random import Random
from typing import Final

from hushdesk.incident._spans import HOUR, MINUTE, SECOND, Span, Spans, moment
from hushdesk.incident.drill._truth import Visit

LOGS_FROM: Final = datetime(2019, 12, 1, tzinfo=UTC)
LOGS_TO: Final = datetime(2020, 1, 2, tzinfo=UTC)
STORE_ADDRESS: Final = "10.40.1.4"
PUBLIC_ADDRESS: Final = "20.40.7.9"
CORPORATE: Final = "20.99.64.0/20"
"""What the intent approves."""
PORT: Final = 9200
_QUIET: Final = (11, 21, 22, 26, 28, 29, 30, 33)
"""First bytes of the ranges."""


@dataclass(frozen=True, slots=True)
class Connection:
    """One connection to the store's port."""

    start: int
    end: int
    address: str
    source_port: int
    received: int
    """Bytes from the outside."""
    sent: int
    """Bytes to the outside; 0 for one that is turned away."""
    accepted: bool
    asked: tuple[str, int, int] | None = None
    """What was asked over it: path with query, requests, cases in each answer."""


@dataclass(frozen=True, slots=True)
class Edit:
    """One change of rules in the activity log."""

    at: int
    what: str
    """``rule``, ``delete``, ``group``."""
    name: str
    priority: int = 0
    source: str = ""
    access: str = "Allow"
    succeeded: bool = True


@dataclass(frozen=True, slots=True)
class Plan:
    """One December."""

    seed: int
    edits: tuple[Edit, ...]
    windows: Spans
    connections: tuple[Connection, ...]
    visits: tuple[Visit, ...]
    never: tuple[str, ...]
    blind: Spans
    """Hours of which the flow log was lost."""
    counted_from: int
    """From then on the flow log counts bytes for the rule: before, the network had no flow timeout."""
    proxied: Span
    """When a proxy stood before the store and kept an access log."""
    aware_at: int
    scanners: str = field(repr=False, default="")
    """A range of the known scanner."""


class _Draft:
    def __init__(self, seed: int, case_bytes: int, cases: int) -> None:
        self.rng = Random(seed)
        self.case_bytes, self.cases = max(200, case_bytes), max(1, cases)
        self.connections: list[Connection] = []

    def at(self, day: int, hour: float = 0.0, spread: float = 0.0) -> int:
        """A moment of December 2019 (day 32 is New Year's Day), to the second, shifted at random by up to ``spread`` hours."""
        shift = self.rng.uniform(0, spread) * 3600
        time = LOGS_FROM + timedelta(days=day - 1, hours=hour, seconds=int(shift))
        return moment(time)

    def address(self) -> str:
        return str(IPv4Address((self.rng.choice(_QUIET) << 24) + self.rng.randrange(1 << 16, 1 << 24)))

    def connect(
        self,
        address: str,
        start: int,
        sent: int,
        *,
        seconds: float = 4,
        accepted: bool = True,
        asked: tuple[str, int, int] | None = None,
    ) -> None:
        end = start + int(seconds) * SECOND
        received = 300 + sent // 60 if accepted else 60
        self.connections.append(
            Connection(start, end, address, self.rng.randrange(1025, 65535), received, sent, accepted, asked)
        )


def plan(seed: int, cases: int, case_bytes: int) -> Plan:
    """Draw a December.

    Args:
        seed: Another one, another December.
        cases: In the store: nobody takes more.
        case_bytes: What a case weighs on its way out, on average.
    """
    draft = _Draft(seed, case_bytes, cases)
    opened = draft.at(5, 6, 12)
    closed = draft.at(31, 4, 14)
    paused = Span(draft.at(18, 2, 2), draft.at(18, 5, 2))
    windows = Spans([Span(opened, closed)]) - Spans([paused])
    blind = _blind(draft, windows)
    counted_from = draft.at(12, 9)
    proxied = Span(draft.at(20, 8, 1), draft.at(27, 18, 1))
    scanners = f"{draft.rng.choice(_QUIET)}.{draft.rng.randrange(256)}.{draft.rng.randrange(256)}.0/24"
    visits = list(_visits(draft, windows, blind, proxied, scanners))
    never = tuple(_never(draft, opened, closed, paused))
    return Plan(
        seed=seed,
        edits=_edits(draft, opened, closed, paused),
        windows=windows,
        connections=tuple(sorted(draft.connections, key=lambda one: one.start)),
        visits=tuple(visits),
        never=never,
        blind=blind,
        counted_from=counted_from,
        proxied=proxied,
        aware_at=draft.at(29, 17, 1),
        scanners=scanners,
    )


def _blind(draft: _Draft, windows: Spans) -> Spans:
    """Lost hours: seven in a row when a storage key was rotated, and some single ones."""
    first = draft.at(draft.rng.randrange(14, 17), draft.rng.randrange(0, 16))
    hours = [Span(first, first + 7 * HOUR)]
    whole = [Span(start, start + HOUR) for start in range(draft.at(8), draft.at(30), HOUR)]
    hours += draft.rng.sample([hour for hour in whole if Spans([hour]) <= windows], 3)
    return Spans(hours)


def _edits(draft: _Draft, opened: int, closed: int, paused: Span) -> tuple[Edit, ...]:
    return (
        # It fails: nothing may open by it.
        Edit(draft.at(3, 9, 3), "rule", "AllowElastic", 110, "*", succeeded=False),
        # A deny of higher priority stands before it: nothing opens.
        Edit(draft.at(4, 10, 4), "rule", "AllowMetrics", 4000, "Internet"),
        Edit(opened, "rule", "AllowElastic", 110, "*"),
        Edit(paused.start, "delete", "AllowElastic"),
        Edit(paused.end, "rule", "AllowElastic", 110, "*"),
        # Approved sources, written while it stands open: changes nothing.
        Edit(draft.at(22, 11, 2), "rule", "AllowOffice", 120, CORPORATE),
        # The whole list is written anew, without the rule.
        Edit(closed, "group", "cases-nsg"),
    )


def _visits(draft: _Draft, windows: Spans, blind: Spans, proxied: Span, scanners: str) -> Iterator[Visit]:
    """Who gets through. Those whose visits lie in lost hours leave no trace."""
    rng, weight = draft.rng, draft.case_bytes
    scanner = scanners.rsplit(".", 1)[0] + f".{rng.randrange(2, 250)}"
    taken = 0
    for day in (6, 9, 13, 21, 28):
        start = _free(draft, day, windows, blind)
        taken += 900
        draft.connect(scanner, start, 900, asked=("/", 1, 0) if _within(start, proxied) else None)
    yield Visit(scanner, "scanner", taken, 0, logged=True, counted=False)

    early, amount = draft.address(), min(draft.cases // 20 + 1, 5_000)
    draft.connect(early, _free(draft, 10, windows, blind), amount * weight, seconds=600)
    yield Visit(early, "early", amount * weight, amount, logged=True, counted=False)

    thief, rows, sent = draft.address(), 0, 0
    for day, pages in ((13, 12), (22, 40), (23, 40), (24, 25)):
        start = _free(draft, day, windows, blind)
        page = min(10_000, max(1, draft.cases // 20))
        share = pages * page * weight
        draft.connect(
            thief,
            start,
            share,
            seconds=min(3000, 60 + share // 4_000_000),
            asked=(f"/cases/_search?size={page}&scroll=5m", pages, page),
        )
        rows, sent = rows + pages * page, sent + share
    yield Visit(thief, "thief", sent, min(rows, draft.cases), logged=True, counted=True)

    researcher = draft.address()
    start = _free(draft, 29, windows, blind)
    draft.connect(researcher, start, 40 * weight, asked=None)
    yield Visit(researcher, "researcher", 40 * weight, min(40, draft.cases), logged=True, counted=True)

    ghost = draft.address()
    # In the long hole: the proxy, which would have told, came later.
    hole = max(blind, key=lambda span: span.seconds)
    draft.connect(ghost, hole.start + 10 * MINUTE, 2_000 * weight, seconds=900)
    yield Visit(ghost, "ghost", 2_000 * weight, min(2_000, draft.cases), logged=False, counted=False)


def _free(draft: _Draft, day: int, windows: Spans, blind: Spans) -> int:
    """A moment of that day at which it stands open and the log is there, with an hour to come."""
    for _ in range(1000):
        start = draft.at(day, 0, 22)
        if Spans([Span(start, start + HOUR)]) <= windows - blind:
            return start
    raise AssertionError("no day of the plan is wholly blind")


def _within(at: int, span: Span) -> bool:
    return span.start <= at < span.end


def _never(draft: _Draft, opened: int, closed: int, paused: Span) -> Iterator[str]:
    """Knocks that are turned away, own people, and the rest of the internet's noise."""
    knocker = draft.address()
    for start in (opened - 3 * HOUR, paused.start + 20 * MINUTE, closed + 2 * HOUR):
        draft.connect(knocker, start, 0, seconds=1, accepted=False)
    yield knocker
    office = "20.99.64.17"
    for day in range(2, 32, 3):
        draft.connect(office, draft.at(day, 9, 6), draft.rng.randrange(1, 40) * draft.case_bytes, seconds=60)
    yield office
    yield draft.address()
