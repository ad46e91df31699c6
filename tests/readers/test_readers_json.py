import gzip
import io
import json
import tracemalloc

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hushdesk.cases import Reason, Refused
from hushdesk.readers import Stream
from hushdesk.readers import _jsonsplit as jsonsplit
from hushdesk.readers._carriers import gunzip
from hushdesk.readers._jsonlines import ENVELOPE, Fault, in_lines, parse, rows

ARRAYS = ("tickets", "hits.hits")


def stream(data):
    return Stream("x.json", lambda: io.BytesIO(data))


def read(data, arrays=ARRAYS, **options):
    return [
        (one.at.row, one.reason) if isinstance(one, Refused) else (one.path, one.value)
        for one in rows(stream(data), arrays, **options)
    ]


def test_a_bad_line_is_refused_and_the_next_one_read():
    data = b'{"id": 1}\n\n{bad\n[1]\n"x"\n{"id": 2}\n{"id":3}'
    assert read(data) == [
        ("", {"id": 1}),
        (3, Reason.BAD_ROW),
        (4, Reason.BAD_ROW),
        (5, Reason.BAD_ROW),
        ("", {"id": 2}),
        ("", {"id": 3}),
    ]


@pytest.mark.parametrize("indent", [None, 2])
def test_pages_give_their_records_and_then_what_is_left(indent):
    page = {"count": 2, "tickets": [{"id": 1, "t": '"]}'}, {"id": 2}], "links": {"next": "u"}}
    assert read(json.dumps(page, indent=indent).encode()) == [
        ("tickets", {"id": 1, "t": '"]}'}),
        ("tickets", {"id": 2}),
        (ENVELOPE, {"count": 2, "tickets": [], "links": {"next": "u"}}),
    ]


def test_a_page_on_every_line():
    lines = "\n".join(json.dumps({"tickets": [{"id": n}], "count": 1}) for n in (1, 2))
    assert [value for path, value in read(lines.encode()) if path == "tickets"] == [{"id": 1}, {"id": 2}]


def test_nested_arrays_and_whole_arrays():
    assert read(b'{"took":1,"hits":{"total":1,"hits":[{"_id":"1"}]}}')[0] == ("hits.hits", {"_id": "1"})
    assert read(b'[{"a":1},\n {"b":[2]}, 3]') == [("", {"a": 1}), ("", {"b": [2]}), (3, Reason.BAD_ROW)]


def test_a_record_with_an_id_that_holds_an_array_is_no_page():
    record = {"id": 7, "tickets": [{"x": 1}]}
    assert read(json.dumps(record).encode()) == [("", record)]
    assert read(json.dumps(record, indent=1).encode()) == [("", record)]


def test_repeated_keys_lose_no_text():
    assert parse(b'{"a": "x", "a": "y", "a": "z"}') == {"a": "z", "a (repeated)": "x", "a (repeated)+": "y"}


def test_encodings_row_by_row():
    assert parse('{"a": "é"}'.encode("cp1252")) == {"a": "é"}
    fault = parse(b'{"a": "\x81\xff"}')
    assert isinstance(fault, Fault)
    assert fault.reason is Reason.BAD_ENCODING
    assert read('{"a": "é"}\n{"a": "試"}\n'.encode("utf-16")) == [("", {"a": "é"}), ("", {"a": "試"})]


def test_lone_surrogates_do_not_get_through():
    assert parse(rb'{"a": "x\ud800y", "\udfff": ["\ud83d\ude00"]}') == {"a": "x\ufffdy", "\ufffd": ["😀"]}


@pytest.mark.parametrize("number", ["1e999", "-Infinity", "9" * 5000])
def test_odd_numbers_do_not_make_it_fail(number):
    assert isinstance(parse(f'{{"a": {number}}}'.encode()), dict | Fault)


@pytest.mark.parametrize(
    "deep",
    [b'{"a":' * 10_000 + b"1" + b"}" * 10_000, b'{"a":' + b"[" * 10_000 + b"]" * 10_000 + b"}"],
    ids=["objects", "arrays"],
)
def test_deep_json_is_refused_and_the_rest_read(deep):
    assert read(b'{"id":1}\n' + deep + b'\n{"id":2}\n') == [
        ("", {"id": 1}),
        (2, Reason.TOO_DEEP),
        ("", {"id": 2}),
    ]
    page = read(b'{"tickets":[{"id":1},' + deep + b',{"id":2}],"x":' + deep + b"}")
    assert page == [
        ("tickets", {"id": 1}),
        (2, Reason.TOO_DEEP),
        ("tickets", {"id": 2}),
        (4, Reason.TOO_DEEP),
    ]


@pytest.mark.parametrize("filler", [b"x" * 100, rb"\"\\" * 25], ids=["plain", "escapes"])
@pytest.mark.parametrize("layout", ["lines", "array", "page"])
def test_a_record_beyond_the_limit_is_refused_in_bounded_memory(layout, filler):
    huge = b'{"id":2,"x":"' + filler * 500_000 + b'"}'
    before, between, after = {
        "lines": (b"", b"\n", b"\n"),
        "array": (b"[", b",", b"]"),
        "page": (b'{"tickets":[', b",", b"]}"),
    }[layout]
    data = before + between.join([b'{"id":1}', huge, b'{"id":3}']) + after
    tracemalloc.start()
    got = read(data, limit=1024 * 1024)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert [value for _, value in got][:3] == [{"id": 1}, Reason.TOO_LARGE, {"id": 3}]
    assert peak < 24 * 1024 * 1024


def test_a_document_that_ends_early_keeps_its_records():
    got = read(b'{"tickets":[{"id":1},{"id":2},{"id"')
    assert got == [("tickets", {"id": 1}), ("tickets", {"id": 2}), (3, Reason.TRUNCATED)]


@pytest.mark.parametrize("layout", ["lines", "page"])
def test_truncated_gzip_keeps_the_rows_before_the_cut_and_is_refused_once(layout):
    records = [json.dumps({"id": n, "x": f"{n * 7919:x}" * 5}).encode() for n in range(20_000)]
    whole = b"\n".join(records) if layout == "lines" else b'{"tickets":[' + b",".join(records) + b"]}"
    packed = gzip.compress(whole)
    cut = Stream("x.gz", lambda: gunzip(io.BytesIO(packed[: len(packed) // 2])))
    got = list(rows(cut, ARRAYS))
    refused = [one for one in got if isinstance(one, Refused)]
    assert [one.reason for one in refused] == [Reason.TRUNCATED]
    assert got[-1] is refused[0]
    assert refused[0].whole_file
    assert [one.value["id"] for one in got[:-1]] == list(range(len(got) - 1))
    assert len(got) > 5000


def test_lines_are_told_from_documents():
    assert in_lines(b'{"id":1}\n{"id":2}')
    assert in_lines(b'{broken\n{"id":2}')
    assert in_lines(b'{"id":1,"tickets":[' + b"1," * 50_000, ARRAYS)
    assert not in_lines(b'{"count":1,"tickets":[' + b"1," * 50_000, ARRAYS)
    assert not in_lines(b'[{"id":1}]')
    assert not in_lines(b'{\n "id": 1\n}')


json_values = st.recursive(
    st.none() | st.booleans() | st.integers(-5, 5) | st.text(alphabet='ab"\\[]{}:,é\n', max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(alphabet='ab"]', max_size=3), inner, max_size=3)
    ),
    max_leaves=8,
)
records = st.dictionaries(st.text(alphabet="xyz", min_size=1, max_size=2), json_values, max_size=4)


@given(st.lists(records, max_size=5), st.integers(1, 40), st.booleans())
def test_records_are_cut_out_wherever_blocks_end(held, block, indent):
    page = {"first": {"tickets": [1]}, "tickets": held, "last": '["]'}
    data = json.dumps(page, indent=1 if indent else None, ensure_ascii=False).encode()
    usual = jsonsplit._CHUNK
    jsonsplit._CHUNK = block
    try:
        pieces = list(jsonsplit.split_documents(io.BytesIO(data), frozenset(["tickets"]), 10_000))
    finally:
        jsonsplit._CHUNK = usual
    assert [json.loads(piece.raw) for piece in pieces[:-1]] == held
    assert json.loads(pieces[-1].raw) == {**page, "tickets": []}


@given(st.binary(max_size=200) | st.text(alphabet='{}[]",:\\ 1a\n', max_size=80).map(str.encode))
def test_no_bytes_make_it_fail(data):
    for prefix in (b"", b"{", b"[", b'{"tickets":['):
        for one in rows(stream(prefix + data), ARRAYS):
            assert isinstance(one, Refused) or isinstance(one.value, dict)
