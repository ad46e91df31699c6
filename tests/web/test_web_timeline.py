"""The timeline as geometry: nothing lies outside, coverage is whole and never said twice, nothing unknown is drawn as known."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hushdesk.incident import DAY, HOUR, Span, Spans, iso
from hushdesk.incident.answering import read_moment
from hushdesk.web._timeline import spans_of, timeline

START = read_moment("2019-12-01T00:00:00Z")


def drawn(made, **changes):
    return timeline(made.sample(**changes))


def lane(found, name):
    return next(lane for lane in found.lanes if lane.name == name)


def test_everything_lies_within_the_frame(made):
    found = drawn(made)
    for each in found.lanes:
        for bar in each.bars:
            assert 0 <= bar.x <= 100
            assert bar.width >= 0
            assert bar.x + bar.width <= 100.001
    assert all(0 <= mark.x <= 100 for mark in found.marks)
    assert [tick.x for tick in found.ticks] == sorted(tick.x for tick in found.ticks)
    assert 4 <= len(found.ticks) <= 20


def test_what_is_still_open_is_drawn_up_to_now_and_no_further(made):
    found = drawn(made)
    (bar,) = lane(found, "tcp 9200 · cases-nic").bars
    now = next(mark for mark in found.marks if mark.css == "now")
    assert bar.goes_on
    assert bar.x + bar.width == pytest.approx(now.x, abs=0.01)
    (before,) = lane(found, "shared: everybody · cases-copy").bars
    assert before.begun_before
    assert (before.x, before.css) == (0, "open-doubt")


def test_marks_near_one_another_go_below_one_another(made):
    found = drawn(made)
    near = [(a, b) for a in found.marks for b in found.marks if a.number < b.number and abs(a.x - b.x) < 1]
    assert near
    assert all(a.level != b.level for a, b in near)
    assert found.levels == 1 + max(mark.level for mark in found.marks)
    assert [mark.at for mark in found.marks] == sorted(mark.at for mark in found.marks)


def test_a_far_deadline_does_not_squeeze_what_happened(made):
    far = made.sample()["duties"]
    far[1]["due"]["to"] = "2029-01-01T00:00:00Z"
    found = drawn(made, duties=far)
    assert found.later == 1
    assert not any("GDPR art. 33(1)" in word for mark in found.marks for word in mark.words)
    bar = lane(found, "198.51.100.7").bars[0]
    assert bar.width > 1


def test_duties_that_are_done_or_do_not_apply_are_no_deadlines(made):
    words = [word for mark in drawn(made).marks if mark.css == "due" for word in mark.words]
    assert words == ["due: first notice, a contract", "due: first notice, GDPR art. 33(1)"]


def test_nothing_to_draw_is_no_timeline(made):
    nobody = {"total": 0, "by_reading": {}, "rows": []}
    assert drawn(made, windows=[], visitors=nobody) is None
    assert drawn(made, windows=[]) is not None


def test_many_openings_have_their_lanes_and_a_number(made):
    window = made.sample()["windows"][0]
    found = drawn(made, windows=[{**window, "port": port} for port in range(1, 11)])
    assert sum(each.kind == "opening" for each in found.lanes) == 6
    assert found.hidden == 4


def test_a_moment_long_past_and_one_hour_are_both_drawn(made):
    told = made.settings(moments={"discovered": "1999-01-01T00:00:00Z"})
    found = drawn(made, incident=told)
    assert 4 <= len(found.ticks) <= 20
    assert all(tick.text.isdigit() for tick in found.ticks)
    window = made.sample()["windows"][0]
    short = {
        "windows": [
            {
                **window,
                "from": "2019-12-30T17:00:00Z",
                "to": "2019-12-30T17:40:00Z",
                "open": False,
                "exposed": [{"from": "2019-12-30T17:00:00Z", "to": "2019-12-30T17:40:00Z"}],
                "seen": [],
                "counted": [],
                "asked": [],
            }
        ],
        "visitors": {"total": 0, "by_reading": {}, "rows": []},
        "duties": [],
        "incident": made.settings(
            aware_at="2019-12-30T17:10:00Z", opened_at="2019-12-30T17:20:00Z", moments={}
        ),
    }
    found = drawn(made, **short)
    assert any(":" in tick.text for tick in found.ticks)


def spans(number: int) -> st.SearchStrategy[Spans]:
    one = st.builds(
        lambda start, length: Span(START + start * HOUR, START + (start + length) * HOUR),
        st.integers(0, 600),
        st.integers(1, 100),
    )
    return st.lists(one, max_size=number).map(Spans)


@given(exposed=spans(4), seen=spans(5), counted=spans(5), asked=spans(5))
def test_coverage_is_all_of_what_stood_open_and_each_moment_once(made, exposed, seen, counted, asked):
    def plain(some):
        return [{"from": iso(span.start), "to": iso(span.end)} for span in some & exposed]

    window = made.sample()["windows"][0]
    found = drawn(
        made,
        windows=[
            {
                **window,
                "exposed": plain(exposed),
                "seen": plain(seen),
                "counted": plain(counted & seen),
                "asked": plain(asked & seen),
            }
        ],
    )
    bars = lane(found, "What logs could see").bars
    drawn_spans = [Span(bar.start, bar.end) for bar in bars]
    assert Spans(drawn_spans) == exposed
    assert sum(span.end - span.start for span in drawn_spans) == exposed.size
    hidden = Spans(Span(bar.start, bar.end) for bar in bars if bar.css == "cover-unseen")
    assert hidden == exposed - seen
    told = Spans(Span(bar.start, bar.end) for bar in bars if bar.css == "cover-asked")
    assert told == exposed & seen & asked


def test_where_openings_differ_the_least_holds(made):
    window = made.sample()["windows"][0]
    blind = {**window, "port": 9300, "seen": [], "counted": [], "asked": []}
    found = drawn(made, windows=[window, blind])
    assert {bar.css for bar in lane(found, "What logs could see").bars} == {"cover-unseen"}
    assert spans_of([{"from": None, "to": None}]).size > 10_000 * DAY
