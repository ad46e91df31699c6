"""What the tests of sending share: a real mail server, and letters for it."""

from __future__ import annotations

import json
import subprocess
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from email.message import EmailMessage
from pathlib import Path

from hushdesk.incident.sending import Letter, Limits, NoAddress, Outbox, Relay, Tls

HERE = Path(__file__).parent
KEY = bytes(range(32))
QUICK = Limits(
    connections=2, pause_seconds=0.01, backoff_seconds=0.01, patience_seconds=30, failures=4, tries=5
)


@dataclass
class Sink:
    """A running server and what it has written down."""

    process: subprocess.Popen[str]
    port: int
    record: Path
    mails: Path
    relay: Relay = field(init=False)

    def __post_init__(self) -> None:
        self.relay = Relay(host="127.0.0.1", port=self.port, tls=Tls.NONE, sender="desk@example.com")

    def lines(self) -> list[dict[str, str]]:
        return (
            [json.loads(line) for line in self.record.read_text().splitlines()]
            if self.record.exists()
            else []
        )

    def taken(self) -> Counter[str]:
        """How often it took each Message-ID."""
        return Counter(line["message_id"] for line in self.lines() if "message_id" in line)

    def taken_for(self) -> Counter[str]:
        """How often it took a letter for each address."""
        return Counter(line["to"] for line in self.lines() if "message_id" in line)

    def settle(self) -> None:
        """Wait until nobody is connected any more: all that was in the pipe has been dealt with."""
        while True:
            events = Counter(line.get("event") for line in self.lines())
            if events["opened"] == events["closed"]:
                return
            time.sleep(0.01)

    def stop(self) -> None:
        self.process.kill()
        self.process.wait()
        assert self.process.stdout is not None
        self.process.stdout.close()


def letter(person: int, *addresses: str) -> Letter | NoAddress:
    """A letter to addresses; none is a person without one."""
    if not addresses:
        return NoAddress()
    message = EmailMessage()
    message["Subject"] = f"About your data, person {person}"
    message.set_content(f"Dear person {person},\n\nyour cases could be read by others.\n.\nEnd – of it.\n")
    return Letter(message, addresses)


def book(**people: tuple[str, ...]) -> Callable[[int], Letter | NoAddress]:
    """Letters by person: ``book(p1=("a@example.org",))``."""
    return lambda person: letter(person, *people[f"p{person}"])


def everyone(way: str, domain: str = "example.net") -> Callable[[int], Letter | NoAddress]:
    """Every person has one address of a kind."""
    return lambda person: letter(person, f"{way}.p{person}@{domain}")


def plan(outbox: Outbox, count: int, start: int = 1) -> None:
    outbox.plan(((person, "en", 0) for person in range(start, start + count)), now=0)
