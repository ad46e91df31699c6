"""To the desk: directly, or through the owner-only socket of the process that serves it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from hushdesk.cli._commands import Commands, LocalCommands
from hushdesk.cli._permissions import acting, role_of
from hushdesk.desk import DeskBusy


@contextmanager
def connect(folder: Path, command: str) -> Iterator[Commands]:
    """The commands of the desk in ``folder``.

    Raises:
        DeskError: There is no usable desk.
        DeskBusy: Another process owns it and does not serve it.
    """
    from hushdesk.access import owner
    from hushdesk.analytics import open_desk

    try:
        desk = open_desk(folder, command=command)
    except DeskBusy as busy:
        if not busy.socket:
            raise
        from hushdesk.cli._remote import RemoteCommands

        yield RemoteCommands(busy)
        return
    with desk:
        yield LocalCommands(desk, owner(role_of(acting.get())))
