"""Which labelled texts are scored, and which of their labels may be counted against precision."""

from __future__ import annotations

import hashlib
import heapq
import json
from collections.abc import Collection, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from hushdesk.redact.evaluate._documents import Document, data_files, read_documents, survey_labels
from hushdesk.redact.evaluate._labels import ROWS, Labels, Rows, shown
from hushdesk.redact.evaluate.errors import LabelledDataError, UnknownLabelError

SOURCES = "sources.json"
"""The file beside the texts that says which labels are complete."""


class Corpus:
    """Labelled texts in files, read once to check and count them, and again whenever they are scored."""

    def __init__(
        self,
        paths: Sequence[Path],
        *,
        labels: Mapping[str, str] | None = None,
        sources: Path | None = None,
        languages: Collection[str] = (),
        sample: int | None = None,
    ) -> None:
        """Check all lines, so that nothing is found wrong at the end of a long run.

        Args:
            paths: Files of JSON lines, also compressed, and folders of such files.
            labels: What further labels are, label to row.
            sources: Says per source which labels are complete; by default ``sources.json`` beside each file.
            languages: Take only texts of these; ``en`` takes ``en-GB`` too.
            sample: Take about so many texts, always the same ones, the sources in equal shares as far as they reach.

        Raises:
            LabelledDataError: A file or line cannot be used, or no text is left.
            UnknownLabelError: Labels are in no table.
        """
        self._labels = Labels(labels)
        self._languages = tuple(one.lower() for one in languages)
        self._files = data_files(paths)
        self._chosen: set[tuple[str, int]] | None = None
        self.counts: dict[str, int] = {}
        """Texts that will be scored, by source."""
        self.notes: list[str] = []
        """What a reader of the figures should know."""
        used: set[str] = set()
        heaps: dict[str, list[tuple[int, str, int]]] = {}
        for path in self._files:
            try:
                for document in read_documents(path, self._labels):
                    if not self._wanted(document):
                        continue
                    used.update(span.row for span in document.spans)
                    self.counts[document.source] = self.counts.get(document.source, 0) + 1
                    if sample is not None:
                        heap = heaps.setdefault(document.source, [])
                        item = (-_order(document), document.file, document.line)
                        (heapq.heappush if len(heap) < sample else heapq.heappushpop)(heap, item)
            except UnknownLabelError as error:
                raise survey_labels(path, self._labels) or error from None
        if not self.counts:
            raise LabelledDataError(
                "there is no text to score.",
                file=", ".join(map(str, paths)),
                remedy=f"No text is in {' or '.join(languages)}." if languages else "",
            )
        complete = self._complete(sources)
        for rows in complete.values():
            used |= rows
        self.rows = Rows(used)
        """Under which rows things are scored."""
        self.complete = {
            source: self.rows.of_all(complete.get(source, frozenset(ROWS))) for source in self.counts
        }
        """By source, the rows that are labelled without gaps."""
        if sample is not None:
            shares = equal_shares(self.counts, sample)
            self._chosen = {
                item[1:] for source, heap in heaps.items() for item in heapq.nlargest(shares[source], heap)
            }
            self.counts = {source: share for source, share in shares.items() if share}

    def __len__(self) -> int:
        return sum(self.counts.values())

    def __iter__(self) -> Iterator[Document]:
        for path in self._files:
            for document in read_documents(path, self._labels):
                if self._wanted(document) and (
                    self._chosen is None or (document.file, document.line) in self._chosen
                ):
                    yield document

    def row(self, label: str) -> str | None:
        """The row under which a foreign finding with this label is scored."""
        row = self._labels.row(label)
        return None if row is None else self.rows.of(row)

    def _wanted(self, document: Document) -> bool:
        if not self._languages:
            return True
        lang = document.lang.lower()
        return any(lang == one or lang.startswith((one + "-", one + "_")) for one in self._languages)

    def _complete(self, sources: Path | None) -> dict[str, frozenset[str]]:
        if sources is not None:
            files = [sources]
        else:
            beside = dict.fromkeys(path.parent / SOURCES for path in self._files)
            files = [path for path in beside if path.is_file()]
        found: dict[str, frozenset[str]] = {}
        for path in files:
            found |= _read_sources(path, self._labels, self.counts)
        without = sorted(set(self.counts) - set(found))
        if without:
            self.notes.append(f"all labels are taken as complete for: {', '.join(without)}.")
        return found


def equal_shares(sizes: Mapping[str, int], total: int) -> dict[str, int]:
    """Divide ``total`` among sources equally, as far as each reaches; what a small one leaves goes to the others."""
    shares = {}
    left = total
    ordered = sorted(sizes, key=lambda name: (sizes[name], name))
    for place, name in enumerate(ordered):
        shares[name] = min(sizes[name], left // (len(ordered) - place))
        left -= shares[name]
    return shares


def _order(document: Document) -> int:
    """A number that orders texts for the sample: by what they say, not by where they lie."""
    data = document.text.encode("utf-8", "surrogatepass")
    return int.from_bytes(hashlib.blake2b(data, digest_size=8).digest())


def _read_sources(path: Path, labels: Labels, wanted: Collection[str]) -> dict[str, frozenset[str]]:
    name = str(path)
    try:
        value: Any = json.loads(path.read_text("utf-8"))
    except OSError:
        raise LabelledDataError("it cannot be read.", file=name) from None
    except (ValueError, RecursionError):
        raise LabelledDataError("this is no JSON.", file=name) from None
    remedy = 'It is an object such as {"tickets": {"labels_exhaustive": ["PERSON", "EMAIL"]}}.'
    if not isinstance(value, dict):
        raise LabelledDataError("this is no object.", file=name, remedy=remedy)
    found = {}
    for source in sorted(set(value) & set(wanted)):
        about = value[source]
        given = about.get("labels_exhaustive") if isinstance(about, dict) else None
        if not isinstance(given, list) or not all(isinstance(one, str) for one in given):
            raise LabelledDataError(
                "a source has no list of labels.", file=name, field="labels_exhaustive", remedy=remedy
            )
        rows = {one: labels.row(one) for one in given}
        if unknown := [shown(one) for one, row in rows.items() if row is None]:
            raise UnknownLabelError(
                tuple(dict.fromkeys(unknown)), file=name, line=0, field="labels_exhaustive"
            )
        found[source] = frozenset(row for row in rows.values() if row is not None)
    return found
