# ruff: noqa: INP001, S603, T201 - a command, of a file of its own, that starts one fixed tool and prints
"""Whether anything in the lock file has a known weakness: pip-audit, and plain words where it cannot know.

Exit codes: 0 nothing known; 1 something is; 2 the database could not be reached, so nothing is known either way; 3 the
lock file itself will not do.
"""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
LOCK = ROOT / "requirements.lock"
TOOL = ROOT / "build" / "supply" / "bin" / "pip-audit"
_UNREACHED = re.compile(
    r"ConnectionError|Connection refused|Max retries|Name or service|timed out|ServiceError|40[0-9] Client|could not be audited",
    re.IGNORECASE,
)


def unlocked(text: str) -> list[str]:
    """Lines of a lock file that name a package without a version or without a hash."""
    wrong = []
    for entry in re.split(r"\n(?=\S)", text):
        head = entry.split("\\")[0].strip()
        if head and not head.startswith("#") and ("==" not in head or "--hash=sha256:" not in entry):
            wrong.append(head)
    return wrong


def main(arguments: list[str]) -> int:
    """Check the lock, then ask; with ``--offline`` only the former."""
    wrong = unlocked(LOCK.read_text("utf-8"))
    if wrong:
        print(f"Not locked to a version and a hash: {', '.join(wrong)}", file=sys.stderr)
        return 3
    if "--offline" in arguments:
        print(
            "Every package is locked to a version and a hash. Known weaknesses were not looked up (--offline)."
        )
        return 0
    done = subprocess.run(
        [
            TOOL,
            "--requirement",
            LOCK,
            "--require-hashes",
            "--disable-pip",
            "--strict",
            "--progress-spinner",
            "off",
            "--desc",
            "off",
        ],
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode and _UNREACHED.search(done.stderr):
        # Whatever the tool skips it counts as harmless; here what was not looked up is unknown.
        print(
            "Not every package could be looked up in the database of known weaknesses: nothing is known either way.",
            file=sys.stderr,
        )
        return 2
    print(done.stdout, end="")
    print(done.stderr, end="", file=sys.stderr)
    return 1 if done.returncode else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
