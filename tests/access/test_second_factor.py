"""Second factors: a code counts once, guesses count together with passwords, nothing of them is in the file."""

from __future__ import annotations

import pyotp
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hushdesk.access import (
    Accounts,
    AdministrationError,
    AuditEvent,
    NewSession,
    Role,
    SecondFactorError,
    SecondFactorMissing,
    SecondStep,
    SignInRefused,
)
from hushdesk.access._pending import LASTS, TRIES

KEY = bytes(range(32))


@pytest.fixture
def accounts(tmp_path, clock, events, cheap):
    listener = lambda event, account: events.append((event, account))  # noqa: E731
    path = tmp_path / "accounts.sqlite"
    with Accounts(path, hasher=cheap, clock=clock, on_event=listener, key=KEY) as made:
        yield made


class Holder:
    """Somebody with an app."""

    def __init__(self, accounts, clock, name="ada", role=Role.LEAD):
        self.accounts, self.clock, self.name = accounts, clock, name
        self.password = accounts.create(name, role)
        self.id = accounts.by_name(name).id
        session = accounts.begin(name, self.password)
        self.app = pyotp.TOTP(accounts.factors.begin(self.account, session=session.secret).secret)
        self.recovery, self.session = accounts.factors.confirm(
            self.account, self.code(), session=session.secret
        )
        clock.now += 60

    @property
    def account(self):
        return self.accounts.get(self.id)

    def code(self, ahead=0):
        return self.app.at(int(self.clock.now) + 30 * ahead)

    def wrong(self):
        right = {self.code(step) for step in (-1, 0, 1)}
        return next(code for code in ("000000", "111111", "222222", "333333") if code not in right)

    def step(self):
        return self.accounts.begin(self.name, self.password)


@pytest.fixture
def ada(accounts, clock):
    return Holder(accounts, clock)


def test_a_password_alone_begins_no_session(accounts, ada):
    step = ada.step()
    assert isinstance(step, SecondStep)
    assert accounts.sign_in("ada", ada.password) is None
    with pytest.raises(SignInRefused):
        accounts.verify("ada", ada.password)
    with pytest.raises(LookupError):
        accounts.sessions.create(ada.id, method="password")
    assert accounts.verify("ada", ada.password, ada.code()).name == "ada"


@pytest.mark.parametrize("role", list(Role))
def test_a_role_that_must_have_a_factor_proves_nothing_by_a_password_alone(accounts, clock, events, role):
    password = accounts.create("ada", role)
    ada = accounts.by_name("ada")
    if not accounts.must_enrol(ada):
        assert accounts.verify("ada", password).id == accounts.check_password("ada", password).id == ada.id
        return
    for way in (accounts.verify, accounts.check_password):
        # Whoever does not have the password is not told what is missing.
        with pytest.raises(SignInRefused):
            way("ada", "guess")
        del events[:]
        with pytest.raises(SecondFactorMissing, match="--set-up"):
            way("ada", password)
        assert events == [(AuditEvent.ACCOUNT_SECOND_FACTOR_MISSING, ada.id)]
        with pytest.raises(SecondFactorMissing):
            way("ada", password, *["123456"] * (way == accounts.verify))
    assert accounts.get(ada.id).signed_in_at is None
    # Nor does it end the count of guesses: two were wrong, the fifth is the last that is free.
    for _ in range(3):
        with pytest.raises(SignInRefused):
            accounts.verify("ada", "guess")
    with pytest.raises(SignInRefused) as locked:
        accounts.verify("ada", password)
    assert locked.value.retry_after


def enrolled(accounts, clock, password="several plain words of ada"):
    made = accounts.create("ada", Role.PRIVACY_OFFICER, must_change=False)
    accounts.change_password(accounts.by_name("ada").id, made, password)
    return accounts.enrol("ada", password), password


def test_a_factor_is_set_up_without_a_session_by_who_has_the_password(accounts, clock):
    offered, password = enrolled(accounts, clock)
    before = list(accounts._db._db.iterdump())
    assert accounts.enrol("ada", password).app.secret != offered.app.secret
    assert list(accounts._db._db.iterdump()) == before
    for shown in (repr(offered), str(offered)):
        assert offered.app.secret not in shown
        assert offered.offer not in shown
    app = pyotp.TOTP(offered.app.secret)
    session = accounts.begin("ada", password).secret
    codes = accounts.factors.accept(offered, app.at(int(clock.now)))
    assert accounts.identify(session) is None
    assert accounts.verify("ada", password, codes[0]).name == "ada"
    with pytest.raises(SignInRefused):
        # Its first code was used up.
        accounts.verify("ada", password, app.at(int(clock.now)))
    with pytest.raises(SecondFactorError, match="already"):
        accounts.factors.accept(offered, app.at(int(clock.now) + 30))
    with pytest.raises(SecondFactorError, match="already"):
        accounts.enrol("ada", password)


@pytest.mark.parametrize("what", ["disable", "password", "reset"])
def test_an_offer_ends_with_the_password_that_it_was_made_for(accounts, clock, what):
    offered, password = enrolled(accounts, clock)
    clock.now += 1
    ada = offered.account.id
    if what == "disable":
        accounts.disable(ada)
    elif what == "password":
        accounts.change_password(ada, password, "other plain words of ada")
    else:
        accounts.reset_password(ada)
    with pytest.raises(SignInRefused):
        accounts.factors.accept(offered, pyotp.TOTP(offered.app.secret).at(int(clock.now)))
    assert not accounts.get(ada).second_factor
    assert accounts.factors.state(ada).recovery_left == 0


def test_guesses_at_an_offer_count_together_with_passwords(accounts, clock):
    offered, password = enrolled(accounts, clock)
    for _ in range(5):
        with pytest.raises(SignInRefused):
            accounts.factors.accept(offered, "no code")
    with pytest.raises(SignInRefused) as locked:
        accounts.factors.accept(offered, pyotp.TOTP(offered.app.secret).at(int(clock.now)))
    assert locked.value.retry_after
    with pytest.raises(SignInRefused):
        accounts.enrol("ada", password)


def test_whoever_made_an_account_sets_up_no_factor_for_it(accounts):
    password = accounts.create("ada", Role.PRIVACY_OFFICER)
    with pytest.raises(SecondFactorError, match="password of your own"):
        accounts.enrol("ada", password)


def test_the_database_itself_refuses_a_session_by_password_alone(accounts, ada):
    db = accounts._db
    for sql in (
        "INSERT INTO session VALUES (x'00', 1, 'password', 0, 0, 9e9)",
        "UPDATE session SET method = 'password'",
    ):
        with pytest.raises(Exception, match="second factor"):
            db.execute(sql)


def test_a_session_by_password_ends_when_a_factor_is_added(accounts, clock):
    password = accounts.create("ada", Role.LEAD)
    elsewhere = accounts.sign_in("ada", password)
    here = accounts.sign_in("ada", password)
    account = accounts.by_name("ada")
    app = pyotp.TOTP(accounts.factors.begin(account, session=here).secret)
    _, renewed = accounts.factors.confirm(account, app.at(int(clock.now)), session=here)
    assert accounts.identify(elsewhere) is None
    assert accounts.identify(here) is None
    assert accounts.identify(renewed.secret).method == "password+totp"
    assert accounts.get(account.id).second_factor


def test_an_enrolment_counts_from_its_first_code_on(accounts, clock):
    password = accounts.create("ada", Role.LEAD)
    account = accounts.by_name("ada")
    secret = accounts.sign_in("ada", password)
    before = list(accounts._db._db.iterdump())
    first = accounts.factors.begin(account, session=secret)
    assert accounts.factors.begin(account, session=secret) == first
    # Looking is not writing: nothing is kept before the first code.
    assert list(accounts._db._db.iterdump()) == before
    assert first.uri.startswith("otpauth://totp/Hushdesk:ada?")
    assert len(first.secret) == 32
    assert isinstance(accounts.begin("ada", password), NewSession)
    with pytest.raises(SignInRefused):
        accounts.factors.confirm(account, "abc", session=secret)
    assert isinstance(accounts.begin("ada", password), NewSession)
    elsewhere = accounts.sign_in("ada", password)
    assert accounts.factors.begin(account, session=elsewhere) != first
    # What was offered to one session is not confirmed by another.
    with pytest.raises(SignInRefused):
        accounts.factors.confirm(account, pyotp.TOTP(first.secret).at(int(clock.now)), session=elsewhere)
    app = pyotp.TOTP(first.secret)
    codes, _ = accounts.factors.confirm(account, app.at(int(clock.now)), session=secret)
    assert len(set(codes)) == 10
    with pytest.raises(SecondFactorError, match="already"):
        accounts.factors.begin(accounts.get(account.id), session=secret)
    with pytest.raises(SecondFactorError):
        accounts.factors.confirm(account, app.at(int(clock.now) + 30), session=secret)


@pytest.mark.parametrize(("ahead", "right"), [(-2, False), (-1, True), (0, True), (1, True), (2, False)])
def test_a_code_may_be_one_step_early_or_late(accounts, ada, ahead, right):
    step = ada.step()
    if right:
        assert accounts.finish(step.secret, ada.code(ahead)).session.method == "password+totp"
    else:
        with pytest.raises(SignInRefused):
            accounts.finish(step.secret, ada.code(ahead))


def test_a_code_counts_once_and_older_ones_no_more(accounts, ada):
    code, before = ada.code(), ada.code(-1)
    accounts.finish(ada.step().secret, code)
    for used in (code, before):
        with pytest.raises(SignInRefused):
            accounts.finish(ada.step().secret, used)
    accounts.finish(ada.step().secret, ada.code(1))


def test_the_code_that_confirmed_does_not_sign_in(accounts, clock):
    ada = Holder(accounts, clock)
    clock.now -= 60
    with pytest.raises(SignInRefused):
        accounts.finish(ada.step().secret, ada.code())


def test_a_recovery_code_counts_once_however_it_is_typed(accounts, ada):
    code = ada.recovery[0]
    assert len(code.replace("-", "")) == 12  # of 32 characters: 60 bits
    session = accounts.finish(ada.step().secret, f" {code.upper().replace('-', ' ').replace('0', 'O')} ")
    assert session.session.method == "password+recovery"
    with pytest.raises(SignInRefused):
        accounts.finish(ada.step().secret, code)
    assert accounts.factors.state(ada.id).recovery_left == 9
    new = accounts.factors.new_codes(ada.account)
    with pytest.raises(SignInRefused):
        accounts.finish(ada.step().secret, ada.recovery[1])
    accounts.finish(ada.step().secret, new[0])


def test_codes_belong_to_one_account(accounts, ada, clock):
    bob = Holder(accounts, clock, "bob")
    clock.now += 60
    for code in (ada.code(), ada.recovery[0]):
        with pytest.raises(SignInRefused):
            accounts.finish(bob.step().secret, code)
    # A row that was moved does not open.
    accounts._db.execute("DELETE FROM totp WHERE account = ?", bob.id)
    accounts._db.execute("UPDATE totp SET account = ?", bob.id)
    with pytest.raises(SecondFactorError):
        accounts.factors.use(bob.account, ada.code())


def test_wrong_codes_lock_and_the_right_password_does_not_unlock(accounts, ada, clock):
    for _ in range(5):
        with pytest.raises(SignInRefused):
            accounts.finish(ada.step().secret, ada.wrong())
    with pytest.raises(SignInRefused) as caught:
        accounts.begin("ada", ada.password)
    assert caught.value.retry_after == 15
    waits = []
    for _ in range(3):
        clock.now += 900
        step = ada.step()
        with pytest.raises(SignInRefused) as caught:
            accounts.finish(step.secret, ada.wrong())
        waits.append(caught.value.retry_after)
    assert waits == [30, 60, 120]
    clock.now += 900
    accounts.finish(ada.step().secret, ada.code())
    with pytest.raises(SignInRefused) as caught:
        accounts.finish(ada.step().secret, ada.wrong())
    assert caught.value.retry_after == 0


def test_wrong_passwords_and_wrong_codes_count_together(accounts, ada):
    for _ in range(3):
        with pytest.raises(SignInRefused):
            accounts.begin("ada", "wrong")
    with pytest.raises(SignInRefused):
        accounts.finish(ada.step().secret, ada.wrong())
    with pytest.raises(SignInRefused) as caught:
        accounts.finish(ada.step().secret, ada.wrong())
    assert caught.value.retry_after == 15


def test_the_wait_for_a_code_ends(accounts, ada, clock):
    step = ada.step()
    clock.now += LASTS
    with pytest.raises(LookupError):
        accounts.finish(step.secret, ada.code())
    step = ada.step()
    accounts.finish(step.secret, ada.code())
    with pytest.raises(LookupError):
        accounts.finish(step.secret, ada.code(1))
    for made_up in ("", "x" * 43, accounts.sign_in("ada", ada.password, ada.code(1)) or ""):
        with pytest.raises(LookupError):
            accounts.finish(made_up, ada.code())


def test_after_some_wrong_codes_the_password_is_asked_for_again(accounts, ada):
    step = ada.step()
    for _ in range(TRIES):
        with pytest.raises(SignInRefused):
            accounts.finish(step.secret, ada.wrong())
    assert not accounts.waits_for_code(step.secret)


@pytest.mark.parametrize("what", ["disable", "reset"])
def test_a_wait_for_a_code_ends_with_what_it_stood_on(accounts, ada, what):
    step = ada.step()
    accounts.disable(ada.id) if what == "disable" else accounts.reset_password(ada.id)
    with pytest.raises(LookupError):
        accounts.finish(step.secret, ada.code())


def test_an_account_without_a_factor_costs_the_second_step_the_same(accounts, ada, monkeypatch):
    accounts.create("bob", Role.VIEWER)
    counted = []
    real = pyotp.TOTP.generate_otp
    monkeypatch.setattr(pyotp.TOTP, "generate_otp", lambda self, at: counted.append(at) or real(self, at))
    told = []
    for name in ("ada", "bob"):
        counted.clear()
        with pytest.raises(SignInRefused) as caught:
            accounts.factors.use(accounts.by_name(name), "123")
        told.append((len(counted), str(caught.value)))
    assert told[0] == told[1]
    assert told[0][0] == 3


def test_giving_up_ones_factor_needs_a_code_of_it(accounts, ada):
    with pytest.raises(SignInRefused):
        accounts.factors.give_up(ada.account, ada.wrong(), session=ada.session.secret)
    assert ada.account.second_factor
    renewed = accounts.factors.give_up(ada.account, ada.code(), session=ada.session.secret)
    assert accounts.identify(ada.session.secret) is None
    assert accounts.identify(renewed.secret).method == "password"
    assert isinstance(accounts.begin("ada", ada.password), NewSession)


def test_taking_a_factor_away_ends_everything(accounts, ada, events):
    accounts.factors.take_away(ada.id)
    assert accounts.identify(ada.session.secret) is None
    assert accounts.factors.state(ada.id) == type(accounts.factors.state(ada.id))(None, 0)
    assert (AuditEvent.ADMIN_SECOND_FACTOR_REMOVE, ada.id) in events
    with pytest.raises(AdministrationError):
        accounts.factors.take_away(ada.id)


def test_roles_that_need_one_are_told(accounts, ada):
    for role in Role:
        accounts.create(f"x-{role.value}", role)
    must = {one.role for one in accounts.all() if accounts.must_enrol(one)}
    assert must == {Role.ADMIN, Role.OPERATOR, Role.PRIVACY_OFFICER}
    accounts.set_role(ada.id, Role.ADMIN)
    assert not accounts.must_enrol(ada.account)
    accounts.factors.take_away(ada.id)
    assert accounts.must_enrol(ada.account)


def test_nothing_of_a_factor_is_in_the_file(accounts, ada, tmp_path):
    import base64
    import hashlib

    on_disk = b"".join(path.read_bytes() for path in tmp_path.iterdir())
    secret = ada.app.secret
    assert secret.encode() not in on_disk
    assert base64.b32decode(secret) not in on_disk
    for code in ada.recovery:
        bare = code.replace("-", "").encode()
        for form in (
            code.encode(),
            bare,
            hashlib.sha256(bare).digest(),
            hashlib.sha256(code.encode()).digest(),
        ):
            assert form not in on_disk
    shown = repr((accounts.factors, accounts._pending, ada.step(), ada.session))
    assert secret not in shown


def test_without_the_key_or_with_another_no_factor_opens(accounts, ada, tmp_path, cheap, clock):
    for key in (None, bytes(32)):
        with Accounts(tmp_path / "accounts.sqlite", hasher=cheap, clock=clock, key=key) as others:
            with pytest.raises(SecondFactorError):
                others.verify("ada", ada.password, ada.code())
            assert others.factors.available is (key is not None)
    with pytest.raises(ValueError):
        Accounts(tmp_path / "accounts.sqlite", hasher=cheap, key=b"short")


@settings(max_examples=20, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(code=st.text(max_size=80))
def test_no_text_is_taken_for_a_code(accounts, ada, code):
    ada.accounts._lockout.clear("ada")
    with pytest.raises(SignInRefused):
        accounts.factors.use(ada.account, code)
