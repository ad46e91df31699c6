"""The file of states: whole or not at all, for its owner alone, and one clear error if it is wrong."""

from __future__ import annotations

import json
import multiprocessing
import os
import signal
import stat
from datetime import UTC, datetime
from pathlib import Path

import pytest

from hushdesk.guard import Endpoint, Place
from hushdesk.guard.errors import StateError
from hushdesk.guard.state import Kept, Seen, StateFile

AT = datetime(2026, 3, 1, 12, tzinfo=UTC)


def kept(number: int, size: int = 1) -> Kept:
    endpoints = [
        Endpoint(name=f"{number}.{each}", dialect="d", kind="k", place=Place("f")) for each in range(size)
    ]
    return Kept(Seen(AT, tuple(endpoints)), Seen(AT, tuple(endpoints[:1])) if number else None)


def test_states_are_read_back_and_are_for_their_owner_alone(tmp_path: Path) -> None:
    os.umask(0o022)
    file = StateFile(tmp_path / "desk" / "guard")
    assert file.read() == Kept()
    for number in (0, 1):
        file.write(kept(number))
        assert StateFile(tmp_path / "desk" / "guard").read() == kept(number)
    (written,) = (tmp_path / "desk" / "guard").iterdir()
    assert stat.S_IMODE(written.stat().st_mode) == 0o600
    assert stat.S_IMODE(written.parent.stat().st_mode) == 0o700


def test_what_a_crash_left_over_is_in_nobodys_way(tmp_path: Path) -> None:
    file = StateFile(tmp_path)
    file.write(kept(1))
    (tmp_path / "states.json.new").write_text('{"half')
    (tmp_path / "states.json.new").chmod(0o644)
    assert file.read() == kept(1)
    file.write(kept(2))
    assert file.read() == kept(2)
    (written,) = tmp_path.iterdir()
    assert stat.S_IMODE(written.stat().st_mode) == 0o600


def write_for_ever(folder: str, wrote) -> None:
    for number in range(10**6):
        StateFile(Path(folder)).write(kept(number, size=400))
        wrote.value = number + 1


def test_a_killed_writer_leaves_a_whole_state(tmp_path: Path) -> None:
    context = multiprocessing.get_context("fork")
    for more in (1, 3, 7):
        wrote = context.Value("i", 0)
        writer = context.Process(target=write_for_ever, args=[str(tmp_path), wrote])
        writer.start()
        while wrote.value < more:
            assert writer.is_alive()
        os.kill(writer.pid, signal.SIGKILL)
        writer.join()
        found = StateFile(tmp_path).read().now
        assert found is not None
        assert len(found.endpoints) == 400
        # What was written before the kill is there, or what was being written.
        assert found.endpoints[0].name in {f"{wrote.value - 1}.0", f"{wrote.value}.0", f"{wrote.value + 1}.0"}


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        ("", "no JSON"),
        ("{", "no JSON"),
        ("[" * 100_000, "no JSON"),
        ("[]", "does not hold"),
        ('{"format": 1}', "does not hold"),
        ('{"format": 9, "now": null, "before": null}', "format"),
        ('{"format": 1, "now": {}, "before": null}', "a state"),
        ('{"format": 1, "now": {"at": "x", "state": {}}, "before": null}', "time"),
        ('{"format": 1, "now": {"at": "2026-01-01T00:00:00", "state": {}}, "before": null}', "zone"),
        ('{"format": 1, "now": {"at": "2026-01-01T00:00:00+00:00", "state": {}}, "before": null}', "sets"),
    ],
)
def test_a_file_that_is_wrong_is_one_clear_error(tmp_path: Path, content: str, problem: str) -> None:
    (tmp_path / "states.json").write_text(content)
    with pytest.raises(StateError, match=problem) as caught:
        StateFile(tmp_path).read()
    assert caught.value.remedy


def test_a_folder_that_takes_nothing_is_one_clear_error(tmp_path: Path) -> None:
    (tmp_path / "guard").write_text("in the way")
    with pytest.raises(StateError, match="cannot be written"):
        StateFile(tmp_path / "guard").write(kept(1))


def test_the_file_holds_endpoints_and_nothing_else_of_a_document(tmp_path: Path) -> None:
    StateFile(tmp_path).write(kept(1))
    plain = json.loads((tmp_path / "states.json").read_text())
    assert plain.keys() == {"format", "now", "before"}
    assert plain["now"]["state"].keys() == {"sets", "stages", "endpoints"}
