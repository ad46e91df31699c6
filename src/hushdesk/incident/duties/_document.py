"""YAML as files of rules are written: plain values with their lines, and nothing that YAML does behind one's back.

Words stay words (``no`` is Norway and no "false", ``2026-01-01`` is read as a day by who wants a day), a key may stand once, and
there are no anchors.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Final

import yaml

from hushdesk.incident.duties.errors import RulesError

_NUMBER: Final = re.compile(r"-?(?:0|[1-9][0-9]*)")
_DEEPEST: Final = 20


@dataclass(slots=True)
class Row:
    """One row of a file."""

    file: str
    line: int
    values: dict[str, Any]
    lines: dict[str, int] = field(default_factory=dict)
    """Line of each key."""

    def error(self, key: str, problem: str, remedy: str = "") -> RulesError:
        """The one error of a row."""
        ident = self.values.get("id")
        line = self.lines.get(key, self.line)
        return RulesError(self.file, line, ident if isinstance(ident, str) else "", key, problem, remedy)


def rows(text: str, file: str) -> Iterator[Row]:
    """Rows of a file, which is a list of mappings.

    Raises:
        RulesError: It is not.
    """
    try:
        root = yaml.compose(text, yaml.SafeLoader)
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 0
        raise RulesError(file, line, "", "", "is no valid YAML") from None
    except (yaml.YAMLError, RecursionError, ValueError):
        raise RulesError(file, 0, "", "", "is no valid YAML") from None
    if not isinstance(root, yaml.SequenceNode):
        raise RulesError(file, 1, "", "", "is no list of rules", "Begin each rule with a dash.")
    seen: set[int] = set()
    for node in root.value:
        line = node.start_mark.line + 1
        if not isinstance(node, yaml.MappingNode):
            raise RulesError(file, line, "", "", "a rule is a mapping of keys")
        row = Row(file, line, {})
        for key, value in node.value:
            name = key.value if isinstance(key, yaml.ScalarNode) else ""
            row.lines[name] = key.start_mark.line + 1
            if not name or name in row.values:
                raise row.error(name, "stands twice in one rule" if name else "is no word")
            row.values[name] = _plain(value, row, name, seen, 0)
        yield row


def _plain(node: yaml.Node, row: Row, key: str, seen: set[int], depth: int) -> Any:
    if id(node) in seen or depth > _DEEPEST:
        raise row.error(key, "aliases and deep nesting are not read", "Write the value out.")
    seen.add(id(node))
    if isinstance(node, yaml.SequenceNode):
        return [_plain(part, row, key, seen, depth + 1) for part in node.value]
    if isinstance(node, yaml.MappingNode):
        found: dict[str, Any] = {}
        for inner, value in node.value:
            if not isinstance(inner, yaml.ScalarNode) or inner.value in found:
                raise row.error(key, "a key stands twice in it or is no word")
            found[inner.value] = _plain(value, row, key, seen, depth + 1)
        return found
    text = str(node.value)
    if isinstance(node, yaml.ScalarNode) and node.style is not None:
        return text
    if text in {"true", "false"}:
        return text == "true"
    if text in {"", "~", "null"}:
        return None
    return int(text) if _NUMBER.fullmatch(text) else text
