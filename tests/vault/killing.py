"""Runs something in forked processes that are killed (SIGKILL) at the first, second, third … durable step, until one gets through.

A process of its own, so that forking meets no threads: ``python killing.py MODULE FUNCTION FOLDER``. ``FUNCTION(folder)`` is run in a
fresh copy of ``FOLDER`` each time; the copies are named by the number of the step. Prints how many were killed.
"""

from __future__ import annotations

import importlib.util
import os
import shutil
import signal
import sys
from pathlib import Path

from hushdesk.vault._provider import Scrypt


def _die_at(step: int) -> None:
    left = step

    def counted(real):
        def call(*arguments, **named):
            nonlocal left
            left -= 1
            if left == 0:
                os.kill(os.getpid(), signal.SIGKILL)
            return real(*arguments, **named)

        return call

    # Whatever makes a change last, or seen: before each, nothing of it may have happened yet.
    for name in ("fsync", "replace", "link", "unlink", "pwrite"):
        setattr(os, name, counted(getattr(os, name)))


def main() -> None:
    module, function, source = sys.argv[1:]
    spec = importlib.util.spec_from_file_location("work", module)
    assert spec is not None
    assert spec.loader is not None
    work = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(work)
    Scrypt.fresh = classmethod(lambda cls: cls(os.urandom(16), n=1 << 10))
    step = 0
    while True:
        step += 1
        copy = Path(f"{source}-{step}")
        shutil.copytree(source, copy, symlinks=True)
        child = os.fork()
        if child == 0:
            _die_at(step)
            getattr(work, function)(copy)
            os._exit(0)
        _, status = os.waitpid(child, 0)
        if os.WIFSIGNALED(status):
            assert os.WTERMSIG(status) == signal.SIGKILL
            continue
        assert os.waitstatus_to_exitcode(status) == 0
        sys.stdout.write(f"{step - 1}\n")
        return


if __name__ == "__main__":
    main()
