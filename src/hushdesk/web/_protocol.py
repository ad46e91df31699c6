"""HTTP/1.1 with patience that ends: time for headers, body and reading, and a bound on connections.

The server beneath waits for ever for a head that never ends, for a body that drips, and for a reader that does not read.
Here each connection has a deadline for what it is doing, looked at once a second by one watch for all of them.
"""

from __future__ import annotations

import asyncio
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any, ClassVar

import h11
from uvicorn.protocols.http.h11_impl import STATUS_PHRASES, H11Protocol

from hushdesk.web._headers import HSTS, SECURITY_HEADERS

_MESSAGES = {
    400: "This is not a request that can be understood.",
    408: "The request took too long to arrive.",
    431: "The head of the request is too large.",
    503: "Too many connections are open. Try again in a moment.",
}


@dataclass(frozen=True, slots=True)
class ConnectionLimits:
    """How long a connection may take, and how many there may be. Times in seconds."""

    head: float = 10.0
    """From the first byte (or from the connection's opening) to the end of the request's head."""
    body: float = 10.0
    """For the body to arrive, besides what ``rate`` allows."""
    rate: int = 500
    """Bytes a second that a body must bring at least, once ``body`` seconds are over."""
    drain: float = 20.0
    """How long an answer may wait for a reader that takes nothing; a buffer holds 64 kB, so the slowest welcome reader
    takes 3 kB a second."""
    keep_alive: float = 10.0
    """Between two requests of a connection."""
    handshake: float = 10.0
    """For TLS to be agreed upon."""
    total: int = 1_000
    """Connections in all."""
    per_address: int = 200
    """Connections of one address beyond loopback."""


@dataclass(slots=True)
class Connections:
    """The open connections of one server: counts, and closes those that outstay their time."""

    limits: ConnectionLimits = field(default_factory=ConnectionLimits)
    clock: Callable[[], float] = time.monotonic
    idle: dict[PatientProtocol, None] = field(default_factory=dict)
    """Those without a request under way, the one that has waited longest first."""
    open: dict[PatientProtocol, str] = field(default_factory=dict)
    """All that count, with the address."""
    closing: set[PatientProtocol] = field(default_factory=set)
    """Those that take their last bytes, and count no more."""
    by_address: Counter[str] = field(default_factory=Counter)
    refused: int = 0
    """How many were turned away."""
    cut: int = 0
    """How many were cut off for being slow."""

    def admit(self, connection: PatientProtocol, address: str) -> bool:
        """Count a new connection; False if there is no room even after the longest idle one has been closed.

        Whoever only holds connections open therefore never locks out others: theirs are the first to go.
        """
        full = len(self.open) >= self.limits.total
        crowded = not _is_local(address) and self.by_address[address] >= self.limits.per_address
        if full or crowded:
            longest = next((each for each in self.idle if full or self.open[each] == address), None)
            if longest is None:
                self.refused += 1
                return False
            longest.leave()
        self.open[connection] = address
        self.by_address[address] += 1
        self.rest(connection)
        return True

    def close(self, connection: PatientProtocol) -> None:
        """A connection counts no more, and is watched until its last bytes are taken."""
        self.gone(connection)
        self.closing.add(connection)

    def gone(self, connection: PatientProtocol) -> None:
        """Forget a connection."""
        self.closing.discard(connection)
        self.idle.pop(connection, None)
        address = self.open.pop(connection, None)
        if address is not None:
            self.by_address[address] -= 1
            if not self.by_address[address]:
                del self.by_address[address]

    def rest(self, connection: PatientProtocol) -> None:
        """A connection waits for its next request."""
        self.idle.pop(connection, None)
        self.idle[connection] = None

    def work(self, connection: PatientProtocol) -> None:
        """A request of a connection is under way."""
        self.idle.pop(connection, None)

    def sweep(self) -> None:
        """Close what has outstayed its time."""
        now = self.clock()
        for each in [*self.open, *self.closing]:
            self.cut += each.check(now)

    async def watch(self) -> None:
        """Sweep once a second until cancelled."""
        while True:
            await asyncio.sleep(1)
            self.sweep()


def _is_local(address: str) -> bool:
    """Loopback and the owner's socket: everybody behind a tunnel or a proxy of this machine has that address."""
    return not address or address == "::1" or address.startswith(("127.", "::ffff:127."))


class PatientProtocol(H11Protocol):
    """One connection. Made by :func:`protocol_for` for the connections of one server."""

    board: ClassVar[Connections]

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self._since = self.board.clock()
        self._begun = False
        self._body = 0
        self._stuck: float | None = None
        self._closing: float | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Take part, or be turned away with a word."""
        super().connection_made(transport)
        self._since = self.board.clock()
        if not self.board.admit(self, self.client[0] if self.client else ""):
            self._refuse(503, [(b"retry-after", b"5")])

    def connection_lost(self, exc: Exception | None) -> None:
        """Free the place."""
        self.board.gone(self)
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Note when a head begins, and how much of a body has come."""
        if self.transport.is_closing():
            return
        now = self.board.clock()
        busy = self._busy()
        if not busy and not self._begun:
            self._begun, self._since = True, now
        if busy:
            self._body += len(data)
        super().data_received(data)
        if not busy and self._busy():
            # The head is whole: from here on the body's time runs.
            self._begun, self._since, self._body = False, now, 0
            self.board.work(self)

    def on_response_complete(self) -> None:
        """Wait for the next request."""
        self._begun, self._since = False, self.board.clock()
        if self in self.board.open:
            self.board.rest(self)
        super().on_response_complete()
        if self._busy():
            # A request that had been sent ahead.
            self.board.work(self)

    def _busy(self) -> bool:
        return self.cycle is not None and not self.cycle.response_complete

    def resume_writing(self) -> None:
        """The reader reads."""
        self._stuck = None
        super().resume_writing()

    def check(self, now: float) -> bool:
        """Close the connection if its time is over; True if that cut something off."""
        limits = self.board.limits
        if self.transport.is_closing():
            # What was still to be sent is waited for, but not for ever.
            self._closing = self._closing or now
            if now - self._closing > limits.drain:
                self.transport.abort()
                return True
            return False
        if self.transport.get_write_buffer_size():
            self._stuck = self._stuck or now
            if now - self._stuck > limits.drain:
                self.transport.abort()
                return True
        else:
            self._stuck = None
        if not self._busy():
            limit = limits.head if self._begun or self.cycle is None else limits.keep_alive
            if now - self._since <= limit:
                return False
            begun = self._begun
            if begun:
                self._refuse(408)
            else:
                self.leave()
            return begun
        if self.cycle.more_body and now - self._since > limits.body + self._body / limits.rate:
            if self.cycle.response_started:
                self.transport.abort()
            else:
                self.cycle.disconnected = True
                self.cycle.message_event.set()
                self._refuse(408)
            return True
        return False

    def leave(self) -> None:
        """Close a connection without a request under way, without a word."""
        self.board.close(self)
        self.transport.close()

    def send_400_response(self, msg: str) -> None:  # noqa: ARG002 - the base's signature
        """Answer what could not be read as a request; ``msg`` is the server's own, and not repeated."""
        error = sys.exc_info()[1]
        hint = error.error_status_hint if isinstance(error, h11.RemoteProtocolError) else 400
        self._refuse(431 if hint == 431 else 400)

    def _refuse(self, status: int, more: Iterable[tuple[bytes, bytes]] = ()) -> None:
        """Answer beside the application, in its words and with its headers, and close."""
        text = _MESSAGES[status].encode()
        headers = [
            *self.server_state.default_headers,
            *((name.encode(), value.encode()) for name, value in SECURITY_HEADERS.items()),
            (b"cache-control", b"no-store"),
            (b"content-type", b"text/plain; charset=utf-8"),
            (b"content-length", str(len(text)).encode()),
            (b"connection", b"close"),
            *more,
        ]
        if self.scheme == "https":
            headers.append((b"strict-transport-security", HSTS.encode()))
        lines = [f"HTTP/1.1 {status} ".encode() + STATUS_PHRASES[status]]
        lines += [name + b": " + value for name, value in headers]
        # Past the state machine: it may be in the middle of a head.
        self.transport.write(b"\r\n".join([*lines, b"", text]))
        self.leave()


def protocol_for(board: Connections) -> type[PatientProtocol]:
    """The protocol class for the connections of one server."""
    return type("BoundProtocol", (PatientProtocol,), {"board": board})
