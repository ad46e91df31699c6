"""Which cases an export handed over: a file of sorted, packed case ids for each export.

A manifest is one line of JSON (``format``, ``count``) and then ten bytes for each case, sorted, each case once. Its SHA-256
stands in the entry that ends the export, so that whoever changes it is found. Making it takes memory for
:data:`SPILL` ids, whatever the export's size: sorted blocks go to disk, and are merged one first byte at a time.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Self

import numpy as np

from hushdesk.record._files import sync_folder
from hushdesk.record.errors import RecordError

EXPORTS: Final = "exports"
FORMAT: Final = "hushdesk export/1"
WIDTH: Final = 10
"""Bytes of a packed case id: sixteen characters of five bits."""
SPILL: Final = 1 << 20
"""So many ids are held in memory."""
_ALPHABET: Final = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_CHARACTERS: Final = 16
_BITS: Final = np.full(256, 255, np.uint8)
_BITS[np.frombuffer(_ALPHABET, np.uint8)] = np.arange(32, dtype=np.uint8)

Packed = np.ndarray[Any, np.dtype[np.bytes_]]


@dataclass(frozen=True, slots=True)
class Manifest:
    """What was written."""

    count: int
    """Different cases."""
    digest: str
    """SHA-256 of the file, hexadecimal."""
    size: int
    """Bytes of the file."""


def pack(ids: Sequence[str]) -> Packed:
    """Case ids as rows of :data:`WIDTH` bytes.

    Raises:
        RecordError: One of them is no case id.
    """
    text = "".join(ids).encode("ascii", "replace")
    if len(text) != len(ids) * _CHARACTERS or any(len(one) != _CHARACTERS for one in ids):
        raise RecordError("a case id is none.")
    values = _BITS[np.frombuffer(text, np.uint8)]
    if values.size and values.max() > 31:
        raise RecordError("a case id is none.")
    bits = np.unpackbits(values.reshape(-1, 1), axis=1)[:, 3:]
    return np.packbits(bits.reshape(-1, WIDTH * 8), axis=1).view(f"S{WIDTH}").ravel()


def unpack(data: bytes) -> list[str]:
    """The inverse of :func:`pack`."""
    bits = np.unpackbits(np.frombuffer(data, np.uint8)).reshape(-1, 5)
    values = np.packbits(np.pad(bits, ((0, 0), (3, 0))), axis=1).ravel()
    text = np.frombuffer(_ALPHABET, np.uint8)[values].tobytes().decode("ascii")
    return [text[at : at + _CHARACTERS] for at in range(0, len(text), _CHARACTERS)]


class ManifestWriter:
    """Writes one manifest; there is none until :meth:`finish` returns.

    Args:
        folder: Of the record.
        number: Of the entry with which the export began.
    """

    def __init__(self, folder: Path, number: int, spill: int = SPILL) -> None:
        self._folder, self._number, self._spill = folder / EXPORTS, number, spill
        self._held: list[Packed] = []
        self._waiting = 0
        self._blocks: list[tuple[Path, list[int]]] = []

    def add(self, ids: Sequence[str]) -> None:
        """Note cases that are about to be handed over."""
        self._held.append(pack(ids))
        self._waiting += len(ids)
        if self._waiting >= self._spill:
            self._write_block()

    def _write_block(self) -> None:
        block = np.unique(np.concatenate(self._held))
        self._held, self._waiting = [], 0
        self._folder.mkdir(mode=0o700, exist_ok=True)
        path = self._folder / f".{self._number}.{len(self._blocks)}.block"
        with _created(path) as file:
            file.write(_bytes(block))
        self._blocks.append((path, _starts(block)))

    def finish(self) -> Manifest:
        """Make it whole and durable.

        Raises:
            OSError: The disk refused.
        """
        self._folder.mkdir(mode=0o700, exist_ok=True)
        temporary = self._folder / f".{self._number}.body.block"
        path = self._folder / str(self._number)
        try:
            count = 0
            with _created(temporary) as body:
                for part in self._parts():
                    count += len(part)
                    body.write(_bytes(part))
            head = json.dumps({"format": FORMAT, "count": count}, separators=(",", ":")).encode() + b"\n"
            digest = hashlib.sha256(head)
            final = path.with_name(f".{self._number}.whole.block")
            with _created(final) as file, temporary.open("rb") as body:
                file.write(head)
                while piece := body.read(1 << 20):
                    digest.update(piece)
                    file.write(piece)
                file.flush()
                os.fsync(file.fileno())
            final.replace(path)
            sync_folder(self._folder)
        finally:
            self.forget()
        return Manifest(count, digest.hexdigest(), len(head) + count * WIDTH)

    def _parts(self) -> Iterator[Packed]:
        """All ids, sorted, each once: those of one first byte after the other if there are blocks."""
        held = np.unique(np.concatenate(self._held)) if self._held else np.empty(0, f"S{WIDTH}")
        if not self._blocks:
            yield held
            return
        starts = _starts(held)
        for first in range(256):
            pieces = [held[starts[first] : starts[first + 1]]]
            for path, places in self._blocks:
                with path.open("rb") as file:
                    file.seek(places[first] * WIDTH)
                    data = file.read((places[first + 1] - places[first]) * WIDTH)
                pieces.append(np.frombuffer(data, f"S{WIDTH}"))
            yield np.unique(np.concatenate(pieces))

    def forget(self) -> None:
        """Remove what was put aside."""
        self._held, self._blocks = [], []
        with suppress(FileNotFoundError):
            for path in self._folder.glob(f".{self._number}.*.block"):
                path.unlink(missing_ok=True)


def sweep(folder: Path) -> None:
    """Remove what a process that died had put aside. Only for whoever owns the desk."""
    with suppress(FileNotFoundError):
        for path in (folder / EXPORTS).glob(".*.block"):
            path.unlink(missing_ok=True)


class ManifestReader:
    """A manifest, for looking something up. Close it, or use it in a ``with`` statement.

    Raises:
        RecordError: There is none, or it is not one.
    """

    def __init__(self, folder: Path, number: int) -> None:
        try:
            self._file = (folder / EXPORTS / str(int(number))).open("rb")
        except OSError:
            raise RecordError("the list of cases of an export is missing.") from None
        try:
            line = self._file.readline(200)
            head = json.loads(line)
            if head["format"] != FORMAT or type(head["count"]) is not int:
                raise ValueError
            self.count: int = head["count"]
            self._start = len(line)
            if os.fstat(self._file.fileno()).st_size != self._start + self.count * WIDTH:
                raise ValueError
        except (ValueError, KeyError, TypeError):
            self._file.close()
            raise RecordError("the list of cases of an export was changed.") from None

    def __contains__(self, case: str) -> bool:
        try:
            wanted = _bytes(pack([case]))
        except RecordError:
            return False
        low, high = 0, self.count
        while low < high:
            middle = (low + high) // 2
            found = self._at(middle)
            if found == wanted:
                return True
            low, high = (middle + 1, high) if found < wanted else (low, middle)
        return False

    def _at(self, place: int) -> bytes:
        self._file.seek(self._start + place * WIDTH)
        return self._file.read(WIDTH)

    def cases(self) -> Iterator[str]:
        """All case ids."""
        self._file.seek(self._start)
        while data := self._file.read(WIDTH * 4096):
            yield from unpack(data)

    def digest(self) -> str:
        """SHA-256 of the file as it is now, hexadecimal."""
        self._file.seek(0)
        return hashlib.file_digest(self._file, "sha256").hexdigest()

    def close(self) -> None:
        """Let go of the file."""
        self._file.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def _created(path: Path) -> Any:
    return os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o600), "wb")


def _bytes(packed: Packed) -> bytes:
    return packed.tobytes()


def _starts(block: Packed) -> list[int]:
    """Where the ids of each first byte begin in a sorted block, and where the last ones end."""
    firsts = block.view(np.uint8).reshape(-1, WIDTH)[:, 0] if len(block) else np.empty(0, np.uint8)
    return [int(place) for place in np.searchsorted(firsts, np.arange(256))] + [len(block)]
