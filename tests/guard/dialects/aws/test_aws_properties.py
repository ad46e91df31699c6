"""Random networks against a packet that walks through them, one field after the other."""

from __future__ import annotations

import ipaddress
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from hushdesk.guard._dialect import World
from hushdesk.guard._findings import Endpoint
from hushdesk.guard._policy import Place
from hushdesk.guard.dialects._resource import Resource
from hushdesk.guard.dialects.aws import lower_aws
from hushdesk.guard.reach import reach

PORT = 9200
BLOCKS = [
    "0.0.0.0/0",
    "0.0.0.0/1",
    "128.0.0.0/1",
    "8.0.0.0/8",
    "8.8.0.0/16",
    "8.8.8.8/32",
    "10.0.0.0/8",
    "10.0.1.0/24",
    "203.0.113.0/24",
]
CLIENTS = [
    "8.8.8.8",
    "8.8.9.9",
    "8.9.9.9",
    "9.9.9.9",
    "200.1.1.1",
    "203.0.113.5",
    "10.0.1.9",
    "10.0.2.9",
    "10.9.9.9",
]
SPANS = [
    (0, 65535),
    (9200, 9200),
    (1024, 65535),
    (1024, 32767),
    (32768, 65535),
    (0, 1023),
    (9000, 9999),
    (60000, 60000),
]

entries = st.fixed_dictionaries({
    "RuleNumber": st.integers(1, 6).map(lambda number: number * 10),
    "Protocol": st.sampled_from(["-1", "6", "17"]),
    "RuleAction": st.sampled_from(["allow", "allow", "deny"]),
    "Egress": st.booleans(),
    "CidrBlock": st.sampled_from(BLOCKS),
    "span": st.sampled_from(SPANS),
})  # fmt: skip
permissions = st.fixed_dictionaries(
    {
        "IpProtocol": st.sampled_from(["-1", "tcp", "udp"]),
        "span": st.sampled_from(SPANS),
        "block": st.sampled_from(BLOCKS),
    }
)
routes = st.dictionaries(
    st.sampled_from([block for block in BLOCKS if not block.startswith("10.0.")]),
    st.sampled_from(["igw-1", "nat-1"]),
    max_size=5,
)


def inside(client: str, block: str) -> bool:
    return ipaddress.ip_address(client) in ipaddress.ip_network(block)


def passes_acl(listed: list[dict[str, Any]], client: str, port: int, *, egress: bool) -> bool:
    for each in sorted(listed, key=lambda each: each["RuleNumber"]):
        low, high = (0, 65535) if each["Protocol"] == "-1" else each["span"]
        if (
            each["Egress"] is egress
            and each["Protocol"] in {"-1", "6"}
            and low <= port <= high
            and inside(client, each["CidrBlock"])
        ):
            return bool(each["RuleAction"] == "allow")
    return False


def routed(table: dict[str, str], client: str) -> bool:
    found = [
        (ipaddress.ip_network(block).prefixlen, target)
        for block, target in table.items()
        if inside(client, block)
    ]
    return bool(found) and max(found)[1] == "igw-1"


def connects(
    listed: list[dict[str, Any]], opened: list[dict[str, Any]], table: dict[str, str], client: str
) -> bool:
    """By hand: some source port of the client's with which its packet and the answer to it pass."""
    allowed = any(
        inside(client, each["block"])
        and (
            each["IpProtocol"] == "-1"
            or (each["IpProtocol"] == "tcp" and each["span"][0] <= PORT <= each["span"][1])
        )
        for each in opened
    )
    if not allowed:
        return False
    if inside(client, "10.0.1.0/24"):
        return True  # Its own subnet: no list between.
    if not inside(client, "10.0.0.0/16") and not routed(table, client):
        return False
    ports = {1, 65535, *(edge for span in SPANS for edge in (span[0], span[1], span[1] + 1))}
    return passes_acl(listed, client, PORT, egress=False) and any(
        passes_acl(listed, client, port, egress=True) for port in ports if 1 <= port <= 65535
    )


@settings(max_examples=60)
@given(
    st.lists(entries, max_size=8, unique_by=lambda each: (each["Egress"], each["RuleNumber"])),
    st.lists(permissions, max_size=4),
    routes,
)
def test_reach_is_what_a_packet_finds(
    listed: list[dict[str, Any]], opened: list[dict[str, Any]], table: dict[str, str]
) -> None:
    def made(kind: str, name: str, **properties: Any) -> Resource:
        return Resource(
            type=f"AWS::EC2::{kind}", id=name, name=name, properties=properties, place=Place("net")
        )

    resources = [
        made("VPC", "vpc-1", CidrBlock="10.0.0.0/16"),
        made("Subnet", "subnet-1", VpcId="vpc-1", CidrBlock="10.0.1.0/24"),
        made("RouteTable", "rtb-1", VpcId="vpc-1", Associations=[{"Main": True}], Routes=[
            {"DestinationCidrBlock": block, **({"GatewayId": target} if target == "igw-1" else {"NatGatewayId": target})} for block, target in table.items()
        ]),
        made("NetworkAcl", "acl-1", VpcId="vpc-1", IsDefault=True, Entries=[{**each, "PortRange": {"From": each["span"][0], "To": each["span"][1]}} for each in listed]),
        made("SecurityGroup", "sg-1", VpcId="vpc-1", IpPermissions=[
            {"IpProtocol": each["IpProtocol"], "FromPort": each["span"][0], "ToPort": each["span"][1], "IpRanges": [{"CidrIp": each["block"]}]} for each in opened
        ]),
        made("NetworkInterface", "eni-1", SubnetId="subnet-1", Groups=[{"GroupId": "sg-1"}], PrivateIpAddress="10.0.1.5", Association={"PublicIp": "52.1.2.3"}),
    ]  # fmt: skip
    (endpoint,) = [
        each for each in lower_aws(resources, World(), created=False) if isinstance(each, Endpoint)
    ]
    found = reach(endpoint, PORT)
    assert found.exact
    for client in CLIENTS:
        assert (client in found.upper) is connects(listed, opened, table, client), client
