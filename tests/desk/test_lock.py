"""One owner at a time, by name, and none after a kill."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from hushdesk.desk import DeskBusy
from hushdesk.desk._lock import OwnerLock, read_owner

HOLD = """
import sys, time
from pathlib import Path
from hushdesk.desk._lock import OwnerLock
lock = OwnerLock(Path(sys.argv[1]), "load")
print("held", flush=True)
time.sleep(60)
"""


def test_the_second_owner_is_told_who_the_first_is(tmp_path: Path) -> None:
    path = tmp_path / "owner.lock"
    with OwnerLock(path, "serve", "/run/x.sock"):
        with pytest.raises(DeskBusy) as caught:
            OwnerLock(path, "load")
        assert (caught.value.pid, caught.value.command, caught.value.socket) == (
            os.getpid(),
            "serve",
            "/run/x.sock",
        )
    with OwnerLock(path, "load"):
        assert read_owner(path).command == "load"
    assert read_owner(path).pid is None


def test_a_killed_owner_leaves_no_lock(tmp_path: Path) -> None:
    path = tmp_path / "owner.lock"
    child = subprocess.Popen([sys.executable, "-c", HOLD, str(path)], stdout=subprocess.PIPE)
    try:
        assert child.stdout is not None
        assert child.stdout.readline() == b"held\n"
        with pytest.raises(DeskBusy):
            OwnerLock(path, "load")
    finally:
        child.send_signal(signal.SIGKILL)
        child.wait()
        child.stdout.close()
    for _ in range(50):
        try:
            OwnerLock(path, "load").close()
            break
        except DeskBusy:
            time.sleep(0.05)
    else:
        pytest.fail("the lock outlived its owner")
