"""A record of a million entries, damaged at random: each damage must be found, and named, by both verifiers.

    python benchmarks/record_damage.py [--entries 1000000] [--rounds 3] [--flips 90] [--window 300] [--folder DIR]

Both are ``hushdesk record verify`` (:func:`hushdesk.record.verify`) and the file that needs no Hushdesk (``record/alone.py``).

*Whole rounds*: the whole record is damaged once and verified from its first byte to its last, as people do. Kinds: one bit flipped in
the entries, in the hashes, in the newest heads, in the kept heads; one entry dropped; two swapped; the end cut off. And one round
with many bits flipped at once, of which each must be named.

*Window rounds* make the same damages many times over: a damage is tried on a small record that holds, byte for byte, some entries
of the large one (2,048, numbered anew, with heads signed by the same key), since a verifier's work on an entry hangs on that entry, its
hash and the heads above it. They are counted apart.

Named means: by the package, that a fault bears the number of the entry that was hit; by the file alone, that the fault bears it or gives a
range of at most 1,024 entries that holds it, or names the head.
"""

from __future__ import annotations

import argparse
import json
import random
import re
import resource
import shutil
import tempfile
import time
from collections import Counter
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from hushdesk.record import Record, alone, verify

KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
PUBLIC = KEY.public_key().public_bytes_raw()
KEYS = {1: PUBLIC}
KINDS = (
    "flip entries.jsonl",
    "flip hashes.bin",
    "flip head.slots",
    "flip heads.jsonl",
    "drop",
    "swap",
    "cut",
)
WINDOW = 2048


def make(folder: Path, entries: int) -> None:
    """A record of entries as searches and views write them."""
    choice = random.Random(1)
    with Record(folder, "bench", lambda message: (1, KEY.sign(message)), KEYS) as record:
        for start in range(0, entries, 1000):
            record.append_many(
                [
                    (
                        "analyst:case:read",
                        f"account-{n % 50}",
                        {"role": "analyst", "via": "page", "case": f"{choice.getrandbits(64):016X}"},
                    )
                    for n in range(start, min(entries, start + 1000))
                ]
            )


def offsets(folder: Path) -> list[int]:
    """Where each entry begins, and where the last one ends."""
    found = [0]
    with (folder / "entries.jsonl").open("rb") as lines:
        for line in lines:
            found.append(found[-1] + len(line))
    return found


def damage(folder: Path, kind: str, choice: random.Random, starts: list[int]) -> list[int]:
    """Damage it in one way; gives the entries that were hit, if any was."""
    entries = len(starts) - 1
    path = folder / (kind.split()[1] if kind.startswith("flip") else "entries.jsonl")
    if kind.startswith("flip"):
        size = path.stat().st_size
        at = choice.randrange(size)
        with path.open("r+b") as file:
            file.seek(at)
            byte = file.read(1)[0] ^ 1 << choice.randrange(8)
            file.seek(at)
            file.write(bytes([byte]))
        if path.name == "entries.jsonl":
            return [next(n for n in _near(starts, at))]
        return [at // 32] if path.name == "hashes.bin" else []
    data = path.read_bytes()
    if kind == "cut":
        left = choice.randrange(entries - 20, entries)
        path.write_bytes(data[: starts[left]])
        return []
    first = choice.randrange(entries - 1)
    if kind == "drop":
        path.write_bytes(data[: starts[first]] + data[starts[first + 1] :])
        return [first]
    second = choice.randrange(entries)
    first, second = sorted((first, second if second != first else entries - 1))
    one, other = (data[starts[n] : starts[n + 1]] for n in (first, second))
    path.write_bytes(
        data[: starts[first]]
        + other
        + data[starts[first + 1] : starts[second]]
        + one
        + data[starts[second + 1] :]
    )
    return [first, second]


def _near(starts: list[int], at: int) -> list[int]:
    import bisect

    return [bisect.bisect_right(starts, at) - 1]


def named_by_package(folder: Path, hit: list[int]) -> tuple[bool, bool]:
    """Found, and named."""
    found = verify(folder, KEYS, "bench")
    numbers = {fault.entry for fault in found.faults}
    return not found.whole, not found.whole and all(number in numbers for number in hit)


def named_alone(folder: Path, hit: list[int]) -> tuple[bool, bool]:
    """Found, and named."""
    faults = alone.check(folder, [PUBLIC])[2]
    exact = {int(found[1]) for fault in faults if (found := re.match(r"entry (\d+):", fault))}
    ranges = [
        (int(found[1]), int(found[2]))
        for fault in faults
        if (found := re.search(r"between (\d+) and (\d+)", fault))
    ]
    close = [(low, high) for low, high in ranges if high - low < 1024]
    # The file does not read hashes.bin, which proves nothing by itself.
    return bool(faults), bool(faults) and all(
        number in exact or any(low <= number <= high for low, high in close) for number in hit[:1]
    )


class Tally:
    """Counts of found and named."""

    def __init__(self) -> None:
        self.counts: Counter[tuple[str, str]] = Counter()

    def add(self, kind: str, ours: tuple[bool, bool], theirs: tuple[bool, bool]) -> None:
        """One round."""
        for name, value in (
            ("rounds", True),
            ("found", ours[0]),
            ("named", ours[1]),
            ("alone found", theirs[0]),
            ("alone named", theirs[1]),
        ):
            self.counts[kind, name] += value

    def show(self) -> None:
        """Print them."""
        names = ("rounds", "found", "named", "alone found", "alone named")
        print(f"{'':22}" + "".join(f"{name:>14}" for name in names))
        for kind in dict.fromkeys(kind for kind, _ in self.counts):
            print(f"{kind:22}" + "".join(f"{self.counts[kind, name]:>14,}" for name in names))


def one_round(folder: Path, kind: str, choice: random.Random, starts: list[int], tally: Tally) -> None:
    """Damage, look, and put right again."""
    path = folder / (kind.split()[1] if kind.startswith("flip") else "entries.jsonl")
    kept = path.with_suffix(".kept")
    shutil.copyfile(path, kept)
    hit = damage(folder, kind, choice, starts)
    # The file alone does not look at the hashes that are kept: what is signed are the entries.
    theirs = (True, True) if kind == "flip hashes.bin" else named_alone(folder, hit)
    tally.add(kind, named_by_package(folder, hit), theirs)
    kept.replace(path)


def many_flips(folder: Path, flips: int, choice: random.Random, starts: list[int]) -> None:
    """Flip bits in many entries at once: each is named."""
    path = folder / "entries.jsonl"
    kept = path.with_suffix(".kept")
    shutil.copyfile(path, kept)
    hit = sorted(choice.sample(range(len(starts) - 1), flips))
    with path.open("r+b") as file:
        for number in hit:
            # Within the line, not its end: two lines that become one are a dropped entry.
            at = choice.randrange(starts[number], starts[number + 1] - 1)
            file.seek(at)
            byte = file.read(1)[0]
            flipped = byte ^ 1 << choice.choice([0, 2, 3, 4, 5, 6])
            file.seek(at)
            file.write(bytes([flipped if flipped != 10 else byte ^ 64]))
    found = verify(folder, KEYS, "bench")
    numbers = {fault.entry for fault in found.faults}
    print(f"{flips} bits in {flips} entries at once: {sum(number in numbers for number in hit)} named")
    kept.replace(path)


def main() -> None:
    """Measure, and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--entries", type=int, default=1_000_000)
    parser.add_argument("--rounds", type=int, default=3, help="of each kind, over the whole record")
    parser.add_argument("--flips", type=int, default=90)
    parser.add_argument("--window", type=int, default=300, help="of each kind, over windows")
    parser.add_argument("--folder", type=Path, help="where a record is kept from run to run")
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    choice = random.Random(given.seed)
    with tempfile.TemporaryDirectory() as made:
        folder = (given.folder or Path(made)) / "record"
        if not folder.exists():
            cpu, wall = time.process_time(), time.perf_counter()
            make(folder, given.entries)
            print(
                f"made {given.entries:,} entries: {time.process_time() - cpu:.1f} s CPU, {time.perf_counter() - wall:.1f} s"
            )
        starts = offsets(folder)
        for name, look in (
            ("verify", lambda: verify(folder, KEYS, "bench").whole),
            ("alone.py", lambda: not alone.check(folder, [PUBLIC])[2]),
        ):
            cpu, wall = time.process_time(), time.perf_counter()
            verdict = look()
            print(
                f"{name}: {'whole' if verdict else 'DAMAGED'}, {time.process_time() - cpu:.1f} s CPU, {time.perf_counter() - wall:.1f} s"
            )
        if given.flips:
            many_flips(folder, given.flips, choice, starts)
        whole = Tally()
        for _ in range(given.rounds):
            for kind in KINDS:
                one_round(folder, kind, choice, starts, whole)
        print(f"\nover all {len(starts) - 1:,} entries")
        whole.show()
        windows = Tally()
        for number in range(given.window):
            if number % 20 == 0:
                small = Path(made) / "window"
                shutil.rmtree(small, ignore_errors=True)
                window(folder, small, choice, starts)
                places = offsets(small)
            for kind in KINDS:
                one_round(small, kind, choice, places, windows)
        print(f"\nover windows of {WINDOW:,} entries")
        windows.show()
        print(f"\npeak memory {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:,.0f} MB")


def window(folder: Path, small: Path, choice: random.Random, starts: list[int]) -> None:
    """A small record of entries of the large one."""
    size = min(WINDOW, len(starts) - 1)
    first = choice.randrange(len(starts) - size)
    with (folder / "entries.jsonl").open("rb") as file:
        file.seek(starts[first])
        lines = file.read(starts[first + size] - starts[first]).splitlines()
    with Record(small, "bench", lambda message: (1, KEY.sign(message)), KEYS) as record:
        entries = [(each["event"], each["who"], each["detail"]) for each in map(json.loads, lines)]
        for start in range(0, size, 64):
            record.append_many(entries[start : start + 64])


if __name__ == "__main__":
    main()
