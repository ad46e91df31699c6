"""Access logs of web servers: what rows say, what byte counters mean, and that no line is lost."""

from __future__ import annotations

import gzip
import random
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hushdesk.incident import Gap, Sees, Span, Spans, Wanted, moment
from hushdesk.incident.evidence._asked import outcome, understand

from .conftest import Read, Reading, read_file

T = datetime(2019, 12, 4, 10, 0, 0, tzinfo=UTC)


def line(
    n: int = 0,
    request: str = "GET /cases/_search?size=10000&q=secretword HTTP/1.1",
    status: str = "200",
    size: str = "1234",
    who: str = "198.51.100.7",
    rest: str = ' "-" "curl/7.68"',
    user: str = "-",
) -> str:
    return f'{who} - {user} [{(T + timedelta(seconds=n)):%d/%b/%Y:%H:%M:%S} +0000] "{request}" {status} {size}{rest}'


def test_combined_line_gives_who_when_what_and_how_much(read: Read) -> None:
    (row,) = read("web-access", line(user="anna") + "\n", server="nginx").requests
    assert row["outside"] == "198.51.100.7"
    assert row["start"] == T
    assert row["end"] == T + timedelta(seconds=1)
    assert (row["act"], row["asked"], row["target"]) == ("read", "search size=10000", "/cases/_search")
    assert (row["bytes_lower"], row["bytes_upper"]) == (1234, 1234)
    assert (row["rows_lower"], row["rows_upper"]) == (0, 10000)
    assert (row["status"], row["user"], row["agent"], row["line"]) == (200, "anna", "curl/7.68", 1)


@pytest.mark.parametrize(
    ("server", "size", "bounds"),
    [
        ("nginx", "1234", (1234, 1234)),
        ("apache", "1234", (0, 1234)),
        ("", "1234", (0, 1234)),
        ("apache", "-", (0, 0)),
        ("nginx", "0", (0, 0)),
        ("nginx", "99999999999999999999", (0, None)),
    ],
)
def test_byte_counter_means_what_the_server_counts(
    read: Read, server: str, size: str, bounds: tuple[int, int]
) -> None:
    options = {"server": server} if server else {}
    (row,) = read("web-access", line(size=size), **options).requests
    assert (row["bytes_lower"], row["bytes_upper"]) == bounds


def test_server_is_told_from_where_the_log_lies(tmp_path: Path) -> None:
    for folder, lower in (("nginx", 1234), ("apache2", 0)):
        path = tmp_path / folder / "access.log"
        path.parent.mkdir()
        path.write_text(line() + "\n")
        assert read_file(path, "web-access").requests[0]["bytes_lower"] == lower


def test_virtual_host_common_format_and_user_with_space(read: Read) -> None:
    text = "\n".join(
        [
            "www.example.com:443 " + line(0),
            line(1, rest=""),
            line(2, user="anna maria"),
            line(3, rest=' "-" "x" 0.003 [up] "192.0.2.1:9200"'),
        ]
    )
    found = read("web-access", text)
    assert [row["server"] for row in found.requests] == ["www.example.com", "", "", ""]
    assert [row["user"] for row in found.requests] == ["", "", "anna maria", ""]
    assert found.account.kept == 4


def test_forwarded_for_counts_only_from_trusted_proxies(read: Read) -> None:
    text = "\n".join(
        [
            line(0, who="10.0.0.1", rest=' "-" "x" "203.0.113.9, 198.51.100.9, 10.0.0.2"'),
            line(1, who="198.51.100.66", rest=' "-" "x" "203.0.113.9"'),
            line(2, who="10.0.0.1", rest=' "-" "x" "-"'),
            line(3, who="10.0.0.1", rest=' "-" "x" "evil, 10.0.0.2"'),
        ]
    )
    plain = [row["outside"] for row in read("web-access", text).requests]
    assert plain == ["10.0.0.1", "198.51.100.66", "10.0.0.1", "10.0.0.1"]
    trusting = read("web-access", text, trusted_proxies="10.0.0.0/8")
    assert [row["outside"] for row in trusting.requests] == ["198.51.100.9", "198.51.100.66", "", ""]


@pytest.mark.parametrize(
    ("form", "text", "expected"),
    [
        (
            "log_format main '$remote_addr [$time_iso8601] \"$request\" $status '\n '$bytes_sent $request_time';",
            '198.51.100.7 [2019-12-04T10:00:02+00:00] "GET / HTTP/1.1" 200 500 1.500',
            {"start": T + timedelta(seconds=0.5), "bytes_lower": 500, "bytes_upper": 500, "target": "/"},
        ),
        (
            "$msec|$remote_addr|$request_method|$request_uri|$status|$body_bytes_sent|$bytes_sent|$host",
            "1575453600.250|2001:db8::7|GET|/cases/_count|200|300|450|es.example.com",
            {
                "start": T + timedelta(seconds=0.25),
                "outside": "2001:db8::7",
                "bytes_lower": 450,
                "server": "es.example.com",
                "asked": "_count",
                "rows_upper": 0,
            },
        ),
        (
            '%a %u %{%Y-%m-%dT%H:%M:%S}t.%{usec_frac}t%{%z}t \\"%r\\" %>s %b %O %D',
            '198.51.100.7 anna 2019-12-04T10:00:00.000250+0000 "GET /x HTTP/1.1" 200 700 900 2000000',
            {
                "start": T + timedelta(microseconds=250),
                "bytes_lower": 900,
                "bytes_upper": 900,
                "user": "anna",
            },
        ),
        (
            'LogFormat "%v:%p %h %l %u %t \\"%m %U%q %H\\" %>s %B" mine',
            'a.example.com:80 198.51.100.7 - - [04/Dec/2019:10:00:00 +0000] "GET /y?z=1 HTTP/1.1" 200 5',
            {"target": "/y", "bytes_lower": 0, "bytes_upper": 5},
        ),
        (
            "jira",
            "[04/Dec/2019:11:00:00 +0100] anna http-1 198.51.100.7 GET /browse/CASE-12 HTTP/1.1 200 350ms 99 - Mozilla/5.0 x",
            {
                "start": T,
                "end": T + timedelta(seconds=1.35),
                "target": "/browse/{id}",
                "agent": "Mozilla/5.0 x",
            },
        ),
    ],
    ids=["nginx directive", "nginx pipes", "apache parts of a time", "apache directive", "jira"],
)
def test_custom_formats(read: Read, form: str, text: str, expected: dict[str, object]) -> None:
    found = read("web-access", text + "\n", format=form)
    (row,) = found.requests
    assert {key: row[key] for key in expected} == expected


def test_line_that_a_custom_format_does_not_fit_is_refused(read: Read) -> None:
    text = "198.51.100.7 2019-12-04T10:00:00+00:00 200\nother\n198.51.100.8 2019-12-04T10:00:05+00:00 200\n"
    found = read("web-access", text, format="$remote_addr $time_iso8601 $status")
    assert found.refused == [2]
    assert [row["bytes_upper"] for row in found.requests] == [None, None]
    assert found.gaps


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            (
                '{"time_iso8601":"2019-12-04T10:00:00+00:00","remote_addr":"198.51.100.7","request":"GET /a HTTP/1.1",'
                '"status":200,"body_bytes_sent":12,"request_time":0.5,"http_user_agent":"x"}'
            ),
            {"start": T - timedelta(seconds=0.5), "bytes_lower": 12, "bytes_upper": 12, "agent": "x"},
        ),
        (
            (
                '{"level":"info","ts":1575453600.5,"request":{"remote_ip":"198.51.100.7","remote_port":"4711","method":"GET",'
                '"host":"es.example.com","uri":"/_cat/indices","headers":{"User-Agent":["curl"]}},"size":77,"status":200}'
            ),
            {
                "server": "es.example.com",
                "asked": "_cat indices",
                "bytes_upper": 77,
                "outside_port": 4711,
                "agent": "curl",
            },
        ),
        (
            (
                '{"ClientHost":"198.51.100.7","StartUTC":"2019-12-04T10:00:00Z","RequestMethod":"GET","RequestPath":"/z",'
                '"DownstreamStatus":200,"DownstreamContentSize":5,"Duration":2000000000}'
            ),
            {"start": T, "end": T + timedelta(seconds=3), "target": "/z"},
        ),
    ],
    ids=["nginx", "caddy", "traefik"],
)
def test_json_lines(read: Read, text: str, expected: dict[str, object]) -> None:
    found = read("web-access", f"{text}\n{{broken\n{text}\n")
    assert found.refused == [2]
    row = found.requests[0]
    assert {key: row[key] for key in expected} == expected
    assert found.claims["web-access"] >= 50


def test_lines_in_the_envelope_of_syslog(read: Read) -> None:
    found = read("web-access", f"<190>Dec  4 10:00:00 web nginx: {line()}\n")
    assert found.requests[0]["target"] == "/cases/_search"


def test_error_logs_tell_of_some_requests_and_prove_no_silence(read: Read) -> None:
    text = (
        "[Wed Dec 04 10:00:00 2019] [error] [client 198.51.100.7] client denied by server configuration: /srv/www/\n"
        "[Wed Dec 04 10:00:01.123456 2019] [core:error] [pid 7:tid 8] [client 198.51.100.8:4711] AH00126: Invalid URI\n"
        "[Wed Dec 04 10:00:02 2019] [notice] caught SIGTERM, shutting down\n"
        "2019/12/04 10:00:03 [error] 12#12: *9 access forbidden by rule, client: 198.51.100.9, server: es, "
        'request: "GET /_cat HTTP/1.1", host: "es"\n'
    )
    found = read("web-access", text, name="error.log", zone="UTC")
    assert [(row["outside"], row["act"]) for row in found.requests] == [
        ("198.51.100.7", "denied"),
        ("198.51.100.8", "failed"),
        ("198.51.100.9", "denied"),
    ]
    assert found.account.other == 1
    assert not found.seen


SECRET = "Zxsecret"


@pytest.mark.parametrize(
    ("request_line", "words", "target", "most"),
    [
        (f"GET /cases/_search?q={SECRET}&size=50 HTTP/1.1", "search size=50", "/cases/_search", 50),
        (f"GET /cases/_search?q={SECRET} HTTP/1.1", "search", "/cases/_search", None),
        ("POST /cases/_search?size=50 HTTP/1.1", "search size=50", "/cases/_search", None),
        ("GET /cases/_search?size=0 HTTP/1.1", "search size=0", "/cases/_search", None),
        ("GET /a,b*/_search?scroll=1m&size=900 HTTP/1.1", "search scroll size=900", "/a,b*/_search", 900),
        (f"POST /_search/scroll?scroll_id={SECRET} HTTP/1.1", "scroll", "/_search/scroll", None),
        (f"GET /_search/scroll/{SECRET} HTTP/1.1", "scroll", "/_search/scroll", None),
        ("GET /_cat/indices?v HTTP/1.1", "_cat indices", "/_cat/indices", 0),
        ("POST /_msearch HTTP/1.1", "msearch", "/_msearch", None),
        ("POST /cases/_bulk HTTP/1.1", "bulk", "/cases/_bulk", None),
        (f"GET /cases/_doc/{SECRET} HTTP/1.1", "get document", "/cases/_doc/{id}", 1),
        (f"GET /cases/_source/{SECRET}?x=1 HTTP/1.1", "get document", "/cases/_source/{id}", 1),
        ("GET /es/cases-2019.12.04/_count HTTP/1.1", "_count", "/es/cases-2019.12.04/_count", 0),
        ("GET /cases/_mapping HTTP/1.1", "_mapping", "/cases/_mapping", 0),
        ("PUT /_snapshot/mine HTTP/1.1", "_snapshot", "/_snapshot/mine", 0),
        (f"GET /?query=SELECT+{SECRET} HTTP/1.1", "query", "/", None),
        (f"GET /solr/cases/select?q={SECRET}&rows=70 HTTP/1.1", "search rows=70", "/solr/cases/select", 70),
        (
            "POST /api/console/proxy?path=_cat%2Findices&method=GET HTTP/1.1",
            "_cat indices",
            "/_cat/indices",
            0,
        ),
        (f"GET /export/{SECRET}123456.csv HTTP/1.1", "download", "/export/{id}.csv", None),
        ("GET /u/anna@example.com/x HTTP/1.1", "page", "/u/{e-mail}/x", None),
        ("GET /u/anna%40example.com/x HTTP/1.1", "page", "/u/{e-mail}/x", None),
        ("GET /u/%E5%90%8D%E5%89%8D HTTP/1.1", "page", "/u/{text}", None),
        ("GET /u/2b0c1f9e-1111-4222-8333-123456789abc HTTP/1.1", "page", "/u/{id}", None),
        (f"GET http://es.example.com/x;jsessionid={SECRET} HTTP/1.1", "page", "/x", None),
        ("HEAD /cases HTTP/1.1", "head", "/cases", 0),
        (r"\x16\x03\x01", "no HTTP request", "", 0),
        ("-", "no HTTP request", "", 0),
        ("FOO /a HTTP/1.1", "other", "/a", None),
        ("GET /a", "page", "/a", None),
    ],
)
def test_what_was_asked_in_fixed_words(request_line: str, words: str, target: str, most: int | None) -> None:
    found = understand(request_line)
    assert (found.words, found.target, found.most) == (words, target, most)
    assert SECRET not in repr(found)


@pytest.mark.parametrize(
    ("request_line", "status", "empty", "act", "rows"),
    [
        ("GET /cases/_search?size=9 HTTP/1.1", 200, False, "read", (0, 9)),
        ("GET /cases/_search?size=9 HTTP/1.1", 200, True, "read", (0, 0)),
        ("GET /cases/_doc/1 HTTP/1.1", 200, False, "read", (1, 1)),
        ("GET /cases/_doc/1 HTTP/1.1", 404, False, "failed", (0, 0)),
        ("GET / HTTP/1.1", 401, False, "denied", (0, 0)),
        ("GET / HTTP/1.1", 403, False, "denied", (0, 0)),
        ("GET / HTTP/1.1", 500, False, "failed", (0, None)),
        ("GET / HTTP/1.1", 302, False, "other", (0, None)),
        ("GET / HTTP/1.1", 304, True, "other", (0, 0)),
        ("GET / HTTP/1.1", 499, False, "read", (0, None)),
        ("GET / HTTP/1.1", 499, True, "failed", (0, 0)),
        ("GET / HTTP/1.1", None, None, "read", (0, None)),
        ("POST /cases/_bulk HTTP/1.1", 200, False, "written", (0, None)),
        ("POST /cases/_search HTTP/1.1", 200, False, "read", (0, None)),
    ],
)
def test_what_became_of_it(
    request_line: str, status: int | None, empty: bool | None, act: str, rows: tuple[int, int | None]
) -> None:
    found = outcome(understand(request_line), status, empty)
    assert (found.act, (found.rows_lower, found.rows_upper)) == (act, rows)


def test_coverage_goes_from_first_to_last_line_in_any_order(read: Read) -> None:
    lines = [line(n) for n in range(50)]
    random.Random(1).shuffle(lines)
    found = read("web-access", "\n".join(lines) + "\n")
    assert found.coverage[0].spans == Spans([Span(moment(T), moment(T) + 50_000_000)])
    assert Sees.CONNECTIONS not in found.coverage[0].sees
    assert not found.gaps


def test_coverage_is_of_what_the_user_says(read: Read) -> None:
    assert read("web-access", line()).coverage[0].of == "access.log"
    assert read("web-access", line(), covers="*").coverage[0].of == "*"


def test_unreadable_line_is_a_gap_between_its_neighbours(read: Read) -> None:
    found = read("web-access", "\n".join([line(0), line(10), "garbage", line(20), line(30)]))
    assert found.refused == [3]
    assert found.gaps[0].spans == Spans([Span(moment(T) + 10_000_000, moment(T) + 21_000_000)])


def test_log_without_zone_proves_no_silence(read: Read) -> None:
    text = line().replace(" +0000", "")
    assert not read("web-access", text).seen
    found = read("web-access", text, zone="+02:00")
    assert found.seen
    assert found.requests[0]["start"] == T - timedelta(hours=2)


def test_same_line_twice_may_be_one_request_or_two(read: Read) -> None:
    found = read("web-access", "\n".join([line(0), line(0), line(1), line(0)]), server="nginx")
    assert [row["bytes_lower"] for row in found.requests] == [1234, 0, 1234, 0]
    assert [row["bytes_upper"] for row in found.requests] == [1234] * 4
    assert found.account.kept == 4


def test_wanted_spans_leave_the_rest_out(read: Read) -> None:
    wanted = Wanted(spans=Spans([Span(moment(T) + 5_000_000, moment(T) + 8_000_000)]))
    found = read("web-access", "\n".join(line(n) for n in range(20)), wanted=wanted)
    assert [row["line"] for row in found.requests] == [6, 7, 8]
    assert (found.account.kept, found.account.other) == (3, 17)


def test_zero_bytes_after_a_rotation_by_copying_are_a_gap(read: Read) -> None:
    text = line(0).encode() + b"\n" + b"\0" * 5000 + line(60).encode() + b"\n" + b"\0" * 10 + b"\n"
    found = read("web-access", text)
    assert [row["line"] for row in found.requests] == [1, 2]
    assert found.refused == [3]
    assert found.gaps[0].spans == Spans([Span(moment(T), moment(T) + 61_000_000)])


HOSTILE = {
    "formula": line(request="=cmd|' /C calc'!A0"),
    "formula in agent": line(rest=' "-" "=1+1@SUM(A1)"'),
    "escape sequence": line(rest=' "-" "\x1b[2J\x1b]0;title\x07"'),
    "fake newline": line(request="GET /a\\n198.51.100.9 - - HTTP/1.1"),
    "carriage return": line(rest=' "-" "a\rb"'),
    "right to left": line(rest=' "-" "\u202egnp.exe"'),
    "quotes": line(request='GET /a?b="c" HTTP/1.0', rest=""),
    "two ends": line(request='GET /a"b" 200 5 "-" "x', rest=' "-" "y"'),
    "cut in agent": line()[:-4],
    "cut in time": line()[:30],
    "no client": line(who="198.51.100.7<script>"),
    "no such day": line().replace("04/Dec", "31/Feb"),
    "megabyte": line(request="GET /" + "a" * (1 << 20) + " HTTP/1.1"),
    "megabyte of quotes": '"' * (1 << 20),
    "megabyte of backslashes": line(request="GET /" + "\\" * (1 << 20)),
    "nul": "a\0b",
    "bom": "\ufeff" + line(),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_line_harms_no_other(read: Read, name: str) -> None:
    found = read("web-access", "\n".join([line(0), HOSTILE[name], line(60), ""]))
    assert found.account.records == 3
    assert {row["line"] for row in found.requests} | set(found.refused) == {1, 2, 3}
    assert {1, 3} <= {row["line"] for row in found.requests}
    for row in found.requests:
        for value in row.values():
            assert not isinstance(value, str) or (len(value) < 2000 and (value == "" or value.isprintable()))


def test_ambiguous_quotes_are_refused(read: Read) -> None:
    assert read("web-access", HOSTILE["two ends"] + "\n").refused == [1]
    assert read("web-access", HOSTILE["quotes"] + "\n").requests[0]["status"] == 200


def test_invalid_utf8_is_read_all_the_same(read: Read) -> None:
    found = read("web-access", line(rest=' "-" "\udcff\udcfe"') + "\n" + line(1))
    assert [row["line"] for row in found.requests] == [1, 2]


def test_truncated_archive_gives_what_it_has(tmp_path: Path) -> None:
    random.seed(3)
    text = "\n".join(line(n, request=f"GET /{random.random()} HTTP/1.1") for n in range(5000))
    path = tmp_path / "access.log.gz"
    path.write_bytes(gzip.compress(text.encode())[:-2000])
    found = read_file(path, "web-access")
    assert 1000 < len(found.requests) < 5000
    assert found.account.refused
    assert [row["line"] for row in found.requests] == list(range(1, len(found.requests) + 1))


def test_many_lines_over_blocks_keep_their_numbers(read: Read, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("hushdesk.incident.evidence.web_access._BLOCK", 5000)
    lines = [line(n // 3, request=f"GET /cases/_search?size={n}&q={SECRET}{n} HTTP/1.1") for n in range(3000)]
    lines[1500] = "garbage"
    lines[2200] = ""
    found = read("web-access", "\n".join(lines))
    assert found.refused == [1501]
    assert [row["line"] for row in found.requests] == [n + 1 for n in range(3000) if n not in {1500, 2200}]
    assert all(row["asked"] == f"search size={row['line'] - 1}" for row in found.requests)
    assert len(found.gaps) == 1


def test_many_different_queries_are_shortened_without_harm(read: Read) -> None:
    lines = [line(n, request=f"GET /cases/_search?q={SECRET}{n}&size={n} HTTP/1.1") for n in range(2500)]
    lines += [line(0, request=f"GET /solr/x/select?q={n}&rows={n} HTTP/1.1") for n in range(20)]
    lines += [line(0, request=f"GET /a?size={n}x HTTP/1.1") for n in range(20)]
    found = read("web-access", "\n".join(lines)).requests
    assert [row["asked"] for row in found[:2500]] == [f"search size={n}" for n in range(2500)]
    assert [row["rows_upper"] for row in found[2500:2520]] == list(range(20))
    assert {row["asked"] for row in found[2520:]} == {"page"}
    assert SECRET not in repr(found)


PLAIN = st.text(
    st.characters(min_codepoint=33, max_codepoint=126, exclude_characters='"\\[] '), min_size=1, max_size=12
)
ADDRESS = st.one_of(st.ip_addresses(v=4).map(str), st.ip_addresses(v=6).map(str))


@settings(max_examples=20, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    rows=st.lists(
        st.tuples(
            ADDRESS,
            PLAIN,
            st.integers(moment(T) // 10**6 - 10**8, moment(T) // 10**6 + 10**8),
            st.sampled_from([-720, -90, 0, 60, 345]),
            st.sampled_from(["GET", "POST", "HEAD", "DELETE"]),
            PLAIN,
            st.integers(100, 599),
            st.one_of(st.none(), st.integers(0, 1 << 40)),
            st.text(max_size=8),
            st.booleans(),
        ),
        max_size=12,
    )
)
def test_what_is_written_is_read_back(read: Read, rows: list[tuple]) -> None:
    lines = []
    for who, user, time, zone, method, path, status, size, name, combined in rows:
        sign = "-" if zone < 0 else "+"
        stamp = f"{datetime.fromtimestamp(time, UTC):%d/%b/%Y:%H:%M:%S} {sign}{abs(zone) // 60:02}{abs(zone) % 60:02}"
        quoted = "".join(c if c.isprintable() and c not in '"\\' else f"\\x{ord(c):02x}" for c in name)
        rest = f' "-" "{quoted}"' if combined else ""
        lines.append(
            f'{who} - {user} [{stamp}] "{method} /{path} HTTP/1.1" {status} {"-" if size is None else size}{rest}'
        )
    found: Reading = read("web-access", "\n".join(lines) + "\n", format="", server="nginx")
    assert [row["line"] for row in found.requests] == list(range(1, len(rows) + 1))
    for row, (who, _, time, zone, method, _, status, size, _, _) in zip(found.requests, rows, strict=True):
        assert row["start"] == datetime.fromtimestamp(time, UTC) - timedelta(minutes=zone)
        assert row["status"] == status
        assert row["bytes_upper"] == (size or 0)
        if not (":" in who and who.lower().startswith("::ffff:")):
            assert row["outside"] == who
        if status < 300 and status >= 200 and size and method == "GET":
            assert row["act"] in {"read", "other"}


def test_gap_is_a_piece(read: Read) -> None:
    assert isinstance(read("web-access", f"{line()}\nx\n{line(1)}").gaps[0], Gap)
