"""Ways in to one address configuration: its own, its public address, load balancers, gateways and firewalls."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from hushdesk.guard._addresses import ALL_V4, ALL_V6, EVERYWHERE, AddressSet
from hushdesk.guard._policy import SAME_PORTS, Gate, Path, Place, PortShift, Sources
from hushdesk.guard.dialects._resource import Unknown
from hushdesk.guard.dialects.azure._index import Node
from hushdesk.guard.dialects.azure._network import Network
from hushdesk.guard.dialects.azure._shape import View, number, reference
from hushdesk.guard.dialects.azure._state import State

MANY_PORTS = 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class Seat:
    """One address configuration of an interface, with all that ways in need to know."""

    name: str
    id: str
    config: View
    place: Place
    doubt: str
    private: Sources
    """Its private address, or where it may lie."""
    network: Network
    gates: Callable[[bool | None], tuple[Gate, ...]]
    """What stands before it, for a frontend that is closed without a security group (standard), open (basic), or unknown."""
    siblings: bool = False
    """Stands for many machines of a scale set."""
    extra: tuple[Gate, ...] = field(default=())

    def is_at(self, address: str) -> str | None:
        """``None`` if it cannot have this private address; else why it may not, empty if it has."""
        try:
            wanted = AddressSet.parse(address)
        except ValueError:
            return "the address that is named is not known"
        if self.private.lower and self.private.lower <= wanted:
            return ""
        single = self.private.upper.v4.size + self.private.upper.v6.size == 1
        if single or not wanted & self.private.upper:
            return None
        return "the private address is not known, and the way in leads to one address only"


def direct(seat: Seat, state: State) -> Iterator[Path]:
    """Over the configuration's own public address."""
    value = seat.config.get("publicIPAddress")
    inline = seat.config.get("publicIPAddressConfiguration")
    if inline is not None:
        view = View(inline)
        sku = view.at("sku", "name")
        standard = None if isinstance(sku, Unknown) else str(sku or "basic").lower() != "basic"
        label = view.text("name")
        yield _public(
            seat,
            f"public address {label if isinstance(label, str) else seat.name}",
            standard,
            _families(view),
        )
    if value is None:
        return
    ref = reference(value)
    node = state.index.find(ref)
    if node is not None:
        yield _public(
            seat, f"public address {node.name}", is_standard(node), _families(node.view),
            addresses=_texts(node.view.get("ipAddress")), doubt=node.doubt, place=node.place,
        )  # fmt: skip
        return
    if isinstance(ref, Unknown):
        state.unresolved(seat.place, ref.expression, ref.why)
        yield _public(seat, "public address that is not resolved", None, EVERYWHERE, doubt=ref.why)
        return
    view = View(value)
    shown = ref.rsplit("/", 1)[-1] if isinstance(ref, str) else "public address"
    sku = view.at("sku", "name")
    if not isinstance(sku, str):
        state.unresolved(seat.place, shown, "the public address is not in the input, so its SKU is not known")
    yield _public(
        seat, f"public address {shown}", sku.lower() != "basic" if isinstance(sku, str) else None, EVERYWHERE,
        addresses=_texts(view.get("ipAddress")),
    )  # fmt: skip


def balanced(seat: Seat, state: State) -> Iterator[Path]:
    """Over rules, NAT rules and NAT pools of load balancers."""
    pools = memberships(seat, state, "loadBalancerBackendAddressPools", "Microsoft.Network/loadBalancers")
    named = set()
    for name in ("loadBalancerInboundNatRules", "loadBalancerInboundNatPools"):
        for ref in map(reference, seat.config.many(name)):
            if isinstance(ref, str):
                named.add(state.index.canon(ref))
            elif isinstance(ref, Unknown):
                state.unresolved(seat.place, ref.expression, ref.why)
                pools["?"] = ref.why
    yield from _elsewhere(seat, state, {**pools, **dict.fromkeys(named, "")})
    for balancer in state.index.of("Microsoft.Network/loadBalancers"):
        for rule in (
            *balancer.all("loadBalancingRules"),
            *balancer.all("inboundNatRules"),
            *balancer.all("inboundNatPools"),
        ):
            doubt = _applies(rule, seat, pools, named, state)
            if doubt is None:
                continue
            yield from _frontend(balancer, rule, seat, state, doubt)


def is_standard(node: Node) -> bool | None:
    """Whether a public address or load balancer is closed without a security group; ``None`` if its SKU is not known."""
    sku = node.view.at("sku", "name") if not isinstance(node.view.get("sku"), str) else node.view.get("sku")
    if node.unknown() or isinstance(sku, Unknown):
        return None
    return str(sku or "basic").lower() != "basic"


def _public(
    seat: Seat,
    name: str,
    standard: bool | None,
    families: AddressSet,
    *,
    addresses: tuple[str, ...] = (),
    doubt: str = "",
    place: Place | None = None,
    shifts: tuple[PortShift, ...] = SAME_PORTS,
    protocols: tuple[str, ...] = (),
) -> Path:
    return Path(
        name=name,
        gates=seat.gates(standard),
        addresses=addresses,
        shifts=shifts,
        protocols=protocols,
        reaching=Sources.exactly(families),
        doubt=doubt or seat.doubt,
        place=place or seat.place,
    )


def _families(view: View) -> AddressSet:
    version = view.get("publicIPAddressVersion")
    if isinstance(version, Unknown):
        return EVERYWHERE
    return ALL_V6 if str(version).lower() == "ipv6" else ALL_V4


def _texts(value: object) -> tuple[str, ...]:
    return (value,) if isinstance(value, str) else ()


def memberships(seat: Seat, state: State, name: str, kind: str) -> dict[str, str]:
    """Ids of the pools that the configuration is in, each with why it may not be in it; empty if it is."""
    found: dict[str, str] = {}
    for item in seat.config.many(name):
        ref = reference(item)
        if isinstance(ref, str):
            found[state.index.canon(ref)] = ""
        elif isinstance(ref, Unknown):
            state.unresolved(seat.place, ref.expression, ref.why)
            found["?"] = ref.why
    for owner in state.index.of(kind):
        for pool in owner.all("backendAddressPools"):
            for item in pool.view.many("backendIPConfigurations"):
                ref = reference(item)
                if (
                    isinstance(ref, str)
                    and seat.id
                    and (state.index.canon(ref) == seat.id or ref.startswith(f"{seat.id}/"))
                ):
                    found[pool.id] = ""
            for item in pool.view.many("loadBalancerBackendAddresses", "backendAddresses"):
                view = View(item)
                address = view.text("ipAddress")
                if isinstance(address, Unknown):
                    state.unresolved(pool.place, address.expression, address.why)
                    found.setdefault(pool.id, address.why)
                elif address is not None:
                    why = seat.is_at(address)
                    if why is not None and found.get(pool.id) != "":
                        found[pool.id] = why
                elif view.get("loadBalancerFrontendIPConfiguration") is not None:
                    state.skipped(
                        pool.place,
                        f"load balancers behind {owner.name}",
                        "A load balancer of load balancers is not followed.",
                    )
                elif view.get("fqdn") is not None:
                    state.skipped(
                        pool.place, f"backend addresses by name in {pool.name}", "Names are not looked up."
                    )
    return found


def _elsewhere(seat: Seat, state: State, refs: dict[str, str]) -> Iterator[Path]:
    for ref, why in refs.items():
        if state.index.find(ref) is not None:
            continue
        shown = ref.split("/")[-3] if ref.count("/") > 2 else ref
        reason = why or f"the load balancer {shown} is not in the input; it may be public"
        if not why:
            state.unresolved(seat.place, ref.rsplit("/", 1)[-1], reason)
        yield _public(seat, f"load balancer {shown}", None, EVERYWHERE, doubt=reason)


def _applies(rule: Node, seat: Seat, pools: dict[str, str], named: set[str], state: State) -> str | None:
    """``None`` if the rule does not lead to the seat; else why it may not, empty if it does."""
    if rule.id in named:
        return ""
    target = rule.view.ref("backendIPConfiguration")
    if isinstance(target, str) and seat.id and state.index.canon(target) == seat.id:
        return ""
    refs = [reference(item) for item in rule.view.many("backendAddressPool", "backendAddressPools")]
    known = [state.index.canon(ref) for ref in refs if isinstance(ref, str)]
    answers = [pools[ref] for ref in known if ref in pools]
    answers += [ref.why for ref in [*refs, target] if isinstance(ref, Unknown)]
    if rule.unknown():
        answers.append(rule.unknown())
    return min(answers, key=len) if answers else None


def _frontend(balancer: Node, rule: Node, seat: Seat, state: State, doubt: str) -> Iterator[Path]:
    ref = rule.view.ref("frontendIPConfiguration")
    front = state.index.find(ref)
    addresses: tuple[str, ...] = ()
    families = EVERYWHERE
    if front is None:
        doubt = doubt or "the frontend is not known"
        shown = ref if isinstance(ref, str) else ref.expression if ref else rule.name
        state.unresolved(
            rule.place, shown, "the frontend of the load balancer is not in the input; it may be public"
        )
    else:
        public = front.view.get("publicIPAddress")
        if public is None and front.view.get("publicIPPrefix") is None:
            if front.view.unknown is None:
                return
            doubt = doubt or front.view.unknown.why
        address = state.index.find(reference(public))
        if isinstance(reference(public), Unknown):
            doubt = doubt or "the frontend's public address is not resolved"
        if address is not None:
            addresses = _texts(address.view.get("ipAddress"))
            families = _families(address.view)
            doubt = doubt or address.doubt
    shifts, odd = _shifts(rule, state)
    protocol = rule.view.known("protocol")
    yield _public(
        seat, f"load balancer {balancer.name}, {rule.name}", is_standard(balancer), families,
        addresses=addresses, doubt=doubt or odd or rule.doubt or balancer.doubt, place=rule.place, shifts=shifts,
        protocols=(protocol,) if protocol in {"tcp", "udp"} else (),
    )  # fmt: skip


def _shifts(rule: Node, state: State) -> tuple[tuple[PortShift, ...], str]:
    view = rule.view
    names = ("frontendPort", "frontendPortRangeStart", "frontendPortRangeEnd", "backendPort")
    for name in names:
        value = view.get(name)
        if isinstance(value, Unknown):
            state.unresolved(rule.place, value.expression, value.why)
            return _any_to(view), f"its {name} is not resolved"
    front, start, end, back = (number(view.get(name)) for name in names)
    # A pool of NAT ports gives each machine one port of the range, so a rule may have both a null port and a range.
    if start is not None and end is not None and back is not None and not front:
        if end - start >= MANY_PORTS or end < start:
            return (PortShift(start, start, back), PortShift(end, end, back)), ""
        return tuple(PortShift(port, port, back) for port in range(start, end + 1)), ""
    if front is None or back is None:
        if view.known("protocol") == "all":
            return SAME_PORTS, ""
        state.malformed(rule.place, f"{rule.name} has no ports", "Give it frontendPort and backendPort.")
        return SAME_PORTS, "it names no ports"
    return ((PortShift(front, front, back),) if front or back else SAME_PORTS), ""


def _any_to(view: View) -> tuple[PortShift, ...]:
    """Some frontend port leads to the backend port; if only that is known, shown as the same port."""
    back = number(view.get("backendPort"))
    return (PortShift(back, back, back),) if back else SAME_PORTS
