"""From a text to findings: line by line, with what the line before promised, and a bounded memory of repeated lines."""

from __future__ import annotations

import re
from collections import OrderedDict
from typing import Final

from hushdesk.redact._types import Finding, Kind
from hushdesk.redact.names import _address, _cased, _east, _east_context, _handed, _shapes, _south, _spaced
from hushdesk.redact.names._reading import reading
from hushdesk.redact.names._tokens import Span

LEAST: Final = 0.5
_PLAIN: Final = 0
_SIGNED: Final = 2
"""A sign-off came; counts down over the lines in which a name may still follow."""
_AWAITING: Final = frozenset({1, 2})
_STREET: Final = 14
"""A street came; flat, town, postcode and country may follow in as many lines."""
_ANNOUNCED: Final = 24
"""A label alone came; its address follows."""
_ADDRESSED: Final = frozenset({11, 12, 13, _STREET, 21, 22, 23, _ANNOUNCED})

_ODD_BREAK: Final = re.compile("[\r\v\f\x1c-\x1e\x85\u2028\u2029]")
_OTHER: Final = re.compile("[\u0590-\u0fff\u3040-\u30ff\u3400-\u9fff\uac00-\ud7a3]")
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
    view = reading(text)
    if view is None:
        return [
            Finding(s.start, s.end, _kind(s), s.score, s.detector, why=s.why) for s in _spans(text, least)
        ]
    found = []
    for span in _spans(view.text, least):
        start, end = view.origin(span.start, span.end)
        found.append(Finding(start, end, _kind(span), span.score, span.detector, why=span.why))
    return found


def _spans(text: str, least: float) -> list[Span]:
    spans: list[Span] = []
    state, at = _PLAIN, 0
    introduced, odd = _shapes.introduces(text.lower()), _spaced.hinted(text) or _handed.hinted(text)
    for line in _lines(text):
        found, state = _remembered(line, state, introduced, odd)
        spans.extend(
            span._replace(start=span.start + at, end=span.end + at) for span in found if span.score >= least
        )
        at += len(line) + 1
    return spans


def _kind(span: Span) -> Kind:
    return Kind.ADDRESS if span.detector.startswith("address") else Kind.PERSON


def _lines(text: str) -> list[str]:
    if _ODD_BREAK.search(text) is not None:
        text = _ODD_BREAK.sub("\n", text)
    return text.split("\n")


def _remembered(line: str, state: int, introduced: bool, odd: bool) -> tuple[tuple[Span, ...], int]:
    key = (hash(line), len(line), state)
    known = _memory.get(key)
    if known is not None:
        return known
    result = _line(line, state, introduced, odd)
    if len(_memory) >= _REMEMBERED:
        _memory.popitem(last=False)
    _memory[key] = result
    return result


def _line(line: str, state: int, introduced: bool, odd: bool) -> tuple[tuple[Span, ...], int]:
    bare = line.strip(" \t>*|\u3000")
    if not bare.strip():
        return (), state
    spans: list[Span] = []
    after = _PLAIN
    short = len(bare) <= 100
    other = not line.isascii() and _OTHER.search(line) is not None
    if other and short and (whole := _east_context.alone(line, signed=state in _AWAITING)) is not None:
        spans.append(whole)
    if state in _AWAITING and short:
        found = _shapes.signer(line) or (_east.signer(line) or _south.signer(line) if other else None)
        if found is not None:
            spans.append(found)
        elif state > 1:
            after = state - 1
    elif state in _ADDRESSED and short:
        found = _address.continues(line, announced=state > _STREET)
        if found is not None:
            spans.append(found)
        if (found is not None or state > _STREET) and state - 1 in _ADDRESSED:
            after = state - 1
    elif len(bare) < 40 and not other:
        found = _shapes.signer(line, certain=True)
        if found is not None:
            spans.append(found)
    if short:
        signed, found = _shapes.signs_off(line)
        if signed or _DELIMITER.match(line) or (other and (_east.signs_off(line) or _south.signs_off(line))):
            after = _SIGNED
        if found is not None:
            spans.append(found)
            after = _PLAIN
    spans.extend(_cased.scan(line, sure=_shapes.expects_names(line)))
    spans.extend(_shapes.lower_names(line, introduced=introduced))
    if ":" in line or "=" in line or "\t" in line or "|" in line:
        spans.extend(_shapes.labelled(line))
    if odd:
        spans.extend(_spaced.scan(line))
        spans.extend(_handed.scan(line))
    if other:
        spans.extend(_east.scan(line))
        spans.extend(_east_context.scan(line))
        spans.extend(_south.scan(line))
    places = [span for span in _address.scan(line) if span.score >= LEAST]
    if places:
        spans.extend(places)
        if max(span.end for span in places) >= len(line.rstrip(" ,.")) - 2 and after == _PLAIN:
            after = _STREET
    elif line.rstrip()[-1] in ":：" and _address.announces(line):
        after = _ANNOUNCED
    return tuple(_joined(spans)), after


def _joined(spans: list[Span]) -> list[Span]:
    """Of spans that overlap keep addresses before names, then the union or the better one."""
    if len(spans) < 2:
        return spans
    spans.sort(key=lambda s: (s.start, -s.end))
    out: list[Span] = []
    for span in spans:
        merged = span
        while out and merged.start < out[-1].end:
            merged = _better(out.pop(), merged)
        out.append(merged)
    return out


def _better(last: Span, span: Span) -> Span:
    if span.score < LEAST or last.score < LEAST:
        return max(span, last, key=lambda s: s.score)
    # A street may be called after a person; the person is not meant.
    place = [s for s in (last, span) if s.detector.startswith("address")]
    best = place[0] if len(place) == 1 else max(last, span, key=lambda s: s.score)
    return best._replace(start=min(last.start, span.start), end=max(last.end, span.end))
