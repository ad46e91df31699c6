"""Values about which the officer has decided, as keyed hashes: known again where they stand, readable nowhere.

A confirmed value is masked wherever it occurs; a rejected one is left alone by detectors and by the leak check. What is
kept of either is a MAC of its letters and digits under a key that no other part of the house uses.
"""

from __future__ import annotations

import hmac
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise
from typing import NamedTuple

from hushdesk.errors import UsageError
from hushdesk.redact import Finding, Kind, fold

PER_CASE = frozenset({Kind.PERSON, Kind.BIRTH_DATE, Kind.PLACE, Kind.ADDRESS, Kind.COORDINATES})
"""Free values of these kinds get a pseudonym that holds within one case only: a common name, a birth
date or a town repeated over all cases could be guessed from how often it occurs."""

_UNSPACED = r"\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff"
# Scripts without blanks between words are read sign by sign.
_TOKEN = re.compile(rf"[{_UNSPACED}]|[^\W_{_UNSPACED}]+")
_RUN = re.compile(r"\d(?:[ \u00a0.\-/()]{0,3}\d){5,30}")
_NOT_FORM = re.compile(r"[\W_]+")
_MOST_WORDS = 12
_MOST_CACHED = 1 << 16
_LEAST = 3
_LEAST_UNSPACED = 2
_NUMBER = 6


class Listed(StrEnum):
    """On which list a value is."""

    ALLOW = "allow"
    """Harmless: left alone."""
    DENY = "deny"
    """Personal: masked wherever it occurs."""


class ValueTooShort(UsageError):  # noqa: N818 - a state of the value, which is not told
    """A value is too short, or too long, to be looked for by itself."""

    def __init__(self) -> None:
        super().__init__(
            "a value of this length cannot be listed: it would be found where it is not meant.",
            remedy="Correct the case at its source, or dismiss the entry.",
        )


@dataclass(frozen=True, slots=True)
class Entry:
    """One value on a list; nothing in it can be read without the key."""

    listed: Listed
    kind: str
    """A :class:`hushdesk.redact.Kind`."""
    mac: bytes
    """16 bytes of HMAC-SHA-256 over the value's letters and digits."""
    head: bytes
    """6 bytes over its first word, by which a text is looked through quickly."""
    words: int
    """Of how many words it was made where it was found; 0 for a number, which is found in any grouping."""
    at: str = ""
    """When it was decided, ISO 8601 in UTC."""


class ValuesWire(NamedTuple):
    """The lists as plain data, for a pipe to an own worker process, never for disk."""

    key: bytes
    entries: tuple[Entry, ...]

    def __repr__(self) -> str:
        return f"ValuesWire(entries={len(self.entries)})"


class ValueLists:
    """The allow list and the deny list of a desk; implements :class:`hushdesk.redact.Judge`.

    Args:
        key: 32 bytes, for this use alone.
        entries: In the order in which they were decided: the last word about a value counts.
    """

    def __init__(self, key: bytes, entries: Iterable[Entry] = ()) -> None:
        self._key = key
        self._entries: dict[bytes, Entry] = {}
        self._denied: dict[bytes, str] = {}
        self._heads: dict[bytes, tuple[int, ...]] = {}
        self._cache: dict[str, tuple[str, tuple[int, ...]]] = {}
        self._numbers = False
        for entry in entries:
            self._entries[entry.mac] = entry
        self._index()

    def entry(self, listed: Listed, kind: Kind, value: str, at: str = "") -> Entry:
        """The entry for a value, not yet on a list.

        Raises:
            ValueTooShort: It has too few letters and digits, or too many words.
        """
        form = _form(value)
        tokens = _TOKEN.findall(value)
        least = _LEAST if form.isascii() else _LEAST_UNSPACED
        if len(form) < least or not tokens or len(tokens) > _MOST_WORDS:
            raise ValueTooShort
        number = _is_number(form)
        return Entry(
            listed,
            kind.value,
            self._mac(b"value", form),
            b"" if number else self._head(_form(tokens[0])),
            0 if number else len(tokens),
            at,
        )

    def add(self, entry: Entry) -> None:
        """Put a value on a list, and off the other one."""
        self._entries[entry.mac] = entry
        self._index()

    def __bool__(self) -> bool:
        """Whether anything is on a list."""
        return bool(self._entries)

    def count(self, listed: Listed) -> int:
        """How many values are on a list."""
        return sum(entry.listed is listed for entry in self._entries.values())

    def id_of(self, value: str) -> str:
        """Sixteen characters that stand for a value: by them a form says which one it means."""
        return self._mac(b"id", _form(value) or value).hex()[:16]

    def decided(self, value: str) -> Listed | None:
        """On which list the value is."""
        if not self._entries:
            return None
        form = _form(value)
        entry = self._entries.get(self._mac(b"value", form)) if form else None
        return entry.listed if entry is not None else None

    def allowed(self, value: str) -> bool:
        """Whether the value was found to be harmless."""
        return self.decided(value) is Listed.ALLOW

    def harmless(self, finding: Finding, value: str) -> bool:
        """Whether a detector's finding is to be dropped. What is known, denied or secret never is."""
        if (
            len(self._entries) == len(self._denied)
            or finding.ref
            or finding.kind is Kind.SECRET
            or finding.detector.startswith(("known", "deny"))
        ):
            return False
        return self.allowed(value)

    def personal(self, text: str) -> Iterator[Finding]:
        """Yield each place of a denied value. Without such values this costs nothing.

        Each word is looked up in a table of words seen before; only behind a word with which a denied value
        begins are hashes made.
        """
        if not self._denied:
            return
        if self._numbers:
            for match in _RUN.finditer(text):
                kind = self._denied.get(self._mac(b"value", _digits(match.group())))
                if kind is not None:
                    yield _finding(match.start(), match.end(), kind)
        if not self._heads:
            return
        tokens = list(_TOKEN.finditer(text))
        for place, token in enumerate(tokens):
            lengths = self._lengths(token.group())[1]
            for length in lengths:
                if place + length > len(tokens):
                    continue
                parts = tokens[place : place + length]
                if any(b.start() - a.end() > 3 for a, b in pairwise(parts)):
                    continue
                form = "".join(self._lengths(part.group())[0] for part in parts)
                kind = self._denied.get(self._mac(b"value", form))
                if kind is not None:
                    yield _finding(token.start(), parts[-1].end(), kind)

    def to_wire(self) -> ValuesWire:
        """Key and entries, to be sent through a pipe to a worker process of one's own."""
        return ValuesWire(self._key, tuple(self._entries.values()))

    @classmethod
    def from_wire(cls, wire: ValuesWire) -> ValueLists:
        """The twin of :meth:`to_wire`, in the worker."""
        return cls(*wire)

    def _index(self) -> None:
        denied = [entry for entry in self._entries.values() if entry.listed is Listed.DENY]
        self._denied = {entry.mac: entry.kind for entry in denied}
        heads: dict[bytes, set[int]] = {}
        for entry in denied:
            if entry.words:
                heads.setdefault(entry.head, set()).add(entry.words)
        self._heads = {head: tuple(sorted(lengths)) for head, lengths in heads.items()}
        self._numbers = any(not entry.words for entry in denied)
        self._cache = {}

    def _lengths(self, token: str) -> tuple[str, tuple[int, ...]]:
        """A word folded, and of how many words the denied values are that begin with it."""
        found = self._cache.get(token)
        if found is None:
            folded = _form(token)
            found = (folded, self._heads.get(self._head(folded), ()))
            if len(self._cache) >= _MOST_CACHED:
                self._cache.clear()
            self._cache[token] = found
        return found

    def _head(self, token: str) -> bytes:
        return self._mac(b"head", token)[:6]

    def _mac(self, use: bytes, form: str) -> bytes:
        return hmac.digest(self._key, use + b"|" + form.encode("utf-8", "surrogatepass"), "sha256")[:16]

    def __reduce__(self) -> str:
        raise TypeError("value lists are not pickled by accident: use to_wire() and from_wire()")

    def __repr__(self) -> str:
        return f"ValueLists(entries={len(self._entries)})"


def _form(value: str) -> str:
    form = _NOT_FORM.sub("", fold(value))
    return form if form.isascii() else "".join(str(int(c)) if c.isdecimal() else c for c in form)


def _digits(text: str) -> str:
    return "".join(str(int(char)) for char in text if char.isdecimal())


def _is_number(form: str) -> bool:
    return len(form) >= _NUMBER and form.isdecimal()


def _finding(start: int, end: int, kind: str) -> Finding:
    return Finding(start, end, Kind(kind), 0.95, "deny-list", "", "the officer has confirmed this value")
