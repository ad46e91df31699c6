"""The intent file is read strictly: nothing in it is guessed."""

from __future__ import annotations

from pathlib import Path

import pytest

from hushdesk.guard import AddressSet, Endpoint, Place, read_intent
from hushdesk.guard import Path as WayIn
from hushdesk.guard.errors import IntentError

GOOD = """
[[store]]
name = "cases"
engine = "elasticsearch"
resources = ["*/cases-nic", "vm-cases"]
addresses = ["203.0.113.10"]
data_class = "personal"

[[store.approved]]
sources = ["198.51.100.0/24", "10.0.0.0-10.0.0.9"]
why = "head office"

[[store.approved]]
sources = "private"
ports = [9300]
"""


def written(folder: Path, text: str) -> Path:
    file = folder / "intent.toml"
    file.write_text(text)
    return file


def endpoint(name: str, *aliases: str, address: str = "") -> Endpoint:
    paths = (WayIn(name="public address", gates=(), addresses=(address,)),) if address else ()
    return Endpoint(name=name, aliases=aliases, dialect="x", kind="host", place=Place("x"), paths=paths)


def test_a_store_is_known_by_names_and_addresses(tmp_path: Path) -> None:
    (store,) = read_intent(written(tmp_path, GOOD)).stores
    assert store.ports == (9200, 9300)
    assert store.is_of(endpoint("rg/Cases-NIC"))
    assert store.is_of(endpoint("x", "vm-cases"))
    assert store.is_of(endpoint("x", address="203.0.113.10"))
    assert not store.is_of(endpoint("vm-cases-2", "not an address", address="203.0.113.11"))


def test_approvals_are_by_port(tmp_path: Path) -> None:
    (store,) = read_intent(written(tmp_path, GOOD)).stores
    office = AddressSet.parse("198.51.100.0/24", "10.0.0.0-10.0.0.9")
    assert store.approved(9200) == office
    assert store.approved(9300) == office | AddressSet.parse("10.0.0.0/8") | store.approved(9300)
    assert "192.168.1.1" in store.approved(9300)
    assert "192.168.1.1" not in store.approved(9200)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("[[store]", "no valid TOML"),
        ("[stores]\n", "'stores' is not known"),
        ("store = 3", "written as [[store]]"),
        ("[[store]]\nengine = 'redis'", "has no name"),
        ("[[store]]\nname = 'a'", "which resource it is"),
        ("[[store]]\nname = 'a'\nresources = 3", "a list of texts"),
        ("[[store]]\nname = 'a'\naddresses = ['x']", "'x' is no source"),
        ("[[store]]\nname = 'a'\nresources = ['a']\nengine = 'no such'", "engine is not known"),
        ("[[store]]\nname = 'a'\nresources = ['a']\nports = ['9200']", "whole numbers"),
        ("[[store]]\nname = 'a'\nresources = ['a']\nports = [true]", "whole numbers"),
        ("[[store]]\nname = 'a'\nresources = ['a']\n[[store.approved]]\nsources = []", "names no sources"),
        (
            "[[store]]\nname = 'a'\nresources = ['a']\n[[store.approved]]\nsource = '0.0.0.0/0'",
            "'source' is not known",
        ),
        ("[[store]]\nname='a'\nresources=['a']\n[[store]]\nname='a'\nresources=['b']", "occurs twice"),
    ],
)
def test_what_is_not_understood_is_an_error(tmp_path: Path, text: str, says: str) -> None:
    with pytest.raises(IntentError) as raised:
        read_intent(written(tmp_path, text))
    assert says in str(raised.value)
    assert raised.value.remedy


def test_a_file_that_is_absent(tmp_path: Path) -> None:
    with pytest.raises(IntentError):
        read_intent(tmp_path / "absent.toml")
