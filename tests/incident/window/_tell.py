"""Changes as the three logs tell them, in few words."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from hushdesk.incident import EVER, SECOND, Change, Outcome, Window

SUBSCRIPTION = "/subscriptions/00000000-0000-0000-0000-000000000001/resourceGroups/data/providers"
NSG = f"{SUBSCRIPTION}/Microsoft.Network/networkSecurityGroups/db"
NSG_WRITE = "Microsoft.Network/networkSecurityGroups/write"
RULE_WRITE = "Microsoft.Network/networkSecurityGroups/securityRules/write"
RULE_DELETE = "Microsoft.Network/networkSecurityGroups/securityRules/delete"


def aws(
    at: float,
    operation: str,
    request: Any,
    response: Any = None,
    *,
    service: str = "ec2",
    resource: str = "",
    **more: Any,
) -> Change:
    content = {
        "service": service,
        "region": "eu-west-1",
        "account": "111122223333",
        "request": request,
        "response": response or {"_return": True},
    }
    named = resource or str((request or {}).get("groupId", ""))
    kept = {"outcome": Outcome.SUCCEEDED, "correlation": f"{operation}-{at}", **more}
    return Change(
        at=round(at * SECOND), platform="aws", operation=operation, resource=named, content=content, **kept
    )


def permission(port: int | tuple[int, int], *sources: str, protocol: str = "tcp") -> dict[str, Any]:
    low, high = port if isinstance(port, tuple) else (port, port)
    item: dict[str, Any] = {
        "ipProtocol": protocol,
        "fromPort": low,
        "toPort": high,
        "groups": {},
        "ipRanges": {},
        "ipv6Ranges": {},
        "prefixListIds": {},
    }
    for source in sources:
        key, inner = (
            ("groups", "groupId") if source.startswith("sg-")
            else ("prefixListIds", "prefixListId") if source.startswith("pl-")
            else ("ipv6Ranges", "cidrIpv6") if ":" in source
            else ("ipRanges", "cidrIp")
        )  # fmt: skip
        item.setdefault(key, {})
        item[key] = {"items": [*item[key].get("items", []), {inner: source}]}
    return item


def authorize(at: float, group: str, port: Any, *sources: str, **more: Any) -> Change:
    return aws(
        at,
        "AuthorizeSecurityGroupIngress",
        {"groupId": group, "ipPermissions": {"items": [permission(port, *sources)]}},
        **more,
    )


def revoke(at: float, group: str, port: Any, *sources: str, **more: Any) -> Change:
    return aws(
        at,
        "RevokeSecurityGroupIngress",
        {"groupId": group, "ipPermissions": {"items": [permission(port, *sources)]}},
        **more,
    )


def create(at: float, group: str, vpc: str = "vpc-1") -> Change:
    return aws(
        at,
        "CreateSecurityGroup",
        {"groupName": f"name of {group}", "vpcId": vpc},
        {"groupId": group},
        resource=group,
    )


def delete(at: float, group: str) -> Change:
    return aws(at, "DeleteSecurityGroup", {"groupId": group})


def azure(
    at: float, operation: str, resource: str, request: Any = None, response: Any = None, **more: Any
) -> Change:
    kept = {"outcome": Outcome.SUCCEEDED, "correlation": f"{resource}-{at}", **more}
    content = {"request": request, "response": response, "subscription": "s"}
    return Change(
        at=round(at * SECOND),
        platform="azure",
        operation=operation,
        resource=resource,
        content=content,
        **kept,
    )


def nsg_rule(
    name: str, priority: int, source: str, port: str, access: str = "Allow", direction: str = "Inbound"
) -> dict[str, Any]:
    return {
        "name": name,
        "properties": {
            "priority": priority, "direction": direction, "access": access, "protocol": "Tcp", "sourceAddressPrefix": source,
            "sourcePortRange": "*", "destinationAddressPrefix": "*", "destinationPortRange": port,
        },
    }  # fmt: skip


def write_rule(at: float, rule: dict[str, Any], nsg: str = NSG, **more: Any) -> Change:
    return azure(
        at, RULE_WRITE, f"{nsg}/securityRules/{rule['name']}", {"properties": rule["properties"]}, **more
    )


def write_nsg(at: float, *rules: dict[str, Any], nsg: str = NSG, **more: Any) -> Change:
    return azure(
        at, NSG_WRITE, nsg, {"location": "westeurope", "properties": {"securityRules": list(rules)}}, **more
    )


def gcp(at: float, method: str, name: str, request: Any = None, **more: Any) -> Change:
    kept = {
        "outcome": Outcome.SUCCEEDED,
        "correlation": f"{name}-{at}",
        "resource": f"projects/desk/global/firewalls/{name}",
        **more,
    }
    extra = kept.pop("extra", {})
    content = {"request": request or {}, "response": {}, "project": "desk", **extra}
    return Change(at=round(at * SECOND), platform="gcp", operation=method, content=content, **kept)


def firewall(name: str, port: str, *sources: str, action: str = "alloweds", **more: Any) -> dict[str, Any]:
    network = "https://www.googleapis.com/compute/v1/projects/desk/global/networks/default"
    return {
        "@type": "type.googleapis.com/compute.firewalls.insert",
        "name": name,
        "network": network,
        action: [{"IPProtocol": "tcp", "ports": [port]}],
        "sourceRanges": list(sources),
        **more,
    }


def spans(
    windows: Iterable[Window], *, port: int | None = None, resource: str = ""
) -> list[tuple[float, float]]:
    """Start and end in seconds; the infinite ones as such."""
    ends = {EVER: float("inf"), -EVER: float("-inf")}
    return [
        (
            ends.get(window.span.start, window.span.start / SECOND),
            ends.get(window.span.end, window.span.end / SECOND),
        )
        for window in windows
        if (port is None or window.port == port) and (not resource or window.resource == resource)
    ]
