"""How much an unknown word looks like a part of a name: letter groups of Faker's names against those of ordinary words."""

from __future__ import annotations

import math
import re
import threading
from collections import Counter
from collections.abc import Iterable
from typing import Final

from hushdesk.redact.names import _lexicon
from hushdesk.redact.names._lexicon import COMMON, NAME, PLACE, STOP

_SIZES: Final = (2, 3, 4)
_lock: Final = threading.Lock()
_weights: dict[str, float] = {}


def _groups(word: str) -> list[str]:
    framed = f"^{word}$"
    return [framed[at : at + size] for size in _SIZES for at in range(len(framed) - size + 1)]


def _counted(words: Iterable[str]) -> tuple[Counter[str], int]:
    counts: Counter[str] = Counter()
    size = 0
    for word in words:
        counts.update(set(_groups(word)))
        size += 1
    return counts, size


def _learned() -> dict[str, float]:
    if not _weights:
        with _lock:
            if not _weights:
                flags = _lexicon.flags()
                names, many = _counted(
                    w for w, v in flags.items() if v & NAME and not v & (COMMON | STOP | PLACE) and len(w) > 2
                )
                words, more = _counted(
                    w for w, v in flags.items() if not v & NAME and v & (COMMON | STOP | PLACE) and len(w) > 2
                )
                _weights.update(
                    {
                        group: math.log((names[group] + 0.5) / (many + 1))
                        - math.log((words[group] + 0.5) / (more + 1))
                        for group in names.keys() | words.keys()
                    }
                )
    return _weights


def likeness(folded: str) -> float:
    """Say how much a folded word looks like a name: above 0 more than like a word, mostly between -1 and 1."""
    weights = _learned()
    parts = [part for part in re.split("[-‐'’]", folded) if len(part) > 1]
    if len(parts) > 1:
        return sum(map(likeness, parts)) / len(parts)
    folded = parts[0] if parts else folded
    groups = _groups(folded)
    return sum(weights.get(group, 0.0) for group in groups) / len(groups)
