"""Labelled texts: what one is, and reading them from files of JSON lines."""

from __future__ import annotations

import gzip
import io
import json
import re
import zlib
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any, cast

from hushdesk.redact.evaluate._labels import Labels, shown
from hushdesk.redact.evaluate.errors import LabelledDataError, UnknownLabelError

_NAME = re.compile(r"[\w][\w.:/+ -]{0,79}")
_SUFFIXES = (".jsonl", ".jsonl.gz")
_MOST_LABELS = 12


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of a text that somebody labelled."""

    start: int
    end: int
    row: str
    """What it is: a kind, or one of :data:`~hushdesk.redact.evaluate.BROADER`."""


@dataclass(frozen=True, slots=True)
class Document:
    """One labelled text."""

    file: str
    line: int
    text: str = field(repr=False)
    spans: tuple[Span, ...] = ()
    lang: str = "und"
    source: str = ""


def data_files(paths: Sequence[Path]) -> list[Path]:
    """The files that are meant: those named, and ``*.jsonl`` and ``*.jsonl.gz`` in folders.

    Raises:
        LabelledDataError: There is none.
    """
    files: list[Path] = []
    for path in paths:
        if path.is_dir():
            found = sorted(one for one in path.rglob("*") if one.name.endswith(_SUFFIXES) and one.is_file())
            if not found:
                raise LabelledDataError(
                    "no labelled texts are in this folder.",
                    file=str(path),
                    remedy="They are files that end in .jsonl or .jsonl.gz.",
                )
            files += found
        else:
            files.append(path)
    return list(dict.fromkeys(files))


def read_documents(path: Path, labels: Labels) -> Iterator[Document]:
    """Read a file, one JSON object a line.

    Yields:
        The documents; empty lines are left out.

    Raises:
        LabelledDataError: The file or a line of it cannot be used; no further line is read.
        UnknownLabelError: A label is in no table.
    """
    with _opened(path) as stream:
        for number, line in enumerate(stream, 1):
            if line.strip():
                yield _document(path, number, line, labels)


def survey_labels(path: Path, labels: Labels) -> UnknownLabelError | None:
    """The error that names every unknown label of a file, or None."""
    unknown: dict[str, tuple[int, str]] = {}
    with _opened(path) as stream:
        for number, line in enumerate(stream, 1):
            try:
                spans = json.loads(line)["spans"] if line.strip() else ()
                for place, span in enumerate(spans):
                    label = span["label"] if "label" in span else span["kind"]
                    if labels.row(label) is None:
                        unknown.setdefault(shown(label), (number, f"spans[{place}].label"))
            except (ValueError, TypeError, KeyError, RecursionError):
                continue
            if len(unknown) >= _MOST_LABELS:
                break
    if not unknown:
        return None
    first = next(iter(unknown.values()))
    return UnknownLabelError(tuple(unknown), file=str(path), line=first[0], field=first[1])


@contextmanager
def _opened(path: Path) -> Iterator[IO[str]]:
    """The lines of a file, whether it is compressed or not."""
    name = str(path)
    try:
        with path.open("rb") as raw:
            packed = raw.peek(2)[:2] == b"\x1f\x8b"
            stream: IO[bytes] = cast("IO[bytes]", gzip.GzipFile(fileobj=raw)) if packed else raw
            with io.TextIOWrapper(stream, "utf-8", newline="\n") as lines:
                yield lines
    except FileNotFoundError:
        raise LabelledDataError("there is no such file.", file=name) from None
    except (EOFError, zlib.error, gzip.BadGzipFile):
        raise LabelledDataError("the compressed data is damaged or cut off.", file=name) from None
    except UnicodeDecodeError:
        raise LabelledDataError("it is not UTF-8.", file=name, remedy="Convert it to UTF-8.") from None
    except OSError:
        raise LabelledDataError("it cannot be read.", file=name) from None


def _document(path: Path, number: int, line: str, labels: Labels) -> Document:
    name = str(path)

    def wrong(problem: str, what: str = "", remedy: str = "") -> LabelledDataError:
        return LabelledDataError(problem, file=name, line=number, field=what, remedy=remedy)

    try:
        value = json.loads(line)
    except (ValueError, RecursionError):
        raise wrong("this is no JSON.", remedy="Each line is one JSON object.") from None
    if not isinstance(value, dict) or not isinstance(value.get("text"), str):
        raise wrong("there is no text.", "text", "Each line is an object with text and spans.")
    text = value["text"]
    given = value.get("spans")
    if not isinstance(given, list):
        raise wrong("there is no list of spans.", "spans", "A text without personal data has an empty list.")
    spans = []
    for place, span in enumerate(given):
        where = f"spans[{place}]"
        if not isinstance(span, dict):
            raise wrong("this is no object.", where, "A span is an object with start, end and label.")
        start, end, label = span.get("start"), span.get("end"), span.get("label", span.get("kind"))
        if type(start) is not int or type(end) is not int:
            raise wrong("start and end are no whole numbers.", where)
        if not 0 <= start < end <= len(text):
            raise wrong(
                "the span is empty or lies outside the text.",
                where,
                "Offsets count code points of the text from 0; the end is exclusive.",
            )
        if not isinstance(label, str):
            raise wrong("this is no label.", f"{where}.label")
        row = labels.row(label)
        if row is None:
            raise UnknownLabelError((shown(label),), file=name, line=number, field=f"{where}.label")
        spans.append(Span(start, end, row))
    return Document(
        name,
        number,
        text,
        tuple(spans),
        _named(value, "lang", "und", wrong),
        _named(value, "source", path.name.partition(".")[0] or "data", wrong),
    )


def _named(value: Mapping[str, Any], key: str, default: str, wrong: Any) -> str:
    """A name that will be shown in tables, so a value that strayed there is refused."""
    name = value.get(key) or default
    if not isinstance(name, str) or (name is not default and not _NAME.fullmatch(name)):
        raise wrong("this is no name.", key, "Up to 80 letters, digits, blanks and . : / + - _")
    return name
