"""Numbers right after a person: what follows a name in a list of contacts is that person's number."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from hushdesk.redact._lazy import lazily
from hushdesk.redact._types import Finding, Kind
from hushdesk.redact.detect import digits_of, run_of_digits, spread_phone

_NEXT = lazily(rf"[ \t]{{0,2}}[)）]?[ \t]{{0,2}}[,，、:：;；—–(（\-]?[ \t]{{0,2}}(?P<v>{run_of_digits})")
_DATE = lazily(
    r"(?:19|20)\d\d[\-/. ]\d\d?[\-/. ]\d\d?(?!\d)|\d\d?[\-/.]\d\d?[\-/.](?:19|20)\d\d(?!\d)|\d{1,3}(?:\.\d{1,3}){3}$"
)


def followers(text: str, found: Iterable[Finding]) -> Iterator[Finding]:
    """Yield the telephone numbers that follow a name or a mailbox in ``text``.

    Args:
        text: The texts of one context.
        found: What was found in it already.
    """
    for finding in found:
        if finding.kind is Kind.PERSON or finding.kind is Kind.EMAIL:
            match = _NEXT.match(text, finding.end)
            if match is not None and 8 <= digits_of(match["v"]) <= 13 and not _DATE.match(match["v"]):
                yield spread_phone(text, *match.span("v"), "follows a person's name")
