"""One connection to the relay, and the hand-over of one letter: what each answer, or silence, means."""

from __future__ import annotations

import re
import smtplib
import threading
from contextlib import suppress
from dataclasses import dataclass, field
from queue import SimpleQueue
from typing import Final, Protocol

from hushdesk.incident.sending._ids import text
from hushdesk.incident.sending._journal import Journal
from hushdesk.incident.sending._letter import Address
from hushdesk.incident.sending._relay import DownError, Relay, connect, hang_up
from hushdesk.incident.sending._states import Outcome, Result
from hushdesk.incident.sending.errors import RelayError

_STATUS: Final = re.compile(rb"([245]\.\d{1,3}\.\d{1,3})(?!\S)")
_END: Final = b"\r\n.\r\n"
_FAILED: Final = (OSError, smtplib.SMTPException)


@dataclass(frozen=True, slots=True)
class Parcel:
    """A letter whose intent is on disk."""

    seq: int
    person: int
    to: Address = field(repr=False)
    envelope_sender: str = field(repr=False)
    token: bytes = field(repr=False)
    data: bytes = field(repr=False)


def stuffed(data: bytes) -> bytes:
    """The letter as DATA wants it, without its last line's end (RFC 5321, 4.5.2)."""
    body = data.removesuffix(b"\r\n").replace(b"\r\n.", b"\r\n..")
    return b"." + body if body.startswith(b".") else body


class _Said(Protocol):
    def __call__(
        self, result: Result, code: int = 0, words: bytes = b"", *, reason: str = "", trouble: bool = False
    ) -> Outcome: ...


class Wire:
    """Hands letters over, one after the other, and connects anew where that is needed."""

    def __init__(self, relay: Relay, journal: Journal, most: int) -> None:
        self._relay = relay
        self._journal = journal
        self._most = most
        self._link: smtplib.SMTP | None = None
        self._used = 0

    def deliver(self, parcel: Parcel) -> Outcome:
        """Hand one letter over.

        The relay is responsible for a letter once it answers the end of data with 2xx, and only then (RFC 5321, 4.2.5). If the
        end has left and no answer can be read, the letter is in doubt. In all other cases it was not taken.
        """
        outcome = self._deliver(parcel)
        # Without the mark, the answer still reaches the outbox unless the process is killed before; then it is in doubt.
        with suppress(OSError):
            self._journal.ended(parcel.seq, outcome.result, outcome.code)
        return outcome

    def close(self) -> None:
        """Take leave, if the relay is still there."""
        if self._link is not None:
            with suppress(*_FAILED):
                self._patience(self._link, 2)
                self._link.docmd("QUIT")
            self._drop()

    def _drop(self) -> None:
        hang_up(self._link)
        self._link = None
        self._used = 0

    def _deliver(self, parcel: Parcel) -> Outcome:
        def said(
            result: Result, code: int = 0, words: bytes = b"", *, reason: str = "", trouble: bool = False
        ) -> Outcome:
            match = _STATUS.match(words)
            status = match.group(1).decode() if match else ""
            return Outcome(parcel.seq, parcel.person, result, max(0, code), status, reason, trouble)

        if self._used >= self._most:
            self.close()
        try:
            if self._link is None:
                self._link = connect(self._relay)
            link = self._link
        except DownError as error:
            return said(Result.UNSENT, error.code, reason="no connection", trouble=True)
        except RelayError:
            return said(Result.UNSENT, reason="relay not allowed", trouble=True)
        self._used += 1
        if parcel.to.wide and not link.has_extn("smtputf8"):
            return said(Result.REFUSED, reason="the relay does not offer SMTPUTF8")

        # The connection may have died while nobody used it: before MAIL is answered, nothing is this letter's fault.
        try:
            code, words = self._mail(link, parcel)
        except _FAILED:
            self._drop()
            return said(Result.UNSENT, reason="connection lost", trouble=True)
        if not 200 <= code < 300:
            self._drop()
            return said(Result.UNSENT, code, words, reason="the relay takes nothing from us", trouble=True)

        try:
            code, words = self._rcpt(link, parcel)
            if not 200 <= code < 300:
                return self._turned_away(said, link, code, words)
            code, words = link.docmd("DATA")
            if code != 354:
                return self._turned_away(said, link, code, words)
            link.send(stuffed(parcel.data))
            self._journal.began(parcel.seq)
        except _FAILED:
            # The relay never saw the end of the letter, hence has not taken it.
            self._drop()
            return said(Result.DEFERRED, reason="connection lost", trouble=True)

        try:
            self._patience(link, self._relay.final_seconds)
            link.send(_END)
            code, words = link.getreply()
            self._patience(link, self._relay.seconds)
        except _FAILED:
            self._drop()
            return said(Result.IN_DOUBT, reason="no answer to the end of the letter", trouble=True)
        if 200 <= code < 300:
            return said(Result.ACCEPTED, code, words)
        if 400 <= code < 500:
            if code == 421:
                self._drop()
            return said(Result.DEFERRED, code, words, trouble=code == 421)
        if 500 <= code < 600:
            return said(Result.REFUSED, code, words)
        self._drop()
        return said(Result.IN_DOUBT, 0, reason="no readable answer to the end of the letter", trouble=True)

    def _mail(self, link: smtplib.SMTP, parcel: Parcel) -> tuple[int, bytes]:
        options = ""
        if parcel.to.wide:
            link.command_encoding = "utf-8"
            options += " SMTPUTF8 BODY=8BITMIME"
        if link.has_extn("dsn"):
            # A bounce then needs to repeat the headers only, not what the letter says about the person.
            options += f" RET=HDRS ENVID={text(parcel.token)}"
        return link.docmd("MAIL", f"FROM:<{parcel.envelope_sender}>{options}")

    @staticmethod
    def _rcpt(link: smtplib.SMTP, parcel: Parcel) -> tuple[int, bytes]:
        options = " NOTIFY=FAILURE" if link.has_extn("dsn") else ""
        return link.docmd("RCPT", f"TO:<{parcel.to.text}>{options}")

    def _turned_away(self, said: _Said, link: smtplib.SMTP, code: int, words: bytes) -> Outcome:
        if code == 421 or not 400 <= code < 600:
            self._drop()
            return said(Result.DEFERRED, code, words, trouble=True)
        try:
            answer, _ = link.docmd("RSET")
        except _FAILED:
            answer = 0
        if answer != 250:
            self._drop()
        return said(Result.DEFERRED if code < 500 else Result.REFUSED, code, words)

    @staticmethod
    def _patience(link: smtplib.SMTP, seconds: float) -> None:
        if link.sock is not None:
            link.sock.settimeout(seconds)


class Hand(threading.Thread):
    """A thread with a wire of its own: takes parcels and gives outcomes, until it is given None."""

    def __init__(self, wire: Wire, inbox: SimpleQueue[Parcel | None], outbox: SimpleQueue[Outcome]) -> None:
        super().__init__(name="hushdesk-sending", daemon=True)
        self._wire = wire
        self._inbox = inbox
        self._outbox = outbox

    def run(self) -> None:
        """Deliver what comes."""
        while (parcel := self._inbox.get()) is not None:
            try:
                outcome = self._wire.deliver(parcel)
            except Exception:  # noqa: BLE001
                # A fault of ours: nobody knows how far it came. No trace, since its frames hold the letter.
                outcome = Outcome(
                    parcel.seq, parcel.person, Result.IN_DOUBT, reason="a fault in the sender", trouble=True
                )
            self._outbox.put(outcome)
        self._wire.close()
