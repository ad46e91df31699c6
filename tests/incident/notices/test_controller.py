"""The controller's details: every key is checked, and a message names the key and never what stands there."""

import pytest

from hushdesk.incident.notices import Controller, ControllerError, Own, example
from hushdesk.incident.notices._catalogue import texts_of

SECRET = "Planted-Value-77"


def refused(data):
    with pytest.raises(ControllerError) as caught:
        Controller.of(data)
    assert SECRET not in str(caught.value)
    return caught.value.where


def without(data, table, key):
    data[table] = {k: v for k, v in data[table].items() if k != key}
    return data


def test_a_complete_file_is_read(tmp_path):
    file = tmp_path / "controller.toml"
    file.write_text(
        """
[controller]
name = "Beispiel AG"
address = ["Musterweg 1", "10115 Berlin"]
zone = "Europe/Berlin"
language = "de"
[contact]
role = "contact"
phone = "+49 30 5550100"
[incident]
measures_taken = ["access_closed", "access_closed"]
[texts.de]
advice = ["Rufen Sie uns an."]
""",
        "utf-8",
    )
    found = Controller.read(file)
    assert found.address == ("Musterweg 1", "10115 Berlin")
    assert found.measures_taken == ("access_closed",)
    assert not found.contact.dpo
    assert found.words_of("de").advice == ("Rufen Sie uns an.",)
    assert found.words_of("pl").advice == ()


def test_the_example_is_read_and_names_every_key_and_code(tmp_path):
    file = tmp_path / "controller.toml"
    file.write_text(example(), "utf-8")
    found = Controller.read(file)
    assert found.zone == "Europe/Berlin"
    assert found.measures_taken == ("access_closed",)
    codes = [k.split(".")[1] for k in texts_of("en") if k.startswith(("measures.", "consequences."))]
    keys = [
        f"{name} =" for name in (*Own.__dataclass_fields__, "role", "check_phone", "authority", "register")
    ]
    assert [word for word in (*codes, *keys) if word not in example()] == []


@pytest.mark.parametrize(
    ("table", "key"),
    [
        ("controller", "name"),
        ("controller", "address"),
        ("controller", "zone"),
        ("contact", "role"),
    ],
)
def test_what_is_missing_is_named(make, table, key):
    assert refused(without(make.details(), table, key)) == f"{table}.{key}"


def test_a_missing_table_is_named(make):
    data = make.details()
    del data["contact"]
    assert refused(data) == "contact"


@pytest.mark.parametrize(
    ("table", "key", "value"),
    [
        ("controller", "name", 7),
        ("controller", "name", " \u200b "),
        ("controller", "address", [SECRET, 1]),
        ("controller", "address", ["  "]),
        ("controller", "zone", SECRET),
        ("controller", "zone", "../../etc/passwd"),
        ("controller", "language", SECRET),
        ("controller", "country", SECRET),
        ("contact", "role", SECRET),
        ("contact", "email", f"{SECRET}\r\nBcc: a@example.com"),
        ("incident", "measures_taken", [SECRET]),
        ("incident", "consequences", ["access_closed"]),
        ("letters", "check_phone", [SECRET]),
    ],
)
def test_what_cannot_be_used_is_named(make, table, key, value):
    data = make.details()
    data[table] = data.get(table, {}) | {key: value}
    assert refused(data) == f"{table}.{key}"


def test_a_contact_needs_a_way_to_reach_it(make):
    data = make.details()
    data["contact"] = {"role": "dpo", "name": SECRET}
    assert refused(data) == "contact"


@pytest.mark.parametrize("table", ["controller", "contact", "letters", "incident"])
def test_unknown_keys_are_refused(make, table):
    data = make.details()
    data[table] = data[table] | {"nmae": SECRET}
    assert refused(data) == f"{table}.nmae"
    assert refused(make.details(texts={"tlh": {}})) == "texts.tlh"
    assert refused(make.details(texts={"de": {"x": SECRET}})) == "texts.de.x"
    assert refused(make.details(text={})) == "text"
    assert refused(make.details(contact=SECRET)) == "contact"


@pytest.mark.parametrize(
    "link", ["https://x.example", "see www.x.example", "example.com/page", "a@example.com"]
)
@pytest.mark.parametrize("key", ["letter", "advice", "measures_taken", "measures_planned"])
def test_texts_for_letters_hold_nothing_to_click(make, key, link):
    assert refused(make.details(texts={"en": {key: ["fine", f"{SECRET} {link}"]}})) == f"texts.en.{key}"


def test_the_name_of_the_page_is_no_link_and_paragraphs_have_an_end(make):
    assert refused(make.details(texts={"en": {"check_page": "example.com"}})) == "texts.en.check_page"
    assert refused(make.details(texts={"en": {"nature": ["x" * 2_001]}})) == "texts.en.nature"


def test_files_that_are_none_are_said_to_be(tmp_path):
    with pytest.raises(ControllerError, match="cannot be read"):
        Controller.read(tmp_path / "absent.toml")
    for content in (b"\xff\xfe", f"a = {SECRET}".encode()):
        (tmp_path / "bad.toml").write_bytes(content)
        with pytest.raises(ControllerError, match="no TOML") as caught:
            Controller.read(tmp_path / "bad.toml")
        assert SECRET not in str(caught.value)


def test_a_letter_is_in_the_persons_language_where_nothing_would_be_lacking(make):
    plain = Controller.of(make.details())
    assert [plain.letter_language(tag) for tag in ("pl", "pt-BR", "de_AT", "FR", "sv", "", "x")] == [
        "pl",
        "pt",
        "de",
        "fr",
        "en",
        "en",
        "en",
    ]
    by_hand = Controller.of(
        make.details(texts={"de": {"advice": ["Rufen Sie an."]}, "fr": {"nature": ["x"]}})
    )
    # French has words for the authority only: a letter in French would lack the advice.
    assert [by_hand.letter_language(tag) for tag in ("de", "fr", "pl")] == ["de", "en", "en"]
