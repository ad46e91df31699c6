"""Load rate, peak memory, bytes per stored case and search latency, beside the same texts in SQLite FTS5.

Usage: make bench   (or: python benchmarks/desk.py --cases 200000 --folder build/bench)

Everything is printed from one run on one machine; quote ratios rather than absolute times. The peer holds
the very texts that the desk holds (sealed), without redaction, vault or load report: it is a search index,
not a rival product, and says what the price of the rest is.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import sqlite3
import statistics
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

from hushdesk.analytics import EVERYTHING, OpenDesk, open_desk
from hushdesk.demo import iter_cases, write_exports
from hushdesk.redact import Kind

RUNS = 7
KINDS = {part for kind in Kind for part in kind.value.split("_")}
BATCH = 5_000


class PeakMemory(threading.Thread):
    """Samples the resident memory of a process and its children, added up."""

    def __init__(self, pid: int) -> None:
        super().__init__(daemon=True)
        self.pid, self.peak, self.over = pid, 0, threading.Event()

    def run(self) -> None:
        while not self.over.wait(2):
            self.peak = max(self.peak, sum(map(_resident, _family(self.pid))))


def _family(pid: int) -> list[int]:
    found, left = [], [pid]
    while left:
        one = left.pop()
        found.append(one)
        try:
            for task in Path(f"/proc/{one}/task").iterdir():
                left += map(int, (task / "children").read_text().split())
        except OSError:
            continue
    return found


def _resident(pid: int) -> int:
    try:
        # Pss shares the pages of libraries fairly among the processes that map them.
        for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
            if line.startswith("Pss:"):
                return int(line.split()[1]) * 1024
    except OSError:
        pass
    return 0


def load(folder: Path, cases: int) -> dict[str, float]:
    exports = folder / "exports"
    started = time.monotonic()
    summary = write_exports(exports, iter_cases(cases, 3), 3)
    print(
        f"made {cases:,} cases, {summary.text_chars / cases:,.0f} characters of text each, in "
        f"{time.monotonic() - started:.0f} s: {', '.join(f'{k} {n:,}' for k, n in summary.by_source.items())}"
    )
    tool = [sys.executable, "-m", "hushdesk"]
    subprocess.run(
        [
            *tool,
            "init",
            str(folder / "desk"),
            "--keys",
            str(folder / "keys"),
            "--vault",
            str(folder / "vault"),
            "--json",
        ],
        check=True,
        stdout=subprocess.DEVNULL,
    )
    before = os.times()
    started = time.monotonic()
    files = [str(path) for path in summary.files]
    child = subprocess.Popen(
        [*tool, "load", "--desk", str(folder / "desk"), "--json", *files], stdout=subprocess.PIPE
    )
    memory = PeakMemory(child.pid)
    memory.start()
    out, _ = child.communicate()
    wall = time.monotonic() - started
    memory.over.set()
    memory.join()
    after = os.times()
    if child.returncode:
        raise SystemExit(f"the load failed with {child.returncode}")
    report = json.loads(out)
    return {
        "stored": report["stored"],
        "quarantined": report["quarantined"],
        "refused": report["refused"],
        "wall": wall,
        "cpu": after.children_user + after.children_system - before.children_user - before.children_system,
        "peak": memory.peak,
        "text": summary.text_chars / cases,
    }


def fill_sqlite(desk: OpenDesk, path: Path) -> tuple[sqlite3.Connection, dict[str, float]]:
    db = sqlite3.connect(path)
    db.execute("PRAGMA journal_mode=WAL")
    db.execute("PRAGMA synchronous=NORMAL")
    db.execute("CREATE TABLE cases (id INTEGER PRIMARY KEY, opened INTEGER, product TEXT, body TEXT)")
    db.execute("CREATE INDEX cases_opened ON cases (opened)")
    db.execute(
        "CREATE VIRTUAL TABLE texts USING fts5(body, content='cases', content_rowid='id',"
        " tokenize='unicode61 remove_diacritics 2')"
    )
    number, seconds, cpu = 0, 0.0, 0.0
    fields = ("subject", "description", "resolution", "remarks")
    wanted = ("opened_at", "product", *fields, "notes", "messages.text")
    for batch in desk.export(columns=wanted):
        rows = []
        for row in batch.to_pylist():
            number += 1
            body = "\n".join([*(row[name] for name in fields), *row["notes"], *row["messages.text"]])
            rows.append((number, int(row["opened_at"].timestamp()), row["product"], body))
        started, began = time.monotonic(), time.process_time()
        with db:
            db.executemany("INSERT INTO cases VALUES (?, ?, ?, ?)", rows)
            db.executemany("INSERT INTO texts (rowid, body) VALUES (?, ?)", [(r[0], r[3]) for r in rows])
        seconds += time.monotonic() - started
        cpu += time.process_time() - began
    db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    return db, {"rows": number, "wall": seconds, "cpu": cpu, "bytes": path.stat().st_size}


def timed(ask: Callable[[], int]) -> tuple[int, float, float]:
    """Hits, median and worst milliseconds of warm runs."""
    found, times = ask(), []
    for _ in range(RUNS):
        started = time.perf_counter()
        found = ask()
        times.append((time.perf_counter() - started) * 1000)
    return found, statistics.median(times), max(times)


def questions(desk: OpenDesk, db: sqlite3.Connection) -> list[tuple[str, str, str, tuple[object, ...]]]:
    """What is asked, in both languages: (name, query, FTS5 match, further conditions)."""
    db.execute("CREATE VIRTUAL TABLE temp.words USING fts5vocab(main, texts, row)")
    words = db.execute(
        "SELECT term, doc FROM words WHERE length(term) >= 5 AND term NOT GLOB '*[^a-z]*'"
    ).fetchall()
    total = db.execute("SELECT count(*) FROM cases").fetchone()[0]
    # Pseudonyms are one word here and two there: their kinds would compare different things.
    words = [item for item in words if item[0].upper() not in KINDS]
    common = max(words, key=lambda item: item[1])[0]
    middle = min(words, key=lambda item: abs(item[1] - total / 100))[0]
    # A rare word that both cut alike: of a base64 run, say, one makes one word and the other several.
    rare = next(
        (term for term, hits in words if hits == 3 and desk.analytics.count(term, scope=EVERYTHING) == hits),
        middle,
    )
    (body,) = db.execute("SELECT body FROM texts WHERE texts MATCH ? LIMIT 1", (f'"{middle}"',)).fetchone()
    tokens = [t for t in body.split() if t.isalpha() and t.isascii()]
    at = next((n for n, t in enumerate(tokens[:-2]) if t.lower() == middle), 0)
    phrase = next(
        (
            f"{a} {b} {c}"
            for a, b, c in zip(tokens[at:], tokens[at + 1 :], tokens[at + 2 :], strict=False)
            if f"{a} {b} {c}" in body
        ),
        f"{middle}",
    )
    return [
        (f"rare word ({rare})", rare, f'"{rare}"', ()),
        (f"word in 1 of 100 ({middle})", middle, f'"{middle}"', ()),
        (f"commonest word ({common})", common, f'"{common}"', ()),
        (f"two words ({common} {middle})", f"{common} {middle}", f'"{common}" "{middle}"', ()),
        (f'phrase ("{phrase}")', f'"{phrase}"', f'"{phrase}"', ()),
        (f"{middle}, one product, 2015..2016", middle, f'"{middle}"', ("product", 1420070400, 1483228800)),
    ]


def latency(desk: OpenDesk, db: sqlite3.Connection) -> None:
    product = db.execute("SELECT product FROM cases GROUP BY 1 ORDER BY count(*) DESC LIMIT 1").fetchone()[0]
    print(
        f"\n{'search: total and 20 newest, warm':50} {'hits':>9} {'ms':>8} {'worst':>7}   FTS5: {'hits':>9} {'ms':>9} {'ratio':>6}"
    )
    for name, query, match, more in questions(desk, db):
        limited = f'{query} product:"{product}" opened:2015..2016' if more else query
        condition = " AND c.product = ? AND c.opened >= ? AND c.opened < ?" if more else ""
        values = [product, *more[1:]] if more else []

        def ask_desk(limited: str = limited) -> int:
            return desk.analytics.search(limited, scope=EVERYTHING, facets=(), histogram=False).total

        def ask_sqlite(condition: str = condition, values: list[object] = values, match: str = match) -> int:
            base = f"FROM texts JOIN cases c ON c.id = texts.rowid WHERE texts MATCH ?{condition}"
            total = db.execute(f"SELECT count(*) {base}", (match, *values)).fetchone()[0]
            db.execute(
                f"SELECT c.id, c.body {base} ORDER BY c.opened DESC LIMIT 20", (match, *values)
            ).fetchall()
            return int(total)

        hits, ms, worst = timed(ask_desk)
        peer_hits, peer_ms, _ = timed(ask_sqlite)
        print(
            f"{name[:50]:50} {hits:>9,} {ms:>8.1f} {worst:>7.1f}         {peer_hits:>9,} {peer_ms:>9.1f} {peer_ms / ms:>5.1f}x"
        )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--cases", type=int, default=200_000)
    parser.add_argument("--folder", type=Path, default=Path("build/bench"))
    options = parser.parse_args()
    shutil.rmtree(options.folder, ignore_errors=True)
    options.folder.mkdir(parents=True)
    print(f"{os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}")
    loaded = load(options.folder, options.cases)
    with open_desk(options.folder / "desk", command="bench") as desk:
        # Parts that merges have replaced are cleaned away after a few seconds.
        time.sleep(10)
        size = desk.desk.store.disk_bytes()
        db, peer = fill_sqlite(desk, options.folder / "peer.sqlite")
        rate, peer_rate = loaded["stored"] / loaded["wall"], peer["rows"] / peer["wall"]
        print(f"\n{'':36} {'hushdesk':>12} {'FTS5':>12}")
        print(
            f"{'load, cases a second (wall)':36} {rate:>12,.0f} {peer_rate:>12,.0f}   (FTS5: no reading, no sealing)"
        )
        print(
            f"{'load, cases a CPU-second':36} {loaded['stored'] / loaded['cpu']:>12,.0f} {peer['rows'] / peer['cpu']:>12,.0f}"
        )
        print(f"{'peak memory of the load, MB':36} {loaded['peak'] / 1e6:>12,.0f}")
        print(
            f"{'bytes on disk a stored case':36} {size / loaded['stored']:>12,.0f} {peer['bytes'] / peer['rows']:>12,.0f}"
        )
        print(f"{'quarantined, refused':36} {loaded['quarantined']:>12,.0f} {loaded['refused']:>12,.0f}")
        latency(desk, db)
        db.close()


if __name__ == "__main__":
    main()
