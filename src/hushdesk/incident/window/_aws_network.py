"""Changes of AWS networks, interfaces, machines and databases."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final

from hushdesk.incident._evidence import Change
from hushdesk.incident.window._aws_words import answered, folded, many, text
from hushdesk.incident.window._estate import Body, Estate, Key

NETWORK: Final = (
    "Vpcs", "Subnets", "InternetGateways", "NatGateways", "RouteTables", "NetworkAcls", "Addresses",
)  # fmt: skip
"""Kinds that have no endpoint of their own and bear on all that do."""
Folded = Mapping[str, Any]
_MADE: Final[Mapping[str, tuple[str, str, str]]] = {
    "CreateVpc": ("Vpcs", "vpc", "VpcId"), "CreateDefaultVpc": ("Vpcs", "vpc", "VpcId"),
    "CreateSubnet": ("Subnets", "subnet", "SubnetId"), "CreateDefaultSubnet": ("Subnets", "subnet", "SubnetId"),
    "CreateRouteTable": ("RouteTables", "routetable", "RouteTableId"),
    "CreateInternetGateway": ("InternetGateways", "internetgateway", "InternetGatewayId"),
    "CreateNetworkAcl": ("NetworkAcls", "networkacl", "NetworkAclId"),
    "CreateNetworkInterface": ("NetworkInterfaces", "networkinterface", "NetworkInterfaceId"),
}  # fmt: skip
_GONE: Final[Mapping[str, tuple[str, str]]] = {
    "DeleteVpc": ("Vpcs", "vpcid"), "DeleteSubnet": ("Subnets", "subnetid"), "DeleteRouteTable": ("RouteTables", "routetableid"),
    "DeleteInternetGateway": ("InternetGateways", "internetgatewayid"), "DeleteNetworkAcl": ("NetworkAcls", "networkaclid"),
    "DeleteNetworkInterface": ("NetworkInterfaces", "networkinterfaceid"), "DeleteDBInstance": ("DBInstances", "dbinstanceidentifier"),
    "DeleteDBCluster": ("DBClusters", "dbclusteridentifier"), "DeleteCluster": ("Clusters", "clusteridentifier"),
}  # fmt: skip
_DATABASES: Final[Mapping[str, str]] = {
    "DBInstance": "DBInstances",
    "DBCluster": "DBClusters",
    "Cluster": "Clusters",
}


def groups_of(body: Body) -> list[str]:
    """Ids of the security groups that a machine, an interface or a store has."""
    found = []
    for key, name in (
        ("Groups", "GroupId"), ("SecurityGroups", "GroupId"), ("VpcSecurityGroups", "VpcSecurityGroupId"), ("SecurityGroups", "SecurityGroupId"),
    ):  # fmt: skip
        for item in many(body.get(key)):
            ident = text(item.get(name)) if isinstance(item, Mapping) else text(item)
            if ident:
                found.append(ident)
    for each in many(body.get("NetworkInterfaces")):
        if isinstance(each, Mapping):
            found += groups_of(each)
    return list(dict.fromkeys(found))


def network_change(estate: Estate, change: Change, request: Folded, response: Folded) -> set[Key]:
    """What a change of anything but groups, rules and shares does; what it touched."""
    name = change.operation
    if name in _MADE:
        kind, inner, key = _MADE[name]
        body = answered(response.get(inner))
        ident = text(body.get(key)) if isinstance(body, Mapping) else ""
        return {estate.put(kind, ident, body)} if ident else set()
    if name in _GONE:
        kind, key = _GONE[name]
        ident = text(request.get(key)) or change.resource
        return {estate.put(kind, ident, None)}
    for ending, kind in _DATABASES.items():
        if name.endswith(ending) or f"{ending}From" in name or f"{ending}To" in name:
            return _database(estate, kind, ending, request, response)
    handler = _HANDLERS.get(name)
    return set(handler(estate, request, response)) if handler else set()


def _database(estate: Estate, kind: str, ending: str, request: Folded, response: Folded) -> set[Key]:
    answer = response.get(ending.lower()) if isinstance(response.get(ending.lower()), Mapping) else response
    key = "ClusterIdentifier" if kind == "Clusters" else f"{ending}Identifier"
    ident = text(answer.get(key.lower()) if isinstance(answer, Mapping) else "") or text(
        request.get(key.lower())
    )
    if not ident:
        return set()
    before = dict(estate.get(kind, ident) or {})
    told = answered(answer) if isinstance(answer, Mapping) else {}
    asked: dict[str, Any] = {}
    if isinstance(request.get("publiclyaccessible"), bool):
        asked["PubliclyAccessible"] = request["publiclyaccessible"]
    listed = many(request.get("vpcsecuritygroupids"))
    if listed:
        # The answer shows the groups as they were while the change is under way.
        asked["VpcSecurityGroups"] = [{"VpcSecurityGroupId": text(each)} for each in listed]
    for name in ("engine", "port"):
        if request.get(name) is not None and answered({name: request[name]}):
            asked |= answered({name: request[name]})
    new = text(request.get(f"new{key.lower()}"))
    body = {**before, **{k: v for k, v in told.items() if v is not None}, **asked, key: new or ident}
    body.setdefault("Engine", "redshift" if kind == "Clusters" else "")
    if not body["Engine"]:
        del body["Engine"]
    touched = {estate.put(kind, ident, None)} if new and new != ident else set()
    return touched | {estate.put(kind, new or ident, body)}


Handler = Callable[[Estate, Folded, Folded], Iterator[Key]]


def _interface_attribute(estate: Estate, request: Folded, _: Folded) -> Iterator[Key]:
    ident = text(request.get("networkinterfaceid"))
    listed = _groups(request)
    body = estate.get("NetworkInterfaces", ident)
    if listed and body is not None:
        yield estate.put("NetworkInterfaces", ident, {**body, "Groups": listed})
        for owner, machine in list(estate.of("Instances").items()):
            cards = many(machine.get("NetworkInterfaces"))
            if any(isinstance(each, Mapping) and each.get("NetworkInterfaceId") == ident for each in cards):
                changed = [
                    {**each, "Groups": listed} if each.get("NetworkInterfaceId") == ident else each
                    for each in cards
                ]
                yield estate.put("Instances", owner, {**machine, "NetworkInterfaces": changed})


def _instance_attribute(estate: Estate, request: Folded, _: Folded) -> Iterator[Key]:
    ident = text(request.get("instanceid"))
    listed, body = _groups(request), estate.get("Instances", ident)
    if listed and body is not None:
        cards = [
            {**each, "Groups": listed} if isinstance(each, Mapping) else each
            for each in many(body.get("NetworkInterfaces"))
        ]
        yield estate.put("Instances", ident, {**body, "SecurityGroups": listed, "NetworkInterfaces": cards})
        for each in cards:
            named = text(each.get("NetworkInterfaceId")) if isinstance(each, Mapping) else ""
            if held := estate.get("NetworkInterfaces", named):
                yield estate.put("NetworkInterfaces", named, {**held, "Groups": listed})


def _groups(request: Folded) -> list[dict[str, str]]:
    found = []
    for key in ("groupset", "groups", "securitygroupidset", "groupid"):
        for item in many(request.get(key)):
            ident = text(item.get("groupid")) if isinstance(item, Mapping) else text(item)
            if ident:
                found.append({"GroupId": ident})
    return found


def _run(estate: Estate, _: Folded, response: Folded) -> Iterator[Key]:
    for item in many(response.get("instancesset")):
        body = answered(item)
        if not isinstance(body, Mapping) or not body.get("InstanceId"):
            continue
        shape = {**body, "SecurityGroups": body.get("Groups", []), "State": {"Name": "running"}}
        yield estate.put("Instances", body["InstanceId"], shape)
        for card in many(body.get("NetworkInterfaces")):
            if isinstance(card, Mapping) and card.get("NetworkInterfaceId"):
                yield estate.put(
                    "NetworkInterfaces",
                    card["NetworkInterfaceId"],
                    {**card, "Attachment": {"InstanceId": body["InstanceId"]}},
                )


def _end(estate: Estate, request: Folded, response: Folded) -> Iterator[Key]:
    for item in many(request.get("instancesset")) or many(response.get("instancesset")):
        ident = text(item.get("instanceid")) if isinstance(item, Mapping) else text(item)
        body = estate.get("Instances", ident)
        if body is not None:
            yield estate.put("Instances", ident, None)
            for card in many(body.get("NetworkInterfaces")):
                named = text(card.get("NetworkInterfaceId")) if isinstance(card, Mapping) else ""
                if estate.get("NetworkInterfaces", named) is not None:
                    yield estate.put("NetworkInterfaces", named, None)


def _detach(estate: Estate, request: Folded, _: Folded) -> Iterator[Key]:
    attachment = text(request.get("attachmentid"))
    for ident, body in list(estate.of("NetworkInterfaces").items()):
        held = body.get("Attachment")
        if isinstance(held, Mapping) and attachment and held.get("AttachmentId") == attachment:
            yield estate.put(
                "NetworkInterfaces", ident, {key: each for key, each in body.items() if key != "Attachment"}
            )
            owner = text(held.get("InstanceId"))
            if machine := estate.get("Instances", owner):
                cards = [
                    each
                    for each in many(machine.get("NetworkInterfaces"))
                    if not isinstance(each, Mapping) or each.get("NetworkInterfaceId") != ident
                ]
                yield estate.put("Instances", owner, {**machine, "NetworkInterfaces": cards})


def _attach(estate: Estate, request: Folded, response: Folded) -> Iterator[Key]:
    ident, owner = text(request.get("networkinterfaceid")), text(request.get("instanceid"))
    body = estate.get("NetworkInterfaces", ident)
    if body is not None and owner:
        attached = {
            **body,
            "Attachment": {"InstanceId": owner, "AttachmentId": text(response.get("attachmentid"))},
        }
        yield estate.put("NetworkInterfaces", ident, attached)
        if machine := estate.get("Instances", owner):
            cards = [*many(machine.get("NetworkInterfaces")), attached]
            yield estate.put("Instances", owner, {**machine, "NetworkInterfaces": cards})


def _allocate(estate: Estate, _: Folded, response: Folded) -> Iterator[Key]:
    body = answered(response)
    ident = text(body.get("AllocationId")) or text(body.get("PublicIp"))
    if ident:
        yield estate.put(
            "Addresses", ident, {key: body[key] for key in ("AllocationId", "PublicIp") if body.get(key)}
        )


def _associate_address(estate: Estate, request: Folded, response: Folded) -> Iterator[Key]:
    ident = _address(estate, request)
    more = answered(
        {
            key: request[key]
            for key in ("instanceid", "networkinterfaceid", "privateipaddress")
            if request.get(key)
        }
    )
    more["AssociationId"] = text(response.get("associationid"))
    body = estate.get("Addresses", ident) or {
        "AllocationId": ident,
        "PublicIp": text(request.get("publicip")),
    }
    yield estate.put("Addresses", ident, {**body, **more})


def _loose_address(estate: Estate, request: Folded, _: Folded) -> Iterator[Key]:
    wanted = text(request.get("associationid")), text(request.get("publicip"))
    for ident, body in list(estate.of("Addresses").items()):
        if (wanted[0] and body.get("AssociationId") == wanted[0]) or (
            wanted[1] and body.get("PublicIp") == wanted[1]
        ):
            kept = {key: body[key] for key in ("AllocationId", "PublicIp") if body.get(key)}
            yield estate.put("Addresses", ident, kept)
            yield from _without_public(estate, text(body.get("PublicIp")))


def _release(estate: Estate, request: Folded, _: Folded) -> Iterator[Key]:
    ident = _address(estate, request)
    if (body := estate.get("Addresses", ident)) is not None:
        yield estate.put("Addresses", ident, None)
        yield from _without_public(estate, text(body.get("PublicIp")))


def _without_public(estate: Estate, address: str) -> Iterator[Key]:
    """Interfaces show the elastic address too, as an association."""
    for kind in ("NetworkInterfaces", "Instances"):
        for ident, body in list(estate.of(kind).items()):
            changed = _stripped(body, address) if address else body
            if changed != body:
                yield estate.put(kind, ident, changed)


def _stripped(value: Any, address: str) -> Any:
    if isinstance(value, list):
        return [_stripped(each, address) for each in value]
    if isinstance(value, Mapping):
        return {
            key: _stripped(each, address)
            for key, each in value.items()
            if not (key == "Association" and isinstance(each, Mapping) and each.get("PublicIp") == address)
            and not (key == "PublicIpAddress" and each == address)
        }
    return value


def _address(estate: Estate, request: Folded) -> str:
    ident, address = text(request.get("allocationid")), text(request.get("publicip"))
    if ident:
        return ident
    return next(
        (each for each, body in estate.of("Addresses").items() if body.get("PublicIp") == address), address
    )


def _route(estate: Estate, request: Folded, _: Folded) -> Iterator[Key]:
    ident = text(request.get("routetableid"))
    route = answered(
        {key: value for key, value in request.items() if key not in {"routetableid", "vpcid", "dryrun"}}
    )
    yield _without_route(estate, ident, request, [route])


def _no_route(estate: Estate, request: Folded, _: Folded) -> Iterator[Key]:
    yield _without_route(estate, text(request.get("routetableid")), request, [])


def _without_route(estate: Estate, ident: str, request: Folded, more: list[Any]) -> Key:
    keys = {
        "destinationcidrblock": "DestinationCidrBlock",
        "destinationipv6cidrblock": "DestinationIpv6CidrBlock",
        "destinationprefixlistid": "DestinationPrefixListId",
    }
    body = estate.get("RouteTables", ident) or {"RouteTableId": ident}
    kept = [
        each
        for each in many(body.get("Routes"))
        if not any(
            request.get(key) and isinstance(each, Mapping) and each.get(name) == request[key]
            for key, name in keys.items()
        )
    ]
    return estate.put("RouteTables", ident, {**body, "Routes": [*kept, *more]})


def _associate_table(estate: Estate, request: Folded, response: Folded) -> Iterator[Key]:
    ident = text(request.get("routetableid"))
    old = text(request.get("associationid"))
    new = text(response.get("associationid")) or text(response.get("newassociationid"))
    item: dict[str, Any] = answered(
        {key: request[key] for key in ("subnetid", "gatewayid") if request.get(key)}
    )
    for other, body in list(estate.of("RouteTables").items()):
        for each in many(body.get("Associations")):
            if isinstance(each, Mapping) and old and each.get("RouteTableAssociationId") == old:
                item = {key: value for key, value in each.items() if key != "RouteTableAssociationId"}
                kept = [one for one in many(body.get("Associations")) if one is not each]
                yield estate.put("RouteTables", other, {**body, "Associations": kept})
    body = estate.get("RouteTables", ident) or {"RouteTableId": ident}
    listed = [*many(body.get("Associations")), {**item, "RouteTableAssociationId": new}]
    yield estate.put("RouteTables", ident, {**body, "Associations": listed})


def _loose_table(estate: Estate, request: Folded, _: Folded) -> Iterator[Key]:
    old = text(request.get("associationid"))
    for ident, body in list(estate.of("RouteTables").items()):
        listed = many(body.get("Associations"))
        kept = [
            each
            for each in listed
            if not isinstance(each, Mapping) or each.get("RouteTableAssociationId") != old
        ]
        if len(kept) != len(listed):
            yield estate.put("RouteTables", ident, {**body, "Associations": kept})


def _gateway(estate: Estate, request: Folded, _: Folded, *, attach: bool = True) -> Iterator[Key]:
    ident = text(request.get("internetgatewayid"))
    attached = [{"VpcId": text(request.get("vpcid"))}] if attach else []
    body = estate.get("InternetGateways", ident) or {"InternetGatewayId": ident}
    yield estate.put("InternetGateways", ident, {**body, "Attachments": attached})


def _no_gateway(estate: Estate, request: Folded, response: Folded) -> Iterator[Key]:
    yield from _gateway(estate, request, response, attach=False)


def _entry(estate: Estate, request: Folded, _: Folded) -> Iterator[Key]:
    shown = dict(request)
    shown["protocol"] = text(request.get("protocol", request.get("aclprotocol")))
    yield _with_entry(estate, request, [answered(shown)])


def _no_entry(estate: Estate, request: Folded, _: Folded) -> Iterator[Key]:
    yield _with_entry(estate, request, [])


def _with_entry(estate: Estate, request: Folded, more: list[Any]) -> Key:
    ident = text(request.get("networkaclid"))
    body = estate.get("NetworkAcls", ident) or {"NetworkAclId": ident}
    same = (text(request.get("rulenumber")), request.get("egress") is True)
    kept = [
        each
        for each in many(body.get("Entries"))
        if not isinstance(each, Mapping) or (text(each.get("RuleNumber")), each.get("Egress") is True) != same
    ]
    return estate.put("NetworkAcls", ident, {**body, "Entries": [*kept, *more]})


def _acl(estate: Estate, request: Folded, response: Folded) -> Iterator[Key]:
    old, ident = text(request.get("associationid")), text(request.get("networkaclid"))
    moved: dict[str, Any] = {}
    for other, body in list(estate.of("NetworkAcls").items()):
        for each in many(body.get("Associations")):
            if isinstance(each, Mapping) and each.get("NetworkAclAssociationId") == old:
                moved = dict(each)
                kept = [one for one in many(body.get("Associations")) if one is not each]
                yield estate.put("NetworkAcls", other, {**body, "Associations": kept})
    moved["NetworkAclAssociationId"] = text(response.get("newassociationid"))
    body = estate.get("NetworkAcls", ident) or {"NetworkAclId": ident}
    yield estate.put("NetworkAcls", ident, {**body, "Associations": [*many(body.get("Associations")), moved]})


def _prefix_list(estate: Estate, request: Folded, response: Folded) -> Iterator[Key]:
    told = response.get("prefixlist")
    ident = text(told.get("prefixlistid")) if isinstance(told, Mapping) else ""
    ident = ident or text(request.get("prefixlistid"))
    body = dict(estate.get("ManagedPrefixLists", ident) or {"PrefixListId": ident})
    if name := text(request.get("prefixlistname")):
        body["PrefixListName"] = name
    gone = {
        text(each.get("cidr"))
        for key in ("removeentry", "removeentries")
        for each in many(request.get(key))
        if isinstance(each, Mapping)
    }
    made = [
        {"Cidr": text(each.get("cidr"))}
        for key in ("entry", "entries", "addentry", "addentries")
        for each in many(request.get(key))
        if isinstance(each, Mapping)
    ]
    if "Entries" in body or text(request.get("prefixlistname")) or told is None:
        body["Entries"] = [
            each for each in many(body.get("Entries")) if text(folded(each).get("cidr")) not in gone
        ] + made
    if ident:
        yield estate.put("ManagedPrefixLists", ident, body)


def _no_prefix_list(estate: Estate, request: Folded, _: Folded) -> Iterator[Key]:
    yield estate.put("ManagedPrefixLists", text(request.get("prefixlistid")), None)


_HANDLERS: Final[Mapping[str, Handler]] = {
    "ModifyNetworkInterfaceAttribute": _interface_attribute, "ModifyInstanceAttribute": _instance_attribute, "RunInstances": _run,
    "TerminateInstances": _end, "DetachNetworkInterface": _detach, "AttachNetworkInterface": _attach, "AllocateAddress": _allocate,
    "AssociateAddress": _associate_address, "DisassociateAddress": _loose_address, "ReleaseAddress": _release, "CreateRoute": _route,
    "ReplaceRoute": _route, "DeleteRoute": _no_route, "AssociateRouteTable": _associate_table, "DisassociateRouteTable": _loose_table,
    "ReplaceRouteTableAssociation": _associate_table, "AttachInternetGateway": _gateway, "DetachInternetGateway": _no_gateway,
    "CreateNetworkAclEntry": _entry, "ReplaceNetworkAclEntry": _entry, "DeleteNetworkAclEntry": _no_entry,
    "ReplaceNetworkAclAssociation": _acl, "CreateManagedPrefixList": _prefix_list, "ModifyManagedPrefixList": _prefix_list,
    "DeleteManagedPrefixList": _no_prefix_list,
}  # fmt: skip
