"""The timeline of an incident as geometry: lanes of spans and moments, placed in per cent of the width."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final

from hushdesk.incident import DAY, EVER, HOUR, Span, Spans, moment, when
from hushdesk.incident.answering import read_moment

MOST_OPENINGS: Final = 6
_MOST_MARKS: Final = 24
_BESIDE: Final = 4.2
"""Marks nearer than so many per cent go below one another."""
_LEVELS: Final = 3
_LEAST: Final = 0.25
"""A shorter bar is drawn at a fixed width."""
_AHEAD: Final = 0.3
"""Deadlines are drawn within this share of the time before now; the rest is in the table of duties."""
_STEPS: Final = ((HOUR, 12), (6 * HOUR, 12), (DAY, 14), (2 * DAY, 16), (7 * DAY, 14))
"""Distance of ticks, each for so many of them at most; beyond the last there are months."""


@dataclass(frozen=True, slots=True)
class Bar:
    """One span of a lane."""

    x: float
    width: float
    css: str
    """Its colour and its shape; :attr:`word` says the same."""
    word: str
    start: int
    end: int
    begun_before: bool = False
    goes_on: bool = False

    @property
    def thin(self) -> bool:
        """Too short to be seen at its own width."""
        return self.width < _LEAST


@dataclass(frozen=True, slots=True)
class Lane:
    """One row."""

    name: str
    kind: str
    """opening, coverage or visitor."""
    bars: tuple[Bar, ...]
    word: str = ""
    """Beside the name: the verdict."""
    more: str = ""


@dataclass(frozen=True, slots=True)
class Mark:
    """One moment, or several at the same time."""

    x: float
    level: int
    number: int
    css: str
    """said, now or due."""
    at: int
    words: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Tick:
    """One label of the axis."""

    x: float
    text: str
    minor: bool


@dataclass(frozen=True, slots=True)
class Timeline:
    """All of it."""

    lanes: tuple[Lane, ...]
    marks: tuple[Mark, ...]
    ticks: tuple[Tick, ...]
    levels: int
    hidden: int
    """Openings that have no lane of their own."""
    later: int
    """Deadlines beyond the right edge."""


@dataclass(frozen=True, slots=True)
class _Frame:
    start: int
    end: int
    now: int
    """What has not ended is drawn up to here, with an arrow."""

    def x(self, at: int) -> float:
        return round(100 * (min(max(at, self.start), self.end) - self.start) / (self.end - self.start), 3)

    def bar(self, span: Span, css: str, word: str) -> Bar:
        first, last = self.x(span.start), self.x(self.now if span.end >= EVER else span.end)
        return Bar(
            first,
            round(max(last - first, 0.0), 3),
            css,
            word,
            span.start,
            span.end,
            begun_before=span.start <= -EVER,
            goes_on=span.end >= EVER,
        )


def timeline(answer: Mapping[str, Any]) -> Timeline | None:
    """Place everything that an answer says of time; none if it says nothing."""
    openings = _openings(answer["windows"])
    moments, dues = _moments(answer), _deadlines(answer["duties"])
    if not openings and not answer["visitors"]["rows"]:
        return None
    frame = _frame(answer, openings, moments)
    within = [one for one in dues if one[0] <= frame.end]
    marks = _marks(frame, [*moments, *within])
    return Timeline(
        lanes=(
            *(_opening(frame, name, spans) for name, spans in openings[:MOST_OPENINGS]),
            *([_coverage(frame, answer["windows"])] if openings else []),
            *(_visitor(frame, row) for row in answer["visitors"]["rows"] if "did" in row),
        ),
        marks=marks,
        ticks=_ticks(frame),
        levels=1 + max((mark.level for mark in marks), default=0),
        hidden=max(0, len(openings) - MOST_OPENINGS),
        later=len({at for at, _, _ in dues} - {at for at, _, _ in within}),
    )


def span_of(value: Mapping[str, Any]) -> Span:
    """A span as the answer writes it."""
    first, last = value["from"], value["to"]
    return Span(read_moment(first) if first else -EVER, read_moment(last) if last else EVER)


def spans_of(values: Iterable[Mapping[str, Any]]) -> Spans:
    """Spans as the answer writes them."""
    return Spans(span_of(value) for value in values)


def _openings(windows: Sequence[Mapping[str, Any]]) -> list[tuple[str, list[tuple[Span, str]]]]:
    """Windows of one resource and port are one lane."""
    found: dict[str, list[tuple[Span, str]]] = {}
    for window in windows:
        what = (
            f"{window['protocol']} {window['port']}" if window["port"] else f"shared: {window['shared_with']}"
        )
        name = f"{what} · {window['resource'].rsplit('/', 1)[-1]}"
        found.setdefault(name, []).append((span_of(window), window["doubt"]))
    return list(found.items())


def _moments(answer: Mapping[str, Any]) -> list[tuple[int, str, str]]:
    told = answer["incident"]
    found = [(read_moment(told["aware_at"]), "said", "aware: clocks run from here")]
    found += [(read_moment(at), "said", name.replace("_", " ")) for name, at in told["moments"].items()]
    found.append((read_moment(told["opened_at"]), "said", "incident opened"))
    if told["closed_at"]:
        found.append((read_moment(told["closed_at"]), "said", "incident closed"))
    found.append((read_moment(answer["at"]), "now", "this answer worked out"))
    return found


def _deadlines(duties: Sequence[Mapping[str, Any]]) -> list[tuple[int, str, str]]:
    """What was checked, and concerns the most, at the front of those at one time."""
    return [
        (read_moment(due["due"]["to"]), "due", f"due: {due['what']}, {due['law']}")
        for due in sorted(duties, key=lambda due: (not due["verified"], -due["persons"]))
        if due["applies"] == "yes" and due["due"] and due["due"]["to"] and not due.get("done")
    ]


def _frame(
    answer: Mapping[str, Any],
    openings: Sequence[tuple[str, Sequence[tuple[Span, str]]]],
    moments: Sequence[tuple[int, str, str]],
) -> _Frame:
    known = [at for at, _, _ in moments]
    for _, spans in openings:
        known += [at for span, _ in spans for at in (span.start, span.end) if abs(at) < EVER]
    for row in answer["visitors"]["rows"]:
        known += [read_moment(row["first"]), read_moment(row["last"])]
    first, last = min(known), max(known)
    length = max(last - first, HOUR)
    ends = [at for at, _, _ in _deadlines(answer["duties"]) if at <= last + int(_AHEAD * length)]
    last = max([last, *ends])
    room = max(last - first, HOUR) // 60
    return _Frame(first - room, last + room, read_moment(answer["until"] or answer["at"]))


def _opening(frame: _Frame, name: str, spans: Sequence[tuple[Span, str]]) -> Lane:
    bars = []
    for span, doubt in spans:
        css = "open-doubt" if doubt else "open"
        bars.append(frame.bar(span, css, "perhaps open" if doubt else "open"))
    return Lane(name, "opening", tuple(bars), more="still open" if any(bar.goes_on for bar in bars) else "")


def _coverage(frame: _Frame, windows: Sequence[Mapping[str, Any]]) -> Lane:
    """What logs would have shown while it stood open; where several openings differ, the least holds."""
    exposed, unseen, uncounted, unasked = Spans(), Spans(), Spans(), Spans()
    for window in windows:
        mine = spans_of(window["exposed"])
        exposed |= mine
        unseen |= mine - spans_of(window["seen"])
        uncounted |= mine - spans_of(window["counted"])
        unasked |= mine - spans_of(window["asked"])
    seen = exposed - unseen
    layers = (
        (unseen, "unseen", "nobody could have seen"),
        (seen & uncounted & unasked, "seen", "connections seen"),
        (seen & unasked - uncounted, "counted", "bytes counted"),
        (seen - unasked, "asked", "requests seen"),
    )
    bars = [frame.bar(span, f"cover-{css}", word) for spans, css, word in layers for span in spans]
    return Lane("What logs could see", "coverage", tuple(sorted(bars, key=lambda bar: bar.start)))


def _visitor(frame: _Frame, row: Mapping[str, Any]) -> Lane:
    # The worst is drawn last, over what else was done at the time; what is not exact goes below all.
    order = ("turned away", "connected", "authenticated", "read")
    did = sorted(
        row["did"],
        key=lambda one: (not one["within"], order.index(one["reading"]) if one["reading"] in order else 0),
    )
    bars = []
    for one in did:
        css, word = f"did-{one['reading'].replace(' ', '-')}", one["reading"]
        if one["within"]:
            css, word = f"{css} within", f"{word}, at times between"
        bars.append(frame.bar(span_of(one), css, word))
    return Lane(row["address"], "visitor", tuple(bars), row["reading"], row["kin_name"] or row["kin"])


def _marks(frame: _Frame, moments: Sequence[tuple[int, str, str]]) -> tuple[Mark, ...]:
    together: dict[tuple[int, str], list[str]] = {}
    for at, css, word in sorted(moments, key=lambda one: one[0]):
        together.setdefault((at, css), []).append(word)
    last = [-100.0] * _LEVELS
    found = []
    for number, ((at, css), words) in enumerate(list(together.items())[:_MOST_MARKS], 1):
        x = frame.x(at)
        level = next((level for level in range(_LEVELS) if x - last[level] >= _BESIDE), last.index(min(last)))
        last[level] = x
        found.append(Mark(x, level, number, css, at, tuple(words)))
    return tuple(found)


def _ticks(frame: _Frame) -> tuple[Tick, ...]:
    length = frame.end - frame.start
    step = next((step for step, most in _STEPS if length <= step * most), 0)
    found = []
    if step:
        at = -(-frame.start // step) * step
        while at < frame.end:
            found.append(
                (at, f"{when(at):%H:%M}" if step < DAY and at % DAY else f"{when(at).day} {when(at):%b}")
            )
            at += step
    else:
        time = when(frame.start).replace(day=1, hour=0, minute=0, second=0, microsecond=0)
        months = max(1, round(length / DAY / 30.4 / 12))
        while (at := moment(time)) < frame.end:
            if at >= frame.start and (time.month - 1) % months == 0:
                found.append((at, f"{time:%b %Y}" if time.month == 1 or not found else f"{time:%b}"))
            time = (time + timedelta(days=32)).replace(day=1)
    return tuple(Tick(frame.x(at), text, bool(order % 2)) for order, (at, text) in enumerate(found))
