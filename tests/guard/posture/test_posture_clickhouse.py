"""ClickHouse: merged XML, users and their networks; XML that nobody should read."""

from __future__ import annotations

import pytest

from hushdesk.guard._addresses import ALL_V4, EMPTY, EVERYWHERE, AddressSet
from hushdesk.guard._findings import Authentication
from hushdesk.guard.posture._bind import LOOPBACK
from hushdesk.guard.posture._xml import Node, XmlError, merge, parse

NONE, REQUIRED = Authentication.NONE, Authentication.REQUIRED
PARTLY, UNKNOWN = Authentication.PARTLY, Authentication.UNKNOWN

EMPTY_PASSWORD = "<password></password><networks><ip>::/0</ip></networks>"


def config(*parts: str) -> str:
    return f"<clickhouse><http_port>8123</http_port><tcp_port>9000</tcp_port>{''.join(parts)}</clickhouse>"


def users(default: str, others: str = "") -> str:
    return f"<clickhouse><users><default>{default}</default>{others}</users></clickhouse>"


@pytest.mark.parametrize(
    ("hosts", "sources"),
    [
        ((), LOOPBACK),
        (("::",), EVERYWHERE),
        (("0.0.0.0",), ALL_V4),
        (("127.0.0.1", "10.0.0.5"), ALL_V4),
        (("::1",), AddressSet.parse("::1")),
    ],
)
def test_addresses(read, hosts: tuple[str, ...], sources: AddressSet) -> None:
    text = config(*(f"<listen_host>{host}</listen_host>" for host in hosts))
    found = read({"config.xml": text, "users.xml": users(EMPTY_PASSWORD)})
    assert found.connecting(8123).lower == found.connecting(9000).upper == sources
    assert found.free.lower == sources
    assert found.login is NONE


@pytest.mark.parametrize(
    ("default", "others", "login", "free"),
    [
        (EMPTY_PASSWORD, "", NONE, EVERYWHERE),
        ("<password/>", "", NONE, EVERYWHERE),
        (
            "<no_password/><networks><ip>10.0.0.0/8</ip></networks>",
            "",
            PARTLY,
            AddressSet.parse("10.0.0.0/8"),
        ),
        ("<password>x</password>", "", REQUIRED, EMPTY),
        ("<password_sha256_hex>ab</password_sha256_hex>", "", REQUIRED, EMPTY),
        ("<password>x</password>", f"<reader>{EMPTY_PASSWORD}</reader>", PARTLY, EVERYWHERE),
        (
            "<password/><networks><ip>127.0.0.1</ip><ip>::1</ip></networks>",
            "",
            PARTLY,
            AddressSet.parse("127.0.0.1", "::1"),
        ),
        (
            "<password/><networks><ip>10.0.0.1/255.0.0.0</ip></networks>",
            "",
            PARTLY,
            AddressSet.parse("10.0.0.0/8"),
        ),
        ("<password/><networks><ip>0.0.0.0/0</ip></networks>", "", PARTLY, ALL_V4),
        ("<password/><networks></networks>", "", REQUIRED, EMPTY),
    ],
)
def test_logins(read, default: str, others: str, login: Authentication, free: AddressSet) -> None:
    found = read({"config.xml": config("<listen_host>::</listen_host>"), "users.xml": users(default, others)})
    assert found.login is login
    assert found.free.upper == found.free.lower == free


@pytest.mark.parametrize(
    "default",
    [
        '<password from_env="P"/>',
        "<password/><networks><host>db.example.com</host></networks>",
        "<password/><networks><ip>nonsense</ip></networks>",
        "<profile>default</profile>",
    ],
)
def test_what_the_files_do_not_say_is_unknown(read, default: str) -> None:
    found = read({"config.xml": config("<listen_host>::</listen_host>"), "users.xml": users(default)})
    assert found.login is UNKNOWN
    assert found.free.upper == EVERYWHERE
    assert found.free.lower == EMPTY


def test_without_users_the_login_and_without_config_the_address_is_unknown(read) -> None:
    assert read({"config.xml": config()}).login is UNKNOWN
    found = read({"users.xml": users(EMPTY_PASSWORD)})
    assert found.connecting(8123).upper == EVERYWHERE
    assert found.connecting(8123).lower == EMPTY
    assert found.login is NONE


def test_fragments_are_merged_in_order(read) -> None:
    found = read(
        {
            "ch/config.xml": config("<listen_host>127.0.0.1</listen_host>"),
            "ch/config.d/net.xml": "<clickhouse><listen_host>0.0.0.0</listen_host><http_port>8124</http_port></clickhouse>",
            "ch/users.xml": users("<password>x</password>"),
            "ch/users.d/default.xml": users("<password remove='1'/><no_password/>"),
        }
    )
    assert found.connecting(8124).lower == ALL_V4
    assert found.connecting(8123).upper == EMPTY
    assert found.login is NONE
    assert "users.d" in str(found.endpoint.posture.place)


def test_replace_and_remove() -> None:
    root = parse("<c><a><b>1</b></a><d/><e x='1'>1</e></c>")
    merge(root, parse("<c><a replace='1'><f/></a><d remove='1'/><e x='2'>2</e></c>"))

    def shape(node: Node) -> object:
        return (node.name, [shape(child) for child in node.children])

    assert shape(root) == ("c", [("a", [("f", [])]), ("e", []), ("e", [])])


@pytest.mark.parametrize(
    "text",
    [
        '<!DOCTYPE c [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><clickhouse><users/><tcp_port>&b;</tcp_port></clickhouse>',
        '<!DOCTYPE c SYSTEM "file:///etc/passwd"><clickhouse><tcp_port>1</tcp_port></clickhouse>',
        "<clickhouse><tcp_port>9000</tcp_port>",
        "<clickhouse><tcp_port>" + "<a>" * 100 + "</a>" * 100 + "</tcp_port></clickhouse>",
        "<clickhouse><tcp_port>&undefined;</tcp_port></clickhouse>",
    ],
)
def test_dangerous_and_broken_xml_is_told_and_unknown(read, text: str) -> None:
    found = read({"config.xml": text, "users.xml": users("<password>x</password>")})
    assert len(found.malformed) == 1
    assert found.connecting(8123).upper == EVERYWHERE
    assert found.login is UNKNOWN


def test_the_line_of_an_error_is_known() -> None:
    with pytest.raises(XmlError) as error:
        parse("<a>\n<b>\n</a>")
    assert error.value.line == 3


def test_lines_are_kept(read) -> None:
    text = "<clickhouse>\n<tcp_port>9000</tcp_port>\n<listen_host>::</listen_host>\n</clickhouse>\n"
    found = read({"config.xml": text, "users.xml": users(EMPTY_PASSWORD)})
    assert found.endpoint.paths[0].place.line == 3
    assert not found.connecting(9009).upper
