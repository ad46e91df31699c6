"""CloudFormation templates to resources, and those to findings.

The YAML loader gives the short forms as their long ones (``!Ref x`` as ``{"Ref": "x"}``).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from hushdesk.guard._dialect import Document, World
from hushdesk.guard._findings import Finding, Malformed, NotLookedAt, Unresolved
from hushdesk.guard._policy import Place
from hushdesk.guard.dialects._resource import Resource, Unknown
from hushdesk.guard.dialects.aws._cloudformation_shapes import SHAPES, Stack, not_understood
from hushdesk.guard.dialects.aws._expressions import Expressions
from hushdesk.guard.dialects.aws._lower import lower_aws
from hushdesk.guard.dialects.aws._values import text

KNOWN_TRANSFORMS: Final = frozenset(
    {"AWS::Serverless-2016-10-31", "AWS::LanguageExtensions", "AWS::SecretsManager-2020-07-23", "AWS::SecretsManager-2024-09-16"}
)  # fmt: skip
MOST_COPIES: Final = 1000
"""A loop that would make more is refused; a stack holds 500 resources."""


def is_template(content: Any) -> bool:
    """Whether this is a template."""
    if not isinstance(content, Mapping):
        return False
    resources = content.get("Resources")
    if "AWSTemplateFormatVersion" in content:
        return True
    if not isinstance(resources, Mapping):
        return False
    for each in resources.values():
        kind = each.get("Type") if isinstance(each, Mapping) else None
        if isinstance(kind, str) and kind.startswith(("AWS::", "Custom::", "Alexa::")):
            return True
    return False


def read_template(document: Document, world: World) -> Iterator[Finding]:
    """Everything that one template holds."""
    content = document.content
    resources = content.get("Resources")
    if not isinstance(resources, Mapping):
        problem = "the template has no resources" if resources is None else "Resources is not a mapping"
        yield Malformed(
            document.place("Resources"), problem, "give Resources as a mapping of names to resources"
        )
        return
    transforms = content.get("Transform")
    strange = False
    for each in transforms if isinstance(transforms, list) else [transforms] if transforms else []:
        if not isinstance(each, str) or each not in KNOWN_TRANSFORMS:
            strange = True
            what = f"transform {each if isinstance(each, str) else 'of its own'}"
            yield NotLookedAt(
                document.place("Transform"),
                what,
                "what a macro makes of the template is not known; give the processed template",
            )
    expanded, problems = _unrolled(content, resources, world)
    for name, problem in problems:
        yield Malformed(document.place("Resources", name), problem, "see the reference of Fn::ForEach")
    expressions = Expressions({**content, "Resources": expanded}, world.parameters)
    expressions.closed = (
        not strange and "Modules" not in content and not any(map(_is_module, expanded.values()))
    )
    template = _Template(document, expressions, set(resources))
    found = list(template.resources())
    yield from template.findings
    yield from lower_aws(found, world, created=True)


class _Template:
    def __init__(self, document: Document, expressions: Expressions, written: set[str]) -> None:
        self.document = document
        self.expressions = expressions
        self.written = written
        self.findings: list[Finding] = []

    def resources(self) -> Iterator[Resource]:
        """Every resource that may exist and bears on reach, in the shape of the API."""
        properties: dict[str, Mapping[str, Any]] = {}
        kinds: dict[str, str] = {}
        doubts: dict[str, str] = {}
        needs: dict[str, set[str]] = {}
        for name, node in self.expressions.resources.items():
            place = self.place(name)
            if _is_module(node):
                self.findings.append(
                    NotLookedAt(
                        place,
                        f"module {name}",
                        "what a module holds is not known; give the processed template",
                    )
                )
                continue
            if not isinstance(node, Mapping) or not isinstance(node.get("Type"), str):
                self._malformed(
                    place, "a resource has no type", "give it a Type such as AWS::EC2::SecurityGroup"
                )
                continue
            doubt = self._doubt(name, node, place)
            if doubt is None:
                continue
            self.expressions.used.clear()
            resolved = self.expressions.value(node.get("Properties") or {})
            needs[name] = {each for each in self.expressions.used if each != name} | _depends(node)
            if name in self.expressions.used:
                self._malformed(
                    place, f"{name} refers to itself", "a resource cannot need its own id before it is made"
                )
            self._problems(place)
            if isinstance(resolved, Unknown):
                self.findings.append(Unresolved(place, resolved.expression, resolved.why))
                resolved = {}
            if not isinstance(resolved, Mapping):
                self._malformed(place, "Properties is not a mapping", "give the properties by name")
                resolved = {}
            properties[name], kinds[name], doubts[name] = resolved, node["Type"], doubt
        for circle in _circles(needs):
            self._malformed(
                self.place(circle[0]),
                f"resources need each other: {' → '.join(circle)}",
                "move one rule into a resource of its own",
            )
        stack = Stack(kinds, properties)
        for name, kind in kinds.items():
            place = self.place(name)
            if why := not_understood(kind):
                self.findings.append(NotLookedAt(place, f"{name} ({kind})", why))
            shape = SHAPES.get(kind)
            if shape is None:
                continue
            made, shaped = shape(stack, name, properties[name])
            yield Resource(
                type=made,
                id=name,
                name=name,
                properties=shaped,
                place=place,
                doubt=doubts[name],
                places=self._finer(name, properties[name]),
            )

    def place(self, name: str, *path: str | int) -> Place:
        """Where a resource stands; one that a loop makes stands where the loop does."""
        if name in self.written:
            return self.document.place("Resources", name, *path)
        return self.document.place("Resources")

    def _finer(self, name: str, properties: Mapping[str, Any]) -> dict[str, Place]:
        ingress = properties.get("SecurityGroupIngress")
        if not isinstance(ingress, list) or name not in self.written:
            return {}
        path = ("Properties", "SecurityGroupIngress")
        return {f"IpPermissions[{index}]": self.place(name, *path, index) for index in range(len(ingress))}

    def _doubt(self, name: str, node: Mapping[str, Any], place: Place) -> str | None:
        """Why a resource may not exist; ``None`` if it certainly does not."""
        wanted = node.get("Condition")
        if wanted is None:
            return ""
        holds = self.expressions.condition(wanted)
        self._problems(place)
        if isinstance(holds, Unknown):
            self.findings.append(
                Unresolved(place, f"condition {wanted} of {name}", f"{holds.expression}: {holds.why}")
            )
            return f"condition {text(wanted)} is not known: {holds.why}"
        return "" if holds else None

    def _problems(self, place: Place) -> None:
        for problem in dict.fromkeys(self.expressions.problems):
            self._malformed(place, problem, "see the reference of CloudFormation's functions")
        self.expressions.problems.clear()

    def _malformed(self, place: Place, problem: str, remedy: str) -> None:
        self.findings.append(Malformed(place, problem, remedy))


def _is_module(node: Any) -> bool:
    """Whether a resource stands for those of a module: ``My::Own::MODULE``, or a type that a tool is to fill in."""
    kind = node.get("Type") if isinstance(node, Mapping) else None
    return isinstance(kind, Mapping) or (isinstance(kind, str) and kind.endswith("::MODULE"))


def _depends(node: Mapping[str, Any]) -> set[str]:
    named = node.get("DependsOn")
    return {each for each in (named if isinstance(named, list) else [named]) if isinstance(each, str)}


def _circles(needs: Mapping[str, set[str]]) -> Iterator[list[str]]:
    """Circles among resources, each once, without recursion."""
    done: set[str] = set()
    for start in needs:
        if start in done:
            continue
        trail: list[str] = [start]
        waiting = [iter(sorted(needs[start]))]
        while trail:
            after = next(waiting[-1], None)
            if after is None:
                done.add(trail.pop())
                waiting.pop()
            elif after in trail:
                yield [*trail[trail.index(after) :], after]
            elif after in needs and after not in done:
                trail.append(after)
                waiting.append(iter(sorted(needs[after])))


def _unrolled(
    content: Mapping[str, Any], resources: Mapping[str, Any], world: World
) -> tuple[dict[str, Any], list[tuple[str, str]]]:
    """The resources with every ``Fn::ForEach`` written out, and what was wrong with loops."""
    found: dict[str, Any] = {}
    problems: list[tuple[str, str]] = []
    for name, node in resources.items():
        if not isinstance(name, str) or not name.startswith("Fn::ForEach"):
            found[str(name)] = node
            continue
        try:
            found.update(_copies(content, node, world, 0))
        except (TypeError, ValueError, AttributeError, IndexError):
            problems.append((name, "a loop could not be written out"))
    return found, problems


def _copies(content: Mapping[str, Any], node: Any, world: World, depth: int) -> dict[str, Any]:
    variable, over, body = node
    values = Expressions(content, world.parameters).value(over)
    if isinstance(values, Unknown) or not isinstance(values, list) or depth > 4:
        raise ValueError
    found: dict[str, Any] = {}
    for value in values:
        if isinstance(value, Unknown) or len(found) > MOST_COPIES:
            raise ValueError
        for key, item in body.items():
            written = _filled(item, str(variable), str(value), 0)
            if key.startswith("Fn::ForEach"):
                found.update(_copies(content, written, world, depth + 1))
            else:
                found[_put(key, str(variable), str(value))] = written
    return found


def _filled(node: Any, variable: str, value: str, depth: int) -> Any:
    if depth > 60:
        raise ValueError
    if isinstance(node, Mapping):
        if node == {"Ref": variable}:
            return value
        return {
            _put(key, variable, value): _filled(item, variable, value, depth + 1)
            for key, item in node.items()
        }
    if isinstance(node, list):
        return [_filled(item, variable, value, depth + 1) for item in node]
    return _put(node, variable, value) if isinstance(node, str) else node


def _put(text_: str, variable: str, value: str) -> str:
    plain = "".join(each for each in value if each.isalnum())
    return text_.replace(f"${{{variable}}}", value).replace(f"&{{{variable}}}", plain)
