"""A module called with some values: its variables, locals and the instances of its resources."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from hushdesk.guard._findings import Finding, Malformed, NotLookedAt, Unresolved
from hushdesk.guard.dialects._resource import Unknown
from hushdesk.guard.dialects.terraform._block import DOUBT, Block
from hushdesk.guard.dialects.terraform._conform import conform
from hushdesk.guard.dialects.terraform._evaluate import Evaluator, Scope
from hushdesk.guard.dialects.terraform._folder import Declared, Folder
from hushdesk.guard.dialects.terraform._functions import FunctionFault, number
from hushdesk.guard.dialects.terraform._values import AFTER_APPLY, Fault, Ref, Several, Some, Undeclared

_META: Final = {
    "count",
    "for_each",
    "lifecycle",
    "provider",
    "depends_on",
    "dynamic",
    "provisioner",
    "connection",
}
_IDS: Final = {"id", "arn", "self_link", "name", "key", "self_link_unique"}
_OF_VPC: Final = {
    "default_security_group_id",
    "default_route_table_id",
    "main_route_table_id",
    "default_network_acl_id",
}
_DEPTH: Final = 12
_INSTANCES: Final = 2000


@dataclass(frozen=True, slots=True)
class Instance:
    """One instance of a resource or data block."""

    module: Module
    declared: Declared
    address: str
    names: Mapping[str, Any]
    doubt: str = ""

    @property
    def scope(self) -> Scope:
        """In which its arguments are evaluated."""
        return Scope(self.module, {**self.names, "self": self})


@dataclass(frozen=True, slots=True)
class _Root:
    """The first names of a traversal, before it comes to a value."""

    kind: str
    name: str = ""


@dataclass(slots=True)
class Shared:
    """What all modules of a run have in common."""

    folders: Mapping[str, Folder]
    parameters: Mapping[str, Any]
    evaluator: Evaluator = field(default_factory=Evaluator)
    findings: dict[Finding, None] = field(default_factory=dict)

    def note(self, finding: Finding) -> None:
        """Keep a finding, once."""
        self.findings[finding] = None


class Module:
    """A folder with values for its variables.

    Args:
        shared: What all modules of the run share.
        folder: As it is written.
        prefix: Of its addresses: ``module.net.`` or nothing.
        inputs: The call's arguments; ``None`` for the root.
        doubt: Why the module may not be called.
        depth: How many calls led here.
    """

    def __init__(
        self,
        shared: Shared,
        folder: Folder,
        prefix: str = "",
        inputs: Mapping[str, Any] | None = None,
        doubt: str = "",
        depth: int = 0,
    ) -> None:
        self._shared = shared
        self.folder = folder
        self.prefix = prefix
        self._inputs = inputs
        self._doubt = doubt
        self._depth = depth
        self._memo: dict[tuple[str, ...], Any] = {}
        self._under_way: set[tuple[str, ...]] = set()
        self._variables = {block.labels[0]: block for block in folder.of("variable")}
        self._outputs = {block.labels[0]: block for block in folder.of("output")}
        self._calls = {block.labels[0]: block for block in folder.of("module")}
        self._declared = {
            (kind, *block.labels): block for kind in ("resource", "data") for block in folder.of(kind)
        }
        self._scope = Scope(self, {})

    # What names mean ----------------------------------------------------------------------------------------------------

    def root(self, name: str) -> Any:
        """The value of a traversal's first name.

        Raises:
            Fault: Nothing is called so.
        """
        if name in {"var", "local", "data", "module", "path", "terraform"}:
            return _Root(name)
        if "_" in name or any(type_ == name for _, type_, _ in self._declared):
            return _Root("type", name)
        raise Fault(f"the name {name} means nothing here")

    def member(self, of: Any, name: str) -> Any:
        """An attribute of a root, a resource or a module."""
        if isinstance(of, _Root):
            return self._of_root(of, name)
        if isinstance(of, Instance):
            return of.module.attribute(of, name)
        if isinstance(of, Module):
            return of.output(name)
        if isinstance(of, _Unseen):
            return of.output(name)
        if isinstance(of, Undeclared):
            found = _of_address(of.address, name)
            why = f"{of.address} is not declared in this folder; add the file that declares it"
            return Unknown(found.expression, why) if isinstance(found, Unknown) else found
        if isinstance(of, Some):
            raise Fault("how many instances there are is not known")
        return NotImplemented

    def _of_root(self, of: _Root, name: str) -> Any:
        if of.kind == "var":
            return self._once(("var", name), lambda: self._variable(name))
        if of.kind == "local":
            return self._once(("local", name), lambda: self._local(name))
        if of.kind == "data":
            return _Root("data type", name)
        if of.kind in {"type", "data type"}:
            kind = "resource" if of.kind == "type" else "data"
            return self._instances_as_value(kind, of.name, name)
        if of.kind == "module":
            return self._once(("module", name), lambda: self._called(name))
        return Unknown(f"{of.kind}.{name}", "it is known only when Terraform runs")

    def _once(self, key: tuple[str, ...], make: Any) -> Any:
        if key not in self._memo:
            if key in self._under_way:
                shown = self.prefix + ".".join(key)
                problem = f"{shown} refers to itself"
                self._shared.note(Malformed(self._place_of(key), problem, "break the circle of references"))
                raise Fault(problem)
            self._under_way.add(key)
            try:
                self._memo[key] = make()
            finally:
                self._under_way.discard(key)
        return self._memo[key]

    def _place_of(self, key: tuple[str, ...]) -> Any:
        if key[0] == "local" and key[1] in self.folder.locals:
            return self.folder.locals[key[1]][1].at(key[1])
        found = {"var": self._variables, "module": self._calls, "output": self._outputs}.get(key[0], {})
        blocks = [*([found[key[1]]] if key[1] in found else []), *self._declared.values()]
        return blocks[0].place

    def _variable(self, name: str) -> Any:
        block = self._variables.get(name)
        if self._inputs is not None and name in self._inputs:
            value = self._inputs[name]
        elif self._inputs is None and name in self._shared.parameters:
            value = self._shared.parameters[name]
        elif self._inputs is None and name in self.folder.values:
            raw, json = self.folder.values[name]
            value = raw if json else self._shared.evaluator.raw(raw, self._scope)
        elif block is not None and "default" in block.body:
            raw = block.body["default"]
            value = raw if block.json else self._shared.evaluator.raw(raw, self._scope)
        else:
            return Unknown(f"var.{name}", f"the variable {name} has no default; give a value for it")
        return conform(value, block.body.get("type"), self._shared.evaluator, self._scope) if block else value

    def _local(self, name: str) -> Any:
        if name not in self.folder.locals:
            raise Fault(f"there is no local {name}")
        raw, block = self.folder.locals[name]
        return self._shared.evaluator.raw(raw, self._scope, json=block.json)

    def output(self, name: str) -> Any:
        """The value of an output."""
        block = self._outputs.get(name)
        if block is None:
            raise Fault(f"the module has no output {name}")
        return self._once(
            ("output", name),
            lambda: self._shared.evaluator.raw(block.body.get("value"), self._scope, json=block.json),
        )

    # Resources ----------------------------------------------------------------------------------------------------------

    def _instances_as_value(self, kind: str, type_: str, name: str) -> Any:
        block = self._declared.get((kind, type_, name))
        if block is None:
            address = f"{'' if kind == 'resource' else 'data.'}{type_}.{name}"
            return Undeclared(self.prefix + address)
        return self._once((kind, type_, name), lambda: self._expanded(block))

    def _expanded(self, block: Declared) -> Any:
        """The instances of a block: one, a list, a mapping, or one for an unknown number of them."""
        start = "" if block.kind == "resource" else "data."
        address = f"{self.prefix}{start}{'.'.join(block.labels)}"
        keys = self._keys(block)
        if keys is None:
            return Instance(self, block, address, {}, self._doubt)
        if isinstance(keys, Unknown):
            unknown = {"each": {"key": keys, "value": keys}, "count": {"index": keys}}
            doubt = f"how many there are is not known ({keys.expression})"
            return Some(Instance(self, block, f"{address}[?]", unknown, _both(self._doubt, doubt)))
        made = [
            (key, Instance(self, block, f"{address}[{_quoted(key)}]", names, _both(self._doubt, doubt)))
            for key, names, doubt in keys
        ]
        if "for_each" in block.body:
            return {str(key): instance for key, instance in made}
        return [instance for _, instance in made]

    def _keys(self, block: Declared) -> list[tuple[str | int, dict[str, Any], str]] | Unknown | None:
        """Keys and bound names of a block's instances; ``None`` for a block without ``count`` and ``for_each``."""
        evaluator = self._shared.evaluator
        if "for_each" in block.body:
            value = evaluator.raw(block.body["for_each"], self._scope, json=block.json)
            return self._each(value, block)
        if block.body.get("count") is None:
            return None
        value = evaluator.raw(block.body["count"], self._scope, json=block.json)
        if not isinstance(value, Unknown):
            try:
                many = int(number(value)) if not isinstance(value, bool) else int(value)
            except FunctionFault as fault:
                value = Unknown(str(value), str(fault))
            else:
                return [(index, {"count": {"index": index}}, "") for index in range(min(many, _INSTANCES))]
        self._shared.note(Unresolved(block.at("count"), value.expression, value.why))
        return value

    def _each(self, value: Any, block: Declared) -> list[tuple[str | int, dict[str, Any], str]] | Unknown:
        if isinstance(value, Mapping):
            entries = list(value.items())
        elif isinstance(value, list) and not any(isinstance(one, Several) for one in value):
            entries = [(one, one) for one in value]
        else:
            unknown = (
                next((one for one in value if isinstance(one, Several)), None)
                if isinstance(value, list)
                else value
            )
            if not isinstance(unknown, Unknown):
                unknown = Unknown("for_each", "it is no map and no set")
            self._shared.note(Unresolved(block.at("for_each"), unknown.expression, unknown.why))
            return unknown
        found: list[tuple[str | int, dict[str, Any], str]] = []
        for number_, (key, inner) in enumerate(entries[:_INSTANCES]):
            if isinstance(key, str):
                found.append((str(key), {"each": {"key": key, "value": inner}}, ""))
            else:
                shown = (
                    key if isinstance(key, Unknown) else Unknown(f"for_each[{number_}]", "a key is a text")
                )
                self._shared.note(Unresolved(block.at("for_each"), shown.expression, shown.why))
                found.append((f"?{number_}", {"each": {"key": shown, "value": inner}}, ""))
        return found

    def attribute(self, instance: Instance, name: str) -> Any:
        """An attribute of an instance, as far as its arguments give it."""
        return self._once((instance.address, name), lambda: self._attribute(instance, name))

    def _attribute(self, instance: Instance, name: str) -> Any:
        block = instance.declared
        known = name in block.body or f'"{name}"' in block.body
        if known and name not in _META:
            found = self._argument(instance, name)
            if found is not None:
                return found
        if block.kind == "resource" and any(label == name for label, _ in _dynamics(block.body)):
            return self.values(instance).get(name)
        return _of_address(instance.address, name)

    def _argument(self, instance: Instance, name: str) -> Any:
        block = instance.declared
        raw = block.body[name] if name in block.body else block.body[f'"{name}"']
        if _is_blocks(raw):
            return [self._body(inner, instance.scope, block) for inner in raw]
        return self._shared.evaluator.raw(raw, instance.scope, json=block.json)

    def values(self, instance: Instance) -> dict[str, Any]:
        """All arguments of an instance."""
        return self._body(instance.declared.body, instance.scope, instance.declared)

    def _body(self, body: Mapping[str, Any], scope: Scope, block: Declared, depth: int = 0) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for key, raw in body.items():
            name = str(key).strip('"')
            if name in _META or name.startswith("__"):
                continue
            if _is_blocks(raw) and depth < 30:
                found[name] = [self._body(inner, scope, block, depth + 1) for inner in raw]
            else:
                found[name] = self._shared.evaluator.raw(raw, scope, json=block.json)
        for label, dynamic in _dynamics(body):
            made = list(self._dynamic(label, dynamic, scope, block, depth + 1))
            before = found.get(label)
            found[label] = (before if isinstance(before, list) else [] if before is None else [before]) + made
        return found

    def _dynamic(
        self, label: str, dynamic: Mapping[str, Any], scope: Scope, block: Declared, depth: int
    ) -> Iterator[Any]:
        """The blocks that a ``dynamic`` block comes to."""
        if depth > 30:
            return
        evaluator = self._shared.evaluator
        collection = evaluator.raw(dynamic.get("for_each"), scope, json=block.json)
        iterator = str(dynamic.get("iterator") or label).strip('"${}')
        content = dynamic.get("content")
        inner: Any = next(iter(content), {}) if isinstance(content, list) else content
        if not isinstance(inner, Mapping):
            self._shared.note(
                Malformed(block.at(label), "a dynamic block has no content", "add a content block")
            )
            return
        if isinstance(collection, Mapping):
            entries = list(collection.items())
        elif isinstance(collection, list):
            entries = list(enumerate(collection))
        elif collection is None:
            entries = []
        else:
            entries = [(None, collection)]
        for key, value in entries:
            doubtful = value if isinstance(value, Several) or key is None else None
            if doubtful is not None and not isinstance(doubtful, Unknown):
                doubtful = Unknown("for_each", "it is no collection")
            shown = key
            if doubtful is not None:
                self._shared.note(Unresolved(block.at(label), doubtful.expression, doubtful.why))
                value, shown = doubtful, doubtful  # noqa: PLW2901 - the member itself is what is not known
            names = {iterator: {"key": shown if isinstance(collection, Mapping) else value, "value": value}}
            made = self._body(inner, scope.bind(**names), block, depth)
            if doubtful is not None:
                made[DOUBT] = f"whether and how often it occurs is not known ({doubtful.expression})"
            yield made

    # Calls --------------------------------------------------------------------------------------------------------------

    def _called(self, name: str) -> Any:
        block = self._calls.get(name)
        if block is None:
            raise Fault(f"there is no module {name}")
        source = self._shared.evaluator.raw(block.body.get("source"), self._scope, json=block.json)
        folder = self._local_folder(source)
        if folder is None:
            if isinstance(source, str) and source.startswith(("./", "../")):
                why = "its folder is not among the documents; add it"
            else:
                why = "it is not in this folder tree; give the plan, which has its resources"
            self._shared.note(NotLookedAt(block.place, f"module {name} from {_source(source)}", why))
            return _Unseen(f"{self.prefix}module.{name}")
        if self._depth >= _DEPTH or folder is self.folder:
            self._shared.note(
                Malformed(block.place, f"module {name} calls itself", "break the circle of module calls")
            )
            return _Unseen(f"{self.prefix}module.{name}")
        keys = self._keys(block)
        if keys is None:
            return self._instantiated(block, folder, name, "", {}, self._doubt)
        if isinstance(keys, Unknown):
            unknown = {"each": {"key": keys, "value": keys}, "count": {"index": keys}}
            doubt = f"how many there are is not known ({keys.expression})"
            return Some(self._instantiated(block, folder, name, "[?]", unknown, _both(self._doubt, doubt)))
        made = [
            (key, self._instantiated(block, folder, name, f"[{_quoted(key)}]", names, self._doubt))
            for key, names, _ in keys
        ]
        return {str(key): one for key, one in made} if "for_each" in block.body else [one for _, one in made]

    def _local_folder(self, source: Any) -> Folder | None:
        if not isinstance(source, str) or not source.startswith(("./", "../", "/")):
            return None
        return self._shared.folders.get(posixpath.normpath(posixpath.join(self.folder.name, source)))

    def _instantiated(
        self, block: Declared, folder: Folder, name: str, key: str, names: Mapping[str, Any], doubt: str
    ) -> Module:
        scope = Scope(self, names)
        inputs = {
            str(argument).strip('"'): self._shared.evaluator.raw(raw, scope, json=block.json)
            for argument, raw in block.body.items()
            if argument not in {"source", "version", "providers", "count", "for_each", "depends_on"}
            and not str(argument).startswith("__")
        }
        prefix = f"{self.prefix}module.{name}{key}."
        return Module(self._shared, folder, prefix, inputs, doubt, self._depth + 1)

    # Everything ---------------------------------------------------------------------------------------------------------

    def blocks(self) -> Iterator[Block]:
        """Every resource instance of the module and of the modules that it calls."""
        for (kind, type_, name), block in self._declared.items():
            if kind != "resource" or not self.folder.shows(block):
                continue
            try:
                found = self._instances_as_value(kind, type_, name)
            except Fault as fault:
                self._shared.note(Unresolved(block.place, f"{type_}.{name}", fault.why))
                continue
            for instance in _each_instance(found):
                yield self._block(instance)
        for name, block in self._calls.items():
            if not self.folder.shows(block):
                continue
            try:
                found = self._of_root(_Root("module"), name)
            except Fault as fault:
                self._shared.note(Unresolved(block.place, f"module.{name}", fault.why))
                continue
            for called in _each_instance(found):
                if isinstance(called, Module):
                    yield from called.blocks()

    def _block(self, instance: Instance) -> Block:
        block = instance.declared
        values = plain(self.values(instance))
        places = {}
        for key, value in values.items():
            if isinstance(value, list) and value and isinstance(value[0], Mapping):
                for number_ in range(len(value)):
                    places[f"{key}[{number_}]"] = block.at(key, number_)
        return Block(
            type=block.labels[0],
            address=instance.address,
            id=instance.address,
            values=values,
            place=block.place,
            doubt=instance.doubt,
            places=places,
        )


@dataclass(frozen=True, slots=True)
class _Unseen:
    """A module that is called and not among the documents."""

    address: str

    def output(self, name: str) -> Any:
        """An id is as good as any other text that nothing is called; anything else is unknown."""
        if name == "id" or name.endswith(("_id", "_arn", "_self_link")):
            return Ref(f"{self.address}.{name}")
        return Unknown(
            f"{self.address}.{name}", "the module is not among the documents; add it or give the plan"
        )


def _of_address(address: str, name: str) -> Any:
    """An attribute that the provider makes up: an id is as good as the address, anything else is not known."""
    if name in _IDS:
        return Ref(address)
    if name in _OF_VPC and ("aws_vpc." in address or "aws_default_vpc." in address):
        return Ref(f"{address}.{name.replace('main_route', 'default_route')}")
    return Unknown(f"{address}.{name}", AFTER_APPLY)


def plain(value: Any, depth: int = 0) -> Any:
    """A value without modules, instances and roots: those become references or unknown."""
    if isinstance(value, Instance | Undeclared):
        return Ref(value.address)
    if isinstance(value, Some):
        return plain(value.instance, depth)
    if isinstance(value, Module | _Unseen | _Root):
        return Unknown(type(value).__name__, "a whole module or type is no value")
    if depth > 50:
        return Unknown("nested value", "it is nested too deeply")
    if isinstance(value, Mapping):
        return {str(key): plain(inner, depth + 1) for key, inner in value.items()}
    if isinstance(value, list):
        return [plain(inner, depth + 1) for inner in value]
    return value


def _each_instance(found: Any) -> list[Any]:
    if isinstance(found, Some):
        return [found.instance]
    if isinstance(found, Mapping):
        return list(found.values())
    return found if isinstance(found, list) else [found]


def _is_blocks(raw: Any) -> bool:
    return (
        isinstance(raw, list)
        and bool(raw)
        and all(isinstance(one, Mapping) and one.get("__is_block__") for one in raw)
    )


def _dynamics(body: Mapping[str, Any]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """The ``dynamic`` blocks of a body with their labels."""
    value = body.get("dynamic")
    for entry in value if isinstance(value, list) else [value]:
        if isinstance(entry, Mapping):
            for label, inner in entry.items():
                for one in inner if isinstance(inner, list) else [inner]:
                    if isinstance(one, Mapping) and not str(label).startswith("__"):
                        yield str(label).strip('"'), one


def _quoted(key: str | int) -> str:
    return str(key) if isinstance(key, int) else f'"{key}"'


def _both(*doubts: str) -> str:
    return "; ".join(dict.fromkeys(filter(None, doubts)))


def _source(value: Any) -> str:
    return value.expression if isinstance(value, Unknown) else str(value)
