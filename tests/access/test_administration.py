"""Administrators: over others, never over themselves, and no way into another's account; all of it written down."""

from __future__ import annotations

import pytest

from hushdesk.access import (
    Administration,
    AdministrationError,
    AuditEvent,
    Forbidden,
    Role,
    acting_as,
)
from hushdesk.access._accounts import Accounts

KEY = bytes(range(32))
PASSWORD = "four unrelated words here"


@pytest.fixture
def people(accounts):
    for name, role in (("root", Role.ADMIN), ("deputy", Role.ADMIN), ("ada", Role.ANALYST)):
        accounts.create(name, role)
    return {one.name: one for one in accounts.all()}


@pytest.fixture
def admin(accounts, people):
    return Administration(accounts, people["root"])


def test_only_administrators_administer(accounts, people):
    with pytest.raises(Forbidden):
        Administration(accounts, people["ada"])
    accounts.disable(people["root"].id)
    with pytest.raises(Forbidden):
        Administration(accounts, accounts.get(people["root"].id))


def test_nobody_administers_their_own_account(admin, people):
    me = people["root"].id
    for step in (
        lambda: admin.set_role(me, Role.PRIVACY_OFFICER),
        lambda: admin.reset_password(me),
        lambda: admin.remove_factor(me),
        lambda: admin.disable(me),
        lambda: admin.enable(me),
        lambda: admin.sign_out(me),
    ):
        with pytest.raises(AdministrationError, match="their own"):
            step()


def test_each_step_is_written_down_with_who_did_it(accounts, admin, people, events):
    ada = people["ada"].id
    events.clear()
    admin.create("new", Role.VIEWER)
    admin.set_role(ada, Role.LEAD)
    admin.disable(ada)
    admin.enable(ada)
    admin.reset_password(ada)
    admin.sign_out(ada)
    expected = [
        AuditEvent.ADMIN_ACCOUNT_CREATE,
        AuditEvent.ADMIN_ROLE_CHANGE,
        AuditEvent.ADMIN_ACCOUNT_DISABLE,
        AuditEvent.ADMIN_ACCOUNT_ENABLE,
        AuditEvent.ADMIN_PASSWORD_RESET,
        AuditEvent.ADMIN_SESSIONS_REVOKE,
    ]
    assert [event for event, _ in events] == expected
    newest = accounts.audit.newest(len(expected))
    assert [one.event for one in reversed(newest)] == expected
    assert {one.by for one in newest} == {"root"}
    assert [one.account for one in reversed(newest)] == ["new", *["ada"] * 5]


def test_outside_the_pages_it_was_the_systems_user(accounts, people):
    accounts.disable(people["ada"].id)
    assert accounts.audit.newest(1)[0].by.startswith("cli:")
    with acting_as("somebody"):
        accounts.enable(people["ada"].id)
    assert accounts.audit.newest(1)[0].by == "somebody"
    accounts.sign_in("nobody", "x")
    assert (accounts.audit.newest(1)[0].account, accounts.audit.newest(1)[0].by) == ("", "")


def test_the_last_administrator_stays(accounts, admin, people):
    admin.disable(people["deputy"].id)
    root = people["root"].id
    for step in (lambda: accounts.disable(root), lambda: accounts.set_role(root, Role.VIEWER)):
        with pytest.raises(AdministrationError, match="last"):
            step()
    assert accounts.get(root).role is Role.ADMIN
    accounts.set_role(root, Role.ADMIN)
    accounts.enable(people["deputy"].id)
    accounts.disable(root)
    accounts.disable(root)  # again changes nothing
    with pytest.raises(AdministrationError):
        accounts.disable(people["deputy"].id)


def test_one_administrator_does_not_open_the_way_into_an_account(tmp_path, cheap, clock):
    import pyotp

    with Accounts(tmp_path / "b.sqlite", hasher=cheap, clock=clock, key=KEY) as accounts:
        people = {}
        for name, role in (("root", Role.ADMIN), ("deputy", Role.ADMIN), ("ada", Role.LEAD)):
            password = accounts.create(name, role)
            people[name] = accounts.by_name(name).id
        root, deputy = (Administration(accounts, accounts.get(people[name])) for name in ("root", "deputy"))

        def enrol(password):
            session = accounts.sign_in("ada", password)
            account = accounts.get(people["ada"])
            app = pyotp.TOTP(accounts.factors.begin(account, session=session).secret)
            accounts.factors.confirm(account, app.at(int(clock.now)), session=session)
            clock.now += 60

        enrol(password)
        root.reset_password(people["ada"])
        with pytest.raises(AdministrationError, match="same administrator"):
            root.remove_factor(people["ada"])
        deputy.remove_factor(people["ada"])
        with pytest.raises(AdministrationError, match="same administrator"):
            deputy.reset_password(people["ada"])
        password = root.reset_password(people["ada"])
        clock.now += 1
        enrol(password)
        # Its owner has signed in since.
        deputy.reset_password(people["ada"])


def test_what_is_taken_back_was_never_told(accounts, people, events):
    before = len(accounts.audit.newest(1000))
    events.clear()

    def disabled_and_then_killed():
        with accounts._db.write():
            accounts.disable(people["ada"].id)
            raise RuntimeError

    with pytest.raises(RuntimeError):
        disabled_and_then_killed()
    assert not accounts.get(people["ada"].id).disabled
    assert (len(accounts.audit.newest(1000)), events) == (before, [])


def test_the_list_does_not_grow_for_ever(accounts, monkeypatch):
    monkeypatch.setattr("hushdesk.access._audit.MOST_KEPT", 10)
    monkeypatch.setattr("hushdesk.access._audit._PRUNE_EVERY", 5)
    for _ in range(30):
        accounts._tell(AuditEvent.ACCOUNT_SIGN_IN_FAILURE, None)
    assert len(accounts.audit.newest(1000)) <= 14
