"""What each column shows in a scope: internal parts are cut in the query, not in the page."""

from __future__ import annotations

from typing import Final

from hushdesk.analytics._scope import Scope
from hushdesk.cases import SEALED_SCHEMA

_PUBLIC: Final = {
    "remarks": "''",
    "notes": "emptyArrayString()",
    # Read from the public list alone, so that the internal one is not even touched.
    "messages.text": "arrayFilter((x, v) -> v = 'public', `messages.public`, `messages.visibility`)",
    "messages.attachments": "arrayFilter((x, v) -> v = 'public', `messages.public_attachments`, `messages.visibility`)",
    "messages.visibility": "arrayFilter(v -> v = 'public', `messages.visibility`)",
    **{
        f"messages.{name}": f"arrayFilter((x, v) -> v = 'public', `messages.{name}`, `messages.visibility`)"
        for name in ("at", "role", "author")
    },
    "people": "arrayFilter(t -> NOT has(internal_tokens, t), people)",
    "tokens": "arrayFilter(t -> NOT has(internal_tokens, t), tokens)",
    "kinds": "arrayFilter(k -> NOT has(internal_kinds, k), kinds)",
}

EXPORTED: Final = tuple(name for name in SEALED_SCHEMA.names if name not in {"content_mac", "load_id"})
"""Columns that an export may have, in their order."""


def shown(column: str, scope: Scope) -> str:
    """The column as this scope may see it, as SQL."""
    if column not in SEALED_SCHEMA.names:
        raise ValueError("not a sealed column")
    return f"`{column}`" if scope.internal or column not in _PUBLIC else _PUBLIC[column]


def message_count(scope: Scope) -> str:
    """How many messages this scope may see, as SQL."""
    return "length(`messages.role`)" if scope.internal else "countEqual(`messages.visibility`, 'public')"
