"""The pages over a real desk: loaded, sealed, stored and asked."""

from __future__ import annotations

import csv
import io
import re

import pytest
from starlette.testclient import TestClient

from hushdesk.analytics import open_desk
from hushdesk.desk import Desk
from hushdesk.web import DeskPages, create_app

MAILBOX = """From ann@example.com Mon Mar  5 10:00:00 2012
From: Ann Example <ann.example@mail.example>
To: help@desk.example
Subject: Router broken since {month}
Date: {day:02} {month} {year} 10:00:00 +0000
Message-ID: <{day}.{month}.{year}@mail.example>
Content-Type: text/plain; charset=utf-8

My router is broken. Write to ann.example@mail.example or call +49 30 901820.

"""


@pytest.fixture(scope="module")
def opened(tmp_path_factory):
    folder = tmp_path_factory.mktemp("real")
    months = ("Jan", "Mar", "Jun", "Oct")
    mails = [MAILBOX.format(day=5, month=month, year=year) for year in range(2009, 2017) for month in months]
    (folder / "mail.mbox").write_text("".join(mails))
    Desk.create(folder / "desk", keys=folder / "keys", vault=folder / "vault")
    with open_desk(folder / "desk") as desk:
        desk.load(folder / "mail.mbox", workers=0)
        yield desk


@pytest.fixture
def client(opened, accounts):
    secret = accounts.sessions.create(accounts.by_name("lead").id).secret
    app = create_app(DeskPages(opened), accounts)
    with TestClient(app, base_url="http://localhost", cookies={"hushdesk": secret}) as client:
        yield client


def test_search_facets_and_bars(client):
    found = client.get("/cases.json?q=router").json()["found"]
    assert found["total"] == 32
    assert {facet["field"] for facet in found["facets"]} >= {"source", "channel", "kind"}
    assert sum(bar["count"] for bar in found["histogram"]["bars"]) == 32
    page = client.get("/cases?q=router").text
    assert "<mark>router</mark>" in page
    assert "mail.example" not in page
    assert client.get("/cases.json?q=router&from=2010&to=2011-05").json()["found"]["total"] == 6
    assert client.get("/cases.json?f.source=none").json()["found"]["total"] == 0
    for sort in ("newest", "oldest", "updated", "closed"):
        assert client.get(f"/cases.json?sort={sort}").json()["found"]["total"] == 32


def test_wrong_questions_are_answered_as_such(client):
    answer = client.get("/cases.json", params={"q": 'router "lost'})
    assert answer.status_code == 400
    assert answer.json()["error"]["position"] == 7
    assert client.get("/cases.json", params={"q": "(a", "from": "2012"}).json()["error"]["position"] == 0
    assert client.get("/cases?f.nonsense=1").status_code == 400
    assert client.get("/cases.csv", params={"q": "("}).status_code == 400


def test_a_case_and_the_ones_beside_it(client):
    link = re.search(r'href="([^"]+)" data-open', client.get("/cases?page=2").text)[1]
    page = client.get(link).text
    assert 'class="chip k-contact' in page
    assert 'rel="prev"' in page
    assert 'rel="next"' in page
    token = re.search(r'href="/cases\?q=(EMAIL_\w+)"', page)[1]
    assert client.get(f"/cases.json?q={token}").json()["found"]["total"] == 32


def test_the_export_holds_every_case(client):
    rows = list(csv.DictReader(io.StringIO(client.get("/cases.csv?q=router").content.decode("utf-8-sig"))))
    assert len({row["case_id"] for row in rows}) == 32
    assert all("router is broken" in row["conversation"] for row in rows)


def test_loads_and_status(client):
    report = client.get("/loads/1.json").json()
    assert report["balanced"]
    assert report["report"]["stored"] == 32
    assert client.get("/loads").status_code == client.get("/loads/1").status_code == 200
    assert client.get("/loads/77").status_code == 404
    status = client.get("/status.json").json()["status"]
    assert status["cases"] == 32
    assert status["oldest"].startswith("2009-01-05")
    assert status["newest"].startswith("2016-10-05")
    assert client.get("/status").status_code == 200
