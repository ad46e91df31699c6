import csv
import io
import json
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hushdesk.cases import Case, PersonRole, Reason, Refused, Visibility
from hushdesk.readers import Confidence, Options, Stream
from hushdesk.readers._jira import JiraReader
from hushdesk.readers._markup import adf_to_text, wiki_to_text

PUBLIC, INTERNAL = Visibility.PUBLIC, Visibility.INTERNAL
HEAD = [
    "Summary",
    "Issue key",
    "Issue id",
    "Status",
    "Reporter",
    "Assignee",
    "Creator",
    "Created",
    "Description",
]
MORE = [
    "Labels",
    "Labels",
    "Attachment",
    "Log Work",
    "Watchers",
    "Custom field (Contract)",
    "Votes",
    "Comment",
    "Comment",
]


def row(number=1, *, comments=(), created="30/Sep/21 17:20", **more):
    comments = (*comments, "", "")[:2]
    fields = {
        **dict(
            zip(
                HEAD,
                [
                    "Broken",
                    f"SUP-{number}",
                    str(number),
                    "Open",
                    "jroe",
                    "Al Agent",
                    "al",
                    created,
                    "h1. It *broke*",
                ],
                strict=True,
            )
        ),
        **more,
    }
    return [
        *(fields[name] for name in HEAD),
        "vip",
        "new",
        "",
        more.get("work", ""),
        "wendy",
        "K-77",
        "3",
        *comments,
    ]


def table(*rows, header=(*HEAD, *MORE), delimiter=","):
    buffer = io.StringIO()
    csv.writer(buffer, delimiter=delimiter, lineterminator="\r\n").writerows([header, *rows])
    return buffer.getvalue().encode()


def load(*inputs, options=None):
    streams = [
        ("", Stream(f"{place}", lambda data=data: io.BytesIO(data))) for place, data in enumerate(inputs)
    ]
    got = list(JiraReader().read(streams, options or Options()))
    return [one for one in got if isinstance(one, Case)], [one for one in got if isinstance(one, Refused)]


def test_a_row_becomes_a_case():
    (case,), refused = load(table(row()))
    assert not refused
    assert (case.source, case.source_id, case.number, case.subject) == ("jira", "1", "SUP-1", "Broken")
    assert case.description == "It *broke*"
    assert case.customer.usernames == ("jroe",)
    assert (case.agent.name, case.agent.role) == ("Al Agent", PersonRole.AGENT)
    assert [person.usernames for person in case.others] == [("al",), ("wendy",)]
    assert case.tags == ("vip", "new")
    assert case.unmapped == (("Contract", "K-77"),)
    assert case.opened_at.isoformat() == "2021-09-30T17:20:00+00:00"


def test_times_are_in_the_declared_zone():
    (case,), _ = load(table(row()), options=Options(zone=ZoneInfo("Europe/Berlin")))
    assert case.opened_at.hour == 15


def test_comments_are_internal_and_sorted_and_their_authors_known():
    comments = [
        "01/Oct/21 09:00;Al Agent;Second; with semicolon\nand line",
        "30/Sep/21 18:00;jroe;First {code}x{code}",
    ]
    (case,), _ = load(table(row(comments=comments)))
    first, second = case.messages
    assert (first.text, first.author) == ("First x", case.customer)
    assert (second.text, second.author) == ("Second; with semicolon\nand line", case.agent)
    assert {message.visibility for message in case.messages} == {INTERNAL}


@pytest.mark.parametrize("cell", ["just text", "a; b; c", "one\ntwo;three;four"])
def test_a_comment_of_another_shape_keeps_its_text(cell):
    (case,), _ = load(table(row(comments=[cell])))
    assert case.messages[0].text == cell
    assert case.messages[0].author is None


def test_work_logs_are_internal_text():
    (case,), _ = load(table(row(work="called; left a message;30/Sep/21 18:00;al;600")))
    assert [(m.text, m.visibility) for m in case.messages] == [("called; left a message", INTERNAL)]


def test_attachments_are_names_without_links():
    data = table(row())
    header = data.decode().split("\r\n", 1)[0]
    cells = row()
    cells[header.split(",").index("Attachment")] = (
        "30/Sep/21 17:20;jroe;a;b.log;https://jira.example/secure/TOKEN/a"
    )
    (case,), _ = load(table(cells))
    assert case.attachments == ("a;b.log",)


@pytest.mark.parametrize(
    ("created", "reason"),
    [
        ("09/10/21 5:20 PM", Reason.AMBIGUOUS_DATE),
        ("31/Feb/21 17:20", Reason.BAD_DATE),
        ("soon", Reason.BAD_DATE),
    ],
)
def test_a_date_that_cannot_be_read_refuses_its_row(created, reason):
    cases, refused = load(table(row(1), row(2, created=created), row(3)))
    assert [case.source_id for case in cases] == ["1", "3"]
    assert [(r.reason, r.at.row, r.at.field) for r in refused] == [(reason, 3, "Created")]
    if reason is Reason.AMBIGUOUS_DATE:
        cases, _ = load(table(row(2, created=created)), options=Options(day_first=True))
        assert (cases[0].opened_at.month, cases[0].opened_at.day) == (10, 9)


def test_a_stray_quote_costs_one_row():
    good = table(row(1), row(2), row(3)).decode().replace("Broken,SUP-2", '"Broken,SUP-2')
    cases, refused = load(good.encode())
    assert [case.source_id for case in cases] == ["1", "3"]
    assert [r.reason for r in refused] == [Reason.BAD_ROW]


def test_a_row_without_id_is_refused():
    _, refused = load(table(row(**{"Issue id": "", "Issue key": ""})))
    assert [(r.reason, r.at.field) for r in refused] == [(Reason.MISSING_ID, "Issue id")]


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "cp1252"])
@pytest.mark.parametrize("delimiter", [",", ";"])
def test_encodings_and_delimiters(encoding, delimiter):
    (case,), _ = load(table(row(Reporter="Zoë Brün"), delimiter=delimiter).decode().encode(encoding))
    assert case.customer.name == "Zoë Brün"


USER = {
    "accountId": "5b1",
    "displayName": "Jane Roe",
    "emailAddress": "jane@example.com",
    "accountType": "customer",
}
STAFF = {"name": "al", "key": "al", "displayName": "Al Agent", "self": "https://x.example/user?username=al"}


def issue(number=1, comments=(), **fields):
    return {
        "id": str(number),
        "key": f"SUP-{number}",
        "changelog": {"histories": [{"items": [{"toString": "dropped"}]}]},
        "fields": {
            "summary": "Broken",
            "description": "h1. It broke",
            "created": "2019-03-01T10:00:00.000-0800",
            "updated": "2019-03-02T10:00:00.000+0000",
            "reporter": USER,
            "assignee": STAFF,
            "creator": STAFF,
            "status": {"name": "Open", "self": "x"},
            "project": {"name": "Support", "key": "SUP"},
            "comment": {"comments": list(comments), "total": len(comments)},
            **fields,
        },
    }


def said(number, body, **more):
    return {
        "id": str(number),
        "body": body,
        "author": USER,
        "created": "2019-03-01T10:00:00.000+0000",
        **more,
    }


def doc(*content):
    return {"type": "doc", "version": 1, "content": list(content)}


def paragraph(*content):
    return {
        "type": "paragraph",
        "content": [{"type": "text", "text": one} if isinstance(one, str) else one for one in content],
    }


@pytest.mark.parametrize(
    "layout",
    [
        lambda one: json.dumps({"startAt": 0, "issues": [one]}).encode(),
        lambda one: json.dumps({"startAt": 0, "issues": [one]}, indent=2).encode(),
        lambda one: json.dumps(one).encode(),
        lambda one: json.dumps(one, indent=2).encode(),
        lambda one: json.dumps([one]).encode(),
        lambda one: json.dumps({"webhookEvent": "jira:issue_updated", "issue": one}).encode(),
    ],
    ids=["page", "indented page", "issue", "indented issue", "array", "webhook"],
)
def test_every_layout_of_the_api(layout):
    data = layout(issue())
    assert JiraReader().sniff(data, "x").confidence is Confidence.CERTAIN
    (case,), refused = load(data)
    assert not refused
    assert (case.source_id, case.number, case.product, case.status) == ("1", "SUP-1", "Support", "Open")
    assert case.opened_at.hour == 18
    assert case.description == "It broke"
    assert case.customer.emails == ("jane@example.com",)
    assert case.agent.usernames == ("al",)
    assert case.others == ()


@pytest.mark.parametrize(
    ("marks", "visibility"),
    [
        ({}, INTERNAL),
        ({"jsdPublic": True}, PUBLIC),
        ({"jsdPublic": False}, INTERNAL),
        ({"jsdPublic": "true"}, INTERNAL),
        ({"jsdPublic": True, "visibility": {"type": "role", "value": "Staff"}}, INTERNAL),
        ({"properties": [{"key": "sd.public.comment", "value": {"internal": True}}]}, INTERNAL),
        (
            {"jsdPublic": True, "properties": [{"key": "sd.public.comment", "value": {"internal": True}}]},
            INTERNAL,
        ),
        ({"properties": [{"key": "sd.public.comment", "value": {"internal": False}}]}, PUBLIC),
        ({"jsdPublic": True, "properties": [{"key": "sd.public.comment", "value": {}}]}, INTERNAL),
    ],
)
def test_a_comment_is_public_only_if_all_agree(marks, visibility):
    (case,), _ = load(json.dumps(issue(comments=[said(1, "x", **marks)])).encode())
    assert [message.visibility for message in case.messages] == [visibility]
    assert case.messages[0].author == case.customer


def test_document_trees_become_text():
    body = doc(
        paragraph(
            "Mail ",
            {
                "type": "text",
                "text": "me",
                "marks": [{"type": "link", "attrs": {"href": "mailto:j@example.com"}}],
            },
        ),
        paragraph(
            {"type": "mention", "attrs": {"id": "5b1", "text": "@Jane Roe"}}, {"type": "hardBreak"}, "next"
        ),
        {
            "type": "bulletList",
            "content": [
                {"type": "listItem", "content": [paragraph("one")]},
                {"type": "listItem", "content": [paragraph("two")]},
            ],
        },
        {"type": "codeBlock", "content": [{"type": "text", "text": "a = {b}"}]},
        {
            "type": "mediaSingle",
            "content": [{"type": "media", "attrs": {"alt": "shot of Jane", "id": "secret-id"}}],
        },
        paragraph(
            {"type": "inlineCard", "attrs": {"url": "https://x.example/jane"}},
            {"type": "date", "attrs": {"timestamp": "1551398400000"}},
        ),
    )
    assert adf_to_text(body) == (
        "Mail me <j@example.com>\n@Jane Roe\nnext\n- one\n- two\na = {b}\nshot of Jane\nhttps://x.example/jane2019-03-01"
    )
    (case,), _ = load(json.dumps(issue(description=body, comments=[said(1, doc(paragraph("hi")))])).encode())
    assert case.description.startswith("Mail me")
    assert case.messages[0].text == "hi"


def test_people_in_unknown_fields_are_people_and_the_rest_is_hunted():
    other = {"accountId": "9", "displayName": "Part Icipant", "avatarUrls": {"48x48": "https://x"}}
    fields = {
        "customfield_1": [other],
        "customfield_2": "K-77",
        "customfield_3": {"self": "https://x", "value": "Gold"},
        "customfield_4": doc(paragraph("t")),
    }
    (case,), _ = load(json.dumps(issue(**fields)).encode())
    assert [person.name for person in case.others] == ["Part Icipant"]
    assert case.unmapped == (
        ("customfield_2", "K-77"),
        ("customfield_3.value", "Gold"),
        ("customfield_4", "t"),
    )


def test_the_change_log_is_left_out():
    (case,), _ = load(json.dumps(issue()).encode())
    assert "dropped" not in "".join(str(getattr(case, name)) for name in case.__slots__)


@pytest.mark.parametrize(
    ("marked", "plain"),
    [
        ("h2. Title\ntext", "Title\ntext"),
        ("{code:java}int[] a = {1}; // [x|y]{code}", "int[] a = {1}; // [x|y]"),
        ("{quote}said{quote} {color:red}red{color}", "said red"),
        (
            "[Jane|mailto:j@example.com] and [https://x.example/j]",
            "Jane <j@example.com> and https://x.example/j",
        ),
        ("[~jroe] and [~accountid:5b1]", "@jroe and @5b1"),
        ("!shot of jane.png|thumbnail! {{mono}}", "shot of jane.png mono"),
        ("{panel:title=About Jane}x{panel}", "About Janex"),
        ("plain [1] text {x}", "plain [1] text {x}"),
        ("{code}never closed", "never closed"),
    ],
)
def test_wiki_markup_goes_and_the_words_stay(marked, plain):
    assert wiki_to_text(marked) == plain


@given(st.text(alphabet="{}[]|!~h1.code:quote \n\\*a", max_size=60))
def test_wiki_markup_of_any_shape_never_fails(marked):
    assert isinstance(wiki_to_text(marked), str)


@pytest.mark.parametrize(
    "odd", [{}, [], "text", 7, True, None, [None], {"comments": "x"}, {"type": "doc", "content": 5}]
)
@pytest.mark.parametrize(
    "name",
    ["comment", "description", "reporter", "status", "labels", "attachment", "worklog", "customfield_9"],
)
def test_fields_of_odd_types_do_not_stop_a_load(name, odd):
    cases, refused = load(json.dumps({"issues": [issue(1, **{name: odd}), issue(2)]}).encode())
    assert [case.source_id for case in cases] == ["1", "2"]
    assert not refused


def test_what_is_no_issue_is_refused_and_the_rest_read():
    cases, refused = load(json.dumps({"issues": [issue(1), {"id": "2"}, {"fields": {}}, issue(3)]}).encode())
    assert [case.source_id for case in cases] == ["1", "3"]
    assert [r.reason for r in refused] == [Reason.UNKNOWN_FORMAT, Reason.MISSING_ID]


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"id,name\n1,x\n",
        b"Ticket ID,Summary,Status\n1,a,b\n",
        b'[{"id": 1, "name": "x"}]',
        b'{"tickets": []}',
        b"[" * 70_000,
    ],
)
def test_what_is_not_its_own_is_left(data):
    assert JiraReader().sniff(data, "jira_issues.csv").confidence is Confidence.NO
