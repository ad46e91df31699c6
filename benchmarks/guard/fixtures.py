"""The scanners' own fixtures, read by guard: where we agree with what a check must say, and, where not, why."""

from __future__ import annotations

import json
import re
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from checks import Claim, claim_of
from classes import Case, class_of
from views import answers, dialects_here, let_in_by, read, speaks_of

from hushdesk.guard import Dialect


@dataclass
class Compared:
    """What came out."""

    agreed: Counter[str] = field(default_factory=Counter)
    """By tool."""
    differ: dict[str, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))
    """By tool and class."""
    cases: list[dict[str, Any]] = field(default_factory=list)
    """Every disagreement, for those who want to read them."""
    claims: dict[str, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))
    """By check: agreed, differ."""
    says: dict[str, str] = field(default_factory=dict)
    unread: Counter[str] = field(default_factory=Counter)
    """Fixtures of platforms that no dialect reads."""
    missing: list[str] = field(default_factory=list)
    """Dialects that could not be loaded."""
    seconds: float = 0.0
    files: int = 0


def compared(data: Path) -> Compared:
    """Read every fixture that has a verdict about reach.

    Args:
        data: Folder with ``manifest.jsonl``.
    """
    using, missing = dialects_here()
    result = Compared(missing=missing)
    begun = time.process_time()
    counted: dict[tuple[str, str], list[tuple[Case, dict[str, Any]]]] = defaultdict(list)
    for line in (data / "manifest.jsonl").read_text("utf-8").splitlines():
        told = json.loads(line)
        verdict = told.get("verdict") or {}
        if verdict.get("tool") not in ("checkov", "kics", "trivy") or (claim := claim_of(verdict)) is None:
            continue
        result.files += 1
        if not result.files % 50:
            print(f"fixtures: {result.files} …", file=sys.stderr, flush=True)
        for case in _cases(data, told, claim, using, result):
            if case.subject or "expect" in verdict:
                _count(case, verdict["tool"], told["platform"], result)
            else:
                counted[told["group"], claim.check].append((case, told))
    for found in counted.values():
        case, told = _together(found)
        _count(case, told["verdict"]["tool"], told["platform"], result)
    result.seconds = time.process_time() - begun
    return result


def _cases(
    data: Path, told: dict[str, Any], claim: Claim, using: list[Dialect], result: Compared
) -> Iterator[Case]:
    verdict = told["verdict"]
    estate = read(data / told["file"], using)
    if not estate.coverage.read:
        result.unread[f"{verdict['tool']} {told['platform']}"] += 1
        return
    asked = answers(estate.endpoints, claim.services)
    opened = [answer for answer in asked if answer.upper]
    text = (data / told["file"]).read_text("utf-8", "replace")
    subjects = [(name, True) for name in verdict.get("fail", ())] + [
        (name, False) for name in verdict.get("pass", ())
    ]
    if not subjects:
        failed = verdict["counts"]["failed"] > 0 if "counts" in verdict else verdict["expect"] == "fail"
        yield Case(told["file"], claim, "", failed, tuple(opened), estate.endpoints, estate)
    for name, failed in subjects:
        # The verdict names the resources of all files of a folder, by type and name; templates know them by the name alone.
        subject = name.rpartition(".")[2] if "/" in name or "::" in name else name
        if not re.search(rf"(?<![\w-]){re.escape(subject.rpartition('.')[2])}(?![\w-])", text):
            continue
        mine = tuple(filter(None, (let_in_by(answer, subject) for answer in opened)))
        related = tuple(one for one in estate.endpoints if speaks_of(one, subject))
        yield Case(told["file"], claim, subject, failed, mine, related, estate)


def _together(found: list[tuple[Case, dict[str, Any]]]) -> tuple[Case, dict[str, Any]]:
    """Where only the failures of a whole folder are counted, the folder is the subject."""
    first, told = found[0]
    opened = tuple(answer for case, _ in found for answer in case.opened)
    endpoints = tuple(one for case, _ in found for one in case.endpoints)
    return replace(first, file=told["group"], opened=opened, endpoints=endpoints), told


def _count(case: Case, tool: str, platform: str, result: Compared) -> None:
    result.says[case.claim.check] = case.claim.says
    if case.agrees:
        result.agreed[tool] += 1
        result.claims[case.claim.check]["agreed"] += 1
        return
    why = class_of(case)
    result.differ[tool][why] += 1
    result.claims[case.claim.check]["differ"] += 1
    result.cases.append(
        {
            "file": case.file,
            "platform": platform,
            "check": case.claim.check,
            "subject": case.subject,
            "scanner": "open" if case.failed else "closed",
            "guard": "open" if case.opened else "closed",
            "class": why,
        }
    )
