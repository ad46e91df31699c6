"""Who came: bounds from what logs count, and "unknown" wherever nothing could have been seen."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import polars as pl
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hushdesk.guard import EVERYWHERE, AddressSet
from hushdesk.incident import (
    ALWAYS,
    EVER,
    FLOWS,
    NEVER,
    REQUESTS,
    SECOND,
    Coverage,
    Gap,
    Opening,
    Reading,
    Sees,
    Span,
    Spans,
    Window,
    moment,
)
from hushdesk.incident._scope import Scope
from hushdesk.incident.access import access
from hushdesk.incident.gather import by_hour

START = datetime(2019, 12, 5, 10, tzinfo=UTC)
STORE = "10.0.0.9"
SCOPE = Scope(
    store="cases", addresses=AddressSet.parse(STORE), ports=frozenset({9200}), resources=("sg-1", "node-*")
)
SCOUT, THIEF = "203.0.113.7", "198.51.100.20"
FLOW_SEES = Sees.CONNECTIONS | Sees.BYTES | Sees.DENIALS


def at(minutes: float) -> datetime:
    return START + timedelta(minutes=minutes)


def span(first: float, last: float) -> Span:
    return Span(moment(at(first)), moment(at(last)))


def window(
    first: float = 0, last: float | None = 600, sources: AddressSet = EVERYWHERE, **more: object
) -> Window:
    end = EVER if last is None else moment(at(last))
    given = {
        "resource": "sg-1",
        "opening": Opening.NETWORK,
        "span": Span(moment(at(first)), end),
        "protocol": "tcp",
        "port": 9200,
        "sources": sources,
        "certain": sources,
    }
    return Window(**{**given, **more})


def flow(minute: float, outside: str = THIEF, length: float = 1, **more: object) -> dict[str, object]:
    return {
        "start": at(minute),
        "end": at(minute + length),
        "outside": outside,
        "inside": STORE,
        "port": 9200,
        "protocol": "tcp",
        "verdict": "accepted",
        "sent_lower": 10_000,
        "sent_upper": 10_000,
        "received_lower": 500,
        "received_upper": 500,
        "sent_packets": 10,
        "connections": 1,
        "records": 1,
        "sampled": False,
        "why": "",
        "seen_by": "eni-1",
        "line": 1,
        **more,
    }


def request(minute: float, outside: str = THIEF, **more: object) -> dict[str, object]:
    return {
        "start": at(minute),
        "end": at(minute),
        "outside": outside,
        "outside_port": None,
        "server": "node-1",
        "act": "read",
        "user": "",
        "target": "/cases/_search",
        "asked": "search size=100",
        "status": 200,
        "bytes_lower": 5000,
        "bytes_upper": 5000,
        "rows_lower": 1,
        "rows_upper": 100,
        "why": "the log counts no rows",
        "session": "",
        "agent": "",
        "line": 1,
        "parser": "web-access",
        "file": "access.log",
        **more,
    }


def frame(rows: list[dict[str, object]], schema: pa.Schema) -> pl.DataFrame:
    plain = [{name: row[name] for name in schema.names} for row in rows]
    made = pl.from_arrow(pa.Table.from_pylist(plain, schema))
    assert isinstance(made, pl.DataFrame)
    for name in ("parser", "file"):
        if rows and name in rows[0]:
            made = made.with_columns(pl.Series(name, [row[name] for row in rows], dtype=pl.String))
        elif schema is REQUESTS:
            made = made.with_columns(pl.lit("", pl.String).alias(name))
    return made


def covered(first: float = -60, last: float = 700, sees: Sees = FLOW_SEES, **more: object) -> Coverage:
    given = {"log": "aws-vpc-flow", "of": "eni-1", "spans": Spans([span(first, last)]), "sees": sees}
    return Coverage(**{**given, "addresses": AddressSet.parse(STORE), **more})


REQUESTS_SEEN = covered(
    log="web-access", of="node-1", sees=Sees.CONNECTIONS | Sees.REQUESTS, addresses=AddressSet()
)


def look(windows=None, flows=(), requests=(), coverage=(), gaps=(), scope=SCOPE, until=2000, listening=None):
    return access(
        windows or [window()],
        frame(list(flows), FLOWS),
        frame(list(requests), REQUESTS),
        list(coverage),
        list(gaps),
        scope,
        until=moment(at(until)),
        listening=listening,
    )


def only(found):
    (visitor,) = found.visitors()
    return visitor


def test_bytes_counted_by_a_covering_log_are_exact():
    visitor = only(look(flows=[flow(5), flow(70, sent_lower=1, sent_upper=1)], coverage=[covered()]))
    assert (visitor.sent.lower, visitor.sent.upper) == (10_001, 10_001)
    assert visitor.reading is Reading.READ
    assert visitor.rows.upper is None
    assert "no log shows what was asked" in visitor.why


def test_a_log_without_counters_bounds_nothing_and_never_says_zero():
    bare = flow(
        5,
        sent_lower=0,
        sent_upper=None,
        received_lower=0,
        received_upper=None,
        sent_packets=None,
        why="no counters",
    )
    visitor = only(look(flows=[bare], coverage=[covered()]))
    assert visitor.reading is Reading.CONNECTED
    assert (visitor.sent.lower, visitor.sent.upper) == (0, None)
    assert "no counters" in visitor.sent.why


def test_time_that_nobody_saw_is_told_apart_from_what_was_seen():
    hole = Gap(log="aws-vpc-flow", of="eni-1", spans=Spans([span(30, 40)]), why="records were skipped")
    found = look(flows=[flow(5), flow(70)], coverage=[covered()], gaps=[hole])
    visitor = only(found)
    assert (visitor.sent.lower, visitor.sent.upper) == (20_000, 20_000)
    assert found.unknown == Spans([span(30, 40)])
    assert found.exposures[0].gaps == ((span(30, 40), "aws-vpc-flow: records were skipped"),)


def test_bytes_are_no_upper_bound_where_connections_alone_were_seen():
    half = covered(30, 40, Sees.CONNECTIONS)
    whole = [covered(-60, 30), covered(40, 700)]
    assert only(look(flows=[flow(5), flow(70)], coverage=[half, *whole])).sent.upper is None
    assert only(look(flows=[flow(5), flow(20)], coverage=[half, *whole])).sent.upper == 20_000


def test_two_observers_of_one_traffic_are_not_added_up():
    both = [flow(5, seen_by="subnet"), flow(5, seen_by="nic", sent_lower=9_000, sent_upper=12_000)]
    visitor = only(look(flows=both, coverage=[covered(of="subnet"), covered(of="NIC")]))
    assert (visitor.sent.lower, visitor.sent.upper) == (10_000, 10_000)


def test_two_observers_that_each_saw_a_part_are_added_up_from_above():
    halves = [flow(5, seen_by="eni-1"), flow(35, seen_by="eni-2", sent_lower=7, sent_upper=7)]
    visitor = only(look(flows=halves, coverage=[covered(-60, 30), covered(30, 700, of="eni-2")]))
    assert (visitor.sent.lower, visitor.sent.upper) == (10_000, 10_007)
    hole = Gap(log="aws-vpc-flow", of="eni-2", spans=Spans([span(10, 20)]), why="skipped")
    both = [covered(), covered(of="eni-2")]
    assert only(look(flows=halves, coverage=both, gaps=[hole])).sent.upper == 10_000


def test_an_address_is_the_same_in_whatever_form_it_is_written():
    few = window(sources=AddressSet.parse("198.51.100.0/24", "2001:db8::/32", "fe80::/10"))
    rows = [
        flow(5, outside=f"::FFFF:{THIEF}"),
        flow(70, outside=THIEF),
        flow(5, outside="2001:DB8:0::1"),
        flow(5, outside="fe80::1%eth0"),
    ]
    found = look([few], rows, requests=[request(6, outside="2001:0db8::1")], coverage=[covered()])
    assert {visitor.address for visitor in found.visitors()} == {THIEF, "2001:db8::1", "fe80::1"}
    for asked in (THIEF, f"::ffff:{THIEF}", "2001:DB8::1", "2001:db8:0:0::1", "FE80::1"):
        assert found.reading(asked)[0] is Reading.READ


def test_without_a_window_nobody_is_said_not_to_have_come():
    nothing = access(
        [],
        frame([flow(5, outside="11.1.2.3"), flow(5, outside="10.1.1.1")], FLOWS),
        frame([request(5, outside="12.1.2.3")], REQUESTS),
        [covered()],
        [],
        SCOPE,
        until=moment(at(2000)),
    )
    assert nothing.strays == 2
    assert nothing.reading("11.1.2.3")[0] is Reading.CONNECTED
    assert nothing.reading("12.1.2.3")[0] is Reading.CONNECTED
    assert nothing.reading("13.1.2.3") == (Reading.UNKNOWN, ALWAYS)


def test_who_got_through_outside_of_every_window_is_not_said_not_to_have_come():
    found = look(flows=[flow(601), flow(601, outside=SCOUT, verdict="denied")], coverage=[covered()])
    assert found.visitors() == ()
    assert found.reading(THIEF) == (Reading.CONNECTED, NEVER)
    assert found.reading(SCOUT) == (Reading.NO, NEVER)


def test_a_window_whose_sources_nobody_knows_lets_in_everybody():
    assert only(look([window(sources=None)], [flow(5)], coverage=[covered()])).reading is Reading.READ


def test_a_client_without_a_name_may_have_been_anybody():
    found = look(requests=[request(125, outside="")], coverage=[REQUESTS_SEEN])
    assert found.unnamed == 1
    assert found.reading(THIEF) == (Reading.UNKNOWN, Spans([span(120, 180)]))
    assert look(requests=[request(125, outside="")], coverage=[REQUESTS_SEEN, covered()]).reading(THIEF) == (
        Reading.NO,
        NEVER,
    )


def test_of_two_servers_each_sees_its_own_alone():
    scope = Scope(store="cases", ports=frozenset({9200}), resources=("sg-1", "node-*", "eni-*"))
    both = [REQUESTS_SEEN, replace(REQUESTS_SEEN, of="node-2", spans=Spans([span(100, 700)]))]
    assert look(coverage=both, scope=scope).unknown == Spans([span(0, 100)])
    # Another log, of all of them, may have seen it.
    assert look(coverage=[*both, covered(50, 700)], scope=scope).unknown == Spans([span(0, 50)])
    two = replace(scope, addresses=AddressSet.parse(STORE, "10.0.0.10"))
    other = covered(300, 700, of="eni-2", addresses=AddressSet.parse("10.0.0.10"))
    assert look(coverage=[covered(), other], scope=two).unknown == Spans([span(0, 300)])
    # Two that watch the same address are one.
    twins = [covered(-60, 300), covered(300, 700, of="eni-9")]
    assert look(coverage=twins, scope=two).unknown == NEVER


def test_what_people_vouch_for_does_not_fill_a_hole_that_the_log_itself_tells():
    hole = Gap(log="aws-vpc-flow", of="ENI-1", spans=Spans([span(30, 40)]), why="skipped")
    foreign = Gap(log="aws-vpc-flow", of="eni-7", spans=Spans([span(50, 60)]), why="skipped")
    said = covered(of="*", addresses=AddressSet())
    assert look(coverage=[covered(), said], gaps=[hole, foreign]).unknown == Spans([span(30, 40)])


def test_sampled_logs_bound_nothing_from_above_and_cover_nothing():
    found = look(flows=[flow(5, sampled=True)], coverage=[covered(sampled=True)])
    assert only(found).sent.upper is None
    assert found.unknown == Spans([span(0, 600)])
    assert found.exposures[0].gaps[0][1] == "only a sampled log covers this time"


def test_what_came_before_the_opening_after_the_closing_or_from_elsewhere_is_no_visit():
    few = window(sources=AddressSet.parse("198.51.100.0/24"))
    rows = [flow(-30), flow(601), flow(5, outside=SCOUT), flow(5, port=22), flow(5, protocol="udp")]
    found = look([few], rows, coverage=[covered()])
    assert found.visitors() == ()
    assert found.strays == 1


def test_a_row_over_the_edge_of_a_window_counts_from_above_alone():
    visitor = only(look(flows=[flow(-5, length=10)], coverage=[covered()]))
    assert (visitor.sent.lower, visitor.sent.upper) == (0, 10_000)
    assert "spans the opening" in visitor.why


def test_denied_and_unanswered_attempts_are_turned_away():
    visitor = only(look(flows=[flow(5, verdict="denied", sent_lower=0, sent_upper=0)], coverage=[covered()]))
    assert visitor.reading is Reading.TURNED_AWAY
    assert visitor.rows.upper == 0


def test_a_handshake_alone_is_connected_and_not_read():
    visitor = only(
        look(flows=[flow(5, sent_lower=180, sent_upper=180, sent_packets=3)], coverage=[covered()])
    )
    assert visitor.reading is Reading.CONNECTED


def test_requests_tell_rows_where_their_log_covers_the_visit():
    visitor = only(
        look(flows=[flow(5)], requests=[request(5), request(6)], coverage=[covered(), REQUESTS_SEEN])
    )
    assert (visitor.rows.lower, visitor.rows.upper) == (2, 200)
    assert visitor.asked == ("search size=100",)
    assert visitor.sent.upper == 10_000
    uncovered = only(look(flows=[flow(5)], requests=[request(5)], coverage=[covered()]))
    assert uncovered.rows.upper is None


def test_a_connection_without_any_request_took_no_rows_if_requests_were_seen():
    visitor = only(look(flows=[flow(5)], coverage=[covered(), REQUESTS_SEEN]))
    assert (visitor.rows.lower, visitor.rows.upper) == (0, 0)


def test_two_logs_of_the_same_requests():
    twice = [request(5), request(5, parser="elasticsearch-audit", rows_upper=100, rows_lower=3)]
    visitor = only(look(flows=[flow(5)], requests=twice, coverage=[covered(), REQUESTS_SEEN]))
    assert (visitor.rows.lower, visitor.rows.upper) == (3, 200)


def test_the_verdict_on_one_address():
    found = look(flows=[flow(5)], coverage=[covered()])
    assert found.reading(THIEF)[0] is Reading.READ
    assert found.reading(SCOUT) == (Reading.NO, NEVER)
    blind = look(flows=[flow(5)], coverage=[covered(0, 300)])
    assert blind.reading(SCOUT) == (Reading.UNKNOWN, Spans([span(300, 600)]))
    assert blind.reading(THIEF)[0] is Reading.READ
    turned = look(flows=[flow(5, verdict="denied")], coverage=[covered(0, 300)])
    assert turned.reading(THIEF)[0] is Reading.UNKNOWN


def test_a_log_of_another_machine_covers_nothing():
    elsewhere = covered(of="eni-9", addresses=AddressSet.parse("10.0.0.77"))
    found = look(coverage=[elsewhere])
    assert found.unknown == Spans([span(0, 600)])
    assert found.exposures[0].gaps == ((span(0, 600), "no log at all covers this store"),)


def test_every_address_of_the_store_must_be_covered():
    two = Scope(addresses=AddressSet.parse(STORE, "10.0.0.10"), ports=frozenset({9200}))
    assert look(coverage=[covered()], scope=two).unknown == Spans([span(0, 600)])
    other = covered(of="eni-2", addresses=AddressSet.parse("10.0.0.10"))
    assert look(coverage=[covered(), other], scope=two).unknown == NEVER


def test_nothing_is_exposed_while_nothing_listens():
    found = look(flows=[flow(5)], coverage=[covered()], listening=Spans([span(100, 200)]))
    assert found.exposures[0].exposed == Spans([span(100, 200)])
    assert found.visitors() == ()


def test_an_open_end_is_cut_at_the_present_and_an_unknown_start_stays():
    found = look([window(last=None)], coverage=[covered()])
    assert found.exposures[0].exposed == Spans([span(0, 2000)])
    early = window(span=Span(-EVER, moment(at(10))))
    assert look([early], coverage=[covered()]).exposures[0].unseen.spans[0].start == -EVER


def test_a_shared_copy_is_seen_by_a_log_of_requests_for_it_alone():
    share = window(
        opening=Opening.SHARE,
        resource="snap-1",
        port=0,
        protocol="",
        sources=None,
        shared_with="012345678901",
    )
    assert look([share], coverage=[covered()]).unknown == Spans([span(0, 600)])
    data_events = covered(log="aws-cloudtrail", of="snap-1", sees=Sees.REQUESTS, addresses=AddressSet())
    assert look([share], coverage=[data_events]).unknown == NEVER


@pytest.mark.parametrize("order", [1, -1])
def test_order_and_batches_change_nothing(order):
    rows = [flow(minute, outside=f"198.51.100.{minute % 7}") for minute in range(0, 300, 3)][::order]
    whole = look(flows=rows, coverage=[covered()])
    summed = access(
        [window()],
        by_hour(pl.concat([by_hour(frame(rows[:40], FLOWS)), by_hour(frame(rows[40:], FLOWS))])),
        frame([], REQUESTS),
        [covered()],
        [],
        SCOPE,
        until=moment(at(2000)),
    )
    assert [(v.address, v.sent, v.reading) for v in whole.visitors()] == [
        (v.address, v.sent, v.reading) for v in summed.visitors()
    ]


def test_flows_without_port_or_protocol_may_be_of_this_port():
    for more in ({"protocol": ""}, {"port": 0}):
        assert only(look(flows=[flow(5, **more)], coverage=[covered()])).address == THIEF
    assert look(flows=[flow(5, port=0, protocol="1")], coverage=[covered()]).visitors() == ()


def test_a_rule_for_many_ports_opened_the_others_as_well():
    wide = window(ports=(9000, 9999))
    assert only(look([wide], [flow(5, port=9300)], coverage=[covered()])).address == THIEF
    assert look([wide], [flow(5, port=22)], coverage=[covered()]).visitors() == ()


def test_requests_of_clients_without_a_name_are_counted():
    rows = [request(5, outside=""), request(6, outside="proxy.example"), request(7), request(900, outside="")]
    found = look(flows=[flow(5)], requests=rows, coverage=[covered()])
    assert found.unnamed == 2
    assert [visitor.address for visitor in found.visitors()] == [THIEF]


def test_a_flow_log_that_the_network_did_not_have_covers_nothing():
    gap = Gap(log="aws-vpc-flow", of="vpc-1", spans=Spans([span(0, 600)]), why="vpc-1 had no flow log at all")
    found = look([window(network="vpc-1")], coverage=[covered()], gaps=[gap])
    assert found.unknown == Spans([span(0, 600)])
    assert found.exposures[0].gaps == ((span(0, 600), "aws-vpc-flow: vpc-1 had no flow log at all"),)
    assert look([window(network="vpc-2")], coverage=[covered()], gaps=[gap]).unknown == NEVER


def test_own_addresses_are_left_out():
    own = Scope(addresses=AddressSet.parse(STORE), ports=frozenset({9200}), own=AddressSet.parse(THIEF))
    assert look(flows=[flow(5), flow(6, outside=SCOUT)], coverage=[covered()], scope=own).table[
        "address"
    ].to_list() == [SCOUT]


_SPANS = st.lists(st.tuples(st.integers(0, 100), st.integers(1, 30)), max_size=5).map(
    lambda pairs: Spans(Span(start, start + length) for start, length in pairs)
)


@given(_SPANS, _SPANS)
def test_sets_of_moments_behave_as_sets(one, other):
    def numbers(spans):
        return {moment for span in spans for moment in range(span.start, span.end)}

    assert numbers(one | other) == numbers(one) | numbers(other)
    assert numbers(one & other) == numbers(one) & numbers(other)
    assert numbers(one - other) == numbers(one) - numbers(other)
    assert (one <= other) == (numbers(one) <= numbers(other))
    assert one.size == len(numbers(one))
    assert all((number in one) == (number in numbers(one)) for number in range(140))


@given(
    st.lists(
        st.tuples(st.integers(-120, 700), st.integers(0, 200), st.integers(0, 9), st.booleans()), max_size=12
    ),
    _SPANS,
)
def test_no_is_said_only_where_everything_was_covered(rows, holes):
    hours = Spans(
        Span(moment(at(0)) + hole.start * 60 * SECOND, moment(at(0)) + hole.end * 60 * SECOND)
        for hole in holes
    )
    gaps = [Gap(log="aws-vpc-flow", of="eni-1", spans=hours, why="skipped")] if hours else []
    found = look(
        flows=[
            flow(
                minute, outside=f"198.51.100.{who}", length=length, verdict="denied" if denied else "accepted"
            )
            for minute, length, who, denied in rows
        ],
        coverage=[covered()],
        gaps=gaps,
    )
    unseen = Spans([span(0, 600)]) & hours
    for who in range(10):
        address = f"198.51.100.{who}"
        mine = [row for row in rows if row[2] == who and row[0] < 600 and row[0] + row[1] >= 0]
        reading, blind = found.reading(address)
        assert blind == unseen
        if any(not denied for *_, denied in mine):
            assert reading is Reading.READ or reading is Reading.CONNECTED
        else:
            apart = [row for row in rows if row[2] == who and not row[3]]
            if apart:
                # It got through when nothing stood open.
                assert reading is Reading.CONNECTED
            else:
                assert reading is (Reading.UNKNOWN if unseen else Reading.TURNED_AWAY if mine else Reading.NO)


def test_a_log_that_knows_the_store_under_another_address_covers_nothing():
    """Its rows were left out as another's when it was read: that it is silent means nothing."""
    public = replace(SCOPE, addresses=AddressSet.parse("203.0.113.99"), resources=("eni-*",))
    assert look(coverage=[covered()], scope=public).unknown == Spans([span(0, 600)])
    assert look(coverage=[covered(of="sg-1")], scope=public).unknown == Spans([span(0, 600)])
    assert look(coverage=[covered(addresses=AddressSet())], scope=public).unknown == NEVER


def test_what_goes_through_a_connection_that_outlives_its_rule_is_in_no_bound():
    found = look(flows=[flow(595), flow(601), flow(5, outside=SCOUT)], coverage=[covered()])
    sent = {visitor.address: visitor.sent for visitor in found.visitors()}
    assert (sent[THIEF].lower, sent[THIEF].upper) == (10_000, None)
    assert "nothing stood open" in sent[THIEF].why
    assert sent[SCOUT].upper == 10_000
