from __future__ import annotations

import pytest
from fastapi.routing import APIRoute

from hushdesk.access import Permission, Role
from hushdesk.guard.state import ident
from hushdesk.web._guard import PERMISSIONS, Open, UnlistedError, check_routes
from hushdesk.web._headers import CSP

PARAMETERS = {
    "{case_id}": "CASE",
    "{load_id}": "1",
    "{digest}": "0",
    "{name}": "base.css",
    "{number}": "1",
    "{entry}": "0",
    "{ident}": "december-2019",
    "{address}": "198.51.100.7",
    "{endpoint}": ident(("tiny", "vm-cases", "", 0)),
}


def walk(app):
    for route in app.routes:
        assert isinstance(route, APIRoute)
        for method in route.methods:
            yield method, route.path


def add_secret(app) -> None:
    @app.get("/secret")
    def secret() -> dict[str, str]:
        return {"value": "planted"}


def fill(path: str) -> str:
    for name, value in PARAMETERS.items():
        path = path.replace(name, value)
    return path


def test_each_route_names_its_permission(app):
    assert set(walk(app)) == set(PERMISSIONS)
    openly = {path for (_, path), rule in PERMISSIONS.items() if isinstance(rule, Open)}
    signing_in = {"/sign-in", "/sign-in/code", "/sign-in/provider", "/sign-in/with"}
    assert (
        openly == {"/.well-known/security.txt", "/check", "/static/{digest}/{name}", "/health"} | signing_in
    )


def test_a_route_without_a_permission_stops_the_application(app):
    add_secret(app)
    with pytest.raises(UnlistedError, match="GET /secret"):
        check_routes(app.routes)


def test_a_route_added_later_answers_nobody(app, signed_in):
    add_secret(app)
    answer = signed_in("lead").get("/secret")
    assert answer.status_code == 500
    assert "planted" not in answer.text


def test_no_route_answers_strangers(app, client):
    for method, path in walk(app):
        if isinstance(PERMISSIONS[method, path], Open):
            continue
        answer = client.request(method, fill(path))
        assert answer.status_code in {303, 401}, path
        if answer.status_code == 303:
            assert answer.headers["location"].startswith("/sign-in")


@pytest.mark.parametrize("role", [role.value for role in Role])
def test_each_role_gets_what_its_permissions_say(app, desk, signed_in, role):
    desk.add(case_id="CASE")
    client = signed_in(role)
    for method, path in walk(app):
        rule = PERMISSIONS[method, path]
        if method != "GET" or not isinstance(rule, Permission):
            continue
        expected = 200 if rule in Role(role).permissions else 403
        assert client.get(fill(path)).status_code == expected, path


def test_every_answer_carries_the_security_headers(app, signed_in, client):
    answers = [client.get("/sign-in"), client.get("/nothing"), client.get("/health"), client.get("/cases")]
    answers += [
        signed_in("lead").get(path) for path in ("/cases", "/cases.json", "/cases.csv", "/help", "/nothing")
    ]
    answers.append(client.get("/health", headers={"host": "evil.example"}))
    for answer in answers:
        headers = answer.headers
        assert headers["content-security-policy"] == CSP
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["referrer-policy"] == "no-referrer"
        assert (
            headers["cross-origin-opener-policy"] == headers["cross-origin-resource-policy"] == "same-origin"
        )
        assert headers["x-frame-options"] == "DENY"
        assert headers["cache-control"] == "no-store"
        assert "server" not in headers
    assert "unsafe" not in CSP
    assert CSP.startswith("default-src 'none'")


def test_static_files_are_kept_for_ever_under_a_name_of_their_content(client):
    page = client.get("/sign-in").text
    for start in ('href="/static/', 'src="/static/'):
        path = page.split(start)[1].split('"')[0]
        answer = client.get("/static/" + path)
        assert answer.status_code == 200
        assert "immutable" in answer.headers["cache-control"]
    assert client.get("/static/" + path.replace(path.split("/")[0], "0" * 16)).status_code == 404
    for name in ("../_app.py", "..%2f_app.py", "%2e%2e/base.html", "missing.css"):
        assert client.get(f"/static/{path.split('/')[0]}/{name}").status_code == 404


def test_pages_hold_no_inline_script_or_style(signed_in):
    client = signed_in("lead")
    for path in (
        "/cases",
        "/cases?q=(",
        "/loads",
        "/loads/1",
        "/status",
        "/help",
        "/password",
        "/certificate",
    ):
        text = client.get(path).text
        assert " style=" not in text
        assert "<style" not in text
        assert " onclick=" not in text
        assert text.count("<script") == text.count('<script src="/static/') + text.count(
            '<script type="module" src="/static/'
        )


def test_the_openapi_document_is_for_the_signed_in(client, signed_in):
    assert client.get("/openapi.json").status_code == 401
    document = signed_in("viewer").get("/openapi.json").json()
    assert {"/cases.json", "/cases/{case_id}.json", "/loads.json", "/status.json"} <= set(document["paths"])
    assert "/cases" not in document["paths"]
    for path in ("/docs", "/redoc"):
        assert signed_in("viewer").get(path).status_code == 404
