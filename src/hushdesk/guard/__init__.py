"""Who exactly can reach a data store. Knows nothing of cases, and is useful to people who use no other part.

from pathlib import Path
from hushdesk.guard import Intent, check, survey

report = check(survey([Path("templates")]), Intent())
for exposure in report.exposures:
    print(exposure.endpoint.name, exposure.ports, exposure.sources)
"""

from hushdesk.guard._addresses import EMPTY, EVERYWHERE, PRIVATE, PUBLIC, AddressSet
from hushdesk.guard._dialect import Dialect, Document, World
from hushdesk.guard._engines import ENGINES, STORE_PORTS
from hushdesk.guard._findings import (
    Authentication,
    Endpoint,
    Finding,
    Malformed,
    NotLookedAt,
    Posture,
    Unresolved,
)
from hushdesk.guard._intent import Approval, GuardedStore, Intent, read_intent
from hushdesk.guard._intervals import ALL_PORTS, Intervals, ports
from hushdesk.guard._policy import Action, Gate, Path, Place, PortShift, Rule, Sources, Stage
from hushdesk.guard._registry import installed
from hushdesk.guard._services import ALL_SERVICES, Services
from hushdesk.guard.check import Estate, Exposure, Level, Report, check, sarif, survey
from hushdesk.guard.reach import Change, Connection, Explanation, ReachSet, Verdict, diff, explain, reach
from hushdesk.guard.words import describe

__all__ = [
    "ALL_PORTS",
    "ALL_SERVICES",
    "EMPTY",
    "ENGINES",
    "EVERYWHERE",
    "PRIVATE",
    "PUBLIC",
    "STORE_PORTS",
    "Action",
    "AddressSet",
    "Approval",
    "Authentication",
    "Change",
    "Connection",
    "Dialect",
    "Document",
    "Endpoint",
    "Estate",
    "Explanation",
    "Exposure",
    "Finding",
    "Gate",
    "GuardedStore",
    "Intent",
    "Intervals",
    "Level",
    "Malformed",
    "NotLookedAt",
    "Path",
    "Place",
    "PortShift",
    "Posture",
    "ReachSet",
    "Report",
    "Rule",
    "Services",
    "Sources",
    "Stage",
    "Unresolved",
    "Verdict",
    "World",
    "check",
    "describe",
    "diff",
    "explain",
    "installed",
    "ports",
    "reach",
    "read_intent",
    "sarif",
    "survey",
]
