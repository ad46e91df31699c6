"""Syslog: envelopes, years that are not written, logins, and messages of others in it; packets of nftables."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hushdesk.guard import AddressSet
from hushdesk.incident import SECOND, Sees, Wanted, moment
from hushdesk.incident.evidence._envelope import read_envelope, unwrapped

from .conftest import Read

ACCEPTED = "Accepted publickey for anna from 198.51.100.7 port 4711 ssh2: RSA SHA256:Zm9v"


@pytest.mark.parametrize(
    ("text", "host", "tag", "pid", "message"),
    [
        ("Dec  4 10:00:00 web sshd[12]: hello", "web", "sshd", "12", "hello"),
        ("Dec  4 10:00:00.123 web sshd(pam_unix)[12]: hello", "web", "sshd(pam_unix)", "12", "hello"),
        ("Dec  4 10:00:00 web /sbin/anacron[12]: hello", "web", "/sbin/anacron", "12", "hello"),
        ("<34>Dec  4 10:00:00 web su: hello", "web", "su", "", "hello"),
        ("<34>1 2019-12-04T10:00:00Z web su 12 ID47 - hello", "web", "su", "12", "hello"),
        ('<34>1 2019-12-04T10:00:00Z web su - - [a b="c]\\"d"][e f="g"] \ufeffhello', "web", "su", "", "hello"),
        ("2019-12-04T10:00:00.5+01:00 web rsyslogd:  hello", "web", "rsyslogd", "", " hello"),
        ("2019-12-04T10:00:00.5-07:00 INFO kernel: [  1.5] hello", "", "kernel", "", "[  1.5] hello"),
        ("Dec  4 10:00:00 mac fw[12] <Info>: hello", "mac", "fw", "12", "hello"),
        ("Dec  4 10:00:00 kernel: [1.5] hello", "", "kernel", "", "[1.5] hello"),
        ("Dec  4 2019 10:00:00 asa %ASA-6-1: hello", "asa", "%ASA-6-1", "", "hello"),
        ("Dec  4 10:00:00: --- last message repeated 5 times ---", "", "", "", "--- last message repeated 5 times ---"),
        ("Dec  4 10:00:00 web Job terminated", "web", "", "", "Job terminated"),
        (
            '{"__REALTIME_TIMESTAMP":"1575453600000000","_HOSTNAME":"web","SYSLOG_IDENTIFIER":"sshd","_PID":"12","MESSAGE":"hello"}',
            "web", "sshd", "12", "hello",
        ),
    ],
)  # fmt: skip
def test_envelopes(text: str, host: str, tag: str, pid: str, message: str) -> None:
    found = read_envelope(text)
    assert found is not None
    assert (found.host, found.tag, found.pid, found.message) == (host, tag, pid, message)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "hello",
        "MMM 22 07:54:32 a b: c",
        "Mar 23 Wrong line",
        "2019-13-04T10:00:00Z a b: c",
        '{"MESSAGE": 1}',
        "{",
        "<34>",
    ],
)
def test_lines_without_envelope(text: str) -> None:
    assert read_envelope(text) is None
    assert unwrapped(text) is None


@pytest.mark.parametrize(
    ("message", "act", "asked", "outside", "port", "user"),
    [
        (ACCEPTED, "authenticated", "login publickey", "198.51.100.7", 4711, "anna"),
        ("Accepted password for anna from 2001:0db8:0:0::7 port 4711 ssh2", "authenticated", "login password", "2001:db8::7", 4711, "anna"),
        ("Failed password for anna from 198.51.100.7 port 4711 ssh2", "denied", "login password", "198.51.100.7", 4711, "anna"),
        ("Failed password for invalid user hunter2 from 198.51.100.7 port 1 ssh2", "denied", "login password", "198.51.100.7", 1, ""),
        ("Failed none for invalid user  from 198.51.100.7 port 1 ssh2", "denied", "login none", "198.51.100.7", 1, ""),
        ("Invalid user hunter2 from 198.51.100.7 port 1", "denied", "login", "198.51.100.7", 1, ""),
        ("Invalid user  0101 from 198.51.100.7", "denied", "login", "198.51.100.7", None, ""),
        ("Connection from 198.51.100.7 port 4711 on 203.0.113.5 port 22", "connected", "connection", "198.51.100.7", 4711, ""),
        ("Connection closed by 198.51.100.7 [preauth]", "ended", "connection", "198.51.100.7", None, ""),
        ("Connection closed by authenticating user root 198.51.100.7 port 9 [preauth]", "ended", "connection", "198.51.100.7", 9, ""),
        ("Connection reset by invalid user hunter2 198.51.100.7 port 9 [preauth]", "ended", "connection", "198.51.100.7", 9, ""),
        ("Disconnected from user anna 198.51.100.7 port 9", "ended", "connection", "198.51.100.7", 9, "anna"),
        ("Received disconnect from 198.51.100.7: 11: Bye Bye [preauth]", "ended", "connection", "198.51.100.7", None, ""),
        ("Received disconnect from 198.51.100.7 port 9:11: disconnected by user", "ended", "connection", "198.51.100.7", 9, ""),
        ("Did not receive identification string from 198.51.100.7", "failed", "connection", "198.51.100.7", None, ""),
        ("message repeated 5 times: [ Failed password for root from 198.51.100.7 port 9 ssh2]", "denied", "login password repeated=5", "198.51.100.7", 9, "root"),
        ("pam_unix(sshd:auth): authentication failure; logname= uid=0 euid=0 tty=ssh ruser= rhost=198.51.100.7  user=root", "denied", "login", "198.51.100.7", None, "root"),
        ("pam_unix(sshd:auth): authentication failure; logname= uid=0 euid=0 tty=ssh ruser= rhost=Host.example.com ", "denied", "login", "host.example.com", None, ""),
        ("pam_unix(sshd:session): session opened for user anna by (uid=0)", "authenticated", "session", "", None, "anna"),
    ],
)  # fmt: skip
def test_logins(
    read: Read, message: str, act: str, asked: str, outside: str, port: int | None, user: str
) -> None:
    (row,) = read("syslog", f"2019-12-04T10:00:00Z web sshd[12]: {message}\n").requests
    assert (row["act"], row["asked"], row["outside"], row["outside_port"], row["user"]) == (
        act,
        asked,
        outside,
        port,
        user,
    )
    assert (row["server"], row["session"], row["bytes_upper"]) == ("web", "12", None)
    assert "hunter2" not in repr(row)


def test_only_servers_are_believed(read: Read) -> None:
    found = read(
        "syslog",
        f"2019-12-04T10:00:00Z web cron[1]: {ACCEPTED}\n2019-12-04T10:00:00Z web su: session opened for user x\n",
    )
    assert not found.requests
    assert found.account.other == 2


WRITTEN = moment(datetime(2020, 1, 15, 12, 0, tzinfo=UTC))


def test_year_comes_from_the_files_date_over_the_turn_of_the_year(read: Read) -> None:
    text = "".join(
        f"{day} 10:00:00 web sshd[1]: {ACCEPTED}\n" for day in ("Nov 30", "Dec 31", "Jan  1", "Jan 15")
    )
    found = read("syslog", text, written=WRITTEN, zone="UTC")
    assert [row["start"].date().isoformat() for row in found.requests] == [
        "2019-11-30",
        "2019-12-31",
        "2020-01-01",
        "2020-01-15",
    ]
    assert found.seen


def test_doubtful_year_keeps_both_readings_and_proves_nothing(read: Read) -> None:
    found = read("syslog", f"Nov 30 10:00:00 web sshd[1]: {ACCEPTED}\n", written=WRITTEN, zone="UTC")
    assert [row["start"].year for row in found.requests] == [2019, 2018]
    assert all("year" in row["why"] for row in found.requests)
    assert found.account.kept == 1
    assert not found.seen
    said = read(
        "syslog", f"Nov 30 10:00:00 web sshd[1]: {ACCEPTED}\n", written=WRITTEN, zone="UTC", year="2017"
    )
    assert [row["start"].year for row in said.requests] == [2017]
    assert said.seen


def test_leap_day_needs_a_leap_year(read: Read) -> None:
    text = f"Feb 29 10:00:00 web sshd[1]: {ACCEPTED}\n"
    written = moment(datetime(2019, 3, 1, tzinfo=UTC))
    assert read("syslog", text, written=written, zone="UTC").requests[0]["start"].year == 2016


def test_time_without_zone_proves_no_silence(read: Read) -> None:
    text = f"Jan 15 10:00:00 web sshd[1]: {ACCEPTED}\n"
    assert not read("syslog", text, written=WRITTEN).seen
    found = read("syslog", text, written=WRITTEN, zone="America/New_York")
    assert found.requests[0]["start"] == datetime(2020, 1, 15, 15, tzinfo=UTC)


def test_hour_that_happens_twice_is_both(read: Read) -> None:
    text = f"2019-11-03T01:30:00 web sshd[1]: {ACCEPTED}\n"
    (row,) = read("syslog", text, zone="America/New_York").requests
    assert row["end"] - row["start"] == timedelta(hours=1, seconds=1)


def test_lines_that_go_on_and_lines_without_a_time(read: Read) -> None:
    text = (
        f"2019-12-04T10:00:00Z web a: multi\n\tline\nrubbish\n2019-12-04T10:00:09Z web sshd[1]: {ACCEPTED}\n"
    )
    found = read("syslog", text)
    assert (found.account.other, found.refused, found.requests[0]["line"]) == (2, [3], 4)
    assert found.gaps


def test_messages_without_an_end_of_line(read: Read) -> None:
    text = (
        f"<38>2019-12-04T10:00:00Z web sshd[1]: {ACCEPTED}<38>2019-12-04T10:00:01Z web sshd[2]: {ACCEPTED}\n"
    )
    found = read("syslog", text)
    assert [row["session"] for row in found.requests] == ["1", "2"]
    assert found.account.records == 2


def test_words_of_loss_are_gaps(read: Read) -> None:
    text = (
        f"2019-12-04T10:00:00Z web sshd[1]: {ACCEPTED}\n"
        "2019-12-04T10:01:00Z web rsyslogd: imuxsock lost 512 messages from pid 7 due to rate-limiting\n"
        f"2019-12-04T10:02:00Z web sshd[1]: {ACCEPTED}\n"
    )
    assert read("syslog", text).gaps


PACKET = (
    "[ 77.5] new: IN=eth0 OUT= MAC=00:11:22 SRC=198.51.100.7 DST=203.0.113.5 LEN=60 TOS=0x00 PREC=0x00 TTL=52 ID={ident} DF "
    "PROTO=TCP SPT=40000 DPT=9200 WINDOW=29200 RES=0x00 {flags} URGP=0"
)


def kernel(message: str, second: int = 0) -> str:
    return f"2019-12-04T10:00:{second:02}Z fw kernel: {message}\n"


def test_packet_is_an_attempt_of_unknown_end(read: Read) -> None:
    found = read("nftables", kernel(PACKET.format(ident=1, flags="SYN")), name="kern.log")
    (row,) = found.flows
    assert (row["outside"], row["inside"], row["port"], row["protocol"]) == (
        "198.51.100.7",
        "203.0.113.5",
        9200,
        "tcp",
    )
    assert (row["verdict"], row["sent_lower"], row["sent_upper"], row["connections"]) == (
        "unknown",
        0,
        None,
        1,
    )
    assert row["seen_by"] == "fw"
    assert not found.seen, "which packets rules log is not in the log"
    assert max(found.claims, key=found.claims.__getitem__) == "nftables"


def test_user_says_what_prefixes_mean_and_what_is_logged(read: Read) -> None:
    text = kernel(PACKET.format(ident=1, flags="SYN")) + kernel(
        PACKET.format(ident=2, flags="ACK").replace("new:", "drop: ")
    )
    found = read("nftables", text, verdicts="new=accepted, drop=denied", sees="connections", covers="store-1")
    assert [(row["verdict"], row["sent_upper"], row["connections"]) for row in found.flows] == [
        ("accepted", None, 1),
        ("denied", 0, None),
    ]
    assert found.coverage[0].sees == Sees.CONNECTIONS
    assert found.coverage[0].of == "store-1"
    assert found.seen


def test_packets_that_went_out_and_that_are_not_ours(read: Read) -> None:
    out = PACKET.format(ident=3, flags="ACK").replace("IN=eth0 OUT=", "IN= OUT=eth0")
    out = out.replace("SRC=198.51.100.7 DST=203.0.113.5", "SRC=203.0.113.5 DST=198.51.100.7").replace(
        "SPT=40000 DPT=9200", "SPT=9200 DPT=40000"
    )
    wanted = Wanted(inside=AddressSet.parse("203.0.113.5"), ports=frozenset({9200}))
    text = (
        kernel(out)
        + kernel(PACKET.format(ident=4, flags="SYN").replace("203.0.113.5", "203.0.113.6"))
        + kernel("usb 1-1: reset")
    )
    found = read("nftables", text, wanted=wanted)
    assert [(row["outside"], row["port"]) for row in found.flows] == [("198.51.100.7", 9200)]
    assert found.account.other == 2


def test_packet_logged_twice_counts_once(read: Read) -> None:
    found = read(
        "nftables",
        kernel(PACKET.format(ident=5, flags="SYN")) * 2 + kernel(PACKET.format(ident=0, flags="SYN")) * 2,
    )
    assert (found.account.kept, found.account.duplicate) == (3, 1)


def test_journal_udp_ipv6_and_icmp(read: Read) -> None:
    six = (
        "IN=eth0 OUT= SRC=2001:0db8:0000:0000:0000:0000:0000:0007 DST=2001:0db8:0000:0000:0000:0000:0000:0005 LEN=60 TC=0 "
        "HOPLIMIT=5 FLOWLBL=0 PROTO=UDP SPT=1 DPT=53 LEN=40"
    )
    icmp = "x IN=eth0 OUT= SRC=198.51.100.7 DST=203.0.113.5 LEN=84 PROTO=ICMP TYPE=3 CODE=1 [SRC=192.0.2.1 DST=192.0.2.2 PROTO=TCP SPT=5 DPT=6 ]"
    lines = [
        json.dumps(
            {"__REALTIME_TIMESTAMP": "1575453600000000", "SYSLOG_IDENTIFIER": "kernel", "MESSAGE": said}
        )
        for said in (six, icmp)
    ]
    found = read("nftables", "\n".join(lines))
    assert [(row["outside"], row["port"], row["protocol"]) for row in found.flows] == [
        ("2001:db8::7", 53, "udp"),
        ("198.51.100.7", 0, "1"),
    ]


def test_one_file_of_syslog_holds_all_of_them(read: Read) -> None:
    entry = '198.51.100.9:5 [04/Dec/2019:10:00:02.000 +0000] fe es/s 1/0/3/6/9 200 7 - - ---- 1/1/1/1/0 0/0 "GET /_cat HTTP/1.1"'
    text = (
        kernel(PACKET.format(ident=1, flags="SYN"))
        + f"2019-12-04T10:00:01Z web sshd[1]: {ACCEPTED}\n"
        + f"2019-12-04T10:00:03Z lb haproxy[1]: {entry}\n"
        + "2019-12-04T10:00:04Z web cron[1]: x\n"
    )
    found = read("syslog", text)
    assert len(found.flows) == 1
    assert [row["act"] for row in found.requests] == ["authenticated", "read"]
    assert (found.account.kept, found.account.other) == (3, 1)


HOSTILE = [
    "=cmd|' /C calc'!A0", "\x1b[2J", "a" * (1 << 20), "<" * 100_000, "(" * 100_000, "\0" * 100, "\udcff\udcfe",
    "2019-12-04T10:00:00Z web sshd[1]: Accepted password for " + "a " * 100_000 + "from nobody port x",
    "2019-12-04T10:00:00Z web kernel: IN=eth0 OUT= SRC=x DST=y", "2019-12-04T10:00:00Z web kernel: IN= OUT= SRC=198.51.100.7 DST=203.0.113.5 DPT=99999",
    "2019-12-04T99:00:00Z web sshd[1]: x", "Feb 31 10:00:00 web sshd[1]: x", "[[[" * 10_000,
]  # fmt: skip


@pytest.mark.parametrize("bad", HOSTILE, ids=range(len(HOSTILE)))
@pytest.mark.parametrize("parser", ["syslog", "nftables", "haproxy"])
def test_hostile_lines_harm_no_other(read: Read, bad: str, parser: str) -> None:
    text = (
        f"{kernel(PACKET.format(ident=1, flags='SYN'))}{bad}\n2019-12-04T10:00:59Z web sshd[1]: {ACCEPTED}\n"
    )
    found = read(parser, text)
    assert found.account.records == 3
    for row in found.flows + found.requests:
        assert row["line"] in {1, 2, 3}
    if parser == "syslog":
        assert {row["line"] for row in found.flows + found.requests} >= {1, 3}


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    lines=st.lists(st.text(max_size=60), max_size=6),
    seconds=st.lists(st.integers(0, 59), min_size=1, max_size=5),
)
def test_no_line_is_lost(read: Read, lines: list[str], seconds: list[int]) -> None:
    good = [f"2019-12-04T10:00:{second:02}Z web sshd[1]: {ACCEPTED}" for second in seconds]
    mixed = [part for pair in zip(good, lines, strict=False) for part in pair] + good[len(lines) :]
    data = "\n".join(each.replace("\n", " ") for each in mixed).encode(errors="replace")
    found = read("syslog", data)
    assert len([row for row in found.requests if row["user"] == "anna"]) == len(good)
    starts = [row["start"].timestamp() * SECOND for row in found.requests]
    assert found.coverage[0].spans.spans[0].start <= min(starts)


@pytest.mark.parametrize(
    "message",
    [
        "Failed password for invalid user x from 192.0.2.1 port 1 ssh2 from 198.51.100.7 port 5 ssh2",
        "Invalid user x from 192.0.2.1 port 1 from 198.51.100.7 port 5",
        "Connection closed by invalid user 192.0.2.1 port 1 198.51.100.7 port 5 [preauth]",
        "Disconnected from authenticating user 192.0.2.1 198.51.100.7 port 5 [preauth]",
    ],
)
def test_name_that_pretends_to_be_an_address_is_not_believed(read: Read, message: str) -> None:
    (row,) = read("syslog", f"2019-12-04T10:00:00Z web sshd[1]: {message}\n").requests
    assert (row["outside"], row["outside_port"], row["user"]) == ("198.51.100.7", 5, "")


SIZE = 200_000
LONG = [
    "a b c d " + ' [x] "' * SIZE,
    '198.51.100.7 - - [04/Dec/2019:10:00:00 +0000] "GET / HTTP/1.1" 200 5' + ' "a" b' * SIZE + '"',
    "198.51.100.7:1 [04/Dec/2019:12:14:14.655] f " + "a/" * SIZE,
    "198.51.100.7:1 [04/Dec/2019:12:14:14.655] fe es/s 1/0/3/6/9 200 7 - - ---- 1/1/1/1/0 0/0 " + "{" * SIZE,
    "<5>1 2019-12-04T10:00:00Z a b c d " + '[a "b' * SIZE,
    "2019-12-04T10:00:00Z web sshd[1]: Failed password for invalid user " + "from 192.0.2.1 port 1 " * SIZE,
    "2019-12-04T10:00:00Z web sshd[1]: Connection closed by invalid user " + "192.0.2.1 port 1 " * SIZE + "(",
    "2019-12-04T10:00:00Z web kernel: " + "IN=a " * SIZE,
    "a b [04/Dec/2019:10:00:00 +0000] " + '"a" ' * SIZE,
    "GET /" + " " * SIZE,
]


@pytest.mark.parametrize("text", LONG, ids=range(len(LONG)))
@pytest.mark.parametrize("parser", ["web-access", "haproxy", "syslog", "nftables", "aws-s3-access"])
def test_long_lines_made_to_take_long_do_not(read: Read, text: str, parser: str) -> None:
    assert read(parser, text + "\n").account.records == 1
