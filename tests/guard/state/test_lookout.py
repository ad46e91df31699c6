"""Looking again only when something has changed, and what is told of a change."""

from __future__ import annotations

import os
import threading
from datetime import UTC, datetime, timedelta

import pytest

from hushdesk.guard import AddressSet, Authentication
from hushdesk.guard.check import Level
from hushdesk.guard.state import Lookout, Watched

INTENT = """
[[store]]
name = "Cases"
engine = "elasticsearch"
resources = ["vm-cases*"]
[[store.approved]]
sources = "10.0.0.0/8"
[[store]]
name = "Archive"
resources = ["archive"]
ports = [5432]
"""


class Clock:
    def __init__(self) -> None:
        self.now = datetime(2026, 3, 1, 12, tzinfo=UTC)

    def __call__(self) -> datetime:
        self.now += timedelta(minutes=1)
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def watch(tiny, tmp_path, folder, clock):
    """Begins looking, as a new process would."""
    (tmp_path / "stores.toml").write_text(INTENT)

    def begin(**more):
        dialect = more.pop("dialect", None) or tiny.TinyDialect()
        return Lookout(
            Watched((folder,), tmp_path / "stores.toml", **more),
            tmp_path / "kept",
            using=[dialect],
            now=clock,
        )

    return begin


def look(lookout):
    sight = lookout.look()
    assert sight.failed == ""
    assert not sight.running
    assert sight.look is not None
    return sight.look


def test_a_look_is_repeated_only_if_a_file_has_changed(tiny, watch, folder, tmp_path) -> None:
    dialect = tiny.TinyDialect()
    tiny.save(folder / "a.json", tiny.host("vm-cases", tiny.allow("Office", "10.0.0.0/16")))
    lookout = watch(dialect=dialect)
    first = look(lookout)
    assert look(lookout) is first
    assert dialect.reads == 1
    for change in (
        lambda: (folder / "b.json").write_text("{}"),
        (folder / "b.json").unlink,
        lambda: os.utime(folder / "a.json", ns=(0, 0)),
        lambda: (tmp_path / "stores.toml").write_text(INTENT + " "),
    ):
        change()
        assert look(lookout) is not first
        first = look(lookout)
    assert dialect.reads == 5


def test_the_board_says_who_reaches_each_store(tiny, watch, folder) -> None:
    tiny.save(
        folder / "a.json",
        tiny.host("vm-cases", tiny.allow("Any", "0.0.0.0/0"), ports=[9200]),
        tiny.host("vm-pay", tiny.allow("App", "10.0.0.0/16"), ports=[5432], engine="postgresql"),
        tiny.host("vm-batch", tiny.allow("Any", "0.0.0.0/0")),
        tiny.host("vm-web", tiny.allow("Https", "0.0.0.0/0", ports=[443])),
    )
    found = look(watch())
    (cases, rows), (archive, none) = found.board.stores
    assert (cases.name, archive.name, none) == ("Cases", "Archive", ())
    (row,) = rows
    assert row.level is Level.ERROR
    assert [each.services for each in row.reached] == [(("tcp", 9200), ("tcp", 9300))]
    assert AddressSet.parse("10.0.0.0/8") <= row.reached[0].reach.upper
    assert row.reached[0].exposure is not None
    assert not row.reached[0].exposure.sources & AddressSet.parse("10.0.0.0/8")
    assert {row.endpoint.name: (row.level, row.uncovered) for row in found.board.others} == {
        "vm-pay": (Level.ERROR, True),
        "vm-batch": (Level.ERROR, False),
    }
    assert [row.endpoint.name for row in found.board.quiet] == ["vm-web"]
    assert found.report.absent == ("Archive",)
    for row in found.board.rows():
        assert found.board.row(row.id) is row
    assert found.board.row("nothing") is None


def test_a_row_keeps_its_name_when_others_come(tiny, watch, folder) -> None:
    tiny.save(folder / "a.json", tiny.host("vm-cases"))
    lookout = watch()
    (before,) = look(lookout).board.rows()
    tiny.save(folder / "a.json", tiny.host("vm-other"), tiny.host("vm-cases"))
    assert look(lookout).board.row(before.id).endpoint.name == "vm-cases"
    tiny.save(folder / "b.json", tiny.host("vm-other"))
    assert len({row.id for row in look(lookout).board.rows()}) == 3


def test_the_last_change_names_the_guilty_rule_also_after_a_restart(tiny, watch, folder) -> None:
    office = tiny.allow("Office", "10.0.0.0/16")
    tiny.save(folder / "a.json", tiny.host("vm-cases", office))
    lookout = watch()
    first = look(lookout)
    assert first.change is None
    tiny.save(folder / "a.json", tiny.host("vm-cases", office, tiny.allow("Elastic", "198.51.100.0/24")))
    lookouts = [lookout, watch()]
    for each in lookouts:
        found = look(each)
        assert found.change is not None
        assert (found.change.before, found.change.seen) == (first.at, found.since)
        (one,) = found.change.endpoints
        ((ports, change),) = one.reach
        assert (one.name, one.opens, ports) == ("vm-cases", True, (9200, 9300))
        assert change.added == AddressSet.parse("198.51.100.0/24")
        (guilty,) = change.guilty
        assert guilty.rule.name == "Elastic"
        assert guilty.rule.place.file == str(folder / "a.json")
        assert (folder / "a.json").read_text().splitlines()[guilty.rule.place.line - 1].strip() == "{"
    assert look(lookouts[0]).change.seen == look(lookouts[1]).change.seen


def test_rules_that_only_move_are_no_change_and_are_named_where_they_stand_now(tiny, watch, folder) -> None:
    rules = [tiny.allow("Office", "10.0.0.0/16")]
    tiny.save(folder / "a.json", tiny.host("vm-cases", *rules))
    lookout = watch()
    look(lookout)
    rules.append(tiny.allow("Elastic", "198.51.100.0/24"))
    tiny.save(folder / "a.json", tiny.host("vm-cases", *rules))
    before = look(lookout).change
    text = (folder / "a.json").read_text()
    (folder / "a.json").write_text("\n\n\n" + text)
    after = look(lookout).change
    assert (after.seen, after.before) == (before.seen, before.before)
    lines = [each.endpoints[0].reach[0][1].guilty[0].rule.place.line for each in (before, after)]
    assert lines[1] == lines[0] + 3
    assert look(watch()).change.endpoints[0].reach[0][1].guilty[0].rule.place.line == lines[1]


def test_a_store_that_no_longer_asks_who_it_is_has_changed(tiny, watch, folder) -> None:
    more = {"ports": [9200], "engine": "elasticsearch"}
    tiny.save(folder / "a.json", tiny.host("vm-cases", authentication="required", **more))
    lookout = watch()
    look(lookout)
    tiny.save(folder / "a.json", tiny.host("vm-cases", authentication="none", **more))
    (one,) = look(lookout).change.endpoints
    assert one.authentication == (Authentication.REQUIRED, Authentication.NONE)
    assert one.opens
    assert one.reach == ()
    tiny.save(folder / "a.json", tiny.host("vm-cases", authentication="required", **more))
    (one,) = look(lookout).change.endpoints
    assert not one.opens


def test_endpoints_that_come_and_go_are_told_apart(tiny, watch, folder) -> None:
    cases = tiny.host("vm-cases", tiny.allow("Any", "0.0.0.0/0"))
    tiny.save(folder / "a.json", cases)
    lookout = watch()
    look(lookout)
    tiny.save(folder / "a.json", tiny.host("vm-new", tiny.allow("Any", "0.0.0.0/0")), tiny.host("vm-idle"))
    new, gone = look(lookout).change.endpoints
    assert (new.name, new.before, new.opens) == ("vm-new", None, True)
    assert (gone.name, gone.after, gone.opens) == ("vm-cases", None, False)
    # A second endpoint of a known name is told apart by its file, and the first stays what it was.
    tiny.save(folder / "b.json", tiny.host("vm-new", tiny.allow("Office", "10.0.0.0/16")))
    assert len(look(lookout).change.endpoints) <= 2


def test_a_file_that_can_no_longer_be_read_is_no_change(tiny, watch, folder) -> None:
    open_to_all = tiny.host("vm-cases", tiny.allow("Any", "0.0.0.0/0"))
    tiny.save(folder / "a.json", open_to_all)
    tiny.save(folder / "b.json", tiny.host("vm-b"))
    lookout = watch()
    look(lookout)
    text = (folder / "a.json").read_text()
    (folder / "a.json").write_text(text[:50])
    found = look(lookout)
    assert found.missed == (str(folder / "a.json"),)
    assert found.change is None
    assert found.report.estate.malformed
    (folder / "a.json").write_text(text)
    found = look(lookout)
    assert (found.missed, found.change) == ((), None)


def test_a_folder_that_is_gone_is_no_change(tiny, watch, folder) -> None:
    tiny.save(folder / "a.json", tiny.host("vm-cases", tiny.allow("Any", "0.0.0.0/0")))
    lookout = watch()
    look(lookout)
    folder.rename(folder.with_name("elsewhere"))
    found = look(lookout)
    assert found.missed == (str(folder / "a.json"),)
    assert found.change is None
    (fault,) = found.report.estate.malformed
    assert fault.place.file == str(folder)


def test_a_removed_file_is_a_change(tiny, watch, folder) -> None:
    tiny.save(folder / "a.json", tiny.host("vm-cases", tiny.allow("Any", "0.0.0.0/0")))
    lookout = watch()
    look(lookout)
    (folder / "a.json").unlink()
    (one,) = look(lookout).change.endpoints
    assert one.after is None


def test_an_intent_that_cannot_be_read_is_a_problem_and_the_rest_goes_on(
    tiny, watch, folder, tmp_path
) -> None:
    tiny.save(folder / "a.json", tiny.host("vm-cases", tiny.allow("Any", "0.0.0.0/0")))
    lookout = watch()
    (tmp_path / "stores.toml").write_text("[[store]]\nname = 1\n")
    found = look(lookout)
    (problem,) = found.problems
    assert "no name" in problem.problem
    assert problem.remedy
    assert [row.endpoint.name for row in found.board.others] == ["vm-cases"]
    (tmp_path / "stores.toml").unlink()
    assert "No such file" in look(lookout).problems[0].problem


def test_a_broken_state_is_a_problem_once_and_a_fresh_start(tiny, watch, folder, tmp_path) -> None:
    tiny.save(folder / "a.json", tiny.host("vm-cases"))
    (tmp_path / "kept").mkdir()
    (tmp_path / "kept" / "states.json").write_text("{")
    (problem,) = look(watch()).problems
    assert "earlier looks cannot be used" in problem.problem
    assert look(watch()).problems == ()


def test_a_state_that_cannot_be_kept_is_a_problem(tiny, watch, folder, tmp_path) -> None:
    tiny.save(folder / "a.json", tiny.host("vm-cases"))
    (tmp_path / "kept").write_text("in the way")
    found = look(watch())
    assert any("cannot be written" in each.problem for each in found.problems)
    assert len(found.report.estate.endpoints) == 1


class SlowDialect:
    """Reads when it is told to."""

    name = "slow"

    def __init__(self) -> None:
        self.go = threading.Event()

    def claims(self, _document) -> bool:
        return True

    def read(self, _documents, _world):
        assert self.go.wait(60)
        return iter(())


def test_nobody_waits_longer_than_asked(watch, folder) -> None:
    dialect = SlowDialect()
    (folder / "a.json").write_text("{}")
    lookout = watch(dialect=dialect)
    sight = lookout.look(0)
    assert (sight.look, sight.running) == (None, True)
    assert lookout.look(0.01).running
    dialect.go.set()
    first = look(lookout)
    dialect.go.clear()
    (folder / "b.json").write_text("{}")
    sight = lookout.look(0.01)
    assert (sight.look, sight.running) == (first, True)
    dialect.go.set()
    assert look(lookout) is not first


def test_a_mistake_of_ours_is_told_and_the_last_look_stays(tiny, watch, folder, monkeypatch) -> None:
    from hushdesk.guard.state import _lookout

    tiny.save(folder / "a.json", tiny.host("vm-cases"))
    lookout = watch()
    first = look(lookout)

    def fails(*_given):
        raise ZeroDivisionError("planted")

    with monkeypatch.context() as patch:
        patch.setattr(_lookout, "check", fails)
        (folder / "b.json").write_text("{}")
        sight = lookout.look()
        assert (sight.look, sight.failed) == (first, "ZeroDivisionError")
        # It is tried again, not taken for done.
        assert lookout.look().failed == "ZeroDivisionError"
    assert look(lookout) is not first
