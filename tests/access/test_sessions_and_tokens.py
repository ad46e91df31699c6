"""Sessions and API tokens: random, kept as digests, ended in time, never more than the role."""

from __future__ import annotations

import hmac
from datetime import timedelta

import pytest

from hushdesk.access import (
    SESSION_ONLY,
    AuditEvent,
    Forbidden,
    Permission,
    Role,
    ScopeTooWide,
    require,
)
from hushdesk.errors import UsageError

DAY = timedelta(days=1)


@pytest.fixture
def ada(accounts):
    accounts.create("ada", Role.ANALYST)
    return accounts.by_name("ada")


def test_a_session_opens_with_its_secret_only(accounts, ada):
    new = accounts.sessions.create(ada.id)
    session = accounts.sessions.lookup(new.secret)
    assert (session.name, session.method) == ("ada", "password")
    require(session, Permission.CASES_READ)
    with pytest.raises(Forbidden):
        require(session, Permission.CASES_READ_INTERNAL)
    assert session.may(Permission.CASES_EXPORT)
    wrong = ("A" if new.secret[0] != "A" else "B") + new.secret[1:]
    for secret in ("", wrong, new.secret[:-1], new.secret + "=", "x" * 10_000, "\ud800" * 43, "%" * 43):
        assert accounts.sessions.lookup(secret) is None


def test_ids_are_new_each_time_and_long(accounts, ada):
    secrets = {accounts.sessions.create(ada.id).secret for _ in range(50)}
    assert len(secrets) == 50
    assert all(len(secret) == 43 for secret in secrets)  # 256 bits in base 64
    assert accounts.sessions.count() == 50


def test_the_stolen_database_signs_nobody_in(accounts, ada):
    accounts.sessions.create(ada.id)
    stored = accounts._db.one("SELECT id_digest FROM session")["id_digest"]
    for attempt in (stored.hex(), stored.hex()[:43], stored.decode("latin-1")):
        assert accounts.sessions.lookup(attempt) is None


def test_idle_sessions_end_and_used_ones_go_on_up_to_the_limit(accounts, ada, clock):
    idle, used = accounts.sessions.create(ada.id).secret, accounts.sessions.create(ada.id).secret
    for _ in range(23):
        clock.now += 1795
        assert accounts.sessions.lookup(used) is not None
    assert accounts.sessions.lookup(idle) is None
    clock.now = 1_700_000_000 + 12 * 3600
    assert accounts.sessions.lookup(used) is None
    accounts.sessions.create(ada.id)
    assert accounts._db.one("SELECT count(*) AS n FROM session")["n"] == 1


def test_signing_out_here_and_everywhere(accounts, ada, events):
    first, second, third = (accounts.sessions.create(ada.id).secret for _ in range(3))
    accounts.sign_out(first)
    assert accounts.sessions.lookup(first) is None
    assert accounts.sessions.revoke_all(ada.id, keep=third) == 1
    assert accounts.sessions.lookup(second) is None
    assert accounts.sessions.lookup(third) is not None
    assert accounts.sessions.revoke_all(ada.id) == 1
    accounts.sign_out(first)
    assert [e for e, _ in events].count(AuditEvent.ACCOUNT_SESSION_REVOKE) == 3


def test_form_tokens_belong_to_one_session_and_do_not_lead_back(accounts, ada, monkeypatch):
    one, two = accounts.sessions.create(ada.id), accounts.sessions.create(ada.id)
    assert one.session.csrf_token == accounts.sessions.lookup(one.secret).csrf_token
    compared = []
    real = hmac.compare_digest
    monkeypatch.setattr(hmac, "compare_digest", lambda a, b: compared.append(1) or real(a, b))
    check = accounts.sessions.check_csrf
    assert check(one.secret, one.session.csrf_token)
    assert not check(one.secret, two.session.csrf_token)
    for token in ("", one.session.csrf_token[:-1], one.session.csrf_token.upper() + "x", "\ud800", "é"):
        assert not check(one.secret, token)
    assert len(compared) == 7
    assert one.secret not in one.session.csrf_token


def test_no_session_for_the_disabled(accounts, ada):
    accounts.disable(ada.id)
    with pytest.raises(LookupError):
        accounts.sessions.create(ada.id)


def test_a_token_does_what_it_says_and_no_more(accounts, ada, clock):
    new = accounts.tokens.create(ada, " charts ", [Permission.CASES_SEARCH], expires_in=DAY)
    token = accounts.tokens.lookup(new.secret)
    assert (token.label, token.permissions) == (
        "charts",
        {Permission.CASES_SEARCH, Permission.CASES_COUNT},
    )
    require(token, Permission.CASES_SEARCH)
    with pytest.raises(Forbidden):
        require(token, Permission.CASES_READ)
    (listed,) = accounts.tokens.list(ada.id)
    assert listed.used_at.timestamp() == clock.now
    for secret in (
        "",
        new.secret[:-1],
        "hushdesk_",
        new.secret.removeprefix("hushdesk_"),
        "hushdesk_" + "x" * 500,
    ):
        assert accounts.tokens.lookup(secret) is None


def test_a_token_loses_what_its_owner_loses(accounts, ada):
    scopes = [Permission.CASES_SEARCH, Permission.CASES_EXPORT]
    secret = accounts.tokens.create(ada, "x", scopes, expires_in=DAY).secret
    accounts.set_role(ada.id, Role.VIEWER)
    # Whoever may search may count, and a viewer may do no more.
    assert accounts.tokens.lookup(secret).permissions == {Permission.CASES_COUNT}
    accounts.set_role(ada.id, Role.ADMIN)
    assert accounts.tokens.lookup(secret).permissions == frozenset()
    accounts.disable(ada.id)
    assert accounts.tokens.lookup(secret) is None
    accounts.enable(ada.id)
    assert accounts.tokens.lookup(secret) is None


def test_tokens_expire_and_can_be_revoked_by_their_owner_only(accounts, ada, clock):
    accounts.create("eve", Role.ANALYST)
    eve = accounts.by_name("eve")
    short = accounts.tokens.create(ada, "x", [Permission.CASES_READ], expires_in=DAY)
    longer = accounts.tokens.create(ada, "y", [Permission.CASES_READ], expires_in=DAY * 3)
    clock.now += 86_400
    assert accounts.tokens.lookup(short.secret) is None
    assert not accounts.tokens.revoke(eve.id, longer.token.id)
    assert accounts.tokens.lookup(longer.secret) is not None
    assert accounts.tokens.revoke(ada.id, longer.token.id)
    assert not accounts.tokens.revoke(ada.id, longer.token.id)
    assert accounts.tokens.lookup(longer.secret) is None
    assert [t.revoked for t in accounts.tokens.list(ada.id)] == [True, False]
    assert not accounts.tokens.list(ada.id)[0].permissions


@pytest.mark.parametrize("permission", sorted(SESSION_ONLY))
def test_no_token_carries_what_needs_a_person(accounts, permission):
    for role in Role:
        accounts.create(role.value, role)
        with pytest.raises(ScopeTooWide):
            accounts.tokens.create(accounts.by_name(role.value), "x", [permission], expires_in=DAY)


def test_scopes_beyond_the_role_and_odd_wishes_are_refused(accounts, ada):
    with pytest.raises(ScopeTooWide):
        accounts.tokens.create(ada, "x", [Permission.CASES_READ_INTERNAL], expires_in=DAY)
    for label, scopes, expiry in (
        ("x", [], DAY),
        (" ", [Permission.CASES_READ], DAY),
        ("x" * 81, [Permission.CASES_READ], DAY),
        ("x", [Permission.CASES_READ], timedelta(0)),
        ("x", [Permission.CASES_READ], DAY * 367),
    ):
        with pytest.raises(UsageError):
            accounts.tokens.create(ada, label, scopes, expires_in=expiry)


def test_a_permission_of_another_version_grants_nothing(accounts, ada):
    secret = accounts.tokens.create(ada, "x", [Permission.CASES_READ], expires_in=DAY).secret
    accounts._db.execute("UPDATE api_token SET permissions = 'cases:read moon:fly'")
    assert accounts.tokens.lookup(secret).permissions == {Permission.CASES_READ}
