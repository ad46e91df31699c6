"""Card numbers and IBANs: digits whose check sums tell what they are."""

from __future__ import annotations

import re
from typing import Final

from hushdesk.redact._canonical import canonical
from hushdesk.redact._lazy import lazily
from hushdesk.redact._types import Finding, Kind
from hushdesk.redact.detect import _cues
from hushdesk.redact.detect._interface import Detector
from hushdesk.redact.detect._text import WORD, after, before

_SEP = r"[ \t\xa0\-–.·_/]{0,3}"
_GROUP_GOES_ON = lazily(rf"\d|-\d|{WORD}")
# The group ends a date, or it is one of two digits, as dates and times have them.
_DATE_BACK = lazily(r"\d\d(?:91|02)[./\-]\d\d?[./\-]\d\d?(?!\d)|\d\d[./\-:]\d\d(?![./\-:]?\d)")
# A digit by itself with more of them behind it is not the last of anything.
_AMID = lazily(r"[ .\-]\d[ .\-]\d(?!\d)")
_DIGITS_BEFORE = lazily(rf"\d{_SEP}\Z")
_DIGITS_AFTER = lazily(rf"{_SEP}\d")
_PART_OF = lazily(rf"(?:{WORD}|\.|\d[\-/])\Z")
_IBAN = lazily(
    r"(?i)(?<![a-z0-9])[a-z]{2}[ \-./]{0,2}\d[ \-./]{0,2}\d(?:(?:[ \t\xa0\-–./]{0,2}|[ ]?\r?\n[>| ]{0,6})[a-z0-9]){11,30}"
)
_FOURS = lazily(r"\d{4}(?:\D{1,2}\d{4}){3}")
_ANY_DIGIT = lazily(r"\d")
_LETTER = lazily(r"[^\W\d_]")
_NO_DIGIT = lazily(r"\D")
_GROUPED = lazily(r"\d{4}([ \-])\d{4}\1\d{4}\1\d{4}|3[47]\d\d([ \-])\d{6}\2\d{5}")
_CARD_TALK = lazily(
    r"(?i)\b(?:credit|debit|bank|visa|master)\s?cards?\b|\bmy\scard\b|kreditkarte|carte\sbancaire|tarjeta|cart[aã]o\sde"
)
_GOES_ON = lazily(WORD)
_CARD_CUE = lazily(
    r"(?i)card|visa|master|amex|karte|carte|tarjeta|cart[aã]o|carta|kaart|kort|kortti|karta|kártya|kart|карт|カード|卡|카드|بطاقة"
)
_NOT_CARD = lazily(
    r"(?i)(?:order|ticket|case|build|imei|serial|tracking|invoice|isbn|ean|upc|sku|part|timestamp|trace|span|request"
    r"|correlation|session|thread|epoch|\bts\b|\bpid\b|0x|hash|id)\W{0,3}(?:no|nr|id|number|#)?\W{0,4}$"
)

_BRANDS = lazily(
    r"4\d{12}(?:\d{3}){0,2}$|5[1-5]\d{14}$|2(?:2[2-9]|[3-6]\d|7[01])\d{13}$|2720\d{12}$|3[47]\d{13}$"
    r"|3(?:0[0-5]|[689]\d)\d{11}(?:\d{2})?$|6(?:011|5\d\d|4[4-9]\d)\d{12}(?:\d{3})?$|35(?:2[89]|[3-8]\d)\d{12}$"
    r"|62\d{14,17}$|(?:50|5[6-9]|6[0-9])\d{10,17}$|9792\d{12}$|220[0-4]\d{12,15}$|8[0-9]\d{14}$|60\d{14}$"
)


def brand(digits: str) -> bool:
    """Tell whether ``digits`` begin, and are as many, as those of a card of some brand."""
    return _BRANDS.match(digits) is not None


_IBAN_LENGTHS = {
    "AD": 24, "AE": 23, "AL": 28, "AT": 20, "AZ": 28, "BA": 20, "BE": 16, "BG": 22, "BH": 22, "BI": 27, "BR": 29,
    "BY": 28, "CH": 21, "CR": 22, "CY": 28, "CZ": 24, "DE": 22, "DJ": 27, "DK": 18, "DO": 28, "EE": 20, "EG": 29,
    "ES": 24, "FI": 18, "FK": 18, "FO": 18, "FR": 27, "GB": 22, "GE": 22, "GI": 23, "GL": 18, "GR": 27, "GT": 28,
    "HR": 21, "HU": 28, "IE": 22, "IL": 23, "IQ": 23, "IS": 26, "IT": 27, "JO": 30, "KW": 30, "KZ": 20, "LB": 28,
    "LC": 32, "LI": 21, "LT": 20, "LU": 20, "LV": 21, "LY": 25, "MC": 27, "MD": 24, "ME": 22, "MK": 19, "MN": 20,
    "MR": 27, "MT": 31, "MU": 30, "NI": 28, "NL": 18, "NO": 15, "OM": 23, "PK": 24, "PL": 28, "PS": 29, "PT": 25,
    "QA": 29, "RO": 24, "RS": 22, "RU": 33, "SA": 24, "SC": 31, "SD": 18, "SE": 24, "SI": 19, "SK": 24, "SM": 27,
    "SO": 23, "ST": 25, "SV": 28, "TL": 23, "TN": 24, "TR": 26, "UA": 29, "VA": 22, "VG": 24, "XK": 20,
}  # fmt: skip


def luhn(digits: str) -> bool:
    """Tell whether the last of ``digits`` is their Luhn check digit; a view reads those of other scripts as these."""
    if not digits.isascii():
        return False
    codes = digits.encode("ascii")
    total = sum(codes[-1::-2]) + sum(codes[-2::-2].translate(_DOUBLED))
    return (total - len(codes) * ord("0")) % 10 == 0


_DOUBLED: Final = bytes.maketrans(b"0123456789", b"0246813579")
"""What each second digit counts: twice as much, and the digits of that added up."""


_BACK = lazily(rf"\d(?:{_SEP}\d){{12,}}")
_GROUPED_BACK = lazily(r"(?:\d{4}(?:[^\w\n]{1,2}\d{4}){3}|\d{5}[ \-]\d{6}[ \-]\d{4}|\d{13,19})(?!\d)")


def check_card(text: str, end: int) -> Finding | None:
    """Look at the group of digits that ends at ``end``: alone, with all before it, or with the groups of a card."""
    if _GROUP_GOES_ON.match(text, end) or _AMID.match(text, end - 2):
        return None
    back = text[max(0, end - 64) : end][::-1]
    if _DATE_BACK.match(back):
        return None
    run = _BACK.match(back)
    if run is not None:
        digits = _NO_DIGIT.sub("", run.group())[::-1]
        start = end - run.end()
        if 13 <= len(digits) <= 19 and _begins(text, start):
            found = _judged(text, start, end, digits, alone=True)
            if found is not None or len(digits) == run.end():
                return found
    # Behind other numbers only its groups tell where a card begins.
    part = _GROUPED_BACK.match(back)
    if part is None:
        return None
    digits = _NO_DIGIT.sub("", part.group())[::-1]
    return _judged(text, end - part.end(), end, digits, alone=False)


def _begins(text: str, start: int) -> bool:
    """Tell whether no digits stand before ``start`` that could belong to the same run."""
    return not _DIGITS_BEFORE.search(text, max(0, start - 5), start)


def _judged(text: str, start: int, end: int, digits: str, *, alone: bool) -> Finding | None:
    right = luhn(digits)
    # Nine of ten runs end here, in a row of cards three of four: before any expression is asked.
    if not right and not (alone and len(digits) in {15, 16}):
        return None
    if _PART_OF.search(text, max(0, start - 2), start):
        return None
    span = text[start:end]
    if not right:
        return _mistyped(text, start, end, digits)
    if len(set(digits)) < 2:
        return None
    lead = before(text, start, 40)
    # Both expressions have letters, and look at every place of what has none.
    worded = _LETTER.search(lead) is not None
    cued = worded and _CARD_CUE.search(lead) is not None
    if not cued and (not _BRANDS.match(digits) or (worded and _NOT_CARD.search(lead))):
        return None
    separators = {c for c in span if not c.isdigit()}
    grouped = _FOURS.fullmatch(span) is not None or _GROUPED.fullmatch(span) is not None
    if not cued and ("/" in separators or (len(separators) > 1 and not grouped)):
        return None
    if not cued and len(digits) in {13, 14, 19} and not separators:
        # Milliseconds since 1970 and other counters have these lengths.
        return None
    return Finding(start, end, Kind.CARD, 0.95, "card", digits, "a card number with a right check digit")


def _mistyped(text: str, start: int, end: int, digits: str) -> Finding | None:
    """Look at what everything but its check digit says is a card number: one digit was mistyped."""
    span = text[start:end]
    grouped = _GROUPED.fullmatch(span) is not None
    if (not grouped and not span.isdecimal()) or len(set(digits)) < 2 or _DIGITS_AFTER.match(text, end):
        return None
    # A wider run of digits, hyphens and letters is something else's.
    if text[end : end + 1] in {"-", "_", "/"}:
        return None
    lead = before(text, start, 240)
    if _NOT_CARD.search(lead[-40:]):
        return None
    if (
        not (grouped and digits[0] in "3456")
        and not _CARD_CUE.search(lead[-40:])
        and not _CARD_TALK.search(lead)
    ):
        return None
    return Finding(start, end, Kind.CARD, 0.65, "card-mistyped", digits, "a card number with a wrong digit")


def _mod97(compact: str) -> bool:
    rearranged = compact[4:] + compact[:4]
    return int("".join(str(int(c, 36)) for c in rearranged)) % 97 == 1


def check_iban(text: str, end: int) -> Finding | None:
    """Look at what starts like an IBAN before ``end``."""
    for match in _IBAN.finditer(text, max(0, end - 22), min(len(text), end + 80)):
        span = match.group()
        compact = re.sub(r"[^A-Za-z0-9]", "", span).upper()
        want = _IBAN_LENGTHS.get(compact[:2])
        if want is None or len(compact) < want:
            continue
        compact = compact[:want]
        # The pattern is greedy: walk to where the wanted number of letters and digits ends.
        seen = stop = 0
        for i, c in enumerate(span):
            if c.isalnum():
                seen += 1
                if seen == want:
                    stop = match.start() + i + 1
                    break
        if stop < len(text) and _GOES_ON.match(text, stop):
            continue
        if not _mod97(compact):
            continue
        return Finding(
            match.start(),
            stop,
            Kind.IBAN,
            1.0,
            "iban",
            canonical(Kind.IBAN, compact),
            "IBAN check digits hold",
        )
    return None


_AFTER_CARD = _cues.after_cue(r"\d(?:[ \t.\-]{0,2}\d){11,18}(?!\d)")
_OF_CARD = lazily(
    r"(?i)[ ]{0,2}(?:credit|debit)?[ ]{0,2}(?:no|nos|number|num|nr|nummer|numéro|número|numero|#)\.?[ ]?(?:is|are|was|ist|est|es)?[ :#=]{0,3}(?P<v>\d{4})(?![\w/\-]|[.,:]\d)"
)
_MY_CARD = lazily(r"(?i)\b(?:credit|debit|bank|my|his|her)[ ]card$|ssn[ \w]{1,16}card$")
_FOUR = lazily(r"[ :]{1,2}(?P<v>(?!19\d\d|20[0-3]\d)\d{4})(?![\w/\-]|[.,:]\d)")
_LAST = lazily(
    r"(?i)(?:[ :,\-]{1,3}(?:(?:four|4|digits?|numbers?|of|on|for|in|with|my|the|is|are|was|which|credit|debit|card|visa|mastercard|amex|social|security|ssn|account|acct|ac|no|number|phone|it['’]?s|mit|auf|par|en|a|es|sont|sind)\b[ :,=.\-]{0,3}){0,10}|[ :]{1,2})"
    r"[*xX•.#\-]{0,16}[ ]?(?P<v>\d{4})(?![\w/\-]|[.,:]\d)"
)
_LEAST = 0.55
"""Four digits are told here, but so few are not hunted in the rest of the context."""


def check_card_cue(text: str, end: int) -> Finding | None:
    """Look behind a word for card number; what is said to be one is one, even with a wrong digit."""
    if _ANY_DIGIT.search(text, end, end + 60) is None:
        return None
    why = "follows a word for card number"
    match = _AFTER_CARD.match(text, end)
    if match is not None and match.end() - end <= 80:
        digits = _NO_DIGIT.sub("", match["v"])
        return Finding(match.start("v"), match.end("v"), Kind.CARD, 0.8, "card-cue", digits, why)
    match = _OF_CARD.match(text, end)
    if match is None and _MY_CARD.search(before(text, end, 24)):
        match = _FOUR.match(text, end)
    if match is None:
        return None
    return Finding(match.start("v"), match.end("v"), Kind.CARD, _LEAST, "card-cue", match["v"], why)


def check_last_digits(text: str, end: int) -> Finding | None:
    """Look behind "last four digits" and "ending in"."""
    match = _LAST.match(text, end)
    if match is None or match.end() - end > 70:
        return None
    stop = match.end("v")
    around = f"{before(text, match.start('v'), 64)} {after(text, stop, 24)}".lower()
    # "the error code ending in 1234": of a card or an account only.
    kind = Kind.ACCOUNT
    if "ssn" in text[end:stop].lower() or "social" in text[end:stop].lower():
        kind = Kind.NATIONAL_ID
    elif _CARD_CUE.search(around):
        kind = Kind.CARD
    elif _ENDING.search(before(text, end, 24)) and "acc" not in around and "konto" not in around:
        return None
    why = "the last digits of a number"
    return Finding(match.start("v"), match.end("v"), kind, _LEAST, "last-digits", match["v"], why)


_ENDING = lazily(
    r"(?i)end(?:ing|s|et|end)\b[ ]?\w{0,4}$|terminad[oa]$|(?:finit|termine|terminant|finissant|finisce|termina|eindigt?|eindigend|kończ\w*)[ ]\w{2,3}(?:[ ]na)?$"
)
CARD_CUE = Detector(
    "card-cue",
    (
        r"\bcard\b",
        r"\bkartennummer\b",
        r"\bkreditkarte",
        r"\bcarte\b",
        r"\btarjeta\b",
        r"\bcart(?:ao|\xc3\xa3o)\b",
        r"\bcarta\sdi\scredito\b",
        r"\bvisa\b",
        r"\bmastercard\b",
        r"\bamex\b",
    ),
    check_card_cue,
)
LAST_DIGITS = Detector(
    "last-digits",
    (
        r"\blast (?:four|4)\b",
        r"\bend(?:ing|s)(?: in| with)?\b",
        r"\bendet auf\b",
        r"\bendend auf\b",
        r"\bletzten? (?:vier|4)\b",
        r"\b(?:derniers|ultimos|\xc3\xbaltimos|ultimi) (?:quatre|cuatro|quatro|4)\b",
        r"\bterminad[oa] em?n?\b",
        r"\b(?:cart(?:ao|\xc3\xa3o)) (?:com )?final\b",
        r"\b(?:qui |se |che )?(?:finit|termine|terminant|finissant|finisce|termina) (?:par|con|per|en|em)\b",
        r"\beindig(?:t|end)? op\b",
        r"\bko\xc5\x84cz\S{2,8} si\xc4\x99 na\b",
    ),
    check_last_digits,
)
# Without the boundary each digit of a run from the thirteenth on would ask; a group that goes on is none anyway.
CARD = Detector(
    "card", (r"\d(?:[ \t.\-_/]{0,3}\d){12}\b", r"\d(?:(?:\xc2\xa0|\xe2\x80\x93)\d|\d){12}\b"), check_card
)
IBAN = Detector(
    "iban",
    (r"\b[a-z]{2}[ \-./]{0,2}\d[ \-./]{0,2}\d(?:[ \-./]{0,2}[a-z0-9]){4}",),
    check_iban,
)
