"""What really happened in a drill. The chain never reads it; only the scoring does."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

FILE = "truth.json"


@dataclass(frozen=True, slots=True)
class Visit:
    """One outside address that got through."""

    address: str
    role: str
    """``thief``, ``scanner``, ``researcher``, ``early``, ``ghost``."""
    bytes_taken: int
    """Bytes that really left to it."""
    rows_taken: int
    """Cases that really left to it."""
    logged: bool
    """Whether any log holds a trace of it."""
    counted: bool
    """Whether a log counted all of its bytes."""


@dataclass(frozen=True, slots=True)
class Truth:
    """All of it."""

    windows: tuple[tuple[int, int], ...]
    """Moments, in microseconds, between which the store stood open to the internet."""
    visits: tuple[Visit, ...]
    never: tuple[str, ...]
    """Outside addresses that never got through: turned away, approved, or before the opening."""
    unseen: tuple[tuple[int, int], ...]
    """Spans within the windows in which nothing was logged."""
    mails: Mapping[str, str] = field(default_factory=dict)
    """E-mail address of each customer with a case in the store, and the language."""
    cases: int = 0

    def write(self, folder: Path) -> None:
        """Keep it."""
        path = folder / FILE
        path.write_text(json.dumps(asdict(self)), "utf-8")
        path.chmod(0o600)

    @classmethod
    def read(cls, folder: Path) -> Truth:
        """The inverse of :meth:`write`."""
        values: dict[str, Any] = json.loads((folder / FILE).read_text("utf-8"))
        return cls(
            windows=tuple((start, end) for start, end in values["windows"]),
            visits=tuple(Visit(**visit) for visit in values["visits"]),
            never=tuple(values["never"]),
            unseen=tuple((start, end) for start, end in values["unseen"]),
            mails=values["mails"],
            cases=values["cases"],
        )
