"""A real desk with officers, accounts of every kind, reveals, persons and a record, for the pages that need one."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import pyotp

from hushdesk.access import Accounts, AuditEvent, Door, Permission, Question, RecordBook, Role
from hushdesk.access.reveal import open_reveals
from hushdesk.access.witness import AccountWitness
from hushdesk.analytics import open_desk
from hushdesk.desk import Desk, SignInSettings
from hushdesk.web import DeskPages, WebSettings, create_app, persons_of
from hushdesk.web._turns import TurnLimits

HEAD = "Ticket ID,Created,Customer name,Customer email,Customer phone,Product,Subject,Description\n"
PRODUCTS = ("Router", "Modem", "Mail")
REASON = "The court asks whose line this is, order 12/2019: Ada?"


@dataclass
class House:
    """What is served, and how to get in."""

    app: Any
    accounts: Accounts
    reveals: Any
    door: Door
    password_of: Any
    app_of_factor: pyotp.TOTP
    """The authenticator of the account ``factor``."""
    case: str
    """Id of a case of Ada's."""
    token: str
    """Pseudonym of her address."""
    address: str = ""


def _rows() -> str:
    lines = []
    for number in range(60):
        product = PRODUCTS[number % 3]
        text = "It blinks red."
        who = f"Customer {'ABCDEFGHIJKLMNOPQRSTUVWXYZ'[number % 26]}ord,c{number}@example.org,"
        if number < 3:
            who = "Ada Quillon,ada.quillon@example.org,+1 202 555 0111"
            text = "It blinks red. Write to ada.quillon@example.org."
        lines.append(f"T-{number},20{10 + number % 9}-03-04T09:12Z,{who},{product},{product} down,{text}\n")
    return HEAD + "".join(lines)


@contextmanager
def built(root: Path, double: Any) -> Iterator[House]:
    """Build it."""
    created = Desk.create(root / "desk", keys=root / "keys", vault=root / "vault")
    (root / "a.csv").write_text(_rows())
    with ExitStack() as opened:
        desk = opened.enter_context(open_desk(created.folder))
        desk.load(root / "a.csv", workers=0)
        door = Door(desk)
        witness = AccountWitness(desk.desk.record, door.witness.seal)
        opened.callback(witness.close)
        # No role must have a second factor, so that each has its pages; one account is made that has one.
        accounts = opened.enter_context(
            Accounts(
                created.folder / "accounts.sqlite",
                hasher=double.PlainHasher(),
                on_event=witness,
                key=double.KEY,
                settings=SignInSettings(second_factor=()),
            )
        )
        witness.find = accounts.get
        factor = _people(accounts, double)
        reveals = opened.enter_context(open_reveals(desk, accounts))
        app = create_app(
            DeskPages(desk, door),
            accounts,
            WebSettings(turns=TurnLimits(pace=1e6, burst=10**6)),
            persons=persons_of(desk, reveals),
            reveals=reveals,
            record=opened.enter_context(RecordBook.of(desk.desk, door.witness)),
        )
        case = desk.read("T-1")
        token = next(each for each in case.tokens if each.startswith("EMAIL_"))
        house = House(app, accounts, reveals, door, double.password_of, factor, case.case_id, token)
        _looked(house)
        yield house


def _people(accounts: Accounts, double: Any) -> pyotp.TOTP:
    people = {role.value: role for role in Role}
    people |= {
        "second": Role.PRIVACY_OFFICER,
        "factor": Role.PRIVACY_OFFICER,
        "a-rather-long-name.of-somebody@example.org": Role.ANALYST,
    }
    for name, role in people.items():
        generated = accounts.create(name, role)
        accounts.change_password(accounts.by_name(name).id, generated, double.password_of(name))
    accounts.create("new", Role.VIEWER)
    accounts.create("barred", Role.VIEWER)
    accounts.disable(accounts.by_name("barred").id)
    account = accounts.by_name("factor")
    session = accounts.sign_in("factor", double.password_of("factor")) or ""
    app = pyotp.TOTP(accounts.factors.begin(account, session=session).secret)
    accounts.factors.confirm(account, app.now(), session=session)
    analyst = accounts.by_name("analyst")
    for label, scope in (("nightly report", Permission.CASES_SEARCH), ("old", Permission.CASES_EXPORT)):
        made = accounts.tokens.create(analyst, label, [scope], expires_in=timedelta(days=30))
        if label == "old":
            accounts.tokens.revoke(analyst.id, made.token.id)
    return app


def _looked(house: House) -> None:
    """Searches, a view, an export that ended and one that did not."""
    from hushdesk.access import Actor

    account = house.accounts.by_name("analyst")
    who = Actor("analyst", "analyst", account.permissions, account=account, via="page")
    house.door.search(who, Question("router", facets=("product",)))
    house.door.read(who, house.case)
    list(house.door.export(who, Question("product:Router", reason="The audit of the year, as agreed")))
    house.door.witness.export_began(who, Question("product:Mail"), 40)
    house.door.witness.note(AuditEvent.ANALYST_CASE_READ, who, case=house.case)
