"""NSG flow logs of Azure, versions 1 and 2: ``PT1H.json``, one file for each hour, security group and network interface.

Version 1 has no counts. Version 2 counts what went since a flow's tuple before, but not for inbound TCP flows that a rule of the
user's lets in, unless the virtual network keeps state (``FlowTimeoutInMinutes``): there, how much was taken stays unknown.
(https://learn.microsoft.com/azure/network-watcher/nsg-flow-logs-overview)
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

import numpy as np
import polars as pl

from hushdesk.incident._evidence import Account, Piece, Wanted
from hushdesk.incident._parser import Head
from hushdesk.incident.evidence import _flow_azure as azure
from hushdesk.incident.evidence._flow_aws import scaled
from hushdesk.incident.evidence._flow_columns import (
    ACCEPTED,
    BEGIN,
    DENIED,
    UNKNOWN,
    Addresses,
    Columns,
    columns,
)
from hushdesk.incident.evidence._flow_table import EXTRA, IPV4, Numbers, ipv4_numbers
from hushdesk.incident.evidence._source import Source

_SCHEMA: Final[dict[str, Any]] = {
    "time": pl.Int64, "source": pl.String, "target": pl.String, "source_port": pl.UInt16, "target_port": pl.UInt16,
    "protocol": pl.String, "side": pl.String, "decision": pl.String, "state": pl.String,
    "packets_there": pl.Int64, "there": pl.Int64, "packets_back": pl.Int64, "back": pl.Int64,
}  # fmt: skip
_PROTOCOLS: Final = {"T": 6, "U": 17}
_DECISIONS: Final = {"A": ACCEPTED, "D": DENIED}
_LATEST: Final = 253_402_300_799_000


def _good() -> pl.Expr:
    each = pl.col
    return pl.all_horizontal(
        each(EXTRA).is_null(),
        each("time").is_between(0, _LATEST),
        each("source").str.contains(IPV4),
        each("target").str.contains(IPV4),
        each("source_port").is_not_null(),
        each("target_port").is_not_null(),
        each("protocol").is_in(list(_PROTOCOLS)),
        each("side").is_in(list(azure.SIDES)),
        each("decision").is_in(list(_DECISIONS)),
        each("state").is_in(list(azure.STATES)) | (each("state").is_null() & each("there").is_null()),
    )


def _columns(found: pl.DataFrame) -> Columns:
    def coded(name: str, codes: Mapping[str, int], nothing: int) -> Numbers:
        return found[name].replace_strict(codes, default=nothing, return_dtype=pl.Int64).to_numpy()

    def counted(name: str) -> Numbers:
        return found[name].fill_null(UNKNOWN).to_numpy()

    start = _microseconds(found["time"].to_numpy())
    return columns(
        len(found),
        start=start,
        end=start,
        source=ipv4_numbers(found["source"]),
        target=ipv4_numbers(found["target"]),
        source_port=found["source_port"].cast(pl.Int64).to_numpy(),
        target_port=found["target_port"].cast(pl.Int64).to_numpy(),
        protocol=coded("protocol", _PROTOCOLS, 0),
        side=coded("side", azure.SIDES, 0),
        verdict=coded("decision", _DECISIONS, DENIED),
        # Version 1 has one tuple for each flow.
        state=coded("state", azure.STATES, BEGIN),
        **{name: counted(name) for name in ("there", "back", "packets_there", "packets_back")},
    )


def _microseconds(times: Numbers) -> Numbers:
    """Seconds, or milliseconds where they are too large for that."""
    return np.where(times > 253_402_300_799, times * 1000, times * 1_000_000)


def _row(fields: list[str], addresses: Addresses) -> dict[str, int]:
    if len(fields) not in {8, 13}:
        raise azure.TupleError(azure.MANY)
    fields = fields + [""] * (13 - len(fields))
    time = azure.whole_number(fields[0], _LATEST)
    found = azure.ends(fields[1:5], addresses)
    try:
        found |= {
            "start": scaled(time),
            "end": scaled(time),
            "protocol": _PROTOCOLS[fields[5]],
            "side": azure.SIDES[fields[6]],
            "verdict": _DECISIONS[fields[7]],
            "state": azure.STATES[fields[8]] if fields[8] else BEGIN,
        }
    except KeyError:
        raise azure.TupleError("a protocol, direction, decision or state that there is not") from None
    counts = azure.counters(fields[9:])
    if not fields[8] and counts["there"] != UNKNOWN:
        raise azure.TupleError(azure.PART)
    return found | counts


def _lists(record: dict[str, Any]) -> tuple[str, str, int, list[int]] | None:
    properties = record["properties"]
    numbers: list[int] = []
    interfaces: list[str] = []
    for rule in properties["flows"]:
        for each in rule["flows"]:
            if isinstance(each["flowTuples"], int):
                numbers.append(each["flowTuples"])
            interfaces.append(str(each.get("mac", "")))
    version = properties.get("Version", 1)
    # One file is of one interface; where someone joined them, the first of a record stands for it.
    return str(record["resourceId"]), interfaces[0] if interfaces else "", int(version), numbers


DIALECT: Final = azure.Dialect(_SCHEMA, _good, _columns, _row, _lists)


class AzureNsgFlow:
    """Reads NSG flow logs."""

    name = "azure-nsg-flow"
    title = "Azure NSG flow log"
    options: Mapping[str, str] = {}

    def claims(self, head: Head) -> int:
        """By the name of its category, or its lists of tuples."""
        if b"NetworkSecurityGroupFlowEvent" in head.start:
            return 98
        return 90 if b'"flowTuples"' in head.start and b'"properties"' in head.start else 0

    def read(self, source: Source, wanted: Wanted, account: Account) -> Iterator[Piece]:
        """Rows, and coverage of each security group and interface. Records are counted by their tuples, from 1."""
        yield from azure.read(self.name, DIALECT, source, wanted, account)
