from __future__ import annotations

import re
from datetime import timedelta

import pytest
from starlette.testclient import TestClient

from hushdesk.access import Permission, Role
from hushdesk.web import WebSettings, create_app
from hushdesk.web._limits import RateLimit
from hushdesk.web._views_sign import local_path

LEAD = "lead walks over green hills"


def post(client, token, name="lead", password=LEAD, **more):
    return client.post("/sign-in", data={"name": name, "password": password, "token": token, **more})


def test_a_session_that_has_ended_is_told_once_and_leads_back(signed_in, accounts):
    client = signed_in("analyst")
    accounts.end_sessions(accounts.by_name("analyst").id)
    answer = client.post("/account/tokens", data={"label": "x"})
    assert (answer.status_code, answer.headers["location"]) == (303, "/sign-in?next=/account")
    page = client.get(answer.headers["location"])
    assert "Your session has ended" in page.text
    assert 'name="next" value="/account"' in page.text
    assert "Your session has ended" not in client.get("/sign-in").text
    assert client.get("/cases").headers["location"] == "/sign-in?next=/cases"


def test_a_page_sends_strangers_to_sign_in_and_back(client, form_token):
    answer = client.get("/cases?q=router&page=2")
    assert answer.status_code == 303
    assert answer.headers["location"] == "/sign-in?next=/cases%3Fq%3Drouter%26page%3D2"
    form = client.get(answer.headers["location"]).text
    assert 'name="next" value="/cases?q=router&amp;page=2"' in form
    answer = post(client, form_token(client), next="/cases?q=router&page=2")
    assert (answer.status_code, answer.headers["location"]) == (303, "/cases?q=router&page=2")
    assert client.get("/cases").status_code == 200


def test_programs_get_401_and_no_redirect(client):
    for path in ("/cases.json", "/cases.csv", "/loads.json", "/openapi.json"):
        answer = client.get(path)
        assert answer.status_code == 401
        assert answer.json() == {"error": {"problem": "Sign in first.", "remedy": ""}}


@pytest.mark.parametrize(("name", "password"), [("lead", "wrong"), ("nobody", LEAD), ("", ""), ("lead", "")])
def test_wrong_name_and_wrong_password_look_alike(client, form_token, name, password):
    answer = post(client, form_token(client), name, password)
    assert answer.status_code == 401
    assert "Account name or password is wrong." in answer.text
    assert "set-cookie" not in answer.headers
    assert client.get("/cases").status_code == 303


def test_sign_in_needs_the_token_of_this_browser(app, client, form_token):
    assert post(client, "").status_code == 403
    with TestClient(app, base_url="http://localhost", follow_redirects=False) as other:
        foreign = form_token(other)
    form_token(client)
    assert post(client, foreign).status_code == 403
    assert client.get("/cases").status_code == 303


def test_sign_in_posted_by_another_site_is_refused(client, form_token):
    token = form_token(client)
    data = {"name": "lead", "password": LEAD, "token": token}
    assert client.post("/sign-in", data=data, headers={"sec-fetch-site": "cross-site"}).status_code == 403
    assert client.post("/sign-in", data=data, headers={"sec-fetch-site": "same-origin"}).status_code == 303


def test_cookie_is_out_of_reach_for_scripts_and_sites(client, form_token):
    cookie = post(client, form_token(client)).headers["set-cookie"]
    assert cookie.startswith("hushdesk=")
    for part in ("HttpOnly", "SameSite=strict", "Path=/"):
        assert part in cookie
    assert "Domain" not in cookie


def test_over_tls_cookies_are_secure_and_bound_to_the_host(app):
    with TestClient(app, base_url="https://localhost", follow_redirects=False) as client:
        form = client.get("/sign-in")
        assert form.headers["strict-transport-security"]
        token = re.search(r'name="token" value="(\w+)"', form.text)[1]
        cookie = post(client, token).headers["set-cookie"]
        assert cookie.startswith("__Host-hushdesk=")
        assert "Secure" in cookie
        assert client.get("/cases").status_code == 200


def form_token_of(page: str) -> str:
    return re.search(r'name="token" value="(\w+)"', page)[1]


def test_signing_out_ends_the_session_at_the_server(signed_in, accounts):
    client = signed_in("lead")
    cookie = client.cookies["hushdesk"]
    token = form_token_of(client.get("/cases").text)
    assert client.post("/sign-out", data={"token": "0" * 64}).status_code == 403
    assert (
        client.post("/sign-out", data={"token": token}, headers={"sec-fetch-site": "cross-site"}).status_code
        == 403
    )
    assert client.get("/cases").status_code == 200
    answer = client.post("/sign-out", data={"token": token})
    assert (answer.status_code, answer.headers["location"]) == (303, "/sign-in")
    assert accounts.sessions.lookup(cookie) is None
    client.cookies.set("hushdesk", cookie)
    assert client.get("/cases").status_code == 303


def test_signing_in_again_ends_the_older_session(signed_in, accounts, form_token):
    client = signed_in("lead")
    old = client.cookies["hushdesk"]
    # The form itself sends the signed-in away, so its token is fetched without the session.
    client.cookies.delete("hushdesk")
    token = form_token(client)
    client.cookies.set("hushdesk", old)
    assert post(client, token).status_code == 303
    assert accounts.sessions.lookup(old) is None


def test_guessing_at_one_name_is_slowed_down(client, form_token):
    token = form_token(client)
    codes = [post(client, token, password="wrong").status_code for _ in range(6)]
    assert codes[:4] == [401] * 4
    assert codes[-1] == 429
    answer = post(client, token)
    assert answer.status_code == 429
    assert int(answer.headers["retry-after"]) > 0
    assert "Too many tries" in answer.text
    assert post(client, token, "viewer", "viewer walks over green hills").status_code == 303


def test_guessing_at_many_names_is_slowed_down(desk, accounts):
    app = create_app(desk, accounts, WebSettings(sign_in_tries=3))
    with TestClient(app, base_url="http://localhost", follow_redirects=False) as client:
        token = form_token_of(client.get("/sign-in").text)
        assert [post(client, token, f"n{i}").status_code for i in range(5)] == [401, 401, 401, 429, 429]
        assert post(client, token).status_code == 429


def test_a_generated_password_must_be_changed_before_anything_else(client, accounts, form_token):
    generated = accounts.create("fresh", Role.ANALYST)
    assert post(client, form_token(client), "fresh", generated).status_code == 303
    assert client.get("/cases").headers["location"] == "/password"
    answer = client.get("/cases.json")
    assert answer.status_code == 403
    assert "password" in answer.json()["error"]["problem"]
    page = client.get("/password")
    assert page.status_code == 200
    data = {"old": generated, "new": "five boats on a lake", "again": "five boats on a lake"}
    assert client.post("/password", data={**data, "token": "0"}).status_code == 403
    data["token"] = form_token_of(page.text)
    assert client.post("/password", data={**data, "again": "other"}).status_code == 400
    assert client.post("/password", data={**data, "new": "short", "again": "short"}).status_code == 400
    assert client.post("/password", data={**data, "old": "wrong"}).status_code == 401
    assert client.post("/password", data=data).status_code == 303
    assert client.get("/cases").status_code == 200


def test_a_program_signs_in_with_a_token_within_its_scopes(client, accounts):
    account = accounts.by_name("analyst")
    secret = accounts.tokens.create(
        account, "report", [Permission.CASES_SEARCH], expires_in=timedelta(days=1)
    ).secret
    headers = {"authorization": f"Bearer {secret}"}
    assert client.get("/cases.json", headers=headers).status_code == 200
    assert client.get("/cases.csv", headers=headers).status_code == 403
    assert client.get("/cases", headers=headers).status_code == 303
    assert client.get("/cases.json", headers={"authorization": "Bearer hushdesk_wrong"}).status_code == 401


def test_rate_limit_forgets_after_its_window():
    now = [0.0]
    limit = RateLimit(10, clock=lambda: now[0])
    limit.fail(["a"])
    now[0] = 4
    limit.fail(["a", "b"])
    assert limit.wait([("a", 2), ("b", 2)]) == pytest.approx(6)
    now[0] = 10.5
    assert limit.wait([("a", 2)]) == 0
    limit.clear("a")
    assert limit.wait([("a", 1)]) == 0


@pytest.mark.parametrize(
    "text",
    [
        "https://evil.example/",
        "//evil.example",
        "/\\evil.example",
        "\\\\evil",
        "javascript:alert(1)",
        "",
        "/a\nb",
        "/sign-out",
        "/x" * 3000,
    ],
)
def test_the_way_back_stays_on_this_desk(text):
    assert local_path(text) == "/"


def test_the_way_back_keeps_a_search():
    assert (
        local_path("/cases?q=%22a%20b%22&f.product=Home+Router")
        == "/cases?q=%22a%20b%22&f.product=Home+Router"
    )
