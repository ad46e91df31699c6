"""Keys and an empty vault."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from hushdesk.vault import Keyring, OfficerSecret, PeopleVault
from hushdesk.vault._provider import Scrypt


@pytest.fixture(scope="session", autouse=True)
def cheap_scrypt() -> Iterator[None]:
    """The lowest cost that is accepted: what is tested here is not scrypt."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Scrypt, "fresh", classmethod(lambda cls: cls(os.urandom(16), n=1 << 10)))
        yield


@pytest.fixture(scope="session")
def keys(tmp_path_factory: pytest.TempPathFactory) -> tuple[Keyring, OfficerSecret]:
    return Keyring.create(tmp_path_factory.mktemp("vault") / "keys", desk_id="desk-1")


@pytest.fixture(scope="session")
def keyring(keys: tuple[Keyring, OfficerSecret]) -> Keyring:
    return keys[0]


@pytest.fixture
def vault(tmp_path: Path, keyring: Keyring) -> Iterator[PeopleVault]:
    with PeopleVault.create(tmp_path / "vault", keyring) as made:
        yield made
