"""What was gathered, on disk: tables and an account for each file of evidence. The logs themselves are not copied.

A file's account is written last and under its final name at once: what has an account is whole.
"""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import polars as pl

from hushdesk.guard import AddressSet, Place
from hushdesk.incident._evidence import (
    FLOWS,
    REQUESTS,
    Account,
    Change,
    Coverage,
    Gap,
    Outcome,
    Refused,
    Sees,
)
from hushdesk.incident._spans import Span, Spans
from hushdesk.incident.gather._gather import Gathered
from hushdesk.incident.gather._tables import by_hour

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


class Shelf:
    """The evidence of one incident."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)

    def known(self, digest: str, member: str = "") -> Kept | None:
        """What is kept of a file with this content; the same file twice is one."""
        path = self.folder / f"{_ident(digest, member)}.json"
        return self._read(path) if path.exists() else None

    def put(self, gathered: Gathered) -> Kept:
        """Keep what a file gave; a file with the same content is replaced."""
        ident = _ident(gathered.digest, gathered.source.member)
        empty = []
        for kind, frame in (("flows", gathered.flows), ("requests", gathered.requests)):
            path = self.folder / f"{ident}.{kind}.parquet"
            if frame.height:
                draft = path.with_suffix(".new")
                frame.write_parquet(draft, compression="zstd")
                draft.replace(path)
            else:
                empty.append(path)
        kept = Kept(
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
        path = self.folder / f"{ident}.json"
        draft = path.with_suffix(".new")
        draft.write_text(json.dumps(_to_json(kept), ensure_ascii=True), "utf-8")
        draft.replace(path)
        # After the account that says that there are none: an account never speaks of rows that are gone.
        for gone in empty:
            gone.unlink(missing_ok=True)
        return kept

    def __len__(self) -> int:
        return sum(1 for _ in self.folder.glob("*.json"))

    def __iter__(self) -> Iterator[Kept]:
        for path in sorted(self.folder.glob("*.json")):
            yield self._read(path)

    def idents(self) -> tuple[str, ...]:
        """Names of what is kept; another file, another name."""
        return tuple(sorted(path.name for path in self.folder.glob("*.json")))

    def flows(self) -> pl.DataFrame:
        """Flows of all files by the hour."""
        frames = self._frames("flows")
        return by_hour(pl.concat(frames)) if frames else _empty(FLOWS)

    def requests(self) -> pl.DataFrame:
        """Requests of all files; ``parser`` and ``file`` say where each stands."""
        frames = [
            pl.read_parquet(self.folder / f"{kept.ident}.requests.parquet").with_columns(
                parser=pl.lit(kept.parser), file=pl.lit(kept.name)
            )
            for kept in self
            if kept.requests
        ]
        more = {"parser": pl.String, "file": pl.String}
        return (
            pl.concat(frames)
            if frames
            else _empty(REQUESTS).with_columns(pl.lit("", kind).alias(name) for name, kind in more.items())
        )

    def _frames(self, kind: str) -> list[pl.DataFrame]:
        return [
            pl.read_parquet(path)
            for path in sorted(self.folder.glob(f"*.{kind}.parquet"))
            if path.with_suffix("").with_suffix(".json").exists()
        ]

    def _read(self, path: Path) -> Kept:
        return _from_json(json.loads(path.read_text("utf-8")))


def _ident(digest: str, member: str) -> str:
    return hashlib.sha256(f"{digest}\n{member}".encode()).hexdigest()[:20]


def _empty(schema: Any) -> pl.DataFrame:
    frame = pl.from_arrow(schema.empty_table())
    assert isinstance(frame, pl.DataFrame)  # noqa: S101 - a table gives a frame
    return frame


def _to_json(kept: Kept) -> dict[str, Any]:
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


def _from_json(values: Mapping[str, Any]) -> Kept:
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
