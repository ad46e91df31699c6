"""Elasticsearch and OpenSearch: dumps line by line, bulk files, answers of a search."""

from __future__ import annotations

import io
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any, ClassVar

from hushdesk.cases import Case, Locator, Reason, Refused, Supporting
from hushdesk.readers._elastic_case import SOURCE, case_of
from hushdesk.readers._fields import FieldError, assumed_zones, dict_of, line_of
from hushdesk.readers._interface import NOT_MINE, Confidence, Options, Reader, Sniffed, Stream
from hushdesk.readers._jsonlines import ENVELOPE, Row, in_lines, parse, rows, top_keys
from hushdesk.readers._jsonsplit import split_documents
from hushdesk.readers._lines import MAX_LINE
from hushdesk.readers._text import decode_head, utf8_stream, words

ARRAYS = ("hits.hits", "docs")

_ACTIONS = frozenset({"index", "create", "update", "delete"})
_META = words(
    "_index _id _type routing _routing version _version version_type pipeline require_alias "
    "retry_on_conflict if_seq_no if_primary_term dynamic_templates parent"
)


class ElasticsearchReader(Reader):
    """Reads documents of an index as cases."""

    name: ClassVar[str] = SOURCE

    def sniff(self, head: bytes, name: str) -> Sniffed:
        """Know documents by ``_source`` and ``_index``, bulk files by their action lines."""
        del name
        text = decode_head(head).lstrip("\ufeff \t\r\n")
        if not text.startswith(("{", "[")):
            return NOT_MINE
        if not in_lines(head, ARRAYS):
            return _sniff_document(head, text)
        values = []
        for line in text.split("\n")[:12]:
            value = parse(line.encode())
            keys = value if isinstance(value, dict) else dict.fromkeys(top_keys(line))
            if "_source" in keys and {"_id", "_index"} & keys.keys():
                return Sniffed(Confidence.CERTAIN, "documents")
            if _action(keys) is not None:
                return Sniffed(Confidence.CERTAIN, "bulk")
            values.append(value)
        if isinstance(values[0], dict):
            return Sniffed(Confidence.CARRIER, "sources")
        return NOT_MINE

    def read(
        self, streams: Sequence[tuple[str, Stream]], options: Options
    ) -> Iterator[Case | Refused | Supporting]:
        """Yield one case per document; see :meth:`hushdesk.readers.Reader.read`."""
        # A file split by lines may end between an action and its document, so the action is kept.
        pending: tuple[str, str] | None = None
        assumed: Counter[str] = Counter()
        for part, stream in streams:
            if part != "bulk":
                pending = None
            for row in rows(stream, ARRAYS):
                if isinstance(row, Refused):
                    pending = None
                    yield row
                    continue
                if row.path == ENVELOPE:
                    continue
                action = _action(row.value) if not row.path else None
                if action is not None:
                    if pending is not None and pending[0] != "delete":
                        yield _refused(_NO_DOCUMENT, row, stream)
                    pending = None if action[0] == "delete" else action
                    if action[0] == "delete":
                        yield Supporting("deletions", 1, 1)
                    continue
                yield _case(row, pending, stream, options, assumed)
                pending = None
        if pending is not None:
            yield Refused(
                _NO_DOCUMENT.reason, Locator(streams[-1][1].name), _NO_DOCUMENT.problem, "Load all its parts."
            )
        yield from assumed_zones(assumed)


_NO_DOCUMENT = FieldError(Reason.TRUNCATED, "", "an action of the bulk file has no document after it")


def _sniff_document(head: bytes, text: str) -> Sniffed:
    with utf8_stream(io.BytesIO(head)) as file:
        piece = next(split_documents(file, frozenset(ARRAYS), MAX_LINE), None)
    inner = set(top_keys(piece.raw.decode("utf-8", "replace"))) if piece else set()
    if "_source" in inner and {"_id", "_index"} & inner:
        return Sniffed(Confidence.CERTAIN, "documents")
    outer = set(top_keys(text))
    if "hits" in outer and {"took", "timed_out", "_shards", "_scroll_id"} & outer:
        return Sniffed(Confidence.CERTAIN, "documents")
    return NOT_MINE


def _action(value: dict[str, Any]) -> tuple[str, str] | None:
    """Action and id of a bulk file's action line; None if it is none."""
    if len(value) != 1:
        return None
    name = next(iter(value))
    meta = value[name]
    if name not in _ACTIONS or not isinstance(meta, dict) or not meta.keys() <= _META:
        return None
    return name, line_of(meta.get("_id"))


def _case(
    row: Row, pending: tuple[str, str] | None, stream: Stream, options: Options, assumed: Counter[str]
) -> Case | Refused:
    value = row.value
    document_id = line_of(value.get("_id"))
    document = value.get("_source")
    if pending is not None:
        document_id = pending[1]
        document = (
            value if pending[0] != "update" else dict_of(value.get("doc")) or dict_of(value.get("upsert"))
        )
    elif not isinstance(document, dict):
        if {"_index", "_type", "_score"} & value.keys():
            document = {name: _bare(held) for name, held in dict_of(value.get("fields")).items()}
        else:
            document = value
    try:
        if not document:
            raise FieldError(Reason.EMPTY, "_source", "the document has no source")
        return case_of(document, document_id, options, assumed)
    except FieldError as error:
        return _refused(error, row, stream)


def _bare(held: object) -> object:
    """A value of ``fields``, which is always a list, often of one."""
    return held[0] if isinstance(held, list) and len(held) == 1 else held


def _refused(error: FieldError, row: Row, stream: Stream) -> Refused:
    return Refused(
        error.reason,
        Locator(stream.name, row.number, error.field),
        error.problem,
        "Say which field is what with a mapping file."
        if error.reason is Reason.MISSING_ID
        else "Correct the field, or say how dates are written (--day-first, --month-first).",
        raw=row.raw,
    )
