"""Plans and states as JSON: what Terraform itself worked out.

A plan leaves out what is known only after apply; its ``configuration`` says what such a value refers to, and so we link
resources that have no ids yet (developer.hashicorp.com/terraform/internals/json-format).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from hushdesk.guard._dialect import Document
from hushdesk.guard._findings import Finding, Malformed, Unresolved
from hushdesk.guard.dialects._resource import Unknown
from hushdesk.guard.dialects.terraform._block import Block
from hushdesk.guard.dialects.terraform._values import AFTER_APPLY, Ref, Several

_IDS: Final = {"", "id", "arn", "self_link", "name", "key"}
_KEY: Final = re.compile(r"\[[^\]]*\]")
_LOOPS: Final = ("each.key", "each.value", "count.index")
_DEPTH: Final = 20


def is_plan(content: Any) -> bool:
    """Whether a document is a plan in JSON."""
    return isinstance(content, Mapping) and (
        isinstance(content.get("planned_values"), Mapping)
        or (isinstance(content.get("resource_changes"), list) and "format_version" in content)
    )


def is_state(content: Any) -> bool:
    """Whether a document is a state: a state file of version 4 or what ``terraform show -json`` prints."""
    if not isinstance(content, Mapping):
        return False
    shown = isinstance(content.get("values"), Mapping) and "terraform_version" in content
    return shown or (isinstance(content.get("resources"), list) and "terraform_version" in content)


@dataclass(slots=True)
class _Context:
    """A module in a plan's configuration, and the call that made it."""

    config: Mapping[str, Any]
    prefix: str
    parent: _Context | None = None
    call: Mapping[str, Any] = field(default_factory=dict)


def read_plan(document: Document, findings: list[Finding]) -> list[Block]:
    """The resources as they will be."""
    return _Plan(document, findings).blocks()


class _Plan:
    def __init__(self, document: Document, findings: list[Finding]) -> None:
        self._document = document
        self._findings = findings
        content = document.content
        self._unknown: dict[str, Any] = {}
        self._real: dict[str, str] = {}
        self._addresses: dict[str, list[str]] = {}
        changes = content.get("resource_changes")
        self._changes = (
            [one for one in changes if isinstance(one, Mapping)] if isinstance(changes, list) else []
        )
        for one in self._changes:
            change = one.get("change")
            if isinstance(change, Mapping):
                self._unknown[str(one.get("address"))] = change.get("after_unknown")
        config = content.get("configuration")
        root = config.get("root_module") if isinstance(config, Mapping) else None
        self._configured = isinstance(root, Mapping)
        self._root = _Context(root if isinstance(root, Mapping) else {}, "")

    def blocks(self) -> list[Block]:
        planned = self._document.content.get("planned_values")
        found: list[tuple[Mapping[str, Any], tuple[str | int, ...], _Context]] = []
        if isinstance(planned, Mapping):
            found += self._resources(
                planned.get("root_module"), ("planned_values", "root_module"), self._root, 0
            )
        else:
            found += self._from_changes()
        for resource, _, _ in found:
            address = str(resource.get("address"))
            self._addresses.setdefault(_KEY.sub("", address), []).append(address)
            real = _mapping(resource.get("values")).get("id")
            if isinstance(real, str) and real:
                self._real[address] = real
        return _linked([self._block(*entry) for entry in found if entry[0].get("mode") != "data"])

    def _from_changes(self) -> Iterator[tuple[Mapping[str, Any], tuple[str | int, ...], _Context]]:
        for number, one in enumerate(self._changes):
            after = _mapping(one.get("change")).get("after")
            if isinstance(after, Mapping):
                context = self._context_of(str(one.get("module_address") or ""))
                yield {**one, "values": after}, ("resource_changes", number), context

    def _context_of(self, module: str) -> _Context:
        context = self._root
        for name in re.findall(r"module\.([\w-]+)", _KEY.sub("", module)):
            context = self._child(context, name, f"{context.prefix}module.{name}.")
        return context

    def _child(self, context: _Context, name: str, prefix: str) -> _Context:
        call = _mapping(_mapping(context.config.get("module_calls")).get(name))
        return _Context(_mapping(call.get("module")), prefix, context, call)

    def _resources(
        self, module: Any, path: tuple[str | int, ...], context: _Context, depth: int
    ) -> Iterator[tuple[Mapping[str, Any], tuple[str | int, ...], _Context]]:
        if depth > _DEPTH:
            self._findings.append(
                Malformed(
                    self._document.place(*path),
                    "modules are nested too deeply",
                    "give a plan of fewer levels",
                )
            )
            return
        said = _mapping(module)
        for number, resource in enumerate(_list(said.get("resources"))):
            if isinstance(resource, Mapping) and isinstance(resource.get("address"), str):
                yield resource, (*path, "resources", number), context
            else:
                self._findings.append(
                    Malformed(
                        self._document.place(*path, "resources", number),
                        "a resource has no address",
                        "make the plan's JSON with terraform show -json",
                    )
                )
        for number, child in enumerate(_list(said.get("child_modules"))):
            address = str(_mapping(child).get("address") or "")
            name = _KEY.sub("", address).rpartition("module.")[2]
            inner = self._child(context, name, f"{address}.")
            yield from self._resources(child, (*path, "child_modules", number), inner, depth + 1)

    def _block(self, resource: Mapping[str, Any], path: tuple[str | int, ...], context: _Context) -> Block:
        address = str(resource["address"])
        values = dict(_mapping(resource.get("values")))
        expressions = self._expressions(resource, context)
        unknown = self._unknown.get(address)
        self._fill(values, unknown, expressions, context, resource)
        if str(resource.get("type")) == "aws_security_group" and _mapping(unknown).get("ingress") is True and (
            expressions is not None and "ingress" not in expressions
        ):  # fmt: skip
            # Either nothing is written inline, or a dynamic block over something unknown: the plan does not tell which.
            why = "if it has dynamic blocks for ingress, what they come to is known only after apply"
            self._findings.append(Unresolved(self._document.place(*path), f"{address}.ingress", why))
        values.pop("id", None) if values.get("id") is None else None
        real = values.get("id")
        return Block(
            type=str(resource.get("type")),
            address=address,
            id=real if isinstance(real, str) and real else address,
            values=values,
            place=self._place(path, address),
            places=_places(self._document, (*path, "values"), values),
        )

    def _place(self, path: tuple[str | int, ...], address: str) -> Any:
        place = self._document.place(*path)
        return type(place)(place.file, place.line, address)

    def _expressions(self, resource: Mapping[str, Any], context: _Context) -> Mapping[str, Any] | None:
        """What the configuration says; ``None`` if it is not in the plan."""
        for one in _list(context.config.get("resources")):
            said = _mapping(one)
            if said.get("type") == resource.get("type") and said.get("name") == resource.get("name"):
                return _mapping(said.get("expressions"))
        return None

    def _fill(
        self,
        values: dict[str, Any],
        unknown: Any,
        expressions: Any,
        context: _Context,
        resource: Mapping[str, Any],
    ) -> None:
        """Put references, or else unknowns, where the plan has nothing."""
        for key, what in _mapping(unknown).items():
            if key in {"id", "arn"} and what is True:
                continue
            told = isinstance(expressions, Mapping)
            leaf = told and ("references" in expressions or "constant_value" in expressions)
            expression = expressions if leaf else expressions.get(key) if told else None
            if what is True:
                if told and expression is None:
                    continue  # nobody set it: the provider's default will stand
                values[key] = self._resolved(expression, context, resource, key)
            elif isinstance(what, list):
                values[key] = self._filled(_list(values.get(key)), what, expression, context, resource, key)
            elif isinstance(what, Mapping) and what:
                inner = dict(_mapping(values.get(key)))
                self._fill(inner, what, expression, context, resource)
                values[key] = inner

    def _filled(
        self,
        values: list[Any],
        unknown: list[Any],
        expression: Any,
        context: _Context,
        resource: Any,
        key: str,
    ) -> list[Any]:
        found = list(values)
        holes = [number for number, what in enumerate(unknown) if what is True]
        put: list[Any] = []
        if holes:
            resolved = self._resolved(expression, context, resource, key)
            put = resolved if isinstance(resolved, list) else [resolved]
        for number, what in enumerate(unknown):
            if number >= len(found):
                found.append(None)
            if what is True:
                found[number] = put[holes.index(number)] if len(put) == len(holes) else None
            elif isinstance(what, Mapping) and what:
                inner = dict(_mapping(found[number]))
                block = expression
                if isinstance(expression, list):
                    block = (
                        expression[number]
                        if len(expression) == len(unknown)
                        else expression[0]
                        if len(expression) == 1
                        else None
                    )
                self._fill(inner, what, block, context, resource)
                found[number] = inner
        found = [one for one in found if one is not None]
        return found + (put if holes and len(put) != len(holes) else [])

    def _resolved(self, expression: Any, context: _Context, resource: Mapping[str, Any], key: str) -> Any:
        if isinstance(expression, Mapping):
            if "constant_value" in expression:
                return expression["constant_value"]
            found, missing = self._referred(_texts(expression.get("references")), context, resource, 0)
            if found and not missing:
                return found[0] if len(found) == 1 else list(found)
            if found:
                return [*found, Several(", ".join(missing), AFTER_APPLY)]
            if missing:
                return Unknown(", ".join(missing), AFTER_APPLY)
        return Unknown(f"{resource.get('address')}.{key}", AFTER_APPLY)

    def _referred(
        self, references: list[str], context: _Context, resource: Mapping[str, Any], depth: int
    ) -> tuple[list[Ref], list[str]]:
        """The resources whose ids an expression takes, and what of it is something else."""
        found: dict[Ref, None] = {}
        missing: dict[str, None] = {}
        # The configuration names each traversal and then its beginnings.
        whole = [
            one
            for one in references
            if not any(other.startswith((f"{one}.", f"{one}[")) for other in references)
        ]
        for reference in whole:
            if reference in _LOOPS or reference.startswith("each.value"):
                continue
            steps = _KEY.sub("", reference).split(".")
            inner: tuple[list[Ref], list[str]] | None = None
            if depth > _DEPTH:
                inner = ([], [reference])
            elif steps[0] == "var" and len(steps) == 2 and context.parent:
                said = _mapping(_mapping(context.call.get("expressions")).get(steps[1]))
                inner = self._referred(_texts(said.get("references")), context.parent, resource, depth + 1)
                inner = inner if any(inner) else ([], [reference])
            elif steps[0] == "module" and len(steps) == 3:
                child = self._child(context, steps[1], f"{context.prefix}{reference.rpartition('.')[0]}.")
                said = _mapping(
                    _mapping(_mapping(child.config.get("outputs")).get(steps[2])).get("expression")
                )
                inner = self._referred(_texts(said.get("references")), child, resource, depth + 1)
                inner = inner if any(inner) else ([], [reference])
            elif steps[0] == "data" and len(steps) in {3, 4} and (steps[3:] or [""])[0] in _IDS:
                inner = ([Ref(f"{context.prefix}{'.'.join(reference.split('.')[:3])}")], [])
            elif steps[0] in {"var", "local", "module", "data", "path", "terraform"}:
                inner = ([], [reference])
            else:
                inner = self._instances(reference, steps, references, context, resource)
            found |= dict.fromkeys(inner[0])
            missing |= dict.fromkeys(inner[1])
        if not found and not missing:
            missing |= dict.fromkeys(references)
        return list(found), list(missing)

    def _instances(
        self,
        reference: str,
        steps: list[str],
        references: list[str],
        context: _Context,
        resource: Mapping[str, Any],
    ) -> tuple[list[Ref], list[str]]:
        attribute = ".".join(steps[2:])
        of_vpc = steps[0] == "aws_vpc" and attribute.startswith(("default_", "main_route"))
        if attribute not in _IDS and not of_vpc:
            return [], [reference]
        named = f"{context.prefix}{'.'.join(steps[:2])}"
        known = [
            one for one in self._addresses.get(_KEY.sub("", named), []) if one.startswith(context.prefix)
        ]
        start = (
            ".".join(reference.split(".")[:2])
            if "[" not in reference
            else reference[: reference.rindex("]") + 1]
        )
        exact = [one for one in known if one == f"{context.prefix}{start}"]
        index = resource.get("index")
        if not exact and index is not None and any(loop in references for loop in _LOOPS):
            shown = f'"{index}"' if isinstance(index, str) else str(index)
            exact = [one for one in known if one == f"{named}[{shown}]"]
        chosen = exact or known
        if not chosen:
            return [], [reference]
        end = f".{attribute.replace('main_route', 'default_route')}" if of_vpc else ""
        return [Ref(one + end) for one in chosen], []


def read_state(document: Document, findings: list[Finding]) -> list[Block]:
    """The resources as they are."""
    content = document.content
    found: list[Block] = []
    if isinstance(content.get("values"), Mapping):
        plan = _Plan(document, findings)
        entries = plan._resources(  # noqa: SLF001 - the same tree as in a plan
            content["values"].get("root_module"), ("values", "root_module"), _Context({}, ""), 0
        )
        for resource, path, _ in entries:
            if resource.get("mode") != "data":
                found.append(_existing(document, path, str(resource["address"]), resource))
        return _linked(found)
    for number, resource in enumerate(_list(content.get("resources"))):
        said = _mapping(resource)
        if said.get("mode") == "data":
            continue
        if not isinstance(said.get("type"), str) or not isinstance(said.get("name"), str):
            place = document.place("resources", number)
            findings.append(
                Malformed(place, "a resource has no type or no name", "give the state as Terraform wrote it")
            )
            continue
        start = f"{said['module']}." if isinstance(said.get("module"), str) else ""
        for at, instance in enumerate(_list(said.get("instances"))):
            key = _mapping(instance).get("index_key")
            end = "" if key is None else f"[{key}]" if isinstance(key, int) else f'["{key}"]'
            path = ("resources", number, "instances", at, "attributes")
            values = _mapping(instance).get("attributes")
            made = {"type": said["type"], "values": values}
            found.append(_existing(document, path, f"{start}{said['type']}.{said['name']}{end}", made))
    return _linked(found)


def _existing(
    document: Document, path: tuple[str | int, ...], address: str, resource: Mapping[str, Any]
) -> Block:
    values = _mapping(resource.get("values"))
    real = values.get("id")
    place = document.place(*path)
    inner = path if path[-1] == "attributes" else (*path, "values")
    return Block(
        type=str(resource.get("type")),
        address=address,
        id=real if isinstance(real, str) and real else address,
        values=values,
        place=type(place)(place.file, place.line, address),
        places=_places(document, inner, values),
        exists=True,
    )


def _places(document: Document, path: tuple[str | int, ...], values: Mapping[str, Any]) -> dict[str, Any]:
    """Places of nested blocks."""
    return {
        f"{key}[{number}]": document.place(*path, key, number)
        for key, value in values.items()
        if isinstance(value, list)
        for number, inner in enumerate(value)
        if isinstance(inner, Mapping)
    }


def _linked(blocks: list[Block]) -> list[Block]:
    """The same blocks, with every reference, whether by address, ARN or link, as the id of the resource."""
    names: dict[str, str] = {}
    for block in blocks:
        for key in ("arn", "self_link"):
            known = block.values.get(key)
            if isinstance(known, str) and known:
                names.setdefault(known, block.id)
        names[block.address] = block.id
    return [
        Block(
            type=block.type,
            address=block.address,
            id=block.id,
            values={
                key: value if key in {"id", "arn", "self_link"} else _renamed(value, names, 0)
                for key, value in block.values.items()
            },
            place=block.place,
            doubt=block.doubt,
            places=block.places,
            exists=block.exists,
        )
        for block in blocks
    ]


def _renamed(value: Any, names: Mapping[str, str], depth: int) -> Any:
    if isinstance(value, Ref):
        return Ref(names.get(value, value))
    if isinstance(value, str):
        return names.get(value, value) if value.startswith(("arn:", "https://")) else value
    if depth > 50:
        return Unknown("nested value", "it is nested too deeply")
    if isinstance(value, Mapping):
        return {key: _renamed(inner, names, depth + 1) for key, inner in value.items()}
    if isinstance(value, list):
        return [_renamed(inner, names, depth + 1) for inner in value]
    return value


def _mapping(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def _texts(value: Any) -> list[str]:
    return [one for one in _list(value) if isinstance(one, str)]
