"""Two states of an estate."""

from __future__ import annotations

from guard_toys import endpoint, exactly

from hushdesk.guard import AddressSet
from hushdesk.guard.check import Coverage, Estate, change_value, changes


def estate(*endpoints):
    return Estate(tuple(endpoints), (), (), Coverage(1, 1))


OFFICE, WIDE = exactly("20.80.0.0/16"), exactly("20.80.0.0/15")


def test_nothing_changed():
    assert changes(estate(endpoint("db", OFFICE)), estate(endpoint("db", OFFICE))) == []
    split = exactly("20.80.0.0/17"), exactly("20.80.128.0/17")
    assert changes(estate(endpoint("db", OFFICE)), estate(endpoint("db", *split))) == []


def test_who_was_let_in_and_by_what():
    ((name, change),) = changes(estate(endpoint("db", OFFICE)), estate(endpoint("db", OFFICE, WIDE)))
    assert (name, change.protocol, change.port) == ("db", "tcp", 5432)
    assert change.added == AddressSet.parse("20.81.0.0/16")
    assert not change.removed
    (guilty,) = change_value(name, change)["guilty"]
    assert guilty["rule"]["rule"] == "allow-1"
    assert guilty["sources"]["networks"] == ["20.81.0.0/16"]


def test_an_endpoint_that_comes_and_one_that_goes():
    ((name, change),) = changes(estate(), estate(endpoint("db", OFFICE)))
    assert (name, change.added, bool(change.removed)) == ("db", OFFICE.upper, False)
    ((name, change),) = changes(estate(endpoint("db", OFFICE)), estate())
    assert (name, bool(change.added), change.removed) == ("db", False, OFFICE.upper)


def test_of_two_endpoints_of_one_name_the_file_decides():
    before = estate(endpoint("db", OFFICE, file="x/a.json"), endpoint("db", WIDE, file="x/b.json"))
    after = estate(endpoint("db", WIDE, file="y/b.json"), endpoint("db", OFFICE, file="y/a.json"))
    assert changes(before, after) == []
