"""The record's pages: who saw a case, what an account did, what left the house; and that looking is written down."""

from __future__ import annotations

import re

import pytest
from starlette.testclient import TestClient

from hushdesk.access import Role
from hushdesk.access._question import Question
from hushdesk.web import create_app

CASE, OTHER, NEVER = "0123456789ABCDEF", "Z" * 16, "N" * 16
NASTY = "<script>alert(1)</script>"


@pytest.fixture
def browser(desk, accounts, book):
    app = create_app(desk, accounts, record=book)
    opened = []

    def sign_in(role: Role = Role.PRIVACY_OFFICER) -> TestClient:
        secret = accounts.sessions.create(accounts.by_name(role.value).id).secret
        client = TestClient(app, base_url="http://localhost", cookies={"hushdesk": secret})
        opened.append(client)
        return client

    yield sign_in
    for client in opened:
        client.close()


@pytest.fixture
def ada(accounts):
    from hushdesk.access import Actor

    return Actor("ada", "analyst", Role.ANALYST.permissions, via="page")


def listed(witness, who, *cases):
    witness._asked(
        witness_event("SEARCH"), who, Question(NASTY), page=1, total=9, rows=len(cases), cases=list(cases)
    )


def witness_event(name):
    from hushdesk.access import AuditEvent

    return AuditEvent[f"ANALYST_CASE_{name}"]


def test_only_those_who_may_read_it_see_it(browser):
    paths = ["/record", "/record/exports", f"/record/case/{CASE}", "/record/account/ada"]
    for role in Role:
        client = browser(role)
        for path in [*paths, *(f"{path}.json" for path in paths)]:
            wanted = 200 if role is Role.PRIVACY_OFFICER else 403
            assert client.get(path).status_code == wanted, (role, path)
        assert ('href="/record"' in client.get("/help").text) == (role is Role.PRIVACY_OFFICER)


def test_the_case_page_leads_to_who_saw_it(browser, desk):
    case = desk.cases[0].case_id
    assert f'href="/record/case/{case}"' in browser().get(f"/cases/{case}").text
    assert "/record/case" not in browser(Role.LEAD).get(f"/cases/{case}").text


def test_who_saw_a_case(browser, witness, ada):
    listed(witness, ada, CASE, OTHER)
    witness.note(witness_event("READ"), ada, case=CASE)
    listed(witness, ada, OTHER)
    for cases, whole in (([CASE, OTHER], True), ([OTHER], True), ([CASE], False)):
        export = witness.export_began(ada, Question(reason="Audit"), 2)
        export.handing(cases)
        export.ended(whole=whole)
    witness.export_began(ada, Question(), 77)
    client = browser()
    found = client.get(f"/record/case/{CASE}.json").json()
    assert found["state"]["whole"] is True
    assert [e["event"] for e in found["entries"]] == ["analyst:case:read", "analyst:case:search"]
    assert [(e["export"]["number"], e["certain"]) for e in found["exports"]] == [
        (9, False),
        (7, True),
        (3, True),
    ]
    assert found["exports"][0]["export"]["hits"] == 77
    page = client.get(f"/record/case/{CASE}").text
    assert "may have left: it never ended" in page
    assert "up to 77" in page
    never = client.get(f"/record/case/{NEVER}.json").json()
    assert never["entries"] == []
    assert [e["certain"] for e in never["exports"]] == [False]
    assert client.get("/record/case/a%20b").status_code == 404


def test_a_changed_list_of_an_export_is_no_proof(browser, witness, ada, record):
    export = witness.export_began(ada, Question(), 1)
    export.handing([CASE])
    export.ended(whole=True)
    path = record.folder / "exports" / "0"
    data = bytearray(path.read_bytes())
    data[-1] ^= 1
    path.write_bytes(bytes(data))
    [found] = browser().get(f"/record/case/{CASE}.json").json()["exports"]
    assert (found["certain"], found["why"]) == (False, "its list of cases was changed")
    path.unlink()
    [found] = browser().get(f"/record/case/{CASE}.json").json()["exports"]
    assert "missing" in found["why"]


def test_entries_are_filtered_paged_and_shown_as_text(browser, witness, ada):
    for _ in range(60):
        listed(witness, ada, CASE)
    client = browser()
    page = client.get("/record?account=ada&event=analyst:").text
    assert "Whole: " in page
    assert NASTY not in page
    assert "&lt;script&gt;" in page
    first = client.get("/record.json?account=ada").json()
    assert len(first["entries"]) == 50
    assert first["entries"][0]["words"]["query"] == NASTY
    assert first["entries"][0]["detail"]["cases"] == 1
    older = client.get(first["older"]).json()
    assert [e["number"] for e in older["entries"]] == list(range(9, -1, -1))
    assert older["older"] is None
    assert client.get("/record.json?account=nobody-there").json()["entries"] == []
    assert client.get("/record.json?from=2030").json()["entries"] == []
    assert client.get("/record?from=soon").status_code == 400
    assert client.get("/record.json?from=2012&to=2011").status_code == 400
    assert client.get("/record.json?event=an_lyst:").json()["entries"] == []


def test_what_an_account_did_and_unusual_days_are_marked(browser, record, witness, ada):
    for day, views in (("01", 3), ("02", 4), ("03", 230)):
        record._clock = lambda day=day: f"2026-11-{day}T10:00:00.000000Z"
        for _ in range(views):
            witness.note(witness_event("READ"), ada, case=CASE)
    client = browser()
    days = client.get("/record/account/ada.json").json()["days"]
    assert [(d["day"], d["views"], d["cases"], d["unusual"]) for d in days] == [
        ("2026-11-03", 230, 230, True),
        ("2026-11-02", 4, 4, False),
        ("2026-11-01", 3, 3, False),
    ]
    page = client.get("/record/account/ada").text
    assert page.count('state-interrupted">unusual</span>') == 1
    assert 'href="/record?account=ada&amp;from=2026-11-03&amp;to=2026-11-03"' in page


def test_how_many_rows_left_the_house(browser, witness, ada):
    for reason, cases in (("Audit", [CASE, OTHER]), ("Audit", [CASE]), ("", [OTHER])):
        export = witness.export_began(ada, Question(reason=reason), len(cases))
        export.handing(cases)
        export.ended(whole=True)
    witness.export_began(ada, Question(reason="Audit"), 500)
    client = browser()
    found = client.get("/record/exports.json").json()
    assert (found["cases"], found["unknown"], found["total"]) == (4, 500, 4)
    assert {g["name"]: (g["exports"], g["cases"], g["unknown"]) for g in found["left"]["reason"]} == {
        "Audit": (3, 3, 500),
        "no reason given": (1, 1, 0),
    }
    assert [g["name"] for g in found["left"]["account"]] == ["ada"]
    page = client.get("/record/exports").text
    assert "up to <b" in page
    assert page.count('<rect class="part-warn"') == 1
    assert client.get("/record/exports.json?to=2001").json()["total"] == 0


def test_looking_is_written_down_and_what_was_asked_is_sealed(browser, record, book):
    client = browser()
    client.get("/record.json?account=zanzibar")
    client.get(f"/record/case/{CASE}.json")
    found = client.get("/record.json?event=officer:record").json()["entries"]
    assert [e["detail"]["page"] for e in found] == ["case", "entries"]
    assert found[1]["words"] == {"account": "zanzibar"}
    assert found[0]["detail"]["about"] == CASE
    assert {e["who"] for e in found} == {"privacy-officer"}
    assert b"zanzibar" not in (record.folder / "entries.jsonl").read_bytes()


@pytest.mark.parametrize("when", ["before the first look", "after a look"])
def test_a_changed_entry_is_never_shown(browser, record, witness, ada, when):
    for _ in range(5):
        listed(witness, ada, CASE)
    client = browser()
    if when == "after a look":
        assert client.get("/record.json").json()["state"]["whole"]
    path = record.folder / "entries.jsonl"
    data = path.read_bytes()
    path.write_bytes(re.sub(rb'"total":9', b'"total":8', data, count=1))
    for twin in ("/record.json", f"/record/case/{CASE}.json"):
        found = client.get(twin).json()
        assert found["state"]["whole"] is False
        assert found["entries"] == []
    assert "is not what was signed" in client.get("/record").text


def test_without_a_record_there_is_nothing_there(desk, accounts):
    secret = accounts.sessions.create(accounts.by_name("privacy-officer").id).secret
    app = create_app(desk, accounts)
    with TestClient(app, base_url="http://localhost", cookies={"hushdesk": secret}) as client:
        assert client.get("/record").status_code == 404
