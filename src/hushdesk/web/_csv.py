"""The CSV twin of a result list: streamed, whole, and harmless in a spreadsheet."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime

from hushdesk.analytics import CaseView

COLUMNS = (
    "case_id",
    "source",
    "number",
    "opened_at",
    "updated_at",
    "closed_at",
    "first_reply_at",
    "product",
    "channel",
    "language",
    "status",
    "priority",
    "category",
    "country",
    "customer",
    "agent",
    "contract",
    "tags",
    "kinds",
    "subject",
    "description",
    "conversation",
    "resolution",
    "remarks",
    "notes",
)
"""Columns of the export, one row a case."""

# What spreadsheets take for the start of a formula, full-width forms included.
_FORMULA = ("=", "+", "-", "@", "＝", "＋", "－", "＠", "|", "%")


def safe_cell(text: str) -> str:
    """A text that no spreadsheet takes for a formula: an apostrophe is put before what looks like one."""
    bare = text.lstrip(" \t\r\n\v\f\u00a0\u200b\ufeff\u3000")
    return "'" + text if bare.startswith(_FORMULA) or text[:1] in {"\t", "\r", "\n"} else text


def stream(cases: Iterable[CaseView]) -> Iterator[bytes]:
    """The export in pieces of UTF-8, with a byte order mark so that spreadsheets read every script."""
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\r\n")
    buffer.write("\ufeff")
    writer.writerow(COLUMNS)
    for case in cases:
        writer.writerow([safe_cell(text) for text in _row(case)])
        if buffer.tell() > 32_768:
            yield buffer.getvalue().encode("utf-8", "replace")
            buffer.seek(0)
            buffer.truncate()
    yield buffer.getvalue().encode("utf-8", "replace")


def _row(case: CaseView) -> list[str]:
    row = []
    for name in COLUMNS:
        if name == "conversation":
            row.append(_conversation(case))
            continue
        value = getattr(case, name)
        if isinstance(value, datetime):
            row.append(value.astimezone(UTC).isoformat(timespec="seconds"))
        elif isinstance(value, tuple):
            row.append(("\n\n" if name == "notes" else ", ").join(value))
        else:
            row.append("" if value is None else str(value))
    return row


def _conversation(case: CaseView) -> str:
    parts = []
    for message in case.messages:
        at = message.at.astimezone(UTC).isoformat(timespec="minutes") if message.at else ""
        head = " · ".join(part for part in (at, message.role, message.author, message.visibility) if part)
        parts.append(f"[{head}]\n{message.text}")
    return "\n\n".join(parts)
