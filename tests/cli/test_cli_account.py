"""``hushdesk account``: what whoever owns the desk's folder may do to accounts, and what serving makes of the settings."""

from __future__ import annotations

import io
import json
import sys
import time

import pyotp
import pytest
from click.testing import CliRunner

from hushdesk.access import (
    SECOND_FACTORS,
    Accounts,
    Argon2Hasher,
    OidcClient,
    PasswordTooWeak,
    Permission,
    Role,
    SecondFactorError,
    SecondFactorMissing,
    SignInRefused,
)
from hushdesk.cli._main import cli
from hushdesk.cli._serve import provider_of
from hushdesk.desk import Desk, DeskError, SignInSettings, read_settings
from hushdesk.errors import HushdeskError, UsageError
from hushdesk.incident.answering import _approval
from hushdesk.incident.errors import NotApprovedError
from hushdesk.record import RecordReader
from hushdesk.vault import Keyring

CHEAP = Argon2Hasher(time_cost=1, memory_cost=64)


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    root = tmp_path_factory.mktemp("accounts")
    return Desk.create(root / "desk", keys=root / "keys", vault=root / "vault")


@pytest.fixture
def desk(made):
    """The desk with accounts of its own for each test."""
    for path in made.folder.glob("accounts.sqlite*"):
        path.unlink()
    with Accounts(made.folder / "accounts.sqlite", hasher=CHEAP) as accounts:
        accounts.create("ana", Role.LEAD)
    return made.folder


@pytest.fixture
def accounts(desk, made):
    key = Keyring.open(made.keys).derived(SECOND_FACTORS)
    with Accounts(desk / "accounts.sqlite", hasher=CHEAP, key=key) as opened:
        yield opened


def run(*arguments, desk):
    result = CliRunner().invoke(
        cli, ["account", *map(str, arguments), "--desk", str(desk)], prog_name="hushdesk"
    )
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    assert result.exit_code == 0, result.output
    return result.output


def test_roles_disabling_and_signing_out(desk, accounts):
    ana = accounts.by_name("ana").id
    session = accounts.sessions.create(ana).secret
    assert run("role", "ana", "viewer", desk=desk) == "ana is now viewer.\n"
    assert accounts.identify(session).role is Role.VIEWER
    assert run("sign-out", "ana", desk=desk) == "ana: 1 session ended.\n"
    assert accounts.identify(session) is None
    run("disable", "ana", desk=desk)
    assert accounts.get(ana).disabled
    run("enable", "ana", desk=desk)
    assert not accounts.get(ana).disabled
    told = json.loads(run("history", "--json", desk=desk))
    assert [one["event"] for one in told[:3]] == [
        "admin:account:enable",
        "admin:account:disable",
        "admin:sessions:revoke",
    ]
    assert all(one["by"].startswith("cli:") for one in told[:3])
    for step in ("disable", "enable", "sign-out", "second-factor"):
        with pytest.raises(HushdeskError, match="no such account"):
            run(step, "nobody", desk=desk)


def test_a_second_factor_is_shown_and_removed_without_the_keys(desk, accounts):
    account = accounts.by_name("ana")
    session = accounts.sessions.create(account.id).secret
    app = pyotp.TOTP(accounts.factors.begin(account, session=session).secret)
    accounts.factors.confirm(account, app.now(), session=session)
    assert "10 recovery codes left" in run("second-factor", "ana", desk=desk)
    [told] = json.loads(run("list", "--json", desk=desk))
    assert told["second_factor"] is True
    told = json.loads(run("second-factor", "ana", "--remove", "--json", desk=desk))
    assert told == {"name": "ana", "since": None, "recovery_left": 0, "must_enrol": False}
    assert not accounts.by_name("ana").second_factor


def typed(*arguments, desk, text, code=0):
    """What comes out where something is typed; refusals are raised."""
    given = [*arguments, "--desk", str(desk)]
    result = CliRunner().invoke(cli, ["account", *given], input=text, prog_name="hushdesk")
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    assert result.exit_code == code, result.output
    return result.output


def begin(desk, text):
    return typed("second-factor", "ana", "--set-up", "--password-stdin", desk=desk, text=text)


class Typist(io.StringIO):
    """Types a password, reads the secret that is shown for it, and types the app's code."""

    def __init__(self, password, capsys):
        super().__init__()
        self.lines, self.capsys, self.shown = [password], capsys, ""

    def readline(self, *_):
        if self.lines:
            return self.lines.pop() + "\n"
        self.shown = self.capsys.readouterr().out
        self.app = pyotp.TOTP(json.loads(self.shown)["secret"])
        return self.app.at(int(time.time()) - 30) + "\n"


def test_a_second_factor_is_set_up_at_the_terminal(desk, accounts, capsys, monkeypatch):
    made, words = accounts.reset_password(accounts.by_name("ana").id), "several plain words of ana"
    ana = accounts.by_name("ana").id
    with pytest.raises(SecondFactorError, match="password of your own"):
        begin(desk, f"{made}\n000000\n")
    accounts.change_password(ana, made, words)
    accounts.set_role(ana, Role.PRIVACY_OFFICER)
    session = accounts.sign_in("ana", words)
    for wrong in ("guess\n000000\n", f"{words}\n000000x\n", f"{words}\n"):
        with pytest.raises(SignInRefused):
            begin(desk, wrong)
    assert not accounts.by_name("ana").second_factor
    typist = Typist(words, capsys)
    monkeypatch.setattr(sys, "stdin", typist)
    arguments = ["second-factor", "ana", "--set-up", "--password-stdin", "--json", "--desk", str(desk)]
    cli(["account", *arguments], prog_name="hushdesk", standalone_mode=False)
    codes = json.loads(capsys.readouterr().out)["recovery_codes"]
    assert len(set(codes)) == 10
    assert json.loads(typist.shown)["uri"].startswith("otpauth://totp/Hushdesk:ana?secret=")
    # What began by the password alone is over; the app and the codes prove who it is.
    assert accounts.identify(session) is None
    assert accounts.verify("ana", words, typist.app.now()).second_factor
    assert accounts.verify("ana", words, codes[0]).second_factor
    with pytest.raises(SecondFactorError, match="already"):
        begin(desk, f"{words}\n000000\n")
    entries = (desk / "record" / "entries.jsonl").read_bytes()
    assert b"account:second-factor:add" in entries
    for secret in (typist.app.secret, words, *codes):
        assert secret.encode() not in entries


def test_a_mistyped_code_is_asked_for_again_at_a_terminal(desk, accounts, monkeypatch):
    made, words = accounts.reset_password(accounts.by_name("ana").id), "several plain words of ana"
    accounts.change_password(accounts.by_name("ana").id, made, words)
    asked = []
    monkeypatch.setattr("hushdesk.cli._account_factor.password_of", lambda *_, **__: words)

    def prompt(_text, **_):
        asked.append(accounts.by_name("ana").second_factor)
        return "no code" if len(asked) < 3 else pyotp.TOTP(shown["secret"]).now()

    shown = {}
    monkeypatch.setattr("hushdesk.cli._account_factor.click.prompt", prompt)
    monkeypatch.setattr("hushdesk.cli._account_factor.print_json", shown.update)
    run("second-factor", "ana", "--set-up", "--json", desk=desk)
    assert asked == [False] * 3
    assert accounts.by_name("ana").second_factor
    assert len(shown["recovery_codes"]) == 10


def test_a_second_factor_is_either_set_up_or_removed(desk):
    for given in (["--set-up", "--remove"], ["--password-stdin"]):
        with pytest.raises(HushdeskError, match=r"not both|goes with"):
            run("second-factor", "ana", *given, desk=desk)
    with pytest.raises(HushdeskError, match="nobody can be asked"):
        run("second-factor", "ana", "--set-up", desk=desk)


def test_tokens_are_made_listed_and_revoked(desk, accounts):
    new = json.loads(
        run("token", "create", "ana", "--label", "bi", "--scope", "loads:read", "--json", desk=desk)
    )
    assert accounts.tokens.lookup(new["token"]).scopes == {Permission.LOADS_READ}
    for shown in (run("token", "list", "ana", desk=desk), run("token", "list", "ana", "--json", desk=desk)):
        assert "loads:read" in shown
        assert new["token"] not in shown
    run("token", "revoke", "ana", new["id"], desk=desk)
    assert accounts.tokens.lookup(new["token"]) is None
    with pytest.raises(HushdeskError, match="no live token"):
        run("token", "revoke", "ana", new["id"], desk=desk)
    for scope in ("root", "vault:reveal", "guard:read"):
        with pytest.raises(HushdeskError, match=r"permission|may not carry"):
            run("token", "create", "ana", "--label", "bi", "--scope", scope, desk=desk)


def test_the_record_of_a_desk_takes_what_happened(desk, made):
    run("disable", "ana", desk=desk)
    run("enable", "ana", desk=desk)
    entries = [
        (e.event, e.detail["account"])
        for e in RecordReader(desk / "record").entries()
        if "account" in e.detail
    ]
    assert ("admin:account:disable", "ana") in entries
    assert entries[-1] == ("admin:account:enable", "ana")
    assert all(
        e.who.startswith("cli:")
        for e in RecordReader(desk / "record").entries()
        if e.event.startswith("admin:")
    )


def test_a_provider_is_what_the_settings_say(desk, tmp_path):
    path = desk / "desk.toml"
    written = path.read_text()
    assert provider_of(read_settings(desk), desk) is None
    section = '\n[oidc]\nissuer = "https://login.example.org"\nclient_id = "h"\nroles = { g = "lead" }\n'
    try:
        path.write_text(written + section)
        assert isinstance(provider_of(read_settings(desk), desk), OidcClient)
        inside = desk / "client-secret"
        inside.write_text("a secret")
        inside.chmod(0o600)
        path.write_text(written + section + 'client_secret_file = "client-secret"\n')
        with pytest.raises(DeskError, match="inside the desk"):
            provider_of(read_settings(desk), desk)
        inside.unlink()
    finally:
        path.write_text(written)


def test_asking_for_identities_takes_a_code_too(accounts, tmp_path):
    class Dossier:
        ident, folder = "x", tmp_path

        def step(self, *_, **__):
            """Written down elsewhere."""

    generated, password = accounts.create("officer", Role.PRIVACY_OFFICER), "several plain words of theirs"
    account = accounts.by_name("officer")
    more = {"reason": "letters", "what": "w", "count": 1, "now": 0, "key": bytes(32)}
    accounts.change_password(account.id, generated, password)
    with pytest.raises(SecondFactorMissing):
        _approval.ask(Dossier(), accounts, "officer", password, **more)
    began = accounts.sign_in("officer", password)
    app = pyotp.TOTP(accounts.factors.begin(account, session=began).secret)
    _, session = accounts.factors.confirm(account, app.now(), session=began)
    codes = accounts.factors.new_codes(accounts.by_name("officer"))
    for code in ("", "000"):
        with pytest.raises(SignInRefused):
            _approval.ask(Dossier(), accounts, "officer", password, **more, code=code)
    assert (
        _approval.ask(Dossier(), accounts, "officer", password, **more, code=codes[0]).asked_by == "officer"
    )
    assert accounts.identify(session.secret) is not None


def test_two_officers_are_two_accounts_with_passwords_of_their_own(accounts, tmp_path):
    class Dossier:
        ident, folder = "x", tmp_path

        def step(self, *_, **__):
            """Written down elsewhere."""

    accounts.settings = SignInSettings(second_factor=())
    words, key, ids = "several plain words of theirs", bytes(32), {}
    for name in ("asks", "agrees"):
        generated = accounts.create(name, Role.PRIVACY_OFFICER)
        ids[name] = accounts.by_name(name).id
        if name == "asks":
            accounts.change_password(ids[name], generated, words)
    _approval.ask(Dossier(), accounts, "asks", words, reason="art. 34", what="w", count=1, now=1, key=key)

    def agree(name, password, now=2):
        return _approval.agree(Dossier(), accounts, name, password, what="w", now=now, key=key)

    for spelled in ("asks", "ASKS ", "\N{FULLWIDTH LATIN SMALL LETTER A}sks"):
        with pytest.raises((NotApprovedError, SignInRefused)):
            agree(spelled, words)
    with pytest.raises(NotApprovedError, match="made for it"):
        agree("agrees", generated)
    accounts.change_password(ids["agrees"], generated, words)
    with pytest.raises(NotApprovedError, match="more than a week"):
        agree("agrees", words, now=2 + _approval.VALID)
    accounts.disable(ids["asks"])
    with pytest.raises(NotApprovedError, match="disabled"):
        agree("agrees", words)
    accounts.enable(ids["asks"])
    agreed = agree("agrees", words)
    assert (agreed.asked_id, agreed.agreed_id) == (ids["asks"], ids["agrees"])
    _approval.must_hold(Dossier(), accounts, "w", 3, key)
    # Whoever has been made something else meanwhile is no officer any more.
    accounts.set_role(ids["agrees"], Role.LEAD)
    with pytest.raises(NotApprovedError, match="another role"):
        _approval.must_hold(Dossier(), accounts, "w", 3, key)


NEW = "seven grey herons stand"


def change(desk, *lines):
    return typed(
        "password", "ana", "--password-stdin", desk=desk, text="".join(f"{line}\n" for line in lines)
    )


def test_the_owner_replaces_the_password_that_was_made_for_the_account(desk, accounts):
    ana = accounts.by_name("ana").id
    made = accounts.reset_password(ana)
    session = accounts.sessions.create(ana).secret
    said = change(desk, made, NEW)
    assert said == "ana has a new password, and no session any more.\n"
    assert NEW not in said
    assert accounts.identify(session) is None
    assert not accounts.by_name("ana").must_change_password
    assert accounts.verify("ana", NEW).id == ana
    with pytest.raises(SignInRefused):
        change(desk, made, "another quite long one")
    with pytest.raises(PasswordTooWeak):
        change(desk, NEW, "short")
    assert accounts.verify("ana", NEW).id == ana
    assert not accounts.sessions.list(ana)
    with pytest.raises(UsageError, match="--password-stdin"):
        run("password", "ana", desk=desk)


def test_a_new_password_takes_a_code_where_there_is_a_second_factor(desk, accounts):
    account = accounts.by_name("ana")
    made = accounts.reset_password(account.id)
    session = accounts.sessions.create(account.id).secret
    app = pyotp.TOTP(accounts.factors.begin(account, session=session).secret)
    recovery, _ = accounts.factors.confirm(account, app.at(int(time.time()) - 30), session=session)
    for wrong in ("", "000000"):
        with pytest.raises(SignInRefused):
            change(desk, made, wrong, NEW)
    change(desk, made, recovery[0], NEW)
    assert accounts.verify("ana", NEW, app.now()).id == account.id
    with pytest.raises(SignInRefused):
        change(desk, "nobody knows this one", app.now(), NEW)
