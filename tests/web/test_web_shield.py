from __future__ import annotations

import pytest
import structlog
from starlette.testclient import TestClient

from hushdesk.web import WebSettings, create_app
from hushdesk.web._shield import BrokenAnswerError, host_allowed

PLANTED = "planted-4711@secret.example"


@pytest.mark.parametrize(
    "host",
    [
        "localhost",
        "LOCALHOST:8419",
        "127.0.0.1",
        "127.0.0.1:80",
        "127.9.9.9",
        "[::1]:8419",
        "[::1]",
        "localhost.",
        "desk.example",
        "desk.example:443",
    ],
)
def test_names_of_this_desk_are_answered(host):
    assert host_allowed(host, {"desk.example"})


@pytest.mark.parametrize(
    "host",
    [
        "",
        "evil.example",
        "localhost.evil.example",
        "127.0.0.1.evil.example",
        "10.0.0.1",
        "0.0.0.0",
        "[::]",
        "localhost:80:80",
        "localhost:x",
        "desk.example.evil",
        "a@localhost",
    ],
)
def test_foreign_names_are_not_answered(host):
    assert not host_allowed(host, {"desk.example"})


def test_a_foreign_host_header_gets_nothing(client):
    answer = client.get("/sign-in", headers={"host": "rebind.evil.example"})
    assert answer.status_code == 421
    assert "form" not in answer.text


def test_configured_host_names_are_answered(desk, accounts):
    app = create_app(desk, accounts, WebSettings(hosts=("Desk.Example",)))
    with TestClient(app, base_url="https://desk.example") as client:
        assert client.get("/sign-in").status_code == 200


def test_an_error_shows_no_value_and_no_traceback(desk, signed_in, capsys):
    client = signed_in("lead")
    desk.fail_with = ValueError(PLANTED)
    for path in ("/cases", "/cases.json", "/cases.csv"):
        answer = client.get(path, params={"q": PLANTED})
        assert answer.status_code == 500
        assert PLANTED not in answer.text
        assert "Traceback" not in answer.text
    seen = capsys.readouterr()
    assert PLANTED not in seen.out + seen.err


def test_an_error_in_the_middle_of_an_export_breaks_the_answer_off(desk, signed_in, monkeypatch):
    def broken(_who, _question):
        yield from desk.cases
        raise ValueError(PLANTED)

    client = signed_in("lead")
    monkeypatch.setattr(desk, "export", broken)
    with pytest.raises(BrokenAnswerError) as caught:
        client.get("/cases.csv")
    assert caught.value.__cause__ is None
    assert caught.value.__suppress_context__


def test_log_lines_hold_the_route_and_nothing_of_the_request(desk, signed_in):
    desk.add(case_id="SECRETCASE")
    client = signed_in("lead")
    with structlog.testing.capture_logs() as lines:
        client.get("/cases", params={"q": PLANTED, "f.country": "DE"})
        client.get("/cases/SECRETCASE")
        client.get("/" + PLANTED)
        client.get("/cases", headers={"x-forwarded-for": PLANTED, "user-agent": PLANTED})
    assert [line["route"] for line in lines] == ["/cases", "/cases/{case_id}", "none", "/cases"]
    assert set(lines[0]) == {"event", "log_level", "method", "route", "status", "ms", "account"}
    assert lines[0]["account"] == "lead"
    for hidden in (PLANTED, "SECRETCASE", "country", "DE"):
        assert hidden not in str(lines)


def test_large_bodies_are_refused(client):
    answer = client.post(
        "/sign-in",
        content=b"name=" + b"a" * 100_000,
        headers={"content-type": "application/x-www-form-urlencoded"},
    )
    assert answer.status_code == 413


def test_what_was_sent_is_not_repeated_in_an_error(client):
    for body, kind in [
        (b"\xff\xfe" + PLANTED.encode(), "multipart/form-data; boundary=x"),
        (PLANTED.encode(), "application/json"),
    ]:
        answer = client.post("/sign-in", content=body, headers={"content-type": kind})
        assert answer.status_code in {400, 403}
        assert PLANTED not in answer.text


def test_other_methods_are_refused(client):
    for method in ("PUT", "DELETE", "PATCH", "OPTIONS", "TRACE"):
        assert client.request(method, "/cases").status_code == 405
