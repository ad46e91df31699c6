"""The resources of one run, and how they name each other.

Google's resources refer to each other by a full URL, by a path from ``projects/`` or ``global/`` on, or by a plain name;
templates and plans by whatever id the resource came with.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any, Final

from hushdesk.guard._addresses import EMPTY, PRIVATE, AddressSet
from hushdesk.guard._dialect import World
from hushdesk.guard._policy import Sources
from hushdesk.guard.dialects._resource import Resource, Unknown
from hushdesk.guard.dialects.gcp._values import Notes, at, mapping, members, structures, words

_PATH: Final = re.compile(
    r"(?:(?P<owner>(?:projects|organizations|folders)/[^/]+)/)?"
    r"(?:(?P<where>global|(?:regions|zones|locations)/[^/]+)/)?"
    r"(?:locations/[^/]+/)?(?P<collection>[A-Za-z]+)/(?P<name>[^/]+)$",
)


@dataclass(frozen=True, slots=True)
class Reference:
    """A resource as another one names it. Empty parts are not said."""

    owner: str
    where: str
    collection: str
    name: str

    @classmethod
    def parse(cls, text: str) -> Reference:
        """A URL, a path or a plain name."""
        found = _PATH.search(text)
        if not found:
            return cls("", "", "", text.rstrip("/").rpartition("/")[2])
        return cls(found["owner"] or "", found["where"] or "", found["collection"], found["name"])

    def agrees(self, other: Reference) -> bool:
        """Whether both may mean the same resource of one type."""
        return self.name == other.name and all(
            not mine or not theirs or mine == theirs
            for mine, theirs in ((self.owner, other.owner), (self.where, other.where))
        )


@dataclass(frozen=True, slots=True)
class Network:
    """A network, by the id under which it is among the resources or, if it is not, by what was said of it."""

    key: str
    reference: Reference
    resource: Resource | None

    def same(self, other: Network) -> bool:
        """Whether both are one network."""
        if self.resource or other.resource:
            return self.key == other.key
        return self.reference.agrees(other.reference)

    @property
    def name(self) -> str:
        """For people."""
        return self.resource.name if self.resource else self.reference.name


class Estate:
    """Resources with an index over their names.

    Args:
        resources: In the shapes of Google's APIs.
        world: What is known beside them.
        created: A template or plan makes the resources anew; else they are answers of the platform.
        listed: Types of which the answers are all that exist, as they came in a listing.
    """

    def __init__(
        self,
        resources: Iterable[Resource],
        world: World,
        *,
        created: bool = True,
        listed: frozenset[str] = frozenset(),
    ) -> None:
        self.world = world
        self.created = created
        self.listed = listed
        self.notes = Notes()
        self._by_type: dict[str, list[Resource]] = defaultdict(list)
        self._by_id: dict[tuple[str, str], Resource] = {}
        self._by_name: dict[tuple[str, str], list[tuple[Reference, Resource]]] = defaultdict(list)
        seen: set[str] = set()
        for resource in resources:
            # The same thing read twice, from a listing and from an answer of its own, is one thing.
            print_of = f"{resource.type} {resource.id} {resource.properties!r}"
            if print_of in seen:
                continue
            seen.add(print_of)
            self._by_type[resource.type].append(resource)
            self._by_id.setdefault((resource.type, resource.id), resource)
            for reference in _own(resource):
                self._by_name[resource.type, reference.name].append((reference, resource))

    def of(self, *types: str) -> Iterator[Resource]:
        """All resources of some types."""
        for type_ in types:
            yield from self._by_type.get(type_, ())

    @property
    def types(self) -> list[str]:
        """The types that occur."""
        return list(self._by_type)

    def find(self, reference: Any, *types: str) -> Resource | None:
        """The resource of one of these types that is meant, if it is among them."""
        if not isinstance(reference, str) or not reference:
            return None
        meant = Reference.parse(reference)
        for type_ in types:
            if resource := self._by_id.get((type_, reference)):
                return resource
            for own, resource in self._by_name.get((type_, meant.name), ()):
                if own.agrees(meant):
                    return resource
        return None

    def network(self, value: Any, of: Resource) -> Network | Unknown:
        """The network that a resource says it lies in; without a word, the default network."""
        if isinstance(value, Unknown):
            return value
        text = value if isinstance(value, str) and value else "default"
        reference = Reference.parse(text)
        if not reference.owner and (owner := Reference.parse(str(of.properties.get("selfLink", ""))).owner):
            reference = Reference(owner, reference.where, reference.collection, reference.name)
        found = self.find(text, "compute.networks")
        return Network(found.id if found else text, reference, found)

    def network_of(self, resource: Resource, holder: Any) -> Network | Unknown:
        """The network of something that names a network or only a subnetwork."""
        said = mapping(holder)
        if said.get("network") is None and said.get("subnetwork") is not None:
            subnetwork = self.find(said["subnetwork"], "compute.subnetworks")
            if subnetwork is None:
                return Unknown(
                    words(said["subnetwork"]),
                    "the subnetwork is not among the documents, so its network is not known; add it",
                )
            return self.network(subnetwork.properties.get("network"), subnetwork)
        return self.network(said.get("network"), resource)

    def inside(self, network: Network | Unknown) -> Sources:
        """What lies within a network: at least its subnetworks; peerings, VPNs and interconnects may add private space."""
        if isinstance(network, Unknown):
            return Sources(PRIVATE, EMPTY, "inside the network", network.why)
        known = EMPTY
        for subnetwork in self.of("compute.subnetworks"):
            own = self.network(subnetwork.properties.get("network"), subnetwork)
            if isinstance(own, Network) and own.same(network):
                known |= self._ranges(subnetwork)
        return Sources(
            PRIVATE | known,
            known,
            f"inside network {network.name}",
            "which private addresses peerings, VPNs and further subnetworks add is not among the documents",
        )

    def _ranges(self, subnetwork: Resource) -> AddressSet:
        said = subnetwork.properties
        texts = [said.get("ipCidrRange")]
        for _, second in structures(said.get("secondaryIpRanges"), at(subnetwork), self.notes):
            texts.append(mapping(second).get("ipCidrRange"))
        found = EMPTY
        for text in texts:
            if isinstance(text, str):
                try:
                    found |= AddressSet.parse(text)
                except ValueError as error:
                    self.notes.malformed(
                        at(subnetwork), f"ipCidrRange: {error}", "write a network such as 10.0.0.0/20"
                    )
        return found

    def carriers(self, network: Network, *, tag: str = "", account: str = "") -> AddressSet:
        """The known internal addresses of the known instances that carry a tag or run as an account."""
        found: list[str] = []
        for instance in self.of("compute.instances"):
            place = at(instance)
            if tag and tag not in tags_of(instance, self.notes):
                continue
            if account and account not in accounts_of(instance, self.notes):
                continue
            for _, interface in structures(instance.properties.get("networkInterfaces"), place, self.notes):
                own = self.network_of(instance, interface)
                address = mapping(interface).get("networkIP")
                if isinstance(own, Network) and own.same(network) and isinstance(address, str):
                    found.append(address)
        try:
            return AddressSet.parse(*found)
        except ValueError:
            return EMPTY


def tags_of(instance: Resource, notes: Notes) -> list[Any]:
    """The network tags of an instance or an instance template, among them perhaps an unknown one."""
    said = instance.properties.get("tags")
    return members(
        said if isinstance(said, list | Unknown) else mapping(said).get("items"), at(instance, "tags"), notes
    )


def accounts_of(instance: Resource, notes: Notes) -> list[Any]:
    """The service accounts that an instance runs as, among them perhaps an unknown one."""
    found = []
    for _, account in structures(instance.properties.get("serviceAccounts"), at(instance), notes):
        email = account if isinstance(account, Unknown) else account.get("email", "default")
        found.append(
            Unknown(email, "the project's default service account; its address is not among the documents")
            if email == "default"
            else email,
        )
    return found


def _own(resource: Resource) -> Iterator[Reference]:
    link = resource.properties.get("selfLink") or resource.properties.get("selfLinkWithId")
    if isinstance(link, str) and link:
        yield Reference.parse(link)
    name = resource.properties.get("name")
    if isinstance(name, str) and name:
        yield Reference.parse(name)
    yield Reference.parse(resource.id)
