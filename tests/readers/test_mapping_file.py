"""The mapping file: what it says, and how its mistakes are told."""

from pathlib import Path

import pytest

from hushdesk.readers._mapping import FIELDS, MappingError, load_mapping, parse_mapping

WHOLE = """
source = "tracker"
delimiter = ";"
[columns]
"Ticket ID" = "id"
Opened = "opened_at"
Text = ["description"]
Who = "customer.name"
Born = "customer.birth_date"
Seen = "message.visibility"
Words = "message.text"
Junk = "ignore"
[constants]
product = "Printer"
"message.channel" = "chat"
[dates]
zone = "Europe/Paris"
day_first = true
formats = { Opened = "%d.%m.%Y" }
[visibility]
public = ["Yes"]
[roles]
agent = ["Staff"]
customer = "user"
[lists]
separators = { Words = "|" }
[mail]
support_domains = ["Example.com", "help@gmail.com"]
"""


def test_a_whole_mapping_is_read() -> None:
    mapping = parse_mapping(WHOLE)
    assert mapping.columns["Text"] == ("description",)
    assert mapping.columns_for("id") == ("Ticket ID",)
    assert mapping.public == {"yes"}
    assert mapping.roles == {"staff": "agent", "user": "customer"}
    assert mapping.day_first is True
    assert str(mapping.zone) == "Europe/Paris"
    assert mapping.support_domains == {"example.com", "help@gmail.com"}
    assert mapping.constants["message.channel"] == "chat"


@pytest.mark.parametrize(
    ("text", "key", "line", "said"),
    [
        ("[columns]\nA = 'id'\nB = 'descr'", "columns.B", 3, "description"),
        ("[columns]\nA = 'subject'", "columns", 1, "id"),
        ("colums = 1", "colums", 1, "columns"),
        ("[columns]\nA='id'\n[dates]\nzone = 'Mars'", "dates.zone", 4, "time zone"),
        ("[columns]\nA='id'\nB='id'", "columns.B", 3, "second column"),
        ("[columns]\nA='id'\nB='message.visibility'", "columns.B", 3, "public"),
        ("[columns]\nA='id'\n[dates]\nformats={C='%d'}", "formats.C", None, "does not map"),
        ("[columns]\nA='id'\n[dates]\nformats={A='dd.mm'}", "formats.A", None, "excel"),
        ("[columns]\nA='id'\n'B[].x'='subject'", "columns.B[].x", 3, "inside a list"),
        ("[columns]\nA='id'\nB=['ignore','subject']", "columns.B", 3, "alone"),
        ("group_by='X'\n[columns]\nA='id'", "columns.A", 3, "group_by"),
        ("[columns]\nA='id'\n[constants]\nid='x'", "constants.id", None, "constant"),
        (
            "[columns]\nA='id'\n[constants]\n'message.visibility'='open'",
            "constants.message.visibility",
            None,
            "internal",
        ),
        ("[roles]\nboss=['x']", "roles.boss", 2, "agent"),
        ("[mail]\nsupport_domains=['not a domain']", "mail.support_domains", 2, "example.com"),
        ("delimiter=';;'", "delimiter", 1, "one character"),
        ("encoding='klingon'", "encoding", 1, "utf-8"),
        ("source='Über'", "source", 1, "lower-case"),
    ],
)
def test_mistakes_name_the_key_the_line_and_what_would_be_right(
    text: str, key: str, line: int | None, said: str
) -> None:
    with pytest.raises(MappingError) as caught:
        parse_mapping(text, file="m.toml")
    assert caught.value.key == key
    if line is not None:
        assert caught.value.line == line
        assert f"line {line}" in str(caught.value)
    assert said in str(caught.value)
    assert caught.value.exit_code == 2


def test_broken_toml_names_the_line_and_not_what_stands_there(tmp_path: Path) -> None:
    path = tmp_path / "m.toml"
    path.write_text("[columns]\nTicket Zebra47 = 'id'\n")
    with pytest.raises(MappingError) as caught:
        load_mapping(path)
    assert caught.value.line == 2
    assert "Zebra47" not in str(caught.value)
    assert caught.value.__cause__ is None


def test_files_that_cannot_be_read_are_told(tmp_path: Path) -> None:
    with pytest.raises(MappingError, match="cannot be read"):
        load_mapping(tmp_path / "absent.toml")
    (tmp_path / "latin.toml").write_bytes(b"source='\xe9'")
    with pytest.raises(MappingError, match="UTF-8"):
        load_mapping(tmp_path / "latin.toml")


def test_every_field_can_be_mapped() -> None:
    for name in FIELDS:
        extra = "\n[visibility]\npublic='x'" if name == "message.visibility" else ""
        first = "" if name == "id" else "A='id'\n"
        assert parse_mapping(f"[columns]\n{first}B='{name}'{extra}").columns["B"] == (name,)


def test_a_mapping_for_mail_needs_no_columns() -> None:
    assert parse_mapping("[mail]\nsupport_domains=['a.example']").columns == {}
