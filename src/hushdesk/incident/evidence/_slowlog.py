"""Elasticsearch's slow log: how much the slowest searches found on each shard. It names no client."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final

from hushdesk.incident.evidence._dblog import Rows, clean, whole
from hushdesk.incident.evidence._search_words import search_words, target_of

WHY: Final = "only searches slower than a threshold are in it, by shard, and no client is named"
TEXT: Final = re.compile(
    rb"\[(?P<time>\d{4}-\d\d-\d\dT[^\]]{8,32})\]\[[A-Z]+ *\]\[(?P<log>[^\]]{0,80}slowlog[^\]]{0,40})\] *"
    rb"(?:\[(?P<node>[^\]]{0,255})\] *)?\[(?P<index>[^\]/]{1,255})(?:/[^\]]{0,64})?\](?:\[\d+\])?(?P<rest>.*)",
    re.DOTALL,
)
_FIELD: Final = re.compile(r"(took_millis|total_hits)\[([^\]]{0,40})\]")
_MESSAGE: Final = re.compile(r"\[([^\]/]{1,255})(?:/[^\]]{0,64})?\](?:\[\d+\])?")
_HITS: Final = re.compile(r"(\d{1,18})(\+?)(?: hits)?")


def is_slow(content: Mapping[str, Any]) -> bool:
    """Whether an object of a JSON log is one of the slow log's."""
    return (
        "slowlog" in str(content.get("type", ""))[:80]
        or "slowlog" in str(content.get("event.dataset", ""))[:80]
    )


def from_json(content: Mapping[str, Any]) -> dict[str, str]:
    """The fields of versions 7 and 8 under one name each."""
    found = {}
    for name in ("took_millis", "total_hits", "source", "message", "id"):
        value = content.get(f"elasticsearch.slowlog.{name}", content.get(name))
        found[name] = str(value) if isinstance(value, (str, int)) else ""
    found["log"] = str(content.get("type") or content.get("event.dataset"))[:80]
    found["node"] = clean(content.get("elasticsearch.node.name") or content.get("node.name"))
    found["user"] = clean(content.get("user.name"))
    message = _MESSAGE.match(found["message"])
    found["index"] = message[1] if message else ""
    return found


def from_text(match: re.Match[bytes]) -> dict[str, str]:
    """The same from a line of text."""
    rest = match["rest"].decode(errors="replace")
    start = rest.find("source[")
    # Fields stand before the source, where nothing of the request can pretend to be one.
    found = dict(_FIELD.findall(rest if start < 0 else rest[:start]))
    end = rest.rfind("]")
    found["source"] = rest[start + 7 : end] if 0 <= start < end else ""
    if ", id[" in found["source"]:
        found["source"] = found["source"][: found["source"].rfind("], id[")]
    found["log"] = match["log"].decode(errors="replace")
    found["node"] = clean((match["node"] or b"").decode(errors="replace"))
    found["index"] = match["index"].decode(errors="replace")
    return found


def add(rows: Rows, fields: Mapping[str, str], at: tuple[int, int], line: int) -> None:
    """The row of one line; it begins when the search began."""
    start = at[0] - 1000 * (whole(fields.get("took_millis", "")) or 0)
    target = target_of([fields["index"]])
    server, user = fields["node"], fields.get("user", "")
    if "indexing" in fields["log"]:
        rows.add(start, at[1], ("", None), "written", line, server=server, user=user, target=target, asked="index",
                 rows=(0, 0), why="the slow log counts no bytes", session="")  # fmt: skip
        return
    words, most, why = search_words(fields["source"]) if fields.get("source") else ("search", None, "")
    hits = _HITS.fullmatch(fields.get("total_hits", ""))
    if hits and not hits[2] and why == "" and (most is None or int(hits[1]) < most):
        most = int(hits[1])
    rows.add(start, at[1], ("", None), "read", line, server=server, user=user, target=target, asked=words,
             rows=(0, most), why=why or "the slow log counts what was found, not what was sent",
             session=clean(fields.get("id"), 64))  # fmt: skip
