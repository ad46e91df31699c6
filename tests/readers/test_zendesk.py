import gzip
import io
import json

import pytest

from hushdesk.cases import Case, PersonRole, Reason, Refused, Supporting, Visibility
from hushdesk.readers import Confidence, Options, Stream, read
from hushdesk.readers import _zendesk as zendesk
from hushdesk.readers._zendesk import ZendeskReader

PUBLIC, INTERNAL = Visibility.PUBLIC, Visibility.INTERNAL
SYSTEM = {
    "ip_address": "203.0.113.9",
    "location": "Cairns QLD, AU",
    "latitude": -16.9,
    "longitude": 145.7,
    "client": "x",
}


def ticket(number=1, **fields):
    return {
        "id": number,
        "url": f"https://desk.example/api/v2/tickets/{number}.json",
        "via": {"channel": "email", "source": {"from": {}, "to": {}}},
        "requester_id": 10,
        "submitter_id": 10,
        "assignee_id": 20,
        "subject": "Broken",
        "description": "It broke.",
        "created_at": "2019-03-01T10:00:00Z",
        "updated_at": "2019-03-02T10:00:00Z",
        "status": "open",
        "is_public": True,
        **fields,
    }


def comment(number, body, public=True, author=10, at="2019-03-01T10:00:00Z", **fields):
    return {"id": number, "author_id": author, "body": body, "public": public, "created_at": at, **fields}


def audit(number, ticket_id, *events, **fields):
    return {"id": number, "ticket_id": ticket_id, "author_id": 10, "events": list(events), **fields}


CUSTOMER = {
    "id": 10,
    "name": "Jane Roe",
    "email": "jane@example.com",
    "phone": "+44 20 7946 0018",
    "role": "end-user",
    "alias": "jroe",
    "details": "1 High Street, London",
    "external_id": "C-778",
    "notes": "calls often",
    "locale": "en-GB",
    "identities": [{"type": "email", "value": "roe@example.org"}, {"type": "twitter", "value": "@roe"}],
}
AGENT = {"id": 20, "name": "Al Agent", "email": "al@desk.example", "role": "agent", "locale": "en-US"}


def lines(*rows):
    return "".join(json.dumps(row) + "\n" for row in rows).encode()


def page(name, *rows, **more):
    return json.dumps({name: list(rows), "count": len(rows), **more}).encode()


def load(**files):
    """Read files given as name to bytes; returns cases by id, refusals, and counts."""
    streams = []
    for name, data in sorted(files.items()):
        part = ZendeskReader().sniff(data[:65536], name).part
        streams.append((part, Stream(name, lambda data=data: io.BytesIO(data))))
    cases, refused, counts = {}, [], {}
    for one in ZendeskReader().read(streams, Options()):
        if isinstance(one, Case):
            cases[one.source_id] = one
        elif isinstance(one, Refused):
            refused.append(one)
        else:
            assert isinstance(one, Supporting)
            rows, distinct = counts.get(one.kind, (0, 0))
            counts[one.kind] = (rows + one.rows, distinct + one.distinct)
    return cases, refused, counts


def one(**files):
    cases, refused, _ = load(**files)
    assert not refused
    (case,) = cases.values()
    return case


@pytest.mark.parametrize("users", ["a_users", "z_users"], ids=["before", "after"])
@pytest.mark.parametrize("layout", ["lines", "page"])
def test_users_are_joined_wherever_they_stand(users, layout):
    write = (
        lines if layout == "lines" else lambda *rows: page("users" if "role" in rows[0] else "tickets", *rows)
    )
    case = one(**{"m_tickets": write(ticket()), users: write(CUSTOMER, AGENT)})
    assert case.customer.name == "Jane Roe"
    assert case.customer.emails == ("jane@example.com", "roe@example.org")
    assert case.customer.phones == ("+44 20 7946 0018",)
    assert case.customer.usernames == ("jroe", "@roe")
    assert case.customer.addresses == ("1 High Street, London",)
    assert case.customer.other == (("ACCOUNT", "C-778"),)
    assert ("requester.notes", "calls often") in case.unmapped
    assert (case.agent.name, case.agent.role) == ("Al Agent", PersonRole.AGENT)
    assert case.language == "en"


def test_visibility_is_public_only_if_the_comment_says_so():
    unsaid = comment(3, "c")
    del unsaid["public"]
    case = one(
        t=lines(
            ticket(
                comments=[
                    comment(1, "a"),
                    comment(2, "b", public=False),
                    unsaid,
                    comment(4, "d", public="true"),
                ]
            )
        )
    )
    assert [(m.text, m.visibility) for m in case.messages] == [
        ("a", PUBLIC),
        ("b", INTERNAL),
        ("c", INTERNAL),
        ("d", INTERNAL),
    ]


def test_copies_of_a_comment_are_one_message_and_the_stricter_one_counts():
    case = one(
        a=page(
            "audits",
            audit(5, 1, {"type": "Comment", **comment(1, "a", public=False)}, metadata={"system": SYSTEM}),
        ),
        c=page("comments", comment(2, "b"), url="https://desk.example/api/v2/tickets/1/comments.json"),
        t=page("tickets", ticket(comments=[comment(1, "a"), comment(2, "b")])),
    )
    assert [(m.source_id, m.visibility) for m in case.messages] == [("1", INTERNAL), ("2", PUBLIC)]
    assert case.messages[0].author.ips == ("203.0.113.9",)


def test_a_later_change_to_private_counts():
    change = {"type": "CommentPrivacyChange", "comment_id": 1, "public": False}
    case = one(a=page("audits", audit(5, 1, change)), t=page("tickets", ticket(comments=[comment(1, "a")])))
    assert case.messages[0].visibility is INTERNAL


def test_the_opening_text_is_kept_once():
    case = one(t=lines(ticket(comments=[comment(1, "It\n broke. "), comment(2, "more")])))
    assert (case.description, len(case.messages)) == ("", 2)
    assert one(t=lines(ticket())).description == "It broke."


def test_the_opening_of_a_ticket_without_public_comment_is_internal():
    case = one(t=lines(ticket(is_public=False)))
    assert case.description == ""
    assert [(m.text, m.visibility) for m in case.messages] == [("It broke.", INTERNAL)]


def test_where_a_comment_came_from_is_known_of_its_author():
    via = {
        "channel": "email",
        "source": {
            "from": {"address": "j@home.example", "name": "J. Roe"},
            "to": {"address": "help@desk.example"},
        },
    }
    case = one(
        t=lines(
            ticket(
                recipient="help2@desk.example",
                comments=[comment(1, "a", metadata={"system": SYSTEM}, via=via)],
            )
        )
    )
    author = case.messages[0].author
    assert author.role is PersonRole.CUSTOMER
    assert author.ips == ("203.0.113.9",)
    assert author.emails == ("j@home.example",)
    assert author.name == "J. Roe"
    assert ("COORDINATES", "-16.9, 145.7") in author.other
    assert case.customer.ips == ("203.0.113.9",)
    assert (case.location, case.country) == ("Cairns QLD, AU", "AU")
    assert {email for person in case.others for email in person.emails} == {
        "help@desk.example",
        "help2@desk.example",
    }


def test_people_in_copy_and_own_fields_are_hunted():
    case = one(
        t=lines(
            ticket(
                collaborator_ids=[30],
                email_ccs=[{"user_email": "cc@example.com", "user_name": "C C"}],
                custom_fields=[
                    {"id": 77, "value": "K-1234"},
                    {"id": 78, "value": None},
                    {"id": 79, "value": ["x", "y"]},
                ],
                fields=[{"id": 77, "value": "K-1234"}],
                external_id="E-9",
                satisfaction_rating={"score": "good", "comment": "ask for Bob"},
            )
        ),
        u=lines({**CUSTOMER, "id": 30, "name": "Cop Y"}),
    )
    assert {person.name for person in case.others} == {"Cop Y", "C C"}
    assert [pair for pair in case.unmapped if pair[0] != "satisfaction_rating.score"] == [
        ("external_id", "E-9"),
        ("satisfaction_rating.comment", "ask for Bob"),
        ("custom_fields.77", "K-1234"),
        ("custom_fields.79", "x"),
        ("custom_fields.79", "y"),
    ]


def test_attachments_are_names_without_links():
    held = {"file_name": "log.txt", "content_url": "https://desk.example/token/SECRETTOKEN/?name=log.txt"}
    case = one(t=lines(ticket(comments=[comment(1, "", attachments=[held])])))
    assert case.messages[0].attachments == ("log.txt",)
    assert "SECRETTOKEN" not in "".join(str(getattr(case, name)) for name in case.__slots__)


def test_html_is_the_last_resort_and_becomes_text():
    body = '<p>Mail <a href="mailto:x@example.com">me</a></p>'
    case = one(
        t=lines(ticket(comments=[comment(1, "", html_body=body), comment(2, "plain", html_body="<p>no</p>")]))
    )
    assert [m.text for m in case.messages] == ["Mail me <x@example.com>", "plain"]


def test_what_no_ticket_takes_becomes_a_case_of_its_own():
    created = [
        {"type": "Create", "field_name": name, "value": value}
        for name, value in [("subject", "Lost"), ("status", "new"), ("requester_id", "10")]
    ]
    said = {"type": "Comment", **comment(1, "text")}
    cases, refused, counts = load(
        a=page("audits", audit(5, 99, said, *created, created_at="2019-01-01T00:00:00Z")),
        e=lines(
            {"id": 6, "ticket_id": 98, "child_events": [{"event_type": "Comment", **comment(7, "event")}]}
        ),
        t=page("tickets", ticket()),
        u=page("users", CUSTOMER),
    )
    assert not refused
    assert set(cases) == {"1", "98", "99"}
    assert (cases["99"].subject, cases["99"].status, cases["99"].customer.name) == ("Lost", "new", "Jane Roe")
    assert [m.text for m in cases["99"].messages] == ["text"]
    assert cases["99"].opened_at.year == 2019
    assert [m.text for m in cases["98"].messages] == ["event"]
    assert counts == {"audits": (1, 1), "comments.public": (2, 2), "events": (1, 1), "users": (1, 1)}


def test_the_page_may_say_to_which_ticket_its_comments_belong():
    url = "https://desk.example/api/v2/tickets/1/comments.json?page=2"
    cases, refused, counts = load(
        a=page("comments", comment(1, "a"), links={"next": url}),
        b=page("comments", comment(2, "nobody's"), comment(3, "either")),
        t=page("tickets", ticket()),
    )
    assert [m.text for m in cases["1"].messages] == ["a"]
    assert len(cases) == 1
    assert [(r.reason, r.at.field) for r in refused] == [(Reason.MISSING_ID, "ticket_id")] * 2
    assert b"nobody's" in refused[0].raw
    assert counts["comments"] == (3, 3)


def test_repeated_rows_are_counted_and_each_gives_its_case():
    data = page("tickets", ticket(1), ticket(1, subject="newer"), ticket(2))
    streams = [("tickets", Stream("t", lambda: io.BytesIO(data)))]
    got = [one.source_id for one in ZendeskReader().read(streams, Options()) if isinstance(one, Case)]
    assert got == ["1", "1", "2"]
    _, _, counts = load(a=page("users", CUSTOMER, AGENT), b=page("users", CUSTOMER))
    assert counts == {"users": (3, 2)}


def test_tombstones_are_counted_and_deleted_tickets_with_text_kept():
    gone = ticket(2, status="deleted", subject="", description=None)
    cases, _, counts = load(t=lines(ticket(1, status="deleted"), gone))
    assert set(cases) == {"1"}
    assert cases["1"].status == "deleted"
    assert counts == {"tombstones": (1, 1)}


def test_the_time_of_closing_comes_from_the_audits():
    solved = audit(
        5, 1, {"type": "Change", "field_name": "status", "value": "solved"}, created_at="2019-03-05T00:00:00Z"
    )
    assert one(a=page("audits", solved), t=page("tickets", ticket(status="closed"))).closed_at.day == 5
    assert one(a=page("audits", solved), t=page("tickets", ticket(status="open"))).closed_at is None


@pytest.mark.parametrize(
    ("row", "reason", "field"),
    [
        ({**ticket(), "id": None}, Reason.MISSING_ID, "id"),
        (ticket(created_at="yesterday"), Reason.BAD_DATE, "created_at"),
    ],
)
def test_a_ticket_that_cannot_be_kept_is_refused_alone(row, reason, field):
    cases, refused, _ = load(t=page("tickets", ticket(7), row, ticket(8)))
    assert set(cases) == {"7", "8"}
    assert [(r.reason, r.at.field, r.at.row) for r in refused] == [(reason, field, 2)]


@pytest.mark.parametrize("odd", [{}, [], "text", 7, True, None, [None], [[1]], {"id": {"x": [1]}}])
@pytest.mark.parametrize(
    "name",
    [
        "via",
        "comments",
        "custom_fields",
        "tags",
        "metadata",
        "collaborator_ids",
        "requester",
        "subject",
        "description",
        "audits",
    ],
)
def test_fields_of_odd_types_do_not_stop_a_load(name, odd):
    cases, refused, _ = load(t=lines(ticket(1, **{name: odd}), ticket(2)))
    assert set(cases) == {"1", "2"}
    assert not refused


def test_the_spill_may_go_to_disk(monkeypatch):
    monkeypatch.setattr(zendesk, "RAM_LIMIT", 0)
    monkeypatch.setattr(zendesk, "_CACHED_USERS", 2)
    tickets = [ticket(n, requester_id=n, is_public=True) for n in range(200)]
    users = [{**CUSTOMER, "id": n, "email": f"u{n}@example.com"} for n in range(200)]
    audits = [audit(n, n, {"type": "Comment", **comment(n, f"said {n}", author=n)}) for n in range(220)]
    cases, refused, counts = load(
        a=page("audits", *audits), t=page("tickets", *tickets), u=page("users", *users)
    )
    assert not refused
    assert len(cases) == 220
    assert all(cases[str(n)].customer.emails[0] == f"u{n}@example.com" for n in range(200))
    assert all(cases[str(n)].messages[0].text == f"said {n}" for n in range(220))
    assert counts["users"] == (200, 200)


@pytest.mark.parametrize(
    ("data", "part"),
    [
        (lines(ticket()), "tickets"),
        (lines(CUSTOMER, AGENT), "users"),
        (json.dumps({"tickets": [ticket()]}, indent=2).encode(), "tickets"),
        (page("audits", audit(1, 2)), "audits"),
        (page("comments", comment(1, "x")), "comments"),
        (page("tickets", end_of_stream=True), "tickets"),
        (json.dumps({"ticket": ticket()}).encode(), "tickets"),
        (lines(ticket(comments=[comment(n, "x" * 1000) for n in range(100)])), "tickets"),
        (page("tickets", ticket(comments=[comment(n, "x" * 1000) for n in range(100)])), "tickets"),
        (lines(ticket()).decode().encode("utf-16"), "tickets"),
    ],
    ids=[
        "lines",
        "users",
        "indented",
        "audits",
        "comments",
        "empty page",
        "single",
        "long line",
        "long record",
        "utf-16",
    ],
)
def test_its_own_is_recognised(data, part):
    sniffed = ZendeskReader().sniff(data[:65536], "whatever.bin")
    assert (sniffed.confidence, sniffed.part) == (Confidence.CERTAIN, part)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"[]",
        b"{}",
        b"id,subject\n1,x\n",
        b'{"tickets": "a word"}',
        json.dumps(
            [
                {
                    "id": 1,
                    "requester_id": 2,
                    "responder_id": 3,
                    "subject": "s",
                    "group_id": None,
                    "custom_fields": {},
                }
            ]
        ).encode(),
        json.dumps({"id": 1, "fields": {"summary": "x"}, "key": "A-1"}).encode(),
        b'{"tickets":' + b"[" * 60_000,
        b"\x00\xff\xfe" * 100,
    ],
)
def test_what_is_not_its_own_is_left(data):
    assert ZendeskReader().sniff(data, "zendesk_tickets.json").confidence is Confidence.NO


def test_a_whole_export_in_a_folder_goes_through_the_face(tmp_path):
    (tmp_path / "users.jsonl").write_bytes(lines(CUSTOMER, AGENT))
    (tmp_path / "tickets.bin").write_bytes(gzip.compress(lines(*(ticket(n) for n in range(50)))))
    cases = [one for one in read([tmp_path]) if isinstance(one, Case)]
    assert len(cases) == 50
    assert {case.customer.name for case in cases} == {"Jane Roe"}
