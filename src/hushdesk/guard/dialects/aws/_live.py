"""Answers of the AWS API, as the command line tool prints them or a recorder wraps them, to resources.

Read are the answers of ``describe-…`` under the API's own keys (``SecurityGroups``, ``Reservations``, …), alone or many
in one file, or as the bare list that ``--query`` takes out; wrapped as ``{"status_code": 200, "data": {…}}``; and the few keys that Batfish's collector adds. Answers in
one folder belong together: ids are unique within a region, names are not across regions.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import PurePath
from typing import Any, Final

from hushdesk.guard._dialect import Document, World
from hushdesk.guard._findings import Finding, Malformed, NotLookedAt
from hushdesk.guard._policy import Place
from hushdesk.guard.dialects._resource import Resource
from hushdesk.guard.dialects.aws._live_shapes import COMMON, READERS, SINGLE, Read
from hushdesk.guard.dialects.aws._lower import lower_aws

FINER: Final = ("IpPermissions", "Entries", "Routes")
"""Lists whose items get a place of their own."""
Wanted = Callable[[str, Mapping[str, Any]], Iterator[Read]]


def is_live(content: Any) -> bool:
    """Whether this is an answer that is read here."""
    body, _ = _unwrapped(content)
    if not isinstance(body, Mapping):
        return bool(_bare(body))
    if _failed(content):
        return True
    return any(_is_answer(key, value) for key, value in body.items() if key in READERS)


_BARE: Final[Mapping[str, frozenset[str]]] = {
    "SecurityGroups": frozenset({"GroupId", "IpPermissions"}),
    "SecurityGroupRules": frozenset({"SecurityGroupRuleId", "GroupId"}),
    "Reservations": frozenset({"ReservationId", "Instances"}),
    "Instances": frozenset({"InstanceId", "SecurityGroups", "ImageId"}),
    "NetworkInterfaces": frozenset({"NetworkInterfaceId", "Groups"}),
    "Subnets": frozenset({"SubnetId", "CidrBlock", "VpcId"}),
    "RouteTables": frozenset({"RouteTableId", "Routes"}),
    "NetworkAcls": frozenset({"NetworkAclId", "Entries"}),
    "DBInstances": frozenset({"DBInstanceIdentifier", "Engine"}),
    "DBClusters": frozenset({"DBClusterIdentifier", "Engine"}),
    "CacheClusters": frozenset({"CacheClusterId", "Engine"}),
    "ReplicationGroups": frozenset({"ReplicationGroupId", "MemberClusters"}),
}
"""What marks the items of a list that was taken out of its answer (``--query SecurityGroups``), by the key that it had."""


def _bare(content: Any) -> str:
    """Under which key a list without one would stand in an answer; empty if it is no such list."""
    if not isinstance(content, list):
        return ""
    first = next((item for item in content if isinstance(item, Mapping)), {})
    return next((key for key, marks in _BARE.items() if marks <= first.keys()), "")


def _is_answer(key: str, value: Any) -> bool:
    if isinstance(value, Mapping):
        return key in SINGLE and bool(value)
    if not isinstance(value, list):
        return False
    if not value:
        return key not in COMMON
    shapes = [item for item in value if isinstance(item, Mapping)]
    return any(not each.missing for item in shapes[:3] for each in READERS[key](key, item))


def read_live(documents: Sequence[Document], world: World) -> Iterator[Finding]:
    """Every answer, folder by folder."""
    folders: dict[str, list[Document]] = defaultdict(list)
    for document in documents:
        folders[str(PurePath(document.file).parent)].append(document)
    for folder in sorted(folders):
        resources: dict[tuple[str, str], Resource] = {}
        for document in sorted(folders[folder], key=lambda each: (_natural(each.file), each.index)):
            for found in _resources(document):
                if isinstance(found, Resource):
                    # A later recording of the same resource replaces the earlier one.
                    before = resources.get((found.type, found.id))
                    resources[found.type, found.id] = found if before is None else _joined(before, found)
                else:
                    yield found
        yield from lower_aws(list(resources.values()), world, created=False)


def _resources(document: Document) -> Iterator[Resource | Finding]:
    body, steps = _unwrapped(document.content)
    if _failed(document.content):
        what = "an answer that is an error"
        yield NotLookedAt(document.place(), what, "whatever it would have shown is missing here; ask again")
        return
    bare = _bare(body)
    if bare:
        body = {bare: body}
    if not isinstance(body, Mapping):
        return
    for key, value in body.items():
        read = READERS.get(key)
        if read is None:
            continue
        if key in SINGLE and isinstance(value, Mapping):
            yield from _made(document, (*steps, key), read(key, value))
            continue
        if not isinstance(value, list):
            yield Malformed(
                document.place(*steps, key), f"{key} is not a list", "give the answer as AWS gives it"
            )
            continue
        for index, item in enumerate(value):
            place = (index,) if bare else (*steps, key, index)
            if not isinstance(item, Mapping):
                yield Malformed(
                    document.place(*place),
                    f"an item of {key} is not a mapping",
                    "give the answer as AWS gives it",
                )
                continue
            yield from _made(document, place, read(key, item))


def _made(
    document: Document, steps: tuple[str | int, ...], found: Iterator[Read]
) -> Iterator[Resource | Finding]:
    for each in found:
        place = document.place(*steps, *each.inside)
        if each.missing:
            yield Malformed(
                place,
                f"{each.type.rpartition('::')[2]} without {each.missing}",
                "give the answer as AWS gives it",
            )
            continue
        if each.not_understood:
            yield NotLookedAt(place, each.id or each.type, each.not_understood)
            continue
        finer: dict[str, Place] = {}
        for key in FINER:
            items = each.properties.get(key)
            for index in range(len(items)) if isinstance(items, list) else ():
                finer[f"{key}[{index}]"] = document.place(*steps, *each.inside, key, index)
        yield Resource(
            type=each.type,
            id=each.id,
            name=each.name or each.id,
            properties=each.properties,
            place=place,
            places=finer,
        )


def _joined(before: Resource, after: Resource) -> Resource:
    properties = {**before.properties, **after.properties}
    return Resource(
        type=after.type, id=after.id, name=after.name, properties=properties, place=after.place, places={**before.places, **after.places}
    )  # fmt: skip


def _unwrapped(content: Any) -> tuple[Any, tuple[str, ...]]:
    if isinstance(content, Mapping) and "status_code" in content and isinstance(content.get("data"), Mapping):
        return content["data"], ("data",)
    return content, ()


def _failed(content: Any) -> bool:
    body, steps = _unwrapped(content)
    return bool(steps) and isinstance(body, Mapping) and isinstance(body.get("Error"), Mapping)


def _natural(file: str) -> list[tuple[int, str]]:
    return [
        (int(part), "") if part.isdecimal() and part.isascii() else (-1, part)
        for part in re.split(r"([0-9]+)", file)
    ]
