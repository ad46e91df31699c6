"""A whole house for attacks: a real desk, built into an application exactly as ``hushdesk serve`` builds it.

Whatever the product adds to its pages is there without a change here: the program's own serving function runs, and only
the step that opens the port is taken out.
"""

from __future__ import annotations

import hashlib
import queue
import re
import runpy
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import structlog
from fastapi.routing import APIRoute
from starlette.testclient import TestClient

from hushdesk.access import SESSION_ONLY, Permission, Role, RowScope
from hushdesk.analytics import open_desk
from hushdesk.cli._serve import serve_desk
from hushdesk.desk import Desk, DeskSettings
from hushdesk.incident.answering import IncidentDesk
from hushdesk.web._guard import PERMISSIONS
from hushdesk.web._turns import TurnLimits

made = SimpleNamespace(**runpy.run_path(str(Path(__file__).parents[1] / "access" / "_store.py")))

WORD = "quibblezorv"
"""Stands in every case of the store, and nowhere else."""
HELD = "zorvikal"
"""Stands in the entry in quarantine."""
INCIDENT, TITLE = "december-2019", "Store of zundermap open to the internet"
PASSWORD = "correct horse battery staple"
LOADED = f"""Ticket ID,Created,Customer name,Customer email,Subject,Description
T-1,2019-03-04T09:12Z,Ada Quillon,ada@example.org,Router,"I changed {HELD}@all. It reboots."
T-2,2019-03-04T09:12Z,Ada Quillon,ada@example.org,Router {WORD},"All fine."
"""
ESTATE = '{services: {vault-of-cases: {image: "elasticsearch:7.4", ports: ["9200:9200"]}}}'


def rows() -> list[dict[str, object]]:
    """Cases of thirty persons in several countries, each with the word in all its texts."""
    found = made.made_rows(persons=30, seed=3)
    for row in found:
        for name in ("subject", "description", "remarks", "product", "status"):
            row[name] = f"{row[name]} {WORD}"
    return found


@dataclass
class House:
    """The application and what is in it."""

    app: Any
    accounts: Any
    root: Path
    passphrase: str
    rows: list[dict[str, object]]
    client: TestClient
    identities: dict[str, str] = field(default_factory=dict)
    """Placeholders that only the desk knows."""

    @property
    def file(self) -> Path:
        """The accounts' database."""
        return self.root / "desk" / "accounts.sqlite"

    def account(
        self, name: str, role: Role, rows: RowScope | None = None, *, must_change: bool = False
    ) -> Any:
        """An account; made at its first mention."""
        if name not in {each.name for each in self.accounts.all()}:
            self.accounts.create(name, role, must_change=must_change)
            if rows is not None:
                self.accounts.set_rows(self.accounts.by_name(name).id, rows)
        return self.accounts.by_name(name)

    def session(self, name: str) -> dict[str, str]:
        """Headers of a browser in which the account has just signed in."""
        return {"cookie": f"hushdesk={self.secret(name)}"}

    def secret(self, name: str) -> str:
        return str(self.accounts.sessions.create(self.accounts.by_name(name).id).secret)

    def token(self, name: str, *scopes: Permission) -> tuple[int, dict[str, str]]:
        """Number and headers of a token with these scopes, or with all that a token may have."""
        account = self.accounts.by_name(name)
        made = self.accounts.tokens.create(
            account,
            "made by a test",
            scopes or account.permissions - SESSION_ONLY,
            expires_in=timedelta(days=1),
        )
        return made.token.id, {"authorization": f"Bearer {made.secret}"}

    def sql(self, text: str, *values: object) -> None:
        """Change the accounts' database behind the program's back."""
        with closing(sqlite3.connect(self.file, timeout=30)) as db, db:
            db.execute(text, values)

    def state(self) -> str:
        """A digest of what the accounts' database says, but for what looking and failing leave behind: a list of that."""
        passing = ("session", "failure", "meta", "audit", "sqlite_sequence")
        with closing(sqlite3.connect(self.file, timeout=30)) as db:
            lines = [
                line
                for line in db.iterdump()
                if line.startswith("INSERT") and not any(f'INTO "{name}"' in line for name in passing)
            ]
        # When a token was used last is told by looking.
        return hashlib.sha256("\n".join(lines).encode()).hexdigest()

    def ask(self, method: str, path: str, headers: dict[str, str] | None = None, **more: Any) -> Any:
        """One request, with nothing left over from an earlier one."""
        self.client.cookies.clear()
        return self.client.request(method, path, headers=headers, **more)

    def form_token(self, headers: dict[str, str]) -> str:
        """The form token of a signed-in browser."""
        secret = headers["cookie"].partition("=")[2]
        return str(self.accounts.sessions.lookup(secret).csrf_token)


PARAMETERS: dict[str, str] = {
    "{address}": "198.51.100.7",
    "{case_id}": "CASE000000000000",
    "{digest}": "0",
    "{endpoint}": "0" * 16,
    "{entry}": "0",
    "{ident}": INCIDENT,
    "{load_id}": "1",
    "{name}": "base.css",
    "{number}": "1",
}
"""A value for each path parameter that names something which is there."""
BY_PATH: dict[str, dict[str, str]] = {
    "/reveal/": {"{ident}": "0" * 16},
    "/record/account/": {"{name}": "lead"},
}
"""Other values, by how the path begins."""


def walk(app: Any) -> list[tuple[str, str]]:
    """Methods and paths of all routes."""
    found = []
    for route in app.routes:
        assert isinstance(route, APIRoute)
        found += [(method, route.path) for method in sorted(route.methods)]
    assert set(found) == set(PERMISSIONS)
    return found


def fill(house: House, path: str, **instead: str) -> str:
    """An address for a path; fails where no value is known for a parameter."""
    values = PARAMETERS | house.identities
    for start, more in BY_PATH.items():
        if path.startswith(start):
            values |= more
    values |= {f"{{{name}}}": value for name, value in instead.items()}
    for name in re.findall(r"\{\w+\}", path):
        if name not in values:
            pytest.fail(
                f"{path}: there is no placeholder for {name}; add one to PARAMETERS in tests/attack/_house.py"
            )
        path = path.replace(name, values[name])
    return path


@contextmanager
def opened(root: Path, *, whole: bool = True, stored: Any = None) -> Iterator[House]:
    """Build the house; where it is not whole, nothing was loaded through the seal and no store is watched."""
    created = Desk.create(root / "desk", keys=root / "keys", vault=root / "vault")
    (root / "estate").mkdir()
    (root / "estate" / "docker-compose.yml").write_text(ESTATE)
    (root / "list.csv").write_text(LOADED)
    with (root / "desk" / "desk.toml").open("a") as file:
        if whole:
            file.write('\n[guard]\ninputs = ["../estate"]\n')
        if "sign_in" in DeskSettings.__dataclass_fields__:
            # Roles that must set up a second factor first would see nothing else.
            file.write("\n[sign_in]\nsecond_factor = []\n")
    with open_desk(root / "desk") as desk:
        stored = stored(desk.desk) if callable(stored) else stored or rows()
        made.insert(desk.desk, stored)
        if whole:
            desk.load(root / "list.csv", workers=0)
        IncidentDesk(desk.desk, "tests").open(INCIDENT, title=TITLE, aware="2019-12-29T18:00:00Z")
    with (
        served(root / "desk") as app,
        TestClient(app, base_url="http://localhost", follow_redirects=False) as client,
    ):
        house = House(app, app.state.accounts, root, created.officer_passphrase, stored, client)
        for role in Role:
            house.account(role.value, role)
        if whole:
            (watched,) = house.ask("GET", "/guard.json", house.session("operator")).json()["others"]
            house.identities["{endpoint}"] = watched["id"]
        yield house


@contextmanager
def served(folder: Path) -> Iterator[Any]:
    """The application that ``hushdesk serve`` would put behind a port."""
    apps: queue.Queue[Any] = queue.Queue()
    done = threading.Event()

    def hand_over(app: Any, *_: object, **__: object) -> None:
        apps.put(app)
        done.wait()

    def run() -> None:
        try:
            serve_desk(folder, "127.0.0.1", 0)
        except BaseException as error:  # noqa: BLE001 - told to the test
            apps.put(error)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("hushdesk.web.serve", hand_over)
        # As many requests as there are routes and roles would be slowed down; tests/web/test_web_turns.py has the pace.
        patch.setattr(TurnLimits.__init__, "__defaults__", (4, 2, 12, 20.0, 2, 1, 1e6, 10**6, 10))
        thread = threading.Thread(target=run, name="house")
        thread.start()
        app = apps.get()
        if isinstance(app, BaseException):
            raise app
        try:
            yield app
        finally:
            done.set()
            thread.join()
            structlog.reset_defaults()
