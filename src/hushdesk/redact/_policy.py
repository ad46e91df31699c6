"""What is done with each kind, and which doubtful values are kept."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Protocol

from hushdesk.redact._types import Finding, Kind

_PRIVATE = tuple(
    ipaddress.ip_network(n)
    for n in (
        "10.0.0.0/8",
        "172.16.0.0/12",
        "192.168.0.0/16",
        "127.0.0.0/8",
        "169.254.0.0/16",
        "fc00::/7",
        "fe80::/10",
        "::1",
    )
)
"""Narrower than ``is_private``, which also counts addresses that documentation and tests use."""


class Action(StrEnum):
    """What is done with a finding."""

    PSEUDONYMISE = "pseudonymise"
    REMOVE = "remove"
    KEEP = "keep"


def _actions() -> dict[Kind, Action]:
    return {kind: Action.REMOVE if kind is Kind.SECRET else Action.PSEUDONYMISE for kind in Kind}


@dataclass(frozen=True, slots=True)
class Policy:
    """The choices of a desk. The defaults mask everything but numbers of orders, tickets and cases."""

    actions: Mapping[Kind, Action] = field(default_factory=_actions)
    order_numbers: bool = False
    """Also mask order, ticket and case numbers; those of customers, contracts and accounts always are."""
    private_addresses: bool = True
    """Also mask IP addresses of private ranges, loopback and link-local ones included."""
    device_numbers: bool = True
    """Also mask IMEI and serial numbers of devices, where a word says that they are such."""

    def action(self, kind: Kind) -> Action:
        """Return what is done with ``kind``; an unlisted kind is pseudonymised, a secret never kept."""
        chosen = self.actions.get(kind, Action.PSEUDONYMISE)
        return Action.REMOVE if kind is Kind.SECRET else chosen

    def masks(self, finding: Finding) -> bool:
        """Tell whether ``finding`` is to be taken out of the text at all."""
        if self.action(finding.kind) is Action.KEEP:
            return False
        if finding.detector == "order-number":
            return self.order_numbers
        if finding.kind is Kind.DEVICE and not self.device_numbers:
            return False
        if finding.kind is Kind.IP and not self.private_addresses:
            try:
                address = ipaddress.ip_address(finding.canonical)
            except ValueError:
                return True
            return not any(address in network for network in _PRIVATE)
        return True


DEFAULT = Policy()


class Judge(Protocol):
    """What people have decided about single values; it is asked where detectors have only guessed."""

    def personal(self, text: str) -> Iterable[Finding]:
        """Yield the places of values that somebody has confirmed to be personal."""

    def harmless(self, finding: Finding, value: str) -> bool:
        """Tell whether ``value``, which a detector took for personal, has been found to be harmless."""
