"""The answer against the truth: window, visitors, bounds, unseen time, persons, and above all no false "no"."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from hushdesk.desk import Desk
from hushdesk.incident._answer import Reading, Visitor
from hushdesk.incident._bound import Bound
from hushdesk.incident._spans import MINUTE, Span, Spans, iso
from hushdesk.incident.answering import Analysis
from hushdesk.incident.drill._truth import Truth, Visit
from hushdesk.redact import Kind, canonical

SLACK = 10 * MINUTE
"""So much more than really was lost may be called unseen, at the edges of lost hours."""


@dataclass(frozen=True, slots=True)
class Point:
    """One thing that was to be found."""

    name: str
    reached: bool
    said: str
    """What the answer says, beside the truth."""


@dataclass(frozen=True, slots=True)
class Score:
    """All points."""

    points: tuple[Point, ...]

    @property
    def full(self) -> bool:
        """Whether nothing was missed."""
        return all(point.reached for point in self.points)


def score(truth: Truth, outcome: Mapping[str, Any], desk: Desk) -> Score:
    """Compare.

    Args:
        truth: What really happened.
        outcome: What the chain gave.
        desk: For looking persons up by pseudonym.
    """
    analysis: Analysis = outcome["analysis"]
    points = [
        *_windows(truth, analysis),
        *_visitors(truth, analysis),
        *_unseen(truth, analysis),
        *_taken(truth, analysis),
        *_persons(truth, analysis, desk),
        _refused(outcome["added"]),
        Point(
            "a letter for each",
            outcome["letters"] == outcome["persons"],
            f"{outcome['letters']:,} letters, {outcome['persons']:,} persons",
        ),
    ]
    return Score(tuple(points))


def _windows(truth: Truth, analysis: Analysis) -> Iterator[Point]:
    found = sorted(
        (exposure.window.span.start, exposure.window.span.end) for exposure in analysis.answer.exposures
    )
    said = ", ".join(f"{iso(start)} to {iso(end)}" for start, end in found) or "none"
    yield Point("windows to the second", found == sorted(truth.windows), said)


def _visitors(truth: Truth, analysis: Analysis) -> Iterator[Point]:
    found = {visitor.address: visitor for visitor in analysis.seen.visitors}
    logged = [visit for visit in truth.visits if visit.logged]
    missing = [visit.role for visit in logged if visit.address not in found]
    yield Point(
        "visitors found",
        not missing,
        f"{len(logged) - len(missing)} of {len(logged)}" + (f"; missing: {missing}" if missing else ""),
    )
    harmless = {Reading.NO, Reading.TURNED_AWAY, Reading.UNKNOWN}
    wrong = [address for address in truth.never if analysis.seen.access.reading(address)[0] not in harmless]
    strangers = [
        address
        for address in found
        if address not in {visit.address for visit in truth.visits} and found[address].reading not in harmless
    ]
    yield Point(
        "nobody accused",
        not wrong and not strangers,
        f"{len(wrong) + len(strangers)} addresses said to have come that never did",
    )
    denied = [
        visit.role
        for visit in truth.visits
        if analysis.seen.access.reading(visit.address)[0] in {Reading.NO, Reading.TURNED_AWAY}
    ]
    yield Point(
        'no false "no"',
        not denied,
        f"{len(denied)} of {len(truth.visits)} visits denied" + (f": {denied}" if denied else ""),
    )
    for visit in logged:
        if visit.address in found:
            yield _bounds(visit, found[visit.address])


def _bounds(visit: Visit, visitor: Visitor) -> Point:
    sent, rows = visitor.sent, visitor.rows
    holds = _within(visit.bytes_taken, sent) and _within(visit.rows_taken, rows)
    # Where a log counted everything, a bound that says less than it could is a miss too.
    sharp = not visit.counted or (sent.lower == sent.upper == visit.bytes_taken)
    said = f"{_said(sent)} bytes (really {visit.bytes_taken:,}), {_said(rows)} cases (really {visit.rows_taken:,})"
    return Point(f"what the {visit.role} took", holds and sharp, said)


def _within(number: int, bound: Bound) -> bool:
    return bound.lower <= number and (bound.upper is None or number <= bound.upper)


def _said(bound: Bound) -> str:
    if bound.upper is None:
        return f"{bound.lower:,} to unknown"
    return f"{bound.lower:,}" if bound.exact else f"{bound.lower:,} to {bound.upper:,}"


def _unseen(truth: Truth, analysis: Analysis) -> Iterator[Point]:
    lost = Spans(Span(start, end) for start, end in truth.unseen)
    said = analysis.answer.unknown
    more = (said - lost).size
    words = f"{said.size / (60 * MINUTE):.2f} h said unseen, {lost.size / (60 * MINUTE):.2f} h really"
    # A lost hour ends with the first record after it, whose flows may have begun before.
    missed = (lost - said).size
    yield Point("lost hours known as lost", missed == 0 and more <= SLACK, words)


def _taken(truth: Truth, analysis: Analysis) -> Iterator[Point]:
    taken = analysis.answer.taken
    most = max((visit.rows_taken for visit in truth.visits), default=0)
    reached = (
        taken is not None
        and taken.reachable == truth.cases
        and taken.cases.lower <= most
        and (taken.cases.upper or 0) >= most
    )
    said = (
        "nothing"
        if taken is None
        else f"{_said(taken.cases)} of {taken.reachable:,}; the largest visit really took {most:,}"
    )
    yield Point("cases taken", reached, said)


def _persons(truth: Truth, analysis: Analysis, desk: Desk) -> Iterator[Point]:
    """Customers are looked up by the pseudonym of their address: nothing is opened for it."""
    assert analysis.persons is not None  # noqa: S101 - the whole answer was asked for
    known = {person for person in analysis.persons.column("person").to_pylist() if person is not None}
    tokens = [
        desk.pseudonyms.token(Kind.EMAIL, form)
        for mail in truth.mails
        if (form := canonical(Kind.EMAIL, mail))
    ]
    found = lost = 0
    for token in tokens:
        # One human being may be two entries of the vault: one by their account, one by an address that stands alone in a text.
        if known.intersection(desk.vault.persons(token)):
            found += 1
        else:
            lost += 1
    yield Point("customers found", lost == 0, f"{found:,} of {len(tokens):,} customers")
    bound = analysis.answer.persons
    upper = bound.upper if bound.upper is not None else found
    yield Point(
        "number of persons holds",
        upper >= len(tokens),
        f"{_said(bound)}; {len(tokens):,} customers really, and whoever is mentioned",
    )


def _refused(added: Mapping[str, Any]) -> Point:
    sums = added["by_parser"]
    lost = sum(
        row["records"] - row["kept"] - row["other"] - row["duplicate"] - row["refused"]
        for row in sums.values()
    )
    records, refused = (sum(row[name] for row in sums.values()) for name in ("records", "refused"))
    return Point(
        "every record accounted for",
        lost == 0 and refused == 0 and "not read" not in sums,
        f"{records:,} records, {refused:,} refused, {lost:,} lost",
    )
