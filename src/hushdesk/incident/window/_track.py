"""Windows from excess as it comes and goes."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Final

from hushdesk.guard import EMPTY, AddressSet
from hushdesk.incident._answer import Opening, Window
from hushdesk.incident._evidence import Change
from hushdesk.incident._spans import EVER, SECOND, Span
from hushdesk.incident.window._estate import Shared
from hushdesk.incident.window._judge import Excess, Found

BEFORE: Final = "its opening lies before the evidence"
BEGUN: Final = "the log holds that the change was begun, and not how it ended"
Place = tuple[str, str, int]


@dataclass(slots=True)
class _Open:
    start: int
    opened_by: Change | None
    sources: AddressSet
    certain: AddressSet
    rules: dict[str, None]
    doubt: str
    """Of the reach itself."""
    more: str
    """Why, beside that, it may not have been open."""
    store: str
    names: dict[str, None]
    network: str
    ports: tuple[int, int]


class Tracker:
    """One window for each resource, protocol, port and connected span of excess.

    While it lasts its sources are the union of all who got in at some time. A window is divided where it becomes certain that
    somebody gets in, or stops being so.

    Args:
        network_of: Says in which network a resource lies.
    """

    def __init__(self, network_of: Callable[[str], str]) -> None:
        self._network_of = network_of
        self._open: dict[str, dict[Place, _Open]] = {}
        self._shares: dict[tuple[str, str], tuple[int, Change | None, Shared, str]] = {}
        self.done: list[Window] = []
        self._last: dict[tuple[str, Place], tuple[int, _Open]] = {}
        """What was closed, and at which place of ``done`` it stands: what opens again in the same moment was not closed."""

    def found_in(self, owner: str) -> frozenset[Place]:
        """What is open of an owner."""
        return frozenset(self._open.get(owner, ()))

    def update(self, owner: str, found: Found, at: int, change: Change | None, more: str = "") -> None:
        """What is in excess from a moment on, of one owner."""
        held = self._open.setdefault(owner, {})
        for place in [place for place in held if place not in found]:
            self._close(owner, place, at, change)
        for place, excess in found.items():
            known = held.get(place)
            if known is not None and bool(known.certain) != bool(excess.certain):
                self._close(owner, place, at, change)
                known = None
            if known is None:
                known = self._again(owner, place, at, excess) or _Open(
                    at,
                    change,
                    EMPTY,
                    EMPTY,
                    {},
                    excess.doubt,
                    more,
                    excess.store,
                    {},
                    self._network_of(excess.resource),
                    excess.ports or (place[2], place[2]),
                )
                held[place] = known
            if excess.ports is not None:
                known.ports = min(known.ports[0], excess.ports[0]), max(known.ports[1], excess.ports[1])
            known.sources |= excess.sources
            known.certain |= excess.certain
            known.rules.setdefault(excess.rule)
            known.names.update(dict.fromkeys(excess.names))
        if not held:
            del self._open[owner]

    def _again(self, owner: str, place: Place, at: int, excess: Excess) -> _Open | None:
        number, known = self._last.get((owner, place), (-1, None))
        if (
            known is None
            or not self.done
            or self.done[number].span.end != at
            or bool(known.certain) != bool(excess.certain)
        ):
            return None
        self.done[number] = _NOTHING
        del self._last[owner, place]
        return known

    def _close(self, owner: str, place: Place, at: int, change: Change | None) -> None:
        known = self._open[owner].pop(place)
        self._last[owner, place] = (len(self.done), known)
        self.done.append(self._window(place, known, at, change))

    def _window(self, place: Place, known: _Open, end: int, change: Change | None) -> Window:
        resource, protocol, port = place
        return Window(
            resource=resource,
            opening=Opening.NETWORK,
            span=Span(known.start, _after(known.start, end)),
            protocol=protocol,
            port=port,
            ports=known.ports,
            sources=known.sources,
            certain=known.certain,
            rule="; ".join(filter(None, known.rules)),
            opened_by=known.opened_by,
            closed_by=change,
            doubt="; ".join(filter(None, (known.more, known.doubt))),
            store=known.store,
            network=known.network,
            names=tuple(name for name in known.names if name != resource),
        )

    def share(
        self, key: tuple[str, str], shared: Shared | None, at: int, change: Change | None, more: str = ""
    ) -> None:
        """Whether a copy may be taken, from a moment on."""
        known = self._shares.get(key)
        if known is not None and (shared is None or bool(shared.doubt) != bool(known[2].doubt)):
            self.done.append(_shared_window(key, known, at, change))
            del self._shares[key]
            known = None
        if known is None and shared is not None:
            self._shares[key] = (at, change, shared, more)

    def windows(self) -> Iterable[Window]:
        """All, those that are still open with an end that never comes."""
        yield from (window for window in self.done if window is not _NOTHING)
        for held in self._open.values():
            for place, known in held.items():
                yield self._window(place, known, EVER, None)
        for key, known_share in self._shares.items():
            yield _shared_window(key, known_share, EVER, None)


_NOTHING: Final = Window(resource="", opening=Opening.SHARE, span=Span(0, 0))


def _shared_window(
    key: tuple[str, str], known: tuple[int, Change | None, Shared, str], end: int, change: Change | None
) -> Window:
    start, opened_by, shared, more = known
    return Window(
        resource=key[0],
        opening=Opening.SHARE,
        span=Span(start, _after(start, min(end, shared.until))),
        shared_with=key[1],
        rule=shared.rule,
        opened_by=opened_by,
        closed_by=change if end <= shared.until else None,
        doubt="; ".join(filter(None, (more, shared.doubt))),
        names=shared.names,
    )


def _after(start: int, end: int) -> int:
    """What opens and closes in one moment was open for at most the log's unit of time, and not for none."""
    if end > start:
        return end
    return start + (1 if start % SECOND else SECOND)
