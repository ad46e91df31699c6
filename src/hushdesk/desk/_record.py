"""The desk's record: opened with the desk's signing keys."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final

from hushdesk.record import Record
from hushdesk.vault import Keyring

RECORD_FOLDER: Final = "record"


def open_record(folder: Path, keyring: Keyring) -> Record:
    """Open the record of the desk in ``folder`` for appending. Needs not own the desk.

    Raises:
        RecordDamagedError: What is signed is not what is there.
    """
    return Record(folder / RECORD_FOLDER, keyring.desk_id, keyring.sign_with_version, PublicKeys(keyring))


class PublicKeys(Mapping[int, bytes]):
    """The public signing keys of a keyring by version, as they are at each look: they grow with a rotation."""

    def __init__(self, keyring: Keyring) -> None:
        self._keyring = keyring

    def __getitem__(self, version: int) -> bytes:
        return self._keyring.signing_public_keys()[version]

    def __iter__(self) -> Iterator[int]:
        return iter(self._keyring.signing_public_keys())

    def __len__(self) -> int:
        return len(self._keyring.signing_public_keys())
