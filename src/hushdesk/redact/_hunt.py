"""Hunting values that are known to be personal, in whatever way they are written."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import numpy.typing as npt

from hushdesk.redact._fold import CodeTable, codes_of, fold, fold_in_place, text_of
from hushdesk.redact._forms import LEAST, ending
from hushdesk.redact._lazy import lazily
from hushdesk.redact._needles import COMMON_WORDS, Needle, Probes, needles, probes
from hushdesk.redact._types import Finding, Kind, Known
from hushdesk.redact.detect._text import BREAK, UNSPACED
from hushdesk.redact.views import View

_NOT_ALNUM = bytes(c for c in range(128) if not chr(c).isalnum())
_NOT_DIGIT = bytes(c for c in range(128) if not chr(c).isdigit())
_ALNUM = CodeTable(lambda char: int(char.isalnum()), most=1)
_DIGIT = CodeTable(lambda char: int(char.isdecimal()), most=1)
_ASCII_ALNUM = np.array([chr(c).isalnum() for c in range(128)], dtype=bool)
_NAME_LEAD = lazily(
    r"(?i)(?:\b(?:hi|hello|hey|dear|hallo|liebe[r]?|bonjour|salut|hola|ciao|olá|hej|thanks|thank\syou|cheers|regards|merci|danke|gracias"
    r"|mr|mrs|ms|miss|herr|frau|from|by|with|name|called|user|contact|sincerely|to|for|cc|customer|client|agent)\b|[@,])[.,:]?\s{1,2}$"
)
# Never over a line end: what stands there may be another text.
_PREFIX = lazily(
    r"(?:\+[ ]?\d{1,3}|00[ ]?\d{1,3}|\(\+?\d{1,3}\))?[ \t\xa0.\-/]{0,2}(?:\(?0\)?)?[ \t\xa0.\-/(]{0,2}$"
)


@dataclass(slots=True)
class Haystack:
    """One reading of a context's text, with the forms that needles are looked for in, made when first wanted."""

    text: str
    view: View | None = None
    _folded: str | None = None
    _squeezed: str | None = None
    _letters: npt.NDArray[np.intp] | None = None
    _digits: str | None = None
    _digit_at: npt.NDArray[np.intp] | None = None

    @property
    def folded(self) -> str:
        """The text folded, at unchanged offsets."""
        if self._folded is None:
            self._folded = fold_in_place(self.text)
        return self._folded

    @property
    def squeezed(self) -> str:
        """The folded text without anything but letters and digits."""
        if self._squeezed is None:
            folded = self.folded
            if folded.isascii():
                self._squeezed = folded.encode("ascii").translate(None, _NOT_ALNUM).decode("ascii")
            else:
                codes = codes_of(folded)
                self._letters = np.flatnonzero(_ALNUM[codes])
                self._squeezed = text_of(codes[self._letters])
        return self._squeezed

    @property
    def letters(self) -> npt.NDArray[np.intp]:
        """Where each character of :attr:`squeezed` stands in the text."""
        if self._letters is None:
            folded = self.folded
            if folded.isascii():
                codes = np.frombuffer(folded.encode("ascii"), dtype=np.uint8)
                self._letters = np.flatnonzero(_ASCII_ALNUM[codes])
            else:
                self._letters = np.flatnonzero(_ALNUM[codes_of(folded)])
        return self._letters

    @property
    def digits(self) -> str:
        """The digits of the text."""
        if self._digits is None:
            if self.text.isascii():
                self._digits = self.text.encode("ascii").translate(None, _NOT_DIGIT).decode("ascii")
            else:
                codes = codes_of(self.text)
                self._digit_at = np.flatnonzero(_DIGIT[codes])
                self._digits = text_of(codes[self._digit_at])
        return self._digits

    @property
    def digit_at(self) -> npt.NDArray[np.intp]:
        """Where each of :attr:`digits` stands in the text."""
        if self._digit_at is None:
            if self.text.isascii():
                codes = np.frombuffer(self.text.encode("ascii"), dtype=np.uint8)
                self._digit_at = np.flatnonzero((codes >= 48) & (codes <= 57))
            else:
                self._digit_at = np.flatnonzero(_DIGIT[codes_of(self.text)])
        return self._digit_at

    def searched(self, mode: str) -> str:
        """The form that needles of a mode are looked for in."""
        if mode == "plain":
            return self._folded if self._folded is not None else self.folded
        return self.squeezed if mode == "squeezed" else self.digits


def hunt(
    haystacks: Sequence[Haystack],
    known: Iterable[Known],
    *,
    repeated: bool = False,
    doubtful: Collection[str] = (),
) -> list[Finding]:
    """Return every mention of ``known`` in ``haystacks``, in raw offsets.

    Args:
        haystacks: The readings of one context.
        known: The values.
        repeated: The values were found in this very text rather than given, so weak parts of them are left alone.
        doubtful: Names among them that may be no names: where they are written small, they are words.
    """
    out: list[Finding] = []
    score, detector = (0.7, "repeated") if repeated else (0.98, "known")
    why = "repeats a value found in this context" if repeated else "is a known value"
    # The same mention shows in several readings and as a part of several values.
    seen: set[tuple[int, int, Kind, str, str]] = set()
    names: set[tuple[str, str]] = set()
    for value in known:
        kind, ref = value.kind, value.ref
        own = fold_in_place(value.value) if repeated else ""
        if repeated and kind is Kind.PERSON and not _parts_again(haystacks, value.value, own):
            continue
        tests = probes(kind, value.value, repeated=repeated)
        for haystack in haystacks:
            # Nearly every value is nowhere, or nowhere else: a plain search says so before anything is built.
            if not (_again(haystack, tests, own) if repeated else _about(haystack, tests)):
                continue
            spans: list[tuple[int, int, Needle]] = []
            for needle in needles(kind, value.value, repeated=repeated):
                at = haystack.searched(needle.mode).find(needle.text)
                if at < 0 or (needle.weak and repeated):
                    continue
                if needle.kind is Kind.PERSON and ref:
                    # An address often spells the name of its owner, whose mentions are found by then.
                    if kind is Kind.PERSON:
                        names.add((ref, needle.text))
                    elif (ref, needle.text) in names:
                        continue
                spans += _spans(haystack, needle, at, repeated=repeated)
            if kind is Kind.PERSON and spans:
                spans = _names_merged(haystack.text, spans)
            view = haystack.view
            if value.value in doubtful:
                spans = [span for span in spans if not haystack.text[span[0]].islower()]
            for start, end, needle in spans:
                if view is not None:
                    start, end = view.origin(start, end)  # noqa: PLW2901
                key = (start, end, needle.kind, needle.canonical, ref)
                if key not in seen:
                    seen.add(key)
                    out.append(Finding(start, end, needle.kind, score, detector, needle.canonical, why, ref))
    return out


def _about(haystack: Haystack, tests: Probes) -> bool:
    plain, squeezed, digits = tests
    if plain:
        folded = haystack.folded
        for probe in plain:
            if probe in folded:
                return True
    if squeezed:
        letters = haystack.squeezed
        for probe in squeezed:
            if probe in letters:
                return True
    return any(probe in haystack.digits for probe in digits) if digits else False


def _again(haystack: Haystack, tests: Probes, own: str) -> bool:
    """Tell whether a value that was found in the text may stand there once more."""
    plain, squeezed, digits = tests
    if plain:
        folded = haystack.folded
        for probe in plain:
            if folded.count(probe) > own.count(probe):
                return True
    if squeezed:
        letters = haystack.squeezed
        for probe in squeezed:
            if letters.count(probe) > 1:
                return True
    return any(haystack.digits.count(probe) > 1 for probe in digits) if digits else False


_PART = 5
_LEAST_PART = 3


def _parts_again(haystacks: Sequence[Haystack], value: str, own: str) -> bool:
    """Tell whether the beginning of any part of a name stands anywhere once more; if not, none of its spellings does.

    Names are most of what is found, and nearly all stand in a text once: this costs a tenth of making their spellings.

    Args:
        haystacks: Where it may stand.
        value: The name as written.
        own: The same, folded at unchanged offsets.
    """
    if "_" in own or (not value.isascii() and (UNSPACED.search(own) or fold(value) != own)):
        # Its parts are divided otherwise, or some of its letters are folded to two, or it has marks by themselves.
        return True
    parts = (own if own.replace(" ", "").isalpha() else _NOT_WORD.sub(" ", own)).split()
    # Initials are hunted only with the rest of a name, if no apostrophe makes them a part of it.
    least = 1 if "'" in own or "’" in own else _LEAST_PART
    # What is hunted may lack a name's last letter, where cases exchange it.
    starts = [
        part[: _PART if len(part) > _PART else _PART - 1]
        for part in parts
        if len(part) >= least or not part.isascii()
    ]
    if not starts:
        return True
    squeezed = "".join(parts)[: _PART - 1] if len(parts) > 1 else ""
    for haystack in haystacks:
        folded = haystack.folded
        for start in starts:
            if folded.count(start) > own.count(start):
                return True
        if squeezed and haystack.squeezed.count(squeezed) > 1:
            return True
    return False


_NOT_WORD = lazily(r"[\W_]+")
_INNER = frozenset("./-\\_@:$")


def _spans(haystack: Haystack, needle: Needle, at: int, *, repeated: bool) -> list[tuple[int, int, Needle]]:
    if needle.mode == "digits":
        return [(start, end, needle) for start, end in _digit_spans(haystack, needle)]
    if needle.mode == "squeezed":
        return [(start, end, needle) for start, end in _squeezed_spans(haystack, needle)]
    folded, text, wanted, name = haystack.folded, haystack.text, needle.text, needle.name
    size = len(wanted)
    inner = repeated and needle.kind is Kind.USERNAME
    out = []
    while at >= 0:
        end = at + size
        if (
            name
            and (needle.bent or size >= LEAST)
            and wanted not in COMMON_WORDS
            and (bend := ending(folded, end))
        ):
            if folded[end] != "'":
                # What an apostrophe parts from a name is grammar.
                end += bend
        elif needle.bent:
            at = folded.find(wanted, at + 1)
            continue
        free = not (inner or folded[at - 1 : at].isalnum() or folded[end : end + 1].isalnum())
        if (free or _stands_alone(folded, at, end, needle, repeated=repeated)) and (
            not name or _reads_as_name(text, at, end, wanted)
        ):
            out.append((at, end, needle))
        at = folded.find(wanted, at + 1)
    return out


def _stands_alone(folded: str, start: int, end: int, needle: Needle, *, repeated: bool) -> bool:
    if needle.glued:
        return True
    if (
        repeated
        and needle.kind is Kind.USERNAME
        and (
            folded[start - 1 : start] in _INNER
            or (folded[end : end + 1] in _INNER and folded[end + 1 : end + 2].isalnum())
        )
    ):
        # A user called as the product is: parts of package and host names are not mentions of that person.
        return False
    before, after = folded[start - 1 : start], folded[end : end + 1]
    return not (
        (before.isalnum() and _runs_on(before, folded[start]))
        or (after.isalnum() and _runs_on(after, folded[end - 1]))
    )


def _runs_on(outer: str, inner: str) -> bool:
    """Tell whether a character beside a mention makes it a part of a longer word."""
    if not (outer.isalnum() and inner.isalnum()):
        return False
    # Scripts without blanks between words run into numbers and Latin letters: that is no longer word.
    return outer.isascii() or not (inner.isascii() and UNSPACED.match(outer))


def _reads_as_name(text: str, start: int, end: int, token: str) -> bool:
    first = text[start]
    if not token.isascii() and not first.islower():
        return True
    common = token in COMMON_WORDS
    lead = text[max(0, start - 24) : start]
    if common:
        # Will and Mark begin sentences; after a greeting or in the middle of one they are names.
        if not first.isupper() or text[start:end].isupper():
            return False
        if _NAME_LEAD.search(lead):
            return True
        stripped = lead.rstrip(" \t")
        return bool(stripped) and stripped[-1] not in ".!?\n:>-*\x01\"'(" and stripped[-1:].isalnum()
    return first.isupper() or len(token) >= 4 or _NAME_LEAD.search(lead) is not None


def _names_merged(text: str, spans: list[tuple[int, int, Needle]]) -> list[tuple[int, int, Needle]]:
    """Return neighbouring parts of a name as one span: "Jane", "Q.", "Doe"."""
    people = [s for s in spans if s[2].kind is Kind.PERSON]
    people.sort(key=lambda s: (s[0], -s[1]))
    merged: list[tuple[int, int, Needle]] = []
    for start, end, needle in people:
        if merged:
            first, last, one = merged[-1]
            if start <= last or (
                start - last <= 5
                and (joint := _BETWEEN.fullmatch(text, last, start))
                and not (joint.group()[0] in ",." and _again_named(text[first:last], text[start:end]))
            ):
                merged[-1] = (first, max(last, end), one)
                continue
        merged.append((start, end, needle))
    merged = [(_initials(text, start, needle), end, needle) for start, end, needle in merged]
    return merged + [s for s in spans if s[2].kind is not Kind.PERSON]


def _again_named(before: str, after: str) -> bool:
    """Tell whether two mentions side by side have a part of a name in common: then they are two."""
    return not {*fold_in_place(before).split()}.isdisjoint(fold_in_place(after).split())


_INITIALS = lazily(r"(?:[^\W\d_]\.[ \xa0-]?){1,3}$|(?<![^\W_])[^\W\d_][ \xa0]$")


def _initials(text: str, start: int, needle: Needle) -> int:
    """Where a mention begins if the initials of the same person stand before it: "J. R. Smith"."""
    match = _INITIALS.search(text, max(0, start - 9), start)
    if match is None or text[match.start() - 1 : match.start()].isalnum():
        return start
    firsts = {word[0] for word in needle.canonical.split()}
    letters = [c for c in fold_in_place(match.group()) if c.isalpha()]
    return match.start() if match.group()[0].isupper() and firsts.issuperset(letters) else start


_BETWEEN = lazily(r"[ \t\xa0]{1,2}(?:[A-Z]\.?[ ])?|,[ ]|-|\.[ ]?|_|'")


def _squeezed_spans(haystack: Haystack, needle: Needle) -> Iterator[tuple[int, int]]:
    squeezed, wanted = haystack.squeezed, needle.text
    at = squeezed.find(wanted)
    if at < 0:
        return
    # Most hits are the plain spelling, which was found already: then the way back need not be made.
    if needle.plain and squeezed.count(wanted) == haystack.folded.count(needle.plain):
        return
    letters, text = haystack.letters, haystack.text
    while at >= 0:
        start, end = int(letters[at]), int(letters[at + len(wanted) - 1]) + 1
        span = text[start:end]
        if (
            BREAK not in span
            and len(span) <= 3 * len(wanted) + 8
            and not (start > 0 and _runs_on(text[start - 1], text[start]))
            and not (end < len(text) and _runs_on(text[end], text[end - 1]))
        ):
            yield start, end
        at = squeezed.find(wanted, at + 1)


@lru_cache(maxsize=4096)
def _gaps(length: int) -> int:
    return 3 * length + 6


def _digit_spans(haystack: Haystack, needle: Needle) -> Iterator[tuple[int, int]]:
    digits, wanted = haystack.digits, needle.text
    at = digits.find(wanted)
    while at >= 0:
        places, text = haystack.digit_at, haystack.text
        start, end = int(places[at]), int(places[at + len(wanted) - 1]) + 1
        span = text[start:end]
        if len(span) <= _gaps(len(wanted)) and BREAK not in span and not _words_inside(span):
            following = text[end : end + 1]
            if not following.isdigit():
                lead = _PREFIX.search(text, max(0, start - 12), start)
                begin = start
                if lead is not None and lead.group().strip():
                    begin = lead.start() + len(lead.group()) - len(lead.group().lstrip(" \t\xa0.-/"))
                if not (begin > 0 and text[begin - 1].isdigit()):
                    yield begin, end
        at = digits.find(wanted, at + 1)


_LETTERS = lazily(r"[^\W\d_]")


def _words_inside(span: str) -> bool:
    return _LETTERS.search(span) is not None
