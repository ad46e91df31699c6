"""Terraform's AWS machines and balancers in the shapes of ``lower_aws``."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from hushdesk.guard.dialects._resource import Resource, Unknown
from hushdesk.guard.dialects.terraform._aws_network import plain
from hushdesk.guard.dialects.terraform._block import Block, many
from hushdesk.guard.dialects.terraform._shapes import Blocks, Shape, each, ids_of, made, renamed, single

_TEMPLATES: Final = ("aws_launch_template", "aws_launch_configuration")


def _template(block: Block, blocks: Blocks) -> dict[str, Any]:
    """What a launch template or launch configuration says about the network of its instances."""
    reference = single(block.get("launch_configuration"))
    inner = block.first("launch_template") or _specified(block)
    wanted = reference or single(inner.get("id") or inner.get("launch_template_id") or inner.get("name"))
    if wanted is None:
        wanted = single(inner.get("launch_template_name"))
    if wanted is None:
        return {}
    found = blocks.find(wanted, *_TEMPLATES)
    if found is None:
        why = "the launch template is not among the documents; add it"
        unknown = wanted if isinstance(wanted, Unknown) else Unknown(str(wanted), why)
        return {"SecurityGroups": unknown, "AssociatePublicIpAddress": unknown}
    interface = found.first("network_interfaces")
    groups = (
        found.get("vpc_security_group_ids")
        or found.get("security_groups")
        or interface.get("security_groups")
    )
    public = interface.get("associate_public_ip_address")
    if public is None:
        public = found.get("associate_public_ip_address")
    return {
        "SecurityGroups": each(groups, "GroupId"),
        "AssociatePublicIpAddress": flag(public),
        "SubnetId": single(interface.get("subnet_id")),
        "NetworkInterfaceId": single(interface.get("network_interface_id")),
    }


def _specified(block: Block) -> Mapping[str, Any]:
    policy = block.first("mixed_instances_policy")
    template = Block(type="", address="", id="", values=policy, place=block.place).first("launch_template")
    return Block(type="", address="", id="", values=template, place=block.place).first(
        "launch_template_specification"
    )


def flag(value: Any) -> Any:
    """A provider takes texts for a yes or no."""
    return value.lower() == "true" if isinstance(value, str) and value.lower() in {"true", "false"} else value


def _instance(block: Block, blocks: Blocks) -> Iterator[Resource]:
    from_template = _template(block, blocks)
    groups = block.get("vpc_security_group_ids")
    if groups is None:
        groups = block.get("security_groups")
    interfaces = [
        one if isinstance(one, Unknown) else {"NetworkInterfaceId": single(one.get("network_interface_id"))}
        for one in [*block.blocks("network_interface"), *block.blocks("primary_network_interface")]
    ]
    public = flag(single(block.get("associate_public_ip_address")))
    yield made(
        block,
        "AWS::EC2::Instance",
        {
            "SubnetId": single(block.get("subnet_id")) or from_template.get("SubnetId"),
            "SecurityGroups": each(groups, "GroupId")
            if groups is not None
            else from_template.get("SecurityGroups"),
            "NetworkInterfaces": interfaces or None,
            "AssociatePublicIpAddress": public
            if public is not None
            else from_template.get("AssociatePublicIpAddress"),
            "Ipv6AddressCount": single(block.get("ipv6_address_count")),
            "PublicIpAddress": single(block.get("public_ip")) or None,
            "PrivateIpAddress": single(block.get("private_ip")) or None,
        },
    )


def _scaling_group(block: Block, blocks: Blocks) -> Iterator[Resource]:
    template = _template(block, blocks)
    balancers = many(block.get("load_balancers"))
    targets = many(block.get("target_group_arns"))
    for one in blocks.pointing(block, "autoscaling_group_name", "aws_autoscaling_attachment"):
        targets += many(one.get("lb_target_group_arn") or one.get("alb_target_group_arn"))
        balancers += many(one.get("elb"))
    yield made(
        block,
        "AWS::AutoScaling::AutoScalingGroup",
        {
            "VPCZoneIdentifier": block.get("vpc_zone_identifier"),
            "SecurityGroups": template.get("SecurityGroups"),
            "AssociatePublicIpAddress": template.get("AssociatePublicIpAddress"),
            "TargetGroupARNs": targets or None,
            "LoadBalancerNames": balancers or None,
        },
    )


def _service(block: Block, _: Blocks) -> Iterator[Resource]:
    network = block.first("network_configuration")
    balancers = [
        one
        if isinstance(one, Unknown)
        else {"targetGroupArn": one.get("target_group_arn"), "containerPort": one.get("container_port")}
        for one in block.blocks("load_balancer")
    ]
    yield made(
        block,
        "AWS::ECS::Service",
        {
            "subnets": network.get("subnets"),
            "securityGroups": network.get("security_groups"),
            "assignPublicIp": flag(network.get("assign_public_ip")),
            "loadBalancers": balancers,
        },
    )


def _balancer(block: Block, _: Blocks) -> Iterator[Resource]:
    internal = flag(single(block.get("internal", False)))
    zones: list[Any] = each(block.get("subnets"), "SubnetId") or []
    zones += [
        one if isinstance(one, Unknown) else {"SubnetId": one.get("subnet_id")}
        for one in block.blocks("subnet_mapping")
    ]
    yield made(
        block,
        "AWS::ElasticLoadBalancingV2::LoadBalancer",
        {
            "LoadBalancerName": single(block.get("name")),
            "DNSName": single(block.get("dns_name")),
            "Scheme": internal
            if isinstance(internal, Unknown)
            else "internal"
            if internal
            else "internet-facing",
            "Type": single(block.get("load_balancer_type", "application")),
            "AvailabilityZones": zones,
            "SecurityGroups": block.get("security_groups"),
            "Aliases": ids_of(block.get("arn")),
        },
    )


def _actions(blocks: list[Any]) -> list[Any]:
    found: list[Any] = []
    for one in blocks:
        if isinstance(one, Unknown):
            found.append(one)
            continue
        action = {"Type": one.get("type"), "TargetGroupArn": single(one.get("target_group_arn"))}
        for forward in many(one.get("forward")):
            targets = [
                inner if isinstance(inner, Unknown) else {"TargetGroupArn": inner.get("arn")}
                for inner in (
                    many(forward.get("target_group")) if isinstance(forward, Mapping) else [forward]
                )
            ]
            action["ForwardConfig"] = {"TargetGroups": targets}
        found.append({key: value for key, value in action.items() if value is not None})
    return found


def _listener(block: Block, _: Blocks) -> Iterator[Resource]:
    properties = renamed(
        block, {"LoadBalancerArn": "load_balancer_arn", "Port": "port", "Protocol": "protocol"}
    )
    properties["DefaultActions"] = _actions(block.blocks("default_action"))
    properties["Aliases"] = ids_of(block.get("arn"))
    yield made(block, "AWS::ElasticLoadBalancingV2::Listener", properties)


def _listener_rule(block: Block, _: Blocks) -> Iterator[Resource]:
    properties = {
        "ListenerArn": single(block.get("listener_arn")),
        "Actions": _actions(block.blocks("action")),
    }
    yield made(block, "AWS::ElasticLoadBalancingV2::ListenerRule", properties)


def _target_group(block: Block, _: Blocks) -> Iterator[Resource]:
    properties = renamed(block, {"Port": "port", "Protocol": "protocol", "TargetType": "target_type"})
    keep = single(block.get("preserve_client_ip"))
    if keep is not None:
        value = keep if isinstance(keep, Unknown) else str(keep).lower()
        properties["Attributes"] = [{"Key": "preserve_client_ip.enabled", "Value": value}]
    properties["Aliases"] = [*ids_of(block.get("arn")), *ids_of(block.get("name"))]
    yield made(block, "AWS::ElasticLoadBalancingV2::TargetGroup", properties)


def _classic(block: Block, blocks: Blocks) -> Iterator[Resource]:
    internal = flag(single(block.get("internal", False)))
    listeners = [
        one
        if isinstance(one, Unknown)
        else {
            "Listener": {
                "Protocol": one.get("lb_protocol"),
                "LoadBalancerPort": one.get("lb_port"),
                "InstancePort": one.get("instance_port"),
            }
        }
        for one in block.blocks("listener")
    ]
    instances = many(block.get("instances"))
    instances += [single(one.get("instance")) for one in blocks.pointing(block, "elb", "aws_elb_attachment")]
    yield made(
        block,
        "AWS::ElasticLoadBalancing::LoadBalancer",
        {
            "Scheme": internal
            if isinstance(internal, Unknown)
            else "internal"
            if internal
            else "internet-facing",
            "DNSName": single(block.get("dns_name")),
            "ListenerDescriptions": listeners,
            "Subnets": block.get("subnets"),
            "SecurityGroups": block.get("security_groups"),
            "Instances": each(instances, "InstanceId"),
            "Aliases": [*ids_of(block.get("arn")), *ids_of(block.get("name"))],
        },
    )


def joined(_: Block, __: Blocks) -> Iterator[Resource]:
    """Taken into the resource that it belongs to."""
    yield from ()


HOSTS: Final[dict[str, Shape]] = {
    "aws_instance": _instance,
    "aws_spot_instance_request": _instance,
    "aws_autoscaling_group": _scaling_group,
    "aws_autoscaling_attachment": joined,
    "aws_launch_template": joined,
    "aws_launch_configuration": joined,
    "aws_ecs_service": _service,
    "aws_lb": _balancer,
    "aws_alb": _balancer,
    "aws_lb_listener": _listener,
    "aws_alb_listener": _listener,
    "aws_lb_listener_rule": _listener_rule,
    "aws_alb_listener_rule": _listener_rule,
    "aws_lb_target_group": _target_group,
    "aws_alb_target_group": _target_group,
    "aws_lb_target_group_attachment": plain(
        "AWS::ElasticLoadBalancingV2::TargetGroupAttachment",
        TargetGroupArn="target_group_arn",
        TargetId="target_id",
        Port="port",
    ),
    "aws_elb": _classic,
    "aws_elb_attachment": joined,
}
