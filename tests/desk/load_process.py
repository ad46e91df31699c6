"""One load in a process of its own, for tests that kill it: says where it is, line by line."""

from __future__ import annotations

import json
import sys
from pathlib import Path


def say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def main() -> None:
    from hushdesk.desk import Desk

    folder, workers, batch_cases, *inputs = sys.argv[1:]
    with Desk.open(folder, command="load") as desk:
        report = desk.load(
            [Path(path) for path in inputs],
            workers=int(workers),
            batch_cases=int(batch_cases),
            on_progress=lambda progress: say(f"batch {progress.resumed_at + progress.cases}"),
        )
    say(json.dumps(report.to_json()))


if __name__ == "__main__":
    main()
