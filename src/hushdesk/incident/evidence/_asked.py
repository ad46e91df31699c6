"""What a request over HTTP asked for, in fixed words: never a value that stood in it."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from enum import Enum
from functools import lru_cache
from typing import Final
from urllib.parse import unquote, unquote_plus

IDENT: Final = "{id}"
MAIL: Final = "{e-mail}"
TEXT: Final = "{text}"


class Does(Enum):
    """What a request does to the store."""

    READ = "read"
    WRITTEN = "written"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Asked:
    """One request."""

    target: str
    """Path without query; segments that look like somebody's are replaced."""
    words: str
    """``search size=10000``."""
    does: Does
    most: int | None = None
    """So many documents the answer holds at most, if it is a good one; ``None``: the request does not say."""
    one: bool = False
    """A good answer holds exactly one document."""
    why: str = ""
    """Why the number of documents is not known better."""


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


_BODY = "the request's body, which may ask for more, is not in the log"
_PAGE = "the log does not count what an answer holds"
_MOST = "no more than were asked for, maybe fewer"

NO_HTTP: Final = Asked("", "no HTTP request", Does.OTHER, 0)

_METHOD = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]{1,32}")
_PROTOCOL = re.compile(r"HTTP/\d(?:\.\d)?")
_ABSOLUTE = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*://[^/?#]*")
_UUID = re.compile(r"\{?[0-9A-Fa-f]{8}-?(?:[0-9A-Fa-f]{4}-?){3}[0-9A-Fa-f]{12}\}?")
_HEX = re.compile(r"(?=.*\d)[0-9A-Fa-f]{8,}")
_NUMBER = re.compile(r"[+-]?[\d.,:_-]*\d[\d.,:_-]*")
_KEY = re.compile(r"[A-Za-z][A-Za-z0-9]{0,15}[-_]\d{1,12}|[A-Za-z]{1,16}\d{3,12}")
_PLAIN = re.compile(r"[A-Za-z0-9._~$@:+,*-]*")
_VERSION = re.compile(r"v?\d{1,2}(?:\.\d{1,2}){0,2}", re.IGNORECASE)
_INDEX = re.compile(r"[A-Za-z0-9._,*+<>{}/:|-]{1,255}")
_DATE = re.compile(r"(?<!\d)(?:19|20)\d\d(?:[-_.]?\d\d){0,2}(?!\d)")
_FILES = _words(
    "7z bak bz2 csv db dmp doc docx dump eml gz json jsonl log mbox mdb ndjson odt ods parquet pdf pst rar sql "
    "sqlite tar tgz tsv txt xls xlsx xml xz zip zst"
)
_KNOWN_METHODS: Final = {
    "GET": Does.READ,
    "HEAD": Does.OTHER,
    "POST": Does.WRITTEN,
    "PUT": Does.WRITTEN,
    "PATCH": Does.WRITTEN,
    "DELETE": Does.WRITTEN,
    "COPY": Does.WRITTEN,
    "MOVE": Does.WRITTEN,
    "MKCOL": Does.WRITTEN,
    "PROPFIND": Does.READ,
    "REPORT": Does.READ,
    "SEARCH": Does.READ,
    "QUERY": Does.READ,
    "OPTIONS": Does.OTHER,
    "CONNECT": Does.OTHER,
    "TRACE": Does.OTHER,
}

# Elasticsearch and OpenSearch: what a path's first word with an underscore means.
_SEARCHES = {
    "_search": "search",
    "_msearch": "msearch",
    "_async_search": "async search",
    "_sql": "sql",
    "_esql": "esql",
    "_query": "esql",
    "_eql": "eql",
    "_graph": "graph",
    "_knn_search": "knn search",
    "_mget": "mget",
    "_fleet": "search",
    "_rank_eval": "search",
    "_percolate": "search",
    "_termvectors": "term vectors",
    "_mtermvectors": "term vectors",
    "_terms_enum": "terms",
    "_explain": "explain",
    "_rollup_search": "search",
    "_vector_tile": "search",
    "_mvt": "search",
    "_monitoring": "bulk",
    "_all_docs": "all documents",
    "_changes": "all documents",
    "_find": "search",
    "_view": "search",
}
_WRITES = {
    "_bulk": "bulk",
    "_create": "put document",
    "_update": "update document",
    "_delete_by_query": "delete by query",
    "_update_by_query": "update by query",
    "_reindex": "reindex",
    "_bulk_docs": "bulk",
}
# These tell of the store and hold no documents.
_LISTS = _words(
    "_cat _cluster _nodes _stats _mapping _mappings _settings _alias _aliases _template _index_template "
    "_component_template _snapshot _tasks _ingest _security _xpack _license _ilm _rollup _transform _ml _cache "
    "_flush _refresh _forcemerge _segments _recovery _shard_stores _open _close _analyze _resolve _data_stream "
    "_field_caps _validate _count _search_shards _pit _scripts _cat _plugins _opendistro _remote _ccr _slm "
    "_enrich _watcher _migration _features _autoscaling _all_dbs _utils _session _config _shrink _split _clone "
    "_rollover _upgrade _dangling _health_report _internal _render _capabilities"
)
_CAT = _words(
    "indices shards count aliases allocation fielddata health master nodes pending_tasks plugins recovery "
    "repositories segments snapshots tasks templates thread_pool nodeattrs ml transforms"
)


@lru_cache(maxsize=1 << 14)
def understand(request: str) -> Asked:
    """What a request line asks for: ``GET /cases/_search?size=100 HTTP/1.1``."""
    method, _, rest = request.partition(" ")
    if not _METHOD.fullmatch(method):
        return NO_HTTP
    url, _, protocol = rest.rpartition(" ")
    return asked(method, (url if _PROTOCOL.fullmatch(protocol) else rest).strip(" "))


def asked(method: str, url: str) -> Asked:
    """What a method and a path, with or without query, ask for."""
    verb = method.upper()
    if not url.startswith(("/", "*")) and not _ABSOLUTE.match(url) and verb != "CONNECT":
        return NO_HTTP
    does = _KNOWN_METHODS.get(verb)
    if verb == "CONNECT":
        return Asked("", "connect", Does.OTHER, None, why=_PAGE)
    if scheme := _ABSOLUTE.match(url):
        url = url[scheme.end() :] or "/"
    path, _, query = url.partition("#")[0].partition("?")
    segments = [unquote(each, errors="replace") for each in re.sub("/{2,}", "/", path).split("/")]
    at = next((i for i, each in enumerate(segments) if _endpoint(each)), None)
    if at is not None:
        return _elastic(verb, segments, at, query)
    target = masked(segments)
    if does is None:
        return Asked(target, "other", Does.OTHER, None, why=_PAGE)
    lowered = path.lower().rstrip("/")
    if lowered.endswith("/api/console/proxy"):
        return _console(query, target)
    if lowered.endswith(("/internal/search/es", "/internal/bsearch", "/internal/search/ese")):
        return Asked(target, "search", Does.READ, None, why=_BODY)
    return _plain(verb, does, segments, query, target)


def _endpoint(segment: str) -> bool:
    return segment in _SEARCHES or segment in _WRITES or segment in _LISTS or segment in {"_doc", "_source"}


def _plain(verb: str, does: Does, segments: list[str], query: str, target: str) -> Asked:
    if verb == "HEAD":
        return Asked(target, "head", does, 0)
    if verb == "GET":
        names = {name for name, _ in _pairs(query)}
        if {"query", "database"} & names and len(target) <= 1:
            # ClickHouse and InfluxDB take SQL there.
            return Asked(target, "query", does, None, why=_PAGE)
        if segments[-1] == "select" and "q" in names:
            rows = _number(query, "rows")
            words = "search" if rows is None else f"search rows={rows}"
            return Asked(target, words, does, 10 if rows is None else rows, why=_MOST)
        ending = segments[-1].rpartition(".")[2].lower() if "." in segments[-1] else ""
        return Asked(target, "download" if ending in _FILES else "page", does, None, why=_PAGE)
    return Asked(target, verb.lower(), does, None, why=_PAGE)


def _console(query: str, target: str) -> Asked:
    """Kibana's console hands a request on that stands in its own query."""
    inner = dict(_pairs(query))
    path = inner.get("path", "")
    found = asked(inner.get("method", "GET").upper(), path if path.startswith("/") else f"/{path}")
    if found is NO_HTTP:
        return Asked(target, "console", Does.READ, None, why=_BODY)
    # The console is asked by POST, with the inner request's body in its own.
    return replace(found, most=None if found.most else found.most, one=False, why=found.why or _BODY)


def _elastic(verb: str, segments: list[str], at: int, query: str) -> Asked:
    word, after = segments[at], segments[at + 1 :]
    target = "/".join([*_indices(segments[:at]), word])
    if verb == "HEAD":
        return Asked(_more(target, after), "head", Does.OTHER, 0)
    if word in {"_doc", "_source"}:
        return _document(verb, target, after)
    if word in _WRITES and not (word == "_update" and verb == "GET"):
        return Asked(_more(target, after), _WRITES[word], Does.WRITTEN, None, why=_BODY)
    if word in _SEARCHES:
        return _search(verb, word, target, after, query)
    return _list(verb, word, target, after)


def _document(verb: str, target: str, after: list[str]) -> Asked:
    target = f"{target}/{IDENT}" if after and after[0] else target
    if verb == "GET":
        return Asked(target, "get document", Does.READ, 1, one=True)
    words = {"PUT": "put document", "POST": "put document", "DELETE": "delete document"}.get(
        verb, verb.lower()
    )
    return Asked(target, words, Does.WRITTEN, 0)


def _search(verb: str, word: str, target: str, after: list[str], query: str) -> Asked:
    words = _SEARCHES[word]
    if after and after[0] in {"template", "scroll", "point_in_time", "async", "_mget"}:
        target = f"{target}/{after[0]}"
        if after[0] == "scroll":
            if verb == "DELETE":
                return Asked(target, "end scroll", Does.OTHER, 0)
            return Asked(
                target, "scroll", Does.READ, None, why="how many each page holds stands in the first request"
            )
        if after[0] == "point_in_time":
            return Asked(target, "open point in time", Does.OTHER, 0)
        if after[0] == "template":
            words = f"{words} template"
    if word == "_monitoring":
        return Asked(target, words, Does.WRITTEN, 0)
    if verb == "DELETE":
        return Asked(target, f"end {words}", Does.OTHER, 0)
    size = _number(query, "size" if word not in {"_all_docs", "_changes", "_view"} else "limit")
    if any(name == "scroll" for name, _ in _pairs(query)):
        words = f"{words} scroll"
    if size is None:
        return Asked(target, words, Does.READ, None, why=_BODY)
    words = f"{words} size={size}"
    # The address wins over the body for the number of hits; but a body may add aggregations with documents in them.
    if verb == "GET" and size and word in {"_search", "_all_docs", "_view"}:
        return Asked(target, words, Does.READ, size, why=_MOST)
    return Asked(target, words, Does.READ, None, why=_BODY)


def _list(verb: str, word: str, target: str, after: list[str]) -> Asked:
    words = word
    if word == "_cat":
        words = f"_cat {after[0]}" if after and after[0] in _CAT else "_cat"
        target = f"{target}/{after[0]}" if after and after[0] in _CAT else target
    elif word == "_snapshot":
        target = _more(target, after)
    does = Does.READ if verb in {"GET", "POST"} or word in {"_count", "_analyze"} else Does.WRITTEN
    if word in {"_open", "_close", "_flush", "_forcemerge", "_shrink", "_split", "_clone", "_rollover"} or (
        verb == "POST"
        and word not in {"_count", "_analyze", "_field_caps", "_validate", "_search_shards", "_pit"}
    ):
        does = Does.WRITTEN
    return Asked(target, words, does, 0)


def _more(target: str, after: list[str]) -> str:
    return "/".join([target, *(_mask(each) for each in after[:4] if each)])


def _indices(segments: list[str]) -> list[str]:
    """Names of indices are kept as they are unless they hold more than such names hold."""
    return [
        each if _INDEX.fullmatch(each) and "@" not in each and not _long_number(each) else _mask(each)
        for each in segments
    ]


def _long_number(text: str) -> bool:
    return any(len(run) > 8 for run in re.findall(r"\d+", text)) or bool(_UUID.search(text))


def masked(segments: list[str]) -> str:
    """A path of segments, those left out that look like an identifier, an address or a text."""
    return "/".join(_mask(each) for each in segments[:32]) + ("/…" if len(segments) > 32 else "")


def _mask(segment: str) -> str:
    # What follows a semicolon is a parameter: session numbers stand there.
    segment = segment.partition(";")[0]
    if not segment:
        return ""
    if "@" in segment or "%40" in segment:
        return MAIL if "@" in segment[1:] or "%40" in segment else TEXT
    if len(segment) > 64 or not _PLAIN.fullmatch(segment):
        return TEXT
    if _VERSION.fullmatch(segment) and (segment[0] in "vV" or len(segment) <= 2):
        return segment
    stem, dot, ending = segment.rpartition(".")
    if not dot or not stem or not ending.isalnum() or len(ending) > 8:
        stem, dot, ending = segment, "", ""
    if _somebody(stem):
        return f"{IDENT}{dot}{ending}" if not _somebody(ending) or not ending else IDENT
    return segment


def _somebody(text: str) -> bool:
    # Days and years are kept: they say which part of the store was asked for, and nobody's name.
    text = _DATE.sub("", text).strip("-_.")
    digits = sum(map(str.isdigit, text))
    return bool(
        _NUMBER.fullmatch(text)
        or _UUID.search(text)
        or _HEX.fullmatch(text)
        or _KEY.fullmatch(text)
        or digits >= 5
        or (len(text) >= 20 and digits >= 2 and not re.search(r"[-_.]", text))
    )


def _pairs(query: str) -> list[tuple[str, str]]:
    parts = query.split("&", 100)[:100] if query else []
    pairs = [each.partition("=")[::2] for each in parts]
    if "%" in query or "+" in query:
        return [
            (unquote_plus(name, errors="replace"), unquote_plus(value, errors="replace"))
            for name, value in pairs
        ]
    return pairs


def _number(query: str, name: str) -> int | None:
    """The last value of a name, as the server takes it; ``None`` if it is no plain number."""
    if name not in query:
        return None
    found = [value for key, value in _pairs(query) if key == name]
    return (
        int(found[-1])
        if found and found[-1].isascii() and found[-1].isdigit() and len(found[-1]) < 10
        else None
    )


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a request."""

    act: str
    rows_lower: int
    rows_upper: int | None
    why: str


DENIED: Final = frozenset({401, 403, 407, 429, 444, 495, 496})


def outcome(what: Asked, status: int | None, empty: bool | None) -> Outcome:
    """What became of it.

    Args:
        what: What was asked.
        status: Status of the answer; ``None`` if there was none.
        empty: Whether nothing left; ``None`` if nobody knows.
    """
    act = what.does.value
    if status in DENIED:
        return Outcome("denied", 0, 0, "")
    if status is None or status < 100 or status in {408, 499}:
        # The client went before the answer was through: what had left by then had left.
        if empty:
            return Outcome("failed", 0, 0, "")
        return Outcome(act, 0, what.most, what.why if what.most != 0 else "")
    if status >= 400:
        if status < 500 or empty:
            return Outcome("failed", 0, 0, "")
        return Outcome("failed", 0, None, "an error page may hold something")
    if empty or what.most == 0:
        return Outcome(act if 200 <= status < 300 else "other", 0, 0, "")
    if status >= 300 or status < 200:
        return Outcome("other", 0, None if status != 304 else 0, _PAGE if status != 304 else "")
    if what.one and status == 200:
        return Outcome(act, 1, 1, "")
    return Outcome(act, 0, what.most, what.why)
