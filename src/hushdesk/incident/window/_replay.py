"""Changes replayed over a state, the state judged by the guard, windows where the reach goes beyond the intent."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final, Protocol

from hushdesk.guard import EMPTY, AddressSet, Document, Intent, World
from hushdesk.guard.load import load
from hushdesk.incident._answer import Opening, Window
from hushdesk.incident._evidence import Change, Coverage, Gap, Outcome
from hushdesk.incident._spans import EVER, iso
from hushdesk.incident.window._aws import Aws
from hushdesk.incident.window._azure import Azure
from hushdesk.incident.window._estate import Applied, Area, Estate, Key
from hushdesk.incident.window._gcp import Gcp
from hushdesk.incident.window._judge import UNSURE, Found, Judge, grown
from hushdesk.incident.window._logging import Logs
from hushdesk.incident.window._order import in_order
from hushdesk.incident.window._track import BEFORE, BEGUN, Tracker

_LOOK_AHEAD: Final = 64
_MOST_WORDS: Final = 1000


@dataclass(frozen=True, slots=True)
class Own:
    """What is ours, so that it opens nothing."""

    accounts: frozenset[str] = frozenset()
    """Accounts, projects, domains and principals with which things may be shared."""
    addresses: AddressSet = EMPTY
    """Addresses from which we may connect, beyond what the intent approves."""


@dataclass(frozen=True, slots=True)
class Replayed:
    """What the changes come to."""

    windows: tuple[Window, ...]
    """By start, resource, protocol and port."""
    coverage: tuple[Coverage | Gap, ...] = ()
    """When flow logs were set up, as the audit log tells it (``sees`` nothing: that is for their records to show), and when
    networks had none and trails were stopped."""
    unresolved: tuple[str, ...] = ()
    """What could not be made out, in words."""


class Platform(Protocol):
    """One platform's state."""

    @property
    def name(self) -> str:
        """``aws``, ``azure``, ``gcp``."""

    @property
    def estate(self) -> Estate:
        """What there is."""

    def load(self, documents: Iterable[Document]) -> list[Document]:
        """Takes in a baseline; gives back what is not of this platform."""

    def learn(self, other: Platform) -> set[str]:
        """Puts in what, by what another run of the same changes took away, was there before; the owners whose state that is."""

    def fits(self, change: Change) -> bool:
        """Whether a change could succeed on the state as it is."""

    def apply(self, change: Change) -> Applied:
        """What a change does to the state."""

    def everything(self) -> set[Key]:
        """All that can be touched."""

    def areas(self, touched: set[Key]) -> Sequence[Area]:
        """What must be judged anew."""

    def network_of(self, resource: str) -> str:
        """The network of a resource, if it is known."""

    def shown(self, resource: str) -> str:
        """A resource's name as the log writes it."""

    def flow_logs(self) -> Iterable[Mapping[str, object]]:
        """Flow logs of a baseline."""


_MAKERS: Final[Mapping[str, Callable[[frozenset[str]], Platform]]] = {"aws": Aws, "azure": Azure, "gcp": Gcp}


def windows(
    changes: Iterable[Change],
    *,
    intent: Intent,
    baseline: Sequence[Path] = (),
    own: Own | None = None,
    known_from: int | None = None,
    until: int | None = None,
    world: World | None = None,
) -> Replayed:
    """Since when, until when, and to whom something stood open beyond the intent.

    Args:
        changes: In any order, twins included; failed and dry ones do not count.
        intent: Who may reach what. Without stores only private addresses are approved.
        baseline: Answers of the platforms' APIs that show the estate before the first change. Without them lists of rules are
            judged by what they would let in, whatever has them.
        own: Accounts and addresses that are ours.
        known_from: The moment from which changes are known; what changed before is not.
        until: The moment up to which they are known; later ones are left out.
        world: What the guard is told beside documents: service tags, prefix lists.
    """
    own, world = own or Own(), world or World()
    ordered = in_order(changes)
    unresolved: dict[str, None] = {}
    late = [change for change in ordered if until is not None and change.at >= until]
    if late:
        unresolved[
            f"{len(late)} changes from {iso(late[0].at)} on lie after the end of what is known and were left out"
        ] = None
        ordered = [change for change in ordered if change.at < (until or 0)]
    documents: list[Document] = []
    if baseline:
        loaded = load(baseline)
        documents = list(loaded.documents)
        for finding in loaded.findings:
            unresolved[f"baseline {finding.place}: not read"] = None
    found: list[Window] = []
    coverage: list[Coverage | Gap] = []
    rest = {document.file for document in documents}
    for name, make in _MAKERS.items():
        mine = [change for change in ordered if change.platform == name]
        run = _Run(make(own.accounts), make(own.accounts), documents, mine, Judge(name, intent, world), own)
        rest &= run.unread
        if run.empty:
            continue
        made, covered = run.replay(known_from)
        found += made
        coverage += covered
        unresolved.update(dict.fromkeys(run.words))
    for file in sorted(rest):
        unresolved[
            f"baseline {file}: holds no answer of a platform's API, so it gives no state to replay"
        ] = None
    found.sort(
        key=lambda each: (
            each.span.start,
            each.resource,
            each.opening,
            each.protocol,
            each.port,
            each.shared_with,
            each.span.end,
        )
    )
    return Replayed(tuple(found), tuple(coverage), tuple(unresolved))


class _Run:
    """The replay of one platform."""

    def __init__(
        self,
        scratch: Platform,
        platform: Platform,
        documents: list[Document],
        changes: list[Change],
        judge: Judge,
        own: Own,
    ) -> None:
        self.platform = platform
        self.changes = changes
        self.judge = judge
        self.own = own
        self.words: list[str] = []
        self.logs = Logs()
        self.unread = {document.file for document in platform.load(documents)}
        self.empty = not changes and len(self.unread) == len({document.file for document in documents})
        self.before: set[str] = set()
        self.known: dict[str, Found] = {}
        if not self.empty:
            scratch.load(documents)
            for change in _succeeding(scratch, changes):
                if change.outcome is Outcome.SUCCEEDED:
                    scratch.apply(change)
                    scratch.estate.settle()
            self.before = platform.learn(scratch)
        self.tracker = Tracker(platform.network_of)

    def replay(self, known_from: int | None) -> tuple[list[Window], list[Coverage | Gap]]:
        """Windows, and what is said of logging."""
        self.logs.begin(self.platform.flow_logs())
        for owner, found in self._judged(self.platform.everything()):
            self.tracker.update(owner, found, -EVER, None, BEFORE if owner in self.before else "")
            self.known[owner] = found
        for key, shared in self.platform.estate.shares.items():
            self.tracker.share(key, shared, -EVER, None, BEFORE if key[0] in self.before else "")
        for change in _succeeding(self.platform, self.changes):
            if change.outcome is Outcome.SUCCEEDED:
                self.logs.see(change)
                self._done(change)
            else:
                self._perhaps(change)
        made = [
            replace(window, resource=self.platform.shown(window.resource))
            for window in self.tracker.windows()
        ]
        if known_from is not None and any(window.span.start == -EVER for window in made):
            self.words.append(f"changes before {iso(known_from)} are not in the evidence")
        covered = list(self.logs.all())
        self.words += self.logs.words
        networks: dict[str, dict[str, None]] = {}
        for window in made:
            if window.opening is Opening.NETWORK and window.network:
                networks.setdefault(window.network, {})[window.resource] = None
        if self.platform.name == "aws":
            for network, resources in sorted(networks.items()):
                for each in self.logs.without(network, resources):
                    if isinstance(each, str):
                        self.words.append(each)
                    else:
                        covered.append(each)
            for resource in dict.fromkeys(
                each.resource for each in made if each.opening is Opening.NETWORK and not each.network
            ):
                self.words.append(
                    f"in which network {resource} lies is not in the evidence, nor so whether it had a flow log"
                )
        return made, covered

    def _judged(self, touched: set[Key]) -> Iterator[tuple[str, Found]]:
        for area in self.platform.areas(touched):
            found, words = self.judge.judge(area)
            if len(self.words) < _MOST_WORDS:
                self.words += [word for word in words if word not in self.words]
            for owner, held in found.items():
                yield owner, self._beyond(held)

    def _beyond(self, found: Found) -> Found:
        """Without those who are our own."""
        if not self.own.addresses:
            return found
        kept: Found = {}
        for key, excess in found.items():
            sources = excess.sources - self.own.addresses
            if sources:
                certain = excess.certain - self.own.addresses
                doubt = excess.doubt if certain else excess.doubt or UNSURE
                kept[key] = replace(excess, sources=sources, certain=certain, doubt=doubt)
        return kept

    def _done(self, change: Change) -> None:
        applied = self.platform.apply(change)
        self._say(change, applied)
        shares = self.platform.estate.changed_shares()
        self.platform.estate.settle()
        for owner, found in self._judged(applied.touched):
            self.tracker.update(owner, found, change.at, change)
            self.known[owner] = found
        for key in shares:
            self.tracker.share(key, self.platform.estate.shares.get(key), change.at, change)

    def _perhaps(self, change: Change) -> None:
        """A change that may have been made is taken as made if it lets somebody in, and as not made if it does not."""
        applied = self.platform.apply(change)
        self._say(change, applied)
        answers = list(self._judged(applied.touched))
        shares = [key for key in self.platform.estate.changed_shares() if key in self.platform.estate.shares]
        if not shares and not any(grown(self.known.get(owner, {}), found) for owner, found in answers):
            self.platform.estate.roll_back()
            return
        self.platform.estate.settle()
        for owner, found in answers:
            before = self.known.get(owner, {})
            union = {**before, **found}
            self.tracker.update(owner, union, change.at, change, BEGUN)
            self.known[owner] = union
        for key in shares:
            self.tracker.share(key, self.platform.estate.shares.get(key), change.at, change, BEGUN)

    def _say(self, change: Change, applied: Applied) -> None:
        if len(self.words) < _MOST_WORDS:
            self.words += [f"{iso(change.at)} {change.operation}: {word}" for word in applied.words]


def _succeeding(platform: Platform, changes: list[Change]) -> Iterator[Change]:
    """Changes by time; of those of one moment, the first of the next few that could succeed on the state as it is."""
    at = 0
    while at < len(changes):
        end = at + 1
        while end < len(changes) and changes[end].at == changes[at].at:
            end += 1
        batch = changes[at:end]
        while batch:
            number = (
                0
                if len(batch) == 1
                else next(
                    (number for number, change in enumerate(batch[:_LOOK_AHEAD]) if platform.fits(change)), 0
                )
            )
            yield batch.pop(number)
        at = end
