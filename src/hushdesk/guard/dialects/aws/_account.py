"""Resources by type and id, and what was found to be amiss on the way."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

from hushdesk.guard._dialect import World
from hushdesk.guard._findings import Finding, Malformed, NotLookedAt, Unresolved
from hushdesk.guard._policy import Place
from hushdesk.guard.dialects._resource import Resource, Unknown
from hushdesk.guard.dialects.aws._values import Made, get, items, text


class Account:
    """All resources that may refer to one another.

    Args:
        resources: Of one account, stack or module.
        world: What is known beside them.
        created: See :func:`hushdesk.guard.dialects.aws.lower_aws`.
    """

    def __init__(self, resources: Sequence[Resource], world: World, *, created: bool) -> None:
        self.world = world
        self.created = created
        self.types: dict[str, list[Resource]] = defaultdict(list)
        self.findings: list[Finding] = []
        self._seen: set[Finding] = set()
        self._by: dict[tuple[str, tuple[str, ...]], Mapping[str, list[Resource]]] = {}
        self._ids: dict[str, dict[str, Resource]] = defaultdict(dict)
        for resource in resources:
            self.types[resource.type].append(resource)
            ids = self._ids[resource.type]
            for name in (resource.id, *items(resource.properties.get("Aliases"))):
                if isinstance(name, str):
                    ids.setdefault(name, resource)

    def find(self, kind: str, name: Any) -> Resource | None:
        """The resource of a type (short for ``AWS::EC2::…``) under an id or one of its aliases."""
        if not isinstance(name, str):
            return None
        full = kind if kind.startswith("AWS::") else f"AWS::EC2::{kind}"
        return self._ids[full].get(name) if full in self._ids else None

    def all(self, kind: str) -> list[Resource]:
        """Every resource of a type (short for ``AWS::EC2::…``)."""
        return self.types.get(kind if kind.startswith("AWS::") else f"AWS::EC2::{kind}", [])

    def same(self, kind: str, one: Any, other: Any) -> bool:
        """Whether two references lead to one resource, or are at least the same text."""
        if not isinstance(one, str) or not isinstance(other, str):
            return False
        found = self.find(kind, one)
        return one == other or (found is not None and found is self.find(kind, other))

    def parts(self, resource: Resource, key: str, kinds: str, back: str) -> list[tuple[Any, Place, str]]:
        """Items that a resource has in a list of its own, and stand-alone ones that name it, with place and doubt."""
        found = []
        for index, item in enumerate(items(resource.properties.get(key))):
            place = resource.places.get(f"{key}[{index}]", resource.place)
            found.append((item, place, text_or_empty(get(item, "Doubt"))))
        found.extend(
            (other.properties, other.place, other.doubt or text_or_empty(get(other.properties, "Doubt")))
            for name in dict.fromkeys((resource.id, *items(resource.properties.get("Aliases"))))
            for other in self.by(kinds, back).get(name, ())
            if isinstance(name, str) and self.find(resource.type, name) is resource
        )
        return found

    def by(self, kind: str, *path: str) -> Mapping[str, list[Resource]]:
        """The resources of a type by the text under some keys; those with no text there are left out."""
        if (kind, path) not in self._by:
            found: dict[str, list[Resource]] = defaultdict(list)
            for resource in self.all(kind):
                value = get(resource.properties, *path)
                if isinstance(value, str):
                    found[value].append(resource)
            self._by[kind, path] = found
        return self._by[kind, path]

    def strays(self, kinds: str, owner: str, back: str) -> list[Resource]:
        """Stand-alone items whose owner is not in the input."""
        return [each for each in self.all(kinds) if self.find(owner, get(each.properties, back)) is None]

    def unresolved(self, place: Place, value: Any, why: str = "") -> None:
        """Notes something that could not be resolved, once."""
        if isinstance(value, Unknown):
            self.note(Unresolved(place, value.expression, value.why if not why else f"{why} ({value.why})"))
        else:
            self.note(Unresolved(place, str(value), why))

    def malformed(self, place: Place, problem: str, remedy: str) -> None:
        """Notes something wrong in itself, once."""
        self.note(Malformed(place, problem, remedy))

    def not_looked_at(self, place: Place, what: str, why: str) -> None:
        """Notes something that bears on reach and is not understood, once."""
        self.note(NotLookedAt(place, what, why))

    def note(self, finding: Finding) -> None:
        """Keeps a finding unless the same is there."""
        if finding not in self._seen:
            self._seen.add(finding)
            self.findings.append(finding)

    def drain(self) -> list[Finding]:
        """What was noted since the last call."""
        found, self.findings = self.findings, []
        return found


def label(resource: Resource) -> str:
    """A resource's name for people, with its id if that says more."""
    given = resource.properties.get("GroupName")
    if resource.name == resource.id and isinstance(given, str) and resource.id.startswith("sg-"):
        return f"{given} ({resource.id})"
    known = resource.id and resource.id != resource.name and not isinstance(resource.id, Made)
    return f"{resource.name} ({resource.id})" if known and resource.name else resource.name or resource.id


def text_or_empty(value: Any) -> str:
    """A text, or nothing."""
    found = text(value)
    return found if isinstance(found, str) else ""


def mapping(value: Any) -> Mapping[str, Any]:
    """A mapping, or an empty one."""
    return value if isinstance(value, Mapping) else {}
