"""Values that the case's own fields gave, hunted in every folding the ensemble knows."""

from __future__ import annotations

import base64
import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

from hushdesk.redact._types import Kind, Known
from hushdesk.redact.leak._deep_names import fold, is_common
from hushdesk.redact.leak._deep_patterns import Seen

_WORDS = re.compile(r"[^\W_]+(?:['’][^\W_]+)?")
_RUN = re.compile(r"\d(?:[^\w\x1a\n]{0,3}\d){5,30}")
_NOT_ALNUM = re.compile(r"[\W_]+")
_LEET = str.maketrans("01345789@$€", "oieastgg" + "ase")
_UMLAUTS = {
    "ä": "ae",
    "ö": "oe",
    "ü": "ue",
    "ß": "ss",
    "å": "aa",
    "ø": "oe",
    "æ": "ae",
    "ñ": "n",
    "ç": "c",
    "ł": "l",
}
_EXACT = frozenset({Kind.USERNAME, Kind.SECRET})
_NUMBERS = frozenset({Kind.CARD, Kind.BANK, Kind.ACCOUNT, Kind.NATIONAL_ID, Kind.DEVICE})


def _squeezed(text: str) -> str:
    """Letters and digits alone, folded; what was blanked still divides."""
    return "\x1a".join(_NOT_ALNUM.sub("", fold(part)) for part in text.split("\x1a"))


def _spelled(text: str) -> str:
    text = unicodedata.normalize("NFC", text.casefold())
    return _NOT_ALNUM.sub("", "".join(_UMLAUTS.get(c, c) for c in text))


@dataclass
class Text:
    """One text in the forms that values are looked for in, each made when first wanted."""

    raw: str

    @cached_property
    def words(self) -> list[str]:
        """The words as written."""
        return _WORDS.findall(self.raw)

    @cached_property
    def folded_words(self) -> str:
        """The words folded, with one blank before and after each."""
        return f" {' '.join(map(fold, self.words))} "

    @cached_property
    def capitalised(self) -> frozenset[str]:
        """Folded words that stand with a capital somewhere."""
        return frozenset(fold(w) for w in self.words if w[:1].isupper() or not w.isascii())

    @cached_property
    def squeezed(self) -> str:
        """Without anything but letters and digits."""
        return _squeezed(self.raw)

    @cached_property
    def others(self) -> tuple[str, ...]:
        """Squeezed in other ways: umlauts in two letters, digits for letters, backwards."""
        return _spelled(self.raw), self.squeezed.translate(_LEET), self.squeezed[::-1]

    @cached_property
    def runs(self) -> tuple[str, ...]:
        """Runs of digits, without what divides them."""
        return tuple(re.sub(r"\D", "", m.group()) for m in _RUN.finditer(self.raw))

    @cached_property
    def lower(self) -> str:
        """Casefolded."""
        return self.raw.casefold()


def hunted(text: str, known: Sequence[Known]) -> Iterator[Seen]:
    """Yield each known value that still stands in the text in some folding."""
    seen = Text(text)
    for item in known:
        if any(seen_so for seen_so in _forms(seen, item)):
            yield item.kind, item.value, "a known value"


def _forms(text: Text, item: Known) -> Iterator[bool]:
    kind, value = item.kind, item.value
    if kind is Kind.PERSON:
        yield _person(text, value)
        return
    if kind in _EXACT:
        bare = fold(value.strip().lstrip("@"))
        yield (
            len(bare) >= 4
            and not is_common(bare)
            and f" {' '.join(map(fold, _WORDS.findall(value)))} " in text.folded_words
        )
        return
    digits = re.sub(r"\D", "", value)
    if kind is Kind.PHONE:
        yield len(digits) >= 7 and any(digits[-8:] in run for run in text.runs)
        return
    if kind is Kind.PLACE:
        words = list(map(fold, _WORDS.findall(value)))
        yield (
            len(value) >= 4
            and not all(map(is_common, words))
            and words[0] in text.capitalised
            and f" {' '.join(words)} " in text.folded_words
        )
        return
    bare = _squeezed(value)
    if kind in _NUMBERS and bare.isdigit():
        yield len(bare) >= 7 and any(bare in run for run in text.runs)
        return
    if len(bare) < 7:
        return
    yield bare in text.squeezed
    yield any(
        form in other
        for form, other in zip((_spelled(value), bare.translate(_LEET), bare), text.others, strict=True)
    )
    if kind is Kind.EMAIL:
        local = value.partition("@")[0]
        words = list(map(fold, _WORDS.findall(local)))
        yield (
            len(local) >= 6
            and (len(words) > 1 or any(map(str.isdigit, local)))
            and (f" {' '.join(words)} " in text.folded_words)
        )
    if len(value) >= 8:
        packed = base64.b64encode(value.encode())[: len(value) * 8 // 6].decode()
        yield packed in text.raw
        yield value.encode().hex() in text.lower


def _person(text: Text, name: str) -> bool:
    words = [fold(word) for word in _WORDS.findall(name)]
    if not words:
        return False
    telling = [w for w in words if len(w) >= 4 and not is_common(w)]
    if len(words) > 1 and any(len(w) >= 3 for w in words) and telling:
        for order in (words, words[::-1]):
            if f" {' '.join(order)} " in text.folded_words:
                return True
        whole = "".join(words)
        if len(whole) >= 9 and (whole in text.squeezed or whole.translate(_LEET) in text.others[1]):
            return True
    # A part of a name by itself, as a name is written.
    return any(w in text.capitalised and len(w) >= 5 for w in telling)
