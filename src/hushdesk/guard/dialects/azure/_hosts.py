"""Network interfaces, scale sets and container groups as endpoints."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import partial

from hushdesk.guard._addresses import ALL_V4, ALL_V6, AddressSet
from hushdesk.guard._findings import Endpoint
from hushdesk.guard._policy import Action, Gate, Path, Place, Rule, Sources, Stage
from hushdesk.guard._services import Services
from hushdesk.guard.dialects._resource import Unknown
from hushdesk.guard.dialects.azure._admin import admin_stage
from hushdesk.guard.dialects.azure._index import Node
from hushdesk.guard.dialects.azure._network import PLATFORM
from hushdesk.guard.dialects.azure._proxies import Translation, firewall_paths, gateways
from hushdesk.guard.dialects.azure._rules import Target, security_group, unknown_stage
from hushdesk.guard.dialects.azure._shape import View, number, reference
from hushdesk.guard.dialects.azure._state import State
from hushdesk.guard.dialects.azure._ways import Seat, balanced, direct

DIALECT = "azure"


@dataclass(frozen=True, slots=True, kw_only=True)
class Level:
    """The groups that stand before one address: the interface's own, and its subnet's."""

    owner: Node
    subnet_ref: str | Unknown | None
    group: object
    """The interface's reference to its group, as it stands; ``None`` if it has none."""
    target: Target


def interfaces(state: State, known: list[Translation]) -> Iterator[Endpoint]:
    """Every network interface, with the name of its machine."""
    machines = _machines(state)
    for nic in state.index.of("Microsoft.Network/networkInterfaces"):
        machine = machines.get(nic.id, "")
        paths: list[Path] = []
        aliases = [nic.id, *([machine] if machine else [])]
        if why := nic.unknown():
            state.unresolved(nic.place, nic.name, why)
        for config in nic.all("ipConfigurations"):
            seat = _seat(nic, config, state)
            paths += _paths(seat, config.view, state, known)
            address = config.view.text("privateIPAddress")
            aliases += [address] if isinstance(address, str) else []
        aliases += [address for path in paths for address in path.addresses]
        yield Endpoint(
            name=f"{machine}/{nic.name}" if machine else nic.name,
            dialect=DIALECT,
            kind="network interface",
            place=nic.place,
            paths=tuple(paths),
            aliases=tuple(dict.fromkeys(aliases)),
        )


def scale_sets(state: State, known: list[Translation]) -> Iterator[Endpoint]:
    """Every scale set, all of whose machines share one profile, and machines that bring their interfaces with them."""
    for owner, profile in _profiles(state):
        for at, card in profile.items("networkInterfaceConfigurations"):
            paths: list[Path] = []
            for turn, config in card.items("ipConfigurations"):
                node = Node("", owner.id, owner.name, config, owner.place, owner.doubt, owner)
                level = _level(node, config, card.unknown or card.get("networkSecurityGroup"), state)
                paths += _paths(
                    _seat_of(node, level, f"{owner.name}, address {turn}", state), config, state, known
                )
            label = card.text("name")
            shown = label if isinstance(label, str) else f"interface {at}"
            yield Endpoint(
                name=f"{owner.name}/{shown}",
                dialect=DIALECT,
                kind="scale set" if owner.kind.endswith("sets") else "virtual machine",
                place=owner.place,
                paths=tuple(paths),
                aliases=(owner.id,),
            )


def _profiles(state: State) -> Iterator[tuple[Node, View]]:
    """The network profiles of scale sets and of machines."""
    for kind, names in (
        ("Microsoft.Compute/virtualMachineScaleSets", ("virtualMachineProfile", "networkProfile")),
        ("Microsoft.Compute/virtualMachines", ("networkProfile",)),
    ):
        for owner in state.index.of(kind):
            profile = owner.view.at(*names)
            if isinstance(profile, Unknown):
                state.unresolved(owner.place, profile.expression, profile.why)
            else:
                yield owner, View(profile)


def containers(state: State) -> Iterator[Endpoint]:
    """Container groups: a public one is open to everybody, one in a subnet stands behind its group."""
    for owner in state.index.of("Microsoft.ContainerInstance/containerGroups"):
        address = owner.view.get("ipAddress")
        if address is None and not owner.unknown():
            continue
        view = View(address)
        kind = view.known("type")
        subnets = [*owner.view.many("subnetIds", "subnets")]
        paths: list[Path] = []
        if kind != "private":
            doubt = owner.doubt or ("" if kind == "public" else "whether its address is public is not known")
            shown = view.text("ip")
            own = (shown,) if isinstance(shown, str) else ()
            paths.append(
                Path(
                    name="public address",
                    gates=(),
                    addresses=own,
                    reaching=Sources.exactly(ALL_V4),
                    doubt=doubt,
                    place=owner.place,
                )
            )
        for item in subnets:
            config = View({"subnet": item, "privateIPAddress": view.get("ip")})
            node = Node("", owner.id, owner.name, config, owner.place, owner.doubt, owner)
            seat = _seat_of(node, _level(node, config, None, state), owner.name, state)
            paths.append(_private(seat, config))
        ports = [
            Services.of(
                entry.known("protocol") or "tcp",
                *([port] if (port := number(entry.get("port"))) is not None else []),
            )
            for _, entry in view.items("ports")
        ]
        yield Endpoint(
            name=owner.name, dialect=DIALECT, kind="container group", place=owner.place, paths=tuple(paths),
            listening=Services.union(ports) if ports else None, aliases=(owner.id,),
        )  # fmt: skip


def lone_groups(state: State) -> Iterator[Endpoint]:
    """Security groups that stand before no endpoint of the input: what they would let in."""
    subnets: dict[str, list[Node]] = {}
    for subnet in state.index.of("Microsoft.Network/virtualNetworks/subnets"):
        ref = subnet.view.ref("networkSecurityGroup")
        if isinstance(ref, str):
            subnets.setdefault(ref, []).append(subnet)
    for group in state.index.of("Microsoft.Network/networkSecurityGroups"):
        if group.id in state.used:
            continue
        paths = []
        for subnet in subnets.get(group.id, []):
            target = Target(
                possible=state.networks.prefixes(subnet).upper, network=state.networks.around(subnet)
            )
            paths.append(_through(group, target, f"what {group.name} lets into subnet {subnet.name}", state))
        if not paths:
            paths.append(
                _through(
                    group,
                    Target(possible=AddressSet(), anywhere=True),
                    f"what {group.name} would let in",
                    state,
                )
            )
        yield Endpoint(
            name=group.name, dialect=DIALECT, kind="network security group", place=group.place, paths=tuple(paths), attached=False,
            aliases=(group.id,),
        )  # fmt: skip


def subnet_gates(node: Node, subnet_ref: object, state: State) -> tuple[Sources, tuple[Gate, ...]]:
    """The network around a subnet, and the gates before whatever stands in it."""
    config = View({"subnet": {"id": subnet_ref}})
    seat_node = Node("", node.id, node.name, config, node.place, node.doubt, node)
    seat = _seat_of(seat_node, _level(seat_node, config, None, state), node.name, state)
    return state.networks.around(state.index.find(config.ref("subnet"))).base, seat.gates(False)


def find_members(state: State) -> None:
    """Collects the private addresses of each application security group's members."""
    for group in state.index.of("Microsoft.Network/applicationSecurityGroups"):
        state.members.setdefault(group.id, [])
        if group.doubt or group.absent:
            del state.members[group.id]
    for config in _all_configs(state):
        for item in config.view.many("applicationSecurityGroups"):
            ref = reference(item)
            address = _address(config.view, state)
            why = ref.why if isinstance(ref, Unknown) else config.doubt
            if why:
                address = Sources(address.upper, AddressSet(), address.words, why)
            for named in list(state.members) if isinstance(ref, Unknown) else [ref]:
                if named is not None and named in state.members:
                    state.members[named].append(address)


def _all_configs(state: State) -> Iterator[Node]:
    for nic in state.index.of("Microsoft.Network/networkInterfaces"):
        yield from nic.all("ipConfigurations")
    for owner, profile in _profiles(state):
        for _, card in profile.items("networkInterfaceConfigurations"):
            for _, view in card.items("ipConfigurations"):
                yield Node("", owner.id, owner.name, view, owner.place, owner.doubt, owner)


def _machines(state: State) -> dict[str, str]:
    found: dict[str, str] = {}
    for machine in state.index.of("Microsoft.Compute/virtualMachines"):
        for _, card in View(machine.view.get("networkProfile")).items("networkInterfaces"):
            ref = reference(card.get("id"))
            if isinstance(ref, str):
                found[ref] = machine.name
    for nic in state.index.of("Microsoft.Network/networkInterfaces"):
        ref = nic.view.ref("virtualMachine")
        if isinstance(ref, str):
            found.setdefault(nic.id, ref.rsplit("/", 1)[-1])
    return found


def _seat(nic: Node, config: Node, state: State) -> Seat:
    group = nic.view.get("networkSecurityGroup")
    if nic.view.unknown is not None:
        group = nic.view.unknown
    level = _level(config, config.view, group, state)
    return _seat_of(config, level, config.name, state)


def _level(config: Node, view: View, group: object, state: State) -> Level:
    ref = view.unknown or view.ref("subnet")
    subnet = state.index.find(ref)
    groups = [reference(item) for item in view.many("applicationSecurityGroups")]
    target = Target(
        possible=_address(view, state).upper,
        network=state.networks.around(subnet, config.parent),
        groups=frozenset(item for item in groups if isinstance(item, str)),
        groups_unknown=any(isinstance(item, Unknown) for item in groups),
    )
    return Level(owner=config, subnet_ref=ref, group=group, target=target)


def _seat_of(node: Node, level: Level, name: str, state: State) -> Seat:
    return Seat(
        name=name,
        id=node.id,
        config=node.view,
        place=node.place,
        doubt=node.doubt,
        private=_address(node.view, state),
        network=level.target.network,
        gates=partial(_gates, level, state),
    )


def _paths(seat: Seat, config: View, state: State, known: list[Translation]) -> list[Path]:
    return [
        *direct(seat, state),
        *balanced(seat, state),
        *gateways(seat, state),
        *firewall_paths(seat, state, known),
        _private(seat, config),
    ]


def _private(seat: Seat, config: View) -> Path:
    network = seat.network
    families = ALL_V6 if config.known("privateIPAddressVersion") == "ipv6" else ALL_V4
    reaching = (network.base | Sources.exactly(PLATFORM)) & Sources.exactly(families)
    address = config.text("privateIPAddress")
    return Path(
        name="private address",
        gates=seat.gates(False),
        addresses=(address,) if isinstance(address, str) else (),
        reaching=Sources(reaching.upper, reaching.lower, "VirtualNetwork", network.base.why),
        doubt=seat.doubt,
        place=seat.place,
    )


def _address(view: View, state: State) -> Sources:
    """The private address: exact if it is written, else somewhere in the subnet."""
    text = view.text("privateIPAddress")
    if isinstance(text, str):
        try:
            return Sources.exactly(AddressSet.parse(text), text)
        except ValueError:
            pass
    found = state.networks.prefixes(state.index.find(view.ref("subnet")))
    families = ALL_V6 if view.known("privateIPAddressVersion") == "ipv6" else ALL_V4
    why = found.why or "the private address is given when it is deployed"
    return Sources(found.upper & families, AddressSet(), found.words, why)


def _gates(level: Level, state: State, standard: bool | None) -> tuple[Gate, ...]:
    stages: list[Stage] = []
    subnet = state.index.find(level.subnet_ref)
    admin = admin_stage(subnet.parent if subnet else None, level.target, state)
    if admin is not None:
        stages.append(admin)
    before = _subnet_stage(level, subnet, state)
    own = _own_stage(level, state)
    stages += [stage for stage in (before, own) if stage is not None]
    if before is None and own is None and standard is not False:
        why = (
            ""
            if standard
            else "whether the public address is of the Basic SKU, and so open without a security group, is not known"
        )
        stages.append(_closed(level.owner.place, why))
    return (Gate(name="network security groups", stages=tuple(stages)),) if stages else ()


def _closed(place: Place, why: str) -> Stage:
    rules = (
        (
            Rule(
                name="no security group",
                action=Action.NEXT,
                sources=Sources.unknown("", why),
                doubt=why,
                place=place,
            ),
        )
        if why
        else ()
    )
    return Stage(
        name="no security group",
        rules=rules,
        default_name="a Standard public address is closed without a security group",
        place=place,
    )


def _subnet_stage(level: Level, subnet: Node | None, state: State) -> Stage | None:
    if subnet is None or subnet.unknown() or subnet.absent:
        ref = level.subnet_ref
        why = ref.why if isinstance(ref, Unknown) else subnet.unknown() if subnet else ""
        why = why or "the subnet is not in the input, so its security group is not known"
        shown = (
            ref.expression
            if isinstance(ref, Unknown)
            else ref.rsplit("/", 1)[-1]
            if ref
            else level.owner.name
        )
        state.unresolved(level.owner.place, shown, why)
        return unknown_stage("subnet NSG", why, level.owner)
    stage = _stage(subnet.view.get("networkSecurityGroup"), subnet, level.target, "subnet NSG", state)
    if not subnet.doubt:
        return stage
    if stage is None:
        return unknown_stage("subnet NSG", subnet.doubt, level.owner)
    # If the subnet exists elsewhere, another group stands before it, or none.
    return replace(stage, rules=(*unknown_stage("", subnet.doubt, level.owner).rules, *stage.rules))


def _own_stage(level: Level, state: State) -> Stage | None:
    return _stage(level.group, level.owner, level.target, "NIC NSG", state)


def _stage(value: object, owner: Node, target: Target, label: str, state: State) -> Stage | None:
    if value is None:
        return None
    ref = reference(value)
    group = state.index.find(ref)
    if group is not None:
        state.used.add(group.id)
        key = (group.id, label, target)
        if key not in state.stages:
            state.stages[key] = security_group(group, target, state, label)
        return state.stages[key]
    why = ref.why if isinstance(ref, Unknown) else f"the {label} is not in the input"
    shown = ref.expression if isinstance(ref, Unknown) else ref.rsplit("/", 1)[-1] if ref else label
    state.unresolved(owner.place, shown, why)
    return unknown_stage(label, why, owner)


def _through(group: Node, target: Target, name: str, state: State) -> Path:
    stage = security_group(group, target, state, "NSG", lone=True)
    gate = Gate(name="network security group", stages=(stage,))
    return Path(name=name, gates=(gate,), doubt=group.doubt, place=group.place)
