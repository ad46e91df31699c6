"""From the text of a query to a tree. Values stay values; nothing here knows of SQL."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from typing import Final

from lark import Lark, Token, Tree
from lark.exceptions import UnexpectedCharacters, UnexpectedEOF, UnexpectedInput, UnexpectedToken

from hushdesk.analytics._errors import QueryError
from hushdesk.analytics._fields import FIELDS

MAX_CHARS: Final = 4_096
MAX_TERMS: Final = 100
MAX_DEPTH: Final = 40

_GRAMMAR = r"""
start: either?
?either: both (_OR both)*
?both: term (_AND? term)*
?term: MINUS term      -> negated
     | _OPEN either _CLOSE
     | FIELD VALUE     -> valued
     | FIELD QUOTED    -> valued
     | QUOTED          -> phrase
     | WORD            -> word

_OR.5: /OR(?=[\s()]|$)/
_AND.5: /AND(?=[\s()]|$)/
MINUS.4: /-(?=[^\s\-)])|NOT(?=[\s(])/
FIELD.3: /[A-Za-z_]+:(?=[^\s()])/
_OPEN: "("
_CLOSE: ")"
QUOTED: /"[^"]*"/
VALUE.2: /[^\s"()]+/
WORD.1: /[^\s"()]+/
%ignore /\s+/
"""

_PSEUDONYM = re.compile(r"[A-Z]+(?:_[A-Z]+)?_[0-9A-HJKMNP-TV-Z]{14}", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Text:
    """A word or a phrase to be found in text."""

    text: str
    position: int
    prefix: bool = False
    """Whether any word that begins so will do."""


@dataclass(frozen=True, slots=True)
class Valued:
    """A field and what it should be."""

    field: str
    value: str
    quoted: bool
    position: int
    """Where the value stands."""


@dataclass(frozen=True, slots=True)
class Not:
    """Everything but."""

    part: Node


@dataclass(frozen=True, slots=True)
class And:
    """All of them."""

    parts: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Or:
    """Any of them."""

    parts: tuple[Node, ...]


Node = Text | Valued | Not | And | Or


@cache
def _parser() -> Lark:
    return Lark(_GRAMMAR, parser="lalr", lexer="contextual", propagate_positions=False)


def is_pseudonym(text: str) -> bool:
    """Whether the text has the shape of a pseudonym."""
    return _PSEUDONYM.fullmatch(text) is not None


def parse(query: str) -> Node | None:
    """The tree of a query; None if it is empty and means everything.

    Raises:
        QueryError: It is not a query.
    """
    if len(query) > MAX_CHARS:
        raise QueryError(MAX_CHARS, f"A query may have {MAX_CHARS:,} characters.", "Shorten it.")
    _check_balance(query)
    tree: Tree[Token] | None = None
    problem: QueryError | None = None
    try:
        tree = _parser().parse(query)
    except UnexpectedInput as error:
        problem = _explain(query, error)
    if problem is not None or tree is None:
        raise problem or QueryError(0, "This is not a query.")
    if not tree.children:
        return None
    terms: list[int] = []
    node = _node(tree.children[0], terms)
    if len(terms) > MAX_TERMS:
        raise QueryError(terms[MAX_TERMS], f"A query may have {MAX_TERMS} terms.", "Shorten it.")
    return node


def _check_balance(query: str) -> None:
    """Parentheses and quotation marks, told apart here because a parser says it less plainly."""
    opened: list[int] = []
    quote: int | None = None
    for place, char in enumerate(query):
        if char == '"':
            quote = place if quote is None else None
        elif quote is None and char == "(":
            opened.append(place)
            if len(opened) > MAX_DEPTH:
                raise QueryError(place, f"Parentheses may be nested {MAX_DEPTH} deep.", "Use fewer.")
        elif quote is None and char == ")":
            if not opened:
                raise QueryError(
                    place, "This parenthesis was never opened.", "Remove it or put it in quotes."
                )
            opened.pop()
    if quote is not None:
        raise QueryError(quote, "This quotation mark is never closed.", 'Add a closing ".')
    if opened:
        raise QueryError(opened[-1], "This parenthesis is never closed.", "Add a closing ).")


def _lonely(operator: str) -> tuple[str, str]:
    where = "after it" if operator == "NOT" else "on both sides"
    return f"{operator} needs something {where}.", "To search for the word itself, put it in quotes."


def _explain(query: str, error: UnexpectedInput) -> QueryError:
    if isinstance(error, UnexpectedCharacters):
        return QueryError(
            error.pos_in_stream or 0, "This cannot stand here.", "Put it in quotes to search for it."
        )
    token = error.token if isinstance(error, UnexpectedToken) else None
    if isinstance(error, UnexpectedEOF) or token is None or token.type == "$END":
        return QueryError(
            len(query), "Something is missing at the end.", "Add a word, or remove the last operator."
        )
    place = token.start_pos or 0
    if token.type in {"_OR", "_AND"}:
        return QueryError(place, *_lonely(token.type[1:]))
    if token.type == "_CLOSE":
        return QueryError(place, "Something is missing before this parenthesis.", "Add a word before it.")
    return QueryError(place, "This cannot stand here.", "Put it in quotes to search for it.")


def _node(tree: Tree[Token] | Token, terms: list[int], depth: int = 0) -> Node:
    if depth > 3 * MAX_DEPTH or not isinstance(tree, Tree):
        raise QueryError(0, "The query is nested too deep.", "Use fewer parentheses and signs.")
    children = tree.children
    if tree.data in {"either", "both"}:
        parts = tuple(_node(child, terms, depth + 1) for child in children)
        return Or(parts) if tree.data == "either" else And(parts)
    if tree.data == "negated":
        return Not(_node(children[1], terms, depth + 1))
    tokens = [child for child in children if isinstance(child, Token)]
    place = tokens[0].start_pos or 0
    terms.append(place)
    if tree.data == "valued":
        return _valued(str(tokens[0]), str(tokens[1]), place, tokens[1].start_pos or 0)
    text = str(tokens[0])
    if tree.data == "phrase":
        return Text(text[1:-1], place)
    name = text[:-1].lower()
    if text.endswith(":") and name in FIELDS:
        raise QueryError(
            place, f"The field {name} has no value.", f"Write for example {FIELDS[name].example}"
        )
    if text in {"OR", "AND", "NOT"}:
        raise QueryError(place, *_lonely(text))
    if is_pseudonym(text):
        return Valued("token", text, quoted=False, position=place)
    if text.endswith("*"):
        return Text(text.rstrip("*"), place, prefix=True)
    return Text(text, place)


def _valued(label: str, value: str, place: int, at: int) -> Valued:
    name = label[:-1].lower()
    if name not in FIELDS:
        raise QueryError(
            place,
            "There is no such field.",
            f"The fields are {', '.join(FIELDS)}. Put the text in quotes to search for it as it stands.",
        )
    quoted = value.startswith('"')
    return Valued(name, value[1:-1] if quoted else value, quoted=quoted, position=at)
