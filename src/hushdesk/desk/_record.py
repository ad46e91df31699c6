"""The desk's record: opened with the desk's signing keys."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from hushdesk.record import Record
from hushdesk.vault import Keyring, Purpose

RECORD_FOLDER: Final = "record"


def open_record(folder: Path, keyring: Keyring) -> Record:
    """Open the record of the desk in ``folder`` for appending. Needs not own the desk.

    Raises:
        RecordDamagedError: What is signed is not what is there.
    """

    def sign(message: bytes) -> tuple[int, bytes]:
        return keyring.version(Purpose.SIGNING), keyring.sign(message)

    return Record(folder / RECORD_FOLDER, keyring.desk_id, sign, keyring.signing_public_keys())
