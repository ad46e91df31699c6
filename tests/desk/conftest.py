"""A real desk to load into."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from hushdesk.desk import Desk


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    Desk.create(tmp_path / "desk", keys=tmp_path / "keys", vault=tmp_path / "vault")
    with Desk.open(tmp_path / "desk") as desk:
        yield desk
