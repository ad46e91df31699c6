from __future__ import annotations

import itertools
from collections import Counter
from datetime import UTC, date, datetime
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stdnum import iban as stdnum_iban
from stdnum import luhn
from stdnum.at import vnr
from stdnum.be import nn
from stdnum.br import cpf
from stdnum.ca import sin
from stdnum.ch import ssn as ch_ssn
from stdnum.cn import ric
from stdnum.cz import rc
from stdnum.de import idnr
from stdnum.es import dni
from stdnum.fr import nir
from stdnum.gr import amka
from stdnum.in_ import aadhaar
from stdnum.it import codicefiscale
from stdnum.kr import rrn
from stdnum.nl import bsn
from stdnum.pl import pesel
from stdnum.pt import nif
from stdnum.ru import inn
from stdnum.se import personnummer
from stdnum.th import pin
from stdnum.tr import tckimlik
from stdnum.us import ssn as us_ssn

from hushdesk.demo import DemoCase, iter_cases
from hushdesk.demo._checks import IBAN_COUNTRIES, card, iban, mod97
from hushdesk.demo._identity import COUNTRIES, national_id
from hushdesk.demo._language import WEIGHTS
from hushdesk.demo._people import ip_address

SEEDS = st.integers(min_value=0, max_value=2**40)
BORN = st.dates(date(1940, 1, 1), date(1991, 12, 31))
VALIDATORS = {
    "AT": vnr, "BE": nn, "BR": cpf, "CA": sin, "CH": ch_ssn, "CN": ric, "CZ": rc, "DE": idnr, "ES": dni,
    "FR": nir, "GR": amka, "IN": aadhaar, "IT": codicefiscale, "KR": rrn, "NL": bsn, "PL": pesel, "PT": nif,
    "RU": inn, "SE": personnummer, "TH": pin, "TR": tckimlik, "US": us_ssn,
}  # fmt: skip


@pytest.fixture(scope="module")
def cases() -> list[DemoCase]:
    return list(iter_cases(6000, 21))


def text_at(case: DemoCase, where: str) -> str:
    name, _, number = where.partition(".")
    return case.messages[int(number)].text if name == "message" else str(getattr(case, name))


@given(SEEDS)
def test_cards_pass_luhn(seed: int) -> None:
    assert luhn.is_valid(card(Random(seed)))


@given(SEEDS, st.sampled_from(IBAN_COUNTRIES))
def test_ibans_pass_mod_97_and_have_the_length_of_their_country(seed: int, country: str) -> None:
    number = iban(Random(seed), country)
    assert mod97(number[4:] + number[:4]) == 1
    assert stdnum_iban.is_valid(number, check_country=False)


@given(SEEDS, st.sampled_from(sorted(VALIDATORS)), BORN, st.booleans())
def test_national_numbers_are_valid(seed: int, country: str, born: date, female: bool) -> None:
    number = national_id(Random(seed), country, born, female=female)
    assert VALIDATORS[country].is_valid(number), number


def test_only_three_national_numbers_have_no_validator_here() -> None:
    assert set(COUNTRIES) - set(VALIDATORS) == {"GB", "JP", "UA"}


@given(SEEDS)
def test_addresses_are_public(seed: int) -> None:
    address = ip_address(Random(seed))
    assert not address.startswith(("10.", "127.", "192.168.", "169.254.", "172."))


def test_the_same_seed_gives_the_same_cases_and_another_gives_others() -> None:
    assert list(iter_cases(150, 5)) == list(iter_cases(150, 5))
    assert all(a != b for a, b in zip(iter_cases(150, 5), iter_cases(150, 6), strict=True))


def test_a_case_does_not_depend_on_those_before_it() -> None:
    whole = list(iter_cases(400, 5))
    from hushdesk.demo._cases import _Author

    author = _Author(400, 5)
    for index in (399, 17, 250, 18):
        assert author.case(index) == whole[index]


def test_planted_values_stand_where_they_are_said_to(cases: list[DemoCase]) -> None:
    for case in cases:
        for row in (*case.planted, *case.negatives):
            assert row.value in text_at(case, row.where), row


def test_languages_have_about_their_shares(cases: list[DemoCase]) -> None:
    seen = Counter(case.language for case in cases)
    assert set(seen) >= {code for code, weight in WEIGHTS.items() if weight >= 0.5}
    total = sum(WEIGHTS.values())
    for code in ("en", "de", "fr", "es", "ja"):
        assert seen[code] / len(cases) == pytest.approx(WEIGHTS[code] / total, rel=0.25)


def test_about_one_value_in_twelve_is_disguised(cases: list[DemoCase]) -> None:
    rows = [row for case in cases for row in case.planted]
    assert 1 / 16 < sum(row.disguise != "" for row in rows) / len(rows) < 1 / 9
    tricks = {row.disguise for row in rows}
    assert tricks >= {
        "", "spaced", "at_dot_words", "brackets", "hyphen_dot", "spaced_characters", "zero_width", "full_width",
        "html_entity", "percent_encoding", "quoted_printable", "base64", "split_quoted", "odd_grouping", "dots",
        "digit_words", "odd_spacing", "defanged", "look_alike", "upper_case",
    }  # fmt: skip


def test_every_kind_that_the_demo_promises_is_planted(cases: list[DemoCase]) -> None:
    kinds = Counter(row.kind for case in cases for row in case.planted)
    assert set(kinds) == {
        "ACCOUNT", "ADDRESS", "BIRTH_DATE", "CARD", "EMAIL", "IBAN", "IP", "NATIONAL_ID", "PERSON", "PHONE",
        "SECRET", "USERNAME",
    }  # fmt: skip
    assert min(kinds.values()) > 50


def test_texts_are_of_the_promised_size_with_a_long_tail(cases: list[DemoCase]) -> None:
    sizes = sorted(
        len(
            "".join(
                (c.subject, c.description, c.resolution, c.remarks, *(m.text for m in c.messages))
            ).encode()
        )
        for c in cases
    )
    assert 1000 < sum(sizes) / len(sizes) < 1500
    assert sizes[-10] > 4 * sizes[len(sizes) // 2]


def test_volume_grows_rests_at_weekends_and_jumps_at_releases(cases: list[DemoCase]) -> None:
    years = Counter(case.opened_at.year for case in cases)
    assert set(years) == set(range(2005, 2020))
    assert years[2018] > 4 * years[2006]
    weekdays = Counter(case.opened_at.weekday() for case in cases)
    assert weekdays[0] > 2.5 * weekdays[6]
    weeks = Counter(case.opened_at.isocalendar()[:2] for case in cases if case.opened_at.year == 2017)
    assert max(weeks.values()) > 1.4 * sorted(weeks.values())[len(weeks) // 2]


def test_times_of_a_case_are_in_order(cases: list[DemoCase]) -> None:
    end = datetime(2020, 1, 1, tzinfo=UTC)
    for case in cases:
        times = [case.opened_at, *(message.at for message in case.messages), case.updated_at]
        assert times == sorted(times)
        assert case.closed_at is None or times[-2] <= case.closed_at <= case.updated_at
        assert times[-1] < end


def test_customers_come_back_mostly_in_their_own_language(cases: list[DemoCase]) -> None:
    by_customer: dict[int, list[DemoCase]] = {}
    for case in cases:
        by_customer.setdefault(case.customer.key, []).append(case)
    returning = [group for group in by_customer.values() if len(group) > 2]
    assert len(returning) > len(by_customer) / 5
    assert any(group[-1].opened_at.year - group[0].opened_at.year >= 3 for group in returning)
    mixed = sum(len({case.language for case in group}) > 1 for group in returning)
    assert 0 < mixed < len(returning) / 5
    assert 100 < len({case.agent.key for case in cases}) <= 260


def test_texts_are_not_from_a_handful_of_templates(cases: list[DemoCase]) -> None:
    english = [case for case in cases if case.language == "en" and case.channel != "chat"]
    assert len({case.description for case in english}) > 0.99 * len(english)
    openings = Counter(
        line for case in english for line in set(case.description.split("\n")) if len(line) > 80
    )
    assert openings.most_common(1)[0][1] < 0.01 * len(english)


def test_notes_are_there_and_chat_is_not_mail(cases: list[DemoCase]) -> None:
    messages = [message for case in cases for message in case.messages]
    notes = [message for message in messages if not message.public]
    assert 0.05 < len(notes) / len(messages) < 0.3
    assert all(message.staff for message in notes)
    assert Counter(case.channel for case in cases).keys() == {"email", "web", "chat", "phone"}


def test_no_value_shows_in_a_repr(cases: list[DemoCase]) -> None:
    for case in itertools.islice(cases, 50):
        shown = repr(case)
        assert case.customer.mail not in shown
        assert case.customer.name not in shown
        assert case.subject not in shown
