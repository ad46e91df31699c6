"""The text without what disguises a name: invisible characters, look-alike letters, letters of odd blocks."""

from __future__ import annotations

import re
from typing import Final

from hushdesk.redact.views import View, decoded

_INVISIBLE: Final = "\u00ad\u034f\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufe00-\ufe0f\ufeff"
_LATIN: Final = "A-Za-zÀ-ɏ"
_GREEK_CYRILLIC: Final = "\u0370-\u052f"
_DISGUISED: Final = re.compile(
    rf"[^\W\d_][{_INVISIBLE}]|[{_INVISIBLE}][^\W\d_]|[\uff21-\uff3a\uff41-\uff5a\uff66-\uff9f\U0001d400-\U0001d7ff\U0001f130-\U0001f189]"
    rf"|[{_LATIN}][{_GREEK_CYRILLIC}]|[{_GREEK_CYRILLIC}][{_LATIN}]|[^\W\d_][\u0300-\u036f]"
)
_ODD: Final = re.compile(
    rf"[{_INVISIBLE}{_GREEK_CYRILLIC}\u0300-\u036f\uff21-\uff3a\uff41-\uff5a\uff66-\uff9f\U0001d400-\U0001d7ff\U0001f130-\U0001f189]"
)


def reading(text: str) -> View | None:
    """Return how ``text`` reads without disguises, or nothing when it has none."""
    if text.isascii() or _ODD.search(text) is None or _DISGUISED.search(text) is None:
        return None
    raw = View(text)
    view = decoded(raw, lambda _: {})
    return None if view is raw else view
