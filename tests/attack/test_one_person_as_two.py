"""One person who passes for two, one code that is given twice, and what a copy of yesterday lets in again."""

from __future__ import annotations

import shutil
import threading
from datetime import timedelta

import pyotp
import pytest

from hushdesk.access import (
    Accounts,
    Administration,
    AdministrationError,
    AuditEvent,
    Permission,
    Role,
    Seal,
    SignInRefused,
    after_restore,
    open_accounts,
)
from hushdesk.access._tokens import VOUCHED_FOR
from hushdesk.access.witness import AccountWitness, Origin, origin
from hushdesk.desk import Desk
from hushdesk.desk.backup import BackupRefused, Later
from hushdesk.errors import UsageError
from hushdesk.record import RecordReader

KEY = b"a key for second factors of test".ljust(32)


class Plain:
    """Keeps tests quick."""

    def hash(self, password):
        return password[::-1]

    def verify(self, hashed, password):
        return hashed == password[::-1]

    def outdated(self, _hashed):
        return False


class Clock:
    now = 1_700_000_000.0

    def __call__(self):
        return self.now


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def accounts(tmp_path, clock):
    with Accounts(tmp_path / "accounts.sqlite", hasher=Plain(), clock=clock, key=KEY) as made:
        yield made


def with_factor(accounts, clock, name, role=Role.PRIVACY_OFFICER):
    """An account with an app; gives its password and the app."""
    password = accounts.create(name, role)
    account = accounts.by_name(name)
    session = accounts.sign_in(name, password)
    app = pyotp.TOTP(accounts.factors.begin(account, session=session).secret)
    accounts.factors.confirm(account, app.at(int(clock.now)), session=session)
    clock.now += 60
    return password, app


def administrator(accounts, name):
    return Administration(accounts, accounts.by_name(name))


@pytest.mark.parametrize("way", ["made", "role", "password"])
@pytest.mark.parametrize("first", ["factor", "password"])
def test_an_administrator_does_not_open_an_account_with_a_puppet(accounts, clock, way, first):
    """Reset a password and remove the factor: with the help of a second administrator whom the first has in hand."""
    with_factor(accounts, clock, "officer")
    accounts.create("root", Role.ADMIN)
    accounts.create("deputy", Role.ADMIN)
    if way != "made":
        accounts.create("puppet", Role.ADMIN if way == "password" else Role.VIEWER)
    clock.now += 90 * 86_400
    officer, root = accounts.by_name("officer").id, administrator(accounts, "root")

    def take_in_hand():
        if way == "made":
            root.create("puppet", Role.ADMIN)
        elif way == "role":
            root.set_role(accounts.by_name("puppet").id, Role.ADMIN)
        else:
            root.reset_password(accounts.by_name("puppet").id)

    steps = {"factor": "remove_factor", "password": "reset_password"}
    second = "password" if first == "factor" else "factor"
    # Made before or after the first step: it is all the same person.
    take_in_hand()
    getattr(root, steps[first])(officer)
    with pytest.raises(AdministrationError, match="same administrator"):
        getattr(administrator(accounts, "puppet"), steps[second])(officer)
    # An administrator who is nobody's may.
    getattr(administrator(accounts, "deputy"), steps[second])(officer)


def test_a_puppet_that_goes_first_helps_no_more(accounts, clock):
    with_factor(accounts, clock, "officer")
    accounts.create("root", Role.ADMIN)
    clock.now += 90 * 86_400
    officer, root = accounts.by_name("officer").id, administrator(accounts, "root")
    root.create("puppet", Role.ADMIN)
    administrator(accounts, "puppet").remove_factor(officer)
    with pytest.raises(AdministrationError, match="same administrator"):
        root.reset_password(officer)


def test_tokens_of_who_left_the_provider_end(accounts, clock):
    """Nobody tells the desk that a group was taken away until its owner signs in again, which they do not."""
    vouched = {"name": "ana", "role": Role.ANALYST}
    account = accounts.sign_in_external("https://idp.example.org", "s-1", **vouched).session.account
    made = accounts.tokens.create(
        account, "report", [Permission.CASES_SEARCH], expires_in=timedelta(days=366)
    )
    accounts.create("local", Role.ANALYST)
    local = accounts.tokens.create(
        accounts.by_name("local"), "report", [Permission.CASES_SEARCH], expires_in=timedelta(days=366)
    )
    clock.now += VOUCHED_FOR - 60
    assert accounts.tokens.lookup(made.secret) is not None
    clock.now += 120
    assert accounts.tokens.lookup(made.secret) is None
    assert accounts.tokens.lookup(local.secret) is not None
    # Vouched for again, it works again: the owner is still there.
    accounts.sign_in_external("https://idp.example.org", "s-1", **vouched)
    assert accounts.tokens.lookup(made.secret) is not None


@pytest.mark.parametrize("kind", ["app", "recovery"])
def test_of_many_who_give_the_same_code_at_once_one_gets_in(accounts, clock, kind):
    password, app = with_factor(accounts, clock, "officer")
    code = app.at(int(clock.now))
    if kind == "recovery":
        code = accounts.factors.new_codes(accounts.by_name("officer"))[0]
    steps = [accounts.begin("officer", password).secret for _ in range(4)]
    got, ready = [], threading.Barrier(len(steps))

    def attempt(step):
        ready.wait()
        try:
            got.append(accounts.finish(step, code).session.method)
        except (SignInRefused, LookupError):
            got.append("")

    threads = [threading.Thread(target=attempt, args=[step]) for step in steps]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(got)[:-1] == [""] * (len(steps) - 1)
    assert max(got).startswith("password+")


def test_of_two_enrolments_at_once_one_counts(accounts, clock):
    """A thief with a session and its owner, each with an app of their own."""
    password = accounts.create("officer", Role.PRIVACY_OFFICER)
    account = accounts.by_name("officer")
    sessions = [accounts.sign_in("officer", password) for _ in range(2)]
    apps = [pyotp.TOTP(accounts.factors.begin(account, session=session).secret) for session in sessions]
    assert apps[0].secret != apps[1].secret
    accounts.factors.confirm(account, apps[0].at(int(clock.now)), session=sessions[0])
    with pytest.raises(Exception, match="already"):
        accounts.factors.confirm(account, apps[1].at(int(clock.now)), session=sessions[1])
    clock.now += 60
    step = accounts.begin("officer", password).secret
    with pytest.raises(SignInRefused):
        accounts.finish(step, apps[1].at(int(clock.now)))
    assert accounts.finish(step, apps[0].at(int(clock.now))).session.method == "password+totp"


def test_a_copy_of_yesterday_lets_no_stolen_cookie_in(tmp_path):
    """Restored accounts know nothing of what was revoked since; so nothing of what they know is believed."""
    made = Desk.create(tmp_path / "desk", keys=tmp_path / "keys", vault=tmp_path / "vault")
    path = made.folder / "accounts.sqlite"
    with Accounts(path, hasher=Plain()) as accounts:
        accounts.create("ana", Role.ANALYST, must_change=False)
        ana = accounts.by_name("ana")
        cookie = accounts.sessions.create(ana.id).secret
        token = accounts.tokens.create(
            ana, "x", [Permission.CASES_COUNT], expires_in=timedelta(days=9)
        ).secret
    yesterday = tmp_path / "yesterday.sqlite"
    shutil.copy(path, yesterday)
    with Accounts(path, hasher=Plain()) as accounts:
        accounts.disable(ana.id)
        assert accounts.identify(cookie) is None
    for extra in made.folder.glob("accounts.sqlite*"):
        extra.unlink()
    shutil.copy(yesterday, path)
    path.chmod(0o600)
    with Desk.open(made.folder) as desk:
        told = after_restore(desk)
        assert (told["sessions_ended"], told["tokens_revoked"]) == (1, 1)
        told = [(entry.event, entry.detail["via"]) for entry in _entries(desk)]
        assert ("account:session:revoke", "restore") in told
        assert ("account:api-token:revoke", "restore") in told
    with Accounts(path, hasher=Plain()) as accounts:
        assert accounts.identify(cookie) is None
        assert accounts.tokens.lookup(token) is None


class Yesterday:
    """A desk whose accounts, and record, come back as they were; life went on after the copy."""

    def __init__(self, folder):
        self.made = Desk.create(folder / "desk", keys=folder / "keys", vault=folder / "vault")
        self.copy, self.last = folder / "copy", folder / "last"
        with Desk.open(self.made.folder) as desk, open_accounts(desk) as accounts:
            for name in ("left", "back", "moved", "stays"):
                accounts.create(name, Role.ANALYST, must_change=False)
            accounts.create("root", Role.ADMIN, must_change=False)
            accounts.create("before", Role.ANALYST)
            accounts.disable(accounts.by_name("before").id)
            self.head = desk.record.append("desk:backup:end", "tests", {}) and desk.record.head
        shutil.copytree(self.made.folder, self.copy)
        with Desk.open(self.made.folder) as desk, open_accounts(desk) as accounts:
            accounts.create("newcomer", Role.ANALYST)
            for name in ("left", "back", "newcomer"):
                accounts.disable(accounts.by_name(name).id)
            accounts.enable(accounts.by_name("back").id)
            accounts.set_role(accounts.by_name("moved").id, Role.VIEWER)
            accounts.create("deputy", Role.ADMIN)
            accounts.disable(accounts.by_name("root").id)
            self.keys = desk.keyring.signing_public_keys()
            self.id = desk.settings.desk_id
        shutil.copytree(self.made.folder / "record", self.last)

    def put_back(self, *parts):
        for part in parts:
            gone = self.made.folder / part
            for path in self.made.folder.glob(f"{part}*"):
                shutil.rmtree(path) if path.is_dir() else path.unlink()
            source = self.copy / part
            (shutil.copytree if source.is_dir() else shutil.copy2)(source, gone)

    def later(self, head=None):
        return Later.of(self.last, self.keys, self.id, self.head if head is None else head)


@pytest.fixture
def yesterday(tmp_path):
    return Yesterday(tmp_path)


@pytest.mark.parametrize("own", [False, True], ids=["a later record", "its own record"])
def test_a_copy_of_yesterday_lets_nobody_in_who_has_left_since(yesterday, own):
    yesterday.put_back("accounts.sqlite", *(() if own else ("record",)))
    with Desk.open(yesterday.made.folder) as desk:
        told = after_restore(desk, None if own else yesterday.later())
        with open_accounts(desk) as accounts:
            disabled = {one.name for one in accounts.all() if one.disabled}
        newest = [entry for entry in _entries(desk) if entry.event == "admin:account:disable"][-1]
    # Whoever was enabled again, and whom the copy does not know, is left alone; so is the only one who may let others in.
    assert disabled == {"left", "before"}
    assert (told["disabled_again"], told["still_enabled"]) == (("left",), ("root",))
    assert told["to_look_at"] == (() if own else ("moved",))
    assert (newest.detail["account"], newest.detail["via"]) == ("left", "restore")


def test_without_a_later_record_a_copy_is_believed(yesterday):
    yesterday.put_back("accounts.sqlite", "record")
    with Desk.open(yesterday.made.folder) as desk:
        told = after_restore(desk)
    assert (told["disabled_again"], told["still_enabled"], told["to_look_at"]) == ((), (), ())


def test_a_later_record_is_believed_only_if_it_is_signed_and_grew_from_the_copys(yesterday, tmp_path):
    entries = yesterday.last / "entries.jsonl"
    good = entries.read_bytes()
    # What nobody signed says nothing.
    count = good.count(b"\n")
    forged = good.splitlines()[-1].replace(b'"n":%d' % (count - 1), b'"n":%d' % count)
    entries.write_bytes(good + forged + b"\n")
    assert sum(1 for _ in yesterday.later().entries()) == count - yesterday.head.size
    for bad in (good.replace(b'"account":"left"', b'"account":"stay"'), good[: len(good) // 2], b""):
        entries.write_bytes(bad)
        with pytest.raises(BackupRefused, match="later record"):
            yesterday.later()
    entries.write_bytes(good)
    with pytest.raises(BackupRefused, match="later record"):
        Later.of(yesterday.last, yesterday.keys, "ffffffffffffffff", yesterday.head)
    with pytest.raises(BackupRefused, match="later record"):
        Later.of(tmp_path, yesterday.keys, yesterday.id, yesterday.head)
    # One of the same desk that went another way.
    yesterday.put_back("record")
    with Desk.open(yesterday.made.folder) as desk:
        desk.record.append("desk:backup:end", "tests", {"another": 1})
        other = desk.record.head
    with pytest.raises(BackupRefused, match="later record"):
        yesterday.later(other)


def _entries(desk):
    return [entry for entry in RecordReader(desk.record.folder).entries() if "via" in entry.detail]


@pytest.mark.parametrize("name", ["nobody", "NOBODY ", "desk", "owner", "unknown"])
def test_no_account_hides_behind_a_name_that_means_none(accounts, name):
    """The record says ``nobody`` of who failed to sign in, and ``desk`` of what the desk does by itself."""
    with pytest.raises(UsageError):
        accounts.create(name, Role.ANALYST)
    account = accounts.sign_in_external(
        "https://idp.example.org", "s-2", name=name, role=Role.ANALYST
    ).session.account
    assert account.name != name.strip().lower()
    assert account.name.startswith(name.strip().lower())


def test_guesses_at_one_account_do_not_hide_among_guesses_at_made_up_names(tmp_path, accounts):
    accounts.create("officer", Role.PRIVACY_OFFICER)
    told = []

    class Book:
        def append(self, event, who, detail):
            told.append((event, detail))

    witness = AccountWitness(Book(), Seal.of(lambda use: use.encode().ljust(32, b"-"), "desk-1"))
    witness.find = accounts.get
    failed, officer = AuditEvent.ACCOUNT_SIGN_IN_FAILURE, accounts.by_name("officer").id
    for number in range(200):
        held = origin.set(Origin("page", f"192.0.2.{number}"))
        witness(failed, None)
        if number > 100:
            witness(failed, officer)
        origin.reset(held)
    witness.close()
    against = sum(detail["times"] for _, detail in told if detail.get("account") == "officer")
    assert against == 99
    assert sum(detail["times"] for _, detail in told) == 299
    assert len(told) < 80
