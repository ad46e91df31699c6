"""Texts made to be slow are read in time that grows with their length."""

import time

import pytest

from hushdesk.redact import find, leftovers

PIECES = [
    "@", "a@", "1", "1 ", "a.", "dot ", "at dot ", "a b ", "&#64;", "%40", "=\n", "A", "Aa1", "::", "1.1.", "phone 1",
    "password ", "+1 ", "ü", "аa", "\u200b", "[at]", "one ", "://a:b@", "_", "-----BEGIN PRIVATE KEY-----", "eyJa",
    "  ", "\n> ", "a-at-b-dot-", "x@y com ",
    "one a ", "a for apple ", "pin one ", "pin a b c d ", "date of birth one ",
]  # fmt: skip


@pytest.mark.usefixtures("no_names")
@pytest.mark.timeout(60)
@pytest.mark.parametrize("piece", PIECES)
def test_repeated_pieces_cost_no_more_than_their_length(piece):
    find("a@b.example ü +44 20 7946 0018")
    text = (piece * 20_000)[:20_000]
    start = time.process_time()
    find(text)
    leftovers(text)
    assert time.process_time() - start < 2.5
