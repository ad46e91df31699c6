"""The officer's pages for a person who asks, over a real desk: who gets in, what shows where, and what stands nowhere."""

from __future__ import annotations

import io
import re
import zipfile

import pytest
from starlette.testclient import TestClient

from hushdesk.access import Permission, Role
from hushdesk.analytics import open_desk
from hushdesk.desk import Desk
from hushdesk.record import RecordReader
from hushdesk.web import DeskPages, WebSettings, create_app, persons_of

HEAD = "Ticket ID,Created,Customer name,Customer email,Customer phone,Product,Subject,Description\n"
MAIL = "ada.quillon@example.org"
FORMS = ("/persons/find", "/persons/export", "/persons/preview", "/persons/erase")


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    folder = tmp_path_factory.mktemp("persons")
    made = Desk.create(folder / "desk", keys=folder / "keys", vault=folder / "vault")
    (folder / "a.csv").write_text(
        HEAD
        + f"T-1,2012-03-04T09:12Z,Ada <b>Quillon,{MAIL},,Router,Down,Text 1\n"
        + f"T-2,2012-03-04T09:12Z,Bob Tarn,bob@example.com,+1 202 555 0111,Phone,Bill,Ask {MAIL}\n"
        + "T-3,2012-03-05T09:12Z,Cy Dorn,cy@example.com,+1 202 555 0111,Phone,Bill,None\n"
    )
    with open_desk(made.folder) as desk:
        desk.load(folder / "a.csv", workers=0)
        yield desk


@pytest.fixture
def browser(place, accounts):
    app = create_app(DeskPages(place), accounts, WebSettings(), persons=persons_of(place))
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


def post(client: TestClient, path: str, **data: str):
    token = re.search(r'name="token" value="([^"]+)"', client.get("/help").text)[1]
    return client.post(path, data={"token": token, "identifiers": MAIL, **data})


def test_only_the_officers_role_may():
    for permission in (Permission.PERSONS_ERASE, Permission.PERSONS_EXPORT):
        assert [role for role in Role if permission in role.permissions] == [Role.PRIVACY_OFFICER]


@pytest.mark.parametrize("role", [role.value for role in Role if role is not Role.PRIVACY_OFFICER])
def test_nobody_else_gets_anything(browser, place, role):
    client = browser(role)
    assert client.get("/persons").status_code == 403
    assert 'href="/persons"' not in client.get("/help").text
    for path in FORMS:
        answer = post(client, path, confirm="erase")
        assert answer.status_code == 403
        assert MAIL not in answer.text
    assert place.desk.store.count() == 3


def test_forms_of_other_sites_do_nothing(browser, place):
    client = browser()
    for path in FORMS:
        data = {"identifiers": MAIL, "confirm": "erase"}
        assert client.post(path, data={"token": "x", **data}).status_code == 403
        # Nothing to put in a history, a bookmark or a referrer.
        assert client.get(f"{path}?identifiers={MAIL}").status_code == 405
    assert place.desk.vault.count_shredded() == 0


def test_guessing_is_slowed_down(browser):
    client = browser()
    for _ in range(30):
        assert post(client, "/persons/find", identifiers="PERSON_00000000000000").status_code == 409
    late = post(client, "/persons/find", identifiers="PERSON_00000000000000")
    assert late.status_code == 429
    assert int(late.headers["retry-after"]) > 0


def test_the_whole_way(browser, place):
    client = browser()
    assert 'href="/persons"' in client.get("/help").text
    named = post(client, "/persons/find", identifiers="tarn, BOB")
    assert "Found by a name alone" in named.text
    assert "checked" not in named.text
    [bob] = re.findall(r'name="person" value="(\d+)"', named.text)
    unchosen = post(client, "/persons/export", identifiers="tarn, BOB")
    assert unchosen.status_code == 409
    assert "name alone is no identifier" in unchosen.text
    assert f'name="person" value="{bob}"' in unchosen.text
    more = post(client, "/persons/export", identifiers="tarn, BOB", person=bob)
    assert more.status_code == 409
    assert "knows more than a name" in more.text
    both = "tarn, BOB\nbob@example.com"
    assert post(client, "/persons/export", identifiers=both, person=bob).status_code == 200
    pseudonym = place.read("T-2").customer
    refused = post(client, "/persons/export", identifiers=pseudonym)
    assert refused.status_code == 409
    assert "second officer" in refused.text
    assert "Tarn" not in refused.text
    page = post(client, "/persons/find", identifiers="Ada.Quillon (at) example dot org")
    assert page.status_code == 200
    assert page.headers["cache-control"] == "no-store"
    assert "<b>" not in page.text
    assert page.text.count("<script") == 2
    several = post(client, "/persons/export", identifiers="+1 202 555 0111")
    assert several.status_code == 409
    assert "several persons" in several.text
    numbers = re.findall(r'name="person" value="(\d+)"', several.text)
    assert len(set(numbers)) == 2
    one = post(client, "/persons/export", identifiers="+1 202 555 0111", person=numbers[0], internal="yes")
    assert one.status_code == 200
    file = post(client, "/persons/export")
    assert file.headers["content-type"] == "application/zip"
    assert re.fullmatch(r'attachment; filename="person-\d+\.zip"', file.headers["content-disposition"])
    text = zipfile.ZipFile(io.BytesIO(file.content)).read("your-data.html").decode()
    assert "Ada &lt;b&gt;Quillon" in text
    assert "<b>" not in text
    asked = post(client, "/persons/preview")
    assert "<dt>Cases emptied</dt><dd>1</dd>" in asked.text
    unsure = post(client, "/persons/erase", confirm="yes")
    assert unsure.status_code == 400
    assert place.desk.vault.count_shredded() == 0
    done = post(client, "/persons/erase", confirm="Erase")
    assert "proven to be gone" in done.text
    assert MAIL not in done.text
    assert post(client, "/persons/find").status_code == 409
    assert place.search("").total == 3
    # Under the name of the account, so that what it did is found under that.
    steps = [one for one in RecordReader(place.desk.record.folder).entries() if ":person:" in one.event]
    assert {one.who for one in steps} == {"privacy-officer"}
    assert {one.event.rpartition(":")[2] for one in steps} == {"find", "export", "erase"}


def test_where_nobody_answers_nothing_is_done(place, accounts):
    app = create_app(DeskPages(place), accounts, WebSettings())
    secret = accounts.sessions.create(accounts.by_name("privacy-officer").id).secret
    with TestClient(app, base_url="http://localhost", cookies={"hushdesk": secret}) as client:
        assert "not answered here" in client.get("/persons").text
        assert all(post(client, path).status_code == 404 for path in FORMS)
