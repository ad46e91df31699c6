"""Single words with what they can be: the side task that teaches the embeddings more names than texts ever hold."""

from __future__ import annotations

import lzma
import re
from collections.abc import Iterator
from pathlib import Path

import declaration
import interfaces
import numpy as np
import numpy.typing as npt
import torch
from data import LATIN, scripts, shapes
from generate import template_words
from lists import LOCALES, MORE, geo_cities, inflected, person_lists, words
from own_names import codes, own

from hushdesk.redact.tagger._features import rows
from hushdesk.redact.tagger._tokens import tokens

GIVEN, FAMILY, WORD, PLACE = range(4)
_SURE, _UNLIKELY = 0.95, 0.05
_PART = 4000


def labels() -> dict[str, int]:
    """Every word of the lists, as it is written, with one bit for each thing that it can be."""
    out: dict[str, int] = {}
    locales = sorted({loc for group in LOCALES.values() for loc in group} | set(MORE))
    for people in (*map(person_lists, locales), *map(own, codes())):
        for kind, names in zip((GIVEN, FAMILY), people, strict=True):
            for name in names:
                for part in re.split(r"[\s\-'’.]+", name):
                    if len(part) > 1:
                        out[part] = out.get(part, 0) | 1 << kind
    for language in ("ru", "uk"):
        for kind, key in ((GIVEN, "given"), (FAMILY, "family"), (PLACE, "place")):
            for form in inflected(language)[key]:
                out[form] = out.get(form, 0) | 1 << kind
    for language in LOCALES:
        for word in words(language):
            for form in (word, word[:1].upper() + word[1:]):
                out[form] = out.get(form, 0) | 1 << WORD
    for word in sorted(declaration.words() | interfaces.words() | template_words()):
        for form in (word, word[:1].upper() + word[1:]):
            out[form] = out.get(form, 0) | 1 << WORD
    for group in geo_cities().values():
        for city in group:
            for part in city.split():
                if len(part) > 2 and part[:1].upper() == part[:1]:
                    out[part] = out.get(part, 0) | 1 << PLACE
    for name in [n for n, v in out.items() if v & 3]:
        out.setdefault(name.lower(), out[name])
    return out


def guessed(path: Path) -> Iterator[tuple[str, tuple[float, ...]]]:
    """Yield what ``teacher.py`` wrote: a word, small and with a capital, and how likely it is each of the four."""
    with lzma.open(path, "rt", encoding="utf-8") as file:
        for line in file:
            chances = tuple(byte / 255 for byte in bytes.fromhex(line[:8]))
            word = line[8:].rstrip("\n")
            yield from ((form, chances) for form in {word, word[:1].upper() + word[1:]})


class Lexicon:
    """Types of words with four likelihoods: given name, family name, ordinary word, place.

    Args:
        classes: Class of each character.
        folds: Folded code of each.
        path: What a teacher says of words that stand in no list; none if None.
    """

    def __init__(
        self, classes: npt.NDArray[np.uint8], folds: npt.NDArray[np.uint16], path: Path | None
    ) -> None:
        known = {word: tuple(float(bits >> i & 1) for i in range(4)) for word, bits in labels().items()}
        listed = len(known)
        if path is not None:
            for word, chances in guessed(path):
                known.setdefault(word, chances)
        items = list(known)
        found: list[npt.NDArray[np.int32]] = []
        script: list[npt.NDArray[np.uint8]] = []
        at: list[int] = []
        for begin in range(0, len(items), _PART):
            text = "\n".join(items[begin : begin + _PART])[:65_000]
            cut = tokens(text, classes, folds)
            starts = {int(start): i for i, start in enumerate(cut.start)}
            place = 0
            chosen = []
            for number, word in enumerate(items[begin : begin + _PART], begin):
                index = starts.get(place)
                # Words of one token only: parts of others say nothing by themselves.
                if index is not None and int(cut.end[index]) == place + len(word):
                    chosen.append(index)
                    at.append(number)
                place += len(word) + 1
            which = np.array(chosen, dtype=np.int64)
            found.append(rows(cut, which).astype(np.int32))
            script.append(scripts(cut, which))
        self.rows = np.concatenate(found)
        self.script = np.concatenate(script)
        chance = np.array([known[items[i]] for i in at], dtype=np.float32)
        given, word = chance[:, :2].max(axis=1), chance[:, WORD]
        self.sure = np.full(len(at), -1, dtype=np.int8)
        """What a word is beyond doubt, ``GIVEN`` for names of both kinds; -1 where that is not known."""
        self.sure[(word > _SURE) & (given < _UNLIKELY) & (chance[:, PLACE] < _UNLIKELY)] = WORD
        lists = np.array(at) < listed
        self.sure[lists & (given == 1) & (word == 0)] = GIVEN
        # What a teacher takes for a name in Cyrillic is too often a declined word.
        kept = (
            lists | (self.sure == WORD) | ((self.script == LATIN) & (np.minimum(given, word) < 2 * _UNLIKELY))
        )
        self._rows, self._labels = torch.from_numpy(self.rows), torch.from_numpy(chance)
        self._groups = [
            torch.from_numpy(np.flatnonzero(group))
            for group in (lists & (given > 0), lists & (given == 0), kept & ~lists)
            if group.any()
        ]

    @property
    def size(self) -> int:
        """How many words there are."""
        return len(self._labels)

    def sample(self, count: int, device: torch.device) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
        """Rows, likelihoods and shapes of about ``count`` words: as many names as others, and as many that a teacher knows."""
        at = torch.cat(
            [group[torch.randint(len(group), (count // len(self._groups),))] for group in self._groups]
        )
        found = self._rows[at].to(device)
        return found, self._labels[at].to(device), shapes(found)
