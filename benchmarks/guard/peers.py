"""The scanners: what each needs, its environment under ``build/peers``, and one run of it."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import signal
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
FOLDER = HERE.parents[1] / "build" / "peers"
INSTALL_SECONDS = 1200
ENVIRONMENTS: dict[str, tuple[str, ...]] = {
    "checkov": ("checkov==3.3.30",),
    "custodian": ("c7n==0.9.53", "c7n-azure==0.7.52"),
    "prowler": ("prowler==5.46.0",),
}
NOT_HERE = {
    "trivy": "a binary that pip cannot install",
    "kics": "a binary that pip cannot install",
}
"""Scanners that are compared by the verdicts of their own fixtures only."""


class PeerError(Exception):
    """A scanner cannot take part; the message says why."""


@dataclass(frozen=True)
class Told:
    """What a driver answered."""

    title: str
    """Name and version."""
    rows: dict[str, dict[str, Any]]
    """By the row's name: ``alarms`` (names of cases), ``asked`` (names of cases that it could read)."""
    seconds: float
    """CPU time for all cases, without start-up."""


def python_of(name: str) -> Path:
    """The Python of a scanner's environment, which is made if it is not there or is of other requirements.

    Raises:
        PeerError: It cannot be installed.
    """
    home = FOLDER / name
    python = home / "bin" / "python"
    needs = ENVIRONMENTS[name]
    mark = hashlib.sha256(repr((needs, sys.version_info[:2])).encode()).hexdigest()
    stamp = home / "made"
    if stamp.is_file() and stamp.read_text() == mark:
        return python
    shutil.rmtree(home, ignore_errors=True)
    FOLDER.mkdir(parents=True, exist_ok=True)
    _done([sys.executable, "-m", "venv", str(home)])
    _done([str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", *needs])
    stamp.write_text(mark)
    return python


def asked(name: str, question: dict[str, Any], limit: float) -> Told:
    """Run a scanner's driver in the scanner's environment.

    Raises:
        PeerError: It cannot be installed, or stops.
    """
    python = python_of(name)
    environment = {key: value for key, value in os.environ.items() if key != "PYTHONPATH"}
    # They need no account: everything is given to them. None of them is to ask for one.
    environment |= {"AWS_EC2_METADATA_DISABLED": "true", "BC_SKIP_MAPPING": "TRUE", "LOG_LEVEL": "ERROR"}
    running = subprocess.Popen(
        [str(python), str(HERE / "drivers" / f"with_{name}.py")],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=environment,
        start_new_session=True,
    )
    try:
        told, complaints = running.communicate(json.dumps(question), limit)
    except subprocess.TimeoutExpired:
        # With all that it has started.
        os.killpg(running.pid, signal.SIGKILL)
        running.communicate()
        raise PeerError(f"stopped after {limit:.0f} s") from None
    log = FOLDER / f"{name}.log"
    log.write_text(complaints, "utf-8")
    lines = told.strip().splitlines()
    if running.returncode or not lines:
        last = complaints.strip().splitlines()
        raise PeerError(f"stopped by itself: {last[-1][:160] if last else 'no reason given'} ({log})")
    return Told(**json.loads(lines[-1]))


def _done(command: list[str]) -> None:
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=INSTALL_SECONDS, check=False)
    except subprocess.TimeoutExpired:
        raise PeerError(f"installing took longer than {INSTALL_SECONDS} s") from None
    if done.returncode:
        errors = [line for line in done.stderr.splitlines() if line.startswith("ERROR")]
        raise PeerError(
            f"cannot be installed: {(errors or done.stderr.splitlines() or ['no reason'])[-1][:200]}"
        )
