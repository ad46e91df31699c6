"""What a writer of exports is."""

from __future__ import annotations

from abc import ABC, abstractmethod
from contextlib import ExitStack
from pathlib import Path
from types import TracebackType
from typing import ClassVar, Self

from hushdesk.demo._cases import DemoCase
from hushdesk.demo._truth import Ledger


class ExportWriter(ABC):
    """Writes cases as one help desk's export into a folder of its own; a context manager."""

    source: ClassVar[str]
    """Name of the export, of its folder, and of the source in the truth."""
    names: ClassVar[tuple[str, ...]]
    """File names within the folder."""

    def __init__(self, folder: Path, ledger: Ledger, seed: int) -> None:
        self.folder = folder / self.source
        self.ledger = ledger
        self.seed = seed
        self.stack = ExitStack()
        self.files = tuple(self.folder / name for name in self.names)

    def __enter__(self) -> Self:
        self.folder.mkdir(parents=True, exist_ok=True)
        self.open()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.finish()
        self.stack.close()

    @abstractmethod
    def open(self) -> None:
        """Open the files, on ``self.stack``."""

    @abstractmethod
    def add(self, case: DemoCase) -> None:
        """Write one case and account for it."""

    def finish(self) -> None:  # noqa: B027 - most writers hold nothing back
        """Write what was held back."""
