"""Small parts of modules: bodies as the parser gives them, addresses, and modules that are not there."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from hushdesk.guard.dialects._resource import Unknown
from hushdesk.guard.dialects.terraform._values import AFTER_APPLY, Ref, Some

_IDS: Final = {"id", "arn", "self_link", "name", "key", "self_link_unique"}
_OF_VPC: Final = {
    "default_security_group_id",
    "default_route_table_id",
    "main_route_table_id",
    "default_network_acl_id",
}


@dataclass(frozen=True, slots=True)
class Unseen:
    """A module that is called and not among the documents."""

    address: str

    def output(self, name: str) -> Any:
        """An id is as good as any other text that nothing is called; anything else is unknown."""
        if name == "id" or name.endswith(("_id", "_arn", "_self_link")):
            return Ref(f"{self.address}.{name}")
        return Unknown(
            f"{self.address}.{name}", "the module is not among the documents; add it or give the plan"
        )


def of_address(address: str, name: str) -> Any:
    """An attribute that the provider makes up: an id is as good as the address, anything else is not known."""
    if name in _IDS:
        return Ref(address)
    if name in _OF_VPC and ("aws_vpc." in address or "aws_default_vpc." in address):
        return Ref(f"{address}.{name.replace('main_route', 'default_route')}")
    return Unknown(f"{address}.{name}", AFTER_APPLY)


def each_instance(found: Any) -> list[Any]:
    """The instances, however many there are."""
    if isinstance(found, Some):
        return [found.instance]
    if isinstance(found, Mapping):
        return list(found.values())
    return found if isinstance(found, list) else [found]


def is_blocks(raw: Any) -> bool:
    """Whether the parser marked a list as one of blocks."""
    return (
        isinstance(raw, list)
        and bool(raw)
        and all(isinstance(one, Mapping) and one.get("__is_block__") for one in raw)
    )


def dynamics(body: Mapping[str, Any]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """The ``dynamic`` blocks of a body with their labels."""
    value = body.get("dynamic")
    for entry in value if isinstance(value, list) else [value]:
        if isinstance(entry, Mapping):
            for label, inner in entry.items():
                for one in inner if isinstance(inner, list) else [inner]:
                    if isinstance(one, Mapping) and not str(label).startswith("__"):
                        yield str(label).strip('"'), one


def quoted(key: str | int) -> str:
    """A key as it stands in an address."""
    return str(key) if isinstance(key, int) else f'"{key}"'


def both(*doubts: str) -> str:
    """Several doubts as one."""
    return "; ".join(dict.fromkeys(filter(None, doubts)))


def source_words(value: Any) -> str:
    """A module's source for people."""
    return value.expression if isinstance(value, Unknown) else str(value)
