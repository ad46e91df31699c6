"""Every form of the names and places in the Russian and Ukrainian dictionaries of pymorphy3, worked out once.

python morphology.py OUT.json
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pymorphy3


def forms(language: str) -> dict[str, list[str]]:
    """Given names, family names (with patronymics) and places in all cases of the singular."""
    found: dict[str, set[str]] = {"given": set(), "family": set(), "place": set()}
    for word, tag, *_ in pymorphy3.MorphAnalyzer(lang=language).dictionary.iter_known_words():
        marks = str(tag)
        if "Abbr" in marks or ("plur" in marks and "Geox" not in marks):
            continue
        kind = (
            "given"
            if "Name" in marks
            else "family"
            if "Surn" in marks or "Patr" in marks
            else "place"
            if "Geox" in marks
            else ""
        )
        if kind:
            found[kind].add(word)
    return {kind: sorted(words) for kind, words in found.items()}


if __name__ == "__main__":
    Path(sys.argv[1]).write_text(
        json.dumps({lang: forms(lang) for lang in ("ru", "uk")}, ensure_ascii=False), "utf-8"
    )
