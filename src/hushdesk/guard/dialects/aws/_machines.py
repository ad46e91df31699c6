"""Network interfaces, instances, scaling groups and container services to endpoints."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Any

from hushdesk.guard._addresses import EMPTY, AddressSet
from hushdesk.guard._findings import Endpoint
from hushdesk.guard._policy import Place
from hushdesk.guard._services import Services
from hushdesk.guard.dialects._resource import Resource, Unknown
from hushdesk.guard.dialects.aws._account import Account, label, text_or_empty
from hushdesk.guard.dialects.aws._values import Made, first_known, get, items, number, truth, words
from hushdesk.guard.dialects.aws._ways import DEFAULT_NETWORK, Interface, Ways, attached_groups, has_public

NAMES = {
    "AWS::EC2::NetworkInterface": "network interface",
    "AWS::EC2::Instance": "instance",
    "AWS::AutoScaling::AutoScalingGroup": "auto scaling group",
    "AWS::ECS::Service": "container service",
}


@dataclass(slots=True, kw_only=True)
class Listener:
    """A resource that may listen, with its interfaces; the paths come later, when all members of groups are known."""

    resource: Resource
    kind: str
    interfaces: list[Interface]
    targets: list[str] = field(default_factory=list)
    """Under which load balancers name it: ids and private addresses."""
    engine: str = ""
    listening: Services | None = None
    aliases: list[str] = field(default_factory=list)

    def endpoint(self, **more: Any) -> Endpoint:
        """The endpoint without its paths, or with those given."""
        tags = items(
            first_known(self.resource.properties.get("Tags"), self.resource.properties.get("TagSet"))
        )
        known = [
            self.resource.id,
            *self.aliases,
            *(get(tag, "Value") for tag in tags if get(tag, "Key") == "Name"),
        ]
        names = tuple(
            dict.fromkeys(
                str(each) for each in known if each and isinstance(each, str) and each != self.resource.name
            )
        )
        base: dict[str, Any] = {
            "name": self.resource.name,
            "dialect": "aws",
            "kind": self.kind,
            "place": self.resource.place,
            "listening": self.listening,
            "engine": self.engine,
            "aliases": names,
        }
        return Endpoint(**{**base, **more})


def machines(account: Account, ways: Ways) -> Iterator[Listener]:
    """Whatever has interfaces of its own, apart from stores and balancers."""
    elastic = _Elastic(account)
    taken: set[str] = set()
    for instance in account.all("Instance"):
        listener = _instance(account, ways, elastic, instance, taken)
        if listener is not None:
            yield listener
    for resource in account.all("NetworkInterface"):
        if resource.id not in taken:
            interface = _interface(account, ways, elastic, resource.properties, resource, "")
            private = _plain(interface.private)
            kind = NAMES[resource.type]
            yield Listener(resource=resource, kind=kind, interfaces=[interface], targets=[resource.id, *private], aliases=[*interface.addresses, *private])  # fmt: skip
    for group in account.all("AWS::AutoScaling::AutoScalingGroup"):
        yield _scaling(ways, group)
    for service in account.all("AWS::ECS::Service"):
        found = _service(service)
        if found is not None:
            yield found


class _Elastic:
    """Elastic addresses by what they belong to."""

    def __init__(self, account: Account) -> None:
        self.account = account
        self.of: dict[tuple[str, str], list[str]] = {}
        self.loose: Unknown | None = None
        for eip in account.all("EIP"):
            self._add(eip, eip.properties, text_or_empty(eip.properties.get("PublicIp")))
        for link in account.all("EIPAssociation"):
            named = first_known(link.properties.get("AllocationId"), link.properties.get("EIP"))
            eip_found = account.find("EIP", named)
            address = text_or_empty(get(eip_found.properties, "PublicIp")) if eip_found else ""
            self._add(
                link,
                link.properties,
                address or ("" if isinstance(named, Made | Unknown) else str(named or "")),
            )

    def _add(self, resource: Resource, properties: Any, address: str) -> None:
        for kind, key in (("Instance", "InstanceId"), ("NetworkInterface", "NetworkInterfaceId")):
            value = properties.get(key)
            if isinstance(value, Unknown):
                self.account.unresolved(
                    resource.place, value, "to what an elastic address belongs is not known"
                )
                self.loose = value
            elif value:
                found = self.account.find(kind, value)
                shown = address if address[:1].isdigit() else ""
                self.of.setdefault((kind, found.id if found else str(value)), []).append(shown)

    def public(self, kind: str, name: str, own: Any, known: tuple[str, ...]) -> tuple[Any, tuple[str, ...]]:
        """Whether it has a public address, and which, with elastic addresses counted."""
        if (kind, name) in self.of:
            more = (each for each in self.of[kind, name] if each)
            return True, tuple(dict.fromkeys((*known, *more)))
        if (own is False or own is None) and self.loose is not None and self.account.created:
            return self.loose, known
        return own, known


def _interface(
    account: Account, ways: Ways, elastic: _Elastic, properties: Any, owner: Resource, name: str
) -> Interface:
    """One interface in the shape of ``describe-network-interfaces``."""
    public = [get(properties, "Association", "PublicIp"), get(properties, "PublicIp")]
    private = [get(properties, "PrivateIpAddress")]
    for each in items(get(properties, "PrivateIpAddresses")):
        public.append(get(each, "Association", "PublicIp"))
        private.append(get(each, "PrivateIpAddress"))
    six = [
        get(each, "Ipv6Address") if isinstance(each, dict) else each
        for each in items(get(properties, "Ipv6Addresses"))
    ]
    addresses = tuple(dict.fromkeys(each for each in public if isinstance(each, str) and each))
    subnet = first_known(get(properties, "SubnetId"), DEFAULT_NETWORK)
    place = owner.place
    own: Any = True if addresses else next((each for each in public if isinstance(each, Unknown)), False)
    if account.created and not addresses and own is False:
        own = has_public(get(properties, "AssociatePublicIpAddress"), ways.subnet(subnet))
        if owner.type.endswith("NetworkInterface") and get(properties, "AssociatePublicIpAddress") is None:
            # The subnet's setting counts for interfaces made with an instance, not for those made by themselves.
            own = False
    key = str(get(properties, "NetworkInterfaceId") or owner.id)
    has, addresses = elastic.public("NetworkInterface", key, own, addresses)
    numbers = _addresses([*private, *six], account, place)
    groups = attached_groups(get(properties, "Groups"))
    more = [
        get(each.properties, "GroupId")
        for each in account.by("NetworkInterfaceSecurityGroup", "NetworkInterfaceId").get(key, ())
    ]
    if more:
        groups = (*(groups or ()), *more)
    return Interface(
        subnets=(subnet,),
        groups=groups,
        public=has,
        six=_has_six(account, ways, properties, subnet, six),
        addresses=addresses,
        six_addresses=tuple(each for each in six if isinstance(each, str) and not isinstance(each, Made)),
        private=numbers,
        place=place,
        doubt=owner.doubt,
        name=name,
    )


def _has_six(account: Account, ways: Ways, properties: Any, subnet: Any, six: list[Any]) -> Any:
    if six:
        return True
    if not account.created:
        return False
    count = number(get(properties, "Ipv6AddressCount"))
    if count is not None:
        return count if isinstance(count, Unknown) else count > 0
    found = ways.subnet(subnet)
    return truth(get(found.properties, "AssignIpv6AddressOnCreation")) or False if found else False


def _instance(
    account: Account, ways: Ways, elastic: _Elastic, instance: Resource, taken: set[str]
) -> Listener | None:
    properties = instance.properties
    state = text_or_empty(get(properties, "State", "Name")).lower()
    attached = [each for each in items(properties.get("NetworkInterfaces")) if each is not None]
    attached.extend(
        link.properties
        for link in account.by("NetworkInterfaceAttachment", "InstanceId").get(instance.id, ())
    )
    named = {get(each, "NetworkInterfaceId") for each in attached if isinstance(each, dict)}
    attached.extend(
        {"NetworkInterfaceId": eni.id}
        for eni in account.by("NetworkInterface", "Attachment", "InstanceId").get(instance.id, ())
        if eni.id not in named
    )
    if state in {"terminated", "shutting-down"}:
        return None
    interfaces = []
    if not attached:
        attached = [{**properties, "Groups": properties.get("SecurityGroups")}]
        if properties.get("PublicIpAddress") and not isinstance(properties.get("PublicIpAddress"), Unknown):
            attached[0]["Association"] = {"PublicIp": properties["PublicIpAddress"]}
    for index, each in enumerate(attached):
        if isinstance(each, Unknown):
            account.unresolved(instance.place, each)
            interfaces.append(
                Interface(
                    subnets=(each,), groups=(each,), public=each, place=instance.place, doubt=instance.doubt
                )
            )
            continue
        own = account.find("NetworkInterface", get(each, "NetworkInterfaceId"))
        if own is not None:
            taken.add(own.id)
        title = "" if len(attached) == 1 else label(own) if own is not None else f"interface {index}"
        shape = own.properties if own is not None else each
        if own is None and get(each, "SubnetId") is None and not get(each, "NetworkInterfaceId"):
            shape = {**each, "SubnetId": properties.get("SubnetId")}
            if get(each, "Groups") is None:
                shape["Groups"] = properties.get("SecurityGroups")
        elif own is None and get(each, "SubnetId") is None:
            missing = Unknown(
                words(get(each, "NetworkInterfaceId")), "the network interface is not in the input"
            )
            shape = {"SubnetId": missing, "Groups": missing, "AssociatePublicIpAddress": missing, **each}
        interfaces.append(_interface(account, ways, elastic, shape, own or instance, title))
    first = interfaces[0]
    has, addresses = elastic.public("Instance", instance.id, first.public, first.addresses)
    doubt = first.doubt or instance.doubt
    if state == "stopped" and not has:
        found = ways.subnet(first.subnets[0])
        if found is not None and truth(get(found.properties, "MapPublicIpOnLaunch")) is True:
            has = Unknown("stopped instance", "its subnet gives it a public address when it is started")
    interfaces[0] = replace(first, public=has, addresses=addresses, doubt=doubt)
    private = [address for each in interfaces for address in _plain(each.private)]
    public = [address for each in interfaces for address in (*each.addresses, *each.six_addresses)]
    return Listener(
        resource=instance,
        kind=NAMES[instance.type],
        interfaces=interfaces,
        targets=[instance.id, *private, *(get(each, "NetworkInterfaceId") or "" for each in attached if isinstance(each, dict))],
        aliases=[*public, *private, text_or_empty(properties.get("PublicDnsName")), text_or_empty(properties.get("PrivateDnsName"))],
    )  # fmt: skip


def _scaling(ways: Ways, group: Resource) -> Listener:
    properties = group.properties
    subnets = tuple(items(properties.get("VPCZoneIdentifier"))) or (DEFAULT_NETWORK,)
    choices = [has_public(properties.get("AssociatePublicIpAddress"), ways.subnet(each)) for each in subnets]
    public: Any = (
        True if True in choices else next((each for each in choices if isinstance(each, Unknown)), False)
    )
    return Listener(
        resource=group,
        kind=NAMES[group.type],
        interfaces=[
            Interface(
                subnets=subnets,
                groups=attached_groups(properties.get("SecurityGroups")),
                public=public,
                place=group.place,
                doubt=group.doubt,
            )
        ],
        targets=[group.id],
    )


def _service(service: Resource) -> Listener | None:
    properties = service.properties
    subnets = tuple(items(properties.get("subnets")))
    if not subnets:
        return None  # It shares the interfaces of its hosts.
    interface = Interface(
        subnets=subnets,
        groups=attached_groups(properties.get("securityGroups")),
        public=truth(properties.get("assignPublicIp")) or False,
        place=service.place,
        doubt=service.doubt,
    )
    return Listener(resource=service, kind=NAMES[service.type], interfaces=[interface], targets=[service.id])


def _addresses(values: list[Any], account: Account, place: Place) -> AddressSet:
    total = EMPTY
    for value in values:
        if not isinstance(value, str) or isinstance(value, Made) or not value:
            continue
        try:
            total |= AddressSet.parse(value)
        except ValueError:
            account.malformed(place, "an address of an interface is no address", "write it like 10.0.0.4")
    return total


def _plain(addresses: AddressSet) -> list[str]:
    return [each.removesuffix("/32").removesuffix("/128") for each in addresses.cidrs()]
