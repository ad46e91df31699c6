from __future__ import annotations

import html
import re

from hushdesk.analytics import MessageView

HOSTILE = "<script>alert(1)</script><img src=x onerror=alert(1)>"


def test_page_and_twin_show_the_same_case(signed_in, desk):
    client = signed_in("lead")
    case = desk.cases[5]
    page, twin = client.get(f"/cases/{case.case_id}").text, client.get(f"/cases/{case.case_id}.json").json()
    assert twin["case"]["subject"] == case.subject
    assert len(twin["case"]["messages"]) == len(case.messages) == page.count('<li class="message')
    assert case.subject in page


def test_internal_parts_are_labelled_and_framed_apart(signed_in, desk):
    case = desk.add(case_id="NOTES", remarks="a remark", notes=("first note", "second note"))
    page = signed_in("lead").get("/cases/NOTES").text
    internal = sum(message.visibility != "public" for message in case.messages)
    assert page.count('class="label-internal"') == internal + 3
    for text in ("a remark", "first note", "second note"):
        before = page[: page.index(text)]
        assert 'class="text-block internal"' in before[before.rindex("<section") :]


def test_an_unknown_visibility_is_shown_as_internal(signed_in, desk):
    desk.add(
        case_id="ODD",
        messages=(MessageView("odd text", "secretish", None, "agent", "", ()),),
        notes=(),
        remarks="",
    )
    page = signed_in("lead").get("/cases/ODD").text
    assert page.count('class="label-internal"') == 1
    assert "odd text" not in signed_in("analyst").get("/cases/ODD").text


def test_without_the_permission_internal_parts_are_counted_and_not_sent(signed_in, desk):
    desk.add(case_id="NOTES", remarks="a remark", notes=("first note", "second note"))
    client = signed_in("analyst")
    page, twin = client.get("/cases/NOTES").text, client.get("/cases/NOTES.json")
    assert "4 internal texts not shown" in page
    assert twin.json()["case"]["internal_hidden"] == 4
    for text in ("a remark", "first note", "Escalate to tier two"):
        assert text not in page
        assert text not in twin.text


def test_no_text_of_a_case_is_taken_for_markup(signed_in, desk):
    fields = (
        "subject",
        "description",
        "resolution",
        "remarks",
        "number",
        "product",
        "channel",
        "status",
        "priority",
        "category",
        "country",
        "source",
        "contract",
        "language",
        "customer",
        "agent",
    )
    message = MessageView(HOSTILE, "public", None, HOSTILE, HOSTILE, (HOSTILE,))
    desk.add(
        case_id="EVIL",
        **dict.fromkeys(fields, HOSTILE),
        notes=(HOSTILE,),
        tags=(HOSTILE,),
        attachments=(HOSTILE,),
        kinds=(HOSTILE,),
        messages=(message,),
    )
    client = signed_in("lead")
    for path in ("/cases/EVIL", "/cases?q=alert", "/cases?f.product=" + html.escape(HOSTILE)):
        page = client.get(path).text
        assert "<script>alert" not in page
        assert "<img" not in page
    assert html.escape(HOSTILE) in client.get("/cases/EVIL").text


def test_the_reader_walks_through_the_list_it_was_opened_from(signed_in, desk):
    client = signed_in("analyst")
    order = []
    path = html.unescape(
        re.search(r'href="([^"]+)" data-open', client.get("/cases?f.product=Mail&sort=oldest").text)[1]
    )
    while path:
        page = client.get(path).text
        order.append(re.search(r'<article class="case" data-case="(\w+)"', page)[1])
        after = re.search(r'rel="next" href="([^"]+)"', page)
        path = html.unescape(after[1]) if after else None
    expected = sorted(
        (case for case in desk.cases if case.product == "Mail"), key=lambda case: case.opened_at
    )
    assert order == [case.case_id for case in expected]


def test_a_list_that_has_changed_offers_no_wrong_neighbours(signed_in, desk):
    page = signed_in("analyst").get(f"/cases/{desk.cases[3].case_id}?at=1").text
    assert 'rel="next"' not in page


def test_unknown_cases_are_not_found(signed_in):
    client = signed_in("analyst")
    for path in (
        "/cases/NOPE",
        "/cases/NOPE.json",
        "/cases/a%20b",
        "/cases/" + "A" * 65,
        "/loads/x",
        "/nothing",
    ):
        assert client.get(path).status_code in {403, 404}
    assert client.get("/cases/NOPE.json").json()["error"]["problem"]
    assert "There is nothing at this address" in client.get("/cases/NOPE").text


def test_load_report_says_where_each_case_went(signed_in):
    client = signed_in("analyst")
    page, twin = client.get("/loads/1").text, client.get("/loads/1.json").json()
    assert twin["balanced"] is True
    assert twin["report"]["cases_in"] == 12_007
    for part in (
        "12,007",
        "11,800",
        "14 newer versions",
        "190",
        "Every case is accounted for",
        "bad date",
        "tickets.jsonl, row 77",
        "custom_fields.shoe_size",
        "The first 2 of 14",
    ):
        assert part in page
    assert "was interrupted" in client.get("/loads/2").text
    assert [load["id"] for load in client.get("/loads.json").json()["loads"]] == [2, 1]


def test_a_sum_that_does_not_close_is_said(signed_in, desk, monkeypatch):
    from dataclasses import replace

    report = replace(desk.load_report(1), stored=1)
    monkeypatch.setattr(desk, "load_report", lambda _id: report)
    assert "The sum does not close" in signed_in("analyst").get("/loads/1").text


def test_help_names_every_field_and_order(signed_in):
    from hushdesk.analytics import FIELDS, SORTS

    page = signed_in("analyst").get("/help").text
    for name in (*FIELDS, *SORTS):
        assert f"<code>{name}</code>" in page
