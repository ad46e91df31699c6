"""Letters to a real local SMTP server while the sender is killed: how many miss, how many go out twice, how fast.

    python benchmarks/incident_sending.py [--letters 8000] [--kills 20] [--connections 2] [--seed 1]

Three senders in the same run, each killed with SIGKILL as often, and started again: Hushdesk's (intent for each letter, journal,
reconciliation with the server's own record), and two plain ones that keep the number of the last person, as mailing
engines do: written before each batch of 50, and after it. The server (aiosmtpd) flushes each Message-ID to disk before it says 250.
Missing and twice are counted in the server's record at the end. Needs aiosmtpd, which is among the development tools.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import random
import re
import signal
import smtplib
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from email.message import EmailMessage
from pathlib import Path

KEY = bytes(range(32))
BATCH = 50
ID = re.compile(rb"^message-id:\s*(\S+)", re.IGNORECASE | re.MULTILINE)
WAYS = {
    "hushdesk": "intent for each letter, reconciled",
    "before": "checkpoint before the batch",
    "after": "checkpoint after the batch",
}


def letter(person: int) -> EmailMessage:
    message = EmailMessage()
    message["Subject"] = "About your data"
    message.set_content(
        f"Dear customer {person},\n\n" + "Your support cases could be read by others. " * 40 + "\n"
    )
    return message


def address(person: int) -> str:
    return f"person{person}@d{person % 20}.example.net"


# The three senders; each runs in a process of its own.


def hushdesk(folder: Path, port: int, letters: int, connections: int) -> None:
    from hushdesk.incident.sending import Letter, Limits, Outbox, Relay, Tls, reconcile, send

    relay = Relay(host="127.0.0.1", port=port, tls=Tls.NONE, sender="desk@example.com")
    with Outbox.open(folder, KEY, incident="benchmark") as outbox:
        if not outbox.counts()["planned"] and not outbox.meta("domain"):
            outbox.plan(((person, "en", 0) for person in range(letters)), now=0)
        doubt = reconcile(outbox, folder / "record", quiet_seconds=0, vouched=True)
        print("ready", doubt.accepted + doubt.unsent, flush=True)
        found = send(
            outbox,
            relay,
            lambda person: Letter(letter(person), (address(person),)),
            Limits(connections=connections, patience_seconds=0),
        )
        print("done", found.in_doubt, flush=True)


def checkpoint(folder: Path, port: int, letters: int, *, before: bool) -> None:
    """The plain way: one number on disk says how far it is."""
    path = folder / "checkpoint"

    def keep(number: int) -> None:
        fresh = path.with_suffix(".new")
        with fresh.open("w") as file:
            file.write(str(number))
            file.flush()
            os.fsync(file.fileno())
        fresh.replace(path)

    done = int(path.read_text()) if path.exists() else 0
    print("ready 0", flush=True)
    with smtplib.SMTP("127.0.0.1", port, local_hostname="example.com") as link:
        for start in range(done, letters, BATCH):
            end = min(start + BATCH, letters)
            if before:
                keep(end)
            for person in range(start, end):
                message = letter(person)
                message["From"], message["To"] = "desk@example.com", address(person)
                message["Message-ID"] = f"<{person}@example.com>"
                link.send_message(message)
            if not before:
                keep(end)
    print("done 0", flush=True)


def sink(record: Path) -> None:
    from aiosmtpd.smtp import SMTP

    file = os.open(record, os.O_WRONLY | os.O_CREAT | os.O_APPEND)

    def write(line: dict[str, str]) -> None:
        os.write(file, json.dumps(line).encode() + b"\n")

    class Handler:
        async def handle_DATA(self, _server, _session, envelope):  # noqa: N802
            write({"message_id": ID.search(envelope.content).group(1).decode(), "to": envelope.rcpt_tos[0]})
            os.fdatasync(file)
            return "250 OK"

    class Server(SMTP):
        def connection_made(self, transport):
            write({"event": "opened"})
            super().connection_made(transport)

        def connection_lost(self, error):
            write({"event": "closed"})
            super().connection_lost(error)

    async def serve() -> None:
        loop = asyncio.get_running_loop()
        server = await loop.create_server(
            lambda: Server(Handler(), hostname="sink", loop=loop), "127.0.0.1", 0
        )
        print(server.sockets[0].getsockname()[1], flush=True)
        await server.serve_forever()

    asyncio.run(serve())


# The one that kills them


class Watched:
    """The server's record, read as it grows."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.at = 0
        self.events: Counter[str] = Counter()
        self.ids: Counter[str] = Counter()
        self.to: Counter[str] = Counter()

    def look(self) -> int:
        if self.path.exists():
            with self.path.open("rb") as file:
                file.seek(self.at)
                data = file.read()
            data = data[: data.rfind(b"\n") + 1]
            self.at += len(data)
            for line in map(json.loads, data.splitlines()):
                if "to" in line:
                    self.ids[line["message_id"]] += 1
                    self.to[line["to"]] += 1
                else:
                    self.events[line["event"]] += 1
        return sum(self.to.values())

    def settle(self) -> None:
        while self.look() < 0 or self.events["opened"] != self.events["closed"]:
            time.sleep(0.005)


def storm(way: str, options: argparse.Namespace) -> None:
    with tempfile.TemporaryDirectory() as root:
        folder = Path(root)
        watched = Watched(folder / "record")
        command = [sys.executable, __file__, "--role"]
        server = subprocess.Popen([*command, "sink", "--folder", root], stdout=subprocess.PIPE, text=True)
        port = server.stdout.readline().strip()
        rng = random.Random(options.seed)
        shared = ["--letters", str(options.letters), "--connections", str(options.connections)]
        kills = settled = 0
        in_doubt = "0"
        sending = 0.0
        try:
            while True:
                watched.settle()
                sender = subprocess.Popen(
                    [*command, way, "--folder", root, "--port", port, *shared],
                    stdout=subprocess.PIPE,
                    text=True,
                )
                settled += int(sender.stdout.readline().split()[1])
                began = time.monotonic()
                if kills < options.kills:
                    step = options.letters / (options.kills + 1)
                    goal = min(int(step * (kills + 1) + rng.uniform(-0.4, 0.4) * step), options.letters - 5)
                    while watched.look() < goal and sender.poll() is None:
                        time.sleep(0.002)
                    time.sleep(rng.random() * 0.02)
                    sending += time.monotonic() - began
                    sender.kill()
                    rest, _ = sender.communicate()
                    if sender.returncode == -signal.SIGKILL:
                        kills += 1
                        continue
                else:
                    rest, _ = sender.communicate()
                    sending += time.monotonic() - began
                in_doubt = rest.split()[-1]
                break
            watched.settle()
        finally:
            server.kill()
            server.communicate()
        missing = options.letters - len(watched.to)
        twice = sum(times - 1 for times in watched.to.values())
        print(
            f"{way:9} {WAYS[way]:36} kills {kills:3}  missing {missing:5}  twice {twice:5}  in doubt at the end {in_doubt}"
            f"  settled by the record {settled:4}  {watched.look() / sending:7.0f} letters/s",
            flush=True,
        )


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--letters", type=int, default=8000)
    parser.add_argument("--kills", type=int, default=20)
    parser.add_argument("--connections", type=int, default=2, help="of Hushdesk; the plain ways have one")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--role", choices=[*WAYS, "sink"], help=argparse.SUPPRESS)
    parser.add_argument("--folder", type=Path, help=argparse.SUPPRESS)
    parser.add_argument("--port", type=int, help=argparse.SUPPRESS)
    options = parser.parse_args()
    roles: dict[str, Callable[[], None]] = {
        "sink": lambda: sink(options.folder / "record"),
        "hushdesk": lambda: hushdesk(options.folder, options.port, options.letters, options.connections),
        "before": lambda: checkpoint(options.folder, options.port, options.letters, before=True),
        "after": lambda: checkpoint(options.folder, options.port, options.letters, before=False),
    }
    if options.role:
        roles[options.role]()
        return
    print(
        f"{options.letters} letters, {options.kills} kills, server: aiosmtpd, each id flushed to disk before 250"
    )
    for way in WAYS:
        storm(way, options)


if __name__ == "__main__":
    main()
