"""Compose files: which ports of which service are published on the machine, and which stores stand behind them without a password.

Docker publishes on all addresses of the machine unless one is named, and its rules come before those of ufw and firewalld: what
those deny, a published port still lets in. Limits belong into the chain DOCKER-USER, which a dump of the machine's packet filter
shows.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from hushdesk.guard._addresses import EVERYWHERE, PRIVATE
from hushdesk.guard._dialect import Document, World
from hushdesk.guard._findings import Endpoint, Finding, Malformed, NotLookedAt
from hushdesk.guard._intervals import ports
from hushdesk.guard._policy import Action, Gate, Path, Place, Rule, Sources, Stage
from hushdesk.guard._services import ANY, Services
from hushdesk.guard.dialects.compose._interpolate import UNKNOWN
from hushdesk.guard.dialects.compose._ports import Published, published
from hushdesk.guard.dialects.compose._posture import engine, posture
from hushdesk.guard.dialects.compose._project import Project, Service, environment, projects

__all__ = ["ComposeDialect"]

_OWN_ADDRESS: Final = frozenset({"macvlan", "ipvlan"})
_GATEWAY_MODES: Final = (
    "com.docker.network.bridge.gateway_mode_ipv4",
    "com.docker.network.bridge.gateway_mode_ipv6",
)
_DEEPEST: Final = 8


class ComposeDialect:
    """Reads Compose files."""

    name: Final = "compose"

    def claims(self, document: Document) -> bool:
        """Whether it has services, and is of no other platform that has."""
        content = document.content
        if not isinstance(content, Mapping) or document.kind not in {"yaml", "json"}:
            return False
        services = content.get("services")
        if not isinstance(services, Mapping) or "apiVersion" in content or not services:
            return False
        return any(
            isinstance(service, Mapping)
            and not service.keys().isdisjoint(
                {"image", "build", "ports", "expose", "extends", "network_mode"}
            )
            for service in services.values()
        )

    def read(self, documents: Sequence[Document], world: World) -> Iterator[Finding]:
        """One endpoint for each service."""
        findings: list[Finding] = []
        for project in projects(documents, world, findings):
            for service in project.services.values():
                yield _endpoint(project, service, findings)
        yield from findings


def _endpoint(project: Project, service: Service, findings: list[Finding]) -> Endpoint:
    image = service.values.get("image")
    image = image if isinstance(image, str) else ""
    variables = {key.lower(): value for key, value in environment(service.values.get("environment")).items()}
    command = _words(service.values.get("entrypoint")) + " " + _words(service.values.get("command"))
    paths = tuple(_paths(project, service, findings, _DEEPEST))
    return Endpoint(
        name=f"{project.name}/{service.name}" if project.name else service.name,
        dialect="compose",
        kind="service",
        place=service.place,
        paths=paths,
        engine=engine(image),
        posture=posture(
            image, variables, command, complete="env_file" not in service.values, place=service.place
        ),
        aliases=tuple(
            filter(None, (_text(service.values.get("container_name")), _text(service.values.get("hostname"))))
        ),
    )


def _text(value: Any) -> str:
    return value if isinstance(value, str) and UNKNOWN not in value else ""


def _words(value: Any) -> str:
    return " ".join(map(str, value)) if isinstance(value, list) else str(value or "")


def _paths(project: Project, service: Service, findings: list[Finding], depth: int) -> Iterator[Path]:
    values = service.values
    doubt = ""
    if values.get("profiles"):
        doubt = f"it runs only with one of the profiles {_words(values['profiles'])}".replace(UNKNOWN, "${…}")
    mode = str(values.get("network_mode") or values.get("net") or "")
    if mode == "none":
        return
    if UNKNOWN in mode:
        yield _open(service, "the network mode is not known", Sources.exactly(EVERYWHERE))
        return
    if mode == "host":
        why = "whether the machine's own packet filter lets it in, and on which address it listens, is not in the file"
        yield _open(service, why, Sources.exactly(EVERYWHERE))
        return
    if mode.startswith(("service:", "container:")):
        other = project.services.get(mode.partition(":")[2])
        if other is None or not depth:
            yield _open(
                service, "the service whose network it shares is not in the file", Sources.exactly(EVERYWHERE)
            )
        else:
            yield from _paths(project, other, findings, depth - 1)
        return
    if service.missing:
        yield _open(service, service.missing, Sources.exactly(EVERYWHERE))
    yield from _published(service, findings, doubt)
    yield from _networks(project, service, findings, doubt)
    labels = values.get("labels")
    keys = list(labels) if isinstance(labels, Mapping | list) else []
    if any(str(key).startswith(("traefik.http", "traefik.tcp", "traefik.enable", "caddy")) for key in keys):
        why = "which requests a reverse proxy passes on is not modelled"
        findings.append(NotLookedAt(service.place, f"labels of {service.name}", why))


def _published(service: Service, findings: list[Finding], doubt: str) -> Iterator[Path]:
    entries = service.values.get("ports")
    if entries is None:
        return
    if not isinstance(entries, list):
        findings.append(Malformed(service.place, "ports is no list", "write - HOST:CONTAINER"))
        yield _open(service, "which ports are published is not known", Sources.exactly(EVERYWHERE))
        return
    for index, entry in enumerate(entries):
        place = service.port_places[index] if index < len(service.port_places) else service.place
        try:
            one = published(entry)
        except ValueError as error:
            findings.append(
                Malformed(
                    place,
                    f"the entry of ports cannot be read: {error}",
                    "write - ADDRESS:HOST:CONTAINER/PROTOCOL",
                )
            )
            # A later version of Compose may read it.
            yield _open(service, "an entry of ports cannot be read", Sources.exactly(EVERYWHERE))
            continue
        if one.sources.upper:
            yield _path(service, one, place, doubt)


def _path(service: Service, one: Published, place: Place, doubt: str) -> Path:
    rule = Rule(
        name=one.words,
        action=Action.NEXT,
        sources=one.sources,
        services=Services(((one.protocol if one.protocol != "*" else ANY, ports(one.target)),)),
        doubt=one.doubt,
        place=place,
    )
    stage = Stage(name=f"ports of {service.name}", rules=(rule,), default_name="not published", place=place)
    return Path(
        name=f"{one.words} (published by Docker, before the rules of ufw)",
        gates=(Gate(name=f"ports of {service.name}", stages=(stage,)),),
        addresses=(one.address,) if one.address else (),
        shifts=one.shifts,
        protocols=() if one.protocol == "*" else (one.protocol,),
        doubt=doubt,
        place=place,
    )


def _open(service: Service, why: str, sources: Sources) -> Path:
    """Everything on which it listens, perhaps."""
    mode = service.values.get("network_mode")
    words = f"network_mode: {mode}".replace(UNKNOWN, "${…}") if mode else f"ports of {service.name}"
    rule = Rule(name=words, action=Action.NEXT, sources=sources, place=service.place)
    stage = Stage(name=f"network of {service.name}", rules=(rule,), place=service.place)
    return Path(
        name=words,
        gates=(Gate(name=f"network of {service.name}", stages=(stage,)),),
        doubt=why,
        place=service.place,
    )


def _networks(project: Project, service: Service, findings: list[Finding], doubt: str) -> Iterator[Path]:
    """Networks that give a container an address of the machine's own network: all its ports are open there."""
    used = service.values.get("networks")
    for name in used if isinstance(used, Mapping | list) else ():
        network = project.networks.get(str(name))
        if not isinstance(network, Mapping):
            continue
        driver = str(network.get("driver") or "")
        if driver in _OWN_ADDRESS:
            why = "whether something outside passes on to the container's own address is not known"
            made = _open(service, doubt, Sources(EVERYWHERE, PRIVATE, f"network {name}", why))
            yield Path(name=f"network {name} ({driver})", gates=made.gates, doubt=doubt, place=service.place)
        elif _ungated(network.get("driver_opts")):
            why = "whether something outside routes to the container's own address is not known"
            made = _open(service, doubt, Sources(EVERYWHERE, PRIVATE, f"network {name}", why))
            yield Path(
                name=f"network {name} (nat-unprotected)", gates=made.gates, doubt=doubt, place=service.place
            )
        elif network.get("external"):
            why = "of which kind an external network is is not in the file"
            findings.append(NotLookedAt(service.place, f"network {name}", why))


def _ungated(options: Any) -> bool:
    """Whether a bridge lets in to every port of its containers, published or not."""
    modes = [str(options.get(key) or "") for key in _GATEWAY_MODES] if isinstance(options, Mapping) else []
    return any(mode == "nat-unprotected" or UNKNOWN in mode or "$" in mode for mode in modes)
