"""What came back, told to the outbox: the person's next address is due, or another way."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from hushdesk.incident._spans import present
from hushdesk.incident.sending import _bounce
from hushdesk.incident.sending._bounce import Bounce, Fate
from hushdesk.incident.sending._mails import messages
from hushdesk.incident.sending._outbox import Outbox
from hushdesk.incident.sending._states import State, Step, quiet
from hushdesk.incident.sending.errors import OutboxError

_BATCH = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Returned:
    """What became of the messages; ``read`` is the sum of all below but ``next_address`` and ``second_channel``."""

    read: int = 0
    bounced: int = 0
    """Letters that came back for good."""
    soft: int = 0
    """Letters that are late: nothing is done."""
    delivered: int = 0
    no_bounce: int = 0
    """Answers, holiday notices and the like: somebody should read them."""
    repeated: int = 0
    """Of an address that was done with before."""
    early: int = 0
    """Of a letter whose acceptance is not written down yet: read them again later."""
    foreign: int = 0
    """Bounces of no letter of this outbox."""
    refused: int = 0
    """Could not be read."""
    next_address: int = 0
    """Of the bounced: to go to the person's next address."""
    second_channel: int = 0
    """Of the bounced: to be told in another way."""


def bounces(
    outbox: Outbox, path: Path | Iterable[Path], *, now: int | None = None, step: Step = quiet
) -> Returned:
    """Read returned messages and move their letters on. May be repeated with the same messages, and while a sender is at work.

    Args:
        outbox: Where the letters stand.
        path: mbox, maildir, single messages, or folders of these.
        now: The present moment.
        step: Is told who.

    Raises:
        BadRecordError: A file cannot be read.
        OutboxError: Nothing was ever sent from it.
    """
    at = present() if now is None else now
    domain = outbox.meta("domain")
    if not domain:
        raise OutboxError("nothing was ever sent from this outbox.")
    counts: Counter[str] = Counter()
    stream = _read([path] if isinstance(path, Path) else path, domain)
    while batch := list(islice(stream, _BATCH)):
        moved: dict[str, list[int]] = {}
        with outbox.writing(at) as write:
            for bounce in batch:
                counts["read"] += 1
                if bounce is None:
                    counts["refused"] += 1
                    continue
                if bounce.fate is not Fate.HARD:
                    counts[bounce.fate.name.lower()] += 1
                    continue
                token = next((token for token in bounce.tokens if write.owner(token) is not None), None)
                if token is None:
                    counts["foreign"] += 1
                    continue
                person = write.owner(token)
                state = write.bounce(token, bounce.status)
                if state is None or person is None:
                    counts["repeated"] += 1
                elif state is State.INTENT:
                    counts["early"] += 1
                else:
                    counts["bounced"] += 1
                    name = "second_channel" if state is State.SECOND_CHANNEL else "next_address"
                    counts[name] += 1
                    moved.setdefault(name, []).append(person)
        if moved:
            step("sending:letters:bounced", {"persons": moved})
    returned = Returned(**counts)
    step(
        "sending:bounces:read",
        {"read": returned.read, "bounced": returned.bounced, "foreign": returned.foreign},
    )
    return returned


def _read(paths: Iterable[Path], domain: str) -> Iterator[Bounce | None]:
    for path in paths:
        for message in messages(path):
            yield _bounce.parse(message, domain)
