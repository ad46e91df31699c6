"""Rows of evidence gathered in bounded memory: added up by the hour whenever they become many."""

from __future__ import annotations

import polars as pl
import pyarrow as pa

from hushdesk.incident._evidence import FLOWS, REQUESTS

MOST_ROWS = 2_000_000
"""So many rows are held before they are added up."""

_KEYS = ["outside", "inside", "port", "protocol", "verdict", "seen_by", "sampled", "hour"]


def _or_null(column: str) -> pl.Expr:
    """The sum; null as soon as one of the numbers is."""
    return pl.when(pl.col(column).is_null().any()).then(None).otherwise(pl.col(column).sum()).alias(column)


def by_hour(flows: pl.DataFrame) -> pl.DataFrame:
    """Flows of the same ends, port, verdict and observer within one hour as one row."""
    return (
        flows.with_columns(hour=pl.col("start").dt.truncate("1h"))
        .group_by(_KEYS)
        .agg(
            pl.col("start").min(),
            pl.col("end").max(),
            pl.col("sent_lower", "received_lower", "records").sum(),
            _or_null("sent_upper"),
            _or_null("received_upper"),
            _or_null("sent_packets"),
            _or_null("connections"),
            pl.col("why").filter(pl.col("why") != "").unique().sort().str.join("; "),
            pl.col("line").min(),
        )
        .select(FLOWS.names)
        .sort("start", "outside", "port")
    )


class Rows:
    """Batches of one file, flows and requests apart."""

    def __init__(self) -> None:
        self._flows: list[pa.RecordBatch] = []
        self._held = 0
        self._summed: list[pl.DataFrame] = []
        self._requests: list[pa.RecordBatch] = []

    def add(self, batch: pa.RecordBatch) -> None:
        """Take a batch of either schema.

        Raises:
            ValueError: It has neither.
        """
        if batch.schema.equals(FLOWS):
            self._flows.append(batch)
            self._held += batch.num_rows
            if self._held > MOST_ROWS:
                self._sum()
        elif batch.schema.equals(REQUESTS):
            self._requests.append(batch)
        else:
            raise ValueError("a batch of a parser has neither of the two schemas")

    def _sum(self) -> None:
        table = pa.Table.from_batches(self._flows, FLOWS)
        frame = pl.from_arrow(table)
        assert isinstance(frame, pl.DataFrame)  # noqa: S101 - a table gives a frame
        self._summed = [by_hour(pl.concat([*self._summed, frame]))]
        self._flows, self._held = [], 0

    def flows(self) -> pl.DataFrame:
        """All flows by the hour."""
        self._sum()
        return self._summed[0]

    def requests(self) -> pl.DataFrame:
        """All requests."""
        frame = pl.from_arrow(pa.Table.from_batches(self._requests, REQUESTS))
        assert isinstance(frame, pl.DataFrame)  # noqa: S101
        return frame
