"""Accounts with a cheap hasher, a clock that the test moves, and a list of what was told."""

from __future__ import annotations

import importlib.util
import sys
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


@pytest.fixture
def peer(clock):
    """A provider of identities on loopback, whose clock is the test's."""
    name = "hushdesk_test_provider"
    if name not in sys.modules:
        spec = importlib.util.spec_from_file_location(name, Path(__file__).with_name("_provider.py"))
        module = importlib.util.module_from_spec(spec)
        sys.modules[name] = module
        spec.loader.exec_module(module)
    provider = sys.modules[name].Provider(clock)
    yield provider
    provider.close()
