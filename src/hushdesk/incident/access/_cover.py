"""Which part of an exposure the evidence can see. What no log covers is not seen, whatever the reason."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from collections.abc import Set as AbstractSet
from functools import reduce

from hushdesk.guard import AddressSet
from hushdesk.incident._answer import Exposure, Opening, Window
from hushdesk.incident._evidence import Coverage, Gap, Sees
from hushdesk.incident._scope import Scope
from hushdesk.incident._spans import Span, Spans

NO_LOG = "no log at all covers this store"
NOT_COVERED = "no log covers this time"
SAMPLED = "only a sampled log covers this time"


def exposures(
    windows: Iterable[Window],
    coverage: Sequence[Coverage],
    gaps: Sequence[Gap],
    scope: Scope,
    *,
    until: int,
    listening: Spans | None = None,
) -> tuple[Exposure, ...]:
    """Each window with what can be seen of it.

    Args:
        windows: In which something stood open.
        coverage: Of all logs.
        gaps: Of all logs; they are cut out of the coverage of the log that they are about.
        scope: The store.
        until: The end of what is still open.
        listening: When the service listened, if anything says so. Shares need no service.
    """
    whole = without_gaps(coverage, gaps, scope)
    found = []
    for window in windows:
        # What an audit log says of the window's own resource: its network had no flow log then, whatever files there are.
        deaf = [gap for gap in gaps if gap.of in {window.resource, window.network, *window.names} - {""}]
        coverage = [_cut(one, [gap for gap in deaf if gap.log == one.log]) for one in whole]
        exposed = Spans([Span(window.span.start, min(window.span.end, until))])
        if listening is not None and window.opening is Opening.NETWORK:
            exposed &= listening
        mine = [one for one in coverage if _may_cover(one, window, scope)]
        seen, counted, asked = (
            _seen(mine, window, scope, sees) & exposed
            for sees in (Sees.CONNECTIONS, Sees.BYTES, Sees.REQUESTS)
        )
        if window.opening is Opening.SHARE:
            # A copy is fetched from the platform: only a log of requests for it shows that.
            seen = counted = asked
        sampled = _union(one.spans for one in mine if one.sampled)
        found.append(
            Exposure(
                window=window,
                exposed=exposed,
                seen=seen,
                counted=counted & seen,
                asked=asked,
                gaps=tuple(_reasons(exposed - seen, mine, gaps, deaf, sampled)),
            )
        )
    return tuple(found)


def without_gaps(coverage: Sequence[Coverage], gaps: Sequence[Gap], scope: Scope) -> list[Coverage]:
    """Coverage without the gaps of the log that each is about."""
    ours = {one.of.casefold() for one in coverage if one.addresses & scope.addresses}
    return [_without_gaps(one, gaps, scope, ours) for one in coverage]


def _without_gaps(coverage: Coverage, gaps: Sequence[Gap], scope: Scope, ours: AbstractSet[str]) -> Coverage:
    def about(gap: Gap) -> bool:
        if gap.of == "*" or gap.of.casefold() == coverage.of.casefold():
            return True
        # A log of everything, or what people say of it, has the holes of its parts.
        return coverage.of == "*" and (scope.named(gap.of) or gap.of.casefold() in ours)

    return _cut(coverage, [gap for gap in gaps if gap.log == coverage.log and about(gap)])


def _cut(coverage: Coverage, gaps: Sequence[Gap]) -> Coverage:
    holes = _union(gap.spans for gap in gaps)
    if not holes & coverage.spans:
        return coverage
    return Coverage(
        log=coverage.log,
        of=coverage.of,
        spans=coverage.spans - holes,
        sees=coverage.sees,
        addresses=coverage.addresses,
        sampled=coverage.sampled,
        why=coverage.why,
        place=coverage.place,
    )


def _may_cover(coverage: Coverage, window: Window, scope: Scope) -> bool:
    if _foreign(coverage, scope):
        return False
    if _whole(coverage, window, scope):
        return True
    return window.opening is Opening.NETWORK and bool(coverage.addresses & scope.addresses)


def _foreign(coverage: Coverage, scope: Scope) -> bool:
    """Whether a log knows the store under none of its addresses: then its rows were left out as another's."""
    return bool(scope.addresses and coverage.addresses) and not coverage.addresses & scope.addresses


def _whole(coverage: Coverage, window: Window, scope: Scope) -> bool:
    """Whether a log sees everything that happens at the window's resource."""
    return scope.watched_whole(coverage) or coverage.of in {window.resource, *window.names}


def _seen(coverage: Sequence[Coverage], window: Window, scope: Scope, sees: Sees) -> Spans:
    """When something of this sort would have been seen, at every address of the store."""
    able = [one for one in coverage if sees in one.sees and not one.sampled]
    whole = _union(
        one.spans for one in able if one.of == "*" or one.of in {window.resource, *window.names}
    ) | _of_parts([one for one in able if scope.named(one.of)], scope)
    singles = scope.single_addresses()
    if not singles:
        return whole
    by_address = [
        _union(one.spans for one in able if address <= one.addresses) | whole for address in singles
    ]
    return reduce(Spans.__and__, by_address)


def _of_parts(coverage: Sequence[Coverage], scope: Scope) -> Spans:
    """When all named resources were seen, of each log: of two servers each sees its own requests alone.

    Two that watch an address of the store in common (the rules of a network interface and those of its subnet) are one.
    """
    seen: dict[str, list[tuple[AbstractSet[str], AddressSet, Spans]]] = {}
    for one in coverage:
        parts = seen.setdefault(one.log, [])
        # People say "cases-nsg" where the log writes the whole path.
        names: AbstractSet[str] = {one.of.casefold(), one.of.rstrip("/").rsplit("/", 1)[-1].casefold()}
        addresses, spans = one.addresses & scope.addresses, one.spans
        for part in [part for part in parts if names & part[0] or addresses & part[1]]:
            parts.remove(part)
            names, addresses, spans = names | part[0], addresses | part[1], spans | part[2]
        parts.append((names, addresses, spans))
    return _union(reduce(Spans.__and__, (spans for _, _, spans in parts)) for parts in seen.values())


def _union(many: Iterable[Spans]) -> Spans:
    return Spans(span for spans in many for span in spans)


def _reasons(
    unseen: Spans, mine: Sequence[Coverage], gaps: Sequence[Gap], deaf: Sequence[Gap], sampled: Spans
) -> Iterable[tuple[Span, str]]:
    about = {(one.log, one.of) for one in mine} | {(gap.log, gap.of) for gap in deaf}
    logs = {log for log, _ in about}
    for span in unseen:
        rest = Spans([span])
        for gap in gaps:
            if (gap.log, gap.of) in about or (gap.of == "*" and gap.log in logs):
                for part in rest & gap.spans:
                    yield part, f"{gap.log}: {gap.why}"
                rest -= gap.spans
        for part in rest & sampled:
            yield part, SAMPLED
        rest -= sampled
        for part in rest:
            yield part, NOT_COVERED if mine else NO_LOG
