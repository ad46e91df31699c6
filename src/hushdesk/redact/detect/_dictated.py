"""Values told piece by piece: digits with words, signs, dots or quoted line ends between their groups."""

from __future__ import annotations

from collections.abc import Iterator

from hushdesk.redact._canonical import canonical
from hushdesk.redact._lazy import lazily
from hushdesk.redact._tld import COMMON_ENDS, FILE_ENDS
from hushdesk.redact._types import Finding, Kind
from hushdesk.redact._words import words
from hushdesk.redact.detect import _cues
from hushdesk.redact.detect._interface import Detector
from hushdesk.redact.detect._numbers import brand, luhn
from hushdesk.redact.detect._text import after, before

_AND_THEN = (
    r"and|then|number|no|nr|the|rest|is|its|followed|by|next|after|that|local|subscriber|plus|last|finally|comma|pause|space|dash|hyphen|dann|und|danach|nummer|die|rufnummer|anschließend|strich|et|puis|ensuite|numéro|le|tiret|espace|y|luego|después|número|el|guion"
    r"|e|poi|quindi|numero|il|depois|em|seguida|o|a|en|dan|daarna|het|og|så|derefter|nummeret|och|sedan|sen|numret|ja|sitten|numero|i|potem|dalej|numer|pak|potom|číslo|és|aztán|majd|szám|și|apoi|numărul|и|затем|потом|далее|дальше|номер|і|потім|далі|после|после[ ]него|тире"
    r"|ve|sonra|ardından|numara|και|μετά|ύστερα|αριθμός|ואז|אחר|כך|ثم|وبعدها|बाद|फिर|แล้ว|ตามด้วย|rồi|tiếp|lalu|kemudian|然后|再|接着|次に|そして|그리고|다음"
)
_BETWEEN = (
    rf"(?:[ ,;:.…\-–/]{{1,3}}(?:{_AND_THEN})\b){{1,5}}[ ,;:.…]{{1,3}}|[ ]?[,;…][ ]{{1,2}}|[ ]?\.{{3}}[ ]?"
)
_PREFIX = lazily(
    rf"(?i)[ ]?(?:code|no|nr|number|is|=|:|[ ]){{0,4}}(?P<a>\(?\+?0?\d{{2,5}}\)?)(?:{_BETWEEN})(?P<b>\d{{2,8}}(?:[ \-.]\d{{2,4}}){{0,3}})(?!\w|[.,:/\-]\d|%)(?:(?:{_BETWEEN})(?P<c>\d{{2,6}})(?!\w|[.,:/\-]\d|%))?"
)
_GROUPS = lazily(
    r"(?<![\w.,:/\-])\d{4}(?P<x>[ ,;]{1,3}[^\W\d_]{1,10}(?:[ ,;]{1,2}[^\W\d_]{1,10}){0,3}[ ,;:]{1,3}|[ ]?[,;…][ ])\d{4}(?:[ ,;:…]{1,3}(?:[^\W\d_]{1,10}[ ,;:]{1,2}){0,4})\d{4}(?:[ ,;:…]{1,3}(?:[^\W\d_]{1,10}[ ,;:]{1,2}){0,4})\d{4}(?!\w|[.,:/\-]\d)"
)
_WORDED = lazily(r"[^\W\d_]|[,;…]")
"""What stands at least once between the first two groups. Rows of plain cards have none, and looking for that is far cheaper."""
_FOUR = lazily(r"\d{4}")
_SIGNED = lazily(r"(?<![\w*•~|+,;:.])\d{4}([*•~|+,;:·_^='])[ ]?\d{4}\1[ ]?\d{4}\1[ ]?\d{4}(?!\w|[*•~|+][\d])")
_WRAPPED_CARD = lazily(r"(?<![\w.,\-])\d{4}(?:(?:[ \-]?|[ ]?\r?\n[>| ]{0,8})\d{4}){3}(?![\w]|[.,:\-]\d)")
_DOTTED = lazily(r"(?<![\w.,\-/:])\+?\d(?P<s>[.,\-_/:*;|])\d(?:(?P=s)\d){7,13}(?!\w|(?P=s)\w)")
_SOCIAL = lazily(r"(?<![\w.])(?!000|666|9\d\d)\d{3}\.(?!00)\d{2}\.(?!0000)\d{4}(?![\w]|\.\d)")
_SOCIAL_CUE = lazily(r"(?i)\b(?:ssn|social|soc\.?[ ]sec|ss[ ]?#|itin|tin|tax[ ]id)\b")
_SWAPPED = lazily(
    r"(?<![\w/.@\"#§])(?P<l>[A-Za-z][\w+\-]*(?:[._][\w+\-]+){0,3})[\"#§](?P<h>[A-Za-z0-9][A-Za-z0-9\-]{1,40}(?:\.[A-Za-z0-9\-]{2,20}){0,2})\.(?P<t>[a-z]{2,6})(?![\w\"#§=/.@]\w?)"
)
_APART = lazily(
    r"(?<![\w.@/\\\-])(?P<v>[a-z][a-z0-9]{1,20}(?:[._\-][a-z0-9]{1,20}){1,3})[ ,](?:[^\W\d_]{1,12}[ ,]{1,2}){1,6}$"
)
_USUAL = lazily(
    r"(?<=[ ])@[A-Za-z0-9][A-Za-z0-9\-]{1,40}(?:\.[A-Za-z0-9\-]{2,20}){0,2}\.(?P<t>[a-z]{2,6})(?!\w)"
)
_REACH = 24


def _phone(span: tuple[int, int], whole: str) -> Finding:
    return Finding(
        *span,
        Kind.PHONE,
        0.75,
        "phone-told",
        canonical(Kind.PHONE, whole),
        "told piece by piece after a word for it",
    )


def check_prefix(text: str, end: int) -> Iterator[Finding]:
    """Look behind a word for dialling or area code for a number in two or three pieces."""
    match = _PREFIX.match(text, end)
    if match is None:
        return
    spans = [match.span(g) for g in "abc" if match[g]]
    whole = "".join(text[a:b] for a, b in spans)
    if not 7 <= sum(map(str.isdigit, whole)) <= 14:
        return
    for span in spans:
        yield _phone(span, whole)


def check_trunk(text: str, end: int) -> Iterator[Finding]:
    """Look behind a word for telephone for pieces of which the first begins as a number does."""
    match = _PREFIX.match(text, end)
    if match is not None and match["a"][0] in "0+(":
        yield from check_prefix(text, end)


def check_groups(text: str, end: int) -> Iterator[Finding]:
    """Look at four groups of four digits with words between them."""
    low, high = max(0, end - 140), min(len(text), end + 8)
    if _WORDED.search(text, low, high) is None:
        return
    for match in _GROUPS.finditer(text, low, high):
        if match.end() < end:
            continue
        spans = [m.span() for m in _FOUR.finditer(text, *match.span())]
        digits = "".join(text[a:b] for a, b in spans)
        if len(digits) != 16 or not luhn(digits) or not brand(digits):
            return
        for span in spans:
            yield Finding(
                *span, Kind.CARD, 0.85, "card-told", digits, "a card number with words between its groups"
            )


def check_signed(text: str, end: int) -> Finding | None:
    """Look at the groups of a card with odd signs or quoted line ends between them."""
    for pattern in (_SIGNED, _WRAPPED_CARD):
        for match in pattern.finditer(text, max(0, end - 48), min(len(text), end + 40)):
            digits = "".join(c for c in match.group() if c.isdigit())
            if match.end() < end or match.group().count("\n") > 1 or not luhn(digits) or not brand(digits):
                continue
            return Finding(
                *match.span(), Kind.CARD, 0.9, "card", digits, "a card number with a right check digit"
            )
    return None


def check_dotted(text: str, end: int) -> Finding | None:
    """Look at single digits with one sign between them."""
    for match in _DOTTED.finditer(text, max(0, end - 34), min(len(text), end + 34)):
        if match.end() < end or match.start() > end:
            continue
        digits = "".join(c for c in match.group() if c.isdigit())
        lead = before(text, match.start(), 40)
        # Object identifiers and lists of small numbers look the same.
        told = digits[0] == "0" or match.group()[0] == "+" or _DIAL.search(lead) is not None
        if not told or len(set(digits)) < 3 or digits.startswith(("012345", "098765")):
            return None
        return _phone(match.span(), match.group())
    return None


_DIAL = lazily(
    r"(?i)\b(?:phone|tel|mobil\w*|cell|call|ring|dial|number|telefon\w*|handy|тел\w*|номер|número|numéro|numero)\b\W{0,3}(?:is )?$"
)


def check_social(text: str, end: int) -> Finding | None:
    """Look at a social-security number with dots, where a word on either side says that it is one."""
    for match in _SOCIAL.finditer(text, max(0, end - 11), min(len(text), end + 2)):
        if match.end() == end and (
            _SOCIAL_CUE.search(before(text, match.start(), 40)) or _SOCIAL_CUE.search(after(text, end, 24))
        ):
            form = canonical(Kind.NATIONAL_ID, match.group())
            return Finding(
                *match.span(), Kind.NATIONAL_ID, 0.8, "us-ssn", form, "beside a word for social security"
            )
    return None


def check_swapped(text: str, end: int) -> Finding | None:
    """Look at a mailbox in which another keyboard's sign stands for the ``@``."""
    for match in _SWAPPED.finditer(text, max(0, end - 90), min(len(text), end + 40)):
        if (
            match.end() < end
            or match["t"] not in COMMON_ENDS
            or match["t"] in FILE_ENDS
            or match["l"].rpartition(".")[2] in FILE_ENDS
        ):
            continue
        line = text[
            max(text.rfind("\n", 0, match.start()), match.start() - 200, 0) : match.end() + 80
        ].partition("\n")[0]
        if '"' in match.group() and line.count('"') != 1:
            continue
        form = canonical(Kind.EMAIL, f"{match['l']}@{match['h']}.{match['t']}")
        return Finding(
            *match.span(), Kind.EMAIL, 0.7, "email-swapped", form, "a mailbox with a slip of the keyboard"
        )
    return None


def check_usual(text: str, end: int) -> Finding | None:
    """Look for the mailbox some words before ``@host``: "ann.lee and then the usual @example.org"."""
    match = _USUAL.search(text, max(0, end - 2), min(len(text), end + 80))
    if match is None or match["t"] not in COMMON_ENDS:
        return None
    lead = before(text, match.start(), 90).rpartition("\n")[2]
    found = _APART.search(lead)
    if (
        found is None
        or found["v"].rpartition(".")[2] in COMMON_ENDS | FILE_ENDS
        or ("-" in found["v"] and "." not in found["v"])
    ):
        return None
    start = match.start() - len(lead) + found.start("v")
    form = canonical(Kind.EMAIL, found["v"] + match.group())
    return Finding(
        start,
        start + len(found["v"]),
        Kind.EMAIL,
        0.7,
        "email-apart",
        form,
        "the mailbox of a host named later",
    )


_PREFIXES = words(
    r"""
    dial dialled dialed dialing area\scode dialling\scode dial\scode prefix std\scode country\scode wählen vorwahl vorwahlnummer landesvorwahl indicatif préfixe composer composez prefijo indicativo marcar marque lada ddd discar disque prefisso comporre componga netnummer
    kengetal kiesen draai riktnummer slå ring områdenummer suuntanumero suunta kierunkowy prefiks wybrać wybierz předvolba předčíslí předvoľba vytočit körzetszám előhívó tárcsázza cod\szonă sunați код\sгорода наберите набрать набирайте код\sоператора код\sміста наберіть
    код\sна\sграда alan\skodu çevirin tuşlayın κωδικός\sπεριοχής καλέστε חייגו קידומת اطلب مفتاح अंक डायल กด รหัสพื้นที่ mã\svùng bấm kode\sarea tekan 区号 區號 拨 市外局番 지역번호
    """
)
_PHONES = words(
    "phone tel mobile cell telefon telefono teléfono téléphone telefoon handy móvil телефон тел numer номер"
)
DETECTORS: tuple[Detector, ...] = (
    Detector("phone-told", tuple(_cues.hyperscan_word(c) for c in dict.fromkeys(_PREFIXES)), check_prefix),
    Detector("phone-told", tuple(_cues.hyperscan_word(c) for c in _PHONES), check_trunk),
    Detector("card-told", (r"\b\d{4}(?:[ ,;.]{1,3}[^\d\n]{0,36}\d{4}){3}\b",), check_groups, refractory=3),
    Detector(
        "card-signed",
        (r"\d{4}(?:[*|+,;:_^='~] ?\d{4}){3}", r"\d{4}(?:(?:\xc2\xb7|\xe2\x80\xa2)\d{4}){3}", r"\d{4}[ \-]?\r?\n[>| ]{0,8}\d{4}\b"),
        check_signed,
    ),
    Detector("phone-dotted", tuple(rf"\b\d{s}(?:\d{s}){{7}}\d" for s in (r"\.", ",", r"\-", "_", "/", ":", r"\*", ";")), check_dotted, refractory=3),
    Detector("us-ssn", (r"\b\d{3}\.\d{2}\.\d{4}\b",), check_social),
    Detector("email-swapped", (r"[a-z0-9](?:[\"#]|\xc2\xa7)[a-z0-9\-]{2,40}\.[a-z]{2,6}\b",), check_swapped, refractory=3),
    Detector("email-apart", (r"[a-z] @[a-z0-9\-]{2,40}\.[a-z]{2}",), lambda text, end: check_usual(text, text.rfind("@", 0, end) + 1)),
)  # fmt: skip
