"""Check codes of letters: confirmed, and counted by letter. Nothing is kept of who asks."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Callable, Iterable
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from hushdesk.analytics import OpenDesk
from hushdesk.incident.answering import CODES, IncidentDesk, present
from hushdesk.incident.notices import CheckCodes, Doubt, LetterFacts

FILE: Final = "checks.sqlite"
_SCHEMA: Final = """CREATE TABLE IF NOT EXISTS asked (
    incident TEXT NOT NULL, letter INTEGER NOT NULL, count INTEGER NOT NULL, first INTEGER NOT NULL,
    PRIMARY KEY (incident, letter)
) WITHOUT ROWID"""


@dataclass(frozen=True, slots=True)
class Confirmed:
    """A letter of ours."""

    facts: LetterFacts
    count: int
    """How often its code was asked for, this time included."""
    first: int
    """Moment at which it was asked for first."""


class LetterChecks:
    """Confirms codes.

    Args:
        codes: Under the desk's key.
        incidents: Names of the incidents that letters were written about.
        file: Where it is counted how often each letter was asked for: its number, a count, a moment.
        now: The present moment.
    """

    def __init__(
        self,
        codes: CheckCodes,
        incidents: Callable[[], Iterable[str]],
        file: Path,
        now: Callable[[], int] = present,
    ) -> None:
        self._codes, self._incidents, self._file, self._now = codes, incidents, file, now
        self._lock = threading.Lock()

    def confirm(self, code: str) -> Confirmed | Doubt:
        """Whether a letter of ours has a code."""
        found = self._codes.confirm(code, self._incidents())
        if isinstance(found, Doubt):
            return found
        # One at a time: two who ask for the same letter are two.
        with self._lock, closing(sqlite3.connect(self._file, isolation_level=None, timeout=30)) as db:
            self._file.chmod(0o600)
            db.execute(_SCHEMA)
            count, first = db.execute(
                "INSERT INTO asked VALUES (?, ?, 1, ?)"
                " ON CONFLICT DO UPDATE SET count = count + 1 RETURNING count, first",
                (found.incident, found.letter, self._now()),
            ).fetchone()
        return Confirmed(found, count, first)


def checks_of(desk: OpenDesk) -> LetterChecks | None:
    """The check codes of an open desk; none unless its settings say that the page is public."""
    core = desk.desk
    if not core.settings.pages.check:
        return None
    incidents = IncidentDesk(core, "web:check")
    codes = CheckCodes(core.keyring.derived(CODES))
    return LetterChecks(codes, incidents.with_letters, core.folder / FILE)
