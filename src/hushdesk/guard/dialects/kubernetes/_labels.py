"""Labels and what selects them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from hushdesk.guard.dialects.kubernetes._node import Node

NAMESPACE_NAME: Final = "kubernetes.io/metadata.name"
"""The label that every namespace carries by itself."""
OPERATORS: Final = ("In", "NotIn", "Exists", "DoesNotExist")


@dataclass(frozen=True, slots=True)
class Requirement:
    """One of a selector's ``matchExpressions``."""

    key: str
    operator: str
    values: tuple[str, ...]
    """As written."""

    def matches(self, labels: Mapping[str, str]) -> bool:
        """Whether an object with these labels meets it. An absent key meets ``NotIn``."""
        value = labels.get(self.key)
        match self.operator:
            case "In":
                return value in self.values
            case "NotIn":
                return value is None or value not in self.values
            case "Exists":
                return value is not None
            case _:
                return value is None

    def __str__(self) -> str:
        return f"{{Key:{self.key},Operator:{self.operator},Values:[{' '.join(self.values)}],}}"


@dataclass(frozen=True, slots=True)
class Selector:
    """A label selector; one without any condition selects everything."""

    labels: tuple[tuple[str, str], ...] = ()
    """``matchLabels``, sorted."""
    requirements: tuple[Requirement, ...] = ()
    """``matchExpressions``, sorted."""
    doubt: str = ""
    """Why it may select something else than this; empty if it is exact."""

    @property
    def everything(self) -> bool:
        """Whether it has no condition."""
        return not (self.labels or self.requirements or self.doubt)

    def matches(self, labels: Mapping[str, str]) -> bool:
        """Whether an object with these labels is selected, its doubt aside."""
        return all(labels.get(key) == value for key, value in self.labels) and all(
            requirement.matches(labels) for requirement in self.requirements
        )

    def meaning(self) -> frozenset[Requirement]:
        """The same for selectors that say the same thing in other words."""
        return frozenset(
            Requirement(item.key, item.operator, tuple(sorted(set(item.values))))
            for item in self.requirements
        ) | {Requirement(key, "In", (value,)) for key, value in self.labels}

    def __str__(self) -> str:
        parts = [f"{key}={value}" for key, value in self.labels] + [str(item) for item in self.requirements]
        return "{" + ",".join(parts) + "}"


def labels_of(node: Node) -> dict[str, str]:
    """The labels under a node; what is no text is reported and left out."""
    found = {}
    for key, child in node.members():
        text = child.text()
        if text is not None:
            found[key] = text
    return found


def selector_of(node: Node) -> Selector:
    """The selector under a node; one that cannot be made out comes with its doubt."""
    before = node.notes.problems
    node.only("matchLabels", "matchExpressions")
    labels = tuple(sorted(labels_of(node.at("matchLabels")).items()))
    requirements = []
    for item in node.at("matchExpressions").items():
        item.only("key", "operator", "values")
        key, operator = item.at("key").text(), item.at("operator").text()
        values = [text for value in item.at("values").items() if (text := value.text()) is not None]
        if not key or operator not in OPERATORS:
            item.malformed(
                "a match expression without a key or with an unknown operator",
                f"use one of {', '.join(OPERATORS)}",
            )
            continue
        if bool(values) == (operator in ("Exists", "DoesNotExist")):
            item.malformed(
                f"{operator} with {'values' if values else 'no values'}",
                "In and NotIn take values, Exists and DoesNotExist take none",
            )
        requirements.append(Requirement(key, operator, tuple(values)))
    doubt = "its selector could not be made out" if node.notes.problems > before else ""
    return Selector(labels, tuple(sorted(requirements, key=str)), doubt)
