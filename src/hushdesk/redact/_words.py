"""Word lists that stay readable."""

from __future__ import annotations


def words(text: str) -> list[str]:
    """Return the words of a block of text.

    Args:
        text: Words divided by blanks and line ends.
    """
    return text.split()
