"""Telephone numbers: international, national with cues or familiar shapes; and what only looks like one."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache

import phonenumbers

from hushdesk.redact._canonical import canonical
from hushdesk.redact._lazy import lazily
from hushdesk.redact._types import Finding, Kind
from hushdesk.redact._words import words
from hushdesk.redact.detect import _cues
from hushdesk.redact.detect._interface import Detector
from hushdesk.redact.detect._numbers import luhn
from hushdesk.redact.detect._text import WORD, before

_SEP = r"[ \t\xa0.\-–‑/·~]{0,3}"
# Only after a plus sign may a number run on in the next line: elsewhere lists of numbers do.
_LINES = r"(?:[ \t\xa0.\-–‑/·~]{0,3}|[ ]?\r?\n[ >]{0,4})"
_BODY = rf"\(?\d(?:{_SEP}[()]?{_SEP}\d){{5,16}}\)?"
_LONG_BODY = rf"\(?\d(?:{_LINES}[()]?{_LINES}\d){{5,16}}\)?"
_EXTENSION = (
    r"(?:(?:[ ,;]{1,3}(?:ext|extension|x|durchwahl|dw|poste|int|anexo|ramal)\.?|x|ext\.?)[ :]{0,2}\d{1,6})?"
)
_CANDIDATE = lazily(
    rf"(?i)(?<!\d[.,:])(?<!{WORD})(?<![_#$€£¥/\\@&=\-])(?:\+[ /.\-–]{{0,3}})?{_BODY}{_EXTENSION}(?!{WORD}|[@%°])(?!\.\d|[-:/]\w|,\d)"
)
_PLUS = lazily(rf"(?i)(?<![^\W\d_])\+[ /.\-–]{{0,3}}{_LONG_BODY}{_EXTENSION}(?!\d|\.\d)")
_CUED = _cues.after_cue(rf"\+?[ /.\-–]{{0,3}}{_BODY}{_EXTENSION}(?!\d)")
# A number that a line end broke: what stands in the first line is too short to be all of it.
_REST = lazily(r"[ ]?\r?\n[ >|]{0,6}(?P<v>\d{2,8}(?:[ .\-]\d{2,4}){0,3})(?!\w|[.,:/\-]\d|[ ]?%)")
_HEAD = _cues.after_cue(r"\+?[ ]?\(?\d{2,6}\)?(?:[ .\-]?\d{1,4}){0,2}(?=[ ]?\r?\n)")
_CLAUSE = lazily(
    rf"(?i)(?P<gap>[^\W\d_]{{0,3}}(?:[ ]?[:：][ ]?|[ ])(?:[^\W\d_]{{1,16}}[.,]?[ \-]){{0,6}})(?P<v>\+?{_BODY}{_EXTENSION})(?![%€$£°]|[.,:]\d|[ ](?:€|eur|usd|mb|gb|kb))"
)

_DIGIT = lazily(r"\d")
_MORE = lazily(
    rf"(?i)[ ]{{0,2}}(?:[/,;|&]|y|and|or|und|oder|et|ou|e|o|u|i|и|или)[ ]{{1,2}}(?P<v>\+?{_BODY})(?!\w|[.,:/\-]\d|[ ]?(?:€|eur|usd|mb|gb|kb|%))"
)
_EXT = lazily(r"(?i)[ ,;]*(?:ext|x|durchwahl|dw|poste|int|anexo|ramal)")
_DATE_LIKE = lazily(
    r"^(?:(?:19|20)\d\d[\-/. ](?:0?[1-9]|1[0-2])[\-/. ](?:0?[1-9]|[12]\d|3[01])(?:\D.*)?"
    r"|(?:0?[1-9]|[12]\d|3[01])[\-/. ](?:0?[1-9]|[12]\d|3[01])[\-/. ](?:19|20)\d\d(?:\D.*)?)$"
)
_STAMP = lazily(
    r"(?:(?:0[1-9]|[12]\d|3[01])(?:0[1-9]|[12]\d|3[01])20[0-3]\d|20[0-3]\d(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])|(?:0[1-9]|[12]\d|3[01]){2}\d\d[ ][01]?\d[0-5]\d$)(?!\d)"
)
_CLOCK = lazily(r"(?i)[ ]?(?:[ap]\.?m\b|uhr\b|hrs\b|h\b)")
_IP_LIKE = lazily(r"^\d{1,3}(?:\.\d{1,5}){2,4}$")
_NANP = lazily(
    r"^(?:1[ .\-]{0,2})?(?:\([2-9]\d\d\)[ ]{0,2}[2-9]\d\d[ .\-]|[2-9]\d\d([ .\-])[2-9]\d\d\1|[2-9]\d\d[ ][2-9]\d\d-)\d{4}$"
)
_ZIP = lazily(r"\d{5}-\d{4}$")
_NOT_PHONE = lazily(
    r"(?i)(?:order|ticket|case|model|build|version|ver|release|part|p/n|s/n|serial|imei|isbn|issn|ean|upc|sku|tracking|invoice|rma"
    r"|port|pid|tid|error|code|id|ref|reference|kb|bug|rev|revision|timestamp|offset|size|bytes|line|article|po"
    r"|account|customer|contract|policy|card|iban|passport|ssn|nino|tax|guid|uuid|sha\d*|md5|commit|hash|key|col|colegiado|nhc|cipa|nass|nuss|episodio|bestellung|auftrag"
    r"|rechnung|commande|pedido|ordine|заказ|订单|注文|주문)\b\.?(?:\s{0,2}(?:no|nr|id|number|num|#|is|:|=|-)){0,3}[\s.:#=?]{0,4}$"
)
_MONEY = lazily(r"(?i)(?:[$€£¥₹₽]|\b(?:usd|eur|gbp|chf|inr|rs|jpy|pln|czk|sek))\s?$")
_REGIONS = words(
    """
    GB DE FR US NL BE IT CH AT AU JP KR IN ZA SE FI PL TR BR
    """
)


@lru_cache(maxsize=1 << 14)
def _valid(number: str, region: str | None) -> bool:
    try:
        parsed = phonenumbers.parse(number, region)
    except phonenumbers.NumberParseException:
        return False
    return bool(phonenumbers.is_valid_number(parsed))


@lru_cache(maxsize=1 << 12)
def valid_somewhere(digits: str) -> bool:
    """Tell whether national ``digits`` are a valid number in one of the regions that write a trunk zero."""
    return any(_valid(digits, region) for region in _REGIONS)


def _digits(span: str) -> str:
    return re.sub(r"\D", "", _EXT.split(span, maxsplit=1)[0])


def _finding(text: str, start: int, end: int, score: float, why: str, detector: str = "phone") -> Finding:
    # A closing bracket without its opening one belongs to the sentence.
    span = text[start:end]
    while span and (span[-1] == ")" and span.count("(") < span.count(")")):
        span = span[:-1]
    while span and span[0] == "(" and span.count("(") > span.count(")"):
        span, start = span[1:], start + 1
    return Finding(start, start + len(span), Kind.PHONE, score, detector, canonical(Kind.PHONE, span), why)


def _plausible(span: str) -> str:
    """Return ``span`` without what follows the number: another number may stand right behind it."""
    if len(_digits(span)) <= 11:
        return span
    plus = span.startswith("+")
    pieces = re.split(r"([ \t\r\n>]+)", span)
    for keep in range(len(pieces), 0, -2):
        part = "".join(pieces[:keep])
        digits = _digits(part)
        if len(digits) <= 15 and (_valid("+" + digits, None) if plus else valid_somewhere(digits)):
            return part
    for keep in range(len(pieces), 0, -2):
        part = "".join(pieces[:keep])
        if 7 <= len(_digits(part)) <= (15 if plus else 12):
            return part
    return span


def check_cue(text: str, end: int) -> Iterable[Finding]:
    """Look behind the cue word that ends at ``end``, and at further numbers that a sign or a word adds to the first."""
    found = _after_cue(text, end)
    while found is not None:
        yield found
        more = _MORE.match(text, found.end)
        if more is None or not 7 <= len(_digits(more["v"])) <= 15 or _DATE_LIKE.match(more["v"]):
            return
        found = _finding(text, *more.span("v"), 0.85, "follows another number for telephone", "phone-cue")


def _after_cue(text: str, end: int) -> Finding | None:
    if _DIGIT.search(text, end, end + 90) is None:
        return None
    if found := _broken(text, end):
        return found
    match = _CUED.match(text, end)
    if match is None or match.end() - end > 90:
        # Some words further: "I will call you on Monday at ...", "second contact: Jane Doe, ...".
        match = _CLAUSE.match(text, end)
        if match is None or len(_digits(match["v"])) < 8 or _NOT_PHONE.search(match["gap"]):
            return None
    span = _plausible(match["v"])
    digits = _digits(span)
    if not 6 <= len(digits) <= 16 or _DATE_LIKE.match(span) or _STAMP.match(span) or len(set(digits)) == 1:
        return None
    if _IP_LIKE.match(span) and span.count(".") == 3 and all(int(p) < 256 for p in span.split(".")):
        return None
    stop = match.start("v") + len(span)
    follows = text[stop : stop + 1]
    if follows and ((follows.isalpha() and follows.isascii()) or follows in "@%"):
        return None
    return _finding(text, match.start("v"), stop, 0.9, "follows a word for telephone", "phone-cue")


def _broken(text: str, end: int) -> Finding | None:
    head = _HEAD.match(text, end)
    if head is None or head.end() - end > 60 or "\n" in text[end : head.start("v")]:
        return None
    first = sum(map(str.isdigit, head["v"]))
    rest = _REST.match(text, head.end())
    if rest is None:
        return None
    total = first + sum(map(str.isdigit, rest["v"]))
    least = 8 if head["v"][0] in "0+(" else 9
    if not least <= total <= 13 or (first >= 9 and head["v"][0] != "+") or _DATE_LIKE.match(rest["v"]):
        return None
    return _finding(text, head.start("v"), rest.end("v"), 0.75, "follows a word for telephone", "phone-cue")


def check_run(text: str, end: int) -> Finding | None:
    """Look at the digit run around ``end`` without any cue."""
    low, high = max(0, end - 36), min(len(text), end + 30)
    for pattern in (_PLUS, _CANDIDATE):
        for match in pattern.finditer(text, low, high):
            if match.end() < end:
                continue
            if match.start() > end:
                break
            if low and match.start() == low:
                continue
            if found := _judge(text, match.start(), match.end()):
                return found
    return None


def check_words(text: str, end: int) -> Finding | None:
    """Read the digits that were spelled as words; the view that undoes this marks them on both sides."""
    start = text.rfind("\x02", max(0, end - 26), end - 1)
    if start < 0:
        return None
    digits = text[start + 1 : end - 1]
    if len(digits) >= 13 and luhn(digits.lstrip("+")):
        return Finding(start, end, Kind.CARD, 0.8, "card-spelled", digits, "a card number in words")
    return Finding(
        start, end, Kind.PHONE, 0.8, "phone-spelled", canonical(Kind.PHONE, digits), "a number in words"
    )


def _judge(text: str, start: int, end: int) -> Finding | None:
    span = text[start:end]
    digits = _digits(span)
    if len(set(digits)) < 3 or _DATE_LIKE.match(span) or _STAMP.match(span) or _CLOCK.match(text, end):
        return None
    if span.startswith("+"):
        span = _plausible(span)
        end = start + len(span)
        digits = _digits(span)
        if _valid("+" + digits.removeprefix("00"), None):
            return _finding(text, start, end, 0.99, "an international number of a real numbering plan")
        separated = not span[1:].strip().isdecimal()
        if 9 <= len(digits) <= 15 and (separated or len(digits) >= 10) and _grouped(span):
            return _finding(text, start, end, 0.6, "looks like an international number")
        return None
    lead = before(text, start, 28)
    if _NOT_PHONE.search(lead) or _MONEY.search(lead):
        return None
    american = _NANP.match(_EXT.split(span, maxsplit=1)[0].strip()) is not None
    if not american and (_IP_LIKE.match(span) or _ZIP.match(span)):
        return None
    if span.startswith("00") and 10 <= len(digits) <= 17 and _valid("+" + digits[2:], None):
        return _finding(text, start, end, 0.95, "an international number of a real numbering plan")
    if not _grouped(span):
        return None
    if len(digits) == 11 and digits[0] == "1" and _ELEVEN.fullmatch(digits) and _alone(text, start, end):
        return _finding(text, start, end, 0.6, "a North American number that is all of a line")
    if len(digits) == 10 and digits[0] > "1" and _TEN.fullmatch(span) and _alone(text, start, end):
        return _finding(text, start, end, 0.6, "ten digits that are all of a line")
    if american:
        return _finding(text, start, end, 0.9, "has the shape of a North American number")
    bare = span.isdecimal()
    if digits.startswith("0") and 9 <= len(digits) <= 12:
        if not bare and _tidy(span) and valid_somewhere(digits):
            return _finding(text, start, end, 0.85, "a national number of a real numbering plan")
        if bare and _MOBILE.match(digits) and valid_somewhere(digits):
            return _finding(text, start, end, 0.6, "a mobile number of a real numbering plan")
        return None
    if bare and len(digits) == 11 and _CHINESE_MOBILE.match(digits) and _HAN.search(before(text, start, 20)):
        return _finding(text, start, end, 0.7, "a mobile number of a real numbering plan")
    return None


_TEN = lazily(r"\d{3}[ .\-]?\d{3}[ .\-]?\d{4}")
_ELEVEN = lazily(r"1(?:[2-9]\d\d){2}\d{4}")
_ANSWER = (
    r"(?:(?:yes|yeah|yep|sure|ok|okay|its|it['’]s|it|is|and|the|my|number|no|ph|this|here|thanks|thank|you|sorry|so|also|or"
    r"|please|hi|hello|sir|madam|si|sí|oui|ja|yup|please|great|alright|correct|again|below)[ ,.:!]{0,3}){0,5}"
)
_ANSWERS = lazily(rf"(?i)[ \t>]{{0,3}}{_ANSWER}")

_LEADS_TO = lazily(r"(?i)\b(?:and|contact|number|number[ ]is|ring|dial)[ ]$")


def _alone(text: str, start: int, end: int) -> bool:
    """Tell whether a number is the whole answer of somebody, a line with nothing else, and no row of a dump."""
    line = max(text.rfind("\n", max(0, start - 60), start), text.rfind("\x01", max(0, start - 60), start)) + 1
    if line == 0 and start > 60:
        return False
    stop = text.find("\n", end, end + 60)
    if stop < 0:
        stop = len(text) if len(text) <= end + 60 else end
    rest = text[end:stop].partition("\x01")[0].strip(" \t\r.,!")
    if _ANSWERS.fullmatch(text, line, start):
        if not _ANSWERS.fullmatch(rest) and not rest.lower().startswith(("and ", "y ", "und ", "et ")):
            return False
    elif not _LEADS_TO.search(text, line, start) or rest:
        return False
    # Rows of numbers above and below are what a query or a script printed.
    above = text[max(0, line - 40) : max(0, line - 1)].rpartition("\n")[2].strip()
    below = text[stop + 1 : stop + 41].partition("\n")[0].strip()
    this = text[start:end]
    return not any(row.isdecimal() and len(row) == len(this) and row != this for row in (above, below))


_MOBILE = lazily(r"0(?:7[1-9]\d{8}|[67]\d{8}|4\d{8}|1[567]\d{8,9}|[789]0\d{8}|10\d{8}|6\d{8}|5\d{9})$")
_CHINESE_MOBILE = lazily(r"1[3-9]\d{9}$")
_HAN = lazily(r"[\u4e00-\u9fff]")


def _tidy(span: str) -> bool:
    """Tell whether a number keeps to few kinds of separators, as a dated log line does not."""
    return len(set(re.findall(r"[^\d()+]+", span))) <= 2


def _grouped(span: str) -> bool:
    """Tell whether the groups of a number are as long as people write them."""
    groups = re.findall(r"\d+", span)
    if len(groups) > 8:
        return False
    # 1 2 3 4 5 6 7: a list of small numbers
    return len(groups) < 5 or sum(len(g) for g in groups) / len(groups) >= 1.6


CUE = Detector(
    "phone-cue",
    (
        r"\b(?:desk|office|work|home|main|direct|private|priv|bureau|oficina|ufficio)\s?:",
        *(_cues.hyperscan_word(c) for c in dict.fromkeys(_cues.PHONE)),
        *(rf"\b{p}\b" for p in _cues.PHONE_PHRASES),
    ),
    check_cue,
)
RUN = Detector(
    "phone",
    (
        r"\+[ /.\-]{0,3}\(?\d(?:[ \t.\-/()]{0,3}\d){6}",
        r"\b0\d(?:[ \t.\-/()]{0,3}\d){7}",
        r"[2-9]\d\d\)?[ .\-]{1,2}[2-9]\d\d[ .\-]\d{4}",
        r"\b1[3-9]\d{9}\b",
        r"\b[2-9]\d\d ?\d{7}\b",
        r"\b1[2-9]\d\d[2-9]\d{6}\b",
        r"\d\xe2\x80(?:\x91|\x93)\d",
    ),
    check_run,
    refractory=3,
)
WORDS = Detector("phone-words", (r"\x02\+?\d{7,19}\x02",), check_words)
