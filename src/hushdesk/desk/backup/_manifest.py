"""The manifest of a backup: which files, with their hashes, of which desk, up to which head of the record; signed."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any, Final, Self

from hushdesk.desk.backup.errors import BackupRefused
from hushdesk.vault import verify_signature, write_private

MANIFEST: Final = "manifest.json"
_FORMAT: Final = "hushdesk-backup/1"
_PIECE: Final = 1 << 20

Sign = Callable[[bytes], tuple[int, bytes]]
"""Gives the version of the signing key and the signature."""


class Content(StrEnum):
    """What a backup holds. The two never lie in one folder: that would lead back to people."""

    STORE = "store"
    VAULT = "vault"


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a backup says of itself."""

    content: Content
    id: str
    """Names the backup; the store's and the vault's of one run have the same."""
    desk_id: str
    at: str
    """When it was begun, ISO 8601 in UTC."""
    counts: Mapping[str, int]
    """Cases, loads, quarantined, entries of the record; or persons."""
    head: Mapping[str, Any] | None
    """The signed head up to which the record goes; None for a vault, or an empty record."""
    files: Mapping[str, tuple[int, str]]
    """Size and SHA-256 of each file; a link has the size -1 and its target instead."""
    key_version: int = 0
    """Of the signing key."""
    signature: bytes = b""

    def to_bytes(self) -> bytes:
        """What is signed."""
        return json.dumps(self._plain(), sort_keys=True, separators=(",", ":")).encode()

    def _plain(self) -> dict[str, Any]:
        return {
            "format": _FORMAT,
            "content": self.content.value,
            "id": self.id,
            "desk_id": self.desk_id,
            "at": self.at,
            "counts": dict(self.counts),
            "head": dict(self.head) if self.head is not None else None,
            "files": {name: list(told) for name, told in self.files.items()},
        }

    def write(self, folder: Path, sign: Sign) -> str:
        """Sign it and write it, whole; returns its SHA-256."""
        version, signature = sign(self.to_bytes())
        document = self._plain() | {"key": version, "signature": signature.hex()}
        data = json.dumps(document, indent=1).encode() + b"\n"
        write_private(folder / MANIFEST, data)
        return hashlib.sha256(data).hexdigest()

    @classmethod
    def read(cls, folder: Path) -> Self:
        """The manifest of the backup in ``folder``; whether it is true is found by :meth:`check`.

        Raises:
            BackupRefused: There is none, or it cannot be read.
        """
        try:
            values = json.loads((folder / MANIFEST).read_bytes())
            if values["format"] != _FORMAT:
                raise BackupRefused("it was made by another version")
            files = {str(name): (int(size), str(told)) for name, (size, told) in values["files"].items()}
            return cls(
                Content(values["content"]),
                str(values["id"]),
                str(values["desk_id"]),
                str(values["at"]),
                {str(name): int(count) for name, count in values["counts"].items()},
                values["head"],
                files,
                int(values["key"]),
                bytes.fromhex(values["signature"]),
            )
        except FileNotFoundError:
            raise BackupRefused("it has no manifest: it was never finished") from None
        except (OSError, ValueError, KeyError, TypeError, AttributeError):
            raise BackupRefused("its manifest cannot be read") from None

    def check(self, folder: Path, keys: Mapping[int, bytes], desk_id: str) -> None:
        """Make sure that it is of this desk, signed by one of its keys, and that each file is as it was.

        Raises:
            BackupRefused: It is not.
        """
        key = keys.get(self.key_version)
        if key is None or not verify_signature(key, self.to_bytes(), self.signature):
            raise BackupRefused("its signature is not that of this desk's keys")
        if self.desk_id != desk_id:
            raise BackupRefused("it is of another desk")
        found = dict(measured(folder))
        for name, told in self.files.items():
            if name not in found:
                raise BackupRefused(f"{name} is missing")
            if found[name] != told:
                raise BackupRefused(f"{name} was changed")
        extra = sorted(found.keys() - self.files.keys())
        if extra:
            raise BackupRefused(f"{extra[0]} does not belong to it")


def measured(folder: Path) -> Iterator[tuple[str, tuple[int, str]]]:
    """Name, size and SHA-256 of each file below ``folder`` but the manifest; each is durable then."""
    for root, folders, names in os.walk(folder):
        for name in sorted((*names, *folders)):
            path = Path(root) / name
            inside = path.relative_to(folder).as_posix()
            if path.is_symlink():
                yield inside, (-1, str(path.readlink()))
            elif name in names and inside != MANIFEST:
                yield inside, _measure(path)


def _measure(path: Path) -> tuple[int, str]:
    digest, size = hashlib.sha256(), 0
    with path.open("rb") as file:
        os.fsync(file.fileno())
        while piece := file.read(_PIECE):
            digest.update(piece)
            size += len(piece)
    return size, digest.hexdigest()
