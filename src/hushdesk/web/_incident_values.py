"""What an answer says in the words of its page."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from hushdesk.incident import EVER, SECOND, Span, when
from hushdesk.incident.answering import read_moment
from hushdesk.incident.duties import words_left
from hushdesk.incident.notices import NoticeError, document_from, plain
from hushdesk.web._timeline import spans_of

MOST_LISTED: Final = 100
VERDICTS: Final = {
    "read": ("bad", "◆", "Content left, or was asked for and given."),
    "authenticated": ("bad", "◈", "It logged in; nothing shows that content left."),
    "connected": ("warn", "◇", "A connection was taken; nothing shows what went over it."),
    "unknown": (
        "warn",
        "?",
        "No log covers all the time in which it could have come: this is never less than “connected”, and never “no”.",
    ),
    "turned away": ("good", "○", "It tried, and every attempt was refused."),
    "no": ("good", "–", "All the time in which it could have come is covered, and nothing was shown."),
}
"""For each verdict: colour, shape, meaning."""
LEVELS: Final = {"low": "good", "medium": "warn", "high": "bad", "very high": "bad"}
LETTERS: Final = (
    ("accepted", "good", "accepted", "The relay took it."),
    (
        "in doubt",
        "doubt",
        "in doubt",
        "Nobody has said whether the relay took it. It is not sent again by itself.",
    ),
    ("intent", "doubt", "being sent", "Written down as about to be sent; the outcome is not yet."),
    ("planned", "same", "planned", "Due."),
    ("deferred", "same", "deferred", "Refused for now; due again later."),
    ("refused", "warn", "refused", "Refused for good at one address; the next one is due."),
    ("bounced", "warn", "bounced", "Taken, and returned; the next address is due."),
    ("second channel", "warn", "second channel", "No address works, or there is none: print them."),
    ("excluded", "same", "excluded", "Left out by decision."),
)
"""States of letters: name, colour, word, meaning."""


@dataclass(frozen=True, slots=True)
class Tile:
    """One figure of the answer in short."""

    name: str
    value: str
    under: str
    css: str = ""
    left: int | None = None
    """Seconds that a countdown starts from."""


def amount(bound: Mapping[str, Any], unit: Callable[[int], str] = "{:,}".format) -> str:
    """A figure from below and from above."""
    lower, upper = bound["lower"], bound["upper"]
    if upper is None:
        return f"{unit(lower)} or more" if lower else "unknown"
    return unit(lower) if lower == upper else f"{unit(lower)} to {unit(upper)}"


def long(seconds: float) -> str:
    """A length of time in its two largest units."""
    minutes = int(seconds) // 60
    days, rest = divmod(minutes, 24 * 60)
    hours, minutes = divmod(rest, 60)
    if days:
        return f"{days} d {hours} h"
    return f"{hours} h {minutes} min" if hours else f"{minutes} min"


def left(seconds: float) -> str:
    """What is left of a term; the script of the page counts it down in the same words."""
    return words_left(int(seconds) * SECOND)


def at(text: str | None) -> datetime | None:
    """A time of an answer."""
    return when(read_moment(text)) if text else None


def time_of(moment: int) -> datetime | None:
    """A moment; none for one without an end or a known beginning."""
    return None if abs(moment) >= EVER else when(moment)


def tiles(answer: Mapping[str, Any]) -> list[Tile]:
    """The answer in ten seconds: since when, who came, what they took, whose data, how bad, what is due next."""
    return [
        _opened(answer["windows"]),
        _visited(answer),
        _taken(answer["taken"]),
        _persons(answer["persons"]),
        _severe(answer["severity"]),
        _next(answer["duties"]),
    ]


def _opened(windows: Sequence[Mapping[str, Any]]) -> Tile:
    if not windows:
        return Tile("Stood open", "not shown", "No evidence shows an opening.")
    exposed = spans_of(span for window in windows for span in window["exposed"])
    total = long(exposed.size / SECOND)
    before = any(window["from"] is None for window in windows)
    first = min((window["from"] for window in windows if window["from"]), default=None)
    since = (
        "since before the evidence begins"
        if before
        else f"since {first[:16].replace('T', ' ')}"
        if first
        else ""
    )
    if any(window["open"] for window in windows):
        return Tile("Stood open", f"{total}, still", since, "bad")
    last = max(window["to"] for window in windows if window["to"])
    return Tile("Stood open", total, f"{since}, closed {last[:16].replace('T', ' ')}")


def _visited(answer: Mapping[str, Any]) -> Tile:
    visitors, unseen = answer["visitors"], sum(span["seconds"] or 0 for span in answer["unknown"])
    by = {reading: count for reading, count in visitors["by_reading"].items() if reading != "turned away"}
    count = sum(by.values())
    said = ", ".join(f"{number:,} {reading}" for reading, number in by.items())
    dark = f"{long(unseen)} unseen by any log" if unseen else ""
    value = f"{count:,}{' or more' if unseen else ''}" if count else "unknown" if unseen else "nobody"
    css = "bad" if by.get("read") or by.get("authenticated") else "warn" if count or unseen else "good"
    return Tile("Outside addresses that got in", value, "; ".join(filter(None, (said, dark))), css)


def _taken(taken: Mapping[str, Any] | None) -> Tile:
    if taken is None:
        return Tile("Cases taken", "unknown", "Nobody has worked it out.", "warn")
    upper = taken["cases"]["upper"]
    css = "bad" if taken["cases"]["lower"] else "" if upper == 0 else "warn"
    return Tile("Cases taken", amount(taken["cases"]), f"of {taken['reachable']:,} in the store", css)


def _persons(persons: Mapping[str, Any]) -> Tile:
    css = "bad" if persons["lower"] else "" if persons["upper"] == 0 else "warn"
    return Tile("Persons concerned", amount(persons), f"in {len(persons['groups']):,} groups", css)


def _severe(severity: Mapping[str, Any] | None) -> Tile:
    if severity is None:
        return Tile("Severity", "unknown", "Nobody is concerned, or nobody has worked it out.")
    score = f"ENISA {severity['lower']:.2f} to {severity['upper']:.2f}; the upper end decides"
    return Tile("Severity", severity["level"], score, LEVELS[severity["level"]])


def _next(duties: Sequence[Mapping[str, Any]]) -> Tile:
    running = [
        due
        for due in duties
        if due["applies"] == "yes" and due["remaining_seconds"] is not None and not due.get("done")
    ]
    if not running:
        perhaps = sum(due["applies"] == "unknown" for due in duties)
        return Tile(
            "Next duty",
            "none runs",
            f"{perhaps:,} may apply: facts are missing" if perhaps else "",
            "warn" if perhaps else "",
        )
    first = min(running, key=_pressing)
    seconds = int(first["remaining_seconds"])
    others = sum(due["remaining_seconds"] == first["remaining_seconds"] for due in running) - 1
    also = f", and {others:,} more then" if others else ""
    css = "bad" if seconds < 24 * 3600 else "warn" if seconds < 72 * 3600 else ""
    return Tile("Next duty", left(seconds), f"{first['law']}: {first['what']}{also}", css, seconds)


def _pressing(due: Mapping[str, Any]) -> tuple[bool, bool, float, bool, int]:
    """What must be done first at the front; of those at one time what was checked, and concerns the most."""
    remains = due["remaining_seconds"]
    return bool(due.get("done")), remains is None, remains or 0.0, not due["verified"], -due["persons"]


def duties(answer: Mapping[str, Any]) -> dict[str, list[dict[str, Any]]]:
    """Duties by whether they apply; those that press first at the front, those done at the end."""
    found: dict[str, list[dict[str, Any]]] = {"yes": [], "unknown": [], "no": []}
    for due in sorted(answer["duties"], key=_pressing):
        remains = None if due.get("done") else due["remaining_seconds"]
        shown = {
            "left": None if remains is None else int(remains),
            "css": ""
            if remains is None
            else "bad"
            if remains < 24 * 3600
            else "warn"
            if remains < 72 * 3600
            else "",
            "words": _term(due) if remains is None else left(remains),
        }
        found[due["applies"]].append(
            {**due, **shown, "done": due.get("done"), "late": due.get("late", False)}
        )
    return found


def _term(due: Mapping[str, Any]) -> str:
    """What stands in place of a countdown."""
    if due.get("done"):
        return str(due["countdown"])
    if "; not known: when " in due["clock"]:
        return "not running"
    return "without delay" if due["clock"].startswith("without undue delay") else "no term known"


def groups(answer: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Groups of persons, those of whom a caller could know the most first."""
    return sorted(
        answer["persons"]["groups"],
        key=lambda group: (-group["scam"], -group["severity"]["upper"], -(group["persons"]["upper"] or 0)),
    )


def letters(told: Mapping[str, Any] | None) -> dict[str, Any] | None:
    """Where the letters stand, as parts of a bar; what is in doubt is a state of its own."""
    if told is None:
        return None
    counts = told.get("counts") or {}
    total = sum(counts.values()) or 1
    parts, x = [], 0.0
    for name, css, word, why in LETTERS:
        width = 100 * counts.get(name, 0) / total
        parts.append(
            {
                "name": word,
                "css": css,
                "why": why,
                "count": counts.get(name, 0),
                "x": round(x, 3),
                "width": round(width, 3),
            }
        )
        x += width
    return {**told, "parts": [part for part in parts if part["count"]], "begun": bool(counts)}


def documents(found: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Notices in short; the newest with its text."""
    shown = []
    for order, one in enumerate(found):
        text = ""
        if order == 0:
            try:
                text = plain(document_from(one))
            except NoticeError:
                text = ""
        shown.append(
            {
                "phase": one.get("phase", 0),
                "title": one.get("title", ""),
                "language": one.get("language", ""),
                "dated": when(int(one.get("dated", 0))),
                "missing": list(one.get("missing", ())),
                "text": text,
            }
        )
    return shown


def short_span(span: Span) -> tuple[datetime | None, datetime | None]:
    """Both ends for people."""
    return time_of(span.start), time_of(span.end)
