"""Checkov's own command over a folder of templates. Run by the benchmark with Checkov's Python.

Reads ``{"rows": [{"name", "framework", "checks", "cases": {case: template}}]}`` and writes what failed, by row.
"""

from __future__ import annotations

import json
import resource
import subprocess
import sys
import tempfile
from importlib.metadata import version
from pathlib import Path
from typing import Any


def alarms(row: dict[str, Any], folder: Path) -> tuple[list[str], list[str]]:
    """Cases with a failed check, and cases of which any check said anything."""
    for number, template in enumerate(row["cases"].values()):
        (folder / f"{number}.json").write_text(json.dumps(template))
    command = [str(Path(sys.executable).with_name("checkov")), "--directory", str(folder)]
    command += ["--framework", row["framework"], "--check", ",".join(row["checks"])]
    command += ["--output", "json", "--quiet", "--soft-fail", "--skip-download"]
    # Without --quiet, so that it tells what passed, too.
    command.remove("--quiet")
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    told = json.loads(done.stdout)
    results = told.get("results", {}) if isinstance(told, dict) else told[0]["results"]
    names = list(row["cases"])

    def of(kind: str) -> set[str]:
        return {names[int(Path(one["file_path"]).stem)] for one in results.get(kind, ())}

    failed, passed = of("failed_checks"), of("passed_checks")
    return sorted(failed), sorted(failed | passed)


def main() -> None:
    """All rows."""
    rows = {}
    for row in json.load(sys.stdin)["rows"]:
        with tempfile.TemporaryDirectory() as folder:
            failed, read = alarms(row, Path(folder))
            rows[row["name"]] = {"alarms": failed, "asked": read}
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    answer = {
        "title": f"checkov {version('checkov')}",
        "rows": rows,
        "seconds": used.ru_utime + used.ru_stime,
    }
    print(json.dumps(answer))


if __name__ == "__main__":
    main()
