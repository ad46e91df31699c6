"""Keys and an empty vault."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from hushdesk.vault import Keyring, OfficerSecret, PeopleVault


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
