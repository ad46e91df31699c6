"""The battery: cases from ``azure.yaml`` and ``aws.yaml`` as the documents that a scanner or our own dialects would be given.

Standard library and PyYAML only, so that benchmarks may import it as well.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml
from guard_battery._arm import PORT, arm_template, network_groups
from guard_battery._cloudformation import cloudformation_template
from guard_battery._live_aws import live_answers, prefix_lists, security_groups

HERE = Path(__file__).parent


@dataclass(frozen=True)
class Ask:
    """One question to a case, and its answer."""

    protocol: str
    port: int
    verdicts: tuple[str, ...]
    """``exposed``, ``closed``, ``unknown``; several where more than one is right."""
    sources: tuple[str, ...] | None
    """Exactly these of the public internet's addresses, if the case says."""
    inside: tuple[str, ...]
    """Single addresses that get in."""
    outside: tuple[str, ...]
    """Single addresses that do not."""

    @property
    def exposed(self) -> bool:
        """Whether an alarm is right: somebody who was not approved gets in, or may."""
        return "closed" not in self.verdicts


@dataclass(frozen=True)
class Case:
    """One policy with its questions."""

    platform: str
    """``azure`` or ``aws``."""
    name: str
    why: str
    spec: Mapping[str, Any]
    asks: tuple[Ask, ...]
    approved: tuple[str, ...]
    tags: Mapping[str, tuple[str, ...]]
    """Service tags and prefix lists by name."""
    finding: str
    """Name of a finding that must be among what is told, if any."""

    @property
    def endpoint(self) -> str:
        """What the questions are about, by its name in a template."""
        return "db-nic" if self.platform == "azure" else "Db"

    @property
    def movable(self) -> bool:
        """Whether the case can be told of another port, since none of its rules names one."""
        if {"balancer", "admin", "subnet_copy", "database"} & set(self.spec):
            return False
        lists = [self.spec.get(key, ()) for key in ("subnet", "nic", "beside")]
        lists += [*self.spec.get("groups", {}).values(), *self.spec.get("acl", {}).values()]
        rules = [rule for one in lists for rule in one]
        return not any("port" in rule or "Port" in str(rule.get("fields", "")) for rule in rules)

    def template(self, port: int = PORT) -> dict[str, Any]:
        """An ARM or CloudFormation template.

        Args:
            port: What the case is about, if it is movable.
        """
        write = arm_template if self.platform == "azure" else cloudformation_template
        return write(self.spec, port)

    def groups(self, port: int = PORT) -> list[dict[str, Any]]:
        """The security groups alone, as the live API answers; empty where the case is about templates."""
        if self.platform == "azure":
            return network_groups(self.spec, port)
        return security_groups(self.spec, port) if self.live() or "database" in self.spec else []

    def live(self) -> dict[str, dict[str, Any]]:
        """Answers of the live API by the name of the call; empty where the case is about templates."""
        return live_answers(self.spec) if self.platform == "aws" else {}


@cache
def _told(platform: str) -> list[dict[str, Any]]:
    """The list as it is written; read once, as several tests want it while they are collected."""
    return yaml.load((HERE / f"{platform}.yaml").read_text("utf-8"), Loader=yaml.CSafeLoader)


def cases(platform: str) -> Iterator[Case]:
    """All cases of ``azure`` or ``aws``."""
    for spec in _told(platform):
        asks = spec["ask"] if isinstance(spec["ask"], list) else [spec["ask"]]
        yield Case(
            platform,
            spec["name"],
            spec["why"],
            spec,
            tuple(map(_ask, asks)),
            tuple(spec.get("approved", ())),
            {name: tuple(values) for name, values in spec.get("tags", {}).items()} | prefix_lists(spec),
            spec.get("finding", ""),
        )


def _ask(told: Mapping[str, Any]) -> Ask:
    sources = told.get("sources")
    return Ask(
        told.get("by", "tcp"),
        told.get("port", PORT),
        tuple(told["verdict"].split("|")),
        None if sources is None else tuple(sources),
        tuple(told.get("in", ())),
        tuple(told.get("out", ())),
    )
