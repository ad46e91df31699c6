"""Fifty analysts at work on a million cases for two minutes, alone and beside idle and slow connections.

Usage: make bench-analysts   (or: python benchmarks/analysts.py --cases 1000000 --seconds 120)

The desk is made once under build/analysts and used again. It is served as ``hushdesk serve`` serves it, over HTTP on
loopback; the analysts are clients in another process, each signed in as an account of its own with a session, each
thinking for 2 to 8 seconds (5 on average) between two requests. Both processes share the machine's cores. What is asked
is drawn from: words, two words, a word with a product and years, facet filters, a later page, the first page, a case
opened from a list. Words and filters repeat, as they do at work, so some answers come from what is kept; with --distinct
each question is one that nobody has asked before (it excludes a word of its own). The peer is the same store asked in the same process without HTTP, pages or accounts, by as many
threads with the same thoughts in between: what is left is the price of serving.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import json
import os
import random
import re
import resource
import shutil
import socket
import statistics
import subprocess
import sys
import threading
import time
from collections import Counter, defaultdict
from pathlib import Path
from typing import Any
from urllib.parse import quote

import httpx2 as httpx

WORDS = ("device", "invoice", "lamp", "cable", "manual", "error", "update", "exchange", "blinks", "noon")
PRODUCTS = ("Router", "Printer", "Phone", "Tablet", "Backup", "Mail", "Office")
COUNTRIES = ("US", "GB", "DE", "FR", "ES", "PL", "JP", "CN", "BR", "IT")
KINDS = {
    "word": 20, "number": 15, "two words": 15, "word, product, years": 15, "facets": 10, "first page": 10,
    "next page": 5, "read a case": 10,
}  # fmt: skip
THINK = (2.0, 8.0)
IDLE, SLOW = 500, 100


def ask(kind: str, chance: random.Random) -> tuple[str, dict[str, list[str]], int]:
    """A question of one kind: query, facet filters, page."""
    word, other = chance.sample(WORDS, 2)
    product = chance.choice(PRODUCTS)
    year = chance.randrange(2005, 2018)
    match kind:
        case "word":
            return word, {}, 1
        case "number":
            return f"error {chance.randrange(2000):04d}", {}, 1
        case "two words":
            return f"{word} {other}", {}, 1
        case "word, product, years":
            return f"{word} product:{product} opened:{year}..{year + 2}", {}, 1
        case "facets":
            return word, {"product": [product], "country": chance.sample(COUNTRIES, 2)}, 1
        case "next page":
            return word, {}, chance.randrange(2, 10)
        case _:
            return "", {}, 1


def make_desk(folder: Path, cases: int) -> None:
    from hushdesk.desk import Desk
    from hushdesk.incident.drill._filled import fill

    if (folder / "done").exists():
        return
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    started = time.monotonic()
    Desk.create(folder / "desk", keys=folder / "keys", vault=folder / "vault")
    with Desk.open(folder / "desk") as desk:
        seed = 7
        # Once more for what an engine short of memory has not taken.
        while (missing := cases - desk.store.count()) > 0 and seed < 12:
            fill(desk.store, desk.vault, desk.pseudonyms, missing, max(1_000, cases // 20), seed)
            seed += 1
        print(f"{desk.store.count():,} cases are there after {seed - 7} rounds")
    (folder / "done").touch()
    print(f"made a desk of {cases:,} cases in {time.monotonic() - started:.0f} s")


def make_accounts(folder: Path, count: int) -> list[tuple[str, str]]:
    """Fresh accounts for the analysts: names and passwords."""
    from hushdesk.access import Accounts, Role

    for path in (folder / "desk").glob("accounts.sqlite*"):
        path.unlink()
    accounts = Accounts(folder / "desk" / "accounts.sqlite")
    try:
        return [
            (f"analyst{n:02d}", accounts.create(f"analyst{n:02d}", Role.ANALYST, must_change=False))
            for n in range(count)
        ]
    finally:
        accounts.close()


class Results:
    """What was measured, by kind of request."""

    def __init__(self) -> None:
        self.times: defaultdict[str, list[float]] = defaultdict(list)
        self.errors: Counter[str] = Counter()

    def note(self, kind: str, seconds: float, problem: str = "") -> None:
        if problem:
            self.errors[problem] += 1
        else:
            self.times[kind].append(seconds * 1000)

    def show(self, name: str, seconds: float, memory: int = 0, cpu: float = 0) -> None:
        every = [each for times in self.times.values() for each in times]
        print(
            f"\n{name}: {len(every):,} answers in {seconds:.0f} s ({len(every) / seconds:.1f} a second)",
            end="",
        )
        print(f", errors {sum(self.errors.values())} {dict(self.errors) or ''}", end="")
        if memory:
            print(f", peak memory of the server {memory / 1e6:,.0f} MB, its CPU {cpu:.1f} s", end="")
        # Refused ones cost next to nothing.
        print(f", {1000 * cpu / max(1, len(every)):.0f} ms an answer" if memory else "")
        print(f"  {'ms':24} {'n':>6} {'p50':>8} {'p95':>8} {'p99':>8} {'worst':>8}")
        for kind, times in [("all", every), *sorted(self.times.items())]:
            if len(times) > 1:
                cuts = statistics.quantiles(times, n=100)
                print(
                    f"  {kind:24} {len(times):>6,} {cuts[49]:>8,.0f} {cuts[94]:>8,.0f} {cuts[98]:>8,.0f} {max(times):>8,.0f}"
                )
        sys.stdout.flush()


# -- the clients, in a process of their own ------------------------------------------------------------------------------


async def sign_in(client: httpx.AsyncClient, name: str, password: str) -> None:
    page = await client.get("/sign-in")
    token = re.search(r'name="token" value="(\w+)"', page.text)
    if token is None:
        raise SystemExit(f"no form: {page.status_code}")
    answer = await client.post("/sign-in", data={"name": name, "password": password, "token": token[1]})
    if answer.status_code != 303:
        raise SystemExit(f"sign-in of an analyst failed with {answer.status_code}")


async def analyst(
    client: httpx.AsyncClient, seed: int, until: float, results: Results, *, distinct: bool = False
) -> None:
    chance = random.Random(seed)
    opened: list[str] = []
    asked = 0
    await asyncio.sleep(chance.uniform(0, THINK[1]))
    while time.monotonic() < until:
        kind = chance.choices(list(KINDS), list(KINDS.values()))[0]
        if kind == "read a case" and not opened:
            kind = "first page"
        if kind == "read a case":
            address = chance.choice(opened)
        else:
            query, filters, page = ask(kind, chance)
            if distinct:
                asked += 1
                query = f"{query} -none{seed}x{asked}".strip()
            parts = [f"q={quote(query)}", *(f"f.{k}={quote(v)}" for k, vs in filters.items() for v in vs)]
            address = f"/cases?{'&'.join(parts)}" + (f"&page={page}" if page > 1 else "")
        begun = time.perf_counter()
        try:
            answer = await client.get(address)
        except httpx.HTTPError as error:
            results.note(kind, 0, type(error).__name__)
        else:
            good = answer.status_code == 200
            results.note(kind, time.perf_counter() - begun, "" if good else str(answer.status_code))
            if good and kind != "read a case":
                opened = re.findall(r'href="(/cases/[0-9A-Z]{16,}[^"]*)"', answer.text)[:5]
                opened = [each.replace("&amp;", "&") for each in opened]
        await asyncio.sleep(chance.uniform(*THINK))


async def idler(port: int, until: float, told: Counter[str]) -> None:
    """Holds a connection open and says nothing; comes back whenever it is closed."""
    while time.monotonic() < until:
        with contextlib.suppress(OSError):
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
            told["opened by the idle"] += 1
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(max(0.1, until - time.monotonic())):
                    await reader.read(1)
            writer.close()
        await asyncio.sleep(0.2)


async def slow_head(port: int, until: float, told: Counter[str]) -> None:
    """Sends a byte of its head each second."""
    while time.monotonic() < until:
        with contextlib.suppress(OSError):
            _, writer = await asyncio.open_connection("127.0.0.1", port)
            told["opened by slow senders"] += 1
            for byte in b"GET /cases HTTP/1.1\r\nHost: localhost\r\nX-Slow: " + b"a" * 1000:
                if time.monotonic() > until or writer.transport.is_closing():
                    break
                writer.write(bytes([byte]))
                await asyncio.sleep(1)
            writer.close()
        await asyncio.sleep(0.2)


async def slow_reader(port: int, cookie: str, until: float, told: Counter[str]) -> None:
    """Asks for an export, or for a page, with a window as small as can be, and reads a byte a second."""
    loop = asyncio.get_running_loop()
    while time.monotonic() < until:
        each = socket.socket()
        each.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1)
        each.setblocking(False)
        with contextlib.suppress(OSError):
            await loop.sock_connect(each, ("127.0.0.1", port))
            told["opened by slow readers"] += 1
            path = "/cases.csv" if told["opened by slow readers"] % 2 else "/cases?q=device"
            head = f"GET {path} HTTP/1.1\r\nHost: localhost\r\nCookie: {cookie}\r\n\r\n"
            await loop.sock_sendall(each, head.encode())
            while time.monotonic() < until:
                async with asyncio.timeout(30):
                    if not await loop.sock_recv(each, 1):
                        break
                await asyncio.sleep(1)
        each.close()
        await asyncio.sleep(1)


async def clients(plan: dict[str, Any]) -> None:
    url, seconds, disturbed = plan["url"], plan["seconds"], plan["disturbed"]
    port = int(url.rstrip("/").rpartition(":")[2])
    results, told = Results(), Counter[str]()
    signed = [
        httpx.AsyncClient(
            base_url=url, timeout=60, limits=httpx.Limits(max_connections=1, keepalive_expiry=8)
        )
        for _ in plan["accounts"]
    ]
    started = time.monotonic()
    before = cpu_of(plan["server"])
    for client, (name, password) in zip(signed, plan["accounts"], strict=True):
        await sign_in(client, name, password)
    signing = cpu_of(plan["server"]) - before
    print(
        f"{len(signed)} sign-ins in {time.monotonic() - started:.1f} s, {signing:.1f} s of the server's CPU",
        file=sys.stderr,
    )
    before = cpu_of(plan["server"])
    until = time.monotonic() + seconds
    tasks = [
        analyst(client, n, until, results, distinct=plan["distinct"])
        for n, client in enumerate(signed)
        if n < len(signed) - disturbed
    ]
    if disturbed:
        tasks += [idler(port, until, told) for _ in range(IDLE)]
        tasks += [slow_head(port, until, told) for _ in range(SLOW // 2)]
        cookies = ["; ".join(f"{k}={v}" for k, v in client.cookies.items()) for client in signed[-disturbed:]]
        tasks += [slow_reader(port, cookies[n % disturbed], until, told) for n in range(SLOW // 2)]
    await asyncio.gather(*tasks, return_exceptions=not disturbed)
    cpu = cpu_of(plan["server"]) - before
    for client in signed:
        await client.aclose()
    print(json.dumps({"times": results.times, "errors": results.errors, "told": told, "cpu": cpu}))


# -- the server, and the peer --------------------------------------------------------------------------------------------


def cpu_of(pid: int) -> float:
    """Seconds of CPU that a process has taken."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


class Watched(threading.Thread):
    """Peak of the resident memory of a process, and what CPU it took."""

    def __init__(self, pid: int) -> None:
        super().__init__(daemon=True)
        self.pid, self.peak, self.threads, self.over = pid, 0, 0, threading.Event()

    def run(self) -> None:
        while not self.over.wait(0.5):
            text = Path(f"/proc/{self.pid}/status").read_text()
            self.peak = max(self.peak, 1024 * int(re.search(r"VmRSS:\s+(\d+)", text)[1]))  # type: ignore[index]
            self.threads = max(self.threads, int(re.search(r"Threads:\s+(\d+)", text)[1]))  # type: ignore[index]


def measure(folder: Path, analysts: int, seconds: float, *, disturbed: bool, distinct: bool) -> None:
    # Two more accounts for those who read slowly: an account's own limits would stop them sooner.
    extra = 2 if disturbed else 0
    accounts = make_accounts(folder, analysts + extra)
    server = subprocess.Popen(
        [sys.executable, "-m", "hushdesk", "serve", "--desk", str(folder / "desk"), "--port", "0"],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    try:
        assert server.stdout is not None
        url = re.search(r"http://\S+/", server.stdout.readline())
        if url is None:
            raise SystemExit("the desk cannot be served")
        watched = Watched(server.pid)
        watched.start()
        plan = {
            "url": url[0],
            "accounts": accounts,
            "seconds": seconds,
            "disturbed": extra,
            "distinct": distinct,
            "server": server.pid,
        }
        done = subprocess.run(
            [sys.executable, __file__, "--clients"],
            input=json.dumps(plan),
            stdout=subprocess.PIPE,
            text=True,
            check=True,
        )
        found = json.loads(done.stdout)
        results = Results()
        results.times.update(found["times"])
        results.errors.update(found["errors"])
        watched.over.set()
        name = f"{analysts} analysts" + (f", {IDLE} idle and {SLOW} slow connections" if disturbed else "")
        name += ", no question twice" if distinct else ""
        results.show(name, seconds, watched.peak, found["cpu"])
        print(f"  threads of the server at most {watched.threads}; {found['told'] or 'nobody else'}")
    finally:
        server.terminate()
        server.communicate()


def peer(folder: Path, analysts: int, seconds: float) -> None:
    """The same questions to the same store, in process."""
    from hushdesk.analytics import open_desk

    results = Results()
    with open_desk(folder / "desk", command="bench") as desk:
        until = time.monotonic() + seconds
        slots = threading.Semaphore(4)

        def work(seed: int) -> None:
            chance = random.Random(seed)
            opened: list[str] = []
            time.sleep(chance.uniform(0, THINK[1]))
            while time.monotonic() < until:
                kind = chance.choices(list(KINDS), list(KINDS.values()))[0]
                if kind == "read a case" and not opened:
                    kind = "first page"
                begun = time.perf_counter()
                with slots:
                    if kind == "read a case":
                        desk.read(chance.choice(opened))
                    else:
                        query, filters, page = ask(kind, chance)
                        found = desk.search(query, filters=filters, page=page)
                        opened = [hit.case_id for hit in found.hits[:5]]
                results.note(kind, time.perf_counter() - begun)
                time.sleep(chance.uniform(*THINK))

        threads = [threading.Thread(target=work, args=(n,)) for n in range(analysts)]
        for each in threads:
            each.start()
        for each in threads:
            each.join()
    results.show(f"peer: {analysts} threads in process, no HTTP", seconds)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--cases", type=int, default=1_000_000)
    parser.add_argument("--analysts", type=int, default=50)
    parser.add_argument("--seconds", type=float, default=120)
    parser.add_argument("--folder", type=Path, default=Path("build/analysts"))
    parser.add_argument("--only", choices=["alone", "disturbed", "peer"], action="append")
    parser.add_argument("--distinct", action="store_true", help="no question is asked twice")
    parser.add_argument("--clients", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args()
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(hard, 8_192), hard))
    if options.clients:
        asyncio.run(clients(json.load(sys.stdin)))
        return
    folder = options.folder / str(options.cases)
    make_desk(folder, options.cases)
    print(
        f"{options.cases:,} cases, {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}, thinking {THINK[0]:.0f} to {THINK[1]:.0f} s"
    )
    only = options.only or ["alone", "disturbed", "peer"]
    if "alone" in only:
        measure(folder, options.analysts, options.seconds, disturbed=False, distinct=options.distinct)
    if "disturbed" in only:
        measure(folder, options.analysts, options.seconds, disturbed=True, distinct=options.distinct)
    if "peer" in only:
        peer(folder, options.analysts, options.seconds)


if __name__ == "__main__":
    main()
