"""Scoring: what was labelled against what was found.

Only letters and digits are counted; a set of places in a text is one whole number, a bit for each code point.
"""

from __future__ import annotations

import hashlib
import heapq
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field

from hushdesk.redact._types import Kind
from hushdesk.redact.evaluate._corpus import Corpus
from hushdesk.redact.evaluate._documents import Document
from hushdesk.redact.evaluate._labels import ASIDE

Found = tuple[int, int, str | None]
"""Start, end, row; the row is None for what covers text but belongs to no row."""

_PARTS = {Kind.PERSON.value: "", Kind.ADDRESS.value: ","}
"""Rows whose parts count as one if nothing but blanks, and these characters, stands between them."""
_GAP = 3
_BLANKS = " \t\r\n\v\f\xa0\u3000"


@dataclass(slots=True)
class Tally:
    """Right, wrong and missed."""

    right: int = 0
    wrong: int = 0
    missed: int = 0

    @property
    def precision(self) -> float | None:
        """Right among found."""
        return share(self.right, self.right + self.wrong)

    @property
    def recall(self) -> float | None:
        """Right among labelled."""
        return share(self.right, self.right + self.missed)

    @property
    def f1(self) -> float | None:
        """The harmonic mean of both."""
        return harmonic(self.precision, self.recall)


@dataclass(slots=True)
class Cover:
    """How much of what was labelled is masked, by whatever; and how much of the mask was labelled."""

    entities: int = 0
    whole: int = 0
    """Entities of which every letter and digit is masked."""
    chars: int = 0
    hit: int = 0
    masked: int = 0
    """Masked letters and digits of rows that are labelled without gaps."""
    right: int = 0
    """Those of them that are labelled, as whatever."""
    documents: int = 0
    leaking: int = 0
    """Documents with an entity that is not masked whole."""

    @property
    def any_recall(self) -> float | None:
        """Share of the labelled letters and digits that is masked."""
        return share(self.hit, self.chars)

    @property
    def full(self) -> float | None:
        """Share of the entities that is masked whole."""
        return share(self.whole, self.entities)

    @property
    def mask_precision(self) -> float | None:
        """Share of the mask that was labelled."""
        return share(self.right, self.masked)

    @property
    def mask_f1(self) -> float | None:
        """The harmonic mean of mask precision and recall by anything."""
        return harmonic(self.mask_precision, self.any_recall)

    @property
    def leaks(self) -> int:
        """Entities that are not masked whole."""
        return self.entities - self.whole


@dataclass(slots=True)
class RowScore:
    """The figures of one row."""

    exact: Tally = field(default_factory=Tally)
    chars: Tally = field(default_factory=Tally)
    cover: Cover = field(default_factory=Cover)
    precise: bool = False
    """Whether some source labels this row without gaps, so that precision has a meaning."""


@dataclass(frozen=True, slots=True, order=True)
class Mistake:
    """One place at which the mask is wrong. Holds no text."""

    rank: int = field(repr=False)
    """Orders mistakes at random, but always alike."""
    file: str
    line: int
    start: int
    end: int
    row: str
    problem: str
    """``leaked``, ``partly masked`` or ``masked in vain``."""


class Score:
    """Adds up documents."""

    def __init__(self, corpus: Corpus, *, kinds: Collection[str] = (), mistakes: int = 0) -> None:
        """Begin with nothing.

        Args:
            corpus: Whose documents will come.
            kinds: Score only these rows; labels of others are set aside, findings of others merely cover.
            mistakes: How many mistakes to keep.
        """
        self._corpus = corpus
        self._kinds = corpus.rows.of_all(kinds)
        self._most = mistakes
        self._heap: list[tuple[int, Mistake]] = []
        self.rows: dict[str, RowScore] = {}
        self.sources: dict[str, Cover] = {}
        self.languages: dict[str, Cover] = {}
        self.total = Cover()
        self.unknown: set[str] = set()
        """Labels of foreign findings that are in no table."""

    @property
    def mistakes(self) -> list[Mistake]:
        """Some mistakes, spread over all documents, in their order."""
        return sorted((one for _, one in self._heap), key=lambda m: (m.file, m.line, m.start, m.end))

    def add(self, document: Document, findings: Iterable[tuple[int, int, str]]) -> None:
        """Score one document.

        Args:
            document: The document.
            findings: Start, end and label of what was found; labels may be anybody's.
        """
        text = document.text
        letters = _bits(text)
        found: list[Found] = []
        for start, end, label in findings:
            row = self._corpus.row(label)
            if row is None:
                self.unknown.add(label)
            if start < end:
                found.append((max(0, start), min(end, len(text)), row))
        gold = {(span.start, span.end, self._corpus.rows.of(span.row)) for span in document.spans}
        complete = self._corpus.complete[document.source]
        if self._kinds:
            complete &= self._kinds
        covered = places(found) & letters
        self._rows(letters, gold, joined_parts(text, found), covered, complete)
        one = Cover(documents=1)
        for start, end, row in gold:
            if row not in ASIDE and (not self._kinds or row in self._kinds):
                inside = places([(start, end, row)]) & letters
                hit = (inside & covered).bit_count()
                if inside:
                    one.entities += 1
                    one.whole += hit == inside.bit_count()
                    one.chars += inside.bit_count()
                    one.hit += hit
                    if inside & ~covered:
                        self._remember(document, start, end, row, "partly masked" if hit else "leaked")
        labelled = places(gold)
        counted = places([one_found for one_found in found if one_found[2] in complete]) & letters
        one.masked = counted.bit_count()
        one.right = (counted & labelled).bit_count()
        one.leaking = int(one.leaks > 0)
        if self._most:
            for start, end, row in found:
                if row in complete and not places([(start, end, row)]) & letters & labelled:
                    self._remember(document, start, end, row or "", "masked in vain")
        for cover in (
            self.sources.setdefault(document.source, Cover()),
            self.languages.setdefault(document.lang, Cover()),
            self.total,
        ):
            _plus(cover, one)

    def _rows(
        self,
        letters: int,
        gold: set[tuple[int, int, str]],
        found: set[Found],
        covered: int,
        complete: Collection[str],
    ) -> None:
        names = {row for _, _, row in gold} | {
            row for _, _, row in found if row in complete and row is not None
        }
        for name in names:
            if self._kinds and name not in self._kinds:
                continue
            score = self.rows.setdefault(name, RowScore())
            score.precise |= name in complete
            here = {one for one in gold if one[2] == name}
            mine = {one for one in found if one[2] == name}
            right = len(here & mine)
            score.exact.right += right
            score.exact.missed += len(here) - right
            labelled, masked = places(here) & letters, places(mine) & letters
            score.chars.right += (labelled & masked).bit_count()
            score.chars.missed += (labelled & ~masked).bit_count()
            if name in complete:
                score.exact.wrong += len(mine) - right
                score.chars.wrong += (masked & ~labelled).bit_count()
            score.cover.chars += labelled.bit_count()
            score.cover.hit += (labelled & covered).bit_count()
            for one in here:
                inside = places([one]) & letters
                if inside:
                    score.cover.entities += 1
                    score.cover.whole += not inside & ~covered

    def _remember(self, document: Document, start: int, end: int, row: str, problem: str) -> None:
        if not self._most:
            return
        mark = f"{document.file}\0{document.line}\0{start}\0{end}\0{row}".encode("utf-8", "surrogateescape")
        rank = int.from_bytes(hashlib.blake2b(mark, digest_size=8).digest())
        item = (-rank, Mistake(rank, document.file, document.line, start, end, row, problem))
        (heapq.heappush if len(self._heap) < self._most else heapq.heappushpop)(self._heap, item)


def share(part: int, whole: int) -> float | None:
    """A quotient, or None if there is nothing to divide by."""
    return part / whole if whole else None


def harmonic(precision: float | None, recall: float | None) -> float | None:
    """F1, or None where one of both is unknown."""
    if precision is None or recall is None:
        return None
    return 2 * precision * recall / (precision + recall) if precision and recall else 0.0


def places(spans: Iterable[tuple[int, int, object]]) -> int:
    """The set of places that spans cover."""
    out = 0
    for start, end, _ in spans:
        if start < end:
            out |= ((1 << (end - start)) - 1) << start
    return out


def joined_parts(text: str, found: Iterable[Found]) -> set[Found]:
    """Findings in which the parts of one name, or of one address, are one."""
    out: list[Found] = []
    for start, end, row in sorted(set(found), key=lambda one: (one[2] or "", *one[:2])):
        between = _PARTS.get(row or "")
        if out and between is not None and out[-1][2] == row:
            gap = text[out[-1][1] : start]
            if 0 <= start - out[-1][1] <= _GAP and not gap.strip(between + _BLANKS):
                out[-1] = (out[-1][0], end, row)
                continue
        out.append((start, end, row))
    return set(out)


def _bits(text: str) -> int:
    """The places of letters and digits."""
    return int("".join("1" if char.isalnum() else "0" for char in reversed(text)) or "0", 2)


def _plus(into: Cover, one: Cover) -> None:
    for name in Cover.__slots__:
        setattr(into, name, getattr(into, name) + getattr(one, name))
