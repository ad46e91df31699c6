"""Known values that must not have survived."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from functools import lru_cache

from hushdesk.redact._types import Finding, Kind, Known

_EXACT = frozenset({Kind.SECRET, Kind.USERNAME})
_BETWEEN = re.compile(r"[^\w\x1a]+|_+")
_NOT_BARE = bytes(c for c in range(128) if not chr(c).isalnum() and c != 0x1A)
_NOT_DIGIT = re.compile(r"\D+")
_NO_DIGIT = bytes(c for c in range(128) if not chr(c).isdigit())


def _digits(text: str) -> str:
    if text.isascii():
        return text.encode("ascii").translate(None, _NO_DIGIT).decode("ascii")
    return _NOT_DIGIT.sub("", text)


def _bare(text: str) -> str:
    """Letters and digits alone, case and accents folded; blanked pseudonyms stay as they are."""
    low = text.casefold()
    if low.isascii():
        return low.encode("ascii").translate(None, _NOT_BARE).decode("ascii")
    return _BETWEEN.sub("", unicodedata.normalize("NFKD", low))


def _ascii_bare(low: str) -> bytes:
    """What :func:`_bare` leaves of a casefolded text, as far as it is ASCII."""
    if not low.isascii():
        low = unicodedata.normalize("NFKD", low)
    return low.encode("ascii", "ignore").translate(None, _NOT_BARE)


@lru_cache(1 << 14)
def _wanted(value: str) -> str:
    return _bare(value)


@lru_cache(1 << 14)
def _words(value: str) -> tuple[str, ...]:
    return tuple(value.casefold().split())


@lru_cache(1 << 14)
def _number(value: str) -> str:
    return _digits(value)[-8:]


def search(plain: str, text: str, known: Sequence[Known]) -> Iterator[Finding]:
    """Yield a finding for each known value that still stands in the text.

    Each test begins with a plain search for a substring, which nearly always says no; a pattern is made
    for the rest only.

    Args:
        plain: The text in compatibility form.
        text: The text itself.
        known: The values.
    """
    bare = digits = ""
    ascii_bare = b""
    low = plain.casefold()
    for value in known:
        if value.kind is Kind.PERSON:
            words = _words(value.value)
            hit = (
                len(words) > 1
                and words[0] in low
                and all(word in low for word in words)
                and len(_wanted(value.value)) >= 4
                and _stands(r"[\s,.\-_]{1,3}".join(map(re.escape, words)), low)
            )
        elif value.kind is Kind.PHONE:
            number = _number(value.value)
            digits = digits or _digits(plain)
            hit = len(number) >= 7 and number in digits and _near(number, plain)
        elif value.kind in _EXACT:
            exact = value.value.casefold()
            hit = len(exact) >= 4 and exact in low and _stands(re.escape(exact), low)
        else:
            wanted = _wanted(value.value)
            hit = False
            if len(wanted) >= 7:
                # The letters of other scripts are dear to sort out: without them, a hit is still one.
                ascii_bare = ascii_bare or _ascii_bare(low)
                if not wanted.isascii() or wanted.encode() in ascii_bare:
                    bare = bare or _bare(plain)
                    hit = wanted in bare
        if hit:
            at = low.find(value.value.casefold()) if len(low) == len(text) else -1
            start, end = (at, at + len(value.value)) if at >= 0 else (0, len(text))
            yield Finding(
                start,
                end,
                value.kind,
                0.9,
                "leak:known",
                value.value,
                "a known value is still there",
                value.ref,
            )


def _stands(pattern: str, text: str) -> bool:
    return re.search(rf"(?<!\w){pattern}(?!\w)", text) is not None


def _near(number: str, text: str) -> bool:
    return re.search(r"[^\w\x1a]{0,3}".join(number), text) is not None
