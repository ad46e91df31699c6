"""Signing in with a provider of identities, through the pages, with a real provider on loopback."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from starlette.testclient import TestClient

from hushdesk.access import OidcClient, Role
from hushdesk.web import WebSettings, create_app


@pytest.fixture
def peer():
    name = "hushdesk_test_provider"
    if name not in sys.modules:
        path = Path(__file__).resolve().parents[1] / "access" / "_provider.py"
        spec = importlib.util.spec_from_file_location(name, path)
        module = importlib.util.module_from_spec(spec)
        sys.modules[name] = module
        spec.loader.exec_module(module)
    provider = sys.modules[name].Provider()
    provider.public = True
    yield provider
    provider.close()


@pytest.fixture
def app(desk, accounts, peer):
    client = OidcClient(peer.settings(label="Our house"), must=("admin", "privacy-officer"))
    return create_app(desk, accounts, WebSettings(sign_in_tries=5), provider=client)


def browser(app, scheme="http") -> TestClient:
    return TestClient(app, base_url=f"{scheme}://localhost", follow_redirects=False)


def come_back(client, peer, wanted="/loads"):
    asked = client.get(f"/sign-in/with?next={wanted}")
    assert asked.status_code == 303
    back = urlsplit(peer.back(asked.headers["location"]))
    assert back.path == "/sign-in/provider"
    return client.get(f"{back.path}?{back.query}")


@pytest.mark.parametrize("scheme", ["http", "https"])
def test_signing_in_with_the_provider(app, peer, accounts, scheme):
    with browser(app, scheme) as client:
        page = client.get("/sign-in?next=/loads").text
        assert 'href="/sign-in/with?next=/loads">Sign in with Our house</a>' in page
        answer = come_back(client, peer)
        # A page that leads on: after the way over another site, the cookie does not come along at once.
        assert answer.status_code == 200
        assert '<meta http-equiv="refresh" content="0; url=/loads">' in answer.text
        cookies = answer.headers.get_list("set-cookie")
        mine = "__Host-hushdesk" if scheme == "https" else "hushdesk"
        session = next(each for each in cookies if each.startswith(f"{mine}="))
        assert "SameSite=strict" in session
        assert f"{mine}-asked" not in client.cookies
        assert client.get("/loads").status_code == 200
        told = client.get("/account.json").json()
        assert (told["name"], told["role"], told["with_provider"]) == ("ada.lovelace", "analyst", True)
        assert "has no password here" not in client.get("/account").text
        assert "have no password here" in client.get("/password").text
    assert accounts.by_name("ada.lovelace").external


def test_the_question_travels_in_a_cookie_for_minutes(app, peer):
    with browser(app) as client:
        cookie = client.get("/sign-in/with").headers["set-cookie"]
        for part in ("hushdesk-asked=", "HttpOnly", "SameSite=lax", "Max-Age=600"):
            assert part in cookie


def test_an_answer_without_the_question_signs_nobody_in(app, peer):
    with browser(app) as victim, browser(app) as attacker:
        back = urlsplit(peer.back(attacker.get("/sign-in/with").headers["location"]))
        answer = victim.get(f"{back.path}?{back.query}")
        assert answer.status_code == 401
        assert "hushdesk" not in victim.cookies
        # Nor with a question of one's own.
        victim.get("/sign-in/with")
        assert victim.get(f"{back.path}?{back.query}").status_code == 401
        assert "hushdesk" not in victim.cookies


def test_an_answer_is_not_replayed(app, peer):
    with browser(app) as client:
        asked = client.get("/sign-in/with")
        cookie = client.cookies["hushdesk-asked"]
        back = urlsplit(peer.back(asked.headers["location"]))
        assert client.get(f"{back.path}?{back.query}").status_code == 200
        client.cookies.set("hushdesk-asked", cookie)
        assert client.get(f"{back.path}?{back.query}").status_code == 401


WRONG = (
    ({"nonce": "x"}, "another question"),
    ({"aud": "other"}, "somebody else"),
    ({"groups": ["everybody"]}, "none of the groups"),
    ({"groups": ["officers"]}, "second factor"),
)


def test_wrong_answers_say_why_and_sign_nobody_in(app, peer, accounts):
    before = len(accounts.all())
    with browser(app) as client:
        for peer.claims, words in WRONG:
            answer = come_back(client, peer)
            assert answer.status_code == 401
            assert words in answer.text
            assert client.get("/cases").status_code == 303
    assert len(accounts.all()) == before


def test_wrong_answers_are_slowed_down(app, peer):
    peer.claims = {"nonce": "x"}
    with browser(app) as client:
        codes = [client.get("/sign-in/provider?code=x&state=y").status_code for _ in range(7)]
        assert codes == [401] * 5 + [429] * 2
        assert client.get("/sign-in/with").status_code == 429


def test_a_local_account_of_that_name_stays_what_it_is(app, peer, accounts):
    peer.person["preferred_username"] = "lead"
    with browser(app) as client:
        come_back(client, peer)
        name = client.get("/account.json").json()["name"]
    assert name.startswith("lead-")
    assert accounts.by_name("lead").role is Role.LEAD
    assert not accounts.by_name("lead").external


def test_groups_count_anew_at_each_sign_in_and_a_barred_account_stays_out(app, peer, accounts):
    with browser(app) as client:
        come_back(client, peer)
        peer.person["groups"] = []
        with browser(app) as again:
            assert come_back(again, peer).status_code == 401
        peer.person["groups"] = ["support"]
        accounts.disable(accounts.by_name("ada.lovelace").id)
        assert client.get("/loads").status_code == 303
        with browser(app) as again:
            answer = come_back(again, peer)
            assert answer.status_code == 403
            assert "disabled" in answer.text


def test_the_way_on_stays_on_this_desk(app, peer):
    for wanted in ("https://evil.example/", "//evil.example", "/%22%3E%3Cscript%3E", "/sign-out"):
        with browser(app) as client:
            page = come_back(client, peer, wanted).text
            assert "evil" not in page
            assert "<script>" not in page


def test_signing_out_ends_the_session_here(app, peer, accounts):
    import re

    with browser(app) as client:
        come_back(client, peer)
        cookie = client.cookies["hushdesk"]
        token = re.search(r'name="token" value="(\w+)"', client.get("/account").text)[1]
        assert client.post("/sign-out", data={"token": token}).headers["location"] == "/sign-in"
        assert accounts.identify(cookie) is None


def test_a_provider_that_is_down_leaves_the_form(desk, accounts, peer):
    settings = peer.settings()
    peer.description = {"authorization_endpoint": "http://192.0.2.7/"}
    with browser(create_app(desk, accounts, provider=OidcClient(settings))) as client:
        answer = client.get("/sign-in/with")
        assert answer.status_code == 502
        assert 'name="password"' in answer.text


def test_without_a_provider_there_is_no_such_way(desk, accounts):
    with browser(create_app(desk, accounts)) as client:
        assert "Sign in with" not in client.get("/sign-in").text
        assert client.get("/sign-in/with").status_code == 404
        assert client.get("/sign-in/provider?code=x&state=y").status_code == 404
