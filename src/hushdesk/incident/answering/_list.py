"""The list of those who get a letter. It holds no identity."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

LIST: Final = "letters.parquet"
"""Who gets a letter: rows of PERSONS in the order of sending; the number of the letter is the row's, from 1."""


def freeze(folder: Path, persons: pa.Table) -> int:
    """Keep the list of those who get a letter: persons of the vault. Returns how many there are.

    Agents are our own people and are told otherwise; pseudonyms that the vault does not know lead to nobody.
    """
    wanted = pc.and_(pc.is_valid(persons.column("person")), pc.not_equal(persons.column("role"), "agent"))
    chosen = persons.filter(wanted)
    draft = folder / f"{LIST}.new"
    pq.write_table(chosen, draft)
    draft.replace(folder / LIST)
    return int(chosen.num_rows)
