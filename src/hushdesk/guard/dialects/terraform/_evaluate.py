"""Expressions to values. What cannot be known becomes :class:`Unknown`, with the innermost reason."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any, Final, Protocol

from hushdesk.guard.dialects._resource import Unknown
from hushdesk.guard.dialects.terraform import _functions
from hushdesk.guard.dialects.terraform._functions import FunctionFault, boolean, number, same, text
from hushdesk.guard.dialects.terraform._syntax import (
    Attribute,
    Binary,
    Call,
    Conditional,
    For,
    Index,
    Literal,
    Name,
    Node,
    Object,
    Opaque,
    Splat,
    SyntaxFault,
    Template,
    Tuple,
    Unary,
    parse,
    parse_heredoc,
    parse_template,
)
from hushdesk.guard.dialects.terraform._values import (
    AFTER_APPLY,
    Fault,
    Ref,
    Several,
    Some,
    Undeclared,
    unknown_in,
)

_STRUCTURAL: Final = {
    "coalesce", "coalescelist", "compact", "concat", "distinct", "element", "flatten", "keys", "list", "lookup", "map", "merge", "nonsensitive", "one",
    "reverse", "sensitive", "setproduct", "setunion", "slice", "tolist", "tomap", "toset", "values", "zipmap", "tostring", "length",
}  # fmt: skip
"""Functions that only move members about, so that an unknown member does no harm."""
_SPREADING: Final = {
    "compact",
    "concat",
    "distinct",
    "flatten",
    "setunion",
    "tolist",
    "toset",
    "sensitive",
    "nonsensitive",
}
"""Of those, the ones for which neither number nor order of members matters."""
_STEPS: Final = 1_000_000
_DEPTH: Final = 90


class Resolver(Protocol):
    """What the names in a module mean."""

    def root(self, name: str) -> Any:
        """The value of a traversal's first name."""

    def member(self, of: Any, name: str) -> Any:
        """An attribute of a value of the module's own kind; ``NotImplemented`` for values of other kinds."""


@dataclass(frozen=True, slots=True)
class Scope:
    """A module and what is bound beside it: ``each``, ``count``, iterators."""

    resolver: Resolver
    names: Mapping[str, Any]

    def bind(self, **names: Any) -> Scope:
        """The same with further names."""
        return replace(self, names={**self.names, **names})


@lru_cache(maxsize=4096)
def _compiled(raw: str, json: bool) -> Node:
    if json:
        return parse_template(raw)
    if raw.startswith('"<<') and raw.endswith('"'):
        try:
            return parse_heredoc(raw[1:-1])
        except SyntaxFault:
            return parse(raw)
    if raw.startswith("${") and raw.endswith("}"):
        try:
            return parse(raw[2:-1])
        except SyntaxFault:
            return parse(raw)
    return parse(raw)


class Evaluator:
    """Evaluates with a budget of steps, so that no configuration takes for ever."""

    def __init__(self) -> None:
        self._steps = _STEPS
        self._depth = 0

    def raw(self, value: Any, scope: Scope, *, json: bool = False) -> Any:
        """The value of what the parser of files gave. Never raises."""
        if isinstance(value, str):
            try:
                return self.evaluate(_compiled(value, json), scope)
            except (Fault, FunctionFault) as fault:
                return Unknown(_shown(value), str(fault))
            except (SyntaxFault, RecursionError):
                return Unknown(_shown(value), "the expression is not understood")
        if isinstance(value, Mapping):
            found: dict[str, Any] = {}
            for key, inner in value.items():
                if str(key).startswith("__"):
                    continue
                name = self._key(str(key), scope, json=json)
                if isinstance(name, Unknown):
                    return name
                found[name] = self.raw(inner, scope, json=json)
            return found
        if isinstance(value, list):
            return [self.raw(inner, scope, json=json) for inner in value]
        return value

    def _key(self, key: str, scope: Scope, *, json: bool) -> str | Unknown:
        if not key.startswith(('"', "${", "(")):
            return key
        found = self.raw(key, scope, json=json)
        if isinstance(found, Unknown):
            return found
        try:
            return text(found)
        except FunctionFault:
            return Unknown(_shown(key), "a key is a text")

    def evaluate(self, node: Node, scope: Scope) -> Any:
        """The value of an expression.

        Raises:
            Fault: It has none.
            FunctionFault: A function in it has none.
        """
        self._steps -= 1
        self._depth += 1
        try:
            if self._steps < 0 or self._depth > _DEPTH:
                raise Fault("the expression takes too long or is nested too deeply")
            return _HANDLERS[type(node)](self, node, scope)
        finally:
            self._depth -= 1

    def _literal(self, node: Literal, _: Scope) -> Any:
        return node.value

    def _opaque(self, node: Opaque, _: Scope) -> Any:
        return Unknown(_shown(node.text), node.why)

    def _template(self, node: Template, scope: Scope) -> Any:
        parts = [self.evaluate(part, scope) for part in node.parts]
        for part in parts:
            if isinstance(part, Unknown):
                return part
            if isinstance(part, Ref):
                return Unknown(str(part), AFTER_APPLY)
        found = "".join(text(part) for part in parts)
        if len(found) > _functions.MOST:
            raise Fault("the text is too long")
        return found

    def _name(self, node: Name, scope: Scope) -> Any:
        return scope.names[node.name] if node.name in scope.names else scope.resolver.root(node.name)

    def _attribute(self, node: Attribute, scope: Scope) -> Any:
        return self.member(self.evaluate(node.of, scope), node.name, scope)

    def member(self, of: Any, name: str, scope: Scope) -> Any:
        """An attribute of a value."""
        if isinstance(of, Unknown):
            return of
        found = scope.resolver.member(of, name)
        if found is not NotImplemented:
            return found
        if isinstance(of, Mapping):
            if name in of:
                return of[name]
            raise Fault(f"there is no attribute {name}")
        if isinstance(of, list) and len(of) == 1:
            # Blocks that occur once are lists to us, and objects to some providers.
            return self.member(of[0], name, scope)
        raise Fault(f"it has no attribute {name}")

    def _index(self, node: Index, scope: Scope) -> Any:
        of, key = self.evaluate(node.of, scope), self.evaluate(node.key, scope)
        if isinstance(of, Some):
            return of.instance
        if isinstance(of, Undeclared):
            return of
        if isinstance(of, Unknown) or isinstance(key, Unknown):
            return of if isinstance(of, Unknown) else key
        if isinstance(of, Mapping):
            name = text(key)
            if name in of:
                return of[name]
            raise Fault(f"there is no key {name!r}")
        if isinstance(of, list):
            if several := next((one for one in of if isinstance(one, Several)), None):
                return several
            at = int(number(key))
            if 0 <= at < len(of):
                return of[at]
            raise Fault("the index lies outside the list")
        if isinstance(key, str):
            return self.member(of, key, scope)
        if key == 0:
            return of  # a set of one that we keep as the member itself
        raise Fault("it has no members")

    def _splat(self, node: Splat, scope: Scope) -> Any:
        of = self.evaluate(node.of, scope)
        if isinstance(of, Unknown):
            return of
        found = []
        for one in _members(of):
            if isinstance(one, Several):
                found.append(one)
                continue
            found.append(self.evaluate(node.each, scope.bind(**{"*": one})))
        return found

    def _call(self, node: Call, scope: Scope) -> Any:
        if node.name in {"try", "can"}:
            return self._tried(node, scope)
        arguments = [self.evaluate(argument, scope) for argument in node.arguments]
        if node.expand:
            last = arguments.pop()
            if isinstance(last, Unknown):
                return last
            if not isinstance(last, list):
                raise Fault("only a list can be spread over arguments")
            arguments += last
        return self._applied(node.name, arguments)

    def _applied(self, name: str, arguments: list[Any]) -> Any:
        if name in _SPREADING:
            arguments = [
                [Several(one.expression, one.why)] if isinstance(one, Unknown) and name != "flatten" else one
                for one in arguments
            ]
            arguments = [_spread(one) if name == "flatten" else one for one in arguments]
        for argument in arguments:
            if isinstance(argument, Unknown):
                return argument
            if isinstance(argument, Some):
                raise Fault("how many instances there are is not known")
        inner = unknown_in(*arguments)
        if inner is not None:
            several = any(isinstance(one, Several) for argument in arguments for one in _loose(argument))
            if name not in _STRUCTURAL or (several and name not in _SPREADING):
                return inner
        elif name not in _STRUCTURAL and (reference := _reference_in(arguments)):
            return Unknown(str(reference), AFTER_APPLY)
        return _functions.call(name, arguments)

    def _tried(self, node: Call, scope: Scope) -> Any:
        for argument in node.arguments:
            try:
                found = self.evaluate(argument, scope)
            except (Fault, FunctionFault):
                continue
            if node.name == "can":
                return found if isinstance(found, Unknown) else True
            return found
        if node.name == "can":
            return False
        raise Fault("none of the alternatives has a value")

    def _unary(self, node: Unary, scope: Scope) -> Any:
        value = self.evaluate(node.operand, scope)
        if isinstance(value, Unknown):
            return value
        return not boolean(value) if node.operator == "!" else -number(value)

    def _binary(self, node: Binary, scope: Scope) -> Any:
        left = self.evaluate(node.left, scope)
        if node.operator in {"&&", "||"}:
            return self._logical(node, left, scope)
        right = self.evaluate(node.right, scope)
        if isinstance(left, Unknown) or isinstance(right, Unknown):
            return left if isinstance(left, Unknown) else right
        if node.operator in {"==", "!="}:
            equal = _equal(left, right)
            return equal if isinstance(equal, Unknown) else equal == (node.operator == "==")
        return _ARITHMETIC[node.operator](number(left), number(right))

    def _logical(self, node: Binary, left: Any, scope: Scope) -> Any:
        decides = node.operator == "||"
        if not isinstance(left, Unknown) and boolean(left) == decides:
            return decides
        right = self.evaluate(node.right, scope)
        if not isinstance(right, Unknown) and boolean(right) == decides:
            return decides
        return left if isinstance(left, Unknown) else right if isinstance(right, Unknown) else not decides

    def _conditional(self, node: Conditional, scope: Scope) -> Any:
        condition = self.evaluate(node.condition, scope)
        if not isinstance(condition, Unknown):
            return self.evaluate(node.then if boolean(condition) else node.other, scope)
        then, other = self._or_fault(node.then, scope), self._or_fault(node.other, scope)
        return then if then == other and unknown_in(then) is None else condition

    def _or_fault(self, node: Node, scope: Scope) -> Any:
        try:
            return self.evaluate(node, scope)
        except (Fault, FunctionFault) as fault:
            return Unknown("conditional", str(fault))

    def _tuple(self, node: Tuple, scope: Scope) -> Any:
        return [self.evaluate(member, scope) for member in node.members]

    def _object(self, node: Object, scope: Scope) -> Any:
        found: dict[str, Any] = {}
        for key, value in node.pairs:
            name = self.evaluate(key, scope)
            if isinstance(name, Unknown):
                return name
            found[text(name)] = self.evaluate(value, scope)
        return found

    def _for(self, node: For, scope: Scope) -> Any:
        of = self.evaluate(node.of, scope)
        if isinstance(of, Unknown):
            return of
        table: dict[str, Any] = {}
        found: list[Any] = []
        for key, value in _entries(of):
            if isinstance(value, Several):
                if node.key is not None:
                    return Unknown(value.expression, value.why)
                found.append(value)
                continue
            names = {node.value_name: value} | ({node.key_name: key} if node.key_name else {})
            inner = scope.bind(**names)
            wanted = True if node.condition is None else self.evaluate(node.condition, inner)
            if isinstance(wanted, Unknown):
                if node.key is not None:
                    return wanted
                found.append(Several(wanted.expression, wanted.why))
                continue
            if not boolean(wanted):
                continue
            result = self.evaluate(node.value, inner)
            if node.key is None:
                found.append(result)
                continue
            name = self.evaluate(node.key, inner)
            if isinstance(name, Unknown):
                return name
            if node.grouped:
                table.setdefault(text(name), []).append(result)
            else:
                table[text(name)] = result
        return found if node.key is None else table


def _shown(value: str) -> str:
    shown = " ".join(value.split())
    if shown.startswith("${") and shown.endswith("}"):
        shown = shown[2:-1]
    return shown if len(shown) <= 120 else shown[:117] + "..."


def _members(of: Any) -> list[Any]:
    if isinstance(of, Some):
        return [of.instance]
    if isinstance(of, list):
        return of
    return [] if of is None else [of]


def _entries(of: Any) -> list[tuple[Any, Any]]:
    if isinstance(of, Mapping):
        return sorted(of.items())
    if isinstance(of, list):
        return list(enumerate(of))
    if isinstance(of, Some):
        return [(Unknown("each.key", "how many instances there are is not known"), of.instance)]
    raise Fault("only a collection can be gone through")


def _spread(value: Any) -> Any:
    """Unknown lists inside a list that is to be flattened: any number of members."""
    if isinstance(value, list):
        return [Several(one.expression, one.why) if isinstance(one, Unknown) else one for one in value]
    return value


def _loose(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def _reference_in(value: Any, depth: int = 0) -> Ref | None:
    if isinstance(value, Ref):
        return value
    if depth < 20 and isinstance(value, list | Mapping):
        inner = value.values() if isinstance(value, Mapping) else value
        return next((found for one in inner if (found := _reference_in(one, depth + 1)) is not None), None)
    return None


def _equal(left: Any, right: Any) -> bool | Unknown:
    unknown = unknown_in(left, right)
    if unknown is not None and left is not None and right is not None:
        return unknown
    if isinstance(left, Ref) != isinstance(right, Ref) and all(
        one is not None and one != "" for one in (left, right)
    ):
        return Unknown(str(left if isinstance(left, Ref) else right), AFTER_APPLY)
    return same(left, right)


def _divided(left: float, right: float) -> float:
    if right == 0:
        raise Fault("division by zero")
    found = left / right
    return int(found) if float(found).is_integer() else found


def _remainder(left: float, right: float) -> float:
    if right == 0:
        raise Fault("division by zero")
    return left - right * int(left / right)


_ARITHMETIC: Final[dict[str, Callable[[Any, Any], Any]]] = {
    "+": lambda left, right: left + right,
    "-": lambda left, right: left - right,
    "*": lambda left, right: left * right,
    "/": _divided,
    "%": _remainder,
    "<": lambda left, right: left < right,
    ">": lambda left, right: left > right,
    "<=": lambda left, right: left <= right,
    ">=": lambda left, right: left >= right,
}
_HANDLERS: Final[dict[type, Callable[..., Any]]] = {
    Literal: Evaluator._literal,  # noqa: SLF001 - a table of the class's own methods
    Opaque: Evaluator._opaque,  # noqa: SLF001
    Template: Evaluator._template,  # noqa: SLF001
    Name: Evaluator._name,  # noqa: SLF001
    Attribute: Evaluator._attribute,  # noqa: SLF001
    Index: Evaluator._index,  # noqa: SLF001
    Splat: Evaluator._splat,  # noqa: SLF001
    Call: Evaluator._call,  # noqa: SLF001
    Unary: Evaluator._unary,  # noqa: SLF001
    Binary: Evaluator._binary,  # noqa: SLF001
    Conditional: Evaluator._conditional,  # noqa: SLF001
    Tuple: Evaluator._tuple,  # noqa: SLF001
    Object: Evaluator._object,  # noqa: SLF001
    For: Evaluator._for,  # noqa: SLF001
}
