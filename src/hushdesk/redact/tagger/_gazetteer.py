"""A list of names of people, to look a word up in."""

from __future__ import annotations

import gzip
import re
from functools import cache
from importlib import resources

from hushdesk.redact._fold import fold_in_place


@cache
def _names() -> frozenset[str]:
    packed = resources.files(__package__).joinpath("names.txt.gz").read_bytes()
    return frozenset(gzip.decompress(packed).decode().split("\n"))


def is_listed(word: str) -> bool:
    """Tell whether each part of ``word`` is a given or family name that is known somewhere.

    Args:
        word: One word, perhaps of parts with hyphens between them.
    """
    names = _names()
    parts = [part for part in re.split(r"\W+", fold_in_place(word)) if part]
    return bool(parts) and all(part in names or (part[-1] == "s" and part[:-1] in names) for part in parts)
