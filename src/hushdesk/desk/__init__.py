"""Desks: settings, and the resumable load from reader through seal to store."""

from hushdesk.desk._desk import Created, Desk, owner_of
from hushdesk.desk._errors import DeskBusy, DeskError, LoadError, SealingDied
from hushdesk.desk._load import Progress
from hushdesk.desk._lock import Owner
from hushdesk.desk._report import LoadReport, RefusedLine, Tally
from hushdesk.desk._settings import DeskSettings, home
from hushdesk.desk._sweep import Swept, ValueFinder, sweep

__all__ = [
    "Created",
    "Desk",
    "DeskBusy",
    "DeskError",
    "DeskSettings",
    "LoadError",
    "LoadReport",
    "Owner",
    "Progress",
    "RefusedLine",
    "SealingDied",
    "Swept",
    "Tally",
    "ValueFinder",
    "home",
    "owner_of",
    "sweep",
]
