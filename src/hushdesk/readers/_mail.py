"""Mail: mbox files, single messages and Maildirs. Threads become cases.

Every mail is parsed once; what is needed of it goes, encrypted, to a temporary place, until all
references are known and the threads can be put together one by one.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import fields
from datetime import datetime
from operator import attrgetter
from typing import ClassVar

from hushdesk.cases import Case, Locator, Reason, Refused, Supporting
from hushdesk.readers._errors import CarrierError
from hushdesk.readers._interface import NOT_MINE, Confidence, Options, Reader, Sniffed, Stream
from hushdesk.readers._mail_case import Kept, build_cases
from hushdesk.readers._mail_parse import Mail, NotAMailError, TooManyPartsError, parse_mail
from hushdesk.readers._mail_split import KEEP_OF_LARGE, MAX_MESSAGE, RawMail, is_mbox, split
from hushdesk.readers._mail_threads import Threads
from hushdesk.readers._open import refuse
from hushdesk.readers._spill import Spill

_HEADER_LINE = re.compile(rb"([!-9;-~]{1,80})[ \t]*:")
_USUAL = frozenset(
    b"from to cc bcc subject date message-id received return-path mime-version content-type delivered-to reply-to"
    b" sender in-reply-to references content-transfer-encoding x-mailer user-agent dkim-signature x-originating-ip"
    b" content-disposition envelope-to x-original-to list-id precedence thread-topic x-received".split()
)
_TELLING = frozenset(b"message-id received return-path mime-version delivered-to dkim-signature".split())
_FLAGS = re.compile(r"[:;!]2,([A-Za-z]*)$")
_FOLDER_DATA = re.compile(rb"^Subject: DON'T DELETE THIS MESSAGE -- FOLDER INTERNAL DATA\r?$", re.MULTILINE)


class MailReader(Reader):
    """Reads mailboxes of any common layout."""

    name: ClassVar[str] = "mail"

    def sniff(self, head: bytes, name: str) -> Sniffed:
        """Know a mailbox by its ``From `` line and a message by its header fields."""
        del name
        head = head.removeprefix(b"\xef\xbb\xbf").lstrip(b"\r\n")
        if is_mbox(head):
            return Sniffed(Confidence.CERTAIN, "mbox")
        names: list[bytes] = []
        strange = 0
        ended = False
        for line in head.split(b"\n", 60)[:60]:
            if not line.strip():
                ended = True
                break
            if line[:1] in (b" ", b"\t"):
                continue
            found = _HEADER_LINE.match(line)
            if found:
                names.append(found[1].lower())
            elif not names:
                return NOT_MINE
            else:
                strange += 1
        usual = _USUAL.intersection(names)
        if strange > len(names) / 4 or not usual:
            return NOT_MINE
        if len(usual) >= 3 or (len(usual) == 2 and usual & _TELLING):
            return Sniffed(Confidence.CERTAIN, "message")
        if len(usual) == 2 or usual & _TELLING or len(names) > 2 or ended:
            return Sniffed(Confidence.LIKELY, "message")
        return NOT_MINE

    def read(
        self, streams: Sequence[tuple[str, Stream]], options: Options
    ) -> Iterator[Case | Refused | Supporting]:
        """Yield the threads of all streams together, after everything that was refused."""
        given = options.mapping.support_domains if options.mapping else frozenset[str]()
        threads = Threads()
        rows = distinct = 0
        with Spill() as spill:
            for _, stream in streams:
                draft = "D" in _flags(stream.name)
                for found in _mails(stream):
                    if isinstance(found, Refused):
                        rows += not found.whole_file
                        yield found
                        continue
                    rows += 1
                    number = threads.add(found)
                    if number is not None:
                        distinct += 1
                        spill.add(str(number), _pack(found, draft=draft))
            if rows:
                yield Supporting("messages", rows, distinct)
            grouped, support = threads.finish(given)
            for thread in grouped:
                kept = (_unpack(spill.take(str(number))[0]) for number in thread.members)
                yield from build_cases(self.name, thread.root, kept, support)


def _flags(name: str) -> str:
    found = _FLAGS.search(name)
    return found[1] if found else ""


def _mails(stream: Stream) -> Iterator[Mail | Refused]:
    try:
        with stream.open() as source:
            for raw in split(source):
                yield _mail(raw, stream.name)
    except CarrierError as error:
        yield refuse(stream.name, error)


def _mail(raw: RawMail, name: str) -> Mail | Refused:
    at = Locator(name, raw.row)
    kept = raw.data[:KEEP_OF_LARGE]
    if raw.too_large:
        return Refused(
            Reason.TOO_LARGE,
            at,
            f"the message is larger than {MAX_MESSAGE // (1024 * 1024)} MB",
            "Remove its attachments, which would not be kept anyway.",
            kept,
        )
    if b"FOLDER INTERNAL DATA" in (head := raw.data[:2_000]) and _FOLDER_DATA.search(head):
        return Refused(
            Reason.EMPTY, at, "this is the mail program's own data about the folder, no message", "", kept
        )
    try:
        return parse_mail(raw.data)
    except NotAMailError:
        return Refused(
            Reason.BAD_ROW,
            at,
            "the message has no header",
            "Look whether the mailbox was cut or edited.",
            kept,
        )
    except TooManyPartsError:
        return Refused(Reason.TOO_DEEP, at, "the message has too many parts or levels", "", kept)
    except Exception:  # noqa: BLE001 - the standard library breaks on some broken mails; their text is in its errors
        return Refused(
            Reason.BAD_ROW, at, "the message cannot be taken apart", "Open and save it again.", kept
        )


_PLAIN = tuple(one.name for one in fields(Mail) if one.name != "at")
_PAIRS = ("aliases", "recipients", "copied", "mentioned")
_values = attrgetter(*_PLAIN)


def _pack(mail: Mail, *, draft: bool) -> bytes:
    return json.dumps([_values(mail), mail.at.isoformat() if mail.at else None, draft]).encode()


def _unpack(data: bytes) -> Kept:
    values, at, draft = json.loads(data)
    mail = Mail(**dict(zip(_PLAIN, values, strict=True)), at=datetime.fromisoformat(at) if at else None)
    mail.author = (mail.author[0], mail.author[1])
    for name in _PAIRS:
        setattr(mail, name, [(told, address) for told, address in getattr(mail, name)])
    return Kept(mail, draft=draft)
