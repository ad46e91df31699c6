"""The hits of one page, read by their places in the store's parts."""

from __future__ import annotations

from typing import Any, Final

import numpy as np

from hushdesk.analytics._codes import Codes, Numbers, Readable
from hushdesk.analytics._compile import compile_query
from hushdesk.analytics._results import Hit
from hushdesk.analytics._scope import Scope
from hushdesk.analytics._search import read_hits

ORDERS: Final = frozenset({"newest", "oldest"})
"""Orders in which the places of a page are known from memory."""
_SETTINGS: Final = {"max_threads": 1, "use_skip_indexes": 0}
"""The places are known: looking into an index, or into two parts at once, costs more than it saves."""
_MOST_TIES: Final = 1_000
"""Cases of the same moment, besides those of a page, of which the engine tells which come first."""


def page_of(
    store: Readable,
    codes: Codes,
    rows: Numbers,
    by_day: Numbers,
    scope: Scope,
    terms: tuple[str, ...],
    *,
    sort: str,
    page: int,
    page_size: int,
) -> tuple[Hit, ...] | None:
    """The hits of one page, or None if the engine has to look for them.

    Args:
        store: Where to read.
        codes: What lies in memory.
        rows: (rows,) bool: which cases.
        by_day: Them by day.
        scope: Who is asking; limits what is read once more.
        terms: Words and phrases as the query has them.
        sort: One of :data:`ORDERS`.
        page: From 1; there are hits on it.
        page_size: How many hits at most.
    """
    start = (page - 1) * page_size
    wanted = min(page_size, int(by_day.sum()) - start)
    places, skip = _candidates(codes, rows, by_day, start, wanted, newest=sort == "newest")
    if len(places) > wanted + _MOST_TIES:
        return None
    tests: list[str] = []
    params: dict[str, Any] = {}
    for part, (first, length) in codes.places.items():
        mine = places[(places >= first) & (places < first + length)] - first
        if len(mine):
            n = len(tests)
            tests.append(f"(_part = {{part{n}:String}} AND _part_offset IN {{at{n}:Array(UInt64)}})")
            params |= {f"part{n}": part, f"at{n}": mine.tolist()}
    times = codes.opened[places]
    limits = compile_query(store, "", scope)
    found = read_hits(
        store,
        # The time alone leads to the few granules that have to be read.
        "opened_at >= fromUnixTimestamp64Milli({since:Int64}, 'UTC') "
        "AND opened_at <= fromUnixTimestamp64Milli({until:Int64}, 'UTC') "
        f"AND ({' OR '.join(tests)}) AND {limits.sql}",
        {**limits.params, **params, "since": int(times.min()), "until": int(times.max())},
        scope,
        terms,
        sort=sort,
        start=skip,
        count=wanted,
        settings=_SETTINGS,
    )
    # Parts may have been merged meanwhile.
    return found if len(found) == wanted else None


def _candidates(
    codes: Codes, rows: Numbers, by_day: Numbers, start: int, wanted: int, *, newest: bool
) -> tuple[Any, int]:
    """Places of the page's cases, with those of the same moments, and how many of these come before the page."""
    order = by_day[::-1] if newest else by_day
    passed = np.cumsum(order)
    first, last = (int(np.searchsorted(passed, at, side="right")) for at in (start, start + wanted - 1))
    before = int(passed[first - 1]) if first else 0
    if newest:
        first, last = len(by_day) - 1 - last, len(by_day) - 1 - first
    at = np.flatnonzero(rows & (codes.days >= first) & (codes.days <= last))
    opened = codes.opened[at]
    ordered = np.sort(opened)
    if newest:
        ordered = ordered[::-1]
    ends = ordered[start - before], ordered[start - before + wanted - 1]
    low, high = min(ends), max(ends)
    kept = (opened >= low) & (opened <= high)
    earlier = np.count_nonzero(opened > high) if newest else np.count_nonzero(opened < low)
    return at[kept], start - before - int(earlier)
