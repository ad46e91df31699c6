"""What a person is given who asks for their data: their own values opened, everybody else's left as pseudonyms."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from hushdesk.desk.persons._find import Row, Whole
from hushdesk.desk.persons._rows import EPOCH
from hushdesk.redact import Kind, canonical
from hushdesk.seal import PER_CASE
from hushdesk.store import EmbeddedStore
from hushdesk.vault import TOKEN_PATTERN, Pseudonymiser

_CHUNK: Final = 500

CUSTOMER: Final = "customer"
AGENT: Final = "agent"
MENTIONED: Final = "mentioned"

_PLAIN: Final = (
    "source", "number", "product", "channel", "language", "country", "status", "priority", "category",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Passage:
    """One text of a case."""

    part: str
    """``subject``, ``description``, ``resolution``, ``message``, ``remarks`` or ``note``."""
    at: str
    """ISO 8601; empty if unknown."""
    role: str
    """Who wrote it: ``customer``, ``agent``, ``other``, ``system`` or empty."""
    yours: bool
    """Whether the person wrote it."""
    internal: bool
    text: str = field(repr=False)
    attachments: tuple[str, ...] = field(default=(), repr=False)
    """Names of files."""


@dataclass(frozen=True, slots=True)
class Disclosed:
    """One case, as far as it is the person's."""

    case_id: str
    role: str
    opened: str
    closed: str
    facts: dict[str, str] = field(repr=False)
    kinds: tuple[str, ...]
    passages: tuple[Passage, ...] = field(repr=False)
    whole: bool
    """False where it is somebody else's case: only the passages in which the person stands or which they wrote are given."""
    left_out: int
    """Internal texts of the case that are not given."""


class Discloser:
    """Opens cases for one person."""

    def __init__(
        self, store: EmbeddedStore, whole: Whole, pseudonyms: Sequence[Pseudonymiser], *, internal: bool
    ) -> None:
        self._store = store
        self._whole = whole
        self._pseudonyms = pseudonyms
        self._internal = internal
        self._values: dict[str, str] = {}
        for value in whole.values:
            # Of several spellings of a name the longest says most.
            if len(value.value) > len(self._values.get(value.token, "")):
                self._values[value.token] = value.value

    def cases(self, rows: Sequence[Row]) -> Iterator[Disclosed]:
        """The cases in the order of their opening."""
        ordered = sorted(rows, key=lambda row: (row.opened or EPOCH, row.case_id))
        for start in range(0, len(ordered), _CHUNK):
            part = ordered[start : start + _CHUNK]
            sealed = {
                row["case_id"]: row for row in self._store.sealed([row.case_id for row in part]).to_pylist()
            }
            for row in part:
                if row.case_id in sealed:
                    yield self._case(row, sealed[row.case_id])

    def _case(self, row: Row, sealed: Mapping[str, Any]) -> Disclosed:
        own = self._whole.own
        role = CUSTOMER if row.customer in own else AGENT if row.agent in own else MENTIONED
        opened = self._opened(row)
        whole = role == CUSTOMER
        passages = []
        left_out = 0
        for passage, raw in _passages(sealed, own):
            if passage.internal and not self._internal:
                left_out += 1
            elif whole or passage.yours or not opened.keys().isdisjoint(TOKEN_PATTERN.findall(raw)):
                passages.append(_open(passage, opened))
        return Disclosed(
            row.case_id,
            role,
            _time(sealed["opened_at"]),
            _time(sealed["closed_at"]),
            {name: _text(sealed[name], opened) for name in _PLAIN if sealed[name]},
            tuple(sealed["kinds"]) if whole else (),
            tuple(passages),
            whole,
            left_out,
        )

    def _opened(self, row: Row) -> dict[str, str]:
        """What each of the person's pseudonyms in a case stands for."""
        found = {
            token: value
            for token, value in self._values.items()
            if token in row.tokens
            and (
                token not in self._whole.shared
                or row.customer in self._whole.own
                or self._whole.shared[token].isdisjoint(row.tokens)
            )
        }
        for value in self._whole.values:
            kind = Kind(value.kind)
            if kind in PER_CASE:
                form = canonical(kind, value.value)
                for maker in self._pseudonyms:
                    token = maker.case_token(kind, form, row.case_id)
                    if token in row.tokens:
                        found.setdefault(token, value.value)
        return found


def _passages(sealed: Mapping[str, Any], own: Collection[str]) -> Iterator[tuple[Passage, str]]:
    """All texts of a case, each with its sealed text."""
    for part in ("subject", "description", "resolution"):
        if sealed[part]:
            yield Passage(part, "", "", yours=False, internal=False, text=sealed[part]), sealed[part]
    messages = zip(
        *(
            sealed[f"messages.{name}"]
            for name in ("text", "at", "role", "author", "visibility", "attachments")
        ),
        strict=True,
    )
    for text, at, role, author, seen, names in messages:
        files = tuple(names.split("\n")) if names else ()
        passage = Passage(
            "message", "" if at == EPOCH else _time(at), role, author in own, seen != "public", text, files
        )
        yield passage, f"{text}\n{names}"
    if sealed["remarks"]:
        yield (
            Passage("remarks", "", "", yours=False, internal=True, text=sealed["remarks"]),
            sealed["remarks"],
        )
    for note in sealed["notes"]:
        yield Passage("note", "", "", yours=False, internal=True, text=note), note


def _open(passage: Passage, opened: Mapping[str, str]) -> Passage:
    return Passage(
        passage.part,
        passage.at,
        passage.role,
        passage.yours,
        passage.internal,
        _text(passage.text, opened),
        tuple(_text(name, opened) for name in passage.attachments),
    )


def _text(text: str, opened: Mapping[str, str]) -> str:
    return TOKEN_PATTERN.sub(lambda match: opened.get(match[0], match[0]), text)


def _time(time: datetime | None) -> str:
    return "" if time is None or time == EPOCH else time.isoformat(timespec="minutes")
