"""The last two states that differ, in a file of their own: written whole or not at all, for nobody else's eyes."""

from __future__ import annotations

import json
import os
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from hushdesk.guard._findings import Endpoint
from hushdesk.guard.errors import StateError
from hushdesk.guard.state._codec import decode, encode

FORMAT: Final = 1
_NAME: Final = "states.json"


@dataclass(frozen=True, slots=True)
class Seen:
    """What all inputs together showed at one time."""

    at: datetime
    """When this was seen first, with a time zone."""
    endpoints: tuple[Endpoint, ...]


@dataclass(frozen=True, slots=True)
class Kept:
    """What is remembered."""

    now: Seen | None = None
    """The state that was seen last."""
    before: Seen | None = None
    """The last one before it from which somebody else could reach something."""


class StateFile:
    """Keeps states in a folder. One process at a time: a desk's owner."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / _NAME

    def read(self) -> Kept:
        """What was kept last; nothing if there is no file.

        Raises:
            StateError: The file is there and cannot be used.
        """
        try:
            plain = json.loads(self._path.read_bytes())
        except FileNotFoundError:
            return Kept()
        except OSError as error:
            raise StateError(self._path.name, error.strerror or "it cannot be read") from None
        except (ValueError, RecursionError):
            raise StateError(self._path.name, "it is no JSON") from None
        if not isinstance(plain, dict) or plain.keys() != {"format", "now", "before"}:
            raise StateError(self._path.name, "it does not hold what it should")
        if plain["format"] != FORMAT:
            raise StateError(self._path.name, f"its format is not {FORMAT}")
        return Kept(_seen(plain["now"]), _seen(plain["before"]))

    def write(self, kept: Kept) -> None:
        """Keep this instead; after a crash at any moment it is there, or what was there before.

        Raises:
            StateError: The folder does not take it.
        """
        plain = {"format": FORMAT, "now": _plain(kept.now), "before": _plain(kept.before)}
        data = json.dumps(plain, separators=(",", ":")).encode()
        folder, fresh = self._path.parent, self._path.with_name(f"{_NAME}.new")
        try:
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            # What a crash has left over goes first: a new file is made with the mode that is asked for.
            fresh.unlink(missing_ok=True)
            descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
            with open(descriptor, "wb") as file:  # noqa: PTH123 - it is a descriptor
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
            fresh.replace(self._path)
            _sync(folder)
        except OSError as error:
            raise StateError(
                self._path.name, error.strerror or "an input or output error", writing=True
            ) from None


def _sync(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _plain(seen: Seen | None) -> dict[str, Any] | None:
    return None if seen is None else {"at": seen.at.isoformat(), "state": encode(seen.endpoints)}


def _seen(plain: object) -> Seen | None:
    if plain is None:
        return None
    if not isinstance(plain, dict) or plain.keys() != {"at", "state"} or not isinstance(plain["at"], str):
        raise StateError(_NAME, "a state does not hold what it should")
    try:
        at = datetime.fromisoformat(plain["at"])
    except ValueError:
        raise StateError(_NAME, "a state's time is none") from None
    if at.tzinfo is None:
        raise StateError(_NAME, "a state's time has no zone")
    return Seen(at, decode(plain["state"]))
