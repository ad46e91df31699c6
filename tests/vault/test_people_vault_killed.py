"""Batches that were acknowledged survive kill -9; those that were not are there whole or not at all."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
from collections import Counter
from pathlib import Path

from hushdesk.vault import Keyring, PeopleVault, Stored

BATCH = 40

WRITER = """
import sys
from hushdesk.vault import Keyring, PeopleVault, VaultEntry
keys, folder, start = sys.argv[1], sys.argv[2], int(sys.argv[3])
sys.path.insert(0, sys.argv[4])
from killed_batches import batch
keyring = Keyring.open(keys)
vault = PeopleVault.open(folder, keyring)
print("ready", flush=True)
for number in range(start, 100_000):
    vault.put_many(batch(keyring, number))
    print(number, flush=True)
"""

BATCHES = """
from hushdesk.vault import VaultEntry
def batch(keyring, number):
    p = keyring.pseudonymiser()
    rows = []
    for i in range(40):
        # Half of the persons are those of the batch before, with one more value.
        holder = p.token("EMAIL", f"{number - i % 2}-{i // 2}")
        rows.append(VaultEntry(holder, p.token("ACCOUNT", f"{number}-{i}"), "ACCOUNT", f"{number}-{i}"))
    return rows
"""


def test_twelve_kills_lose_nothing(tmp_path: Path) -> None:
    (tmp_path / "killed_batches.py").write_text(BATCHES)
    scope: dict[str, object] = {}
    exec(BATCHES, scope)
    batch = scope["batch"]
    keyring, _ = Keyring.create(tmp_path / "keys", desk_id="d")
    PeopleVault.create(tmp_path / "v", keyring).close()
    rng, next_number = random.Random(7), 1
    for _ in range(12):
        command = [
            sys.executable,
            "-c",
            WRITER,
            str(tmp_path / "keys"),
            str(tmp_path / "v"),
            str(next_number),
            str(tmp_path),
        ]
        process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
        acknowledged = next_number - 1
        for _ in range(rng.randrange(1, 12)):
            acknowledged = int(process.stdout.readline())
        # Spin a little, so that the kill falls anywhere within a batch.
        for _ in range(rng.randrange(60_000)):
            pass
        os.kill(process.pid, signal.SIGKILL)
        rest = process.stdout.read().split()
        acknowledged = int(rest[-1]) if rest else acknowledged
        process.wait()
        process.stdout.close()
        with PeopleVault.open(tmp_path / "v", keyring) as vault:
            counts = Counter(int(v.value.split("-")[0]) for v in vault.iter_values())
            assert set(counts.values()) == {BATCH}
            assert set(range(1, acknowledged + 1)) <= set(counts) <= set(range(1, acknowledged + 2))
            assert vault.put_many(batch(keyring, acknowledged)) == Stored(0, 0)
        next_number = acknowledged + 1
    with PeopleVault.open(tmp_path / "v", keyring) as vault:
        for number in range(1, next_number + 1):
            vault.put_many(batch(keyring, number))
        assert vault.count_entries() == next_number * BATCH
        assert len({v.token for v in vault.iter_values()}) == next_number * BATCH
