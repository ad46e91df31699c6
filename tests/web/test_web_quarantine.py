"""The officer's pages over a real desk: who gets in, what shows where, and what is left behind."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from hushdesk.access import AuditEvent, Permission, Role
from hushdesk.analytics import open_desk
from hushdesk.desk import Desk, KeyDesk
from hushdesk.record import RecordReader
from hushdesk.web import DeskPages, WebSettings, create_app
from hushdesk.web._officer import IDLE, LONGEST, OfficerSessions, OfficerShares

HEAD = "Ticket ID,Created,Customer name,Customer email,Subject,Description\n"
TEXTS = ("I changed nothing@all. It reboots.", "Ask margit@nord. It is 5 < 6 urgent.", "All fine.")
FORMS = ("/quarantine/unlock", "/quarantine/lock", "/quarantine/0", "/quarantine/0/decide", "/quarantine/0/release", "/quarantine/0/dismiss")  # fmt: skip


@pytest.fixture(scope="module")
def loaded(tmp_path_factory):
    """A desk with a load, for tests to copy."""
    root = tmp_path_factory.mktemp("loaded")
    made = Desk.create(root / "desk", keys=root / "keys", vault=root / "vault")
    rows = "".join(
        f'T-{n},2019-03-04T09:12Z,Ada Quillon,ada@example.org,Router,"{text}"\n'
        for n, text in enumerate(TEXTS)
    )
    (root / "a.csv").write_text(HEAD + rows)
    with open_desk(made.folder) as desk:
        desk.load(root / "a.csv", workers=0)
    return root, made.officer_passphrase


@pytest.fixture
def place(loaded, tmp_path: Path):
    original, passphrase = loaded
    root = tmp_path / "place"
    # Links stay links: the engine tells its tables by them.
    shutil.copytree(original, root, symlinks=True)
    settings = root / "desk" / "desk.toml"
    settings.write_text(settings.read_text("utf-8").replace(str(original), str(root)), "utf-8")
    with open_desk(root / "desk") as desk:
        yield desk, passphrase


@pytest.fixture
def browser(place, accounts):
    desk, _ = place
    app = create_app(DeskPages(desk), accounts, WebSettings())
    opened = []

    def sign_in(role: str = "privacy-officer") -> TestClient:
        secret = accounts.sessions.create(accounts.by_name(role).id).secret
        client = TestClient(
            app, base_url="http://localhost", cookies={"hushdesk": secret}, follow_redirects=False
        )
        opened.append(client)
        return client

    yield sign_in
    for client in opened:
        client.close()


def token(client: TestClient) -> str:
    return re.search(r'name="token" value="([^"]+)"', client.get("/help").text)[1]


def post(client: TestClient, path: str, **data: str):
    return client.post(path, data={"token": token(client), **data})


@pytest.fixture
def officer(browser, place):
    client = browser()
    answer = post(client, "/quarantine/unlock", passphrase=place[1].lower())
    assert (answer.status_code, answer.headers["location"]) == (303, "/quarantine")
    return client


def finding(page: str) -> str:
    return re.search(r'name="finding" value="(\w{16})"', page)[1]


def test_only_the_officers_role_may():
    for permission in (Permission.QUARANTINE_READ, Permission.QUARANTINE_DECIDE):
        assert [role for role in Role if permission in role.permissions] == [Role.PRIVACY_OFFICER]


@pytest.mark.parametrize("role", [role.value for role in Role if role is not Role.PRIVACY_OFFICER])
def test_nobody_else_sees_or_does_anything(browser, place, role):
    client = browser(role)
    assert client.get("/quarantine").status_code == 403
    assert client.get("/quarantine.json").status_code == 403
    assert 'href="/quarantine"' not in client.get("/help").text
    for path in FORMS:
        answer = post(client, path, passphrase=place[1], finding="0" * 16, decision="confirm")
        assert answer.status_code == 403, path
        assert "margit" not in answer.text
    desk, _ = place
    assert all(entry.state.value == "open" for entry in desk.desk.review.entries())


def test_without_the_passphrase_there_is_a_list_and_nothing_more(browser):
    client = browser()
    page = client.get("/quarantine")
    assert page.status_code == 200
    assert "leak check: EMAIL in description" in page.text
    assert ">Open</button>" not in page.text
    assert "margit" not in page.text + client.get("/quarantine.json").text
    assert len(client.get("/quarantine.json").json()["entries"]) == 2
    for path in FORMS[2:]:
        answer = post(client, path, finding="0" * 16, decision="confirm")
        assert answer.status_code == 403
        assert "Unlock" in answer.text
        assert "margit" not in answer.text
    # An entry has no address: nothing to put in a history, a bookmark or a referrer.
    assert client.get("/quarantine/0").status_code == 405


def test_a_wrong_passphrase_is_counted(browser):
    client = browser()
    for _ in range(10):
        assert post(client, "/quarantine/unlock", passphrase="WRONG").status_code == 401
    late = post(client, "/quarantine/unlock", passphrase="WRONG")
    assert late.status_code == 429
    assert int(late.headers["retry-after"]) > 0
    assert "WRONG" not in late.text


def test_forms_of_other_sites_do_nothing(officer, place):
    for path in FORMS:
        assert officer.post(path, data={"token": "x"}).status_code == 403, path
        crossed = officer.post(path, data={"token": token(officer)}, headers={"sec-fetch-site": "cross-site"})
        assert crossed.status_code == 403, path
    assert all(entry.state.value == "open" for entry in place[0].desk.review.entries())


def test_the_whole_way(officer, place):
    desk, _ = place
    page = post(officer, "/quarantine/1")
    assert page.status_code == 200
    assert page.headers["cache-control"] == "no-store"
    assert "<mark" in page.text
    assert "margit@nord. It" in page.text
    assert "5 &lt; 6" in page.text
    assert "Quillon" not in page.text
    assert " style=" not in page.text
    assert page.text.count("<script") == 2
    assert " disabled" in page.text
    assert post(officer, "/quarantine/1/release").status_code == 409
    decided = post(officer, "/quarantine/1/decide", finding=finding(page.text), decision="confirm")
    assert "confirmed" in decided.text
    assert " disabled" not in decided.text
    assert post(officer, "/quarantine/1/decide", finding="0" * 16, decision="confirm").status_code == 409
    assert post(officer, "/quarantine/1/decide", finding="0" * 16, decision="maybe").status_code == 400
    done = post(officer, "/quarantine/1/release")
    assert "sealed and stored" in done.text
    assert "margit" not in done.text
    rejected = post(
        officer,
        "/quarantine/0/decide",
        finding=finding(post(officer, "/quarantine/0").text),
        decision="reject",
    )
    assert "rejected" in rejected.text
    assert post(officer, "/quarantine/0/dismiss").status_code == 200
    assert [entry.state.value for entry in desk.desk.review.entries()] == ["released", "dismissed"]
    assert desk.search("").total == 2
    report = officer.get("/loads/1.json").json()
    assert report["balanced"]
    assert (report["report"]["stored"], report["report"]["quarantined"], report["report"]["released"]) == (
        2,
        1,
        1,
    )
    for path in ("/quarantine/99", "/quarantine/x", "/quarantine/-1"):
        assert post(officer, path).status_code == 404
    told = list(RecordReader(desk.desk.record.folder).entries())
    assert {
        AuditEvent.OFFICER_QUARANTINE_UNLOCK,
        AuditEvent.OFFICER_QUARANTINE_LIST,
        AuditEvent.OFFICER_QUARANTINE_READ,
        AuditEvent.OFFICER_QUARANTINE_DECIDE,
        AuditEvent.OFFICER_QUARANTINE_RELEASE,
        AuditEvent.OFFICER_QUARANTINE_DISMISS,
    } <= {entry.event for entry in told}
    assert {entry.who for entry in told if entry.event.startswith("officer:")} == {"privacy-officer"}
    assert {entry.detail["via"] for entry in told if entry.event.startswith("officer:")} == {"page"}


def test_the_key_is_for_one_browser_and_until_it_is_locked_or_left(officer, browser):
    other = browser()
    assert post(other, "/quarantine/0").status_code == 403
    assert post(officer, "/quarantine/0").status_code == 200
    assert post(officer, "/quarantine/lock").status_code == 303
    assert post(officer, "/quarantine/0").status_code == 403


def test_signing_out_forgets_the_key(request, monkeypatch):
    forgotten = []
    monkeypatch.setattr(OfficerSessions, "forget", lambda _self, session: forgotten.append(session))
    client = request.getfixturevalue("browser")()
    assert post(client, "/sign-out").status_code == 303
    assert len(forgotten) == 1


def test_two_officers_unlock_with_a_share_each(browser, place, accounts):
    desk, passphrase = place
    accounts.create("second", Role.PRIVACY_OFFICER, must_change=False)
    one, two = browser(), browser("second")
    assert 'name="share"' not in one.get("/quarantine").text
    keys = KeyDesk(desk.desk, "tests")
    old = keys.split(passphrase=passphrase)["shares"]
    shares = keys.split(passphrase=passphrase)["shares"]
    keys.confirm(held=shares[:2])
    page = one.get("/quarantine").text
    assert 'name="share"' in page
    assert 'name="passphrase"' not in page
    held = post(one, "/quarantine/unlock", share=shares[0])
    assert "Your share is held" in held.text
    assert shares[0] not in held.text
    # One person with two shares is one person.
    assert "Your share is held" in post(one, "/quarantine/unlock", share=shares[1]).text
    assert post(one, "/quarantine/0").status_code == 403
    for wrong in (
        shares[0][:-1] + "0" * (shares[0][-1] != "0") + "1" * (shares[0][-1] == "0"),
        old[0],
        "nonsense",
    ):
        answer = post(two, "/quarantine/unlock", share=wrong)
        assert answer.status_code == 401
        assert wrong not in answer.text
    assert post(two, "/quarantine/unlock", share=shares[2]).status_code == 303
    assert post(two, "/quarantine/0").status_code == 200
    # Whoever entered first does not have it by that.
    assert post(one, "/quarantine/0").status_code == 403
    # Two with the same share are not two shares.
    assert "Your share is held" in post(one, "/quarantine/unlock", share=shares[0]).text
    post(two, "/quarantine/lock")
    assert post(two, "/quarantine/unlock", share=shares[0]).status_code == 401


def test_a_share_is_forgotten_in_time():
    now = [0.0]
    held = OfficerShares(lambda: now[0])
    assert held.add("s", "one", "first") == ["first"]
    assert held.add("s", "one", "again") == ["again"]
    assert held.add("t", "two", "other") == ["other"]
    now[0] = IDLE
    assert sorted(held.add("s", "two", "second")) == ["again", "second"]
    now[0] += 1
    assert held.add("s", "three", "third") == ["second", "third"]
    held.forget("s")
    held.purge()
    assert held._entered == {}
    assert "second" not in repr(held)


def test_a_key_is_forgotten_in_time():
    now = [0.0]
    held = OfficerSessions(lambda: now[0])
    held.put("one", object())
    now[0] = IDLE - 1
    assert held.unlocked("one")
    assert held.get("one") is not None
    assert held.get("two") is None
    now[0] += IDLE - 1
    assert held.get("one") is not None
    now[0] += IDLE + 1
    assert held.get("one") is None
    held.put("one", object())
    start = now[0]
    while now[0] < start + LONGEST:
        now[0] += IDLE / 2
        held.get("one")
    now[0] += 1
    assert not held.unlocked("one")
    assert held._held == {}
    assert "one" not in repr(held)


def test_the_certificate_page_says_what_a_finder_would_learn(browser, place):
    for role in ("analyst", "lead", "privacy-officer", "operator"):
        assert browser(role).get("/certificate").status_code == 200
    for role in ("viewer", "admin"):
        assert browser(role).get("/certificate").status_code == 403
    client = browser()
    page = client.get("/certificate").text
    assert "If this leaked today" in page
    assert "Clopper-Pearson" in page
    assert "verified" in page
    [made] = client.get("/certificate.json").json()["certificates"]
    assert (made["load_id"], made["population"], made["verified"]) == (1, 1, True)
    assert "looked at once more" in client.get("/loads/1").text
    desk, _ = place
    desk.desk.ledger.certify(1, desk.desk.certificates()[0].to_text().replace('"leaking": 0', '"leaking": 1'))
    assert "Do not rely on these figures" in client.get("/certificate").text
