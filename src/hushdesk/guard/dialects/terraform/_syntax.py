"""The expressions of HCL, parsed: literals, templates, traversals, calls, operators, collections, ``for`` and splats.

The grammar is that of HCL's native syntax specification (github.com/hashicorp/hcl, hclsyntax/spec.md).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any, Final

_IDENTIFIER: Final = re.compile(r"[^\W\d][\w-]*")
_NUMBER: Final = re.compile(r"\d+(?:\.\d+)?(?:[eE][+-]?\d+)?")
_BLANK: Final = re.compile(r"(?:\s|#[^\n]*|//[^\n]*|/\*.*?\*/)+", re.DOTALL)
_HEREDOC: Final = re.compile(r"<<(-?)([^\W\d][\w-]*)[ \t]*\r?\n")
_BINARY: Final = (("||",), ("&&",), ("==", "!="), ("<=", ">=", "<", ">"), ("+", "-"), ("*", "/", "%"))
_ESCAPES: Final = {"n": "\n", "r": "\r", "t": "\t", '"': '"', "\\": "\\"}
_DEPTH: Final = 60


class SyntaxFault(Exception):  # noqa: N818 - becomes a value at once
    """A text is no expression that we understand."""


@dataclass(frozen=True, slots=True)
class Literal:
    """A known value."""

    value: Any


@dataclass(frozen=True, slots=True)
class Template:
    """Texts and expressions, one after the other."""

    parts: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Opaque:
    """Something that is not evaluated."""

    text: str
    why: str


@dataclass(frozen=True, slots=True)
class Name:
    """The root of a traversal."""

    name: str


@dataclass(frozen=True, slots=True)
class Attribute:
    """``of.name``."""

    of: Node
    name: str


@dataclass(frozen=True, slots=True)
class Index:
    """``of[key]``."""

    of: Node
    key: Node


@dataclass(frozen=True, slots=True)
class Splat:
    """``of[*]`` and what follows, with ``Name("*")`` for each member."""

    of: Node
    each: Node


@dataclass(frozen=True, slots=True)
class Call:
    """``name(arguments)``; with ``expand`` the last argument is a list of further ones."""

    name: str
    arguments: tuple[Node, ...]
    expand: bool


@dataclass(frozen=True, slots=True)
class Unary:
    """``-x`` or ``!x``."""

    operator: str
    operand: Node


@dataclass(frozen=True, slots=True)
class Binary:
    """``left operator right``."""

    operator: str
    left: Node
    right: Node


@dataclass(frozen=True, slots=True)
class Conditional:
    """``condition ? then : other``."""

    condition: Node
    then: Node
    other: Node


@dataclass(frozen=True, slots=True)
class Tuple:
    """``[a, b]``."""

    members: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Object:
    """``{a = b}``."""

    pairs: tuple[tuple[Node, Node], ...]


@dataclass(frozen=True, slots=True)
class For:
    """``[for k, v in of : value if condition]``, or with a key an object."""

    key_name: str
    value_name: str
    of: Node
    key: Node | None
    value: Node
    condition: Node | None
    grouped: bool


Node = (
    Literal
    | Template
    | Opaque
    | Name
    | Attribute
    | Index
    | Splat
    | Call
    | Unary
    | Binary
    | Conditional
    | Tuple
    | Object
    | For
)


def parse(text: str) -> Node:
    """An expression.

    Raises:
        SyntaxFault: It is none.
    """
    parser = _Parser(text)
    node = parser.expression()
    parser.blank()
    if parser.at < len(text):
        raise SyntaxFault
    return node


def parse_template(text: str) -> Node:
    """A template without quotes, as JSON configurations have them.

    Raises:
        SyntaxFault: An interpolation in it is no expression.
    """
    return _Parser(text).template("", escapes=False)


def parse_heredoc(text: str) -> Node:
    """``<<EOF`` to ``EOF``."""
    return _Parser(text).heredoc()


class _Parser:
    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0
        self._depth = 0

    def blank(self) -> None:
        found = _BLANK.match(self.text, self.at)
        if found:
            self.at = found.end()

    def peek(self, *wanted: str) -> str:
        """The first of these that comes next, or nothing."""
        self.blank()
        return next((one for one in wanted if self.text.startswith(one, self.at)), "")

    def take(self, *wanted: str) -> str:
        found = self.peek(*wanted)
        self.at += len(found)
        return found

    def need(self, wanted: str) -> None:
        if not self.take(wanted):
            raise SyntaxFault

    def word(self) -> str:
        self.blank()
        found = _IDENTIFIER.match(self.text, self.at)
        if not found:
            raise SyntaxFault
        self.at = found.end()
        return found[0]

    def keyword(self, word: str) -> bool:
        self.blank()
        found = _IDENTIFIER.match(self.text, self.at)
        if found and found[0] == word:
            self.at = found.end()
            return True
        return False

    def expression(self) -> Node:
        self._depth += 1
        if self._depth > _DEPTH:
            raise SyntaxFault
        node = self.binary(0)
        if self.take("?"):
            then = self.expression()
            self.need(":")
            node = Conditional(node, then, self.expression())
        self._depth -= 1
        return node

    def binary(self, level: int) -> Node:
        if level == len(_BINARY):
            return self.unary()
        node = self.binary(level + 1)
        while operator := self.operator(level):
            node = Binary(operator, node, self.binary(level + 1))
        return node

    def operator(self, level: int) -> str:
        found = self.peek(*_BINARY[level])
        if found:
            self.at += len(found)
        return found

    def unary(self) -> Node:
        signs = []
        while operator := self.take("-", "!"):
            signs.append(operator)
            if len(signs) > _DEPTH:
                raise SyntaxFault
        node = self.postfix(self.primary())
        for operator in reversed(signs):
            node = Unary(operator, node)
        return node

    def postfix(self, node: Node) -> Node:
        while True:
            if self.text.startswith("...", self.at):
                return node
            if self.peek(".*"):
                self.at += 2
                return self.splat(node, indexes=False)
            if self.take("."):
                self.blank()
                number = re.compile(r"\d+").match(self.text, self.at)
                if number:
                    self.at = number.end()
                    node = Index(node, Literal(int(number[0])))
                else:
                    node = Attribute(node, self.word())
            elif self.peek("["):
                self.at += 1
                if self.take("*"):
                    self.need("]")
                    return self.splat(node, indexes=True)
                node = Index(node, self.expression())
                self.need("]")
            else:
                return node

    def splat(self, of: Node, *, indexes: bool) -> Node:
        each: Node = Name("*")
        while True:
            if self.peek(".") and not self.peek("...", ".*"):
                self.at += 1
                each = Attribute(each, self.word())
            elif indexes and self.peek("[") and not self.peek("[*]"):
                self.at += 1
                each = Index(each, self.expression())
                self.need("]")
            else:
                break
        if self.peek("[*]", ".*"):
            self.at += 3 if self.take("[*]") else 2
            return Splat(of, self.splat(each, indexes=True))
        node: Node = Splat(of, each)
        return node if indexes else self.postfix(node)

    def primary(self) -> Node:
        self.blank()
        text = self.text[self.at : self.at + 2]
        if text[:1] == '"':
            self.at += 1
            return self.template('"', escapes=True)
        if text == "<<":
            return self.heredoc()
        if text == "${":
            # Interpolation where an expression is expected, as the parser of files marks expressions inside others.
            self.at += 2
            node = self.expression()
            self.need("}")
            return node
        if self.take("("):
            node = self.expression()
            self.need(")")
            return node
        if self.take("["):
            return self.loop("]", braces=False) if self.keyword("for") else self.tuple()
        if self.take("{"):
            return self.loop("}", braces=True) if self.keyword("for") else self.object()
        number = _NUMBER.match(self.text, self.at)
        if number:
            self.at = number.end()
            value = number[0]
            return Literal(int(value) if value.isdigit() else float(value))
        return self.named()

    def named(self) -> Node:
        word = self.word()
        while self.text.startswith("::", self.at):
            self.at += 2
            word += "::" + self.word()
        if self.text.startswith("(", self.at):
            self.at += 1
            return self.call(word)
        constants = {"true": True, "false": False, "null": None}
        return Literal(constants[word]) if word in constants else Name(word)

    def call(self, name: str) -> Node:
        arguments: list[Node] = []
        expand = False
        while not self.take(")"):
            arguments.append(self.expression())
            expand = bool(self.take("..."))
            if not self.take(",") and not self.peek(")"):
                raise SyntaxFault
        return Call(name, tuple(arguments), expand)

    def tuple(self) -> Node:
        members: list[Node] = []
        while not self.take("]"):
            members.append(self.expression())
            if not self.take(",") and not self.peek("]"):
                raise SyntaxFault
        return Tuple(tuple(members))

    def object(self) -> Node:
        pairs: list[tuple[Node, Node]] = []
        while not self.take("}"):
            key = self.expression()
            if isinstance(key, Name):
                key = Literal(key.name)
            if not self.take("=", ":"):
                raise SyntaxFault
            pairs.append((key, self.expression()))
            self.take(",")
        return Object(tuple(pairs))

    def loop(self, end: str, *, braces: bool) -> Node:
        first = self.word()
        second = self.word() if self.take(",") else ""
        if not self.keyword("in"):
            raise SyntaxFault
        of = self.expression()
        self.need(":")
        value = self.expression()
        key = None
        if braces:
            self.need("=>")
            key, value = value, self.expression()
        grouped = bool(self.take("..."))
        condition = self.expression() if self.keyword("if") else None
        self.need(end)
        return For(first if second else "", second or first, of, key, value, condition, grouped)

    def template(self, end: str, *, escapes: bool) -> Node:
        parts: list[Node] = []
        literal: list[str] = []
        text = self.text
        while True:
            if self.at >= len(text):
                if end:
                    raise SyntaxFault
                break
            if end and text.startswith(end, self.at):
                self.at += len(end)
                break
            pair = text[self.at : self.at + 2]
            if text.startswith(("$${", "%%{"), self.at):
                literal.append(text[self.at + 1 : self.at + 3])
                self.at += 3
            elif pair == "${":
                parts += [Literal("".join(literal))] if literal else []
                literal = []
                self.at += 2
                self.take("~")
                parts.append(self.expression())
                self.take("~")
                self.need("}")
            elif pair == "%{":
                return self.directive(end)
            elif escapes and pair[:1] == "\\":
                literal.append(self.escape())
            else:
                literal.append(text[self.at])
                self.at += 1
        parts += [Literal("".join(literal))] if literal else []
        if not parts:
            return Literal("")
        if len(parts) == 1:
            return parts[0]
        return Template(tuple(parts))

    def directive(self, end: str) -> Node:
        """Templates with ``%{ if … }`` are left alone: skip to the end."""
        start = self.at
        depth = 0
        while self.at < len(self.text):
            if self.text.startswith(("${", "%{"), self.at):
                depth += 1
                self.at += 2
            elif depth and self.text[self.at] == "}":
                depth -= 1
                self.at += 1
            elif not depth and end and self.text.startswith(end, self.at):
                break
            else:
                self.at += 1
        shown = self.text[start : self.at]
        self.at += len(end)
        return Opaque(shown, "directives in templates are not evaluated")

    def escape(self) -> str:
        text, at = self.text, self.at
        letter = text[at + 1 : at + 2]
        if letter in {"u", "U"}:
            width = 4 if letter == "u" else 8
            try:
                found = chr(int(text[at + 2 : at + 2 + width], 16))
            except (ValueError, OverflowError):
                raise SyntaxFault from None
            self.at += 2 + width
            return found
        self.at += 2
        return _ESCAPES.get(letter, letter)

    def heredoc(self) -> Node:
        found = _HEREDOC.match(self.text, self.at)
        if not found:
            raise SyntaxFault
        body_start = found.end()
        close = re.compile(rf"^[ \t]*{re.escape(found[2])}[ \t]*\r?$", re.MULTILINE).search(
            self.text, body_start
        )
        if not close:
            raise SyntaxFault
        body = self.text[body_start : close.start()]
        self.at = close.end()
        if found[1]:
            lines = body.splitlines(keepends=True)
            margin = min((len(line) - len(line.lstrip(" \t")) for line in lines if line.strip()), default=0)
            body = "".join(line[margin:] for line in lines)
        return _Parser(body).template("", escapes=False)
