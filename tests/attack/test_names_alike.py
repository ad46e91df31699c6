"""Nobody learns from an answer which accounts there are: the same bytes, the same status, the same work, whatever was wrong."""

from __future__ import annotations

import inspect
import itertools
import re

import pytest

from hushdesk.access import Accounts, Argon2Hasher, Role
from hushdesk.web import create_app

KNOWN = ("known", "disabled", "locked", "newcomer", "factor")
SETTINGS = inspect.signature(Accounts.__init__).parameters
WRONG = "not the password of anybody"


class Counting:
    """A hasher that says how often it was asked, and for which hash."""

    def __init__(self) -> None:
        self.inner = Argon2Hasher(time_cost=1, memory_cost=64)
        self.verified: list[str] = []
        self.hashed = 0

    def hash(self, password: str) -> str:
        self.hashed += 1
        return self.inner.hash(password)

    def verify(self, hashed: str, password: str) -> bool:
        self.verified.append(hashed)
        return self.inner.verify(hashed, password)

    def outdated(self, hashed: str) -> bool:
        return self.inner.outdated(hashed)


class Clock:
    now = 1_700_000_000.0

    def __call__(self) -> float:
        return self.now


class Doors:
    """Pages without a desk: signing in needs none."""

    def __init__(self, folder) -> None:
        from starlette.testclient import TestClient

        self.hasher, self.clock = Counting(), Clock()
        more = {"key": bytes(32)} if "key" in SETTINGS else {}
        self.accounts = Accounts(folder / "accounts.sqlite", hasher=self.hasher, clock=self.clock, **more)
        self.passwords = {
            name: self.accounts.create(name, Role.LEAD, must_change=name == "newcomer") for name in KNOWN
        }
        self.accounts.disable(self.accounts.by_name("disabled").id)
        self.app = create_app(object(), self.accounts)
        self.client = TestClient(self.app, base_url="http://localhost", follow_redirects=False)
        self.names = itertools.count()

    def unknown(self) -> str:
        return f"unknown{next(self.names)}"

    def sign_in(self, name: str, password: str):
        """Status, headers and bytes of an answer, but for tokens and the name that was typed; and what it cost."""
        self.client.cookies.clear()
        form = re.search(r'name="token" value="(\w+)"', self.client.get("/sign-in").text)[1]
        self.hasher.verified.clear()
        self.hasher.hashed = 0
        answer = self.client.post("/sign-in", data={"name": name, "password": password, "token": form})
        text = re.sub(r'(name="(?:token|name)"[^>]*value=)"[^"]*"', r"\1", answer.text)
        headers = sorted(
            (key, value) for key, value in answer.headers.items() if key not in {"date", "content-length"}
        )
        return (answer.status_code, text, headers), (len(self.hasher.verified), self.hasher.hashed)


@pytest.fixture
def doors(tmp_path):
    made = Doors(tmp_path)
    yield made
    made.client.close()
    made.accounts.close()


def test_a_wrong_try_looks_and_costs_the_same_whoever_is_named(doors):
    answers = [doors.sign_in(doors.unknown(), WRONG)]
    answers += [doors.sign_in(name, WRONG) for name in ("known", "newcomer", "disabled", "factor")]
    # Also where the password is right but the account may not sign in.
    answers.append(doors.sign_in("disabled", doors.passwords["disabled"]))
    # Names that cannot be accounts at all.
    answers += [
        doors.sign_in(name, WRONG)
        for name in ("x" * 5_000, "a\0b", "ädmin", "' OR 1=1 --", "known\u200b", "../known")
    ]
    assert {answer[0][0] for answer in answers} == {401}
    assert len({answer[1] for answer in answers}) == 1
    assert answers[0][1] == (1, 0)
    assert len({repr(answer[0]) for answer in answers}) == 1


@pytest.mark.parametrize("password", ["", "x" * 100_000, "\0", "\ud7ff", "p\u0000q", "🔥" * 300])
def test_an_odd_password_costs_one_check_too(doors, password):
    one, other = doors.sign_in("known", password[:20_000]), doors.sign_in(doors.unknown(), password[:20_000])
    assert one == other
    assert one[1] == (1, 0)


def test_locked_names_look_alike_whether_there_is_an_account_or_not(doors):
    seen = {}
    for name in ("locked", "disabled", "nobody-at-all"):
        row = []
        for _ in range(7):
            row.append(doors.sign_in(name, WRONG))
            doors.clock.now += 1
        seen[name] = row
        # Each begins where the others began.
        doors.clock.now = Clock.now
    first = seen.pop("locked")
    assert {status for (status, _, _), _ in first} == {401, 429}
    for name, row in seen.items():
        assert row == first, name
    # While a name is locked the right password says nothing either, and no hash is looked at.
    right = doors.sign_in("locked", doors.passwords["locked"])
    assert right[0][0] == 429
    assert right[1] == (0, 0)
    assert right == doors.sign_in("nobody-at-all", WRONG)


def test_the_case_and_spaces_of_a_name_tell_nothing(doors):
    answers = {repr(doors.sign_in(name, WRONG)) for name in ("Known", " KNOWN ", "unKNOWN9", "\tnobody\n")}
    assert len(answers) == 1


def test_the_work_is_a_hash_of_the_same_cost(doors):
    doors.sign_in("known", WRONG)
    (real,) = doors.hasher.verified
    doors.sign_in(doors.unknown(), WRONG)
    (dummy,) = doors.hasher.verified
    parameters = re.compile(r"\$argon2id\$v=\d+\$m=\d+,t=\d+,p=\d+\$")
    assert parameters.match(real)[0] == parameters.match(dummy)[0]
    assert len(real) == len(dummy)
    assert not doors.hasher.inner.outdated(dummy)


def test_a_token_of_nobody_and_one_that_is_over_look_alike(doors):
    from datetime import timedelta

    from hushdesk.access import Permission

    account = doors.accounts.by_name("known")
    made = [
        doors.accounts.tokens.create(
            account, "t", [Permission.CASES_READ], expires_in=timedelta(minutes=minutes)
        )
        for minutes in (1, 60, 60)
    ]
    doors.accounts.tokens.revoke(account.id, made[1].token.id)
    doors.clock.now += 120
    living = made[2].secret
    tried = [
        made[0].secret,
        made[1].secret,
        living[:-1],
        living + "x",
        living.upper(),
        "hushdesk_" + "A" * 43,
        "",
        "x" * 4_000,
        "hushdesk_",
    ]
    answers = set()
    for secret in tried:
        doors.hasher.verified.clear()
        answer = doors.client.get("/openapi.json", headers={"authorization": f"Bearer {secret}"})
        answers.add((answer.status_code, answer.content, tuple(sorted(answer.headers.items()))))
        assert doors.hasher.verified == []
    assert len(answers) == 1
    assert answers.pop()[0] == 401
    assert doors.client.get("/openapi.json", headers={"authorization": f"Bearer {living}"}).status_code == 200


def test_whoever_resets_a_password_must_be_signed_in(doors):
    """There is no form for a forgotten password, and so none that could say who has an account."""
    for path in (
        "/reset",
        "/password/reset",
        "/forgot",
        "/password/forgotten",
        "/register",
        "/accounts/known",
    ):
        one, other = doors.client.get(path), doors.client.get(path.replace("known", "nobody"))
        assert one.status_code == other.status_code
        # 405: something is posted there, by administrators.
        assert one.status_code in {303, 404, 405}
    answer = doors.client.post("/password", data={"old": WRONG, "new": "x", "again": "x"})
    assert (answer.status_code, answer.headers["location"]) == (303, "/sign-in?next=/password")


def test_a_second_factor_shows_only_behind_the_right_password(doors):
    """With and without one: a wrong password looks and costs the same."""
    import pyotp

    account = doors.accounts.by_name("factor")
    session = doors.accounts.sessions.create(account.id).secret
    enrolment = doors.accounts.factors.begin(account, session=session)
    doors.accounts.factors.confirm(
        account, pyotp.TOTP(enrolment.secret).at(int(doors.clock.now)), session=session
    )
    wrong = [doors.sign_in(name, WRONG) for name in ("factor", "known", doors.unknown(), "disabled")]
    assert {each[0][0] for each in wrong} == {401}
    assert all(each == wrong[0] for each in wrong)
    # Where the form for the code lies tells nothing to who has not given the password.
    assert doors.client.get("/sign-in/code").text.count("factor") == doors.client.get(
        "/sign-in/code"
    ).text.count("known")
    right = doors.sign_in("factor", doors.passwords["factor"])
    assert "hushdesk=" not in dict(right[0][2]).get("set-cookie", "").replace("__Host-", "")
