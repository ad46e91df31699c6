"""What relays write down about the letters they took: the Message-IDs of ours in it."""

from __future__ import annotations

import gzip
import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Final, cast

from hushdesk.incident.sending._ids import ids_in
from hushdesk.incident.sending._mails import messages
from hushdesk.incident.sending.errors import BadRecordError

_HEADERS: Final = 256 * 1024
_LONGEST: Final = 64 * 1024
_POSTFIX: Final = re.compile(rb"postfix[a-z0-9_.-]*/([a-z]+)\[\d+\]: ([0-9A-Za-z]{5,32}): (.*)", re.DOTALL)
_MESSAGE_ID: Final = re.compile(
    rb"^message-id:[ \t]*(?:\r?\n[ \t]+)?([^\r\n]*)", re.IGNORECASE | re.MULTILINE
)
_BARE: Final = re.compile(rb"\s*<?[^\s<>@]+@[^\s<>@]+>?\s*")
_ID_KEYS: Final = frozenset({"messageid", "msgid", "internetmessageid", "rfc822messageid", "smtpid"})
_NOT_TAKEN: Final = frozenset(
    {"rejected", "reject", "refused", "dropped", "discarded", "error", "failed", "deferred"}
)


@dataclass(slots=True)
class Lines:
    """What became of the lines, or messages, of a record."""

    read: int = 0
    ours: int = 0
    """Say that the relay took a message with an id of the sender's domain that may be ours."""
    other: int = 0
    refused: int = 0
    """Could not be read."""


class Records:
    """Reads records; tokens come out one by one, so that a record may be larger than memory."""

    def __init__(self, domain: str) -> None:
        self._domain = domain.encode("ascii")
        self.lines = Lines()

    def of(self, record: Path | str | Iterable[str | Path]) -> Iterator[bytes]:
        """Tokens of the letters that a record says the relay took.

        Args:
            record: A path, or Message-IDs and paths. A path is a mail.log of Postfix, JSON lines with a Message-ID each, Message-IDs
                line by line, any of them gzipped, or a folder of sent messages as maildir, mbox or single files.

        Raises:
            BadRecordError: A file cannot be read.
        """
        # A bare text is one Message-ID, never a file's name.
        for part in [record] if isinstance(record, (str, Path)) else record:
            if isinstance(part, Path):
                yield from self._path(part)
            else:
                yield from self._count(ids_in(part.encode("utf-8", "replace"), self._domain))

    def _count(self, found: list[bytes]) -> list[bytes]:
        self.lines.read += 1
        if found:
            self.lines.ours += 1
        else:
            self.lines.other += 1
        return found[:1]

    def _path(self, path: Path) -> Iterator[bytes]:
        if path.is_dir():
            yield from self._messages(path)
            return
        try:
            with path.open("rb") as plain:
                zipped = plain.read(2) == b"\x1f\x8b"
                plain.seek(0)
                stream = cast("BinaryIO", gzip.GzipFile(fileobj=plain)) if zipped else plain
                head = stream.read(5)
                if head == b"From " and not zipped:
                    yield from self._messages(path)
                    return
                stream.seek(0)
                yield from self._text(stream)
        except (OSError, EOFError, ValueError):
            raise BadRecordError("a relay's record cannot be read.") from None

    def _messages(self, path: Path) -> Iterator[bytes]:
        for message in messages(path, _HEADERS):
            end = re.search(rb"\r?\n\r?\n", message)
            match = _MESSAGE_ID.search(message[: end.start()] if end else message)
            yield from self._count(ids_in(match.group(1), self._domain) if match else [])

    def _text(self, stream: BinaryIO) -> Iterator[bytes]:
        # Postfix names the Message-ID before the letter's end: the queue manager's line says that it was taken.
        pending: dict[bytes, bytes] = {}
        while line := stream.readline(_LONGEST):
            if not line.endswith(b"\n") and len(line) == _LONGEST:
                self.lines.read += 1
                self.lines.refused += 1
                while (rest := stream.readline(_LONGEST)) and not rest.endswith(b"\n"):
                    pass
                continue
            stripped = line.strip()
            if not stripped:
                continue
            if stripped.startswith(b"{"):
                yield from self._json(stripped)
            elif match := _POSTFIX.search(line):
                yield from self._postfix(match, pending)
            elif _BARE.fullmatch(line):
                yield from self._count(ids_in(line, self._domain))
            else:
                self._count([])

    def _json(self, line: bytes) -> list[bytes]:
        try:
            found = json.loads(line)
        except (ValueError, RecursionError):
            self.lines.read += 1
            self.lines.refused += 1
            return []
        ids: list[bytes] = []
        taken = isinstance(found, dict)
        if taken:
            for key, value in found.items():
                name = re.sub(r"[^a-z0-9]", "", key.lower())
                if name in _ID_KEYS and isinstance(value, str):
                    ids += ids_in(value.encode("utf-8", "replace"), self._domain)
                elif (name == "accepted" and value is False) or (
                    name in {"event", "status", "type", "result"}
                    and isinstance(value, str)
                    and value.lower() in _NOT_TAKEN
                ):
                    taken = False
        return self._count(ids if taken else [])

    def _postfix(self, match: re.Match[bytes], pending: dict[bytes, bytes]) -> list[bytes]:
        process, queue, rest = match.groups()
        if process == b"cleanup" and rest.startswith((b"message-id=", b"resent-message-id=")):
            pending.pop(queue, None)
            found = ids_in(rest, self._domain)
            if found and rest.startswith(b"message-id="):
                pending[queue] = found[0]
        elif process in {b"qmgr", b"nqmgr"} and rest.startswith(b"from=") and queue in pending:
            return self._count([pending.pop(queue)])
        elif rest.startswith(
            (b"milter-reject: END-OF-MESSAGE", b"reject: ", b"milter-discard", b"discard: ")
        ):
            pending.pop(queue, None)
        return self._count([])
