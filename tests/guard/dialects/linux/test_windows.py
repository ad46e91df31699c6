"""Windows' firewall as its console exports it."""

from __future__ import annotations

from hushdesk.guard import AddressSet, Document, Endpoint, Malformed, Unresolved, World, reach
from hushdesk.guard.dialects.linux import LinuxDialect

HEAD = "Name\tEnabled\tAction\tLocal Port\tRemote Address\tRemote Port\tProtocol\n"


def read(text):
    document = Document("db.txt", "text", text)
    assert LinuxDialect().claims(document)
    return list(LinuxDialect().read([document], World()))


def test_a_block_wins_over_every_allow():
    rows = "A\tYes\tAllow\t5432\t10.0.0.0/8\tAny\tTCP\nB\tYes\tBlock\tAny\t10.1.0.0-10.1.255.255\tAny\tAny\nC\tNo\tAllow\tAny\tAny\tAny\tAny\n"
    (machine,) = [one for one in read(HEAD + rows) if isinstance(one, Endpoint)]
    found = reach(machine, 5432)
    assert found.upper == found.lower == AddressSet.parse("10.0.0.0/8") - AddressSet.parse("10.1.0.0/16")
    assert not reach(machine, 5433).upper


def test_what_is_not_known_is_not_safe():
    found = read(HEAD + "A\tYes\tAllow\tRPC\tAny\tAny\tTCP\nB\tYes\tAllow\t80\tLocalSubnet\tAny\tTCP\n")
    (machine,) = [one for one in found if isinstance(one, Endpoint)]
    assert reach(machine, 5432).upper == AddressSet.parse("0.0.0.0/0", "::/0")
    assert not reach(machine, 5432).lower
    assert any(isinstance(one, Unresolved) and "LocalSubnet" in one.expression for one in found)
    assert not reach(machine, 80).exact


def test_missing_columns_are_said():
    (one,) = read("Name\tEnabled\tAction\tProtocol\nA\tYes\tAllow\tTCP\n")
    assert isinstance(one, Malformed)
    assert "local port" in one.problem
