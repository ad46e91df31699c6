"""Desks: settings, and the resumable load from reader through seal to store."""

from hushdesk.desk._desk import Created, Desk
from hushdesk.desk._errors import DeskBusy, DeskError, LoadError, SealingDied
from hushdesk.desk._load import Progress
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
    "Progress",
    "RefusedLine",
    "SealingDied",
    "Swept",
    "Tally",
    "ValueFinder",
    "home",
    "sweep",
]
