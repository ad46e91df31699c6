"""Writes cases as mail threads in one mbox file, ordered by time as they came in."""

from __future__ import annotations

import heapq
import time
from random import Random

from hushdesk.demo import _mime
from hushdesk.demo._cases import DemoCase, DemoMessage
from hushdesk.demo._composer import Planted
from hushdesk.demo._export import ExportWriter
from hushdesk.demo._people import DemoPerson
from hushdesk.demo._products import SUPPORT_DOMAIN, SUPPORT_MAIL, VENDOR

_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_AGENTS = (
    "Microsoft Outlook 11",
    "Thunderbird 2.0.0.24",
    "Apple Mail (2.1085)",
    "Microsoft Outlook 15.0",
    "Gridmail 6",
)
_PATIENCE = 2 * 86400
"""How far cases may be out of order, in seconds; see :func:`hushdesk.demo.iter_cases`."""


def _date(at: int, hours: int) -> str:
    local = time.gmtime(at + hours * 3600)
    day, month = _DAYS[local.tm_wday], _MONTHS[local.tm_mon - 1]
    clock = f"{local.tm_hour:02d}:{local.tm_min:02d}:{local.tm_sec:02d}"
    zone = f"{'-' if hours < 0 else '+'}{abs(hours):02d}00"
    return f"{day}, {local.tm_mday} {month} {local.tm_year} {clock} {zone}"


class MailWriter(ExportWriter):
    """One export: ``mail/support.mbox`` (mboxrd) in a folder.

    The case's id is the Message-ID of the first mail, without angle brackets. Internal notes are
    mails from one agent to another; remarks and resolution are sent that way, too.
    """

    source = "mail"
    names = ("support.mbox",)

    def open(self) -> None:
        """Open the files."""
        self._rng = Random()
        self._pending: list[tuple[int, int, int, bytes]] = []
        self._file = self.stack.enter_context(self.files[0].open("wb"))

    def finish(self) -> None:
        """Write the mails that waited for earlier ones."""
        self._flush(None)

    def _flush(self, before: int | None) -> None:
        while self._pending and (before is None or self._pending[0][0] < before):
            self._file.write(heapq.heappop(self._pending)[3])

    def add(self, case: DemoCase) -> None:
        """Write one case and account for it."""
        self._rng.seed(self.seed * 1_000_003 + 15_485_863 * case.index + 3)
        self._flush(int(case.opened_at.timestamp()) - _PATIENCE)
        person = case.customer
        messages = [
            DemoMessage(case.opened_at, person, False, True, case.description, case.attachment),
            *case.messages,
        ]
        closing = "\n\n".join(text for text in (case.resolution, case.remarks) if text)
        if closing:
            messages.append(DemoMessage(case.updated_at, case.agent, True, False, closing))
        thread: list[str] = []
        for place, message in enumerate(messages):
            key = f"{case.number}.{place}.{self._rng.getrandbits(48):012x}"
            domain = SUPPORT_DOMAIN if message.staff else person.mail.partition("@")[2]
            thread.append(f"{key}@{domain}")
            at = int(message.at.timestamp()) + place
            sender = message.author.mail if message.staff else person.mail
            mail = self._mail(case, message, thread, key, at)
            entry = _mime.mboxrd(sender, time.asctime(time.gmtime(at)), mail)
            heapq.heappush(self._pending, (at, case.index, place, entry))
        fields = [
            Planted("PERSON", person.name, person.name, "", "From"),
            Planted("EMAIL", person.mail, person.mail, "", "From"),
            Planted("IP", person.ip, person.ip, "", "X-Originating-IP"),
        ]
        if any(message.staff for message in messages):
            fields.append(Planted("PERSON", case.agent.name, case.agent.name, "", "From"))
            fields.append(Planted("EMAIL", case.agent.mail, case.agent.mail, "", "From"))
        texts = {"subject", "description", "message", "resolution", "remarks"}
        self.ledger.enter(self.source, thread[0], case, fields, texts)

    def _mail(self, case: DemoCase, message: DemoMessage, thread: list[str], key: str, at: int) -> bytes:
        rng, person = self._rng, case.customer
        encoding = _mime.charset(rng, case.language, message.at.year, message.text)
        subject = case.subject if len(thread) == 1 else f"Re: {case.subject}"
        rows = [f"Return-Path: <{message.author.mail if message.staff else person.mail}>"]
        if message.staff:
            rows.append(f"Received: by mx1.{SUPPORT_DOMAIN} (Postfix, from userid 33) id {key[-10:].upper()}")
            sender = _mime.mailbox(message.author.name, message.author.mail, encoding)
            to = self._recipient(person, encoding, public=message.public)
        else:
            host = person.mail.partition("@")[2]
            literal = f"IPv6:{person.ip}" if ":" in person.ip else person.ip
            rows.append(
                f"Received: from smtp.{host} (unknown [{literal}])\n\tby mx1.{SUPPORT_DOMAIN} with ESMTP"
                f" id {key[-10:].upper()}\n\tfor <{SUPPORT_MAIL}>; {_date(at, 0)}"
            )
            rows.append(f"X-Originating-IP: [{person.ip}]")
            sender = _mime.mailbox(person.name, person.mail, encoding)
            to = _mime.mailbox(f"{VENDOR} Support", SUPPORT_MAIL, encoding)
        rows.extend(
            [
                f"Message-ID: <{thread[-1]}>",
                f"Date: {_date(at, 0 if message.staff else person.country.hours)}",
                f"From: {sender}",
                f"To: {to}",
                f"Subject: {_mime.words(subject, encoding)}",
            ]
        )
        if len(thread) > 1:
            rows.append(f"In-Reply-To: <{thread[-2]}>")
            rows.append("References: " + "\n ".join(f"<{name}>" for name in thread[:-1][-8:]))
        if not message.staff:
            rows.append(f"X-Mailer: {_AGENTS[person.key % len(_AGENTS)]}")
        rows.append("MIME-Version: 1.0")
        content = _mime.body(rng, message.text, encoding, message.attachment, key.replace(".", "_"))
        return ("\n".join(rows) + "\n").encode("ascii") + content

    def _recipient(self, person: DemoPerson, encoding: str, *, public: bool) -> str:
        if public:
            return _mime.mailbox(person.name, person.mail, encoding)
        desk = ("tier2", "billing-desk", "late-shift", "escalations")[int(self._rng.random() * 4)]
        return f"{desk}@{SUPPORT_DOMAIN}"
