"""Virtual network flow logs of Azure (version 4), which follow NSG flow logs.

They count bytes for each flow, stateless rules included. A filter on the log, if one is set, hides traffic without a trace in it.
(https://learn.microsoft.com/azure/network-watcher/vnet-flow-logs-overview)
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Final

from hushdesk.incident._evidence import Account, Piece, Wanted
from hushdesk.incident._parser import Head, Memory
from hushdesk.incident.evidence import _flow_azure as azure
from hushdesk.incident.evidence import _flow_azure_fields as tuples
from hushdesk.incident.evidence._flow_aws import scaled
from hushdesk.incident.evidence._flow_columns import (
    ACCEPTED,
    DENIED,
    NO_STATE,
    Addresses,
)
from hushdesk.incident.evidence._flow_tuples import Shape
from hushdesk.incident.evidence._source import Source

_FIELDS: Final = (
    "time", "source", "target", "source_port", "target_port", "protocol", "side", "state", "encryption", *tuples.COUNTED,
)  # fmt: skip
_STATES: Final = {**tuples.STATES, "D": NO_STATE}
_SHAPE: Final = Shape(
    _FIELDS,
    (13,),
    letters={
        "side": ("side", tuples.SIDES),
        "verdict": ("state", dict.fromkeys(tuples.STATES, ACCEPTED) | {"D": DENIED}),
        "state": ("state", _STATES),
    },
    numbers={"protocol": 255},
)


def _row(fields: list[str], addresses: Addresses) -> dict[str, int]:
    if len(fields) != 13:
        raise tuples.TupleError(tuples.MANY)
    time = scaled(tuples.whole_number(fields[0], tuples.LATEST))
    found = tuples.ends(fields[1:5], addresses)
    found |= {"start": time, "end": time, "protocol": tuples.whole_number(fields[5], 255)}
    try:
        found |= {"side": tuples.SIDES[fields[6]], "state": _STATES[fields[7]]}
    except KeyError:
        raise tuples.TupleError("a direction or state that there is not") from None
    found["verdict"] = DENIED if fields[7] == "D" else ACCEPTED
    return found | tuples.counters(fields[9:])


def _lists(record: dict[str, Any]) -> tuple[str, str, int, list[int]] | None:
    numbers = [
        group["flowTuples"]
        for flow in record["flowRecords"]["flows"]
        for group in flow["flowGroups"]
        if isinstance(group["flowTuples"], int)
    ]
    resource = record.get("targetResourceID") or record["flowLogResourceID"]
    return str(resource), str(record.get("macAddress", "")), int(record.get("flowLogVersion", 4)), numbers


DIALECT: Final = azure.Dialect(_SHAPE, _row, _lists)


class AzureVnetFlow:
    """Reads virtual network flow logs."""

    name = "azure-vnet-flow"
    title = "Azure VNet flow log"
    options: Mapping[str, str] = {}

    def claims(self, head: Head) -> int:
        """By the name of its category, or its groups of flows."""
        if b'"FlowLogFlowEvent"' in head.start:
            return 98
        return 92 if b'"flowGroups"' in head.start or b'"flowRecords"' in head.start else 0

    def read(self, source: Source, wanted: Wanted, account: Account) -> Iterator[Piece]:
        """Rows, and coverage of each virtual network and interface. Records are counted by their tuples, from 1."""
        yield from self.read_series([source], wanted, [account], Memory())

    def read_series(
        self, sources: Iterable[Source], wanted: Wanted, accounts: Sequence[Account], memory: Memory
    ) -> Iterator[Piece]:
        """All files as one: a flow may begin in one hour's file and be counted in the next."""
        yield from azure.read(self.name, DIALECT, sources, wanted, accounts, memory)
