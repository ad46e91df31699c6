"""Numbers that only their cue makes personal: customer, contract and account numbers."""

from __future__ import annotations

import re

from hushdesk.redact._canonical import canonical
from hushdesk.redact._types import Finding, Kind
from hushdesk.redact._words import words
from hushdesk.redact.detect import _cues
from hushdesk.redact.detect._interface import Detector

_VALUE = r"(?=[A-Za-z0-9\-/.]{0,10}\d)(?:[A-Za-z]{1,5}[\-/_. ]?)?[A-Za-z0-9]+(?:[\-/_.][A-Za-z0-9]+){0,5}(?:[ ]\d{2,6}){0,5}"
_AFTER = _cues.after_cue(_VALUE)
_STRONG = re.compile(rf"(?i)[\s:=#.\-–()\[\]\"'：＃]{{0,4}}(?:{_cues.NUMBER_WORDS}|[:#=：])")
_DATE = re.compile(r"^\d{1,4}[\-/.]\d{1,2}[\-/.]\d{1,4}$")
_VERSION = re.compile(r"^v?\d+(?:\.\d+){1,}$")
_PLAIN_CUES = re.compile(
    r"(?i)(?:nummer|numm?er|-nr|番号|号|编号|번호|szám|číslo|numero|nr|szám|лицев\w*\sсч\w*)$"
)


def check(text: str, end: int) -> Finding | None:
    """Look behind the cue that ends at ``end``."""
    match = _AFTER.match(text, end)
    if match is None or match.end() - end > 80:
        return None
    span = match["v"].rstrip(".-/_ ")
    compact = re.sub(r"[\W_]", "", span)
    digits = sum(c.isdigit() for c in compact)
    if digits < 4 or len(compact) < 5 or digits * 2 < len(compact) or len(compact) > 30:
        return None
    if _DATE.match(span) or _VERSION.match(span):
        return None
    strong = _STRONG.match(text, end) or _PLAIN_CUES.search(text[max(0, end - 12) : end])
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
ORDER = Detector(
    "order-number", tuple(_cues.hyperscan_word(c) for c in dict.fromkeys(_ORDER_CUES)), check_order
)
DETECTOR = Detector("account", tuple(_cues.hyperscan_word(c) for c in dict.fromkeys(_cues.ACCOUNT)), check)
