"""The plan as files that a real estate would have left: rules, an activity log, hourly flow logs, a proxy's access log."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from ipaddress import IPv4Address
from pathlib import Path
from random import Random
from typing import Any, Final

from hushdesk.incident._spans import HOUR, MINUTE, SECOND, Span, Spans, iso, moment, when
from hushdesk.incident.drill._plan import (
    CORPORATE,
    LOGS_FROM,
    LOGS_TO,
    PORT,
    PUBLIC_ADDRESS,
    STORE_ADDRESS,
    Connection,
    Edit,
    Plan,
)

_SUBSCRIPTION: Final = "/subscriptions/0b1f6471-1bf0-4dda-aec3-111122223333"
_NETWORK: Final = f"{_SUBSCRIPTION}/resourceGroups/support/providers/Microsoft.Network"
NSG: Final = f"{_NETWORK}/networkSecurityGroups/cases-nsg"
_MAC: Final = "000D3AF8A1B2"
NOISE: Final = 12
"""Knocks at other ports in each hour, all turned away."""
_FIVE: Final = 5 * MINUTE


@dataclass(frozen=True, slots=True)
class Files:
    """Where everything lies."""

    estate: Path
    """State of the rules before the first change."""
    intent: Path
    activity: Path
    flows: Path
    proxy: Path
    scanners: Path

    def evidence(self) -> list[Path]:
        """What a responder collects."""
        return [self.activity, self.flows, self.proxy]


def write(folder: Path, plan: Plan) -> Files:
    """Write all files of a plan below ``folder``."""
    folder.mkdir(parents=True, exist_ok=True)
    files = Files(
        folder / "estate",
        folder / "intent.toml",
        folder / "activity-log.jsonl",
        folder / "flow-logs",
        folder / "access.log",
        folder / "scanners.txt",
    )
    files.estate.mkdir(exist_ok=True)
    (files.estate / "network.json").write_text(json.dumps(_estate(), indent=1), "utf-8")
    files.intent.write_text(_INTENT, "utf-8")
    with files.activity.open("w", encoding="utf-8") as out:
        for event in _activity(plan.edits):
            out.write(json.dumps(event) + "\n")
    _flow_logs(files.flows, plan)
    with files.proxy.open("w", encoding="utf-8") as out:
        out.writelines(line + "\n" for line in _access_log(plan))
    files.scanners.write_text(
        f"# kind: scanner\n# name: a survey of the internet\n# date: 2019-12-01\n{plan.scanners}\n", "utf-8"
    )
    return files


_INTENT: Final = f"""\
[[store]]
name = "support-cases"
engine = "elasticsearch"
resources = ["cases-nic", "cases-nsg"]
addresses = ["{STORE_ADDRESS}", "{PUBLIC_ADDRESS}"]
ports = [{PORT}]

[[store.approved]]
sources = ["private", "{CORPORATE}", "168.63.129.16/32"]
why = "offices, and the platform's own probe"
"""


def _rule(name: str, priority: int, source: str, access: str, port: str = str(PORT)) -> dict[str, Any]:
    return {
        "name": name,
        "id": f"{NSG}/securityRules/{name}",
        "properties": {
            "priority": priority,
            "direction": "Inbound",
            "access": access,
            "protocol": "Tcp",
            "sourceAddressPrefix": source,
            "sourcePortRange": "*",
            "destinationAddressPrefix": "*",
            "destinationPortRange": port,
        },
    }


_BASE: Final = (
    ("AllowCorporate", 200, CORPORATE, "Allow", str(PORT)),
    ("DenyInternet", 300, "Internet", "Deny", "*"),
)


def _group(*more: dict[str, Any]) -> dict[str, Any]:
    rules = [*(_rule(*base) for base in _BASE), *more]
    return {
        "id": NSG,
        "name": "cases-nsg",
        "type": "Microsoft.Network/networkSecurityGroups",
        "location": "westeurope",
        "properties": {"securityRules": rules},
    }


def _estate() -> dict[str, Any]:
    subnet = {
        "id": f"{_NETWORK}/virtualNetworks/cases-net/subnets/data",
        "name": "data",
        "properties": {"addressPrefix": "10.40.1.0/24"},
    }
    address = {"id": f"{_NETWORK}/publicIPAddresses/cases-ip"}
    config = {
        "name": "first",
        "properties": {
            "privateIPAddress": STORE_ADDRESS,
            "subnet": {"id": subnet["id"]},
            "publicIPAddress": address,
        },
    }
    return {
        "value": [
            {
                "id": f"{_NETWORK}/virtualNetworks/cases-net",
                "name": "cases-net",
                "type": "Microsoft.Network/virtualNetworks",
                "properties": {"addressSpace": {"addressPrefixes": ["10.40.0.0/16"]}, "subnets": [subnet]},
            },
            {
                **address,
                "name": "cases-ip",
                "type": "Microsoft.Network/publicIPAddresses",
                "sku": {"name": "Standard"},
                "properties": {"ipAddress": PUBLIC_ADDRESS},
            },
            {
                "id": f"{_NETWORK}/networkInterfaces/cases-nic",
                "name": "cases-nic",
                "type": "Microsoft.Network/networkInterfaces",
                "properties": {"ipConfigurations": [config], "networkSecurityGroup": {"id": NSG}},
            },
            _group(),
        ]
    }


# -- activity log -----------------------------------------------------------------------------------


def _activity(edits: Iterable[Edit]) -> Iterator[dict[str, Any]]:
    """Each change as the platform logs it: a beginning and an end, tied together, the bodies as JSON in a text."""
    for number, edit in enumerate(sorted(edits, key=lambda edit: edit.at)):
        resource, operation, body = _edit(edit)
        shared = {
            "resourceId": resource.upper(),
            "operationName": operation.upper(),
            "category": "Administrative",
            "callerIpAddress": "20.99.64.23",
            "correlationId": f"7d0e4c2a-0000-4000-8000-{number:012d}",
            "identity": {"claims": {"appid": "deployment"}},
            "level": "Information",
            "location": "global",
        }
        asked = {"requestbody": json.dumps(body)} if body else {}
        yield {
            "time": iso(edit.at - 2 * SECOND),
            **shared,
            "resultType": "Start",
            "resultSignature": "Started.",
            "properties": asked,
        }
        if edit.succeeded:
            answered = (
                {"responseBody": json.dumps({**body, "id": resource}), "statusCode": "OK"}
                if body
                else {"statusCode": "OK"}
            )
            yield {
                "time": iso(edit.at),
                **shared,
                "resultType": "Success",
                "resultSignature": "Succeeded.OK",
                "properties": answered,
            }
        else:
            yield {
                "time": iso(edit.at),
                **shared,
                "resultType": "Failure",
                "resultSignature": "Failed.Conflict",
                "properties": {"statusCode": "Conflict"},
            }


def _edit(edit: Edit) -> tuple[str, str, dict[str, Any]]:
    if edit.what == "group":
        return (
            NSG,
            "Microsoft.Network/networkSecurityGroups/write",
            _group(_rule("AllowOffice", 120, CORPORATE, "Allow")),
        )
    resource = f"{NSG}/securityRules/{edit.name}"
    if edit.what == "delete":
        return resource, "Microsoft.Network/networkSecurityGroups/securityRules/delete", {}
    return (
        resource,
        "Microsoft.Network/networkSecurityGroups/securityRules/write",
        _rule(edit.name, edit.priority, edit.source, edit.access),
    )


# -- flow logs --------------------------------------------------------------------------------------


def _flow_logs(folder: Path, plan: Plan) -> None:
    """An hourly file each, as the platform names and shapes them; the lost hours have none."""
    tuples: dict[int, list[tuple[int, str, str]]] = defaultdict(list)
    for connection in plan.connections:
        for at, rule, text in _tuples(connection, plan.counted_from):
            tuples[at // HOUR * HOUR].append((at, rule, text))
    noise = Random(plan.seed + 1)
    for hour in range(moment(LOGS_FROM), moment(LOGS_TO), HOUR):
        # Drawn also for lost hours, so that which hours are lost changes nothing else.
        drawn = list(_noise(noise, hour))
        if (
            Spans([Span(hour, hour + HOUR)]) & plan.blind
            and not Spans([Span(hour, hour + HOUR)]) - plan.blind
        ):
            continue
        _hour(folder, hour, [one for one in [*tuples[hour], *drawn] if one[0] not in plan.blind])


def _noise(rng: Random, hour: int) -> Iterator[tuple[int, str, str]]:
    for minute in sorted(rng.sample(range(60), NOISE)):
        at = hour + minute * MINUTE + rng.randrange(50) * SECOND
        source = IPv4Address((rng.choice((11, 21, 26, 30)) << 24) + rng.randrange(1 << 16, 1 << 24))
        port = rng.choice((22, 23, 445, 3389, 5060, 8080))
        yield (
            at,
            "UserRule_DenyInternet",
            f"{at // SECOND},{source},{STORE_ADDRESS},{rng.randrange(1025, 65535)},{port},T,I,D,B,,,,",
        )
    # Something that the store itself asks for each five minutes: an idle machine is seen to be idle.
    for minute in range(0, 60, 5):
        at = hour + minute * MINUTE + 7 * SECOND
        yield (
            at,
            "DefaultRule_AllowVnetOutBound",
            f"{at // SECOND},{STORE_ADDRESS},10.40.1.250,{40000 + minute},123,U,O,A,E,1,90,1,90",
        )


def _tuples(connection: Connection, counted_from: int) -> Iterator[tuple[int, str, str]]:
    """Beginning, each five minutes, and end, with what went since the one before; without counters where nothing counts."""
    ends = f"{connection.address},{STORE_ADDRESS},{connection.source_port},{PORT},T,I"
    at = connection.start
    if not connection.accepted:
        yield at, "UserRule_DenyInternet", f"{at // SECOND},{ends},D,B,,,,"
        return
    rule = "UserRule_AllowCorporate" if connection.address.startswith("20.99.") else "UserRule_AllowElastic"
    yield at, rule, f"{at // SECOND},{ends},A,B,,,,"
    marks = [*range(at + _FIVE, connection.end, _FIVE), connection.end]
    counted = at >= counted_from
    left_sent, left_received = connection.sent, connection.received
    for number, mark in enumerate(marks):
        state = "E" if mark == connection.end else "C"
        parts = len(marks) - number
        sent, received = left_sent // parts, left_received // parts
        left_sent, left_received = left_sent - sent, left_received - received
        counters = f"{received // 700 + 1},{received},{sent // 1400 + 1},{sent}" if counted else ",,,"
        yield mark, rule, f"{mark // SECOND},{ends},A,{state},{counters}"


def _hour(folder: Path, hour: int, tuples: list[tuple[int, str, str]]) -> None:
    time = when(hour)
    place = (
        folder
        / "resourceId="
        / NSG.strip("/").upper()
        / f"y={time.year}"
        / f"m={time.month:02}"
        / f"d={time.day:02}"
        / f"h={time.hour:02}"
        / "m=00"
        / f"macAddress={_MAC}"
    )
    place.mkdir(parents=True, exist_ok=True)
    minutes: dict[int, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    for at, rule, text in sorted(tuples):
        minutes[at // MINUTE * MINUTE][rule].append(text)
    records = [
        {
            "time": iso(minute + MINUTE),
            "systemId": "66aa66aa-bb77-4c88-8d99-00ee00ee00ee",
            "macAddress": _MAC,
            "category": "NetworkSecurityGroupFlowEvent",
            "resourceId": NSG.upper(),
            "operationName": "NetworkSecurityGroupFlowEvents",
            "properties": {
                "Version": 2,
                "flows": [
                    {"rule": rule, "flows": [{"mac": _MAC, "flowTuples": texts}]}
                    for rule, texts in rules.items()
                ],
            },
        }
        for minute, rules in sorted(minutes.items())
    ]
    (place / "PT1H.json").write_text(json.dumps({"records": records}), "utf-8")


# -- access log -------------------------------------------------------------------------------------


def _access_log(plan: Plan) -> Iterator[str]:
    """nginx, combined: a health check each two minutes, and what visitors asked while the proxy stood there."""
    lines: list[tuple[int, str]] = []
    checks = range(plan.proxied.start, plan.proxied.end + 1, 2 * MINUTE)
    lines += [(at, _line("10.40.1.250", at, "/_cluster/health", 312, "probe/1.0")) for at in checks]
    for connection in plan.connections:
        if not connection.accepted or not plan.proxied.start <= connection.start < plan.proxied.end:
            continue
        path, requests, _ = connection.asked or ("/", 1, 0)
        for number in range(requests):
            at = (
                connection.start + (connection.end - connection.start) * number // requests // SECOND * SECOND
            )
            asked = path if number == 0 or "scroll" not in path else "/_search/scroll"
            lines.append(
                (
                    at,
                    _line(
                        connection.address, at, asked, connection.sent // requests, "python-requests/2.22.0"
                    ),
                )
            )
    yield from (line for _, line in sorted(lines))


def _line(address: str, at: int, path: str, size: int, agent: str) -> str:
    return (
        f'{address} - - [{when(at):%d/%b/%Y:%H:%M:%S} +0000] "GET {path} HTTP/1.1" 200 {size} "-" "{agent}"'
    )
