"""``hushdesk redact``: a filter."""

from __future__ import annotations

import json
import select
import sys
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import IO, TYPE_CHECKING

import click

if TYPE_CHECKING:
    from hushdesk.redact import Finding

CHUNK_LINES = 200
"""Lines redacted together, so that addresses split over lines are found; a paragraph is not cut."""


TOGETHER = 64
"""Blocks that are read at once if they are there already: a person who types gets each block back at once."""


def paragraphs(stream: IO[bytes]) -> Iterator[str]:
    """Blocks of text that end at an empty line, or after :data:`CHUNK_LINES` lines."""
    lines: list[str] = []
    for raw in stream:
        line = raw.decode("utf-8", "replace")
        lines.append(line)
        if not line.strip() or len(lines) >= CHUNK_LINES:
            yield "".join(lines)
            lines = []
    if lines:
        yield "".join(lines)


def batches(blocks: Iterable[str], more_waits: Callable[[], bool]) -> Iterator[list[str]]:
    """Blocks in groups: as many as are there, up to :data:`TOGETHER`.

    Args:
        blocks: The blocks.
        more_waits: Tells whether the next block can be read without waiting for anybody.
    """
    group: list[str] = []
    for block in blocks:
        group.append(block)
        if len(group) >= TOGETHER or not more_waits():
            yield group
            group = []
    if group:
        yield group


def _more_waits(stream: IO[bytes]) -> bool:
    try:
        return bool(select.select([stream], [], [], 0)[0])
    except (OSError, ValueError):
        # A file of the program itself, or nothing that can be waited for.
        return True


@click.command("redact")
@click.option("--json", "as_json", is_flag=True, help="Print findings, one JSON object a line, not the text.")
@click.option("--explain", is_flag=True, help="Add to each finding why it is one (implies --json).")
def redact(*, as_json: bool, explain: bool) -> None:
    """Filter: text from standard input to standard output, personal data replaced.

    With --json, prints where findings are (start and end in code points of the whole input), their kind
    and score, but never the value itself.
    """
    from hushdesk.redact import find_batch

    show = _Shown(as_json=as_json or explain, explain=explain)
    stream = sys.stdin.buffer
    for texts in batches(paragraphs(stream), lambda: _more_waits(stream)):
        for text, (findings,) in zip(texts, find_batch([[text] for text in texts]), strict=True):
            sys.stdout.write(show.block(text, findings))
        sys.stdout.flush()


class _Shown:
    """What is printed of each block; the same value has the same number throughout.

    Args:
        as_json: Print findings, not the text.
        explain: Say with each finding why it is one.
    """

    def __init__(self, *, as_json: bool, explain: bool) -> None:
        self._as_json, self._explain = as_json, explain
        self._numbers: dict[tuple[str, str], int] = {}
        self._counts: Counter[str] = Counter()
        self._offset = 0

    def block(self, text: str, findings: Sequence[Finding]) -> str:
        """What to print of one block."""
        from hushdesk.redact import replace

        if self._as_json:
            out = "".join(json.dumps(self._value(finding)) + "\n" for finding in findings)
        else:
            out = replace(text, findings, lambda finding: self._placeholder(finding, text))
        self._offset += len(text)
        return out

    def _value(self, finding: Finding) -> dict[str, object]:
        value: dict[str, object] = {
            "start": self._offset + finding.start,
            "end": self._offset + finding.end,
            "kind": finding.kind.value,
            "score": round(finding.score, 3),
        }
        return value | {"detector": finding.detector, "why": finding.why} if self._explain else value

    def _placeholder(self, finding: Finding, text: str) -> str:
        kind = finding.kind.value
        if kind == "SECRET":
            return "[SECRET]"
        form = finding.canonical or text[finding.start : finding.end]
        if (kind, form) not in self._numbers:
            self._counts[kind] += 1
            self._numbers[kind, form] = self._counts[kind]
        return f"[{kind}_{self._numbers[kind, form]}]"
