"""What is new in what is seen now, and what of it is worth remembering."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import PurePath

from hushdesk.guard._addresses import EMPTY, AddressSet
from hushdesk.guard._findings import Authentication, Endpoint
from hushdesk.guard._intent import Intent
from hushdesk.guard.check import endpoint_changes, pairs
from hushdesk.guard.reach import Change, Compiler
from hushdesk.guard.state._file import Kept, Seen


@dataclass(frozen=True, slots=True)
class EndpointChange:
    """What is different about one endpoint."""

    name: str
    before: Endpoint | None
    after: Endpoint | None
    reach: tuple[tuple[tuple[int, ...], Change], ...]
    """Ports with the same change, and the change of the first of them."""
    authentication: tuple[Authentication, Authentication] | None = None
    """Before and after, if they differ."""
    unproven: tuple[AddressSet, AddressSet] = (EMPTY, EMPTY)
    """Sources that now get in without proving who they are, and those that no longer do."""

    @property
    def opens(self) -> bool:
        """Whether somebody else can get in, or gets in with less."""
        weaker = self.authentication is not None and self.authentication[1] is not Authentication.REQUIRED
        return weaker or bool(self.unproven[0]) or any(change.added for _, change in self.reach)


def compare(
    before: Sequence[Endpoint], after: Sequence[Endpoint], intent: Intent | None = None
) -> tuple[EndpointChange, ...]:
    """Everything that changed for those who want in; what opens comes first.

    Args:
        before: The older state.
        after: The newer one.
        intent: May say on which ports a store listens.
    """
    compiler = Compiler()
    found = []
    for key, old, new in pairs(before, after):
        if old is new or old == new:
            continue
        reach = _grouped(endpoint_changes(old, new, compiler, intent))
        authentication, unproven = _authentication(old, new), _unproven(old, new)
        if reach or authentication or any(unproven):
            found.append(EndpointChange(key[1], old, new, reach, authentication, unproven))
    return tuple(sorted(found, key=lambda one: not one.opens))


def advance(
    kept: Kept,
    endpoints: tuple[Endpoint, ...],
    broken: Iterable[str],
    at: datetime,
    intent: Intent | None = None,
) -> tuple[Kept, tuple[str, ...]]:
    """What to remember after another look.

    A state is remembered as new only if somebody else can reach something: rules that merely moved to other lines take the
    place of the old ones. A file that cannot be read is no news about the stores in it: then nothing is remembered.

    Args:
        kept: What is remembered so far.
        endpoints: What is seen now.
        broken: Files in which something is malformed, and folders that cannot be read.
        at: The time of the look.
        intent: May say on which ports a store listens.

    Returns:
        What to remember, and the files that are to blame if nothing new is.
    """
    if kept.now is None:
        return Kept(Seen(at, endpoints)), ()
    if kept.now.endpoints == endpoints:
        return kept, ()
    was, now = (Counter(one.place.file for one in each) for each in (kept.now.endpoints, endpoints))
    unread = set(broken)
    missed = tuple(
        sorted(
            file
            for file, count in was.items()
            if now[file] < count and not unread.isdisjoint({file, *map(str, PurePath(file).parents)})
        )
    )
    if missed:
        return kept, missed
    if compare(kept.now.endpoints, endpoints, intent):
        return Kept(Seen(at, endpoints), kept.now), ()
    return Kept(Seen(kept.now.at, endpoints), kept.before), ()


def _grouped(changes: Iterable[Change]) -> tuple[tuple[tuple[int, ...], Change], ...]:
    groups: dict[object, tuple[list[int], Change]] = {}
    for change in changes:
        # Changes by the same rules share what they blame.
        key = (change.protocol, change.added, change.removed, id(change.guilty))
        groups.setdefault(key, ([], change))[0].append(change.port)
    return tuple((tuple(ports), change) for ports, change in groups.values())


def _authentication(
    old: Endpoint | None, new: Endpoint | None
) -> tuple[Authentication, Authentication] | None:
    if old is None or new is None:
        return None
    was, now = (one.posture.authentication if one.posture else Authentication.UNKNOWN for one in (old, new))
    return None if was is now else (was, now)


def _unproven(old: Endpoint | None, new: Endpoint | None) -> tuple[AddressSet, AddressSet]:
    # For an endpoint that is new or gone, and where nobody looked, the reach set says all there is to say.
    held = [one.posture.without_password for one in (old, new) if one and one.posture]
    if len(held) < 2 or None in held:
        return EMPTY, EMPTY
    was, now = (one.upper if one else EMPTY for one in held)
    return now - was, was - now
