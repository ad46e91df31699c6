"""Expressions of CloudFormation: references, functions, conditions.

What cannot be known before the stack is made becomes :class:`Unknown`; a reference to a resource of the template becomes
its logical id, as a :class:`Made`, which finds the resource but is no real text.
"""

from __future__ import annotations

import ipaddress
import json
import re
from collections.abc import Mapping
from typing import Any, Final

from hushdesk.guard.dialects._resource import Unknown
from hushdesk.guard.dialects.aws._values import MADE_LATER, Made

DEPTH: Final = 60
"""Deeper nesting than any template has that a person or a generator wrote."""
NOTHING: Final = Unknown("AWS::NoValue", "taken out")
"""What ``AWS::NoValue`` stands for; containers leave it out."""
IDENTITY: Final = frozenset({
    "Arn", "GroupId", "Id", "VpcId", "SubnetId", "InstanceId", "AllocationId", "RouteTableId", "NetworkAclId", "InternetGatewayId",
    "LoadBalancerArn", "ListenerArn", "TargetGroupArn", "PrefixListId", "NetworkInterfaceId", "EgressOnlyInternetGatewayId",
    "NatGatewayId", "VPNGatewayId", "VpnGatewayId", "TransitGatewayId", "DBClusterArn", "DBInstanceArn", "DBClusterIdentifier",
    "LaunchTemplateId", "LoadBalancerName", "ARN", "ServiceArn", "RuleArn",
})  # fmt: skip
"""Attributes that find the resource itself."""
OWN_PROPERTIES: Final = frozenset({"CidrBlock", "Ipv6CidrBlock"})
"""Attributes that a template itself may say."""
MADE_WITH: Final = frozenset({"DefaultSecurityGroup", "DefaultNetworkAcl"})
SECRET_TYPES: Final = ("AWS::SSM::Parameter::",)


class Expressions:
    """One template's values.

    Args:
        template: With ``Parameters``, ``Mappings``, ``Conditions``, ``Resources``.
        given: Values for parameters and pseudo parameters that the user gave.
    """

    def __init__(self, template: Mapping[str, Any], given: Mapping[str, Any]) -> None:
        self.parameters = _section(template, "Parameters")
        self.mappings = _section(template, "Mappings")
        self.conditions = _section(template, "Conditions")
        self.resources = _section(template, "Resources")
        self.given = given
        self.closed = True
        """Whether every name must be of the template itself; a module's resources have names of their own."""
        self.problems: list[str] = []
        """What is wrong in itself: cycles, names that nothing has."""
        self.used: set[str] = set()
        """Logical ids that were referred to since somebody last looked."""
        self._known: dict[str, Any] = {}
        self._open: list[str] = []

    def value(self, node: Any, depth: int = 0) -> Any:
        """The value of an expression. Never raises."""
        if depth > DEPTH:
            self.problems.append("expressions are nested too deeply")
            return Unknown("…", "it is nested too deeply")
        if isinstance(node, Mapping):
            if len(node) == 1:
                (name, argument), *_ = node.items()
                if name == "Ref":
                    return self._ref(argument)
                if isinstance(name, str) and (
                    name.startswith("Fn::") or (name == "Condition" and isinstance(argument, str))
                ):
                    return self._call(name, argument, depth + 1)
            found = {key: self.value(item, depth + 1) for key, item in node.items()}
            return {key: item for key, item in found.items() if item is not NOTHING}
        if isinstance(node, list):
            return self._items(node, depth + 1)
        if isinstance(node, str) and "{{resolve:" in node:
            return Unknown(node, "it is looked up when the stack is made")
        return node

    def condition(self, name: Any) -> bool | Unknown:
        """Whether a named condition holds."""
        if not isinstance(name, str) or name not in self.conditions:
            self.problems.append(f"there is no condition {name}")
            return Unknown(f"condition {name}", "the template has no such condition")
        key = f"condition {name}"
        if key in self._known:
            return _truth(self._known[key], key)
        if key in self._open:
            self.problems.append(f"the conditions {name} and others refer to each other in a circle")
            return Unknown(key, "it refers to itself")
        self._open.append(key)
        self._known[key] = self.value(self.conditions[name])
        self._open.pop()
        return _truth(self._known[key], key)

    def _items(self, nodes: list[Any], depth: int) -> list[Any]:
        found: list[Any] = []
        for node in nodes:
            value = self.value(node, depth)
            if isinstance(value, list) and isinstance(node, Mapping) and "Fn::If" in node:
                found += value
            elif value is not NOTHING:
                found.append(value)
        return found

    def _ref(self, name: Any) -> Any:
        if not isinstance(name, str):
            self.problems.append("a Ref is not a name")
            return Unknown("Ref", "it is not a name")
        if name == "AWS::NoValue":
            return NOTHING
        if name in self.parameters:
            return self._parameter(name)
        if name in self.resources:
            self.used.add(name)
            return Made(name)
        if name.startswith("AWS::"):
            known = {"AWS::Partition": "aws", "AWS::URLSuffix": "amazonaws.com"}
            if name in self.given:
                return self.given[name]
            return known.get(
                name, Unknown(name, f"it depends on where the stack is made; give {name} as a parameter")
            )
        if name in self.given:
            return self.given[name]
        self._missing(name)
        return Unknown(f"Ref {name}", "the template has neither parameter nor resource of this name")

    def _missing(self, name: Any) -> None:
        if self.closed:
            self.problems.append(f"nothing is called {name}")

    def _parameter(self, name: str) -> Any:
        about = self.parameters[name]
        about = about if isinstance(about, Mapping) else {}
        kind = str(about.get("Type", "String"))
        if name in self.given:
            value = self.given[name]
        elif kind.startswith(SECRET_TYPES):
            return Unknown(
                f"parameter {name}", f"it is looked up when the stack is made; give a value for {name}"
            )
        elif about.get("Default") is not None:
            value = about["Default"]
        else:
            return Unknown(f"parameter {name}", f"it has no default; give a value for {name}")
        if (kind == "CommaDelimitedList" or kind.startswith("List<")) and not isinstance(value, list):
            text = str(value).strip()
            return [each.strip() for each in text.split(",")] if text else []
        return value

    def _call(self, name: str, argument: Any, depth: int) -> Any:
        function = _FUNCTIONS.get(name)
        if function is None:
            return Unknown(name, f"the function {name} is not understood")
        try:
            return getattr(self, function)(argument, depth)
        except (TypeError, ValueError, IndexError, KeyError, AttributeError, OverflowError):
            self.problems.append(f"{name} has arguments that it cannot have")
            return Unknown(name, "its arguments are wrong")

    def _get_att(self, argument: Any, depth: int) -> Any:
        parts = argument.split(".", 1) if isinstance(argument, str) else list(argument)
        owner, attribute = parts[0], self.value(parts[1], depth)
        if isinstance(attribute, Unknown):
            return attribute
        written = f"{owner}.{attribute}"
        if owner not in self.resources:
            self._missing(owner)
            return Unknown(f"GetAtt {written}", "the template has no resource of this name")
        self.used.add(owner)
        if attribute in IDENTITY:
            return Made(owner)
        if attribute in MADE_WITH:
            return Made(written)
        if attribute in OWN_PROPERTIES:
            properties = self.resources[owner].get("Properties") or {}
            if attribute in properties and properties[attribute] is not None:
                if written in self._open:
                    self.problems.append(f"{written} refers to itself")
                    return Unknown(f"GetAtt {written}", "it refers to itself")
                self._open.append(written)
                found = self.value(properties[attribute], depth)
                self._open.pop()
                return found
        return Unknown(f"GetAtt {written}", MADE_LATER)

    def _sub(self, argument: Any, depth: int) -> Any:
        template, own = (argument, {}) if isinstance(argument, str) else (argument[0], argument[1])
        missing: list[Unknown] = []
        only = re.fullmatch(r"\$\{([^!}][^}]*)\}", template)

        def look_up(name: str) -> Any:
            name = name.strip()
            if name in own:
                return self.value(own[name], depth)
            return self._get_att(name, depth) if "." in name and "::" not in name else self._ref(name)

        def put(match: re.Match[str]) -> str:
            name = match.group(1)
            if name.startswith("!"):
                return "${" + name[1:] + "}"
            text = _as_text(look_up(name))
            if isinstance(text, Unknown):
                missing.append(text)
                return ""
            return text

        if only:
            return look_up(only.group(1))
        found = re.sub(r"\$\{([^}]*)\}", put, template)
        return Unknown(template, f"{missing[0].expression}: {missing[0].why}") if missing else found

    def _join(self, argument: Any, depth: int) -> Any:
        between, parts = argument[0], self.value(argument[1], depth)
        if isinstance(parts, Unknown):
            return parts
        if len(parts) == 1:
            return parts[0]
        texts = [_as_text(part) for part in parts]
        known = [text for text in texts if isinstance(text, str)]
        for text in texts:
            if isinstance(text, Unknown):
                return Unknown(f"Join of {', '.join(map(_shown, texts))}", text.why)
        return str(between).join(known)

    def _select(self, argument: Any, depth: int) -> Any:
        index, parts = self.value(argument[0], depth), self.value(argument[1], depth)
        for value in (index, parts):
            if isinstance(value, Unknown):
                return Unknown(f"Select of {value.expression}", value.why)
        if int(index) < 0:
            raise IndexError
        return parts[int(index)]

    def _split(self, argument: Any, depth: int) -> Any:
        text = _as_text(self.value(argument[1], depth))
        return text if isinstance(text, Unknown) else text.split(str(argument[0]))

    def _if(self, argument: Any, depth: int) -> Any:
        name, yes, no = argument
        holds = self.condition(name) if isinstance(name, str) else _truth(self.value(name, depth), "If")
        if isinstance(holds, Unknown):
            one, other = self.value(yes, depth), self.value(no, depth)
            if one == other:
                return one
            either = _either(one, other, f"{holds.expression} is not known: {holds.why}")
            return Unknown(f"If {name}", holds.why) if either is None else either
        return self.value(yes if holds else no, depth)

    def _find_in_map(self, argument: Any, depth: int) -> Any:
        keys = [self.value(each, depth) for each in argument[:3]]
        unknown = next((key for key in keys if isinstance(key, Unknown)), None)
        if unknown is not None:
            return Unknown(f"FindInMap {_shown(keys[0])}", f"{unknown.expression}: {unknown.why}")
        found: Any = self.mappings
        for key in keys:
            found = found.get(key, found.get(str(key))) if isinstance(found, Mapping) else None
        if found is None:
            if len(argument) > 3 and isinstance(argument[3], Mapping) and "DefaultValue" in argument[3]:
                return self.value(argument[3]["DefaultValue"], depth)
            self.problems.append(f"the mapping {keys[0]} has no entry for its keys")
            return Unknown(f"FindInMap {keys[0]}", "there is no such entry")
        return found

    def _cidr(self, argument: Any, depth: int) -> Any:
        block, count, *bits = [self.value(each, depth) for each in argument]
        for value in (block, count, *bits):
            if isinstance(value, Unknown | Made):
                return Unknown("Cidr", value.why if isinstance(value, Unknown) else MADE_LATER)
        network = ipaddress.ip_network(block, strict=False)
        prefix = network.max_prefixlen - int(bits[0] if bits else 8)
        total = int(count)
        if not 0 < total <= 4096 or prefix < network.prefixlen:
            raise ValueError
        found = []
        for part in network.subnets(new_prefix=prefix):
            found.append(str(part))
            if len(found) == total:
                return found
        raise ValueError

    def _equals(self, argument: Any, depth: int) -> Any:
        one, other = (self.value(each, depth) for each in argument)
        for value in (one, other):
            if isinstance(value, Unknown):
                return Unknown(f"Equals of {value.expression}", value.why)
        return _plain(one) == _plain(other)

    def _all(self, argument: Any, depth: int) -> Any:
        found = [_truth(self.value(each, depth), "And") for each in argument]
        if False in found:
            return False
        return next((each for each in found if isinstance(each, Unknown)), True)

    def _any(self, argument: Any, depth: int) -> Any:
        found = [_truth(self.value(each, depth), "Or") for each in argument]
        if True in found:
            return True
        return next((each for each in found if isinstance(each, Unknown)), False)

    def _not(self, argument: Any, depth: int) -> Any:
        found = _truth(self.value(argument[0] if isinstance(argument, list) else argument, depth), "Not")
        return found if isinstance(found, Unknown) else not found

    def _contains(self, argument: Any, depth: int) -> Any:
        parts, wanted = (self.value(each, depth) for each in argument)
        for value in (parts, wanted):
            if isinstance(value, Unknown):
                return Unknown(f"Contains of {value.expression}", value.why)
        return _plain(wanted) in [_plain(each) for each in parts]

    def _length(self, argument: Any, depth: int) -> Any:
        found = self.value(argument, depth)
        return found if isinstance(found, Unknown) else len(found)

    def _json(self, argument: Any, depth: int) -> Any:
        found = self.value(argument, depth)
        return json.dumps(found) if _whole(found) else Unknown("ToJsonString", "something in it is not known")

    def _elsewhere(self, argument: Any, depth: int) -> Any:
        name = self.value(argument, depth)
        shown = _shown(name)
        if f"import:{shown}" in self.given:
            return self.given[f"import:{shown}"]
        return Unknown(
            f"ImportValue {shown}", f"another stack exports it; give import:{shown} as a parameter"
        )

    def _zones(self, argument: Any, depth: int) -> Any:
        del argument, depth
        return Unknown("GetAZs", "it depends on where the stack is made")

    def _opaque(self, argument: Any, depth: int) -> Any:
        del argument, depth
        return Unknown("Base64", "its content is not looked at")

    def _named(self, argument: Any, depth: int) -> Any:
        del depth
        return self.condition(argument)


_FUNCTIONS: Final[dict[str, str]] = {
    "Fn::GetAtt": "_get_att",
    "Fn::Sub": "_sub",
    "Fn::Join": "_join",
    "Fn::Select": "_select",
    "Fn::Split": "_split",
    "Fn::If": "_if",
    "Fn::FindInMap": "_find_in_map",
    "Fn::Cidr": "_cidr",
    "Fn::Equals": "_equals",
    "Fn::And": "_all",
    "Fn::Or": "_any",
    "Fn::Not": "_not",
    "Fn::Contains": "_contains",
    "Fn::Length": "_length",
    "Fn::ToJsonString": "_json",
    "Fn::ImportValue": "_elsewhere",
    "Fn::GetAZs": "_zones",
    "Fn::Base64": "_opaque",
    "Condition": "_named",
}


def _section(template: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    found = template.get(name)
    return found if isinstance(found, Mapping) else {}


def _either(one: Any, other: Any, why: str) -> list[Any] | None:
    """Rules of both branches of a choice that is not known, each in doubt; ``None`` if they are not rules."""
    found = []
    for branch in (one, other):
        if branch is NOTHING:
            continue
        for item in branch if isinstance(branch, list) else [branch]:
            if not isinstance(item, Mapping) or not {"IpProtocol", "RuleNumber"} & item.keys():
                return None
            found.append({**item, "Doubt": item.get("Doubt", why)})
    return found


def _truth(value: Any, shown: str) -> bool | Unknown:
    if isinstance(value, bool | Unknown):
        return value
    if isinstance(value, str) and value.lower() in {"true", "false"}:
        return value.lower() == "true"
    return Unknown(shown, "it is neither true nor false")


def _plain(value: Any) -> Any:
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value) if isinstance(value, int | float) else value


def _as_text(value: Any) -> str | Unknown:
    if isinstance(value, Unknown):
        return value
    if isinstance(value, Made):
        return Unknown(str(value), MADE_LATER)
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str | int | float):
        return str(value)
    kind = "a list" if isinstance(value, list) else "a mapping" if isinstance(value, Mapping) else "a value"
    return Unknown(kind, "a text should stand here")


def _shown(value: Any) -> str:
    return value.expression if isinstance(value, Unknown) else str(value)


def _whole(value: Any) -> bool:
    if isinstance(value, Mapping):
        return all(map(_whole, value.values()))
    if isinstance(value, list):
        return all(map(_whole, value))
    return not isinstance(value, Unknown | Made)
