"""Random pg_hba.conf files against a real PostgreSQL: for every source, whether some user and database needs no password."""

from __future__ import annotations

import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from itertools import product
from pathlib import Path

import pytest

from hushdesk.guard._dialect import Document, World
from hushdesk.guard.posture._files import ConfigFile, Run
from hushdesk.guard.posture._pghba import read

pytestmark = pytest.mark.slow

CLIENT = Path(__file__).with_name("anonymous_client.py")
BINARIES = Path("/usr/lib/postgresql/15/bin")
ORDINARY = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"]
SERVER = "203.0.113.10"
SOURCES = ["203.0.113.66", "203.0.113.130", "203.0.113.201"]
NETWORKS = [
    "0.0.0.0/0", "203.0.113.0/24", "203.0.113.0/25", "203.0.113.128 255.255.255.128", "203.0.113.66/32", "203.0.113.130/32", "all", "::/0",
    "203.0.113.200/29", "10.0.0.0/8", "samehost",
]  # fmt: skip
DATABASES = ["all", "postgres", "template1", "postgres,template1", "sameuser", "replication", '"all"']
USERS = ["all", "nobody", "monitor", "nobody,monitor"]
METHODS = ["trust", "trust", "md5", "scram-sha-256", "reject", "reject", "password"]
FILES = 20


def run(*words: str | Path) -> None:
    subprocess.run([str(word) for word in words], check=True, capture_output=True, timeout=120)


@pytest.fixture(scope="module")
def server() -> Iterator[tuple[str, Path, subprocess.Popen[bytes]]]:
    if os.geteuid() != 0 or not shutil.which("ip") or not shutil.which("setpriv"):
        pytest.skip("network namespaces need root, ip and setpriv")
    if not (BINARIES / "postgres").exists():
        pytest.skip("postgresql is not installed")
    inside, outside = f"ghs{os.getpid()}", f"ghc{os.getpid()}"
    here = Path(tempfile.mkdtemp(prefix="guard-"))
    here.chmod(0o777)
    process = None
    try:
        for name in (inside, outside):
            if subprocess.run(["ip", "netns", "add", name], check=False, capture_output=True).returncode:
                pytest.skip("this machine allows no network namespaces")
        run(
            "ip",
            "link",
            "add",
            "vs0",
            "netns",
            inside,
            "type",
            "veth",
            "peer",
            "name",
            "vc0",
            "netns",
            outside,
        )
        run("ip", "-n", inside, "addr", "add", f"{SERVER}/24", "dev", "vs0")
        for source in SOURCES:
            run("ip", "-n", outside, "addr", "add", f"{source}/24", "dev", "vc0")
        for name, wire in ((inside, "vs0"), (outside, "vc0")):
            run("ip", "-n", name, "link", "set", wire, "up")
        data = here / "data"
        run(
            *ORDINARY,
            BINARIES / "initdb",
            "-D",
            data,
            "-U",
            "nobody",
            "-A",
            "trust",
            "--no-sync",
            "-E",
            "UTF8",
            "--locale=C",
        )
        settings = "listen_addresses = '*'\nunix_socket_directories = ''\nssl = off\nmax_wal_senders = 3\nlog_line_prefix = ''\n"
        (data / "postgresql.conf").write_text(settings)
        (data / "pg_hba.conf").write_text("host all all all trust\n")
        words = ["ip", "netns", "exec", inside, *ORDINARY, str(BINARIES / "postgres"), "-D", str(data)]
        with (here / "log").open("wb") as log:
            process = subprocess.Popen(words, stdout=log, stderr=log, stdin=subprocess.DEVNULL)
        until(lambda: "ready to accept" in (here / "log").read_text())
        yield outside, here, process
    finally:
        if process is not None:
            process.terminate()
            process.wait(30)
        for name in (inside, outside):
            subprocess.run(["ip", "netns", "del", name], check=False, capture_output=True)
        shutil.rmtree(here, ignore_errors=True)


def until(reached: object) -> None:
    assert callable(reached)
    end = time.monotonic() + 60
    while not reached():
        if time.monotonic() > end:
            pytest.fail("the server did not answer in a minute")
        time.sleep(0.02)


def answers(outside: str, questions: list[tuple[str, str, str]]) -> list[str]:
    words = ["ip", "netns", "exec", outside, sys.executable, "-I", "-S", str(CLIENT), "sweep", SERVER, "5432"]
    lines = "".join(f"{source} {user} {database}\n" for source, user, database in questions)
    done = subprocess.run(words, input=lines, check=False, capture_output=True, text=True, timeout=120)
    assert not done.returncode, done.stderr
    return done.stdout.split()


def test_random_files(server: tuple[str, Path, subprocess.Popen[bytes]]) -> None:
    outside, here, process = server
    chance = random.Random(2026)
    questions = [
        (source, user, database)
        for source, user, database in product(
            SOURCES,
            ("nobody", "monitor", "other"),
            ("postgres", "template1", "nobody", "monitor", "other", "all", ""),
        )
    ]
    # Databases are looked for after the login, so that those that do not exist may be asked for all the same.
    seen: dict[str, int] = {"trust": 0, "password": 0, "refused": 0}
    for count in range(1, FILES + 1):
        lines = [
            " ".join(("host", *(chance.choice(choices) for choices in (DATABASES, USERS, NETWORKS, METHODS))))
            for _ in range(chance.randint(1, 6))
        ]
        text = "\n".join(lines) + "\n"
        (here / "data" / "pg_hba.conf").write_text(text)
        process.send_signal(signal.SIGHUP)
        until(lambda now=count: (here / "log").read_text().count("reloading configuration files") == now)
        file = ConfigFile(Document("pg_hba.conf", "text", text))
        said = read(Run([file], World()), file, tls=False)
        got = answers(outside, questions)
        for source in SOURCES:
            mine = {answer for (asked, *_), answer in zip(questions, got, strict=True) if asked == source}
            for answer in mine:
                seen[answer] += 1
            assert said.login.free.upper == said.login.free.lower, text
            assert (source in said.login.free.lower) == ("trust" in mine), (text, source, mine)
            assert (source in said.connecting.lower) == bool(mine - {"refused"}), (text, source, mine)
            assert said.connecting.upper == said.connecting.lower, text
    assert min(seen.values()) > FILES / 4
