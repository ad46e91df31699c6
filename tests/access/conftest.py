"""Accounts with a cheap hasher, a clock that the test moves, and a list of what was told."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from hushdesk.access import Accounts, Argon2Hasher, AuditEvent


class Clock:
    def __init__(self) -> None:
        self.now = 1_700_000_000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def events() -> list[tuple[AuditEvent, int | None]]:
    return []


@pytest.fixture
def cheap() -> Argon2Hasher:
    return Argon2Hasher(time_cost=1, memory_cost=64)


@pytest.fixture
def accounts(tmp_path: Path, clock: Clock, events: list, cheap: Argon2Hasher) -> Iterator[Accounts]:
    listener = lambda event, account: events.append((event, account))  # noqa: E731
    with Accounts(tmp_path / "accounts.sqlite", hasher=cheap, clock=clock, on_event=listener) as made:
        yield made
