"""How many rows an answer of ClickHouse held, from below and from above."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from hushdesk.incident.evidence._ch_records import items
from hushdesk.incident.evidence._dblog import whole
from hushdesk.incident.evidence._sql_words import statement

_INTO_FUNCTION: Final = re.compile(r"\s*insert\s+into\s+(?:table\s+)?function\b", re.IGNORECASE)
_PACKED: Final = "aggregates can pack many rows into one"
_NO_AGGREGATES: Final = (
    "which aggregates were used is not in the export, and they can pack many rows into one"
)
_LEFT: Final = "rows were written by way of a table function, which may lie elsewhere"
_ELSEWHERE: Final = "rows were read and written into a table, which may lie elsewhere"
_PART: Final = "part of a distributed query"
_NO_END: Final = "the log has the query's start and not its end"
_BROKEN_OFF: Final = "it broke off, and rows may have gone before"
_BACKUP: Final = "a backup can hold everything"
_UNKNOWN: Final = "result_rows is not in the export"
# Aggregates whose result tells of at most one row each, or of none.
_SCALAR: Final = frozenset(
    {"count", "sum", "sumkahan", "sumwithoverflow", "avg", "avgweighted", "min", "max", "any", "anylast", "anyheavy",
     "argmin", "argmax", "uniq", "uniqexact", "uniqcombined", "uniqcombined64", "uniqhll12", "uniqthetasketch",
     "stddevpop", "stddevsamp", "varpop", "varsamp", "covarpop", "covarsamp", "corr", "median", "quantile",
     "quantileexact", "quantiletiming", "quantiletdigest", "first_value", "last_value", "row_number", "rank",
     "dense_rank", "entropy", "skewpop", "skewsamp", "kurtpop", "kurtsamp", "singlevalueornull"}
)  # fmt: skip
_COMBINATORS: Final = ("if", "distinct", "ornull", "ordefault", "null")
_VERBS: Final[Mapping[str, tuple[str, str]]] = {
    "select": ("read", "select"), "insert": ("written", "insert"), "asyncinsertflush": ("written", "insert"),
    "create": ("written", "create"), "drop": ("written", "drop"), "undrop": ("written", "undrop"),
    "alter": ("written", "alter"), "delete": ("written", "delete"), "update": ("written", "update"),
    "rename": ("written", "rename"), "optimize": ("other", "optimize"), "system": ("other", "system"),
    "set": ("other", "set"), "use": ("other", "use"), "show": ("other", "show"), "describe": ("other", "describe"),
    "exists": ("other", "exists"), "explain": ("read", "explain"), "grant": ("written", "grant"),
    "revoke": ("written", "revoke"), "backup": ("read", "backup"), "restore": ("written", "restore"),
    "killquery": ("other", "kill"), "begin": ("other", "begin"), "commit": ("other", "commit"),
    "rollback": ("other", "rollback"),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Bounded:
    """One query."""

    act: str
    asked: str
    tables: tuple[str, ...]
    """From its text; only where the export has none of its own."""
    least: int
    most: int | None
    why: str = ""


def bounded(content: Mapping[str, Any], kind: str, *, initial: bool) -> Bounded:
    """What one row of the log says.

    Args:
        content: By the names of the columns.
        kind: ``start``, ``finish``, ``before``, ``while``.
        initial: The client asked for it; else another server did, on the client's behalf.
    """
    query = content.get("query")
    verb = str(content.get("query_kind") or "").lower()
    act, asked = _VERBS.get(verb, ("", ""))
    done = None
    if isinstance(query, str) and query and not (act and items(content.get("tables"))):
        # The text is read only for what the columns do not tell.
        done = statement(query, backslashes=True)
    if not act:
        act, asked = (done.act, done.words) if done else ("read", "other")
        verb = asked.partition(";")[0] or "other"
    tables = done.tables if done else ()
    if kind == "before":
        return Bounded("failed", asked, tables, 0, 0)
    if kind == "start":
        return Bounded(act, asked, tables, 0, None, _NO_END)
    if kind == "while":
        return Bounded("failed", asked, tables, 0, None, _BROKEN_OFF)
    least, most, why = _rows(content, verb)
    if not initial:
        least, why = 0, "; ".join(filter(None, (_PART, why)))
    return Bounded(act, asked, tables, least, most, why)


def _rows(content: Mapping[str, Any], verb: str) -> tuple[int, int | None, str]:
    rows, read, written = (whole(content.get(name)) for name in ("result_rows", "read_rows", "written_rows"))
    if verb == "backup":
        return 0, None, _BACKUP
    if verb in {"insert", "asyncinsertflush", "create"}:
        # result_rows counts what was written here: it is no answer. But a table can lie at somebody else's.
        tables = items(content.get("tables"))
        if verb == "asyncinsertflush" or written == 0:
            return 0, 0, ""
        query = content.get("query")
        if isinstance(query, str) and _INTO_FUNCTION.match(query):
            return 0, written, _LEFT
        if tables is not None and len(tables) <= 1 and not any("_table_function" in each for each in tables):
            return 0, 0, ""
        return 0, written, _ELSEWHERE
    if rows is None:
        return 0, None, _UNKNOWN
    if verb not in {"select", "with", "other"}:
        return rows, rows, ""
    aggregates = items(content.get("used_aggregate_functions"))
    if aggregates is not None and all(map(_scalar, aggregates)):
        return rows, rows, ""
    why = _PACKED if aggregates is not None else _NO_AGGREGATES
    if aggregates is None and read is not None and read <= rows:
        return rows, rows, ""
    return rows, None if read is None else max(rows, read), why


def _scalar(name: str) -> bool:
    name = name.lower()
    for combinator in _COMBINATORS:
        if name not in _SCALAR:
            name = name.removesuffix(combinator)
    return name in _SCALAR
