"""What people and logs wrote, made harmless before it stands in a document, a mail or a print file."""

from __future__ import annotations

import re
import unicodedata
from typing import Final

_JOINERS: Final = "\u200c\u200d"
"""Persian and Indian names need them; they turn nothing round and end no line."""
_DROPPED: Final = frozenset({"Cf", "Cn", "Co", "Cs"})
_BLANK: Final = frozenset({"Cc", "Zl", "Zp", "Zs"})
_MARKS: Final = frozenset({"Mn", "Me"})
_MOST_MARKS: Final = 4
"""So many marks on one letter are writing; more of them climb over the lines above."""

_SCHEME: Final = re.compile(r"https?:?/*|www\.?|:/+|//+", re.IGNORECASE)
_DOMAIN: Final = re.compile(r"[^\W_][\w-]*\.[^\W\d_]{2,}(?![\w])", re.IGNORECASE)
_ADDRESS: Final = re.compile(r"[^\s@<>()\[\]\\,;:\"]{1,64}@[^\s@<>()\[\]\\,;:\"/]{1,253}")


def clean(text: str, most: int = 500) -> str:
    """One line without control characters, bidi overrides and invisible characters.

    Args:
        text: What somebody wrote.
        most: Characters that are kept; more end in an ellipsis.
    """
    if text.isascii() and text.isprintable():
        kept = " ".join(text.split()) if "  " in text else text.strip()
    else:
        # Compatible forms stay as they are: only what is equal for readers becomes one form.
        text = unicodedata.normalize("NFC", text[: most * 4])
        found: list[str] = []
        marks = 0
        for char in text:
            kind = unicodedata.category(char)
            marks = marks + 1 if kind in _MARKS else 0
            if kind in _BLANK:
                found.append(" ")
            elif (kind in _DROPPED and char not in _JOINERS) or marks > _MOST_MARKS:
                continue
            else:
                found.append(char)
        kept = " ".join("".join(found).split())
    return kept if len(kept) <= most else kept[: most - 1].rstrip() + "…"


def unlinked(text: str) -> str:
    """One clean line in which nothing begins like an address of the web."""
    text = clean(text, 200)
    while _SCHEME.search(text):
        text = " ".join(_SCHEME.sub(" ", text).split())
    return text


def links(text: str) -> bool:
    """Whether a mail program could make something of it that can be clicked."""
    return bool(_SCHEME.search(text) or _DOMAIN.search(text) or "@" in text)


def calling(name: str) -> str:
    """A name as a letter can call somebody by; empty if it is no name: a link, an address, a sentence, nothing."""
    name = clean(name, 200)
    if not name or len(name) > 70 or links(name) or not any(map(str.isalpha, name)):
        return ""
    return "" if set(name) & set("<>{}[]|\\^`~=*_#/:;!?") else name


def mailbox(address: str) -> str:
    """An e-mail address that can stand in a header; empty if it cannot."""
    address = address.strip(" ")
    if not address.isprintable() or not _ADDRESS.fullmatch(address):
        return ""
    return "" if any(unicodedata.category(char) in _DROPPED for char in address) else address
