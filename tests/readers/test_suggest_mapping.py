"""The suggester: what it guesses, what it doubts, and that it never shows a value."""

import io
import tomllib
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hushdesk.readers._interface import Stream
from hushdesk.readers._mapping import parse_mapping
from hushdesk.readers._suggest import Suggestion, looks_like_header, suggest

DATA = Path(__file__).resolve().parents[3] / "shared" / "data" / "helpdesk"


def of(text: str | bytes) -> Suggestion:
    data = text.encode() if isinstance(text, str) else text
    return suggest(Stream("table", lambda: io.BytesIO(data)))


def fields(suggestion: Suggestion) -> dict[str, str]:
    return {guess.column: guess.field for guess in suggestion.columns}


@pytest.mark.parametrize(
    ("header", "row", "expected"),
    [
        (
            "Ticketnummer;Betreff;Beschreibung;Kunde;Kunden-E-Mail;Bearbeiter;Erstellt am;Priorität",
            "1;Drucker;Er raucht;Ada Muster;a@x.example;Bo Beispiel;2021-09-30;hoch",
            ["id", "subject", "description", "customer.name", None, "agent.name", "opened_at", "priority"],
        ),
        (
            "Numéro de ticket,Objet,Contenu,Demandeur,Date de création,Statut",
            "1,Imprimante,Elle fume,Ada,2021-09-30,ouvert",
            ["id", "subject", "description", "customer.name", "opened_at", "status"],
        ),
        (
            "id_ticket,asunto,descripcion,cliente,correo cliente,fecha de creación,estado",
            "1,Impresora,Humea,Ada,a@x.example,2021-09-30,abierto",
            ["id", "subject", "description", "customer.name", "customer.email", "opened_at", "status"],
        ),
        (
            "ticketId,shortDescription,longDescription,requesterEmail,assignedTo,createdAt,isPublic",
            "1,Printer,It smokes,a@x.example,Bo,2021-09-30T10:00:00Z,true",
            [
                "id",
                "subject",
                "description",
                "customer.email",
                "agent.name",
                "opened_at",
                "message.visibility",
            ],
        ),
        (
            "case id,message,customer phone,customer ip,date of birth,card number,cc",
            "1,It smokes,+49 30 1234567,192.0.2.1,2000-01-01,4111111111111111,c@x.example",
            [
                "id",
                "description",
                "customer.phone",
                "customer.ip",
                "customer.birth_date",
                "customer.card",
                "other.email",
            ],
        ),
    ],
)
def test_headers_in_several_languages(header: str, row: str, expected: list[str | None]) -> None:
    suggestion = of(f"{header}\n{row}\n")
    for guess, field in zip(suggestion.columns, expected, strict=True):
        if field is not None:
            assert guess.field == field, guess.column
            assert guess.confidence >= 0.8


def test_shapes_overrule_words() -> None:
    suggestion = of(
        "Ticket ID,Description,Requester,Assignee,Created,Status\n"
        + "".join(f"{n},text number {n},r{n}@x.example,{n * 7},soon,person{n}@x.example\n" for n in range(60))
    )
    guesses = {guess.column: guess for guess in suggestion.columns}
    assert guesses["Requester"].field == "customer.email"
    assert guesses["Assignee"].field == "agent.id"
    assert guesses["Created"].field == "unmapped"
    assert guesses["Status"].confidence < 0.8, "what may be personal must not become a facet by its name"
    assert "Status" not in suggestion.mapping.columns


def test_ids_that_repeat_suggest_grouping_and_are_never_certain() -> None:
    suggestion = of("Ticket ID,Message\n" + "".join(f"{n // 5},text {n}\n" for n in range(50)))
    assert suggestion.group_by == ("Ticket ID",)
    assert fields(suggestion)["Message"] == "message.text"
    assert not suggestion.certain
    assert parse_mapping(suggestion.to_toml()).group_by == ("Ticket ID",)


@pytest.mark.parametrize(
    "table",
    [
        "id,ticket_id,body,created\n1,7,hello,2021-01-01\n",
        "id,name,email,notes\n1,Ada,a@x.example,nice\n",
        "id,name,description\n1,Admins,They may do all\n",
        "subject,description\na,b\n",
        "Ticket ID,Status\n1,open\n",
    ],
    ids=["comments", "users", "roles", "no id", "no text"],
)
def test_tables_that_are_no_cases_are_doubted(table: str) -> None:
    assert not of(table).certain


@pytest.mark.parametrize("table", ["Ticket ID,Description\n1,text\n", "id,subject,description\n1,a,b\n"])
def test_small_but_clear_tables_are_certain(table: str) -> None:
    assert of(table).certain


def test_the_staff_are_not_taken_for_the_customer() -> None:
    found = fields(of("Ticket ID,Description,Requester,Created by\n1,t,Ada,Bo\n"))
    assert found["Requester"] == "customer.name"
    assert found["Created by"] == "other.name"
    assert fields(of("Ticket ID,Description,Created by\n1,t,Bo\n"))["Created by"] == "customer.name"


def test_the_suggestion_is_a_mapping_that_can_be_loaded() -> None:
    suggestion = of('Ticket ID,"Odd ""name"" \\ x",Description\n1,b,c\n')
    mapping = parse_mapping(suggestion.to_toml())
    assert mapping.columns['Odd "name" \\ x'] == ("unmapped",)
    assert mapping.columns["Ticket ID"] == ("id",)


def test_nothing_of_the_values_is_shown() -> None:
    table = "Ticket ID,Customer,Description\n" + "".join(
        f"Okapi{n},Zebra Quagga,gnu@x.example gnu\n" for n in range(20)
    )
    suggestion = of(table)
    for word in ("Okapi", "Zebra", "gnu"):
        assert word not in suggestion.to_toml()
        assert word not in repr(suggestion)


@pytest.mark.parametrize(
    "first",
    [
        "17,Zebra,open",
        "Zebra,z@x.example,open",
        "Zebra,2021-09-30,x",
        "Zebra,192.0.2.7,x",
        "Zebra,+49 30 1234567,x",
    ],
)
def test_a_first_row_of_data_is_no_header_and_is_not_shown(first: str) -> None:
    suggestion = of(f"{first}\n{first}\n")
    assert suggestion.problem
    assert not suggestion.columns
    assert "Zebra" not in suggestion.to_toml()


def test_headers_with_digits_are_headers() -> None:
    assert looks_like_header(["Line 1", "Address 2", "Ticket ID"])
    assert looks_like_header(["id", "Comment", "Comment", "Comment"])
    assert not looks_like_header(["x", "x", "x", "x", "x"])


@pytest.mark.parametrize("data", [b"", b"%PDF-1.7", b"\0\1\2\3", b"[", b"{" * 5_000, b"a,b\n"])
def test_what_is_no_table_has_a_problem(data: bytes) -> None:
    suggestion = of(data)
    assert suggestion.problem
    assert not suggestion.certain


@settings(max_examples=60)
@given(st.lists(st.text(max_size=30), min_size=2, max_size=6))
def test_any_header_makes_valid_toml(names: list[str]) -> None:
    cells = ",".join('"' + name.replace('"', '""') + '"' for name in names)
    tomllib.loads(of(f"{cells}\n{','.join('v' * len(names))}\n").to_toml()) if len(set(names)) == len(
        names
    ) else None


def test_json_keys_are_suggested_by_path() -> None:
    found = fields(
        of('[{"ticket": {"id": 1}, "requester": {"email": "a@x.example"}, "comments": [{"body": "hi"}]}]')
    )
    assert found["ticket.id"] == "id"
    assert found["requester.email"] == "customer.email"
    assert found["comments[].body"] == "message.text"


@pytest.mark.skipif(not DATA.exists(), reason="the development data is not here")
def test_the_odd_ticket_file_is_suggested_rightly() -> None:
    path = DATA / "generic-csv" / "tickets-odd.csv"
    suggestion = suggest(Stream("t", lambda: path.open("rb")))
    assert suggestion.certain
    found = fields(suggestion)
    assert found["Ticket ID"] == "id"
    assert found["Customer Name"] == "customer.name"
    assert found["Customer Email"] == "customer.email"
    assert found["Ticket Subject"] == "subject"
    assert found["Ticket Description"] == "description"
    assert found["Resolution"] == "resolution"
    assert found["Customer Age"] == "unmapped"
