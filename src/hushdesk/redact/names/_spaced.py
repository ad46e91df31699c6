"""Names written with a blank behind every letter: ``M a r t a  N o w a k``, ``山 田 太 郎``."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from hushdesk.redact.names import _east, _east_lists, _lexicon
from hushdesk.redact.names._lexicon import COMMON, NAME, PLACE, STOP, fold
from hushdesk.redact.names._looks import likeness
from hushdesk.redact.names._tokens import UPPER, Span

_GAP: Final = "[ \u00a0\u2002-\u200a\u3000]"
_LETTER: Final = r"[^\W\d_\u0590-\u0fff\u3040-\u30ff\u3400-\u9fff\uac00-\ud7a3]"
_RUN: Final = re.compile(
    rf"(?<![^\W_])(?<!['’.&/@]){_LETTER}(?:{_GAP}{{1,3}}(?:['’\-‐.]{_GAP}?)?{_LETTER}(?![^\W_])){{3,}}"
)
_HAN_RUN: Final = re.compile(rf"[{_east.HAN}](?:{_GAP}[{_east.HAN}ぁ-ゖァ-ヺ]){{2,6}}(?![{_east.HAN}]{{3}})")
_HANGUL_RUN: Final = re.compile(rf"(?<![가-힣])[가-힣](?:{_GAP}[가-힣]){{2,5}}")
_HANGUL_AFTER: Final = re.compile(
    rf"{_GAP}?(?:[(（,:]|씨|님|고객|$)|(?:이|가|은|는|을|를|께|에게)(?![가-힣])"
)
_SOUTH_RUN: Final = re.compile(
    rf"(?<![^\W_])[\u05d0-\u05ea\u0621-\u064a\u0900-\u097f\u0e01-\u0e4e](?:{_GAP}[\u05d0-\u05ea\u0621-\u0652\u0900-\u097f\u0e01-\u0e4e]){{4,}}(?![^\W_])"
)
_WORD: Final = re.compile(rf"(?:Ma?c|O['’]|D['’])?[{UPPER}]+[^{UPPER}]*")
_HINT: Final = re.compile(rf"(?:\w{_GAP}){{3}}\w")


def hinted(text: str) -> bool:
    """Whether any four letters of a text stand apart, so that its lines need looking at."""
    return _HINT.search(text) is not None


def scan(line: str) -> Iterator[Span]:
    """Spaced names of one line."""
    for match in _RUN.finditer(line):
        start, end = match.span()
        # A small single word before the name belongs to the sentence.
        while start < end and not line[start].isupper():
            start += 1
        if end - start > 5 and _named(line[start:end]):
            yield _span(start, end)
    if line.isascii():
        return
    for match in _HAN_RUN.finditer(line):
        joined = re.sub(_GAP, "", match.group())
        if 3 <= len(joined) <= 7 and _east_lists.starts_with_surname(joined):
            yield _span(match.start(), match.end())
    for match in _HANGUL_RUN.finditer(line):
        joined = re.sub(_GAP, "", match.group())
        after = _HANGUL_AFTER.match(line, match.end()) is not None
        if joined[:2] in _east_lists.DOUBLE_KO or (
            joined[0] in _east.KOREAN_SURNAMES
            and len(joined) < 6
            and (after or joined[1:] in _lexicon.east("ko_KR given"))
        ):
            yield _span(match.start(), match.end())
    for match in _SOUTH_RUN.finditer(line):
        yield _span(match.start(), match.end())


def _span(start: int, end: int) -> Span:
    return Span(start, end, 0.75, "names.spaced", "is spelled with blanks between the letters")


def _named(text: str) -> bool:
    """Whether the letters make a name; a heading may be spaced too."""
    joined = re.sub(f"{_GAP}+", " ", text)
    if re.search(f"{_GAP}{{2,}}", text):
        joined = " ".join(part.replace(" ", "") for part in re.split(f"{_GAP}{{2,}}", text))
    else:
        joined = joined.replace(" ", "")
    flags = _lexicon.flags()
    capitals = joined.replace(" ", "").isupper()
    words = joined.split(" ") if capitals else _WORD.findall(joined.replace(" ", ""))
    values = [flags.get(fold(word), 0) for word in words]
    if any(value & NAME and not value & (COMMON | STOP) for value in values):
        return True
    if capitals:
        return len(words) == 1 and any(
            flags.get(fold(joined[:at]), 0) & NAME and flags.get(fold(joined[at:]), 0) & NAME
            for at in range(3, len(joined) - 2)
        )
    if any(value & (COMMON | STOP | PLACE) for value in values) and len(words) < 2:
        return False
    unknown = [fold(word) for word, value in zip(words, values, strict=True) if not value and len(word) > 1]
    return bool(unknown) and sum(map(likeness, unknown)) / len(unknown) > -0.9
