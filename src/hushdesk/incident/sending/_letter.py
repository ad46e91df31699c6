"""From a person's letter to the bytes that a relay is given: the same bytes at each repetition.

Addresses and text are opened by the caller's function when the letter is due, and live in memory until the relay has answered.
"""

from __future__ import annotations

import copy
import email.policy
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.errors import MessageError
from email.message import EmailMessage
from email.utils import format_datetime
from typing import Any, Final

from hushdesk.incident._spans import SECOND
from hushdesk.incident.sending._ids import Ids, message_id

MOST_OCTETS: Final = 998
"""Longest line without its end (RFC 5322, 2.1.1)."""

_POLICY: Final = email.policy.SMTP.clone(cte_type="7bit")
_POLICY_UTF8: Final = email.policy.SMTPUTF8.clone(cte_type="7bit")
_ATOM: Final = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~\x80-\U0010ffff-]+"
_LOCAL: Final = re.compile(rf"{_ATOM}(\.{_ATOM})*")
_HOST: Final = re.compile(
    r"[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?(\.[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?)+"
)
# Bidi and other format characters and separators have no place in an address.
_STRANGE: Final = re.compile(
    r"[\s\x7f-\x9f\u200b-\u200f\u2028-\u202f\u2060-\u206f\ufeff\ufff0-\uffff\ud800-\udfff]"
)
_LOOSE_LINE: Final = re.compile(rb"(?<!\r)\n|\r(?!\n)|\x00")


@dataclass(frozen=True, slots=True)
class Letter:
    """The letter of one person."""

    message: EmailMessage = field(repr=False)
    """Subject and body. Message-ID, Date, To, Cc, Bcc, Sender and Return-Path are set, or removed, by the sender; so is From
    unless it is there."""
    addresses: tuple[str, ...] = field(repr=False)
    """The person's addresses, the one to try first at the front. The order must stay the same from one call to the next, and
    new ones go to the end: the outbox remembers places, since it may not remember addresses."""


@dataclass(frozen=True, slots=True)
class NoAddress:
    """The person cannot be written to by e-mail."""

    reason: str = "no address"
    """In fixed words: it is kept."""


LetterOf = Callable[[int], Letter | NoAddress]
"""Opens the letter of a person by number."""


@dataclass(frozen=True, slots=True)
class Address:
    """An address as the envelope wants it."""

    text: str = field(repr=False)
    """Its domain in ASCII."""
    domain: str = field(repr=False)
    """Small letters, ASCII."""

    @property
    def wide(self) -> bool:
        """Whether a relay must offer SMTPUTF8 for it."""
        return not self.text.isascii()


class UnfitError(Exception):
    """The letter cannot be sent by e-mail as it is; the reason is in fixed words."""


def address(written: str) -> Address | None:
    """An address that may stand in an envelope; None for anything else, be it a trick or a typing error."""
    local, at, host = written.strip(" ").rpartition("@")
    if not at or _STRANGE.search(written.strip(" ")) or not _LOCAL.fullmatch(local):
        return None
    if "=?" in local:
        # An encoded word: programs would read another address, or several, where it stands in a header.
        return None
    if not host.isascii():
        try:
            host = host.encode("idna").decode("ascii")
        except UnicodeError:
            return None
    if not _HOST.fullmatch(host) or len(host) > 253 or len(local.encode()) > 64:
        return None
    return Address(f"{local}@{host}", host.lower())


def render(
    letter: Letter, to: Address, sender: str, ids: Ids, token: bytes, domain: str, dated: int
) -> bytes:
    """The letter as bytes, with CRLF, in ASCII unless the address is wide, no line over 998 octets.

    Raises:
        UnfitError: It cannot be brought into this form.
    """
    message = copy.deepcopy(letter.message)
    for name in ("Message-ID", "Date", "To", "Cc", "Bcc", "Sender", "Return-Path", "Received", "Resent-To"):
        del message[name]
    policy = _POLICY_UTF8 if to.wide else _POLICY
    message.policy = policy
    try:
        if "From" not in message:
            message["From"] = sender
        message["To"] = to.text
        message["Date"] = format_datetime(datetime.fromtimestamp(dated // SECOND, UTC))
        message["Message-ID"] = message_id(token, domain)
        if "Auto-Submitted" not in message:
            # So that holiday notices do not answer (RFC 3834).
            message["Auto-Submitted"] = "auto-generated"
        _settle_parts(message, ids, token, policy)
        data = message.as_bytes(policy=policy)
        if _too_long(data):
            _wrap_parts(message)
            _settle_parts(message, ids, token, policy)
            data = message.as_bytes(policy=policy)
    except (MessageError, ValueError, LookupError, TypeError, AttributeError):
        # Errors of the library quote what they could not write.
        raise UnfitError("no message could be made of it") from None
    if not data.endswith(b"\r\n"):
        data += b"\r\n"
    if _names(data) != [name.lower().encode("ascii", "replace") for name in message]:
        raise UnfitError("a header holds more than one line")
    if _LOOSE_LINE.search(data):
        raise UnfitError("a line ends where none should")
    if _too_long(data):
        raise UnfitError("a line is too long for e-mail")
    if not to.wide and not data.isascii():
        raise UnfitError("it cannot be written in ASCII")
    return data


def _settle_parts(message: EmailMessage, ids: Ids, token: bytes, policy: Any) -> None:
    for number, part in enumerate(message.walk()):
        part.policy = policy
        if part.is_multipart() and part.get_content_maintype() == "multipart":
            # The library would draw lots, and a repetition would be another message.
            part.set_boundary(ids.boundary(token, number))


def _wrap_parts(message: EmailMessage) -> None:
    for part in message.walk():
        if part.get_content_maintype() == "text" and isinstance(part, EmailMessage):
            content = part.get_content()
            disposition = part["Content-Disposition"]
            part.set_content(content, subtype=part.get_content_subtype(), cte="quoted-printable")
            if disposition is not None:
                part["Content-Disposition"] = str(disposition)


def _names(data: bytes) -> list[bytes]:
    """Names of the headers as a reader will find them."""
    head = data.partition(b"\r\n\r\n")[0]
    return [
        line.partition(b":")[0].lower() for line in head.split(b"\r\n") if not line.startswith((b" ", b"\t"))
    ]


def _too_long(data: bytes) -> bool:
    return any(len(line) > MOST_OCTETS for line in data.split(b"\r\n"))
