"""From tags of tokens to findings of texts."""

from __future__ import annotations

import secrets
from collections.abc import Iterator, Sequence
from hashlib import blake2b
from itertools import pairwise
from typing import Final

import numpy as np

from hushdesk.redact._types import Finding, Kind
from hushdesk.redact.tagger._judge import judged
from hushdesk.redact.tagger._model import BREAK, Model, Tagged
from hushdesk.redact.tagger._names import runs_on
from hushdesk.redact.tagger._tokens import CHUNK

BATCH: Final = 16_384
"""Characters that are looked at together: large enough to spread the cost of a call, small enough for the cache."""

_KINDS: Final = {
    "PERSON": (Kind.PERSON, "reads as a person's name"),
    "ADDRESS": (Kind.ADDRESS, "reads as a part of a postal address"),
    "ID": (Kind.ACCOUNT, "reads as somebody's number"),
    "SECRET": (Kind.SECRET, "reads as a password or PIN"),
    "USERNAME": (Kind.USERNAME, "reads as a user name"),
    "PHONE": (Kind.PHONE, "reads as a telephone number"),
    "EMAIL": (Kind.EMAIL, "reads as an e-mail address"),
    "CARD": (Kind.CARD, "reads as a card number"),
    "BIRTH": (Kind.BIRTH_DATE, "reads as a date of birth"),
}
"""Organisations and places are learned too, only so that they are not taken for people."""


_LONG: Final = 4000
"""Longer texts do not come twice."""
_NEXT: Final = "\n"
"""Between two texts of a conversation: the second is read as the next line of one text."""
_RUNS_ON: Final = frozenset({Kind.PERSON, Kind.ADDRESS})


class LearnedTagger:
    """Finds names, addresses and ids by what stands around them, in all languages at once.

    Args:
        model: The trained network.
        remember: Of so many texts is kept what was found in them, without the texts; then all is forgotten.
    """

    def __init__(self, model: Model, *, remember: int = 1 << 14) -> None:
        self._remember = remember
        self._model = model
        kinds = [name.partition("-")[2] for name in model.names]
        order = sorted(set(kinds))
        self._kind_of_tag = np.array([order.index(kind) if kind else -1 for kind in kinds])
        self._begins = np.array([name.startswith("B-") for name in model.names])
        self._meaning = [_KINDS.get(kind) for kind in order]
        self._key = secrets.token_bytes(16)
        self._told: dict[bytes, tuple[tuple[Finding, ...], ...]] = {}
        """What was said of texts before, by their keyed hashes: templates of replies, subjects and boilerplate come again and again."""

    def tag(self, texts: Sequence[str], *, goes_on: Sequence[bool] | None = None) -> list[list[Finding]]:
        """Return the findings of each text, in its own offsets.

        What is found in a text hangs on that text alone and on those of its conversation, so what was met a while ago is not looked at
        again.

        Args:
            texts: The texts.
            goes_on: Of each text whether it goes on from the one before, as a message of a chat does: "crystal" is a name because
                somebody asked for one.
        """
        told, key = self._told, self._key
        out: list[list[Finding]] = [[] for _ in texts]
        fresh: dict[bytes | int, list[range]] = {}
        for places in _conversations(texts, goes_on):
            size = sum(len(texts[i]) for i in places)
            if size > _LONG or not self._remember:
                fresh[places.start] = [places]
            elif size:
                # With the lengths: a text that holds the sign of a break itself is no conversation of two.
                parts = [texts[i] for i in places]
                whole = f"{[*map(len, parts)]}{BREAK.join(parts)}".encode("utf-8", "surrogatepass")
                mark = blake2b(whole, key=key, digest_size=16).digest()
                known = told.get(mark)
                if known is None:
                    fresh.setdefault(mark, []).append(places)
                else:
                    for i, before in zip(places, known, strict=True):
                        out[i] = list(before)
        if len(told) + len(fresh) > self._remember:
            told.clear()
        looked_at = self._looked_at([[texts[i] for i in same[0]] for same in fresh.values()])
        for (name, same), findings in zip(fresh.items(), looked_at, strict=True):
            if isinstance(name, bytes):
                told[name] = tuple(map(tuple, findings))
            for places in same:
                for i, found in zip(places, findings, strict=True):
                    out[i] = list(found)
        return out

    def _looked_at(self, units: Sequence[Sequence[str]]) -> list[list[list[Finding]]]:
        out: list[list[list[Finding]]] = [[[] for _ in unit] for unit in units]
        for pieces in _batches(units):
            joined = pieces[0][-1] + "".join(
                # A part goes on from one of its own unit, of which the first parts may be empty.
                f"{BREAK if offset or index != before else _NEXT}{text}"
                for (before, *_), (index, _, offset, text) in pairwise(pieces)
            )
            spans = self._spans(self._model.tagged(joined))
            begin = at = 0
            for index, part, offset, text in pieces:
                end = begin + len(text)
                capitals = None
                while at < len(spans) and spans[at][0] < end:
                    start, stop, (kind, why), score = spans[at]
                    at += 1
                    while (
                        kind in _RUNS_ON
                        and at < len(spans)
                        and spans[at][2][0] is kind
                        and spans[at][0] < end
                        and runs_on(text, stop - begin, spans[at][0] - begin, kind)
                    ):
                        stop, score = spans[at][1], max(score, spans[at][3])
                        at += 1
                    if stop > end:
                        # Said in two messages: each has its part of it.
                        at -= 1
                        spans[at] = (end + 1, stop, (kind, why), score)
                        stop = end
                    if capitals is None:
                        capitals = not text.islower()
                    for first, last in judged(
                        text, start - begin, stop - begin, kind, score, capitals=capitals
                    ):
                        out[index][part].append(
                            Finding(first + offset, last + offset, kind, score, "tagger", why=why)
                        )
                begin = end + 1
        return out

    def _spans(self, tagged: Tagged) -> list[tuple[int, int, tuple[Kind, str], float]]:
        kind = self._kind_of_tag[tagged.tag]
        inside = kind >= 0
        if not inside.any():
            return []
        kind, token = kind[inside], tagged.token[inside]
        start, end, score = tagged.start[inside], tagged.end[inside], tagged.score[inside]
        opens = np.ones(kind.size, dtype=bool)
        opens[1:] = (
            (kind[1:] != kind[:-1]) | (token[1:] != token[:-1] + 1) | self._begins[tagged.tag[inside]][1:]
        )
        first = np.flatnonzero(opens)
        last = np.append(first[1:], kind.size) - 1
        mean = np.add.reduceat(score, first) / (last - first + 1)
        out = []
        for begin, stop, which, sure in zip(
            start[first].tolist(), end[last].tolist(), kind[first].tolist(), mean.tolist(), strict=True
        ):
            meaning = self._meaning[which]
            if meaning is None:
                continue
            out.append((begin, stop, meaning, sure))
        return out


def _conversations(texts: Sequence[str], goes_on: Sequence[bool] | None) -> Iterator[range]:
    """Yield which texts are looked at as one; of long conversations a part at a time."""
    begin = size = 0
    for i, text in enumerate(texts):
        if i and (goes_on is None or not goes_on[i] or size + len(text) > _LONG):
            yield range(begin, i)
            begin, size = i, 0
        size += len(text) + 1
    if texts:
        yield range(begin, len(texts))


def _batches(units: Sequence[Sequence[str]]) -> Iterator[list[tuple[int, int, int, str]]]:
    """Yield texts, or pieces of long ones, as unit, part of it, offset and piece, to be looked at together."""
    batch: list[tuple[int, int, int, str]] = []
    size = 0
    for index, unit in enumerate(units):
        pieces = [
            (index, part, offset, piece) for part, text in enumerate(unit) for offset, piece in _pieces(text)
        ]
        # Several texts of one unit are less than a batch.
        for some in [pieces] if len(unit) > 1 else [[piece] for piece in pieces]:
            length = sum(len(piece) + 1 for *_, piece in some)
            if size + length > BATCH and batch:
                yield batch
                batch, size = [], 0
            batch += some
            size += length
    if batch:
        yield batch


def _pieces(text: str) -> Iterator[tuple[int, str]]:
    if len(text) <= BATCH:
        if text:
            yield 0, text
        return
    at = 0
    while at < len(text):
        end = min(at + BATCH, len(text))
        if end < len(text):
            # Cut at a line's end or a blank, so that no name is cut in two.
            cut = max(text.rfind("\n", at + BATCH // 2, end), text.rfind(" ", end - 200, end))
            end = cut + 1 if cut > at else end
        yield at, text[at:end]
        at = end


assert BATCH < CHUNK  # noqa: S101 - a relation between two constants, not a check of input
