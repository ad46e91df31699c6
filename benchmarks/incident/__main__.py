"""Flow logs beside DuckDB: the same made logs, the same question, in one run.

Usage: make bench-incident   (or: python benchmarks/incident --help)

Makes a month of AWS VPC flow lines and of Azure NSG flow tuples under build/incident, from a seed, and reads each with our parser and
with DuckDB (installed under build/peers), each in a process of its own. DuckDB answers one question; ours, in the same pass, also finds
repeats, refuses what is wrong line by line, and tells coverage. Quote ratios rather than absolute times.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import made
from rich.console import Console
from rich.table import Table

HERE = Path(__file__).resolve().parent
BUILD = HERE.parents[1] / "build"
DUCKDB = ("duckdb==2.0.0",)
KINDS = {"vpc": "AWS VPC lines", "nsg": "Azure NSG tuples"}


def peer() -> Path | str:
    """The Python of DuckDB's environment, or why there is none."""
    home = BUILD / "peers" / "duckdb"
    python, stamp = home / "bin" / "python", home / "made"
    mark = hashlib.sha256(repr((DUCKDB, sys.version_info[:2])).encode()).hexdigest()
    if stamp.is_file() and stamp.read_text() == mark:
        return python
    shutil.rmtree(home, ignore_errors=True)
    home.parent.mkdir(parents=True, exist_ok=True)
    for command in (
        [sys.executable, "-m", "venv", str(home)],
        [str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", *DUCKDB],
    ):
        done = subprocess.run(command, check=False, capture_output=True, text=True)
        if done.returncode:
            return f"cannot be installed: {(done.stderr.strip() or 'no reason given').splitlines()[-1][:120]}"
    stamp.write_text(mark)
    return python


def measured(python: Path | str, name: str, kind: str, path: Path, rounds: int) -> dict[str, Any]:
    """The best of some rounds."""
    if isinstance(python, str):
        return {"error": python}
    # Another interpreter must not see our packages.
    environment = {key: value for key, value in os.environ.items() if name == "ours" or key != "PYTHONPATH"}
    best: dict[str, Any] = {}
    for _ in range(rounds):
        done = subprocess.run(
            [str(python), str(HERE / "measured.py"), name, kind, str(path)],
            check=False,
            capture_output=True,
            text=True,
            env=environment,
        )
        if done.returncode:
            return {"error": (done.stderr.strip() or "stopped").splitlines()[-1][:120]}
        found = json.loads(done.stdout)
        if not best or found["seconds"] < best["seconds"]:
            best = found
    return best


def compared(folder: Path, sizes: dict[str, int], rounds: int, *, alone: bool = False) -> dict[str, Any]:
    """Both readers over both logs."""
    folder.mkdir(parents=True, exist_ok=True)
    pythons: dict[str, Path | str] = {"ours": Path(sys.executable)}
    if not alone:
        pythons["duckdb"] = peer()
    told: dict[str, Any] = {}
    for kind, size in sizes.items():
        path = made.vpc(folder, size) if kind == "vpc" else made.nsg(folder, size)
        told[kind] = {name: measured(python, name, kind, path, rounds) for name, python in pythons.items()}
        told[kind]["records"] = told[kind]["ours"].get("records", size)
    return told


def shown(console: Console, told: dict[str, Any]) -> None:
    """Print what was measured."""
    for kind, results in told.items():
        records = results["records"]
        table = Table(title=f"{records:,} {KINDS[kind]}", title_justify="left")
        for name in ("", "a second", "a CPU second", "CPU s", "peak MB", "rows", "bytes sent"):
            table.add_column(name, justify="right" if name else "left")
        for name in ("ours", "duckdb"):
            found = results.get(name)
            if found is None:
                continue
            if "error" in found:
                table.add_row(name, found["error"])
                continue
            table.add_row(
                name,
                f"{records / found['seconds'] / 1e6:.2f} M",
                f"{records / found['cpu'] / 1e6:.2f} M",
                f"{found['cpu']:.1f}",
                str(found["memory"]),
                f"{found['groups']:,}",
                f"{found['bytes']:,}",
            )
        console.print(table)
        mine, other = results["ours"], results.get("duckdb", {})
        if "seconds" in mine and "seconds" in other:
            same = mine["wanted"] == other["wanted"]
            console.print(
                f"{other['seconds'] / mine['seconds']:.2f} times DuckDB's speed, {other['cpu'] / mine['cpu']:.2f} times by CPU; "
                f"{'the same' if same else 'OTHER'} records found"
            )


def plateau(folder: Path, sizes: dict[str, int], times: int) -> dict[str, dict[int, int]]:
    """By kind and number of records: our peak memory in MB over the logs of this size, and over logs so many times as large."""
    told: dict[str, dict[int, int]] = {}
    for kind, size in sizes.items():
        told[kind] = {}
        for number in (size, times * size):
            path = made.vpc(folder, number) if kind == "vpc" else made.nsg(folder, number)
            found = measured(Path(sys.executable), "ours", kind, path, 1)
            if "error" in found:
                raise SystemExit(found["error"])
            told[kind][found["records"]] = found["memory"]
    return told


def main() -> None:
    """Parse, measure, print."""
    parser = argparse.ArgumentParser(
        prog="benchmarks/incident",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--lines", type=int, default=5_000_000, help="VPC lines")
    parser.add_argument("--tuples", type=int, default=5_000_000, help="NSG tuples")
    parser.add_argument("--rounds", type=int, default=3, help="of which the best counts")
    parser.add_argument("--folder", type=Path, default=BUILD / "incident", help="for the made logs")
    parser.add_argument("--only", choices=KINDS, help="only these logs")
    parser.add_argument("--alone", action="store_true", help="without DuckDB")
    parser.add_argument(
        "--plateau",
        type=int,
        metavar="TIMES",
        help="peak memory only: at this size, and at so many times as much",
    )
    parser.add_argument("--json", type=Path, help="write the figures there, too")
    options = parser.parse_args()
    sizes = {"vpc": options.lines, "nsg": options.tuples}
    if options.only:
        sizes = {options.only: sizes[options.only]}
    console = Console(width=None if sys.stdout.isatty() else 150, highlight=False)
    if options.plateau:
        options.folder.mkdir(parents=True, exist_ok=True)
        peaks = plateau(options.folder, sizes, options.plateau)
        for kind, found in peaks.items():
            console.print(
                f"{KINDS[kind]}: " + ", ".join(f"{peak} MB at {size:,}" for size, peak in found.items())
            )
        if options.json:
            options.json.write_text(json.dumps(peaks, indent=1) + "\n", "utf-8")
        return
    told = compared(options.folder, sizes, options.rounds, alone=options.alone)
    shown(console, told)
    if options.json:
        options.json.write_text(json.dumps(told, indent=1) + "\n", "utf-8")


if __name__ == "__main__":
    main()
