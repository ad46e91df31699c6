"""One returned message: whether a letter came back for good, and which. What it says about the person stays in memory."""

from __future__ import annotations

import email
import email.policy
import re
from collections.abc import Iterator
from dataclasses import dataclass
from email.errors import MessageError
from email.message import Message
from enum import StrEnum
from typing import Final

from hushdesk.incident.sending._ids import TOKEN, ids_in, token_of


class Fate(StrEnum):
    """What a message in the mailbox for bounces says."""

    HARD = "hard"
    """The letter was given up: it did not arrive."""
    SOFT = "soft"
    """It is late; a mail server goes on trying."""
    DELIVERED = "delivered"
    NO_BOUNCE = "no bounce"
    """An answer, a holiday notice, anything else."""


@dataclass(frozen=True, slots=True)
class Bounce:
    """What was read from one message."""

    fate: Fate
    tokens: tuple[bytes, ...]
    """Letters it may be about, the surest first."""
    status: str
    """Enhanced status code, as 5.1.1; empty if there is none."""


_STATUS: Final = re.compile(r"(?<![\d.])([245]\.\d{1,3}\.\d{1,3})(?![\d.])")
_CODE: Final = re.compile(r"(?<![\d.])([45])\d\d[ -](?![\d.])")
_DAEMON: Final = re.compile(
    r"mailer-daemon|postmaster|mail delivery (sub)?system|microsoft exchange", re.IGNORECASE
)
_LATE: Final = re.compile(
    r"\bdelay(ed)?\b|will (be )?retr(y|ied)|still (being )?tr(y|ied)|not yet been delivered|could not send message for past"
    r"|THIS IS A WARNING MESSAGE ONLY",
    re.IGNORECASE,
)
_FAILED: Final = re.compile(
    r"undeliver|delivery (status notification \(|has )?fail|returned (mail|to sender)|failure notice|delivery failure"
    r"|permanent (fatal )?error|did not reach|could not be delivered|couldn't be delivered|wasn't able to deliver|given up",
    re.IGNORECASE,
)
_COPY: Final = re.compile(
    r"^(--- Below this line is a copy of the message|------ This is a copy of (the|your) message|-+ ?Original message"
    r"|----- (Original|Unsent|Transcript of) )",
    re.IGNORECASE | re.MULTILINE,
)
_TO: Final = ("Delivered-To", "X-Original-To", "Envelope-To", "X-Envelope-To", "To", "X-RCPT-To")
_REFERS: Final = ("In-Reply-To", "References")
_POLICY: Final = email.policy.compat32


def parse(data: bytes, domain: str) -> Bounce | None:
    """Read one message.

    Args:
        data: The message, or the front of it.
        domain: Of our Message-IDs.

    Returns:
        None if it cannot be read.
    """
    try:
        message = email.message_from_bytes(data, policy=_POLICY)
        if not message.keys():
            return None
        reports = [
            part
            for part in message.walk()
            if part.get_content_type() in {"message/delivery-status", "message/global-delivery-status"}
        ]
        tokens = tuple(dict.fromkeys(_tokens(message, reports, data, domain.encode("ascii"))))
        fate, status = _report(reports) if reports else _plain(message)
    except (MessageError, ValueError, LookupError, TypeError, AttributeError, RecursionError):
        return None
    return Bounce(fate, tokens, status)


def _blocks(report: Message) -> list[Message]:
    payload = report.get_payload()
    if isinstance(payload, list):
        return [block for block in payload if isinstance(block, Message)]
    # A report that was encoded for the way, or cut short.
    decoded = report.get_payload(decode=True)
    text = decoded.decode("utf-8", "replace") if isinstance(decoded, bytes) else ""
    return [
        email.message_from_string(block, policy=_POLICY)
        for block in re.split(r"\r?\n\r?\n", text)
        if block.strip()
    ]


def _field(block: Message, name: str) -> str:
    return str(block.get(name, "")).strip()


def _report(reports: list[Message]) -> tuple[Fate, str]:
    """RFC 3464: of several recipients, which a letter of ours never has, the worst counts."""
    found = (Fate.NO_BOUNCE, "")
    order = (Fate.NO_BOUNCE, Fate.DELIVERED, Fate.SOFT, Fate.HARD)
    for report in reports:
        for block in _blocks(report):
            action = _field(block, "Action").partition(";")[0].partition("(")[0].strip().lower()
            match = _STATUS.search(_field(block, "Status")) or _STATUS.search(
                _field(block, "Diagnostic-Code")
            )
            status = match.group(1) if match else ""
            if action == "failed":
                # Be its code 5.x.x or 4.x.x: whoever wrote it has given up.
                fate = Fate.HARD
            elif action == "delayed":
                fate = Fate.SOFT
            elif action in {"delivered", "relayed", "expanded"}:
                fate = Fate.DELIVERED
            elif status and not action:
                fate = {"5": Fate.HARD, "4": Fate.SOFT, "2": Fate.DELIVERED}[status[0]]
            else:
                continue
            if order.index(fate) > order.index(found[0]):
                found = (fate, status)
    return found


def _plain(message: Message) -> tuple[Fate, str]:
    """Returned mail without a report: qmail, old Exchange and Exim, sendmail of old."""
    sender = f"{message.get('From', '')} {message.get('Sender', '')}"
    if not _DAEMON.search(sender) and message.get("X-Failed-Recipients") is None:
        # Holiday notices have an empty return path too: that alone makes no bounce.
        return Fate.NO_BOUNCE, ""
    subject = str(message.get("Subject", ""))
    words = _COPY.split(_text(message), maxsplit=1)[0]
    match = _STATUS.search(words)
    status = match.group(1) if match else ""
    said = f"{subject}\n{words}"
    if _LATE.search(said) and not _FAILED.search(subject) and not status.startswith("5"):
        return Fate.SOFT, status
    code = _CODE.search(words)
    if status.startswith("5") or (code and code.group(1) == "5") or _FAILED.search(said):
        return Fate.HARD, status
    if status.startswith("4") or code:
        return Fate.SOFT, status
    return Fate.NO_BOUNCE, ""


def _text(message: Message) -> str:
    for part in message.walk():
        if part.get_content_maintype() == "text" and part.get_content_subtype() != "rfc822-headers":
            decoded = part.get_payload(decode=True)
            if isinstance(decoded, bytes):
                return decoded.decode("utf-8", "replace")
    return ""


def _tokens(message: Message, reports: list[Message], data: bytes, domain: bytes) -> Iterator[bytes]:
    # Our own return path brought it here.
    for name in _TO:
        for value in message.get_all(name, []):
            for match in TOKEN.finditer(str(value).encode("utf-8", "replace")):
                if str(value).encode("utf-8", "replace")[: match.start()].endswith(b"+"):
                    yield token_of(match.group(1))
    # The id we gave the envelope (RFC 3461).
    for report in reports:
        for block in _blocks(report):
            written = TOKEN.fullmatch(_field(block, "Original-Envelope-Id").encode("utf-8", "replace"))
            if written:
                yield token_of(written.group(1))
    # The Message-ID in what was returned, however it was packed.
    for part in message.walk():
        if part is not message and "message-id" in part:
            yield from ids_in(_field(part, "Message-ID").encode("utf-8", "replace"), domain)
        if not part.is_multipart():
            decoded = part.get_payload(decode=True)
            if isinstance(decoded, bytes):
                yield from ids_in(decoded, domain)
    for name in _REFERS:
        for value in message.get_all(name, []):
            yield from ids_in(str(value).encode("utf-8", "replace"), domain)
    yield from ids_in(data, domain)
