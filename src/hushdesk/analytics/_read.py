"""One case, as far as the reader may see it."""

from __future__ import annotations

from typing import Any

from hushdesk.analytics._columns import shown
from hushdesk.analytics._compile import Queryable, compile_query
from hushdesk.analytics._results import CaseView, MessageView
from hushdesk.analytics._scope import Scope
from hushdesk.analytics._search import UNKNOWN
from hushdesk.cases import SEALED_SCHEMA

_COLUMNS = tuple(name for name in SEALED_SCHEMA.names if name not in {"content_mac", "load_id"})


def read(store: Queryable, name: str, scope: Scope) -> CaseView | None:
    """The case with this id; failing that, the newest with this number; None if the scope has none."""
    limits = compile_query(store, "", scope)
    parts = ", ".join(f"{shown(column, scope)} AS `shown.{column}`" for column in _COLUMNS)
    hidden = (
        "0"
        if scope.internal
        else "toUInt32(notEmpty(remarks) + length(notes) + countEqual(arrayMap(v -> v = 'public', "
        "`messages.visibility`), 0))"
    )
    conditions = ["case_id = {name:String}"]
    tokens = store.query("SELECT hushTokens({name:String})", {"name": name}).column(0)[0].as_py()
    if tokens:
        conditions.append("hasAllTokens(public_body, {tokens:Array(String)}) AND number = {name:String}")
    for condition in conditions:
        rows = store.query(
            f"SELECT {parts}, {hidden} AS hidden FROM cases WHERE {condition} AND {limits.sql} "  # noqa: S608
            "ORDER BY opened_at DESC, case_id DESC LIMIT 1",
            {**limits.params, "name": name, "tokens": tokens},
        ).to_pylist()
        if rows:
            return _view(rows[0])
    return None


def _view(row: dict[str, Any]) -> CaseView:
    case = {name: row[f"shown.{name}"] for name in _COLUMNS}
    columns = ("text", "visibility", "at", "role", "author", "attachments")
    messages = tuple(
        MessageView(
            text=text,
            visibility="public" if visibility == "public" else "internal",
            at=None if at == UNKNOWN else at,
            role=role,
            author=author,
            attachments=tuple(attachments.split("\n")) if attachments else (),
        )
        for text, visibility, at, role, author, attachments in zip(
            *(case.pop(f"messages.{name}") for name in columns), strict=True
        )
    )
    values: dict[str, Any] = {
        name: tuple(value) if isinstance(value, list) else value for name, value in case.items()
    }
    values["opened_at"] = None if case["opened_at"] == UNKNOWN else case["opened_at"]
    return CaseView(**values, messages=messages, internal_hidden=row["hidden"])
