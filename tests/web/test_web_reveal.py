"""The pages of reveals over a real desk: who gets in, what shows where, and where no identity may be."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from hushdesk.access import Permission, Role
from hushdesk.access.reveal import open_reveals
from hushdesk.analytics import open_desk
from hushdesk.desk import Desk
from hushdesk.record import RecordReader
from hushdesk.web import DeskPages, WebSettings, create_app

ROWS = """Ticket ID,Created,Customer name,Customer email,Subject,Description
T-1,2019-03-04T09:12Z,Ada Quillon,ada.quillon@example.org,Router,"It reboots. Write to ada.quillon@example.org."
T-2,2019-03-05T09:12Z,Bert Ostmark,bert.ostmark@example.org,Router,"Not mine. Write to bert.ostmark@example.org."
"""
IDENTITIES = ("ada.quillon", "Quillon", "bert.ostmark", "Ostmark")
REASON = "The court asks whose line this is: <i>Ada Quillon</i>?"


@pytest.fixture(scope="module")
def loaded(tmp_path_factory):
    root = tmp_path_factory.mktemp("reveal")
    made = Desk.create(root / "desk", keys=root / "keys", vault=root / "vault")
    (root / "a.csv").write_text(ROWS)
    with open_desk(made.folder) as desk:
        desk.load(root / "a.csv", workers=0)
        yield desk


@pytest.fixture
def cases(loaded):
    """Of both cases: id and pseudonym of the customer's address."""
    found = {}
    for number in ("T-1", "T-2"):
        case = loaded.read(number)
        found[number] = (case.case_id, next(each for each in case.tokens if each.startswith("EMAIL_")))
    return found


@pytest.fixture
def reveals(loaded, officers, clock):
    # Each test has accounts of its own; what earlier ones asked for is more than a day ago.
    clock[0] += 100_000
    with open_reveals(loaded, officers, clock=lambda: clock[0]) as made:
        made.before = {one.id for one in made.requests()}
        yield made
    # What a test did to the file is over with it: the next one is made again from the record.
    (loaded.desk.folder / "reveal.sqlite").unlink()


@pytest.fixture(scope="module")
def clock():
    return [1_700_000_000.0]


@pytest.fixture
def officers(accounts, double):
    """A second officer beside the one of each role."""
    generated = accounts.create("second", Role.PRIVACY_OFFICER)
    accounts.change_password(accounts.by_name("second").id, generated, double.password_of("second"))
    return accounts


@pytest.fixture
def browser(loaded, officers, reveals):
    app = create_app(DeskPages(loaded), officers, WebSettings(), reveals=reveals)
    opened = []

    def sign_in(name: str = "privacy-officer") -> TestClient:
        secret = officers.sessions.create(officers.by_name(name).id).secret
        client = TestClient(
            app, base_url="http://localhost", cookies={"hushdesk": secret}, follow_redirects=False
        )
        opened.append(client)
        return client

    yield sign_in
    for client in opened:
        client.close()


@pytest.fixture
def first(browser):
    return browser()


@pytest.fixture
def second(browser):
    return browser("second")


def form_token(client: TestClient) -> str:
    return re.search(r'name="token" value="([^"]+)"', client.get("/help").text)[1]


def post(client: TestClient, path: str, **data: str):
    return client.post(path, data={"token": form_token(client), **data})


def ask(client: TestClient, cases, number: str = "T-1", **changes: str):
    case, token = cases[number]
    return post(client, "/reveal/ask", **{"pseudonym": token, "case": case, "reason": REASON, **changes})


def mine(reveals):
    """Id and state of what this test has asked for."""
    return [(one.id, one.state.value) for one in reveals.requests() if one.id not in reveals.before]


def newest(reveals) -> str:
    return mine(reveals)[0][0]


def test_two_officers_and_one_look(first, second, cases, reveals, double, loaded):
    answer = ask(first, cases)
    assert (answer.status_code, answer.headers["location"]) == (303, "/reveal")
    request = newest(reveals)
    seen = second.get("/reveal").text
    assert "&lt;i&gt;Ada Quillon&lt;/i&gt;?" in seen
    assert f'action="/reveal/{request}/approve"' in seen
    assert f'action="/reveal/{request}/approve"' not in first.get("/reveal").text
    assert "Quillon" not in second.get("/reveal.json").text
    assert (
        post(first, f"/reveal/{request}/open", password=double.password_of("privacy-officer")).status_code
        == 409
    )
    assert (
        post(second, f"/reveal/{request}/approve", password=double.password_of("second")).status_code == 303
    )
    assert f'action="/reveal/{request}/open"' not in second.get("/reveal").text
    assert f'action="/reveal/{request}/open"' in first.get("/reveal").text
    page = post(first, f"/reveal/{request}/open", password=double.password_of("privacy-officer"))
    assert page.status_code == 200
    assert "ada.quillon@example.org" in page.text
    assert "Ostmark" not in page.text
    assert page.headers["cache-control"] == "no-store"
    assert page.headers["referrer-policy"] == "no-referrer"
    assert not [value for value in page.headers.values() if "quillon" in value.lower()]
    assert 'translate="no"' in page.text
    assert " style=" not in page.text
    # Reloaded, the form is posted again: it is gone.
    again = post(first, f"/reveal/{request}/open", password=double.password_of("privacy-officer"))
    assert again.status_code == 409
    assert "once only" in again.text
    for path in ("/reveal", "/reveal.json"):
        text = first.get(path).text
        # What is over is listed without its reason.
        assert "spent" in text
        assert not [word for word in IDENTITIES if word in text]
    events = [
        entry
        for entry in RecordReader(loaded.desk.folder / "record").entries()
        if request in str(entry.detail)
    ]
    assert [entry.event.rpartition(":")[2] for entry in events] == ["request", "approve", "open"]


def test_nothing_of_it_lies_in_the_desk_or_in_a_log(first, second, cases, reveals, double, loaded, capsys):
    ask(first, cases)
    request = newest(reveals)
    post(second, f"/reveal/{request}/approve", password=double.password_of("second"))
    page = post(first, f"/reveal/{request}/open", password=double.password_of("privacy-officer"))
    assert "ada.quillon@example.org" in page.text
    logged = capsys.readouterr()
    assert "/reveal/{ident}/open" in logged.out + logged.err
    kept = b"".join(path.read_bytes() for path in loaded.desk.folder.rglob("*") if path.is_file())
    assert request.encode() in kept
    for word in ("ada.quillon", "quillon", "court asks", double.password_of("second")):
        assert word.encode() not in kept.lower(), word
        assert word not in (logged.out + logged.err).lower(), word


def test_nobody_else_sees_or_does_anything(browser, first, cases, reveals, double):
    ask(first, cases)
    request = newest(reveals)
    for role in [role.value for role in Role if role is not Role.PRIVACY_OFFICER]:
        client = browser(role)
        assert client.get("/reveal").status_code == client.get("/reveal.json").status_code == 403
        assert 'href="/reveal"' not in client.get("/help").text
        assert ask(client, cases).status_code == 403
        for step in ("approve", "refuse", "open"):
            answer = post(client, f"/reveal/{request}/{step}", password=double.password_of(role))
            assert answer.status_code == 403
            assert "Quillon" not in answer.text
    assert mine(reveals) == [(request, "waiting")]


def test_only_the_officers_role_may():
    for permission in (Permission.VAULT_APPROVE, Permission.VAULT_REVEAL):
        assert [role for role in Role if permission in role.permissions] == [Role.PRIVACY_OFFICER]


def test_forms_of_other_sites_do_nothing(first, second, cases, reveals, double):
    ask(first, cases)
    request = newest(reveals)
    password = double.password_of("second")
    for path in (f"/reveal/{request}/approve", f"/reveal/{request}/refuse", "/reveal/ask"):
        assert second.post(path, data={"token": "x", "password": password}).status_code == 403
        crossed = second.post(
            path,
            data={"token": form_token(second), "password": password},
            headers={"sec-fetch-site": "cross-site"},
        )
        assert crossed.status_code == 403
    assert mine(reveals) == [(request, "waiting")]
    assert second.get(f"/reveal/{request}/open").status_code == 405


def test_each_step_proves_the_officer_again_and_guesses_are_counted(
    first, second, cases, reveals, double, officers
):
    ask(first, cases)
    request = newest(reveals)
    assert post(second, f"/reveal/{request}/approve").status_code == 401
    for _ in range(4):
        answer = post(second, f"/reveal/{request}/approve", password="guess")
        assert answer.status_code == 401
        assert "guess" not in answer.text
    locked = post(second, f"/reveal/{request}/approve", password=double.password_of("second"))
    assert (locked.status_code, "Wait" in locked.text) == (401, True)
    assert int(locked.headers["retry-after"]) > 0
    # Somebody else's password is no proof.
    assert post(first, f"/reveal/{request}/approve", password=double.password_of("second")).status_code == 401
    assert mine(reveals) == [(request, "waiting")]


def test_nobody_approves_alone(first, cases, reveals, double):
    ask(first, cases)
    request = newest(reveals)
    answer = post(first, f"/reveal/{request}/approve", password=double.password_of("privacy-officer"))
    assert answer.status_code == 409
    assert "cannot approve as well" in answer.text
    assert "Withdraw" in first.get("/reveal").text
    assert post(first, f"/reveal/{request}/refuse").status_code == 303
    assert mine(reveals) == [(request, "refused")]


def test_what_cannot_be_asked_is_said_and_what_was_typed_stays(first, cases, reveals):
    case, _ = cases["T-2"]
    for changes, status in (
        ({"case": case}, 409),
        ({"pseudonym": "ada.quillon@example.org"}, 400),
        ({"reason": "short"}, 400),
        ({"case": "none"}, 409),
    ):
        answer = ask(first, cases, **changes)
        assert answer.status_code == status, changes
        assert 'role="alert"' in answer.text
        assert f'value="{changes.get("case", cases["T-1"][0])}"' in answer.text
    assert post(first, "/reveal/0123456789/refuse").status_code == 404
    assert mine(reveals) == []
    # From the case's own page.
    assert f'href="/reveal?case={case}"' in first.get(f"/cases/{case}").text
    assert f'value="{case}"' in first.get(f"/reveal?case={case}").text
    assert "&lt;b&gt;" in first.get("/reveal?case=<b>").text


def test_a_case_outside_the_rows_of_an_account_is_no_reference(first, cases, reveals, officers):
    from hushdesk.access import RowScope

    officers.set_rows(officers.by_name("privacy-officer").id, RowScope(where={"product": ("Other",)}))
    assert ask(first, cases).status_code == 409
    assert mine(reveals) == []


def test_the_number_of_a_case_is_a_reference_too(first, cases, reveals):
    assert ask(first, cases, case="T-1").status_code == 303
    assert reveals.requests()[0].case_id == cases["T-1"][0]


def test_too_many(first, cases, reveals):
    for _ in range(5):
        assert ask(first, cases).status_code == 303
    late = ask(first, cases)
    assert late.status_code == 429
    assert int(late.headers["retry-after"]) > 0


def test_time_is_up(first, second, cases, reveals, double, clock):
    ask(first, cases)
    request = newest(reveals)
    clock[0] += 31 * 60
    answer = post(second, f"/reveal/{request}/approve", password=double.password_of("second"))
    assert (answer.status_code, "lapsed" in answer.text) == (409, True)


def test_requests_that_somebody_changed_are_said_to_be(first, second, cases, reveals, double):
    ask(first, cases)
    request = newest(reveals)
    reveals._rows._db.execute("UPDATE request SET state = 'approved' WHERE id = ?", request)
    assert "changed by other means" in second.get("/reveal").text
    answer = post(first, f"/reveal/{request}/open", password=double.password_of("privacy-officer"))
    assert answer.status_code == 409
    assert "Quillon" not in answer.text
    reveals._rows._db.execute("DELETE FROM request")
    answer = second.get("/reveal")
    assert (answer.status_code, "changed by other means" in answer.text) == (409, True)


def test_what_is_opened_is_not_printed_and_leaves_with_the_reader():
    static = Path(__file__).parents[2] / "src" / "hushdesk" / "web" / "static"
    assert re.search(
        r"@media print \{\s+\.opened, [^}]+display: none !important", (static / "reveal.css").read_text()
    )
    assert 'addEventListener("pagehide", clear)' in (static / "opened.js").read_text()
