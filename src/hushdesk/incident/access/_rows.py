"""Rows of evidence that fall into exposures: by time, port and source, in bulk."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable, Sequence
from datetime import datetime

import numpy as np
import polars as pl
from numpy.typing import NDArray

from hushdesk.guard import EVERYWHERE, AddressSet, Intervals
from hushdesk.incident._answer import Exposure, Opening
from hushdesk.incident._spans import Span, when


def members(addresses: pl.Series, wanted: AddressSet) -> pl.Series:
    """Which addresses are in the set. What is no address is in none."""
    v4: list[int] = []
    at4: list[int] = []
    found = np.zeros(len(addresses), dtype=bool)
    for number, text in enumerate(addresses.to_list()):
        try:
            address = ipaddress.ip_address(text)
        except ValueError:
            continue
        if address.version == 4:
            v4.append(int(address))
            at4.append(number)
        else:
            found[number] = int(address) in wanted.v6
    if v4:
        found[np.array(at4)] = _in(np.array(v4, dtype=np.uint64), wanted.v4)
    return pl.Series(found)


def plain(text: str) -> str:
    """An address as rows write it: IPv6 compressed, IPv4 in IPv6 as IPv4, without a zone; what is none stays as it is."""
    try:
        address = ipaddress.ip_address(text)
    except ValueError:
        return text
    if isinstance(address, ipaddress.IPv4Address):
        return str(address)
    return str(address.ipv4_mapped or ipaddress.IPv6Address(int(address)))


def with_plain(frame: pl.DataFrame) -> pl.DataFrame:
    """Rows with their outside addresses in one form, whoever wrote them: two forms of one address are one visitor."""
    odd = frame.filter(pl.col("outside").str.contains(":", literal=True))["outside"].unique().to_list()
    forms = {text: form for text in odd if (form := plain(text)) != text}
    return frame.with_columns(pl.col("outside").replace(forms)) if forms else frame


def _in(numbers: NDArray[np.uint64], wanted: Intervals) -> NDArray[np.bool_]:
    if not wanted:
        return np.zeros(len(numbers), dtype=bool)
    lows = np.array([low for low, _ in wanted], dtype=np.uint64)
    highs = np.array([high for _, high in wanted], dtype=np.uint64)
    at = np.searchsorted(lows, numbers, side="right").astype(np.int64) - 1
    return (at >= 0) & (numbers <= highs[np.maximum(at, 0)])


def within(frame: pl.DataFrame, exposures: Sequence[Exposure], *, with_port: bool) -> pl.DataFrame:
    """The rows that overlap an exposure and come from where it let somebody in.

    Args:
        frame: Has ``start``, ``end``, ``outside`` and, with ports, ``port`` and ``protocol``.
        exposures: Network exposures; others are passed over.
        with_port: Whether rows tell the port.

    Returns:
        The rows, each once, with ``partly``: it may have happened outside of every exposure, since it only touches some.
    """
    frame = frame.with_row_index("_row")
    addresses = frame.select(pl.col("outside").unique())
    kept = [frame.clear().with_columns(partly=pl.lit(False))]
    sets: dict[AddressSet, pl.DataFrame] = {}
    for exposure in exposures:
        window = exposure.window
        if window.opening is not Opening.NETWORK or not exposure.exposed:
            continue
        # Nobody knows who could get in: then everybody could.
        sources = EVERYWHERE if window.sources is None else window.sources
        if sources not in sets:
            sets[sources] = addresses.filter(members(addresses["outside"], sources))
        mine = frame
        if with_port:
            # A rule that opens many ports opens those on which something else listens, too.
            low, high = window.ports or (window.port, window.port)
            # A log without ports or protocols may mean these.
            port = pl.col("port").is_between(low, high) | (pl.col("port") == 0)
            mine = frame.filter(port & pl.col("protocol").is_in([window.protocol, ""]))
        mine = mine.join(sets[sources], on="outside", how="semi")
        for span in exposure.exposed:
            start, end = _times(span)
            overlaps = (pl.col("start") < end) & (pl.col("end") >= start)
            whole = (pl.col("start") >= start) & (pl.col("end") <= end)
            kept.append(mine.filter(overlaps).with_columns(partly=~whole))
    rows = pl.concat(kept)
    # A row that lies wholly in one exposure does, whatever it only touches besides.
    return (
        rows.group_by("_row", maintain_order=True)
        .agg(pl.all().exclude("partly").first(), pl.col("partly").min())
        .drop("_row")
    )


def _times(span: Span) -> tuple[datetime, datetime]:
    return when(span.start), when(span.end)


def contained(spans: Iterable[Span], first: datetime, last: datetime) -> bool:
    """Whether a time from first to last lies within one of the spans."""
    return any(when(span.start) <= first and last <= when(span.end) for span in spans)
