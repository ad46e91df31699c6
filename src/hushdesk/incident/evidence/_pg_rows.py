"""Rows in an answer, where pgaudit or auto_explain count them."""

from __future__ import annotations

import csv
import re
from dataclasses import dataclass
from typing import Final

from hushdesk.incident.evidence._dblog import MOST_ROWS, clean, whole
from hushdesk.incident.evidence._sql_words import Statement, statement

_AUDIT: Final = re.compile(r"AUDIT: (?:SESSION|OBJECT),\d{1,10},\d{1,10},")
_CLASSES: Final = frozenset({"READ", "WRITE", "FUNCTION", "ROLE", "DDL", "MISC", "MISC_SET"})
_OBJECT: Final = re.compile(r"[A-Za-z_][\w$]{0,62}(?:\.[A-Za-z_][\w$]{0,62}){0,2}", re.ASCII)
_PLAN: Final = re.compile(r"duration: \d{1,12}(?:\.\d+)? ms  plan:\s*")
_TEXT_ROWS: Final = re.compile(
    r"\(actual (?:time=\d+\.\d+\.\.\d+\.\d+ )?rows=(\d{1,18})(?:\.0+)? loops=(\d{1,9})\)"
)
_JSON_ROWS: Final = re.compile(r'"Actual Rows": (\d{1,18})(?:\.0+)?\b')
_JSON_LOOPS: Final = re.compile(r'"Actual Loops": (\d{1,9})\b')
_LONGEST: Final = 100_000


@dataclass(frozen=True, slots=True)
class Audited:
    """One line of pgaudit."""

    act: str
    asked: str
    target: str
    rows: tuple[int, int | None]
    exact: bool


def audit_rows(message: str) -> Audited | None:
    """What a line of pgaudit says; None if it is none. Rows are exact with ``pgaudit.log_rows``."""
    if not _AUDIT.match(message) or len(message) > _LONGEST:
        return None
    try:
        fields = next(csv.reader([message.removeprefix("AUDIT: ")], strict=True), [])
    except csv.Error:
        return None
    if len(fields) < 9 or fields[3] not in _CLASSES:
        return None
    done = statement(fields[7]) if fields[7] and not fields[7].startswith("<") else None
    act = {"READ": "read", "FUNCTION": "read", "MISC": "other", "MISC_SET": "other"}.get(fields[3], "written")
    asked = clean(fields[4].lower(), 40) if re.fullmatch(r"[A-Za-z ]{1,40}", fields[4]) else "other"
    target = fields[6] if _OBJECT.fullmatch(fields[6]) else clean(",".join(done.tables), 400) if done else ""
    counted = whole(fields[9]) if len(fields) > 9 else None
    if counted is not None:
        # Changes count the rows that they touch: these come back only where they are asked to.
        answers = act == "read" or done is None or done.answers
        return Audited(
            act, asked, target, (counted if act == "read" else 0, counted if answers else 0), exact=True
        )
    silent = act != "read" and done is not None and not done.answers
    return Audited(act, asked, target, (0, 0 if silent else None), exact=False)


def plan_rows(message: str, *, nested: bool) -> tuple[Statement, tuple[int, int | None]] | None:
    """What a plan of auto_explain says; None if it is none.

    Args:
        message: The message, plan and all; text or JSON.
        nested: The statement ran within a function: its rows went there, and on to the client perhaps.
    """
    match = _PLAN.match(message)
    if match is None:
        return None
    plan = message[match.end() : match.end() + (1 << 20)]
    if plan.startswith("{"):
        # The outermost node is printed first, and its counts before those of the nodes below.
        query = re.search(r'"Query Text": "((?:[^"\\]|\\.)*)"', plan)
        sql, rest = (query[1], plan[query.end() :]) if query else ("", plan)
        sql = sql.replace('\\"', '"').replace("\\n", "\n")
        rows, loops = _JSON_ROWS.search(rest), _JSON_LOOPS.search(rest)
        below = rest.find('"Plans":')
        if rows is None or (0 <= below < rows.start()):
            rows = loops = None
        count = int(rows[1]) * int(loops[1] if loops else 1) if rows else None
    else:
        sql, rest = _text_plan(plan)
        first = rest.split("\n", 1)[0]
        found = _TEXT_ROWS.search(first)
        count = int(found[1]) * int(found[2]) if found else None
    done = statement(sql)
    if count is None or count > MOST_ROWS:
        return done, (0, None if done.answers else 0)
    if not done.answers:
        return done, (0, 0)
    least = 0 if nested or done.act != "read" else count
    return done, (least, count)


_NODE: Final = re.compile(
    r"^\s*[A-Z][A-Za-z -]{1,60}[^\n]{0,400}\(cost=\d+\.\d+\.\.\d+\.\d+ rows=\d+ width=\d+\)", re.MULTILINE
)


def _text_plan(plan: str) -> tuple[str, str]:
    """The statement and the plan behind it. A statement could quote a plan, so the last outermost node counts."""
    body = plan.removeprefix("Query Text: ")
    nodes = [each for each in _NODE.finditer(body) if "->" not in each[0]]
    if not nodes:
        return body, ""
    start = nodes[-1].start()
    return body[:start], body[start:].lstrip()
