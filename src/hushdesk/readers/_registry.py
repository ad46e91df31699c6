"""Finds the readers: built-in ones and a stranger's plugins come through the same entry points."""

from __future__ import annotations

from dataclasses import dataclass
from importlib.metadata import entry_points

from hushdesk.readers._interface import Reader

GROUP = "hushdesk.readers"


@dataclass(frozen=True, slots=True)
class Broken:
    """A reader that is declared but cannot be used. It is skipped; the others work."""

    name: str
    """Name of its entry point."""
    problem: str
    """What is wrong, in one clause."""


def load_readers() -> tuple[list[Reader], list[Broken]]:
    """Load every declared reader, sorted by name; what fails is told as a value."""
    readers: dict[str, Reader] = {}
    broken = []
    for point in sorted(entry_points(group=GROUP), key=lambda point: (point.name, point.value)):
        try:
            factory = point.load()
            reader = factory()
        except Exception as error:  # noqa: BLE001 - whatever a plugin raises, the load goes on
            broken.append(Broken(point.name, f"it could not be loaded ({type(error).__name__})"))
            continue
        if not isinstance(reader, Reader) or not isinstance(getattr(reader, "name", None), str):
            broken.append(Broken(point.name, "it is not a Reader"))
        elif reader.name in readers:
            broken.append(Broken(point.name, "another reader has the same name"))
        else:
            readers[reader.name] = reader
    return [readers[name] for name in sorted(readers)], broken


def available() -> list[str]:
    """Names of the readers that can be used, sorted."""
    return [reader.name for reader in load_readers()[0]]
