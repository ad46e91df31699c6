import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hushdesk.cases import Reason, Refused
from hushdesk.readers import Stream
from hushdesk.readers._csv import Dialect, rows, sniff_dialect


def stream(data):
    return Stream("x.csv", lambda: io.BytesIO(data))


def read(data, dialect=None, **options):
    """Rows as (number, cells), refusals as (row, reason)."""
    return [
        (one.at.row, one.reason) if isinstance(one, Refused) else one
        for one in rows(stream(data), dialect, **options)
    ]


def test_quotes_line_breaks_and_blank_lines():
    assert read(b'a,b,c\r\n1,"x\r\ny, ""z""",3\r\n\r\n4,,""\r\n') == [
        (1, ["a", "b", "c"]),
        (2, ["1", 'x\r\ny, "z"', "3"]),
        (3, ["4", "", ""]),
    ]


@pytest.mark.parametrize(
    ("middle", "refused"),
    [
        (b'2,"open,q\n', 1),
        (b'2,"open,"q\n', 1),
        (b'2,"he said "hi" to me",q\n', 1),
        (b'2,"he said "hi"\nand more\nand ""more""",q\n', 1),
        (b"2,q\n", 1),
        (b"2,q,r,s\n", 1),
        (b"2,q\n2,q\n", 2),
    ],
    ids=["never closed", "closed early", "quotes within", "over lines", "short", "long", "two short"],
)
def test_a_broken_row_is_refused_and_its_neighbours_are_read(middle, refused):
    got = read(b'a,b,c\n1,"x\ny",z\n' + middle + b'8,"p",q\n9,p,"q\nr"\n')
    good = [cells for _, cells in got if isinstance(cells, list)]
    assert good == [["a", "b", "c"], ["1", "x\ny", "z"], ["8", "p", "q"], ["9", "p", "q\nr"]]
    assert [reason for _, reason in got if isinstance(reason, Reason)] == [Reason.BAD_ROW] * refused


def test_a_quote_in_the_middle_of_a_plain_cell_is_text():
    assert read(b'a,b\n5" pipe,1\n7,x "y" z\n')[1:] == [(2, ['5" pipe', "1"]), (3, ["7", 'x "y" z'])]


def test_a_row_that_is_never_closed_costs_one_row_however_much_follows():
    tail = b"".join(b"%d,x,y\n" % number for number in range(3000))
    got = read(b'a,b,c\n1,"open,z\n' + tail)
    assert got[1] == (2, Reason.BAD_ROW)
    assert len(got) == 3002


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_delimiters_and_encodings_are_found_out(delimiter, encoding):
    table = [["id", "näme", "text"], ["1", "Zoë", "a,b;c|d\te"], ["2", "Çelik", 'say "x"']]
    buffer = io.StringIO()
    csv.writer(buffer, delimiter=delimiter).writerows(table)
    assert [cells for _, cells in read(buffer.getvalue().encode(encoding))] == table


def test_mixed_encodings_are_decoded_row_by_row():
    got = read(b"a;b\n1;" + "é".encode() + b"\n2;" + "é".encode("cp1252") + b"\n3;\x81\xfe\n4;e\n")
    assert got == [
        (1, ["a", "b"]),
        (2, ["1", "é"]),
        (3, ["2", "é"]),
        (4, Reason.BAD_ENCODING),
        (5, ["4", "e"]),
    ]


def test_the_spreadsheets_own_hint_wins():
    assert read(b"sep=|\na,b|c,d\n1,2|3,4\n") == [(1, ["a,b", "c,d"]), (2, ["1,2", "3,4"])]


def test_backslashes_may_escape_quotes():
    data = b'a,b\n"say \\"x\\", he said",1\n2,"\\\\"\n3,"y"\n'
    assert sniff_dialect(data) == Dialect(",", backslash=True)
    assert read(data)[1] == (2, ['say "x", he said', "1"])


def test_a_row_beyond_the_limit_is_refused_alone():
    assert read(b"a,b\n1,%s\n2,y\n" % (b"x" * 500), limit=100) == [
        (1, ["a", "b"]),
        (2, Reason.TOO_LARGE),
        (3, ["2", "y"]),
    ]


@pytest.mark.parametrize("data", [b"just a line\nand another\n", b'{"a": 1}\n', b"%PDF-1.4 binary", b"a,b\n"])
def test_what_is_no_table_has_no_dialect(data):
    assert sniff_dialect(data) is None


cell = st.text(alphabet='ab ",;\n\té', max_size=8)


@given(st.lists(st.lists(cell, min_size=3, max_size=3), min_size=1, max_size=8), st.sampled_from(",;\t"))
def test_whatever_the_standard_library_writes_is_read_back(table, delimiter):
    table = [["h1", "h2", "h3"], *table]
    buffer = io.StringIO()
    csv.writer(buffer, delimiter=delimiter, quoting=csv.QUOTE_ALL).writerows(table)
    assert [cells for _, cells in read(buffer.getvalue().encode(), Dialect(delimiter))] == table


@given(st.binary(max_size=300))
def test_no_bytes_make_it_fail(data):
    for one in rows(stream(b"a,b,c\n" + data), Dialect(",")):
        assert isinstance(one, Refused) or len(one[1]) == 3


@given(st.text(alphabet='a",\n', max_size=60), st.integers(0, 5))
def test_rows_after_any_mess_survive_once_a_line_is_whole(mess, rest):
    # The mess may swallow what follows only as long as its quotes allow; a plain tail always comes through.
    tail = "".join(f"t{number},u,v\n" for number in range(3 + rest))
    got = read(f"h1,h2,h3\n{mess}\n{tail}".encode(), Dialect(","))
    assert [f"t{2 + rest}", "u", "v"] in [cells for _, cells in got]
