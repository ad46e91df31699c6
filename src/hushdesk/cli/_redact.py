"""``hushdesk redact``: a filter."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from typing import IO

import click

CHUNK_LINES = 200
"""Lines redacted together, so that addresses split over lines are found; a paragraph is not cut."""


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


@click.command("redact")
@click.option("--json", "as_json", is_flag=True, help="Print findings, one JSON object a line, not the text.")
@click.option("--explain", is_flag=True, help="Add to each finding why it is one (implies --json).")
def redact(*, as_json: bool, explain: bool) -> None:
    """Filter: text from standard input to standard output, personal data replaced.

    With --json, prints where findings are (start and end in code points of the whole input), their kind
    and score, but never the value itself.
    """
    from hushdesk.redact import Finding, find, replace

    numbers: dict[tuple[str, str], int] = {}
    counts: dict[str, int] = {}
    offset = 0
    for text in paragraphs(sys.stdin.buffer):
        findings = find(text)
        if as_json or explain:
            for finding in findings:
                value = {
                    "start": offset + finding.start,
                    "end": offset + finding.end,
                    "kind": finding.kind.value,
                    "score": round(finding.score, 3),
                }
                if explain:
                    value |= {"detector": finding.detector, "why": finding.why}
                sys.stdout.write(json.dumps(value) + "\n")
        else:

            def render(finding: Finding, text: str = text) -> str:
                kind = finding.kind.value
                if kind == "SECRET":
                    return "[SECRET]"
                form = finding.canonical or text[finding.start : finding.end]
                if (kind, form) not in numbers:
                    counts[kind] = counts.get(kind, 0) + 1
                    numbers[kind, form] = counts[kind]
                return f"[{kind}_{numbers[kind, form]}]"

            sys.stdout.write(replace(text, findings, render))
        sys.stdout.flush()
        offset += len(text)
