"""Small estates of Azure, and questions to them."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from hushdesk.guard._addresses import AddressSet
from hushdesk.guard._dialect import Document, World
from hushdesk.guard._findings import Endpoint, Finding
from hushdesk.guard._policy import Place
from hushdesk.guard.dialects._resource import Resource
from hushdesk.guard.dialects.azure import AzureDialect, lower_azure
from hushdesk.guard.reach import ReachSet, reach

N = "Microsoft.Network/"


class Estate:
    """Resources in short, as the lowering takes them."""

    def __init__(self) -> None:
        self.resources: list[Resource] = []
        self.tags: dict[str, AddressSet] = {}

    def add(self, kind: str, ident: str, /, doubt: str = "", **properties: Any) -> Estate:
        kind = kind if "Microsoft." in kind else N + kind
        name = ident.rsplit("/", 1)[-1]
        self.resources.append(
            Resource(
                type=kind,
                id=ident,
                name=name,
                properties=properties,
                place=Place("t.json", len(self.resources) + 1),
                doubt=doubt,
            )
        )
        return self

    def rule(
        self, priority: Any, source: Any = "*", ports: Any = "9200", access: str = "Allow", **more: Any
    ) -> dict[str, Any]:
        fields: dict[str, Any] = {
            "priority": priority, "direction": "Inbound", "access": access, "protocol": "Tcp", "sourcePortRange": "*",
            "destinationAddressPrefix": "*", "destinationPortRange": ports,
        }  # fmt: skip
        fields["sourceAddressPrefixes" if isinstance(source, list) else "sourceAddressPrefix"] = source
        return {"name": more.pop("name", f"r{priority}"), "properties": {**fields, **more}}

    def nsg(self, ident: str, *rules: dict[str, Any]) -> Estate:
        return self.add("networkSecurityGroups", ident, securityRules=list(rules))

    def network(self, nsg: str | None = None, **subnet: Any) -> Estate:
        """A network ``net`` 10.0.0.0/16 with a subnet ``net/subnets/a`` 10.0.1.0/24."""
        group = {"networkSecurityGroup": {"id": nsg}} if nsg else {}
        inner = {"name": "a", "properties": {"addressPrefix": "10.0.1.0/24", **group, **subnet}}
        return self.add(
            "virtualNetworks", "net", addressSpace={"addressPrefixes": ["10.0.0.0/16"]}, subnets=[inner]
        )

    def public(self, ident: str = "pip", sku: str | None = "Standard", **more: Any) -> Estate:
        return self.add("publicIPAddresses", ident, **({"sku": {"name": sku}} if sku else {}), **more)

    def nic(
        self,
        ident: str = "nic",
        nsg: str | None = None,
        public: str | None = "pip",
        address: str | None = "10.0.1.4",
        **more: Any,
    ) -> Estate:
        config: dict[str, Any] = {"subnet": {"id": "net/subnets/a"}, **more}
        config |= {"publicIPAddress": {"id": public}} if public else {}
        config |= {"privateIPAddress": address} if address else {}
        group = {"networkSecurityGroup": {"id": nsg}} if nsg else {}
        return self.add(
            "networkInterfaces", ident, ipConfigurations=[{"name": "one", "properties": config}], **group
        )

    def findings(self) -> list[Finding]:
        return list(lower_azure(self.resources, World(tags=self.tags)))

    def endpoint(self, name: str = "nic") -> Endpoint:
        found = [one for one in self.findings() if isinstance(one, Endpoint) and one.name == name]
        assert len(found) == 1, [one.name for one in self.findings() if isinstance(one, Endpoint)]
        return found[0]

    def reach(self, port: int = 9200, name: str = "nic", protocol: str = "tcp", way: str = "") -> ReachSet:
        """Who reaches it; if a way is named, over that way only."""
        endpoint = self.endpoint(name)
        if way:
            from dataclasses import replace

            paths = tuple(path for path in endpoint.paths if way in path.name)
            assert paths, [path.name for path in endpoint.paths]
            endpoint = replace(endpoint, paths=paths)
        return reach(endpoint, port, protocol)


@pytest.fixture
def estate() -> Estate:
    return Estate()


@pytest.fixture
def one_nsg() -> Callable[..., ReachSet]:
    """Reach at a port behind one security group on an interface with a public address, over that address."""

    def ask(
        *rules: dict[str, Any], port: int = 9200, tags: dict[str, AddressSet] | None = None, **network: Any
    ) -> ReachSet:
        made = Estate().nsg("nsg", *rules).network(**network).public().nic(nsg="nsg")
        made.tags = tags or {}
        return made.reach(port, way="public address")

    return ask


@pytest.fixture
def read() -> Callable[..., list[Finding]]:
    """Findings of documents given as ``name=content``; names with dots in a dictionary."""

    def run(documents: dict[str, Any], **world: Any) -> list[Finding]:
        dialect = AzureDialect()
        made = [
            Document(name, "json", json.loads(json.dumps(content))) for name, content in documents.items()
        ]
        return list(dialect.read([one for one in made if dialect.claims(one)], World(**world)))

    return run


@pytest.fixture(scope="session")
def guard_data() -> Path:
    """Real networks for development; they are not part of the project."""
    folder = Path(__file__).resolve().parents[4].parent / "shared" / "data" / "guard"
    if not folder.is_dir():
        pytest.skip("the development data is not beside this checkout")
    return folder
