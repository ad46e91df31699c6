"""pg_hba.conf: the first matching line decides, for each database and user; exact sets of sources."""

from __future__ import annotations

import ipaddress
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hushdesk.guard._addresses import ALL_V4, ALL_V6, EMPTY, EVERYWHERE, AddressSet
from hushdesk.guard._dialect import Document, World
from hushdesk.guard._findings import Authentication
from hushdesk.guard.posture._files import ConfigFile, Run
from hushdesk.guard.posture._pghba import Access
from hushdesk.guard.posture._pghba import read as read_hba
from hushdesk.guard.posture._pghba_lines import fields, looks_like


def access(text: str, *, tls: bool | None = False) -> tuple[Access, Run]:
    file = ConfigFile(Document("pg_hba.conf", "text", text))
    run = Run([file], World())
    return read_hba(run, file, tls=tls), run


def free(text: str, *, tls: bool | None = False) -> tuple[AddressSet, AddressSet]:
    found = access(text, tls=tls)[0].login.free
    return found.upper, found.lower


def exactly(*texts: str) -> tuple[AddressSet, AddressSet]:
    known = AddressSet.parse(*texts) if texts else EMPTY
    return known, known


def test_trust_for_a_network_that_is_mostly_public_names_its_line_and_size() -> None:
    found, _ = access("local all all trust\nhost all all 172.0.0.0/8 trust\n")
    assert found.login.free.upper == AddressSet.parse("172.0.0.0/8")
    assert found.login.why == "pg_hba.conf: line 2 trust for 172.0.0.0/8 (15,728,640 public IPv4 addresses)"
    assert not found.login.some


def test_there_is_no_fall_through() -> None:
    text = "host all all 10.0.0.0/8 scram-sha-256\nhost all all 0.0.0.0/0 trust\n"
    assert free(text)[0] == ALL_V4 - AddressSet.parse("10.0.0.0/8")


def test_reject_takes_sources_from_later_lines() -> None:
    found, _ = access("host all all 203.0.113.0/24 reject\nhost all all 203.0.0.0/16 md5\n")
    assert found.connecting.upper == AddressSet.parse("203.0.0.0/16") - AddressSet.parse("203.0.113.0/24")
    assert found.login.free.upper == EMPTY


def test_a_line_for_one_database_takes_nothing_from_the_others() -> None:
    text = "host accounts all 0.0.0.0/0 scram-sha-256\nhost all all 0.0.0.0/0 trust\n"
    found, _ = access(text)
    assert found.login.free.lower == ALL_V4
    # Every database but one, for everybody: that is still everybody's way in.
    assert not found.login.some


def test_trust_for_one_user_is_for_some() -> None:
    found, _ = access("host all monitor 0.0.0.0/0 trust\nhost all all 0.0.0.0/0 scram-sha-256\n")
    assert found.login.free.lower == ALL_V4
    assert found.login.some


def test_a_rejected_database_does_not_hide_that_others_are_open() -> None:
    found, _ = access("host secret all all reject\nhost all all all scram-sha-256\n")
    assert found.connecting.lower == EVERYWHERE


def test_the_stage_names_the_trusting_line_first() -> None:
    found, _ = access("host a b 0.0.0.0/0 md5\nhost all all 0.0.0.0/0 trust\n")
    assert found.stage.rules[0].name == "host all all 0.0.0.0/0 trust"
    assert found.stage.rules[0].place.line == 2


@pytest.mark.parametrize(
    ("line", "sources"),
    [
        ("host all all all trust", ("0.0.0.0/0", "::/0")),
        ("host all all 0.0.0.0/0 trust", ("0.0.0.0/0",)),
        ("host all all ::/0 trust", ("::/0",)),
        ("host all all 192.0.2.7/32 trust", ("192.0.2.7",)),
        ("host all all 192.0.2.77/24 trust", ("192.0.2.0/24",)),
        ("host all all 192.0.2.0 255.255.254.0 trust", ("192.0.2.0/23",)),
        ("host all all 2001:db8:: ffff:ffff:: trust", ("2001:db8::/32",)),
        ("host all all 0.0.0.0 0.0.0.0 trust", ("0.0.0.0/0",)),
        ("host all all samehost trust", ("127.0.0.0/8", "::1")),
        ("host all all localhost trust", ("127.0.0.0/8", "::1")),
        ("hostnossl all all 192.0.2.0/24 trust", ("192.0.2.0/24",)),
        ("host all all 192.0.2.0/24 ident map=m", ("192.0.2.0/24",)),
        ("host \\\n all all \\\n192.0.2.0/24 trust", ("192.0.2.0/24",)),
        ('host "all" "all" 192.0.2.0/24 trust', ("192.0.2.0/24",)),
        ("host a, b all 192.0.2.0/24 trust # but why", ("192.0.2.0/24",)),
    ],
)
def test_addresses(line: str, sources: tuple[str, ...]) -> None:
    assert free(line + "\n") == exactly(*sources)


@pytest.mark.parametrize(
    "line",
    [
        "local all all trust",
        "#host all all all trust",
        "host all all all reject",
        "host all all all md5",
        "host all all all gss",
        "hostssl all all all cert",
        "hostssl all all all trust",  # there is no TLS
        "host all all all password",
    ],
)
def test_nobody_gets_in_without_a_proof(line: str) -> None:
    assert free(line + "\n") == exactly()


def test_a_client_certificate_is_a_proof() -> None:
    assert free("hostssl all all all trust clientcert=verify-ca\n", tls=True) == exactly()
    assert free("hostssl all all all trust clientcert=0\n", tls=True)[1] == EVERYWHERE


def test_whether_there_is_tls_decides_for_hostssl() -> None:
    assert free("hostssl all all all trust\n", tls=True)[1] == EVERYWHERE
    assert free("hostssl all all all trust\n", tls=None) == (EVERYWHERE, EMPTY)
    # Without TLS the plain line below decides.
    assert free("hostssl all all all md5\nhost all all all trust\n", tls=True)[1] == EVERYWHERE


def test_tls_is_insisted_on_if_only_such_lines_let_in() -> None:
    assert access("hostssl all all all md5\n", tls=True)[0].encrypted
    assert not access("hostssl all all all md5\nhost all all 10.0.0.0/8 md5\n", tls=True)[0].encrypted


def test_all_does_not_mean_replication() -> None:
    text = "host all all all scram-sha-256\nhost replication all 198.51.100.0/24 trust\n"
    found, _ = access(text)
    assert found.login.free.lower == AddressSet.parse("198.51.100.0/24")
    assert found.login.some


def test_a_quoted_keyword_is_a_name() -> None:
    found, _ = access('host "replication" all all scram-sha-256\nhost replication all all trust\n')
    assert found.login.free.lower == EVERYWHERE


@pytest.mark.parametrize("word", ["+staff", "@users.txt", "/^a"])
def test_groups_lists_and_patterns_may_match_or_not(word: str) -> None:
    # As trust: perhaps somebody. As a password before trust: it takes nobody for certain.
    assert free(f"host all {word} all trust\n") == (EVERYWHERE, EMPTY)
    assert free(f"host all {word} all md5\nhost all all all trust\n") == (EVERYWHERE, EMPTY)


def test_samerole_and_sameuser() -> None:
    assert free("host samerole all all trust\n") == (EVERYWHERE, EMPTY)
    assert free("host sameuser alex all trust\n")[1] == EVERYWHERE


@pytest.mark.parametrize("word", ["samenet", "db.example.com", ".example.com"])
def test_what_is_not_written_in_the_file_is_unknown(word: str) -> None:
    found, run = access(f"host all all {word} trust\n")
    assert found.login.free.upper == EVERYWHERE
    assert found.login.free.lower <= AddressSet.parse("127.0.0.0/8", "::1")
    assert run.findings or word == "samenet"


def test_an_unknown_name_before_trust_takes_nothing_for_certain() -> None:
    assert free("host all all db.example.com md5\nhost all all 192.0.2.0/24 trust\n") == (
        AddressSet.parse("192.0.2.0/24"),
        EMPTY,
    )


@pytest.mark.parametrize(
    "line",
    [
        "host all all 192.0.2.0 md5",
        "host all all 192.0.2.0/33 md5",
        "host all all 192.0.2.0/24",
        "host all all 192.0.2.0/24 tust",
        "host all all 192.0.2.0/24 peer",
        "hots all all 192.0.2.0/24 md5",
        'host "all all 192.0.2.0/24 md5',
        "host all",
        "host all all 192.0.2.0 255.0.255.0 md5",
        "host all all 192.0.2.0/24,198.51.100.0/24 md5",
    ],
)
def test_a_wrong_line_is_told_and_never_safe(line: str) -> None:
    found, run = access(line + "\nhost all all 10.0.0.0/8 md5\n")
    (problem,) = run.findings
    assert type(problem).__name__ == "Malformed"
    assert problem.place.line == 1
    assert AddressSet.parse("10.0.0.0/8") <= found.connecting.upper
    assert AddressSet.parse("192.0.2.0/24") <= found.connecting.upper


def test_includes_are_read_in_place(read) -> None:
    found = read(
        {
            "pg/postgresql.conf": "listen_addresses = '*'\n",
            "pg/pg_hba.conf": "include_dir hba.d\nhost all all all scram-sha-256\n",
            "pg/hba.d/10.conf": "host all all 198.51.100.0/24 trust\n",
        }
    )
    assert found.free.lower == AddressSet.parse("198.51.100.0/24")
    assert found.login is Authentication.PARTLY


def test_a_missing_include_may_let_anybody_in() -> None:
    found, run = access("include other.conf\nhost all all all scram-sha-256\n")
    assert found.login.free.upper == EVERYWHERE
    assert [type(one).__name__ for one in run.findings] == ["Unresolved"]


def test_includes_in_a_circle_end(read) -> None:
    found = read({"pg_hba.conf": "include pg_hba.conf\nhost all all all md5\n"})
    assert found.endpoint
    found = read(
        {
            "a/pg_hba.conf": "include b.conf\nhost all all all md5\n",
            "a/b.conf": "include pg_hba.conf\nhost a b all md5\n",
        }
    )
    assert found.malformed


def test_tokens_are_split_as_the_server_does() -> None:
    words = [[(word.text, word.quoted) for word in field] for field in fields('host "a ""b""", c  d,e #f')]
    assert words == [[("host", False)], [('a "b"', True), ("c", False)], [("d", False), ("e", False)]]


def test_a_sample_with_comments_alone_is_known() -> None:
    assert looks_like("# TYPE DATABASE USER ADDRESS METHOD\n# host all all 127.0.0.1/32 trust\n")
    assert not looks_like("host machine was moved, all is well, trust me\n")


NETWORKS = [
    "0.0.0.0/0",
    "10.0.0.0/8",
    "10.1.0.0/16",
    "172.0.0.0/8",
    "192.0.2.0/25",
    "all",
    "::/0",
    "2001:db8::/32",
]
LINES = st.lists(
    st.tuples(
        st.sampled_from(["host", "hostssl", "hostnossl"]),
        st.sampled_from(["all", "a", "b", "a,b", "replication", "sameuser"]),
        st.sampled_from(["all", "a", "u", "a,u"]),
        st.sampled_from(NETWORKS),
        st.sampled_from(["trust", "md5", "reject"]),
    ),
    max_size=7,
)
SOURCES = [
    ipaddress.ip_address(one)
    for one in ("10.1.2.3", "10.9.9.9", "172.1.1.1", "192.0.2.5", "8.8.8.8", "2001:db8::7", "fe80::1")
]


def naive(lines: list[tuple[str, ...]], source: object, *, tls: bool) -> set[str]:
    """Every method that some database, user and transport meets, by the letter of the manual."""
    found = set()
    for database, user, encrypted in product(
        ["a", "b", "u", "z", "REPLICATION"], ["a", "b", "u", "z"], [False, True] if tls else [False]
    ):
        for kind, databases, users, network, method in lines:
            if (kind == "hostssl" and not encrypted) or (kind == "hostnossl" and encrypted):
                continue
            wanted = databases.split(",")
            if database == "REPLICATION":
                if "replication" not in wanted:
                    continue
            elif not ("all" in wanted or database in wanted or ("sameuser" in wanted and user == database)):
                continue
            if not ("all" in users.split(",") or user in users.split(",")):
                continue
            if network != "all" and source not in ipaddress.ip_network(network):
                continue
            found.add(method)
            break
    return found


@given(LINES, st.booleans())
def test_sets_agree_with_the_manual_taken_by_the_letter(lines: list[tuple[str, ...]], tls: bool) -> None:
    found, _ = access("".join(" ".join(line) + "\n" for line in lines), tls=tls)
    for source in SOURCES:
        methods = naive(lines, source, tls=tls)
        assert (source in found.login.free.lower) == ("trust" in methods)
        assert (source in found.login.free.upper) == ("trust" in methods)
        assert (source in found.connecting.lower) == bool(methods - {"reject"})
        assert (source in found.connecting.upper) == bool(methods - {"reject"})


def test_ipv6_stays_apart() -> None:
    assert free("host all all ::ffff:0:0/96 trust\n")[0].v4.size == 0
    assert free("host all all all trust\n")[0] == ALL_V4 | ALL_V6


def test_many_names_are_told_apart_and_too_many_are_unknown() -> None:
    lines = [f"host db{i} user{i % 60} 10.{i % 250}.0.0/16 scram-sha-256" for i in range(150)]
    text = "\n".join([*lines, "host all all 198.51.100.0/24 trust", "host all all all scram-sha-256"]) + "\n"
    assert free(text) == exactly("198.51.100.0/24")
    lines = [f"host db{i} user{i} 10.0.0.0/16 scram-sha-256" for i in range(1500)]
    found, run = access("\n".join([*lines, "host all all 198.51.100.0/24 trust"]) + "\n")
    assert found.login.free.upper == AddressSet.parse("198.51.100.0/24")
    assert found.login.free.lower == EMPTY
    assert type(run.findings[0]).__name__ == "Unresolved"
