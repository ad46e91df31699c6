"""Numbers in order, with the places where they stood."""

from __future__ import annotations

import numpy as np
from hypothesis import example, given
from hypothesis import strategies as st

from hushdesk.incident._order import distinct, in_order

MOST = (1 << 64) - 1
keys = st.lists(
    # Small ones, large ones, and large ones that differ in their last bits only.
    st.one_of(
        st.integers(0, 9),
        st.integers(0, MOST),
        st.integers(MOST - 9, MOST),
        st.integers(1 << 40, (1 << 40) + 9),
    ),
    max_size=60,
)


@given(keys)
@example([MOST, MOST - 1, MOST])
@example([(1 << 63) + 1, 1 << 63])
def test_like_sorting_the_places(values):
    array = np.array(values, np.uint64)
    order, ordered = in_order(array)
    assert order.tolist() == sorted(range(len(values)), key=lambda place: (values[place], place))
    assert ordered.tolist() == sorted(values)
    assert array.tolist() == values


@given(keys)
def test_each_once(values):
    assert distinct(np.array(values, np.uint64)).tolist() == sorted(set(values))
