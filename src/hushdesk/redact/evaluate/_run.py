"""Running our own redaction over labelled texts, with its speed and memory."""

from __future__ import annotations

import resource
import time
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import accumulate, islice
from pathlib import Path
from typing import Any

from hushdesk.redact._find import find_batch
from hushdesk.redact._join import shifted
from hushdesk.redact._types import Finding
from hushdesk.redact.evaluate._corpus import Corpus
from hushdesk.redact.evaluate._documents import Document
from hushdesk.redact.evaluate._labels import ASIDE, BROADER, ID, ROWS
from hushdesk.redact.evaluate._score import Cover, Mistake, RowScore, Score, Tally

BATCH = 64
"""Documents handed over together."""

FindMany = Callable[[Sequence[str]], Sequence[Sequence[Finding]]]


def finder(*, messages: bool = False) -> FindMany:
    """What finds personal data in many texts, each for itself.

    Args:
        messages: Whether each line of a text is a message of one conversation, as help desks keep chats; else a text is one.
    """
    if not messages:
        return lambda texts: [found for (found,) in find_batch([[text] for text in texts])]

    def find(texts: Sequence[str]) -> list[list[Finding]]:
        chats = [text.split("\n") for text in texts]
        found = find_batch(chats, talks=[slice(0, len(chat)) for chat in chats])
        out = []
        for chat, of_chat in zip(chats, found, strict=True):
            starts = accumulate((len(message) + 1 for message in chat), initial=0)
            out.append(
                [
                    shifted(one, start)
                    for of_one, start in zip(of_chat, starts, strict=False)
                    for one in of_one
                ]
            )
        return out

    return find


@dataclass(slots=True)
class Speed:
    """What a run cost. Reading and scoring are not in it."""

    bytes: int = 0
    """UTF-8 bytes of the texts."""
    documents: int = 0
    cpu_seconds: float = 0.0
    """Of all threads of this process, after a warm-up."""
    seconds: float = 0.0
    peak_memory: int = 0
    """Most resident bytes of this process so far, the engine's start and the scoring included."""

    @property
    def mb_per_cpu_second(self) -> float | None:
        """Millions of bytes."""
        return self.bytes / 1e6 / self.cpu_seconds if self.cpu_seconds else None

    @property
    def documents_per_cpu_second(self) -> float | None:
        """Documents."""
        return self.documents / self.cpu_seconds if self.cpu_seconds else None


@dataclass(frozen=True, slots=True)
class Evaluation:
    """What came out."""

    rows: dict[str, RowScore]
    """By kind, or by one of :data:`~hushdesk.redact.evaluate.BROADER`, in the order of the kinds."""
    sources: dict[str, Cover]
    languages: dict[str, Cover]
    total: Cover
    speed: Speed
    mistakes: list[Mistake]
    notes: list[str] = field(default_factory=list)

    def to_json(self) -> dict[str, Any]:
        """The figures, rounded, ready for JSON. Holds no text."""
        total = self.total
        speed = self.speed
        return {
            "total": {
                **_cover(total),
                "leaks_per_1000_documents": _round(total.leaks / total.documents * 1000),
                "documents_with_a_leak": total.leaking,
            },
            "kinds": {
                name: {
                    "n": row.cover.entities,
                    "personal": name not in ASIDE,
                    "exact": _tally(row.exact, precise=row.precise),
                    "char": _tally(row.chars, precise=row.precise),
                    "anyR": _round(row.cover.any_recall),
                    "full": _round(row.cover.full),
                }
                for name, row in self.rows.items()
            },
            "sources": {name: _cover(one) for name, one in sorted(self.sources.items())},
            "languages": {name: _cover(one) for name, one in sorted(self.languages.items())},
            "speed": {
                "bytes": speed.bytes,
                "cpu_seconds": _round(speed.cpu_seconds),
                "seconds": _round(speed.seconds),
                "mb_per_cpu_second": _round(speed.mb_per_cpu_second),
                "documents_per_cpu_second": _round(speed.documents_per_cpu_second),
                "peak_memory_bytes": speed.peak_memory,
            },
            "notes": self.notes,
        }


def evaluate(
    corpus: Corpus,
    *,
    kinds: Collection[str] = (),
    mistakes: int = 0,
    messages: bool = False,
    on_progress: Callable[[int], None] | None = None,
) -> Evaluation:
    """Find personal data in each document by itself and score what was found.

    Args:
        corpus: The labelled texts.
        kinds: Score only these rows.
        mistakes: How many mistakes to keep, by place only.
        messages: Whether each line of a document is a message of one conversation.
        on_progress: Told after each batch how many documents are done.
    """
    find = finder(messages=messages)
    score = Score(corpus, kinds=kinds, mistakes=mistakes)
    speed = Speed()
    for number, documents in enumerate(_batches(corpus)):
        texts = [document.text for document in documents]
        if number == 0:
            find(texts)
        wall, cpu = time.perf_counter(), time.process_time()
        found = find(texts)
        speed.cpu_seconds += time.process_time() - cpu
        speed.seconds += time.perf_counter() - wall
        speed.documents += len(documents)
        speed.bytes += sum(len(text.encode("utf-8", "surrogatepass")) for text in texts)
        for document, findings in zip(documents, found, strict=True):
            score.add(document, [(one.start, one.end, one.kind.value) for one in findings])
        if on_progress is not None:
            on_progress(speed.documents)
    speed.peak_memory = peak_memory()
    notes = list(corpus.notes)
    if ID in score.rows:
        notes.insert(0, f"{ID} is {BROADER[ID].partition(': ')[2]}: some labels do not tell them apart.")
    order = {name: place for place, name in enumerate(ROWS)}
    rows = {name: score.rows[name] for name in sorted(score.rows, key=order.__getitem__)}
    return Evaluation(rows, score.sources, score.languages, score.total, speed, score.mistakes, notes)


def peak_memory() -> int:
    """Most resident bytes of this process so far."""
    try:
        # The other figure, in resource usage, begins with what the parent process used.
        for line in Path("/proc/self/status").read_text("ascii", "replace").splitlines():
            if line.startswith("VmHWM:"):
                return int(line.split()[1]) * 1024
    except OSError:
        pass
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


def _batches(corpus: Corpus) -> Iterator[list[Document]]:
    stream = iter(corpus)
    while batch := list(islice(stream, BATCH)):
        yield batch


def _round(number: float | None) -> float | None:
    return None if number is None else round(number, 4)


def _tally(tally: Tally, *, precise: bool) -> dict[str, float | None]:
    return {
        "precision": _round(tally.precision) if precise else None,
        "recall": _round(tally.recall),
        "f1": _round(tally.f1) if precise else None,
    }


def _cover(cover: Cover) -> dict[str, float | int | None]:
    return {
        "documents": cover.documents,
        "n": cover.entities,
        "leaks": cover.leaks,
        "anyR": _round(cover.any_recall),
        "full": _round(cover.full),
        "maskP": _round(cover.mask_precision),
        "maskF1": _round(cover.mask_f1),
    }
