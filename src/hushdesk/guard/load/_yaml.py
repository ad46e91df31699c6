"""YAML as the platforms read it, with the lines of its values.

Not as YAML 1.1 would have it: ``22:22`` is a text and no number of base 60, ``2010-09-09`` is a text and no date. A tag
``!Sub x`` of CloudFormation becomes what it is short for, ``{"Fn::Sub": "x"}``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, ClassVar, Final

import yaml

from hushdesk.guard.load._json import LineOf
from hushdesk.guard.load._problem import Unparsed

_MOST_VALUES: Final = 2_000_000
"""With every alias written out. A bomb of aliases has billions; the largest real inventories some hundred thousand."""
_DEEPEST: Final = 200

_Base: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class _Loader(_Base):  # type: ignore[misc]  # either of the two, by how the library was built
    """The safe loader with the resolvers of YAML 1.2 for numbers and dates."""

    yaml_implicit_resolvers: ClassVar[dict[str, Any]] = {}


_WANTED: Final = {
    "tag:yaml.org,2002:bool": (re.compile(r"^(?:true|True|TRUE|false|False|FALSE|yes|Yes|YES|no|No|NO|on|On|ON|off|Off|OFF)$"), "tTfFyYnNoO"),
    "tag:yaml.org,2002:int": (re.compile(r"^(?:[-+]?(?:0|[1-9][0-9_]*)|0x[0-9a-fA-F]+|0[0-7]+)$"), "-+0123456789"),
    "tag:yaml.org,2002:float": (re.compile(r"^[-+]?(?:[0-9][0-9_]*\.[0-9_]*|\.[0-9]+|[0-9]+(?=[eE]))(?:[eE][-+]?[0-9]+)?$"), "-+0123456789."),
    "tag:yaml.org,2002:null": (re.compile(r"^(?:~|null|Null|NULL|)$"), ["~", "n", "N", ""]),
    "tag:yaml.org,2002:merge": (re.compile(r"^(?:<<)$"), "<"),
}  # fmt: skip
for _tag, (_pattern, _first) in _WANTED.items():
    _Loader.add_implicit_resolver(_tag, _pattern, list(_first))


def _short_form(loader: Any, suffix: str, node: yaml.Node) -> Any:
    if isinstance(node, yaml.ScalarNode):
        value: Any = loader.construct_scalar(node)
        if suffix == "GetAtt":
            value = str(value).split(".", 1)
    elif isinstance(node, yaml.SequenceNode):
        value = loader.construct_sequence(node, deep=True)
    else:
        value = loader.construct_mapping(node, deep=True)
    return {suffix if suffix in {"Ref", "Condition"} else f"Fn::{suffix}": value}


_Loader.add_multi_constructor("!", _short_form)


def parse(text: str) -> Iterator[tuple[Any, LineOf]]:
    """Every document of a stream, each with its lines.

    Raises:
        Unparsed: It is no YAML. Documents before the fault come first.
    """
    loader = _Loader(text)
    try:
        while True:
            if not loader.check_node():
                return
            node = loader.get_node()
            _measure(node)
            yield loader.construct_document(node), _lines_of(node)
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 0
        if "nesting depth" in str(error.problem):
            raise Unparsed("YAML nested too deeply", line) from None
        raise Unparsed(f"no valid YAML: {error.problem}", line) from None
    except (yaml.YAMLError, ValueError, TypeError, KeyError, AttributeError):
        raise Unparsed("no valid YAML") from None
    except RecursionError:
        raise Unparsed(
            "YAML nested too deeply", remedy="Leave the file out: no manifest is like this."
        ) from None
    finally:
        loader.dispose()


def _measure(root: yaml.Node) -> None:
    """Refuse aliases that refer to themselves or multiply without bound."""
    sizes: dict[int, int] = {}
    busy: set[int] = set()

    def size(node: yaml.Node, depth: int) -> int:
        if depth > _DEEPEST:
            raise Unparsed("YAML nested too deeply", node.start_mark.line + 1)
        known = sizes.get(id(node))
        if known is not None:
            return known
        if id(node) in busy:
            raise Unparsed("an alias refers to itself", node.start_mark.line + 1, "Write the value out.")
        busy.add(id(node))
        total = 1
        if isinstance(node, yaml.MappingNode):
            for key, value in node.value:
                total += size(key, depth + 1) + size(value, depth + 1)
        elif isinstance(node, yaml.SequenceNode):
            total += sum(size(value, depth + 1) for value in node.value)
        busy.discard(id(node))
        if total > _MOST_VALUES:
            raise Unparsed(
                "aliases multiply to too many values", node.start_mark.line + 1, "Write the values out."
            )
        sizes[id(node)] = total
        return total

    size(root, 0)


def _lines_of(root: yaml.Node) -> LineOf:
    def line_of(path: tuple[str | int, ...]) -> int:
        node, line = root, root.start_mark.line + 1
        for step in path:
            found = _step(node, step)
            if found is None:
                break
            node, line = found
        return line

    return line_of


def _step(node: yaml.Node, step: str | int) -> tuple[yaml.Node, int] | None:
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            if isinstance(key, yaml.ScalarNode) and key.value == str(step):
                return value, key.start_mark.line + 1
    elif isinstance(node, yaml.SequenceNode) and isinstance(step, int) and step < len(node.value):
        return node.value[step], node.value[step].start_mark.line + 1
    return None
