"""From documents with spans to arrays of tokens, types and tags."""

from __future__ import annotations

import gzip
import json
import os
import random
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import declaration
import interfaces
import numpy as np
import numpy.typing as npt
import own_cases
from generate import Doc, Maker, foreign, restyled
from permitted import PERMITTED, held_out
from questions import answered

from hushdesk.redact.tagger._features import FEATURES, PARTS, ROWS, WORDS, rows
from hushdesk.redact.tagger._tokens import CHUNK, Places, Tokens, tokens

KINDS = (
    "PERSON",
    "ADDRESS",
    "LOCATION",
    "ORG",
    "ID",
    "SECRET",
    "USERNAME",
    "PHONE",
    "EMAIL",
    "CARD",
    "BIRTH",
)
TAGS = ("O", *(f"{p}-{k}" for k in KINDS for p in "BI"))
_KIND_OF = {"CREDIT_CARD": "CARD", "IBAN": "ID", "DATE_OF_BIRTH": "BIRTH", **{k: k for k in KINDS}}

PAD = 15
"""Tokens of nothing between documents: as far as the widest network sees."""


def in_one_order() -> None:
    """Begin this program anew unless sets have one order in it and in those that it starts.

    Some of Faker's locales draw from sets: only so does one seed give the same texts.
    """
    if "PYTHONHASHSEED" not in os.environ:
        os.environ["PYTHONHASHSEED"] = "0"
        os.execv(sys.executable, [sys.executable, *sys.argv])


def labelled(folder: Path, *, held: bool) -> Iterator[tuple[str, str, Doc]]:
    """Yield source, language and document of the permitted sets in ``folder``."""
    for source in PERMITTED:
        path = folder / f"{source}.jsonl.gz"
        if not path.exists():
            continue
        with gzip.open(path, "rt", encoding="utf-8") as file:
            for line in file:
                one = json.loads(line)
                if held_out(one["id"]) is held:
                    spans = [
                        (s["start"], s["end"], _KIND_OF[s["label"]])
                        for s in one["spans"]
                        if s["label"] in _KIND_OF
                    ]
                    if source == "btc":
                        # Handles are marked as people there; here they are user names.
                        spans = [
                            (s, e, "USERNAME" if "@" in one["text"][max(0, s - 1) : s + 1] else label)
                            for s, e, label in spans
                        ]
                    yield source, one["lang"], (one["text"], spans)


def renamed(doc: Doc, language: str, maker: Maker) -> Doc:
    """The document with other people in it."""
    text, spans = doc
    out: list[str] = []
    new: list[tuple[int, int, str]] = []
    at = length = 0
    for start, end, label in sorted(spans):
        if start < at:
            continue
        out.append(text[at:start])
        length += start - at
        value = text[start:end]
        if label == "PERSON" and value[:1] != "@":
            fresh = (
                maker.name(language)
                if " " in value or (not value.isascii() and len(value) > 2)
                else maker.rng.choice((maker.given, maker.family))(language)
            )
            value = (
                fresh.lower()
                if value.islower()
                else fresh.upper()
                if value.isupper() and len(value) > 3
                else fresh
            )
        new.append((length, length + len(value), label))
        out.append(value)
        length += len(value)
        at = end
    out.append(text[at:])
    return "".join(out), new


@dataclass
class Arrays:
    """A stream of tokens of many documents, with padding between them."""

    type: npt.NDArray[np.int32]
    """Index into ``rows``; 0 is padding."""
    gap: npt.NDArray[np.uint8]
    tag: npt.NDArray[np.int8]
    rows: npt.NDArray[np.int32]
    """Embedding rows of each type."""
    script: npt.NDArray[np.uint8]
    """Of each type: ``LATIN``, ``CYRILLIC``, 0 for another."""


LATIN, CYRILLIC = 1, 2
"""Scripts that are told apart; 0 is any other."""


def scripts(found: Tokens, which: Places) -> npt.NDArray[np.uint8]:
    """The script of the tokens ``which`` by their first letter."""
    code = found.folded[found.start[which]]
    cyrillic = np.where((code >= 0x400) & (code < 0x530), CYRILLIC, 0)
    return np.where(code < 0x250, LATIN, cyrillic).astype(np.uint8)


def shapes(table_rows: Any) -> Any:
    """The shapes of types by the last of their rows; of arrays and of tensors."""
    return table_rows[:, -1] - WORDS - PARTS


def arrays(docs: Iterable[Doc], classes: npt.NDArray[np.uint8], folds: npt.NDArray[np.uint16]) -> Arrays:
    """Featurise documents."""
    hashes: list[npt.NDArray[np.uint64]] = []
    gaps: list[npt.NDArray[np.uint8]] = []
    tags: list[npt.NDArray[np.int8]] = []
    seen: set[int] = set()
    known: list[npt.NDArray[np.uint64]] = []
    known_rows: list[npt.NDArray[np.int64]] = []
    known_scripts: list[npt.NDArray[np.uint8]] = []
    pad_hash = np.zeros(PAD, dtype=np.uint64)
    pad_gap = np.zeros(PAD, dtype=np.uint8)
    pad_tag = np.full(PAD, -1, dtype=np.int8)
    for text, spans in docs:
        if not text.strip() or len(text) > CHUNK:
            continue
        found = tokens(text, classes, folds)
        tag = np.zeros(found.start.size, dtype=np.int8)
        for start, end, label in spans:
            first = int(np.searchsorted(found.end, start, side="right"))
            last = int(np.searchsorted(found.start, end, side="left"))
            if first < last:
                tag[first:last] = 2 * KINDS.index(label) + 2
                tag[first] -= 1
        unique, where = np.unique(found.type, return_index=True)
        fresh = np.array(
            [i for i, h in zip(where, unique.tolist(), strict=True) if h not in seen], dtype=np.int64
        )
        if fresh.size:
            known.append(found.type[fresh])
            known_rows.append(rows(found, fresh))
            known_scripts.append(scripts(found, fresh))
            seen.update(found.type[fresh].tolist())
        hashes += [found.type, pad_hash]
        gaps += [found.gap, pad_gap]
        tags += [tag, pad_tag]
    table = np.concatenate([np.zeros(1, np.uint64), *known])
    table_rows = np.concatenate([np.full((1, FEATURES), ROWS), *known_rows]).astype(np.int32)
    order = np.argsort(table, kind="stable")
    all_hashes = np.concatenate(hashes)
    index = order[np.searchsorted(table[order], all_hashes)].astype(np.int32)
    table_scripts = np.concatenate([np.zeros(1, np.uint8), *known_scripts])
    return Arrays(index, np.concatenate(gaps), np.concatenate(tags), table_rows, table_scripts)


REPEATED = {
    "btc": 2,
    "wikigold": 3,
    "presidio_synth": 2,
    "restaurant8k": 2,
    "wnut17": 2,
    "slurp": 4,
    "stockmark_ja": 2,
    "uner_zh": 3,
    "nerkor": 2,
}
"""Small sets and scripts with few texts are seen more often, each time with other people."""


def epoch(folder: Path | None, made: int, seed: int) -> Iterator[Doc]:
    """Yield the documents of one epoch, labelled ones and fresh generated ones, shuffled."""
    maker = Maker(seed)
    rng = random.Random(seed)
    docs: list[Doc] = []
    if folder is not None:
        for source, language, doc in labelled(folder, held=False):
            small = 0.25 if source in {"btc", "wnut17", "presidio_synth", "wikigold"} else 0.08
            swap = 0.15 if source == "multidogo" else 0.4
            for again in range(REPEATED.get(source, 1)):
                one = renamed(doc, language, maker) if rng.random() < swap + 0.3 * again else doc
                if source == "multidogo" and rng.random() < 0.4:
                    one = answered(one, maker, rng)
                if one[0][:200].isascii() and source != "multidogo" and rng.random() < 0.06:
                    one = foreign(one, rng)
                docs.append(restyled(one, rng, small=small))
    for _ in range(made):
        if declaration.texts() and rng.random() < 0.16:
            doc = declaration.document(maker, rng)
            # A name in small letters among words that nobody knows is not to be found.
            docs.append(restyled(doc, rng, small=0.02 if doc[1] else 0.12))
            continue
        if interfaces.texts() and rng.random() < 0.12:
            docs.append(restyled(interfaces.document(maker, rng), rng, small=0.06))
            continue
        doc = maker.document()
        if max(doc[0][:200], default="") < "\u0180" and rng.random() < 0.2:
            doc = foreign(doc, rng)
        # What a speech recogniser writes has no capitals.
        docs.append(restyled(doc, rng, small=0.6 if maker.stem == "en_calls" else 0.14))
    # No file of the demo is made from these seeds.
    docs.extend(own_cases.texts(made // 40, 900_000 + seed))
    rng.shuffle(docs)
    return iter(docs)
