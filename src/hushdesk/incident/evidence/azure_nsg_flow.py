"""NSG flow logs of Azure, versions 1 and 2: ``PT1H.json``, one file for each hour, security group and network interface.

Version 1 has no counts. Version 2 counts what went since a flow's tuple before, but not for inbound TCP flows that a rule of the
user's lets in, unless the virtual network keeps state (``FlowTimeoutInMinutes``): there, how much was taken stays unknown.
(https://learn.microsoft.com/azure/network-watcher/nsg-flow-logs-overview)
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
    BEGIN,
    DENIED,
    UNKNOWN,
    Addresses,
)
from hushdesk.incident.evidence._flow_tuples import Shape
from hushdesk.incident.evidence._source import Source

_FIELDS: Final = (
    "time", "source", "target", "source_port", "target_port", "protocol", "side", "decision", "state", *tuples.COUNTED,
)  # fmt: skip
_PROTOCOLS: Final = {"T": 6, "U": 17}
_DECISIONS: Final = {"A": ACCEPTED, "D": DENIED}
_SHAPE: Final = Shape(
    _FIELDS,
    (13, 8),
    letters={
        "side": ("side", tuples.SIDES),
        "protocol": ("protocol", _PROTOCOLS),
        "verdict": ("decision", _DECISIONS),
        "state": ("state", tuples.STATES),
    },
    # Version 1 has one tuple for each flow.
    blank={"state": BEGIN},
)


def _row(fields: list[str], addresses: Addresses) -> dict[str, int]:
    if len(fields) not in {8, 13}:
        raise tuples.TupleError(tuples.MANY)
    fields = fields + [""] * (13 - len(fields))
    time = tuples.whole_number(fields[0], tuples.LATEST)
    found = tuples.ends(fields[1:5], addresses)
    try:
        found |= {
            "start": scaled(time),
            "end": scaled(time),
            "protocol": _PROTOCOLS[fields[5]],
            "side": tuples.SIDES[fields[6]],
            "verdict": _DECISIONS[fields[7]],
            "state": tuples.STATES[fields[8]] if fields[8] else BEGIN,
        }
    except KeyError:
        raise tuples.TupleError("a protocol, direction, decision or state that there is not") from None
    counts = tuples.counters(fields[9:])
    if not fields[8] and counts["there"] != UNKNOWN:
        raise tuples.TupleError(tuples.PART)
    return found | counts


def _lists(record: dict[str, Any]) -> tuple[str, str, int, list[int]] | None:
    properties = record["properties"]
    groups = [each for rule in properties["flows"] for each in rule["flows"]]
    numbers = [each["flowTuples"] for each in groups]
    if any(not isinstance(each, int) for each in numbers):
        numbers = [each for each in numbers if isinstance(each, int)]
    # One file is of one interface; where someone joined them, the first of a record stands for it.
    interface = str(groups[0].get("mac", "")) if groups else ""
    return str(record["resourceId"]), interface, int(properties.get("Version", 1)), numbers


DIALECT: Final = azure.Dialect(_SHAPE, _row, _lists)


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
        yield from self.read_series([source], wanted, [account], Memory())

    def read_series(
        self, sources: Iterable[Source], wanted: Wanted, accounts: Sequence[Account], memory: Memory
    ) -> Iterator[Piece]:
        """All files as one: a flow may begin in one hour's file and be counted in the next."""
        yield from azure.read(self.name, DIALECT, sources, wanted, accounts, memory)
