"""The journal of an erasure: what is to be done, sealed, so that a killed process leaves nothing half done.

It is written whole before anything is touched. From then on the erasure is carried out to its end, by this process or by the
next one that opens the desk; each of its steps may be repeated. While it lies there it holds pseudonyms and case ids, so it is
encrypted under a key of the desk's keyring; a finder of the folder reads nothing in it.
"""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from hushdesk.desk._errors import DeskError
from hushdesk.desk.persons._plan import Plan
from hushdesk.vault import Keyring, write_private

JOURNAL_FILE: Final = "erasure.sealed"
_CONTEXT: Final = b"hushdesk erasure journal/1"


class Journal:
    """The journal of one desk: one erasure, or none."""

    def __init__(self, folder: Path, keyring: Keyring) -> None:
        self._path = folder / JOURNAL_FILE
        self._cipher = AESGCM(keyring.derived("erasure journal"))

    def write(self, plan: Plan) -> None:
        """Write an erasure down; durable when this returns."""
        nonce = os.urandom(12)
        text = json.dumps(plan.to_json(), separators=(",", ":")).encode()
        write_private(self._path, nonce + self._cipher.encrypt(nonce, text, _CONTEXT))

    def read(self) -> Plan | None:
        """The erasure that was begun and not ended, if there is one.

        Raises:
            DeskError: It was changed, or belongs to other keys.
        """
        try:
            data = self._path.read_bytes()
        except FileNotFoundError:
            return None
        try:
            return Plan.from_json(json.loads(self._cipher.decrypt(data[:12], data[12:], _CONTEXT)))
        except (InvalidTag, ValueError, TypeError):
            raise DeskError(
                "the journal of an erasure was changed, or belongs to other keys.",
                remedy=f"Open the desk with its own keys. If {JOURNAL_FILE} is damaged, restore the desk from a backup.",
            ) from None

    def clear(self) -> None:
        """The erasure is ended."""
        self._path.unlink(missing_ok=True)
        folder = os.open(self._path.parent, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)
