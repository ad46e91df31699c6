"""The file of the desk's allow and deny lists: one line of JSON for each decision, append-only.

It lies in the desk. Whoever copies the desk gets keyed hashes, kinds and times; the key hangs on the keyring, without which
no guess at a value can be tested. With the keys it must not lie: then keys alone, without the desk, could test guesses.
Each line is bound by a tag under a second key, so that nobody can turn a denied value into an allowed one.
"""

from __future__ import annotations

import hmac
import json
from collections.abc import Iterator
from pathlib import Path
from threading import RLock
from typing import Any, Final

from hushdesk.desk._errors import DeskError
from hushdesk.desk._ledger import now
from hushdesk.desk._lines import append_lines, whole_lines
from hushdesk.redact import Kind
from hushdesk.seal import Entry, Listed, ValueLists
from hushdesk.vault import Keyring, touch_private

LISTS_FILE: Final = "values.jsonl"


class ListsFile:
    """The lists of one desk, on disk and in memory."""

    def __init__(self, path: Path, keyring: Keyring) -> None:
        touch_private(path)
        self._path = path
        self._tag_key = keyring.derived("value list lines")
        self._lock = RLock()
        self.lists = ValueLists(keyring.derived("value lists"), self._read())
        """What sealing asks."""

    def decide(self, listed: Listed, kind: Kind, value: str) -> None:
        """Put a value on a list, durably, and off the other one. The value itself is not kept.

        Raises:
            ValueTooShort: It cannot be looked for by itself.
        """
        entry = self.lists.entry(listed, kind, value, now())
        line = json.dumps(self._line(entry), separators=(",", ":")).encode() + b"\n"
        with self._lock:
            append_lines(self._path, line)
        self.lists.add(entry)

    def _line(self, entry: Entry) -> dict[str, Any]:
        row: dict[str, Any] = {
            "list": entry.listed.value,
            "kind": entry.kind,
            "mac": entry.mac.hex(),
            "head": entry.head.hex(),
            "words": entry.words,
            "at": entry.at,
        }
        return {**row, "tag": self._tag(row)}

    def _tag(self, row: dict[str, Any]) -> str:
        return hmac.digest(self._tag_key, json.dumps(row, sort_keys=True).encode(), "sha256").hex()[:32]

    def _read(self) -> Iterator[Entry]:
        for line in whole_lines(self._path):
            try:
                row = json.loads(line)
                tag = row.pop("tag")
                if not hmac.compare_digest(tag, self._tag(row)):
                    raise ValueError
                yield Entry(
                    Listed(row["list"]),
                    Kind(row["kind"]).value,
                    bytes.fromhex(row["mac"]),
                    bytes.fromhex(row["head"]),
                    int(row["words"]),
                    row["at"],
                )
            except (ValueError, KeyError, TypeError, AttributeError):
                raise DeskError(
                    "the desk's allow and deny lists were changed, or belong to other keys.",
                    remedy=f"Restore {LISTS_FILE} from a backup of the desk.",
                ) from None
