"""The schema file, its version, and the shape of rows on their way in and out."""

from __future__ import annotations

import re
from functools import cache
from importlib.resources import files
from typing import Final

from hushdesk.cases import SEALED_SCHEMA

SCHEMA_VERSION: Final = 1
"""Raised whenever ``schema.sql`` changes in a way that old stores do not have."""

SPLIT_COLUMNS: Final = {
    "messages.text": ("messages.public", "messages.internal"),
    "messages.attachments": ("messages.public_attachments", "messages.internal_attachments"),
}
"""Sealed columns that are stored apart by visibility: name -> (public part, internal part)."""

SEALED_COLUMNS: Final = tuple(SEALED_SCHEMA.names)
"""The columns of a sealed case in their order."""

# Scripts written without spaces, and Hangul, whose particles cling to words; U+30FC is the long-vowel mark.
_SINGLE = r"\p{Han}\p{Hiragana}\p{Katakana}\p{Bopomofo}\p{Hangul}\p{Thai}\p{Lao}\p{Khmer}\p{Myanmar}\x{30FC}"
TOKEN_PATTERN: Final = (
    rf"[a-z]+(?:_[a-z]+)?_[0-9a-z]{{14}}\b|[{_SINGLE}]|[^\p{{C}}\p{{P}}\p{{S}}\p{{Z}}{_SINGLE}]+"
)
"""RE2: a pseudonym, a character of a script without spaces, or a run of letters, marks and digits."""

GRANULARITY: Final = 1024
"""Rows a granule: small, because a row is two kilobytes and a page of hits touches twenty granules."""


def _literal(text: str) -> str:
    return text.replace("\\", "\\\\").replace("'", "\\'")


@cache
def statements() -> tuple[str, ...]:
    """The statements of the schema file, ready to run."""
    text = files("hushdesk.store").joinpath("schema.sql").read_text("utf-8")
    text = text.replace("@TOKEN@", _literal(TOKEN_PATTERN)).replace("@GRANULARITY@", str(GRANULARITY))
    bare = re.sub(r"^\s*--.*$", "", text, flags=re.MULTILINE)
    return tuple(part.strip() for part in bare.split(";\n") if part.strip())


def quoted(column: str) -> str:
    """The column's name as an SQL identifier."""
    if not re.fullmatch(r"[a-z_]+(\.[a-z_]+)?", column):
        raise ValueError("not a column name")
    return f"`{column}`"


def sealed_select() -> str:
    """A select list that gives the sealed columns under their own names, in order."""
    return ", ".join(quoted(name) for name in SEALED_COLUMNS)
