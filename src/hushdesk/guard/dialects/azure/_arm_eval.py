"""Values of a template: parameters, variables, loops, and the functions that need to know where they stand."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, Final

from hushdesk.guard.dialects._resource import Unknown
from hushdesk.guard.dialects.azure._arm_functions import FunctionError, call
from hushdesk.guard.dialects.azure._arm_ids import IDS
from hushdesk.guard.dialects.azure._arm_parse import (
    Call,
    ExpressionError,
    Index,
    Literal,
    Tree,
    is_expression,
    parse,
)

DEEPEST: Final = 100
MOST_COPIES: Final = 800
"""The platform's own limit for one loop."""
SUBSCRIPTION: Final = "{subscription}"
GROUP: Final = "{resourceGroup}"
ASK: Final = "give its value with a parameter file or --set"
RUNNING: Final = "only the platform knows it when it deploys"

_TEXTUAL: Final = {
    "concat", "format", "guid", "join", "replace", "split", "string", "substring", "take", "skip", "tolower", "toupper", "trim",
    "uniquestring", "uri", "first", "last",
    "resourceid", "subscriptionresourceid", "tenantresourceid", "extensionresourceid",
}  # fmt: skip
"""In ids and names, what is not known goes through these as a mark that is the same wherever it is the same."""
_LATER: Final = {
    "reference",
    "references",
    "pickzones",
    "newguid",
    "utcnow",
    "environment",
    "getsecret",
    "managementgroup",
    "deployer",
}

Report = Callable[[tuple[str | int, ...], str, str], None]


@dataclass(slots=True)
class Scope:
    """What the names in one template mean."""

    parameters: Mapping[str, Any] = field(default_factory=dict)
    """Declarations, by name in small letters."""
    given: Mapping[str, Any] = field(default_factory=dict)
    """Values that were given, by name in small letters; :class:`Unknown` among them."""
    variables: Mapping[str, Any] = field(default_factory=dict)
    functions: Mapping[str, Any] = field(default_factory=dict)
    deployment: Mapping[str, Any] = field(default_factory=dict)
    subscription: str = SUBSCRIPTION
    group: str = GROUP
    outputs: dict[str, Any] = field(default_factory=dict)
    """Outputs of nested deployments, by the deployment's name in small letters."""
    loops: dict[str, int] = field(default_factory=dict)
    """The turn of each loop around, by name; the innermost of the resource under the empty name."""
    local: dict[str, Any] = field(default_factory=dict)
    """Arguments of a lambda or of a function of the template's own."""
    malformed: Callable[[str, str], None] = lambda _, __: None
    """Takes the name of a variable or parameter, and what is wrong with it."""
    known: dict[tuple[str, str], Any] = field(default_factory=dict)
    open: list[tuple[str, str]] = field(default_factory=list)
    """Parameters and variables that are being evaluated."""

    @contextmanager
    def turn(self, **loops: int) -> Iterator[None]:
        """Inside, the loops have these turns. The name of the resource's own loop is the empty text, given as ``_``."""
        before = dict(self.loops)
        self.loops.update({"" if name == "_" else name: turn for name, turn in loops.items()})
        try:
            yield
        finally:
            self.loops = before


def evaluate(value: Any, scope: Scope, *, ids: bool = False, sku: bool = False, depth: int = 0) -> Any:
    """A value of the template with all its expressions replaced by values or :class:`Unknown`.

    Args:
        value: As it stands in the template.
        scope: What names mean there.
        ids: Whether it is an id or a name, in which what is not known keeps its place as a mark.
        sku: Whether it is a SKU, whose name is no name.
        depth: How deep in the template.
    """
    if depth > DEEPEST:
        return Unknown("", "the template is nested too deeply here")
    if isinstance(value, str):
        return _text(value, scope, ids, depth)
    if isinstance(value, list):
        return [evaluate(item, scope, ids=ids, depth=depth + 1) for item in value]
    if isinstance(value, dict):
        made = {}
        for key, item in value.items():
            if key == "copy" and _is_copy(item):
                made.update(copied(item, scope, depth=depth + 1))
                continue
            name = evaluate(key, scope, ids=True) if is_expression(key) else key
            small = key.lower()
            # Names inside become part of ids; the name of a SKU does not.
            marked = ids or small.endswith("id") or (small == "name" and not sku)
            made[str(name)] = evaluate(item, scope, ids=marked, sku=small == "sku", depth=depth + 1)
        return made
    return value


def copied(loops: list[Any], scope: Scope, *, depth: int = 0) -> dict[str, Any]:
    """Properties or variables made by ``copy``."""
    made: dict[str, Any] = {}
    for loop in loops:
        name = str(loop["name"])
        count = copies(loop.get("count"), scope)
        if isinstance(count, Unknown):
            made[name] = [count]
            continue
        items = []
        for turn in range(count):
            with scope.turn(**{name.lower(): turn}):
                items.append(evaluate(loop.get("input"), scope, depth=depth + 1))
        made[name] = items
    return made


def copies(count: Any, scope: Scope) -> int | Unknown:
    """How many turns a loop makes."""
    found = evaluate(count, scope)
    if isinstance(found, Unknown):
        return found
    if isinstance(found, bool) or not isinstance(found, int) or not 0 <= found <= MOST_COPIES:
        return Unknown(str(count), f"the count of a loop must be a number from 0 to {MOST_COPIES}")
    return found


def _is_copy(item: Any) -> bool:
    return (
        isinstance(item, list)
        and bool(item)
        and all(isinstance(loop, dict) and "name" in loop and "count" in loop for loop in item)
    )


def _text(text: str, scope: Scope, ids: bool, depth: int) -> Any:
    if not is_expression(text):
        return text[1:] if text.startswith("[[") else text
    try:
        return _tree(parse(text), scope, ids, depth)
    except ExpressionError as error:
        return Unknown(text, f"{error}; correct the expression")


def _tree(tree: Tree, scope: Scope, ids: bool, depth: int) -> Any:
    if isinstance(tree, Literal):
        return tree.value
    if depth > DEEPEST:
        return Unknown(tree.text, "the expression is nested too deeply")
    if isinstance(tree, Index):
        whole = _tree(tree.of, scope, False, depth + 1)
        key = _tree(tree.key, scope, False, depth + 1)
        return _member(whole, key, tree)
    special = _SPECIAL.get(tree.name)
    if special is not None:
        return special(tree, scope, ids, depth + 1)
    if tree.name in _LATER or tree.name.startswith("list"):
        return Unknown(tree.text, RUNNING)
    if "." in tree.name and tree.name in scope.functions:
        return _own(tree, scope, depth + 1)
    arguments = [_tree(argument, scope, ids, depth + 1) for argument in tree.arguments]
    marked = tree.name in IDS or (ids and tree.name in _TEXTUAL)
    if tree.name in IDS:
        arguments = [_tree(argument, scope, True, depth + 1) for argument in tree.arguments]
    if marked:
        arguments = [
            f"{{{value.expression}}}" if isinstance(value, Unknown) else value for value in arguments
        ]
    unknown = next((value for value in arguments if isinstance(value, Unknown)), None)
    if unknown is not None:
        return Unknown(tree.text, unknown.why)
    if any(_holds_unknown(value) for value in arguments) and tree.name not in {
        "length",
        "first",
        "last",
        "concat",
        "union",
        "createarray",
        "array",
    }:
        return Unknown(tree.text, "a part of its arguments is not resolved")
    name = tree.name.removeprefix("sys.")
    if name in IDS:
        return IDS[name]((scope.subscription, scope.group), arguments) or Unknown(
            tree.text, "it names no type"
        )
    try:
        return call(name, arguments)
    except FunctionError as error:
        return Unknown(tree.text, str(error))


def _holds_unknown(value: Any) -> bool:
    if isinstance(value, Unknown):
        return True
    return (
        any(map(_holds_unknown, value.values() if isinstance(value, dict) else value))
        if isinstance(value, dict | list)
        else False
    )


def _member(whole: Any, key: Any, tree: Index) -> Any:
    for part in (whole, key):
        if isinstance(part, Unknown):
            return Unknown(tree.text, part.why)
    if isinstance(whole, dict):
        found = [value for name, value in whole.items() if name.lower() == str(key).lower()]
        if found:
            return found[0]
    elif (
        isinstance(whole, list | str)
        and isinstance(key, int)
        and not isinstance(key, bool)
        and 0 <= key < len(whole)
    ):
        return whole[key]
    return None if tree.lenient else Unknown(tree.text, "there is no such property or item")


def _named(kind: str, name: str, text: str, scope: Scope, make: Callable[[], Any]) -> Any:
    """A parameter or variable, evaluated once; in a circle it is unknown."""
    where = (kind, name)
    if where in scope.known:
        return scope.known[where]
    if where in scope.open:
        scope.malformed(name, f"the {kind} {name} refers to itself")
        return Unknown(text, f"the {kind} refers to itself")
    if len(scope.open) > DEEPEST:
        return Unknown(text, "variables refer to each other too deeply")
    scope.open.append(where)
    loops, local, scope.loops, scope.local = scope.loops, scope.local, {}, {}
    try:
        scope.known[where] = make()
    finally:
        scope.open.pop()
        scope.loops, scope.local = loops, local
    return scope.known[where]


def _parameters(tree: Call, scope: Scope, ids: bool, depth: int) -> Any:
    name = _name(tree, scope, depth)
    if isinstance(name, Unknown):
        return name
    if f"parameters:{name}" in scope.local:
        return scope.local[f"parameters:{name}"]
    if name in scope.given:
        value = scope.given[name]
    elif name in scope.parameters:
        declared = scope.parameters[name]
        if not isinstance(declared, dict) or "defaultValue" not in declared:
            value = Unknown(tree.text, f"the parameter {_shown(tree)} has no value; {ASK}")
        else:
            value = _named(
                "parameter",
                name,
                tree.text,
                scope,
                lambda: evaluate(declared["defaultValue"], scope, depth=depth),
            )
    else:
        value = Unknown(tree.text, f"the template declares no parameter {name}")
    return f"{{{value.expression}}}" if ids and isinstance(value, Unknown) and value.expression else value


def _variables(tree: Call, scope: Scope, ids: bool, depth: int) -> Any:
    name = _name(tree, scope, depth)
    if isinstance(name, Unknown):
        return name
    if name not in scope.variables:
        return Unknown(tree.text, f"the template declares no variable {name}")
    kind = "variable as id" if ids else "variable"
    return _named(
        kind, name, tree.text, scope, lambda: evaluate(scope.variables[name], scope, ids=ids, depth=depth)
    )


def _shown(tree: Call) -> str:
    """The name as written, for people."""
    first = tree.arguments[0]
    return str(first.value) if isinstance(first, Literal) else tree.text


def _name(tree: Call, scope: Scope, depth: int) -> str | Unknown:
    if len(tree.arguments) != 1:
        return Unknown(tree.text, f"{tree.name} takes one name")
    name = _tree(tree.arguments[0], scope, False, depth)
    return name if isinstance(name, Unknown) else str(name).lower()


def _if(tree: Call, scope: Scope, ids: bool, depth: int) -> Any:
    if len(tree.arguments) != 3:
        return Unknown(tree.text, "if takes three arguments")
    condition = _tree(tree.arguments[0], scope, False, depth)
    if not isinstance(condition, Unknown):
        return _tree(tree.arguments[1 if condition else 2], scope, ids, depth)
    one, other = (_tree(argument, scope, ids, depth) for argument in tree.arguments[1:])
    # Whatever the condition says, the value is the same.
    return one if one == other and not _holds_unknown(one) else Unknown(tree.text, condition.why)


def _and_or(tree: Call, scope: Scope, _: bool, depth: int) -> Any:
    decides = tree.name == "or"
    values = [_tree(argument, scope, False, depth) for argument in tree.arguments]
    if any(not isinstance(value, Unknown) and bool(value) == decides for value in values):
        return decides
    return next(
        (Unknown(tree.text, value.why) for value in values if isinstance(value, Unknown)), not decides
    )


def _coalesce(tree: Call, scope: Scope, ids: bool, depth: int) -> Any:
    for argument in tree.arguments:
        value = _tree(argument, scope, ids, depth)
        if isinstance(value, Unknown):
            return Unknown(tree.text, value.why)
        if value is not None:
            return value
    return None


def _copy_index(tree: Call, scope: Scope, _: bool, depth: int) -> Any:
    values = [_tree(argument, scope, False, depth) for argument in tree.arguments]
    name, offset = "", 0
    for value in values:
        if isinstance(value, Unknown):
            return value
        if isinstance(value, str):
            name = value.lower()
        elif isinstance(value, int):
            offset = value
    if name not in scope.loops:
        return Unknown(tree.text, "it stands in no loop of that name")
    return scope.loops[name] + offset


def _reference(tree: Call, scope: Scope, _: bool, depth: int) -> Any:
    """Outputs of nested deployments are known; everything else the platform says when it deploys."""
    target = _tree(tree.arguments[0], scope, True, depth) if tree.arguments else None
    if isinstance(target, str):
        lowered = target.lower()
        name = lowered.rsplit("/", 1)[-1]
        if name in scope.outputs and (lowered == name or "microsoft.resources/deployments" in lowered):
            return {"outputs": scope.outputs[name]}
    return Unknown(tree.text, RUNNING)


def _place_object(tree: Call, scope: Scope, _: bool, __: int) -> Any:
    prefix = f"/subscriptions/{scope.subscription}"
    if tree.name == "subscription":
        return {
            "id": prefix,
            "subscriptionId": scope.subscription,
            "tenantId": "{tenant}",
            "displayName": Unknown(tree.text, RUNNING),
        }
    if tree.name == "tenant":
        return {"tenantId": "{tenant}", "id": "/"}
    if tree.name == "deployment":
        return dict(scope.deployment)
    location = Unknown("resourceGroup().location", RUNNING)
    group = f"{prefix}/resourceGroups/{scope.group}"
    return {
        "id": group,
        "name": scope.group,
        "location": location,
        "tags": Unknown("resourceGroup().tags", RUNNING),
    }


def _lambda_variables(tree: Call, scope: Scope, _: bool, depth: int) -> Any:
    name = _name(tree, scope, depth)
    return (
        name
        if isinstance(name, Unknown)
        else scope.local.get(f"lambda:{name}", Unknown(tree.text, "there is no such lambda variable"))
    )


def _each(tree: Call, scope: Scope, ids: bool, depth: int) -> Any:
    """``map`` and ``filter`` over an array, and ``toObject``."""
    if len(tree.arguments) < 2 or not all(
        isinstance(part, Call) and part.name == "lambda" for part in tree.arguments[1:]
    ):
        return Unknown(tree.text, f"{tree.name} takes an array and a lambda")
    values = _tree(tree.arguments[0], scope, ids, depth)
    if isinstance(values, Unknown) or not isinstance(values, list) or len(values) > MOST_COPIES * 10:
        return Unknown(tree.text, values.why if isinstance(values, Unknown) else "it takes an array")
    found: list[Any] = []
    for at, value in enumerate(values):
        made = [_apply(part, [value, at], scope, ids, depth) for part in tree.arguments[1:]]
        if tree.name == "map":
            found.append(made[0])
        elif isinstance(made[0], Unknown):
            return Unknown(tree.text, made[0].why)
        elif tree.name == "filter":
            found += [value] if made[0] else []
        else:
            found.append((str(made[0]), made[1] if len(made) > 1 else value))
    return dict(found) if tree.name == "toobject" else found


def _apply(part: Tree, values: list[Any], scope: Scope, ids: bool, depth: int) -> Any:
    if not isinstance(part, Call) or not part.arguments:
        return Unknown("lambda", "a lambda takes names and a value")
    names = [argument.value for argument in part.arguments[:-1] if isinstance(argument, Literal)]
    before = scope.local
    scope.local = {
        **before,
        **{f"lambda:{str(name).lower()}": value for name, value in zip(names, values, strict=False)},
    }
    try:
        return _tree(part.arguments[-1], scope, ids, depth + 1)
    finally:
        scope.local = before


def _own(tree: Call, scope: Scope, depth: int) -> Any:
    """A function that the template defines: it sees nothing but its own parameters."""
    defined = scope.functions[tree.name]
    declared = defined.get("parameters") or []
    values = [_tree(argument, scope, False, depth) for argument in tree.arguments]
    names = [str(item.get("name", "")).lower() for item in declared if isinstance(item, dict)]
    inner = Scope(functions=scope.functions, given=dict(zip(names, values, strict=False)))
    output = defined.get("output")
    return (
        evaluate(output.get("value"), inner, depth=depth + 5)
        if isinstance(output, dict)
        else Unknown(tree.text, "it has no output")
    )


_SPECIAL: Final[dict[str, Callable[[Call, Scope, bool, int], Any]]] = {
    "parameters": _parameters,
    "variables": _variables,
    "if": _if,
    "and": _and_or,
    "or": _and_or,
    "coalesce": _coalesce,
    "copyindex": _copy_index,
    "reference": _reference,
    "subscription": _place_object,
    "resourcegroup": _place_object,
    "tenant": _place_object,
    "deployment": _place_object,
    "lambdavariables": _lambda_variables,
    "map": _each,
    "filter": _each,
    "toobject": _each,
}
