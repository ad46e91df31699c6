"""Letters said one by one, of which the names that are found beside them tell what they spell."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable

from hushdesk.redact._canonical import canonical
from hushdesk.redact._fold import fold
from hushdesk.redact._types import Finding, Kind
from hushdesk.redact.detect import SPELLED_UNSURE

_FEWEST = 3


def settled(found: Iterable[Finding], names: Iterable[str]) -> list[Finding]:
    """Return ``found`` with the letters that spell a name, or the beginning of one, and without those that do not.

    Args:
        found: What was found in one context.
        names: The names in it, as they are written.
    """
    out: list[Finding] = []
    parts: list[str] | None = None
    for finding in found:
        if not finding.detector.startswith(SPELLED_UNSURE):
            out.append(finding)
            continue
        if parts is None:
            # In order, so that names that begin so are looked up: of many letters and many names each pair would be compared.
            parts = sorted(
                {
                    part
                    for name in names
                    for part in fold(name).replace("-", " ").split()
                    if len(part) >= _FEWEST
                }
            )
        letters = fold(finding.canonical)
        at = bisect_left(parts, letters)
        if at < len(parts) and parts[at].startswith(letters):
            form = canonical(Kind.PERSON, finding.canonical)
            why = "spells a name found beside it"
            out.append(Finding(finding.start, finding.end, Kind.PERSON, 0.8, "spelled", form, why))
    return out
