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
from hushdesk.redact.detect._cues import AND
from hushdesk.redact.detect._interface import Detector
from hushdesk.redact.detect._plain import is_name, is_plain
from hushdesk.redact.detect._text import BREAK, after, before

_W = r"[^\W\d_]"
_TALK = frozenset(
    words(
        """
    yes yeah yep no nope ok okay sure thanks thank hi hii hello hai hey please pls sorry bye fine great i im i'm i’m my me you your u what can could may need want help and is
    ja nein danke bitte ich mein meine ihre hallo kann oui non merci bonjour je mon ma votre vous sí si gracias hola por mi su quiero necesito sim não nao obrigado obrigada olá meu minha seu quero
    sì grazie ciao mio mia vorrei nee bedankt hoi ik mijn uw graag tak nie dziękuję dzięki proszę mój moja moje chcę
    """
    )
)
"""Words of people who talk with each other."""
_WORDS_ONLY = lazily(rf"(?:{_W}{{1,18}}[ ]?:[ ])?(?:{_W}|[ ,.!?'’\-]|\d{{1,4}}(?![\d.:/\-])){{2,160}}")
_THING = frozenset(
    words(
        """
    error errors code codes version build release firmware port ports line lines row rows order orders ticket case invoice tracking shipment parcel model part serial article sku price prices cost costs total amount amounts sum pay paid fee
    quantity qty pieces pcs units many much count counts size bytes mb gb kb rpm mhz volt volts watt watts step steps score points views likes followers year years date dates when day month time o'clock km miles meters calories cal fps dpi pixels resolution baud rate speed
    exception crash log logs pid process thread event exit status result returns return output prints fault fehler fehlercode fehlernummer betrag preis menge anzahl bestellung bestellnummer auftrag auftragsnummer rechnung rechnungsnummer sendung sendungsnummer jahr datum uhr zeile viele
    erreur commande facture colis montant prix quantité combien année heure pedido factura importe precio cantidad cuántos cuántas cuanto cuánto año fecha hora fatura encomenda valor preço quantidade quantos quantas quanto ano errore ordine fattura importo prezzo quantità quanti quante anno
    fout foutcode bestelling bestelnummer factuur bedrag prijs aantal hoeveel jaar błąd błędu zamówienie zamówienia faktura faktury kwota kwoty cena ceny ilość ile rok roku transfer
    """
    )
)
"""What is counted, paid, dated or numbered by a machine: a number near it is that."""
_OF_PHONE = frozenset(
    words(
        "phone mobile mob cell contact call cont telefon telefonnummer handy handynummer téléphone portable teléfono móvil telefone celular telefono cellulare telefoon telefoonnummer telefonu"
    )
)
_OF_CARD = frozenset(words("card credit debit kreditkarte karte carte tarjeta cartão carta kaart karty"))
_OF_STATE = frozenset(words("ssn social"))
_OF_PLACE = frozenset(words("zip zipcode postcode postal plz postleitzahl cep cap"))
_PERSONAL = (
    _OF_PHONE
    | _OF_CARD
    | _OF_STATE
    | _OF_PLACE
    | frozenset(
        words(
            """
    account acct ac policy claim booking confirmation customer member pin password passport licence license routing iban last konto kontonummer kundennummer vertrag vertragsnummer compte client contrat cuenta
    contrato conta conto contratto rekening rekeningnummer klantnummer konta klienta umowy
    """
        )
    )
)
"""What of a person a number may be."""
_KINDS = (
    (Kind.PHONE, _OF_PHONE, 7),
    (Kind.CARD, _OF_CARD, 13),
    (Kind.NATIONAL_ID, _OF_STATE, 4),
    (Kind.ADDRESS, _OF_PLACE, 4),
)
_TRIPS = frozenset(
    words(
        "claim boarding booking confirmation policy seat reservation pnr buchung sitzplatz réservation reserva asiento prenotazione boeking rezerwacja rezerwacji"
    )
)
"""What is asked for with letters and a few figures."""
_NUMBER = rf"\d{{3,19}}(?:[ ]\d{{3,6}}){{0,4}}|\d{{2,4}}[ ]e[ ]\d\d|\d{{2,4}}[ ](?!and|to|am|pm|usd|eur|mb|gb|kb){_W}{{2,3}}|(?!(?:mob|num|cont|ph|tel|no|nr|ssn|zip|cod|card|acc|acct|plz|and|is|are|not|to)[ ]){_W}{{2,4}}[ ]\d{{7,12}}|(?!(?:mob|num|cont|ph|tel|no|nr|ssn|zip|cod|card|acc|acct|plz|and|is|are|not|to)[ ]){_W}{{2,4}}[ ]\d{{2,4}}"
_LINE = lazily(
    rf"(?i)[ ]{{0,2}}(?P<w>(?:{_W}{{1,20}}[ ]){{0,8}}?)(?P<v>{_NUMBER})(?:[ ]{AND}[ ](?P<v2>\d{{4,19}}))?[ .!]{{0,2}}"
)
_DATE = lazily(
    r"(?=\d{5,8}\Z)(?:(?:0?[1-9]|[12]\d|3[01])(?:0?[1-9]|1[0-2])(?:20[0-3]\d|[12]\d)|(?:0?[1-9]|1[0-2])(?:0?[1-9]|[12]\d|3[01])(?:20[0-3]\d|[12]\d)|20[0-3]\d(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01]))"
    r"|(?:19[3-9]|20[0-3])\d"
)
"""A date without signs, as some write it, or a year."""
_ROUND = lazily(r"\d+00|\d{1,5}000")
_SCIENCE = lazily(r"(?i)\d{2,4}[ ]e[ ]\d\d")
"""What a spreadsheet made of a long number, without its signs: "985 e 12"."""
_BEFORE, _AFTER = 240, 120
_NEAR = 4
_LONG = 7


_EDGES = " \r>"


def _lines(text: str, start: int, end: int) -> tuple[list[str], list[str]]:
    """The lines before and after a line, nearest first, of the same text: the next may be of another case."""
    above: list[str] = []
    for line in reversed(before(text, start, _BEFORE).split("\n")):
        if stripped := line.strip(_EDGES):
            above.append(stripped)
            if len(above) == _NEAR:
                break
    below = [
        stripped for line in after(text, end, _AFTER).split("\n")[1:_NEAR] if (stripped := line.strip(_EDGES))
    ]
    return above, below


def check(text: str, end: int) -> Iterator[Finding]:
    """Look at the line whose end, or the first sign of whose next line, is at ``end``."""
    stop = _stop(text, end)
    if stop and text[stop : stop + 1] not in _LINE_ENDS:
        return
    start = _begin(text, stop)
    if start < 0 or _is_row(text, start, stop):
        return
    match = _LINE.fullmatch(text, start, stop)
    if match is None:
        return
    lead, value, (begin, last) = match["w"], match["v"], match.span("v")
    if value[0].isalpha() and (
        _said(head := value.partition(" ")[0]) or not _is_code(text, start, value, lead)
    ):
        # "yes 80114477": the word is none of the number's letters.
        lead, value, begin = f"{lead}{head} ", value[len(head) + 1 :], begin + len(head) + 1
    words_of = lead.lower().split() if lead else []
    told = not _PERSONAL.isdisjoint(words_of)
    if not told and not _THING.isdisjoint(words_of):
        return
    spans = [(begin, last)] if _answer(value, words_of, told=told or match["v2"] is not None) else []
    if match["v2"]:
        spans.append(match.span("v2"))
    if not spans:
        return
    above, below = _lines(text, start, stop)
    asked = _words(next((line for line in above if not line[-1].isdecimal()), ""))
    if not told and _PERSONAL.isdisjoint(asked) and not _THING.isdisjoint(_topic(asked)):
        return
    # A message of its own, with nothing about it, is an answer if it is long.
    alone = not above and not below and not words_of and len(value) >= _LONG and value.isdecimal()
    if alone or _is_chat(above, below, match.group()):
        yield from _answers(text, spans, (lead, value), words_of, asked)
        if words_of and not _POSTCODE.fullmatch(value) and (name := _NAME.fullmatch(lead)) is not None:
            yield from _named(match.start("w"), name)


def _is_code(text: str, start: int, value: str, lead: str) -> bool:
    """Tell whether letters belong to the figures behind them: to many, or to the few that a journey or a claim has."""
    if sum(map(str.isdecimal, value)) >= _LONG:
        return True
    return not lead and not _TRIPS.isdisjoint(_words(before(text, start, _BEFORE)))


def _said(word: str) -> bool:
    low = word.lower()
    return low in _UNITS or is_plain(low) or is_name(low)


def _is_row(text: str, start: int, stop: int) -> bool:
    """Tell whether a line begins with the word of the one before or behind it, as rows of a list do."""
    head = text[start : start + _ALIKE]
    if not head[:1].isalpha():
        return False
    previous = _previous(text, start)
    return (start > 0 and text[previous : previous + _ALIKE] == head) or text[
        stop + 1 : stop + 1 + _ALIKE
    ] == head


def _stop(text: str, end: int) -> int:
    """Where the line ends whose end, or the first sign of whose next line, a trigger saw."""
    stop = min(end - 1, len(text))
    while stop and text[stop - 1] in _LINE_ENDS:
        stop -= 1
    return stop


def _previous(text: str, start: int) -> int:
    """Where the line begins that stands before the one that begins at ``start``."""
    return text.rfind("\n", max(0, start - _LONGEST), max(0, start - 1)) + 1


def _begin(text: str, stop: int) -> int:
    """Where the line begins that ends at ``stop``, below zero if that is too far away."""
    low = max(0, stop - _LONGEST)
    start = max(text.rfind("\n", low, stop), text.rfind(BREAK, low, stop)) + 1
    return start if start or not low else -1


def _is_chat(above: list[str], below: list[str], line: str) -> bool:
    if line.isdecimal() and above and below and above[0].isdecimal() and below[0].isdecimal():
        # A column of numbers.
        return False
    return any(not _TALK.isdisjoint(_words(x)) and _WORDS_ONLY.fullmatch(x) for x in (*above, *below))


def _words(line: str) -> list[str]:
    found = line.lower().split()
    return found if "".join(found).isalnum() else [word.strip(".,!?:'\"()") for word in found]


def _answers(
    text: str, spans: list[tuple[int, int]], line: tuple[str, str], words_of: list[str], asked: list[str]
) -> Iterator[Finding]:
    lead, value = line
    kind = _kind(words_of, value)
    if kind is None:
        town = _TOWN.match(lead) and _POSTCODE.fullmatch(value)
        kind = Kind.ADDRESS if town else _kind(asked, value)
    kind = kind or Kind.ACCOUNT
    for start, end in spans:
        score = _SURE if sum(map(str.isdecimal, text[start:end])) >= _LONG else _LEAST
        yield Finding(start, end, kind, score, "chat-answer", canonical(kind, text[start:end]), _WHY)


_WHY = "an answer in a chat"


_LAST = lazily(
    r"(?i)(?:[^\W\d_]|[ ,.'’#\-]|\d{1,6}(?!\d)|\d{10}(?!\d)){6,90}?[ ](?P<v>(?:1[ ])?(?:[2-9]\d{9}|[2-9]\d\d[ ]\d{7}))[ .]?"
)
_FIRST = lazily(
    r"(?i)(?P<v>\d{8,12})(?:[ ](?:and[ ])?(?:\d{1,4}[ ])?[^\W\d_]{2,20}){1,6}(?:[ ]\d{1,6})?[ .]?"
)


def check_beside(text: str, end: int) -> Iterator[Finding]:
    """Look at the long number that begins or ends a line of a chat which goes on with an address or a name."""
    at = _stop(text, end)
    start = _begin(text, at)
    if start < 0:
        return
    stop = text.find("\n", at, at + _LONGEST)
    stop = len(text) if stop < 0 else stop
    previous = _previous(text, start)
    if text[start].isdecimal() and (
        text[stop + 1 : stop + 2].isdecimal() or (start and text[previous].isdecimal())
    ):
        # Rows that begin with a stamp or a number.
        return
    line = text[start:stop].rstrip("\r").partition(BREAK)[0]
    match = _FIRST.fullmatch(line) or _LAST.fullmatch(line)
    if match is None or _DATE.fullmatch(match["v"]) or not _THING.isdisjoint(_words(line)):
        return
    above, below = _lines(text, start, start + len(line))
    if _is_chat(above, below, line):
        first, last = match.span("v")
        form = canonical(Kind.PHONE, match["v"])
        yield Finding(
            start + first, start + last, Kind.PHONE, _SURE, "chat-beside", form, "a long number in a chat"
        )


def _topic(asked: list[str]) -> list[str]:
    """What of a line its last words ask for, all of it if it is a question: "i want to order internet" asks for no order."""
    return asked if _QUESTION.intersection(asked[:2]) else asked[-_TOPIC:]


def _kind(about: list[str], value: str) -> Kind | None:
    digits = sum(map(str.isdecimal, value))
    return next(
        (kind for kind, cues, least in _KINDS if digits >= least and not cues.isdisjoint(about)), None
    )


def _named(at: int, match: re.Match[str]) -> Iterator[Finding]:
    if all(is_name(word) for word in match["n"].lower().split()):
        why = "before an answer in a chat"
        yield Finding(at + match.start("n"), at + match.end("n"), Kind.PERSON, _SURE, "chat-name", why=why)


def _answer(value: str, lead: list[str], *, told: bool) -> bool:
    """Tell whether a value is nothing that is counted, paid or dated."""
    if not value.replace(" ", "").isdecimal():
        return _mixed(value, lead)
    digits = value.replace(" ", "")
    if told:
        return len(digits) >= _FEWEST
    if (
        (_DATE.fullmatch(digits) and not (lead and _POSTCODE.fullmatch(value)))
        or _ROUND.fullmatch(digits)
        or len(digits) < _FEWEST
    ):
        return False
    if not lead or len(digits) >= _LONG or lead[-1] in _LINKS:
        return True
    last = lead[-1]
    return (
        not is_plain(last)
        and last not in _UNITS
        and (is_name(last) or len(digits) > _FEWEST or len(lead) < _FEW_WORDS)
    )


def _mixed(value: str, lead: list[str]) -> bool:
    if _SCIENCE.fullmatch(value):
        return not lead
    if lead and (value[0].isdecimal() or not is_plain(lead[-1])):
        return False
    if value[0].isalpha():
        return True
    letters = value.rpartition(" ")[2].lower()
    return len(value) >= _FEWEST + 2 and letters not in _UNITS and not is_plain(letters)


_LINKS = frozenset(
    words(
        """
    is are its it's it and no number nr num sorry ist sind est sont es son è sono são to jest und et y e en i with me my yes yeah ya sure ok okay oh not be actually ja oui sí sim sì tak nicht nein pas non não nie niet
    """
    )
)
"""Words right before a number that somebody tells."""
_UNITS = frozenset(
    words(
        """
    am pm pc pcs pce min mins sec hrs hr km kms mm cm ft mph rpm mhz ghz hz kwh kw mw mah mb gb tb kb dpi fps psi bar usd eur gbp inr rs chf pln czk kg lb lbs oz ml cl ltr deg
    st nd rd th uhr std stk mal ans an jan feb mar apr may jun jul aug sep oct nov dec win ios mac php sql ssl kbs bps db kva nm gms gm px ms ns us
    qty eu uk usa pax nos ok yes usb http https ipv utf iso rfc kb port line page row step room seat gate bmw audi ford kia vw psr ryzen core rtx gtx intel geforce radeon nokia canon epson xerox lexmark hp deskjet laserjet officejet thinkpad latitude inspiron optiplex precision pavilion galaxy iphone pixel
        server office exchange oracle debian ubuntu cisco nikon asus acer lenovo fritzbox renault peugeot mercedes skoda seat fiat volvo mazda toyota honda suzuki
    """
    )
)
_TOWN = lazily(rf"(?i)(?!(?:{_W}{{1,20}}[ ]){{0,3}}(?:and|is|its|no|number)[ ]\Z){_W}{{3}}")
_POSTCODE = lazily(r"\d{5,6}|\d{3}[ ]\d{3}")
_QUESTION = frozenset(
    words(
        "what what's which how when wie welche welcher wann quel quelle combien cuál cuánto cuántos qual quanto quantos quale quanti welk welke hoeveel jaki jaka ile"
    )
)
_TOPIC = 3
_LINE_ENDS = f"\r\n{BREAK}"
_FEWEST = 4
_FEW_WORDS = 3
_ALIKE = 4
_LEAST, _SURE = 0.49, 0.65
"""Below .6 a value is masked where it was told and not hunted elsewhere: four digits are also a year, a port, a count. Below .5 what
others say of its kind counts more."""
_NAME = lazily(rf"(?P<n>{_W}{{3,20}}(?:[ ]{_W}{{3,20}})?)[ ](?:(?:and|und|et|y|e|en|i|is)[ ])?")
_LONGEST = 90
_ANY = r"[a-z \x80-\xff]*"
_THEN = r"\r?\n(?:[a-z\x01\r\n\x80-\xff]|$)"
DETECTORS: tuple[Detector, ...] = (
    Detector(
        "chat-answer",
        (
            rf"(?:^|\n){_ANY}\d{{3}}[\d ]*{_THEN}",
            rf"(?:^|\n)[a-z]{_ANY}\d{{3}}[\d ]*\r?\n\d",
            r"[a-z.!?]\r?\n(?:\x01\r?\n)?\d{4,19}\r?\n\d",
            r"\n\d{2,4} e \d\d\r?\n",
            rf"\n\d{{2,4}} [a-z]{{2,3}}{_THEN}",
            rf"\n[a-z]{{2,4}} \d{{2}}{_THEN}",
            rf"(?:^|\n){_ANY}\d{{4,19}} {AND} \d{{4,19}}\r?\n",
        ),
        check,
    ),
    Detector(
        "chat-beside",
        (r"[a-z0-9] (?:1 )?[2-9]\d\d ?\d{7}\r?\n", r"\n\d{8,12} (?:and )?(?:\d{1,4} )?[a-z]{2}"),
        check_beside,
    ),
)
