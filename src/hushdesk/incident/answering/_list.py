"""The list of those who get a letter. It holds no identity."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Final

import numpy as np
import polars as pl
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from hushdesk.vault import write_private

LIST: Final = "letters.parquet"
"""Who gets a letter: rows of PERSONS in the order of sending, with ``letter``, the number of each letter from 1."""
NUMBERS: Final = "letters-numbers.parquet"
"""The number of each letter that any list of the incident ever had: it stays the person's, and is nobody else's."""


def freeze(folder: Path, persons: pa.Table) -> int:
    """Keep the list of those who get a letter: persons of the vault. Returns how many there are.

    Agents are our own people and are told otherwise; pseudonyms that the vault does not know lead to nobody.
    """
    wanted = pc.and_(pc.is_valid(persons.column("person")), pc.not_equal(persons.column("role"), "agent"))
    chosen = persons.filter(wanted)
    numbers = _numbers(folder, chosen.column("person"))
    _write(folder / LIST, chosen.append_column("letter", numbers))
    return int(chosen.num_rows)


def _numbers(folder: Path, persons: pa.ChunkedArray) -> pa.Array:
    """The number of each person's letter: the one that it had on an earlier list, since letters with it may be out; else a new one."""
    path = folder / NUMBERS
    schema = {"person": pl.Int64, "letter": pl.Int64}
    known = pl.read_parquet(path) if path.exists() else pl.DataFrame(schema=schema)
    asked = pl.DataFrame({"person": persons.to_numpy()}, schema={"person": pl.Int64})
    found = asked.join(known, on="person", how="left", maintain_order="left")["letter"].to_numpy().copy()
    new = np.flatnonzero(np.isnan(found.astype(np.float64)))
    most = int(known["letter"].max() or 0)  # type: ignore[arg-type]
    numbers = np.where(np.isnan(found.astype(np.float64)), 0, found).astype(np.int64)
    numbers[new] = np.arange(most + 1, most + 1 + len(new))
    if len(new):
        added = pl.DataFrame(
            {"person": asked["person"].to_numpy()[new], "letter": numbers[new]}, schema=schema
        )
        # Before the list: whatever number a list gives is kept.
        _write(path, pl.concat([known, added]).to_arrow())
    return pa.array(numbers, pa.int64())


def _write(path: Path, table: pa.Table) -> None:
    data = io.BytesIO()
    pq.write_table(table, data)
    write_private(path, data.getvalue())
