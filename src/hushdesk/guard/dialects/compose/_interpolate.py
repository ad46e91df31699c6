"""``${NAME}`` and its relatives in values of Compose files."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final

UNKNOWN: Final = "\0"
"""Stands in a text where a variable has no value here."""
_VARIABLE: Final = re.compile(r"\$(?:\$|([A-Za-z_]\w*)|\{)")
_NAME: Final = re.compile(r"[A-Za-z_]\w*")
_DEEPEST: Final = 16


def interpolated(value: Any, variables: Mapping[str, Any], missing: set[str], depth: int = _DEEPEST) -> Any:
    """A value with its variables replaced, in lists and mappings too.

    Args:
        value: As the file has it.
        variables: By name; others keep their default, or become :data:`UNKNOWN`.
        missing: Gets the names of those that become unknown.
        depth: How deep to go.
    """
    if isinstance(value, str):
        return _text(value, variables, missing, depth) if "$" in value else value
    if depth and isinstance(value, Mapping):
        return {key: interpolated(one, variables, missing, depth - 1) for key, one in value.items()}
    if depth and isinstance(value, list):
        return [interpolated(one, variables, missing, depth - 1) for one in value]
    return value


def _text(text: str, variables: Mapping[str, Any], missing: set[str], depth: int) -> str:
    found, at = [], 0
    while match := _VARIABLE.search(text, at):
        found.append(text[at : match.start()])
        at = match.end()
        if match[1]:
            found.append(_value(match[1], "", "", variables, missing, depth))
        elif match[0] == "$$":
            found.append("$")
        else:
            end = _closing(text, at)
            inner = text[at:end]
            name = _NAME.match(inner)
            operator = re.match(r":?[-?+]", inner[name.end() :]) if name else None
            if name:
                rest = inner[name.end() + (operator.end() if operator else 0) :]
                found.append(
                    _value(name[0], operator[0] if operator else "", rest, variables, missing, depth)
                )
            else:
                missing.add(inner[:40])
                found.append(UNKNOWN)
            at = end + 1
    return "".join((*found, text[at:]))


def _closing(text: str, at: int) -> int:
    """Where the brace closes that was opened before; defaults may hold variables with braces of their own."""
    depth = 1
    while at < len(text):
        if text.startswith("${", at):
            depth, at = depth + 1, at + 2
            continue
        if text[at] == "}":
            depth -= 1
            if not depth:
                return at
        at += 1
    return at


def _value(
    name: str, operator: str, rest: str, variables: Mapping[str, Any], missing: set[str], depth: int
) -> str:
    known = variables.get(name)
    known = None if known is None else str(known)
    is_set = known is not None and (bool(known) or not operator.startswith(":"))
    if operator.endswith("+"):
        # With an alternative, an unset variable is empty; whether it is set is not known here.
        if known is None:
            missing.add(name)
            return UNKNOWN
        return _inner(rest, variables, missing, depth) if is_set else ""
    if is_set and known is not None:
        return known
    if operator.endswith("-"):
        return _inner(rest, variables, missing, depth)
    missing.add(name)
    return UNKNOWN


def _inner(text: str, variables: Mapping[str, Any], missing: set[str], depth: int) -> str:
    return _text(text, variables, missing, depth - 1) if depth else UNKNOWN
