"""Redis: bind, protected mode by version, passwords, ACL users."""

from __future__ import annotations

import pytest

from hushdesk.guard._addresses import ALL_V4, ALL_V6, EMPTY, EVERYWHERE, AddressSet
from hushdesk.guard._findings import Authentication
from hushdesk.guard.posture._bind import LOOPBACK, LOOPBACK_V4
from hushdesk.guard.posture._redis import split

SEVEN = "appenddirname a\n"


@pytest.mark.parametrize(
    ("line", "sources"),
    [
        ("", EVERYWHERE),
        ("bind * -::*", EVERYWHERE),
        ("bind 127.0.0.1 -::1", AddressSet.parse("127.0.0.0/8", "::1")),
        ("bind 0.0.0.0", ALL_V4),
        ("bind ::", ALL_V6),
        ("bind -10.0.0.5", ALL_V4),
        ("BIND 127.0.0.1\nbind 0.0.0.0", ALL_V4),
        ("bind 0.0.0.0\nbind 127.0.0.1", LOOPBACK_V4),
        ('bind ""', EMPTY),
    ],
)
def test_addresses(read, line: str, sources: AddressSet) -> None:
    found = read({"redis.conf": f"{line}\nprotected-mode no\n"})
    assert found.connecting(6379).upper == found.connecting(6379).lower == sources
    assert found.free.lower == sources


@pytest.mark.parametrize(
    ("text", "login", "upper", "lower"),
    [
        ("protected-mode no\n", Authentication.NONE, EVERYWHERE, EVERYWHERE),
        ("protected-mode yes\n", Authentication.PARTLY, LOOPBACK, LOOPBACK),
        ("tcp-keepalive 1\n", Authentication.PARTLY, LOOPBACK, LOOPBACK),
        ("bind 0.0.0.0\nprotected-mode yes\n" + SEVEN, Authentication.PARTLY, LOOPBACK_V4, LOOPBACK_V4),
        ("bind 0.0.0.0\nprotected-mode yes\ngopher-enabled no\n", Authentication.NONE, ALL_V4, ALL_V4),
        ("bind 0.0.0.0\nprotected-mode yes\n", Authentication.PARTLY, ALL_V4, LOOPBACK_V4),
        ("bind 127.0.0.1\nprotected-mode yes\n", Authentication.NONE, LOOPBACK_V4, LOOPBACK_V4),
        ("requirepass x\nprotected-mode no\n", Authentication.REQUIRED, EMPTY, EMPTY),
        ('requirepass ""\nprotected-mode no\n', Authentication.NONE, EVERYWHERE, EVERYWHERE),
        (
            "requirepass x\nuser default on nopass ~* +@all\nprotected-mode no\n",
            Authentication.NONE,
            EVERYWHERE,
            EVERYWHERE,
        ),
        (
            "user default off\nuser a on >p ~* +@all\nprotected-mode no\n",
            Authentication.REQUIRED,
            EMPTY,
            EMPTY,
        ),
        ("user default on nopass -@all\nprotected-mode no\n", Authentication.REQUIRED, EMPTY, EMPTY),
        ("user default off\nuser a on nopass ~* +@all\n", Authentication.PARTLY, EVERYWHERE, EVERYWHERE),
        (
            "user default on >p nopass ~* +@all\nprotected-mode no\n",
            Authentication.NONE,
            EVERYWHERE,
            EVERYWHERE,
        ),
        ("user default on nopass >p ~* +@all\nprotected-mode no\n", Authentication.REQUIRED, EMPTY, EMPTY),
        (
            "user default on nopass ~cache:* +get\nprotected-mode no\n",
            Authentication.PARTLY,
            EVERYWHERE,
            EVERYWHERE,
        ),
    ],
)
def test_logins(read, text: str, login: Authentication, upper: AddressSet, lower: AddressSet) -> None:
    found = read({"redis.conf": text})
    assert found.login is login
    assert found.free.upper == upper
    assert found.free.lower == lower


def test_the_version_settles_what_protected_mode_means(read) -> None:
    text = "bind 0.0.0.0\nprotected-mode yes\n"
    assert read({"redis.conf": text}, redis_version="7.2").free.upper == LOOPBACK_V4
    assert read({"redis.conf": text}, redis_version="6.2.1").free.lower == ALL_V4
    assert read({"valkey.conf": text}).free.upper == LOOPBACK_V4
    assert "redis.version" in read({"redis.conf": text}).why


@pytest.mark.parametrize("bind", ["", "bind 0.0.0.0\n"])
def test_there_is_no_protected_mode_before_3_2(read, bind: str) -> None:
    words = "# By default Redis listens for connections from all the network interfaces\n"
    assert read({"redis.conf": words + bind}).login is Authentication.NONE
    assert read({"redis.conf": words + bind + "protected-mode yes\n"}).login is not Authentication.NONE
    assert read({"redis.conf": bind}, redis_version="2.8.19").login is Authentication.NONE


def test_an_acl_file_overrides_requirepass(read) -> None:
    files = {"r/redis.conf": "requirepass x\naclfile /etc/r/users.acl\nprotected-mode no\n"}
    assert read(files).login is Authentication.UNKNOWN
    assert read(files).unresolved
    files["r/users.acl"] = "user a on >p ~* +@all\n"
    assert read(files).login is Authentication.NONE
    files["r/users.acl"] = "user default on >p ~* +@all\n"
    assert read(files).login is Authentication.REQUIRED


def test_includes_stand_in_their_places(read) -> None:
    files = {
        "r/redis.conf": "bind 127.0.0.1\ninclude local.conf\n",
        "r/local.conf": "bind 0.0.0.0\nprotected-mode no\n",
    }
    assert read(files).connecting(6379).lower == ALL_V4
    files["r/redis.conf"] = "include local.conf\nbind 127.0.0.1\n"
    assert read(files).connecting(6379).upper == LOOPBACK_V4


def test_a_missing_include_may_open_everything(read) -> None:
    found = read({"r/redis.conf": "bind 127.0.0.1\nrequirepass x\ninclude /opt/x.conf\n"})
    assert found.connecting(6379).upper == EVERYWHERE
    assert found.login is Authentication.UNKNOWN
    assert found.free.lower == EMPTY


def test_ports(read) -> None:
    found = read({"redis.conf": "port 0\ntls-port 6380\nprotected-mode no\n"})
    assert found.connecting(6379).upper == EMPTY
    assert found.connecting(6380).lower == EVERYWHERE
    assert found.login is Authentication.REQUIRED  # a client certificate
    found = read({"redis.conf": "port 0\ntls-port 6380\ntls-auth-clients no\nprotected-mode no\n"})
    assert found.login is Authentication.NONE
    found = read({"redis.conf": "port 0\nunixsocket /run/r.sock\n"})
    assert not found.endpoint.paths
    assert found.free.upper == EMPTY


def test_sentinel_has_no_protected_mode_by_default(read) -> None:
    found = read({"sentinel.conf": "sentinel monitor main 10.0.0.5 6379 2\n"})
    assert found.connecting(26379).lower == EVERYWHERE
    assert found.login is Authentication.NONE


def test_wrong_lines_are_told(read) -> None:
    found = read({"redis.conf": 'requirepass "x\nport many\nprotected-mode no\n'})
    assert [one.place.line for one in found.malformed] == [1, 2]
    assert found.connecting(6379).upper == EVERYWHERE


def test_words_are_split_as_the_server_does() -> None:
    assert split('a  \'b c\' "d \\" e"') == ["a", "b c", 'd " e']
    assert split('a "b"c') is None
