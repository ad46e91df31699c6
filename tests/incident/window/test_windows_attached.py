"""With a baseline only what a change can bear on is judged anew: the same as if everything were."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from window_tell import authorize, aws, revoke

from hushdesk.guard import Intent
from hushdesk.incident.window import Replayed, _replay, windows
from hushdesk.incident.window._aws import Aws
from hushdesk.incident.window._estate import Area, Key

GROUPS = ("sg-1", "sg-2", "sg-3")
CARDS = ("eni-1", "eni-2")


class Whole(Aws):
    """Judges everything after each change."""

    def areas(self, touched: set[Key]) -> Any:
        return super().areas(touched | self.everything() | {("Vpcs", "vpc-1")}) if touched else ()


def estate(folder: Path) -> Path:
    interfaces = [
        {
            "NetworkInterfaceId": card, "SubnetId": "subnet-1", "VpcId": "vpc-1", "PrivateIpAddress": f"10.0.1.{number}",
            "Groups": [{"GroupId": GROUPS[number - 1]}], "Association": {"PublicIp": f"203.0.113.{number}"},
        }
        for number, card in enumerate(CARDS, 1)
    ]  # fmt: skip
    answers = {
        "Vpcs": [{"VpcId": "vpc-1", "CidrBlock": "10.0.0.0/16"}],
        "Subnets": [{"SubnetId": "subnet-1", "VpcId": "vpc-1", "CidrBlock": "10.0.1.0/24"}],
        "InternetGateways": [{"InternetGatewayId": "igw-1", "Attachments": [{"VpcId": "vpc-1"}]}],
        "RouteTables": [{
            "RouteTableId": "rtb-1", "VpcId": "vpc-1", "Associations": [{"Main": True}],
            "Routes": [{"DestinationCidrBlock": "0.0.0.0/0", "GatewayId": "igw-1"}],
        }],
        "NetworkAcls": [{
            "NetworkAclId": "acl-1", "VpcId": "vpc-1", "IsDefault": True, "Associations": [{"SubnetId": "subnet-1"}],
            "Entries": [
                {"RuleNumber": 100, "Protocol": "-1", "RuleAction": "allow", "Egress": out, "CidrBlock": "0.0.0.0/0"} for out in (False, True)
            ],
        }],
        "SecurityGroups": [{"GroupId": each, "VpcId": "vpc-1", "IpPermissions": []} for each in GROUPS],
        "NetworkInterfaces": interfaces,
    }  # fmt: skip
    path = folder / "estate.json"
    path.write_text(json.dumps(answers))
    return path


def card(at: float, name: str, *groups: str) -> Any:
    return aws(
        at,
        "ModifyNetworkInterfaceAttribute",
        {"networkInterfaceId": name, "groupSet": {"items": [{"groupId": each} for each in groups]}},
        resource=name,
    )


def entry(at: float, *, deny: bool) -> Any:
    key = {"networkAclId": "acl-1", "ruleNumber": 50, "egress": False}
    if deny:
        return aws(
            at,
            "CreateNetworkAclEntry",
            {**key, "ruleAction": "deny", "cidrBlock": "8.0.0.0/8", "aclProtocol": "-1"},
            resource="acl-1",
        )
    return aws(at, "DeleteNetworkAclEntry", key, resource="acl-1")


_GROUP = st.sampled_from(GROUPS)
_SOURCE = st.sampled_from(["0.0.0.0/0", "8.8.8.0/24", "sg-1", "sg-3"])
MOVES: st.SearchStrategy[list[Callable[[float], Any]]] = st.lists(
    st.one_of(
        st.builds(lambda group, source: lambda at: authorize(at, group, 9200, source), _GROUP, _SOURCE),
        st.builds(lambda group, source: lambda at: revoke(at, group, 9200, source), _GROUP, _SOURCE),
        st.builds(lambda name, groups: lambda at: card(at, name, *sorted(groups)), st.sampled_from(CARDS), st.sets(_GROUP, min_size=1, max_size=2)),
        st.builds(lambda deny: lambda at: entry(at, deny=deny), st.booleans()),
        st.builds(lambda name: lambda at: aws(at, "DeleteNetworkInterface", {"networkInterfaceId": name}, resource=name), st.sampled_from(CARDS)),
    ),
    max_size=10,
)  # fmt: skip


def told(found: Replayed) -> list[Any]:
    return [(each.resource, each.span, each.port, each.sources, each.certain) for each in found.windows]


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(MOVES)
def test_what_is_judged_anew_is_enough(tmp_path: Path, moves: list[Callable[[float], Any]]) -> None:
    base = [estate(tmp_path)]
    changes = [move(10.0 * number) for number, move in enumerate(moves, 1)]
    few = windows(changes, intent=Intent(), baseline=base)
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(_replay._MAKERS, "aws", Whole)
        whole = windows(changes, intent=Intent(), baseline=base)
    assert told(few) == told(whole)


def test_that_comparison_compares_something(tmp_path: Path) -> None:
    asked: list[set[str]] = []

    class Watched(Whole):
        def areas(self, touched: set[Key]) -> Any:
            found: list[Area] = list(super().areas(touched))
            asked.append({owner for area in found for owner in area.owners.values()})
            return found

    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(_replay._MAKERS, "aws", Watched)
        windows([authorize(10, "sg-1", 9200, "0.0.0.0/0")], intent=Intent(), baseline=[estate(tmp_path)])
    found = windows([authorize(10, "sg-1", 9200, "0.0.0.0/0")], intent=Intent(), baseline=[estate(tmp_path)])
    assert [(each.resource, each.port) for each in found.windows] == [("eni-1", 9200)]
    assert {f"NetworkInterfaces-{each}" for each in CARDS} | {
        f"SecurityGroups-{each}" for each in GROUPS
    } <= asked[-1]
