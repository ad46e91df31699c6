"""The relay: where letters are handed over, and how it is made sure that nobody on the way reads them."""

from __future__ import annotations

import ipaddress
import json
import smtplib
import socket
import ssl
import stat
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Final, Self

from hushdesk.incident.sending._letter import Address, address
from hushdesk.incident.sending.errors import PlainRelayError, RelayError


class Tls(StrEnum):
    """How the connection is encrypted."""

    STARTTLS = "starttls"
    IMPLICIT = "tls"
    NONE = "none"
    """Not at all: only to a relay on a loopback address of this machine."""


@dataclass(frozen=True, slots=True)
class Login:
    """Account at the relay."""

    user: str = field(repr=False)
    password: str = field(repr=False)

    @classmethod
    def read(cls, path: Path) -> Self:
        """From a file that only its owner can read: JSON with ``user`` and ``password``, or these two as lines.

        Raises:
            RelayError: There is no such file, others can read it, or it is of another form.
        """
        try:
            mode = path.stat().st_mode
            text = path.read_text("utf-8")
        except (OSError, UnicodeError):
            raise RelayError("the file with the relay's password cannot be read.") from None
        if mode & (stat.S_IRWXG | stat.S_IRWXO):
            raise RelayError(
                "others may read the file with the relay's password.",
                remedy="chmod 600 makes it yours alone.",
            )
        try:
            found = json.loads(text)
            values = [found["user"], found["password"]]
        except (ValueError, KeyError, TypeError):
            values = text.splitlines()
        if len(values) != 2 or not all(isinstance(value, str) and value for value in values):
            raise RelayError(
                "the file with the relay's password is of another form.",
                remedy='Use {"user": …, "password": …}, or two lines.',
            )
        return cls(*values)


@dataclass(frozen=True, slots=True, kw_only=True)
class Relay:
    """A mail server that takes our letters."""

    host: str
    port: int = 587
    tls: Tls = Tls.STARTTLS
    sender: str
    """Address that letters come from; its domain is that of the Message-IDs."""
    sender_name: str = ""
    return_path: str = ""
    """Address that bounces go to; the sender by default."""
    verp: bool = True
    """Give each letter a return path of its own, ``bounces+TOKEN@…``, so that a bounce names its letter. The mail server of
    the return path must deliver such addresses (postfix: ``recipient_delimiter = +``)."""
    login: Path | None = None
    """See :meth:`Login.read`."""
    authorities: Path | None = None
    """Certificates of authorities to trust instead of the system's."""
    seconds: float = 60.0
    """Patience with each command."""
    final_seconds: float = 600.0
    """Patience with the answer to a letter's end (RFC 5321, 4.5.3.2.6): who hangs up early makes doubt."""

    @property
    def domain(self) -> str:
        """Domain of the sender, ASCII, small letters."""
        return self._address(self.sender).domain

    @property
    def envelope_sender(self) -> str:
        """Where bounces go, without a letter's token."""
        return self._address(self.return_path or self.sender).text

    @staticmethod
    def _address(written: str) -> Address:
        found = address(written)
        if found is None or found.wide:
            raise RelayError("the sender's address is no plain address.")
        return found

    def check(self) -> None:
        """Say what is wrong before anything is opened.

        Raises:
            PlainRelayError: It would be spoken to in the clear and is not on this machine.
            RelayError: An address, the port, or the login's file cannot be used.
        """
        if not 0 < self.port < 65536 or not self.host or any(c.isspace() for c in self.host):
            raise RelayError("the relay's host or port cannot be used.")
        if len(self.sender_name) > 100 or any(
            not c.isprintable() or c in '<>@"\\' for c in self.sender_name.replace("=?", "<")
        ):
            raise RelayError("the sender's name holds control characters.")
        if len(self.envelope_sender.rpartition("@")[0]) > 64 - 25:
            raise RelayError(
                "the return path is too long to take a token.", remedy="Choose a shorter address."
            )
        _ = self.domain
        if self.tls is Tls.NONE and not _loopback_name(self.host):
            raise PlainRelayError
        if self.login is not None:
            Login.read(self.login)


def _loopback_name(host: str) -> bool:
    if host.lower() in {"localhost", "localhost.localdomain", "ip6-localhost"}:
        return True
    return _loopback(host.strip("[]"))


def _loopback(ip: str) -> bool:
    try:
        found = ipaddress.ip_address(ip.partition("%")[0])
    except ValueError:
        return False
    mapped = found.ipv4_mapped if isinstance(found, ipaddress.IPv6Address) else None
    return (mapped or found).is_loopback


class _Smtp(smtplib.SMTP):
    """A connection that knows what it may say."""

    clear: bool = False

    def _get_socket(self, host: str, port: int, timeout: float) -> socket.socket:
        connection = super()._get_socket(host, port, timeout)  # type: ignore[misc]
        return _ready(connection, clear=self.clear)


class _SmtpTls(smtplib.SMTP_SSL):
    def _get_socket(self, host: str, port: int, timeout: float) -> socket.socket:
        connection = super()._get_socket(host, port, timeout)  # type: ignore[misc]
        return _ready(connection, clear=False)


def _ready(connection: socket.socket, *, clear: bool) -> socket.socket:
    # A name may lead anywhere: what counts is who answered.
    if clear and not _loopback(str(connection.getpeername()[0])):
        connection.close()
        raise PlainRelayError
    # The end of a letter leaves as a packet of its own, at once.
    connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return connection


class DownError(Exception):
    """The relay cannot be used now. Holds nothing but the relay's three digits."""

    def __init__(self, code: int = 0) -> None:
        self.code = code
        super().__init__("the relay cannot be used now")


_TLS_MIN: Final = ssl.TLSVersion.TLSv1_2


def connect(relay: Relay) -> smtplib.SMTP:
    """A connection that has said hello, is encrypted and logged in.

    Raises:
        DownError: It could not be had; trying again later may help.
        PlainRelayError: Whoever answered is not on this machine, and TLS is off.
    """
    context = None
    if relay.tls is not Tls.NONE:
        context = ssl.create_default_context(cafile=relay.authorities)
        context.minimum_version = _TLS_MIN
    link: smtplib.SMTP | None = None
    try:
        # The name we greet with would otherwise be looked up; it is nobody's business.
        if relay.tls is Tls.IMPLICIT:
            link = _SmtpTls(timeout=relay.seconds, context=context, local_hostname=relay.domain)
        else:
            link = _Smtp(timeout=relay.seconds, local_hostname=relay.domain)
            link.clear = relay.tls is Tls.NONE
        # smtplib checks the certificate against this name, which its constructor alone would set.
        link._host = relay.host  # type: ignore[union-attr]  # noqa: SLF001
        code, _ = link.connect(relay.host, relay.port)
        if code != 220:
            raise DownError(code)
        link.ehlo_or_helo_if_needed()
        if relay.tls is Tls.STARTTLS:
            code, _ = link.starttls(context=context)
            if code != 220:
                raise DownError(code)
            link.ehlo_or_helo_if_needed()
        if relay.login is not None:
            login = Login.read(relay.login)
            link.login(login.user, login.password)
        return link
    except smtplib.SMTPResponseException as error:
        hang_up(link)
        raise DownError(error.smtp_code) from None
    except (OSError, smtplib.SMTPException, ValueError, DownError) as error:
        # ssl.SSLError is an OSError. None of these may be chained: some quote what the relay said.
        hang_up(link)
        raise DownError(error.code if isinstance(error, DownError) else 0) from None
    except PlainRelayError:
        hang_up(link)
        raise


def hang_up(link: smtplib.SMTP | None) -> None:
    """Close a connection, whatever state it is in."""
    if link is not None:
        link.close()
