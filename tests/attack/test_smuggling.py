"""Requests that are no requests, byte for byte at the real server: one clear answer, the connection closed, nothing done twice."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator

import pytest
import uvicorn

from hushdesk.access import Accounts
from hushdesk.web import create_app, serve

GET = b"GET /health HTTP/1.1\r\nHost: localhost\r\n"
POST = b"POST /sign-in HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/x-www-form-urlencoded\r\n"
HIDDEN = b"GET /static/hidden HTTP/1.1\r\nHost: localhost\r\n\r\n"
BROKEN = {
    "two lengths": POST + b"Content-Length: 0\r\nContent-Length: %d\r\n\r\n" % len(HIDDEN) + HIDDEN,
    "two lengths in one": POST + b"Content-Length: 0, %d\r\n\r\n" % len(HIDDEN) + HIDDEN,
    "length and chunks": POST + b"Content-Length: %d\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n" % (5 + len(HIDDEN)) + HIDDEN,
    "chunks and length": POST + b"Transfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n0\r\n\r\n" + HIDDEN,
    "chunks of another kind": POST + b"Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n" + HIDDEN,
    "chunks twice": POST + b"Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n\r\n0\r\n\r\n" + HIDDEN,
    "chunks behind gzip": POST + b"Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n" + HIDDEN,
    "chunks by tab": POST + b"Transfer-Encoding:\x0bchunked\r\n\r\n0\r\n\r\n" + HIDDEN,
    "a negative length": POST + b"Content-Length: -1\r\n\r\n" + HIDDEN,
    "a signed length": POST + b"Content-Length: +5\r\n\r\n" + HIDDEN,
    "a length in hexadecimal": POST + b"Content-Length: 0x5\r\n\r\n" + HIDDEN,
    "a length beyond all": POST + b"Content-Length: " + b"9" * 40 + b"\r\n\r\n",
    "a length in other digits": POST + "Content-Length: ٣\r\n\r\n".encode() + HIDDEN,
    "a chunk of negative size": POST + b"Transfer-Encoding: chunked\r\n\r\n-1\r\nx\r\n0\r\n\r\n" + HIDDEN,
    "a chunk in hexadecimal with prefix": POST + b"Transfer-Encoding: chunked\r\n\r\n0x1\r\nx\r\n0\r\n\r\n" + HIDDEN,
    "a chunk beyond all": POST + b"Transfer-Encoding: chunked\r\n\r\n" + b"F" * 30 + b"\r\nx",
    "a chunk that ends elsewhere": POST + b"Transfer-Encoding: chunked\r\n\r\n1\r\nxxx\r\n0\r\n\r\n" + HIDDEN,
    "a name with a space": GET + b"Content-Length : 5\r\n\r\nhello",
    "a name with NUL": GET + b"X-\x00Y: 1\r\n\r\n",
    "no name": GET + b": 1\r\n\r\n",
    "no colon": GET + b"Nothing\r\n\r\n",
    "NUL in a value": GET + b"X: a\x00b\r\n\r\n",
    "NUL in the path": b"GET /health\x00.json HTTP/1.1\r\nHost: localhost\r\n\r\n",
    "a lone CR": GET + b"X: a\rY: b\r\n\r\n",
    "a folded line at once": b"GET /health HTTP/1.1\r\n Host: localhost\r\n\r\n",
    "a space before the first line": b" GET /health HTTP/1.1\r\nHost: localhost\r\n\r\n",
    "no version": b"GET /health\r\n\r\n",
    "a version of letters": b"GET /health HTTP/x.y\r\nHost: localhost\r\n\r\n",
    "TLS": bytes.fromhex("16030100a5010000a10303") + b"\x00" * 160,
    "letters without end": b"A" * 60_000,
    "a header without end": GET + b"X: " + b"a" * 60_000,
    "headers without end": GET + b"".join(b"X-%d: 1\r\n" % number for number in range(9_000)),
    "no host": b"GET /health HTTP/1.1\r\n\r\n",
    "two hosts": GET + b"Host: evil.example\r\n\r\n",
}  # fmt: skip
"""What must be refused, and the connection closed after it."""
ODD = {
    "a path without end": b"GET /" + b"a" * 60_000 + b" HTTP/1.1\r\nHost: localhost\r\n\r\n",
    "HTTP/2 at once": b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
    "another version": b"GET /health HTTP/9.9\r\nHost: localhost\r\n\r\n",
    "an old version": b"GET /health HTTP/0.9\r\nHost: localhost\r\n\r\n",
    "lines that end with LF alone": b"GET /health HTTP/1.1\nHost: localhost\n\n",
    "another host": b"GET /health HTTP/1.1\r\nHost: evil.example\r\n\r\n",
    "a whole address": b"GET http://evil.example/health HTTP/1.1\r\nHost: localhost\r\n\r\n",
    "a whole address of ours": b"GET http://localhost/health HTTP/1.1\r\nHost: localhost\r\n\r\n",
    "CONNECT": b"CONNECT evil.example:443 HTTP/1.1\r\nHost: localhost\r\n\r\n",
    "OPTIONS of all": b"OPTIONS * HTTP/1.1\r\nHost: localhost\r\n\r\n",
    "TRACE": b"TRACE /health HTTP/1.1\r\nHost: localhost\r\nX-Secret: planted\r\n\r\n",
    "a method of its own": b"HUSH /health HTTP/1.1\r\nHost: localhost\r\n\r\n",
    "WebSocket": GET + b"Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\nSec-WebSocket-Version: 13\r\n\r\n",
    "h2c": GET + b"Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABkAAQAAP__\r\n\r\n",
    "a body with GET": GET + b"Content-Length: %d\r\n\r\n" % len(HIDDEN) + HIDDEN,
    "a dripped preface": b"\r\n\r\n" + GET + b"\r\n",
    "bytes beyond ASCII": GET + b"X: \xff\xfe\r\n\r\n",
    "a path beyond ASCII": b"GET /health%ff%fe?q=%ff HTTP/1.1\r\nHost: localhost\r\n\r\n",
    "too large a body": POST + b"Content-Length: 9000000\r\n\r\n" + b"a" * 200_000,
    "an expectation": POST + b"Content-Length: 90000000\r\nExpect: 100-continue\r\n\r\n",
    "an expectation of another kind": GET + b"Expect: a-miracle\r\n\r\n",
}  # fmt: skip
"""What may be answered or refused: never with a fault, and never with what was sent."""


@pytest.fixture(scope="module")
def port(tmp_path_factory, houses) -> Iterator[int]:
    """The product's own server over pages without a desk behind them: no request here gets so far."""
    servers: list[uvicorn.Server] = []
    begin = uvicorn.Server.__init__
    ready: list[str] = []
    up = threading.Event()

    def noted(server: uvicorn.Server, *args: object, **options: object) -> None:
        servers.append(server)
        begin(server, *args, **options)

    accounts = Accounts(tmp_path_factory.mktemp("smuggling") / "accounts.sqlite")
    app = create_app(object(), accounts)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(uvicorn.Server, "__init__", noted)
        thread = threading.Thread(
            target=serve,
            args=[app, "127.0.0.1", 0],
            kwargs={"on_ready": lambda url: (ready.append(url), up.set())},
        )
        thread.start()
        assert up.wait(60)
    yield int(ready[0].rstrip("/").rpartition(":")[2])
    for server in servers:
        server.should_exit = True
    thread.join()
    accounts.close()


def talk(port: int, data: bytes, patience: float = 8) -> tuple[bytes, bool]:
    """What is answered, and whether the connection was closed by the server."""
    with socket.create_connection(("127.0.0.1", port), timeout=patience) as link:
        try:
            link.sendall(data)
        except ConnectionError:
            return b"", True
        found = b""
        try:
            while piece := link.recv(65_536):
                found += piece
        except TimeoutError:
            return found, False
        except ConnectionError:
            pass
        return found, True


def statuses(answer: bytes) -> list[int]:
    """Status of each answer in the stream."""
    return [int(part[:3]) for part in answer.split(b"HTTP/1.1 ")[1:]]


def fine(answer: bytes) -> None:
    for status in statuses(answer):
        assert status < 500 or status in {501, 505}, answer[:200]
    for word in (b"planted", b"evil.example", b"Traceback", b"h11", b"uvicorn", b"LocalProtocolError"):
        assert word not in answer


def alive(port: int) -> None:
    answer, _ = talk(port, GET + b"Connection: close\r\n\r\n")
    assert statuses(answer) == [200]


@pytest.mark.parametrize("shape", BROKEN)
def test_what_is_broken_is_refused_and_the_connection_ends(port, shape):
    answer, closed = talk(port, BROKEN[shape])
    fine(answer)
    assert closed, (shape, answer[:300])
    # Nothing that was hidden behind it is taken for a request of its own, and nothing of it succeeded.
    assert len(statuses(answer)) <= 1, (shape, answer[:600])
    assert not statuses(answer) or statuses(answer)[0] >= 400, (shape, answer[:200])
    alive(port)


@pytest.mark.parametrize("shape", ODD)
def test_what_is_odd_does_no_harm(port, shape):
    data = ODD[shape]
    answer, _ = talk(port, data, patience=1)
    fine(answer)
    assert len(statuses(answer)) <= 2
    assert b"101 " not in answer
    alive(port)


def test_two_requests_in_one_piece_are_two_and_no_more(port):
    answer, _ = talk(port, GET + b"\r\n" + GET + b"Connection: close\r\n\r\n")
    assert statuses(answer) == [200, 200]
