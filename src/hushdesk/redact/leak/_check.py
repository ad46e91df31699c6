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


def _blanked(text: str) -> str:
    return _PSEUDONYM.sub(lambda m: "\x1a" * len(m.group()), text)


def leftovers(text: str, *, known: Sequence[Known] = ()) -> list[Finding]:
    """Return what in redacted ``text`` still looks personal; an empty list lets the case pass.

    Independent of the detectors: other code, other patterns, no index maps. Where a value was found in a reading
    that is not the text itself, the finding spans the line it stands in or, failing that, the whole text.

    Args:
        text: A text that has been redacted.
        known: Values that must not occur in it in any spelling.
    """
    blank = _blanked(text)
    may = gate(blank)
    out = _loose.search(blank, may)
    for reading, holds in _readings.readings(blank, may):
        for found in _loose.search(reading, holds):
            value = reading[found.start : found.end]
            at = blank.find(value)
            if at < 0:
                out.append(Finding(0, len(text), found.kind, found.score, found.detector, "", found.why))
            else:
                out.append(
                    Finding(at, at + len(value), found.kind, found.score, found.detector, "", found.why)
                )
    if known:
        out.extend(_known.search(unicodedata.normalize("NFKC", blank), blank, known))
    unique = {(f.start, f.end, f.kind): f for f in out}
    return sorted(unique.values(), key=lambda f: (f.start, f.end, f.kind))


__all__ = ["Kind", "leftovers"]
