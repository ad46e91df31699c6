"""What the parsers of database logs share."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hushdesk.incident import Span, Spans, Wanted, moment
from hushdesk.incident.errors import EvidenceError
from hushdesk.incident.evidence._dblog import Clients, Proxies, Recent, Seen, Twins, clean, overlaps, whole
from hushdesk.incident.evidence._walltime import WallClock


@settings(max_examples=50)
@given(st.lists(st.lists(st.binary(max_size=2), max_size=30), max_size=40))
def test_twins_are_those_that_a_set_knows(batches: list[list[bytes]]) -> None:
    twins, known = Twins(), set()
    for batch in batches:
        expected = []
        for line in batch:
            expected.append(line in known)
            known.add(line)
        assert twins.among(batch) == expected


@given(st.lists(st.integers(0, 2000), min_size=1, max_size=60), st.integers(1, 300))
def test_runs_are_parted_by_silence(moments: list[int], silence: int) -> None:
    seen = Seen(silence)
    for at in moments:
        seen.add(at)
    expected = [
        Span(a, b + 1) for a, b in zip(sorted(moments), sorted(moments)[1:], strict=False) if b - a <= silence
    ]
    assert seen.spans == Spans([*expected, *(Span(at, at + 1) for at in moments)])


def test_an_uncertain_moment_covers_by_its_inner_ends() -> None:
    seen = Seen()
    seen.add(100, 200)
    seen.add(500, 600)
    assert seen.spans == Spans([Span(200, 501)])
    vague = Seen()
    vague.add(100, 900)
    vague.add(200, 1000)
    assert not vague.spans


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("192.0.2.7:5432", ("192.0.2.7", 5432)),
        ("[2001:DB8::1]:9200", ("2001:db8::1", 9200)),
        ("[2001:db8::1]", ("2001:db8::1", None)),
        ("[::ffff:192.0.2.7]:1", ("192.0.2.7", 1)),
        ("[fe80::1%eth0]:1", ("fe80::1", 1)),
        ("2001:db8::1", ("2001:db8::1", None)),
        ("192.0.2.7", ("192.0.2.7", None)),
        ("192.0.2.7:65536", ("", None)),
        ("host.example:5432", ("", 5432)),
        ("[", ("", None)),
        ("", ("", None)),
        (None, ("", None)),
        ("x" * 5000, ("", None)),
    ],
)
def test_clients(text: object, found: tuple[str, int | None]) -> None:
    assert Clients()(text) == found
    assert Clients()(text) == found


def test_ports_behind_ipv6_without_brackets() -> None:
    assert Clients(bare=True)("2001:db8::1:5432") == ("2001:db8::1", 5432)


def test_only_our_proxies_are_believed() -> None:
    ours = Proxies("192.0.2.1, 198.51.100.0/24")
    seen = ("192.0.2.1", 80)
    assert ours.client(seen, "203.0.113.9, 203.0.113.7, 198.51.100.4") == ("203.0.113.7", None)
    assert ours.client(("203.0.113.1", 80), "203.0.113.9") == ("203.0.113.1", 80)
    assert ours.client(seen, "203.0.113.9, unknown") == ("", None)
    assert ours.client(seen, "198.51.100.9") == seen
    assert Proxies().client(seen, "203.0.113.9") == seen
    with pytest.raises(EvidenceError, match="trusted-proxies"):
        Proxies("nowhere")


def test_what_steers_a_terminal_is_taken_out() -> None:
    assert clean("a\x1b[31mb\u202ec\ud800\n") == "a�[31mb�c��"
    assert clean("x" * 300) == "x" * 200 + "…"
    assert clean(7) == ""


@pytest.mark.parametrize(
    ("value", "number"),
    [(7, 7), ("7", 7), (7.0, 7), (-1, None), (True, None), ("٧", None), ("7.5", None), (1 << 63, None), (None, None),
     ("9" * 5000, None)],
)  # fmt: skip
def test_counts(value: object, number: int | None) -> None:
    assert whole(value) == number


def test_the_oldest_are_forgotten_first() -> None:
    recent: Recent[str, int] = Recent(2)
    for number, key in enumerate("abca"):
        recent[key] = number
    assert list(recent.surplus()) == [1]
    assert list(recent.rest()) == [2, 3]


@given(
    st.lists(st.tuples(st.integers(0, 50), st.integers(1, 20)), max_size=5),
    st.integers(0, 60),
    st.integers(0, 20),
)
def test_rows_of_the_wanted_time(spans: list[tuple[int, int]], start: int, length: int) -> None:
    wanted = Wanted(spans=Spans(Span(at, at + size) for at, size in spans))
    expected = any(at in wanted.spans for at in range(start, max(start + length, start + 1)))
    assert overlaps(wanted, start, start + length) == expected
    assert overlaps(Wanted(), start, start + length)


ZONES = ["Europe/Berlin", "America/New_York", "Asia/Kolkata", "Australia/Lord_Howe", "UTC", "Asia/Kathmandu"]


@given(
    st.datetimes(datetime(2000, 1, 1), datetime(2035, 1, 1), timezones=st.just(UTC)),  # noqa: DTZ001
    st.sampled_from(ZONES),
)
def test_a_wall_clock_never_misses_the_moment(time: datetime, zone: str) -> None:
    there = time.astimezone(ZoneInfo(zone))
    text = there.replace(tzinfo=None).isoformat()
    at = moment(time)
    for clock, name in ((WallClock(zone), ""), (WallClock(), there.tzname() or ""), (WallClock(), "")):
        found = clock.read(text, name)
        assert found is not None
        assert found[0] <= at <= found[1]
    low, high = WallClock(zone).read(text)
    both = {there.replace(tzinfo=ZoneInfo(zone), fold=fold).utcoffset() for fold in (0, 1)}
    assert (low == high) == (len(both) == 1)
    assert WallClock().read(there.isoformat()) == (at, at)


def test_abbreviations() -> None:
    clock = WallClock()

    def hours(name: str) -> tuple[float, float]:
        low, high = clock.read("2022-07-15 12:00:00", name)
        noon = moment(datetime(2022, 7, 15, 12, tzinfo=UTC))
        return (noon - low) / 3.6e9, (noon - high) / 3.6e9

    assert hours("UTC") == (0, 0)
    assert hours("CEST") == (2, 2)
    assert hours("AEST") == (10, 10)
    assert hours("+0530") == (5.5, 5.5)
    assert hours("-03") == (-3, -3)
    # Israel, India and Ireland.
    assert hours("IST") == (5.5, 1)
    assert hours("NOPE") == (14, -12)
    # What the user says decides where the abbreviation does not.
    assert WallClock("Asia/Kolkata").read("2022-07-15 12:00:00", "IST") == (
        1657866600000000,
        1657866600000000,
    )


def test_no_such_zone() -> None:
    with pytest.raises(EvidenceError, match="zone"):
        WallClock("Nowhere/Land")
    assert WallClock("+02:00").read("2022-07-15T12:00:00") == WallClock().read("2022-07-15T12:00:00+02:00")
    assert WallClock().read("no time") is None
