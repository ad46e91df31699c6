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


def main() -> None:
    """All rows in one run of the command, since most of its time is its start."""
    rows = json.load(sys.stdin)["rows"]
    with tempfile.TemporaryDirectory() as folder:
        for number, row in enumerate(rows):
            for at, template in enumerate(row["cases"].values()):
                (Path(folder) / f"{number}-{at}.json").write_text(json.dumps(template))
        command = [str(Path(sys.executable).with_name("checkov")), "--directory", folder, "--framework"]
        command += sorted({row["framework"] for row in rows})
        command += ["--check", ",".join(sorted({check for row in rows for check in row["checks"]}))]
        command += ["--output", "json", "--soft-fail", "--skip-download"]
        done = subprocess.run(command, capture_output=True, text=True, check=True)
    told = json.loads(done.stdout)
    failed: list[set[str]] = [set() for _ in rows]
    read: list[set[str]] = [set() for _ in rows]
    for report in told if isinstance(told, list) else [told]:
        for kind in ("failed_checks", "passed_checks"):
            for one in report.get("results", {}).get(kind, ()):
                number, at = map(int, Path(one["file_path"]).stem.split("-"))
                if one["check_id"] in rows[number]["checks"]:
                    name = list(rows[number]["cases"])[at]
                    read[number].add(name)
                    if kind == "failed_checks":
                        failed[number].add(name)
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    answer = {
        "title": f"checkov {version('checkov')}",
        "rows": {
            row["name"]: {"alarms": sorted(failed[number]), "asked": sorted(read[number])}
            for number, row in enumerate(rows)
        },
        "seconds": used.ru_utime + used.ru_stime,
    }
    print(json.dumps(answer))


if __name__ == "__main__":
    main()
