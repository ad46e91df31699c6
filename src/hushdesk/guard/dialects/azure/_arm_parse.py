"""The template language's expressions: a tokenizer and a parser with limits.

Grammar, from learn.microsoft.com/azure/azure-resource-manager/templates/template-expressions: a text that begins with ``[`` and
ends with ``]`` is an expression, ``[[`` stands for a bracket; calls, texts in single quotes with ``''`` for a quote, numbers,
``.name``, ``.?name`` and ``[index]`` behind any of them.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

LONGEST: Final = 24_576
"""The platform's own limit for one expression."""
DEEPEST: Final = 64


class ExpressionError(ValueError):
    """An expression that is none. The message is for people and repeats nothing of it."""


@dataclass(frozen=True, slots=True)
class Literal:
    """A text or a number."""

    value: str | int | float | bool | None


@dataclass(frozen=True, slots=True)
class Call:
    """A function with its arguments; the name in small letters."""

    name: str
    arguments: tuple[Tree, ...]
    text: str
    """As written."""


@dataclass(frozen=True, slots=True)
class Index:
    """``of[key]`` or ``of.name``."""

    of: Tree
    key: Tree
    text: str
    lenient: bool = False
    """Gives null for what is missing."""


Tree = Literal | Call | Index

_TOKEN: Final = re.compile(
    r"\s*(?:(?P<text>'(?:[^']|'')*')|(?P<number>-?\d+(?:\.\d+)?)|(?P<name>[A-Za-z_$][\w$]*)|(?P<mark>\.\?|\[\?|[()\[\],.]))"
)
_WORDS: Final[dict[str, bool | None]] = {"true": True, "false": False, "null": None}


def is_expression(text: str) -> bool:
    """Whether a text of a template is an expression."""
    return len(text) > 2 and text[0] == "[" and text[-1] == "]" and text[1] != "["


@lru_cache(maxsize=4096)
def parse(text: str) -> Tree:
    """The tree of an expression, given with its brackets.

    Raises:
        ExpressionError: It is cut off, too long, too deep, or no expression.
    """
    if len(text) > LONGEST:
        raise ExpressionError("the expression is longer than the platform accepts")
    parser = _Parser(text[1:-1])
    tree = parser.expression(0)
    if parser.kind:
        raise ExpressionError("something follows the end of the expression")
    return tree


class _Parser:
    def __init__(self, text: str) -> None:
        self.text = text
        self.end = 0
        self.start = 0
        self.kind = ""
        self.word = ""
        self.advance()

    def advance(self) -> None:
        """Goes to the next token; its kind is empty at the end."""
        self.before = self.end
        match = _TOKEN.match(self.text, self.end)
        if match is None:
            if self.text[self.end :].strip():
                raise ExpressionError("the expression holds something that does not belong there")
            self.kind = self.word = ""
            return
        self.kind = match.lastgroup or ""
        self.word = match.group(self.kind)
        self.start = match.start(self.kind)
        self.end = match.end()

    def expect(self, mark: str) -> None:
        if self.word != mark or self.kind != "mark":
            raise ExpressionError(f"the expression lacks a {mark}")
        self.advance()

    def expression(self, depth: int) -> Tree:
        if depth > DEEPEST:
            raise ExpressionError("the expression is nested too deeply")
        start = self.start
        tree = self._first(depth)
        while self.kind == "mark" and self.word in {".", ".?", "[", "[?"}:
            mark = self.word
            self.advance()
            if mark[0] == ".":
                if self.kind != "name":
                    raise ExpressionError("a name must follow the dot")
                key: Tree = Literal(self.word)
                self.advance()
            else:
                key = self.expression(depth + 1)
                self.expect("]")
            tree = Index(tree, key, self.text[start : self.before].strip(), mark.endswith("?"))
        return tree

    def _first(self, depth: int) -> Tree:
        start, word, kind = self.start, self.word, self.kind
        if kind == "text":
            self.advance()
            return Literal(word[1:-1].replace("''", "'"))
        if kind == "number":
            self.advance()
            return Literal(float(word) if "." in word else int(word[:20]))
        if kind != "name":
            raise ExpressionError(
                "the expression breaks off"
                if not kind
                else "the expression holds a mark where a value should be"
            )
        self.advance()
        name = word
        while self.kind == "mark" and self.word == ".":
            self.advance()
            if self.kind != "name":
                raise ExpressionError("a name must follow the dot")
            name += f".{self.word}"
            self.advance()
        if self.word != "(" or self.kind != "mark":
            if name.lower() in _WORDS:
                return Literal(_WORDS[name.lower()])
            raise ExpressionError("a name is neither a function nor true, false or null")
        self.advance()
        arguments: list[Tree] = []
        while not (self.kind == "mark" and self.word == ")"):
            arguments.append(self.expression(depth + 1))
            if self.kind == "mark" and self.word == ",":
                self.advance()
            elif not (self.kind == "mark" and self.word == ")"):
                raise ExpressionError("the expression lacks a closing parenthesis or a comma")
        self.advance()
        return Call(name.lower(), tuple(arguments), self.text[start : self.before].strip())
