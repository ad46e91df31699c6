"""A store into which each test puts a load of its own, and vaults."""

from __future__ import annotations

import hashlib
import itertools
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from hushdesk.cases import SEALED_SCHEMA
from hushdesk.incident.taken import Selection
from hushdesk.store import EmbeddedStore
from hushdesk.vault import Keyring, PeopleVault, Pseudonymiser

MAKE = Pseudonymiser(b"p" * 32)
_LOADS = itertools.count(1)

Put = Callable[..., Selection]


@pytest.fixture(scope="session")
def keyring(tmp_path_factory: pytest.TempPathFactory) -> Keyring:
    return Keyring.create(tmp_path_factory.mktemp("keys") / "keys", desk_id="desk-1")[0]


# One for each module: the engine opens one folder in a process at a time.
@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[EmbeddedStore]:
    with EmbeddedStore.create(tmp_path_factory.mktemp("store") / "store") as made:
        yield made


@pytest.fixture
def vault(tmp_path: Path, keyring: Keyring) -> Iterator[PeopleVault]:
    with PeopleVault.create(tmp_path / "vault", keyring) as made:
        yield made


def sealed(**values: Any) -> dict[str, Any]:
    """One sealed case."""
    authors = values.pop("authors", [])
    row: dict[str, Any] = {
        "source": "zendesk",
        "opened_at": datetime(2012, 1, 2, tzinfo=UTC),
        **dict.fromkeys(("updated_at", "closed_at", "first_reply_at")),
        "messages.author": [author for author, _ in authors],
        "messages.role": [role for _, role in authors],
        "messages.text": ["" for _ in authors],
        "messages.visibility": ["public" for _ in authors],
        "messages.at": [datetime(2012, 1, 2, tzinfo=UTC) for _ in authors],
        "messages.attachments": ["" for _ in authors],
    }
    for field in SEALED_SCHEMA:
        row.setdefault(field.name, [] if pa.types.is_list(field.type) else "")
    return row | values


@pytest.fixture(scope="module")
def put(store: EmbeddedStore) -> Put:
    """Puts cases in as a load of their own and selects them."""

    def work(rows: list[dict[str, Any]]) -> Selection:
        load = next(_LOADS)
        full = [
            row
            | {
                "case_id": row.get("case_id") or f"CASE{load:06d}{place:06d}",
                "content_mac": hashlib.blake2b(f"{load} {place}".encode(), digest_size=16).digest(),
                "load_id": load,
            }
            for place, row in enumerate(rows)
        ]
        store.insert(pa.Table.from_pylist(full, SEALED_SCHEMA), f"load {load}")
        return Selection(loads=(load,))

    return work
