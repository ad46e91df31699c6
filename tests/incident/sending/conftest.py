"""A real mail server for the tests of sending. Their helpers can be imported: tests are no package here."""

from __future__ import annotations

import importlib.util
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from hushdesk.incident.sending import Outbox

FULL = "sending_help"
if FULL not in sys.modules:
    spec = importlib.util.spec_from_file_location(FULL, Path(__file__).with_name("sending_help.py"))
    assert spec
    assert spec.loader
    sys.modules[FULL] = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(sys.modules[FULL])
help_ = sys.modules[FULL]


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Callable[..., object]]:
    """Starts servers, which end with the test."""
    started: list[help_.Sink] = []

    def go(*options: str) -> object:
        record = tmp_path / f"record-{len(started)}.jsonl"
        mails = tmp_path / f"mails-{len(started)}"
        mails.mkdir()
        command = [sys.executable, str(help_.HERE / "sink.py"), "--record", str(record), *options]
        process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        assert process.stdout is not None
        started.append(help_.Sink(process, int(process.stdout.readline()), record, mails))
        return started[-1]

    yield go
    for sink in started:
        sink.stop()


@pytest.fixture
def sink(start: Callable[..., object], tmp_path: Path) -> object:
    """A server that takes what it can."""
    return start("--mails", str(tmp_path / "mails-0"))


@pytest.fixture
def outbox(tmp_path: Path) -> Iterator[Outbox]:
    (tmp_path / "incident").mkdir()
    with Outbox.open(tmp_path / "incident", help_.KEY, incident="i-1") as found:
        yield found
