"""Known values that must not have survived."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence

from hushdesk.redact._types import Finding, Kind, Known

_EXACT = frozenset({Kind.SECRET, Kind.USERNAME})


def _bare(text: str) -> str:
    text = unicodedata.normalize("NFKD", text.casefold())
    return "".join(c for c in text if c.isalnum() or c == "\x1a")


def search(plain: str, text: str, known: Sequence[Known]) -> Iterator[Finding]:
    """Yield a finding for each known value that still stands in the text.

    Args:
        plain: The text in compatibility form.
        text: The text itself.
        known: The values.
    """
    bare = _bare(plain)
    digits = re.sub(r"\D", "", plain)
    low = plain.casefold()
    for value in known:
        wanted = _bare(value.value)
        if value.kind is Kind.PERSON:
            words = [w for w in value.value.casefold().split() if w]
            pattern = r"[\s,.\-_]{1,3}".join(map(re.escape, words))
            hit = (
                len(wanted) >= 4 and len(words) > 1 and re.search(rf"(?<!\w){pattern}(?!\w)", low) is not None
            )
        elif value.kind is Kind.PHONE:
            number = re.sub(r"\D", "", value.value)[-8:]
            hit = len(number) >= 7 and number in digits and _near(number, plain)
        elif value.kind in _EXACT:
            hit = (
                len(value.value) >= 4
                and re.search(rf"(?<!\w){re.escape(value.value.casefold())}(?!\w)", low) is not None
            )
        else:
            hit = len(wanted) >= 7 and wanted in bare
        if hit:
            at = low.find(value.value.casefold()) if len(low) == len(text) else -1
            start, end = (at, at + len(value.value)) if at >= 0 else (0, len(text))
            yield Finding(
                start, end, value.kind, 0.9, "leak:known", "", "a known value is still there", value.ref
            )


def _near(number: str, text: str) -> bool:
    return re.search(r"[^\w\x1a]{0,3}".join(number), text) is not None
