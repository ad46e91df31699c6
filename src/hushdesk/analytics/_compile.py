"""From the tree of a query to parameterised SQL. No value ever becomes part of the text."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, Protocol
from weakref import WeakKeyDictionary

import pyarrow as pa

from hushdesk.analytics._columns import message_count, shown
from hushdesk.analytics._counting import check_counting
from hushdesk.analytics._errors import QueryError
from hushdesk.analytics._fields import FACETS, FIELDS, Takes
from hushdesk.analytics._kept import Kept
from hushdesk.analytics._scope import Scope
from hushdesk.analytics._syntax import And, Node, Not, Or, Text, Valued, is_pseudonym, parse
from hushdesk.analytics._values import counts, times

MAX_EXPANSION: Final = 1_000
"""How many words a wild card may stand for."""

_BODIES: Final = {"public_body": "public_words", "internal_body": "internal_words"}


class Queryable(Protocol):
    """What a compiler needs of a store."""

    def query(
        self,
        sql: str,
        params: Mapping[str, Any] | None = None,
        settings: Mapping[str, int | float | str] | None = None,
    ) -> pa.Table:
        """Run one reading query."""


_MOST_TEXTS: Final = 2_000
_TOKENS: Final[WeakKeyDictionary[Queryable, Kept[list[str]]]] = WeakKeyDictionary()
"""How each store cuts a text never changes; asking the engine costs more than all else in a compilation."""


@dataclass(frozen=True, slots=True)
class Condition:
    """A condition on cases as SQL, and the values it needs."""

    sql: str
    params: Mapping[str, Any] = field(default_factory=dict)
    terms: tuple[str, ...] = ()
    """Words and phrases searched for, as written; for snippets."""
    costly: bool = False
    """Whether rows have to be read to tell: phrases are found by their words first and then checked."""
    table: str = "cases"
    """Where the condition holds."""


class _Compiler:
    def __init__(self, store: Queryable, scope: Scope, prefix: str = "p") -> None:
        self._store = store
        self._named = prefix
        self._scope = scope
        self._bodies = [b for b in _BODIES if scope.internal or b == "public_body"]
        self._tokens: dict[str, list[str]] = {}
        self.params: dict[str, Any] = {}
        self.terms: list[str] = []
        self.costly = False

    def _param(self, value: Any, kind: str = "String") -> str:
        name = f"{self._named}{len(self.params)}"
        self.params[name] = value
        return f"{{{name}:{kind}}}"

    def tokenise(self, texts: Sequence[str]) -> None:
        """Let the engine cut the texts into tokens as it cut those that it stored."""
        known = _TOKENS.setdefault(self._store, Kept(_MOST_TEXTS))
        for text in set(texts):
            if (tokens := known.get(text)) is not None:
                self._tokens[text] = tokens
        wanted = sorted(set(texts) - set(self._tokens))
        if wanted:
            rows = self._store.query(
                "SELECT arrayJoin({texts:Array(String)}) AS text, hushTokens(text) AS tokens",
                {"texts": wanted},
            )
            # Kept by place and not by the text given back: it may differ where it was no valid Unicode.
            for text, tokens in zip(wanted, rows.column("tokens").to_pylist(), strict=True):
                self._tokens[text] = tokens
                known.keep(text, tokens)

    def node(self, node: Node, *, positive: bool = True) -> str:
        """The condition for one node of the tree."""
        match node:
            case And(parts):
                return "(" + " AND ".join(self.node(part, positive=positive) for part in parts) + ")"
            case Or(parts):
                return "(" + " OR ".join(self.node(part, positive=positive) for part in parts) + ")"
            case Not(part):
                return f"NOT {self.node(part, positive=not positive)}"
            case Text():
                if positive:
                    self.terms.append(node.text)
                return self._text(node)
            case Valued():
                return self._valued(node)

    def _anywhere(self, test: str) -> str:
        """The test on each body that the scope may search; ``$`` stands for the body."""
        return "(" + " OR ".join(test.replace("$", body) for body in self._bodies) + ")"

    def _text(self, node: Text) -> str:
        tokens = self._tokens[node.text]
        if not tokens:
            raise QueryError(
                node.position, "There is nothing to search for in this.", "Write a word or a number."
            )
        if node.prefix and (len(tokens) > 1 or not _whole(tokens[0])):
            if any(_whole(token) for token in tokens):
                raise QueryError(
                    node.position, "A wild card stands at the end of one word.", "Remove the * or the rest."
                )
            # Scripts without spaces are found by their characters anyway.
        elif node.prefix:
            return self._prefix(tokens[0], node.position)
        needles = self._param(list(dict.fromkeys(tokens)), "Array(String)")
        if len(tokens) == 1:
            return self._anywhere(f"hasAllTokens($, {needles})")
        self.costly = True
        phrase = self._param(node.text)
        return self._anywhere(f"(hasAllTokens($, {needles}) AND hasPhrase($, hushFold({phrase})))")

    def _prefix(self, start: str, position: int) -> str:
        tests = []
        for body in self._bodies:
            rows = self._store.query(
                f"SELECT DISTINCT token FROM mergeTreeTextIndex(currentDatabase(), 'cases', '{_BODIES[body]}') "  # noqa: S608
                f"WHERE startsWith(token, {{start:String}}) LIMIT {MAX_EXPANSION + 1}",
                {"start": start},
            )
            words = rows.column(0).to_pylist() if rows.num_columns else []
            if len(words) > MAX_EXPANSION:
                raise QueryError(
                    position,
                    f"More than {MAX_EXPANSION:,} words begin like this.",
                    "Write more of its letters.",
                )
            if words:
                tests.append(f"hasAnyTokens({body}, {self._param(words, 'Array(String)')})")
        return f"({' OR '.join(tests)})" if tests else "false"

    def _valued(self, node: Valued) -> str:
        spec = FIELDS[node.field]
        column = spec.column
        match spec.takes:
            case Takes.VALUE | Takes.TAG:
                return self._value(node, column, many=spec.takes is Takes.TAG)
            case Takes.NUMBER:
                same = f"hushFold(number) = hushFold({self._param(node.value)})"
                if not self._tokens[node.value]:
                    return same
                # Numbers are part of the public text, so its index finds the few candidates.
                needles = self._param(list(dict.fromkeys(self._tokens[node.value])), "Array(String)")
                return f"(hasAllTokens(public_body, {needles}) AND {same})"
            case Takes.CASE:
                return f"case_id = {self._param(node.value.upper())}"
            case Takes.PSEUDONYM:
                return self._pseudonym(node, column)
            case Takes.TIME:
                since, before = times(node.value, node.position)
                return self.between(
                    column, since, before, "DateTime64(3, 'UTC')", nullable=column != "opened_at"
                )
            case Takes.COUNT:
                least, below = counts(node.value, node.position)
                return self.between(message_count(self._scope), least, below, "UInt32")
            case Takes.KIND:
                return f"has({shown('kinds', self._scope)}, {self._param(node.value.upper())})"
            case Takes.STATE:
                state = node.value.lower()
                if state not in {"open", "closed"}:
                    raise QueryError(
                        node.position, "A case is open or closed.", "Write is:open or is:closed."
                    )
                return "isNull(closed_at)" if state == "open" else "isNotNull(closed_at)"

    def _value(self, node: Valued, column: str, *, many: bool) -> str:
        if node.value.endswith("*") and not node.quoted:
            test = f"startsWith(hushFold($), hushFold({self._param(node.value.rstrip('*'))}))"
        else:
            test = f"hushFold($) = hushFold({self._param(node.value)})"
        return f"arrayExists(x -> {test.replace('$', 'x')}, {column})" if many else test.replace("$", column)

    def _pseudonym(self, node: Valued, column: str) -> str:
        if not is_pseudonym(node.value):
            raise QueryError(
                node.position,
                "This is no pseudonym.",
                "Write it as it stands in the case, for example EMAIL_ and 14 signs.",
            )
        value = self._param(node.value.upper())
        test = f"has(tokens, {value})"
        if column == "tokens":
            return test if self._scope.internal else f"({test} AND NOT has(internal_tokens, {value}))"
        # Every pseudonym of a case is among its tokens, so their index finds the few candidates.
        return f"({test} AND {column} = {value})"

    def between(self, column: str, start: Any, end: Any, kind: str, *, nullable: bool = False) -> str:
        """Rows whose column lies in [start, end)."""
        tests = [f"isNotNull({column})"] if nullable else []
        if start is not None:
            tests.append(f"{column} >= {self._param(start, kind)}")
        if end is not None:
            tests.append(f"{column} < {self._param(end, kind)}")
        return "(" + " AND ".join(tests) + ")"

    def any_of(self, name: str, values: Sequence[str]) -> str:
        """Cases that have one of the values in the field."""
        chosen = self._param(list(values), "Array(String)")
        if name in {"kind", "tag"}:
            return f"hasAny({shown(FACETS[name], self._scope)}, {chosen})"
        return f"has({chosen}, {FACETS[name]})"


def _whole(token: str) -> bool:
    """Whether a token is a word, and not one character of a script without spaces."""
    return len(token) > 1 or token.isascii() or token.isdigit()


def _texts(node: Node) -> Iterator[str]:
    match node:
        case And(parts) | Or(parts):
            for part in parts:
                yield from _texts(part)
        case Not(part):
            yield from _texts(part)
        case Text(text):
            yield text
        case Valued(name, value):
            if name == "number":
                yield value


def compile_query(
    store: Queryable,
    query: str,
    scope: Scope,
    filters: Mapping[str, Sequence[str]] | None = None,
    *,
    prefix: str = "p",
) -> Condition:
    """The condition that a query, its filters and the scope make together.

    Args:
        store: Cuts words as it cut the texts it holds, and knows which words there are.
        query: In the query language; empty means everything.
        scope: Who is asking.
        filters: Values by facet; a case must have one of each. An empty list filters nothing.
        prefix: What the names of parameters begin with, where several conditions stand in one query.

    Raises:
        QueryError: The query cannot be carried out.
    """
    node = parse(query)
    return compile_nodes(store, [] if node is None else [node], scope, filters, prefix=prefix)


def compile_nodes(
    store: Queryable,
    nodes: Sequence[Node],
    scope: Scope,
    filters: Mapping[str, Sequence[str]] | None = None,
    *,
    prefix: str = "p",
) -> Condition:
    """As :func:`compile_query`, for all of some parts of a query."""
    compiler = _Compiler(store, scope, prefix)
    tests = []
    for node in nodes:
        if not scope.rows:
            check_counting(node)
        compiler.tokenise(list(_texts(node)))
        tests.append(compiler.node(node))
    for name, values in (filters or {}).items():
        if name not in FACETS:
            raise QueryError(0, "There is no such filter.", f"The filters are {', '.join(FACETS)}.")
        if values:
            tests.append(compiler.any_of(name, values))
    tests.extend(compiler.any_of(name, allowed) for name, allowed in scope.where.items())
    if scope.since is not None or scope.until is not None:
        # What the seal writes where no time is known is a time too, and would pass for an old one.
        tests.append("opened_at != toDateTime64(0, 3, 'UTC')")
        tests.append(compiler.between("opened_at", scope.since, scope.until, "DateTime64(3, 'UTC')"))
    return Condition(" AND ".join(tests) or "true", compiler.params, tuple(compiler.terms), compiler.costly)
