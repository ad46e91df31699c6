import io
import json

import pytest

from hushdesk.cases import Case, Reason, Refused, Supporting, Visibility
from hushdesk.readers import Confidence, Options, Stream
from hushdesk.readers._elasticsearch import ElasticsearchReader
from hushdesk.readers._mapping import Mapping

READER = ElasticsearchReader()
SOURCE = {
    "case_number": "4711",
    "subject": "Broken",
    "description": "<p>It broke</p>",
    "created_at": "2019-03-01T10:00:00Z",
    "closed_on": 1551700000,
    "status": "closed",
    "product": "Backup",
    "customer": {"email": "jane@example.com", "name": "Jane Roe", "ip": "203.0.113.9"},
    "supportAgentEmail": "al@desk.example",
    "internal_notes": ["rude", "calm"],
    "resolution": "restarted",
    "remarks": "again",
    "country": "de",
    "city": "Bonn",
    "contract_number": "K-77",
    "company": "Roe Ltd",
    "conversation": [
        {"body": "hello", "from": "jane@example.com", "created": "2019-03-01T10:00:00Z", "public": True},
        {"body": "psst", "author": {"name": "Al"}, "public": False},
        {"text": "unsaid"},
        "bare",
    ],
}


def hit(number=1, source=SOURCE, **more):
    return {"_index": "cases", "_type": "_doc", "_id": str(number), "_score": 1, "_source": source, **more}


def lines(*rows):
    return "".join(json.dumps(one) + "\n" for one in rows).encode()


def load(*inputs, options=None):
    streams = [
        (READER.sniff(data[:65536], "x").part, Stream(f"part{place}", lambda data=data: io.BytesIO(data)))
        for place, data in enumerate(inputs)
    ]
    got = list(READER.read(streams, options or Options()))
    return [one for one in got if isinstance(one, Case)], [one for one in got if isinstance(one, Refused)]


SHAPES = {
    "dump": lines(hit(1), hit(2)),
    "search": json.dumps({"took": 1, "hits": {"total": {"value": 99}, "hits": [hit(1), hit(2)]}}).encode(),
    "indented search": json.dumps(
        {"took": 1, "hits": {"hits": [hit(1, sort=[1]), hit(2)]}}, indent=1
    ).encode(),
    "scroll": json.dumps({"_scroll_id": "x", "hits": {"hits": [hit(1), hit(2)]}}).encode(),
    "bulk": lines({"index": {"_index": "cases", "_id": "1"}}, SOURCE, {"create": {"_id": 2}}, SOURCE),
    "bulk of updates": lines(
        {"update": {"_id": "1"}}, {"doc": SOURCE}, {"delete": {"_id": "9"}}, {"index": {"_id": "2"}}, SOURCE
    ),
    "array": json.dumps([hit(1), hit(2)]).encode(),
    "utf-16": lines(hit(1), hit(2)).decode().encode("utf-16"),
}


@pytest.mark.parametrize("shape", SHAPES)
def test_every_shape_gives_the_same_cases(shape):
    assert READER.sniff(SHAPES[shape], "x").confidence is Confidence.CERTAIN
    cases, refused = load(SHAPES[shape])
    assert not refused
    assert [case.source_id for case in cases] == ["1", "2"]
    case = cases[0]
    assert (case.number, case.subject, case.description, case.product) == (
        "4711",
        "Broken",
        "It broke",
        "Backup",
    )
    assert (case.opened_at.year, case.closed_at.year, case.status) == (2019, 2019, "closed")
    assert (case.customer.name, case.customer.emails, case.customer.ips) == (
        "Jane Roe",
        ("jane@example.com",),
        ("203.0.113.9",),
    )
    assert case.agent.emails == ("al@desk.example",)
    assert (case.resolution, case.remarks, case.notes) == ("restarted", "again", ("rude", "calm"))
    assert (case.country, case.location, case.contract_number) == ("DE", "Bonn", "K-77")
    assert case.unmapped == (("company", "Roe Ltd"),)


def test_messages_are_internal_unless_they_say_otherwise():
    (case,), _ = load(lines(hit()))
    assert [(m.text, m.visibility) for m in case.messages if m.text != "hello"] == [
        ("psst", Visibility.INTERNAL),
        ("unsaid", Visibility.INTERNAL),
        ("bare", Visibility.INTERNAL),
    ]
    hello = next(m for m in case.messages if m.text == "hello")
    assert (hello.visibility, hello.author) == (Visibility.PUBLIC, case.customer)


@pytest.mark.parametrize(
    ("flags", "public"),
    [
        ({}, False),
        ({"public": True}, True),
        ({"is_public": "true"}, True),
        ({"private": False}, True),
        ({"internal": True}, False),
        ({"internal": False, "public": False}, False),
        ({"internal": 1, "public": True}, False),
        ({"visibility": "public"}, True),
        ({"visibility": "staff", "public": True}, False),
    ],
)
def test_flags_of_messages(flags, public):
    (case,), _ = load(lines(hit(source={"messages": [{"body": "x", **flags}]})))
    assert (case.messages[0].visibility is Visibility.PUBLIC) == public


def test_flattened_and_nested_keys_are_the_same():
    (case,), _ = load(
        lines(
            hit(
                source={
                    "customer.email": "a@example.com",
                    "customer": {"phone": "1"},
                    "agent": {"name": "Al"},
                }
            )
        )
    )
    assert (case.customer.emails, case.customer.phones, case.agent.name) == (("a@example.com",), ("1",), "Al")


def test_the_likeliest_of_several_fields_wins_and_the_others_are_hunted():
    (case,), _ = load(lines(hit(source={"title": "t", "subject": "s", "body": "b", "description": "d"})))
    assert (case.subject, case.description) == ("s", "d\n\nb")
    assert case.unmapped == (("title", "t"),)


def test_a_bulk_file_split_between_action_and_document():
    data = SHAPES["bulk"].splitlines(keepends=True)
    cases, refused = load(b"".join(data[:3]), b"".join(data[3:]) + b"".join(data[:2]))
    assert not refused
    assert [case.source_id for case in cases] == ["1", "2", "1"]


def test_an_action_without_document_is_refused():
    cases, refused = load(
        lines({"index": {"_id": "1"}}, {"index": {"_id": "2"}}, SOURCE, {"index": {"_id": "3"}})
    )
    assert [case.source_id for case in cases] == ["2"]
    assert [r.reason for r in refused] == [Reason.TRUNCATED] * 2


def test_deletions_are_counted():
    data = SHAPES["bulk of updates"]
    got = READER.read([("bulk", Stream("x", lambda: io.BytesIO(data)))], Options())
    assert [one for one in got if isinstance(one, Supporting)] == [Supporting("deletions", 1, 1)]


def test_bare_documents_are_only_a_carrier():
    data = lines({"id": 5, "title": "x"})
    assert READER.sniff(data, "x").confidence is Confidence.CARRIER
    cases, _ = load(data)
    assert [(case.source_id, case.subject) for case in cases] == [("5", "x")]


def test_documents_that_cannot_be_kept_are_refused_alone():
    data = lines(
        hit(1),
        hit(2, source={"created": "31/02/2019"}),
        hit(3, source={}),
        {"title": "no id"},
        hit(4, source={"date": "03/04/2019"}),
        hit(5),
    )
    cases, refused = load(data)
    assert [case.source_id for case in cases] == ["1", "5"]
    assert [(r.reason, r.at.row) for r in refused] == [
        (Reason.BAD_DATE, 2),
        (Reason.EMPTY, 3),
        (Reason.MISSING_ID, 4),
        (Reason.AMBIGUOUS_DATE, 5),
    ]


def test_a_mapping_names_fields_of_ones_own():
    mapping = Mapping(
        columns={
            "zz.who": ("customer.email",),
            "zz.what": ("description",),
            "title": ("ignore",),
            "key": ("id",),
        }
    )
    source = {"zz": {"who": "jane@example.com", "what": "text"}, "title": "t", "key": "K9"}
    (case,), _ = load(lines({"_index": "i", "_source": source}), options=Options(mapping=mapping))
    assert (case.source_id, case.customer.emails, case.description) == ("K9", ("jane@example.com",), "text")
    assert (case.subject, case.unmapped) == ("", ())


@pytest.mark.parametrize("odd", [{}, [], "text", 7, 1.5, True, [None], [[1]], {"a": {"b": [1]}}])
@pytest.mark.parametrize(
    "name", ["conversation", "customer", "subject", "tags", "notes", "attachments", "country", "agent"]
)
def test_fields_of_odd_types_do_not_stop_a_load(name, odd):
    cases, refused = load(lines(hit(1, source={"subject": "s", name: odd}), hit(2)))
    assert [case.source_id for case in cases] == ["1", "2"]
    assert not refused


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"a,b\n1,2\n",
        b'{"index": {"mappings": {}}}x',
        b"[1, 2]",
        b'{"hits": 5}',
        b'{"a":' * 20_000,
        b'"text"',
    ],
)
def test_what_is_not_its_own_is_left(data):
    assert READER.sniff(data[:65536], "elasticsearch.json").confidence < Confidence.LIKELY
