"""Numbers that only their cue makes personal: customer, contract and account numbers."""

from __future__ import annotations

import re

from hushdesk.redact._canonical import canonical
from hushdesk.redact._lazy import lazily
from hushdesk.redact._types import Finding, Kind
from hushdesk.redact._words import words
from hushdesk.redact.detect import _cues
from hushdesk.redact.detect._interface import Detector
from hushdesk.redact.detect._text import WORD, before

_WORDY = r"[^\W\d_]"
_VALUE = r"(?=[A-Za-z0-9\-/.]{0,10}\d)(?:[A-Za-z]{1,5}[\-/_. ]?)?[A-Za-z0-9]+(?:[\-/_.][A-Za-z0-9]+){0,5}(?:[ ]\d{2,6}|[ ]{2}\d{1,6}){0,5}"
_AFTER = _cues.after_cue(_VALUE)
_STRONG = lazily(rf"(?i)[\s:=#.\-–()\[\]\"'：＃]{{0,4}}(?:{_cues.NUMBER_WORDS}|[:#=：])")
_STRONG_BEFORE = lazily(
    rf"(?i)(?:{_cues.NUMBER_WORDS}|čísl\w*|номер\w*|numer\w*|αριθμ\w+|κωδικ\w+|n\.º|nr\.|no\.|č\.)[ ](?:(?:de|of|d['’]|del|della|do|da|di|der|des)[ ]?)?(?:(?:l['’]|la|le|el|your|my|our|the|su|seu|votre|notre)[ ]?)?(?:{_WORDY}{{1,20}})$"
)
_RUN = rf"(?:(?<!{WORD})[A-Z]{{1,5}}(?:[\-/_. ]?[A-Z]{{2}})?[\-/_.]?)?\d(?:[\-/. ]{{0,2}}\d){{6,15}}(?!{WORD}|[%°€$£_]|[\-.,/:]\d)"
_CLAUSE = lazily(rf"(?P<gap>{_WORDY}{{0,4}}(?:[ ]{_WORDY}{{1,20}},?){{0,6}}[ :]{{1,3}})(?P<v>{_RUN})")
_LONG = lazily(rf"[ \t\xa0:：.=#(は為为]{{0,3}}(?P<v>{_RUN})")
_AT_END = lazily(
    r"[ \t][\-–—|#:][ \t]{0,2}(?P<v>(?:[A-Z]{1,4}(?:[\- ]?[A-Z]{2})?[\-/. ]{0,2})?\d(?:[ .\-/]{0,2}\d){6,14})$"
)
_PREFIXED = lazily(
    rf"(?<!{WORD})(?<![.\-/_])(?P<p>[A-Z]{{1,3}})(?:-[A-Z]{{2}})?[\-\u2010-\u2015]\d{{6,10}}(?!{WORD}|[\-.:/_]\w)"
)
_OTHER_PREFIXES = frozenset(
    words(
        """
    PO SO SR INC ORD INV RMA CVE KB BUG REQ TKT REF RFC ISO EN MS SUP CHG PRB CAS ERR ORA SKU PN SN P S
    """
    )
)
_OTHER_NUMBER = lazily(
    r"(?i)(?:\b(?:order|ticket|case|incident|invoice|tracking|shipment|parcel|rma|booking|build|version|release|error|err|code|exception|bug|kb|article|part|serial|model"
    r"|hash|guid|port|pid|process|thread|line|size|bytes|request|session|timestamp|isbn|ean|imei|bestell\w*|auftrag\w*|rechnung\w*|sendung\w*|fehler\w*|teile\w*|artikel\w*|seriennummer"
    r"|commande|facture|colis|erreur|pi[eè]ce|pedido|factura|fatura|encomenda|pe[cç]a|pieza|ordine|fattura|errore|codice\sprodotto|bestelling|factuur|onderdeel\w*|beställning\w*|zamówieni\w*|faktur\w*|części"
    r"|objednávk\w*|rendelés\w*|sipariş|заказ\w*|счет-фактур\w*|артикул|ошибк\w*|деталь?\w*|замовлення|παραγγελί\w+)\b|注文|製品|部品|型|エラー|ビルド|受付|チケット|記事|订单|单号|错误|零件|주문|부품|오류|빌드)[^\n]{0,12}$"
)
_STREET = lazily(
    r"(?i)\b(?:avda|avenida|av|calle|c/|plaza|pza|paseo|pº|ronda|camino|ctra|carretera|rua|rue|via|viale|piazza|ulica|ul|street|road)\b[^\n]{0,40}$"
)
_DATE = lazily(r"^\d{1,4}[\-/.]\d{1,2}[\-/.]\d{1,4}$")
_VERSION = lazily(r"^v?\d+(?:\.\d+){1,}$")
_DIGIT = lazily(r"\d")
_REACH = 90
_WORDS_BETWEEN = 9
# As transcripts have it: "mjk 125", "n 09 h 67", "r 4 dc 58".
_MIXED = lazily(
    r"(?i)(?:(?!is|no|my|the|and|for|of|to|it|was|nr)[a-z]{1,4}[ ])?\d{1,12}(?:[ ](?!of|to|in|by|on|at|or|is|no|up|ok|so|as)[a-z]{1,2}[ ]\d{1,8}){0,4}(?:[ ][a-z](?![ ]?\w|['’])|[ ](?!ok|no|yes|hi|and|the|for|is|it|my|so|but|sir|to)[a-z]{2,3}(?=[ ]?(?:\n|$)))?(?![\w@]|[.,:/\-]\d)"
)
_NUMBER_END = lazily(r"(?i)[ ](?:no|num|number)$")
_MIXED_GAP = lazily(
    rf"(?i)(?:{_cues.NUMBER_WORDS}|[:#=]|\b(?:is|are|was|its|it['’]s|the)\b|[ .]){{1,8}}(?=[a-z]{{1,4}}[ ]\d|\d)"
)
_LETTERS = lazily(r"(?:^|[ ])(?P<w>[a-z]{2,4})[ ]$")
_NO_LETTERS = frozenset(
    words(
        """
    is no for the my and was of to nr num ref are it its in on at an or with by from has had been be this that your our his
    her new old acc ac acct a/c id der die das und ist mit von zu auf den dem ein el la los las un una y en con por para es
    le les et est du de des au aux il lo gli che per con un uno del di da non are non ja nej en et og av til var som het een
    van voor met op jest dla nie za se je na do od po pod als aan om og
    """
    )
)
_PLAIN_CUES = lazily(
    r"(?i)(?:nummer|numm?er|-nr|番号|号|编号|번호|szám|číslo|numero|nr|szám|лицев\w*\sсч\w*)$"
)


def check(text: str, end: int) -> Finding | None:
    """Look behind the cue that ends at ``end``."""
    digit = _DIGIT.search(text, end, end + _REACH)
    if digit is None or text.count(" ", end, digit.start()) > _WORDS_BETWEEN:
        return None
    return _tight(text, end) or _in_clause(text, end)


def _tight(text: str, end: int) -> Finding | None:
    if found := _mixed(text, end):
        return found
    match = _AFTER.match(text, end)
    if match is None or match.end() - end > 80:
        return None
    span = match["v"].rstrip(".-/_ ")
    compact = re.sub(r"[\W_]", "", span)
    digits = sum(c.isdigit() for c in compact)
    if digits < 4 or len(compact) < 5 or digits * 2 < len(compact) or len(compact) > 30:
        return None
    if _DATE.match(span) or (_VERSION.match(span) and digits < 8):
        return None
    strong = (
        _STRONG.match(text, end)
        or _PLAIN_CUES.search(text[max(0, end - 12) : end])
        or _STRONG_BEFORE.search(before(text, end, 48))
    )
    if _VERSION.match(span) and not strong:
        return None
    if not strong and (digits < 6 or "(" in text[end : match.start("v")]):
        return None
    if compact.isdigit() and len(compact) == 4 and compact[:2] in {"19", "20"}:
        return None
    start = match.start("v")
    return Finding(
        start,
        start + len(span),
        Kind.ACCOUNT,
        0.85,
        "account",
        canonical(Kind.ACCOUNT, span),
        "follows a word for a customer or account number",
    )


def _mixed(text: str, end: int) -> Finding | None:
    """Look at letters and digits with blanks between them, right behind a cue and a word for number."""
    gap = _MIXED_GAP.match(text, end)
    strong = _STRONG.match(text, end) or _NUMBER_END.search(text, max(0, end - 8), end)
    if gap is None or strong is None or gap.end() - end > 32:
        return None
    match = _MIXED.match(text, gap.end())
    if match is None or (text[end : end + 1].isalpha() and text[gap.end() - 1 : gap.end()].isalpha()):
        # The cue is only the beginning of a word, and so is what was taken for a word for number.
        return None
    span = match.group()
    digits = sum(map(str.isdigit, span))
    letters = sum(map(str.isalpha, span))
    if letters == 0:
        # Four digits are told, but so few are not hunted in the rest of the context.
        if digits != 4 or " " in span or span[:2] in {"19", "20"}:
            return None
        return _account(text, *match.span(), 0.55, "account", "four digits after a word for number")
    if digits < 2 or letters + digits < 5 or (span[:1].isdigit() and " " not in span):
        return None
    return _account(text, *match.span(), 0.8, "account", "follows a word for a customer or account number")


def _account(text: str, start: int, end: int, score: float, detector: str, why: str) -> Finding:
    return Finding(start, end, Kind.ACCOUNT, score, detector, canonical(Kind.ACCOUNT, text[start:end]), why)


def _in_clause(text: str, end: int) -> Finding | None:
    """Look some words further: "both accounts are merged under ..."."""
    match = _CLAUSE.match(text, end)
    if match is None or _OTHER_NUMBER.search(match["gap"]) or _DATE.match(match["v"]):
        return None
    if sum(c.isdigit() for c in match["v"]) < 7:
        return None
    start = match.start("v")
    # "policy ksy 985387285": a short word that is none belongs to the number.
    if (also := _LETTERS.search(match["gap"])) and match["v"][0].isdigit() and also["w"] not in _NO_LETTERS:
        start -= len(also["w"]) + 1
    return _account(text, start, match.end("v"), 0.7, "account", "follows a word for account")


def check_shape(text: str, end: int) -> Finding | None:
    """Look at capitals, a hyphen and a long number around ``end``: what customers and contracts are given."""
    for match in _PREFIXED.finditer(text, max(0, end - 16), min(len(text), end + 10)):
        if match.end() < end:
            continue
        if match["p"] in _OTHER_PREFIXES or _OTHER_NUMBER.search(before(text, match.start(), 24)):
            return None
        return _account(
            text, match.start(), match.end(), 0.65, "account-shape", "has the shape of a customer number"
        )
    return None


def check_short(text: str, end: int) -> Finding | None:
    """Look behind an abbreviation for number or code that stands alone."""
    match = _LONG.match(text, end)
    if (
        match is None
        or _STREET.search(before(text, end, 60))
        or _OTHER_NUMBER.search(before(text, end, 24))
        or _DATE.match(match["v"])
    ):
        return None
    if sum(c.isdigit() for c in match["v"]) < 7:
        return None
    return _account(text, match.start("v"), match.end("v"), 0.7, "account", "follows a word for number")


def check_title(text: str, end: int) -> Finding | None:
    """Look at the number that ends a text of one line, as titles of cases have it."""
    stop = text.rindex("\x01", 0, end)
    line = before(text, stop, 200)
    base = stop - len(line)
    line = line.rstrip("\r\n")
    match = _AT_END.search(line)
    if match is None or "\n" in line:
        return None
    span = match["v"]
    digits = sum(c.isdigit() for c in span)
    # A dash parts it from the words before: "wrong amount on the invoice - 9121390365" is not the invoice's number.
    parted = digits >= 8 and line[match.start() + 1] in "-–—|"
    if digits < 7 or _DATE.match(span):
        return None
    if not parted and (_VERSION.match(span) or _OTHER_NUMBER.search(line[: match.start("v")][-24:])):
        return None
    return _account(
        text,
        base + match.start("v"),
        base + match.end("v"),
        0.65,
        "account-title",
        "a number that ends a title",
    )


def check_order(text: str, end: int) -> Finding | None:
    """Look behind a word for order, ticket or case; only asked when the policy masks such numbers."""
    match = _AFTER.match(text, end)
    if match is None or match.end() - end > 60:
        return None
    span = match["v"].rstrip(".-/_ ")
    digits = sum(c.isdigit() for c in span)
    if digits < 4 or _DATE.match(span) or _VERSION.match(span):
        return None
    start = match.start("v")
    why = "follows a word for order or ticket"
    return Finding(
        start, start + len(span), Kind.ACCOUNT, 0.7, "order-number", canonical(Kind.ACCOUNT, span), why
    )


_ORDER_CUES = words(
    """
    order ticket case incident invoice tracking shipment parcel rma booking reservation confirmation
    request bestellung bestellnummer auftrag rechnung sendung commande facture colis pedido factura
    pedido fatura ordine fattura bestelling factuur zamówienie faktura objednávka rendelés sipariş заказ
    заказа заказу счет 注文 注文番号 订单 订单号 주문 주문번호
    """
)
_BOOKING_CUES = words(
    r"""
    booking\s(?:confirmation\s)?(?:number|no|num|ref(?:erence)?|code|id) confirmation\s(?:number|no|num|code) reservation\s(?:number|no|num|code)
    record\slocator pnr claim\s(?:number|no|num|id) booking\sis booking\sconfirmation buchungsnummer buchungscode réservation\snuméro
    numéro\sde\sréservation localizador número\sde\sreserva codice\sprenotazione boekingsnummer bokningsnummer
    """
)
_BOOKING = lazily(
    r"(?i)(?:[ :#=.\-]|\b(?:is|its|it['’]s|was|number|no|ist|lautet|est|es|é|è)\b){1,8}(?P<v>(?-i:[A-Z0-9]{5,8})(?![\w\-])|[a-z]{1,4}[ ]?\d{2,12}(?![\w\-]))"
)


def check_booking(text: str, end: int) -> Finding | None:
    """Look behind a word for booking or claim: with a surname its number opens the journey, so it is not an order's."""
    if _DIGIT.search(text, end, end + 40) is None:
        return None
    why = "follows a word for a booking or claim"
    gap = _BOOKING_GAP.match(text, end)
    if gap is not None and (match := _MIXED.match(text, gap.end())):
        span = match.group()
        letters, digits = sum(map(str.isalpha, span)), sum(map(str.isdigit, span))
        if letters and digits and letters + digits >= 5:
            return _account(text, *match.span(), 0.75, "booking", why)
    match = _BOOKING.match(text, end)
    if match is None:
        return None
    value = match["v"]
    if not any(map(str.isdigit, value)) or value.isdigit():
        return None
    head, _, number = value.partition(" ")
    if head in _FILLERS:
        return _account(text, match.end("v") - len(number), match.end("v"), 0.75, "booking", why)
    return _account(text, *match.span("v"), 0.75, "booking", why)


_FILLERS = frozenset(words("is its it was no nr am and"))


_BOOKING_GAP = lazily(r"(?i)(?:[ :#=.]|\b(?:is|its|it['’]s|was|number|no)\b){1,8}")
BOOKING = Detector("booking", tuple(_cues.hyperscan_word(c) for c in _BOOKING_CUES), check_booking)
ORDER = Detector(
    "order-number", tuple(_cues.hyperscan_word(c) for c in dict.fromkeys(_ORDER_CUES)), check_order
)
DETECTOR = Detector("account", tuple(_cues.hyperscan_word(c) for c in dict.fromkeys(_cues.ACCOUNT)), check)
SHAPE = Detector(
    "account-shape", (r"\b[A-Z]{1,3}(?:-[A-Z]{2})?-\d{6,10}\b",), check_shape, case_sensitive=True
)
SHORT = Detector(
    "account-short",
    (
        r"\bcod\.", r"\bcód\.", r"\bkod\.", r"κωδ\.", r"αρ\.", r"č\.", r"\bn\.?\xc2\xba", r"\bn\xc2\xb0", r"\bnr\b\.?", r"\bno\.", r"№", "番号", "编号", "編號", "번호", r"\bacct\b", r"\bcust\b",
        "код",
    ),
    check_short,
)  # fmt: skip
TITLE = Detector("account-title", (r"\d\n\x01", r"\d\r\n\x01"), check_title)
