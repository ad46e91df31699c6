"""HAProxy's formats, its termination states, and the zone that its date does not write."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from .conftest import Read

HTTP = (
    "198.51.100.7:33317 [04/Dec/2019:12:14:14.655] fe~ es/srv1 10/0/30/69/109 200 2750 - - ---- 1/1/1/1/0 0/0 "
    '{1wt.eu} {} "GET /cases/_search?size=20&q=Zxsecret HTTP/1.1"'
)
TCP = "198.51.100.7:33313 [04/Dec/2019:12:12:51.443] fnt bck/srv1 0/0/5007 212 -- 0/0/0/0/3 0/0"
UTC_PREFIX = "Dec  4 12:14:15 lb haproxy[14389]: "


def test_http_line(read: Read) -> None:
    found = read("haproxy", f"{UTC_PREFIX}{HTTP}\n", zone="UTC")
    (row,) = found.requests
    assert row["start"] == datetime(2019, 12, 4, 12, 14, 14, 655000, tzinfo=UTC)
    assert row["end"] == datetime(2019, 12, 4, 12, 14, 14, 765000, tzinfo=UTC)
    assert (row["outside"], row["outside_port"], row["server"]) == ("198.51.100.7", 33317, "fe/es/srv1")
    assert (row["bytes_lower"], row["bytes_upper"]) == (2750, 2750)
    assert (row["act"], row["asked"], row["rows_upper"], row["status"]) == ("read", "search size=20", 20, 200)
    assert "Zxsecret" not in repr(row)
    assert found.seen
    assert max(found.claims, key=found.claims.__getitem__) == "haproxy"


def test_without_prefix_and_with_ipv6(read: Read) -> None:
    text = (
        HTTP.replace("198.51.100.7", "2001:db8::7")
        + "\n"
        + TCP.replace("198.51.100.7", "[2001:DB8::8]")
        + "\n"
    )
    found = read("haproxy", text)
    assert [row["outside"] for row in found.requests] == ["2001:db8::7", "2001:db8::8"]
    assert not found.seen, "a date without zone proves no silence"


def test_plus_is_a_lower_bound_only(read: Read) -> None:
    row = read("haproxy", HTTP.replace("/109 200 2750", "/+109 200 +2750")).requests[0]
    assert (row["bytes_lower"], row["bytes_upper"]) == (2750, None)
    row = read("haproxy", TCP.replace("5007 212", "+5007 +212")).requests[0]
    assert (row["bytes_lower"], row["bytes_upper"]) == (212, None)


@pytest.mark.parametrize(
    ("text", "act", "rows"),
    [
        (TCP, "connected", (0, None)),
        (TCP.replace("5007 212 --", "5007 0 --"), "connected", (0, 0)),
        (TCP.replace("212 --", "0 PR"), "denied", (0, 0)),
        (TCP.replace("bck/srv1", "bck/<NOSRV>").replace("212 --", "0 SC"), "failed", (0, 0)),
        (HTTP.replace("200 2750", "403 188").replace("----", "PR--"), "denied", (0, 0)),
        (HTTP.replace("200 2750", "401 188"), "denied", (0, 0)),
        (HTTP.replace("200 2750", "503 212").replace("----", "SC--"), "failed", (0, None)),
        (HTTP.replace("----", "CD--"), "read", (0, 20)),
        (HTTP.replace("200 2750", "-1 0").replace("----", "CR--"), "failed", (0, 0)),
        (
            HTTP.replace('"GET /cases/_search?size=20&q=Zxsecret HTTP/1.1"', '"<BADREQ>"').replace(
                "200", "400"
            ),
            "failed",
            (0, 0),
        ),
        ("198.51.100.7:4711 [04/Dec/2019:12:12:51.443] fe/1: SSL handshake failure", "failed", (0, 0)),
    ],
)
def test_what_became_of_it(read: Read, text: str, act: str, rows: tuple[int, int | None]) -> None:
    (row,) = read("haproxy", text + "\n").requests
    assert (row["act"], (row["rows_lower"], row["rows_upper"])) == (act, rows)


@pytest.mark.parametrize(("offset", "hour"), [("+00:00", 12), ("-05:00", 12), ("+05:45", 12)])
def test_zone_follows_from_the_prefix(read: Read, offset: str, hour: int) -> None:
    sign, hours, minutes = offset[0], int(offset[1:3]), int(offset[4:])
    away = (hours * 60 + minutes) * (-1 if sign == "-" else 1)
    text = f"<134>1 2019-12-04T12:14:14.800000{offset} lb haproxy 1 - - {HTTP}\n"
    found = read("haproxy", text)
    expected = datetime(2019, 12, 4, hour, 14, 14, 655000, tzinfo=UTC).timestamp() - away * 60
    assert found.requests[0]["start"].timestamp() == expected
    assert found.seen


def test_own_messages_are_other_and_foreign_ones_refused(read: Read) -> None:
    text = f"{UTC_PREFIX}Proxy es started.\n{UTC_PREFIX}{HTTP}\n{UTC_PREFIX}{HTTP[:60]}\nrubbish\n"
    found = read("haproxy", text, year="2019")
    assert (found.account.other, found.account.kept, found.refused) == (1, 1, [3, 4])


def test_tls_fields_after_the_request(read: Read) -> None:
    assert read("haproxy", HTTP + " 0/0000000000000000/0/0/0 es.example.com/TLSv1.3/X").account.kept == 1


@settings(max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    who=st.ip_addresses().map(str),
    port=st.integers(1, 65535),
    sent=st.integers(0, 1 << 50),
    plus=st.booleans(),
    took=st.integers(0, 10**7),
    status=st.integers(100, 599),
    garbage=st.text(max_size=30),
)
def test_what_is_written_is_read_back(
    read: Read, who: str, port: int, sent: int, plus: bool, took: int, status: int, garbage: str
) -> None:
    p = "+" if plus else ""
    one = f'{who}:{port} [04/Dec/2019:12:14:14.655] fe es/s 1/0/3/6/{p}{took} {status} {p}{sent} - - ---- 1/1/1/1/0 0/0 "GET / HTTP/1.1"'
    junk = garbage.replace("\n", " ").replace("\r", " ")
    found = read("haproxy", f"{one}\n{junk}\n{one}\n")
    assert {row["line"] for row in found.requests} >= {1, 3}
    row = found.requests[0]
    assert (row["bytes_lower"], row["bytes_upper"]) == (sent, None if plus else sent)
    assert (row["outside_port"], row["status"]) == (port, status)
