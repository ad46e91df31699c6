"""Records of changes to changes: each once, steps of one change together, in an order that does not hang on how they came."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any, Final

from hushdesk.incident._evidence import Change, Outcome

_RANKS: Final = (
    (0, re.compile(r"^(Create|Allocate|Register|Run)|\.insert$|\.create$", re.IGNORECASE)),
    (3, re.compile(r"^(Revoke|Remove|Disassociate|Detach|Stop)|deleteAccessConfig$", re.IGNORECASE)),
    (4, re.compile(r"^(Delete|Release|Deregister|Terminate|Reset)|[./]delete$", re.IGNORECASE)),
)
_ENDS: Final = {Outcome.BEGUN: 0, Outcome.SUCCEEDED: 1, Outcome.FAILED: 2, Outcome.DRY_RUN: 2}


def in_order(changes: Iterable[Change]) -> list[Change]:
    """What took effect or may have: neither failed nor tried dry, twins once, by time.

    Of changes of the same moment those that make come before those that take away; the rest is ordered by content.
    """
    marked: dict[tuple[Any, ...], Change] = {}
    for change in changes:
        mark = _mark(change)
        known = marked.get(mark)
        # Of twins the one that stands first in the file with the first name: any order gives the same place.
        if known is None or _where(change) < _where(known):
            marked[mark] = change
    steps: dict[tuple[str, ...], list[tuple[tuple[Any, ...], Change]]] = {}
    found: list[tuple[tuple[Any, ...], Change]] = []
    for mark, change in marked.items():
        if change.platform == "aws" or not change.correlation:
            if change.outcome in {Outcome.SUCCEEDED, Outcome.BEGUN}:
                found.append((mark, change))
        else:
            key = (change.platform, change.correlation, change.operation.lower(), change.resource.lower())
            steps.setdefault(key, []).append((mark, change))
    for each in steps.values():
        found += _joined(each)
    found.sort(key=lambda pair: (pair[1].at, _rank(pair[1]), pair[0]))
    return [change for _, change in found]


def _mark(change: Change) -> tuple[Any, ...]:
    content = json.dumps(change.content, sort_keys=True, default=str)
    return (
        change.at, change.platform, change.operation, change.resource, change.outcome.value, change.correlation, change.actor,
        change.actor_address, change.error, content,
    )  # fmt: skip


def _where(change: Change) -> tuple[str, int, str]:
    return change.place.file, change.place.line, change.place.pointer


def _rank(change: Change) -> int:
    return next((rank for rank, pattern in _RANKS if pattern.search(change.operation)), 1)


def _joined(steps: list[tuple[tuple[Any, ...], Change]]) -> Iterator[tuple[tuple[Any, ...], Change]]:
    """The steps of one correlation: what was asked at the start is what succeeded at the end."""
    steps.sort(key=lambda pair: (pair[1].at, _ENDS[pair[1].outcome], pair[0]))
    asked: Mapping[str, Any] = {}
    begun: tuple[tuple[Any, ...], Change] | None = None
    ended = False
    for mark, change in steps:
        if change.outcome is Outcome.BEGUN:
            if ended:
                asked, ended = {}, False
            asked = _filled(change.content, asked)
            begun = (
                (mark, replace(change, content=asked))
                if begun is None
                else (begun[0], replace(begun[1], content=asked))
            )
        elif change.outcome is Outcome.SUCCEEDED:
            yield mark, replace(change, content=_filled(change.content, asked))
            begun, ended = None, True
        else:
            begun, ended = None, True
    if begun is not None:
        yield begun


def _filled(content: Mapping[str, Any], earlier: Mapping[str, Any]) -> dict[str, Any]:
    """With what an earlier step held and this one does not. A request that holds only its type holds nothing."""
    return {
        key: earlier.get(key)
        if _hollow(content.get(key)) and not _hollow(earlier.get(key))
        else content.get(key)
        for key in (*content, *(key for key in earlier if key not in content))
    }


def _hollow(value: Any) -> bool:
    return not value or (isinstance(value, Mapping) and set(value) <= {"@type"})
