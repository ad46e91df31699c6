"""From a text to findings: line by line, with what the line before promised, and a bounded memory of repeated lines."""

from __future__ import annotations

import re
from collections import OrderedDict
from typing import Final

from hushdesk.redact._types import Finding, Kind
from hushdesk.redact.names import _cased, _shapes
from hushdesk.redact.names._cased import Span

LEAST: Final = 0.5
_PLAIN: Final = 0
_SIGNED: Final = 3
"""A sign-off came; counts down over the lines in which a name may still follow."""

_BREAK: Final = re.compile(r"\r\n|[\n\r\v\f\x1c-\x1e\x85\u2028\u2029]")
_HAS_UPPER: Final = re.compile(f"[{_cased.UPPER}]")
_DELIMITER: Final = re.compile(r"^[\s>]*(?:--|—|__+|~~+)\s*$")
_REMEMBERED: Final = 20_000

_Memory = OrderedDict[tuple[int, int, int], tuple[tuple[Span, ...], int]]
_memory: _Memory = OrderedDict()


def find_names(text: str, *, least: float = LEAST) -> list[Finding]:
    """Return the names of people and the postal addresses in ``text``, sorted, without overlaps.

    Args:
        text: Any text; offsets count its code points.
        least: Findings with a lower score are left out.
    """
    spans: list[Span] = []
    state, at = _PLAIN, 0
    for line in _lines(text):
        found, state = _remembered(line, state)
        for span in found:
            if span.score >= least:
                spans.append(Span(span.start + at, span.end + at, span.score, span.detector, span.why))
        at += len(line) + 1
    return [Finding(s.start, s.end, _kind(s), s.score, s.detector, why=s.why) for s in spans]


def _kind(span: Span) -> Kind:
    return Kind.ADDRESS if span.detector.startswith("address") else Kind.PERSON


def _lines(text: str) -> list[str]:
    if "\r" in text:
        text = text.replace("\r", "\n")
    return text.split("\n")


def _remembered(line: str, state: int) -> tuple[tuple[Span, ...], int]:
    key = (hash(line), len(line), state)
    known = _memory.get(key)
    if known is not None:
        return known
    result = _line(line, state)
    if len(_memory) >= _REMEMBERED:
        _memory.popitem(last=False)
    _memory[key] = result
    return result


def _line(line: str, state: int) -> tuple[tuple[Span, ...], int]:
    bare = line.strip(" \t>*|")
    if not bare:
        return (), state - 1 if state == _SIGNED + 10 else state
    spans: list[Span] = []
    after = _PLAIN
    if state and len(bare) <= 90:
        found = _shapes.signer(line)
        if found is not None:
            spans.append(found)
    if len(bare) <= 100:
        signed, found = _shapes.signs_off(line)
        if signed or _DELIMITER.match(line):
            after = _SIGNED
        if found is not None:
            spans.append(found)
            after = _PLAIN
    spans.extend(_cased.scan(line, sure=_shapes.expects_names(line)))
    spans.extend(_shapes.lower_names(line))
    if ":" in line or "=" in line or "\t" in line or "|" in line:
        spans.extend(_shapes.labelled(line))
    return tuple(_joined(spans, line)), after


def _joined(spans: list[Span], line: str) -> list[Span]:
    """Drop what lies in a better or longer span; join surname and given name around a comma."""
    if len(spans) < 2:
        return spans
    spans.sort(key=lambda s: (s.start, -s.end))
    out: list[Span] = []
    for span in spans:
        last = out[-1] if out else None
        if last is not None and span.start < last.end:
            if span.score >= LEAST > last.score:
                out[-1] = span
            elif last.score >= LEAST > span.score:
                continue
            elif span.detector[:5] == last.detector[:5]:
                out[-1] = last._replace(end=max(last.end, span.end), score=max(last.score, span.score))
            elif span.score > last.score:
                out[-1] = span
            continue
        out.append(span)
    return out
