"""The OpenAPI document: every twin with all the answers that it may give."""

from __future__ import annotations

from typing import Any, Final

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi

_ERRORS: Final = {
    "400": "The address says something that cannot be used; where a query is to blame, `position` points at it.",
    "401": "Nobody is signed in, or the token is unknown, expired or revoked.",
    "403": "The account or the token may not do this, or the answer would be about too few persons.",
    "404": "There is nothing of this name among what the account may see.",
    "409": "It is there and cannot be read now; the problem says why.",
    "429": "Asked too often; `retry-after` says for how long to wait, where that is known.",
}
_ERROR: Final[dict[str, Any]] = {
    "type": "object",
    "required": ["error"],
    "properties": {
        "error": {
            "type": "object",
            "required": ["problem", "remedy"],
            "properties": {
                "problem": {"type": "string", "description": "What is wrong, in one line."},
                "remedy": {"type": "string", "description": "What to do about it; may be empty."},
                "position": {
                    "type": ["integer", "null"],
                    "description": "Where in the query, counted in characters from 0.",
                },
            },
        }
    },
}
_RUNNING: Final = "The answer is being worked out; ask again in a moment."
_MAY_RUN: Final = "/visitor/"


def document(app: FastAPI) -> dict[str, Any]:
    """Describe the twins of the pages.

    Args:
        app: The application with all its routes.

    Returns:
        An OpenAPI document as plain values.
    """
    found: dict[str, Any] = get_openapi(
        title=app.title,
        version=app.version,
        routes=app.routes,
        description="The data of the pages. Every address takes the session of a browser or `Authorization: Bearer` with an API token.",
    )
    parts = found.setdefault("components", {})
    parts["schemas"] = {"Error": _ERROR}
    parts["securitySchemes"] = {
        "session": {"type": "apiKey", "in": "cookie", "name": "hushdesk"},
        "token": {"type": "http", "scheme": "bearer"},
    }
    found["security"] = [{"token": []}, {"session": []}]
    for path, operations in found["paths"].items():
        for operation in operations.values():
            operation["responses"] = _responses(path)
    return found


def _responses(path: str) -> dict[str, Any]:
    kind = "text/csv; charset=utf-8" if path.endswith(".csv") else "application/json"
    schema = {"type": "string"} if path.endswith(".csv") else {"type": "object"}
    found: dict[str, Any] = {
        "200": {"description": "What was asked for.", "content": {kind: {"schema": schema}}}
    }
    if _MAY_RUN in path:
        found["202"] = {
            "description": _RUNNING,
            "content": {"application/json": {"schema": {"type": "object"}}},
        }
    error = {"application/json": {"schema": {"$ref": "#/components/schemas/Error"}}}
    return found | {status: {"description": text, "content": error} for status, text in _ERRORS.items()}
