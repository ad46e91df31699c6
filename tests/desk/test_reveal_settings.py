"""What the settings say about reveals: read strictly, so that a slip of the hand opens nothing wider."""

from __future__ import annotations

import pytest

from hushdesk.desk import DeskError, DeskSettings, RevealSettings
from hushdesk.desk._settings import SETTINGS, read, write


def made(folder, reveal: RevealSettings) -> DeskSettings:
    settings = DeskSettings("id", "now", folder / "k", folder / "v", "00", reveal=reveal)
    write(folder, settings)
    return settings


@pytest.mark.parametrize("reveal", [RevealSettings(), RevealSettings(approve_minutes=5, account_hour=0)])
def test_they_are_read_as_written(tmp_path, reveal):
    assert made(tmp_path, reveal) == read(tmp_path)
    assert ("[reveal]" in (tmp_path / SETTINGS).read_text()) == (reveal != RevealSettings())


@pytest.mark.parametrize(
    "text",
    [
        "approve_minutes = 0",
        "open_minutes = 1441",
        "account_hour = -1",
        "desk_day = true",
        "desk_day = 1.5",
        'account_day = "many"',
        "unlimited = 1",
    ],
)
def test_what_cannot_be_used_is_refused(tmp_path, text):
    made(tmp_path, RevealSettings())
    with (tmp_path / SETTINGS).open("a") as file:
        file.write(f"[reveal]\n{text}\n")
    with pytest.raises(DeskError, match=r"\[reveal\]"):
        read(tmp_path)
