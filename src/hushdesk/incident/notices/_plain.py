"""Documents as plain text."""

from __future__ import annotations

import textwrap
from typing import Final

from hushdesk.incident.notices._document import Document

WIDTH: Final = 78
"""Columns: mail servers refuse lines of more than 1,000 octets, and people long ones."""


def wrapped(text: str, first: str = "", rest: str = "", width: int = WIDTH) -> list[str]:
    """One paragraph as lines; words are never broken, except those longer than a line."""
    lines = textwrap.wrap(
        text, width, initial_indent=first, subsequent_indent=rest, break_on_hyphens=False, tabsize=1
    )
    return lines or [first.rstrip()]


def plain(document: Document) -> str:
    """A document as text with lines of at most 78 characters, ending in a line feed."""
    lines = [*wrapped(document.title), "=" * min(WIDTH, len(document.title))]
    for text in document.intro:
        lines += wrapped(text)
    for number, section in enumerate(document.sections, 1):
        title = f"{number}. {section.title}"
        lines += ["", *wrapped(title, rest="   "), "-" * min(WIDTH, len(title))]
        for item in section.items:
            if item.label == section.title:
                lines += [row for text in item.lines for row in wrapped(text)]
                continue
            if len(item.lines) == 1 and len(item.label) + len(item.lines[0]) + 2 <= WIDTH:
                lines.append(f"{item.label}: {item.lines[0]}")
                continue
            lines += wrapped(f"{item.label}:")
            for text in item.lines:
                lines += wrapped(text, "  ", "  ")
    return "\n".join(lines) + "\n"
