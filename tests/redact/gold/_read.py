"""Reads the gold set. ``README.md`` beside this file describes the form."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from hushdesk.redact import Kind

HERE = Path(__file__).parent
TALKS = HERE / "talks.txt"

LABELS = {
    Kind.CARD: "CREDIT_CARD",
    Kind.NATIONAL_ID: "ID",
    Kind.ACCOUNT: "ID",
    Kind.BANK: "ID",
    Kind.BIRTH_DATE: "DATE_OF_BIRTH",
    Kind.MAC: "OTHER_PII",
    Kind.DEVICE: "OTHER_PII",
    Kind.PLATE: "OTHER_PII",
    Kind.COORDINATES: "OTHER_PII",
    Kind.PLACE: "LOCATION",
}
"""Labels of the scorer for kinds that it calls otherwise."""

_TOKEN = re.compile(
    r"\[\[(?P<maybe>\?)?(?P<kind>[A-Z_]+)(?:/(?P<scheme>[a-z_.]+))?:"
    r"|(?P<close>\]\])"
    r"|\\(?P<escape>\{[0-9A-F]{4,6}\}|.|$)"
    r"|(?P<char>.)",
    re.DOTALL,
)
_SPEAKERS = {"A: ", "C: "}
_ESCAPES = {"n": "\n", "t": "\t", "\\": "\\", "[": "[", "]": "]"}


@dataclass(frozen=True, slots=True)
class Span:
    """A personal value: offsets in code points, kind, and the number scheme whose checksum it keeps, if any."""

    start: int
    end: int
    kind: Kind
    scheme: str = ""
    sure: bool = True
    """False: whether it is personal is a matter of taste, so it counts on neither side."""


@dataclass(frozen=True, slots=True)
class Gold:
    """A text, and all that is personal in it."""

    id: str
    lang: str
    category: str
    text: str
    spans: tuple[Span, ...]

    def value(self, span: Span) -> str:
        return self.text[span.start : span.end]


@dataclass(frozen=True, slots=True)
class Talk:
    """A conversation, one text a message, or a mail, which is one text; and all that is personal in each text."""

    id: str
    lang: str
    category: str
    texts: tuple[str, ...]
    spans: tuple[tuple[Span, ...], ...]

    def value(self, place: int, span: Span) -> str:
        return self.texts[place][span.start : span.end]


def parse(marked: str) -> tuple[str, tuple[Span, ...]]:
    """Turn a marked text into the text and its spans.

    Raises:
        ValueError: On an unknown kind or escape, and on a span that is empty, inside another or left open.
    """
    text: list[str] = []
    spans: list[Span] = []
    opened: tuple[int, Kind, str, bool] | None = None
    for token in _TOKEN.finditer(marked):
        if kind := token["kind"]:
            if opened:
                raise ValueError(f"a span inside a span: {marked}")
            opened = (len(text), Kind(kind), token["scheme"] or "", not token["maybe"])
        elif token["close"] and opened:
            start, known, scheme, sure = opened
            if start == len(text):
                raise ValueError(f"an empty span: {marked}")
            spans.append(Span(start, len(text), known, scheme, sure))
            opened = None
        elif token["close"]:
            text += "]]"
        elif (escape := token["escape"]) is not None:
            if escape.startswith("{") and len(escape) > 1:
                text.append(chr(int(escape[1:-1], 16)))
            elif escape in _ESCAPES:
                text.append(_ESCAPES[escape])
            else:
                raise ValueError(f"no such escape: \\{escape} in {marked}")
        else:
            text.append(token["char"])
    if opened:
        raise ValueError(f"a span left open: {marked}")
    return "".join(text), tuple(spans)


def read() -> list[Gold]:
    """Return all texts that stand alone, in the order of the files."""
    found = []
    for path in sorted(set(HERE.glob("*.txt")) - {TALKS}):
        for number, line in enumerate(path.read_text(encoding="utf-8").split("\n"), 1):
            if not line or line.startswith("# "):
                continue
            fields = line.split("\t")
            if len(fields) != 4:
                raise ValueError(f"{path.name}:{number}: {len(fields)} fields, not 4")
            id_, lang, category, marked = fields
            found.append(Gold(id_, lang, category, *parse(marked)))
    return found


def talks() -> list[Talk]:
    """Return the conversations and mails of ``talks.txt``, in the order of the file.

    Raises:
        ValueError: On a head that is not id, language and category, and on a message without a speaker.
    """
    found = []
    kept = [line for line in TALKS.read_text(encoding="utf-8").split("\n") if not line.startswith("# ")]
    for block in re.split(r"^== ", "\n".join(kept), flags=re.MULTILINE)[1:]:
        head, *lines = block.rstrip("\n").split("\n")
        id_, lang, category = head.split(" ")
        if category.endswith("mail"):
            parsed = [parse("\n".join(lines))]
        elif silent := [line for line in lines if line[:3] not in _SPEAKERS]:
            raise ValueError(f"{id_}: nobody says {silent[0]}")
        else:
            parsed = [parse(line[3:]) for line in lines]
        found.append(Talk(id_, lang, category, tuple(t for t, _ in parsed), tuple(s for _, s in parsed)))
    return found


def documents() -> Iterator[dict[str, Any]]:
    """Yield the texts as the scorer of personal-data sets reads them, one JSON object each."""
    for gold in read():
        yield {
            "id": gold.id,
            "text": gold.text,
            "lang": gold.lang,
            "spans": [
                {"start": s.start, "end": s.end, "label": LABELS.get(s.kind, s.kind.value)}
                for s in gold.spans
            ],
            "source": "gold",
            "category": gold.category,
        }
