import json

from hushdesk.cases import Case, Person, PersonRole, Supporting
from hushdesk.readers import Options, read
from hushdesk.readers._mapped import apply_mapping
from hushdesk.readers._mapping import parse_mapping

MAPPING = parse_mapping(
    """
[columns]
"Ticket ID" = "id"
"custom_fields.1" = "product"
"Contract" = "contract_number"
"Custom field (Client IP)" = "customer.ip"
"mail" = "customer.email"
"nick" = "agent.username"
"friend" = "other.name"
"iban" = "customer.iban"
"done" = "closed_at"
"extra" = "description"
"lang" = "language"
"land" = "country"
"aside" = "note"
"label" = "tags"
"noise" = "ignore"
"keep" = "unmapped"
"""
)


def case(*unmapped, **fields):
    return Case(source="x", source_id="1", unmapped=unmapped, **fields)


def placed(*unmapped, **fields):
    return apply_mapping(case(*unmapped, **fields), Options(mapping=MAPPING))


def test_values_go_to_the_place_that_the_mapping_names():
    got = placed(
        ("custom_fields.1", "Backup  Pro"),
        ("Contract", "K-77"),
        ("Client IP", "203.0.113.9"),
        ("mail", "jane@example.com"),
        ("nick", "al"),
        ("friend", "Bob Roe"),
        ("iban", "GB33BUKB20201555555555"),
        ("done", "2019-03-01T10:00:00Z"),
        ("extra", "more"),
        ("lang", "de-AT"),
        ("land", "at"),
        ("aside", "psst"),
        ("label", "vip"),
        ("noise", "zz"),
        ("keep", "k"),
        ("unheard", "u"),
        description="text",
        customer=Person(role=PersonRole.CUSTOMER, emails=("j@example.org",)),
    )
    assert (got.product, got.contract_number, got.language, got.country) == ("Backup Pro", "K-77", "de", "AT")
    assert got.customer.emails == ("j@example.org", "jane@example.com")
    assert got.customer.ips == ("203.0.113.9",)
    assert got.customer.other == (("IBAN", "GB33BUKB20201555555555"),)
    assert (got.agent.role, got.agent.usernames) == (PersonRole.AGENT, ("al",))
    assert [person.name for person in got.others] == ["Bob Roe"]
    assert got.closed_at.year == 2019
    assert (got.description, got.notes, got.tags) == ("text\n\nmore", ("psst",), ("vip",))
    assert got.unmapped == (("keep", "k"), ("unheard", "u"))


def test_what_does_not_fit_its_place_stays_to_be_hunted():
    assert placed(("done", "soon"), ("land", "Austria")).unmapped == (("done", "soon"), ("land", "Austria"))


def test_without_a_mapping_nothing_changes():
    one = case(("mail", "x"))
    assert apply_mapping(one, Options()) is one


def test_it_holds_for_every_reader(tmp_path):
    ticket = {
        "id": 1,
        "requester_id": 2,
        "assignee_id": 3,
        "via": {},
        "custom_fields": [{"id": 1, "value": "Backup"}],
    }
    (tmp_path / "a").write_text(json.dumps(ticket) + "\n")
    (tmp_path / "b").write_text(
        "Issue id,Summary,Status,Created,Custom field (Client IP)\n7,Broken,Open,30/Sep/21 17:20,203.0.113.9\n"
    )
    got = list(read([tmp_path], Options(mapping=MAPPING)))
    issue, ticket = (one for one in got if isinstance(one, Case))
    assert (ticket.product, ticket.unmapped) == ("Backup", ())
    assert (issue.customer.ips, issue.unmapped) == (("203.0.113.9",), ())
    # The time of the issue names no zone, and nobody declared one.
    assert [one for one in got if isinstance(one, Supporting)] == [Supporting("times.zone_assumed", 1, 0)]
