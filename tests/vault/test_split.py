"""Shares: any k of n give the secret back, fewer never do, and each kind of wrong share is told from the others."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hushdesk.vault import SharesError, share_threshold
from hushdesk.vault._base32 import ALPHABET
from hushdesk.vault._split import Share, _inverse, _times, join, split

SECRET = bytes(range(32))


@st.composite
def counts(draw: st.DrawFn) -> tuple[int, int]:
    shares = draw(st.integers(2, 10))
    return shares, draw(st.integers(2, shares))


@settings(max_examples=25)
@given(secret=st.binary(min_size=1, max_size=40), numbers=counts(), data=st.data())
def test_any_k_of_n_give_it_back_as_people_type_them(secret, numbers, data):
    shares, threshold = numbers
    made = split(secret, shares, threshold)
    chosen = data.draw(st.permutations(made))[: data.draw(st.integers(threshold, shares))]
    typed = [one.text().lower().replace("0", "o").replace("1", "l").replace("-", " ") for one in chosen]
    assert join([Share.read(text) for text in typed]) == secret


def test_every_pair_of_three_and_no_single_one():
    made = split(SECRET)
    for pair in itertools.permutations(made, 2):
        assert join(pair) == SECRET
    for one in made:
        assert share_threshold(one.text()) == 2
        with pytest.raises(SharesError, match="2 different ones"):
            join([one])
        with pytest.raises(SharesError, match="2 different ones"):
            join([one, one])


def test_a_share_says_nothing_of_the_secret():
    # Over many splits of one secret, each value of a share's byte comes up: it is not the secret's.
    seen = {split(b"\x2a")[0].values[0] for _ in range(3_000)}
    assert len(seen) > 250


@given(at=st.integers(0, 10_000), other=st.sampled_from(ALPHABET))
@settings(max_examples=40)
def test_a_mistyped_share_is_found_by_itself(at, other):
    text = split(SECRET)[0].text()
    places = [place for place, letter in enumerate(text) if letter != "-"]
    place = places[at % len(places)]
    if text[place] == other:
        return
    with pytest.raises(SharesError, match="mistyped"):
        Share.read(text[:place] + other + text[place + 1 :])


@pytest.mark.parametrize("text", ["", "-", "hunter2!", "A" * 3_000, "AAAAA", "0" * 30], ids=len)
def test_what_is_no_share_is_refused_without_being_repeated(text):
    with pytest.raises(SharesError) as refused:
        Share.read(text)
    assert "hunter" not in str(refused.value)


def test_mixed_forged_and_contradicting_shares_are_told_apart():
    ours, theirs = split(SECRET), split(SECRET)
    with pytest.raises(SharesError, match="different splits"):
        join([ours[0], theirs[1]])
    forged = Share(2, 2, ours[1].split, bytes(len(ours[1].values)))
    with pytest.raises(SharesError, match="not what was made"):
        join([ours[0], forged])
    with pytest.raises(SharesError, match="differ"):
        join([ours[0], ours[1], forged])
    with pytest.raises(SharesError, match="none"):
        join([])
    assert repr(ours[0].values) not in repr(ours[0])


def test_the_field_is_that_of_aes():
    # FIPS 197, section 4.2.
    assert _times(0x57, 0x83) == 0xC1
    assert _times(0x57, 0x13) == 0xFE
    assert all(_times(a, _inverse(a)) == 1 for a in range(1, 256))
    assert _inverse(0) == 0


@pytest.mark.parametrize(("shares", "threshold"), [(1, 1), (3, 1), (2, 3), (11, 2)])
def test_numbers_that_make_no_sense_are_refused(shares, threshold):
    with pytest.raises(ValueError, match="from 2 to 10"):
        split(SECRET, shares, threshold)
    with pytest.raises(ValueError, match="from 2 to 10"):
        split(b"")
