"""What the seal promises of a sealed case, whoever calls it."""

from __future__ import annotations

import dataclasses
import json
import string
from datetime import UTC, datetime, timedelta

import pyarrow as pa
import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from hushdesk.cases import SEALED_SCHEMA, Case, Message, Person, PersonRole, Visibility
from hushdesk.seal import BatchSealer, Doubtful, Sealed, Sealer, Verdict, content_bytes
from hushdesk.seal import _seal as seal_module
from hushdesk.vault import TOKEN_PATTERN, Pseudonymiser

DAY = datetime(2015, 3, 4, 5, 6, 7, tzinfo=UTC)


@pytest.fixture(scope="module")
def pseudonyms(tmp_path_factory) -> Pseudonymiser:
    from hushdesk.vault import Keyring

    keyring, _ = Keyring.create(tmp_path_factory.mktemp("keys") / "keys", desk_id="00")
    return keyring.pseudonymiser()


@pytest.fixture(scope="module")
def sealer(pseudonyms) -> Sealer:
    return Sealer(pseudonyms)


@pytest.fixture
def seal(sealer, pseudonyms):
    def run(case: Case) -> dict[str, object]:
        sealed = sealer.seal(case, pseudonyms.case_id(case.source, case.source_id))
        assert isinstance(sealed, Sealed), sealed
        return sealed.row

    return run


def case(number: int = 1, source: str = "zendesk", **more: object) -> Case:
    return Case(source=source, source_id=str(number), **more)


def customer(**more: object) -> Person:
    return Person(PersonRole.CUSTOMER, **more)


def text_of(row: dict[str, object]) -> str:
    return repr({name: value for name, value in row.items() if name not in {"case_id", "tokens", "people"}})


# -- who is who -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ({"emails": ("Jane.Roe@Example.com",)}, {"emails": ("jane.roe@example.com",), "name": "J. Roe"}),
        ({"phones": ("+49 30 2345 6789",)}, {"phones": ("0049-30-23456789",)}),
        ({"source_id": "871234"}, {"source_id": "871234", "name": "Jane"}),
        ({"usernames": ("JRoe77",)}, {"usernames": ("jroe77",)}),
    ],
)
def test_one_customer_has_one_pseudonym_in_every_case_and_spelling(seal, one, other):
    rows = [
        seal(case(1, customer=customer(**one))),
        seal(case(2, customer=customer(**other))),
        seal(case(3, customer=customer(**one))),
    ]
    assert len({row["customer"] for row in rows}) == 1
    assert TOKEN_PATTERN.fullmatch(str(rows[0]["customer"]))
    assert rows[0]["customer"] in rows[0]["people"]
    assert rows[0]["customer"] in rows[0]["tokens"]


@pytest.mark.parametrize("source", ["jira", "mail", "csv"])
def test_one_customer_has_one_pseudonym_over_sources(seal, source):
    who = customer(emails=("jane.roe@example.com",))
    assert seal(case(1, customer=who))["customer"] == seal(case(9, source, customer=who))["customer"]


def test_an_address_of_the_fields_gets_the_same_pseudonym_as_one_found_in_a_text(seal):
    told = seal(case(1, description="Mail jane.roe@example.com please"))
    other = seal(case(2, description="JANE.ROE@EXAMPLE.COM wrote", subject="About jane.roe [at] example.com"))
    tokens = {token for token in told["tokens"] if token.startswith("EMAIL_")}
    assert len(tokens) == 1
    assert tokens <= set(other["tokens"])


def test_two_customers_have_two_pseudonyms_and_two_desks_share_none(seal, tmp_path):
    from hushdesk.vault import Keyring

    one = seal(case(1, customer=customer(emails=("jane.roe@example.com",))))
    two = seal(case(2, customer=customer(emails=("john.doe@example.com",))))
    assert one["customer"] != two["customer"]
    other = Keyring.create(tmp_path / "keys", desk_id="01")[0].pseudonymiser()
    elsewhere = Sealer(other).seal(case(1, customer=customer(emails=("jane.roe@example.com",))), "x")
    assert elsewhere.row["customer"] != one["customer"]


def test_a_free_name_holds_within_its_case_only(seal):
    text = "My name is Gudrun Overbeck. Regards, Gudrun Overbeck"
    one, two = (seal(case(number, description=text)) for number in (1, 2))
    names = [{token for token in row["tokens"] if token.startswith("PERSON_")} for row in (one, two)]
    assert len(names[0]) == len(names[1]) == 1
    assert not names[0] & names[1]
    assert one["description"].count(next(iter(names[0]))) == 2


def test_the_customers_name_in_the_text_is_the_customer(seal):
    who = customer(name="Gudrun Overbeck", emails=("g.o@example.com",))
    row = seal(case(1, customer=who, description="Overbeck called.", notes=("gudrun overbeck again",)))
    assert row["customer"] in row["description"]
    assert row["customer"] in row["notes"][0]
    assert "verbeck" not in text_of(row)


def test_values_of_somebody_without_a_pseudonym_are_hunted_too(seal):
    """An account number and nothing else makes nobody a person, but it is still nobody's to store."""
    who = customer(other=(("ACCOUNT", "739178844"),))
    row = seal(case(1, customer=who, description="We asked 739178844 again."))
    assert "739178844" not in text_of(row)
    assert row["customer"] == ""
    assert "" not in row["people"]


def test_the_contract_number_is_a_pseudonym(seal):
    row = seal(case(1, contract_number="K-7730-112", description="contract K-7730-112 and k7730112"))
    assert row["contract"].startswith("ACCOUNT_")
    assert "7730" not in text_of(row)


# -- what is kept, and what is not --------------------------------------------------------------------


def test_order_visibility_times_and_roles_of_messages_are_kept(seal):
    people = [
        customer(emails=("a@example.com",)),
        Person(PersonRole.AGENT, emails=("b@example.com",)),
        Person(PersonRole.SYSTEM, name="Bot"),
        None,
    ]
    messages = tuple(
        Message(
            f"it went wrong again, {number} times by now",
            Visibility.PUBLIC if number % 3 else Visibility.INTERNAL,
            DAY + timedelta(hours=number) if number % 5 else None,
            people[number % 4],
            attachments=(f"file{number}.png", "second.txt") if number % 2 else (),
        )
        for number in range(20)
    )
    row = seal(case(1, opened_at=DAY, messages=messages, attachments=("case.zip",)))
    assert row["messages.text"] == [message.text for message in messages]
    assert row["messages.visibility"] == [message.visibility.value for message in messages]
    assert row["messages.role"] == [
        message.author.role.value if message.author else "" for message in messages
    ]
    assert row["messages.attachments"] == ["\n".join(message.attachments) for message in messages]
    assert row["attachments"] == ["case.zip"]
    assert [at.year for at in row["messages.at"]] == [2015 if n % 5 else 1970 for n in range(20)]
    authors = row["messages.author"]
    assert authors[0] == authors[4] != ""
    assert authors[2] == authors[3] == ""
    assert row["first_reply_at"] == DAY + timedelta(hours=1)


def test_unknown_visibility_is_internal():
    assert Message("x").visibility is Visibility.INTERNAL


def test_nothing_of_unmapped_fields_is_stored_and_what_identifies_in_them_is_hunted(seal):
    row = seal(
        case(
            1,
            unmapped=(
                ("Colour", "ultramarine"),
                ("Customer e-mail", "jane@example.com"),
                ("contract no", "QX-88231"),
            ),
            description="jane@example.com has QX-88231.",
        )
    )
    assert set(row) | {"content_mac", "load_id"} == set(SEALED_SCHEMA.names)
    for value in ("ultramarine", "Colour", "jane", "88231"):
        assert value not in repr(row)


def test_what_identifies_in_combination_is_coarsened(seal):
    row = seal(
        case(
            1,
            country="de",
            location="Wuppertal, Elberfeld 7",
            language="de-AT",
            opened_at=datetime(1, 1, 1, tzinfo=UTC),
            closed_at=datetime(9999, 1, 1, tzinfo=UTC),
            description="From Wuppertal, Elberfeld 7.",
        )
    )
    assert (row["country"], row["language"]) == ("DE", "de")
    assert row["opened_at"].year == 1900
    assert row["closed_at"].year == 2299
    assert "Wuppertal" not in repr(row)
    odd = seal(case(2, country="Lower Saxony", language="the one from Hanover", location="Hanover"))
    assert (odd["country"], odd["language"]) == ("", "")
    assert "Hanover" not in repr(odd)


def test_an_id_that_is_personal_is_no_number(seal):
    assert seal(case(4711))["number"] == "4711"
    personal = Case(source="csv", source_id="jane.roe@example.com")
    assert "jane" not in repr(seal(personal))


# -- what goes wrong ---------------------------------------------------------------------------------


def sealed_rows(batch) -> list[dict[str, object]]:
    return pa.ipc.open_stream(pa.BufferReader(batch.table)).read_all().to_pylist()


def test_what_the_leak_check_finds_goes_to_quarantine(pseudonyms, monkeypatch):
    """The detectors are blinded; the check, which shares nothing with them, has to see it."""
    monkeypatch.setattr(
        seal_module, "find_batch", lambda contexts, **_: [[[] for _ in texts] for texts in contexts]
    )
    cases = [
        case(1, description="harmless words"),
        case(2, description="write to jane.roe@example.com"),
        case(3, messages=(Message("IBAN DE89370400440532013000"),)),
        case(4, tags=("jane.roe@example.com",)),
        case(5, attachments=("jane.roe@example.com.pdf",)),
        case(6, customer=customer(name="Gudrun Overbeck"), notes=("Gudrun Overbeck called",)),
    ]
    batch = BatchSealer(pseudonyms).seal([(one, one.source_id, b"0" * 16) for one in cases], 1)
    assert batch.verdicts == (Verdict.SEALED, *[Verdict.DOUBTFUL] * 5)
    assert [doubt.fields for doubt in batch.doubts] == [
        ("description",), ("messages",), ("tags",), ("attachments",), ("notes",)
    ]  # fmt: skip
    assert [row["case_id"] for row in sealed_rows(batch)] == ["1"]
    assert all("jane" not in repr(doubt) for doubt in batch.doubts)


@pytest.mark.parametrize("broken", ["find_batch", "leftovers", "replace"])
def test_a_failure_of_a_detector_goes_to_quarantine_and_says_no_value(pseudonyms, monkeypatch, broken):
    real = getattr(seal_module, broken)

    def fails(first, *rest, **more):
        if "poison" in repr(first):
            raise ValueError(f"cannot read {first!r}")
        return real(first, *rest, **more)

    monkeypatch.setattr(seal_module, broken, fails)
    cases = [
        case(1, description="one"),
        case(2, description="poison jane.roe@example.com"),
        case(3, description="three"),
    ]
    batch = BatchSealer(pseudonyms).seal([(one, one.source_id, b"0" * 16) for one in cases], 1)
    assert batch.verdicts == (Verdict.SEALED, Verdict.FAILED, Verdict.SEALED)
    (doubt,) = batch.doubts
    assert isinstance(doubt, Doubtful)
    assert doubt.failure.startswith("ValueError at ")
    assert "poison" not in repr(batch)
    assert "jane" not in repr(batch)
    assert [row["case_id"] for row in sealed_rows(batch)] == ["1", "3"]


def test_lone_surrogates_do_not_stop_a_batch(pseudonyms):
    odd = case(1, description="broken \ud83d half", tags=("\udc00",))
    batch = BatchSealer(pseudonyms).seal([(odd, "1", b"0" * 16)], 1)
    assert batch.verdicts == (Verdict.SEALED,)
    assert len(sealed_rows(batch)) == 1


# -- any case ---------------------------------------------------------------------------------------

_WORDS = st.lists(
    st.text(st.characters(codec="utf-8", exclude_categories=("Cs", "Cc")), max_size=12), max_size=6
).map(" ".join)
_LOCAL = st.text(string.ascii_lowercase, min_size=8, max_size=12)
_REST = st.integers(2_000_000, 9_999_999).map(str)


def _spellings(local: str) -> list[str]:
    address = f"{local}@example.com"
    return [
        address,
        address.upper(),
        f"<{address}>",
        f"mailto:{address}",
        f"({address})",
        f"{local} [at] example [dot] com",
    ]


@st.composite
def planted(draw: st.DrawFn) -> tuple[Case, list[str]]:
    """A case with addresses and phone numbers in any of its texts, and what of them must be nowhere."""
    secrets: list[str] = []
    free: list[str] = []

    def some() -> str:
        free.append(draw(_WORDS))
        return free[-1]

    def text() -> str:
        parts = [some()]
        for _ in range(draw(st.integers(0, 2))):
            local, rest = draw(_LOCAL), draw(_REST)
            secrets.extend((local, rest))
            parts += [draw(st.sampled_from(_spellings(local))), some(), f"+49 30 {rest}", some()]
        return "\n".join(parts)

    texts = {name: text() for name in ("subject", "description", "resolution", "remarks")}
    local, rest = draw(_LOCAL), draw(_REST)
    secrets += [local, rest]
    one = Case(
        source="zendesk",
        source_id=draw(st.integers(1, 9_999)).__str__(),
        customer=customer(name=draw(_WORDS), emails=(f"{local}@example.com",), phones=(f"+49 30 {rest}",)),
        notes=tuple(text() for _ in range(draw(st.integers(0, 2)))),
        messages=tuple(Message(text()) for _ in range(draw(st.integers(0, 3)))),
        tags=(text(),),
        attachments=(text(),),
        product=text(),
        status=text(),
        unmapped=(("Colour", text()),),
        **texts,
    )
    # Words are drawn from those of the program too: one may be what somebody's mailbox is called.
    assume(not any(secret in words.lower() for secret in secrets for words in free))
    return one, secrets


@settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(planted())
def test_whatever_the_case_no_planted_value_is_in_the_sealed_row(sealer, pseudonyms, given_case):
    one, secrets = given_case
    sealed = sealer.seal(one, pseudonyms.case_id(one.source, one.source_id))
    if isinstance(sealed, Doubtful):
        assert not any(secret in repr(sealed).lower() for secret in secrets)
        return
    # Values only: a mailbox called "attachme" is part of a column's name, and one called "internal" a word of a column of few words.
    told = {
        k: v for k, v in sealed.row.items() if k not in {"messages.visibility", "messages.role", "source"}
    }
    stored = json.dumps(list(told.values()), default=str, ensure_ascii=False).lower()
    for secret in secrets:
        assert secret not in stored
    # The same case again is the same sealed case.
    again = sealer.seal(dataclasses.replace(one), pseudonyms.case_id(one.source, one.source_id))
    assert again.row == sealed.row
    assert content_bytes(one) == content_bytes(dataclasses.replace(one))
