"""The least index that covers each elementary interval, against a loop."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from hushdesk.guard.reach._cover import NONE, least_cover


@given(
    st.integers(1, 70).flatmap(
        lambda size: st.tuples(
            st.just(size), st.lists(st.tuples(st.integers(0, size - 1), st.integers(1, size)))
        )
    )
)
def test_the_least_index_wins_everywhere(drawn: tuple[int, list[tuple[int, int]]]) -> None:
    size, found = drawn
    pairs = [(low, max(high, low + 1)) for low, high in found]
    expected = np.full(size, NONE)
    for index, (low, high) in enumerate(pairs):
        expected[low:high] = np.minimum(expected[low:high], index)
    low, high = np.array(pairs, np.int64).reshape(-1, 2).T
    assert (least_cover(low, high, np.arange(len(pairs)), size) == expected).all()


def test_nothing_covers_nothing() -> None:
    empty = np.array([], np.int64)
    assert (least_cover(empty, empty, empty, 3) == NONE).all()
