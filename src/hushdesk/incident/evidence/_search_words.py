"""What was asked of Elasticsearch or OpenSearch, in fixed words with numbers: never a value that was searched for."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final
from urllib.parse import parse_qs

_INDEX: Final = re.compile(r"[a-z0-9._*,+-]{1,255}")
_DEFAULT_SIZE: Final = 10
_MOST_SIZE: Final = 2**31 - 1
_NO_HITS: Final = "the log does not count what was found"
_NO_BODY: Final = "bodies of requests are not in the log, and they say how much was asked for"
_BUCKETS: Final = "aggregations and inner hits can hold more than the hits"
_PACKED: Final = frozenset(
    {"aggs", "aggregations", "inner_hits", "top_hits", "suggest", "rescore", "retriever"}
)


@dataclass(frozen=True, slots=True)
class Asked:
    """What one request wanted."""

    act: str
    """``read``, ``written``, ``other``, as in the rows."""
    words: str
    most: int | None
    """Documents in the answer at most; None if nothing says."""
    why: str = ""
    target: str = ""
    """Indices."""


_NONE_HELD: Final = 0
# By the longest beginning of a transport action. Numbers are documents that the answer can hold.
_ACTIONS: Final[tuple[tuple[str, str, str, int | None], ...]] = (
    ("indices:data/read/scroll/clear", "close scroll", "other", 0),
    ("indices:data/read/scroll", "scroll", "read", None),
    ("indices:data/read/search", "search", "read", None),
    ("indices:data/read/msearch", "multi-search", "read", None),
    ("indices:data/read/mget", "multi-get", "read", None),
    ("indices:data/read/get", "get", "read", 1),
    ("indices:data/read/explain", "explain", "read", 1),
    ("indices:data/read/field_caps", "list fields", "other", 0),
    ("indices:data/read/open_point_in_time", "open point in time", "other", 0),
    ("indices:data/read/close_point_in_time", "close point in time", "other", 0),
    ("indices:data/read/async_search", "asynchronous search", "read", None),
    ("indices:data/read/esql", "esql", "read", None),
    ("indices:data/read/sql", "sql", "read", None),
    ("indices:data/read/eql", "eql", "read", None),
    ("indices:data/read/", "read", "read", None),
    ("indices:data/write/update/byquery", "update by query", "written", 0),
    ("indices:data/write/delete/byquery", "delete by query", "written", 0),
    ("indices:data/write/update", "update", "written", 1),
    ("indices:data/write/index", "index", "written", 0),
    ("indices:data/write/delete", "delete", "written", 0),
    ("indices:data/write/reindex", "reindex", "written", 0),
    ("indices:data/write/bulk", "bulk", "written", None),
    ("indices:data/write/", "write", "written", None),
    ("indices:admin/delete", "delete index", "written", 0),
    ("indices:admin/create", "create index", "written", 0),
    ("indices:admin/get", "list", "other", 0),
    ("indices:admin/mappings/", "list", "other", 0),
    ("indices:admin/resolve/", "list", "other", 0),
    ("indices:admin/", "administration", "written", 0),
    ("indices:monitor/", "list", "other", 0),
    ("cluster:monitor/", "list", "other", 0),
    # Into a repository of the asker's own choice, everything can go.
    ("cluster:admin/snapshot/create", "snapshot", "read", None),
    ("cluster:admin/repository/put", "add repository", "written", 0),
    ("cluster:admin/repository/get", "list", "other", 0),
    ("cluster:admin/snapshot/get", "list", "other", 0),
    ("cluster:admin/", "administration", "written", 0),
    ("internal:", "internal", "other", 0),
)
# Endpoints that read: word and documents at most.
_READS: Final[Mapping[str, tuple[str, int | None]]] = {
    "_msearch": ("multi-search", None),
    "_mget": ("multi-get", None),
    "_async_search": ("asynchronous search", None),
    "_sql": ("sql", None),
    "_query": ("esql", None),
    "_eql": ("eql", None),
    "_graph": ("graph", None),
    "_terms_enum": ("list terms", None),
    "_suggest": ("suggest", None),
    "_termvectors": ("term vectors", None),
    "_mtermvectors": ("term vectors", None),
    "_knn_search": ("search", None),
    "_count": ("count", 0),
    "_explain": ("explain", 1),
}
_WRITES: Final[Mapping[str, tuple[str, int | None]]] = {
    "_bulk": ("bulk", None),
    "_update": ("update", 1),
    "_update_by_query": ("update by query", 0),
    "_delete_by_query": ("delete by query", 0),
    "_reindex": ("reindex", 0),
}
_LISTS: Final = frozenset(
    {
        "_cat",
        "_cluster",
        "_nodes",
        "_stats",
        "_mapping",
        "_mappings",
        "_settings",
        "_alias",
        "_aliases",
        "_resolve",
        "_field_caps",
        "_segments",
        "_recovery",
        "_tasks",
        "_ilm",
        "_template",
        "_index_template",
        "_component_template",
        "_license",
        "_xpack",
        "_ingest",
        "_security",
        "_remote",
        "_snapshot",
        "_shard_stores",
        "_data_stream",
        "_validate",
        "_pit",
        "_refresh",
        "_flush",
        "_forcemerge",
        "_open",
        "_close",
        "_cache",
        "_clone",
        "_shrink",
        "_split",
        "_rollover",
        "_analyze",
        "_scripts",
        "_migration",
        "_health_report",
        "_slm",
        "_watcher",
    }
)
_BULK: Final = "an update within a bulk can answer with its document"


@lru_cache(maxsize=4096)
def by_action(action: str, target: str = "") -> Asked:
    """What a transport action like ``indices:data/read/search`` wants of some indices."""
    for start, words, act, most in _ACTIONS:
        if action.startswith(start):
            why = "" if most is not None else _BULK if words == "bulk" else _NO_HITS
            return Asked(act, words, most, why, target)
    return Asked("other", "other", None, _NO_HITS, target)


def by_request(method: str, path: str, query: str, body: str | None) -> Asked:
    """What a REST request wants.

    Args:
        method: ``GET``.
        path: ``/cases/_search``, without the query.
        query: ``size=10&scroll=1m``.
        body: None if the log does not hold bodies.
    """
    parts = [part for part in path.split("/")[:12] if part]
    place = next((i for i, part in enumerate(parts) if part.startswith("_") and part != "_all"), len(parts))
    end = parts[place] if place < len(parts) else ""
    after = parts[place + 1 :]
    target = target_of(parts[:1]) if place else ""
    reads = method in {"GET", "HEAD", "OPTIONS"}
    if method == "HEAD":
        return Asked("other", "exists", 0, "", target)
    if end == "_search":
        return _search(method, after, query, body, target)
    if end in _READS:
        if end in {"_async_search", "_sql"} and method == "DELETE":
            return Asked("other", "close", 0, "", target)
        words, most = _READS[end]
        return Asked("read", words, most, "" if most is not None else _NO_HITS, target)
    if end in _WRITES:
        words, most = _WRITES[end]
        return Asked("written", words, most, "" if most is not None else _BULK, target)
    if end == "_snapshot":
        if reads:
            return Asked("other", "list", 0)
        if len(after) > 1 and method != "DELETE":
            return Asked("read", "snapshot", None, "a snapshot can hold everything")
        return Asked("written", "repository", 0)
    if end in {"_doc", "_source", "_create"} or (not end and 2 <= len(parts) <= 3):
        if reads:
            return Asked("read", "get", 1, "", target)
        return Asked("written", "delete" if method == "DELETE" else "index", 0, "", target)
    if end in _LISTS:
        return Asked("other" if reads else "written", "list" if reads else "administration", 0, "", target)
    if not end:
        if not parts:
            return Asked("other", "banner", 0)
        words = {"DELETE": "delete index", "PUT": "create index"}.get(method, "list")
        return Asked("other" if reads else "written", words, 0, "", target)
    return Asked("read" if reads else "other", "other", None, _NO_HITS, target)


def _search(method: str, after: list[str], query: str, body: str | None, target: str) -> Asked:
    if after[:1] == ["scroll"]:
        if method == "DELETE":
            return Asked("other", "close scroll", 0)
        return Asked("read", "scroll", None, "a page of a scroll is as long as its first search said")
    if after:
        return Asked("read", "search", None, _NO_HITS, target)
    try:
        given = parse_qs(query[:8192], max_num_fields=100)
    except ValueError:
        return Asked("read", "search", None, _NO_HITS, target)
    size = _size(given["size"][-1]) if "size" in given else None
    words, most, why = search_words("" if body is None else body, size)
    if "scroll" in given:
        words += " scroll"
    if body is None:
        # What stands in the body can add to the size, and replace it where the query names none.
        words = f"search size={size}" if size is not None else "search"
        words += " scroll" if "scroll" in given else ""
        most, why = None, _NO_BODY
    elif "source" in given or ("size" in given and size is None):
        most, why = None, _NO_HITS
    return Asked("read", words, most, why, target)


def search_words(body: str, size: int | None = None) -> tuple[str, int | None, str]:
    """Words, documents at most and why nothing says, for the body of a search.

    Args:
        body: JSON; empty for none.
        size: The size that the query of the request names: it wins.
    """
    content: object = {}
    if body.strip():
        try:
            content = json.loads(body)
        except (ValueError, RecursionError):
            content = None
    if not isinstance(content, dict):
        return (
            ("search" if size is None else f"search size={size}"),
            None,
            "the body of the search cannot be read",
        )
    if size is None and "size" in content:
        size = _size(content["size"])
        if size is None:
            return "search", None, "the size of the search cannot be read"
    size = _DEFAULT_SIZE if size is None else size
    packed = _holds(content)
    words = f"search size={size}{' aggregations' if packed else ''}"
    return (words, None, _BUCKETS) if packed else (words, size, "")


def _size(value: object) -> int | None:
    if isinstance(value, str) and value.isascii() and value.isdigit() and len(value) < 11:
        value = int(value)
    if isinstance(value, bool) or not isinstance(value, int):
        return None
    return value if 0 <= value <= _MOST_SIZE else None


def _holds(content: Any) -> bool:
    """Whether the answer can hold more than its hits."""
    rest = [content]
    while rest:
        part = rest.pop()
        if isinstance(part, dict):
            if not _PACKED.isdisjoint(part):
                return True
            rest.extend(part.values())
        elif isinstance(part, list):
            rest.extend(part)
    return False


def target_of(indices: Iterable[object]) -> str:
    """Names of indices, the first ten; what cannot be a name of one is left out."""
    names = [name for name in indices if isinstance(name, str) and _INDEX.fullmatch(name)]
    return ",".join(names[:10]) + (f",+{len(names) - 10}" if len(names) > 10 else "")
