"""One file of evidence as it is kept, and its form as JSON."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from hushdesk.guard import AddressSet, Place
from hushdesk.incident._evidence import Account, Change, Coverage, Gap, Outcome, Refused, Sees
from hushdesk.incident._spans import Span, Spans
from hushdesk.incident.gather._gather import Gathered

FORMAT = 1


@dataclass(frozen=True, slots=True)
class Kept:
    """One file of evidence as it is kept."""

    ident: str
    name: str
    """The file, as it was named."""
    digest: str
    parser: str
    rivals: tuple[str, ...]
    account: Account
    changes: tuple[Change, ...]
    coverage: tuple[Coverage, ...]
    gaps: tuple[Gap, ...]
    problems: tuple[str, ...]
    flows: int
    requests: int
    size: int = 0
    """Bytes of the file as it lies there."""


def kept_of(ident: str, gathered: Gathered) -> Kept:
    """What is kept of what a file gave."""
    return Kept(
        ident,
        gathered.source.name,
        gathered.digest,
        gathered.parser,
        gathered.rivals,
        gathered.account,
        gathered.changes,
        gathered.coverage,
        gathered.gaps,
        gathered.problems,
        gathered.flows.height,
        gathered.requests.height,
        gathered.source.path.stat().st_size,
    )


def to_json(kept: Kept) -> dict[str, Any]:
    """As JSON."""
    account = kept.account
    return {
        "format": FORMAT,
        "ident": kept.ident,
        "name": kept.name,
        "digest": kept.digest,
        "size": kept.size,
        "parser": kept.parser,
        "rivals": list(kept.rivals),
        "account": {
            "records": account.records,
            "kept": account.kept,
            "other": account.other,
            "duplicate": account.duplicate,
            "refused": account.refused,
            "reasons": dict(account.reasons),
            "lines": [[refused.line, refused.reason] for refused in account.lines],
        },
        "changes": [_change_to_json(change) for change in kept.changes],
        "coverage": [
            {
                "log": one.log,
                "of": one.of,
                "spans": _spans_to_json(one.spans),
                "sees": one.sees.value,
                "addresses": list(one.addresses.cidrs()),
                "sampled": one.sampled,
                "why": one.why,
                "place": _place_to_json(one.place),
            }
            for one in kept.coverage
        ],
        "gaps": [
            {
                "log": one.log,
                "of": one.of,
                "spans": _spans_to_json(one.spans),
                "why": one.why,
                "place": _place_to_json(one.place),
            }
            for one in kept.gaps
        ],
        "problems": list(kept.problems),
        "flows": kept.flows,
        "requests": kept.requests,
    }


def from_json(values: Mapping[str, Any]) -> Kept:
    """From JSON."""
    account = values["account"]
    return Kept(
        values["ident"],
        values["name"],
        values["digest"],
        values["parser"],
        tuple(values["rivals"]),
        Account(
            account["records"],
            account["kept"],
            account["other"],
            account["duplicate"],
            account["refused"],
            Counter(account["reasons"]),
            [Refused(line, reason) for line, reason in account["lines"]],
        ),
        tuple(_change_of(change) for change in values["changes"]),
        tuple(
            Coverage(
                log=one["log"],
                of=one["of"],
                spans=_spans_of(one["spans"]),
                sees=Sees(one["sees"]),
                addresses=AddressSet.parse(*one["addresses"]),
                sampled=one["sampled"],
                why=one["why"],
                place=Place(*one["place"]),
            )
            for one in values["coverage"]
        ),
        tuple(
            Gap(
                log=one["log"],
                of=one["of"],
                spans=_spans_of(one["spans"]),
                why=one["why"],
                place=Place(*one["place"]),
            )
            for one in values["gaps"]
        ),
        tuple(values["problems"]),
        values["flows"],
        values["requests"],
        values["size"],
    )


def _change_to_json(change: Change) -> dict[str, Any]:
    return {
        "at": change.at,
        "platform": change.platform,
        "operation": change.operation,
        "resource": change.resource,
        "outcome": change.outcome.value,
        "actor": change.actor,
        "actor_address": change.actor_address,
        "correlation": change.correlation,
        "content": change.content,
        "error": change.error,
        "place": _place_to_json(change.place),
    }


def _change_of(values: Mapping[str, Any]) -> Change:
    return Change(**{**values, "outcome": Outcome(values["outcome"]), "place": Place(*values["place"])})


def _place_to_json(place: Place) -> list[Any]:
    return [place.file, place.line, place.pointer]


def _spans_to_json(spans: Spans) -> list[list[int]]:
    return [[span.start, span.end] for span in spans]


def _spans_of(values: list[list[int]]) -> Spans:
    return Spans(Span(start, end) for start, end in values)
