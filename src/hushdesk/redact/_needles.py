"""What to look for when a value is known: its spellings, folded, and how each must stand in a text."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from datetime import date
from functools import lru_cache
from typing import NamedTuple, TypeAlias

from hushdesk.redact._boxes import SHARED
from hushdesk.redact._canonical import canonical
from hushdesk.redact._fold import fold, fold_in_place
from hushdesk.redact._forms import short_forms, stem, user_names
from hushdesk.redact._lazy import lazily
from hushdesk.redact._types import Kind
from hushdesk.redact._words import words

COMMON_WORDS = frozenset(
    words(
        """
    will may mark bill grace rose price young king white brown green black long short hill wood woods
    stone field ford bush page best rich bishop cook baker carter mason hunter parker fisher ward cross
    day knight case hope faith joy drew rob bob pat sue art chip dale frank gene guy jack jay jean june
    april august summer autumn dawn eve miles gray grey gold silver power powers bell ball banks barber
    berry bird bond booth bowl branch bridge brook brooks butler castle chance chase church clay cliff
    coal cole cotton crane dean drake dunn early english fields flower foot forest fox france french
    frost gates glass good grant hall hand hands hardy harper hart hay head heart holly hood house hunt
    ivy jade keen key kind lake lamb lance land lane law lee little love low lucky major marsh martin
    max means mercy mild mill mills moon moore moss nick noble north oak olive page park parks penny
    pearl pike pitt pool poor pope porter post potter pratt ray read reed ring rivers robin rock rod
    root rush rusty sage sand sands savage self sharp shaw sky small smart snow son south spring star
    steel still storm street strong swift temple terry tone town trip troy van victor violet walker wall
    waters weber webb week west wild wise wolf wright access account admin agent client customer desk
    service support team user test contact help info sales office und der die das von zu van den het los
    las del della bin ibn abu mrs the and for not you are with ganz gross klein lang kurz neu alt koch
    bauer fischer jung schwarz weiss braun grau klar stark sommer winter herbst petit grand roi blanc
    noir rouge leroy blanco rey flores cruz paz luz rosa bravo bueno leal
    """
    )
)
"""Names that are ordinary words too: alone and small they are left alone."""

_HOST_WORDS = frozenset(
    words(
        "example com net org local host server web www dev prod stage test mail api app node data db ftp smtp http svc system"
    )
)
"""Parts of mailboxes that are those of machines rather than of people."""


_HONORIFICS = frozenset(words("mr mrs ms dr prof herr frau mme sra the and von van der den del bin"))
_NO_LETTERS = lazily(r"[\W_]+")
_NOT_ALNUM = bytes(c for c in range(128) if not chr(c).isalnum())
_NOT_DIGIT = lazily(r"\D")
_TOKENS = lazily(r"[^\w'’]+")
_BOX_PARTS = lazily(r"[._\-]")


def _squeeze(text: str) -> str:
    if text.isascii():
        return text.encode("ascii").translate(None, _NOT_ALNUM).decode("ascii")
    return _NO_LETTERS.sub("", text)


class Needle(NamedTuple):
    """One spelling of a known value. A tuple, since each value of each case makes several."""

    text: str
    mode: str
    """``plain`` in the folded text, ``squeezed`` in its letters and digits, ``digits`` in its digits."""
    kind: Kind
    canonical: str = ""
    name: bool = False
    """A part of a name, which must also read as one."""
    glued: bool = False
    """Of a script without blanks between words."""
    weak: bool = False
    """Worth hunting only for values that were given, not for those that were found."""
    bent: bool = False
    """The stem of a name, which counts only with a case ending behind it."""
    plain: str = ""
    """The plain spelling whose mentions a squeezed one would count again."""

    def __repr__(self) -> str:
        return f"Needle({self.mode}, {self.kind.value})"


@lru_cache(maxsize=1 << 13)
def needles(kind: Kind, value: str, *, repeated: bool = False) -> tuple[Needle, ...]:
    """Return what to look for.

    Args:
        kind: What the value is.
        value: The value as known.
        repeated: Without weak ones, since the value was found rather than given.
    """
    value = unicodedata.normalize("NFKC", value).strip()
    if len(value) < 2:
        return ()
    whole = canonical(kind, value)
    if kind is Kind.EMAIL:
        return tuple(_email(value, whole))
    if kind is Kind.PHONE:
        return tuple(_phone(whole))
    if kind is Kind.PERSON:
        return tuple(_person(value, whole, repeated=repeated))
    if kind is Kind.BIRTH_DATE:
        return tuple(_date(value, whole))
    folded = fold_in_place(value.strip().lstrip("@") if kind is Kind.USERNAME else value)
    out = []
    if len(folded) >= 3:
        common = kind is Kind.USERNAME and (folded in COMMON_WORDS or len(folded) < 4)
        out.append(Needle(folded, "plain", kind, whole, name=common))
    squeezed = _squeeze(folded)
    # "jane.doe" without its dot is the person again, not a spelling of the user name.
    wordy = kind is Kind.USERNAME and not any(c.isdigit() for c in squeezed)
    if len(squeezed) >= 7 and kind is not Kind.SECRET and not wordy:
        out.append(Needle(squeezed, "squeezed", kind, whole, plain=folded))
    if kind is Kind.ADDRESS:
        for part in re.split(r"[,;\n]", value):
            line = fold_in_place(part.strip())
            if (
                len(line) >= 8
                and any(c.isdigit() for c in line)
                and any(c.isalpha() for c in line)
                and line != folded
            ):
                out.append(Needle(line, "plain", kind, whole))
    return tuple(out)


Probes: TypeAlias = tuple[tuple[str, ...], tuple[str, ...], tuple[str, ...]]
"""Texts to look for in the plain, the squeezed and the digits' form."""


@lru_cache(maxsize=1 << 13)
def probes(kind: Kind, value: str, *, repeated: bool = False) -> Probes:
    """Return the fewest spellings of each mode of which one must be about if any of the needles is.

    Args:
        kind: What the value is.
        value: The value as known.
        repeated: Without weak ones, since the value was found rather than given.
    """
    modes: dict[str, list[str]] = {"plain": [], "squeezed": [], "digits": []}
    for needle in needles(kind, value, repeated=repeated):
        modes[needle.mode].append(needle.text)
    plain, squeezed, digits = (tuple(_fewest(texts)) for texts in modes.values())
    if len(squeezed) > 1:
        start = _common(squeezed)
        if len(start) >= _MIN_START:
            squeezed = (start,)
    return plain, squeezed, digits


def _fewest(texts: list[str]) -> list[str]:
    """Without those that hold another: where they are, the other is."""
    if len(texts) < 2:
        return texts
    out: list[str] = []
    for text in sorted(texts, key=len):
        for other in out:
            if other in text:
                break
        else:
            out.append(text)
    return out


def _common(texts: Sequence[str]) -> str:
    """What all the texts begin with."""
    first, last = min(texts), max(texts)
    size = next((i for i, (a, b) in enumerate(zip(first, last, strict=False)) if a != b), len(first))
    return first[:size]


_MIN_START = 5
"""Spellings that begin alike are asked for by that beginning if it is as long as this."""


def _email(value: str, whole: str) -> list[Needle]:
    folded = fold_in_place(value)
    out = [Needle(folded, "plain", Kind.EMAIL, whole)]
    if whole != folded:
        out.append(Needle(whole, "plain", Kind.EMAIL, whole))
    local, _, domain = whole.partition("@")
    squeezed = _squeeze(whole)
    if len(squeezed) >= 7:
        out.append(Needle(squeezed, "squeezed", Kind.EMAIL, whole, plain=folded))
        for at, dot in (("at", "dot"), ("at", "")):
            spelled = _squeeze(local) + at + domain.replace(".", dot).replace("-", "")
            out.append(Needle(_squeeze(spelled), "squeezed", Kind.EMAIL, whole))
    box = local.split("+", 1)[0]
    if box in SHARED or not box:
        return out
    telling = len(box) >= 5 or any(c in "._-" or c.isdigit() for c in box)
    if telling and len(box) >= 4:
        out.append(Needle(fold_in_place(box), "plain", Kind.USERNAME, box, name=box in COMMON_WORDS))
        parts = [p for p in _BOX_PARTS.split(box) if p.isalpha() and len(p) >= 3]
        if 2 <= len(parts) <= 3 and not any(p in SHARED or p in _HOST_WORDS for p in parts):
            full = " ".join(parts)
            out.append(Needle(full, "plain", Kind.PERSON, full))
            out.extend(
                Needle(part, "plain", Kind.PERSON, full, name=True, weak=len(part) < 4) for part in parts
            )
    return out


def _phone(whole: str) -> list[Needle]:
    digits = _NOT_DIGIT.sub("", whole)
    if whole.startswith("+"):
        import phonenumbers

        try:
            parsed = phonenumbers.parse(whole, None)
            digits = phonenumbers.national_significant_number(parsed)
        except phonenumbers.NumberParseException:
            pass
    digits = digits.lstrip("0") or digits
    if len(digits) < 6:
        return []
    return [Needle(digits, "digits", Kind.PHONE, whole)]


_UNSPACED = lazily(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af\u0e00-\u0e7f]")


def _person(value: str, whole: str, *, repeated: bool) -> list[Needle]:
    folded = " ".join(fold_in_place(value).split())
    out = [Needle(folded, "plain", Kind.PERSON, whole)] if " " in folded or not folded.isascii() else []
    if _UNSPACED.search(value):
        joined = re.sub(r"[\s\u3000・]+", "", fold_in_place(value))
        out = [Needle(joined, "plain", Kind.PERSON, whole, glued=True)] if len(joined) >= 2 else []
        parts = value.split()
        out.extend(
            Needle(fold_in_place(p), "plain", Kind.PERSON, whole, glued=True)
            for p in parts
            if len(p) >= 2 and len(parts) > 1
        )
        if len(parts) > 1:
            out.append(Needle(folded, "plain", Kind.PERSON, whole, glued=True))
        return out
    tokens = [t for t in _TOKENS.split(fold_in_place(value)) if t and not t.isdigit()]
    squeezed = _squeeze(folded)
    if len(tokens) > 1 and len(squeezed) >= 7:
        out.append(Needle(squeezed, "squeezed", Kind.PERSON, whole, plain=folded))
        turned = f"{tokens[-1]}, {' '.join(tokens[:-1])}"
        out.append(Needle(turned, "plain", Kind.PERSON, whole))
    for token in dict.fromkeys(tokens):
        bare = token.strip("'’")
        if (len(bare) >= 3 and bare not in _HONORIFICS) or (len(bare) == 2 and not bare.isascii()):
            out.append(Needle(bare, "plain", Kind.PERSON, whole, name=True))
            if (root := stem(bare)) and bare not in COMMON_WORDS:
                out.append(Needle(root, "plain", Kind.PERSON, whole, name=True, bent=True))
    real = [t for t in tokens if t not in _HONORIFICS]
    if real and not repeated:
        out.extend(
            Needle(form, "plain", Kind.PERSON, whole, name=True, weak=True) for form in short_forms(real[0])
        )
        out.extend(Needle(form, "plain", Kind.USERNAME, form, weak=True) for form in user_names(real))
    full = fold(value)
    if len(full) != len(fold_in_place(value)):
        out.append(Needle(" ".join(full.split()), "plain", Kind.PERSON, whole))
        out.extend(
            Needle(t, "plain", Kind.PERSON, whole, name=True)
            for t in re.split(r"[^\w]+", full)
            if len(t) >= 4
        )
    return out


def _date(value: str, whole: str) -> list[Needle]:
    out = [Needle(fold_in_place(value), "plain", Kind.BIRTH_DATE, whole)]
    try:
        day = date.fromisoformat(value[:10])
    except ValueError:
        return out
    forms = {
        f"{day:%d.%m.%Y}", f"{day:%d/%m/%Y}", f"{day:%m/%d/%Y}", f"{day:%Y/%m/%d}", f"{day:%d-%m-%Y}", f"{day:%Y%m%d}",
        f"{day.day}.{day.month}.{day.year}", f"{day.day}/{day.month}/{day.year}", f"{day.month}/{day.day}/{day.year}",
        f"{day.year}年{day.month}月{day.day}日",
    }  # fmt: skip
    out.extend(Needle(form, "plain", Kind.BIRTH_DATE, whole) for form in sorted(forms))
    return out
