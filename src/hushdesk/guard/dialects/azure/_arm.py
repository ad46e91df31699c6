"""Templates to resources: loops, conditions, children, nested and linked deployments.

Bicep comes in through its compiled JSON; both the array of resources and the dictionary by symbolic names are read.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Final

from hushdesk.guard._dialect import Document
from hushdesk.guard._findings import Finding, Malformed, NotLookedAt, Unresolved
from hushdesk.guard._policy import Place
from hushdesk.guard.dialects._resource import Resource, Unknown
from hushdesk.guard.dialects.azure._arm_eval import (
    ASK,
    SUBSCRIPTION,
    Scope,
    copied,
    copies,
    evaluate,
)
from hushdesk.guard.dialects.azure._arm_files import Linked, folded, given_value, template_of
from hushdesk.guard.dialects.azure._arm_ids import provider_path
from hushdesk.guard.dialects.azure._arm_parse import is_expression
from hushdesk.guard.dialects.azure._arm_report import unresolved_in

DEPLOYMENT: Final = "microsoft.resources/deployments"
DEEPEST: Final = 12
MOST: Final = 20_000
"""Resources of one template, loops unrolled."""
BESIDE: Final = ("sku", "kind", "location", "zones")
Path = tuple[str | int, ...]


@dataclass(slots=True)
class Reader:
    """Reads one template with all that it deploys."""

    linked: Linked
    document: Document
    stack: tuple[str, ...] = ()
    resources: list[Resource] = field(default_factory=list)
    findings: dict[Finding, None] = field(default_factory=dict)

    def read(self, given: Mapping[str, Any]) -> None:
        """Fills ``resources`` and ``findings``."""
        path, template = template_of(self.document.content) or ((), {})
        self._template(template, self._scope(template, given, path), path, self.document, 0)

    def _scope(
        self, template: Any, given: Mapping[str, Any], path: Path, document: Document | None = None
    ) -> Scope:
        source = document or self.document
        parameters = folded(template.get("parameters"))
        written = template.get("variables")
        variables = dict(written) if isinstance(written, dict) else {}
        loops = variables.pop("copy", None)
        functions = {}
        for block in template.get("functions") or []:
            if isinstance(block, dict) and isinstance(block.get("members"), dict):
                for name, defined in block["members"].items():
                    if isinstance(defined, dict):
                        functions[f"{block.get('namespace', '')}.{name}".lower()] = defined

        def malformed(name: str, problem: str) -> None:
            self._add(Malformed(source.place(*path, "variables", name), problem, "Break the circle."))

        scope = Scope(
            parameters=parameters,
            given={name.lower(): value for name, value in given.items()},
            variables=folded(variables),
            functions=functions,
            malformed=malformed,
            deployment={
                "name": "{deployment}",
                "properties": {"templateLink": {"uri": "{deployment}"}, "template": {}, "parameters": {}},
            },
        )
        if isinstance(loops, list):
            usable = [loop for loop in loops if isinstance(loop, dict) and "name" in loop and "count" in loop]
            scope.variables = {**scope.variables, **folded(copied(usable, scope))}
        return scope

    def _template(self, template: Any, scope: Scope, path: Path, document: Document, depth: int) -> None:
        listed = template.get("resources")
        if listed is None:
            return
        if isinstance(listed, dict):
            entries: list[tuple[str | int, Any]] = list(listed.items())
        elif isinstance(listed, list):
            entries = list(enumerate(listed))
        else:
            self._add(
                Malformed(
                    document.place(*path, "resources"),
                    "resources is neither a list nor an object",
                    "Write a list of resources.",
                )
            )
            return
        # Deployments first: others may refer to their outputs.
        entries.sort(
            key=lambda entry: (
                not (isinstance(entry[1], dict) and str(entry[1].get("type", "")).lower() == DEPLOYMENT)
            )
        )
        for key, body in entries:
            self._resource(body, scope, (*path, "resources", key), document, depth, None)

    def _resource(
        self,
        body: Any,
        scope: Scope,
        path: Path,
        document: Document,
        depth: int,
        parent: tuple[str, str] | None,
    ) -> None:
        place = document.place(*path)
        if not isinstance(body, dict) or not isinstance(body.get("type"), str):
            self._add(Malformed(place, "a resource is no object with a type", "Give it a type and a name."))
            return
        if body.get("existing") is True:
            return
        if len(self.resources) > MOST or depth > DEEPEST or len(path) > 60:
            self._add(
                Malformed(place, "the template deploys more, or more deeply, than is accepted", "Split it.")
            )
            return
        loop = body.get("copy")
        if isinstance(loop, list) and loop:
            loop = loop[0]
        if not isinstance(loop, dict):
            self._one(body, scope, path, document, depth, parent, "")
            return
        count = copies(loop.get("count"), scope)
        name = str(loop.get("name", "")).lower()
        turns, doubt = (
            (1, f"how often it is deployed is not resolved ({count.expression})")
            if isinstance(count, Unknown)
            else (count, "")
        )
        if isinstance(count, Unknown):
            self._add(Unresolved(document.place(*path, "copy"), count.expression, count.why))
        for turn in range(turns):
            with scope.turn(_=turn, **({name: turn} if name else {})):
                self._one(body, scope, path, document, depth, parent, doubt)

    def _one(
        self,
        body: dict[str, Any],
        scope: Scope,
        path: Path,
        document: Document,
        depth: int,
        parent: tuple[str, str] | None,
        doubt: str,
    ) -> None:
        condition = evaluate(body.get("condition", True), scope)
        if isinstance(condition, Unknown):
            self._add(Unresolved(document.place(*path, "condition"), condition.expression, condition.why))
            doubt = doubt or f"its condition is not resolved ({condition.expression})"
        elif condition is False or (isinstance(condition, str) and condition.lower() == "false"):
            return
        kind = body["type"] if not is_expression(body["type"]) else evaluate(body["type"], scope)
        name = evaluate(body.get("name"), scope, ids=True)
        if isinstance(name, Unknown):
            self._add(Unresolved(document.place(*path, "name"), name.expression, name.why))
            name = f"{{{name.expression}}}"
        if not isinstance(kind, str) or not isinstance(name, str | int):
            self._add(
                Malformed(document.place(*path), "a resource has no type or no name", "Give it both as text.")
            )
            return
        name = str(name)
        if parent is not None:
            inside = kind.lower().startswith(f"{parent[0].lower()}/")
            whole = name.lower().startswith(f"{parent[1].lower()}/")
            kind, name = kind if inside else f"{parent[0]}/{kind}", name if whole else f"{parent[1]}/{name}"
        if kind.lower() == DEPLOYMENT:
            self._deployment(body, name, scope, path, document, depth, doubt)
            return
        prefix = f"/subscriptions/{scope.subscription}/resourceGroups/{scope.group}"
        properties = evaluate(body.get("properties") or {}, scope, depth=1)
        if not isinstance(properties, dict | Unknown):
            self._add(
                Malformed(
                    document.place(*path, "properties"),
                    "the properties of a resource are no object",
                    "Write an object.",
                )
            )
            properties = Unknown("", "the properties are no object")
        whole_body: dict[str, Any] = (
            dict(properties) if isinstance(properties, dict) else {"properties": properties}
        )
        for key in BESIDE:
            if key in body:
                whole_body[key] = evaluate(body[key], scope, sku=key == "sku", depth=1)
        for where, unknown in unresolved_in(kind, whole_body):
            at = where if where and where[0] in BESIDE else ("properties", *where)
            self._add(Unresolved(_deepest(document, path, at), unknown.expression, unknown.why))
        self.resources.append(
            Resource(
                type=kind,
                id=prefix + provider_path(kind, [name]),
                name=name.rsplit("/", 1)[-1],
                properties=whole_body,
                place=document.place(*path),
                doubt=doubt,
                places=_places(body.get("properties"), document, (*path, "properties")),
            )
        )
        children = body.get("resources")
        nested: Any = (
            children.items()
            if isinstance(children, dict)
            else enumerate(children)
            if isinstance(children, list)
            else ()
        )
        for key, child in nested:
            self._resource(child, scope, (*path, "resources", key), document, depth + 1, (kind, name))

    def _deployment(
        self,
        body: dict[str, Any],
        name: str,
        scope: Scope,
        path: Path,
        document: Document,
        depth: int,
        doubt: str,
    ) -> None:
        properties = body.get("properties")
        if not isinstance(properties, dict):
            self._add(
                Malformed(document.place(*path), "a deployment has no properties", "Give it a template.")
            )
            return
        given = {}
        values = properties.get("parameters")
        if isinstance(values, str):
            values = evaluate(values, scope)
        for key, value in values.items() if isinstance(values, dict) else ():
            given[key] = given_value(value, scope)
        template = properties.get("template")
        if isinstance(template, dict):
            options = properties.get("expressionEvaluationOptions")
            outer = (
                str(options.get("scope", "outer")).lower() != "inner" if isinstance(options, dict) else True
            )
            inner = (
                self._inherit(scope)
                if outer
                else self._scope(template, given, (*path, "properties", "template"), document)
            )
            self._deploy(
                template, inner, scope, body, name, (*path, "properties", "template"), document, depth, doubt
            )
            return
        link = properties.get("templateLink")
        where = document.place(*path, "properties", "templateLink")
        if not isinstance(link, dict):
            self._add(
                NotLookedAt(where, f"the deployment {name}", "It has neither a template nor a link to one.")
            )
            return
        target = evaluate(link.get("relativePath") or link.get("uri") or link.get("id"), scope, ids=True)
        found = self.linked.find(target, document.file) if isinstance(target, str) else None
        if found is None:
            shown = target.expression if isinstance(target, Unknown) else str(target)
            why = (
                "The linked template is not in the input; whatever it deploys is not known. Give it as well."
            )
            self._add(NotLookedAt(where, f"the deployment {name} ({shown})", why))
            return
        if found.file in (*self.stack, self.document.file):
            self._add(Malformed(where, "a template deploys itself", "Break the circle."))
            return
        self.linked.used.add(found.file)
        start, inner_template = template_of(found.content) or ((), {})
        if "parametersLink" in properties:
            later = dict.fromkeys(folded(inner_template.get("parameters")), Unknown("parametersLink", ASK))
            given = {**later, **given}
        inside = self._scope(inner_template, given, start, found)
        before, self.stack = self.stack, (*self.stack, found.file)
        self._deploy(inner_template, inside, scope, body, name, start, found, depth, doubt)
        self.stack = before

    def _deploy(
        self,
        template: Any,
        inner: Scope,
        scope: Scope,
        body: dict[str, Any],
        name: str,
        path: Path,
        document: Document,
        depth: int,
        doubt: str,
    ) -> None:
        for key, attribute in (("subscriptionId", "subscription"), ("resourceGroup", "group")):
            value = evaluate(body.get(key), scope, ids=True)
            known = value if isinstance(value, str) and value else None
            setattr(
                inner,
                attribute,
                known
                or (f"{{{value.expression}}}" if isinstance(value, Unknown) else getattr(scope, attribute)),
            )
        if (
            "subscriptionId" not in body
            and inner.subscription == SUBSCRIPTION
            and scope.subscription != SUBSCRIPTION
        ):
            inner.subscription = scope.subscription
        start = len(self.resources)
        self._template(template, inner, path, document, depth + 1)
        if doubt:
            self.resources[start:] = [
                replace(one, doubt=one.doubt or doubt) for one in self.resources[start:]
            ]
        outputs = template.get("outputs")
        made = {}
        for key, output in outputs.items() if isinstance(outputs, dict) else ():
            if isinstance(output, dict):
                made[key] = {"value": evaluate(output.get("value"), inner, ids="id" in key.lower())}
        scope.outputs[name.lower()] = made

    @staticmethod
    def _inherit(scope: Scope) -> Scope:
        """Outer evaluation: parameters and variables are the outer template's."""
        return Scope(
            parameters=scope.parameters,
            given=scope.given,
            variables=scope.variables,
            functions=scope.functions,
            deployment=scope.deployment,
            subscription=scope.subscription,
            group=scope.group,
            outputs=scope.outputs,
            loops=dict(scope.loops),
            malformed=scope.malformed,
            known=scope.known,
        )

    def _add(self, finding: Finding) -> None:
        self.findings[finding] = None


def _places(properties: Any, document: Document, path: Path) -> dict[str, Place]:
    """Where the items of lists directly in the properties stand."""
    found = {}
    for key, value in properties.items() if isinstance(properties, dict) else ():
        if isinstance(value, list):
            for at in range(len(value)):
                found[f"{key}[{at}]"] = document.place(*path, key, at)
    return found


def _deepest(document: Document, path: Path, where: Path) -> Place:
    """The place of a path, or of as much of it as the document has: loops make items that it has not."""
    value = document.content
    steps: list[str | int] = []
    for step in (*path, *where):
        try:
            value = value[step]
        except (KeyError, IndexError, TypeError):
            break
        steps.append(step)
    return document.place(*steps)
