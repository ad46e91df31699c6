"""The battery before every scanner and before ours: how much of what is exposed is found, how much of what is closed is alarmed at."""

from __future__ import annotations

import importlib.util
import sys
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from peers import ENVIRONMENTS, NOT_HERE, PeerError, asked

from hushdesk.guard import PUBLIC, AddressSet, Document, Endpoint, World, reach
from hushdesk.guard.dialects.aws import AwsDialect
from hushdesk.guard.dialects.azure import AzureDialect

LISTS = Path(__file__).resolve().parents[2] / "tests" / "guard" / "battery" / "lists"
SSH = 22
PROBES = AddressSet.parse("168.63.129.16")


@dataclass(frozen=True)
class Row:
    """A way to ask a tool."""

    tool: str
    name: str
    platform: str
    port: int
    options: dict[str, Any] = field(default_factory=dict)
    templates: bool = False
    """Whether it reads templates; else it reads security groups alone."""


@dataclass(frozen=True)
class Score:
    """What a row made of the cases that it was given and could read."""

    platform: str
    title: str
    port: int
    exposed: int = 0
    found: int = 0
    unknown: int = 0
    warned: int = 0
    closed: int = 0
    false_alarms: int = 0
    seconds: float | None = None
    reason: str = ""


AZURE_PORTS = ["CKV_AZURE_9", "CKV_AZURE_10", "CKV_AZURE_77", "CKV_AZURE_160"]
AWS_PORTS = ["CKV_AWS_24", "CKV_AWS_25", "CKV_AWS_260"]
INGRESS = {"type": "ingress", "ports": "9200", "access": "Allow", "match": "any", "ipProtocol": "TCP"}
ROWS = (
    Row("checkov", "its network checks", "azure", 9200, {"framework": "arm", "checks": AZURE_PORTS}, templates=True),
    Row("checkov", "CKV_AZURE_10 (SSH)", "azure", SSH, {"framework": "arm", "checks": ["CKV_AZURE_10"]}, templates=True),
    Row("custodian", "ingress", "azure", 9200, {"filters": [INGRESS]}),
    Row("custodian", "ingress, source *", "azure", 9200, {"filters": [INGRESS | {"source": "*"}]}),
    Row("prowler", "SSH from the internet", "azure", SSH, {"check": "network_ssh_internet_access_restricted"}),
    Row("checkov", "its network checks", "aws", 9200, {"framework": "cloudformation", "checks": AWS_PORTS}, templates=True),
    Row("checkov", "CKV_AWS_24 (SSH)", "aws", SSH, {"framework": "cloudformation", "checks": ["CKV_AWS_24"]}, templates=True),
    Row(
        "custodian",
        "ingress from 0.0.0.0/0 or ::/0",
        "aws",
        9200,
        {"filters": [{"type": "ingress", "Ports": [9200], key: any_} for key, any_ in (("Cidr", "0.0.0.0/0"), ("CidrV6", "::/0"))]},
    ),
    Row("prowler", "Elasticsearch and Kibana", "aws", 9200, {"ports": [9200, 9300, 5601], "any_address": True}),
    Row("prowler", "the same, any public address", "aws", 9200, {"ports": [9200, 9300, 5601], "any_address": False}),
)  # fmt: skip


def battery() -> Any:
    """The module with the cases."""
    if "guard_battery" not in sys.modules:
        spec = importlib.util.spec_from_file_location(
            "guard_battery", LISTS / "__init__.py", submodule_search_locations=[str(LISTS)]
        )
        assert spec is not None
        assert spec.loader is not None
        sys.modules["guard_battery"] = module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
    return sys.modules["guard_battery"]


def ours(platform: str, cases: Sequence[Any]) -> tuple[set[str], float]:
    """The cases at which we raise an alarm, and CPU-seconds from the parsed template to the verdict."""
    dialect = AzureDialect() if platform == "azure" else AwsDialect()
    alarms, seconds = set(), 0.0
    for case in cases:
        document = Document("template.json", "json", case.template())
        tags = {name: AddressSet.parse(*prefixes) for name, prefixes in case.tags.items()}
        begun = time.process_time()
        findings = list(dialect.read([document], World(tags=tags)))
        strangers = PUBLIC - AddressSet.parse(*case.approved) - PROBES
        ask = _ask(case)
        for one in findings:
            if isinstance(one, Endpoint) and reach(one, ask.port, ask.protocol).upper & strangers:
                alarms.add(case.name)
        seconds += time.process_time() - begun
    return alarms, seconds


def compared(limit: float, tools: Iterable[str]) -> list[Score]:
    """Every row, in one run."""
    module = battery()
    cases = {
        platform: [case for case in module.cases(platform) if _ask(case)] for platform in ("azure", "aws")
    }
    scores = []
    for platform, some in cases.items():
        print(f"battery: guard on {platform} …", file=sys.stderr, flush=True)
        alarms, seconds = ours(platform, some)
        scores.append(_score("guard", platform, module.PORT, some, alarms, seconds))
    for tool in (name for name in ENVIRONMENTS if name in set(tools)):
        print(f"battery: {tool} …", file=sys.stderr, flush=True)
        rows = [row for row in ROWS if row.tool == tool]
        given = {
            id(row): {case.name: case for case in cases[row.platform] if _given(case, row)} for row in rows
        }
        question = {
            "rows": [
                {
                    "name": f"{row.platform} {row.name}",
                    "platform": row.platform,
                    **row.options,
                    "cases": {name: _input(case, row) for name, case in given[id(row)].items()},
                }
                for row in rows
            ]
        }
        try:
            told = asked(tool, question, limit)
        except PeerError as error:
            scores += [
                Score(row.platform, f"{tool}: {row.name}", row.port, reason=str(error)) for row in rows
            ]
            continue
        for row in rows:
            answer = told.rows[f"{row.platform} {row.name}"]
            read = set(answer["asked"])
            some = [case for name, case in given[id(row)].items() if name in read]
            title = f"{told.title}: {row.name}"
            # Its time is that of all its rows together.
            seconds = told.seconds if row is rows[0] else None
            scores.append(_score(title, row.platform, row.port, some, set(answer["alarms"]), seconds))
    scores += [Score("", name, 0, reason=reason) for name, reason in NOT_HERE.items()]
    return scores


def _ask(case: Any) -> Any:
    """The question about the battery's port; ``None`` if the case is about another."""
    return next((ask for ask in case.asks if (ask.protocol, ask.port) == ("tcp", battery().PORT)), None)


def _given(case: Any, row: Row) -> bool:
    if row.port != battery().PORT and not case.movable:
        return False
    return row.templates or bool(case.groups())


def _input(case: Any, row: Row) -> Any:
    return case.template(row.port) if row.templates else case.groups(row.port)


def _score(
    title: str, platform: str, port: int, cases: Sequence[Any], alarms: set[str], seconds: float | None
) -> Score:
    asks = {case.name: _ask(case).verdicts for case in cases}
    exposed = {name for name, verdicts in asks.items() if verdicts == ("exposed",)}
    closed = {name for name, verdicts in asks.items() if "closed" in verdicts}
    unknown = set(asks) - exposed - closed
    return Score(
        platform,
        title,
        port,
        len(exposed),
        len(exposed & alarms),
        len(unknown),
        len(unknown & alarms),
        len(closed),
        len(closed & alarms),
        seconds,
    )
