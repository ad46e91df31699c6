"""Single words with what they can be: the side task that teaches the embeddings more names than texts ever hold."""

from __future__ import annotations

import re

import declaration
import interfaces
import numpy as np
import numpy.typing as npt
import torch
from generate import template_words
from lists import LOCALES, MORE, geo_cities, inflected, person_lists, words
from own_names import codes, own

from hushdesk.redact.tagger._features import rows
from hushdesk.redact.tagger._tokens import tokens

GIVEN, FAMILY, WORD, PLACE = range(4)


class Lexicon:
    """Types of words with four labels: given name, family name, ordinary word, place."""

    def __init__(self, classes: npt.NDArray[np.uint8], folds: npt.NDArray[np.uint16], seed: int) -> None:
        labels: dict[str, int] = {}
        locales = sorted({loc for group in LOCALES.values() for loc in group} | set(MORE))
        for people in (*map(person_lists, locales), *map(own, codes())):
            for kind, names in zip((GIVEN, FAMILY), people, strict=True):
                for name in names:
                    for part in re.split(r"[\s\-'’.]+", name):
                        if len(part) > 1:
                            labels[part] = labels.get(part, 0) | 1 << kind
        for language in ("ru", "uk"):
            for kind, key in ((GIVEN, "given"), (FAMILY, "family"), (PLACE, "place")):
                for form in inflected(language)[key]:
                    labels[form] = labels.get(form, 0) | 1 << kind
        for language in LOCALES:
            for word in words(language):
                for form in (word, word[:1].upper() + word[1:]):
                    labels[form] = labels.get(form, 0) | 1 << WORD
        for word in sorted(declaration.words() | interfaces.words() | template_words()):
            for form in (word, word[:1].upper() + word[1:]):
                labels[form] = labels.get(form, 0) | 1 << WORD
        for group in geo_cities().values():
            for city in group:
                for part in city.split():
                    if len(part) > 2 and part[:1].upper() == part[:1]:
                        labels[part] = labels.get(part, 0) | 1 << PLACE
        for name in [n for n, v in labels.items() if v & 3]:
            labels.setdefault(name.lower(), labels[name])
        kept_rows, kept = [], []
        items = sorted(labels)
        np.random.default_rng(seed).shuffle(items)
        for at in range(0, len(items), 4000):
            part = items[at : at + 4000]
            text = "\n".join(part)
            found = tokens(text[:65000], classes, folds)
            starts = {int(s): i for i, s in enumerate(found.start)}
            place = 0
            for word in part:
                index = starts.get(place)
                # Words of one token only: parts of others say nothing by themselves.
                if index is not None and int(found.end[index]) == place + len(word):
                    kept_rows.append((len(kept), index))
                    kept.append(labels[word])
                place += len(word) + 1
            chosen = np.array([i for _, i in kept_rows], dtype=np.int64)
            kept_rows = []
            if chosen.size:
                self._add(rows(found, chosen))
        self._rows_all = np.concatenate(self._parts).astype(np.int64)
        value = np.array(kept, dtype=np.int64)
        self._labels = ((value[:, None] >> np.arange(4)) & 1).astype(np.float32)
        name = (value & 3) > 0
        self._names, self._rest = np.flatnonzero(name), np.flatnonzero(~name)

    def _add(self, found: npt.NDArray[np.int64]) -> None:
        if not hasattr(self, "_parts"):
            self._parts: list[npt.NDArray[np.int64]] = []
        self._parts.append(found)

    @property
    def size(self) -> int:
        """How many words there are."""
        return len(self._labels)

    def sample(self, count: int, rng: np.random.Generator) -> tuple[torch.Tensor, torch.Tensor]:
        """Rows and labels of ``count`` words, half of them names."""
        half = count // 2
        at = np.concatenate([rng.choice(self._names, half), rng.choice(self._rest, count - half)])
        return torch.from_numpy(self._rows_all[at]), torch.from_numpy(self._labels[at])
