"""How many cases can have left: everything, unless evidence says less."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from typing import Final

from hushdesk.incident._answer import Exposure, Kin, Reading, Session, Taken, Visitor
from hushdesk.incident._bound import Bound
from hushdesk.incident._spans import NEVER, Span, Spans
from hushdesk.incident.taken._contents import Contents, contents
from hushdesk.incident.taken._selection import Loads, Selection
from hushdesk.store import EmbeddedStore

COMPRESSION: Final = 10
"""A byte on the wire may hold so many bytes of cases, or twice what the store's own packing reaches, if that is more."""

EXPANSION: Final = 6
"""A byte of a case takes at most so many on the wire (``\\u0000`` in JSON, base64 and UTF-16 less)."""

NAMES: Final = 4_096
"""Bytes of names of fields, brackets and headers around one case, at most."""

_NOTHING_LEFT: Final = frozenset({Reading.NO, Reading.TURNED_AWAY})


def taken(
    store: EmbeddedStore,
    ledger: Loads,
    exposures: Sequence[Exposure],
    visitors: Iterable[Visitor],
    *,
    selection: Selection | None = None,
    held: Contents | None = None,
    unbounded: str = "",
) -> Taken:
    """What could be taken in all windows together.

    *At least*: the rows of the largest answer that one session surely got; sessions are not added up, since two of them
    may have got the same cases. Where rows are not counted, bytes that surely left, in cases as large as the largest.
    *At most*: everything, unless each exposed moment is covered by a log that counts rows or bytes. Then it is what these
    count, bytes as compressed cases of the smallest sizes there are.

    Args:
        store: The sealed store, whose rows a finder gets as they are.
        ledger: When loads began.
        exposures: All windows with what the evidence sees of them.
        visitors: Everybody from outside; our own addresses take nothing.
        selection: Which cases it is about; those that were there while it stood open, if left out.
        unbounded: Why what logs count in the windows is not all that left, if it is not; then it may be everything.
        held: What they hold, if it was added up before; a new fact changes the selection rarely.

    Raises:
        QueryError: The selection's query cannot be carried out.
    """
    chosen = selection or Selection.during(ledger, exposures)
    held = contents(store, chosen) if held is None else held
    outside = [one for one in visitors if one.kinship.kin is not Kin.OWN]
    lower, how = _least(held, chosen, outside)
    upper, why = (None, unbounded) if unbounded else _most(held, exposures, outside)
    lower = min(lower, held.cases)
    # What surely left is more than what was counted: then the counting is not to be trusted.
    if upper is not None and upper < lower:
        upper, why = None, "the logs contradict each other"
    everything = upper is None or upper >= held.cases
    most = held.cases if upper is None or everything else upper
    reasons = [*([how] if lower else []), *([why] if most != lower else [])]
    if chosen.revised:
        reasons.append("some cases were there in older versions, which the store no longer holds")
    return Taken(
        cases=Bound(lower, most, "; ".join(reasons)),
        reachable=held.cases,
        everything=everything,
        fields=tuple(held.fields) if most else (),
        kinds={kind: min(number, most) for kind, number in held.kinds.items() if most},
        why="; ".join(reasons),
    )


def _least(held: Contents, selection: Selection, visitors: Sequence[Visitor]) -> tuple[int, str]:
    most_rows = most_by_bytes = 0
    for visitor in visitors:
        rows = data = 0
        for session in visitor.sessions:
            if session.reading is Reading.READ and not session.sampled and selection.about(session.targets):
                rows = max(rows, session.rows.lower)
                data = max(data, session.sent.lower)
        by_bytes = data // (held.largest * EXPANSION + NAMES) if held.largest else 0
        if visitor.rows.upper is not None:
            # A log of requests saw the whole visit: what left beyond the cases that were asked for were no cases.
            by_bytes = min(by_bytes, visitor.rows.upper)
        most_rows, most_by_bytes = max(most_rows, rows), max(most_by_bytes, by_bytes)
    if most_rows >= most_by_bytes:
        return most_rows, "at least the rows of the largest session"
    return most_by_bytes, f"at least the bytes of the largest session in cases of {held.largest:,} bytes"


def _most(
    held: Contents, exposures: Sequence[Exposure], visitors: Sequence[Visitor]
) -> tuple[int | None, str]:
    unseen = _union(one.unseen for one in exposures)
    if unseen:
        return None, f"for {_duration(unseen)} it stood open and no log would have shown who came"
    uncounted = _union(one.exposed - (one.counted | one.asked) for one in exposures)
    if uncounted:
        return None, f"for {_duration(uncounted)} it stood open and no log counted rows or bytes"
    rows = data = 0
    for visitor in visitors:
        if visitor.reading is Reading.UNKNOWN:
            return None, "what one of the visitors did is unknown"
        if not visitor.sessions and visitor.reading not in _NOTHING_LEFT:
            return None, "what one of the visitors did is told nowhere"
        for session in visitor.sessions:
            if session.reading in _NOTHING_LEFT:
                continue
            answer = _of_session(session, exposures)
            if answer is None:
                return None, "a session has no upper number of rows or bytes"
            rows, data = rows + answer[0], data + answer[1]
    if not data:
        return rows, "the logs count rows" if rows else ""
    allowance = max(COMPRESSION, 2 * math.ceil(held.packed))
    cases = held.most_within(data * allowance)
    return rows + cases, (
        f"{data:,} bytes that left, if compressed to a {_ordinal(allowance)}, hold at most {cases:,} whole cases of the"
        f" smallest sizes (from {held.smallest:,} bytes); of more cases single fields can have left"
    )


def _of_session(session: Session, exposures: Sequence[Exposure]) -> tuple[int, int] | None:
    """Rows and bytes that a session got at most, one of them 0; ``None`` if nothing says so."""
    span = Spans([Span(session.span.start, max(session.span.end, session.span.start + 1))])
    met = [one for one in exposures if one.exposed & span and one.window.port in {0, session.port}]
    if session.sampled or session.reading is Reading.UNKNOWN or not met:
        return None
    # A number counts only where its log saw: a session that is known by its bytes alone says "no rows" of nothing.
    if session.rows.upper is not None and all((one.exposed & span) <= one.asked for one in met):
        return session.rows.upper, 0
    if session.sent.upper is not None and all((one.exposed & span) <= one.counted for one in met):
        return 0, session.sent.upper
    return None


def _union(parts: Iterable[Spans]) -> Spans:
    found = NEVER
    for part in parts:
        found |= part
    return found


def _ordinal(number: int) -> str:
    ending = {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
    return f"{number}{'th' if 10 <= number % 100 <= 20 else ending}"


def _duration(spans: Spans) -> str:
    seconds = round(spans.size / 1_000_000)
    if seconds > 100 * 366 * 86_400:
        return "an unknown time"
    days, rest = divmod(seconds, 86_400)
    hours, rest = divmod(rest, 3_600)
    parts = [(days, "d"), (hours, "h"), (rest // 60, "min"), (rest % 60, "s")]
    shown = [f"{number} {unit}" for number, unit in parts if number][:2]
    return " ".join(shown) or "less than a second"
