"""One sender in a process of its own, for tests that kill it. Its letters hold planted secrets; its arguments do not."""

from __future__ import annotations

import json
import sys
from email.message import EmailMessage
from pathlib import Path

from hushdesk.incident.sending import Letter, Limits, Outbox, Relay, Tls, reconcile, send

KEY = bytes(range(32))


def letter_of(person: int) -> Letter:
    message = EmailMessage()
    message["Subject"] = f"About your data {person}"
    message.set_content(f"Dear Planted Secretname-{person},\n\nyour cases were open.\n")
    return Letter(message, (f"planted-secret-{person}@{'abc'[person % 3]}.example.net",))


def main() -> None:
    folder, port, record, connections = sys.argv[1:]
    relay = Relay(host="127.0.0.1", port=int(port), tls=Tls.NONE, sender="desk@example.com")
    with Outbox.open(folder, KEY, incident="i-1") as outbox:
        if record:
            found = reconcile(outbox, Path(record), quiet_seconds=0, vouched=True)
            sys.stdout.write(json.dumps([found.accepted, found.unsent, found.in_doubt, found.lacking]) + "\n")
            sys.stdout.flush()
        limits = Limits(connections=int(connections), patience_seconds=0)
        sys.stdout.write("sending\n")
        sys.stdout.flush()
        found = send(outbox, relay, letter_of, limits)
        sys.stdout.write(f"{found.ended} {found.taken}\n")


if __name__ == "__main__":
    main()
