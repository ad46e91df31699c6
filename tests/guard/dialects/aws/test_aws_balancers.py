"""Load balancers: whose address the target sees, and on which port."""

from __future__ import annotations

from typing import Any

import pytest

from hushdesk.guard._addresses import AddressSet
from hushdesk.guard._services import Services
from hushdesk.guard.dialects._resource import Unknown

V2 = "AWS::ElasticLoadBalancingV2"
LATER = Unknown("var.x", "give a value for x")


def tcp(port: int, **sources: Any) -> dict[str, Any]:
    return {"IpProtocol": "tcp", "FromPort": port, "ToPort": port, **sources}


def balance(
    net: Any,
    kind: str = "application",
    *,
    groups: tuple[Any, ...] = ("sg-lb",),
    listen: Any = 443,
    to: Any = 9200,
    scheme: Any = "internet-facing",
    **target: Any,
) -> None:
    """A balancer in the public subnet before an instance in a private one."""
    net.drop("eni-1")
    net.add("Subnet", "subnet-2", VpcId="vpc-1", CidrBlock="10.0.2.0/24")
    net.add("RouteTable", "rtb-2", VpcId="vpc-1", Associations=[{"SubnetId": "subnet-2"}], Routes=[])
    net.group("sg-lb", tcp(443, IpRanges=[{"CidrIp": "8.8.0.0/16"}]))
    net.group("sg-1", tcp(9200, UserIdGroupPairs=[{"GroupId": "sg-lb"}]))
    net.add(
        "Instance",
        "i-1",
        SubnetId="subnet-2",
        SecurityGroups=[{"GroupId": "sg-1"}],
        PrivateIpAddress="10.0.2.7",
    )
    net.add(
        f"{V2}::LoadBalancer",
        "lb",
        Type=kind,
        Scheme=scheme,
        AvailabilityZones=[{"SubnetId": "subnet-1"}],
        SecurityGroups=list(groups),
        DNSName="lb.example.com",
    )
    net.add(
        f"{V2}::Listener",
        "listener",
        LoadBalancerArn="lb",
        Port=listen,
        Protocol="HTTPS" if kind == "application" else "TCP",
        DefaultActions=[{"Type": "forward", "TargetGroupArn": "tg"}],
    )
    net.add(
        f"{V2}::TargetGroup",
        "tg",
        **{"Port": to, "Protocol": "TCP", "TargetType": "instance", "Targets": [{"Id": "i-1"}], **target},
    )


def test_clients_of_the_balancer_reach_the_target_on_another_port(net: Any) -> None:
    balance(net)
    found = net.reach(name="i-1", created=True)
    assert "8.8.8.8" in found.lower
    assert "9.9.9.9" not in found.upper
    (part,) = list(found.parts(AddressSet.parse("8.8.8.8/32")))
    assert part.frontend_port == 443
    assert net.reach(9300, name="i-1", created=True).upper <= AddressSet.parse(
        "10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10", "169.254.0.0/16"
    )


def test_the_target_must_let_the_balancer_in(net: Any) -> None:
    balance(net)
    net.group("sg-1", tcp(9200, IpRanges=[{"CidrIp": "8.8.0.0/16"}]))
    assert "8.8.8.8" not in net.reach(name="i-1", created=True).upper
    net.group("sg-1", tcp(9200, IpRanges=[{"CidrIp": "10.0.1.0/24"}]))
    assert "8.8.8.8" in net.reach(name="i-1", created=True).lower
    net.group("sg-1", tcp(9200, IpRanges=[{"CidrIp": "10.0.1.0/28"}]))
    assert "8.8.8.8" in net.reach(name="i-1", created=True).upper
    assert "8.8.8.8" not in net.reach(name="i-1", created=True).lower


def test_the_targets_list_sees_the_balancer(net: Any) -> None:
    balance(net)
    entry = {"RuleNumber": 1, "Protocol": "-1", "RuleAction": "allow"}
    net.add(
        "NetworkAcl",
        "acl-2",
        VpcId="vpc-1",
        Associations=[{"SubnetId": "subnet-2"}],
        Entries=[{**entry, "Egress": out, "CidrBlock": "10.0.1.0/24"} for out in (True, False)],
    )
    assert "8.8.8.8" in net.reach(name="i-1", created=True).lower
    net.add(
        "NetworkAcl",
        "acl-2",
        VpcId="vpc-1",
        Associations=[{"SubnetId": "subnet-2"}],
        Entries=[{**entry, "Egress": False, "CidrBlock": "10.0.1.0/24"}],
    )
    assert "8.8.8.8" not in net.reach(name="i-1", created=True).upper


def test_an_internal_balancer_serves_the_network(net: Any) -> None:
    balance(net, scheme="internal")
    net.group("sg-lb", tcp(443, IpRanges=[{"CidrIp": "0.0.0.0/0"}]))
    found = net.reach(name="i-1", created=True)
    assert "8.8.8.8" not in found.upper
    assert "10.0.9.9" in found.lower


def test_a_network_balancer_keeps_the_clients_address(net: Any) -> None:
    balance(net, "network", groups=())
    net.group("sg-1", tcp(9200, IpRanges=[{"CidrIp": "9.9.0.0/16"}]))
    found = net.reach(name="i-1", created=True)
    assert found.upper - AddressSet.parse("10.0.0.0/8") == AddressSet.parse("9.9.0.0/16")


def test_a_network_balancer_with_groups_asks_them_too(net: Any) -> None:
    balance(net, "network")
    net.group("sg-1", tcp(9200, IpRanges=[{"CidrIp": "0.0.0.0/0"}]))
    found = net.reach(name="i-1", created=True)
    assert "8.8.8.8" in found.lower
    assert "9.9.9.9" not in found.upper


@pytest.mark.parametrize(
    ("target", "keeps"),
    [
        ({"TargetType": "ip", "Targets": [{"Id": "10.0.2.7"}]}, False),
        (
            {
                "TargetType": "ip",
                "Targets": [{"Id": "10.0.2.7"}],
                "Attributes": [{"Key": "preserve_client_ip.enabled", "Value": "true"}],
            },
            True,
        ),
        ({"Attributes": [{"Key": "preserve_client_ip.enabled", "Value": "false"}]}, False),
        ({}, True),
    ],
)
def test_whether_the_address_is_kept_depends_on_the_target_group(
    net: Any, target: dict[str, Any], keeps: bool
) -> None:
    balance(net, "network", groups=(), **target)
    net.group("sg-1", tcp(9200, IpRanges=[{"CidrIp": "10.0.1.0/24"}]))
    assert ("8.8.8.8" in net.reach(name="i-1", created=True).lower) is not keeps


def test_a_live_target_group_without_attributes_may_keep_it_or_not(net: Any) -> None:
    balance(net, "network", groups=())
    net.group("sg-1", tcp(9200, IpRanges=[{"CidrIp": "10.0.1.0/24"}]))
    found = net.reach(name="i-1")
    assert "8.8.8.8" in found.upper
    assert "8.8.8.8" not in found.lower


def test_targets_and_rules_stand_alone(net: Any) -> None:
    balance(net, Targets=None)
    assert "8.8.8.8" not in net.reach(name="i-1", created=True).upper
    net.add(f"{V2}::TargetGroupAttachment", "link", TargetGroupArn="tg", TargetId="i-1", Port=9300)
    net.group("sg-1", tcp(9300, UserIdGroupPairs=[{"GroupId": "sg-lb"}]))
    assert "8.8.8.8" in net.reach(9300, name="i-1", created=True).lower
    net.add(
        f"{V2}::Listener", "listener", LoadBalancerArn="lb", Port=443, Protocol="HTTPS", DefaultActions=[]
    )
    assert "8.8.8.8" not in net.reach(9300, name="i-1", created=True).upper
    net.add(
        f"{V2}::ListenerRule",
        "rule",
        ListenerArn="listener",
        Actions=[{"Type": "forward", "ForwardConfig": {"TargetGroups": [{"TargetGroupArn": "tg"}]}}],
    )
    assert "8.8.8.8" in net.reach(9300, name="i-1", created=True).lower


def test_groups_of_instances_and_services_register_themselves(net: Any) -> None:
    balance(net, Targets=None)
    net.add(
        "AWS::AutoScaling::AutoScalingGroup",
        "asg",
        VPCZoneIdentifier=["subnet-2"],
        SecurityGroups=["sg-1"],
        TargetGroupARNs=["tg"],
    )
    net.add(
        "AWS::ECS::Service",
        "ecs",
        subnets=["subnet-2"],
        securityGroups=["sg-1"],
        assignPublicIp=False,
        loadBalancers=[{"targetGroupArn": "tg", "containerPort": 9200}],
    )
    answers = net.answers(created=True)
    assert "8.8.8.8" in answers.reach("asg", 9200).lower
    assert "8.8.8.8" in answers.reach("ecs", 9200).lower


def test_ports_that_are_not_known_may_be_any(net: Any) -> None:
    balance(net, to=LATER)
    found = net.reach(name="i-1", created=True)
    assert "8.8.8.8" in found.upper
    assert "8.8.8.8" not in found.lower


def test_the_balancer_is_an_endpoint_itself(net: Any) -> None:
    balance(net)
    lb = net.answers(created=True).endpoint("lb")
    assert lb.kind == "load balancer"
    assert lb.listening == Services.of("tcp", 443)
    assert "lb.example.com" in lb.aliases
    assert "8.8.8.8" in net.reach(443, name="lb", created=True).lower
    assert "9.9.9.9" not in net.reach(443, name="lb", created=True).upper
    balance_open = net
    net.interface()
    balance(balance_open, "network", groups=())
    assert "9.9.9.9" in net.reach(443, name="lb", created=True).lower


def test_a_classic_balancer_passes_on_to_its_instances(net: Any) -> None:
    balance(net)
    net.drop("lb", "listener", "tg")
    net.add(
        "AWS::ElasticLoadBalancing::LoadBalancer",
        "elb",
        Scheme="internet-facing",
        Subnets=["subnet-1"],
        SecurityGroups=["sg-lb"],
        Instances=[{"InstanceId": "i-1"}],
        ListenerDescriptions=[
            {"Listener": {"Protocol": "TCP", "LoadBalancerPort": 443, "InstancePort": 9200}}
        ],
    )
    assert "8.8.8.8" in net.reach(name="i-1", created=True).lower
    assert "9.9.9.9" not in net.reach(name="i-1", created=True).upper


def test_listeners_without_their_balancer_are_said(net: Any) -> None:
    balance(net)
    net.drop("lb")
    assert any("load balancer" in each.why for each in net.answers(created=True).unresolved)


def test_a_balancer_of_a_group_that_is_not_known_may_let_in_anybody(net: Any) -> None:
    balance(net, groups=(LATER,))
    found = net.reach(name="i-1", created=True)
    assert "9.9.9.9" in found.upper
    assert "9.9.9.9" not in found.lower
