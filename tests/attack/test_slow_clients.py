"""Clients that take their time: none of them holds a place that another needs."""

from __future__ import annotations

import asyncio
import json
import socket
import subprocess
import sys
import time
from typing import Any

import httpx2 as httpx
import pytest

SCRIPT = """
import asyncio, json, sys
from starlette.responses import StreamingResponse
from hushdesk.web._protocol import ConnectionLimits
from hushdesk.web._serve import serve
from hushdesk.web._shield import Shield

seen = {"ended": 0}

async def app(scope, receive, send):
    async def answer(body, status=200):
        await send({"type": "http.response.start", "status": status, "headers": [(b"content-length", b"%d" % len(body))]})
        await send({"type": "http.response.body", "body": body})
    if scope["path"] == "/large":
        async def pieces():
            try:
                for _ in range(4000):
                    yield b"x" * 65536
            finally:
                seen["ended"] += 1
        await StreamingResponse(pieces())(scope, receive, send)
    elif scope["path"] == "/seen":
        await answer(json.dumps(seen).encode())
    else:
        more = True
        while more:
            message = await receive()
            more = message.get("more_body", False)
        await answer(b"done")

class State: hosts = set()
shielded = Shield(app, hosts=set(), max_body=65536)
shielded.state = State
serve(shielded, port=0, limits=ConnectionLimits(**json.loads(sys.argv[1])), on_ready=lambda url: print(url, flush=True))
"""
QUICK = {
    "head": 1.0,
    "body": 1.0,
    "rate": 500,
    "drain": 1.5,
    "keep_alive": 1.0,
    "total": 12,
    "per_address": 6,
}


@pytest.fixture(scope="module")
def port():
    process = subprocess.Popen(
        [sys.executable, "-c", SCRIPT, json.dumps(QUICK)], stdout=subprocess.PIPE, text=True
    )
    try:
        yield int(process.stdout.readline().strip().rstrip("/").rpartition(":")[2])
    finally:
        process.terminate()
        process.communicate(timeout=60)
        assert process.returncode == 0


def talk(port: int, first: bytes = b"", source: str = "127.0.0.1") -> socket.socket:
    each = socket.create_connection(("127.0.0.1", port), 30, (source, 0))
    if first:
        each.sendall(first)
    return each


def rest(each: socket.socket) -> bytes:
    """All that still comes until the other side closes."""
    taken = b""
    with each:
        while True:
            try:
                some = each.recv(65_536)
            except ConnectionResetError:
                return taken
            if not some:
                return taken
            taken += some


def status(answer: bytes) -> int:
    return int(answer.split()[1])


def alive(port: int) -> None:
    assert httpx.get(f"http://127.0.0.1:{port}/", timeout=30).text == "done"


def hardened(answer: bytes) -> None:
    head = answer.partition(b"\r\n\r\n")[0].lower()
    for name in (b"content-security-policy", b"x-content-type-options", b"cache-control: no-store"):
        assert name in head
    assert b"server:" not in head


def test_a_head_that_never_ends_is_answered_and_closed(port):
    each = talk(port, b"GET / HTTP/1.1\r\nHost: localhost\r\nX-Slow: ")
    answer = rest(each)
    assert status(answer) == 408
    hardened(answer)


def test_a_head_that_drips_gains_no_time(port):
    each = talk(port, b"GET / HTTP/1.1\r\nHost: localhost\r\n")
    answer = b""
    each.settimeout(0.2)
    for number in range(200):
        try:
            each.sendall(b"X-%d: a\r\n" % number)
            answer = each.recv(1000)
            break
        except TimeoutError:
            continue
        except OSError:
            break
    each.close()
    assert number < 199
    assert not answer or status(answer) == 408


def test_a_connection_that_says_nothing_is_closed_without_a_word(port):
    assert rest(talk(port)) == b""


def test_a_body_that_drips_is_answered_and_closed(port):
    head = b"POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 60000\r\n\r\n"
    answer = rest(talk(port, head + b"a"))
    assert status(answer) == 408
    hardened(answer)


def test_a_body_that_comes_slowly_but_steadily_is_taken(port):
    each = talk(port, b"POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 20000\r\n\r\n")
    for _ in range(10):
        each.sendall(b"a" * 2000)
        time.sleep(0.15)
    assert b"done" in each.recv(1000)
    each.close()


def test_a_reader_that_does_not_read_is_cut_off_and_its_answer_ended(port):
    before = httpx.get(f"http://127.0.0.1:{port}/seen").json()["ended"]
    each = talk(port, b"GET /large HTTP/1.1\r\nHost: localhost\r\n\r\n")
    for _ in range(300):
        time.sleep(0.1)
        if httpx.get(f"http://127.0.0.1:{port}/seen").json()["ended"] > before:
            break
    else:
        pytest.fail("the answer is still held")
    each.close()


def test_a_head_that_is_too_large_gets_its_own_answer(port):
    head = b"GET / HTTP/1.1\r\nHost: localhost\r\n" + b"X-Large: " + b"a" * 40_000
    answer = rest(talk(port, head))
    assert status(answer) == 431
    hardened(answer)
    many = b"".join(b"X-%d: a\r\n" % number for number in range(70))
    answer = rest(talk(port, b"GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n" + many + b"\r\n"))
    assert status(answer) == 431
    answer = rest(
        talk(port, b"GET /?" + b"a" * 20_000 + b" HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
    )
    assert status(answer) == 414


@pytest.mark.parametrize(
    "sent",
    [
        b"\x16\x03\x01\x02\x00\x01",
        b"GET / HTTP/1.1\r\n\r\n",
        b"GET  / HTTP/1.1\r\nHost: localhost\r\n\r\n",
        b"POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        b"POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: -1\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: localhost\r\nX : a\r\n\r\n",
    ],
)
def test_what_is_no_request_is_refused_in_our_words(port, sent):
    answer = rest(talk(port, sent + b"\r\n\r\n"))
    assert status(answer) == 400
    assert b"understood" in answer or b"twice" in answer
    hardened(answer)


def test_idle_connections_give_way_to_those_who_ask(port):
    held = [talk(port) for _ in range(30)]
    alive(port)
    for each in held:
        each.close()


def test_connections_in_the_middle_of_a_head_give_way_too(port):
    held = [talk(port, b"GET / HTTP/1.1\r\nHost: lo") for _ in range(30)]
    alive(port)
    for each in held:
        each.close()


def test_when_all_are_at_work_the_next_is_told_to_come_back(port):
    head = b"POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 60000\r\n\r\n"
    held = [talk(port, head + b"a") for _ in range(QUICK["total"])]
    answers = []
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline and not answers:
        answer = rest(talk(port, b"GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"))
        if answer and status(answer) == 503:
            answers.append(answer)
            break
        held += [talk(port, head + b"a") for _ in range(4)]
    for each in held:
        each.close()
    assert answers
    assert b"retry-after" in answers[0]
    hardened(answers[0])


class Line:
    """As much of a transport as admission looks at."""

    def __init__(self) -> None:
        self.left = False

    def leave(self) -> None:
        self.left = True


def test_one_address_beyond_loopback_has_its_own_bound() -> None:
    from hushdesk.web._protocol import ConnectionLimits, Connections

    board = Connections(ConnectionLimits(total=10, per_address=3))
    lines: list[Any] = [Line() for _ in range(12)]
    for each in lines[:3]:
        assert board.admit(each, "192.0.2.1")
        board.work(each)
    assert not board.admit(lines[3], "192.0.2.1")
    assert board.admit(lines[4], "192.0.2.2")
    assert board.refused == 1
    board.gone(lines[0])
    assert board.admit(lines[5], "192.0.2.1")
    assert not any(each.left for each in lines)
    for each in lines[6:12]:
        assert board.admit(each, "127.0.0.1")
    assert sum(board.by_address.values()) == len(board.open) == 10


def test_the_watch_ends_with_its_server() -> None:
    from hushdesk.web._protocol import Connections

    async def run() -> None:
        watch = asyncio.ensure_future(Connections().watch())
        await asyncio.sleep(0)
        watch.cancel()
        with pytest.raises(asyncio.CancelledError):
            await watch

    asyncio.run(run())
