"""Guard beside other tools: a battery of hard policies, the scanners' own fixtures, and speed beside z3 and a BDD; in one run.

Usage: make bench-guard [DATA=folder]   (or: python benchmarks/guard --help)

Scanners run in environments of their own under build/peers. One that cannot be installed or stops is named with the reason; the
rest goes on. The fixtures are no part of the project: DATA names a folder with a manifest.jsonl that says of each file which check
of which scanner must pass or fail it. A verdict of a scanner is about a pattern, ours about reach; where they differ, the class of
the difference is found out from our reasons. Quote ratios rather than absolute times.
"""

from __future__ import annotations

import argparse
import json
import sys
from dataclasses import asdict
from pathlib import Path
from typing import Any

import battery
import fixtures
import speed
from peers import ENVIRONMENTS
from rich.console import Console
from tables import show_battery, show_fixtures, show_speed

PARTS = ("battery", "fixtures", "speed")
DATA = Path(__file__).resolve().parents[3] / "shared" / "data" / "guard"


def main() -> None:
    """Parse, measure, print."""
    parser = argparse.ArgumentParser(
        prog="benchmarks/guard", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--data", type=Path, default=DATA, help="folder of fixtures with a manifest.jsonl")
    parser.add_argument("--only", choices=PARTS, action="append", help="only this part (may be repeated)")
    parser.add_argument("--peers", default=",".join(ENVIRONMENTS), help="only these scanners, by commas")
    parser.add_argument("--limit", type=float, default=600, help="seconds after which a scanner is stopped")
    parser.add_argument("--speed-limit", type=float, default=180, help="seconds for one tool at one size")
    parser.add_argument("--every", action="store_true", help="list every disagreement")
    parser.add_argument("--json", type=Path, help="write the figures there, too")
    options = parser.parse_args()
    wanted = set(options.only or PARTS)
    tools = set(filter(None, options.peers.split(",")))
    if unknown := tools - set(ENVIRONMENTS):
        parser.error(f"no such scanner: {', '.join(sorted(unknown))}")
    console = Console(width=None if sys.stdout.isatty() else 170, highlight=False)
    told: dict[str, Any] = {}
    if "battery" in wanted:
        scores = battery.compared(options.limit, tools)
        show_battery(console, scores)
        told["battery"] = [asdict(score) for score in scores]
    if "fixtures" in wanted:
        if (options.data / "manifest.jsonl").is_file():
            found = fixtures.compared(options.data)
            show_fixtures(console, found, every=options.every)
            told["fixtures"] = {
                name: getattr(found, name)
                for name in ("agreed", "differ", "claims", "unread", "seconds", "files")
            }
        else:
            console.print(f"Fixtures of the scanners: skipped, there is no {options.data / 'manifest.jsonl'}")
    if "speed" in wanted:
        results = speed.compared(options.speed_limit)
        show_speed(console, results)
        told["speed"] = results
    if options.json:
        options.json.write_text(json.dumps(told, indent=1) + "\n", "utf-8")


if __name__ == "__main__":
    main()
