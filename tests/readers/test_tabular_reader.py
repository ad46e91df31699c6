"""Tables: cases by a mapping, counts that add up, and the traps of spreadsheets."""

import gzip
import io
import json
from collections.abc import Iterator
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hushdesk.cases import Case, Message, Person, PersonRole, Reason, Refused, Supporting, Visibility
from hushdesk.readers._interface import Confidence, Options, Stream
from hushdesk.readers._mapping import Mapping, parse_mapping
from hushdesk.readers._spill import Spill
from hushdesk.readers._tabular import TabularReader

DATA = Path(__file__).resolve().parents[3] / "shared" / "data" / "helpdesk"
needs_data = pytest.mark.skipif(not DATA.exists(), reason="the development data is not here")

TICKETS = """\
Ticket ID,Subject,Description,Customer Email,Status,Created
1,Printer,It smokes,a@x.example,open,2021-09-30 17:20:00
2,Screen,"Two
lines, quoted",b@x.example,closed,2021-10-01 08:00:00
"""
MAPPED = """
[columns]
"Ticket ID" = "id"
Subject = "subject"
Description = "description"
"Customer Email" = "customer.email"
Status = "status"
Created = "opened_at"
"""


def load(
    *contents: bytes | str,
    mapping: str | Mapping | None = None,
    names: tuple[str, ...] = (),
    **options: object,
) -> list[Case | Refused | Supporting]:
    reader = TabularReader()
    streams = []
    for number, content in enumerate(contents):
        data = content.encode() if isinstance(content, str) else content
        name = names[number] if names else f"file{number}"
        sniffed = reader.sniff(data[:65_536], name)
        streams.append((sniffed.part, Stream(name, lambda data=data: io.BytesIO(data))))
    given = parse_mapping(mapping) if isinstance(mapping, str) else mapping
    return list(reader.read(streams, Options(mapping=given, **options)))  # type: ignore[arg-type]


def cases(found: list[Case | Refused | Supporting]) -> list[Case]:
    return [one for one in found if isinstance(one, Case)]


def refused(found: list[Case | Refused | Supporting]) -> list[Refused]:
    return [one for one in found if isinstance(one, Refused)]


@pytest.mark.parametrize("mapping", [None, MAPPED], ids=["guessed", "mapped"])
def test_a_plain_table_becomes_cases(mapping: str | None) -> None:
    found = load(TICKETS, mapping=mapping)
    first, second = cases(found)
    assert not refused(found)
    assert (first.source, first.source_id, first.subject, first.status) == ("csv", "1", "Printer", "open")
    assert first.opened_at == datetime(2021, 9, 30, 17, 20, tzinfo=UTC)
    assert first.customer == Person(PersonRole.CUSTOMER, emails=("a@x.example",))
    assert second.description == "Two\nlines, quoted"
    assert Supporting("times.zone_assumed", 2, 0) in found


@pytest.mark.parametrize(
    "encode",
    [
        lambda text: text.encode("utf-8-sig"),
        lambda text: text.encode("utf-16"),
        lambda text: text.replace("smokes", "raucht für").encode("cp1252"),
        lambda text: text.replace(",", ";").replace("lines;", "lines,").encode(),
        lambda text: text.replace(",", "\t").encode(),
        lambda text: text.replace("\n", "\r\n").encode(),
    ],
    ids=["bom", "utf-16", "cp1252", "semicolon", "tab", "crlf"],
)
def test_spreadsheet_dialects_read_alike(encode: object) -> None:
    found = load(encode(TICKETS))  # type: ignore[operator]
    assert [case.source_id for case in cases(found)] == ["1", "2"]
    assert not refused(found)


def test_unmapped_columns_are_kept_for_hunting_and_ignored_ones_are_not() -> None:
    mapping = MAPPED.replace('Status = "status"', 'Status = "ignore"').replace(
        '"Customer Email" = "customer.email"', ""
    )
    (first, _) = cases(load(TICKETS, mapping=mapping))
    assert first.unmapped == (("Customer Email", "a@x.example"),)
    assert first.status == ""


def test_bad_rows_are_refused_one_by_one_and_the_rest_is_loaded() -> None:
    rows = [
        "Ticket ID,Subject,Description,Created",
        "1,a,text,2021-09-30",
        ",b,text,2021-09-30",
        "1.23E+11,c,text,2021-09-30",
        "4,d,text,2021-02-30",
        "1,e,text,2021-09-30",
        '="005",f,text,2021-09-30',
        "Ticket ID,Subject,Description,Created",
        "7,g,text,",
    ]
    found = load(
        "\n".join(rows),
        mapping=MAPPED.replace('"Customer Email" = "customer.email"', "").replace('Status = "status"', ""),
    )
    assert [case.source_id for case in cases(found)] == ["1", "005", "7"]
    assert [(one.reason, one.at.row) for one in refused(found)] == [
        (Reason.MISSING_ID, 3),
        (Reason.BAD_ROW, 4),
        (Reason.BAD_DATE, 5),
        (Reason.DUPLICATE_ID, 6),
        (Reason.BAD_ROW, 8),
    ]
    assert refused(found)[2].at.field == "Created"
    assert len(cases(found)) + len(refused(found)) == len(rows) - 1


def test_the_same_id_with_a_newer_time_is_a_newer_version() -> None:
    table = "id,subject,updated\n1,old,2021-01-01\n1,new,2021-01-02\n1,new,2021-01-02\n"
    found = load(table, mapping="[columns]\nid='id'\nsubject='subject'\nupdated='updated_at'")
    assert [case.subject for case in cases(found)] == ["old", "new"]
    assert [one.reason for one in refused(found)] == [Reason.DUPLICATE_ID]


def dates(*values: str) -> str:
    return "Ticket ID,Subject,Description,Created\n" + "".join(
        f"{n},s,d,{v}\n" for n, v in enumerate(values, 1)
    )


DATED = "[columns]\n'Ticket ID'='id'\nDescription='description'\nCreated='opened_at'"


def test_a_date_with_two_readings_is_refused_with_the_option_that_helps() -> None:
    found = load(dates("3/4/2025", "5/5/2025"), mapping=DATED)
    (one,) = refused(found)
    assert one.reason is Reason.AMBIGUOUS_DATE
    assert (one.at.row, one.at.field) == (2, "Created")
    assert "--day-first" in one.remedy
    assert [case.source_id for case in cases(found)] == ["2"]


def test_another_row_of_the_column_may_prove_the_order() -> None:
    found = load(dates("3/4/2025", "14/4/2025"), mapping=DATED)
    assert [case.opened_at for case in cases(found)] == [
        datetime(2025, 4, day, tzinfo=UTC) for day in (3, 14)
    ]
    found = load(dates("3/4/2025", "4/14/2025"), mapping=DATED)
    assert cases(found)[0].opened_at == datetime(2025, 3, 4, tzinfo=UTC)


def test_the_user_and_the_mapping_may_give_the_order() -> None:
    april = datetime(2025, 4, 3, tzinfo=UTC)
    assert cases(load(dates("3/4/2025"), mapping=DATED, day_first=True))[0].opened_at == april
    assert cases(load(dates("3/4/2025"), mapping=DATED + "\n[dates]\nday_first=true"))[0].opened_at == april
    assert (
        cases(load(dates("3/4/2025"), mapping=DATED + "\n[dates]\nformats={Created='%d/%m/%Y'}"))[0].opened_at
        == april
    )


def test_a_table_without_header_is_refused_without_showing_its_cells() -> None:
    table = "17,Zebra Quagga,zebra@x.example,It smokes\n18,Okapi Gnu,okapi@x.example,It is dark\n"
    for mapping in (None, MAPPED):
        (one,) = refused(load(table, mapping=mapping))
        assert one.reason is Reason.NO_MAPPING
        assert one.whole_file
        assert "Zebra" not in repr(one)
        assert "zebra@x" not in repr(one)
    columns = "header=false\n[columns]\n1='id'\n2='customer.name'\n3='customer.email'\n4='description'"
    found = load(table, mapping=columns)
    assert [case.source_id for case in cases(found)] == ["17", "18"]


def test_a_table_that_leaves_doubt_is_refused_with_the_command() -> None:
    (one,) = refused(load("foo,bar\nx,y\nz,w\n"))
    assert one.reason is Reason.NO_MAPPING
    assert "hushdesk mapping file0" in one.remedy


def test_a_mapping_that_does_not_fit_says_which_column_is_missing() -> None:
    (one,) = refused(load(TICKETS.replace("Description", "Beschreibung"), mapping=MAPPED))
    assert one.reason is Reason.NO_MAPPING
    assert "Description" in one.problem
    assert "Beschreibung" not in one.problem


TURNS = """\
conv,who,when,said,open,state
a,user,2021-01-01 10:02,hello,yes,new
b,user,2021-01-01 11:00,other,yes,new
a,staff,2021-01-01 10:05,hi,yes,open
a,staff,2021-01-01 10:03,secret,no,done
"""
GROUPED = """
group_by = "conv"
[columns]
who = "message.role"
when = ["message.at", "opened_at", "closed_at"]
said = "message.text"
open = "message.visibility"
state = "status"
[visibility]
public = ["yes"]
[roles]
agent = "staff"
customer = "user"
"""


def test_several_rows_form_one_case() -> None:
    found = load(TURNS, mapping=GROUPED)
    first, second = cases(found)
    assert [message.text for message in first.messages] == ["hello", "secret", "hi"]
    assert [message.visibility for message in first.messages] == [
        Visibility.PUBLIC,
        Visibility.INTERNAL,
        Visibility.PUBLIC,
    ]
    assert [message.author.role for message in first.messages if message.author] == [
        PersonRole.CUSTOMER,
        PersonRole.AGENT,
        PersonRole.AGENT,
    ]
    assert first.status == "done"
    assert first.opened_at == datetime(2021, 1, 1, 10, 2, tzinfo=UTC)
    assert first.closed_at == datetime(2021, 1, 1, 10, 5, tzinfo=UTC)
    assert second.source_id == "b"
    assert Supporting("rows", 4, 2) in found


def test_a_visibility_that_is_empty_or_unknown_is_internal() -> None:
    table = "id,text,seen\n1,a,yes\n2,b,\n3,c,maybe\n"
    mapping = (
        "[columns]\nid='id'\ntext='message.text'\nseen='message.visibility'\n[visibility]\npublic='yes'\n"
    )
    for extra in ("", "[constants]\n'message.visibility'='public'"):
        found = cases(load(table, mapping=mapping + extra))
        assert [case.messages[0].visibility.value for case in found] == ["public", "internal", "internal"]


JSON_ROWS = [
    {
        "id": 1,
        "who": {"mail": "A B <a@x.example>"},
        "tags": ["x", "y"],
        "turns": [{"t": "hi", "at": 1633022400}],
        "n": None,
    },
    {"id": 2.0, "who": {"mail": "b@x.example"}, "tags": [], "turns": [], "n": {"deep": {"er": "kept"}}},
]
JSON_MAPPED = """
source = "tracker"
[columns]
id = "id"
"who.mail" = "customer.email"
tags = "tags"
"turns[].t" = "message.text"
"turns[].at" = "message.at"
"""


def as_parquet() -> bytes:
    kept = io.BytesIO()
    pq.write_table(pa.Table.from_pylist(JSON_ROWS), kept)
    return kept.getvalue()


@pytest.mark.parametrize(
    "content",
    [
        "\n".join(map(json.dumps, JSON_ROWS)).encode(),
        json.dumps(JSON_ROWS, indent=1).encode(),
        as_parquet(),
    ],
    ids=["lines", "array", "parquet"],
)
def test_nested_rows_read_alike_from_every_carrier(content: bytes) -> None:
    found = load(content, mapping=JSON_MAPPED)
    first, second = cases(found)
    assert not refused(found)
    assert (first.source, first.source_id, second.source_id) == ("tracker", "1", "2")
    assert first.customer == Person(PersonRole.CUSTOMER, name="A B", emails=("a@x.example",))
    assert first.tags == ("x", "y")
    assert first.messages == (Message("hi", at=datetime(2021, 9, 30, 17, 20, tzinfo=UTC)),)
    assert second.unmapped == (("n.deep.er", "kept"),)


def test_a_list_inside_a_document_is_named_by_the_mapping() -> None:
    content = json.dumps({"made": "today", "tickets": JSON_ROWS})
    found = load(content, mapping='rows = "tickets"\n' + JSON_MAPPED)
    assert len(cases(found)) == 2
    assert not refused(found)


def test_parquet_in_a_pipe_is_held_in_memory_and_damage_is_told() -> None:
    class Pipe(io.BytesIO):
        def seekable(self) -> bool:
            return False

    stream = Stream("a.zip!b", lambda: Pipe(as_parquet()))
    found = list(TabularReader().read([("parquet", stream)], Options(mapping=parse_mapping(JSON_MAPPED))))
    assert len(cases(found)) == 2
    (one,) = refused(load(as_parquet()[:-20], mapping=JSON_MAPPED))
    assert one.whole_file


def test_html_becomes_text_and_a_text_told_twice_is_kept_once() -> None:
    table = "id,body,said\n1,<p>Hello<br>you</p>,<p>Hello<br>you</p>\n"
    (case,) = cases(load(table, mapping="[columns]\nid='id'\nbody='description'\nsaid='message.text'"))
    assert case.messages[0].text == "Hello\nyou"
    assert case.description == ""


def test_country_and_attachments_are_brought_to_form() -> None:
    table = (
        "id,land,files,lang\n1,fr,https://h.example/t/a.png?token=1,en-US\n2,France,C:\\tmp\\b.txt;c.txt,x\n"
    )
    mapping = "[columns]\nid='id'\nland='country'\nfiles='attachments'\nlang='language'"
    first, second = cases(load(table, mapping=mapping))
    assert (first.country, first.attachments, first.language) == ("FR", ("a.png",), "en")
    assert (second.country, second.location, second.attachments) == ("", "France", ("b.txt", "c.txt"))


def test_sniffing_claims_carriers_only() -> None:
    reader = TabularReader()
    assert reader.sniff(TICKETS.encode(), "x").confidence is Confidence.CARRIER
    assert reader.sniff(b'{"a": 1}', "x").confidence is Confidence.CARRIER
    assert reader.sniff(as_parquet(), "x").part == "parquet"
    for head in (
        b"",
        b"%PDF-1.7",
        b"\0\1\2",
        b"<html><p>a, b</p>",
        b"just some words\nof prose\n",
        gzip.compress(b"a"),
    ):
        assert reader.sniff(head, "tickets.csv").confidence is Confidence.NO


def test_no_value_is_in_what_is_said_about_refused_rows() -> None:
    secret = "Zebra-4711-secret"
    table = f"Ticket ID,Subject,Description,Created\n{secret},s,d,{secret}\n,{secret},{secret},\n1,{secret}\n"
    found = load(table, mapping=DATED)
    assert len(refused(found)) == 3
    assert secret not in repr(found)


@needs_data
def test_the_odd_ticket_file_loads_whole_without_a_mapping() -> None:
    with (DATA / "generic-csv" / "tickets-odd.csv").open("rb") as file:
        found = load(file.read())
    assert len(cases(found)) == 4235
    assert not refused(found)
    assert all(case.customer and case.customer.emails and case.customer.name for case in cases(found))


@needs_data
def test_the_event_log_groups_to_its_cases() -> None:
    content = (DATA / "process-log" / "helpdesk.csv").read_bytes()
    mapping = "group_by='CaseID'\n[columns]\nActivityID='message.text'\nCompleteTimestamp=['message.at','opened_at']"
    found = load(content, mapping=mapping)
    assert len(cases(found)) == 3804
    assert Supporting("rows", 13710, 3804) in found


def test_grouping_survives_the_limit_of_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("hushdesk.readers._tabular.Spill", partial(Spill, ram_limit=0))
    lines = ["conv,who,when,said,open,state"]
    lines += [f"c{n % 50},user,2021-01-01 10:{n // 50:02d},text {n},yes,new" for n in range(500)]
    found = load("\n".join(lines), mapping=GROUPED)
    assert [len(case.messages) for case in cases(found)] == [10] * 50


def test_rows_are_streamed() -> None:
    def endless() -> Iterator[bytes]:
        yield b"Ticket ID,Subject,Description\n"
        number = 0
        while True:
            number += 1
            yield b"%d,s,d\n" % number

    class Source(io.RawIOBase):
        def __init__(self) -> None:
            self._lines = endless()

        def readable(self) -> bool:
            return True

        def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
            line = next(self._lines)
            buffer[: len(line)] = line
            return len(line)

    stream = Stream("endless", lambda: io.BufferedReader(Source()))
    rows = TabularReader().read([("csv", stream)], Options())
    assert [next(rows).source_id for _ in range(5_000)][-1] == "5000"  # type: ignore[union-attr]


@settings(max_examples=120, deadline=None)
@given(
    st.one_of(
        st.binary(max_size=400),
        st.text(max_size=400).map(str.encode),
        st.lists(
            st.dictionaries(
                st.sampled_from(["id", "who", "tags", "turns", "n", "who.mail", "turns[].t"]),
                st.recursive(
                    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
                    lambda inner: (
                        st.lists(inner, max_size=3)
                        | st.dictionaries(st.sampled_from(["mail", "t", "at"]), inner)
                    ),
                    max_leaves=6,
                ),
            ),
            max_size=4,
        ).map(lambda rows: "\n".join(map(json.dumps, rows)).encode()),
    ),
    st.sampled_from(["csv", "jsonl", "parquet", "jsonl"]),
    st.sampled_from([None, JSON_MAPPED, GROUPED]),
)
def test_any_bytes_are_read_or_refused(data: bytes, part: str, mapping: str | None) -> None:
    stream = Stream("any", lambda: io.BytesIO(data))
    options = Options(mapping=parse_mapping(mapping) if mapping else None)
    found = list(TabularReader().read([(part, stream)], options))
    assert all(isinstance(one, Case | Refused | Supporting) for one in found)
    assert found or not data.strip() or part != "parquet"
