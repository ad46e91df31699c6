"""Jira and Jira Service Management: CSV exports and answers of the REST API, versions 2 and 3."""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from typing import ClassVar

from hushdesk.cases import Case, Refused, Supporting
from hushdesk.readers._errors import CarrierError
from hushdesk.readers._interface import HEAD_BYTES, NOT_MINE, Confidence, Options, Reader, Sniffed, Stream
from hushdesk.readers._jira_csv import SOURCE, read_csv, sniff_csv
from hushdesk.readers._jira_json import ARRAYS, read_json
from hushdesk.readers._jsonlines import in_lines, top_keys
from hushdesk.readers._jsonsplit import split_documents
from hushdesk.readers._lines import MAX_LINE
from hushdesk.readers._text import decode_head, utf8_stream


class JiraReader(Reader):
    """Reads issues with their comments."""

    name: ClassVar[str] = SOURCE

    def sniff(self, head: bytes, name: str) -> Sniffed:
        """Know the CSV by Jira's column names, the JSON by issues that have a key and fields."""
        del name
        text = decode_head(head).lstrip("\ufeff \t\r\n")
        return _sniff_json(head, text) if text.startswith(("{", "[")) else sniff_csv(head)

    def read(
        self, streams: Sequence[tuple[str, Stream]], options: Options
    ) -> Iterator[Case | Refused | Supporting]:
        """Yield one case per issue; see :meth:`hushdesk.readers.Reader.read`."""
        for _, stream in streams:
            # The first bytes tell, also where the user named this reader and nothing was sniffed.
            if _is_json(stream):
                yield from read_json(stream, options)
            else:
                yield from read_csv(stream, options)


def _is_json(stream: Stream) -> bool:
    try:
        with stream.open() as file:
            return decode_head(file.read(HEAD_BYTES)).lstrip("\ufeff \t\r\n").startswith(("{", "["))
    except CarrierError:
        return False


def _sniff_json(head: bytes, text: str) -> Sniffed:
    if in_lines(head, ARRAYS):
        first = text.split("\n", 1)[0]
    else:
        with utf8_stream(io.BytesIO(head)) as file:
            piece = next(split_documents(file, frozenset(ARRAYS), MAX_LINE), None)
        first = piece.raw.decode("utf-8", "replace") if piece else ""
    keys = set(top_keys(first))
    if "fields" in keys and ({"id", "key"} <= keys or ("key" in keys and "self" in keys)):
        return Sniffed(Confidence.CERTAIN, "issues")
    outer = set(top_keys(text))
    if "issues" in outer and {"startAt", "maxResults", "nextPageToken", "isLast"} & outer:
        return Sniffed(Confidence.CERTAIN, "issues")
    if "webhookEvent" in outer and "issue" in outer:
        return Sniffed(Confidence.CERTAIN, "issues")
    return NOT_MINE
