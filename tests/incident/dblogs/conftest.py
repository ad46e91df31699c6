"""Reading bytes as a log, with what must hold for each reading."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from hushdesk.incident import REQUESTS, Account, Change, Coverage, Gap, Head, Source, Wanted

SECRET = "hush-secret"
"""Stands in queries of the logs here, and must not come out anywhere."""


@dataclass
class Result:
    claims: int
    account: Account
    rows: list[dict[str, Any]] = field(default_factory=list)
    coverage: list[Coverage] = field(default_factory=list)
    gaps: list[Gap] = field(default_factory=list)
    changes: list[Change] = field(default_factory=list)

    def acts(self) -> list[str]:
        return [row["act"] for row in self.rows]

    def most(self) -> int | None:
        uppers = [row["rows_upper"] for row in self.rows]
        return None if None in uppers else sum(uppers)


Read = Callable[..., Result]


def run(parser: Any, path: Path, wanted: Wanted, options: dict[str, str]) -> Result:
    source = Source(path, "", options)
    start, whole = source.head()
    account = Account()
    result = Result(parser.claims(Head(source.plain_name, str(path), start, whole)), account)
    for piece in parser.read(source, wanted, account):
        if isinstance(piece, pa.RecordBatch):
            assert piece.schema == REQUESTS
            result.rows += piece.to_pylist()
        else:
            {Coverage: result.coverage, Gap: result.gaps, Change: result.changes}[type(piece)].append(piece)
    assert account.balanced
    for row in result.rows:
        assert row["start"] <= row["end"]
        assert row["rows_upper"] is None or row["rows_lower"] <= row["rows_upper"]
        assert row["bytes_upper"] is None or row["bytes_lower"] <= row["bytes_upper"]
        # What is not exact says why.
        assert row["why"] or (row["rows_lower"], row["bytes_lower"]) == (
            row["rows_upper"],
            row["bytes_upper"],
        )
    said = repr((result.rows, result.coverage, result.gaps, result.changes, account.reasons, account.lines))
    assert SECRET not in said
    assert all(text.isprintable() for row in result.rows for text in row.values() if isinstance(text, str))
    return result


@pytest.fixture(scope="session")
def read(tmp_path_factory: pytest.TempPathFactory) -> Read:
    folder, numbers = tmp_path_factory.mktemp("logs"), itertools.count()

    def read(
        parser: Any, data: bytes | str | Path, *, wanted: Wanted | None = None, name: str = "", **options: str
    ) -> Result:
        path = data if isinstance(data, Path) else folder / (name or f"{next(numbers)}.log")
        if not isinstance(data, Path):
            path.write_bytes(data.encode() if isinstance(data, str) else data)
        said = {key.replace("_", "-"): value for key, value in options.items()}
        return run(parser, path, wanted or Wanted(), said)

    return read


@pytest.fixture
def corpus() -> Path:
    folder = Path(__file__).resolve().parents[4] / "shared" / "data" / "incident"
    if not folder.is_dir():
        pytest.skip("the development data for incidents are not beside this checkout")
    return folder
