"""What becomes of a sealed case: somebody taken out of it, or everything but what charts count."""

from __future__ import annotations

from collections.abc import Collection
from datetime import UTC, datetime
from typing import Any, Final

from hushdesk.vault import TOKEN_PATTERN

MARK: Final = "[ERASED]"
"""Begins the subject of a case that was emptied, and stands in place of the contract where a case's customer was erased.

Counts that hide small groups read it there: all such cases count as those of one person, for nobody can tell any more of how
many they are.
"""

EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)

_TEXTS: Final = (
    "number", "subject", "description", "resolution", "remarks",
    "product", "channel", "status", "priority", "category",
)  # fmt: skip
_LISTS: Final = ("notes", "messages.text", "messages.attachments", "tags", "attachments")
_PEOPLE: Final = ("customer", "agent", "contract")
_COUNTED: Final = (
    "source", "country", "product", "channel", "language", "status", "priority", "category", "load_id",
)  # fmt: skip


def without(row: dict[str, Any], gone: Collection[str], mac: bytes) -> dict[str, Any]:
    """The case without some of its pseudonyms: a neutral mark such as ``[EMAIL]`` stands in their place.

    Args:
        row: A row of the sealed schema.
        gone: The pseudonyms.
        mac: Content MAC that the row is to have.
    """
    leaving = set(gone)

    def clean(text: str) -> str:
        return TOKEN_PATTERN.sub(
            lambda match: f"[{_kind(match[0])}]" if match[0] in leaving else match[0], text
        )

    out = dict(row)
    for name in _TEXTS:
        out[name] = clean(row[name])
    for name in _LISTS:
        out[name] = [clean(text) for text in row[name]]
    for name in _PEOPLE:
        out[name] = "" if row[name] in leaving else row[name]
    if row["customer"] in leaving:
        out["contract"] = MARK
    out["messages.author"] = ["" if one in leaving else one for one in row["messages.author"]]
    for name in ("people", "tokens"):
        out[name] = [one for one in row[name] if one not in leaving]
    out["content_mac"] = mac
    # Who may not read internal notes still counts a kind where it was public before.
    hidden = [kind for kind in row["kinds"] if _public(row, kind) and not _public(out, kind)]
    if hidden:
        out["subject"] = " ".join([out["subject"], *(f"[{kind}]" for kind in hidden)]).strip()
    return out


def emptied(row: dict[str, Any], case_id: str, mac: bytes) -> dict[str, Any]:
    """What charts count of a case, and nothing else: no text, no person, no number, no id, no time of day.

    Args:
        row: A row of the sealed schema.
        case_id: The new id; it must have nothing to do with the old one.
        mac: The new content MAC; likewise.
    """
    public = [kind for kind in row["kinds"] if _public(row, kind)]
    # A category or a product in which a pseudonym stands is no category.
    kept = {
        name: "" if isinstance(row[name], str) and TOKEN_PATTERN.search(row[name]) else row[name]
        for name in _COUNTED
    }
    count = len(row["messages.text"])
    return {
        **kept,
        "case_id": case_id,
        "content_mac": mac,
        "number": "",
        "opened_at": _day(row["opened_at"]),
        "updated_at": _day(row["updated_at"]),
        "closed_at": _day(row["closed_at"]),
        "first_reply_at": _day(row["first_reply_at"]),
        "subject": " ".join([MARK, *(f"[{kind}]" for kind in public)]),
        "description": "",
        "resolution": "",
        "remarks": "",
        "notes": [],
        "messages.text": [""] * count,
        "messages.visibility": list(row["messages.visibility"]),
        "messages.at": [EPOCH] * count,
        "messages.role": list(row["messages.role"]),
        "messages.author": [""] * count,
        "messages.attachments": [""] * count,
        "customer": "",
        "agent": "",
        "people": [],
        "tokens": [],
        "kinds": list(row["kinds"]),
        "tags": [tag for tag in row["tags"] if not TOKEN_PATTERN.search(tag)],
        "contract": MARK,
        "attachments": [],
    }


def _kind(token: str) -> str:
    return token.rpartition("_")[0]


def _day(time: datetime | None) -> datetime | None:
    return None if time is None else time.replace(hour=0, minute=0, second=0, microsecond=0)


def _public(row: dict[str, Any], kind: str) -> bool:
    """Whether a kind shows in the public part of a case, as the store's own column ``internal_kinds`` has it."""
    if row["customer"].startswith(f"{kind}_") or row["agent"].startswith(f"{kind}_"):
        return True
    texts = [row[name] for name in ("number", "subject", "description", "resolution", "category")]
    texts += [*row["attachments"], *row["tags"]]
    for text, names, seen in zip(
        row["messages.text"], row["messages.attachments"], row["messages.visibility"], strict=True
    ):
        if seen == "public":
            texts += [text, names]
    return any(kind in text for text in texts)
