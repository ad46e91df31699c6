"""What is already redacted: pseudonyms and placeholders, which nothing may take for a value again."""

from __future__ import annotations

from hushdesk.redact._lazy import lazily
from hushdesk.redact.detect._text import FILLER

PROTECTED = lazily(
    r"\b[A-Z][A-Z_]*_[0-9A-HJKMNP-TV-Z]{14}\b|\[(?!(?:AT|DOT|PUNKT|POINT|PUNTO|PONTO|ARROBA|AROBASE|A)\])[A-Z][A-Z_]*(?:_\d{1,9})?\]"
)


def shielded(text: str) -> str:
    """Return ``text`` with every pseudonym and placeholder blotted out, at unchanged offsets.

    Args:
        text: A text that may be redacted already.
    """
    # The fillers and breaks are ours; in a text from outside they would hide what stands beside them.
    if "\x01" in text or "\x02" in text or FILLER in text:
        text = text.replace("\x01", " ").replace("\x02", " ").replace(FILLER, " ")
    if "_" in text or "[" in text:
        return PROTECTED.sub(lambda m: FILLER * (m.end() - m.start()), text)
    return text
