"""Values on their way into a query: always parameters, never part of its text."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

_ESCAPES = str.maketrans(
    {
        "\\": "\\\\",
        "\t": "\\t",
        "\n": "\\n",
        "\r": "\\r",
        "\0": "\\0",
        "\b": "\\b",
        "\f": "\\f",
        "'": "\\'",
    }
)


def _escaped(text: str) -> str:
    # A lone surrogate cannot be UTF-8; no stored text has one, so a mark that matches nothing does.
    return text.encode("utf-8", "replace").decode("utf-8").translate(_ESCAPES)


def _plain(value: Any) -> str:
    if isinstance(value, str):
        return _escaped(value)
    if isinstance(value, bool):
        return "1" if value else "0"
    if isinstance(value, int | float):
        return repr(value)
    if isinstance(value, datetime):
        if value.tzinfo is None:
            raise ValueError("a time without zone")
        return value.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S.") + f"{value.microsecond // 1000:03d}"
    raise TypeError(f"no parameter of type {type(value).__name__}")


def _element(value: Any) -> str:
    text = _plain(value)
    return f"'{text}'" if isinstance(value, str | datetime) else text


def encode(params: Mapping[str, Any]) -> dict[str, str]:
    """The engine's text form of each parameter; lists become arrays."""
    out: dict[str, str] = {}
    for name, value in params.items():
        if isinstance(value, Sequence) and not isinstance(value, str | bytes):
            out[name] = "[" + ",".join(_element(v) for v in value) + "]"
        else:
            out[name] = _plain(value)
    return out


def settings_clause(settings: Mapping[str, int | float | str]) -> str:
    """The ``SETTINGS`` clause for a query, empty if there is nothing to set."""
    parts = []
    for name, value in settings.items():
        if not re.fullmatch(r"[a-z][a-z0-9_]*", name):
            raise ValueError("not the name of a setting")
        parts.append(f"{name} = " + (f"'{_escaped(value)}'" if isinstance(value, str) else repr(value)))
    return " SETTINGS " + ", ".join(parts) if parts else ""
