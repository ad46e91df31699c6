"""Addresses whole: the number before a street, the postcode and the place behind it, and what stands between two parts."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import pairwise

from hushdesk.redact._lazy import lazily
from hushdesk.redact._types import Finding, Kind

_UPPER = "A-ZÀ-ÖØ-ÞŁŚŠŞŽŹŻČĆĐİĞА-ЯΑ-Ω"
_NUMBER = lazily(r"(?<![\w.,:/#-])(?:(?:No|Nr|no|nr)\.? ?)?\d{1,5}(?:[-/]\d{1,4})?[A-Za-z]?,? {1,2}$")
_PLACE = rf"[{_UPPER}][\w'’.-]*(?:[ -][{_UPPER}][\w'’-]+){{0,2}}"
_CODE = r"(?:[A-Z]{1,2}-)?(?:\d{4,6}(?:-\d{3,4})?|\d{3} \d{2}|\d{2}-\d{3}|[A-Z]{1,2}\d[A-Z\d]? ?\d[A-Z]{2}|[A-Z]\d[A-Z] ?\d[A-Z]\d)(?!\w)"
_BEHIND = lazily(
    rf"(?:,? {{1,2}}|,?\n[> \t]{{0,8}})(?:{_CODE}(?: {{1,2}}{_PLACE})?|{_PLACE},? (?:[A-Z]{{2,3}} )?{_CODE})"
)
_BETWEEN = lazily(r"[ ,\n>\t-]{0,6}(?:[^\W\d_][\w'’.]{0,20}[ ,\n>\t-]{0,6}){0,3}")
_NEAR = 32
_LONGEST = 400
"""Longer ones are lists of addresses: each of their parts would be looked for in all of them."""


def completed(text: str, found: Iterable[Finding]) -> Iterator[Finding]:
    """Yield the addresses of ``text`` as far as they reach beyond what was found of them.

    Args:
        text: The texts of one context.
        found: What was found in it already.
    """
    spans: list[tuple[int, int]] = []
    for start, end in sorted((f.start, f.end) for f in found if f.kind is Kind.ADDRESS):
        low, high = _whole(text, start, end)
        if spans and low <= spans[-1][1]:
            spans[-1] = (spans[-1][0], max(high, spans[-1][1]))
        else:
            spans.append((low, high))
    joined: list[tuple[int, int]] = spans[:1]
    for (_, last), (low, high) in pairwise(spans):
        if low - last <= _NEAR and high - joined[-1][0] <= _LONGEST and _BETWEEN.fullmatch(text, last, low):
            joined[-1] = (joined[-1][0], high)
        else:
            joined.append((low, high))
    known = {(f.start, f.end) for f in found if f.kind is Kind.ADDRESS}
    for low, high in joined:
        if (low, high) not in known:
            yield Finding(
                low, high, Kind.ADDRESS, 0.7, "address-whole", why="goes on from a part of an address"
            )


def _whole(text: str, start: int, end: int) -> tuple[int, int]:
    while start > 0 and text[start - 1].isalnum() and text[start].isascii() and text[start - 1].isascii():
        start -= 1
    while end < len(text) and text[end].isalnum() and text[end].isascii() and text[end - 1].isascii():
        end += 1
    before = _NUMBER.search(text, max(0, start - 16), start)
    if before is not None:
        start = before.start()
    behind = _BEHIND.match(text, end)
    return start, behind.end() if behind is not None else end
