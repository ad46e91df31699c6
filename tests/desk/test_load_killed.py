"""A load killed at random moments and taken up again ends as if nobody had touched it."""

from __future__ import annotations

import json
import os
import random
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from hushdesk.demo import iter_cases, write_exports
from hushdesk.desk import Desk

BATCH_CASES = 12
SAMPLED = 40
"""Fewer than any of the loads stores, so that what is in the sample is a matter of choice."""
PROCESS = Path(__file__).with_name("load_process.py")


@dataclass(frozen=True)
class Place:
    """An empty desk, its keys and vault; copies have the same keys."""

    root: Path

    @classmethod
    def make(cls, root: Path) -> Place:
        Desk.create(root / "desk", keys=root / "keys", vault=root / "vault")
        settings = root / "desk" / "desk.toml"
        settings.write_text(
            settings.read_text("utf-8").replace("sample = 1000", f"sample = {SAMPLED}"), "utf-8"
        )
        return cls(root)

    def copy(self, root: Path) -> Place:
        # Links stay links: the engine tells its tables by them.
        shutil.copytree(self.root, root, symlinks=True)
        settings = root / "desk" / "desk.toml"
        settings.write_text(settings.read_text("utf-8").replace(str(self.root), str(root)), "utf-8")
        settings.chmod(0o600)
        return Place(root)

    def ends_with(self) -> dict[str, object]:
        with Desk.open(self.root / "desk") as desk:
            return {
                "hash": desk.store.content_hash(),
                "cases": desk.store.count(),
                "people": desk.vault.count(),
                "quarantined": desk.quarantine.count(),
                "integrity": desk.ledger._db.execute("PRAGMA integrity_check").fetchone(),
                "intents": desk.ledger._db.execute("SELECT count(*) FROM batches WHERE NOT done").fetchone(),
            }


@dataclass(frozen=True)
class Exports:
    files: tuple[str, ...]
    cases: int


def make_exports(folder: Path, cases: int) -> Exports:
    summary = write_exports(folder, iter_cases(cases, 3), 3)
    # Rows that are refused, and go to quarantine as they are: they too have to be counted and kept once.
    bad = folder / "bad.csv"
    bad.write_text(
        "Issue key,Issue id,Summary,Status,Reporter,Created\n"
        "A-1,1,One,Open,u1,2019-01-01T00:00:00Z\n"
        "A-1,1,Other,Open,u2,2019-01-01T00:00:00Z\n"
        "A-3,3,Three,Open,u3,2019-13-45\n"
        ",,Four,Open,u4,2019-01-01T00:00:00Z\n",
        "utf-8",
    )
    return Exports((str(bad), *map(str, summary.files)), cases)


class Running:
    """A load in its own process group and with its own folder for temporary files."""

    def __init__(self, place: Place, exports: Exports, workers: int, tmp: Path) -> None:
        tmp.mkdir(exist_ok=True)
        self.tmp = tmp
        self.process = subprocess.Popen(
            [
                *(sys.executable, str(PROCESS), str(place.root / "desk")),
                *(str(workers), str(BATCH_CASES), *exports.files),
            ],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
            env={**os.environ, "TMPDIR": str(tmp)},
        )

    def batches(self) -> Iterator[str]:
        assert self.process.stdout is not None
        yield from self.process.stdout

    def kill(self) -> None:
        os.killpg(self.process.pid, signal.SIGKILL)
        _, problem = self.process.communicate(timeout=20)
        assert self.process.returncode == -signal.SIGKILL, problem or "it had ended before"
        wait_for_nobody(self.process.pid)

    def end(self) -> dict[str, object]:
        out, err = self.process.communicate(timeout=240)
        assert self.process.returncode == 0, err
        assert err == ""
        wait_for_nobody(self.process.pid)
        return json.loads(out.splitlines()[-1])


def members(group: int) -> list[int]:
    """Processes of a group that are not just waiting to be buried."""
    found = []
    for path in Path("/proc").iterdir():
        if path.name.isdigit():
            try:
                state, _, pgrp = (path / "stat").read_text().rpartition(")")[2].split()[:3]
            except (OSError, ValueError):
                continue
            if int(pgrp) == group and state != "Z":
                found.append(int(path.name))
    return found


def wait_for_nobody(group: int, seconds: float = 10) -> None:
    until = time.monotonic() + seconds
    while left := members(group):
        assert time.monotonic() < until, f"{len(left)} processes are left"
        time.sleep(0.05)


def counts(report: dict[str, object]) -> dict[str, object]:
    of_a_run = {"seconds", "resumed", "cases_per_second", "started", "finished", "at", "signature"}
    # The certificate too: the sample must be the same, whoever drew which part of it.
    return {
        name: counts(value) if name == "certificate" else value
        for name, value in report.items()
        if name not in of_a_run
    }


@dataclass(frozen=True)
class Undisturbed:
    """What a load comes to that nobody kills, and how long it takes."""

    empty: Place
    exports: Exports
    report: dict[str, object]
    ends_with: dict[str, object]
    batches: int
    starting: float
    """Seconds until the first batch is acknowledged."""

    @classmethod
    def load(cls, folder: Path, cases: int) -> Undisturbed:
        exports = make_exports(folder / "exports", cases)
        empty = Place.make(folder / "empty")
        place = empty.copy(folder / "undisturbed")
        began = time.monotonic()
        running = Running(place, exports, 0, folder / "tmp")
        landed = [time.monotonic() - began for line in running.batches() if line.startswith("batch")]
        _, problem = running.process.communicate(timeout=60)
        assert running.process.returncode == 0, problem
        with Desk.open(place.root / "desk") as desk:
            report = desk.reports()[0].to_json()
        assert report["balanced"]
        assert report["cases"] == cases + 4
        assert report["certificate"]["population"] == report["stored"]
        assert report["certificate"]["sampled"] == SAMPLED
        assert report["reasons"] == {"duplicate_id": 1, "bad_date": 1, "missing_id": 1}
        ends_with = place.ends_with()
        # The refused rows, and what the leak check held back.
        assert ends_with["quarantined"] == report["refused"] + report["quarantined"]
        assert ends_with["cases"] == report["stored"]
        assert list((folder / "tmp").iterdir()) == []
        return cls(empty, exports, report, ends_with, len(landed), landed[0])

    def check(self, place: Place, report: dict[str, object], tmp: Path) -> None:
        """The load at ``place`` came to the same, and left nothing lying about."""
        assert report["state"] == "finished"
        assert counts(report) == counts(self.report)
        assert place.ends_with() == self.ends_with
        # The engine makes an empty folder of its own there while it starts: who is killed just then leaves it.
        assert [path for path in tmp.rglob("*") if not path.is_dir()] == []


@pytest.fixture(scope="module")
def fewest(tmp_path_factory) -> Undisturbed:
    return Undisturbed.load(tmp_path_factory.mktemp("fewest"), 80)


@pytest.fixture(scope="module")
def few(tmp_path_factory) -> Undisturbed:
    return Undisturbed.load(tmp_path_factory.mktemp("few"), 200)


@pytest.fixture(scope="module")
def many(tmp_path_factory) -> Undisturbed:
    return Undisturbed.load(tmp_path_factory.mktemp("many"), 1_000)


def kill_and_resume(like: Undisturbed, folder: Path, *, kills: int, workers: int, seed: int) -> None:
    chance = random.Random(seed)
    place = like.empty.copy(folder / "killed")
    tmp = folder / "tmp"
    hit: list[str] = []
    # Half of the batches are left for the last run, so that no kill comes too late.
    share = max(1.0, like.batches / 2 / kills)
    for number in range(kills):
        running = Running(place, like.exports, workers, tmp)
        if number % 4 == 3:
            # While it starts, opens the desk, or repeats what it had only intended.
            time.sleep(chance.uniform(0, like.starting))
            hit.append("starting")
        else:
            wanted = round(chance.uniform(1, 2 * share - 1))
            lines = []
            gap, before = 0.0, time.monotonic()
            for line, _ in zip(running.batches(), range(wanted), strict=False):
                lines.append(line)
                gap, before = time.monotonic() - before, time.monotonic()
            # Within about the time of one more batch, by the pace of this very run.
            time.sleep(chance.uniform(0, gap if len(lines) > 1 else 0.05))
            hit.append(lines[-1])
        running.kill()
    report = Running(place, like.exports, workers, tmp).end()
    assert report["resumed"] >= 1
    assert len(set(hit) - {"starting"}) >= min(kills // 2, 10), "the kills did not spread over the load"
    like.check(place, report, tmp)


@pytest.mark.slow
def test_a_load_killed_a_few_times_ends_like_an_undisturbed_one(few, tmp_path):
    kill_and_resume(few, tmp_path, kills=4, workers=0, seed=11)


@pytest.mark.slow
@pytest.mark.parametrize("workers", [0, 2])
@pytest.mark.timeout(900)
def test_a_load_killed_twenty_times_ends_like_an_undisturbed_one(many, tmp_path, workers):
    kill_and_resume(many, tmp_path, kills=20, workers=workers, seed=20 + workers)


def test_workers_end_when_the_loading_process_alone_is_killed(fewest, tmp_path):
    place = fewest.empty.copy(tmp_path / "killed")
    tmp = tmp_path / "tmp"
    running = Running(place, fewest.exports, 2, tmp)
    next(running.batches())
    assert len(members(running.process.pid)) >= 3
    os.kill(running.process.pid, signal.SIGKILL)
    running.process.communicate(timeout=20)
    wait_for_nobody(running.process.pid)
    fewest.check(place, Running(place, fewest.exports, 0, tmp).end(), tmp)
