"""What the settings say about the guard: read strictly, and paths are meant from the desk."""

from __future__ import annotations

import pytest

from hushdesk.desk import DeskError, DeskSettings, GuardSettings
from hushdesk.desk._settings import SETTINGS, read, write


def made(folder, guard=None):
    settings = DeskSettings("id", "now", folder / "k", folder / "v", "00", guard=guard or GuardSettings())
    write(folder, settings)
    return settings


def add(folder, text):
    with (folder / SETTINGS).open("a") as file:
        file.write(text)


def test_without_a_section_nothing_is_looked_at(tmp_path):
    made(tmp_path)
    assert "[guard]" not in (tmp_path / SETTINGS).read_text()
    assert read(tmp_path).guard == GuardSettings()
    add(tmp_path, "[guard]\n")
    assert read(tmp_path).guard == GuardSettings()


def test_what_is_written_is_read_back(tmp_path):
    settings = made(
        tmp_path, GuardSettings((tmp_path / 'a"b', tmp_path / "c"), tmp_path / "i.toml", tmp_path / "t")
    )
    assert read(tmp_path) == settings


def test_paths_are_meant_from_the_desk(tmp_path, monkeypatch):
    folder = tmp_path / "desk"
    folder.mkdir()
    made(folder)
    add(folder, '[guard]\ninputs = ["../network", "/etc/x"]\nintent = "stores.toml"\n')
    monkeypatch.chdir(tmp_path)
    for named in (folder, folder.relative_to(tmp_path)):
        guard = read(named).guard
        assert [str(each) for each in guard.inputs] == [f"{folder}/../network", "/etc/x"]
        assert guard.intent == folder / "stores.toml"
        assert guard.service_tags is None


@pytest.mark.parametrize(
    "text",
    [
        'inputs = "network"',
        "inputs = [1]",
        'inputs = [""]',
        "intent = 1",
        'intent = ""',
        "service_tags = false",
        "other = 1",
    ],
)
def test_settings_that_cannot_be_used_are_refused(tmp_path, text):
    made(tmp_path)
    add(tmp_path, f"[guard]\n{text}\n")
    with pytest.raises(DeskError, match=r"\[guard\]") as caught:
        read(tmp_path)
    assert caught.value.remedy
