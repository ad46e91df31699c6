"""The one small door for stores: an engine says which files are its own, and reads them."""

from __future__ import annotations

from typing import Protocol

from hushdesk.guard.posture._files import ConfigFile, Run


class Engine(Protocol):
    """One kind of store."""

    name: str
    """As in :data:`hushdesk.guard.ENGINES`."""

    def claims(self, file: ConfigFile) -> bool:
        """Whether a file configures this store: by its name and what stands in it. May raise nothing."""

    def read(self, run: Run) -> None:
        """Adds to the run's findings an endpoint for each server that its files configure, and remarks."""
