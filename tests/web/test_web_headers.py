"""Every route and every error carries the same headers."""

from __future__ import annotations

import pytest
from fastapi.routing import APIRoute
from starlette.testclient import TestClient

from hushdesk.web import WebSettings, create_app
from hushdesk.web._guard import PERMISSIONS
from hushdesk.web._headers import CSP, HSTS, SECURITY_HEADERS

CACHED = {"/static/{digest}/{name}", "/.well-known/security.txt"}


@pytest.fixture
def settings():
    return WebSettings(security_txt="Contact: mailto:security@example.org\n")


def hardened(answer, *, cached: bool = False, tls: bool = False) -> None:
    for name, value in SECURITY_HEADERS.items():
        assert answer.headers.get_list(name) == [value], (name, answer.request.url.path)
    cache = answer.headers["cache-control"]
    assert cache.startswith("public, max-age=") if cached else cache == "no-store"
    assert "server" not in answer.headers
    assert answer.headers.get("strict-transport-security") == (HSTS if tls else None)
    assert not any(name.startswith("access-control") for name in answer.headers)


def fill(path: str) -> str:
    while "{" in path:
        head, _, tail = path.partition("{")
        path = head + "1" + tail.partition("}")[2]
    return path


def test_every_route_as_everybody_and_with_every_method(app, client, signed_in):
    paths = {route.path for route in app.routes if isinstance(route, APIRoute)}
    assert {path for _, path in PERMISSIONS} == paths
    lead = signed_in("lead")
    seen = set()
    for path in sorted(paths):
        for method in ("GET", "POST", "PUT", "HEAD", "OPTIONS"):
            for who in (client, lead):
                answer = who.request(method, fill(path))
                seen.add(answer.status_code)
                hardened(answer, cached=path in CACHED and answer.status_code == 200)
                if path == "/sign-out" and answer.status_code == 303 and who is lead:
                    pytest.fail("a form without its token signed somebody out")
    assert {200, 303, 401, 403, 404, 405} <= seen


def test_every_error(client, desk, signed_in):
    kind = {"content-type": "application/x-www-form-urlencoded"}
    lead = signed_in("lead")
    answers = [
        lead.get("/cases", params={"q": "("}),
        client.get("/cases.json"),
        signed_in("viewer").get("/cases.csv"),
        client.get("/nothing"),
        client.put("/cases"),
        client.get("/" + "a" * 20_000),
        client.post("/sign-in", content=b"name=" + b"a" * 100_000, headers=kind),
        client.get("/health", headers={"host": "evil.example"}),
        client.get("/health", headers={f"x-{n}": "a" for n in range(70)}),
        client.post("/sign-in", headers={"transfer-encoding": "chunked", "content-length": "3"}),
    ]
    desk.fail_with = ValueError("planted")
    answers.append(lead.get("/cases"))
    assert [each.status_code for each in answers] == [400, 401, 403, 404, 405, 414, 413, 421, 431, 400, 500]
    for each in answers:
        hardened(each)


def test_over_tls_the_browser_is_told_to_stay_there(app):
    with TestClient(app, base_url="https://localhost", follow_redirects=False) as client:
        for path in ("/sign-in", "/nothing", "/cases", "/health"):
            hardened(client.get(path), tls=True)


def test_nothing_is_allowed_inline_or_from_elsewhere():
    for word in ("unsafe", "http:", "https:", "data:", "blob:", "*", "nonce-"):
        assert word not in CSP
    assert CSP.startswith("default-src 'none'")


def test_signing_out_clears_what_the_browser_has_kept(signed_in):
    client = signed_in("analyst")
    token = client.get("/help").text.split('name="token" value="')[1].split('"')[0]
    answer = client.post("/sign-out", data={"token": token})
    assert answer.status_code == 303
    assert answer.headers["clear-site-data"] == '"cache", "cookies", "storage"'
    assert client.get("/help").status_code == 303


def test_the_address_for_researchers_is_open_and_cached(client, desk, accounts):
    answer = client.get("/.well-known/security.txt")
    assert answer.headers["content-type"] == "text/plain; charset=utf-8"
    assert answer.text.startswith("Contact: ")
    app = create_app(desk, accounts, WebSettings())
    with TestClient(app, base_url="http://localhost") as other:
        assert other.get("/.well-known/security.txt").status_code == 404
