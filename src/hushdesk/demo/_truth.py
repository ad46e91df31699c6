"""What was really written: one line for every planted value, one for every hard negative."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Self

from hushdesk.demo._cases import DemoCase
from hushdesk.demo._composer import Planted, countable

_dumps = json.JSONEncoder(ensure_ascii=False, check_circular=False).encode


@dataclass(frozen=True, slots=True)
class Summary:
    """What :func:`hushdesk.demo.write_exports` wrote."""

    cases: int
    messages: int
    """Messages besides the opening texts, internal notes among them."""
    by_source: dict[str, int]
    """Cases in each export."""
    by_language: dict[str, int]
    planted: dict[str, int]
    """Planted values by kind, as counted in the truth file."""
    disguised: int
    """How many of them are spelled oddly."""
    negatives: int
    text_chars: int
    """Code points of all texts together."""
    files: tuple[Path, ...] = field(repr=False)
    """The exports, in the order in which a load should see them."""
    truth: Path = field(repr=False)
    negatives_file: Path = field(repr=False)

    def as_dict(self) -> dict[str, object]:
        """The figures alone, ready for JSON."""
        return {
            "cases": self.cases,
            "messages": self.messages,
            "by_source": self.by_source,
            "by_language": self.by_language,
            "planted": self.planted,
            "disguised": self.disguised,
            "negatives": self.negatives,
            "text_chars": self.text_chars,
        }


class Ledger:
    """Writes ``truth.jsonl`` and ``negatives.jsonl`` while the exports are written."""

    def __init__(self, folder: Path) -> None:
        self.truth_path = folder / "truth.jsonl"
        self.negatives_path = folder / "negatives.jsonl"
        self.cases = 0
        self.messages = 0
        self.disguised = 0
        self.negatives = 0
        self.text_chars = 0
        self.by_source: Counter[str] = Counter()
        self.by_language: Counter[str] = Counter()
        self.planted: Counter[str] = Counter()

    def __enter__(self) -> Self:
        self._truth = self.truth_path.open("w", encoding="utf-8", newline="\n")
        self._negatives = self.negatives_path.open("w", encoding="utf-8", newline="\n")
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._truth.close()
        self._negatives.close()

    def enter(
        self, source: str, key: str, case: DemoCase, fields: Iterable[Planted], texts: set[str]
    ) -> None:
        """Account for one case.

        Args:
            source: Name of the export: zendesk, jira, mail, csv.
            key: The case's id there.
            case: The case.
            fields: Values written to fields of the export, with the name of the field.
            texts: Which of the case's texts were written, by the names that ``Planted.where`` uses;
                ``message`` stands for all messages.
        """
        rows = []
        for kind, value, canonical, trick, where in dict.fromkeys((*case.planted, *fields)):
            place = where.partition(".")[0]
            if (place in _TEXTS and place not in texts) or (kind == "PERSON" and not countable(value)):
                continue
            rows.append(
                _dumps(
                    {
                        "case": key,
                        "source": source,
                        "kind": kind,
                        "value": value,
                        "canonical": canonical,
                        "disguise": trick,
                        "where": where,
                    }
                )
            )
            self.planted[kind] += 1
            self.disguised += trick != ""
        self._truth.write("\n".join(rows) + "\n" if rows else "")
        kept = [row for row in case.negatives if row.where.partition(".")[0] in texts]
        lines = [
            _dumps({"case": key, "source": source, "value": row.value, "type": row.type, "where": row.where})
            for row in kept
        ]
        self._negatives.write("\n".join(lines) + "\n" if lines else "")
        self.negatives += len(kept)
        self.cases += 1
        self.messages += len(case.messages)
        self.by_source[source] += 1
        self.by_language[case.language] += 1
        self.text_chars += (
            len(case.subject)
            + len(case.description)
            + len(case.resolution)
            + len(case.remarks)
            + sum(len(message.text) for message in case.messages)
        )

    def summary(self, files: tuple[Path, ...]) -> Summary:
        """The figures of everything entered."""
        return Summary(
            cases=self.cases,
            messages=self.messages,
            by_source=dict(sorted(self.by_source.items())),
            by_language=dict(self.by_language.most_common()),
            planted=dict(sorted(self.planted.items())),
            disguised=self.disguised,
            negatives=self.negatives,
            text_chars=self.text_chars,
            files=files,
            truth=self.truth_path,
            negatives_file=self.negatives_path,
        )


_TEXTS = frozenset({"subject", "description", "message", "resolution", "remarks"})
ALL_TEXTS = set(_TEXTS)
"""Names of all texts of a case."""
