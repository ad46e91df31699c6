"""Reveals over a real vault, real keys and a real record; cases are a dictionary."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from hushdesk.access import Accounts, Role
from hushdesk.access.reveal import Reveals
from hushdesk.desk import RevealSettings, SignInSettings, open_record
from hushdesk.record import RecordReader
from hushdesk.vault import Keyring, PeopleVault, VaultEntry

IDENTITY = ("mona.feldquist@mail.example", "Mona Feldquist", "+49 30 901820")
REASON = "A court asks whose account this is, file 12/26."


@dataclass
class House:
    """A desk's folder with what a reveal needs, and what a test does with it."""

    root: Path
    keyring: Keyring
    vault: PeopleVault
    record: Any
    accounts: Accounts
    clock: Any
    settings: RevealSettings
    passwords: dict[str, str] = field(default_factory=dict)
    cases: dict[str, set[str]] = field(default_factory=dict)
    unreadable: set[tuple[int, str]] = field(default_factory=set)
    opened: list[Reveals] = field(default_factory=list)

    @property
    def folder(self) -> Path:
        return self.root / "desk"

    @property
    def token(self) -> str:
        return self.keyring.pseudonymiser().token("EMAIL", IDENTITY[0])

    @property
    def customer(self) -> str:
        return self.keyring.pseudonymiser().token("ACCOUNT", "customer-1")

    def case_of(self, account, case, token):
        return (
            case if token in self.cases.get(case, ()) and (account.id, case) not in self.unreadable else None
        )

    def reveals(self, **changes: Any) -> Reveals:
        given = {
            "keyring": self.keyring,
            "vault": self.vault,
            "record": self.record,
            "record_folder": self.folder / "record",
            "accounts": self.accounts,
            "case_of": self.case_of,
            "settings": self.settings,
            "clock": self.clock,
        }
        made = Reveals(self.folder / "reveal.sqlite", **given | changes)
        self.opened.append(made)
        return made

    def officer(self, name: str, role: Role = Role.PRIVACY_OFFICER) -> int:
        generated = self.accounts.create(name, role)
        self.passwords[name] = f"long enough words of {name}"
        ident = self.accounts.by_name(name).id
        self.accounts.change_password(ident, generated, self.passwords[name])
        return ident

    def proof(self, name: str) -> dict[str, str]:
        return {"name": name, "password": self.passwords[name]}

    def events(self) -> list[str]:
        return [
            entry.event.removeprefix("officer:reveal:")
            for entry in RecordReader(self.folder / "record").entries()
        ]

    def ask(self, reveals: Reveals, name: str = "one", **changes: str):
        asked = {"token": self.token, "case": "CASE1", "reason": REASON} | changes
        return reveals.ask(self.accounts.by_name(name).id, **asked)

    def approved(self, reveals: Reveals):
        return reveals.approve(self.ask(reveals).id, **self.proof("two"))


@pytest.fixture(scope="package")
def keyring(tmp_path_factory):
    """Making keys takes a second on purpose: once is enough."""
    return Keyring.create(tmp_path_factory.mktemp("reveal") / "keys", desk_id="0011223344556677")[0]


@pytest.fixture
def accounts(tmp_path, clock, events, cheap):
    """Of officers who need no second factor: their codes are no subject here."""
    listener = lambda event, account: events.append((event, account))  # noqa: E731
    settings = SignInSettings(second_factor=())
    path = tmp_path / "accounts.sqlite"
    with Accounts(path, hasher=cheap, clock=clock, on_event=listener, settings=settings) as made:
        yield made


@pytest.fixture
def house(tmp_path, accounts, clock, keyring):
    (tmp_path / "desk").mkdir(mode=0o700)
    with (
        PeopleVault.create(tmp_path / "vault", keyring) as vault,
        open_record(tmp_path / "desk", keyring) as record,
    ):
        made = House(tmp_path, keyring, vault, record, accounts, clock, RevealSettings())
        vault.put_many(
            [
                VaultEntry(made.customer, made.token, "EMAIL", IDENTITY[0], "de", "DE"),
                VaultEntry(made.customer, made.token, "EMAIL", IDENTITY[0].upper(), "de", "DE"),
                VaultEntry(made.customer, made.customer, "PERSON", IDENTITY[1], "de", "DE"),
                VaultEntry(
                    made.customer, keyring.pseudonymiser().token("PHONE", "4930901820"), "PHONE", IDENTITY[2]
                ),
            ]
        )
        made.cases = {"CASE1": {made.token, made.customer}, "CASE2": set()}
        for name in ("one", "two", "three"):
            made.officer(name)
        yield made
        for each in made.opened:
            each.close()


@pytest.fixture
def reveals(house):
    return house.reveals()
