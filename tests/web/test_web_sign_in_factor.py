"""The second factor on the pages: set up, asked for, bound to the browser, and nothing else before it."""

from __future__ import annotations

import re
import time

import pyotp
import pytest
from starlette.testclient import TestClient

from hushdesk.access import Accounts, Role
from hushdesk.desk import SignInSettings
from hushdesk.web import create_app

PASSWORD = "{} walks over green hills"


def token_of(page: str) -> str:
    return re.search(r'name="token" value="(\w+)"', page)[1]


class Clock:
    """Real time, moved on by a test."""

    def __init__(self):
        self.ahead = 0.0

    def __call__(self):
        return time.time() + self.ahead


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def accounts(double, tmp_path, clock):
    path = tmp_path / "accounts.sqlite"
    settings = SignInSettings(second_factor=("admin", "privacy-officer"))
    with Accounts(
        path, hasher=double.PlainHasher(), key=double.KEY, settings=settings, clock=clock
    ) as accounts:
        for role in (Role.LEAD, Role.ADMIN):
            generated = accounts.create(role.value, role)
            accounts.change_password(
                accounts.by_name(role.value).id, generated, double.password_of(role.value)
            )
        yield accounts


@pytest.fixture
def app(desk, accounts, settings):
    return create_app(desk, accounts, settings)


def browser(app) -> TestClient:
    return TestClient(app, base_url="http://localhost", follow_redirects=False)


def give_password(client, name, **more):
    token = token_of(client.get("/sign-in").text)
    data = {"name": name, "password": PASSWORD.format(name), "token": token, **more}
    return client.post("/sign-in", data=data)


def give_code(client, code, **more):
    token = token_of(client.get("/sign-in/code").text)
    return client.post("/sign-in/code", data={"code": code, "token": token, **more})


class Holder:
    """Somebody who sets up a factor on the page."""

    def __init__(self, app, clock, name):
        self.clock = clock
        self.client = browser(app)
        assert give_password(self.client, name).status_code == 303
        page = self.client.get("/second-factor").text
        secret = re.search(r'<code class="secret">([A-Z2-7 ]+)</code>', page)[1].replace(" ", "")
        self.app = pyotp.TOTP(secret)
        self.before = self.client.cookies["hushdesk"]
        self.confirmed = self.client.post(
            "/second-factor", data={"code": self.code(), "token": token_of(page)}
        )
        self.recovery = re.findall(r"<li><code>([0-9a-z-]{14})</code>", self.confirmed.text)
        clock.ahead += 60

    def code(self):
        return self.app.at(int(self.clock()))


@pytest.fixture
def lead(app, clock):
    holder = Holder(app, clock, "lead")
    yield holder
    holder.client.close()


def test_setting_up_shows_a_code_to_scan_and_recovery_codes_once(lead, accounts):
    assert lead.confirmed.status_code == 200
    assert len(set(lead.recovery)) == 10
    assert lead.confirmed.headers["cache-control"] == "no-store"
    # The session has a new id, and the page that follows has its forms.
    assert lead.client.cookies["hushdesk"] != lead.before
    assert accounts.identify(lead.before) is None
    after = lead.client.post("/sign-out", data={"token": token_of(lead.confirmed.text)})
    assert after.headers["location"] == "/sign-in"


def test_the_picture_is_that_of_the_secret():
    from hushdesk.web._views_factor import qr

    side, dark = qr("otpauth://totp/x")
    dots = re.findall(r"M(\d+) (\d+)h1v1h-1z", dark)
    assert "".join(f"M{x} {y}h1v1h-1z" for x, y in dots) == dark
    assert all(4 <= int(at) < side - 4 for dot in dots for at in dot)
    # The finder pattern of the upper left corner.
    assert {("4", "4"), ("10", "10"), ("6", "6")} <= set(dots)
    assert ("5", "5") not in dots
    assert qr("otpauth://totp/y")[1] != dark


def test_signing_in_takes_two_steps(app, lead):
    with browser(app) as client:
        answer = give_password(client, "lead", next="/loads")
        assert (answer.status_code, answer.headers["location"]) == (303, "/sign-in/code?next=/loads")
        assert "hushdesk" not in client.cookies
        cookie = answer.headers["set-cookie"]
        for part in ("hushdesk-step=", "HttpOnly", "SameSite=strict", "Max-Age=300"):
            assert part in cookie
        for path in ("/loads", "/cases", "/account", "/second-factor"):
            assert client.get(path).headers["location"].startswith("/sign-in")
        step = client.cookies["hushdesk-step"]
        answer = give_code(client, lead.code(), next="/loads")
        assert (answer.status_code, answer.headers["location"]) == (303, "/loads")
        assert client.get("/loads").status_code == 200
        assert client.cookies["hushdesk"] != step
        assert "hushdesk-step" not in client.cookies


def test_the_step_is_no_session_and_the_session_no_step(app, lead, accounts):
    with browser(app) as client:
        give_password(client, "lead")
        step = client.cookies["hushdesk-step"]
        client.cookies.set("hushdesk", step)
        assert client.get("/cases").status_code == 303
        assert accounts.identify(step) is None
        assert not accounts.waits_for_code(lead.client.cookies["hushdesk"])


def test_a_code_needs_the_browser_that_gave_the_password(app, lead):
    with browser(app) as client, browser(app) as other:
        give_password(client, "lead")
        assert other.get("/sign-in/code").headers["location"] == "/sign-in"
        token = token_of(other.get("/sign-in").text)
        answer = other.post("/sign-in/code", data={"code": lead.code(), "token": token})
        assert answer.status_code == 401
        assert "hushdesk" not in other.cookies
        # Nor does a form of another site do.
        token = token_of(client.get("/sign-in/code").text)
        data = {"code": lead.code(), "token": token}
        foreign = client.post("/sign-in/code", data=data, headers={"sec-fetch-site": "cross-site"})
        assert foreign.status_code == 403
        assert client.post("/sign-in/code", data={**data, "token": "0"}).status_code == 403
        assert client.post("/sign-in/code", data=data).status_code == 303


def test_a_code_counts_once(app, lead):
    code = lead.code()
    with browser(app) as client:
        give_password(client, "lead")
        assert give_code(client, code).status_code == 303
    with browser(app) as client:
        give_password(client, "lead")
        answer = give_code(client, code)
        assert answer.status_code == 401
        assert "wrong, or was used already" in answer.text
        assert give_code(client, lead.recovery[0]).status_code == 303


def test_guessing_codes_is_slowed_down_and_ends(app, lead):
    with browser(app) as client:
        give_password(client, "lead")
        codes = [give_code(client, "12345").status_code for _ in range(5)]
        assert codes == [401, 401, 401, 401, 429]
        assert client.get("/sign-in/code").headers["location"] == "/sign-in"
        assert give_password(client, "lead").status_code == 429


def test_who_must_have_a_factor_does_nothing_before(app, accounts, clock):
    with browser(app) as client:
        assert give_password(client, "admin").status_code == 303
        for path in ("/", "/status", "/accounts", "/account", "/help"):
            assert client.get(path).headers["location"] == "/second-factor"
        answer = client.get("/status.json")
        assert answer.status_code == 403
        assert "second factor" in answer.json()["error"]["problem"]
        token = token_of(client.get("/second-factor").text)
        answer = client.post("/accounts", data={"name": "eve", "role": "lead", "token": token})
        assert answer.headers["location"] == "/second-factor"
        assert [one.name for one in accounts.all()] == ["admin", "lead"]
    admin = Holder(app, clock, "admin")
    assert admin.client.get("/accounts").status_code == 200
    admin.client.close()


def test_tokens_of_who_must_have_a_factor_wait_too(app, accounts):
    from datetime import timedelta

    from hushdesk.access import Permission

    admin = accounts.by_name("admin")
    made = accounts.tokens.create(admin, "x", [Permission.DESK_STATUS], expires_in=timedelta(days=1))
    with browser(app) as client:
        headers = {"authorization": f"Bearer {made.secret}"}
        assert client.get("/status.json", headers=headers).status_code == 403


def test_new_codes_and_removal_need_a_code(app, lead, accounts):
    client = lead.client
    for path in ("/second-factor/codes", "/second-factor/remove"):
        token = token_of(client.get("/second-factor").text)
        assert client.post(path, data={"code": "12345", "token": token}).status_code == 401
        assert client.post(path, data={"code": lead.recovery[0], "token": "0"}).status_code == 403
    token = token_of(client.get("/second-factor").text)
    answer = client.post("/second-factor/codes", data={"code": lead.recovery[0], "token": token})
    assert (
        len(set(re.findall(r"[0-9a-z]{4}-[0-9a-z]{4}-[0-9a-z]{4}", answer.text)) - set(lead.recovery)) == 10
    )
    answer = client.post("/second-factor/remove", data={"code": lead.code(), "token": token})
    assert answer.headers["location"] == "/account"
    assert "Set one up" in client.get("/account").text
    assert not accounts.by_name("lead").second_factor


def test_a_desk_without_keys_says_so(double, tmp_path, desk):
    with Accounts(tmp_path / "n.sqlite", hasher=double.PlainHasher()) as accounts:
        generated = accounts.create("admin", Role.ADMIN)
        accounts.change_password(accounts.by_name("admin").id, generated, PASSWORD.format("admin"))
        with browser(create_app(desk, accounts)) as client:
            give_password(client, "admin")
            page = client.get("/second-factor")
            assert "without the desk" in page.text
            assert "qr" not in page.text.partition("<main")[2]
