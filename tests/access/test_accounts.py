"""Accounts: one answer for every wrong attempt, back-off that cannot be raced, nothing secret kept."""

from __future__ import annotations

import logging
import os
import sqlite3
import stat
import threading
import traceback

import pytest

from hushdesk.access import (
    AccountExists,
    Accounts,
    AccountsUnsafe,
    AccountUnknown,
    Argon2Hasher,
    AuditEvent,
    PasswordTooWeak,
    Role,
    SignInRefused,
)
from hushdesk.access._database import migrations, statements
from hushdesk.errors import UsageError

GOOD = "four unrelated words here"


def _refused(accounts: Accounts, name: str, password: str) -> SignInRefused:
    with pytest.raises(SignInRefused) as caught:
        accounts.verify(name, password)
    return caught.value


def test_a_generated_password_signs_in_and_asks_to_be_changed(accounts, clock):
    password = accounts.create("Ada.L", Role.ANALYST)
    account = accounts.verify(" ada.l ", password)
    assert (account.name, account.role, account.must_change_password) == ("ada.l", Role.ANALYST, True)
    assert account.signed_in_at.timestamp() == clock.now
    groups = password.split("-")
    assert [len(g) for g in groups] == [5] * 5  # 25 characters of 5 bits
    assert len({accounts.create(f"a{i}", Role.VIEWER) for i in range(20)}) == 20


@pytest.mark.parametrize("name", ["", " ", "-x", "x y", "x" * 65, "ä", "x\n", "../x", "x;--"])
def test_odd_names_are_refused(accounts, name):
    if name.strip() == "x":
        return
    with pytest.raises(UsageError):
        accounts.create(name, Role.VIEWER)


def test_names_are_taken_whatever_their_case(accounts):
    accounts.create("ada", Role.VIEWER)
    with pytest.raises(AccountExists):
        accounts.create("ADA", Role.ADMIN)
    with pytest.raises(ValueError):
        accounts.create("bob", "root")
    with pytest.raises(AccountUnknown):
        accounts.by_name("bob")
    with pytest.raises(AccountUnknown):
        accounts.get(99)
    assert [a.name for a in accounts.all()] == ["ada"]


def test_wrong_unknown_and_disabled_get_the_same_answer(accounts):
    right = accounts.create("ada", Role.VIEWER)
    gone = accounts.create("eve", Role.VIEWER)
    accounts.disable(accounts.by_name("eve").id)
    for _ in range(8):
        answers = [_refused(accounts, n, p) for n, p in (("ada", "wrong"), ("nobody", right), ("eve", gone))]
        assert len({(str(a), a.retry_after, a.exit_code) for a in answers}) == 1


def test_unknown_names_cost_the_same_work(tmp_path):
    class Counting(Argon2Hasher):
        calls: list[str]

        def verify(self, hashed, password):
            self.calls.append(hashed)
            return super().verify(hashed, password)

    hasher = Counting(time_cost=1, memory_cost=64)
    with Accounts(tmp_path / "a.db", hasher=hasher) as accounts:
        right = accounts.create("ada", Role.VIEWER)
        accounts.create("eve", Role.VIEWER)
        accounts.disable(accounts.by_name("eve").id)
        for name in ("ada", "nobody", "eve"):
            hasher.calls = []
            _refused(accounts, name, "wrong")
            assert len(hasher.calls) == 1
            assert hasher.calls[0].startswith("$argon2id$v=19$m=64,t=1,p=1$")
        hasher.calls = []
        accounts.verify("ada", right)
        assert len(hasher.calls) == 1


def test_back_off_doubles_and_ends(accounts, clock):
    password = accounts.create("ada", Role.VIEWER)
    waits = [_refused(accounts, "ada", "wrong").retry_after for _ in range(5)]
    assert waits == [0, 0, 0, 0, 15]
    assert _refused(accounts, "ada", password).retry_after == 15
    for expected in (30, 60, 120, 240, 480, 900, 900):
        clock.now += 900
        assert _refused(accounts, "ada", "wrong").retry_after == expected
    clock.now += 899
    assert _refused(accounts, "ada", password).retry_after == 1
    clock.now += 1
    assert accounts.verify("ada", password).name == "ada"
    assert _refused(accounts, "ada", "wrong").retry_after == 0


def test_a_locked_attempt_does_not_prolong_the_lock(accounts, clock):
    password = accounts.create("ada", Role.VIEWER)
    for _ in range(5):
        _refused(accounts, "ada", "wrong")
    for _ in range(50):
        _refused(accounts, "ada", "wrong")
    clock.now += 15
    accounts.verify("ada", password)


def test_a_burst_in_parallel_gets_no_more_guesses(tmp_path, clock):
    class Counting(Argon2Hasher):
        calls = 0

        def verify(self, hashed, password):
            Counting.calls += 1
            return super().verify(hashed, password)

    with Accounts(tmp_path / "a.db", hasher=Counting(time_cost=1, memory_cost=64), clock=clock) as accounts:
        accounts.create("ada", Role.VIEWER)
        threads = [threading.Thread(target=_refused, args=(accounts, "ada", f"guess {i}")) for i in range(40)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert Counting.calls == 5


def test_made_up_names_do_not_fill_the_disk(accounts, clock, monkeypatch):
    monkeypatch.setattr("hushdesk.access._lockout.MOST_NAMES", 10)
    for i in range(40):
        clock.now += 1
        _refused(accounts, f"nobody{i}", "x")
    assert accounts._db.one("SELECT count(*) AS n FROM failure")["n"] <= 11


def test_parameters_are_raised_at_the_next_sign_in(tmp_path, accounts, cheap):
    password = accounts.create("ada", Role.VIEWER)
    dearer = Argon2Hasher(time_cost=2, memory_cost=128)
    with Accounts(tmp_path / "accounts.sqlite", hasher=dearer) as again:

        def stored() -> str:
            return again._db.one("SELECT password FROM account")["password"]

        assert "m=64,t=1" in stored()
        _refused(again, "ada", "wrong")
        assert "m=64,t=1" in stored()
        again.verify("ada", password)
        assert "m=128,t=2" in stored()
        again.verify("ada", password)
        assert "m=128,t=2" in again._dummy


def test_the_shipped_parameters_are_no_toy(shipped_argon2):
    hashed = Argon2Hasher(**shipped_argon2).hash("x")
    assert hashed.startswith("$argon2id$v=19$m=47104,t=2,p=1$")


def test_changing_a_password_ends_the_other_sessions_and_tokens(accounts):
    old = accounts.create("ada", Role.ANALYST)
    account = accounts.by_name("ada")
    here, there = accounts.sign_in("ada", old), accounts.sign_in("ada", old)
    with pytest.raises(SignInRefused):
        accounts.change_password(account.id, "wrong", GOOD)
    accounts.change_password(account.id, old, GOOD, keep_session=here)
    assert accounts.identify(here) is not None
    assert accounts.identify(there) is None
    assert accounts.identify(here).account.must_change_password is False
    assert accounts.sign_in("ada", old) is None
    assert accounts.sign_in("ada", GOOD) is not None


@pytest.mark.parametrize(
    ("new", "rule"),
    [
        ("short", "fewer than 12"),
        ("abababababababab", "repeats"),
        ("ada.lovelace12", "name"),
        ("long enough words " * 100, "more than 1024"),
    ],
)
def test_weak_passwords_are_refused_by_rule(accounts, new, rule):
    old = accounts.create("ada.lovelace", Role.VIEWER)
    with pytest.raises(PasswordTooWeak, match=rule) as caught:
        accounts.change_password(accounts.by_name("ada.lovelace").id, old, new)
    assert new not in str(caught.value)
    accounts.verify("ada.lovelace", old)


def test_the_old_password_is_no_new_one(accounts):
    old = accounts.create("ada", Role.VIEWER)
    with pytest.raises(PasswordTooWeak):
        accounts.change_password(accounts.by_name("ada").id, old, old)


def test_the_same_password_in_another_unicode_form_signs_in(accounts):
    old = accounts.create("ada", Role.VIEWER)
    accounts.change_password(accounts.by_name("ada").id, old, "cafe\u0301 au lait noir")
    accounts.verify("ada", "caf\u00e9 au lait noir")


def test_reset_disable_enable_and_roles(accounts, events):
    old = accounts.create("ada", Role.VIEWER)
    account = accounts.by_name("ada")
    secret = accounts.sign_in("ada", old)
    accounts.set_role(account.id, Role.LEAD)
    assert accounts.identify(secret).role is Role.LEAD
    accounts.disable(account.id)
    assert accounts.identify(secret) is None
    assert not accounts.get(account.id).permissions
    accounts.enable(account.id)
    assert accounts.identify(secret) is None
    for _ in range(6):
        _refused(accounts, "ada", "wrong")
    new = accounts.reset_password(account.id)
    assert accounts.verify("ada", new).must_change_password
    told = [event for event, _ in events]
    for event in (
        AuditEvent.ADMIN_ACCOUNT_CREATE,
        AuditEvent.ADMIN_ROLE_CHANGE,
        AuditEvent.ADMIN_ACCOUNT_DISABLE,
        AuditEvent.ADMIN_ACCOUNT_ENABLE,
        AuditEvent.ADMIN_PASSWORD_RESET,
        AuditEvent.ACCOUNT_SIGN_IN_LOCKED,
        AuditEvent.ACCOUNT_SIGN_IN_FAILURE,
        AuditEvent.ACCOUNT_SIGN_IN_SUCCESS,
    ):
        assert event in told
    assert accounts.sign_in("nobody", "x") is None
    assert events[-1] == (AuditEvent.ACCOUNT_SIGN_IN_FAILURE, None)


def test_nothing_secret_in_files_logs_reprs_or_tracebacks(accounts, tmp_path, caplog, capsys):
    from datetime import timedelta

    from hushdesk.access import Permission

    caplog.set_level(logging.DEBUG)
    password = accounts.create("ada", Role.ANALYST)
    account = accounts.verify("ada", password)
    session = accounts.sessions.create(account.id)
    token = accounts.tokens.create(account, "bi", [Permission.CASES_SEARCH], expires_in=timedelta(days=1))
    tried = f"wrong-{os.urandom(6).hex()}"
    shown = [
        repr(x)
        for x in (accounts, account, session, token, accounts.sessions, accounts.tokens, accounts._hasher)
    ]
    for attempt in (
        lambda: accounts.verify("ada", tried),
        lambda: accounts.verify(tried, tried),
        lambda: accounts.change_password(account.id, password, tried[:8]),
    ):
        with pytest.raises(Exception) as caught:
            attempt()
        shown.append("".join(traceback.format_exception(caught.value)))
    shown += [caplog.text, *capsys.readouterr()]
    on_disk = b"".join(p.read_bytes() for p in tmp_path.iterdir())
    for secret in (password, session.secret, session.session.csrf_token, token.secret, tried):
        assert secret not in "".join(shown)
        assert secret.encode() not in on_disk


def test_the_database_is_private_and_refused_otherwise(accounts, tmp_path, cheap):
    path = tmp_path / "accounts.sqlite"
    assert {stat.S_IMODE(p.stat().st_mode) for p in tmp_path.glob("accounts.sqlite*")} == {0o600}
    path.chmod(0o644)
    with pytest.raises(AccountsUnsafe, match="others"):
        Accounts(path, hasher=cheap)


def test_a_newer_or_broken_database_is_refused(tmp_path, cheap):
    path = tmp_path / "a.db"
    Accounts(path, hasher=cheap).close()
    with sqlite3.connect(path) as database:
        database.execute("PRAGMA user_version = 999")
    database.close()
    with pytest.raises(AccountsUnsafe, match="newer"):
        Accounts(path, hasher=cheap)
    for extra in tmp_path.glob("a.db*"):
        extra.unlink()
    path.write_bytes(b"no database" * 500)
    path.chmod(0o600)
    with pytest.raises(AccountsUnsafe, match="damaged"):
        Accounts(path, hasher=cheap)


def test_migrations_are_numbered_without_a_gap_and_run_once(tmp_path, cheap):
    numbers = [number for number, _ in migrations()]
    assert numbers == list(range(1, len(numbers) + 1))
    Accounts(tmp_path / "a.db", hasher=cheap).create("ada", Role.VIEWER)
    with Accounts(tmp_path / "a.db", hasher=cheap) as again:
        assert again.by_name("ada").name == "ada"
        assert again._db.one("PRAGMA user_version")[0] == numbers[-1]


def test_a_failing_migration_leaves_nothing_behind(tmp_path, cheap, monkeypatch):
    good = migrations()
    monkeypatch.setattr(
        "hushdesk.access._database.migrations", lambda *_: [*good, (2, "CREATE TABLE t (a); NONSENSE;")]
    )
    with pytest.raises(AccountsUnsafe):
        Accounts(tmp_path / "a.db", hasher=cheap)
    monkeypatch.undo()
    with Accounts(tmp_path / "a.db", hasher=cheap) as accounts:
        assert accounts._db.one("SELECT count(*) AS n FROM sqlite_master WHERE name = 't'")["n"] == 0


def test_scripts_are_split_at_statements():
    assert list(statements("-- a;\nCREATE TABLE t (a);\nSELECT ';';\n")) == [
        "-- a;\nCREATE TABLE t (a);\n",
        "SELECT ';';\n",
    ]
