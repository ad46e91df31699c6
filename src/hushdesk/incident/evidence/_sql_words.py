"""Verbs and tables of SQL statements, without anything that stands in quotes."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

_LONGEST: Final = 1 << 20
"""Of a longer statement the beginning is read, and it counts as one that may do anything."""
_MOST_TABLES: Final = 20
_REMEMBERED: Final = 2000
_NUMBER: Final = re.compile(r"\b\d+\b")
_SPECIAL: Final = re.compile(r"""['"$`]|--|/\*""")
_TAG: Final = re.compile(r"\$(?:[A-Za-z_][A-Za-z0-9_]{0,60})?\$")
_NAME: Final = r"[A-Za-z_][A-Za-z0-9_$]{0,62}"
_TABLE: Final = re.compile(
    rf"\b(?P<word>from|join|into|update|table|only|copy|truncate)\s+(?:table\s+|only\s+|lateral\s+)*"
    rf"(?P<name>{_NAME}(?:\s*\.\s*{_NAME}){{0,2}})(?P<call>\s*\()?",
    re.IGNORECASE,
)
_NEXT: Final = re.compile(
    rf"(?:\s+as)?(?:\s+{_NAME})?\s*,\s*(?P<name>{_NAME}(?:\s*\.\s*{_NAME}){{0,2}})(?P<call>\s*\()?",
    re.IGNORECASE,
)
"""``from a x, b y``."""
_NOT_TABLES: Final = frozenset(
    {
        "select",
        "set",
        "values",
        "where",
        "only",
        "lateral",
        "unnest",
        "if",
        "exists",
        "conflict",
        "delete",
        "update",
        "stdin",
        "stdout",
        "function",
        "program",
        "skip",
        "nowait",
    }
)
_VERB: Final = re.compile(r"[A-Za-z]{1,20}")
_READING: Final = frozenset(
    {"select", "with", "table", "values", "fetch", "execute", "show", "call", "do", "explain"}
)
_WRITING: Final = frozenset(
    {
        "insert",
        "update",
        "delete",
        "merge",
        "truncate",
        "create",
        "drop",
        "alter",
        "grant",
        "revoke",
        "import",
    }
)
_NEITHER: Final = frozenset(
    {"begin", "commit", "rollback", "start", "end", "set", "reset", "discard", "declare", "prepare", "deallocate",
     "close", "savepoint", "release", "listen", "unlisten", "notify", "vacuum", "analyze", "checkpoint", "lock", "move",
     "comment", "reindex", "cluster", "refresh", "load", "abort", "use", "system", "optimize", "kill", "exists",
     "describe", "desc", "attach", "detach", "rename", "exchange", "check", "security", "reassign"}
)  # fmt: skip
_WORD: Final = re.compile(r"\b(insert|update|delete|merge|returning|into|copy|program)\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Statement:
    """What one text of SQL does."""

    act: str
    """``read``, ``written``, ``other``."""
    words: str
    """Verbs in order: ``select``, ``copy to``, ``select; delete``."""
    tables: tuple[str, ...]
    answers: bool
    """Whether the answer can hold rows, or rows can leave on another way."""


def statement(sql: str, *, backslashes: bool = False) -> Statement:
    """Read the shape of a statement, or of several.

    Args:
        sql: The text. What stands in quotes, dollar quotes and comments is never looked at.
        backslashes: Whether a backslash hides the quote that follows, as in ClickHouse.
    """
    text, doubtful = _bare(sql[:_LONGEST], backslashes=backslashes)
    doubtful |= len(sql) > _LONGEST
    if len(text) > _REMEMBERED:
        return _shape(text, doubtful=doubtful)
    # Programs ask the same with other values.
    return _known_shape(_NUMBER.sub("0", text), doubtful=doubtful)


def _shape(text: str, *, doubtful: bool) -> Statement:
    verbs: list[str] = []
    reads = writes = answers = False
    for part in text.split(";"):
        bare = part.strip().lstrip("( \n\t\r")
        match = _VERB.match(bare)
        if match is None:
            continue
        verb = match[0].lower()
        inner = {word.lower() for word in _WORD.findall(bare)}
        if verb == "copy":
            into = re.search(r"\b(to|from)\b(?![^()]*\))", bare, re.IGNORECASE)
            away = into is None or into[1].lower() == "to" or "program" in inner
            verb = "copy to" if away else "copy from"
            reads |= away
            answers |= away
            writes |= not away
        elif verb in _READING:
            changes = verb in {"with", "select", "explain"} and inner & {
                "insert",
                "update",
                "delete",
                "merge",
                "into",
            }
            reads, answers = True, True
            writes |= bool(changes)
        elif verb in _WRITING:
            writes = True
            # A select that is written into a table answers nothing; into a function of a table it leaves.
            answers |= "returning" in inner or bool(re.search(r"\binto\s+function\b", bare, re.IGNORECASE))
        elif verb in _NEITHER:
            pass
        elif verb in {"backup", "restore"}:
            reads, answers = verb == "backup", verb == "backup"
        else:
            verb, reads, answers = "other", True, True
        if len(verbs) < 5 and (not verbs or verbs[-1] != verb):
            verbs.append(verb)
    if doubtful or not verbs:
        reads, answers = True, True
        verbs = verbs or ["other"]
    act = "read" if reads else "written" if writes else "other"
    return Statement(act, "; ".join(verbs), _tables(text), answers)


_known_shape = lru_cache(maxsize=4096)(_shape)


def _tables(text: str) -> tuple[str, ...]:
    found: dict[str, None] = {}
    for first in _TABLE.finditer(text):
        # Behind ``from`` a parenthesis makes it a function; elsewhere columns follow.
        reading = first["word"].lower() in {"from", "join"}
        match: re.Match[str] | None = first
        while match is not None and len(found) < _MOST_TABLES:
            name = re.sub(r"\s+", "", match["name"])
            called = reading and match["call"] is not None
            if not called and name.lower() not in _NOT_TABLES:
                found[name] = None
            match = _NEXT.match(text, match.end()) if reading and not called else None
    return tuple(found)


def _bare(sql: str, *, backslashes: bool) -> tuple[str, bool]:
    """The text without what is quoted, and whether it cannot be told where a quote ends."""
    parts: list[str] = []
    at = 0
    while (match := _SPECIAL.search(sql, at)) is not None:
        start, sign = match.start(), match[0]
        parts.append(sql[at:start])
        if sign == "'":
            end, doubtful = _quoted(sql, start, backslashes=backslashes)
            if doubtful:
                # Where the quote ends hangs on a setting: what follows may be a value.
                return "".join(parts), True
            parts.append(" ")
        elif sign in {'"', "`"}:
            end = sql.find(sign, start + 1) + 1 or len(sql)
            name = sql[start + 1 : end - 1]
            # An identifier; what could not be one without quotes is not looked at.
            parts.append(name if re.fullmatch(_NAME, name) else " ")
        elif sign == "$":
            tag = _TAG.match(sql, start)
            if tag is None or backslashes:
                end = start + 1
            else:
                end = sql.find(tag[0], tag.end())
                end = len(sql) if end < 0 else end + len(tag[0])
            parts.append(" ")
        elif sign == "/*":
            end, depth = start + 2, 1
            for mark in re.compile(r"/\*|\*/").finditer(sql, end):
                depth += 1 if mark[0] == "/*" and not backslashes else -1 if mark[0] == "*/" else 0
                end = mark.end()
                if not depth:
                    break
            end = len(sql) if depth else end
            parts.append(" ")
        else:
            end = sql.find("\n", start)
            end = len(sql) if end < 0 else end
        at = end
    parts.append(sql[at:])
    return "".join(parts), False


def _quoted(sql: str, start: int, *, backslashes: bool) -> tuple[int, bool]:
    """Where a literal ends, and whether that is in doubt."""
    escapes = backslashes or (
        start > 0 and sql[start - 1] in "eE" and not sql[start - 2 : start - 1].isalnum()
    )
    at = start + 1
    while True:
        end = sql.find("'", at)
        if end < 0:
            return len(sql), False
        run = 0
        while end - 1 - run > start and sql[end - 1 - run] == "\\":
            run += 1
        if run and not escapes:
            return end, True
        if run % 2:
            at = end + 1
        elif sql[end + 1 : end + 2] == "'":
            at = end + 2
        else:
            return end + 1, False
