"""One compiled multi-pattern database per process: where is a closer look worth its time?"""

from __future__ import annotations

import os
import threading
from collections.abc import Sequence
from typing import Any

import hyperscan

from hushdesk.redact._kept import compiled


class Scanner:
    """Scans a text for many expressions at once and reports (id, end) in code points.

    Args:
        expressions: Pairs of Hyperscan expression and whether its case matters.
    """

    def __init__(self, expressions: Sequence[tuple[str, bool]]) -> None:
        self._database = compiled(
            [(each, 0 if sensitive else hyperscan.HS_FLAG_CASELESS) for each, sensitive in expressions]
        )
        self._local = threading.local()

    def _scratch(self) -> Any:
        """Return this thread's scratch; a forked process makes its own."""
        local = self._local
        if getattr(local, "pid", None) != os.getpid():
            local.scratch = hyperscan.Scratch(self._database)
            local.pid = os.getpid()
        return local.scratch

    def scan(self, text: str) -> list[tuple[int, int]]:
        """Return every trigger of ``text`` as (id, end offset in code points), by end.

        Args:
            text: The text, or several with breaks between them.
        """
        hits: list[tuple[int, int]] = []
        add = hits.append
        plain = text.isascii()
        # The added line end lets expressions that want to see what follows fire at the very end too.
        data = (text + "\n").encode("utf-8", "surrogatepass")

        def on_match(expression: int, _start: int, end: int, _flags: int, _context: object) -> None:
            add((end, expression))

        self._database.scan(data, match_event_handler=on_match, scratch=self._scratch())
        if not hits:
            return hits
        hits.sort()
        if plain:
            return hits
        out: list[tuple[int, int]] = []
        last = points = 0
        size = len(data)
        for end, expression in hits:
            # An expression may end within a character; what it saw is that character.
            while end < size and data[end] & 0xC0 == 0x80:
                end += 1  # noqa: PLW2901
            if end > last:
                points += len(data[last:end].decode("utf-8", "surrogatepass"))
                last = end
            out.append((points, expression))
        return out
