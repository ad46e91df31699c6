"""Prowler's own checks over security groups. Run by the benchmark with Prowler's Python.

Reads ``{"rows": [{"name", "platform", "cases": {case: groups}, …}]}``. The Azure check is executed as it is, with its client
replaced by one that holds the groups; for AWS its function for one rule is called as its checks call it.
"""

from __future__ import annotations

import importlib
import json
import sys
import time
import types
from importlib.metadata import version
from typing import Any

AZURE = "prowler.providers.azure.services.network"


def azure(row: dict[str, Any], groups: list[dict[str, Any]]) -> bool:
    """The check for SSH; there is none for a database's port."""
    client = types.ModuleType(f"{AZURE}.network_client")
    client.network_client = types.SimpleNamespace(security_groups={"s": []}, subscriptions={})  # type: ignore[attr-defined]
    sys.modules[client.__name__] = client
    check = importlib.import_module(f"{AZURE}.{row['check']}.{row['check']}")
    rule = importlib.import_module(f"{AZURE}.network_service").SecurityRule
    group = importlib.import_module(f"{AZURE}.network_service").SecurityGroup
    check.network_client.security_groups["s"] = [
        group(
            id=one["id"],
            name=one["name"],
            location="westeurope",
            # As its service takes them from the API's answer.
            security_rules=[
                rule(
                    id=each["id"],
                    name=each["name"],
                    destination_port_range=each["properties"].get("destinationPortRange"),
                    protocol=each["properties"].get("protocol"),
                    source_address_prefix=each["properties"].get("sourceAddressPrefix"),
                    access=each["properties"].get("access"),
                    direction=each["properties"].get("direction"),
                )
                for each in one["properties"]["securityRules"]
            ],
        )
        for one in groups
    ]
    return any(found.status == "FAIL" for found in getattr(check, row["check"])().execute())


def aws(row: dict[str, Any], groups: list[dict[str, Any]]) -> bool:
    """The function behind its checks of ports."""
    from prowler.providers.aws.services.ec2.lib.security_groups import check_security_group

    return any(
        check_security_group(rule, "tcp", row["ports"], any_address=row["any_address"])
        for group in groups
        for rule in group["IpPermissions"]
    )


def main() -> None:
    """All rows."""
    rows, seconds = {}, 0.0
    for row in json.load(sys.stdin)["rows"]:
        judge = {"azure": azure, "aws": aws}[row["platform"]]
        found, read = [], []
        for case, groups in row["cases"].items():
            begun = time.process_time()
            try:
                if judge(row, groups):
                    found.append(case)
                read.append(case)
            except Exception as error:  # noqa: BLE001 - what it cannot read it does not judge
                print(f"{case}: {type(error).__name__}: {error}", file=sys.stderr)
            seconds += time.process_time() - begun
        rows[row["name"]] = {"alarms": found, "asked": read}
    print(json.dumps({"title": f"prowler {version('prowler')}", "rows": rows, "seconds": seconds}))


if __name__ == "__main__":
    main()
