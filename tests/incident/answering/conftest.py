"""One small desk with the planted December around it; each test opens incidents of its own in it.

Of the module, not of the whole run: a process has one engine, and other tests want it too.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from pathlib import Path

import pytest

from hushdesk.access import Accounts, Role
from hushdesk.demo import iter_cases, write_exports
from hushdesk.desk import Desk
from hushdesk.incident import iso
from hushdesk.incident.answering import IncidentDesk
from hushdesk.incident.drill._plan import Plan, plan
from hushdesk.incident.drill._write import Files, write

CONTROLLER = """\
[controller]
name = "Support House"
address = ["1 Harbour Street", "Dublin"]
country = "IE"
zone = "Europe/Dublin"
language = "en"
authority = "Data Protection Commission"

[contact]
role = "dpo"
name = "Data protection office"
email = "privacy@support.example"
phone = "+353 1 555 0100"
"""


@dataclass(frozen=True)
class Estate:
    """A desk and what lies around it."""

    root: Path
    desk: Desk
    plan: Plan
    files: Files
    passwords: dict[str, str]
    numbers: itertools.count

    @property
    def work(self) -> IncidentDesk:
        return IncidentDesk(self.desk, "tester")

    def begun(self, **more: object) -> str:
        """A new incident, without evidence."""
        ident = f"case-{next(self.numbers)}"
        given = {
            "aware": iso(self.plan.aware_at),
            "intent": str(self.files.intent),
            "baseline": [str(self.files.estate)],
            "own": ["20.99.64.0/20", "10.40.0.0/16"],
            "lists": [str(self.files.scanners)],
            "holds": "all",
            "controller": str(self.root / "controller.toml"),
        }
        self.work.open(ident, **{**given, **more})
        return ident


@pytest.fixture(scope="module")
def estate(tmp_path_factory):
    root = tmp_path_factory.mktemp("estate")
    made = Desk.create(root / "desk", keys=root / "keys", vault=root / "vault")
    settings = made.folder / "desk.toml"
    # What officers prove themselves by is no subject here.
    settings.write_text(settings.read_text("utf-8") + "\n[sign_in]\nsecond_factor = []\n", "utf-8")
    with Accounts(made.folder / "accounts.sqlite") as accounts:
        roles = {
            "officer-1": Role.PRIVACY_OFFICER,
            "officer-2": Role.PRIVACY_OFFICER,
            "analyst": Role.ANALYST,
        }
        passwords = {name: accounts.create(name, role, must_change=False) for name, role in roles.items()}
    summary = write_exports(root / "exports", iter_cases(40, 3), 3, formats=("zendesk",))
    (root / "controller.toml").write_text(CONTROLLER)
    with Desk.open(made.folder) as desk:
        desk.load(list(summary.files), workers=0)
        december = plan(3, desk.store.count(), 1500)
        files = write(root / "evidence", december)
        yield Estate(root, desk, december, files, passwords, itertools.count(1))


@pytest.fixture(scope="module")
def answered(estate):
    """An incident with all evidence, and its answer."""
    ident = estate.begun()
    added = estate.work.add(ident, [str(path) for path in estate.files.evidence()])
    return ident, added, estate.work.status(ident)
