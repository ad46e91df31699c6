"""A sender killed at random moments, again and again: nobody is left out, nobody gets two letters."""

from __future__ import annotations

import json
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path

import pytest
from sending_help import HERE, KEY

from hushdesk.incident.sending import Outbox, State, reconcile

SECRETS = (b"planted-secret", b"Secretname", b"example.net")


def run(folder: Path, sink, record: str, connections: int) -> subprocess.Popen[str]:
    command = [
        sys.executable,
        str(HERE / "sending_process.py"),
        str(folder),
        str(sink.port),
        record,
        str(connections),
    ]
    assert not any(secret in " ".join(command).encode() for secret in SECRETS)
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def sent(sink) -> int:
    return sink.record.read_bytes().count(b'"message_id"') if sink.record.exists() else 0


def finish(folder: Path, sink, persons: int) -> None:
    sink.settle()
    last = run(folder, sink, str(sink.record), 2)
    out, err = last.communicate()
    assert last.returncode == 0, err
    assert out.splitlines()[-1].startswith("done ")
    taken = sink.taken()
    assert len(taken) == persons
    assert set(taken.values()) == {1}
    assert set(sink.taken_for().values()) == {1}
    with Outbox.open(folder, KEY) as outbox:
        assert outbox.counts()[State.ACCEPTED] == persons
        assert outbox.select("PRAGMA integrity_check") == [("ok",)]
        assert reconcile(outbox, sink.record, quiet_seconds=0).lacking == 0
    for file in folder.iterdir():
        data = file.read_bytes()
        for secret in SECRETS:
            assert secret not in data, file.name


def storm(folder: Path, sink, persons: int, kills: int, connections: int, seed: int) -> Counter[str]:
    """Kill the sender so many times, at moments spread over the whole sending; returns what recoveries found."""
    folder.mkdir()
    rng = random.Random(seed)
    with Outbox.open(folder, KEY, incident="i-1") as outbox:
        outbox.plan(((person, "en", person % 3) for person in range(persons)), now=0)
    found: Counter[str] = Counter()
    for kill in range(kills):
        sink.settle()
        process = run(folder, sink, str(sink.record), connections)
        assert process.stdout is not None
        head = process.stdout.readline()
        assert head, process.communicate()
        found.update(dict(zip(("accepted", "unsent", "in_doubt", "lacking"), json.loads(head), strict=True)))
        # A number of letters after which to strike, and a moment within the next letter.
        goal = min(persons * (kill + 1) // (kills + 1) + rng.randrange(-3, 4), persons - 2)
        while sent(sink) < goal and process.poll() is None:
            time.sleep(0.004)
        time.sleep(rng.random() * 0.01)
        process.kill()
        _, err = process.communicate()
        # On a busy machine it may have come to its end before we struck; that is no kill.
        found["kills"] += process.returncode == -signal.SIGKILL
        assert err == ""
    finish(folder, sink, persons)
    assert found["kills"] > kills // 2
    return found


def test_killed_at_random_moments(start, tmp_path):
    storm(tmp_path / "incident", start(), 200, 4, 3, seed=7)


@pytest.mark.slow
@pytest.mark.parametrize("connections", [1, 4])
def test_killed_at_random_moments_at_length(connections, start, tmp_path):
    storm(tmp_path / "incident", start("--durably"), 8000, 24, connections, seed=connections)


def test_killed_while_reconciling(start, tmp_path):
    sink = start()
    folder = tmp_path / "incident"
    folder.mkdir()
    with Outbox.open(folder, KEY, incident="i-1") as outbox:
        outbox.plan(((person, "en", 0) for person in range(150)), now=0)
    process = run(folder, sink, "", 3)
    while sent(sink) < 40 and process.poll() is None:
        time.sleep(0.004)
    process.kill()
    process.communicate()
    rng = random.Random(3)
    for _ in range(3):
        sink.settle()
        process = run(folder, sink, str(sink.record), 3)
        # Somewhere between the start of Python and the first letters: before, in, and after the reconciliation.
        while not any(path.name.endswith("-wal") for path in folder.iterdir()) and process.poll() is None:
            time.sleep(0.004)
        time.sleep(rng.random() * 0.05)
        process.kill()
        process.communicate()
    finish(folder, sink, 150)
