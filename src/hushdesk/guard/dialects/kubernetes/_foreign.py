"""Entries that other makers' controllers serve: which services they name, not under which conditions they pass on to them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

from hushdesk.guard.dialects.kubernetes._entries import Backend, Entry
from hushdesk.guard.dialects.kubernetes._node import Node

ENTRIES: Final = frozenset({
    "VirtualService", "IngressRoute", "IngressRouteTCP", "IngressRouteUDP", "HTTPProxy", "TCPIngress", "UDPIngress", "VirtualServer",
    "VirtualServerRoute", "TransportServer", "Mapping", "TCPMapping", "ApisixRoute",
})  # fmt: skip
_KEYS: Final = frozenset({"name", "host", "service", "serviceName"})
_STREAM: Final = re.compile(r"([a-z0-9.-]+)/([a-z0-9.-]+):([a-z0-9-]+)(?::.*)?")
_DEEPEST: Final = 16


def entry_of(node: Node, kind: str, namespace: str, name: str) -> Entry | None:
    """An object of one of these kinds, with every service that it may mean; ``None`` if it opens nothing."""
    spec = node.at("spec")
    if kind == "VirtualService" and set(spec.at("gateways").texts()) <= {"mesh"}:
        return None  # For traffic between pods.
    found = [Backend(*_service(text, own), None) for text, own in _named(spec.value, namespace, _DEEPEST)]
    return Entry(
        kind="UDPRoute" if kind.endswith(("RouteUDP", "UDPIngress")) else kind,
        namespace=namespace,
        name=name,
        backends=tuple(dict.fromkeys(found)),
        hosts=(),
        place=node.place,
    )


def _named(value: Any, namespace: str, depth: int) -> Iterator[tuple[str, str]]:
    """Texts where the name of a service may stand, with the namespace that stands beside."""
    if not depth:
        return
    if isinstance(value, list):
        for item in value:
            yield from _named(item, namespace, depth - 1)
    elif isinstance(value, Mapping):
        beside = value.get("namespace")
        own = beside if isinstance(beside, str) and beside else namespace
        for key, item in value.items():
            if key in _KEYS and isinstance(item, str):
                yield item, own
            else:
                yield from _named(item, own, depth - 1)


def _service(text: str, namespace: str) -> tuple[str, str]:
    """Namespace and name out of ``name``, ``name.namespace.svc.cluster.local``, and either with a port or scheme."""
    host = text.rpartition("://")[2].partition("/")[0].partition(":")[0]
    name, _, rest = host.partition(".")
    return rest.partition(".")[0] or namespace, name


def streams_of(node: Node, namespace: str, name: str) -> Entry | None:
    """The services for which ingress-nginx listens on ports of its own, as one of its ConfigMaps lists them."""
    data = node.at("data").value
    if not isinstance(data, Mapping):
        return None
    backends, ports = [], []
    for key, value in data.items():
        found = _STREAM.fullmatch(value.strip()) if isinstance(value, str) else None
        if found and str(key).isdecimal():
            backends.append(Backend(found[1], found[2], int(found[3]) if found[3].isdecimal() else found[3]))
            ports.append(int(key))
    if not backends:
        return None
    return Entry(
        kind="UDPRoute" if name.startswith("udp") or name.endswith("udp") else "ConfigMap",
        namespace=namespace,
        name=name,
        backends=tuple(dict.fromkeys(backends)),
        hosts=(),
        ports=tuple(ports),
        place=node.place,
    )
