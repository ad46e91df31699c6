"""Loose patterns over simple readings of a text that should hold nothing personal any more."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence

from hushdesk.redact._types import Finding, Kind, Known
from hushdesk.redact.leak import _known, _loose, _readings
from hushdesk.redact.leak._gate import gate

_PSEUDONYM = re.compile(
    r"(?<![A-Z])[A-Z]{2,12}(?:_[A-Z]{1,12}){0,3}_[0-9A-HJKMNP-TV-Z]{14}(?![0-9A-Za-z])|\[[A-Z]{2,12}(?:_[A-Z]{1,12}){0,3}(?:_\d{1,9})?\]"
)


def blanked(text: str) -> str:
    """The text with its pseudonyms blanked, at unchanged offsets."""
    return _PSEUDONYM.sub(lambda m: "\x1a" * len(m.group()), text)


def with_value(found: Finding, text: str) -> Finding:
    """The finding with what stands at its place as its value."""
    value = text[found.start : found.end]
    return Finding(
        found.start, found.end, found.kind, found.score, found.detector, value, found.why, found.ref
    )


def leftovers(text: str, *, known: Sequence[Known] = ()) -> list[Finding]:
    """Return what in redacted ``text`` still looks personal; an empty list lets the case pass.

    Independent of the detectors: other code, other patterns, no index maps. Where a value was found in a reading
    that is not the text itself, the finding spans the whole text. ``canonical`` is the value as it was read.

    Args:
        text: A text that has been redacted.
        known: Values that must not occur in it in any spelling.
    """
    blank = blanked(text)
    may = gate(blank)
    out = [with_value(found, blank) for found in _loose.search(blank, may)]
    for reading, holds in _readings.readings(blank, may):
        for found in _loose.search(reading, holds):
            value = reading[found.start : found.end]
            at = blank.find(value)
            if at < 0:
                out.append(Finding(0, len(text), found.kind, found.score, found.detector, value, found.why))
            else:
                out.append(
                    Finding(at, at + len(value), found.kind, found.score, found.detector, value, found.why)
                )
    if known:
        out.extend(_known.search(unicodedata.normalize("NFKC", blank), blank, known))
    unique = {(f.start, f.end, f.kind, f.canonical): f for f in out}
    return sorted(unique.values(), key=lambda f: (f.start, f.end, f.kind))


__all__ = ["Kind", "leftovers"]
