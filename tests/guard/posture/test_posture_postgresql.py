"""postgresql.conf: addresses, ports, includes, and the pg_hba.conf that belongs to it."""

from __future__ import annotations

import pytest

from hushdesk.guard._addresses import ALL_V4, ALL_V6, EMPTY, EVERYWHERE, AddressSet
from hushdesk.guard._findings import Authentication
from hushdesk.guard.posture._bind import LOOPBACK, LOOPBACK_V4

OPEN = "host all all all trust\n"


@pytest.mark.parametrize(
    ("line", "sources"),
    [
        ("#listen_addresses = 'localhost'", LOOPBACK),
        ("listen_addresses = '*'", EVERYWHERE),
        ("listen_addresses='0.0.0.0'", ALL_V4),
        ("LISTEN_ADDRESSES '::'", ALL_V6),
        ("listen_addresses = '127.0.0.1, 10.0.0.5' # two", ALL_V4),
        ("listen_addresses = 127.0.0.1", LOOPBACK_V4),
        ("listen_addresses = ''", EMPTY),
        ("listen_addresses = '*'\nlisten_addresses = 'localhost'", LOOPBACK),
    ],
)
def test_addresses(read, line: str, sources: AddressSet) -> None:
    found = read({"postgresql.conf": f"{line}\nmax_connections = 10\n", "pg_hba.conf": OPEN})
    assert found.connecting(5432).upper == found.connecting(5432).lower == sources
    assert found.free.upper == sources


def test_a_host_name_is_unknown(read) -> None:
    found = read({"postgresql.conf": "listen_addresses = 'db.internal'\n", "pg_hba.conf": OPEN})
    assert found.connecting(5432).upper == EVERYWHERE
    assert found.connecting(5432).lower == EMPTY


def test_the_port_moves_and_the_address_is_kept(read) -> None:
    found = read({"postgresql.conf": "port = 5433\nlisten_addresses = '10.0.0.5'\n", "pg_hba.conf": OPEN})
    assert found.connecting(5433).lower == ALL_V4
    assert found.connecting(5432).upper == EMPTY
    assert found.endpoint.paths[0].addresses == ("10.0.0.5",)
    assert found.endpoint.paths[0].place.line == 2


def test_bind_and_hba_are_joined(read) -> None:
    found = read(
        {
            "postgresql.conf": "listen_addresses = '0.0.0.0'\n",
            "pg_hba.conf": "host all all 10.0.0.0/8 trust\nhost all all all scram-sha-256\n",
        }
    )
    assert found.login is Authentication.PARTLY
    assert found.free.lower == AddressSet.parse("10.0.0.0/8")
    assert found.connecting(5432).lower == ALL_V4


def test_the_default_of_debian_asks_everybody_on_loopback(read) -> None:
    found = read(
        {
            "etc/postgresql/15/main/postgresql.conf": "hba_file = '/etc/postgresql/15/main/pg_hba.conf'\nssl = on\ninclude_dir = 'conf.d'\n",
            "etc/postgresql/15/main/pg_hba.conf": "local all all peer\nhost all all 127.0.0.1/32 scram-sha-256\nhost all all ::1/128 scram-sha-256\n",
        }
    )
    assert found.login is Authentication.REQUIRED
    assert found.connecting(5432).lower == AddressSet.parse("127.0.0.1", "::1")
    assert len(found.skipped) == 1


def test_a_folder_of_includes_overrides(read) -> None:
    found = read(
        {
            "pg/postgresql.conf": "listen_addresses = 'localhost'\ninclude_dir = 'conf.d'\n",
            "pg/conf.d/10-open.conf": "listen_addresses = '*'\n",
            "pg/pg_hba.conf": OPEN,
        }
    )
    assert found.connecting(5432).lower == EVERYWHERE
    assert "10-open.conf" in str(found.endpoint.paths[0].place)


def test_alter_system_overrides(read) -> None:
    found = read(
        {
            "pg/postgresql.conf": "listen_addresses = 'localhost'\n",
            "pg/postgresql.auto.conf": "listen_addresses = '*'\n",
            "pg/pg_hba.conf": OPEN,
        }
    )
    assert found.connecting(5432).lower == EVERYWHERE


def test_a_missing_include_makes_the_address_unknown(read) -> None:
    found = read(
        {
            "pg/postgresql.conf": "listen_addresses = 'localhost'\ninclude '/opt/shared.conf'\n",
            "pg/pg_hba.conf": OPEN,
        }
    )
    assert found.connecting(5432).upper == EVERYWHERE
    assert found.connecting(5432).lower == LOOPBACK
    assert len(found.unresolved) == 1


def test_what_stands_behind_a_missing_include_is_known(read) -> None:
    found = read(
        {
            "pg/postgresql.conf": "include '/opt/shared.conf'\nlisten_addresses = 'localhost'\n",
            "pg/pg_hba.conf": OPEN,
        }
    )
    assert found.connecting(5432).upper == LOOPBACK


def test_an_absolute_include_moves_along_with_the_file(read) -> None:
    found = read(
        {
            "backup/postgresql/postgresql.conf": "include '/etc/postgresql/local.conf'\n",
            "backup/postgresql/local.conf": "listen_addresses = '*'\n",
            "backup/postgresql/pg_hba.conf": OPEN,
        }
    )
    assert found.connecting(5432).lower == EVERYWHERE
    assert not found.unresolved


def test_without_pg_hba_the_login_is_unknown(read) -> None:
    found = read({"postgresql.conf": "listen_addresses = '*'\n"})
    assert found.login is Authentication.UNKNOWN
    assert found.free.upper == EVERYWHERE
    assert found.free.lower == EMPTY


def test_pg_hba_alone_has_an_unknown_address(read) -> None:
    found = read({"pg_hba.conf": "host all all 203.0.113.0/24 trust\n"})
    assert found.connecting(5432).upper == AddressSet.parse("203.0.113.0/24")
    assert found.connecting(5432).lower == EMPTY
    assert found.login is Authentication.NONE


def test_two_clusters_are_two_endpoints(read) -> None:
    files = {}
    for version in ("13", "15"):
        files[f"pg/{version}/postgresql.conf"] = f"port = 54{version}\nlisten_addresses='*'\n"
        files[f"pg/{version}/pg_hba.conf"] = OPEN
    found = read(files)
    assert [one.name for one in found.endpoints] == ["pg/13/postgresql.conf", "pg/15/postgresql.conf"]


def test_a_wrong_line_is_told_and_the_rest_goes_on(read) -> None:
    found = read({"postgresql.conf": "listen_addresses = '*\nport = 5433\n", "pg_hba.conf": OPEN})
    assert found.malformed[0].place.line == 1
    assert found.connecting(5433).upper == LOOPBACK
