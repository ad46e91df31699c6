"""Answers in a chat: a message, or a line of one, that is nothing but the number that somebody was asked for.

Nothing on the line itself says what such a number is. What tells are the lines about it: short ones, in words, of people who
talk with each other, none of them a row of a table or of a log.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from hushdesk.redact._canonical import canonical
from hushdesk.redact._lazy import lazily
from hushdesk.redact._types import Finding, Kind
from hushdesk.redact._words import words
from hushdesk.redact.detect._interface import Detector
from hushdesk.redact.detect._plain import is_name, is_plain
from hushdesk.redact.detect._text import BREAK

_W = r"[^\W\d_]"
_TALK = lazily(
    r"(?i)(?=.{0,120}\b(?:yes|yeah|yep|no|nope|ok|okay|sure|thanks?|thank|hi|hii|hello|hai|hey|please|pls|sorry|bye|fine|great|i|im|i['’]m|my|me|you|your|u|what|can|could|may|need|want|help|and|is"
    r"|ja|nein|danke|bitte|ich|mein|meine|ihre|hallo|kann|oui|non|merci|bonjour|je|mon|ma|votre|s['’]il|vous|sí|si|gracias|hola|por|mi|su|quiero|necesito|sim|não|nao|obrigad[oa]|olá|meu|minha|seu|quero"
    r"|sì|grazie|ciao|mio|mia|vorrei|nee|bedankt|hoi|ik|mijn|uw|graag|tak|nie|dziękuję|dzięki|proszę|mój|moja|moje|chcę)\b)"
    rf"[ >]{{0,3}}(?:{_W}{{1,18}}[ ]?:[ ]{{1,2}})?(?:{_W}|[ ,.!?'’\-]|(?<![\d.:/\-])\d{{1,4}}(?![\d.:/\-])){{1,160}}"
)
"""A line of somebody who talks: words, with perhaps a small number among them."""
_THING = lazily(
    r"(?i)\b(?:errors?|codes?|version|build|release|firmware|port|ports|line|lines|row|rows|order|orders|ticket|case|invoice|tracking|shipment|parcel|model|part|serial|article|sku|price|prices|cost|costs|total|amount|amounts|sum|pay|paid|fee"
    r"|quantity|qty|pieces|pcs|units|how[ ]many|how[ ]much|count|counts|size|bytes|mb|gb|kb|rpm|mhz|volts?|watts?|steps?|score|points|views|likes|followers|year|years|date|dates|when|day|month|time|o['’]?clock|km|miles|meters|calories|cal|fps|dpi|pixels|resolution|baud|rate|speed"
    r"|exception|crash|log|logs|pid|process|thread|event|exit|status|result|returns?|output|prints|fault|dtc|fahrgestell|fehler\w*|betrag|preis|menge|anzahl|bestell\w*|auftrag\w*|rechnung\w*|sendung\w*|jahr|datum|uhr|zeile|erreur|commande|facture|colis|montant|prix|quantité|combien|année|heure"
    r"|pedido|factura|importe|precio|cantidad|cuánt[oa]s?|año|fecha|hora|fatura|encomenda|valor|preço|quantidade|quant[oa]s?|ano|errore|ordine|fattura|importo|prezzo|quantità|quant[ei]|anno|fout\w*|bestelling\w*|factuur|bedrag|prijs|aantal|hoeveel|jaar|błąd|błędu|zamówieni\w*|faktur\w*|kwot[ay]|cena|ceny|ilość|ile|rok)\b|[$€£%]"
)
"""What is counted, paid, dated or numbered by a machine: a number near it is that."""
_PERSONAL = lazily(
    r"(?i)\b(?:ssn|social|account|acct|card|credit|debit|policy|claim|booking|confirmation|customer|member|phone|mobile|cell|zip|zipcode|zi?p ?code|post ?code|postal|pin|password|passport|licen[cs]e|last[ ](?:four|4)|routing|iban"
    r"|konto\w*|kunden\w*|karte\w*|telefon\w*|handy\w*|plz|postleitzahl|vertrag\w*|compte|client|carte|téléphone|portable|contrat|cuenta|tarjeta|teléfono|móvil|contrato|conta|cartão|telefone|celular|conto|carta|telefono|cellulare"
    r"|contratto|rekening|klant\w*|kaart|telefoon\w*|postcode|konta|klienta|karty|telefonu|umowy)\b"
)
_KINDS = (
    (Kind.PHONE, lazily(r"(?i)\b(?:phone|mobile|cell|contact|call|telefon\w*|handy\w*|téléphone|portable|teléfono|móvil|telefone|celular|telefono|cellulare|telefoon\w*|telefonu)\b"), 7),
    (Kind.CARD, lazily(r"(?i)\b(?:card|credit|debit|kreditkarte|karte|carte|tarjeta|cartão|carta|kaart|karty)\b"), 13),
    (Kind.NATIONAL_ID, lazily(r"(?i)\b(?:ssn|social)\b"), 4),
    (Kind.ADDRESS, lazily(r"(?i)\b(?:zip|zipcode|post ?code|postal|plz|postleitzahl|cep|cap)\b"), 4),
)  # fmt: skip
_NUMBER = rf"\d{{3,19}}(?:[ ]\d{{3,6}}){{0,4}}|\d{{1,4}}[ ][nsew][ ]\d{{1,3}}|\d{{2,4}}[ ](?!and|to|am|pm|usd|eur|mb|gb|kb){_W}{{2,3}}|{_W}{{2,4}}[ ]\d{{5,12}}"
_LINE = lazily(
    rf"(?i)[ ]{{0,2}}(?P<w>(?:{_W}{{1,20}}[ ]){{0,8}}?)(?P<v>{_NUMBER})(?:[ ](?:and|und|et|y|e|en|i|&)[ ](?P<v2>\d{{4,19}}))?[ .!]{{0,2}}"
)
_DATE = lazily(
    r"(?:0?[1-9]|[12]\d|3[01])(?:0?[1-9]|1[0-2])(?:20[0-3]\d|1\d|2\d)|(?:0?[1-9]|1[0-2])(?:0?[1-9]|[12]\d|3[01])(?:20[0-3]\d|1\d|2\d)|20[0-3]\d(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])|(?:19[3-9]|20[0-3])\d"
)
"""A date without signs, as some write it, or a year."""
_ROUND = lazily(r"\d+00|\d{1,5}000")
_HOUSE = lazily(r"(?i)\d{1,4}[ ][nsew][ ]\d{1,3}")
_BEFORE, _AFTER = 400, 200
_NEAR = 4
_LONG = 7


_EDGES = f" \r>{BREAK}"


def _lines(text: str, start: int, end: int) -> tuple[list[str], list[str]]:
    """The lines before and after a line, nearest first, over the breaks between messages."""
    above = [y for x in text[max(0, start - _BEFORE) : start].split("\n") if (y := x.strip(_EDGES))]
    below = [y for x in text[end : end + _AFTER].split("\n") if (y := x.strip(_EDGES))]
    return above[: -_NEAR - 1 : -1], below[: _NEAR - 1]


def check(text: str, end: int) -> Iterator[Finding]:
    """Look at the line whose end, or the first sign of whose next line, is at ``end``."""
    stop = min(end - 1, len(text))
    while stop and text[stop - 1] in _LINE_ENDS:
        stop -= 1
    if stop and text[stop : stop + 1] not in _LINE_ENDS:
        return
    start = max(text.rfind("\n", max(0, stop - _LONGEST), stop), text.rfind(BREAK, max(0, stop - _LONGEST), stop)) + 1
    match = _LINE.fullmatch(text, start, stop) if start or stop <= _LONGEST else None
    if match is None:
        return
    above, below = _lines(text, start, stop)
    if _is_chat(above, below, match.group()):
        yield from _answers(text, match, above)


def _is_chat(above: list[str], below: list[str], line: str) -> bool:
    if line.isdecimal() and above and below and above[0].isdecimal() and below[0].isdecimal():
        # A column of numbers.
        return False
    return any(_TALK.fullmatch(x) for x in (*above, *below))


def _answers(text: str, match: re.Match[str], above: list[str]) -> Iterator[Finding]:
    lead = match["w"]
    asked = next((x for x in above if not x[-1:].isdecimal()), "")
    told = _PERSONAL.search(lead) is not None
    if not told and (_THING.search(lead) or (_THING.search(asked) and not _PERSONAL.search(asked))):
        return
    kind = _kind(lead, match["v"]) or _kind(asked, match["v"]) or Kind.ACCOUNT
    for group in ("v", "v2"):
        if match[group] and _answer(match[group], lead, told=told or bool(match["v2"])):
            digits = sum(map(str.isdecimal, match[group]))
            score = _SURE if digits >= _LONG else _LEAST
            what = Kind.ADDRESS if _HOUSE.fullmatch(match[group]) else kind
            form = canonical(what, match[group])
            yield Finding(*match.span(group), what, score, "chat-answer", form, "an answer in a chat")
            if group == "v" and (name := _NAME.fullmatch(lead)) is not None:
                yield from _named(match.start("w"), name)


def _kind(line: str, value: str) -> Kind | None:
    digits = sum(map(str.isdecimal, value))
    return next((kind for kind, cue, least in _KINDS if digits >= least and cue.search(line)), None)


def _named(at: int, match: re.Match[str]) -> Iterator[Finding]:
    if all(is_name(word) for word in match["n"].lower().split()):
        why = "before an answer in a chat"
        yield Finding(at + match.start("n"), at + match.end("n"), Kind.PERSON, _SURE, "chat-name", why=why)


def _answer(value: str, lead: str, *, told: bool) -> bool:
    """Tell whether a value is nothing that is counted, paid or dated."""
    if not value.replace(" ", "").isdecimal():
        return _mixed(value, lead)
    digits = value.replace(" ", "")
    if told:
        return len(digits) >= _FEWEST
    if _DATE.fullmatch(digits) or _ROUND.fullmatch(digits) or len(digits) < _FEWEST:
        return False
    last = lead.lower().split()[-1:]
    return not last or len(digits) >= _LONG or last[0] in _LINKS or is_name(last[0]) or (len(digits) > _FEWEST and not is_plain(last[0]))


def _mixed(value: str, lead: str) -> bool:
    if _HOUSE.fullmatch(value):
        return not lead
    letters = "".join(filter(str.isalpha, value)).lower()
    if value[0].isdecimal() and (lead or len(value) < _FEWEST + 2):
        return False
    return letters not in _UNITS and not is_plain(letters)


_LINKS = frozenset(words("is are its it's it and no number nr num sorry ist sind est sont es son è sono são to jest und et y e en i with me my"))
_UNITS = frozenset(
    words(
        """
    am pm pc pcs pce min mins sec hrs hr km kms mm cm ft mph rpm mhz ghz hz kwh kw mw mah mb gb tb kb dpi fps psi bar usd eur gbp inr rs chf pln czk kg lb lbs oz ml cl ltr deg
    st nd rd th uhr std stk mal ans an jan feb mar apr may jun jul aug sep oct nov dec win ios mac php sql ssl kbs bps db kva nm gms gm px ms ns us
    qty eu uk usa pax nos ok yes usb http https ipv utf iso rfc kb port line page row step room seat gate bmw audi ford kia vw psr ryzen core rtx gtx
    """
    )
)
_LINE_ENDS = f"\r\n{BREAK}"
_FEWEST = 4
_LEAST, _SURE = 0.55, 0.65
"""Below .6 a value is masked where it was told and not hunted elsewhere: four digits are also a year, a port, a count."""
_NAME = lazily(rf"(?P<n>{_W}{{3,20}}(?:[ ]{_W}{{3,20}})?)[ ](?:(?:and|und|et|y|e|en|i|is)[ ])?")
_LONGEST = 90
_ANY = r"[a-z \x80-\xff]*"
_THEN = r"\r?\n(?:[a-z\x01\r\n\x80-\xff]|$)"
DETECTORS: tuple[Detector, ...] = (
    Detector(
        "chat-answer",
        (
            rf"(?:^|\n){_ANY}\d{{3}}[\d ]*{_THEN}",
            r"[a-z.!?]\r?\n(?:\x01\r?\n)?\d{4,19}\r?\n\d",
            r"\n\d{1,4} [nsew] \d{1,3}\r?\n",
            rf"\n\d{{2,4}} [a-z]{{2,3}}{_THEN}",
            rf"(?:^|\n){_ANY}\d{{4,19}} (?:and|und|et|y|e|en|i|&) \d{{4,19}}\r?\n",
        ),
        check,
    ),
)
