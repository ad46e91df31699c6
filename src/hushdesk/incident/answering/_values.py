"""The answer as plain values: for ``--json``, for pages, and for the answer that is kept."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final

from hushdesk.guard import AddressSet, Place, describe
from hushdesk.incident._answer import Due, Exposure, Group, Session, Severity, Taken, Visitor
from hushdesk.incident._bound import Bound
from hushdesk.incident._evidence import Change
from hushdesk.incident._spans import EVER, Span, Spans, iso
from hushdesk.incident.dossier import Dossier, Settings
from hushdesk.incident.duties import countdown, remaining

if TYPE_CHECKING:
    from hushdesk.incident.answering._analyse import Analysis, Seen
    from hushdesk.incident.gather import Kept

MOST_VISITORS: Final = 500
"""So many visitors are told one by one; all are counted."""
MOST_SESSIONS: Final = 200
LANES: Final = 20
"""Of so many visitors, the worst, the answer says when they were there: a timeline has a lane for each."""
MOST_LINES: Final = 20
"""So many refused lines of a file are told."""


def moment_value(at: int) -> str | None:
    """ISO 8601, or none for "ever" and "before everything"."""
    return None if abs(at) >= EVER else iso(at)


def span_value(span: Span) -> dict[str, Any]:
    """From and to; none where it has no end or no known beginning."""
    return {
        "from": moment_value(span.start),
        "to": moment_value(span.end),
        "seconds": None if abs(span.start) >= EVER or span.end >= EVER else span.seconds,
    }


def spans_value(spans: Spans) -> list[dict[str, Any]]:
    """Each span."""
    return [span_value(span) for span in spans]


def bound_value(bound: Bound) -> dict[str, Any]:
    """Lower, upper (none: unknown), and why they differ."""
    return {"lower": bound.lower, "upper": bound.upper, "why": bound.why}


def _place(place: Place) -> str:
    return str(place) if place.file or place.line else ""


def _change(change: Change | None) -> dict[str, Any] | None:
    if change is None:
        return None
    return {
        "at": iso(change.at),
        "operation": change.operation,
        "actor": change.actor,
        "actor_address": change.actor_address,
        "place": _place(change.place),
    }


def sources_value(sources: AddressSet | None) -> dict[str, Any] | None:
    """How many addresses, in words, and a few networks."""
    if sources is None:
        return None
    return {"words": describe(sources), "ipv4": sources.v4.size, "ipv6": sources.v6.size}


def exposure_value(exposure: Exposure) -> dict[str, Any]:
    """One window with what is seen of it."""
    window = exposure.window
    return {
        "resource": window.resource,
        "opening": window.opening.value,
        "protocol": window.protocol,
        "port": window.port,
        **span_value(window.span),
        "open": window.span.end >= EVER,
        "rule": window.rule,
        "shared_with": window.shared_with,
        "sources": sources_value(window.sources),
        "opened_by": _change(window.opened_by),
        "closed_by": _change(window.closed_by),
        "doubt": window.doubt,
        "exposed": spans_value(exposure.exposed),
        "seen": spans_value(exposure.seen),
        "counted": spans_value(exposure.counted),
        "asked": spans_value(exposure.asked),
        "unseen": [{**span_value(span), "why": why} for span, why in exposure.gaps],
    }


def session_value(session: Session) -> dict[str, Any]:
    """What one address did within an hour or a connection."""
    return {
        **span_value(session.span),
        "inside": session.inside,
        "port": session.port,
        "reading": session.reading.value,
        "sent": bound_value(session.sent),
        # A flow, which has a port, tells of no cases.
        "rows": None if session.port else bound_value(session.rows),
        "asked": list(session.asked),
        "targets": list(session.targets),
        "places": [text for place in session.places if (text := _place(place))],
    }


def did_value(visitor: Visitor) -> list[dict[str, Any]]:
    """When an address was there and what it did then; sessions of one kind that touch are one.

    ``within``: a log of requests adds up what it asked from the first to the last, so it was there at times between the two.
    """
    found: list[dict[str, Any]] = []
    kinds = [(session.reading, not session.port) for session in visitor.sessions]
    for kind in dict.fromkeys(kinds):
        spans = Spans(
            Span(session.span.start, max(session.span.end, session.span.start + 1))
            for session, mine in zip(visitor.sessions, kinds, strict=True)
            if mine == kind
        )
        found += [
            {"from": iso(span.start), "to": iso(span.end), "reading": kind[0].value, "within": kind[1]}
            for span in list(spans)[:MOST_SESSIONS]
        ]
    return sorted(found, key=lambda one: str(one["from"]))


def visitor_value(visitor: Visitor, *, sessions: bool = False, most: int = MOST_SESSIONS) -> dict[str, Any]:
    """One outside address."""
    value: dict[str, Any] = {
        "address": visitor.address,
        "kin": visitor.kinship.kin.value,
        "kin_name": visitor.kinship.name,
        "kin_by": visitor.kinship.by,
        "reading": visitor.reading.value,
        "first": iso(visitor.span.start),
        "last": iso(visitor.span.end),
        "sent": bound_value(visitor.sent),
        "received": bound_value(visitor.received),
        "rows": bound_value(visitor.rows),
        "asked": list(visitor.asked),
        "why": visitor.why,
    }
    if sessions:
        value["sessions"] = [session_value(session) for session in visitor.sessions[:most]]
    return value


def seen_value(seen: Seen) -> dict[str, Any]:
    """Windows and visitors."""
    return {
        "windows": [exposure_value(exposure) for exposure in seen.access.exposures],
        "elsewhere": seen.elsewhere,
        "unresolved": list(seen.unresolved),
        "unknown": spans_value(seen.access.unknown),
        "strays": seen.access.strays,
        "unnamed": seen.access.unnamed,
        "visitors": {
            "total": seen.access.table.height,
            "by_reading": {reading.value: count for reading, count in seen.access.counts().items()},
            "rows": [
                visitor_value(visitor) | ({"did": did_value(visitor)} if at < LANES else {})
                for at, visitor in enumerate(seen.visitors[:MOST_VISITORS])
            ],
        },
        "until": moment_value(seen.until),
    }


def severity_value(severity: Severity | None) -> dict[str, Any] | None:
    """Score, level and every input."""
    if severity is None:
        return None
    return {
        "lower": round(severity.lower, 2),
        "upper": round(severity.upper, 2),
        "level": severity.level.value,
        "lower_level": severity.level_of(severity.lower).value,
        "flags": list(severity.flags),
        "inputs": [
            {"name": one.name, "lower": one.lower, "upper": one.upper, "evidence": one.evidence}
            for one in severity.inputs
        ],
    }


def group_value(group: Group) -> dict[str, Any]:
    """One group of persons."""
    return {
        "name": group.name,
        "persons": bound_value(group.persons),
        "kinds": list(group.kinds),
        "severity": severity_value(group.severity),
        "scam": round(group.scam, 2),
        "countries": dict(group.countries),
        "languages": dict(group.languages),
        "nearest": group.nearest,
    }


def taken_value(taken: Taken | None) -> dict[str, Any] | None:
    """What could be taken."""
    if taken is None:
        return None
    return {
        "cases": bound_value(taken.cases),
        "reachable": taken.reachable,
        "everything": taken.everything,
        "fields": list(taken.fields),
        "kinds": dict(taken.kinds),
        "why": taken.why,
    }


def due_value(due: Due, now: int) -> dict[str, Any]:
    """One duty with its countdown."""
    return {
        "duty": due.duty,
        "law": due.law,
        "recipient": due.recipient,
        "what": due.what,
        "applies": due.applies,
        "why": due.why,
        "due": None if due.due is None else span_value(due.due),
        "remaining_seconds": None if (left := remaining(due, now)) is None else left / 1_000_000,
        "countdown": countdown(due, now),
        "clock": due.clock,
        "verified": due.verified,
        "source": due.source,
        "version": due.version,
        "persons": due.persons,
        "done": None if due.done is None else iso(due.done),
        "late": due.late,
    }


def file_value(kept: Kept) -> dict[str, Any]:
    """One file of evidence and what became of its records."""
    account = kept.account
    return {
        "file": kept.name,
        "digest": kept.digest,
        "size": kept.size,
        "parser": kept.parser,
        "rivals": list(kept.rivals),
        "records": account.records,
        "kept": account.kept,
        "other": account.other,
        "duplicate": account.duplicate,
        "refused": account.refused,
        "reasons": dict(account.reasons),
        "refused_lines": [{"line": one.line, "reason": one.reason} for one in account.lines[:MOST_LINES]],
        "problems": list(kept.problems),
        "changes": len(kept.changes),
        "flows": kept.flows,
        "requests": kept.requests,
    }


def evidence_value(files: Sequence[Kept]) -> dict[str, Any]:
    """All files, added up by parser, and those of which something was not read."""
    by_parser: dict[str, dict[str, int]] = {}
    for kept in files:
        sums = by_parser.setdefault(
            kept.parser or "not read",
            dict.fromkeys(("files", "records", "kept", "other", "duplicate", "refused"), 0),
        )
        sums["files"] += 1
        for name in ("records", "kept", "other", "duplicate", "refused"):
            sums[name] += getattr(kept.account, name)
    troubled = [file_value(kept) for kept in files if kept.problems or kept.account.refused]
    return {"files": len(files), "by_parser": by_parser, "troubled": troubled[:MOST_VISITORS]}


def settings_value(settings: Settings) -> dict[str, Any]:
    """What was said of the incident."""
    return {
        "ident": settings.ident,
        "title": settings.title,
        "store": settings.store,
        "opened_at": iso(settings.opened_at),
        "opened_by": settings.opened_by,
        "aware_at": iso(settings.aware_at),
        "moments": {name: iso(at) for name, at in settings.moments.items()},
        "facts": dict(settings.facts),
        "statements": len(settings.statements),
        "closed_at": None if settings.closed_at is None else iso(settings.closed_at),
        "closed_by": settings.closed_by,
        "closing": settings.closing,
    }


def persons_value(analysis: Analysis) -> dict[str, Any]:
    """Persons without identities."""
    answer, swept = analysis.answer, analysis.swept
    return {
        **bound_value(answer.persons),
        "shredded": analysis.shredded,
        "groups": [
            {
                **group_value(group),
                "decision": decision.why,
                "tell_authority": decision.verdict.regulator,
                "tell_persons": decision.verdict.persons,
            }
            for group, decision in zip(answer.groups, analysis.decisions, strict=True)
        ],
        "sweep": None
        if swept is None
        else {
            "persons": len(swept.persons),
            "values": swept.values,
            "not_looked_for": dict(swept.not_looked_for),
            "cases": swept.cases,
        },
    }


def answer_value(
    dossier: Dossier, analysis: Analysis, now: int, letters: Mapping[str, Any] | None = None
) -> dict[str, Any]:
    """The whole answer."""
    answer = analysis.answer
    return {
        "incident": settings_value(dossier.settings),
        "at": iso(now),
        "evidence": evidence_value(list(dossier.shelf)),
        **seen_value(analysis.seen),
        "taken": taken_value(answer.taken),
        "persons": persons_value(analysis),
        "severity": severity_value(answer.severity),
        "duties": [due_value(due, now) for due in answer.dues],
        "letters": letters,
    }
