"""Running our processes under watch: what they print, what is in their process list entries, what lies in TMPDIR."""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from stat import S_ISREG


class Watched:
    """Runs commands of ``hushdesk`` and keeps all that an onlooker of the machine could see of them."""

    def __init__(self, tmp: Path, home: Path) -> None:
        tmp.mkdir()
        self.tmp = tmp
        self.outputs: dict[str, bytes] = {}
        self.process_list: set[bytes] = set()
        self.temporary: dict[str, bytes] = {}
        self._groups: set[int] = set()
        self._others: set[int] = set()
        self._read: dict[str, tuple[int, int, int]] = {}
        self._stopped = threading.Event()
        self.env = {
            **{
                name: os.environ[name]
                for name in ("PATH", "PYTHONPATH", "LANG", "LC_ALL")
                if name in os.environ
            },
            "TMPDIR": str(tmp),
            "HOME": str(home),
            # Compiling the triggers anew for each command would take longer than all else.
            "XDG_CACHE_HOME": os.environ.get("XDG_CACHE_HOME") or str(Path.home() / ".cache"),
            "HUSHDESK_HOME": str(home),
            "COLUMNS": "200",
        }
        self._thread = threading.Thread(target=self._sample, daemon=True)
        self._thread.start()

    def start(self, *arguments: str | Path, stdin: int | None = None) -> subprocess.Popen[bytes]:
        process = subprocess.Popen(
            [sys.executable, "-m", "hushdesk", *map(str, arguments)],
            stdin=stdin,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env=self.env,
            cwd=self.tmp,
            start_new_session=True,
        )
        self._groups.add(process.pid)
        return process

    def run(self, *arguments: str | Path, stdin: bytes = b"", code: int = 0) -> bytes:
        """Run to the end; returns standard output, keeps both."""
        process = self.start(*arguments, stdin=subprocess.PIPE)
        out, err = process.communicate(stdin, timeout=120)
        name = " ".join(map(str, arguments))
        self.outputs[f"{name} (out)"], self.outputs[f"{name} (err)"] = out, err
        assert process.returncode == code, (name, process.returncode, err[:500])
        return out

    def stop(self) -> None:
        self._stopped.set()
        self._thread.join(10)

    def _sample(self) -> None:
        while not self._stopped.is_set():
            for path in self._ours():
                for what in ("cmdline", "environ", "comm", "status"):
                    with contextlib.suppress(OSError):
                        self.process_list.add((path / what).read_bytes())
                self._open_files(path)
            for path in self.tmp.rglob("*"):
                self._keep(str(path), path)
            time.sleep(0.02)

    def _ours(self) -> Iterator[Path]:
        """Processes of our groups. Who belongs to another one is looked at once: nobody comes over to ours."""
        there = {int(path.name) for path in Path("/proc").iterdir() if path.name.isdigit()}
        self._others &= there
        # Those that lead a group may be seen before it is known here that they do.
        for pid in there - (self._others - self._groups):
            path = Path(f"/proc/{pid}")
            if pid in self._groups or self._is_ours(path):
                yield path
            else:
                self._others.add(pid)

    def _is_ours(self, path: Path) -> bool:
        with contextlib.suppress(OSError, ValueError, IndexError):
            return int((path / "stat").read_text().rpartition(")")[2].split()[2]) in self._groups
        return False

    def _open_files(self, process: Path) -> None:
        """Files without a name, such as those unlinked while open."""
        with contextlib.suppress(OSError):
            for fd in (process / "fd").iterdir():
                with contextlib.suppress(OSError):
                    target = str(fd.readlink())
                    if target.startswith((str(self.tmp), "/dev/shm", "/memfd")):
                        self._keep(target, fd)

    def _keep(self, name: str, path: Path) -> None:
        self.temporary.setdefault(name, name.encode())
        with contextlib.suppress(OSError):
            state = path.stat()
            seen = (state.st_ino, state.st_size, state.st_mtime_ns)
            if S_ISREG(state.st_mode) and self._read.get(name) != seen:
                self._read[name] = seen
                # Each growth of a file is kept, so that what is overwritten later is seen too.
                data = path.read_bytes()
                if not self.temporary[name].endswith(data):
                    self.temporary[name] += data
