"""Sets in words."""

from __future__ import annotations

import pytest

from hushdesk.guard import EMPTY, EVERYWHERE, PUBLIC, AddressSet, describe
from hushdesk.guard.words import count


@pytest.mark.parametrize(
    ("addresses", "words"),
    [
        (EMPTY, "nobody"),
        (EVERYWHERE, "everybody (IPv4 and IPv6)"),
        (AddressSet.parse("0.0.0.0/0"), "everybody (IPv4)"),
        (PUBLIC, "all of the public IPv4 internet; all of the public IPv6 internet"),
        (AddressSet.parse("8.8.8.8"), "8.8.8.8/32"),
        (AddressSet.parse("8.8.8.0/24", "10.0.0.0/8"), "8.8.8.0/24, and 10.0.0.0/8 (private)"),
        (AddressSet.parse("10.1.0.0/16"), "10.1.0.0/16, all private"),
        (
            AddressSet.parse("0.0.0.0/0") - AddressSet.parse("8.8.8.0/24"),
            "all of the public IPv4 internet except 8.8.8.0/24, and every private address",
        ),
        (AddressSet.parse(*(f"{n}.0.0.0/8" for n in range(20, 30))), "20.0.0.0/6, 24.0.0.0/6, 28.0.0.0/7"),
    ],
)
def test_sets_are_said_as_a_person_would(addresses: AddressSet, words: str) -> None:
    assert describe(addresses) == words


def test_many_networks_are_counted() -> None:
    many = AddressSet.parse(*(f"20.{n}.0.0/24" for n in range(0, 200, 2)))
    assert describe(many) == "100 IPv4 networks of 25.6 k addresses (20.0.0.0/24, 20.2.0.0/24, …)"


def test_a_named_set_is_named() -> None:
    cloud = AddressSet.parse("20.0.0.0/8")
    assert describe(cloud, {"azurecloud": cloud}) == "azurecloud (16.8 M IPv4 addresses)"


@pytest.mark.parametrize(
    ("number", "said"),
    [
        (1, "1"),
        (9_999, "9,999"),
        (47_012_345, "47.0 M"),
        (2**32, "4.3 G"),
        (2**128, "2^128"),
        (999_600, "1.0 M"),
    ],
)
def test_counts(number: int, said: str) -> None:
    assert count(number) == said
