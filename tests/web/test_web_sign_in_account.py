"""One's own account and the accounts of others."""

from __future__ import annotations

import re

import pytest
from starlette.testclient import TestClient

from hushdesk.access import Permission


def token_of(page: str) -> str:
    return re.search(r'name="token" value="(\w+)"', page)[1]


def test_the_page_shows_what_the_account_has(signed_in):
    client = signed_in("lead")
    page = client.get("/account").text
    for words in (
        "Your account",
        "lead",
        "Set one up",
        "Change it",
        "password · here",
        "Sign out everywhere",
    ):
        assert words in page
    told = client.get("/account.json").json()
    assert told["second_factor"] == {"since": None, "recovery_left": 0, "must": False}
    assert [one["current"] for one in told["sessions"]] == [True]
    assert client.cookies["hushdesk"] not in str(told)


def test_signing_out_everywhere(signed_in):
    here, there, other = signed_in("lead"), signed_in("lead"), signed_in("viewer")
    token = token_of(here.get("/account").text)
    assert here.post("/account/sessions", data={"token": "0"}).status_code == 403
    answer = here.post("/account/sessions", data={"token": token})
    assert answer.headers["location"] == "/sign-in"
    for client, status in ((here, 303), (there, 303), (other, 200)):
        assert client.get("/help").status_code == status


def test_one_session_is_ended_by_its_owner_alone(signed_in):
    here, there, other = signed_in("lead"), signed_in("lead"), signed_in("viewer")
    sessions = here.get("/account.json").json()["sessions"]
    handle = next(one["handle"] for one in sessions if not one["current"])
    other.post("/account/sessions", data={"token": token_of(other.get("/account").text), "handle": handle})
    assert there.get("/help").status_code == 200
    answer = here.post(
        "/account/sessions", data={"token": token_of(here.get("/account").text), "handle": handle}
    )
    assert answer.headers["location"] == "/account"
    assert (there.get("/help").status_code, here.get("/help").status_code) == (303, 200)


def test_a_token_is_made_shown_once_used_and_revoked(signed_in, app):
    client = signed_in("lead")
    token = token_of(client.get("/account").text)
    data = {"label": "nightly <report>", "days": "7", "scope": ["cases:search", "loads:read"], "token": token}
    page = client.post("/account/tokens", data=data).text
    secret = re.search(r"hushdesk_[\w-]{43}", page)[0]
    assert "nightly &lt;report&gt;" in page
    again = client.get("/account")
    assert secret not in again.text
    [told] = client.get("/account.json").json()["tokens"]
    assert (told["scopes"], told["state"], told["used_at"]) == (
        ["cases:count", "cases:search", "loads:read"],
        "live",
        None,
    )
    with TestClient(app, base_url="http://localhost", follow_redirects=False) as program:
        program.headers["authorization"] = f"Bearer {secret}"
        assert program.get("/loads.json").status_code == 200
        other = signed_in("analyst")
        path = f"/account/tokens/{told['id']}/revoke"
        assert other.post(path, data={"token": token_of(other.get("/account").text)}).status_code == 404
        assert program.get("/loads.json").status_code == 200
        assert client.post(path, data={"token": "0"}).status_code == 403
        assert client.post(path, data={"token": token}).status_code == 303
        assert program.get("/loads.json").status_code == 401
    assert client.post("/account/tokens/x/revoke", data={"token": token}).status_code == 404


WRONG_TOKENS = (
    {"scope": []},
    {"scope": ["vault:reveal"]},
    {"scope": ["guard:read"]},
    {"scope": ["root"]},
    {"label": ""},
    {"label": "x" * 81},
    {"days": "0"},
    {"days": "367"},
    {"days": "x"},
    {"days": "9" * 30},
)


def test_tokens_that_may_not_be_made(signed_in, accounts):
    client = signed_in("lead")
    token = token_of(client.get("/account").text)
    data = {"label": "x", "days": "7", "scope": ["cases:search"], "token": token}
    for wrong in WRONG_TOKENS:
        assert client.post("/account/tokens", data={**data, **wrong}).status_code == 400, wrong
    assert accounts.tokens.list(accounts.by_name("lead").id) == []


def test_who_may_make_no_tokens_makes_none(signed_in):
    client = signed_in("viewer")
    page = client.get("/account").text
    assert "Make a token" not in page
    data = {"label": "x", "days": "7", "scope": ["desk:status"], "token": token_of(page)}
    assert client.post("/account/tokens", data=data).status_code == 403


def test_changing_the_password_gives_the_session_a_new_id(signed_in, accounts):
    client = signed_in("lead")
    before = client.cookies["hushdesk"]
    new = "five boats upon a lake"
    data = {"old": "lead walks over green hills", "new": new, "again": new}
    data["token"] = token_of(client.get("/password").text)
    assert client.post("/password", data=data).status_code == 303
    assert client.cookies["hushdesk"] != before
    assert accounts.identify(before) is None
    assert client.get("/cases").status_code == 200


class Administrator:
    def __init__(self, client):
        self.client = client

    def post(self, path, **data):
        token = token_of(self.client.get("/accounts").text)
        return self.client.post(path, data={"token": token, **data})

    def change(self, account, action, sure="yes", **data):
        return self.post(f"/accounts/{account.id}", action=action, sure=sure, **data)


@pytest.fixture
def admin(signed_in):
    return Administrator(signed_in("admin"))


def test_an_administrator_makes_an_account_whose_password_is_shown_once(admin, accounts):
    page = admin.post("/accounts", name="New.One", role="analyst").text
    password = re.search(r"(?:[0-9a-z]{5}-){4}[0-9a-z]{5}", page)[0]
    assert accounts.verify("new.one", password).must_change_password
    assert password not in admin.client.get("/accounts").text
    for name, role, status in (("new.one", "lead", 409), ("x y", "lead", 409), ("y", "root", 400)):
        assert admin.post("/accounts", name=name, role=role).status_code == status


def test_what_cannot_be_taken_back_is_asked_first(admin, accounts):
    lead = accounts.by_name("lead")
    before = list(accounts._db._db.iterdump())
    for action, words in (
        ("disable", "Disable this account?"),
        ("reset", "Make a new password?"),
        ("second-factor", "Remove the second factor?"),
        ("role", "Change the role"),
    ):
        asked = admin.change(lead, action, sure="", role="viewer")
        assert asked.status_code == 200
        assert words in asked.text
        assert f'name="action" value="{action}"' in asked.text
        assert "<bdi>lead</bdi>" in asked.text
        assert 'href="/accounts"' in asked.text
    dumped = [line for line in accounts._db._db.iterdump() if "session" not in line]
    assert dumped == [line for line in before if "session" not in line]
    # Not even asked about oneself, or about nobody.
    assert admin.change(accounts.by_name("admin"), "disable", sure="").status_code == 409
    assert admin.post("/accounts/9999", action="disable").status_code == 404


def test_what_was_typed_is_there_again_after_a_refusal(admin, signed_in):
    refused = admin.post("/accounts", name="no name", role="lead")
    assert refused.status_code == 409
    assert 'value="no name"' in refused.text
    assert "<option selected>lead</option>" in refused.text
    client = signed_in("analyst")
    page = client.get("/account").text
    data = {"label": "nightly", "days": "77", "scope": "vault:reveal", "token": token_of(page)}
    refused = client.post("/account/tokens", data=data)
    assert refused.status_code == 400
    assert 'value="nightly"' in refused.text
    assert 'value="77"' in refused.text


def test_an_administrator_changes_the_accounts_of_others(admin, accounts, signed_in):
    lead, client = accounts.by_name("lead"), signed_in("lead")
    assert admin.change(lead, "role", role="viewer").status_code == 303
    assert accounts.get(lead.id).role.value == "viewer"
    assert admin.change(lead, "role", role="root").status_code == 400
    assert admin.change(lead, "sign-out").status_code == 303
    assert client.get("/help").status_code == 303
    assert admin.change(lead, "disable").status_code == 303
    assert accounts.get(lead.id).disabled
    assert admin.change(lead, "enable").status_code == 303
    password = re.search(r"(?:[0-9a-z]{5}-){4}[0-9a-z]{5}", admin.change(lead, "reset").text)[0]
    assert accounts.verify("lead", password)
    assert admin.change(lead, "second-factor").status_code == 409
    assert admin.change(lead, "delete").status_code == 400
    assert admin.post("/accounts/999", action="disable").status_code == 404
    assert admin.post("/accounts/x", action="disable").status_code == 404
    page = admin.client.get("/accounts").text
    for event in ("admin:role:change", "admin:account:disable", "admin:password:reset"):
        assert event in page
    by = {one["by"] for one in admin.client.get("/accounts.json").json()["happened"][:6]}
    assert by <= {"admin", "lead"}


def test_an_administrator_is_nobodys_own_administrator(admin, accounts):
    me = accounts.by_name("admin")
    for action in ("role", "reset", "disable", "enable", "second-factor", "sign-out"):
        answer = admin.change(me, action, role="privacy-officer")
        assert answer.status_code == 409, action
        assert "their own account" in answer.text
    assert accounts.get(me.id).role is me.role


def test_the_accounts_of_others_are_for_administrators(signed_in, accounts):
    lead = accounts.by_name("viewer")
    for role in ("lead", "operator", "privacy-officer"):
        client = signed_in(role)
        token = token_of(client.get("/account").text)
        assert client.get("/accounts").status_code == 403
        for path in ("/accounts", f"/accounts/{lead.id}"):
            data = {"token": token, "name": "eve", "role": "admin", "action": "reset"}
            assert client.post(path, data=data).status_code == 403
    assert "eve" not in {one.name for one in accounts.all()}


def test_forms_of_other_sites_and_old_ones_change_nothing(admin, accounts):
    lead = accounts.by_name("lead")
    for path, data in (
        ("/accounts", {"name": "eve", "role": "admin"}),
        (f"/accounts/{lead.id}", {"action": "disable"}),
    ):
        assert admin.client.post(path, data={**data, "token": "0" * 64}).status_code == 403
        token = token_of(admin.client.get("/accounts").text)
        foreign = {"sec-fetch-site": "cross-site"}
        assert admin.client.post(path, data={**data, "token": token}, headers=foreign).status_code == 403
    assert not accounts.get(lead.id).disabled
    assert "eve" not in {one.name for one in accounts.all()}


def test_an_administrator_sees_no_case(admin):
    assert Permission.CASES_READ not in admin.client.get("/account.json").json()
    assert admin.client.get("/cases").status_code == 403
