"""Values of variables by their declared types: texts to numbers, and what ``optional()`` fills in."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from hushdesk.guard.dialects._resource import Unknown
from hushdesk.guard.dialects.terraform._evaluate import Evaluator, Scope
from hushdesk.guard.dialects.terraform._functions import FunctionFault, boolean, number, text
from hushdesk.guard.dialects.terraform._syntax import Call, Literal, Name, Node, Object, SyntaxFault, parse
from hushdesk.guard.dialects.terraform._values import Fault

_PRIMITIVE = {"string": text, "number": number, "bool": boolean}


def conform(value: Any, declared: Any, evaluator: Evaluator, scope: Scope) -> Any:
    """The value as the type wants it; as it is, if the type is not understood."""
    if not isinstance(declared, str) or value is None:
        return value
    inner = declared[2:-1] if declared.startswith("${") and declared.endswith("}") else declared.strip('"')
    try:
        return _conform(value, parse(inner), evaluator, scope)
    except (SyntaxFault, Fault, FunctionFault, RecursionError):
        return value


def _conform(value: Any, wanted: Node, evaluator: Evaluator, scope: Scope) -> Any:
    if value is None or isinstance(value, Unknown):
        return value
    if isinstance(wanted, Name):
        convert = _PRIMITIVE.get(wanted.name)
        return convert(value) if convert and isinstance(value, str | int | float) else value
    if not isinstance(wanted, Call) or not wanted.arguments:
        return value
    inner = wanted.arguments[0]
    if wanted.name in {"list", "set"} and isinstance(value, list):
        return [_conform(one, inner, evaluator, scope) for one in value]
    if wanted.name == "map" and isinstance(value, Mapping):
        return {key: _conform(one, inner, evaluator, scope) for key, one in value.items()}
    if wanted.name == "object" and isinstance(value, Mapping) and isinstance(inner, Object):
        return _object(value, inner, evaluator, scope)
    return value


def _object(value: Mapping[str, Any], wanted: Object, evaluator: Evaluator, scope: Scope) -> dict[str, Any]:
    found = dict(value)
    for key, type_ in wanted.pairs:
        if not isinstance(key, Literal):
            continue
        optional = isinstance(type_, Call) and type_.name == "optional" and bool(type_.arguments)
        inner = type_.arguments[0] if isinstance(type_, Call) and optional else type_
        if found.get(key.value) is None:
            default = type_.arguments[1:2] if isinstance(type_, Call) and optional else ()
            found[key.value] = evaluator.evaluate(default[0], scope) if default else None
        found[key.value] = _conform(found[key.value], inner, evaluator, scope)
    return found
