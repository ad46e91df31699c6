"""One backup, or one restore, in a process that kills itself (SIGKILL) at a named point."""

from __future__ import annotations

import os
import signal
import sys
from pathlib import Path

from hushdesk.desk import Desk
from hushdesk.desk.backup import _create as create
from hushdesk.desk.backup import _manifest as manifest
from hushdesk.desk.backup import _restore as restore
from hushdesk.store import _embedded as embedded


def killing(*_: object, **__: object) -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def after(real):
    def call(*arguments, **named):
        real(*arguments, **named)
        killing()

    return call


POINTS = {
    # Parts are frozen, and their links not yet taken away.
    "frozen": lambda: setattr(embedded, "copy_frozen", killing),
    # Copies that are not encrypted lie in the desk.
    "packing": lambda: setattr(create, "pack", killing),
    "unsigned": lambda: setattr(manifest.Manifest, "write", killing),
    # Everything is there, under another name.
    "unnamed": lambda: setattr(create, "_finish", killing),
    # The vault's backup has its name, the store's has not.
    "half named": lambda: setattr(create, "_finish", after(create._finish)),
    "restored people": lambda: setattr(restore, "_unpack", killing),
    "restored all": lambda: setattr(restore, "_check", after(restore._check)),
}


def main() -> None:
    point, folder = sys.argv[1], Path(sys.argv[2])
    POINTS[point]()
    if point.startswith("restored"):
        from hushdesk.vault import unlock_officer_key

        restore.restore_backup(
            Path(sys.argv[3]),
            folder / "again",
            keys=folder / "again-keys",
            vault=folder / "again-vault",
            vault_backup=Path(sys.argv[4]),
            unlock=lambda place: unlock_officer_key(place, (folder / "officer").read_text()),
            who="tests",
        )
    else:
        with Desk.open(folder / "desk") as desk:
            create.create_backup(desk, folder / "store", vault_root=folder / "people", who="tests")


if __name__ == "__main__":
    main()
