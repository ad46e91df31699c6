"""The file of who was erased: one line of JSON for each value, keyed hashes only, append-only.

It lies in the desk and must be backed up with it: without it a repeated load would bring people back. Each line is bound
by a tag under a second key, so that nobody without the desk's keys can have cases refused.
"""

from __future__ import annotations

import hmac
import json
from collections.abc import Iterable
from pathlib import Path
from threading import RLock
from typing import Final

from hushdesk.desk._errors import DeskError
from hushdesk.desk._lines import append_lines, whole_lines
from hushdesk.seal import ErasedValues
from hushdesk.vault import Keyring, touch_private

ERASED_FILE: Final = "erased.jsonl"


class ErasedFile:
    """The list of one desk, on disk and in memory."""

    def __init__(self, path: Path, keyring: Keyring) -> None:
        touch_private(path)
        self._path = path
        self._tag_key = keyring.derived("erased lines")
        self._lock = RLock()
        self.values = ErasedValues(keyring.derived("erased values"), self._read())
        """What sealing asks."""

    def add(self, macs: Iterable[bytes], at: int) -> None:
        """Remember values for good; durable when this returns.

        Args:
            macs: As :meth:`hushdesk.seal.ErasedValues.mac` makes them.
            at: The moment of the erasure, milliseconds since the epoch.
        """
        wanted = sorted(set(macs))
        lines = "".join(
            json.dumps({"mac": mac.hex(), "at": at, "tag": self._tag(mac, at)}, separators=(",", ":")) + "\n"
            for mac in wanted
        )
        with self._lock:
            append_lines(self._path, lines.encode())
        self.values.add(wanted, at)

    def _tag(self, mac: bytes, at: int) -> str:
        return hmac.digest(self._tag_key, b"%s|%d" % (mac, at), "sha256").hex()[:32]

    def _read(self) -> dict[bytes, int]:
        found: dict[bytes, int] = {}
        for line in whole_lines(self._path):
            try:
                row = json.loads(line)
                mac, at = bytes.fromhex(row["mac"]), int(row["at"])
                if not hmac.compare_digest(row["tag"], self._tag(mac, at)):
                    raise ValueError
            except (ValueError, KeyError, TypeError):
                raise DeskError(
                    "the desk's list of who was erased was changed, or belongs to other keys.",
                    remedy=f"Restore {ERASED_FILE} from a backup of the desk.",
                ) from None
            found[mac] = max(at, found.get(mac, 0))
        return found
