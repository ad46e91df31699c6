"""``aws_iam_policy_document``: statements written as blocks, as the policy that they come to."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from hushdesk.guard.dialects._resource import Unknown
from hushdesk.guard.dialects.terraform._block import DOUBT, doubt_of, many, nested
from hushdesk.guard.dialects.terraform._values import unknown_in


def policy(values: Mapping[str, Any]) -> Any:
    """The policy as JSON; as a mapping, if something in it is unknown."""
    statements = [
        statement for source in many(values.get("source_policy_documents")) for statement in _taken(source)
    ]
    statements += [_statement(inner) for inner in nested(values.get("statement"))]
    statements += [
        statement for source in many(values.get("override_policy_documents")) for statement in _taken(source)
    ]
    found = {"Version": "2012-10-17", "Statement": statements}
    return found if unknown_in(found) is not None else json.dumps(found)


def _taken(source: Any) -> list[Any]:
    if isinstance(source, str):
        try:
            source = json.loads(source)
        except (ValueError, RecursionError):
            source = Unknown("source policy", "it is not JSON")
    return many(source.get("Statement")) if isinstance(source, Mapping) else [source]


def _statement(inner: Any) -> Any:
    if isinstance(inner, Unknown):
        return inner
    if inner.get(DOUBT):
        return Unknown("statement", doubt_of(inner))
    found = {
        "Sid": inner.get("sid"),
        "Effect": inner.get("effect") or "Allow",
        "Action": many(inner.get("actions")) or None,
        "NotAction": many(inner.get("not_actions")) or None,
        "Resource": many(inner.get("resources")) or None,
        "Principal": _principals(inner.get("principals")),
        "NotPrincipal": _principals(inner.get("not_principals")),
        "Condition": _conditions(inner.get("condition")),
    }
    return {key: value for key, value in found.items() if value is not None}


def _principals(value: Any) -> Any:
    found: dict[str, list[Any]] = {}
    for inner in nested(value):
        if isinstance(inner, Unknown):
            return inner
        kind, members = inner.get("type"), many(inner.get("identifiers"))
        if isinstance(kind, Unknown):
            return kind
        if kind == "*":
            return "*"
        found.setdefault(str(kind), []).extend(members)
    return found or None


def _conditions(value: Any) -> Any:
    found: dict[str, dict[str, list[Any]]] = {}
    for inner in nested(value):
        if isinstance(inner, Unknown):
            return inner
        test, variable = inner.get("test"), inner.get("variable")
        if isinstance(test, Unknown) or isinstance(variable, Unknown):
            return test if isinstance(test, Unknown) else variable
        found.setdefault(str(test), {}).setdefault(str(variable), []).extend(many(inner.get("values")))
    return found or None
