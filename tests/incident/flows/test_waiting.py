"""Beginnings of flows wait in parts like in one list."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from hushdesk.incident.evidence._flow_columns import columns
from hushdesk.incident.evidence._flow_rows import Oriented
from hushdesk.incident.evidence._flow_waiting import Waiting

steps = st.lists(
    st.one_of(
        st.tuples(st.just("add"), st.lists(st.integers(0, 6), min_size=1, max_size=8)),
        st.tuples(st.just("release"), st.lists(st.integers(0, 6), max_size=4)),
        st.tuples(st.just("longest"), st.integers(0, 10)),
    ),
    max_size=14,
)


def rows(lines):
    line = np.array(lines, np.int64)
    return Oriented(columns(len(line), line=line), *(line + more for more in range(6)))


def told(parts):
    found = []
    for part, flows in parts:
        assert part.packets.tolist() == [line + 5 for line in part.columns.line.tolist()]
        found += zip(part.columns.line.tolist(), flows.tolist(), strict=True)
    return sorted(found)


@given(steps)
def test_like_a_list(moves):
    waiting, expected, number = Waiting(), [], 0
    for move, what in moves:
        if move == "add":
            lines = list(range(number, number + len(what)))
            number += len(what)
            waiting.add(rows(lines), np.array(what, np.uint64))
            expected.append(list(zip(lines, what, strict=True)))
        elif move == "release":
            places, flows = waiting.among(np.array(sorted(set(what)), np.uint64))
            asked = sorted(each for part in expected for each in part if each[1] in what)
            assert sorted(flows.tolist()) == sorted(flow for _, flow in asked)
            # Of each flow all but those of odd numbers go.
            gone = told(waiting.release(places, flows % np.uint64(2) == 0))
            assert gone == [each for each in asked if each[1] % 2 == 0]
            expected = [[each for each in part if each not in gone] for part in expected]
        else:
            gone = []
            while sum(map(len, expected)) > what:
                gone += expected.pop(0)
            assert told(waiting.longest(what)) == sorted(gone)
        assert waiting.size == sum(map(len, expected))
    assert told(waiting.longest(0)) == sorted(each for part in expected for each in part)
